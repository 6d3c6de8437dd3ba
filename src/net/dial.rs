//! Outgoing connections: open, prepare, connect, wait. The caller owns the timeout (drop the future) and the retries.

use crate::model::addr::Address;
use crate::model::dial_io::{DialIo, Source};
use crate::net::stream::Stream;
use crate::net::{abstract_sockaddr, namespace, set_keepalive, sys};
use socket2::{Domain, Protocol, SockAddr, Socket, Type};
use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::os::fd::AsFd;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;
use tokio::io::Interest;
use tokio::net::{TcpStream, UnixStream};

/// How many ports of a source range one connection tries before it gives up.
pub const SOURCE_PORTS_TRIED_MAX: usize = 64;

/// Why a connection could not be made.
#[derive(Debug)]
pub enum DialError {
    /// The other side said no.
    Refused(io::Error),
    /// No way there: no route, network or host down, or no such UNIX socket.
    Unreachable(io::Error),
    /// The kernel gave up waiting. The caller's own timeout usually comes first.
    TimedOut(io::Error),
    /// The other side broke it off.
    Reset(io::Error),
    /// We have no descriptor, memory or port left.
    Resource(io::Error),
    /// The source address cannot be used.
    Source(io::Error),
    /// A socket option was refused, or the address is of a kind that cannot be dialed.
    Setup(io::Error),
}

/// Connects to `address`. `foreign` is the source address for [`Source::Foreign`].
pub async fn dial(address: &Address, io: &DialIo, foreign: Option<SocketAddr>) -> Result<Stream, DialError> {
    match address {
        Address::Inet(inet) => dial_inet(*inet, io, foreign).await,
        Address::Unix(path) => dial_unix(SockAddr::unix(path).map_err(DialError::Setup)?).await,
        Address::Abstract(name) => dial_unix(abstract_sockaddr(name).map_err(DialError::Setup)?).await,
        Address::Fd(fd) => adopt(*fd),
    }
}

impl DialError {
    /// The system's own error.
    pub fn cause(&self) -> &io::Error {
        match self {
            DialError::Refused(error)
            | DialError::Unreachable(error)
            | DialError::TimedOut(error)
            | DialError::Reset(error)
            | DialError::Resource(error)
            | DialError::Source(error)
            | DialError::Setup(error) => error,
        }
    }

    /// Whether the fault is on this machine, so that another server would fare no better.
    pub fn is_local(&self) -> bool {
        matches!(self, DialError::Resource(_) | DialError::Source(_) | DialError::Setup(_))
    }

    fn of(error: io::Error) -> DialError {
        match error.raw_os_error() {
            Some(libc::ECONNREFUSED) => DialError::Refused(error),
            Some(libc::ETIMEDOUT) => DialError::TimedOut(error),
            Some(libc::ECONNRESET | libc::ECONNABORTED | libc::EPIPE) => DialError::Reset(error),
            Some(
                libc::EMFILE
                | libc::ENFILE
                | libc::ENOBUFS
                | libc::ENOMEM
                | libc::EAGAIN
                | libc::EADDRNOTAVAIL
                | libc::EADDRINUSE,
            ) => DialError::Resource(error),
            Some(
                libc::ENETUNREACH
                | libc::EHOSTUNREACH
                | libc::ENETDOWN
                | libc::EHOSTDOWN
                | libc::ENOENT
                | libc::EACCES
                | libc::EPERM,
            ) => DialError::Unreachable(error),
            _ => DialError::Setup(error),
        }
    }
}

impl fmt::Display for DialError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.cause().fmt(f)
    }
}

impl std::error::Error for DialError {}

async fn dial_inet(to: SocketAddr, io: &DialIo, foreign: Option<SocketAddr>) -> Result<Stream, DialError> {
    let socket = connect_from(to, io, foreign)?;
    let stream = TcpStream::from_std(socket.into()).map_err(DialError::Resource)?;
    // With TCP_FASTOPEN_CONNECT the socket is writable at once and the first write carries the handshake.
    let ready = stream.ready(Interest::WRITABLE | Interest::ERROR).await.map_err(DialError::of)?;
    if !(ready.is_error() || ready.is_read_closed() || ready.is_write_closed()) {
        return Ok(Stream::Tcp(stream));
    }
    match stream.take_error() {
        Ok(None) => Ok(Stream::Tcp(stream)),
        Ok(Some(error)) | Err(error) => Err(DialError::of(error)),
    }
}

