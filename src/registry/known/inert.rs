//! Stand-ins for words that have no run-time part: they compile, and do nothing. The configuration that holds one is not
//! started unless it is asked to, and then these give no value.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::{convs, fetches};
use crate::sample::{self, Cx, RuleCx, Value};
use crate::spec::{Conv, Fetch, LogTag, Matcher};
use crate::txn::Verdict;

/// The fetch of this name that never has a value.
pub fn fetch(name: &str) -> Option<&'static Fetch> {
    static TABLE: OnceLock<HashMap<&'static str, Fetch>> = OnceLock::new();
    let table = TABLE.get_or_init(|| fetches::FETCHES.iter().map(|known| (known.name, stand_in(known))).collect());
    table.get(name).or_else(|| name.starts_with("lua.").then_some(&LUA_FETCH))
}

static LUA_FETCH: Fetch = Fetch { name: "lua", build: nothing, ..Fetch::BLANK };

fn stand_in(known: &super::Known) -> Fetch {
    Fetch { name: known.name, out: known.output, build: nothing, ..Fetch::BLANK }
}

fn nothing(args: &mut crate::spec::CallArgs<'_>) -> Result<Box<dyn sample::Fetch>, String> {
    for _ in 0..args.count() {
        args.maybe();
    }
    Ok(Box::new(Nothing))
}

/// The converter of this name that never gives a value.
pub fn conv(name: &str) -> Option<&'static Conv> {
    static TABLE: OnceLock<HashMap<&'static str, Conv>> = OnceLock::new();
    let table =
        TABLE.get_or_init(|| convs::CONVERTERS.iter().map(|known| (known.name, without_value(known))).collect());
    table.get(name).or_else(|| name.starts_with("lua.").then_some(&LUA_CONV))
}

static LUA_CONV: Conv = Conv { name: "lua", build: swallow, ..Conv::BLANK };

fn without_value(known: &super::Known) -> Conv {
    Conv { name: known.name, input: known.input, out: known.output, build: swallow, ..Conv::BLANK }
}

fn swallow(args: &mut crate::spec::CallArgs<'_>) -> Result<Box<dyn sample::Convert>, String> {
    for _ in 0..args.count() {
        args.maybe();
    }
    Ok(Box::new(Nothing))
}

/// The match method of this name that never matches.
pub fn matcher(name: &str) -> Option<&'static Matcher> {
    static METHODS: &[Matcher] = &[
        Matcher { name: "found", needs_no_pattern: true, build: never, ..Matcher::BLANK },
        Matcher { name: "bool", needs_no_pattern: true, build: never, ..Matcher::BLANK },
        Matcher { name: "int", build: never, ..Matcher::BLANK },
        Matcher { name: "ip", build: never, ..Matcher::BLANK },
        Matcher { name: "bin", build: never, ..Matcher::BLANK },
        Matcher { name: "len", build: never, ..Matcher::BLANK },
        Matcher { name: "str", build: never, ..Matcher::BLANK },
        Matcher { name: "sub", build: never, ..Matcher::BLANK },
        Matcher { name: "reg", build: never, ..Matcher::BLANK },
        Matcher { name: "beg", build: never, ..Matcher::BLANK },
        Matcher { name: "end", build: never, ..Matcher::BLANK },
        Matcher { name: "dir", build: never, ..Matcher::BLANK },
        Matcher { name: "dom", build: never, ..Matcher::BLANK },
    ];
    METHODS.iter().find(|method| method.name == name)
}

fn never(_: &crate::spec::kinds::Patterns<'_>) -> Result<Box<dyn sample::Match>, String> {
    Ok(Box::new(Nothing))
}

/// The log tag that writes `-`.
pub static INERT_TAG: LogTag = LogTag::BLANK;

/// What all stand-ins are at run time.
pub struct Nothing;

impl sample::Fetch for Nothing {
    fn fetch<'a>(&'a self, _: &Cx<'a>) -> Option<Value<'a>> {
        None
    }
}

impl sample::Convert for Nothing {
    fn convert<'a>(&'a self, _: Value<'a>, _: &Cx<'a>) -> Option<Value<'a>> {
        None
    }
}

impl sample::Match for Nothing {
    fn matches(&self, _: &Value<'_>) -> bool {
        false
    }
}

impl sample::Run for Nothing {
    fn run(&self, _: &mut RuleCx<'_>) -> Verdict {
        Verdict::Continue
    }
}
