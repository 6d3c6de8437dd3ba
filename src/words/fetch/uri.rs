//! The request's target: path, query, parameters, and what is made of them with the host.

use std::borrow::Cow;
use std::net::{IpAddr, SocketAddr};

use super::{Built, plain, with};
use crate::base::hash;
use crate::http::{Head, params, uri};
use crate::sample::{Cx, Fetch as Sample, Type, Value};
use crate::spec;
use crate::spec::{CallArgs, Fetch, Needs};

spec! {
    /// The request's target.
    pub static URI: [Fetch] = [
        /// The path of the request, from the first slash up to the question mark: `/a/b` of `/a/b?c=d`.
        { name: "path", out: Type::Str, needs: Needs::REQUEST, build: |_| plain(|cx| non_empty(path(cx)?)) },
        /// The path with its query string: `/a/b?c=d`, also of `http://host/a/b?c=d`.
        { name: "pathq", out: Type::Str, needs: Needs::REQUEST, build: |_| plain(|cx| non_empty(uri::path_and_query(target(cx)?))) },
        /// The query string behind the question mark; with the option `with_qm` the mark stays.
        { name: "query", usage: "[with_qm]", out: Type::Str, needs: Needs::REQUEST, build: query },
        /// The target as it stands in the request line.
        { name: "url", out: Type::Str, needs: Needs::REQUEST, build: |_| plain(|cx| target(cx).map(Value::text)) },
        /// The address in the target, when the target names a host by its IPv4 address: `http://192.0.2.1/`.
        { name: "url_ip", out: Type::Ip4, needs: Needs::REQUEST, build: |_| plain(|cx| Some(Value::Ip(address(cx)?.ip()))) },
        /// The port in the target; 80 where the target names a host without a port.
        { name: "url_port", out: Type::Int, needs: Needs::REQUEST, build: |_| plain(|cx| Some(Value::Int(i64::from(address(cx)?.port())))) },
        /// The value of a parameter of the query string, not decoded: `urlp(page)`. Behind the name: the character that
        /// starts the query string, and `i` for names in any case. Without a name: the first parameter.
        { name: "urlp", aliases: &["url_param"], usage: "[<name>[,<delim>[,i]]]", out: Type::Str, needs: Needs::REQUEST, build: |args| param(args, Type::Str) },
        /// The same as a number.
        { name: "urlp_val", usage: "[<name>[,<delim>[,i]]]", out: Type::Int, needs: Needs::REQUEST, build: |args| param(args, Type::Int) },
        /// The host and the path, glued together: `example.com/a/b`.
        { name: "base", out: Type::Str, needs: Needs::REQUEST, build: |_| plain(|cx| Some(Value::Str(base(cx)?))) },
        /// The host and the path with its query string.
        { name: "baseq", out: Type::Str, needs: Needs::REQUEST, build: |_| plain(baseq) },
        /// A 32-bit hash of `base`.
        { name: "base32", out: Type::Int, needs: Needs::REQUEST, build: |_| plain(|cx| Some(Value::Int(base32(cx)?.into()))) },
        /// `base32` followed by the client's address, as bytes: a key for a table.
        { name: "base32+src", out: Type::Bin, needs: Needs::REQUEST, build: |_| plain(|cx| with_source(base32(cx)?, cx)) },
        /// A 32-bit hash of the host and the target.
        { name: "url32", out: Type::Int, needs: Needs::REQUEST, build: |_| plain(|cx| Some(Value::Int(url32(cx)?.into()))) },
        /// `url32` followed by the client's address, as bytes.
        { name: "url32+src", out: Type::Bin, needs: Needs::REQUEST, build: |_| plain(|cx| with_source(url32(cx)?, cx)) },
        /// The value of a parameter in the body of a form, as far as the body is buffered: `req.body_param(user)`.
        { name: "req.body_param", usage: "[<name>[,i]]", out: Type::Bin, needs: Needs::REQUEST | Needs::REQUEST_BODY, build: body_param },
    ];
}

fn target<'a>(cx: &Cx<'a>) -> Option<&'a [u8]> {
    cx.request().map(Head::target)
}

fn path<'a>(cx: &Cx<'a>) -> Option<&'a [u8]> {
    target(cx).map(uri::path)
}

fn non_empty(text: &[u8]) -> Option<Value<'_>> {
    (!text.is_empty()).then_some(Value::text(text))
}

