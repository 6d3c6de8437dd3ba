//! A connection with TLS on top: bytes in, records out, and the other way round.
//!
//! Ciphertext is read in large pieces into a buffer that the worker's connections share, and a small answer leaves with
//! one write. A server's session tickets join its first write.

use super::certs::Certificate;
use super::failure::HandshakeError;
use super::names;
use crate::net::stream::Stream;
use rustls::{Connection, HandshakeKind, ProtocolVersion};
use std::cell::Cell;
use std::fmt;
use std::future::poll_fn;
use std::io::{self, IoSlice, Read, Write};
use std::sync::Arc;
use std::task::{Context, Poll, ready};

/// The most ciphertext one read takes, bytes: two full records.
const READ_BYTES_MAX: usize = 2 * (16 * 1024 + 256);

/// The least ciphertext one read asks for, bytes, however small the reader's buffer is.
const READ_BYTES_MIN: usize = 4096;

thread_local! {
    /// Where ciphertext lands before it is deciphered, one for each worker.
    static SCRATCH: Cell<Option<Box<[u8]>>> = const { Cell::new(None) };
}

/// TLS over another stream.
pub struct TlsStream {
    io: Stream,
    connection: Connection,
    /// Ciphertext that was read and not deciphered yet. Nearly always empty.
    pending: Vec<u8>,
    /// Whether the last write was refused, so that ciphertext waits inside.
    is_blocked: bool,
    /// What was presented, on the accepting side.
    pub(super) certificate: Option<Arc<Certificate>>,
}

/// What a handshake agreed on.
#[derive(Clone, Copy)]
pub struct TlsInfo<'a>(&'a TlsStream);

impl TlsStream {
    pub(super) fn new(io: Stream, connection: Connection, pending: Vec<u8>) -> TlsStream {
        TlsStream { io, connection, pending, is_blocked: false, certificate: None }
    }

    /// Runs the handshake to its end, or tells the other side why not.
    pub(super) async fn handshake(&mut self) -> Result<(), HandshakeError> {
        let done = poll_fn(|cx| self.poll_handshake(cx)).await;
        if done.is_err() {
            // The alert leaves if it can: nobody waits for it.
            let _ = poll_fn(|cx| Poll::Ready(self.poll_send(cx))).await;
        }
        done
    }

    /// The stream below.
    pub fn inner(&self) -> &Stream {
        &self.io
    }

