//! Match methods that look at no pattern.

use crate::sample::{Match, Type, Value};
use crate::spec;
use crate::spec::Matcher;

spec! {
    /// Methods without patterns.
    pub static PLAIN: [Matcher] = [
        /// The value exists, whatever it is: `{ req.hdr(x-token) -m found }`. Patterns are ignored.
        { name: "found", needs_no_pattern: true, input: Type::Any, build: |_| Ok(Box::new(Found)) },
        /// The value is true, or a number other than zero. Patterns are ignored.
        { name: "bool", needs_no_pattern: true, input: Type::Bool, build: |_| Ok(Box::new(IsTrue)) },
    ];
}

struct Found;

impl Match for Found {
    fn matches(&self, _: &Value<'_>) -> bool {
        true
    }
}

struct IsTrue;

impl Match for IsTrue {
    fn matches(&self, value: &Value<'_>) -> bool {
        value.to_bool().unwrap_or(false)
    }
}
