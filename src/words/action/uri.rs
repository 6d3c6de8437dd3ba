//! Actions on the start line: target, method, status.

use super::{Parsed, format, render, with};
use crate::http::{status, uri};
use crate::model::draft::Draft;
use crate::sample::{Format, Regex, RuleCx};
use crate::spec;
use crate::spec::{Action, Args, Fault, RuleSet, SetOf};
use crate::txn::Verdict;

spec! {
    /// The start line.
    pub static URI: [Action] = [
        /// Replaces the method.
        { name: "set-method", usage: "<fmt>", sets: SetOf::REQUEST, parse: |args, draft, _| set(args, draft, |cx, text| cx.txn.request.set_method(text)) },
        /// Replaces the path and keeps the query string.
        { name: "set-path", usage: "<fmt>", sets: SetOf::REQUEST, parse: |args, draft, _| set(args, draft, |cx, text| put(cx, Part::Path, text)) },
        /// Replaces path and query string.
        { name: "set-pathq", usage: "<fmt>", sets: SetOf::REQUEST, parse: |args, draft, _| set(args, draft, |cx, text| put(cx, Part::PathAndQuery, text)) },
        /// Replaces the query string; an empty one leaves no question mark.
        { name: "set-query", usage: "<fmt>", sets: SetOf::REQUEST, parse: |args, draft, _| set(args, draft, |cx, text| put(cx, Part::Query, text)) },
        /// Replaces the whole target. Where it names a host, the field `host` follows.
        { name: "set-uri", usage: "<fmt>", sets: SetOf::REQUEST, parse: |args, draft, _| set(args, draft, |cx, text| put(cx, Part::Whole, text)) },
        /// Rewrites the path where the regular expression matches it; `\1` is its first group. What the format makes
        /// stands for the match, the rest of the path stays.
        { name: "replace-path", usage: "<regex> <fmt>", sets: SetOf::REQUEST, parse: |args, draft, _| replace(args, draft, Part::Path) },
        /// Rewrites path and query string.
        { name: "replace-pathq", usage: "<regex> <fmt>", sets: SetOf::REQUEST, parse: |args, draft, _| replace(args, draft, Part::PathAndQuery) },
        /// Rewrites the whole target.
        { name: "replace-uri", usage: "<regex> <fmt>", sets: SetOf::REQUEST, parse: |args, draft, _| replace(args, draft, Part::Whole) },
        /// Replaces the status code, and the reason by the code's own or by the one given.
        { name: "set-status", usage: "<code> [reason <text>]", sets: crate::spec::RuleSet::Response.bit() | crate::spec::RuleSet::AfterResponse.bit(), parse: set_status },
    ];
}

#[derive(Clone, Copy)]
enum Part {
    Path,
    PathAndQuery,
    Query,
    Whole,
}

struct Set {
    value: Format,
    put: fn(&mut RuleCx<'_>, &[u8]),
}

fn set(args: &mut Args<'_>, draft: &Draft, put: fn(&mut RuleCx<'_>, &[u8])) -> Parsed {
    const ONE: &str = "expects exactly 1 argument <format>";
    let value = format(args, draft, ONE)?;
    if !args.at_cond() {
        return Err(Fault::new(ONE));
    }
    with(Set { value, put }, |set, cx| {
        render(&set.value, cx, set.put);
        Verdict::Continue
    })
}

/// Puts new text in the place of a part of the target.
fn put(cx: &mut RuleCx<'_>, part: Part, text: &[u8]) {
    let head = &mut cx.txn.request;
    let target = head.target();
    let whole = uri::path_and_query(target);
    let before = target.len() - whole.len();
    let start = target.get(..before).unwrap_or_default();
    let mark = memchr::memchr(b'?', whole).unwrap_or(whole.len());
    let (path, query) = whole.split_at_checked(mark).unwrap_or((whole, b""));
    let target = match part {
        Part::Path => [start, text, query].concat(),
        Part::PathAndQuery => [start, text].concat(),
        Part::Query if text.is_empty() => [start, path].concat(),
        Part::Query => [start, path, b"?", text].concat(),
        Part::Whole => text.to_vec(),
    };
    head.set_target(&target);
    if matches!(part, Part::Whole) && !matches!(target.first(), None | Some(b'/' | b'*')) {
        set_host(head, &target);
    }
}

/// A target that names a host renames the field `host`.
fn set_host(head: &mut crate::http::Head, target: &[u8]) {
    let end = target.iter().position(|&byte| matches!(byte, b'/' | b'?' | b'#')).unwrap_or(target.len());
    let authority = uri::authority(target).unwrap_or(target.get(..end).unwrap_or_default());
    let at = head.fields().iter().position(|field| head.is_named(field, b"host"));
    if let Some(at) = at {
        head.set_value(at, authority);
    }
}

struct Replace {
    regex: Regex,
    template: Format,
    part: Part,
}

fn replace(args: &mut Args<'_>, draft: &Draft, part: Part) -> Parsed {
    const TWO: &str = "expects exactly 2 arguments <match-regex> and <replace-format>";
    let pattern = args.need_bytes(TWO)?;
    if args.at_cond() {
        return Err(Fault::new(TWO));
    }
    let regex = Regex::new(pattern, false).map_err(|error| format!("failed to parse the regex : {error}"))?;
    let template = format(args, draft, TWO)?;
    with(Replace { regex, template, part }, |replace, cx| {
        render(&replace.template, cx, |cx, template| {
            let target = cx.txn.request.target();
            let text = match replace.part {
                Part::Path => uri::path(target),
                Part::PathAndQuery | Part::Query => uri::path_and_query(target),
                Part::Whole => target,
            };
            let mut rewritten = Vec::new();
            if let Some(groups) = replace.regex.find(text, 0) {
                groups.expand(template, text, &mut rewritten);
                put(cx, replace.part, &rewritten);
            }
        });
        Verdict::Continue
    })
}

fn set_status(args: &mut Args<'_>, _: &mut Draft, _: RuleSet) -> Parsed {
    const RANGE: &str = "expects an integer status code between 100 and 999";
    let text = args.need("expects an argument: <status>")?;
    let code: u16 = text.parse().ok().filter(|code| (100..1000).contains(code)).ok_or_else(|| Fault::new(RANGE))?;
    let reason =
        if args.take("reason") { Some(args.need_bytes("'reason' expects an argument")?.to_vec()) } else { None };
    with((code, reason), |(code, reason), cx| {
        let text = reason.as_deref().unwrap_or_else(|| status::reason(*code).as_bytes());
        cx.txn.response.set_status(*code, text);
        cx.txn.status = *code;
        Verdict::Continue
    })
}