/// A socket whose connection is on its way, from the source that was asked for.
fn connect_from(to: SocketAddr, io: &DialIo, foreign: Option<SocketAddr>) -> Result<Socket, DialError> {
    let attempts = match &io.source {
        Some(Source::Ports { first, last, .. }) => usize::from(last.saturating_sub(*first)) + 1,
        _ => 1,
    };
    let mut attempt = 0;
    loop {
        attempt += 1;
        let socket = prepared(to, io)?;
        let started = bind_source(&socket, io, foreign).and_then(|()| begin(&socket, to));
        match started {
            Ok(()) => return Ok(socket),
            Err(error) if is_port_taken(&error) && attempt < attempts.min(SOURCE_PORTS_TRIED_MAX) => {}
            Err(error) => return Err(error),
        }
    }
}

fn begin(socket: &Socket, to: SocketAddr) -> Result<(), DialError> {
    match socket.connect(&to.into()) {
        Ok(()) => Ok(()),
        Err(error) if error.raw_os_error() == Some(libc::EINPROGRESS) => Ok(()),
        Err(error) => Err(DialError::of(error)),
    }
}

fn is_port_taken(error: &DialError) -> bool {
    matches!(error.cause().raw_os_error(), Some(libc::EADDRINUSE | libc::EADDRNOTAVAIL))
}

fn prepared(to: SocketAddr, io: &DialIo) -> Result<Socket, DialError> {
    // One system call makes it non-blocking and close-on-exec.
    let open = || Socket::new_raw(Domain::for_address(to), Type::STREAM.nonblocking().cloexec(), Some(Protocol::TCP));
    let socket = match &io.namespace {
        Some(name) => namespace::within(name, open),
        None => open(),
    };
    let socket = socket.map_err(DialError::of)?;
    let options = || -> io::Result<()> {
        socket.set_tcp_nodelay(true)?;
        if let Some(mark) = io.mark {
            socket.set_mark(mark)?;
        }
        match (io.tos, to) {
            (Some(tos), SocketAddr::V4(_)) => socket.set_tos_v4(u32::from(tos))?,
            (Some(tos), SocketAddr::V6(_)) => socket.set_tclass_v6(u32::from(tos))?,
            (None, _) => {}
        }
        if let Some(name) = &io.interface {
            socket.bind_device(Some(name.as_bytes()))?;
        }
        if let Some(ms) = io.user_timeout_ms {
            socket.set_tcp_user_timeout(Some(Duration::from_millis(u64::from(ms))))?;
        }
        if let Some(keepalive) = &io.keepalive {
            set_keepalive(&socket, keepalive)?;
        }
        if io.fast_open {
            sys::set_fast_open_connect(socket.as_fd())?;
        }
        Ok(())
    };
    options().map_err(DialError::Setup)?;
    Ok(socket)
}

fn bind_source(socket: &Socket, io: &DialIo, foreign: Option<SocketAddr>) -> Result<(), DialError> {
    let from = match &io.source {
        None => return Ok(()),
        Some(Source::Ip(ip)) => SocketAddr::new(*ip, 0),
        Some(Source::Fixed(from)) => *from,
        Some(Source::Ports { ip, first, last }) => SocketAddr::new(*ip, next_port(*first, *last)),
        Some(Source::Foreign) => match foreign {
            Some(from) => from,
            None => return Ok(()),
        },
    };
    let bound = || -> io::Result<()> {
        if matches!(io.source, Some(Source::Foreign)) {
            match from.ip() {
                IpAddr::V4(_) => socket.set_ip_transparent_v4(true)?,
                IpAddr::V6(_) => socket.set_ip_transparent_v6(true)?,
            }
        }
        if from.port() == 0 {
            sys::set_bind_address_no_port(socket.as_fd())?;
        } else {
            socket.set_reuse_address(true)?;
        }
        socket.bind(&from.into())
    };
    bound().map_err(DialError::Source)
}

/// The next port of a source range. All ranges share one counter: what matters is that it moves on.
fn next_port(first: u16, last: u16) -> u16 {
    static TURN: AtomicU16 = AtomicU16::new(0);
    let size = u32::from(last.saturating_sub(first)) + 1;
    let step = u32::from(TURN.fetch_add(1, Ordering::Relaxed)) % size;
    first.saturating_add(u16::try_from(step).unwrap_or(0))
}

