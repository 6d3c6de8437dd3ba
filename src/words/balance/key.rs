//! What the algorithms that hash look at: the key of a request, or none, in which case servers take turns.

use std::borrow::Cow;
use std::net::IpAddr;
use std::sync::Arc;

use super::digest::Digest;
use crate::http::uri;
use crate::sample::{Cx, Expr, Value};

/// Where the key comes from.
#[derive(Debug)]
pub enum Key {
    /// `source`
    Source,
    /// `uri`
    Uri(UriPart),
    /// `url_param <name> [check_post]`
    Param(String, bool),
    /// `hdr(<name>) [use_domain_only]`
    Header(String, bool),
    /// `hash <expression>`
    Expr(Arc<Expr>),
    /// `rdp-cookie(<name>)`
    RdpCookie(String),
}

/// The arguments of `uri`.
#[derive(Debug, Default)]
pub struct UriPart {
    /// `len`: bytes that count.
    pub len: Option<usize>,
    /// `depth`: directories that count.
    pub depth: Option<usize>,
    /// `whole`: with the query string.
    pub whole: bool,
    /// `path-only`: without scheme and host.
    pub path_only: bool,
}

impl Key {
    /// The hash of this request's key.
    pub fn hash(&self, cx: &Cx<'_>, digest: Digest) -> Option<u32> {
        let key = match self {
            Key::Source => return source(cx.txn.src.or(cx.sess.src.map(|src| src.ip()))?),
            Key::Expr(expr) => return value(expr.eval(cx)?, digest),
            Key::Uri(part) => part.of(cx.request()?.target()),
            Key::Header(name, domain) => {
                let head = cx.request()?;
                let value = first_part(head.value(name.as_bytes())?);
                if *domain { main_domain(value) } else { value }
            }
            Key::Param(name, post) => {
                let head = cx.request()?;
                let found = uri::query(head.target()).and_then(|query| param(query, name.as_bytes()));
                let in_body = || (*post && head.method() == b"POST").then(|| body_param(&cx.txn.request_body, name));
                found.or_else(|| in_body().flatten())?
            }
            Key::RdpCookie(name) => rdp_cookie(cx.txn.payload.bytes(), name)?,
        };
        (!key.is_empty()).then(|| digest.of(key))
    }
}

impl UriPart {
    fn of<'a>(&self, target: &'a [u8]) -> &'a [u8] {
        let mut text = if self.path_only { uri::path_and_query(target) } else { target };
        if !self.whole {
            text = text.split(|&byte| byte == b'?').next().unwrap_or_default();
        }
        if let Some(len) = self.len {
            text = text.get(..len).unwrap_or(text);
        }
        if let Some(depth) = self.depth {
            let end = text.iter().enumerate().filter(|(_, byte)| **byte == b'/').nth(depth);
            text = end.and_then(|(at, _)| text.get(..at)).unwrap_or(text);
        }
        text
    }
}

/// An address is its own hash: its 32-bit words, mixed.
fn source(address: IpAddr) -> Option<u32> {
    Some(match address {
        IpAddr::V4(address) => u32::from(address),
        IpAddr::V6(address) => {
            let bits = u128::from(address);
            (0..4).fold(0, |hash, word| hash ^ (bits >> (32 * word)) as u32)
        }
    })
}

/// Text is hashed as it is, numbers and addresses by their bytes.
fn value(value: Value<'_>, digest: Digest) -> Option<u32> {
    let (bytes, is_text): (Cow<'_, [u8]>, bool) = match value {
        Value::Str(text) | Value::Method(text) => (text, true),
        Value::Bin(bytes) => (bytes, false),
        Value::Int(number) => (Cow::Owned(number.to_be_bytes().to_vec()), false),
        Value::Bool(truth) => (Cow::Owned(i64::from(truth).to_be_bytes().to_vec()), false),
        Value::Ip(IpAddr::V4(address)) => (Cow::Owned(address.octets().to_vec()), false),
        Value::Ip(IpAddr::V6(address)) => (Cow::Owned(address.octets().to_vec()), false),
    };
    if bytes.is_empty() {
        return None;
    }
    if digest == Digest::None && !is_text {
        let mut low = [0; 4];
        low.iter_mut().zip(&*bytes).for_each(|(to, from)| *to = *from);
        return Some(u32::from_le_bytes(low));
    }
    Some(digest.of(&bytes))
}

