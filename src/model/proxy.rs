//! What a proxy is told to do. The part that `defaults` hands down is `Settings`.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use super::check::HealthCheck;
use super::log_target::LogTarget;
use super::server::ServerOptions;
use crate::base::diag::Place;
use crate::sample::{Expr, Format};

/// Which sides a proxy has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Takes connections.
    Frontend,
    /// Has servers.
    Backend,
    /// Both.
    Listen,
}

impl Kind {
    /// Whether it takes connections.
    pub fn is_frontend(self) -> bool {
        self != Kind::Backend
    }

    /// Whether it has servers.
    pub fn is_backend(self) -> bool {
        self != Kind::Frontend
    }

    /// The section's word.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Frontend => "frontend",
            Kind::Backend => "backend",
            Kind::Listen => "listen",
        }
    }
}

/// What flows through a proxy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Bytes.
    #[default]
    Tcp,
    /// HTTP messages.
    Http,
    /// Log lines, from `log-forward` to a `backend` of mode log.
    Log,
    /// SPOE agents.
    Spop,
}

impl Mode {
    /// The word in `mode`.
    pub fn word(self) -> &'static str {
        match self {
            Mode::Tcp => "tcp",
            Mode::Http => "http",
            Mode::Log => "log",
            Mode::Spop => "spop",
        }
    }
}

/// The timeouts of a proxy; none means unlimited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Timeouts {
    /// `timeout client`
    pub client: Option<Duration>,
    /// `timeout server`
    pub server: Option<Duration>,
    /// `timeout connect`
    pub connect: Option<Duration>,
    /// `timeout queue`
    pub queue: Option<Duration>,
    /// `timeout check`
    pub check: Option<Duration>,
    /// `timeout http-request`
    pub http_request: Option<Duration>,
    /// `timeout http-keep-alive`
    pub http_keep_alive: Option<Duration>,
    /// `timeout tunnel`
    pub tunnel: Option<Duration>,
    /// `timeout client-fin`
    pub client_fin: Option<Duration>,
    /// `timeout server-fin`
    pub server_fin: Option<Duration>,
    /// `timeout tarpit`
    pub tarpit: Option<Duration>,
    /// `timeout client-hs`
    pub client_hs: Option<Duration>,
}

/// Options that are on or off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options(pub u64);

macro_rules! options {
    ($($(#[$doc:meta])* $name:ident = $bit:literal;)+) => {
        impl Options {
            $($(#[$doc])* pub const $name: u64 = 1 << $bit;)+
        }
    };
}

options! {
    /// `option dontlognull`
    DONT_LOG_NULL = 0;
    /// `option dontlog-normal`
    DONT_LOG_NORMAL = 1;
    /// `option logasap`
    LOG_ASAP = 2;
    /// `option redispatch`
    REDISPATCH = 3;
    /// `option http-server-close`
    SERVER_CLOSE = 4;
    /// `option httpclose`
    CLOSE = 5;
    /// `option http-keep-alive`
    KEEP_ALIVE = 6;
    /// `option abortonclose`
    ABORT_ON_CLOSE = 7;
    /// `option allbackups`
    ALL_BACKUPS = 8;
    /// `option log-health-checks`
    LOG_HEALTH_CHECKS = 9;
    /// `option log-separate-errors`
    LOG_SEPARATE_ERRORS = 10;
    /// `option prefer-last-server`
    PREFER_LAST_SERVER = 11;
    /// `option persist`
    PERSIST = 12;
    /// `option http-no-delay`
    HTTP_NO_DELAY = 13;
    /// `option http-buffer-request`
    BUFFER_REQUEST = 14;
    /// `option http-ignore-probes`
    IGNORE_PROBES = 15;
    /// `option http-use-proxy-header`
    USE_PROXY_HEADER = 16;
    /// `option socket-stats`
    SOCKET_STATS = 17;
    /// `option tcpka`, `clitcpka`
    CLIENT_KEEP_ALIVE = 18;
    /// `option tcpka`, `srvtcpka`
    SERVER_KEEP_ALIVE = 19;
    /// `option tcp-smart-accept`
    SMART_ACCEPT = 20;
    /// `option tcp-smart-connect`
    SMART_CONNECT = 21;
    /// `option splice-auto`
    SPLICE_AUTO = 22;
    /// `option splice-request`
    SPLICE_REQUEST = 23;
    /// `option splice-response`
    SPLICE_RESPONSE = 24;
    /// `option nolinger`
    NO_LINGER = 25;
    /// `option checkcache`
    CHECK_CACHE = 26;
    /// `option http_proxy`
    HTTP_PROXY = 27;
    /// `option contstats`
    CONT_STATS = 28;
    /// `option independent-streams`
    INDEPENDENT_STREAMS = 29;
    /// `option h1-case-adjust-bogus-client`
    CASE_ADJUST_CLIENT = 30;
    /// `option h1-case-adjust-bogus-server`
    CASE_ADJUST_SERVER = 31;
    /// `option accept-unsafe-violations-in-http-request`
    ACCEPT_BAD_REQUESTS = 32;
    /// `option accept-unsafe-violations-in-http-response`
    ACCEPT_BAD_RESPONSES = 33;
    /// `option http-restrict-req-hdr-names` was given
    RESTRICT_NAMES = 34;
    /// `option transparent`
    TRANSPARENT = 35;
    /// `option idle-close-on-response`
    IDLE_CLOSE_ON_RESPONSE = 36;
    /// `option disable-h2-upgrade`
    NO_H2_UPGRADE = 37;
    /// `option http-pretend-keepalive`
    PRETEND_KEEP_ALIVE = 38;
    /// `option h1-drop-request-body-on-early-response` and kin that change nothing that is observable here
    NO_MEANING = 39;
    /// `option external-check`
    EXTERNAL_CHECK = 40;
    /// `option originalto` and `forwarded` carry their own data; this is `option http-drop-request-trailers`
    DROP_REQUEST_TRAILERS = 41;
    /// `option http-drop-response-trailers`
    DROP_RESPONSE_TRAILERS = 42;
}

impl Options {
    /// Whether an option is on.
    #[inline]
    pub fn has(self, bit: u64) -> bool {
        self.0 & bit != 0
    }

    /// Turns an option on or off.
    pub fn put(&mut self, bit: u64, on: bool) {
        if on {
            self.0 |= bit;
        } else {
            self.0 &= !bit;
        }
    }
}

/// A network: address and prefix length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    /// An address of it.
    pub address: IpAddr,
    /// Bits of the prefix.
    pub bits: u8,
}

impl Network {
    /// Whether the address lies in it; the families must agree.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(net), IpAddr::V4(host)) => {
                let mask = u32::MAX.checked_shl(32 - u32::from(self.bits)).unwrap_or(0);
                u32::from(net) & mask == u32::from(host) & mask
            }
            (IpAddr::V6(net), IpAddr::V6(host)) => {
                let mask = u128::MAX.checked_shl(128 - u32::from(self.bits)).unwrap_or(0);
                u128::from(net) & mask == u128::from(host) & mask
            }
            _ => false,
        }
    }
}

