//! A byte connection of the test side: TCP or UNIX, plain or TLS. Reads come back after a short while, with or without bytes.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr as UnixAddr, UnixStream};
use std::time::{Duration, Instant};

use rustls::{ClientConnection, ServerConnection, StreamOwned};
use socket2::{Domain, SockRef, Socket, Type};

/// How long one read waits, so that a thread notices the end of the run.
const POLL: Duration = Duration::from_millis(20);
/// A peer that does not read for so long has lost the rest.
const WRITE_MAX: Duration = Duration::from_secs(5);
const HANDSHAKE_MAX: Duration = Duration::from_secs(5);

pub(crate) enum Sock {
    Tcp(TcpStream),
    Unix(UnixStream),
}

pub(crate) enum Wire {
    Plain(Sock),
    Client(Box<StreamOwned<ClientConnection, Sock>>),
    Server(Box<StreamOwned<ServerConnection, Sock>>),
}

impl Sock {
    /// `/path`, `abns:name` or `address:port`; `from` is a local address without port.
    pub(crate) fn connect(target: &str, from: Option<&str>) -> io::Result<Sock> {
        let sock = if target.starts_with('/') {
            Sock::Unix(UnixStream::connect(target)?)
        } else if let Some(name) = target.strip_prefix("abns:") {
            Sock::Unix(UnixStream::connect_addr(&UnixAddr::from_abstract_name(name)?)?)
        } else {
            let to: SocketAddr = target.parse().map_err(io::Error::other)?;
            let socket = Socket::new(Domain::for_address(to), Type::STREAM, None)?;
            if let Some(from) = from {
                socket.bind(&SocketAddr::new(from.parse().map_err(io::Error::other)?, 0).into())?;
            }
            socket.connect(&to.into())?;
            Sock::Tcp(socket.into())
        };
        sock.prepared()
    }

    pub(crate) fn prepared(self) -> io::Result<Sock> {
        let socket = self.socket();
        socket.set_nonblocking(false)?;
        socket.set_read_timeout(Some(POLL))?;
        socket.set_write_timeout(Some(WRITE_MAX))?;
        if let Sock::Tcp(tcp) = &self {
            tcp.set_nodelay(true)?;
        }
        Ok(self)
    }

    fn socket(&self) -> SockRef<'_> {
        match self {
            Sock::Tcp(tcp) => SockRef::from(tcp),
            Sock::Unix(unix) => SockRef::from(unix),
        }
    }
}

impl Read for Sock {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        match self {
            Sock::Tcp(tcp) => tcp.read(buf),
            Sock::Unix(unix) => unix.read(buf),
        }
    }
}

impl Write for Sock {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        match self {
            Sock::Tcp(tcp) => tcp.write(buf),
            Sock::Unix(unix) => unix.write(buf),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Wire {
    /// Completes a TLS handshake; says what was agreed, or nothing for a plain wire.
    pub(crate) fn handshake(&mut self) -> Result<Option<String>, String> {
        let until = Instant::now() + HANDSHAKE_MAX;
        loop {
            let step = match self {
                Wire::Plain(_) => return Ok(None),
                Wire::Client(tls) if !tls.conn.is_handshaking() => return Ok(Some(super::tls::agreed(&tls.conn))),
                Wire::Server(tls) if !tls.conn.is_handshaking() => {
                    let sni = tls.conn.server_name().unwrap_or("-").to_string();
                    return Ok(Some(format!("sni={sni} {}", super::tls::agreed(&tls.conn))));
                }
                Wire::Client(tls) => tls.conn.complete_io(&mut tls.sock),
                Wire::Server(tls) => tls.conn.complete_io(&mut tls.sock),
            };
            match step {
                Ok(_) => {}
                Err(error) if is_idle(&error) && Instant::now() < until => {}
                Err(error) => return Err(super::tls::reason(&error)),
            }
        }
    }

    pub(crate) fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        match self {
            Wire::Plain(sock) => sock.read(buf),
            Wire::Client(tls) => tls.read(buf),
            Wire::Server(tls) => tls.read(buf),
        }
    }

    /// Sends everything, or as much as the peer takes: what it did not take shows in its own transcript.
    pub(crate) fn send(&mut self, bytes: &[u8]) {
        let _ = match self {
            Wire::Plain(sock) => sock.write_all(bytes),
            Wire::Client(tls) => tls.write_all(bytes).and_then(|()| tls.flush()),
            Wire::Server(tls) => tls.write_all(bytes).and_then(|()| tls.flush()),
        };
    }

    pub(crate) fn shut(&mut self) {
        match self {
            Wire::Plain(_) => {}
            Wire::Client(tls) => {
                tls.conn.send_close_notify();
                let _ = tls.conn.write_tls(&mut tls.sock);
            }
            Wire::Server(tls) => {
                tls.conn.send_close_notify();
                let _ = tls.conn.write_tls(&mut tls.sock);
            }
        }
        let _ = self.sock().socket().shutdown(Shutdown::Write);
    }

    /// Closing this wire sends RST.
    pub(crate) fn reset(&mut self) {
        let _ = self.sock().socket().set_linger(Some(Duration::ZERO));
    }

    fn sock(&self) -> &Sock {
        match self {
            Wire::Plain(sock) => sock,
            Wire::Client(tls) => &tls.sock,
            Wire::Server(tls) => &tls.sock,
        }
    }
}

/// No bytes yet, as opposed to no bytes ever.
pub(crate) fn is_idle(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut | io::ErrorKind::Interrupted)
}
