//! Every action of the language: the rule sets that take it and the shape of its arguments.
//!
//! What an action does is in `words/action`. The rows here stand in for those that have no run-time part: they check
//! their arguments, are remembered as not run, and do nothing.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use pointsman_parser::units::{self, TimeUnit};

use super::expr::variable;
use super::inert::Nothing;
use crate::model::draft::{Draft, Sections};
use crate::model::noted::UseKind;
use crate::sample::Run;
use crate::sample::format::Escape;
use crate::spec::{Action, Args, End, Fault, Release, RuleSet, SetOf, Since};

type Parsed = Result<Arc<dyn Run>, Fault>;

const REQUEST: u32 = RuleSet::Request.bit();
const RESPONSE: u32 = RuleSet::Response.bit();
const AFTER: u32 = RuleSet::AfterResponse.bit();
const CONNECTION: u32 = RuleSet::Connection.bit();
const SESSION: u32 = RuleSet::Session.bit();
const CONTENT: u32 = RuleSet::Content.bit();
const RESPONSE_CONTENT: u32 = RuleSet::ResponseContent.bit();
const HTTP: u32 = SetOf::HTTP;
const BOTH: u32 = SetOf::BOTH;
const ANY: u32 = SetOf::ANY;
/// What may change a connection's marks.
const MARKS: u32 = ANY & !AFTER;
/// What may change the client's addresses.
const ADDRESSES: u32 = CONNECTION | SESSION | CONTENT | REQUEST;
/// What runs on a stream.
const STREAM: u32 = CONTENT | RESPONSE_CONTENT | BOTH;
const TRACK: u32 = CONNECTION | SESSION | CONTENT | BOTH;

const fn row(name: &'static str, sets: u32, parse: fn(&mut Args<'_>, &mut Draft, RuleSet) -> Parsed) -> Action {
    Action { name, sets, parse, ..Action::BLANK }
}

const fn end(name: &'static str, sets: u32, parse: fn(&mut Args<'_>, &mut Draft, RuleSet) -> Parsed) -> Action {
    Action { name, sets, parse, is_final: true, ..Action::BLANK }
}