/// `option forwardfor` and `option originalto`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddressHeader {
    /// Header name, lower case.
    pub header: String,
    /// Addresses that get none.
    pub except: Option<Network>,
    /// Only when the header is not there yet.
    pub if_none: bool,
}

/// `option forwarded`: what the Forwarded header says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Forwarded {
    /// `proto`
    pub proto: bool,
    /// `host`
    pub host: bool,
    /// `by`
    pub by: bool,
    /// `by_port`
    pub by_port: bool,
    /// `for`
    pub for_client: bool,
    /// `for_port`
    pub for_port: bool,
}

/// What replaces one of the proxy's own error pages.
#[derive(Clone, Debug, PartialEq)]
pub enum ErrorPage {
    /// `errorfile`: sent as it is.
    File(Arc<str>, Bytes),
    /// `errorloc`, `errorloc302`, `errorloc303`: a redirect with this code.
    Location(u16, Arc<str>),
}

/// Where log lines go.
#[derive(Clone, Debug)]
pub enum LogRef {
    /// `log global`: the targets of the global section.
    Global,
    /// A target of its own.
    Target(Arc<LogTarget>),
}

/// Which of HAProxy's own formats a proxy logs with, or its own.
#[derive(Clone, Debug, Default)]
pub enum LogLine {
    /// `Connect from …`, at accept.
    #[default]
    Connect,
    /// A format.
    Format(Arc<Format>),
}

/// How persistence cookies are handled.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cookie {
    /// Its name.
    pub name: String,
    /// `insert`
    pub insert: bool,
    /// `rewrite`
    pub rewrite: bool,
    /// `prefix`
    pub prefix: bool,
    /// `indirect`
    pub indirect: bool,
    /// `nocache`
    pub nocache: bool,
    /// `postonly`
    pub postonly: bool,
    /// `preserve`
    pub preserve: bool,
    /// `httponly`
    pub httponly: bool,
    /// `secure`
    pub secure: bool,
    /// `domain`, joined as in the header.
    pub domain: Option<String>,
    /// `maxidle`, seconds.
    pub maxidle: Option<u32>,
    /// `maxlife`, seconds.
    pub maxlife: Option<u32>,
    /// `attr`, in order.
    pub attributes: Vec<String>,
    /// `dynamic`
    pub dynamic: bool,
}

/// When a server connection may serve another client's request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reuse {
    /// Never.
    Never,
    /// Not for the first request of a session.
    #[default]
    Safe,
    /// Also for a first request, over a connection that proved to be reusable.
    Aggressive,
    /// Whenever there is one.
    Always,
}

