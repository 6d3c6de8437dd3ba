//! JSON: values found in it, and text made ready for it.

use super::{Built, with};
use crate::base::json::{self, Json, Step};
use crate::sample::{Type, Value};
use crate::spec;
use crate::spec::{CallArgs, Conv};

spec! {
    /// JSON.
    pub static JSON: [Conv] = [
        /// The text as it stands between the quotes of a JSON string, all of it ASCII. The argument says how the text is
        /// coded: `ascii` (bytes, the default), `utf8` (no value when it is broken), `utf8s` (broken bytes are left out),
        /// `utf8p` (overlong codes are accepted), `utf8ps`.
        { name: "json", usage: "[<code>]", input: Type::Str, out: Type::Str, build: escape },
        /// The value at a path in a JSON text: `req.body,json_query('$.user.name')`. Arrays and objects come as text,
        /// numbers with a fraction too; with `int` the value becomes an integer.
        { name: "json_query", usage: "<path>[,<type>]", input: Type::Str, out: Type::Any, build: |args| {
            with(Query::parse(args)?, |query, value, _| query.run(&value.into_bytes()))
        } },
    ];
}

/// A path and the type that is wanted.
pub(super) struct Query {
    steps: Vec<Step>,
    kind: Option<Kind>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Int,
    Str,
}

impl Query {
    pub(super) fn parse(args: &mut CallArgs<'_>) -> Result<Query, String> {
        let text = args.bytes()?;
        if text.is_empty() {
            return Err("json_path must not be empty".to_owned());
        }
        let steps = json::path(text).ok_or_else(|| format!("invalid JSON path '{}'", String::from_utf8_lossy(text)))?;
        let kind = match args.maybe_text() {
            None => None,
            Some("int") => Some(Kind::Int),
            Some("str") => Some(Kind::Str),
            Some(other) => {
                return Err(format!("output_type only supports \"int\" or \"str\" as argument, got '{other}'"));
            }
        };
        Ok(Query { steps, kind })
    }

    pub(super) fn run<'a>(&self, text: &[u8]) -> Option<Value<'a>> {
        let as_int = |text: &[u8]| Some(Value::Int(crate::sample::value::leading_int(text)));
        match json::find(text, &self.steps)? {
            Json::String(inside) => {
                let text = json::unescape(inside)?;
                if self.kind == Some(Kind::Int) { as_int(&text) } else { Some(Value::owned(text)) }
            }
            Json::Number(digits) => match self.kind {
                Some(Kind::Int) => as_int(digits),
                Some(Kind::Str) => Some(Value::owned(digits)),
                None if digits.contains(&b'.') => Some(Value::owned(digits)),
                None => as_int(digits),
            },
            Json::Bool(value) => Some(match self.kind {
                Some(Kind::Int) => Value::Int(value.into()),
                _ => Value::Bool(value),
            }),
            Json::Array(text) | Json::Object(text) => Some(Value::owned(text)),
            Json::Null => None,
        }
    }
}

/// How the text to be escaped is coded.
#[derive(Clone, Copy)]
struct Code {
    utf8: bool,
    skip_errors: bool,
    permissive: bool,
}

fn escape(args: &mut CallArgs<'_>) -> Built {
    let code = |utf8, skip_errors, permissive| Code { utf8, skip_errors, permissive };
    let code = match args.maybe_text().unwrap_or("ascii") {
        "ascii" => code(false, false, false),
        "utf8" => code(true, false, false),
        "utf8s" => code(true, true, false),
        "utf8p" => code(true, false, true),
        "utf8ps" => code(true, true, true),
        _ => {
            let known = "'ascii', 'utf8', 'utf8s', 'utf8p' and 'utf8ps'";
            return Err(format!("Unexpected input code type. Allowed value are {known}"));
        }
    };
    with(code, |code, value, _| {
        let text = value.into_bytes();
        let mut out = Vec::with_capacity(text.len() + 8);
        let mut at = 0;
        while let Some(&first) = text.get(at) {
            let (letter, length) =
                if code.utf8 { decode(text.get(at..)?, code.permissive) } else { (Some(first.into()), 1) };
            at += length;
            match letter {
                Some(letter) if letter <= 0xffff => push(letter, &mut out),
                _ if code.skip_errors => {}
                _ => return None,
            }
        }
        Some(Value::owned(out))
    })
}

fn push(letter: u32, out: &mut Vec<u8>) {
    let short = match letter {
        0x08 => b'b',
        0x09 => b't',
        0x0a => b'n',
        0x0c => b'f',
        0x0d => b'r',
        0x22 => b'"',
        0x2f => b'/',
        0x5c => b'\\',
        0x20..=0x7e => {
            out.push(letter as u8);
            return;
        }
        _ => {
            out.extend_from_slice(format!("\\u{letter:04x}").as_bytes());
            return;
        }
    };
    out.extend([b'\\', short]);
}

/// One UTF-8 sequence: its code unless it is broken, and its length.
fn decode(text: &[u8], permissive: bool) -> (Option<u32>, usize) {
    let first = text.first().copied().unwrap_or(0);
    let (count, start) = match first {
        0..=0x7f => return (Some(first.into()), 1),
        0xc0..=0xdf => (2, u32::from(first & 0x1f)),
        0xe0..=0xef => (3, u32::from(first & 0x0f)),
        0xf0..=0xf7 => (4, u32::from(first & 0x07)),
        _ => return (None, 1),
    };
    let mut code = start;
    for at in 1..count {
        match text.get(at) {
            Some(&byte @ 0x80..=0xbf) => code = code << 6 | u32::from(byte & 0x3f),
            _ => return (None, at),
        }
    }
    let overlong = code < [0, 0, 0x80, 0x800, 0x10000][count];
    let prohibited = (0xd800..0xe000).contains(&code) || code > 0x10ffff;
    (Some(code).filter(|_| !prohibited && (permissive || !overlong)), count)
}
