//! Fetches whose value is written in the configuration.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::Built;
use crate::sample::{Cx, Fetch as Sample, Type, Value};
use crate::spec;
use crate::spec::{CallArgs, Fetch};
use crate::txn::vars::Stored;

spec! {
    /// Constants.
    pub static CONSTANT: [Fetch] = [
        /// Always true.
        { name: "always_true", out: Type::Bool, build: |_| constant(Stored::Bool(true)) },
        /// Always false.
        { name: "always_false", out: Type::Bool, build: |_| constant(Stored::Bool(false)) },
        /// A boolean: `bool(true)`, `bool(0)`.
        { name: "bool", usage: "<bool>", out: Type::Bool, build: boolean },
        /// An integer: `int(-5)`.
        { name: "int", usage: "<integer>", out: Type::Int, build: |args| constant(Stored::Int(args.int()?)) },
        /// Text: `str(hello)`.
        { name: "str", usage: "<string>", out: Type::Str, build: |args| constant(Stored::Text(args.bytes()?.to_vec())) },
        /// Bytes, written in hexadecimal: `bin(00ff)`.
        { name: "bin", usage: "<hex>", out: Type::Bin, build: binary },
        /// An HTTP method: `meth(GET)`.
        { name: "meth", usage: "<method>", out: Type::Method, build: |args| constant(Stored::Method(args.bytes()?.to_vec())) },
        /// An IPv4 address: `ipv4(192.0.2.1)`.
        { name: "ipv4", usage: "<ipv4>", out: Type::Ip4, build: ipv4 },
        /// An IPv6 address: `ipv6(2001:db8::1)`.
        { name: "ipv6", usage: "<ipv6>", out: Type::Ip6, build: ipv6 },
        /// A variable of the environment, as it was when the configuration was read; no value if it is not set.
        { name: "env", usage: "<name>", out: Type::Str, build: env },
    ];
}

struct Constant(Stored);

impl Sample for Constant {
    #[inline]
    fn fetch<'a>(&'a self, _: &Cx<'a>) -> Option<Value<'a>> {
        Some(Value::from_stored(&self.0))
    }

    fn constant(&self) -> Option<Value<'_>> {
        Some(Value::from_stored(&self.0))
    }
}

fn constant(value: Stored) -> Built {
    Ok(Box::new(Constant(value)))
}

fn boolean(args: &mut CallArgs<'_>) -> Built {
    match args.bytes()? {
        b"true" | b"1" => constant(Stored::Bool(true)),
        b"false" | b"0" => constant(Stored::Bool(false)),
        _ => Err("Expects 'true', 'false', '0' or '1'".to_owned()),
    }
}

fn binary(args: &mut CallArgs<'_>) -> Built {
    let text = args.bytes()?;
    if text.is_empty() {
        return Err("(null)".to_owned());
    }
    if text.len() % 2 == 1 {
        return Err("an even number of hex digit is expected".to_owned());
    }
    let digit = |byte: u8| char::from(byte).to_digit(16).ok_or("an hex digit is expected");
    let bytes: Result<Vec<u8>, &str> =
        text.chunks_exact(2).map(|pair| Ok((digit(pair[0])? * 16 + digit(pair[1])?) as u8)).collect();
    constant(Stored::Binary(bytes?))
}

fn ipv4(args: &mut CallArgs<'_>) -> Built {
    let address = args.typed("IPv4 address", |text| text.parse::<Ipv4Addr>().ok())?;
    constant(Stored::Ip(IpAddr::V4(address)))
}

fn ipv6(args: &mut CallArgs<'_>) -> Built {
    let address = args.typed("IPv6 address", |text| text.parse::<Ipv6Addr>().ok())?;
    constant(Stored::Ip(IpAddr::V6(address)))
}

struct Nothing;

impl Sample for Nothing {
    fn fetch<'a>(&'a self, _: &Cx<'a>) -> Option<Value<'a>> {
        None
    }
}

fn env(args: &mut CallArgs<'_>) -> Built {
    use std::os::unix::ffi::OsStringExt as _;
    match std::env::var_os(args.text()?) {
        Some(value) => constant(Stored::Text(value.into_vec())),
        None => Ok(Box::new(Nothing)),
    }
}
