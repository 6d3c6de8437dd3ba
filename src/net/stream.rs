//! One connection, whatever carries it: TCP, a UNIX socket, TLS over either, or memory in tests.
//!
//! Every operation tries first and waits afterwards, allocates nothing and buffers nothing of its own (TLS records
//! apart). It knows no protocol above bytes and no timeout.

use crate::model::addr::Address;
use crate::net::sys::{self, Pipe, TcpInfo};
use crate::net::tls::{TlsInfo, TlsStream};
use std::future::poll_fn;
use std::io::{self, IoSlice};
use std::net::SocketAddr;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, RawFd};
use std::pin::Pin;
use std::task::{Context, Poll, Waker, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, DuplexStream, Interest, ReadBuf};
use tokio::net::{TcpStream, UnixStream};

/// One end of a connection. It is small, so that the future of a connection is.
#[derive(Debug)]
pub enum Stream {
    /// TCP.
    Tcp(TcpStream),
    /// A UNIX socket.
    Unix(UnixStream),
    /// TLS over one of the others.
    Tls(Box<TlsStream>),
    /// A pipe in memory: no system call, no real time.
    Memory(DuplexStream),
    /// A connection that was closed, or is elsewhere meanwhile.
    Gone,
}

impl Stream {
    /// A pair of streams joined in memory, each direction holding at most `bytes` bytes.
    pub fn memory(bytes: usize) -> (Stream, Stream) {
        let (left, right) = tokio::io::duplex(bytes);
        (Stream::Memory(left), Stream::Memory(right))
    }

    /// Reads what is there into `buf`: the number of bytes, 0 at the end of the stream.
    pub fn poll_read(&mut self, cx: &mut Context<'_>, buf: &mut [u8]) -> Poll<io::Result<usize>> {
        match self {
            Stream::Tcp(io) => loop {
                match at_once(io, Interest::READABLE, buf.len(), |fd| sys::receive(fd, buf)) {
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => ready!(io.poll_read_ready(cx))?,
                    done => return Poll::Ready(done),
                }
            },
            Stream::Unix(io) => read_into(io, cx, buf),
            Stream::Memory(io) => read_into(io, cx, buf),
            Stream::Tls(io) => io.poll_read(cx, buf),
            Stream::Gone => Poll::Ready(Ok(0)),
        }
    }

    /// Writes a prefix of `buf`: how many bytes were taken.
    pub fn poll_write(&mut self, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        match self {
            Stream::Tcp(io) => loop {
                match at_once(io, Interest::WRITABLE, buf.len(), |fd| sys::send(fd, buf)) {
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => ready!(io.poll_write_ready(cx))?,
                    done => return Poll::Ready(done),
                }
            },
            Stream::Unix(io) => Pin::new(io).poll_write(cx, buf),
            Stream::Memory(io) => Pin::new(io).poll_write(cx, buf),
            Stream::Tls(io) => io.poll_write(cx, buf),
            Stream::Gone => Poll::Ready(Err(io::ErrorKind::NotConnected.into())),
        }
    }

