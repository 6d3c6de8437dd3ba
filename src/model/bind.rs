//! One `bind` line.

use std::sync::Arc;
use std::time::Duration;

use super::bind_io::BindIo;
use super::tls::TlsBind;
use crate::base::diag::Place;

/// One `bind` line: its addresses and options.
#[derive(Clone, Debug, Default)]
pub struct Bind {
    /// Its addresses and socket options.
    pub io: BindIo,
    /// The TLS options; they matter with `ssl` only.
    pub tls: TlsBind,
    /// `ssl`
    pub ssl: bool,
    /// `name`
    pub name: Option<Arc<str>>,
    /// `id` of the first address
    pub id: Option<u32>,
    /// `maxconn`
    pub maxconn: Option<u32>,
    /// `accept-proxy`
    pub accept_proxy: bool,
    /// `level` of a statistics socket
    pub level: Option<String>,
    /// `mode`-independent: time a handshake may take.
    pub handshake: Option<Duration>,
    /// Where it stands.
    pub place: Place,
    /// As written.
    pub source: String,
    /// `user` and `group` of a UNIX socket.
    pub owner: (Option<String>, Option<String>),
    /// Whether `alpn` or `no-alpn` was written.
    pub alpn_said: bool,
    /// `ca-file`: it matters once `verify` asks for a certificate.
    pub authorities: Option<super::tls::Authorities>,
    /// Host names with their ports, to be resolved before the start.
    pub unresolved: Vec<(String, u16, u16)>,
    /// What only the checks at the end look at.
    pub facts: BindFacts,
}

/// What only the checks at the end look at.
#[derive(Clone, Debug, Default)]
pub struct BindFacts {
    /// Certificates that `crt` and `crt-list` brought.
    pub certificates: usize,
    /// `ca-file` or `ca-verify-file`
    pub ca_file: bool,
    /// `sigalgs` and `client-sigalgs`
    pub signatures: super::tls::Signatures,
    /// `curves`, and `ecdhe` for want of it.
    pub curves: [Option<String>; 2],
    /// `generate-certificates`
    pub generate: bool,
    /// No version of TLS is left.
    pub no_version: bool,
    /// `thread`
    pub threads: String,
    /// `proto`
    pub proto: Option<String>,
    /// A datagram address: QUIC.
    pub quic: bool,
}