fn query(args: &mut CallArgs<'_>) -> Built {
    let with_mark = match args.maybe() {
        None => false,
        Some(b"with_qm") => true,
        Some(_) => return Err("supported options are: 'with_qm'".to_owned()),
    };
    with(with_mark, |with_mark, cx| {
        let target = target(cx)?;
        let mark = memchr::memchr(b'?', target);
        let start = mark.map_or(target.len(), |mark| if *with_mark { mark } else { mark + 1 });
        target.get(start..).map(Value::text)
    })
}

fn address(cx: &Cx<'_>) -> Option<SocketAddr> {
    let authority = uri::authority(target(cx)?)?;
    let host: IpAddr = std::str::from_utf8(uri::host(authority)).ok()?.parse().ok()?;
    let port = uri::port(authority).and_then(|digits| std::str::from_utf8(digits).ok()?.parse().ok()).unwrap_or(80);
    Some(SocketAddr::new(host, port))
}

/// A parameter by name, in the target or in the body.
struct Param {
    name: Vec<u8>,
    delimiter: u8,
    ignore_case: bool,
    in_body: bool,
    kind: Type,
}

fn param(args: &mut CallArgs<'_>, kind: Type) -> Built {
    let name = args.maybe().unwrap_or_default().to_vec();
    let delimiter = args.maybe().and_then(|text| text.first().copied()).unwrap_or(b'?');
    let ignore_case = args.maybe() == Some(b"i");
    Ok(Box::new(Param { name, delimiter, ignore_case, in_body: false, kind }))
}

fn body_param(args: &mut CallArgs<'_>) -> Built {
    let name = args.maybe().unwrap_or_default().to_vec();
    let ignore_case = args.maybe() == Some(b"i");
    Ok(Box::new(Param { name, delimiter: b'&', ignore_case, in_body: true, kind: Type::Bin }))
}

impl Param {
    fn values<'a>(&'a self, cx: &Cx<'a>) -> impl Iterator<Item = Value<'a>> {
        let text = match self.in_body {
            true => Some(cx.txn.request_body.as_slice()),
            false => target(cx).and_then(|target| {
                let start = memchr::memchr(self.delimiter, target)?;
                target.get(start + 1..)
            }),
        };
        let fits = move |name: &[u8]| {
            (self.name.is_empty() && !self.in_body)
                || if self.ignore_case { name.eq_ignore_ascii_case(&self.name) } else { name == self.name }
        };
        params::pairs(text.unwrap_or_default(), self.delimiter).filter(move |(name, _)| fits(name)).map(|(_, value)| {
            match self.kind {
                Type::Int => Value::Int(crate::sample::value::leading_int(value)),
                Type::Bin => Value::Bin(Cow::Borrowed(value)),
                _ => Value::text(value),
            }
        })
    }
}

impl Sample for Param {
    fn fetch<'a>(&'a self, cx: &Cx<'a>) -> Option<Value<'a>> {
        self.values(cx).next()
    }

    fn any<'a>(&'a self, cx: &Cx<'a>, found: &mut dyn FnMut(Value<'a>) -> bool) -> bool {
        self.values(cx).any(found)
    }
}

fn host<'a>(cx: &Cx<'a>) -> &'a [u8] {
    cx.txn.request.value(b"host").unwrap_or_default()
}

fn joined<'a>(host: &'a [u8], rest: &'a [u8]) -> Cow<'a, [u8]> {
    if host.is_empty() { Cow::Borrowed(rest) } else { Cow::Owned([host, rest].concat()) }
}

fn base<'a>(cx: &Cx<'a>) -> Option<Cow<'a, [u8]>> {
    let path = path(cx)?;
    Some(joined(host(cx), path))
}

fn baseq<'a>(cx: &Cx<'a>) -> Option<Value<'a>> {
    let rest = uri::path_and_query(target(cx)?);
    Some(Value::Str(joined(host(cx), rest)))
}

fn base32(cx: &Cx<'_>) -> Option<u32> {
    let path = path(cx)?;
    Some(hash::avalanche(hash::sdbm_more(hash::sdbm(host(cx)), path)))
}

fn url32(cx: &Cx<'_>) -> Option<u32> {
    let target = target(cx)?;
    Some(hash::avalanche(hash::sdbm_more(hash::sdbm(host(cx)), target)))
}

fn with_source<'a>(hash: u32, cx: &Cx<'a>) -> Option<Value<'a>> {
    let mut key = hash.to_be_bytes().to_vec();
    match super::client::source(cx)? {
        IpAddr::V4(address) => key.extend(address.octets()),
        IpAddr::V6(address) => key.extend(address.octets()),
    }
    Some(Value::binary(key))
}
