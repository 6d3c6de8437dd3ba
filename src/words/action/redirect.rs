//! Sending the client somewhere else.

use super::{Parsed, with};
use crate::http::head::{Head, Version};
use crate::http::{status, uri};
use crate::model::draft::Draft;
use crate::sample::format::Escape;
use crate::sample::value::leading_int;
use crate::sample::{Cx, Format, RuleCx};
use crate::spec;
use crate::spec::{Action, Args, Fault, RuleSet, SetOf};
use crate::txn::{Reply, Verdict};

spec! {
    /// Redirects.
    pub static REDIRECT: [Action] = [
        /// Answers with a redirect: to a `location`, to the same target behind a `prefix`, or to the same target with
        /// another `scheme`: `http-request redirect scheme https code 301 unless { ssl_fc }`.
        ///
        /// `code` is 301, 302 (the default), 303, 307 or 308. `drop-query` and `keep-query` say what becomes of the query
        /// string, `append-slash` ends the path with a slash, `ignore-empty` skips the rule when the location is empty,
        /// `set-cookie NAME[=value]` and `clear-cookie NAME[=]` set and remove a cookie.
        { name: "redirect", usage: "{location|prefix|scheme} <fmt> [code <code>] [<option>...]", sets: SetOf::BOTH, is_final: true, parse: redirect },
    ];
}

/// Behind a cookie that is set, and behind one that is removed.
const LASTING: &[u8] = b"; path=/;";
const ENDING: &[u8] = b"; path=/; Max-Age=0;";

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Location,
    Prefix,
    Scheme,
}

struct Redirect {
    kind: Kind,
    value: Format,
    code: u16,
    /// What is set, and what is written behind it.
    cookie: Option<(Format, &'static [u8])>,
    drop_query: bool,
    keep_query: bool,
    append_slash: bool,
    ignore_empty: bool,
}

fn redirect(args: &mut Args<'_>, draft: &mut Draft, _: RuleSet) -> Parsed {
    let mut target: Option<(Kind, Format)> = None;
    let mut rule = Redirect {
        kind: Kind::Location,
        value: Format::literal(b""),
        code: 302,
        cookie: None,
        drop_query: false,
        keep_query: false,
        append_slash: false,
        ignore_empty: false,
    };
    while !args.at_cond() {
        let word = args.next().unwrap_or_default();
        match word {
            "location" => target = Some((Kind::Location, value(args, draft, word)?)),
            "prefix" => target = Some((Kind::Prefix, value(args, draft, word)?)),
            "scheme" => target = Some((Kind::Scheme, value(args, draft, word)?)),
            "code" => rule.code = code(args.need("missing argument for 'code'")?)?,
            "set-cookie" => {
                let text = args.need_bytes("missing argument for 'set-cookie'")?;
                rule.cookie = Some((Format::literal(text), LASTING));
            }
            "set-cookie-fmt" => rule.cookie = Some((value(args, draft, word)?, LASTING)),
            "clear-cookie" => {
                let text = args.need_bytes("missing argument for 'clear-cookie'")?;
                rule.cookie = Some((Format::literal(text), ENDING));
            }
            "drop-query" => rule.drop_query = true,
            "keep-query" => rule.keep_query = true,
            "append-slash" => rule.append_slash = true,
            "ignore-empty" => rule.ignore_empty = true,
            other => {
                return Err(Fault::new(format!(
                    "expects 'code', 'prefix', 'location', 'scheme', 'set-cookie', 'set-cookie-fmt', 'clear-cookie', \
                     'drop-query', 'keep-query', 'ignore-empty' or 'append-slash' (was '{other}')"
                )));
            }
        }
    }
    let Some((kind, value)) = target else {
        return Err(Fault::new("redirection type expected ('prefix', 'location', or 'scheme')"));
    };
    with(Redirect { kind, value, ..rule }, run)
}

fn value(args: &mut Args<'_>, draft: &Draft, word: &str) -> Result<Format, Fault> {
    match args.next_arg() {
        Some(arg) => args.format_of(arg, draft, Escape::Header),
        None => Err(Fault::new(format!("missing argument for '{word}'"))),
    }
}

/// A number is read as far as it goes: `301x` is 301.
fn code(text: &str) -> Result<u16, Fault> {
    match u16::try_from(leading_int(text.as_bytes())) {
        Ok(code @ (301 | 302 | 303 | 307 | 308)) => Ok(code),
        _ => Err(Fault::new(format!(
            "'code': unsupported HTTP code '{text}' (must be one of 301, 302, 303, 307 or 308)"
        ))),
    }
}

fn run(rule: &Redirect, cx: &mut RuleCx<'_>) -> Verdict {
    let cx = cx.cx();
    let Some(location) = location(rule, &cx) else { return Verdict::Continue };
    let mut head = Head::default();
    head.start_response(Version::Http11, rule.code, status::reason(rule.code).as_bytes());
    head.push(b"content-length", b"0");
    head.push(b"location", &location);
    if matches!(rule.code, 302 | 303 | 307) {
        head.push(b"cache-control", b"no-cache");
    }
    if let Some((cookie, end)) = &rule.cookie {
        head.push(b"set-cookie", &[&cookie.text(&cx), *end].concat());
    }
    Verdict::Reply(Box::new(Reply { head, ..Reply::default() }))
}

/// Where the client is sent; none when there is nowhere.
fn location(rule: &Redirect, cx: &Cx<'_>) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(128);
    let target = cx.txn.request.target();
    match rule.kind {
        Kind::Location => {
            rule.value.write(cx, &mut out);
            if out.is_empty() && rule.ignore_empty {
                return None;
            }
            if rule.keep_query
                && let Some(query) = uri::query(target).filter(|query| !query.is_empty())
            {
                out.push(if out.contains(&b'?') { b'&' } else { b'?' });
                out.extend_from_slice(query);
            }
            return Some(out);
        }
        // A prefix of one slash means no prefix: the path starts with one.
        Kind::Prefix => {
            rule.value.write(cx, &mut out);
            if out.is_empty() && rule.ignore_empty {
                return None;
            }
            if out == b"/" {
                out.clear();
            }
        }
        Kind::Scheme => {
            rule.value.write(cx, &mut out);
            if out.is_empty() && rule.ignore_empty {
                return None;
            }
            out.extend_from_slice(b"://");
            out.extend_from_slice(cx.txn.request.value(b"host").unwrap_or_default());
        }
    }
    let whole = uri::path_and_query(target);
    let mark = memchr::memchr(b'?', whole).unwrap_or(whole.len());
    let (path, query) = whole.split_at_checked(mark)?;
    out.extend_from_slice(if path.is_empty() { b"/" } else { path });
    if !rule.drop_query {
        out.extend_from_slice(query);
    }
    if rule.append_slash && !out.ends_with(b"/") {
        out.push(b'/');
    }
    Some(out)
}
