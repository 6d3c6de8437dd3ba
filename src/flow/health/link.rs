//! A check's connection: opened as the server line says, with a deadline for everything.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::outcome::{Outcome, Status};
use crate::base::ids::ServerId;
use crate::base::limits::BUFFER_BYTES;
use crate::flow::worker::Worker;
use crate::model::addr::Address;
use crate::model::check::Connect;
use crate::model::config::Proxy;
use crate::model::server::{CheckOptions, ServerOptions};
use crate::net::dial::{DialError, dial};
use crate::net::stream::Stream;
use crate::net::tls::TlsConnector;
use crate::proto::proxy_line;

/// What the checks of one server need to know.
pub struct Target {
    /// The worker that checks.
    pub worker: Rc<Worker>,
    /// The server.
    pub server: ServerId,
    /// What TLS connections are made with, and why there is nothing to make them with.
    pub connector: Option<Arc<TlsConnector>>,
}

impl Target {
    /// The server's options.
    pub fn options(&self) -> &ServerOptions {
        &self.worker.config.server(self.server).options
    }

    /// How it is checked.
    pub fn check(&self) -> &CheckOptions {
        &self.options().check
    }

    /// Its backend.
    pub fn backend(&self) -> &Proxy {
        self.worker.config.proxy(self.worker.live.server(self.server).proxy)
    }

    /// Whether checks use TLS: as the traffic does, unless they go elsewhere.
    pub fn uses_tls(options: &ServerOptions) -> bool {
        options.check.ssl.unwrap_or(options.ssl && !goes_elsewhere(&options.check))
    }

    /// Where a check connects to.
    pub fn address(&self, connect: Option<&Connect>) -> Option<Address> {
        let check = self.check();
        let server = self.worker.config.server(self.server).address.as_ref();
        let own = connect.filter(|connect| !connect.default);
        let address = own.and_then(|own| own.addr.as_ref()).or(check.addr.as_ref()).or(server)?;
        let Address::Inet(inet) = address else { return Some(address.clone()) };
        let port_of = |address: Option<&Address>| address?.inet().map(|inet| inet.port());
        let port = own
            .and_then(|own| own.port)
            .or(Some(inet.port()).filter(|port| *port > 0 && own.is_some_and(|own| own.addr.is_some())));
        let port = port.or(check.port).or(Some(inet.port()).filter(|port| *port > 0)).or(port_of(server))?;
        Some(Address::Inet(SocketAddr::new(inet.ip(), port)))
    }

    /// Opens a connection; what goes wrong is said with `place` behind it.
    pub async fn open(&self, connect: Option<&Connect>, clock: &mut Clock, place: &str) -> Result<Link, Outcome> {
        let Some(address) = self.address(connect) else {
            return Err(Outcome::new(Status::Socket, 0, format!("no address or port to check{place}")));
        };
        clock.connecting();
        let opening = dial(&address, &self.options().dial, None);
        let stream = match clock.within(opening).await {
            None => return Err(Outcome::new(Status::Layer4TimedOut, 0, place)),
            Some(Err(error)) => return Err(refused(&error, place)),
            Some(Ok(stream)) => stream,
        };
        clock.connected();
        let mut link = Link {
            stream,
            input: Vec::new(),
            ended: false,
            is_tls: false,
            lingers: connect.is_some_and(|connect| connect.linger),
        };
        if let Some(header) = self.proxy_header(connect, &link.stream) {
            link.send(&header, clock).await.map_err(|broken| broken.outcome(Status::Layer4TimedOut, place))?;
        }
        let own = connect.filter(|connect| !connect.default);
        let tls =
            own.map_or_else(|| Target::uses_tls(self.options()), |own| own.ssl || Target::uses_tls(self.options()));
        if tls { self.secure(link, own, clock, place).await } else { Ok(link) }
    }

    /// Opens a connection without TLS or PROXY protocol, wherever it goes.
    pub async fn open_plain(&self, address: &Address, clock: &mut Clock) -> Result<Link, Outcome> {
        clock.connecting();
        match clock.within(dial(address, &self.options().dial, None)).await {
            None => Err(Outcome::of(Status::Layer4TimedOut)),
            Some(Err(error)) => Err(refused(&error, "")),
            Some(Ok(stream)) => {
                clock.connected();
                Ok(Link { stream, input: Vec::new(), ended: false, is_tls: false, lingers: false })
            }
        }
    }

    async fn secure(&self, link: Link, own: Option<&Connect>, clock: &Clock, place: &str) -> Result<Link, Outcome> {
        let Some(connector) = &self.connector else {
            return Err(Outcome::new(Status::Layer6Invalid, 0, format!("SSL handshake failure{place}")));
        };
        let check = self.check();
        let sni = own.and_then(|own| own.sni.as_deref()).or(check.sni.as_deref());
        let alpn = own.and_then(|own| own.alpn.as_deref()).or(check.alpn.as_deref()).unwrap_or_default();
        let alpn = alpn.split(',').filter(|name| !name.is_empty()).map(|name| name.as_bytes().to_vec()).collect();
        let lingers = link.lingers;
        let shaking = connector.connect(link.into_stream(), sni, Some(alpn));
        match clock.within(shaking).await {
            None => Err(Outcome::new(Status::Layer6TimedOut, 0, place)),
            Some(Err(error)) => Err(Outcome::new(Status::Layer6Invalid, 0, format!("{}{place}", error.check_words()))),
            Some(Ok(stream)) => Ok(Link { stream, input: Vec::new(), ended: false, is_tls: true, lingers }),
        }
    }

