//! The first bytes of a connection, before anything was parsed.
//!
//! What is not there yet is noted as a miss: `tcp-request content` rules then wait for more, as long as
//! `tcp-request inspect-delay` allows.

use std::borrow::Cow;

use super::{Built, plain, with};
use crate::proto::tls_hello::{self, Hello, Peek};
use crate::sample::{Cx, Direction, Type, Value};
use crate::spec;
use crate::spec::{CallArgs, Fetch, Needs};

spec! {
    /// First bytes.
    pub static PAYLOAD: [Fetch] = [
        /// Whether no more bytes are awaited: with `tcp-request inspect-delay`, true once the delay is over. A last
        /// rule on it makes the others wait: `tcp-request content accept if WAIT_END`.
        { name: "wait_end", out: Type::Bool, build: |_| plain(|cx| {
            cx.txn.payload.miss();
            (!cx.txn.payload.is_open()).then_some(Value::Bool(true))
        }) },
        /// How many bytes of the client are buffered and not parsed.
        { name: "req.len", aliases: &["req_len"], out: Type::Int, needs: Needs::PAYLOAD, build: |_| plain(|cx| {
            cx.txn.payload.miss();
            Some(Value::Int(cx.txn.payload.bytes().len() as i64))
        }) },
        /// So many bytes of the client from this offset on; all that is there for a length of 0. `req.payload(0,4)`.
        { name: "req.payload", aliases: &["payload"], usage: "<offset>,<length>", out: Type::Bin, needs: Needs::PAYLOAD, build: payload },
        /// A block of the client's bytes whose own length stands at an offset, in so many bytes; the block follows it,
        /// or starts at a second offset, which with a sign is relative.
        { name: "req.payload_lv", aliases: &["payload_lv"], usage: "<offset1>,<length>[,<offset2>]", out: Type::Bin, needs: Needs::PAYLOAD, build: payload_lv },
        /// The type of the TLS hello in the client's first bytes: 1 for a client's.
        { name: "req.ssl_hello_type", aliases: &["req_ssl_hello_type", "res.ssl_hello_type", "rep_ssl_hello_type"], out: Type::Int, needs: Needs::PAYLOAD, build: |_| plain(|cx| {
            found(tls_hello::kind(bytes(cx)), cx).map(|kind| Value::Int(kind.into()))
        }) },
        /// The version in the TLS client hello of the client's first bytes, as a number: 3.3 is 0x00030003.
        { name: "req.ssl_ver", aliases: &["req_ssl_ver"], out: Type::Int, needs: Needs::PAYLOAD, build: |_| plain(|cx| {
            let version = i64::from(hello(cx)?.version);
            Some(Value::Int((version >> 8) << 16 | (version & 0xff)))
        }) },
        /// The name in the TLS client hello of the client's first bytes: what a TCP frontend routes by.
        { name: "req.ssl_sni", aliases: &["req_ssl_sni"], out: Type::Str, needs: Needs::PAYLOAD, build: |_| plain(|cx| hello(cx)?.server_name().map(Value::text)) },
        /// The protocols offered by ALPN in the TLS client hello, with commas between them.
        { name: "req.ssl_alpn", out: Type::Str, needs: Needs::PAYLOAD, build: |_| plain(|cx| {
            let list: Vec<&[u8]> = hello(cx)?.protocols().collect();
            (!list.is_empty()).then(|| Value::owned(list.join(&b","[..])))
        }) },
        /// Whether the TLS client hello speaks of elliptic curves.
        { name: "req.ssl_ec_ext", out: Type::Bool, needs: Needs::PAYLOAD, build: |_| plain(|cx| Some(Value::Bool(hello(cx)?.extension(10).is_some()))) },
        /// 1 when the TLS client hello offers session tickets without one, 2 with one, 0 when it does not.
        { name: "req.ssl_st_ext", out: Type::Int, needs: Needs::PAYLOAD, build: |_| plain(|cx| {
            Some(Value::Int(hello(cx)?.extension(35).map_or(0, |data| if data.is_empty() { 1 } else { 2 })))
        }) },
        /// The cipher suites of the TLS client hello, two bytes each.
        { name: "req.ssl_cipherlist", out: Type::Bin, needs: Needs::PAYLOAD, build: |_| plain(|cx| hello(cx)?.ciphers().map(binary)) },
        /// The groups the TLS client hello supports, two bytes each.
        { name: "req.ssl_supported_groups", out: Type::Bin, needs: Needs::PAYLOAD, build: |_| plain(|cx| hello(cx)?.extension(10)?.get(2..).map(binary)) },
        /// The signature algorithms of the TLS client hello, two bytes each.
        { name: "req.ssl_sigalgs", out: Type::Bin, needs: Needs::PAYLOAD, build: |_| plain(|cx| hello(cx)?.extension(13)?.get(2..).map(binary)) },
        /// The value of a cookie in the first message of an RDP client; of the first cookie without a name.
        { name: "req.rdp_cookie", aliases: &["rdp_cookie"], usage: "[<name>]", out: Type::Str, needs: Needs::PAYLOAD, build: |args| {
            with(args.maybe().unwrap_or_default().to_vec(), |name, cx| rdp_cookie(name, cx).map(Value::text))
        } },
        /// 1 when the first message of an RDP client has that cookie, else 0.
        { name: "req.rdp_cookie_cnt", aliases: &["rdp_cookie_cnt"], usage: "[<name>]", out: Type::Int, needs: Needs::PAYLOAD, build: |args| {
            with(args.maybe().unwrap_or_default().to_vec(), |name, cx| Some(Value::Int(rdp_cookie(name, cx).is_some().into())))
        } },
        /// How many bytes of the server are buffered and not parsed.
        { name: "res.len", out: Type::Int, needs: Needs::RESPONSE, build: |_| plain(|cx| {
            cx.txn.payload.miss();
            Some(Value::Int(if cx.direction == Direction::Response { cx.txn.payload.bytes().len() as i64 } else { 0 }))
        }) },
        /// So many bytes of the server from this offset on.
        { name: "res.payload", usage: "<offset>,<length>", out: Type::Bin, needs: Needs::RESPONSE, build: payload },
        /// A block of the server's bytes whose own length stands at an offset.
        { name: "res.payload_lv", usage: "<offset1>,<length>[,<offset2>]", out: Type::Bin, needs: Needs::RESPONSE, build: payload_lv },
    ];
}