async fn dial_unix(to: SockAddr) -> Result<Stream, DialError> {
    let kind = Type::STREAM.nonblocking().cloexec();
    let socket = Socket::new_raw(Domain::UNIX, kind, None).map_err(DialError::of)?;
    // It succeeds or fails at once; EAGAIN means that the other side's queue is full.
    socket.connect(&to).map_err(DialError::of)?;
    Ok(Stream::Unix(UnixStream::from_std(socket.into()).map_err(DialError::Resource)?))
}

fn adopt(fd: i32) -> Result<Stream, DialError> {
    let socket = Socket::from(sys::inherited(fd).map_err(DialError::Setup)?);
    socket.set_nonblocking(true).map_err(DialError::Setup)?;
    let stream = match socket.domain().map_err(DialError::Setup)? {
        Domain::UNIX => UnixStream::from_std(socket.into()).map(Stream::Unix),
        _ => TcpStream::from_std(socket.into()).map(Stream::Tcp),
    };
    stream.map_err(DialError::Resource)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listener() -> (std::net::TcpListener, Address) {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let at = Address::Inet(listener.local_addr().unwrap());
        (listener, at)
    }

    #[tokio::test]
    async fn a_dialed_connection_has_no_nagle() {
        let (_listener, at) = listener();
        let Stream::Tcp(stream) = dial(&at, &DialIo::default(), None).await.unwrap() else { panic!("not TCP") };
        assert!(stream.nodelay().unwrap());
    }

    #[tokio::test]
    async fn failures_are_told_apart() {
        let (held, at) = listener();
        drop(held);
        assert!(matches!(dial(&at, &DialIo::default(), None).await, Err(DialError::Refused(_))));
        let gone = Address::Unix("/nonexistent/a.sock".into());
        assert!(matches!(dial(&gone, &DialIo::default(), None).await, Err(DialError::Unreachable(_))));
        let (_held, at) = listener();
        let io = DialIo { source: Some(Source::Ip("192.0.2.9".parse().unwrap())), ..DialIo::default() };
        let error = dial(&at, &io, None).await.unwrap_err();
        assert!(matches!(error, DialError::Source(_)) && error.is_local());
        let io = DialIo { interface: Some("nope0".into()), ..DialIo::default() };
        assert!(matches!(dial(&at, &io, None).await, Err(DialError::Setup(_))));
        assert!(matches!(dial(&Address::Fd(9999), &DialIo::default(), None).await, Err(DialError::Setup(_))));
    }

    #[tokio::test]
    async fn the_source_address_is_the_one_asked_for() {
        let (_listener, at) = listener();
        let io = DialIo { source: Some(Source::Ip("127.0.0.3".parse().unwrap())), ..DialIo::default() };
        let local = dial(&at, &io, None).await.unwrap().local().unwrap().inet().unwrap();
        assert_eq!(local.ip().to_string(), "127.0.0.3");
        assert_ne!(local.port(), 0);
    }

    #[tokio::test]
    async fn a_foreign_source_takes_the_privilege_for_it() {
        let (_listener, at) = listener();
        let io = DialIo { source: Some(Source::Foreign), ..DialIo::default() };
        let client: SocketAddr = "127.0.0.9:0".parse().unwrap();
        match dial(&at, &io, Some(client)).await {
            Ok(stream) => assert_eq!(stream.local().unwrap().inet().unwrap().ip(), client.ip()),
            Err(DialError::Source(error)) => assert_eq!(error.kind(), io::ErrorKind::PermissionDenied),
            Err(other) => panic!("{other:?}"),
        }
        // Without a client address there is nothing to imitate.
        assert!(dial(&at, &io, None).await.is_ok());
    }

    #[tokio::test]
    async fn a_source_range_passes_over_ports_in_use() {
        let (_listener, at) = listener();
        let ip: IpAddr = "127.0.0.4".parse().unwrap();
        let io = DialIo { source: Some(Source::Ports { ip, first: 42300, last: 42303 }), ..DialIo::default() };
        let mut ports = Vec::new();
        let mut open = Vec::new();
        for _ in 0..4 {
            let stream = dial(&at, &io, None).await.unwrap();
            ports.push(stream.local().unwrap().inet().unwrap().port());
            open.push(stream);
        }
        ports.sort_unstable();
        assert_eq!(ports, [42300, 42301, 42302, 42303]);
        assert!(dial(&at, &io, None).await.unwrap_err().is_local());
    }
}
