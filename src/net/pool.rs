//! Idle server connections of one worker, by server. The one used last is taken first.

use std::time::Duration;

use super::stream::Stream;
use crate::base::clock::{self, Tick};
use crate::base::ids::ServerId;
use crate::base::limits::IDLE_PER_SERVER_MAX;

/// A connection that waits for its next request.
#[derive(Debug)]
pub struct Idle {
    /// The connection.
    pub stream: Stream,
    /// What it was opened for: connections of different keys are not exchanged (SNI, addresses).
    pub key: u64,
    /// Requests it has served.
    pub served: u32,
    since: Tick,
}

/// The idle connections of a worker.
#[derive(Debug, Default)]
pub struct Pool {
    servers: Vec<Shelf>,
}

/// The idle connections to one server, and how many are needed at once.
#[derive(Debug, Default)]
struct Shelf {
    idle: Vec<Idle>,
    /// Connections in use.
    used: usize,
    /// The most that were in use at once of late.
    needed: usize,
}

impl Pool {
    /// A pool for so many servers.
    pub fn new(servers: usize) -> Pool {
        Pool { servers: std::iter::repeat_with(Shelf::default).take(servers).collect() }
    }

    /// Takes the connection used last that is still open. With `proven`, only one that served several requests.
    pub fn take(&mut self, server: ServerId, key: u64, proven: bool) -> Option<Idle> {
        let list = &mut self.servers.get_mut(server.index())?.idle;
        loop {
            let at = list.iter().rposition(|idle| idle.key == key && (!proven || idle.served > 1))?;
            let mut idle = list.swap_remove(at);
            if idle.stream.is_idle_and_open() {
                return Some(idle);
            }
        }
    }

    /// Notes that a connection to the server is in use.
    pub fn enter(&mut self, server: ServerId) {
        if let Some(shelf) = self.servers.get_mut(server.index()) {
            shelf.used += 1;
            shelf.needed = shelf.needed.max(shelf.used);
        }
    }

    /// Notes that it is not in use any more.
    pub fn leave(&mut self, server: ServerId) {
        if let Some(shelf) = self.servers.get_mut(server.index()) {
            shelf.used = shelf.used.saturating_sub(1);
        }
    }

    /// Keeps a connection that is still counted as used for later, unless there are more than were needed of late.
    pub fn put(&mut self, server: ServerId, stream: Stream, key: u64, served: u32, limit: Option<u32>) {
        let Some(shelf) = self.servers.get_mut(server.index()) else { return };
        let limit = limit.map_or(IDLE_PER_SERVER_MAX, |limit| IDLE_PER_SERVER_MAX.min(limit as usize));
        let count = shelf.idle.len();
        if count < limit && (count == 0 || shelf.used + count <= shelf.needed) {
            shelf.idle.push(Idle { stream, key, served, since: clock::now() });
        } else {
            // Nothing is under way on it: a reset leaves no trace in the kernel.
            let _ = stream.set_linger_zero();
        }
    }

    /// Closes what was idle for longer than each server's delay, and what its server has closed.
    pub fn purge(&mut self, delay: impl Fn(ServerId) -> Duration) {
        let now = clock::now();
        for (at, shelf) in self.servers.iter_mut().enumerate() {
            shelf.needed = shelf.used.max(shelf.needed.midpoint(shelf.used));
            if shelf.idle.is_empty() {
                continue;
            }
            let delay_us = delay(ServerId(at as u32)).as_micros() as u64;
            shelf.idle.retain_mut(|idle| now.since_us(idle.since) < delay_us && idle.stream.is_idle_and_open());
        }
    }

    /// Closes all connections to a server.
    pub fn forget(&mut self, server: ServerId) {
        if let Some(shelf) = self.servers.get_mut(server.index()) {
            shelf.idle.clear();
        }
    }

    /// How many connections are kept for a server.
    pub fn idle(&self, server: ServerId) -> usize {
        self.servers.get(server.index()).map_or(0, |shelf| shelf.idle.len())
    }
}
