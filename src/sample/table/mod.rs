//! Patterns of one match method as a table: which entry, if any, does a value match?
//!
//! Conditions ask whether there is one, maps which one it is. However many entries there are, literals, prefixes,
//! suffixes, substrings and networks cost one lookup; only regular expressions and number ranges are tried in turn.

mod int;
mod ip;
mod text;

use std::borrow::Cow;

pub use int::Ranges;
pub use ip::{Networks, network, v4_mask};
pub use text::{Ends, Parts, Set, Within};

use super::regex::Regex;
use super::value::{Type, Value};

/// How values are compared with patterns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// The whole text.
    Str,
    /// The beginning; the longest pattern wins.
    Beg,
    /// The end.
    End,
    /// Any part.
    Sub,
    /// A part between slashes or question marks.
    Dir,
    /// A part between dots, colons, slashes or question marks.
    Dom,
    /// A regular expression.
    Reg,
    /// A number or a range of numbers.
    Int,
    /// An address or a network; the smallest network wins.
    Ip,
}

/// A compiled table.
#[derive(Debug)]
#[allow(clippy::large_enum_variant, reason = "made once per list of patterns, and never moved")]
pub enum Table {
    /// [`Method::Str`]
    Str(Set),
    /// [`Method::Beg`], [`Method::End`]
    Ends(Ends),
    /// [`Method::Sub`]
    Within(Within),
    /// [`Method::Dir`], [`Method::Dom`]
    Parts(Parts),
    /// [`Method::Reg`]
    Reg(Vec<Regex>),
    /// [`Method::Int`]
    Int(Ranges),
    /// [`Method::Ip`]
    Ip(Networks),
}

impl Table {
    /// Compiles the patterns. The error is HAProxy's sentence.
    pub fn new(method: Method, patterns: &[&[u8]], ignore_case: bool) -> Result<Table, String> {
        Ok(match method {
            Method::Str => Table::Str(Set::new(patterns, ignore_case)),
            Method::Beg => Table::Ends(Ends::new(patterns, ignore_case, false)),
            Method::End => Table::Ends(Ends::new(patterns, ignore_case, true)),
            Method::Sub => Table::Within(Within::new(patterns, ignore_case)?),
            Method::Dir => Table::Parts(Parts::new(patterns, ignore_case, b"/?")),
            Method::Dom => Table::Parts(Parts::new(patterns, ignore_case, b"/?.:")),
            Method::Reg => {
                let compiled = patterns.iter().map(|pattern| Regex::new(pattern, ignore_case));
                Table::Reg(compiled.collect::<Result<_, _>>()?)
            }
            Method::Int => Table::Int(Ranges::new(patterns)?),
            Method::Ip => Table::Ip(Networks::new(patterns)?),
        })
    }

    /// The entry the value matches.
    pub fn find(&self, value: &Value<'_>) -> Option<usize> {
        match self {
            Table::Int(ranges) => ranges.find(value.to_int()?),
            Table::Ip(networks) => networks.find(value.to_ip()?),
            Table::Str(set) => set.find(&text(value)),
            Table::Ends(ends) => ends.find(&text(value)),
            Table::Within(within) => within.find(&text(value)),
            Table::Parts(parts) => parts.find(&text(value)),
            Table::Reg(list) => {
                let text = text(value);
                list.iter().position(|regex| regex.is_match(&text))
            }
        }
    }
}

/// The value as text, borrowed where it is text already.
pub fn text<'a>(value: &'a Value<'_>) -> Cow<'a, [u8]> {
    match value {
        Value::Str(bytes) | Value::Method(bytes) => Cow::Borrowed(bytes),
        Value::Bin(bytes) => Cow::Borrowed(super::value::before_nul(bytes)),
        other => other.clone().cast(Type::Str).map(Value::into_bytes).unwrap_or_default(),
    }
}
