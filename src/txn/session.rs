//! A client connection as the rules see it, and one request with its response.

use std::cell::OnceCell;
use std::net::{IpAddr, SocketAddr};

use super::end::End;
use super::payload::Payload;
use super::timers::Timers;
use super::vars::{Overlay, Vars};
use crate::base::clock::Tick;
use crate::base::ids::{ProxyId, ServerId};
use crate::http::head::Head;

/// One client connection.
#[derive(Debug, Default)]
pub struct Session {
    /// The frontend it came in by.
    pub frontend: ProxyId,
    /// Where the client is, after the PROXY protocol; none for a UNIX socket.
    pub src: Option<SocketAddr>,
    /// Where the client wanted to go; none for a UNIX socket.
    pub dst: Option<SocketAddr>,
    /// When it was accepted.
    pub accepted: Tick,
    /// When it was accepted, in microseconds since the epoch.
    pub accepted_wall_us: u64,
    /// When its handshakes were over.
    pub established: Option<Tick>,
    /// Facts of its TLS layer.
    pub tls: Option<Box<TlsFacts>>,
    /// Name of the `bind` it came by, or its number.
    pub bind_name: std::sync::Arc<str>,
    /// Whether that `bind` is `ssl`.
    pub is_tls: bool,
    /// Number of the `bind` within the frontend, from 1.
    pub bind_uid: u32,
    /// Variables of scope `sess`.
    pub vars: Vars,
    /// Variables of scope `sess` that converters set or removed.
    pub overlay: OnceCell<Box<Overlay>>,
    /// Requests seen on it.
    pub requests: u32,
    /// What went wrong before any traffic: HAProxy's number and words.
    pub error: Option<Box<(i64, &'static str)>>,
    /// A level set by `set-log-level`, kept over requests.
    pub log_level: Option<LogLevel>,
}

/// What is known of a TLS layer.
#[derive(Clone, Debug, Default)]
pub struct TlsFacts {
    /// As `TLSv1.3`.
    pub version: &'static str,
    /// As `TLS_AES_128_GCM_SHA256`.
    pub cipher: &'static str,
    /// The name the client asked for.
    pub sni: Option<String>,
    /// The protocol agreed on.
    pub alpn: Option<String>,
    /// Whether the session was resumed.
    pub resumed: bool,
    /// Secret and cipher bits, 0 when unknown.
    pub key_bits: u16,
    /// Whether the client sent a certificate.
    pub client_certificate: bool,
    /// The other side's certificate, DER, if it presented one.
    pub peer_certificate: Option<Box<[u8]>>,
}

/// What `set-log-level` chose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogLevel {
    /// No line at all.
    Silent,
    /// A syslog level, 0 to 7.
    Level(u8),
}

