//! What a server is told to be. The part that `default-server` hands down is `ServerOptions`.

use std::sync::Arc;
use std::time::Duration;

use super::addr::Address;
use super::dial_io::DialIo;
use super::tls::TlsServer;
use crate::base::diag::Place;
use crate::sample::Expr;

/// How the port of a server relates to the client's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PortRule {
    /// The port of the address.
    #[default]
    Fixed,
    /// The port the client connected to.
    Same,
    /// The port the client connected to, plus this.
    Offset(i32),
}

/// What a check's connection does differently from the traffic's.
#[derive(Clone, Debug)]
pub struct CheckOptions {
    /// `check`
    pub enabled: bool,
    /// `inter`
    pub inter: Duration,
    /// `fastinter`
    pub fastinter: Option<Duration>,
    /// `downinter`
    pub downinter: Option<Duration>,
    /// `rise`
    pub rise: u32,
    /// `fall`
    pub fall: u32,
    /// `port`
    pub port: Option<u16>,
    /// `addr`
    pub addr: Option<Address>,
    /// `check-ssl`, or `no-check-ssl`; none follows the server.
    pub ssl: Option<bool>,
    /// `check-sni`
    pub sni: Option<String>,
    /// `check-alpn`
    pub alpn: Option<String>,
    /// `check-send-proxy`
    pub send_proxy: Option<bool>,
    /// `check-via-socks4`
    pub via_socks4: bool,
    /// `agent-check` and its kin.
    pub agent: AgentOptions,
    /// `init-state`
    pub init_state: InitState,
}

/// `agent-check` with `agent-addr`, `agent-port`, `agent-inter` and `agent-send`.
#[derive(Clone, Debug, Default)]
pub struct AgentOptions {
    /// `agent-check`
    pub enabled: bool,
    /// `agent-addr`; none is the server's.
    pub addr: Option<std::net::IpAddr>,
    /// `agent-port`
    pub port: u16,
    /// `agent-inter`; none is `inter`.
    pub inter: Option<Duration>,
    /// `agent-send`
    pub send: Option<String>,
}

/// `init-state`: how a checked server starts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InitState {
    /// Up; one bad check takes it down. `none` and `up`.
    #[default]
    Up,
    /// Up; `fall` bad checks take it down.
    FullyUp,
    /// Down; one good check brings it up.
    Down,
    /// Down; `rise` good checks bring it up.
    FullyDown,
}

impl Default for CheckOptions {
    fn default() -> Self {
        CheckOptions {
            enabled: false,
            inter: Duration::from_secs(2),
            fastinter: None,
            downinter: None,
            rise: 2,
            fall: 3,
            port: None,
            addr: None,
            ssl: None,
            sni: None,
            alpn: None,
            send_proxy: None,
            via_socks4: false,
            agent: AgentOptions::default(),
            init_state: InitState::Up,
        }
    }
}

/// What may be written behind a server's address, and on `default-server`.
#[derive(Clone, Debug)]
pub struct ServerOptions {
    /// `weight`
    pub weight: u32,
    /// `backup`
    pub backup: bool,
    /// `maxconn`
    pub maxconn: u32,
    /// `minconn`
    pub minconn: u32,
    /// `maxqueue`
    pub maxqueue: u32,
    /// `cookie`
    pub cookie: Option<String>,
    /// `disabled`
    pub disabled: bool,
    /// `ssl`
    pub ssl: bool,
    /// The TLS options, whether or not `ssl` is on.
    pub tls: TlsServer,
    /// `sni`
    pub sni: Option<Arc<Expr>>,
    /// `check` and its kin.
    pub check: CheckOptions,
    /// `send-proxy` (1) and `send-proxy-v2` (2)
    pub send_proxy: u8,
    /// `id`
    pub id: Option<u32>,
    /// `redir`
    pub redir: Option<String>,
    /// `source`, `interface`, `tfo`, `tcp-ut`, `namespace`
    pub dial: DialIo,
    /// `pool-max-conn`; none is unlimited.
    pub pool_max_conn: Option<u32>,
    /// `pool-purge-delay`
    pub pool_purge_delay: Duration,
    /// `max-reuse`; none is unlimited.
    pub max_reuse: Option<u32>,
    /// `slowstart`
    pub slowstart: Option<Duration>,
    /// `track`
    pub track: Option<String>,
    /// `on-marked-down shutdown-sessions`
    pub shutdown_sessions: bool,
    /// `on-marked-up shutdown-backup-sessions`
    pub shutdown_backup_sessions: bool,
    /// `init-addr`, as written.
    pub init_addr: Option<String>,
    /// `observe`, `error-limit` and `on-error`, as written.
    pub observe: Option<Observe>,
    /// `log-proto octet-count` and others that only mode log reads.
    pub resolvers: Option<String>,
    /// What only the checks at the end look at.
    pub facts: ServerFacts,
}

/// What only the checks at the end look at.
#[derive(Clone, Debug, Default)]
pub struct ServerFacts {
    /// `ca-file`
    pub ca_file: bool,
    /// `verify none`
    pub verify_none: bool,
    /// `verify required`
    pub verify_required: bool,
    /// `agent-check`
    pub agent: bool,
    /// `agent-port`
    pub agent_port: bool,
    /// `sigalgs` and `client-sigalgs`
    pub signatures: super::tls::Signatures,
    /// No version of TLS is left.
    pub no_version: bool,
    /// `proto`
    pub proto: Option<String>,
    /// `check-proto`
    pub check_proto: Option<String>,
    /// What is wrong with the certificate of `crt`: it is read when all lines were.
    pub certificate: Option<String>,
    /// The address is a datagram's.
    pub datagram: bool,
    /// It came from a `server-template`.
    pub template: bool,
}

/// `observe layer4|layer7` with `error-limit` and `on-error`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observe {
    /// Whether whole responses count, or only connections.
    pub layer7: bool,
    /// Consecutive errors that trigger.
    pub limit: u32,
    /// What is triggered.
    pub action: String,
}

impl Default for ServerOptions {
    fn default() -> Self {
        ServerOptions {
            weight: 1,
            backup: false,
            maxconn: 0,
            minconn: 0,
            maxqueue: 0,
            cookie: None,
            disabled: false,
            ssl: false,
            tls: TlsServer::default(),
            sni: None,
            check: CheckOptions::default(),
            send_proxy: 0,
            id: None,
            redir: None,
            dial: DialIo::default(),
            pool_max_conn: None,
            pool_purge_delay: Duration::from_secs(5),
            max_reuse: None,
            slowstart: None,
            track: None,
            shutdown_sessions: false,
            shutdown_backup_sessions: false,
            init_addr: None,
            observe: None,
            resolvers: None,
            facts: ServerFacts::default(),
        }
    }
}

/// One server.
#[derive(Clone, Debug)]
pub struct Server {
    /// Its name.
    pub name: String,
    /// Host as written, for messages and late resolution.
    pub host: String,
    /// Its address; none until the host was resolved, or when resolution failed and may be ignored.
    pub address: Option<Address>,
    /// How its port comes about.
    pub port: PortRule,
    /// Everything behind the address.
    pub options: ServerOptions,
    /// Where it stands.
    pub place: Place,
}
