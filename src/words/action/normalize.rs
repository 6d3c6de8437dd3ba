//! Writing the target in its normal form (RFC 3986, section 6).

use super::{Parsed, with};
use crate::http::uri;
use crate::model::draft::Draft;
use crate::spec;
use crate::spec::{Action, Args, Fault, RuleSet, SetOf};
use crate::txn::Verdict;

spec! {
    /// Normal forms.
    pub static NORMALIZE: [Action] = [
        /// Rewrites one aspect of the target to its normal form:
        ///
        /// - `path-merge-slashes`: `/a//b` becomes `/a/b`
        /// - `path-strip-dot`: `/a/./b` becomes `/a/b`
        /// - `path-strip-dotdot`: `/a/../b` becomes `/b`; with `full`, what would lead above the root is removed too
        /// - `percent-decode-unreserved`: `/%61` becomes `/a`; with `strict`, a broken code is answered with 400
        /// - `percent-to-uppercase`: `/%2f` becomes `/%2F`; `strict` as above
        /// - `query-sort-by-name`: `?b=1&a=2` becomes `?a=2&b=1`
        /// - `fragment-strip`, `fragment-encode`: `#x` goes, or becomes `%23x`
        { name: "normalize-uri", usage: "<normalizer> [<option>]", sets: SetOf::REQUEST, parse: normalize },
    ];
}

/// Gives path and query string in another form; none when they are broken and the rule is strict.
type Form = fn(&[u8], option: bool) -> Option<Vec<u8>>;

/// Name, option, and what is done.
static FORMS: &[(&str, Option<&str>, Form)] = &[
    ("fragment-encode", None, |target, _| {
        let mut out = Vec::with_capacity(target.len() + 4);
        for &byte in target {
            out.extend_from_slice(if byte == b'#' { b"%23" } else { std::slice::from_ref(&byte) });
        }
        Some(out)
    }),
    ("fragment-strip", None, |target, _| target.split(|&byte| byte == b'#').next().map(<[u8]>::to_vec)),
    ("path-merge-slashes", None, |target, _| {
        on_path(target, |path| {
            let mut out = path.to_vec();
            out.dedup_by(|next, last| *next == b'/' && *last == b'/');
            out
        })
    }),
    ("path-strip-dot", None, |target, _| on_path(target, strip_dots)),
    ("path-strip-dotdot", Some("full"), |target, full| on_path(target, |path| strip_dotdots(path, full))),
    ("percent-decode-unreserved", Some("strict"), |target, strict| {
        codes(target, strict, |out, high, low| {
            let byte = hex(high) << 4 | hex(low);
            if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
                out.push(byte);
            } else {
                out.extend([b'%', high, low]);
            }
        })
    }),
    ("percent-to-uppercase", Some("strict"), |target, strict| {
        codes(target, strict, |out, high, low| {
            out.extend([b'%', high.to_ascii_uppercase(), low.to_ascii_uppercase()]);
        })
    }),
    ("query-sort-by-name", None, |target, _| {
        let Some(mark) = memchr::memchr(b'?', target) else { return Some(target.to_vec()) };
        let mut pairs: Vec<&[u8]> = target.get(mark + 1..)?.split(|&byte| byte == b'&').collect();
        pairs.sort_by_key(|pair| pair.split(|&byte| byte == b'=').next().unwrap_or_default().to_vec());
        Some([target.get(..=mark)?, &pairs.join(&b"&"[..])].concat())
    }),
];

struct Normalize {
    form: Form,
    option: bool,
}

fn normalize(args: &mut Args<'_>, draft: &mut Draft, _: RuleSet) -> Parsed {
    if !draft.noted.experimental.get() {
        let message =
            "'normalize-uri' action is experimental, must be allowed via a global 'expose-experimental-directives'";
        return Err(Fault { whole: true, ..Fault::new(message) });
    }
    let name = args.next().unwrap_or_default();
    let Some((_, option, form)) = FORMS.iter().find(|(known, ..)| *known == name) else {
        return Err(Fault::new(format!("unknown normalizer '{name}'")));
    };
    let mut given = false;
    if let Some(option) = option {
        given = args.take(option);
        if !args.at_cond() {
            let found = args.peek().unwrap_or_default();
            return Err(Fault::new(format!("unknown argument '{found}' for '{name}' normalizer")));
        }
    }
    with(Normalize { form: *form, option: given }, |rule, cx| {
        let head = &mut cx.txn.request;
        let target = head.target();
        let whole = uri::path_and_query(target);
        if whole.is_empty() {
            return Verdict::Continue;
        }
        let Some(normal) = (rule.form)(whole, rule.option) else { return Verdict::Deny(400) };
        if normal != whole {
            let before = target.get(..target.len() - whole.len()).unwrap_or_default();
            let target = [before, &normal].concat();
            head.set_target(&target);
        }
        Verdict::Continue
    })
}

fn on_path(target: &[u8], change: impl Fn(&[u8]) -> Vec<u8>) -> Option<Vec<u8>> {
    let mark = memchr::memchr(b'?', target).unwrap_or(target.len());
    let (path, query) = target.split_at_checked(mark)?;
    let mut out = change(path);
    out.extend_from_slice(query);
    Some(out)
}

/// The segments of a path, with a slash before each.
fn joined(segments: &[&[u8]]) -> Vec<u8> {
    segments.iter().flat_map(|segment| std::iter::once(&b'/').chain(segment.iter())).copied().collect()
}

fn strip_dots(path: &[u8]) -> Vec<u8> {
    let Some(inside) = path.strip_prefix(b"/") else { return path.to_vec() };
    let mut kept: Vec<&[u8]> = inside.split(|&byte| byte == b'/').filter(|segment| *segment != b".").collect();
    if inside == b"." || inside.ends_with(b"/.") {
        kept.push(b"");
    }
    joined(&kept)
}

fn strip_dotdots(path: &[u8], full: bool) -> Vec<u8> {
    let Some(inside) = path.strip_prefix(b"/") else { return path.to_vec() };
    let mut kept: Vec<&[u8]> = Vec::new();
    let mut removed = false;
    for segment in inside.split(|&byte| byte == b'/') {
        removed = segment == b"..";
        match kept.last() {
            _ if !removed => kept.push(segment),
            Some(last) if *last != b".." => {
                kept.pop();
            }
            _ if full => {}
            _ => {
                kept.push(segment);
                removed = false;
            }
        }
    }
    if removed {
        kept.push(b"");
    }
    joined(&kept)
}

fn codes(target: &[u8], strict: bool, put: impl Fn(&mut Vec<u8>, u8, u8)) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(target.len());
    let mut at = 0;
    while let Some(&byte) = target.get(at) {
        at += 1;
        match (byte, target.get(at..at + 2)) {
            (b'%', Some(&[high, low])) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                put(&mut out, high, low);
                at += 2;
            }
            (b'%', _) if strict => return None,
            _ => out.push(byte),
        }
    }
    Some(out)
}

fn hex(digit: u8) -> u8 {
    char::from(digit).to_digit(16).unwrap_or(0) as u8
}
