//! A compiled sample expression: one fetch, then converters.

use super::cx::Cx;
use super::value::{Type, Value};

/// A fetch, with its arguments compiled in.
pub trait Fetch: Send + Sync {
    /// The value, if there is one now.
    fn fetch<'a>(&'a self, cx: &Cx<'a>) -> Option<Value<'a>>;

    /// Shows each of several values until `found` says yes; whether it did. A condition looks at all of them.
    fn any<'a>(&'a self, cx: &Cx<'a>, found: &mut dyn FnMut(Value<'a>) -> bool) -> bool {
        self.fetch(cx).is_some_and(found)
    }

    /// The value, when it is the same for every exchange.
    fn constant(&self) -> Option<Value<'_>> {
        None
    }
}

/// A converter, with its arguments compiled in. The input has the type its spec asks for.
pub trait Convert: Send + Sync {
    /// The converted value; `None` ends the expression without a value.
    fn convert<'a>(&'a self, input: Value<'a>, cx: &Cx<'a>) -> Option<Value<'a>>;
}

/// A converter and the type it must be given.
pub struct Step {
    /// What the input is cast to first.
    pub input: Type,
    /// The converter.
    pub convert: Box<dyn Convert>,
}

/// A compiled expression.
pub struct Expr {
    fetch: Box<dyn Fetch>,
    steps: Box<[Step]>,
    /// The type of the result.
    pub output: Type,
    /// What must be there for it: a set of [`crate::spec::Needs`] bits.
    pub needs: u32,
    /// As written.
    pub source: Box<str>,
}

impl std::fmt::Debug for Expr {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}", self.source)
    }
}

impl Expr {
    /// An expression of its parts.
    pub fn new(fetch: Box<dyn Fetch>, steps: Vec<Step>, output: Type, needs: u32, source: &str) -> Expr {
        Expr { fetch, steps: steps.into_boxed_slice(), output, needs, source: source.into() }
    }

    /// The value, if there is one now.
    #[inline]
    pub fn eval<'a>(&'a self, cx: &Cx<'a>) -> Option<Value<'a>> {
        self.convert(self.fetch.fetch(cx)?, cx)
    }

    /// Whether `test` says yes to one of its values; those that a converter drops are passed over.
    #[inline]
    pub fn any<'a>(&'a self, cx: &Cx<'a>, test: &mut dyn FnMut(&Value<'a>) -> bool) -> bool {
        self.fetch.any(cx, &mut |raw| self.convert(raw, cx).is_some_and(|value| test(&value)))
    }

    /// The value, when it is the same for every exchange.
    pub fn constant(&self) -> Option<Value<'_>> {
        if self.steps.is_empty() { self.fetch.constant() } else { None }
    }

    /// The text, if there is a value.
    pub fn text<'a>(&'a self, cx: &Cx<'a>) -> Option<std::borrow::Cow<'a, [u8]>> {
        self.eval(cx).map(Value::into_bytes)
    }

    #[inline]
    fn convert<'a>(&'a self, mut value: Value<'a>, cx: &Cx<'a>) -> Option<Value<'a>> {
        for step in &self.steps {
            value = step.convert.convert(value.cast(step.input)?, cx)?;
        }
        Some(value)
    }
}
