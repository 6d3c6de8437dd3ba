//! Tags of addresses and ports on both sides, and of the client's TLS layer.

use std::io::Write as _;
use std::net::{IpAddr, SocketAddr};

use crate::sample::{Cx, Out};
use crate::spec;
use crate::spec::{LogTag, Needs};

spec! {
    /// Addresses and ports.
    pub static ADDRESS: [LogTag] = [
        /// Address of the client; `unix` when it came by a UNIX socket. `%{+X}` prints it in hexadecimal.
        { name: "ci", needs: Needs::CLIENT, write: |cx, out| address(client(cx), true, out) },
        /// Port of the client; the number of the `bind` when it came by a UNIX socket.
        { name: "cp", needs: Needs::CLIENT, write: |cx, out| port(client(cx), Some(cx.sess.bind_uid), out) },
        /// Address the client connected to; `unix` for a UNIX socket.
        { name: "fi", needs: Needs::CLIENT, write: |cx, out| address(wanted(cx), true, out) },
        /// Port the client connected to; the number of the `bind` for a UNIX socket.
        { name: "fp", needs: Needs::CLIENT, write: |cx, out| port(wanted(cx), Some(cx.sess.bind_uid), out) },
        /// Address from which the server was connected to.
        { name: "bi", needs: Needs::SERVER, write: |cx, out| address(cx.txn.server_local, false, out) },
        /// Port from which the server was connected to.
        { name: "bp", needs: Needs::SERVER, write: |cx, out| port(cx.txn.server_local, None, out) },
        /// Address of the server.
        { name: "si", needs: Needs::SERVER, write: |cx, out| address(cx.txn.server_peer, false, out) },
        /// Port of the server.
        { name: "sp", needs: Needs::SERVER, write: |cx, out| port(cx.txn.server_peer, None, out) },
        /// Cipher of the client's TLS layer, such as `TLS_AES_128_GCM_SHA256`.
        { name: "sslc", needs: Needs::CLIENT, write: |cx, out| out.maybe(cx.sess.tls.as_ref().map(|tls| tls.cipher.as_bytes())) },
        /// Version of the client's TLS layer, such as `TLSv1.3`.
        { name: "sslv", needs: Needs::CLIENT, write: |cx, out| out.maybe(cx.sess.tls.as_ref().map(|tls| tls.version.as_bytes())) },
    ];
}

fn client(cx: &Cx<'_>) -> Option<SocketAddr> {
    let accepted = cx.sess.src?;
    Some(SocketAddr::new(cx.txn.src.unwrap_or(accepted.ip()), accepted.port()))
}

fn wanted(cx: &Cx<'_>) -> Option<SocketAddr> {
    cx.txn.dst.or(cx.sess.dst)
}

fn address(address: Option<SocketAddr>, of_client: bool, out: &mut Out<'_>) {
    match address {
        Some(address) => {
            out.open();
            ip(address.ip(), out);
            out.open();
        }
        None if of_client => out.name(b"unix"),
        None => out.nothing(),
    }
}

fn ip(address: IpAddr, out: &mut Out<'_>) {
    match address {
        IpAddr::V4(address) if out.flags.hex => hex(&address.octets(), out),
        IpAddr::V6(address) if out.flags.hex => hex(&address.octets(), out),
        address => out.address(address),
    }
}

fn hex(octets: &[u8], out: &mut Out<'_>) {
    for octet in octets {
        let _ = write!(out.buffer, "{octet:02X}");
    }
}

fn port(address: Option<SocketAddr>, otherwise: Option<u32>, out: &mut Out<'_>) {
    match (address, otherwise) {
        (Some(address), _) => out.padded(u64::from(address.port())),
        (None, Some(number)) => out.padded(u64::from(number)),
        (None, None) => out.nothing(),
    }
}