    /// The PROXY protocol's header, where checks send one: version 1 tells our own addresses, version 2 says `LOCAL`.
    fn proxy_header(&self, connect: Option<&Connect>, stream: &Stream) -> Option<Vec<u8>> {
        let options = self.options();
        let asked = connect.is_some_and(|connect| connect.send_proxy) || options.check.send_proxy == Some(true);
        let follows = options.send_proxy > 0 && !goes_elsewhere(&options.check);
        if !asked && !follows {
            return None;
        }
        if options.send_proxy == 2 {
            return Some(b"\r\n\r\n\0\r\nQUIT\n\x20\0\0\0".to_vec());
        }
        let end = |address: Option<Address>| address.and_then(|address| address.inet());
        let mut header = Vec::with_capacity(64);
        proxy_line::write_line(end(stream.local()).zip(end(stream.peer())), &mut header);
        Some(header)
    }
}

fn goes_elsewhere(check: &CheckOptions) -> bool {
    check.port.is_some() || check.addr.is_some()
}

fn refused(error: &DialError, place: &str) -> Outcome {
    let words = format!("{}{place}", system_words(error.cause()));
    Outcome::new(if error.is_local() { Status::Socket } else { Status::Layer4Failed }, 0, words)
}

/// The deadline of a check. With `timeout check`, connecting has its own time, and what follows another; without it
/// everything happens within the interval.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    end: Instant,
    connect: Duration,
    then: Option<Duration>,
}

impl Clock {
    /// The clock of a check that begins now.
    pub fn new(inter: Duration, connect: Option<Duration>, check: Option<Duration>) -> Clock {
        let connect = if check.is_some() { connect.map_or(inter, |connect| connect.min(inter)) } else { inter };
        Clock { end: Instant::now() + inter, connect, then: check }
    }

    /// A connection is being opened.
    pub fn connecting(&mut self) {
        if self.then.is_some() {
            self.end = Instant::now() + self.connect;
        }
    }

    /// A connection was opened.
    pub fn connected(&mut self) {
        if let Some(then) = self.then {
            self.end = Instant::now() + then;
        }
    }

    /// What comes of it in time.
    pub async fn within<F: Future>(&self, doing: F) -> Option<F::Output> {
        timeout_at(self.end, doing).await.ok()
    }
}

/// An open connection, and what came in by it.
pub struct Link {
    stream: Stream,
    /// The bytes so far, at most a buffer's worth.
    pub input: Vec<u8>,
    /// Whether nothing more will come.
    pub ended: bool,
    /// Whether TLS is spoken.
    pub is_tls: bool,
    lingers: bool,
}

/// Why a link is of no use any more.
#[derive(Debug)]
pub enum Broken {
    /// The time is over.
    TimedOut,
    /// The system says why.
    Failed(io::Error),
}

impl Broken {
    /// The result for a check; `timed_out` is the status for a deadline that passed.
    pub fn outcome(self, timed_out: Status, place: &str) -> Outcome {
        match self {
            Broken::TimedOut => Outcome::new(timed_out, 0, place),
            Broken::Failed(error) => {
                let words = system_words(&error);
                let name = match error.raw_os_error() {
                    Some(libc::ECONNRESET) => "ECONNRESET",
                    Some(libc::EPIPE) => "EPIPE",
                    Some(libc::ETIMEDOUT) => "ETIMEDOUT",
                    _ => return Outcome::new(Status::Socket, 0, format!("{words}{place}")),
                };
                Outcome::new(Status::Socket, 0, format!("{name} returned by OS ({words}){place}"))
            }
        }
    }
}

impl Link {
    /// Sends bytes; what was received before is forgotten.
    pub async fn send(&mut self, bytes: &[u8], clock: &Clock) -> Result<(), Broken> {
        self.input.clear();
        match clock.within(self.stream.write_all(bytes)).await {
            None => Err(Broken::TimedOut),
            Some(result) => result.map_err(Broken::Failed),
        }
    }

    /// Waits for more bytes; false when there will be none.
    pub async fn more(&mut self, clock: &Clock) -> Result<bool, Broken> {
        let left = BUFFER_BYTES.saturating_sub(self.input.len());
        if self.ended || left == 0 {
            self.ended = true;
            return Ok(false);
        }
        let start = self.input.len();
        self.input.resize(start + left.min(4096), 0);
        let room = self.input.get_mut(start..).unwrap_or_default();
        let read = clock.within(self.stream.read(room)).await;
        let count = if let Some(Ok(count)) = &read { *count } else { 0 };
        self.input.truncate(start + count);
        match read {
            None => Err(Broken::TimedOut),
            Some(Err(error)) => Err(Broken::Failed(error)),
            Some(Ok(count)) => {
                self.ended = count == 0;
                Ok(count > 0)
            }
        }
    }

    /// Closes it: with a reset, so that no port stays behind, unless it is to linger.
    pub fn close(self) {
        if !self.lingers {
            let _ = self.stream.set_linger_zero();
        }
    }

    fn into_stream(self) -> Stream {
        self.stream
    }
}

/// The system's words for an error, without its number.
fn system_words(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or_default().to_owned()
}
