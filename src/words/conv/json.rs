//! JSON: values found in it, and text made ready for it.

use super::{Built, with};
use crate::base::json::{self, Json, Step};
use crate::sample::{Type, Value};
use crate::spec;
use crate::spec::{CallArgs, Conv};

spec! {
    /// JSON.
    pub static JSON: [Conv] = [
        /// The text as it stands between the quotes of a JSON string, all of it ASCII. The argument says how the text is
        /// coded: `ascii` (bytes, the default), `utf8` (no value when it is broken), `utf8s` (broken bytes are left out),
        /// `utf8p` (overlong codes are accepted), `utf8ps`.
        { name: "json", usage: "[<code>]", input: Type::Str, out: Type::Str, build: escape },
        /// The value at a path in a JSON text: `req.body,json_query('$.user.name')`. Arrays come as text, and
        /// so do numbers with a fraction unless `int` asks for an integer; an object has no value.
        { name: "json_query", usage: "<path>[,<type>]", input: Type::Str, out: Type::Any, build: |args| {
            with(Query::parse(args)?, |query, value, _| query.run(&value.into_bytes()))
        } },
    ];
}

/// A path and whether a number is wanted.
pub(super) struct Query {
    /// None for a path that leads nowhere.
    steps: Option<Vec<Step>>,
    as_int: bool,
}

impl Query {
    pub(super) fn parse(args: &mut CallArgs<'_>) -> Result<Query, String> {
        let text = args.bytes()?;
        if text.is_empty() {
            return Err("json_path must not be empty".to_owned());
        }
        let as_int = match args.maybe_text() {
            None => false,
            Some("int") => true,
            Some(_) => return Err("output_type only supports \"int\" as argument".to_owned()),
        };
        Ok(Query { steps: json::path(text), as_int })
    }

    pub(super) fn run<'a>(&self, text: &[u8]) -> Option<Value<'a>> {
        match json::find(text, self.steps.as_ref()?)? {
            Json::String(inside) => json::unescape(inside).map(Value::owned),
            Json::Number(digits) => {
                if let Ok(whole) = std::str::from_utf8(digits).ok()?.parse() {
                    return Some(Value::Int(whole));
                }
                let number: f64 = std::str::from_utf8(digits).ok()?.parse().ok()?;
                let is_whole = number.fract() == 0.0;
                Some(if self.as_int || is_whole { Value::Int(number as i64) } else { Value::owned(digits) })
            }
            Json::Bool(value) => Some(Value::Bool(value)),
            Json::Array(text) => Some(Value::owned(text)),
            Json::Object(_) | Json::Null => None,
        }
    }
}

/// How the text to be escaped is coded.
#[derive(Clone, Copy)]
struct Code {
    utf8: bool,
    skip_errors: bool,
    permissive: bool,
}

fn escape(args: &mut CallArgs<'_>) -> Built {
    let code = |utf8, skip_errors, permissive| Code { utf8, skip_errors, permissive };
    let code = match args.maybe_text().unwrap_or("ascii") {
        "ascii" => code(false, false, false),
        "utf8" => code(true, false, false),
        "utf8s" => code(true, true, false),
        "utf8p" => code(true, false, true),
        "utf8ps" => code(true, true, true),
        _ => {
            let known = "'ascii', 'utf8', 'utf8s', 'utf8p' and 'utf8ps'";
            return Err(format!("Unexpected input code type. Allowed value are {known}"));
        }
    };
    with(code, |code, value, _| {
        let text = value.into_bytes();
        let mut out = Vec::with_capacity(text.len() + 8);
        let mut at = 0;
        while let Some(&first) = text.get(at) {
            let (letter, length) =
                if code.utf8 { decode(text.get(at..)?, code.permissive) } else { (Some(first.into()), 1) };
            at += length;
            match letter {
                Some(letter) if letter <= 0xffff => push(letter, &mut out),
                _ if code.skip_errors => {}
                _ => return None,
            }
        }
        Some(Value::owned(out))
    })
}

fn push(letter: u32, out: &mut Vec<u8>) {
    let short = match letter {
        0x08 => b'b',
        0x09 => b't',
        0x0a => b'n',
        0x0c => b'f',
        0x0d => b'r',
        0x22 => b'"',
        0x2f => b'/',
        0x5c => b'\\',
        0x20..=0x7e => {
            out.push(letter as u8);
            return;
        }
        _ => {
            out.extend_from_slice(format!("\\u{letter:04x}").as_bytes());
            return;
        }
    };
    out.extend([b'\\', short]);
}

/// One UTF-8 sequence: its code unless it is broken, and its length.
fn decode(text: &[u8], permissive: bool) -> (Option<u32>, usize) {
    let first = text.first().copied().unwrap_or(0);
    let (count, start) = match first {
        0..=0x7f => return (Some(first.into()), 1),
        0xc0..=0xdf => (2, u32::from(first & 0x1f)),
        0xe0..=0xef => (3, u32::from(first & 0x0f)),
        0xf0..=0xf7 => (4, u32::from(first & 0x07)),
        _ => return (None, 1),
    };
    let mut code = start;
    for at in 1..count {
        match text.get(at) {
            Some(&byte @ 0x80..=0xbf) => code = code << 6 | u32::from(byte & 0x3f),
            _ => return (None, at),
        }
    }
    let overlong = code < [0, 0, 0x80, 0x800, 0x10000][count];
    let prohibited = (0xd800..0xe000).contains(&code) || code > 0x10ffff;
    (Some(code).filter(|_| !prohibited && (permissive || !overlong)), count)
}
