//! Percent encoding.

use super::{Built, plain, with};
use crate::sample::{Type, Value};
use crate::spec;
use crate::spec::{CallArgs, Conv};

spec! {
    /// Percent encoding.
    pub static URL: [Conv] = [
        /// The text behind percent encoding. `+` is a blank in a query string: behind the first question mark, and
        /// everywhere with the argument 1. No value when a code is broken.
        { name: "url_dec", usage: "[<in_form>]", input: Type::Str, out: Type::Str, build: |args| {
            with(args.maybe_int()?.unwrap_or(0) != 0, |in_form, value, _| decode(&value.into_bytes(), *in_form).map(Value::owned))
        } },
        /// The text in percent encoding: everything but letters, digits, `-`, `.`, `_` and `~`.
        { name: "url_enc", usage: "[query]", input: Type::Str, out: Type::Str, build: url_enc },
    ];
}

fn decode(text: &[u8], in_form: bool) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    let mut in_query = in_form;
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        at += 1;
        match byte {
            b'+' if in_query => out.push(b' '),
            b'%' => {
                let digit = |at: usize| text.get(at).and_then(|byte| char::from(*byte).to_digit(16));
                out.push((digit(at)? * 16 + digit(at + 1)?) as u8);
                at += 2;
            }
            _ => {
                in_query |= byte == b'?';
                out.push(byte);
            }
        }
    }
    Some(out)
}

fn url_enc(args: &mut CallArgs<'_>) -> Built {
    if args.maybe_text().is_some_and(|kind| !kind.eq_ignore_ascii_case("query")) {
        return Err("Unexpected encode type. Allowed value is 'query'".to_owned());
    }
    plain(|value| {
        let text = value.into_bytes();
        let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
        if text.iter().all(is_plain) {
            return Some(Value::Str(text));
        }
        let mut out = Vec::with_capacity(text.len() * 3);
        for byte in text.iter() {
            if is_plain(byte) {
                out.push(*byte);
            } else {
                out.extend_from_slice(format!("%{byte:02X}").as_bytes());
            }
        }
        Some(Value::owned(out))
    })
}
