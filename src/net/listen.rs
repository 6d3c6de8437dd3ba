//! Listening sockets: bound once at boot, one per worker where the kernel can share the load, accepted from in bursts.
//!
//! It knows no limit but its own: to pause a listener, do not call it; to stop it, drop it and its `Receiver`.

use crate::model::addr::Address;
use crate::model::bind_io::{BindIo, Ipv6Scope};
use crate::net::stream::Stream;
use crate::net::{abstract_sockaddr, namespace, set_keepalive, sys, system_words};
use socket2::{Domain, SockAddr, Socket, Type};
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::os::fd::AsFd;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::net::{TcpListener, UnixListener};

/// How many connections one wake-up takes before other work gets its turn: what HAProxy does on a few threads.
pub const ACCEPTS_PER_WAKE_MAX: usize = 64;

/// The seconds a deferred connection may wait for its first data, after which the kernel hands it over as it is.
const DEFER_ACCEPT_S: u32 = 1;

/// The sockets of one address: one for each worker with TCP, one that all share otherwise.
#[derive(Debug)]
pub struct Receiver {
    address: Address,
    sockets: Vec<Socket>,
}

/// What went wrong while a socket was bound or started.
#[derive(Debug)]
pub struct BindError {
    /// A warning leaves a socket that works, an alert does not.
    pub severity: Severity,
    /// During which of the two steps.
    pub step: Step,
    protocol: &'static str,
    what: &'static str,
    detail: Option<String>,
    cause: String,
    address: Address,
}

/// How bad a [`BindError`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// The socket works, without what was asked.
    Warning,
    /// There is no socket.
    Alert,
}

/// The two steps of a listening socket's start; a message begins with the step's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// It gets its address.
    Binding,
    /// It listens.
    Starting,
}

/// One accepted connection.
#[derive(Debug)]
pub struct Accepted {
    /// The connection.
    pub stream: Stream,
    /// Where it comes from, for TCP.
    pub peer: Option<SocketAddr>,
}

/// One worker's end of a [`Receiver`].
#[derive(Debug)]
pub enum Listener {
    /// TCP.
    Tcp(TcpListener),
    /// A UNIX socket.
    Unix(UnixListener),
}

/// Whose a port is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ports {
    /// So many workers have a socket each, and other processes may have theirs.
    Shared(usize),
    /// One socket for all workers, and nobody else's: `noreuseport`.
    Own,
}

/// Binds every address of a `bind` line, without listening yet.
///
/// The first failure ends it: what was bound is closed again. Warnings are left in `warnings`.
pub fn bind(io: &BindIo, ports: Ports, warnings: &mut Vec<BindError>) -> Result<Vec<Receiver>, BindError> {
    io.addresses.iter().map(|address| bind_one(io, address, ports, warnings)).collect()
}

impl Receiver {
    /// Where it listens, as the configuration says it.
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// The address the kernel gave it, which tells a port when port 0 was asked for.
    pub fn bound_address(&self) -> Option<SocketAddr> {
        self.sockets.first()?.local_addr().ok()?.as_socket()
    }

    /// Starts to listen. Call it when every address of the configuration is bound.
    pub fn start(&self, io: &BindIo, warnings: &mut Vec<BindError>) -> Result<(), BindError> {
        let report = Report { address: &self.address, step: Step::Starting };
        for socket in &self.sockets {
            if self.address.inet().is_some() {
                set_tcp_options(socket, io, &report, warnings);
            }
            let backlog = i32::try_from(io.backlog.max(1)).unwrap_or(i32::MAX);
            socket.listen(backlog).map_err(|error| report.alert("cannot listen to socket", &error))?;
            if io.late_ack && self.address.inet().is_some() {
                // Only a hint: without it a request costs one segment more.
                let _ = socket.set_tcp_quickack(false);
            }
        }
        Ok(())
    }

