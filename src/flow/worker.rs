//! A worker: one thread, its runtime, its pools. Everything a session needs that is not the session's own.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use crate::base::ids::ServerId;
use crate::live::Live;
use crate::model::config::Config;
use crate::net::pool::Pool;
use crate::net::syslog::LogSender;
use crate::net::tls::TlsConnector;
use crate::txn::Txn;

/// Transactions a worker keeps for reuse.
const SPARE_TXNS_MAX: usize = 256;

/// What the sessions of one worker share.
pub struct Worker {
    /// Its number, from 0.
    pub index: usize,
    /// The configuration.
    pub config: Arc<Config>,
    /// What changes at run time.
    pub live: Arc<Live>,
    /// Idle server connections.
    pub pool: RefCell<Pool>,
    /// Where log lines go.
    pub logs: RefCell<LogSender>,
    /// By server: what its TLS connections are made with.
    pub connectors: Vec<Option<Arc<TlsConnector>>>,
    /// Sessions that run on this worker.
    pub sessions: Cell<usize>,
    line: RefCell<Vec<u8>>,
    #[allow(clippy::vec_box, reason = "sessions hold the box; a transaction is never moved")]
    spare: RefCell<Vec<Box<Txn>>>,
}

impl Worker {
    /// A worker without sessions.
    pub fn new(
        index: usize,
        config: Arc<Config>,
        live: Arc<Live>,
        logs: LogSender,
        connectors: Vec<Option<Arc<TlsConnector>>>,
    ) -> Rc<Worker> {
        let pool = RefCell::new(Pool::new(config.servers.len()));
        Rc::new(Worker {
            index,
            config,
            live,
            pool,
            logs: RefCell::new(logs),
            connectors,
            sessions: Cell::new(0),
            line: RefCell::default(),
            spare: RefCell::default(),
        })
    }

    /// A transaction, from the spare ones if there is one.
    pub fn take_txn(&self) -> Box<Txn> {
        self.spare.borrow_mut().pop().unwrap_or_default()
    }

    /// Gives a transaction back.
    pub fn give_txn(&self, txn: Box<Txn>) {
        let mut spare = self.spare.borrow_mut();
        if spare.len() < SPARE_TXNS_MAX {
            spare.push(txn);
        }
    }

    /// Lends the worker's line buffer, empty, to write a log line into.
    pub fn with_line<R>(&self, write: impl FnOnce(&mut Vec<u8>) -> R) -> R {
        let mut line = self.line.borrow_mut();
        line.clear();
        write(&mut line)
    }

    /// Gives a slot of a server back.
    pub fn free_slot(&self, server: ServerId) {
        let live = self.live.server(server);
        live.free_slot();
        if let Some(pick) = &self.config.proxy(live.proxy).pick {
            pick.dropped(&self.live, server);
        }
    }

    /// Gives a free slot of a server to who waits for it, or for any server of its backend.
    pub fn serve_queue(&self, server: ServerId) {
        let live = self.live.server(server);
        let backend = self.live.proxy(live.proxy);
        let waiting =
            live.queue.length.load(Relaxed) > 0 || (live.is_usable() && backend.queue.length.load(Relaxed) > 0);
        if !waiting || !live.take_slot() {
            return;
        }
        if live.queue.grant(server) || (live.is_usable() && backend.queue.grant(server)) {
            live.sessions.fetch_add(1, Relaxed);
            if let Some(pick) = &self.config.proxy(live.proxy).pick {
                pick.taken(&self.live, server);
            }
        } else {
            live.free_slot();
        }
    }

    /// Closes idle server connections that are too old.
    pub fn purge_pool(&self) {
        let config = &self.config;
        self.pool.borrow_mut().purge(|server| config.server(server).options.pool_purge_delay);
    }
}