/// Every action, in the order HAProxy lists them in its refusals. One that came to its rule sets at different times has a
/// row for each time.
#[rustfmt::skip]
pub static ACTIONS: &[Action] = &[
    end("accept", SetOf::TCP, plain),
    end("close", RESPONSE_CONTENT, plain),
    row("wait-for-handshake", REQUEST, plain),
    row("ot-group", STREAM | AFTER, trace_group).since(Since::V2_4),
    row("set-retries", CONTENT | REQUEST, retries).since(Since::BY_3_2),
    row("set-log-level", BOTH, log_level),
    row("set-log-level", CONTENT | RESPONSE_CONTENT, log_level).since(Since::V2_5),
    row("set-log-level", AFTER, log_level).since(Since::V2_8),
    row("set-nice", BOTH, word),
    row("set-nice", CONTENT | RESPONSE_CONTENT, word).since(Since::V2_5),
    end("switch-mode", CONTENT, switch_mode).since(Since::V2_4),
    end("use-service", CONTENT | REQUEST, service),
    row("sc-add-gpc", ANY, counter_value).since(Since::V2_8),
    row("sc-inc-gpc", ANY & !AFTER, counter).since(Since::V2_5),
    row("sc-inc-gpc", AFTER, counter).since(Since::V2_8),
    row("sc-inc-gpc0", ANY & !AFTER, counter),
    row("sc-inc-gpc0", AFTER, counter).since(Since::V2_8),
    row("sc-inc-gpc1", ANY & !AFTER, counter),
    row("sc-inc-gpc1", AFTER, counter).since(Since::V2_8),
    row("sc-set-gpt", ANY & !AFTER, counter_value).since(Since::V2_5),
    row("sc-set-gpt", AFTER, counter_value).since(Since::V2_8),
    row("sc-set-gpt0", ANY & !AFTER, counter_value),
    row("sc-set-gpt0", AFTER, counter_value).since(Since::V2_8),
    row("do-resolve", CONTENT | REQUEST, do_resolve),
    row("cache-use", REQUEST, cache),
    row("cache-store", RESPONSE, cache),
    row("send-spoe-group", STREAM, spoe_group),
    row("add-acl", BOTH, format),
    row("add-header", HTTP, name_format),
    end("allow", HTTP, plain),
    end("auth", REQUEST, auth),
    row("capture", CONTENT | BOTH, capture),
    row("capture", AFTER, capture).since(Since::V2_6),
    row("del-acl", BOTH, format),
    row("del-acl", AFTER, format).since(Since::V2_8),
    row("del-header", HTTP, del_header),
    row("del-map", BOTH, format),
    row("del-map", AFTER, format).since(Since::V2_8),
    end("deny", BOTH, anything),
    row("disable-l7-retry", REQUEST, plain),
    row("do-log", HTTP, do_log).since(Since::V3_1),
    row("early-hint", REQUEST, name_format),
    row("expect-proxy", CONNECTION, layer4),
    row("expect-netscaler-cip", CONNECTION, layer4),
    row("normalize-uri", REQUEST, experimental).since(Since::V2_4),
    row("pause", BOTH, anything).since(Since::V3_2),
    end("redirect", BOTH, anything),
    end("reject", SetOf::TCP | REQUEST, plain),
    row("replace-header", HTTP, name_regex_format),
    row("replace-path", REQUEST, regex_format),
    row("replace-pathq", REQUEST, regex_format),
    row("replace-uri", REQUEST, regex_format),
    row("replace-value", HTTP, name_regex_format),
    end("return", BOTH, anything),
    row("set-header", HTTP, name_format),
    row("set-map", BOTH, two_formats),
    row("set-map", AFTER, two_formats).since(Since::V2_8),
    row("set-method", REQUEST, format),
    row("set-path", REQUEST, format),
    row("set-pathq", REQUEST, format),
    row("set-query", REQUEST, format),
    row("set-status", RESPONSE | AFTER, status),
    row("set-uri", REQUEST, format),
    row("strict-mode", HTTP, strict_mode),
    end("tarpit", REQUEST, anything),
    row("track-sc0", TRACK, track),
    row("track-sc1", TRACK, track),
    row("track-sc2", TRACK, track),
    row("set-timeout", REQUEST, set_timeout).since(Since::V2_4),
    row("set-timeout", RESPONSE, set_timeout).since(Since::V2_9),
    row("wait-for-body", BOTH, wait_for_body).since(Since::V2_4),
    row("set-var-fmt", ANY, set_var).since(Since::V2_5),
    row("set-var", ANY & !CONNECTION, set_var),
    row("set-var", CONNECTION, set_var).since(Since::V2_5),
    row("unset-var", ANY & !CONNECTION, unset_var),
    row("unset-var", CONNECTION, unset_var).since(Since::V2_5),
    row("attach-srv", SESSION, experimental).since(Since::BY_3_0),
    row("do-log", SetOf::TCP, do_log).since(Since::V3_1),
    row("set-bc-mark", CONTENT | REQUEST, expression).since(Since::V3_0),
    row("set-bc-tos", CONTENT | REQUEST, expression).since(Since::V3_0),
    row("set-dst", ADDRESSES, expression),
    row("set-dst-port", ADDRESSES, expression),
    row("set-fc-mark", MARKS, mark).since(Since::V3_0),
    row("set-fc-tos", MARKS, mark).since(Since::V3_0),
    row("set-mark", BOTH, mark).end(End::deprecated(Release(3, 0), "'set-fc-mark'")),
    row("set-mark", CONTENT | RESPONSE_CONTENT, mark).since(Since::V2_5).end(End::deprecated(Release(3, 0), "'set-fc-mark'")),
    row("set-mark", CONNECTION | SESSION, mark).since(Since::BY_2_6).end(End::deprecated(Release(3, 0), "'set-fc-mark'")),
    row("set-src", ADDRESSES & !CONTENT, expression),
    row("set-src", CONTENT, expression).since(Since::V2_5),
    row("set-src-port", ADDRESSES & !CONTENT, expression),
    row("set-src-port", CONTENT, expression).since(Since::V2_5),
    row("set-tos", BOTH, mark).end(End::deprecated(Release(3, 0), "'set-fc-tos'")),
    row("set-tos", CONTENT | RESPONSE_CONTENT, mark).since(Since::V2_5).end(End::deprecated(Release(3, 0), "'set-fc-tos'")),
    row("set-tos", CONNECTION | SESSION, mark).since(Since::BY_2_6).end(End::deprecated(Release(3, 0), "'set-fc-tos'")),
    end("silent-drop", MARKS, silent_drop),
    row("set-bandwidth-limit", STREAM, bandwidth).since(Since::V2_7),
    row("set-priority-class", CONTENT | REQUEST, expression),
    row("set-priority-offset", CONTENT | REQUEST, expression),
    row("add-headers-bin", HTTP, expression).since(Since::V3_4),
    row("del-headers-bin", HTTP, expression).since(Since::V3_4),
    row("set-headers-bin", HTTP, expression).since(Since::V3_4),
];