/// `balance` as written; the algorithm is made of it per backend.
#[derive(Clone, Debug, Default)]
pub struct Balance {
    /// The algorithm's word.
    pub name: &'static str,
    /// Its arguments.
    pub args: Vec<String>,
    /// `balance hash <expr>`
    pub expr: Option<Arc<Expr>>,
    /// `hash-type`, as written.
    pub hash_type: Vec<String>,
}

/// `retry-on` conditions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RetryOn {
    /// `conn-failure`, the default.
    pub connection: bool,
    /// `empty-response`
    pub empty: bool,
    /// `junk-response`
    pub junk: bool,
    /// `response-timeout`
    pub timeout: bool,
    /// Status codes.
    pub statuses: Vec<u16>,
}

/// What `defaults` hands down to the proxies that follow.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `mode`
    pub mode: Mode,
    /// `timeout …`
    pub timeouts: Timeouts,
    /// `option …` of the plain kind.
    pub options: Options,
    /// Options spoken of with `no` or on purpose, so that the others keep their default.
    pub options_said: u64,
    /// `maxconn`
    pub maxconn: Option<u32>,
    /// `fullconn`
    pub fullconn: Option<u32>,
    /// `backlog`
    pub backlog: Option<u32>,
    /// `retries`
    pub retries: u32,
    /// `option redispatch <interval>`
    pub redispatch_after: i32,
    /// `retry-on`
    pub retry_on: RetryOn,
    /// `log …`
    pub logs: Vec<LogRef>,
    /// `option httplog`, `log-format` and their kin.
    pub log_line: LogLine,
    /// `error-log-format`
    pub error_log_line: Option<Arc<Format>>,
    /// `log-format-sd`
    pub log_sd: Option<Arc<Format>>,
    /// `log-tag`
    pub log_tag: Option<String>,
    /// `option forwardfor`
    pub forwardfor: Option<AddressHeader>,
    /// `option originalto`
    pub originalto: Option<AddressHeader>,
    /// `option forwarded`
    pub forwarded: Option<Forwarded>,
    /// `errorfile`, `errorloc…`, `errorfiles`
    pub errors: BTreeMap<u16, ErrorPage>,
    /// `balance`
    pub balance: Balance,
    /// `default-server`
    pub default_server: ServerOptions,
    /// `cookie`
    pub cookie: Option<Arc<Cookie>>,
    /// How servers are checked.
    pub check: HealthCheck,
    /// `http-check` lines and the request of `option httpchk`.
    pub http_check: Arc<super::check::HttpCheck>,
    /// `http-reuse`
    pub reuse: Reuse,
    /// `monitor-uri`
    pub monitor_uri: Option<String>,
    /// `unique-id-format`
    pub unique_id: Option<Arc<Format>>,
    /// `unique-id-header`
    pub unique_id_header: Option<String>,
    /// `default_backend`
    pub default_backend: Option<(String, Place)>,
    /// `max-keep-alive-queue`
    pub max_keep_alive_queue: Option<u32>,
    /// `source`
    pub source: Option<super::dial_io::Source>,
    /// `disabled`
    pub disabled: bool,
    /// `capture cookie`: name prefix and length.
    pub capture_cookie: Option<(String, usize)>,
    /// `external-check command` and `path`
    pub external_check: (Option<String>, Option<String>),
    /// `server-state-file-name`, `load-server-state-from-file`, `dynamic-cookie-key` and the like, as written.
    pub dynamic_cookie_key: Option<String>,
    /// `tcp-request inspect-delay`
    pub inspect_delay: Option<Duration>,
    /// `tcp-response inspect-delay`
    pub response_inspect_delay: Option<Duration>,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            mode: Mode::Tcp,
            timeouts: Timeouts::default(),
            options: Options::default(),
            options_said: 0,
            maxconn: None,
            fullconn: None,
            backlog: None,
            retries: 3,
            redispatch_after: -1,
            retry_on: RetryOn { connection: true, ..RetryOn::default() },
            logs: Vec::new(),
            log_line: LogLine::Connect,
            error_log_line: None,
            log_sd: None,
            log_tag: None,
            forwardfor: None,
            originalto: None,
            forwarded: None,
            errors: BTreeMap::new(),
            balance: Balance::default(),
            default_server: ServerOptions::default(),
            cookie: None,
            check: HealthCheck::default(),
            http_check: Arc::default(),
            reuse: Reuse::Safe,
            monitor_uri: None,
            unique_id: None,
            unique_id_header: None,
            default_backend: None,
            max_keep_alive_queue: None,
            source: None,
            disabled: false,
            capture_cookie: None,
            external_check: (None, None),
            dynamic_cookie_key: None,
            inspect_delay: None,
            response_inspect_delay: None,
        }
    }
}
