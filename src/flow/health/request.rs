//! The request of an HTTP check, as bytes.

use std::sync::atomic::Ordering::Relaxed;

use super::link::Target;
use crate::live::State;
use crate::model::check::Send;
use crate::sample::Format;

/// The method unless said otherwise.
pub const METHOD: &str = "OPTIONS";

/// The request; `state` is the value of `x-haproxy-server-state`, and `text` gives the text of a format.
///
/// The length comes behind the fields that were asked for, the connection's fate last: HTTP/1.0 needs no word about it.
pub fn encode(send: &Send, state: Option<&str>, text: impl Fn(&Format) -> Vec<u8>) -> Vec<u8> {
    let method = send.method.as_deref().unwrap_or(METHOD);
    let version = send.version.as_deref().unwrap_or("HTTP/1.0");
    let mut out = Vec::with_capacity(256);
    let uri = send.uri.as_ref().map_or_else(|| b"/".to_vec(), |uri| text(uri));
    for part in [method.as_bytes(), b" ", &uri, b" ", version.as_bytes(), b"\r\n"] {
        out.extend_from_slice(part);
    }
    let mut field = |name: &str, value: &[u8]| {
        for part in [name.as_bytes(), b": ", value, b"\r\n"] {
            out.extend_from_slice(part);
        }
    };
    let (last, fields): (Vec<_>, Vec<_>) = send.headers.iter().partition(|(name, _)| name == "connection");
    for (name, value) in fields {
        field(name, &text(value));
    }
    if let Some(state) = state {
        field("x-haproxy-server-state", state.as_bytes());
    }
    let body = send.body.as_ref().map(|body| text(body)).filter(|body| !body.is_empty());
    if let Some(body) = &body {
        field("content-length", body.len().to_string().as_bytes());
    }
    match last.last() {
        Some((name, value)) => field(name, &text(value)),
        None if !version.ends_with("/1.0") => field("connection", b"close"),
        None => {}
    }
    out.extend_from_slice(b"\r\n");
    out.extend_from_slice(body.as_deref().unwrap_or_default());
    out
}

/// What a server is told of itself: `http-check send-state`.
pub fn state(target: &Target) -> String {
    let live = &target.worker.live;
    let server = live.server(target.server);
    let backend = live.proxy(server.proxy);
    let check = target.check();
    let score = server.health.score.load(Relaxed);
    let word = match server.state() {
        State::Drain => "NOLB".to_owned(),
        State::Up if server.health.is_settled(check.rise, check.fall) || score == check.rise => "UP".to_owned(),
        State::Up => format!("UP {}/{}", score + 1 - check.rise.min(score + 1), check.fall),
        State::Maintenance | State::Down if score > 0 => format!("DOWN {score}/{}", check.rise),
        State::Maintenance | State::Down => "DOWN".to_owned(),
    };
    let (host, port) =
        match target.worker.config.server(target.server).address.as_ref().and_then(|address| address.inet()) {
            Some(inet) => (inet.ip().to_string(), inet.port().to_string()),
            None => ("unix".to_owned(), "0".to_owned()),
        };
    let weight = if server.is_usable() { server.weight.load(Relaxed) } else { 0 };
    let usable = backend.servers.iter().map(|id| live.server(*id)).filter(|known| known.is_usable());
    let total: u32 = usable.map(|known| known.weight.load(Relaxed)).sum();
    format!(
        "{word}; address={host}; port={port}; name={}/{}; node={}; weight={weight}/{total}; scur={}/{}; qcur={}",
        backend.name,
        server.name,
        live.process.host,
        server.connections.load(Relaxed),
        backend.be_connections.load(Relaxed),
        server.queue.length.load(Relaxed)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[test]
    fn requests_as_recorded() {
        let literal = |text: &str| Arc::new(Format::literal(text.as_bytes()));
        let text = |format: &Format| format.constant().unwrap_or_default().to_vec();
        assert_eq!(encode(&Send::default(), None, text), b"OPTIONS / HTTP/1.0\r\n\r\n");
        let send = Send {
            method: Some("POST".to_owned()),
            uri: Some(literal("/c")),
            version: Some("HTTP/1.1".to_owned()),
            headers: vec![("connection".to_owned(), literal("keep-alive")), ("host".to_owned(), literal("x"))],
            body: Some(literal("abc")),
        };
        let expected = "POST /c HTTP/1.1\r\nhost: x\r\nx-haproxy-server-state: UP\r\ncontent-length: 3\r\n\
                        connection: keep-alive\r\n\r\nabc";
        assert_eq!(encode(&send, Some("UP"), text), expected.as_bytes());
        let plain = Send { version: Some("HTTP/1.1".to_owned()), ..Send::default() };
        assert_eq!(encode(&plain, None, text), b"OPTIONS / HTTP/1.1\r\nconnection: close\r\n\r\n");
    }
}
