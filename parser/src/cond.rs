//! The words after `if` and `unless`: alternatives of literals, each an ACL by name or an anonymous one in braces.
//!
//! Whether a name exists and what stands in the braces is not known here.

use crate::ast::Span;
use crate::error::{Error, ErrorKind};
use crate::word::Arg;

/// A condition: true when one alternative has all its literals true. An alternative without a literal is never true
/// and is left out, so an empty condition is false.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cond {
    /// The alternatives, separated by `or`, in any case, or `||`.
    pub any: Vec<Vec<Literal>>,
}

/// A term, negated or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Literal {
    /// An odd number of `!` stood before the term.
    pub negated: bool,
    /// The term.
    pub term: Term,
}

/// What is tested.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Term {
    /// An ACL by its name.
    Acl {
        /// The name, of any bytes.
        name: String,
        /// Its word.
        span: Span,
    },
    /// `{ criterion … }`
    Anonymous {
        /// The words between the braces.
        words: Vec<Arg>,
        /// From the opening to the closing brace.
        span: Span,
    },
}

/// Reads the words after `if` or `unless`; all of them belong to the condition.
pub fn parse(words: &[Arg]) -> Result<Cond, Error> {
    let mut any = Vec::new();
    let mut all = Vec::new();
    let mut negated = false;
    let mut rest = words.iter();
    while let Some(word) = rest.next() {
        if word.text.eq_ignore_ascii_case(b"or") || word.text == b"||" {
            negated = false;
            end_alternative(&mut any, &mut all);
            continue;
        }
        let bangs = word.text.iter().take_while(|byte| **byte == b'!').count();
        negated ^= bangs % 2 == 1;
        let name = word.text.get(bangs..).unwrap_or_default();
        let term = match name {
            b"" => continue,
            b"{" => anonymous(word.span, rest.as_slice())?,
            _ => Term::Acl { name: String::from_utf8_lossy(name).into_owned(), span: word.span },
        };
        if let Term::Anonymous { words, .. } = &term {
            rest = rest.as_slice().get(words.len() + 1..).unwrap_or_default().iter();
        }
        all.push(Literal { negated, term });
        negated = false;
    }
    end_alternative(&mut any, &mut all);
    Ok(Cond { any })
}

fn end_alternative(any: &mut Vec<Vec<Literal>>, all: &mut Vec<Literal>) {
    if !all.is_empty() {
        any.push(std::mem::take(all));
    }
}

fn anonymous(open: Span, rest: &[Arg]) -> Result<Term, Error> {
    let Some(close) = rest.iter().position(|word| word.text == b"}") else {
        let end = rest.last().map_or(open.end, |word| word.span.end);
        return Err(Error::new(Span { start: open.start, end }, ErrorKind::MissingClosingBrace));
    };
    let end = rest.get(close).map_or(open.end, |word| word.span.end);
    let words = rest.get(..close).unwrap_or_default().to_vec();
    Ok(Term::Anonymous { words, span: Span { start: open.start, end } })
}