    /// Writes a prefix of these pieces in one go: how many bytes were taken.
    pub fn poll_write_vectored(&mut self, cx: &mut Context<'_>, bufs: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        match self {
            Stream::Tcp(io) => Pin::new(io).poll_write_vectored(cx, bufs),
            Stream::Unix(io) => Pin::new(io).poll_write_vectored(cx, bufs),
            Stream::Memory(io) => Pin::new(io).poll_write_vectored(cx, bufs),
            Stream::Tls(io) => io.poll_write_vectored(cx, bufs),
            Stream::Gone => Poll::Ready(Err(io::ErrorKind::NotConnected.into())),
        }
    }

    /// Waits until all that was written has left this process.
    pub fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self {
            Stream::Tcp(io) => Pin::new(io).poll_flush(cx),
            Stream::Unix(io) => Pin::new(io).poll_flush(cx),
            Stream::Memory(io) => Pin::new(io).poll_flush(cx),
            Stream::Tls(io) => io.poll_flush(cx),
            Stream::Gone => Poll::Ready(Ok(())),
        }
    }

    /// Ends our direction; the other one goes on.
    pub fn poll_shutdown(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self {
            Stream::Tcp(io) => Pin::new(io).poll_shutdown(cx),
            Stream::Unix(io) => Pin::new(io).poll_shutdown(cx),
            Stream::Memory(io) => Pin::new(io).poll_shutdown(cx),
            Stream::Tls(io) => io.poll_shutdown(cx),
            Stream::Gone => Poll::Ready(Ok(())),
        }
    }

    /// Waits until there may be something to read, without reading it. Memory is always ready to be tried.
    pub fn poll_readable(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self {
            // Asked first without a place in the runtime's lists, which is dear.
            Stream::Tcp(io) if io.try_io(Interest::READABLE, || Ok(())).is_ok() => Poll::Ready(Ok(())),
            Stream::Tcp(io) => io.poll_read_ready(cx),
            Stream::Unix(io) => io.poll_read_ready(cx),
            Stream::Tls(io) => io.poll_readable(cx),
            Stream::Memory(_) | Stream::Gone => Poll::Ready(Ok(())),
        }
    }

    /// What a TLS handshake agreed on, if this is TLS.
    pub fn tls(&self) -> Option<TlsInfo<'_>> {
        match self {
            Stream::Tls(io) => Some(io.info()),
            _ => None,
        }
    }

    /// [`Stream::poll_read`], awaited.
    pub async fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        poll_fn(|cx| self.poll_read(cx, buf)).await
    }

    /// Writes and flushes all of `buf`.
    pub async fn write_all(&mut self, mut buf: &[u8]) -> io::Result<()> {
        while !buf.is_empty() {
            let taken = poll_fn(|cx| self.poll_write(cx, buf)).await?;
            if taken == 0 {
                return Err(io::ErrorKind::WriteZero.into());
            }
            buf = buf.get(taken..).unwrap_or_default();
        }
        self.flush().await
    }

    /// [`Stream::poll_flush`], awaited.
    pub async fn flush(&mut self) -> io::Result<()> {
        poll_fn(|cx| self.poll_flush(cx)).await
    }

    /// [`Stream::poll_shutdown`], awaited.
    pub async fn shutdown(&mut self) -> io::Result<()> {
        poll_fn(|cx| self.poll_shutdown(cx)).await
    }

    /// Whether an idle connection may be used again: still open, and nothing unexpected to read.
    ///
    /// Costs no system call unless the last turn of the event loop saw something happen on it.
    pub fn is_idle_and_open(&mut self) -> bool {
        let mut byte = [0];
        match self {
            // What the runtime has not been told of is not there; nobody is to be woken by it.
            Stream::Tcp(io) => {
                let read = at_once(io, Interest::READABLE, 1, |fd| sys::receive(fd, &mut byte));
                read.is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock)
            }
            _ => self.poll_read(&mut Context::from_waker(Waker::noop()), &mut byte).is_pending(),
        }
    }

    /// Makes the closing of this connection a reset instead of an orderly end.
    pub fn set_linger_zero(&self) -> io::Result<()> {
        self.with_socket(|socket| socket.set_linger(Some(Duration::ZERO)))
    }

    /// Sends small writes at once (`true`) or lets the kernel gather them.
    pub fn set_nodelay(&self, nodelay: bool) -> io::Result<()> {
        match self.carrier() {
            Stream::Tcp(io) => io.set_nodelay(nodelay),
            _ => Ok(()),
        }
    }

    /// Has the kernel acknowledge at once what comes next: the other end may wait for it before it sends more.
    pub fn acknowledge_at_once(&self) -> io::Result<()> {
        match self.carrier() {
            Stream::Tcp(io) => socket2::SockRef::from(io).set_tcp_quickack(true),
            _ => Ok(()),
        }
    }

    /// Marks the packets of this connection, for the kernel's routing rules.
    pub fn set_mark(&self, mark: u32) -> io::Result<()> {
        self.with_socket(|socket| socket.set_mark(mark))
    }

    /// Sets the type-of-service byte of this connection's packets.
    pub fn set_tos(&self, tos: u8) -> io::Result<()> {
        self.with_socket(|socket| match socket.local_addr()?.as_socket() {
            Some(SocketAddr::V4(_)) => socket.set_tos_v4(u32::from(tos)),
            Some(SocketAddr::V6(_)) => socket.set_tclass_v6(u32::from(tos)),
            None => Ok(()),
        })
    }

    /// The address of the other end, where it has one. A system call.
    pub fn peer(&self) -> Option<Address> {
        match self {
            Stream::Tcp(io) => io.peer_addr().ok().map(Address::Inet),
            Stream::Unix(io) => io.peer_addr().ok().and_then(unix_address),
            Stream::Tls(io) => io.inner().peer(),
            Stream::Memory(_) | Stream::Gone => None,
        }
    }

    /// The address of this end, where it has one. A system call.
    pub fn local(&self) -> Option<Address> {
        match self {
            Stream::Tcp(io) => io.local_addr().ok().map(Address::Inet),
            Stream::Unix(io) => io.local_addr().ok().and_then(unix_address),
            Stream::Tls(io) => io.inner().local(),
            Stream::Memory(_) | Stream::Gone => None,
        }
    }

    /// Where the client meant to go before a NAT rule of this machine redirected it. A system call.
    pub fn original_destination(&self) -> Option<SocketAddr> {
        let Stream::Tcp(io) = self.carrier() else { return None };
        let socket = socket2::SockRef::from(io);
        let found = match io.local_addr().ok()? {
            SocketAddr::V4(_) => socket.original_dst_v4(),
            SocketAddr::V6(_) => socket.original_dst_v6(),
        };
        found.ok()?.as_socket()
    }

    /// What the kernel knows about the connection, for TCP. A system call.
    pub fn tcp_info(&self) -> Option<TcpInfo> {
        match self.carrier() {
            Stream::Tcp(io) => sys::tcp_info(io.as_fd()).ok(),
            _ => None,
        }
    }

    /// The descriptor, for messages and for `show fd`. Memory has none.
    pub fn raw_fd(&self) -> Option<RawFd> {
        self.fd().map(|fd| fd.as_raw_fd())
    }

    /// Runs a non-blocking system call on the socket when it is ready for `interest`; `WouldBlock` waits.
    ///
    /// For plain TCP and UNIX sockets only: this is how `splice` moves bytes past this process.
    pub fn poll_io<R>(
        &self,
        cx: &mut Context<'_>,
        interest: Interest,
        mut call: impl FnMut(BorrowedFd<'_>) -> io::Result<R>,
    ) -> Poll<io::Result<R>> {
        loop {
            let done = match self {
                Stream::Tcp(io) => {
                    ready!(if interest.is_readable() { io.poll_read_ready(cx) } else { io.poll_write_ready(cx) })?;
                    io.try_io(interest, || call(io.as_fd()))
                }
                Stream::Unix(io) => {
                    ready!(if interest.is_readable() { io.poll_read_ready(cx) } else { io.poll_write_ready(cx) })?;
                    io.try_io(interest, || call(io.as_fd()))
                }
                _ => return Poll::Ready(Err(io::ErrorKind::Unsupported.into())),
            };
            match done {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => continue,
                done => return Poll::Ready(done),
            }
        }
    }

    /// Moves up to `bytes` bytes from here into an empty pipe: how many, 0 at the end of the stream.
    pub fn poll_splice_from(&self, cx: &mut Context<'_>, pipe: &mut Pipe, bytes: usize) -> Poll<io::Result<usize>> {
        if pipe.held() > 0 {
            return Poll::Ready(Err(io::ErrorKind::InvalidInput.into()));
        }
        self.poll_io(cx, Interest::READABLE, |fd| pipe.fill(fd, bytes))
    }

    /// Moves what a pipe holds to here: how many bytes.
    pub fn poll_splice_to(&self, cx: &mut Context<'_>, pipe: &mut Pipe) -> Poll<io::Result<usize>> {
        self.poll_io(cx, Interest::WRITABLE, |fd| pipe.drain(fd))
    }

    /// Whether bytes can be spliced from and to here.
    pub fn can_splice(&self) -> bool {
        matches!(self, Stream::Tcp(_) | Stream::Unix(_))
    }

    fn fd(&self) -> Option<BorrowedFd<'_>> {
        match self {
            Stream::Tcp(io) => Some(io.as_fd()),
            Stream::Unix(io) => Some(io.as_fd()),
            Stream::Tls(io) => io.inner().fd(),
            Stream::Memory(_) | Stream::Gone => None,
        }
    }

    /// The stream that carries TLS, or this one.
    fn carrier(&self) -> &Stream {
        match self {
            Stream::Tls(io) => io.inner(),
            _ => self,
        }
    }

    fn with_socket(&self, set: impl FnOnce(socket2::SockRef<'_>) -> io::Result<()>) -> io::Result<()> {
        match self.fd() {
            Some(fd) => set(socket2::SockRef::from(&fd)),
            None => Ok(()),
        }
    }
}