    /// What the handshake agreed on.
    pub fn info(&self) -> TlsInfo<'_> {
        TlsInfo(self)
    }

    /// See [`Stream::poll_read`]. An end without a goodbye is an end, as in HAProxy.
    pub fn poll_read(&mut self, cx: &mut Context<'_>, buf: &mut [u8]) -> Poll<io::Result<usize>> {
        if buf.is_empty() {
            return Poll::Ready(Ok(0));
        }
        loop {
            match self.connection.reader().read(buf) {
                Ok(n) => return Poll::Ready(Ok(n)),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Poll::Ready(Ok(0)),
                Err(error) => return Poll::Ready(Err(error)),
            }
            match self.poll_fill(cx, buf.len()) {
                Poll::Ready(Ok(_)) => {}
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error.into())),
                Poll::Pending => {
                    // Before waiting, let out what the other side may be waiting for.
                    return match self.poll_send(cx) {
                        Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
                        _ => Poll::Pending,
                    };
                }
            }
        }
    }

    /// See [`Stream::poll_readable`].
    pub(in crate::net) fn poll_readable(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if !self.pending.is_empty() || !self.connection.wants_read() {
            return Poll::Ready(Ok(()));
        }
        if let Poll::Ready(Err(error)) = self.poll_send(cx) {
            return Poll::Ready(Err(error));
        }
        self.io.poll_readable(cx)
    }

    /// See [`Stream::poll_write`].
    pub fn poll_write(&mut self, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.poll_write_vectored(cx, &[IoSlice::new(buf)])
    }

    /// See [`Stream::poll_write_vectored`]. The pieces share records.
    pub fn poll_write_vectored(&mut self, cx: &mut Context<'_>, bufs: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        if self.is_blocked {
            ready!(self.poll_send(cx))?;
        }
        let taken = self.connection.writer().write_vectored(bufs)?;
        // What the socket refuses now leaves before the next write, or with a flush.
        if let Poll::Ready(Err(error)) = self.poll_send(cx) {
            return Poll::Ready(Err(error));
        }
        Poll::Ready(Ok(taken))
    }

    /// See [`Stream::poll_flush`].
    pub fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_send(cx))?;
        self.io.poll_flush(cx)
    }

    /// See [`Stream::poll_shutdown`]: says goodbye, then closes the direction below.
    pub fn poll_shutdown(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.connection.send_close_notify();
        ready!(self.poll_send(cx))?;
        self.io.poll_shutdown(cx)
    }

    fn poll_handshake(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), HandshakeError>> {
        if !self.pending.is_empty() {
            let pending = std::mem::take(&mut self.pending);
            self.decipher(&pending)?;
        }
        loop {
            if !self.connection.is_handshaking() && self.may_tarry() {
                return Poll::Ready(Ok(()));
            }
            ready!(self.poll_send(cx)).map_err(HandshakeError::Io)?;
            if !self.connection.is_handshaking() {
                return Poll::Ready(Ok(()));
            }
            if ready!(self.poll_fill(cx, usize::MAX))? == 0 && self.connection.is_handshaking() {
                return Poll::Ready(Err(HandshakeError::Closed));
            }
        }
    }

    /// Whether what the handshake leaves unsent is only a TLS 1.3 server's tickets, for which no client waits.
    fn may_tarry(&self) -> bool {
        let is_server = matches!(self.connection, Connection::Server(_));
        is_server && self.connection.protocol_version() == Some(ProtocolVersion::TLSv1_3)
    }

    /// Reads a piece of ciphertext and deciphers it: its length, 0 at the end of the stream below.
    fn poll_fill(&mut self, cx: &mut Context<'_>, wanted: usize) -> Poll<Result<usize, HandshakeError>> {
        if !self.pending.is_empty() {
            let pending = std::mem::take(&mut self.pending);
            return Poll::Ready(self.decipher(&pending).map(|()| pending.len()));
        }
        let (connection, pending) = (&mut self.connection, &mut self.pending);
        let taken =
            poll_chunk(&mut self.io, cx, wanted, |bytes| decipher(connection, pending, bytes).map(|()| bytes.len()));
        match ready!(taken) {
            Ok(Some(deciphered)) => Poll::Ready(deciphered),
            Ok(None) => {
                // rustls has to see the end to report it to its reader.
                let seen = connection.read_tls(&mut io::empty()).map_err(HandshakeError::Io);
                Poll::Ready(seen)
            }
            Err(error) => Poll::Ready(Err(HandshakeError::Io(error))),
        }
    }

    fn decipher(&mut self, bytes: &[u8]) -> Result<(), HandshakeError> {
        decipher(&mut self.connection, &mut self.pending, bytes)
    }

    /// Sends all the ciphertext there is.
    fn poll_send(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while self.connection.wants_write() {
            let mut below = Below { io: &mut self.io, cx };
            match self.connection.write_tls(&mut below) {
                Ok(0) => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.is_blocked = true;
                    return Poll::Pending;
                }
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
        self.is_blocked = false;
        Poll::Ready(Ok(()))
    }
}

