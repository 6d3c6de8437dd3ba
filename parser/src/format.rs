//! Log-format strings: text, `%alias`, `%[expression]`, with `{flags}` and a `(label:type)`. No alias is known here.

use crate::ast::Span;
use crate::error::{Error, ErrorKind};
use crate::expr::{self, Expr};
use nom::bytes::complete::{tag, take_while};
use nom::combinator::opt;
use nom::sequence::{pair, preceded};
use nom::{IResult, Parser};

/// The types an item may be cast to, in `%(label:type)`.
pub const CASTS: [&str; 4] = ["str", "sint", "bool", "raw"];

/// One piece of a log format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// Text to copy; `%%` is already one percent. Runs of blanks are kept: see [`merge_blanks`].
    Text(Vec<u8>),
    /// `%name`
    Alias {
        /// What stood in `{…}`.
        flags: Flags,
        /// The longest run of letters and digits: an unknown one is an error, it is never cut.
        name: String,
        /// From the `%` to the end of the name.
        span: Span,
        /// What stood in `(…)` before the `:`; an empty one is left out.
        label: Option<String>,
        /// One of [`CASTS`].
        cast: Option<String>,
    },
    /// `%[expression]`
    Expr {
        /// What stood in `{…}`.
        flags: Flags,
        /// The expression, its spans counted in the whole format.
        expr: Expr,
        /// What stood in `(…)` before the `:`; an empty one is left out.
        label: Option<String>,
        /// One of [`CASTS`].
        cast: Option<String>,
        /// From the `%` to the closing bracket.
        span: Span,
    },
}

/// The flags of an item, in the order they were written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    /// Each flag that was given a sign; one without is ignored.
    pub list: Vec<Flag>,
}

impl Flags {
    /// What the flags say of `name`: the last mention counts, nothing if there is none.
    pub fn state(&self, name: &str) -> Option<bool> {
        self.list.iter().rev().find(|flag| flag.name == name).map(|flag| flag.on)
    }
}

/// One flag: `+Q` or `-Q`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flag {
    /// `+`
    pub on: bool,
    /// `Q`, `X`, `E`, `M`, `bin`, `json`, `cbor`, or anything else, which HAProxy ignores.
    pub name: String,
}

/// Reads a format. It stops at the first error, as HAProxy does: the items before it are given.
pub fn parse(text: &[u8]) -> (Vec<Item>, Vec<Error>) {
    let mut items = Vec::new();
    let mut plain = Vec::new();
    let mut at = 0;
    while let Some(byte) = text.get(at).copied() {
        if byte != b'%' {
            plain.push(byte);
            at += 1;
            continue;
        }
        match item(text, at) {
            Ok((None, literal, end)) => {
                plain.push(literal);
                at = end;
            }
            Ok((Some(item), _, end)) => {
                flush(&mut items, &mut plain);
                items.push(item);
                at = end;
            }
            Err(error) => {
                flush(&mut items, &mut plain);
                return (items, vec![error]);
            }
        }
    }
    flush(&mut items, &mut plain);
    (items, Vec::new())
}

/// The same items with every run of spaces made one: what `log-format`, `log-format-sd` and `unique-id-format` do.
pub fn merge_blanks(items: Vec<Item>) -> Vec<Item> {
    let merge = |item| match item {
        Item::Text(text) => {
            let mut merged: Vec<u8> = Vec::with_capacity(text.len());
            for byte in text {
                if byte != b' ' || merged.last() != Some(&b' ') {
                    merged.push(byte);
                }
            }
            Item::Text(merged)
        }
        other => other,
    };
    items.into_iter().map(merge).collect()
}

fn flush(items: &mut Vec<Item>, plain: &mut Vec<u8>) {
    if !plain.is_empty() {
        items.push(Item::Text(std::mem::take(plain)));
    }
}

/// What was read after one `%`: an item, or a byte to copy; and where it ends.
type Read = (Option<Item>, u8, usize);

