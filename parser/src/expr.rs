//! Sample expressions: `fetch(args),converter(args),…`. Neither names nor the number of arguments are known here.

pub use crate::args::CallArg;
use crate::args::{self, Arguments, Ending};
use crate::ast::Span;
use crate::error::{Error, ErrorKind};

/// A sample expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expr {
    /// What is fetched.
    pub fetch: Call,
    /// What it goes through, in order.
    pub converters: Vec<Call>,
    /// The whole of it, in the text that was parsed.
    pub span: Span,
}

impl Expr {
    /// The fetch, then the converters.
    pub fn calls(&self) -> impl Iterator<Item = &Call> {
        std::iter::once(&self.fetch).chain(&self.converters)
    }
}

/// A name and its arguments.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Call {
    /// The name: letters, digits, `_`, `.`, `:`, `-` and `+`.
    pub name: String,
    /// The arguments; none for `()`.
    pub args: Vec<CallArg>,
    /// Parentheses were written.
    pub parens: bool,
    /// From the name to the closing parenthesis.
    pub span: Span,
}

impl Call {
    /// What HAProxy says when more than `max` arguments were written: `expected ')' before ',b)'`, the quoted part being
    /// the rest of `text`, in which the call was parsed. Nothing when there are not too many.
    pub fn excess(&self, text: &[u8], max: usize) -> Option<String> {
        let first = self.args.get(max)?;
        let from = match max.checked_sub(1).and_then(|last| self.args.get(last)) {
            Some(last) => last.span.end,
            None => first.span.start,
        };
        let rest = text.get(from as usize..).unwrap_or_default();
        Some(format!("expected ')' before '{}'", String::from_utf8_lossy(rest)))
    }
}

/// Reads an expression that is the whole of `text`. Commas may be doubled, or stand last.
pub fn parse(text: &[u8]) -> Result<Expr, Error> {
    let (expr, end) = read(text, 0)?;
    let Some(_) = text.get(end) else {
        return Ok(expr);
    };
    let kind = match expr.converters.last() {
        None => ErrorKind::CommaAfterFetch,
        Some(last) => ErrorKind::CommaAfterConverter { name: last.name.clone() },
    };
    let error = Error::new(Span::new(end, text.len()), kind);
    Err(Error { calls: expr.calls().cloned().collect(), ..error })
}

/// Reads the expression at the beginning of `text`, and how many bytes it takes.
pub fn parse_prefix(text: &[u8]) -> Result<(Expr, usize), Error> {
    read(text, 0)
}

/// Reads the expression at `start` in `text`: it and where it ends. Spans are offsets in `text`.
pub(crate) fn read(text: &[u8], start: usize) -> Result<(Expr, usize), Error> {
    let (fetch, mut at) = call(text, start, None).map_err(|(call, kind)| refused(&[], call, kind))?;
    if fetch.name.is_empty() {
        return Err(Error::new(fetch.span, ErrorKind::MissingFetch));
    }
    let mut calls = vec![fetch];
    while text.get(at) == Some(&b',') {
        at += text.iter().skip(at).take_while(|byte| **byte == b',').count();
        if at == text.len() {
            break;
        }
        let (converter, end) = call(text, at, Some(calls.len())).map_err(|(call, kind)| refused(&calls, call, kind))?;
        if converter.name.is_empty() {
            return Err(Error { calls, ..Error::new(converter.span, ErrorKind::EmptyConverter) });
        }
        calls.push(converter);
        at = end;
    }
    let converters = calls.split_off(1);
    let fetch = calls.pop().unwrap_or_default();
    Ok((Expr { fetch, converters, span: Span::new(start, at) }, at))
}

/// The error of a call that comes after `calls`.
fn refused(calls: &[Call], call: Call, kind: ErrorKind) -> Error {
    let span = call.span;
    let calls = calls.iter().cloned().chain([call]).collect();
    Error { calls, ..Error::new(span, kind) }
}

/// Reads a name and its arguments at `start`; `rank` is that of a converter. An empty name is for the caller to refuse.
fn call(text: &[u8], start: usize, rank: Option<usize>) -> Result<(Call, usize), (Call, ErrorKind)> {
    let length = text.iter().skip(start).take_while(|byte| is_name(**byte)).count();
    let end = start + length;
    let name = String::from_utf8_lossy(text.get(start..end).unwrap_or_default()).into_owned();
    if name.is_empty() || text.get(end) != Some(&b'(') {
        return Ok((Call { name, args: Vec::new(), parens: false, span: Span::new(start, end) }, end));
    }
    let Arguments { list, end, ending } = args::read(text, end + 1);
    let call = Call { name, args: list, parens: true, span: Span::new(start, end) };
    let count = u32::try_from(call.args.len()).unwrap_or(u32::MAX).max(1);
    let before = || call.args.last().map(|arg| arg.text.clone()).unwrap_or_default();
    let name = call.name.clone();
    let kind = match (ending, rank) {
        (Ending::Closed, _) => return Ok((call, end)),
        (Ending::Open, None) => ErrorKind::FetchUnclosed { name },
        (Ending::Open, Some(_)) => ErrorKind::ConverterUnclosed { name, arg: count },
        (Ending::Backslash, None) => ErrorKind::FetchBackslash { name, before: before(), position: count },
        (Ending::Backslash, Some(_)) => ErrorKind::ConverterBackslash { name, before: before(), position: count },
    };
    Err((call, kind))
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b':' | b'-' | b'+')
}
