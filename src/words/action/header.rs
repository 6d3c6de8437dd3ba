//! Actions on header fields.

use super::{Parsed, format, render, with};
use crate::http::list;
use crate::model::draft::Draft;
use crate::proto::h1::byte;
use crate::sample::{Format, Regex, RuleCx};
use crate::spec;
use crate::spec::{Action, Args, Fault, RuleSet, SetOf};
use crate::txn::Verdict;

const TWO: &str = "expects exactly 2 arguments";

spec! {
    /// Header fields.
    pub static HEADER: [Action] = [
        /// Appends a field to the message: `http-request add-header X-Proto "%[ssl_fc]"`.
        { name: "add-header", usage: "<name> <fmt>", sets: SetOf::HTTP, parse: |args, draft, _| {
            let field = named(args, draft)?;
            with(field, |field, cx| {
                render(&field.value, cx, |cx, text| cx.head().push(&field.name, text));
                Verdict::Continue
            })
        } },
        /// Removes every field of this name from the message, then appends one.
        { name: "set-header", usage: "<name> <fmt>", sets: SetOf::HTTP, parse: |args, draft, _| {
            let field = named(args, draft)?;
            with(field, |field, cx| {
                render(&field.value, cx, |cx, text| cx.head().replace(&field.name, text));
                Verdict::Continue
            })
        } },
        /// Removes every field of this name; with `-m` every field whose name begins with it, ends with it, holds it,
        /// or matches it as a regular expression.
        { name: "del-header", usage: "<name> [-m {str|beg|end|sub|reg}]", sets: SetOf::HTTP, parse: del_header },
        /// Rewrites the value of each field of this name that the regular expression matches; `\1` in the format is its
        /// first group. The value is looked at as a whole; see `replace-value`.
        { name: "replace-header", usage: "<name> <regex> <fmt>", sets: SetOf::HTTP, parse: |args, draft, set| replace(args, draft, set, false) },
        /// Does the same with each element of the value between commas.
        { name: "replace-value", usage: "<name> <regex> <fmt>", sets: SetOf::HTTP, parse: |args, draft, set| replace(args, draft, set, true) },
    ];
}

struct Field {
    name: Vec<u8>,
    value: Format,
}

fn named(args: &mut Args<'_>, draft: &Draft) -> Result<Field, Fault> {
    let name = args.need_bytes(TWO)?;
    let Some(word) = args.next_arg() else { return Err(Fault::new(TWO)) };
    header_name(args, name);
    let name = name.to_ascii_lowercase();
    let value = args.format_of(word, draft, crate::sample::format::Escape::Header)?;
    Ok(Field { name, value })
}

/// Warns of a name that no header can have.
pub(super) fn header_name(args: &mut Args<'_>, name: &[u8]) {
    if let Some(bad) = name.get(byte::span(name, byte::TOKEN)) {
        let name = String::from_utf8_lossy(name);
        args.warn(format!("header name '{name}' contains forbidden character '{}'.", char::from(*bad)));
    }
}

#[allow(clippy::large_enum_variant, reason = "made once per rule, and never moved")]
enum Names {
    Is(Vec<u8>),
    Begins(Vec<u8>),
    Ends(Vec<u8>),
    Holds(memchr::memmem::Finder<'static>),
    Matches(Regex),
}

fn del_header(args: &mut Args<'_>, _: &mut Draft, _: RuleSet) -> Parsed {
    let raw = args.need_bytes("expects 1 argument")?;
    let name = raw.to_ascii_lowercase();
    let names = if args.take("-m") {
        match args.next().unwrap_or_default() {
            "str" => Names::Is(name),
            "beg" => Names::Begins(name),
            "end" => Names::Ends(name),
            "sub" => Names::Holds(memchr::memmem::Finder::new(&name).into_owned()),
            "reg" => Names::Matches(Regex::new(raw, true)?),
            other => return Err(Fault::new(format!("-m with unsupported matching method '{other}'"))),
        }
    } else {
        Names::Is(name)
    };
    with(names, |names, cx| {
        let head = cx.head();
        match names {
            Names::Is(wanted) => {
                head.remove(wanted);
            }
            Names::Begins(wanted) => head.retain(|name, _| !name.starts_with(wanted)),
            Names::Ends(wanted) => head.retain(|name, _| !name.ends_with(wanted)),
            Names::Holds(finder) => head.retain(|name, _| finder.find(name).is_none()),
            Names::Matches(regex) => head.retain(|name, _| !regex.is_match(name)),
        }
        Verdict::Continue
    })
}

struct Replace {
    name: Vec<u8>,
    regex: Regex,
    template: Format,
    by_element: bool,
}

fn replace(args: &mut Args<'_>, draft: &mut Draft, _: RuleSet, by_element: bool) -> Parsed {
    const THREE: &str = "expects exactly 3 arguments";
    let name = args.need_bytes(THREE)?.to_ascii_lowercase();
    let pattern = args.need_bytes(THREE)?;
    let regex = Regex::new(pattern, false)?;
    let template = format(args, draft, THREE)?;
    with(Replace { name, regex, template, by_element }, run_replace)
}

fn run_replace(rule: &Replace, cx: &mut RuleCx<'_>) -> Verdict {
    render(&rule.template, cx, |cx, template| {
        let head = cx.head();
        let mut changed = Vec::new();
        for index in 0..head.fields().len() {
            let Some(field) = head.fields().get(index).copied() else { break };
            if !head.is_named(&field, &rule.name) {
                continue;
            }
            let value = head.text(field.value);
            changed.clear();
            let is_changed = if rule.by_element {
                rewrite_elements(rule, value, template, &mut changed)
            } else {
                rewrite(rule, value, template, &mut changed)
            };
            if is_changed {
                head.set_value(index, &changed);
            }
        }
    });
    Verdict::Continue
}

/// The template filled from a match stands for the whole text.
fn rewrite(rule: &Replace, text: &[u8], template: &[u8], out: &mut Vec<u8>) -> bool {
    match rule.regex.find(text, 0) {
        Some(groups) => {
            groups.expand(template, text, out);
            true
        }
        None => false,
    }
}

/// Each element on its own; the blanks at an element's start are lost, as HAProxy loses them.
fn rewrite_elements(rule: &Replace, value: &[u8], template: &[u8], out: &mut Vec<u8>) -> bool {
    let mut is_changed = false;
    for (at, element) in list::elements(value).enumerate() {
        if at > 0 {
            out.push(b',');
        }
        if rewrite(rule, element, template, out) {
            is_changed = true;
        } else {
            out.extend_from_slice(element);
        }
    }
    is_changed
}
