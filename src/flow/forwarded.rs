//! The Forwarded header (RFC 7239) that `option forwarded` adds.

use std::io::Write as _;
use std::net::{IpAddr, SocketAddr};

use crate::model::proxy::Forwarded;
use crate::txn::Session;

/// The header's value, in HAProxy's order: proto, host, by, for.
pub fn value(wanted: Forwarded, sess: &Session, host: Option<&[u8]>) -> Vec<u8> {
    let mut out = Vec::with_capacity(64);
    if wanted.proto {
        let _ = write!(out, "proto={}", if sess.is_tls { "https" } else { "http" });
    }
    if wanted.host {
        begin(&mut out, "host");
        // What is no host name is not passed on.
        let host = host.filter(|host| host.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-.:[]".contains(byte)));
        out.push(b'"');
        out.extend_from_slice(host.unwrap_or_default());
        out.push(b'"');
    }
    node(&mut out, "by", sess.dst, wanted.by, wanted.by_port);
    node(&mut out, "for", sess.src, wanted.for_client, wanted.for_port);
    out
}

fn begin(out: &mut Vec<u8>, name: &str) {
    if !out.is_empty() {
        out.push(b';');
    }
    let _ = write!(out, "{name}=");
}

fn node(out: &mut Vec<u8>, name: &str, address: Option<SocketAddr>, with_address: bool, with_port: bool) {
    if !with_address && !with_port {
        return;
    }
    begin(out, name);
    let Some(address) = address else {
        out.extend_from_slice(b"unknown");
        return;
    };
    let _ = match (address.ip(), with_port) {
        (IpAddr::V4(ip), false) => write!(out, "{ip}"),
        (IpAddr::V4(ip), true) => write!(out, "\"{ip}:{}\"", address.port()),
        (IpAddr::V6(ip), false) => write!(out, "\"[{ip}]\""),
        (IpAddr::V6(ip), true) => write!(out, "\"[{ip}]:{}\"", address.port()),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_haproxy_writes_it() {
        let sess = Session { src: "127.0.0.1:5".parse().ok(), dst: "[::1]:80".parse().ok(), ..Session::default() };
        let all = Forwarded { proto: true, host: true, by: true, for_client: true, for_port: true, by_port: false };
        let text = String::from_utf8(value(all, &sess, Some(b"a.b:80"))).unwrap();
        assert_eq!(text, "proto=http;host=\"a.b:80\";by=\"[::1]\";for=\"127.0.0.1:5\"");
        let host = Forwarded { host: true, ..Forwarded::default() };
        assert_eq!(value(host, &sess, Some(b"a_b")), b"host=\"\"");
    }
}