    /// A new end for this worker (counted from 0), in its runtime. The receiver keeps its own, so that a later
    /// configuration may take the socket over.
    pub fn listener(&self, worker: usize) -> io::Result<Listener> {
        let at = worker % self.sockets.len().max(1);
        let socket = self.sockets.get(at).ok_or(io::ErrorKind::NotFound)?.try_clone()?;
        match socket.domain()? {
            Domain::UNIX => Ok(Listener::Unix(UnixListener::from_std(socket.into())?)),
            _ => Ok(Listener::Tcp(TcpListener::from_std(socket.into())?)),
        }
    }
}

impl Listener {
    /// Takes the next connection. Connections that died in the queue are skipped.
    ///
    /// An error is about resources (descriptors, memory): try again a little later.
    pub fn poll_accept(&self, cx: &mut Context<'_>) -> Poll<io::Result<Accepted>> {
        for _ in 0..ACCEPTS_PER_WAKE_MAX {
            let taken = match self {
                Listener::Tcp(io) => io
                    .poll_accept(cx)
                    .map_ok(|(stream, peer)| Accepted { stream: Stream::Tcp(stream), peer: Some(peer) }),
                Listener::Unix(io) => {
                    io.poll_accept(cx).map_ok(|(stream, _)| Accepted { stream: Stream::Unix(stream), peer: None })
                }
            };
            match taken {
                Poll::Ready(Err(error)) if died_in_queue(&error) => continue,
                taken => return taken,
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    /// [`Listener::poll_accept`], awaited.
    pub async fn accept(&self) -> io::Result<Accepted> {
        std::future::poll_fn(|cx| self.poll_accept(cx)).await
    }

    /// Waits for a connection, then hands over all that wait, up to `limit`: how many there were.
    pub async fn accept_burst(&self, limit: usize, mut take: impl FnMut(Accepted)) -> io::Result<usize> {
        let mut taken = 0;
        std::future::poll_fn(|cx| {
            while taken < limit {
                match self.poll_accept(cx) {
                    Poll::Ready(Ok(accepted)) => take(accepted),
                    Poll::Ready(Err(error)) if taken == 0 => return Poll::Ready(Err(error)),
                    Poll::Pending if taken == 0 => return Poll::Pending,
                    Poll::Ready(Err(_)) | Poll::Pending => break,
                }
                taken += 1;
            }
            Poll::Ready(Ok(taken))
        })
        .await
    }
}

fn bind_one(
    io: &BindIo,
    address: &Address,
    ports: Ports,
    warnings: &mut Vec<BindError>,
) -> Result<Receiver, BindError> {
    let (workers, shared) = match ports {
        Ports::Shared(workers) => (workers.max(1), true),
        Ports::Own => (1, false),
    };
    let report = Report { address, step: Step::Binding };
    let sockets = match address {
        Address::Inet(inet) => (0..workers)
            .map(|worker| bind_inet(io, *inet, shared, &report, &mut |warning| keep_first(worker, warning, warnings)))
            .collect::<Result<_, _>>()?,
        Address::Unix(path) => vec![unix::bind(path, io.unix, &report)?],
        Address::Abstract(name) => vec![unix::bind_abstract(name, &report)?],
        Address::Fd(fd) => vec![inherit(*fd, &report)?],
    };
    Ok(Receiver { address: address.clone(), sockets })
}

fn keep_first(worker: usize, warning: BindError, warnings: &mut Vec<BindError>) {
    // The sockets of the other workers would only repeat it.
    if worker == 0 {
        warnings.push(warning);
    }
}

fn bind_inet(
    io: &BindIo,
    inet: SocketAddr,
    shared: bool,
    report: &Report<'_>,
    warn: &mut dyn FnMut(BindError),
) -> Result<Socket, BindError> {
    let socket = open_inet(io, inet).map_err(|error| report.alert("cannot create receiving socket", &error))?;
    let prepared = || -> io::Result<()> {
        socket.set_reuse_address(true)?;
        socket.set_reuse_port(shared)?;
        socket.set_nonblocking(true)
    };
    prepared().map_err(|error| report.alert("cannot prepare receiving socket", &error))?;
    if io.transparent {
        let set = match inet {
            SocketAddr::V4(_) => socket.set_ip_transparent_v4(true).or_else(|_| socket.set_freebind_v4(true)),
            SocketAddr::V6(_) => socket.set_ip_transparent_v6(true).or_else(|_| socket.set_freebind_v6(true)),
        };
        set.map_err(|error| report.alert("cannot make receiving socket transparent", &error))?;
    }
    if let Some(name) = &io.interface
        && let Err(error) = socket.bind_device(Some(name.as_bytes()))
    {
        warn(report.warning("cannot bind receiver to device", Some(format!("'{name}'")), &error));
    }
    if inet.is_ipv6() {
        let only = io.ipv6 == Ipv6Scope::Ipv6Only;
        socket.set_only_v6(only).map_err(|error| report.alert("cannot set the scope of the socket", &error))?;
    }
    socket.bind(&inet.into()).map_err(|error| report.alert("cannot bind socket", &error))?;
    Ok(socket)
}

fn open_inet(io: &BindIo, inet: SocketAddr) -> io::Result<Socket> {
    let open = || Socket::new(Domain::for_address(inet), Type::STREAM, Some(socket2::Protocol::TCP));
    match &io.namespace {
        Some(name) => namespace::within(name, open),
        None => open(),
    }
}

fn inherit(fd: i32, report: &Report<'_>) -> Result<Socket, BindError> {
    let what = "cannot use file descriptor";
    let socket = Socket::from(sys::inherited(fd).map_err(|error| report.alert(what, &error))?);
    let usable = socket.local_addr().and_then(|_| socket.set_nonblocking(true));
    usable.map_err(|error| report.alert(what, &error))?;
    Ok(socket)
}

/// What accepted connections inherit is set here, once, and costs them no system call.
fn set_tcp_options(socket: &Socket, io: &BindIo, report: &Report<'_>, warnings: &mut Vec<BindError>) {
    let mut note = |what, detail: Option<String>, set: io::Result<()>| {
        if let Err(error) = set {
            let warning = report.warning(what, detail, &error);
            if !warnings.iter().any(|known| known.to_string() == warning.to_string()) {
                warnings.push(warning);
            }
        }
    };
    note("cannot disable Nagle's algorithm", None, socket.set_tcp_nodelay(true));
    if let Some(mss) = io.mss {
        note("cannot set MSS to", Some(format!("{mss},")), set_mss(socket, mss));
    }
    if let Some(ms) = io.user_timeout_ms {
        let limit = Some(Duration::from_millis(u64::from(ms)));
        note("cannot set TCP User Timeout", None, socket.set_tcp_user_timeout(limit));
    }
    if io.defer_accept {
        note("cannot enable DEFER_ACCEPT", None, sys::set_defer_accept(socket.as_fd(), DEFER_ACCEPT_S));
    }
    if io.fast_open {
        note("cannot enable TCP_FASTOPEN", None, sys::set_fast_open(socket.as_fd(), io.backlog));
    }
    if let Some(keepalive) = &io.keepalive {
        note("cannot enable keep-alive", None, set_keepalive(socket, keepalive));
    }
}

fn set_mss(socket: &Socket, mss: i32) -> io::Result<()> {
    let own = socket.tcp_mss()?;
    let wanted = if mss < 0 { own.saturating_sub(mss.unsigned_abs()) } else { mss.unsigned_abs() };
    socket.set_tcp_mss(wanted)
}

/// These say that one connection is gone, not that accepting is broken: `accept(2)`, "Error handling".
fn died_in_queue(error: &io::Error) -> bool {
    let network = [libc::ENETDOWN, libc::EPROTO, libc::EHOSTDOWN, libc::EHOSTUNREACH, libc::ENETUNREACH, libc::EPERM];
    matches!(error.kind(), io::ErrorKind::ConnectionAborted | io::ErrorKind::Interrupted)
        || error.raw_os_error().is_some_and(|code| network.contains(&code))
}

/// Makes the errors of one address.
struct Report<'a> {
    address: &'a Address,
    step: Step,
}

impl Report<'_> {
    fn alert(&self, what: &'static str, error: &io::Error) -> BindError {
        self.error(Severity::Alert, what, None, system_words(error))
    }

    fn warning(&self, what: &'static str, detail: Option<String>, error: &io::Error) -> BindError {
        self.error(Severity::Warning, what, detail, system_words(error))
    }

    fn error(&self, severity: Severity, what: &'static str, detail: Option<String>, cause: String) -> BindError {
        let (step, protocol) = (self.step, self.address.stream_protocol());
        BindError { severity, step, protocol, what, detail, cause, address: self.address.clone() }
    }
}

/// `protocol tcpv4: cannot bind socket (Address already in use) for [127.0.0.1:80]`
impl fmt::Display for BindError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "protocol {}: {}", self.protocol, self.what)?;
        if let Some(detail) = &self.detail {
            write!(f, " {detail}")?;
        }
        let link = if self.address.inet().is_some() { "for " } else { "" };
        write!(f, " ({}) {link}[{}]", self.cause, self.address)
    }
}

