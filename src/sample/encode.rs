//! Log-formats as data: `%{+json}o` makes an object of the items that have a name, `%{+cbor}o` a CBOR map.
//!
//! Text between the items and items without a name are left out, as HAProxy leaves them out.

use super::cx::Cx;
use super::format::{Escape, Flags, Node, Out};
use super::value::{Type, Value};

/// How a format is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    /// As text.
    #[default]
    Plain,
    /// `+json`
    Json,
    /// `+cbor`, in hexadecimal.
    CborHex,
    /// `+cbor,+bin`
    CborBytes,
}

/// What stands in `%(name:type)`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Label {
    /// The name.
    pub name: Option<Box<str>>,
    /// The type the value is given as.
    pub cast: Option<Cast>,
}

/// A type behind the name of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cast {
    /// `str`
    Text,
    /// `sint`
    Number,
    /// `bool`
    Bool,
    /// `raw`: text without quotes.
    Raw,
}

impl Cast {
    /// The type of this word.
    pub fn parse(word: &str) -> Option<Cast> {
        Some(match word {
            "str" => Cast::Text,
            "sint" => Cast::Number,
            "bool" => Cast::Bool,
            "raw" => Cast::Raw,
            _ => return None,
        })
    }
}

/// A value as an item of an object.
enum Item<'a> {
    Nothing,
    Text(Vec<u8>),
    Sample(Value<'a>),
    /// A value given as `bool`.
    Bool(bool),
    Raw(Vec<u8>),
}

/// Appends the object of the named items for this exchange.
pub(super) fn write(encoding: Encoding, nodes: &[Node], labels: &[Label], cx: &Cx<'_>, buffer: &mut Vec<u8>) {
    let named = nodes.iter().zip(labels).filter_map(|(node, label)| {
        let name = label.name.as_deref()?;
        Some((name, item(node, label.cast, cx)?))
    });
    if encoding == Encoding::Json {
        buffer.push(b'{');
        for (at, (name, item)) in named.enumerate() {
            if at > 0 {
                buffer.extend_from_slice(b", ");
            }
            json_text(name.as_bytes(), buffer);
            buffer.extend_from_slice(b": ");
            json(&item, buffer);
        }
        buffer.push(b'}');
        return;
    }
    let mut bytes = vec![0xbf];
    for (name, item) in named {
        cbor_head(3, name.len() as u64, &mut bytes);
        bytes.extend_from_slice(name.as_bytes());
        cbor(&item, &mut bytes);
    }
    bytes.push(0xff);
    if encoding == Encoding::CborBytes {
        buffer.extend_from_slice(&bytes);
    } else {
        buffer.extend(bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]));
    }
}

fn digit(nibble: u8) -> u8 {
    b"0123456789ABCDEF"[usize::from(nibble & 15)]
}

fn item<'a>(node: &'a Node, cast: Option<Cast>, cx: &Cx<'a>) -> Option<Item<'a>> {
    let value = match node {
        Node::Text(_) => return None,
        Node::Tag(tag, _) => {
            let mut text = Vec::new();
            let mut out = Out::new(&mut text, Flags::default(), Escape::None);
            (tag.write)(cx, &mut out);
            let is_number = out.is_number();
            match std::str::from_utf8(&text).ok().and_then(|digits| digits.parse().ok()).filter(|_| is_number) {
                Some(number) => Value::Int(number),
                None if text.is_empty() => return Some(Item::Nothing),
                None if cast.is_none() => return Some(Item::Text(text)),
                None => Value::owned(text),
            }
        }
        Node::Expr(expr, _) => match expr.eval(cx) {
            Some(value) => value,
            None => return Some(Item::Nothing),
        },
    };
    let converted = match cast {
        None => Some(value),
        Some(Cast::Text) => value.cast(Type::Str),
        Some(Cast::Number) => value.cast(Type::Int),
        Some(Cast::Bool) => return Some(value.to_bool().map_or(Item::Nothing, Item::Bool)),
        Some(Cast::Raw) => return Some(Item::Raw(value.into_bytes().into_owned())),
    };
    Some(converted.map_or(Item::Nothing, Item::Sample))
}

fn json(item: &Item<'_>, out: &mut Vec<u8>) {
    match item {
        Item::Nothing => out.extend_from_slice(b"\"\""),
        Item::Raw(text) => out.extend_from_slice(text),
        Item::Text(text) => json_text(text, out),
        Item::Sample(Value::Bool(value)) | Item::Bool(value) => {
            out.extend_from_slice(if *value { b"true" } else { b"false" })
        }
        Item::Sample(Value::Int(number)) => out.extend_from_slice(number.to_string().as_bytes()),
        Item::Sample(value) => json_text(&super::table::text(value), out),
    }
}

fn json_text(text: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    for &byte in text {
        match byte {
            b'"' | b'\\' => out.extend([b'\\', byte]),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            0x08 => out.extend_from_slice(b"\\b"),
            0x0c => out.extend_from_slice(b"\\f"),
            b' '..=b'~' => out.push(byte),
            _ => out.extend([b'\\', b'u', b'0', b'0', digit(byte >> 4), digit(byte)]),
        }
    }
    out.push(b'"');
}

/// RFC 8949. Tags are texts of pieces, and so are bytes: their length is not known when they begin.
fn cbor(item: &Item<'_>, out: &mut Vec<u8>) {
    let pieces = |major: u8, bytes: &[u8], out: &mut Vec<u8>| {
        out.push(major << 5 | 31);
        cbor_head(major, bytes.len() as u64, out);
        out.extend_from_slice(bytes);
        out.push(0xff);
    };
    match item {
        Item::Nothing => out.push(0xf6),
        Item::Text(text) => pieces(3, text, out),
        Item::Sample(Value::Bin(bytes)) => pieces(2, bytes, out),
        // A boolean is one only where the type was written.
        Item::Sample(Value::Bool(value)) => cbor_head(0, u64::from(*value), out),
        Item::Bool(value) => out.push(if *value { 0xf5 } else { 0xf4 }),
        Item::Sample(Value::Int(number)) if *number < 0 => cbor_head(1, !*number as u64, out),
        Item::Sample(Value::Int(number)) => cbor_head(0, *number as u64, out),
        Item::Raw(text) => {
            cbor_head(3, text.len() as u64, out);
            out.extend_from_slice(text);
        }
        Item::Sample(value) => {
            let text = value.clone().into_bytes();
            cbor_head(3, text.len() as u64, out);
            out.extend_from_slice(&text);
        }
    }
}

fn cbor_head(major: u8, value: u64, out: &mut Vec<u8>) {
    let major = major << 5;
    match value {
        0..24 => out.push(major | value as u8),
        24..0x100 => out.extend([major | 24, value as u8]),
        0x100..0x1_0000 => {
            out.push(major | 25);
            out.extend((value as u16).to_be_bytes());
        }
        0x1_0000..0x1_0000_0000 => {
            out.push(major | 26);
            out.extend((value as u32).to_be_bytes());
        }
        _ => {
            out.push(major | 27);
            out.extend(value.to_be_bytes());
        }
    }
}
