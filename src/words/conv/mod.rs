//! Converters, by what they do: the visible list.

mod address;
mod bytes;
mod digest;
mod field;
mod forwarded;
mod hash;
mod json;
mod jwt;
mod language;
mod map;
mod number;
mod place;
mod text;
mod time;
mod url;
mod variable;

use std::borrow::Cow;

use crate::base::ids::VarId;
use crate::sample::{Convert, Cx, Value};
use crate::spec::{CallArgs, Conv};
use crate::txn::vars::{self, Scope};

/// Every family.
pub static ALL: &[&[Conv]] = &[
    address::ADDRESS,
    bytes::BYTES,
    digest::DIGEST,
    field::FIELD,
    forwarded::FORWARDED,
    hash::HASH,
    json::JSON,
    jwt::JWT,
    language::LANGUAGE,
    map::MAP,
    number::NUMBER,
    place::PLACE,
    text::TEXT,
    time::TIME,
    url::URL,
    variable::VARIABLE,
];

/// What compiling a converter gives.
type Built = Result<Box<dyn Convert>, String>;

/// What a converter does with the data of its arguments.
type With<D> = for<'a> fn(&'a D, Value<'a>, &Cx<'a>) -> Option<Value<'a>>;

struct Data<D> {
    data: D,
    convert: With<D>,
}

impl<D: Send + Sync> Convert for Data<D> {
    #[inline]
    fn convert<'a>(&'a self, input: Value<'a>, cx: &Cx<'a>) -> Option<Value<'a>> {
        (self.convert)(&self.data, input, cx)
    }
}

/// A converter with arguments.
fn with<D: Send + Sync + 'static>(data: D, convert: With<D>) -> Built {
    Ok(Box::new(Data { data, convert }))
}

struct Plain(for<'a> fn(Value<'a>) -> Option<Value<'a>>);

impl Convert for Plain {
    #[inline]
    fn convert<'a>(&'a self, input: Value<'a>, _: &Cx<'a>) -> Option<Value<'a>> {
        (self.0)(input)
    }
}

/// A converter without arguments.
fn plain(convert: for<'a> fn(Value<'a>) -> Option<Value<'a>>) -> Built {
    Ok(Box::new(Plain(convert)))
}

/// A part of a text that may be borrowed or owned.
fn slice(text: Cow<'_, [u8]>, start: usize, end: usize) -> Cow<'_, [u8]> {
    let end = end.min(text.len());
    let start = start.min(end);
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.get(start..end).unwrap_or_default()),
        Cow::Owned(mut text) => {
            text.truncate(end);
            text.drain(..start);
            Cow::Owned(text)
        }
    }
}

/// A number written in the configuration, or a variable that holds one.
enum Operand {
    Number(i64),
    Variable(Scope, VarId),
}

impl Operand {
    fn parse(args: &mut CallArgs<'_>) -> Result<Operand, String> {
        let text = args.text()?;
        Operand::of(text)
    }

    fn of(text: &str) -> Result<Operand, String> {
        if text.is_empty() {
            return Ok(Operand::Number(0));
        }
        if let Ok(number) = text.parse() {
            return Ok(Operand::Number(number));
        }
        let refusal = |_| "expects an integer or a variable name".to_owned();
        vars::intern(text).map(|(scope, id)| Operand::Variable(scope, id)).map_err(refusal)
    }

    fn value(&self, cx: &Cx<'_>) -> Option<i64> {
        match self {
            Operand::Number(number) => Some(*number),
            Operand::Variable(scope, id) => cx.variable(*scope, *id)?.to_int(),
        }
    }
}