impl<'a> TlsInfo<'a> {
    /// `TLSv1.3`.
    pub fn version(self) -> &'static str {
        self.0.connection.protocol_version().map_or("unknown", names::version_name)
    }

    /// `TLS_AES_128_GCM_SHA256`, `ECDHE-RSA-AES128-GCM-SHA256`…
    pub fn cipher(self) -> &'static str {
        self.0.connection.negotiated_cipher_suite().map_or("(NONE)", |suite| names::cipher_name(suite.suite()))
    }

    /// The length of the cipher's key, bits.
    pub fn cipher_bits(self) -> u16 {
        self.0.connection.negotiated_cipher_suite().map_or(0, |suite| names::cipher_bits(suite.suite()))
    }

    /// The name that the client asked for, on the accepting side.
    pub fn sni(self) -> Option<&'a str> {
        match &self.0.connection {
            Connection::Server(connection) => connection.server_name(),
            Connection::Client(_) => None,
        }
    }

    /// The protocol agreed on, such as `h2`.
    pub fn alpn(self) -> Option<&'a [u8]> {
        self.0.connection.alpn_protocol()
    }

    /// Whether an earlier session was resumed.
    pub fn is_resumed(self) -> bool {
        self.0.connection.handshake_kind() == Some(HandshakeKind::Resumed)
    }

    /// The other side's chain, DER, leaf first. Empty if it presented none.
    pub fn peer_certificates(self) -> impl Iterator<Item = &'a [u8]> {
        self.0.connection.peer_certificates().unwrap_or_default().iter().map(AsRef::as_ref)
    }

    /// The certificate that the client asked for, on the accepting side.
    pub fn certificate(self) -> Option<&'a Certificate> {
        self.0.certificate.as_deref()
    }

    /// Key material of this connection: RFC 5705, RFC 9266 for `tls-exporter`.
    pub fn export_keying_material(self, output: &mut [u8], label: &[u8], context: Option<&[u8]>) -> bool {
        self.0.connection.export_keying_material(output, label, context).is_ok()
    }
}

impl fmt::Debug for TlsStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsStream").field("io", &self.io).field("pending", &self.pending.len()).finish_non_exhaustive()
    }
}

/// Reads once, about `wanted` bytes, and gives the piece to `take`. `None` is the end of the stream.
pub(super) fn poll_chunk<T>(
    io: &mut Stream,
    cx: &mut Context<'_>,
    wanted: usize,
    take: impl FnOnce(&[u8]) -> T,
) -> Poll<io::Result<Option<T>>> {
    let mut scratch = SCRATCH.take().unwrap_or_else(|| vec![0; READ_BYTES_MAX].into_boxed_slice());
    // Record overhead on top of what the reader has room for, so that little is left over.
    let limit = wanted.saturating_add(512).clamp(READ_BYTES_MIN, READ_BYTES_MAX);
    let read = io.poll_read(cx, scratch.get_mut(..limit).unwrap_or_default());
    let taken = read.map_ok(|n| if n == 0 { None } else { Some(take(scratch.get(..n).unwrap_or_default())) });
    SCRATCH.set(Some(scratch));
    taken
}

/// Gives ciphertext to rustls; what it has no room for waits in `pending` until the reader has read.
fn decipher(connection: &mut Connection, pending: &mut Vec<u8>, mut bytes: &[u8]) -> Result<(), HandshakeError> {
    while !bytes.is_empty() {
        match connection.read_tls(&mut bytes) {
            // After the other side's goodbye nothing counts.
            Ok(0) => return Ok(()),
            Ok(_) => {
                connection.process_new_packets().map_err(HandshakeError::of)?;
            }
            // No room, and nothing to read that would make some: a message longer than any that is allowed.
            Err(error) if connection.wants_read() => return Err(HandshakeError::Io(error)),
            Err(_) => {
                pending.extend_from_slice(bytes);
                return Ok(());
            }
        }
    }
    Ok(())
}

/// The stream below as std's `Write`, for rustls.
struct Below<'a, 'cx> {
    io: &'a mut Stream,
    cx: &'a mut Context<'cx>,
}

impl Write for Below<'_, '_> {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        blocking(self.io.poll_write(self.cx, buf))
    }

    fn write_vectored(&mut self, bufs: &[IoSlice<'_>]) -> io::Result<usize> {
        blocking(self.io.poll_write_vectored(self.cx, bufs))
    }

    fn flush(&mut self) -> io::Result<()> {
        blocking(self.io.poll_flush(self.cx))
    }
}

fn blocking<T>(polled: Poll<io::Result<T>>) -> io::Result<T> {
    match polled {
        Poll::Ready(done) => done,
        Poll::Pending => Err(io::ErrorKind::WouldBlock.into()),
    }
}
