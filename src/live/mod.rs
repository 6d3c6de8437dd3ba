//! What changes at run time and is shared by the workers: health, weights, counters, queues; addressed by dense ids.

pub mod change;
pub mod health;
pub mod proxy;
pub mod queue;
pub mod server;

use std::collections::HashMap;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering::Relaxed};

pub use change::Usable;
pub use health::Health;
pub use proxy::Proxy;
pub use queue::{Queue, Ticket};
pub use server::{Server, State};

use crate::base::ids::{ProxyId, ServerId};

/// All shared state of a running program.
#[derive(Debug, Default)]
pub struct Live {
    /// By [`ProxyId`].
    pub proxies: Vec<Proxy>,
    /// By [`ServerId`].
    pub servers: Vec<Server>,
    /// Counters of the whole process.
    pub process: Process,
    /// Where the backends are.
    pub names: Names,
}

/// The proxies with a backend side, by name: made when the first is asked for, as the list is whole by then.
#[derive(Debug, Default)]
pub struct Names(OnceLock<HashMap<Box<[u8]>, ProxyId>>);

/// Counters of the whole process.
#[derive(Debug, Default)]
pub struct Process {
    /// Connections now: `%ac`.
    pub connections: AtomicU32,
    /// Connections that may be open at once: global `maxconn`, 0 for no limit.
    pub maxconn: u32,
    /// Requests since the start: `%rt`.
    pub requests: AtomicU64,
    /// Set once a soft stop began: nothing new is accepted, nothing is kept alive.
    pub stopping: AtomicBool,
    /// The node's name, as in `%H`.
    pub host: String,
}

impl Process {
    /// Whether it has all the connections it may have.
    pub fn is_full(&self) -> bool {
        self.maxconn > 0 && self.connections.load(Relaxed) >= self.maxconn
    }
}

impl Live {
    /// The proxy with this id. Ids are made together with the list, so this cannot fail in a whole program.
    #[inline]
    #[allow(clippy::indexing_slicing, reason = "ids are indices by construction")]
    pub fn proxy(&self, id: ProxyId) -> &Proxy {
        &self.proxies[id.index()]
    }

    /// The server with this id.
    #[inline]
    #[allow(clippy::indexing_slicing, reason = "ids are indices by construction")]
    pub fn server(&self, id: ServerId) -> &Server {
        &self.servers[id.index()]
    }

    /// Whether a soft stop began.
    #[inline]
    pub fn is_stopping(&self) -> bool {
        self.process.stopping.load(Relaxed)
    }

    /// The proxy with this name that has a backend side.
    pub fn backend_named(&self, name: &[u8]) -> Option<ProxyId> {
        let named = self.names.0.get_or_init(|| {
            // Of two with one name the first counts, so it is put in last.
            let backends = self.proxies.iter().enumerate().rev().filter(|(_, proxy)| proxy.is_backend);
            backends.map(|(at, proxy)| (proxy.name.as_bytes().into(), ProxyId(at as u32))).collect()
        });
        named.get(name).copied()
    }
}