/// Services that answer requests by themselves.
pub static SERVICES: &[&str] = &["prometheus-exporter"];

static LUA: Action = row("lua", ANY & !CONNECTION, anything);

/// The action of this word in this rule set: `set-var(txn.x)` is found as `set-var`.
pub fn action(set: RuleSet, word: &str, draft: &Draft) -> Option<&'static Action> {
    static TABLE: OnceLock<HashMap<&'static str, Vec<&'static Action>>> = OnceLock::new();
    if draft.noted.lua.defines(word) {
        return Some(&LUA);
    }
    let bare = word.split('(').next().unwrap_or(word);
    let counted = bare.strip_prefix("track-sc").is_some_and(|rest| rest.parse::<u32>().is_ok());
    let bare = if counted { "track-sc0" } else { bare };
    let table = TABLE.get_or_init(|| {
        let mut table: HashMap<&'static str, Vec<&'static Action>> = HashMap::new();
        ACTIONS.iter().for_each(|action| table.entry(action.name).or_default().push(action));
        table
    });
    let here = |actions: &&Vec<&'static Action>| actions.iter().copied().find(|action| action.sets & set.bit() != 0);
    table.get(bare).as_ref().and_then(here).or_else(|| begun(set, word))
}

/// The longest action that the word begins with, among those that go on behind their name.
fn begun(set: RuleSet, word: &str) -> Option<&'static Action> {
    let open = |action: &&Action| match action.name {
        "track-sc0" => word.starts_with("track-sc"),
        name => goes_on(name) && word.starts_with(name),
    };
    let known = ACTIONS.iter().filter(|action| action.sets & set.bit() != 0).filter(open);
    known.max_by_key(|action| action.name.len())
}

/// The words HAProxy lists when it finds none of them.
pub fn expected(set: RuleSet) -> String {
    // Those of `tcp-request` that HAProxy names by itself come first.
    let (first, own): (&str, &[&str]) = match set {
        RuleSet::Connection | RuleSet::Session | RuleSet::Content => (
            "'accept', 'reject', 'capture', 'expect-proxy', 'expect-netscaler-cip', 'track-sc0' ... 'track-sc2', ",
            &["accept", "reject", "capture", "expect-proxy", "expect-netscaler-cip"],
        ),
        RuleSet::ResponseContent => ("'accept', 'close', 'reject', ", &["accept", "close", "reject"]),
        _ => ("", &[]),
    };
    let known = |action: &&Action| action.sets & set.bit() != 0 && action.since.is_in(Release::FOLLOWED);
    let here = ACTIONS.iter().filter(known).map(|action| action.name);
    let tracked = |name: &str| name.starts_with("track-sc") && (!first.is_empty() || name != "track-sc0");
    let named = here.filter(|name| !own.contains(name) && !tracked(name));
    let quoted = named.map(|name| match name {
        "track-sc0" => String::from("'track-sc(*)'"),
        name if goes_on(name) => format!("'{name}(*)'"),
        name => format!("'{name}'"),
    });
    format!("{first}{}", quoted.collect::<Vec<_>>().join(", "))
}

/// Whether parentheses follow the name of this action.
pub fn goes_on(name: &str) -> bool {
    matches!(name, "add-acl" | "del-acl" | "del-map" | "set-map" | "set-var" | "set-var-fmt" | "unset-var")
        || name.starts_with("sc-")
        || name == "do-resolve"
}

fn inert(args: &Args<'_>, draft: &Draft, set: RuleSet) -> Parsed {
    let word = args.keyword().split('(').next().unwrap_or_default();
    draft.noted.not_yet(format!("{} {word}", set.words()));
    Ok(Arc::new(Nothing))
}

