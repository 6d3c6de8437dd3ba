//! The `Forwarded` field of RFC 7239: its parameters and nodes.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::{Built, plain, with};
use crate::proto::h1::byte;
use crate::sample::{Type, Value};
use crate::spec;
use crate::spec::{CallArgs, Conv};

spec! {
    /// The `Forwarded` field.
    pub static FORWARDED: [Conv] = [
        /// Whether the text is a valid element of `Forwarded`: `req.hdr(forwarded),rfc7239_is_valid`.
        { name: "rfc7239_is_valid", input: Type::Str, out: Type::Bool, build: |_| plain(|value| {
            Some(Value::Bool(parameters(&value.into_bytes()).is_some()))
        }) },
        /// One parameter of `Forwarded`: `proto`, `host`, `for` or `by`; no value when the text is not valid.
        { name: "rfc7239_field", usage: "<field>", input: Type::Str, out: Type::Str, build: field },
        /// The name in a node: an address, `unknown` or an identifier with `_`.
        { name: "rfc7239_n2nn", input: Type::Str, out: Type::Any, build: |_| plain(|value| {
            let text = value.into_bytes();
            Some(match node(&text)?.0 {
                Name::Address(address) => Value::Ip(address),
                Name::Word(word) => Value::owned(word),
            })
        }) },
        /// The port in a node: a number or an identifier with `_`.
        { name: "rfc7239_n2np", input: Type::Str, out: Type::Any, build: |_| plain(|value| {
            let text = value.into_bytes();
            let port = node(&text)?.1?;
            let number = std::str::from_utf8(port).ok()?.parse::<u16>();
            Some(number.map_or_else(|_| Value::owned(port), |number| Value::Int(number.into())))
        }) },
        /// The value as the name of a node: an address, in brackets for IPv6; text gets a `_` before it, nothing becomes
        /// `unknown`.
        { name: "rfc7239_nn", input: Type::Any, out: Type::Str, build: |_| plain(|value| match value {
            Value::Ip(IpAddr::V6(address)) => Some(Value::owned(format!("[{address}]"))),
            Value::Ip(address) => Some(Value::owned(address.to_string())),
            other => {
                let text = other.into_bytes();
                if text.is_empty() {
                    return Some(Value::text(b"unknown"));
                }
                text.iter().all(|byte| is_obfuscated(*byte)).then(|| Value::owned([b"_", &*text].concat()))
            }
        }) },
        /// The value as the port of a node: a number up to 65535; text gets a `_` before it.
        { name: "rfc7239_np", input: Type::Any, out: Type::Str, build: |_| plain(|value| match value {
            Value::Int(port) => u16::try_from(port).ok().map(|port| Value::owned(port.to_string())),
            other => {
                let text = other.into_bytes();
                let fits = !text.is_empty() && text.iter().all(|byte| is_obfuscated(*byte));
                fits.then(|| Value::owned([b"_", &*text].concat()))
            }
        }) },
    ];
}

fn is_obfuscated(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-')
}

fn field(args: &mut CallArgs<'_>) -> Built {
    // A name that no header has is taken all the same.
    let field = args.maybe_text().unwrap_or_default().to_ascii_lowercase();
    with(field, |field, value, _| {
        let text = value.into_bytes();
        let found = parameters(&text)?.into_iter().find(|(name, _)| name == field)?.1;
        Some(Value::owned(found))
    })
}

/// The parameters of one element, each at most once; none when it is not valid.
fn parameters(text: &[u8]) -> Option<Vec<(String, Vec<u8>)>> {
    let mut list: Vec<(String, Vec<u8>)> = Vec::new();
    let mut rest = text.trim_ascii();
    loop {
        let equal = rest.iter().position(|&byte| byte == b'=')?;
        let name = std::str::from_utf8(rest.get(..equal)?).ok()?.to_ascii_lowercase();
        rest = rest.get(equal + 1..)?;
        let (value, length) = if rest.first() == Some(&b'"') {
            let end = rest.iter().skip(1).position(|&byte| byte == b'"')? + 1;
            (rest.get(1..end)?, end + 1)
        } else {
            let end = rest.iter().position(|&byte| byte == b';').unwrap_or(rest.len());
            let token = rest.get(..end)?;
            if byte::span(token, byte::TOKEN) < token.len() {
                return None;
            }
            (token, end)
        };
        let fits = match name.as_str() {
            "proto" => value.eq_ignore_ascii_case(b"http") || value.eq_ignore_ascii_case(b"https"),
            "host" => !value.is_empty() && value.iter().all(|byte| byte.is_ascii_graphic()),
            "for" | "by" => node(value).is_some(),
            _ => false,
        };
        if !fits || list.iter().any(|(known, _)| *known == name) {
            return None;
        }
        list.push((name, value.to_vec()));
        rest = rest.get(length..)?;
        match rest.split_first() {
            None => return Some(list),
            Some((b';', after)) => rest = after,
            Some(_) => return None,
        }
    }
}

enum Name<'a> {
    Address(IpAddr),
    Word(&'a [u8]),
}

/// The name of a node and its port, if it has one.
fn node(text: &[u8]) -> Option<(Name<'_>, Option<&[u8]>)> {
    let (name, rest) = if text.first() == Some(&b'[') {
        let end = text.iter().position(|&byte| byte == b']')?;
        let address: Ipv6Addr = std::str::from_utf8(text.get(1..end)?).ok()?.parse().ok()?;
        (Name::Address(IpAddr::V6(address)), text.get(end + 1..)?)
    } else {
        let end = text.iter().position(|&byte| byte == b':').unwrap_or(text.len());
        let (name, rest) = text.split_at_checked(end)?;
        let address = std::str::from_utf8(name).ok().and_then(|name| name.parse::<Ipv4Addr>().ok());
        let is_word =
            name == b"unknown" || (name.len() > 1 && name[0] == b'_' && name.iter().all(|b| is_obfuscated(*b)));
        match address {
            Some(address) => (Name::Address(IpAddr::V4(address)), rest),
            None if is_word => (Name::Word(name), rest),
            None => return None,
        }
    };
    match rest.split_first() {
        None => Some((name, None)),
        Some((b':', port)) => {
            let number = std::str::from_utf8(port).is_ok_and(|port| port.parse::<u16>().is_ok());
            let word = port.len() > 1 && port[0] == b'_' && port.iter().all(|byte| is_obfuscated(*byte));
            (number || word).then_some((name, Some(port)))
        }
        Some(_) => None,
    }
}
