//! The client connection: addresses, socket, protocol.

use std::net::{IpAddr, SocketAddr};

use super::plain;
use crate::http::Version;
use crate::sample::{Cx, Type, Value};
use crate::spec;
use crate::spec::{Fetch, Needs};

spec! {
    /// The client connection.
    pub static CLIENT: [Fetch] = [
        /// The client's address, as the PROXY protocol or `set-src` say where they do.
        { name: "src", out: Type::Addr, needs: Needs::CLIENT, build: |_| plain(|cx| source(cx).map(Value::Ip)) },
        /// The client's port.
        { name: "src_port", out: Type::Int, needs: Needs::CLIENT, build: |_| plain(|cx| {
            let port = cx.txn.src_port.or(cx.sess.src.map(|src| src.port()))?;
            Some(Value::Int(port.into()))
        }) },
        /// The address the client wanted to reach, as the PROXY protocol or `set-dst` say where they do.
        { name: "dst", out: Type::Addr, needs: Needs::CLIENT, build: |_| plain(|cx| destination(cx).map(|dst| Value::Ip(dst.ip()))) },
        /// The port the client wanted to reach.
        { name: "dst_port", out: Type::Int, needs: Needs::CLIENT, build: |_| plain(|cx| destination(cx).map(|dst| Value::Int(dst.port().into()))) },
        /// Whether the client's address is one of this machine's loopback addresses, or the one it connected to.
        { name: "src_is_local", aliases: &["fc_src_is_local"], out: Type::Bool, needs: Needs::CLIENT, build: |_| plain(|cx| is_local(source(cx)?, cx)) },
        /// Whether the address the client connected to is this machine's own.
        { name: "dst_is_local", aliases: &["fc_dst_is_local"], out: Type::Bool, needs: Needs::CLIENT, build: |_| plain(|cx| is_local(destination(cx)?.ip(), cx)) },
        /// The client's address as the connection has it, whatever `set-src` said.
        { name: "fc_src", out: Type::Addr, needs: Needs::CLIENT, build: |_| plain(|cx| cx.sess.src.map(|src| Value::Ip(src.ip()))) },
        /// The client's port as the connection has it.
        { name: "fc_src_port", out: Type::Int, needs: Needs::CLIENT, build: |_| plain(|cx| cx.sess.src.map(|src| Value::Int(src.port().into()))) },
        /// The address the client connected to, whatever `set-dst` said.
        { name: "fc_dst", out: Type::Addr, needs: Needs::CLIENT, build: |_| plain(|cx| cx.sess.dst.map(|dst| Value::Ip(dst.ip()))) },
        /// The port the client connected to.
        { name: "fc_dst_port", out: Type::Int, needs: Needs::CLIENT, build: |_| plain(|cx| cx.sess.dst.map(|dst| Value::Int(dst.port().into()))) },
        /// The major version of the protocol the client speaks: 1 for HTTP/1.0 and HTTP/1.1.
        { name: "fc_http_major", out: Type::Int, needs: Needs::CLIENT, build: |_| plain(|_| Some(Value::Int(1))) },
        /// The code of the error of the client connection: 0, as rules only see connections that work.
        { name: "fc_err", out: Type::Int, needs: Needs::CLIENT, build: |_| plain(|cx| Some(Value::Int(cx.sess.error.as_ref().map_or(0, |error| error.0)))) },
        /// The error of the client connection in words; `Success` for one that works.
        { name: "fc_err_str", out: Type::Str, needs: Needs::CLIENT, build: |_| plain(|cx| Some(Value::text(cx.sess.error.as_ref().map_or("Success", |error| error.1).as_bytes()))) },
        /// The name of the error of the client connection; empty, as rules only see connections that work.
        { name: "fc_err_name", out: Type::Str, needs: Needs::CLIENT, build: |_| plain(|_| Some(Value::text(b""))) },
        /// How many exchanges share the client connection now: 1 in HTTP/1.
        { name: "fc_nb_streams", out: Type::Int, needs: Needs::CLIENT, build: |_| plain(|_| Some(Value::Int(1))) },
        /// How many exchanges may share the client connection: 1 in HTTP/1.
        { name: "fc_settings_streams_limit", out: Type::Int, needs: Needs::CLIENT, build: |_| plain(|_| Some(Value::Int(1))) },
        /// The number of the `bind` within its frontend, from 1.
        { name: "so_id", out: Type::Int, needs: Needs::CLIENT, build: |_| plain(|cx| Some(Value::Int(cx.sess.bind_uid.into()))) },
        /// The name of the `bind`; no value when it has none.
        { name: "so_name", out: Type::Str, needs: Needs::CLIENT, build: |_| plain(|cx| {
            let name = &*cx.sess.bind_name;
            let named = !name.bytes().all(|byte| byte.is_ascii_digit());
            named.then(|| Value::text(name.as_bytes()))
        }) },
        /// The address the server was reached from.
        { name: "bc_src", out: Type::Addr, needs: Needs::SERVER, build: |_| plain(|cx| cx.txn.server_local.map(|at| Value::Ip(at.ip()))) },
        /// The port the server was reached from.
        { name: "bc_src_port", out: Type::Int, needs: Needs::SERVER, build: |_| plain(|cx| cx.txn.server_local.map(|at| Value::Int(at.port().into()))) },
        /// The server's address.
        { name: "bc_dst", out: Type::Addr, needs: Needs::SERVER, build: |_| plain(|cx| cx.txn.server_peer.map(|at| Value::Ip(at.ip()))) },
        /// The server's port.
        { name: "bc_dst_port", out: Type::Int, needs: Needs::SERVER, build: |_| plain(|cx| cx.txn.server_peer.map(|at| Value::Int(at.port().into()))) },
        /// The major version of the protocol that is spoken with the server.
        { name: "bc_http_major", out: Type::Int, needs: Needs::SERVER, build: |_| plain(|cx| cx.txn.server.map(|_| Value::Int(1))) },
        /// Whether the request's protocol is HTTP: true in mode `http`, and in mode `tcp` when the client's first bytes
        /// are those of a request.
        { name: "req.proto_http", aliases: &["req_proto_http"], out: Type::Bool, needs: Needs::PAYLOAD, build: |_| plain(is_http) },
    ];
}

/// The client's address, as rules see it.
pub(super) fn source(cx: &Cx<'_>) -> Option<IpAddr> {
    cx.txn.src.or(cx.sess.src.map(|src| src.ip()))
}

fn destination(cx: &Cx<'_>) -> Option<SocketAddr> {
    cx.txn.dst.or(cx.sess.dst)
}

fn is_local<'a>(address: IpAddr, cx: &Cx<'a>) -> Option<Value<'a>> {
    let own = cx.sess.dst.is_some_and(|dst| dst.ip() == address);
    Some(Value::Bool(own || address.is_loopback() || address.to_canonical().is_loopback()))
}

fn is_http<'a>(cx: &Cx<'a>) -> Option<Value<'a>> {
    if cx.request().is_some() || cx.live.proxy(cx.sess.frontend).is_http {
        return Some(Value::Bool(true));
    }
    let mut head = crate::http::Head::default();
    match crate::proto::h1::parse_request(cx.txn.payload.bytes(), &mut head, crate::proto::h1::Strictness::Lax) {
        Ok(Some(_)) => Some(Value::Bool(matches!(head.version, Version::Http10 | Version::Http11))),
        Ok(None) => {
            cx.txn.payload.miss();
            None
        }
        Err(_) => Some(Value::Bool(false)),
    }
}
