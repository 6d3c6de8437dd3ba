//! Plain changes of text.

use std::borrow::Cow;

use super::{Built, plain, slice, with};
use crate::sample::{Regex, Type, Value};
use crate::spec;
use crate::spec::{CallArgs, Conv};

spec! {
    /// Text.
    pub static TEXT: [Conv] = [
        /// In lower case.
        { name: "lower", input: Type::Str, out: Type::Str, build: |_| plain(|value| {
            let text = value.into_bytes();
            let same = !text.iter().any(u8::is_ascii_uppercase);
            Some(if same { Value::Str(text) } else { Value::owned(text.to_ascii_lowercase()) })
        }) },
        /// In upper case.
        { name: "upper", input: Type::Str, out: Type::Str, build: |_| plain(|value| {
            let text = value.into_bytes();
            let same = !text.iter().any(u8::is_ascii_lowercase);
            Some(if same { Value::Str(text) } else { Value::owned(text.to_ascii_uppercase()) })
        }) },
        /// How many bytes the text has.
        { name: "length", input: Type::Str, out: Type::Int, build: |_| plain(|value| Some(Value::Int(value.into_bytes().len() as i64))) },
        /// The text without these characters at its start: `ltrim(/)`.
        { name: "ltrim", usage: "<chars>", input: Type::Str, out: Type::Str, build: |args| {
            with(args.bytes()?.to_vec(), |chars, value, _| {
                let text = value.into_bytes();
                let start = text.iter().position(|byte| !chars.contains(byte)).unwrap_or(text.len());
                let end = text.len();
                Some(Value::Str(slice(text, start, end)))
            })
        } },
        /// The text without these characters at its end.
        { name: "rtrim", usage: "<chars>", input: Type::Str, out: Type::Str, build: |args| {
            with(args.bytes()?.to_vec(), |chars, value, _| {
                let text = value.into_bytes();
                let end = text.iter().rposition(|byte| !chars.contains(byte)).map_or(0, |last| last + 1);
                Some(Value::Str(slice(text, 0, end)))
            })
        } },
        /// The text up to its first line break.
        { name: "cut_crlf", input: Type::Str, out: Type::Str, build: |_| plain(|value| {
            let text = value.into_bytes();
            let end = memchr::memchr2(b'\r', b'\n', &text).unwrap_or(text.len());
            Some(Value::Str(slice(text, 0, end)))
        }) },
        /// The text with what the regular expression matches replaced, the first match or with the flag `g` all of them;
        /// `i` ignores case. `path,regsub(^/old/,/new/)`. Groups are `\1` to `\9`; commas and parentheses want quotes:
        /// `regsub("^/(a|b)/","/x/\1/")`.
        { name: "regsub", usage: "<regex>,<subst>[,<flags>]", input: Type::Str, out: Type::Str, build: regsub },
        /// One text when the value is true, another when it is not: `ssl_fc,iif(https,http)`.
        { name: "iif", usage: "<true>,<false>", input: Type::Bool, out: Type::Str, build: |args| {
            let (yes, no) = (args.bytes()?.to_vec(), args.bytes()?.to_vec());
            with((yes, no), |(yes, no), value, _| Some(Value::text(if value.to_bool()? { yes } else { no })))
        } },
        /// Whether the bytes hold a control character, other than the tab. A mask says which ones count: bit 0 to 31 for
        /// these codes, bit 32 for DEL; `any` is all of them, `http` those that no header field may hold.
        { name: "has_ctl", usage: "[<mask>]", input: Type::Bin, out: Type::Bool, build: has_ctl },
        /// The value as it is. It would be printed for whoever debugs; here it is not.
        { name: "debug", usage: "[<prefix>][,<destination>]", input: Type::Any, out: Type::Same, build: |args| {
            args.maybe();
            args.maybe();
            plain(|value| Some(value))
        } },
    ];
}

fn has_ctl(args: &mut CallArgs<'_>) -> Built {
    let mask = match args.maybe_text() {
        None => 0x1_ffff_fdff,
        Some("any") => 0x1_ffff_ffff,
        Some("http") => 0x2401,
        Some(text) => {
            let hex = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
            let number = hex.map_or_else(|| text.parse::<u64>(), |hex| u64::from_str_radix(hex, 16));
            number.ok().filter(|mask| *mask < 1 << 33).ok_or_else(|| format!("invalid mask '{text}'"))?
        }
    };
    with(mask, |mask, value, _| {
        let is_odd = |byte: &u8| match byte {
            0..0x20 => mask >> byte & 1 == 1,
            0x7f => mask >> 32 & 1 == 1,
            _ => false,
        };
        Some(Value::Bool(value.into_bytes().iter().any(is_odd)))
    })
}

struct Substitute {
    regex: Regex,
    template: Vec<u8>,
    all: bool,
}

fn regsub(args: &mut CallArgs<'_>) -> Built {
    let (pattern, template) = (args.bytes()?, args.bytes()?.to_vec());
    let flags = args.maybe().unwrap_or_default();
    if let Some(odd) = flags.iter().find(|flag| !matches!(flag, b'i' | b'g')) {
        return Err(format!("invalid regex flag '{}', only 'i' and 'g' are supported", char::from(*odd)));
    }
    let regex = Regex::new(pattern, flags.contains(&b'i'))?;
    with(Substitute { regex, template, all: flags.contains(&b'g') }, |rule, value, _| {
        Some(Value::Str(substitute(rule, value.into_bytes())))
    })
}

fn substitute<'a>(rule: &Substitute, text: Cow<'a, [u8]>) -> Cow<'a, [u8]> {
    let mut out = Vec::new();
    let mut done = 0;
    let mut from = 0;
    let mut found = false;
    while let Some(groups) = rule.regex.find(&text, from) {
        let Some((start, end)) = groups.span(0) else { break };
        found = true;
        out.extend_from_slice(text.get(done..start).unwrap_or_default());
        groups.expand(&rule.template, &text, &mut out);
        done = end;
        // A match of nothing is passed over by one byte.
        from = if end == start { end + 1 } else { end };
        if !rule.all || from > text.len() {
            break;
        }
    }
    if !found {
        return text;
    }
    out.extend_from_slice(text.get(done..).unwrap_or_default());
    Cow::Owned(out)
}
