//! Request and response as a whole: method, version, status, captures, body, size.

use super::{Built, plain, with};
use crate::http::Head;
use crate::sample::{Cx, Type, Value};
use crate::spec;
use crate::spec::{CallArgs, Fetch, Needs};

spec! {
    /// Messages.
    pub static MESSAGE: [Fetch] = [
        /// The request's method as it was received.
        { name: "method", out: Type::Method, needs: Needs::REQUEST, build: |_| plain(method) },
        /// The version of the request: `1.0`, `1.1`, `2.0`.
        { name: "req.ver", aliases: &["req_ver"], out: Type::Str, needs: Needs::REQUEST, build: |_| plain(|cx| version(cx.request()?)) },
        /// The version of the response.
        { name: "res.ver", aliases: &["resp_ver"], out: Type::Str, needs: Needs::RESPONSE, build: |_| plain(|cx| version(cx.response()?)) },
        /// The status code of the response.
        { name: "status", out: Type::Int, needs: Needs::RESPONSE, build: |_| plain(|cx| Some(Value::Int(cx.response()?.status.into()))) },
        /// The status code that was sent, or will be.
        { name: "txn.status", out: Type::Int, needs: Needs::RESPONSE, build: |_| plain(|cx| Some(Value::Int(cx.txn.status.into()))) },
        /// Whether this is the first request of its connection.
        { name: "http_first_req", out: Type::Bool, needs: Needs::REQUEST, build: |_| plain(|cx| Some(Value::Bool(cx.sess.requests <= 1))) },
        /// The unique id of the request, as `unique-id-format` makes it.
        { name: "unique-id", out: Type::Str, needs: Needs::NOTHING, build: |_| plain(|cx| cx.txn.unique_id.as_deref().map(Value::text)) },
        /// What slot number `idx` of the captured request headers holds; the first is 0.
        { name: "capture.req.hdr", usage: "<idx>", out: Type::Str, needs: Needs::REQUEST, build: |args| capture(args, false) },
        /// What slot number `idx` of the captured response headers holds.
        { name: "capture.res.hdr", usage: "<idx>", out: Type::Str, needs: Needs::RESPONSE, build: |args| capture(args, true) },
        /// The method in the request line as it was received; it stays when rules change the method.
        { name: "capture.req.method", out: Type::Str, needs: Needs::REQUEST, build: |_| plain(|cx| line(cx).map(|line| Value::text(line.0))) },
        /// The target in the request line as it was received.
        { name: "capture.req.uri", out: Type::Str, needs: Needs::REQUEST, build: |_| plain(|cx| line(cx).map(|line| Value::text(line.1))) },
        /// `HTTP/1.0` or `HTTP/1.1`, as the request said.
        { name: "capture.req.ver", out: Type::Str, needs: Needs::REQUEST, build: |_| plain(|cx| Some(Value::text(cx.request()?.version.text().as_bytes()))) },
        /// `HTTP/1.0` or `HTTP/1.1`, as the response said.
        { name: "capture.res.ver", out: Type::Str, needs: Needs::RESPONSE, build: |_| plain(|cx| Some(Value::text(cx.response()?.version.text().as_bytes()))) },
        /// The request's body, as far as it is buffered: `option http-buffer-request` and `wait-for-body` see to that.
        { name: "req.body", out: Type::Bin, needs: Needs::REQUEST | Needs::REQUEST_BODY, build: |_| plain(|cx| Some(Value::Bin(cx.txn.request_body.as_slice().into()))) },
        /// How many bytes of the request's body are buffered.
        { name: "req.body_len", out: Type::Int, needs: Needs::REQUEST | Needs::REQUEST_BODY, build: |_| plain(|cx| Some(Value::Int(cx.txn.request_body.len() as i64))) },
        /// The announced length of the request's body; where none is announced, what is buffered.
        { name: "req.body_size", out: Type::Int, needs: Needs::REQUEST | Needs::REQUEST_BODY, build: |_| plain(|cx| size(cx.request()?, &cx.txn.request_body)) },
        /// The response's body, as far as it is buffered.
        { name: "res.body", out: Type::Bin, needs: Needs::RESPONSE | Needs::RESPONSE_BODY, build: |_| plain(|cx| Some(Value::Bin(cx.txn.response_body.as_slice().into()))) },
        /// How many bytes of the response's body are buffered.
        { name: "res.body_len", out: Type::Int, needs: Needs::RESPONSE | Needs::RESPONSE_BODY, build: |_| plain(|cx| Some(Value::Int(cx.txn.response_body.len() as i64))) },
        /// The announced length of the response's body; where none is announced, what is buffered.
        { name: "res.body_size", out: Type::Int, needs: Needs::RESPONSE | Needs::RESPONSE_BODY, build: |_| plain(|cx| size(cx.response()?, &cx.txn.response_body)) },
        /// Bytes that came from the client so far.
        { name: "bytes_in", out: Type::Int, needs: Needs::REQUEST, build: |_| plain(|cx| Some(Value::Int(cx.txn.bytes_in as i64))) },
        /// Bytes that came from the server so far.
        { name: "bytes_out", out: Type::Int, needs: Needs::RESPONSE, build: |_| plain(|cx| Some(Value::Int(cx.txn.bytes_out as i64))) },
        /// How the exchange ended, as the two letters of the log: `--`, `PR`, `SC`.
        { name: "txn.sess_term_state", out: Type::Str, needs: Needs::NOTHING, build: |_| plain(|cx| Some(Value::owned([cx.txn.end.cause, cx.txn.end.state]))) },
        /// How often a connection to a server was tried again.
        { name: "txn.conn_retries", out: Type::Int, needs: Needs::SERVER, build: |_| plain(|cx| Some(Value::Int(cx.txn.retries.into()))) },
        /// Whether another server than the first choice was tried.
        { name: "txn.redispatched", out: Type::Bool, needs: Needs::SERVER, build: |_| plain(|cx| Some(Value::Bool(cx.txn.redispatched))) },
        /// The number of the request in this process, modulo 2^32.
        { name: "txn.id32", out: Type::Int, needs: Needs::NOTHING, build: |_| plain(|cx| Some(Value::Int((cx.txn.number & 0xffff_ffff) as i64))) },
    ];
}

/// Method and target of the request line as it was received.
fn line<'a>(cx: &Cx<'a>) -> Option<(&'a [u8], &'a [u8])> {
    let (method, target) = (cx.txn.line_marks.0 as usize, cx.txn.line_marks.1 as usize);
    let line = &cx.txn.request_line;
    if line.is_empty() {
        return cx.request().map(|head| (head.method(), head.target()));
    }
    Some((line.get(..method)?, line.get(method + 1..target)?))
}

fn method<'a>(cx: &Cx<'a>) -> Option<Value<'a>> {
    cx.request()?;
    Some(Value::Method(line(cx)?.0.into()))
}

fn version(head: &Head) -> Option<Value<'_>> {
    let text = head.version_text();
    text.iter().position(|&byte| byte == b'/').and_then(|slash| text.get(slash + 1..)).map(Value::text)
}

fn capture(args: &mut CallArgs<'_>, of_response: bool) -> Built {
    let slot = args.int()? as usize;
    with((slot, of_response), |(slot, of_response), cx| {
        let slots = if *of_response { &cx.txn.response_captures } else { &cx.txn.request_captures };
        slots.get(*slot)?.as_deref().map(Value::text)
    })
}

fn size<'a>(head: &Head, body: &[u8]) -> Option<Value<'a>> {
    let announced = head.value(b"content-length").map(crate::sample::value::leading_int);
    Some(Value::Int(announced.unwrap_or(body.len() as i64)))
}