fn bytes<'a>(cx: &Cx<'a>) -> &'a [u8] {
    cx.txn.payload.bytes()
}

fn binary(bytes: &[u8]) -> Value<'_> {
    Value::Bin(Cow::Borrowed(bytes))
}

fn found<T>(peek: Peek<T>, cx: &Cx<'_>) -> Option<T> {
    match peek {
        Peek::Found(value) => Some(value),
        Peek::Absent => None,
        Peek::Partial => {
            cx.txn.payload.miss();
            None
        }
    }
}

fn hello<'a>(cx: &Cx<'a>) -> Option<Hello<'a>> {
    found(tls_hello::hello(bytes(cx)), cx).filter(|hello| hello.kind == 1)
}

fn payload(args: &mut CallArgs<'_>) -> Built {
    let (offset, length) = (args.int()?.max(0) as usize, args.int()?.max(0) as usize);
    with((offset, length), |(offset, length), cx| {
        let buffered = bytes(cx);
        let end = if *length == 0 { buffered.len() } else { offset + length };
        if *length == 0 {
            cx.txn.payload.miss();
        }
        piece(buffered, *offset, end, cx)
    })
}

fn piece<'a>(buffered: &'a [u8], start: usize, end: usize, cx: &Cx<'a>) -> Option<Value<'a>> {
    let piece = buffered.get(start..end).filter(|piece| !piece.is_empty());
    if piece.is_none() {
        cx.txn.payload.miss();
    }
    piece.map(binary)
}

struct Block {
    at: usize,
    width: usize,
    start: Option<Start>,
}

enum Start {
    From(usize),
    Relative(i64),
}

fn payload_lv(args: &mut CallArgs<'_>) -> Built {
    let (at, width) = (args.int()?.max(0) as usize, args.int()?.clamp(0, 8) as usize);
    if width == 0 {
        return Err("payload length must be > 0".to_owned());
    }
    let start = match args.maybe_text() {
        None => None,
        Some(text) => {
            let number: i64 = text.parse().map_err(|_| "payload offset2 is not a number".to_owned())?;
            Some(if text.starts_with(['+', '-']) {
                Start::Relative(number)
            } else {
                Start::From(number.max(0) as usize)
            })
        }
    };
    with(Block { at, width, start }, |block, cx| {
        let buffered = bytes(cx);
        let behind = block.at + block.width;
        let Some(prefix) = buffered.get(block.at..behind) else {
            cx.txn.payload.miss();
            return None;
        };
        let length = prefix.iter().fold(0u64, |sum, byte| sum << 8 | u64::from(*byte));
        let start = match block.start {
            None => behind,
            Some(Start::From(offset)) => offset,
            Some(Start::Relative(offset)) => usize::try_from(behind as i64 + offset).ok()?,
        };
        piece(buffered, start, start.checked_add(usize::try_from(length).ok()?)?, cx)
    })
}

/// The cookie in an RDP connection request: TPKT header, X.224 header, then `Cookie: name=value`.
fn rdp_cookie<'a>(name: &[u8], cx: &Cx<'a>) -> Option<&'a [u8]> {
    let buffered = bytes(cx);
    let header = [3, 0];
    if buffered.len() < 11 {
        if header.starts_with(buffered.get(..buffered.len().min(2))?) {
            cx.txn.payload.miss();
        }
        return None;
    }
    let text = buffered.strip_prefix(&header)?.get(9..)?.strip_prefix(b"Cookie:")?;
    let text = text.trim_ascii_start();
    let Some(end) = memchr::memmem::find(text, b"\r\n") else {
        cx.txn.payload.miss();
        return None;
    };
    let (found, value) = text.split_at_checked(text.iter().take(end).position(|&byte| byte == b'=')?)?;
    let value = value.get(1..end - found.len())?;
    (name.is_empty() || found.eq_ignore_ascii_case(name)).then_some(value)
}