/// What stands between the parentheses of `name(…)`.
pub fn in_parentheses(word: &str) -> Option<&str> {
    word.split_once('(')?.1.strip_suffix(')')
}

fn first_part(value: &[u8]) -> &[u8] {
    value.split(|&byte| byte == b',').next().unwrap_or_default().trim_ascii()
}

/// The label before the last dot: `1wt` of `haproxy.1wt.eu`.
fn main_domain(host: &[u8]) -> &[u8] {
    let host = host.split(|&byte| byte == b':').next().unwrap_or_default();
    let Some(last) = memchr::memrchr(b'.', host) else { return host };
    let before = host.get(..last).unwrap_or_default();
    let start = memchr::memrchr(b'.', before).map_or(0, |dot| dot + 1);
    before.get(start..).unwrap_or_default()
}

/// The value of the first parameter of this name.
fn param<'a>(query: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    query.split(|&byte| byte == b'&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix(b"="))
}

/// The same in a body, which ends at a blank.
fn body_param<'a>(body: &'a [u8], name: &str) -> Option<&'a [u8]> {
    let end = body.iter().position(|byte| *byte <= b' ').unwrap_or(body.len());
    param(body.get(..end)?, name.as_bytes())
}

/// The value of `Cookie: <name>=…` in the connection request of a remote desktop client, which is a TPKT packet.
fn rdp_cookie<'a>(payload: &'a [u8], name: &str) -> Option<&'a [u8]> {
    let request = payload.get(11..).filter(|_| payload.first() == Some(&3) && payload.get(5) == Some(&0xe0))?;
    let line = request.get(..memchr::memmem::find(request, b"\r\n")?)?;
    let (key, pair) = line.split_at_checked(b"Cookie: ".len())?;
    let (found, value) = pair.split_at_checked(name.len())?;
    let matches = key.eq_ignore_ascii_case(b"Cookie: ") && found.eq_ignore_ascii_case(name.as_bytes());
    value.strip_prefix(b"=").filter(|_| matches)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_uri() {
        let part = |len, depth, whole, path_only| UriPart { len, depth, whole, path_only };
        let target = b"http://h/a/b/c?d=/e";
        assert_eq!(part(None, None, false, false).of(target), b"http://h/a/b/c");
        assert_eq!(part(None, None, false, true).of(target), b"/a/b/c");
        assert_eq!(part(None, None, true, true).of(target), b"/a/b/c?d=/e");
        assert_eq!(part(None, Some(1), false, true).of(target), b"/a");
        assert_eq!(part(None, Some(3), true, true).of(target), b"/a/b/c?d=");
        assert_eq!(part(Some(3), Some(3), false, true).of(target), b"/a/");
        assert_eq!(part(None, Some(9), false, false).of(b"*"), b"*");
    }

    #[test]
    fn small_keys() {
        assert_eq!(main_domain(b"a.b.c.de:8080"), b"c");
        assert_eq!(main_domain(b"localhost"), b"localhost");
        assert_eq!(main_domain(b".foo.bar"), b"foo");
        assert_eq!(first_part(b"bar , baz"), b"bar");
        assert_eq!(param(b"a=1&xx=5&x=77&x=8", b"x"), Some(&b"77"[..]));
        assert_eq!(param(b"x&y", b"x"), None);
        assert_eq!(body_param(b"a=1&x=abc def", "x"), Some(&b"abc"[..]));
        assert_eq!(in_parentheses("hdr(Host)"), Some("Host"));
        assert_eq!(in_parentheses("hdr"), None);
        let packet = b"\x03\x00\x00\x2b\x26\xe0\x00\x00\x00\x00\x00Cookie: mstshash=user\r\n";
        assert_eq!(rdp_cookie(packet, "MSTShash"), Some(&b"user"[..]));
        assert_eq!(rdp_cookie(b"\x03", "mstshash"), None);
    }

    #[test]
    fn values_without_a_hash_function() {
        assert_eq!(value(Value::text(b"77"), Digest::None), Some(77));
        assert_eq!(value(Value::Ip("1.0.0.0".parse().unwrap()), Digest::None), Some(1));
        assert_eq!(value(Value::text(b""), Digest::Sdbm), None);
    }
}