impl std::error::Error for BindError {}

/// UNIX sockets: a path is taken over so that it is never missing, not even for an instant.
mod unix {
    use super::*;
    use crate::model::bind_io::UnixAccess;
    use std::ffi::OsString;
    use std::os::unix::fs::PermissionsExt;
    use std::path::{Path, PathBuf};

    pub(super) fn bind(path: &Path, access: UnixAccess, report: &Report<'_>) -> Result<Socket, BindError> {
        let fresh = beside(path, "tmp");
        let spare = beside(path, "bak");
        remove(&fresh).map_err(|error| report.alert("error when trying to unlink previous UNIX socket", &error))?;
        remove(&spare).map_err(|error| report.alert("error when trying to unlink previous UNIX socket", &error))?;
        let had_previous = match std::fs::hard_link(path, &spare) {
            Ok(()) => true,
            Err(error) if error.kind() == io::ErrorKind::NotFound => false,
            Err(error) => return Err(report.alert("error when trying to preserve previous UNIX socket", &error)),
        };
        let bound = bind_fresh(&fresh, path, access, report);
        if bound.is_err() {
            let _ = std::fs::remove_file(&fresh);
        }
        if had_previous {
            let _ = std::fs::remove_file(&spare);
        }
        bound
    }

    fn bind_fresh(fresh: &Path, path: &Path, access: UnixAccess, report: &Report<'_>) -> Result<Socket, BindError> {
        let socket = open().map_err(|error| report.alert("cannot create receiving socket", &error))?;
        SockAddr::unix(fresh)
            .and_then(|address| socket.bind(&address))
            .map_err(|error| report.alert("cannot bind UNIX socket", &error))?;
        if access.uid.is_some() || access.gid.is_some() {
            std::os::unix::fs::chown(fresh, access.uid, access.gid)
                .map_err(|error| report.alert("cannot change UNIX socket ownership", &error))?;
        }
        if let Some(mode) = access.mode {
            std::fs::set_permissions(fresh, std::fs::Permissions::from_mode(mode))
                .map_err(|error| report.alert("cannot change UNIX socket permissions", &error))?;
        }
        std::fs::rename(fresh, path)
            .map_err(|error| report.alert("cannot switch final and temporary UNIX sockets", &error))?;
        Ok(socket)
    }