fn plain(args: &mut Args<'_>, draft: &mut Draft, set: RuleSet) -> Parsed {
    inert(args, draft, set)
}

/// Arguments that are not looked at, up to the condition.
fn anything(args: &mut Args<'_>, draft: &mut Draft, set: RuleSet) -> Parsed {
    while !args.at_cond() {
        args.next();
    }
    inert(args, draft, set)
}

fn experimental(args: &mut Args<'_>, draft: &mut Draft, set: RuleSet) -> Parsed {
    if !draft.noted.experimental.get() {
        let message = format!(
            "'{}' action is experimental, must be allowed via a global 'expose-experimental-directives'",
            args.keyword()
        );
        return Err(Fault::new(message).whole());
    }
    anything(args, draft, set)
}

fn word(args: &mut Args<'_>, draft: &mut Draft, set: RuleSet) -> Parsed {
    args.need("expects exactly 1 argument (integer value)")?;
    inert(args, draft, set)
}

/// The words up to the condition, which must be so many.
fn exactly(args: &Args<'_>, count: usize, refusal: &str) -> Result<(), Fault> {
    let rest = args.rest();
    let text = |n: usize| rest.get(n).map(crate::spec::args::text_of);
    let ended = matches!(text(count), None | Some("if" | "unless"));
    if rest.len() < count || !ended { Err(Fault::new(refusal)) } else { Ok(()) }
}

fn format(args: &mut Args<'_>, draft: &mut Draft, set: RuleSet) -> Parsed {
    exactly(
        args,
        1,
        match args.keyword().split('(').next() {
            Some("add-acl" | "del-acl" | "del-map") => "expects exactly 1 arguments",
            _ => "expects exactly 1 argument <format>",
        },
    )?;
    args.format(draft, Escape::None)?;
    inert(args, draft, set)
}

fn two_formats(args: &mut Args<'_>, draft: &mut Draft, set: RuleSet) -> Parsed {
    exactly(args, 2, "expects exactly 2 arguments")?;
    args.format(draft, Escape::None)?;
    args.format(draft, Escape::None)?;
    inert(args, draft, set)
}

fn name_format(args: &mut Args<'_>, draft: &mut Draft, set: RuleSet) -> Parsed {
    if args.rest().len() < 2 {
        return Err(Fault::new("expects exactly 2 arguments"));
    }
    args.next();
    args.format(draft, Escape::None)?;
    inert(args, draft, set)
}

fn name_regex_format(args: &mut Args<'_>, draft: &mut Draft, set: RuleSet) -> Parsed {
    if args.rest().len() < 3 {
        return Err(Fault::new("expects exactly 3 arguments"));
    }
    args.next();
    super::expr::regex(args.next().unwrap_or_default()).map_err(Fault::new)?;
    args.format(draft, Escape::None)?;
    inert(args, draft, set)
}

fn regex_format(args: &mut Args<'_>, draft: &mut Draft, set: RuleSet) -> Parsed {
    exactly(args, 2, "expects exactly 2 arguments <match-regex> and <replace-format>")?;
    super::expr::regex(args.next().unwrap_or_default()).map_err(Fault::new)?;
    args.format(draft, Escape::None)?;
    inert(args, draft, set)
}

fn expression(args: &mut Args<'_>, draft: &mut Draft, set: RuleSet) -> Parsed {
    let own = args.keyword().to_owned();
    let name = if set.words().starts_with("tcp") { "tcp-request" } else { own.as_str() };
    args.expr_called(draft, name)?;
    if args.take("prefix") {
        args.next();
    }
    inert(args, draft, set)
}

fn mark(args: &mut Args<'_>, draft: &mut Draft, set: RuleSet) -> Parsed {
    let number = args.peek().unwrap_or_default();
    let number = number.strip_prefix("0x").map_or(number, |hex| if hex.is_empty() { "x" } else { "0" });
    if number.parse::<u32>().is_ok() {
        args.next();
    } else {
        args.expr_anywhere(draft)?;
    }
    inert(args, draft, set)
}

fn auth(args: &mut Args<'_>, draft: &mut Draft, set: RuleSet) -> Parsed {
    if args.take("realm") {
        args.need("missing realm value.\n")?;
    }
    inert(args, draft, set)
}

