//! Everything that touches a socket: listening, dialing, streams, TLS, syslog. It knows no rule and no configuration word.

/// Read buffers and their pool.
pub mod buffer;
/// Outgoing connections.
pub mod dial;
/// Listening sockets.
pub mod listen;
/// Network namespaces.
mod namespace;
/// Pipes for bytes that the kernel moves.
pub mod pipes;
/// Idle server connections.
pub mod pool;
/// One connection, whatever carries it.
pub mod stream;
/// The system calls that no crate wraps: the only unsafe code.
pub mod sys;
/// Log messages on their way out.
pub mod syslog;
/// TLS on both sides.
pub mod tls;

use crate::model::bind_io::Keepalive;
use socket2::{SockAddr, Socket, TcpKeepalive};
use std::ffi::OsStr;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::time::Duration;

/// Turns TCP keep-alive probes on.
fn set_keepalive(socket: &Socket, keepalive: &Keepalive) -> io::Result<()> {
    let mut probes = TcpKeepalive::new();
    if let Some(s) = keepalive.idle_s {
        probes = probes.with_time(Duration::from_secs(u64::from(s)));
    }
    if let Some(s) = keepalive.interval_s {
        probes = probes.with_interval(Duration::from_secs(u64::from(s)));
    }
    if let Some(count) = keepalive.count {
        probes = probes.with_retries(count);
    }
    socket.set_tcp_keepalive(&probes)
}

/// The kernel's form of a name in the abstract namespace: a NUL, then the name.
fn abstract_sockaddr(name: &[u8]) -> io::Result<SockAddr> {
    let mut path = Vec::with_capacity(name.len() + 1);
    path.push(0);
    path.extend_from_slice(name);
    SockAddr::unix(OsStr::from_bytes(&path))
}

/// The system's words for an error, without the number that std adds.
fn system_words(error: &io::Error) -> String {
    let text = error.to_string();
    match text.split_once(" (os error") {
        Some((words, _)) => words.to_owned(),
        None => text,
    }
}
