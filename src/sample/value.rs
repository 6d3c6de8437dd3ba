//! A sample's value, its types, and how one type becomes another.

use std::borrow::Cow;
use std::io::Write as _;
use std::net::{IpAddr, Ipv4Addr};

use crate::txn::vars::Stored;

/// The type of a value, or what a word takes and gives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Type {
    /// Whatever comes; as an output: decided at run time.
    #[default]
    Any,
    /// As an output: the type of the input.
    Same,
    /// A boolean.
    Bool,
    /// A signed 64-bit integer.
    Int,
    /// An address of either family.
    Addr,
    /// An IPv4 address.
    Ip4,
    /// An IPv6 address.
    Ip6,
    /// Text.
    Str,
    /// Bytes.
    Bin,
    /// An HTTP method.
    Method,
}

impl Type {
    /// Whether a value of this type can become one of type `to`.
    pub fn casts_to(self, to: Type) -> bool {
        use Type::{Addr, Any, Bin, Bool, Int, Ip4, Ip6, Method, Same, Str};
        match (self, to) {
            (from, to) if from == to => true,
            (Any | Same, _) | (_, Any | Same) => true,
            (Bool, Int | Str | Bin) | (Int, Bool | Str | Bin | Addr | Ip4 | Ip6) => true,
            (Ip4, Int) | (Addr | Ip4 | Ip6, Addr | Ip4 | Ip6 | Str | Bin) => true,
            (Str, Bool | Int | Addr | Ip4 | Ip6 | Bin | Method) => true,
            (Bin, Str) | (Method, Str | Bin) => true,
            _ => false,
        }
    }

    /// The name in HAProxy's messages.
    pub fn name(self) -> &'static str {
        match self {
            Type::Any => "any",
            Type::Same => "same",
            Type::Bool => "bool",
            Type::Int => "sint",
            Type::Addr => "addr",
            Type::Ip4 => "ipv4",
            Type::Ip6 => "ipv6",
            Type::Str => "str",
            Type::Bin => "bin",
            Type::Method => "meth",
        }
    }
}