fn cache(args: &mut Args<'_>, draft: &mut Draft, set: RuleSet) -> Parsed {
    let name = args.need("expects a cache name")?;
    draft.noted.refer(UseKind::Cache, name, String::new(), draft.current);
    inert(args, draft, set)
}

fn capture(args: &mut Args<'_>, draft: &mut Draft, set: RuleSet) -> Parsed {
    args.expr(draft)?;
    let refusal = "expects <expression> [ 'len' <length> | id <idx> ]";
    match args.next() {
        Some("len") => {
            let text = args.need("missing length value")?;
            if text.parse::<i64>().unwrap_or(0) <= 0 {
                return Err(Fault::new("length must be > 0"));
            }
        }
        Some("id") => {
            let text = args.need("missing id value")?;
            let Ok(id) = text.parse::<u32>() else { return Err(Fault::new(format!("cannot parse id '{text}'"))) };
            let owner = format!("{} capture", set.words());
            draft.noted.refer(UseKind::Capture, &id.to_string(), owner, draft.current);
        }
        _ => return Err(Fault::new(refusal)),
    }
    inert(args, draft, set)
}

fn del_header(args: &mut Args<'_>, draft: &mut Draft, set: RuleSet) -> Parsed {
    args.need("expects at least 1 argument")?;
    if args.take("-m") {
        let method = args.next().unwrap_or_default();
        if !matches!(method, "str" | "beg" | "end" | "sub" | "reg") {
            return Err(Fault::new(format!("-m with unsupported matching method '{method}'")));
        }
    }
    inert(args, draft, set)
}

fn do_log(args: &mut Args<'_>, draft: &mut Draft, set: RuleSet) -> Parsed {
    if args.take("profile") {
        args.next();
    }
    inert(args, draft, set)
}

/// What stands in the parentheses glued to the action.
fn glued<'a>(args: &'a Args<'_>) -> Option<&'a str> {
    args.keyword().split_once('(').and_then(|(_, rest)| rest.strip_suffix(')'))
}

fn do_resolve(args: &mut Args<'_>, draft: &mut Draft, set: RuleSet) -> Parsed {
    let inside = glued(args).unwrap_or_default().to_owned();
    let mut parts = inside.split(',').map(str::trim);
    let name = parts.next().unwrap_or_default();
    let shape =
        "Expects 'do-resolve(<varname>,<resolvers>[,<options>]) <expr>'. Available options are 'ipv4' and 'ipv6'";
    let Some(resolvers) = parts.next() else {
        return Err(Fault::new(format!("Can't parse '{}'. {shape}", args.keyword())));
    };
    variable(name).map_err(Fault::new)?;
    draft.noted.refer(UseKind::Resolvers, resolvers, "do-resolve action".to_owned(), draft.current);
    let text = args.peek().unwrap_or_default().to_owned();
    args.expr(draft).map_err(|fault| {
        if fault.message.ends_with("none of which is available here") {
            return fault;
        }
        let mut fault = fault.within(&format!("Can't parse '{text}': "));
        fault.message.push_str(&format!(". {shape}"));
        fault
    })?;
    inert(args, draft, set)
}

fn layer4(args: &mut Args<'_>, draft: &mut Draft, set: RuleSet) -> Parsed {
    if !args.take("layer4") {
        let message = format!(
            "'{} {}' only supports 'layer4' in {} (got '{}')",
            set.words(),
            args.keyword(),
            draft.proxy_ref().map_or(String::new(), |proxy| format!("{} '{}'", proxy.section.word(), proxy.name)),
            args.peek().unwrap_or_default()
        );
        return Err(Fault::new(message).whole());
    }
    inert(args, draft, set)
}

fn counter(args: &mut Args<'_>, draft: &mut Draft, set: RuleSet) -> Parsed {
    let word = args.keyword().to_owned();
    counters(&word, glued(args), draft)?;
    inert(args, draft, set)
}

fn counter_value(args: &mut Args<'_>, draft: &mut Draft, set: RuleSet) -> Parsed {
    let word = args.keyword().to_owned();
    counters(&word, glued(args), draft)?;
    if args.is_empty() {
        return inert(args, draft, set);
    }
    number_or_expression(args, draft, set)
}

