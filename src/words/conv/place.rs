//! Names of proxies and servers, looked up as the exchange goes.

use std::sync::atomic::Ordering::Relaxed;

use super::{Built, with};
use crate::live::{Server, State};
use crate::sample::{Cx, Type, Value};
use crate::spec;
use crate::spec::Conv;

spec! {
    /// Proxies and servers by name.
    pub static PLACE: [Conv] = [
        /// How many servers of the backend with this name can be used: `hdr(host),map(hosts.map),nbsrv`.
        { name: "nbsrv", input: Type::Str, out: Type::Int, build: |_| with((), |(), value, cx| {
            let proxy = cx.live.proxy(cx.live.backend_named(&value.into_bytes())?);
            let count = |backup: bool| {
                let servers = proxy.servers.iter().map(|id| cx.live.server(*id));
                servers.filter(|server| server.backup == backup && server.is_usable()).count() as i64
            };
            Some(Value::Int(match count(false) {
                0 => count(true).min(1),
                active => active,
            }))
        }) },
        /// Whether the server with this name is up: `backend/server`, or `server` of the backend that was chosen.
        { name: "srv_is_up", input: Type::Str, out: Type::Bool, build: |_| of(|server| {
            Value::Bool(matches!(server.state(), State::Up | State::Drain))
        }) },
        /// How many requests wait for the server with this name.
        { name: "srv_queue", input: Type::Str, out: Type::Int, build: |_| of(|server| Value::Int(server.queue.length.load(Relaxed).into())) },
    ];
}

fn of(value: fn(&Server) -> Value<'static>) -> Built {
    with(value, |value, name, cx: &Cx<'_>| {
        let text = name.into_bytes();
        let (backend, name) = match text.iter().position(|&byte| byte == b'/') {
            Some(slash) => (cx.live.backend_named(text.get(..slash)?)?, text.get(slash + 1..)?),
            None => (cx.txn.backend, &*text),
        };
        let servers = cx.live.proxy(backend).servers.iter().map(|id| cx.live.server(*id));
        servers.into_iter().find(|server| server.name.as_bytes() == name).map(value)
    })
}