    pub(super) fn bind_abstract(name: &[u8], report: &Report<'_>) -> Result<Socket, BindError> {
        let what = "cannot bind UNIX socket";
        let socket = open().map_err(|error| report.alert("cannot create receiving socket", &error))?;
        abstract_sockaddr(name).and_then(|address| socket.bind(&address)).map_err(|error| match error.kind() {
            io::ErrorKind::AddrInUse => report.error(Severity::Alert, what, None, "already in use".to_owned()),
            _ => report.alert(what, &error),
        })?;
        Ok(socket)
    }

    fn open() -> io::Result<Socket> {
        let socket = Socket::new(Domain::UNIX, Type::STREAM, None)?;
        socket.set_nonblocking(true)?;
        Ok(socket)
    }

    /// `/run/a.sock` becomes `/run/a.sock.1234.tmp`, where 1234 is our process.
    fn beside(path: &Path, kind: &str) -> PathBuf {
        let mut name = OsString::from(path);
        name.push(format!(".{}.{kind}", std::process::id()));
        PathBuf::from(name)
    }

    fn remove(path: &Path) -> io::Result<()> {
        match std::fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::bind_io::UnixAccess;
    use crate::model::dial_io::DialIo;
    use crate::net::dial::dial;
    use std::os::unix::fs::PermissionsExt;

    fn io_of(address: Address) -> BindIo {
        BindIo { addresses: vec![address], backlog: 16, ..BindIo::default() }
    }

    fn loopback() -> Address {
        Address::Inet("127.0.0.1:0".parse().unwrap())
    }

    fn started(io: &BindIo, workers: usize) -> Vec<Receiver> {
        let mut warnings = Vec::new();
        let receivers = bind(io, Ports::Shared(workers), &mut warnings).unwrap();
        for receiver in &receivers {
            receiver.start(io, &mut warnings).unwrap();
        }
        assert!(warnings.is_empty(), "{}", warnings[0]);
        receivers
    }

    async fn exchange(listener: &Listener, to: &Address) {
        let io = DialIo::default();
        let (dialed, accepted) = tokio::join!(dial(to, &io, None), listener.accept());
        let (mut client, mut server) = (dialed.unwrap(), accepted.unwrap());
        client.write_all(b"ping").await.unwrap();
        let mut buf = [0; 8];
        assert_eq!(server.stream.read(&mut buf).await.unwrap(), 4);
        assert_eq!(server.peer.map(Address::Inet), client.local().filter(|local| local.inet().is_some()));
    }

    #[tokio::test]
    async fn every_family_accepts_what_is_dialed() {
        let path = std::env::temp_dir().join(format!("pointsman-listen-{}.sock", std::process::id()));
        let abstract_name = format!("pointsman-listen-{}", std::process::id());
        for address in [
            loopback(),
            Address::Inet("[::1]:0".parse().unwrap()),
            Address::Unix(path.clone()),
            Address::abns(abstract_name.as_bytes()),
            Address::Abstract(abstract_name.into_bytes()),
        ] {
            let receivers = started(&io_of(address.clone()), 1);
            let listener = receivers[0].listener(0).unwrap();
            let to = receivers[0].bound_address().map_or(address, Address::Inet);
            exchange(&listener, &to).await;
        }
        std::fs::remove_file(path).unwrap();
    }

    #[tokio::test]
    async fn an_inherited_descriptor_is_taken_as_it_is() {
        use std::os::fd::AsRawFd;
        let given = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let receivers = started(&io_of(Address::Fd(given.as_raw_fd())), 2);
        exchange(&receivers[0].listener(1).unwrap(), &given.local_addr().unwrap().into()).await;
        let error = bind(&io_of(Address::Fd(9999)), Ports::Shared(1), &mut Vec::new()).unwrap_err();
        assert_eq!(error.to_string(), "protocol fd: cannot use file descriptor (Bad file descriptor) [fd@9999]");
    }

    #[tokio::test]
    async fn what_a_listener_accepts_has_no_nagle() {
        let receivers = started(&io_of(loopback()), 1);
        let listener = receivers[0].listener(0).unwrap();
        let _client = tokio::net::TcpStream::connect(receivers[0].bound_address().unwrap()).await.unwrap();
        let Stream::Tcp(accepted) = listener.accept().await.unwrap().stream else { panic!("not TCP") };
        assert!(accepted.nodelay().unwrap());
    }

    #[tokio::test]
    async fn a_burst_stops_at_its_limit_and_at_the_end_of_the_queue() {
        let receivers = started(&io_of(loopback()), 1);
        let listener = receivers[0].listener(0).unwrap();
        let to = receivers[0].bound_address().unwrap();
        let mut clients = Vec::new();
        for _ in 0..5 {
            clients.push(tokio::net::TcpStream::connect(to).await.unwrap());
        }
        let mut taken = Vec::new();
        assert_eq!(listener.accept_burst(3, |one| taken.push(one)).await.unwrap(), 3);
        assert_eq!(listener.accept_burst(64, |one| taken.push(one)).await.unwrap(), 2);
        assert_eq!(taken.len(), 5);
    }

    #[test]
    fn each_worker_has_its_own_tcp_socket() {
        let port = {
            let probe = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
            probe.local_addr().unwrap()
        };
        let receivers = started(&io_of(Address::Inet(port)), 3);
        assert_eq!(receivers[0].sockets.len(), 3);
    }

    #[test]
    fn a_bind_that_fails_says_why_as_haproxy_does() {
        let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let at = taken.local_addr().unwrap();
        let error = bind(&io_of(Address::Inet(at)), Ports::Shared(1), &mut Vec::new()).unwrap_err();
        assert_eq!((error.severity, error.step), (Severity::Alert, Step::Binding));
        assert_eq!(
            error.to_string(),
            format!("protocol tcpv4: cannot bind socket (Address already in use) for [{at}]")
        );
        let error =
            bind(&io_of(Address::Unix("/nonexistent/a".into())), Ports::Shared(1), &mut Vec::new()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "protocol unix_stream: cannot bind UNIX socket (No such file or directory) [/nonexistent/a]"
        );
        let name = format!("pointsman-busy-{}", std::process::id());
        let _held = bind(&io_of(Address::abns(name.as_bytes())), Ports::Shared(1), &mut Vec::new()).unwrap();
        let error = bind(&io_of(Address::abns(name.as_bytes())), Ports::Shared(1), &mut Vec::new()).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("protocol abns_stream: cannot bind UNIX socket (already in use) [abns@{name}]")
        );
    }