fn retries(args: &mut Args<'_>, draft: &mut Draft, set: RuleSet) -> Parsed {
    if args.section == Sections::DEFAULTS && set == RuleSet::Content {
        return Err(Fault::new("'tcp-request' is not allowed in 'defaults' sections"));
    }
    if args.section == Sections::FRONTEND {
        let own = if set == RuleSet::Content { "tcp-request" } else { "set-retries" };
        return Err(Fault::new(format!("'{own}' only available in backend or listen section")));
    }
    if args.is_empty() {
        return Err(Fault::new("expects exactly 1 argument (an expression or an integer between 1 and 100)"));
    }
    number_or_expression(args, draft, set)
}

fn number_or_expression(args: &mut Args<'_>, draft: &mut Draft, set: RuleSet) -> Parsed {
    if args.peek().is_some_and(|text| text.parse::<u32>().is_ok()) {
        args.next();
    } else {
        args.expr(draft)?;
    }
    inert(args, draft, set)
}

/// Actions on one entry of an array.
const DATA_ACTIONS: [&str; 3] = ["sc-add-gpc", "sc-inc-gpc", "sc-set-gpt"];

/// Checks the numbers in the parentheses: of the entry's own array for some words, and of what is tracked.
fn counters(word: &str, inside: Option<&str>, draft: &Draft) -> Result<(), Fault> {
    let bare = word.split('(').next().unwrap_or_default();
    let begun = DATA_ACTIONS.iter().any(|name| bare.starts_with(name)) && !bare.ends_with(['0', '1']);
    let of_array = bare.ends_with("gpc") || bare.ends_with("gpt") || begun;
    let kind = if bare.starts_with("sc-set-gpt") { "GPT" } else { "GPC" };
    let inside = inside.or(word.split_once('(').map(|(_, rest)| rest)).unwrap_or_default();
    if of_array && inside.is_empty() && bare == "sc-add-gpc" {
        let shape = "Expects sc-add-gpc(<GPC ID>,<Track ID>)";
        return Err(Fault::new(format!("Missing or invalid arguments for '{word}'. {shape}")));
    }
    if of_array && inside.is_empty() {
        let upper = kind;
        let lower = kind.to_ascii_lowercase();
        let name = DATA_ACTIONS.iter().find(|name| bare.starts_with(*name)).copied().unwrap_or(bare);
        return Err(Fault::new(format!("invalid {lower} ID '{word}'. Expects {name}(<{upper} ID>,<Track ID>)")));
    }
    let tracked = match inside.split_once(',') {
        Some((_, tracked)) if of_array => tracked,
        None if of_array && !inside.is_empty() => {
            let lower = kind.to_ascii_lowercase();
            return Err(Fault::new(format!("Missing {lower} ID '{word}'. Expects {bare}(<{kind} ID>,<Track ID>)")));
        }
        _ => inside,
    };
    let most = draft.noted.stick_counters.get().unwrap_or(3);
    match tracked.trim().parse::<u32>() {
        Err(_) if inside.is_empty() => Ok(()),
        Err(_) => Err(Fault::new(format!("invalid stick table track ID. Expects {word}(<Track ID>)"))),
        Ok(index) if index >= most => Err(Fault::new(format!(
            "invalid stick table track ID. The max allowed ID is {} (tune.stick-counters)",
            i64::from(most) - 1
        ))),
        Ok(_) => Ok(()),
    }
}

fn spoe_group(args: &mut Args<'_>, draft: &mut Draft, set: RuleSet) -> Parsed {
    let refusal = "expects 2 arguments: <engine-id> <group-id>";
    let engine = args.need(refusal)?.to_owned();
    let group = args.need(refusal)?.to_owned();
    draft.noted.refer(UseKind::Engine, &engine, group, draft.current);
    inert(args, draft, set)
}

fn trace_group(args: &mut Args<'_>, draft: &mut Draft, set: RuleSet) -> Parsed {
    let refusal = "expects: <filter-id> <group-id> [{ if | unless } ...]";
    let filter = args.need(refusal)?.to_owned();
    let group = args.need(refusal)?.to_owned();
    if !args.is_empty() && !args.at_cond() {
        return Err(Fault::new(refusal));
    }
    draft.noted.refer(UseKind::Tracing, &filter, group, draft.current);
    inert(args, draft, set)
}

