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
    servers: Vec<Vec<Idle>>,
}

impl Pool {
    /// A pool for so many servers.
    pub fn new(servers: usize) -> Pool {
        Pool { servers: std::iter::repeat_with(Vec::new).take(servers).collect() }
    }

    /// Takes the connection used last that is still open. With `proven`, only one that served several requests.
    pub fn take(&mut self, server: ServerId, key: u64, proven: bool) -> Option<Idle> {
        let list = self.servers.get_mut(server.index())?;
        loop {
            let at = list.iter().rposition(|idle| idle.key == key && (!proven || idle.served > 1))?;
            let mut idle = list.swap_remove(at);
            if idle.stream.is_idle_and_open() {
                return Some(idle);
            }
        }
    }

    /// Keeps a connection for later, unless there are too many.
    pub fn put(&mut self, server: ServerId, stream: Stream, key: u64, served: u32, limit: Option<u32>) {
        let Some(list) = self.servers.get_mut(server.index()) else { return };
        let limit = limit.map_or(IDLE_PER_SERVER_MAX, |limit| IDLE_PER_SERVER_MAX.min(limit as usize));
        if list.len() < limit {
            list.push(Idle { stream, key, served, since: clock::now() });
        }
    }

    /// Closes what was idle for longer than each server's delay, and what its server has closed.
    pub fn purge(&mut self, delay: impl Fn(ServerId) -> Duration) {
        let now = clock::now();
        for (at, list) in self.servers.iter_mut().enumerate() {
            if list.is_empty() {
                continue;
            }
            let delay_us = delay(ServerId(at as u32)).as_micros() as u64;
            list.retain_mut(|idle| now.since_us(idle.since) < delay_us && idle.stream.is_idle_and_open());
        }
    }

    /// Closes all connections to a server.
    pub fn forget(&mut self, server: ServerId) {
        if let Some(list) = self.servers.get_mut(server.index()) {
            list.clear();
        }
    }

    /// How many connections are kept for a server.
    pub fn idle(&self, server: ServerId) -> usize {
        self.servers.get(server.index()).map_or(0, Vec::len)
    }
}