    #[test]
    fn an_option_the_kernel_refuses_is_one_warning() {
        let io = BindIo { mss: Some(20), ..io_of(loopback()) };
        let mut warnings = Vec::new();
        let receivers = bind(&io, Ports::Shared(2), &mut warnings).unwrap();
        receivers[0].start(&io, &mut warnings).unwrap();
        assert_eq!(warnings.len(), 1);
        assert_eq!((warnings[0].severity, warnings[0].step), (Severity::Warning, Step::Starting));
        assert_eq!(
            warnings[0].to_string(),
            "protocol tcpv4: cannot set MSS to 20, (Invalid argument) for [127.0.0.1:0]"
        );
    }

    #[test]
    fn a_unix_socket_replaces_the_previous_one_with_its_mode() {
        let path = std::env::temp_dir().join(format!("pointsman-mode-{}.sock", std::process::id()));
        let io = BindIo {
            unix: UnixAccess { mode: Some(0o600), ..UnixAccess::default() },
            ..io_of(Address::Unix(path.clone()))
        };
        let first = started(&io, 1);
        let second = started(&io, 1);
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let left: Vec<_> = std::fs::read_dir(path.parent().unwrap())
            .unwrap()
            .filter_map(|entry| entry.ok())
            .filter(|entry| {
                entry.file_name().to_string_lossy().starts_with(path.file_name().unwrap().to_str().unwrap())
            })
            .collect();
        assert_eq!(left.len(), 1, "no .tmp and no .bak stay: {left:?}");
        drop((first, second));
        std::fs::remove_file(path).unwrap();
    }
}