/// A value, borrowed from where it stands whenever possible.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'a> {
    /// A boolean.
    Bool(bool),
    /// A signed integer.
    Int(i64),
    /// An address.
    Ip(IpAddr),
    /// Text.
    Str(Cow<'a, [u8]>),
    /// Bytes.
    Bin(Cow<'a, [u8]>),
    /// A method.
    Method(Cow<'a, [u8]>),
}

impl<'a> Value<'a> {
    /// Borrowed text.
    #[inline]
    pub fn text(bytes: &'a [u8]) -> Value<'a> {
        Value::Str(Cow::Borrowed(bytes))
    }

    /// Owned text.
    pub fn owned(bytes: impl Into<Vec<u8>>) -> Value<'a> {
        Value::Str(Cow::Owned(bytes.into()))
    }

    /// Owned bytes.
    pub fn binary(bytes: impl Into<Vec<u8>>) -> Value<'a> {
        Value::Bin(Cow::Owned(bytes.into()))
    }

    /// The type it has.
    pub fn kind(&self) -> Type {
        match self {
            Value::Bool(_) => Type::Bool,
            Value::Int(_) => Type::Int,
            Value::Ip(IpAddr::V4(_)) => Type::Ip4,
            Value::Ip(IpAddr::V6(_)) => Type::Ip6,
            Value::Str(_) => Type::Str,
            Value::Bin(_) => Type::Bin,
            Value::Method(_) => Type::Method,
        }
    }

    /// The bytes, made of whatever it is.
    pub fn into_bytes(self) -> Cow<'a, [u8]> {
        match self {
            Value::Str(bytes) | Value::Bin(bytes) | Value::Method(bytes) => bytes,
            Value::Bool(value) => Cow::Borrowed(if value { b"1" } else { b"0" }),
            Value::Int(value) => Cow::Owned(value.to_string().into_bytes()),
            Value::Ip(value) => Cow::Owned(value.to_string().into_bytes()),
        }
    }

    /// Appends it as text.
    pub fn write_to(&self, out: &mut Vec<u8>) {
        match self {
            Value::Str(bytes) | Value::Bin(bytes) | Value::Method(bytes) => out.extend_from_slice(bytes),
            Value::Bool(value) => out.push(if *value { b'1' } else { b'0' }),
            Value::Int(value) => {
                let _ = write!(out, "{value}");
            }
            Value::Ip(value) => {
                let _ = write!(out, "{value}");
            }
        }
    }

    /// As an integer: text must be a number, an IPv4 address is its 32 bits.
    pub fn to_int(&self) -> Option<i64> {
        match self {
            Value::Bool(value) => Some(i64::from(*value)),
            Value::Int(value) => Some(*value),
            Value::Ip(IpAddr::V4(address)) => Some(i64::from(u32::from(*address))),
            Value::Ip(IpAddr::V6(_)) => None,
            Value::Str(bytes) | Value::Method(bytes) => Some(leading_int(bytes)),
            Value::Bin(_) => None,
        }
    }

    /// As a boolean: a number other than zero.
    pub fn to_bool(&self) -> Option<bool> {
        match self {
            Value::Bool(value) => Some(*value),
            other => other.to_int().map(|value| value != 0),
        }
    }

    /// As an address.
    pub fn to_ip(&self) -> Option<IpAddr> {
        match self {
            Value::Ip(address) => Some(*address),
            Value::Int(value) => u32::try_from(*value).ok().map(|bits| IpAddr::V4(Ipv4Addr::from(bits))),
            Value::Str(bytes) => std::str::from_utf8(bytes).ok()?.parse().ok(),
            Value::Bool(_) | Value::Bin(_) | Value::Method(_) => None,
        }
    }

    /// The same value as another type; `None` when it has no such form.
    pub fn cast(self, to: Type) -> Option<Value<'a>> {
        match to {
            Type::Any | Type::Same => Some(self),
            Type::Bool => self.to_bool().map(Value::Bool),
            Type::Int => self.to_int().map(Value::Int),
            Type::Addr => self.to_ip().map(Value::Ip),
            Type::Ip4 => match self.to_ip()? {
                IpAddr::V4(address) => Some(Value::Ip(IpAddr::V4(address))),
                IpAddr::V6(address) => address.to_ipv4_mapped().map(|mapped| Value::Ip(IpAddr::V4(mapped))),
            },
            Type::Ip6 => match self.to_ip()? {
                IpAddr::V4(address) => Some(Value::Ip(IpAddr::V6(address.to_ipv6_mapped()))),
                address => Some(Value::Ip(address)),
            },
            Type::Str => Some(match self {
                Value::Str(_) => self,
                Value::Bin(Cow::Borrowed(bytes)) => Value::Str(Cow::Borrowed(before_nul(bytes))),
                Value::Bin(Cow::Owned(mut bytes)) => {
                    bytes.truncate(before_nul(&bytes).len());
                    Value::Str(Cow::Owned(bytes))
                }
                other => Value::Str(other.into_bytes()),
            }),
            Type::Bin => Some(match self {
                Value::Bin(_) => self,
                Value::Bool(value) => Value::Bin(Cow::Owned(i64::from(value).to_be_bytes().to_vec())),
                Value::Int(value) => Value::Bin(Cow::Owned(value.to_be_bytes().to_vec())),
                Value::Ip(IpAddr::V4(address)) => Value::Bin(Cow::Owned(address.octets().to_vec())),
                Value::Ip(IpAddr::V6(address)) => Value::Bin(Cow::Owned(address.octets().to_vec())),
                other => Value::Bin(other.into_bytes()),
            }),
            Type::Method => Some(Value::Method(self.into_bytes())),
        }
    }

    /// A copy that outlives the exchange's moment.
    pub fn to_stored(&self) -> Stored {
        match self {
            Value::Bool(value) => Stored::Bool(*value),
            Value::Int(value) => Stored::Int(*value),
            Value::Ip(value) => Stored::Ip(*value),
            Value::Str(bytes) => Stored::Text(bytes.to_vec()),
            Value::Bin(bytes) => Stored::Binary(bytes.to_vec()),
            Value::Method(bytes) => Stored::Method(bytes.to_vec()),
        }
    }

    /// The same value, borrowed from nothing.
    pub fn into_owned<'b>(self) -> Value<'b> {
        match self {
            Value::Bool(value) => Value::Bool(value),
            Value::Int(value) => Value::Int(value),
            Value::Ip(value) => Value::Ip(value),
            Value::Str(bytes) => Value::Str(Cow::Owned(bytes.into_owned())),
            Value::Bin(bytes) => Value::Bin(Cow::Owned(bytes.into_owned())),
            Value::Method(bytes) => Value::Method(Cow::Owned(bytes.into_owned())),
        }
    }

    /// A stored value, borrowed.
    pub fn from_stored(stored: &'a Stored) -> Value<'a> {
        match stored {
            Stored::Bool(value) => Value::Bool(*value),
            Stored::Int(value) => Value::Int(*value),
            Stored::Ip(value) => Value::Ip(*value),
            Stored::Text(bytes) => Value::Str(Cow::Borrowed(bytes)),
            Stored::Binary(bytes) => Value::Bin(Cow::Borrowed(bytes)),
            Stored::Method(bytes) => Value::Method(Cow::Borrowed(bytes)),
        }
    }
}

/// Bytes as text: a NUL ends it.
pub fn before_nul(bytes: &[u8]) -> &[u8] {
    memchr::memchr(0, bytes).and_then(|end| bytes.get(..end)).unwrap_or(bytes)
}

/// The decimal number a text starts with, 0 if there is none; it stops at the limits of 64 bits.
pub fn leading_int(bytes: &[u8]) -> i64 {
    let (negative, digits) = match bytes {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, bytes),
    };
    let mut value = 0i64;
    for digit in digits.iter().take_while(|byte| byte.is_ascii_digit()).map(|byte| i64::from(byte - b'0')) {
        value = value.saturating_mul(10);
        value = if negative { value.saturating_sub(digit) } else { value.saturating_add(digit) };
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn casts() {
        assert_eq!(Value::text(b"12").cast(Type::Int), Some(Value::Int(12)));
        assert_eq!(Value::Int(0x7f00_0001).cast(Type::Addr), Some(Value::Ip("127.0.0.1".parse().unwrap())));
        assert_eq!(Value::text(b"x").cast(Type::Int), Some(Value::Int(0)));
        assert_eq!(Value::text(b"-12abc").cast(Type::Int), Some(Value::Int(-12)));
        assert_eq!(Value::binary(*b"a\0b").cast(Type::Str), Some(Value::text(b"a")));
        assert_eq!(Value::Bool(true).cast(Type::Str), Some(Value::text(b"1")));
    }
}