/// One request and its response. Reused from request to request: [`Txn::reset`] keeps the memory.
#[derive(Debug, Default)]
pub struct Txn {
    /// The request's head, as edited so far.
    pub request: Head,
    /// The response's head; empty until it came.
    pub response: Head,
    /// The request line as received, for `%r` and its parts.
    pub request_line: Vec<u8>,
    /// Bytes of the method at the start of `request_line`, and offset of the target's end.
    pub line_marks: (u32, u32),
    /// The start of the request's body, as far as rules waited for it.
    pub request_body: Vec<u8>,
    /// The start of the response's body.
    pub response_body: Vec<u8>,
    /// What tcp rules may look at before anything was parsed.
    pub payload: Payload,
    /// Instants.
    pub timers: Timers,
    /// Microseconds since the epoch when the request's first byte came.
    pub wall_us: u64,
    /// The backend that was chosen; the frontend itself until then.
    pub backend: ProxyId,
    /// The server that was chosen.
    pub server: Option<ServerId>,
    /// What to print instead of a server's name when there is none.
    pub no_server: NoServer,
    /// Where the connection to the server goes from and to.
    pub server_local: Option<SocketAddr>,
    /// The server's address.
    pub server_peer: Option<SocketAddr>,
    /// Code sent to the client; 0 for none.
    pub status: u16,
    /// How it ended.
    pub end: End,
    /// Retries of the connection.
    pub retries: u32,
    /// Whether another server was tried.
    pub redispatched: bool,
    /// Position in the server's queue, and in the backend's, when it joined one.
    pub queue_positions: (u32, u32),
    /// Bytes from client to server, as counted.
    pub bytes_in: u64,
    /// Bytes from server to client, as counted.
    pub bytes_out: u64,
    /// Captured request headers, by slot.
    pub request_captures: Vec<Option<Vec<u8>>>,
    /// Captured response headers, by slot.
    pub response_captures: Vec<Option<Vec<u8>>>,
    /// Captured request cookie, as `name=value`.
    pub request_cookie: Option<Vec<u8>>,
    /// Captured response cookie.
    pub response_cookie: Option<Vec<u8>>,
    /// Variables of scope `txn`.
    pub vars: Vars,
    /// Variables of scope `req`.
    pub request_vars: Vars,
    /// Variables of scope `res`.
    pub response_vars: Vars,
    /// The unique id, once made.
    pub unique_id: Option<Vec<u8>>,
    /// A level set by `set-log-level`.
    pub log_level: Option<LogLevel>,
    /// Facts of the server connection's TLS layer.
    pub server_tls: Option<Box<TlsFacts>>,
    /// An address set by `set-dst`.
    pub dst: Option<SocketAddr>,
    /// An address set by `set-src`.
    pub src: Option<IpAddr>,
    /// A port set by `set-src-port`.
    pub src_port: Option<u16>,
    /// The number of this request in the process: `%rt`.
    pub number: u64,
    /// Counters as they stood when the log line is made: `%ac %fc %bc %sc`.
    pub counts: [u32; 4],
    /// Whether the log line is written before the exchange is over: `option logasap`.
    pub early: bool,
    /// When the client's persistence cookie was first given out, in units of four seconds.
    pub cookie_first_date: Option<u32>,
    /// Whether the persistence cookie was looked at.
    pub cookie_seen: bool,
    /// Whether the request was bad, so that there is no line to print.
    pub bad_request: bool,
    /// Variables of the other scopes that converters set or removed.
    pub overlay: Overlay,
    /// `set-timeout client`
    pub client_timeout: Option<std::time::Duration>,
    /// `set-timeout server`
    pub server_timeout: Option<std::time::Duration>,
    /// `set-timeout tunnel`
    pub tunnel_timeout: Option<std::time::Duration>,
    /// Set by `disable-l7-retry`: once it was sent, the request is not sent again.
    pub no_retry: bool,
    /// Set while a rule that asked to wait is entered again: it has had its time.
    pub waited: bool,
    /// Fields of `early-hint` rules that are to be sent in one response of code 103 before anything else.
    pub hints: Vec<(Vec<u8>, Vec<u8>)>,
    /// Memory that rules write formatted text into.
    pub scratch: Vec<u8>,
    /// A port offset or port that the client connection decides: `server x :+10`.
    pub server_is_bound: bool,
}

/// Why no server's name is in the log line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NoServer {
    /// None was chosen: `<NOSRV>`.
    #[default]
    None,
    /// The proxy answered by itself from its statistics: `<STATS>`.
    Stats,
    /// The proxy answered from its cache: `<CACHE>`.
    Cache,
    /// A service answered.
    Service(&'static str),
}

impl Txn {
    /// Makes it ready for the next request and keeps the memory.
    pub fn reset(&mut self, backend: ProxyId, start: Tick) {
        self.request.clear();
        self.response.clear();
        self.request_line.clear();
        self.request_body.clear();
        self.response_body.clear();
        self.payload.clear();
        self.payload.set_open(false);
        self.timers = Timers { start, ..Timers::default() };
        self.wall_us = 0;
        self.backend = backend;
        self.server = None;
        self.no_server = NoServer::None;
        self.server_local = None;
        self.server_peer = None;
        self.status = 0;
        self.end = End::default();
        self.retries = 0;
        self.redispatched = false;
        self.queue_positions = (0, 0);
        self.bytes_in = 0;
        self.bytes_out = 0;
        self.request_captures.clear();
        self.response_captures.clear();
        self.request_cookie = None;
        self.response_cookie = None;
        self.vars.clear();
        self.request_vars.clear();
        self.response_vars.clear();
        self.unique_id = None;
        self.log_level = None;
        self.server_tls = None;
        self.dst = None;
        self.src = None;
        self.src_port = None;
        self.overlay.get_mut().clear();
        self.waited = false;
        self.hints.clear();
        self.no_retry = false;
        self.client_timeout = None;
        self.server_timeout = None;
        self.tunnel_timeout = None;
        self.counts = [0; 4];
        self.cookie_seen = false;
        self.cookie_first_date = None;
        self.bad_request = false;
        self.early = false;
        self.server_is_bound = false;
    }

    /// Remembers the request line as received.
    pub fn keep_line(&mut self) {
        let (method, target) = (self.request.method().len(), self.request.target().len());
        self.request_line.clear();
        self.request_line.extend_from_slice(self.request.method());
        self.request_line.push(b' ');
        self.request_line.extend_from_slice(self.request.target());
        self.request_line.push(b' ');
        self.request_line.extend_from_slice(self.request.version_text());
        self.line_marks = (method as u32, (method + 1 + target) as u32);
    }
}
