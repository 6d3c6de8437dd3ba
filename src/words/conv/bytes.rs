//! Bytes written as text, and text read as bytes.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use super::{Built, Operand, plain, slice, with};
use crate::sample::{Type, Value};
use crate::spec;
use crate::spec::{CallArgs, Conv};

spec! {
    /// Bytes.
    pub static BYTES: [Conv] = [
        /// In hexadecimal, upper case.
        { name: "hex", input: Type::Bin, out: Type::Str, build: |_| plain(|value| {
            let bytes = value.into_bytes();
            let mut out = Vec::with_capacity(bytes.len() * 2);
            bytes.iter().for_each(|byte| push_hex(*byte, &mut out));
            Some(Value::owned(out))
        }) },
        /// The number that the hexadecimal digits make; no value for anything else.
        { name: "hex2i", input: Type::Str, out: Type::Int, build: |_| plain(|value| {
            let text = value.into_bytes();
            let text = std::str::from_utf8(&text).ok().filter(|text| !text.starts_with(['+', '-']))?;
            u64::from_str_radix(text, 16).ok().map(|number| Value::Int(number as i64))
        }) },
        /// In binary digits, eight a byte.
        { name: "base2", input: Type::Bin, out: Type::Str, build: |_| plain(|value| {
            let digits = value.into_bytes().iter().flat_map(|byte| (0..8).rev().map(move |bit| b'0' + (byte >> bit & 1))).collect::<Vec<_>>();
            Some(Value::owned(digits))
        }) },
        /// In base 64.
        { name: "base64", input: Type::Bin, out: Type::Str, build: |_| plain(|value| Some(Value::owned(STANDARD.encode(value.into_bytes())))) },
        /// The bytes behind base 64; no value when it is broken.
        { name: "b64dec", input: Type::Str, out: Type::Bin, build: |_| plain(|value| STANDARD.decode(value.into_bytes()).ok().map(Value::binary)) },
        /// In the base 64 of URLs, without padding.
        { name: "ub64enc", input: Type::Bin, out: Type::Str, build: |_| plain(|value| Some(Value::owned(URL_SAFE_NO_PAD.encode(value.into_bytes())))) },
        /// The bytes behind the base 64 of URLs.
        { name: "ub64dec", input: Type::Str, out: Type::Bin, build: |_| plain(|value| URL_SAFE_NO_PAD.decode(value.into_bytes()).ok().map(Value::binary)) },
        /// The bytes from an offset on, or so many of them; numbers or variables. Empty when the offset lies behind the
        /// end. `req.hdr(x-id),bytes(0,8)`.
        { name: "bytes", usage: "<offset>[,<length>]", input: Type::Bin, out: Type::Bin, build: bytes },
        /// Chunks of so many bytes as decimal numbers, the highest byte first, with a separator between them; a last
        /// chunk that is short is kept unless `truncate` is 1.
        { name: "be2dec", usage: "<separator>,<chunk_size>[,<truncate>]", input: Type::Bin, out: Type::Str, build: |args| chunks(args, Form::BigDecimal) },
        /// The same with the lowest byte first.
        { name: "le2dec", usage: "<separator>,<chunk_size>[,<truncate>]", input: Type::Bin, out: Type::Str, build: |args| chunks(args, Form::LittleDecimal) },
        /// Chunks of so many bytes in hexadecimal, with a separator between them.
        { name: "be2hex", usage: "[<separator>[,<chunk_size>[,<truncate>]]]", input: Type::Bin, out: Type::Str, build: |args| chunks(args, Form::Hex) },
    ];
}

fn push_hex(byte: u8, out: &mut Vec<u8>) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    out.push(DIGITS[usize::from(byte >> 4)]);
    out.push(DIGITS[usize::from(byte & 15)]);
}

fn bytes(args: &mut CallArgs<'_>) -> Built {
    let checked = |operand: Result<Operand, String>| match operand? {
        Operand::Number(number) if number < 0 => Err("expects a non-negative integer".to_owned()),
        operand => Ok(operand),
    };
    let offset = checked(Operand::parse(args))?;
    let length = match args.maybe_text() {
        None => None,
        Some(text) => Some(checked(Operand::of(text))?),
    };
    with((offset, length), |(offset, length), value, cx| {
        let bytes = value.into_bytes();
        let start = offset.value(cx).and_then(|offset| usize::try_from(offset).ok()).unwrap_or(usize::MAX);
        let count = match length {
            None => Some(usize::MAX),
            Some(length) => length.value(cx).and_then(|length| usize::try_from(length).ok()),
        };
        Some(Value::Bin(match count {
            Some(count) => slice(bytes, start, start.saturating_add(count)),
            None => slice(bytes, 0, 0),
        }))
    })
}

#[derive(Clone, Copy)]
enum Form {
    BigDecimal,
    LittleDecimal,
    Hex,
}

struct Chunks {
    separator: Vec<u8>,
    size: usize,
    truncate: bool,
    form: Form,
}

fn chunks(args: &mut CallArgs<'_>, form: Form) -> Built {
    let separator = args.bytes()?.to_vec();
    let is_hex = matches!(form, Form::Hex);
    let size = args.maybe_int()?.unwrap_or(i64::from(is_hex));
    let truncate = args.maybe_int()?.unwrap_or(0) != 0;
    // Without a separator the size of chunks is not looked at.
    let unused = is_hex && separator.is_empty();
    let fits = if is_hex { size > 0 || unused } else { (1..=8).contains(&size) };
    if !fits {
        let range = if is_hex { "[1..]" } else { "[1..8]" };
        return Err(format!("chunk_size out of {range} range ({size})"));
    }
    let size = if unused { 1 } else { size as usize };
    with(Chunks { separator, size, truncate, form }, |rule, value, _| {
        let bytes = value.into_bytes();
        let mut out = Vec::new();
        for (at, chunk) in bytes.chunks(rule.size).enumerate() {
            if rule.truncate && chunk.len() < rule.size {
                break;
            }
            if at > 0 {
                out.extend_from_slice(&rule.separator);
            }
            let join = |sum: u64, byte: &u8| sum << 8 | u64::from(*byte);
            match rule.form {
                Form::BigDecimal => out.extend(chunk.iter().fold(0, join).to_string().into_bytes()),
                Form::LittleDecimal => out.extend(chunk.iter().rev().fold(0, join).to_string().into_bytes()),
                Form::Hex => chunk.iter().for_each(|byte| push_hex(*byte, &mut out)),
            }
        }
        Some(Value::owned(out))
    })
}
