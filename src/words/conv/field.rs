//! Parts of a text between delimiters.

use super::{Built, plain, slice, with};
use crate::http::{params, uri};
use crate::sample::{Type, Value};
use crate::spec;
use crate::spec::{CallArgs, Conv};

spec! {
    /// Parts.
    pub static FIELD: [Conv] = [
        /// The part with this number between delimiters, from 1, or from the end for a negative number; empty parts
        /// count. With a count, so many parts from there on; with 0, all of them. `str(a:b:c),field(2,:)` is `b`.
        { name: "field", usage: "<index>,<delimiters>[,<count>]", input: Type::Str, out: Type::Str, build: |args| part(args, true) },
        /// The same, but delimiters in a row count as one: empty parts are passed over.
        { name: "word", usage: "<index>,<delimiters>[,<count>]", input: Type::Str, out: Type::Str, build: |args| part(args, false) },
        /// The value of a parameter in a text like a query string: `str(a=1&b=2),param(b)` is `2`. Parameters are
        /// separated by `&`, or by the delimiter given.
        { name: "param", usage: "<name>[,<delim>]", input: Type::Str, out: Type::Str, build: param },
        /// The host of a `host` field: without its port.
        { name: "host_only", input: Type::Str, out: Type::Str, build: |_| plain(|value| {
            let text = value.into_bytes();
            let end = uri::host(&text).len();
            Some(Value::Str(slice(text, 0, end)))
        }) },
        /// The port of a `host` field; 0 when it has none.
        { name: "port_only", input: Type::Str, out: Type::Int, build: |_| plain(|value| {
            let text = value.into_bytes();
            let port = uri::port(&text).map_or(0, crate::sample::value::leading_int);
            Some(Value::Int(port))
        }) },
    ];
}

struct Part {
    index: i64,
    delimiters: Vec<u8>,
    count: usize,
    keep_empty: bool,
}

fn part(args: &mut CallArgs<'_>, keep_empty: bool) -> Built {
    let index = args.int()?;
    let delimiters = args.bytes()?.to_vec();
    let count = args.maybe_int()?.unwrap_or(1);
    if index == 0 {
        return Err("Unexpected value 0 for index".to_owned());
    }
    if delimiters.is_empty() {
        return Err("Empty separators list".to_owned());
    }
    // Zero and less mean all.
    let count = usize::try_from(count).ok().filter(|count| *count > 0).unwrap_or(usize::MAX);
    with(Part { index, delimiters, count, keep_empty }, |rule, value, _| {
        let text = value.into_bytes();
        let (start, end) = rule.bounds(&text)?;
        Some(Value::Str(slice(text, start, end)))
    })
}

impl Part {
    /// Start and end of what is wanted of the text.
    fn bounds(&self, text: &[u8]) -> Option<(usize, usize)> {
        let wanted = usize::try_from(self.index.unsigned_abs()).ok()?;
        if self.index > 0 {
            let mut parts = self.parts(text).skip(wanted - 1);
            let (start, end) = parts.next()?;
            let last = parts.take(self.count - 1).last().map_or(end, |(_, end)| end);
            return Some((start, last));
        }
        // From the end, a count reaches towards the start... from the part that is named.
        let all = self.parts(text).count();
        let at = all.checked_sub(wanted)?;
        let first = if self.count == usize::MAX { 0 } else { (at + 1).saturating_sub(self.count) };
        let mut parts = self.parts(text).skip(first);
        let (start, end) = parts.next()?;
        let last = parts.take(at - first).last().map_or(end, |(_, end)| end);
        Some((start, last))
    }

    fn parts<'t>(&'t self, text: &'t [u8]) -> impl Iterator<Item = (usize, usize)> + 't {
        let mut at = Some(0);
        std::iter::from_fn(move || {
            loop {
                let start = at?;
                let rest = text.get(start..)?;
                let end = rest.iter().position(|byte| self.delimiters.contains(byte)).map(|length| start + length);
                at = end.map(|end| end + 1);
                let end = end.unwrap_or(text.len());
                if self.keep_empty || end > start {
                    return Some((start, end));
                }
            }
        })
    }
}

struct Param {
    name: Vec<u8>,
    delimiter: u8,
}

fn param(args: &mut CallArgs<'_>) -> Built {
    let name = args.bytes()?.to_vec();
    let delimiter = args.maybe().and_then(|text| text.first().copied()).unwrap_or(b'&');
    with(Param { name, delimiter }, |rule, value, _| {
        let text = value.into_bytes();
        let (start, end) = params::bounds(&text, rule.delimiter, &rule.name)?;
        Some(Value::Str(slice(text, start, end)))
    })
}