fn item(text: &[u8], percent: usize) -> Result<Read, Error> {
    let mut at = percent + 1;
    let mut label = (None, None);
    let mut flags = Flags::default();
    if text.get(at) == Some(&b'(') {
        (label, at) = labelled(text, at + 1)?;
    }
    let braces = text.get(at) == Some(&b'{');
    if braces {
        let from = at + 1;
        (flags, at) = flagged(text, from)?;
        if !text.get(at).is_some_and(|byte| *byte == b'[' || byte.is_ascii_alphanumeric()) {
            let inside = text.get(from..at - 1).unwrap_or_default().to_vec();
            return Err(Error::new(Span::new(from, at), ErrorKind::FlagsWithoutAlias { text: inside }));
        }
    }
    let (label, cast) = label;
    match text.get(at).copied() {
        None => Err(Error::new(Span::new(percent, at), ErrorKind::PercentAtEnd)),
        Some(b'[') => {
            let (expr, end) = bracketed(text, at + 1)?;
            Ok((Some(Item::Expr { flags, expr, label, cast, span: Span::new(percent, end) }), 0, end))
        }
        Some(byte) if byte.is_ascii_alphabetic() || (braces && byte.is_ascii_digit()) => {
            let length = text.iter().skip(at).take_while(|byte| byte.is_ascii_alphanumeric()).count();
            let end = at + length;
            let name = String::from_utf8_lossy(text.get(at..end).unwrap_or_default()).into_owned();
            Ok((Some(Item::Alias { flags, name, span: Span::new(percent, end), label, cast }), 0, end))
        }
        Some(found) if found.is_ascii_digit() || matches!(found, b' ' | b'\t') => {
            let kind = ErrorKind::AliasName { found, position: position(at), text: text.to_vec() };
            Err(Error::new(Span::new(at, at + 1), kind))
        }
        Some(literal) => Ok((None, literal, at + 1)),
    }
}

/// The label and the type up to the closing parenthesis, and where they end.
type Labelled = ((Option<String>, Option<String>), usize);

fn labelled(text: &[u8], from: usize) -> Result<Labelled, Error> {
    let rest = text.get(from..).unwrap_or_default();
    // Neither part can fail: each may be empty.
    let (after, (name, cast)) = label(rest).unwrap_or((rest, (&[], None)));
    let end = text.len() - after.len();
    if after.first() != Some(&b')') {
        let kind =
            ErrorKind::LabelCharacter { found: after.first().copied(), position: position(end), text: text.to_vec() };
        return Err(Error::new(Span::new(end, (end + 1).min(text.len())), kind));
    }
    let written = |part: &[u8]| String::from_utf8_lossy(part).into_owned();
    let cast = cast.map(written);
    if let Some(cast) = cast.clone().filter(|cast| !CASTS.contains(&cast.as_str())) {
        let start = end - cast.len();
        let kind = ErrorKind::Cast { cast, position: position(start), text: text.to_vec() };
        return Err(Error::new(Span::new(start, end), kind));
    }
    Ok(((Some(written(name)).filter(|name| !name.is_empty()), cast), end + 1))
}

/// A label, and a type if there is a colon.
type Label<'a> = (&'a [u8], Option<&'a [u8]>);

/// `label:type`, either of which may be empty.
fn label(text: &[u8]) -> IResult<&[u8], Label<'_>> {
    let letters = || take_while(|byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    pair(letters(), opt(preceded(tag(":"), letters()))).parse(text)
}

/// The flags up to the closing brace, and where they end.
fn flagged(text: &[u8], from: usize) -> Result<(Flags, usize), Error> {
    let rest = text.get(from..).unwrap_or_default();
    let Some(length) = rest.iter().position(|byte| *byte == b'}') else {
        let kind = ErrorKind::FlagsUnclosed { flags: rest.to_vec() };
        return Err(Error::new(Span::new(from, text.len()), kind));
    };
    let inside = rest.get(..length).unwrap_or_default();
    let list = inside.split(|byte| *byte == b',').filter_map(flag).collect();
    Ok((Flags { list }, from + length + 1))
}

/// The flag of one comma-separated part: what follows its last sign.
fn flag(part: &[u8]) -> Option<Flag> {
    let sign = part.iter().rposition(|byte| matches!(byte, b'+' | b'-'))?;
    let name = String::from_utf8_lossy(part.get(sign + 1..).unwrap_or_default()).into_owned();
    Some(Flag { on: part.get(sign) == Some(&b'+'), name })
}

fn bracketed(text: &[u8], from: usize) -> Result<(Expr, usize), Error> {
    let (expr, end) = expr::read(text, from).map_err(|error| {
        let rest = text.get(from..).unwrap_or_default().to_vec();
        Error { kind: ErrorKind::InExpression { text: rest, inner: Box::new(error.kind) }, ..error }
    })?;
    let after = text.get(from..end).unwrap_or_default().to_vec();
    let (span, kind) = match text.get(end).copied() {
        Some(b']') => return Ok((expr, end + 1)),
        Some(found) => (Span::new(end, end + 1), ErrorKind::BracketExpected { after, found }),
        None => (Span::new(from, end), ErrorKind::BracketMissing { after }),
    };
    Err(Error { calls: expr.calls().cloned().collect(), ..Error::new(span, kind) })
}

/// An offset as HAProxy prints it here: counted from zero.
fn position(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}
