//! Match methods on numbers and addresses.

use super::table;
use crate::sample::table::{Method, Ranges, text};
use crate::sample::{Match, Type, Value};
use crate::spec;
use crate::spec::Matcher;

spec! {
    /// Numbers and addresses.
    pub static NUMBER: [Matcher] = [
        /// The value is one of these numbers or lies in one of these ranges: `5`, `lo:hi`, `lo:`, `:hi`; `eq`, `ge`,
        /// `gt`, `le` and `lt` before a number work too.
        { name: "int", input: Type::Int, build: |patterns| table(Method::Int, patterns) },
        /// The length of the text is one of these numbers or lies in one of these ranges.
        { name: "len", input: Type::Str, build: |patterns| Ok(Box::new(Length(Ranges::new(&patterns.list)?))) },
        /// The address is one of these or lies in one of these networks: `10.0.0.0/8`, `10.0.0.0/255.0.0.0`,
        /// `2001:db8::/32`. The smallest network that fits counts.
        { name: "ip", input: Type::Addr, build: |patterns| table(Method::Ip, patterns) },
    ];
}

struct Length(Ranges);

impl Match for Length {
    fn matches(&self, value: &Value<'_>) -> bool {
        self.0.find(text(value).len() as i64).is_some()
    }
}