fn read_into(io: &mut (impl AsyncRead + Unpin), cx: &mut Context<'_>, buf: &mut [u8]) -> Poll<io::Result<usize>> {
    let mut into = ReadBuf::new(buf);
    ready!(Pin::new(io).poll_read(cx, &mut into))?;
    Poll::Ready(Ok(into.filled().len()))
}

/// Makes a call that moves up to `asked` bytes, if the socket is known to be ready; otherwise, and when the call says so,
/// `WouldBlock`. A call that moved less has used up what there was: that is remembered, and the next one waits first.
#[inline]
fn at_once(
    io: &TcpStream,
    interest: Interest,
    asked: usize,
    call: impl FnOnce(BorrowedFd<'_>) -> io::Result<usize>,
) -> io::Result<usize> {
    let mut moved = None;
    let done = io.try_io(interest, || match call(io.as_fd()) {
        Ok(count) if count > 0 && count < asked => {
            moved = Some(count);
            Err(io::ErrorKind::WouldBlock.into())
        }
        done => done,
    });
    moved.map_or(done, Ok)
}

impl From<TcpStream> for Stream {
    fn from(io: TcpStream) -> Self {
        Stream::Tcp(io)
    }
}

impl From<UnixStream> for Stream {
    fn from(io: UnixStream) -> Self {
        Stream::Unix(io)
    }
}

fn unix_address(addr: tokio::net::unix::SocketAddr) -> Option<Address> {
    use std::os::linux::net::SocketAddrExt;
    let addr: std::os::unix::net::SocketAddr = addr.into();
    let named = addr.as_pathname().map(|path| Address::Unix(path.to_path_buf()));
    named.or_else(|| addr.as_abstract_name().map(|name| Address::Abstract(name.to_vec())))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn tcp_pair() -> (Stream, Stream) {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (client, server) =
            tokio::join!(TcpStream::connect(listener.local_addr().unwrap()), async { listener.accept().await });
        (client.unwrap().into(), server.unwrap().0.into())
    }

    #[test]
    fn a_stream_is_small() {
        assert!(size_of::<Stream>() <= 40, "{}", size_of::<Stream>());
    }

    #[tokio::test]
    async fn bytes_and_half_closes_cross_every_kind() {
        let unix = UnixStream::pair().unwrap();
        for (mut a, mut b) in [tcp_pair().await, (unix.0.into(), unix.1.into()), Stream::memory(64)] {
            a.write_all(b"hello").await.unwrap();
            let mut buf = [0; 16];
            assert_eq!(b.read(&mut buf).await.unwrap(), 5);
            a.shutdown().await.unwrap();
            assert_eq!(b.read(&mut buf).await.unwrap(), 0);
            let parts = [IoSlice::new(b"one "), IoSlice::new(b"two")];
            let mut sent = poll_fn(|cx| b.poll_write_vectored(cx, &parts)).await.unwrap();
            // A pipe in memory takes one piece at a time.
            if sent == 4 {
                sent += poll_fn(|cx| b.poll_write(cx, b"two")).await.unwrap();
            }
            assert_eq!(sent, 7);
            let mut got = Vec::new();
            while got.len() < 7 {
                let n = a.read(&mut buf).await.unwrap();
                got.extend_from_slice(&buf[..n]);
            }
            assert_eq!(got, b"one two");
        }
    }

    #[tokio::test]
    async fn an_idle_connection_is_seen_to_be_open_dirty_or_closed() {
        let (mut a, mut b) = tcp_pair().await;
        tokio::task::yield_now().await;
        assert!(a.is_idle_and_open());
        b.write_all(b"surprise").await.unwrap();
        tokio::time::sleep(Duration::from_millis(10)).await;
        assert!(!a.is_idle_and_open());
        let (mut a, b) = tcp_pair().await;
        drop(b);
        tokio::time::sleep(Duration::from_millis(10)).await;
        assert!(!a.is_idle_and_open());
        let (mut a, b) = Stream::memory(8);
        assert!(a.is_idle_and_open());
        drop(b);
        assert!(!a.is_idle_and_open());
    }

    #[tokio::test]
    async fn spliced_bytes_arrive_whole() {
        let ((mut client, server), (near, mut origin)) = (tcp_pair().await, tcp_pair().await);
        let sent: Vec<u8> = (0..300_000u32).map(|at| (at % 251) as u8).collect();
        let relay = async {
            let mut pipe = Pipe::new(64 * 1024).unwrap();
            let mut moved = 0;
            while poll_fn(|cx| server.poll_splice_from(cx, &mut pipe, 64 * 1024)).await.unwrap() > 0 {
                while pipe.held() > 0 {
                    moved += poll_fn(|cx| near.poll_splice_to(cx, &mut pipe)).await.unwrap();
                }
            }
            drop(near);
            moved
        };
        let (_, moved, got) = tokio::join!(
            async {
                client.write_all(&sent).await.unwrap();
                client.shutdown().await.unwrap();
            },
            relay,
            async {
                let (mut got, mut buf) = (Vec::new(), vec![0; 10_000]);
                loop {
                    match origin.read(&mut buf).await.unwrap() {
                        0 => return got,
                        n => got.extend_from_slice(&buf[..n]),
                    }
                }
            }
        );
        assert!(moved == sent.len() && got == sent);
    }

    #[tokio::test]
    async fn linger_zero_makes_a_reset() {
        let (a, mut b) = tcp_pair().await;
        a.set_linger_zero().unwrap();
        drop(a);
        let error = b.read(&mut [0; 4]).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::ConnectionReset);
    }

    #[tokio::test]
    async fn the_kernel_tells_addresses_and_round_trips() {
        let (a, b) = tcp_pair().await;
        assert_eq!(a.peer(), b.local());
        assert_eq!(a.local(), b.peer());
        assert!(a.tcp_info().unwrap().rtt_us > 0);
        assert!(a.raw_fd().is_some());
        assert_eq!(Stream::memory(1).0.peer(), None);
    }
}
