//! The arguments in parentheses that predicates, fetches and converters share. Their own quoting pass: quotes, and the
//! escapes of blanks, backslashes, quotes, `\n`, `\r`, `\t`; no `\#`, no `\$`, no `\xNN`, no variable.

use crate::ast::Span;

/// One argument, decoded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallArg {
    /// Its text, quotes and escapes resolved.
    pub text: Vec<u8>,
    /// Where it stands, quotes included; it ends at the comma or the parenthesis.
    pub span: Span,
}

/// What was read after an opening parenthesis.
#[derive(Clone)]
pub(crate) struct Arguments {
    /// The arguments; `()` has none.
    pub(crate) list: Vec<CallArg>,
    /// Past the closing parenthesis, or the end of the text.
    pub(crate) end: usize,
    pub(crate) ending: Ending,
}

/// What ended the arguments.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    Closed,
    /// The text ended first.
    Open,
    /// The text ended in a backslash.
    Backslash,
}

/// Reads arguments from `at`, which is past the opening parenthesis.
pub(crate) fn read(text: &[u8], at: usize) -> Arguments {
    let mut list = Vec::new();
    let mut from = at;
    loop {
        let (arg, stop) = argument(text, from);
        from = arg.span.end as usize + 1;
        let only = list.is_empty() && arg.span.is_empty();
        match stop {
            Stop::Comma => list.push(arg),
            Stop::Parenthesis => {
                if !only {
                    list.push(arg);
                }
                return Arguments { list, end: from, ending: Ending::Closed };
            }
            Stop::End | Stop::Backslash => {
                if !only {
                    list.push(arg);
                }
                let ending = if stop == Stop::End { Ending::Open } else { Ending::Backslash };
                return Arguments { list, end: text.len(), ending };
            }
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stop {
    Comma,
    Parenthesis,
    End,
    Backslash,
}

fn argument(text: &[u8], start: usize) -> (CallArg, Stop) {
    let mut decoded = Vec::new();
    let mut quote = None;
    let mut at = start;
    let mut stop = Stop::End;
    while let Some(byte) = text.get(at).copied() {
        match (quote, byte) {
            (None, b',') => {
                stop = Stop::Comma;
                break;
            }
            (None, b')') => {
                stop = Stop::Parenthesis;
                break;
            }
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            (None | Some(b'"'), b'\\') => match text.get(at + 1).copied() {
                None => {
                    stop = Stop::Backslash;
                    at += 1;
                    break;
                }
                Some(next) => match unescaped(next) {
                    Some(plain) => {
                        decoded.push(plain);
                        at += 1;
                    }
                    None => decoded.push(byte),
                },
            },
            _ => decoded.push(byte),
        }
        at += 1;
    }
    (CallArg { text: decoded, span: Span::new(start, at) }, stop)
}

fn unescaped(next: u8) -> Option<u8> {
    match next {
        b' ' | b'\\' | b'\'' | b'"' => Some(next),
        b'n' => Some(b'\n'),
        b'r' => Some(b'\r'),
        b't' => Some(b'\t'),
        _ => None,
    }
}