fn switch_mode(args: &mut Args<'_>, draft: &mut Draft, set: RuleSet) -> Parsed {
    let word = format!("'{} switch-mode'", set.words().split(' ').next().unwrap_or_default());
    if args.section == Sections::BACKEND {
        let name = draft.proxy_ref().map_or("", |proxy| proxy.name.as_str());
        return Err(Fault::new(format!("{word} not allowed because backend '{name}' has no frontend capability")));
    }
    match args.need(&format!("{word} expects a mode as argument."))? {
        "http" => {}
        other => return Err(Fault::new(format!("{word} expects a valid mode (got '{other}')."))),
    }
    if args.take("proto") {
        let name = args.next().unwrap_or_default();
        if !matches!(name, "h1" | "h2") {
            let message = format!("{word}: 'proto' expects a valid MUX protocol, if specified (got '{name}')");
            return Err(Fault::new(message));
        }
    }
    inert(args, draft, set)
}

fn bandwidth(args: &mut Args<'_>, draft: &mut Draft, set: RuleSet) -> Parsed {
    let name = args.need("missing bwlim filter name")?;
    let mut said = "";
    while let Some(word @ ("limit" | "period")) = args.peek() {
        args.next();
        let text = args.peek().unwrap_or_default();
        let (what, plain) = match word {
            "limit" => ("size", units::size(text.as_bytes()).is_ok()),
            _ => ("time", args.time_of(text.as_bytes(), TimeUnit::Millisecond).is_ok()),
        };
        if plain {
            args.next();
        } else {
            let refusal = format!("'{word}': invalid {what} value or unknown fetch method '{text}'");
            args.expr(draft).map_err(|_| Fault::new(refusal))?;
        }
        if said != "limit" {
            said = word;
        }
    }
    draft.noted.refer(UseKind::Bandwidth, name, said.to_owned(), draft.current);
    inert(args, draft, set)
}

fn log_level(args: &mut Args<'_>, draft: &mut Draft, set: RuleSet) -> Parsed {
    let refusal = "expects exactly 1 argument (log level name or 'silent')";
    let level = args.need(refusal)?;
    if level != "silent" && crate::model::log_target::Level::named(level).is_none() {
        return Err(Fault::new(refusal));
    }
    inert(args, draft, set)
}

fn status(args: &mut Args<'_>, draft: &mut Draft, set: RuleSet) -> Parsed {
    let text = args.need("expects 1 argument: <status>; or 3 arguments: <status> reason <fmt>")?;
    if !text.parse::<u32>().is_ok_and(|code| (100..=999).contains(&code)) {
        return Err(Fault::new("expects an integer status code between 100 and 999"));
    }
    if args.take("reason") {
        args.need("expects 1 argument: <status>; or 3 arguments: <status> reason <fmt>")?;
    }
    inert(args, draft, set)
}

fn set_timeout(args: &mut Args<'_>, draft: &mut Draft, set: RuleSet) -> Parsed {
    let which = args.next().unwrap_or_default();
    if !matches!(which, "server" | "tunnel" | "client" | "connect" | "queue" | "tarpit") {
        let message = format!("'set-timeout' rule supports 'server'/'tunnel'/'client' (got '{which}')");
        return Err(Fault::new(message));
    }
    let which = which.to_owned();
    let name = draft.proxy_ref().map_or("", |proxy| proxy.name.as_str());
    let frontend = args.section == crate::model::draft::Sections::FRONTEND;
    if frontend && matches!(which.as_str(), "server" | "tunnel") {
        return Err(Fault::new(format!("'{name}' has no backend capability")));
    }
    let text = args.peek().unwrap_or_default().to_owned();
    if args.time_of(text.as_bytes(), pointsman_parser::units::TimeUnit::Millisecond).is_ok() {
        args.next();
    } else if args.one_word_expr_anywhere(draft).is_err() {
        let bad = text.trim_start_matches(|letter: char| letter.is_ascii_digit()).chars().next();
        let bad = bad.map_or(String::new(), String::from);
        return Err(Fault::new(format!("unexpected character '{bad}' in rule 'set-timeout {which}'")));
    }
    inert(args, draft, set)
}

