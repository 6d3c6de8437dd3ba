//! A compiled sample expression: one fetch, then converters.

use super::cx::Cx;
use super::value::{Type, Value};

/// A fetch, with its arguments compiled in.
pub trait Fetch: Send + Sync {
    /// The value, if there is one now.
    fn fetch<'a>(&'a self, cx: &Cx<'a>) -> Option<Value<'a>>;

    /// The `n`th of several values, from 0: a condition looks at all of them.
    fn nth<'a>(&'a self, cx: &Cx<'a>, n: usize) -> Option<Value<'a>> {
        if n == 0 { self.fetch(cx) } else { None }
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

    /// The `n`th value, from 0.
    #[inline]
    pub fn nth<'a>(&'a self, cx: &Cx<'a>, n: usize) -> Option<Value<'a>> {
        let raw = self.fetch.nth(cx, n)?;
        self.convert(raw, cx)
    }

    /// Whether there is an `n`th raw value: converters may drop one and keep the next.
    pub fn has_nth<'a>(&'a self, cx: &Cx<'a>, n: usize) -> bool {
        self.fetch.nth(cx, n).is_some()
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
