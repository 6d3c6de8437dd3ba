//! The final configuration: immutable, every reference an id. Only `config::resolve` makes one.

use std::sync::Arc;

use super::bind::Bind;
use super::draft::{Capture, RuleSets, Userlist};
use super::global::Global;
use super::log_target::{Level, LogTarget};
use super::proxy::{Kind, Settings};
use super::server::Server;
use crate::base::ids::{BindId, ProxyId, ServerId, TargetId};
use crate::sample::{Cond, Format, Pick};

/// A whole configuration.
#[derive(Debug)]
pub struct Config {
    /// `global`
    pub global: Global,
    /// By [`ProxyId`].
    pub proxies: Vec<Proxy>,
    /// By [`ServerId`]: the backend and the server.
    pub servers: Vec<(ProxyId, Server)>,
    /// By [`BindId`]: the frontend and the line.
    pub binds: Vec<(ProxyId, Bind)>,
    /// By [`TargetId`].
    pub targets: Vec<Arc<LogTarget>>,
    /// `userlist` sections.
    pub userlists: Vec<Userlist>,
    /// Whether anything asks for the near end of server connections: to know it costs a system call each.
    pub asks_server_local: bool,
}

impl Config {
    /// The proxy with this id.
    #[inline]
    #[allow(clippy::indexing_slicing, reason = "ids are indices by construction")]
    pub fn proxy(&self, id: ProxyId) -> &Proxy {
        &self.proxies[id.index()]
    }

    /// The server with this id.
    #[inline]
    #[allow(clippy::indexing_slicing, reason = "ids are indices by construction")]
    pub fn server(&self, id: ServerId) -> &Server {
        &self.servers[id.index()].1
    }

    /// The `bind` line with this id.
    #[allow(clippy::indexing_slicing, reason = "ids are indices by construction")]
    pub fn bind(&self, id: BindId) -> &Bind {
        &self.binds[id.index()].1
    }
}

/// Where a `use_backend` leads.
#[derive(Clone, Debug)]
pub enum BackendChoice {
    /// A proxy.
    Proxy(ProxyId),
    /// The proxy that the format names, if there is one.
    Format(Arc<Format>),
}

/// Where a `use-server` leads.
#[derive(Clone, Debug)]
pub enum ServerChoice {
    /// A server.
    Server(ServerId),
    /// The server of the same backend that the format names, if there is one.
    Format(Arc<Format>),
}

/// A final proxy.
pub struct Proxy {
    /// Its sides.
    pub kind: Kind,
    /// Its name.
    pub name: String,
    /// Its settings.
    pub settings: Settings,
    /// Its rules.
    pub rules: RuleSets,
    /// `use_backend`
    pub use_backend: Vec<(BackendChoice, Option<Cond>)>,
    /// `default_backend`, or itself for a listen.
    pub default_backend: Option<ProxyId>,
    /// `use-server`
    pub use_server: Vec<(ServerChoice, Option<Cond>)>,
    /// `monitor fail`
    pub monitor_fail: Vec<Cond>,
    /// `force-persist`, `ignore-persist`
    pub persist: Vec<(bool, Cond)>,
    /// Slots for captured request headers.
    pub request_captures: Vec<Capture>,
    /// Slots for captured response headers.
    pub response_captures: Vec<Capture>,
    /// Its servers.
    pub servers: Vec<ServerId>,
    /// The balancing algorithm, for a proxy with servers.
    pub pick: Option<Arc<dyn Pick>>,
    /// Where its log lines go, with the least level that is kept.
    pub targets: Vec<TargetId>,
    /// Whether the log line needs what is only there at the end.
    pub log_level_default: Level,
}

impl std::fmt::Debug for Proxy {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct(self.kind.word())
            .field("name", &self.name)
            .field("settings", &self.settings)
            .field("rules", &self.rules)
            .finish_non_exhaustive()
    }
}