/// The variable in the parentheses of an action.
fn set_var(args: &mut Args<'_>, draft: &mut Draft, set: RuleSet) -> Parsed {
    let word = args.keyword().to_owned();
    variable_of(&word)?;
    if word.starts_with("set-var-fmt") {
        args.format(draft, Escape::None)?;
    } else {
        args.expr(draft)?;
    }
    inert(args, draft, set)
}

fn unset_var(args: &mut Args<'_>, draft: &mut Draft, set: RuleSet) -> Parsed {
    variable_of(args.keyword())?;
    inert(args, draft, set)
}

fn variable_of(word: &str) -> Result<(), Fault> {
    const SHAPE: &str = "Expects 'set-var(<var-name>)', 'set-var-fmt(<var-name>)' or 'unset-var(<var-name>)'";
    let name = ["set-var-fmt", "set-var", "unset-var"].iter().find(|name| word.starts_with(*name));
    let rest = name.and_then(|name| word.strip_prefix(name)).unwrap_or_default();
    let Some(inside) = rest.strip_prefix('(') else {
        return Err(Fault::new(format!("invalid or incomplete action '{word}'. {SHAPE}")));
    };
    let Some((inside, _)) = inside.split_once(')') else {
        return Err(Fault::new(format!("incomplete argument after action '{word}'. {SHAPE}")));
    };
    variable(inside.split(',').next().unwrap_or_default().trim()).map_err(Fault::new)
}

fn silent_drop(args: &mut Args<'_>, draft: &mut Draft, set: RuleSet) -> Parsed {
    if args.take("rst-ttl") {
        args.need("missing rst-ttl value")?;
    }
    inert(args, draft, set)
}

fn strict_mode(args: &mut Args<'_>, draft: &mut Draft, set: RuleSet) -> Parsed {
    match args.need("expects exactly 1 argument")? {
        "on" | "off" => inert(args, draft, set),
        other => Err(Fault::new(format!("Unexpected value '{other}'. Only 'on' and 'off' are supported"))),
    }
}

fn track(args: &mut Args<'_>, draft: &mut Draft, set: RuleSet) -> Parsed {
    let word = args.keyword().to_owned();
    let number = word.strip_prefix("track-sc").unwrap_or_default();
    let Some(index) = Some(number).filter(|text| !text.is_empty()).map_or(Some(0), |text| text.parse::<u32>().ok())
    else {
        return Err(Fault::new(format!("Wrong track-sc number '{number}'")));
    };
    let word = format!("track-sc{index}");
    let counters = draft.noted.stick_counters.get().unwrap_or(3);
    if index >= counters {
        return Err(Fault::new(format!(
            "{index} track-sc number exceeding {} (tune.stick-counters-1) value",
            i64::from(counters) - 1
        )));
    }
    let key = args.expr(draft)?.output;
    let mut table = String::new();
    if args.take("table") {
        args.next().unwrap_or_default().clone_into(&mut table);
    }
    draft.noted.refer(UseKind::Track(key), &table, word, draft.current);
    inert(args, draft, set)
}

fn service(args: &mut Args<'_>, draft: &mut Draft, set: RuleSet) -> Parsed {
    // In `tcp-request content` HAProxy names the word before the one it means.
    let is_tcp = set == RuleSet::Content;
    let own = if is_tcp { "tcp-request" } else { "use-service" };
    let name = args.need(&format!("'{own}' expects a service name."))?;
    let lua = draft.noted.lua.defines(name);
    if !SERVICES.contains(&name) && !lua {
        return Err(Fault::new(format!("'{}' unknown service name.", if is_tcp { "content" } else { name })));
    }
    inert(args, draft, set)
}

fn wait_for_body(args: &mut Args<'_>, draft: &mut Draft, set: RuleSet) -> Parsed {
    let refusal = "expects time <time> [ at-least <bytes> ]";
    let mut timed = false;
    while !args.at_cond() {
        match args.next() {
            Some("time") => {
                let text = args.need(refusal)?;
                args.time_of(text.as_bytes(), pointsman_parser::units::TimeUnit::Millisecond)
                    .map_err(|error| Fault::new(error.to_string()))?;
                timed = true;
            }
            Some("at-least") => {
                args.need(refusal)?;
            }
            Some("use-large-buffer") => {}
            _ => return Err(Fault::new(refusal)),
        }
    }
    if !timed {
        return Err(Fault::new(refusal));
    }
    inert(args, draft, set)
}
