//! The moving parts of a server.

use std::sync::atomic::{AtomicU8, AtomicU32, AtomicU64, Ordering::Relaxed};

use super::health::Health;
use super::queue::Queue;
use crate::base::ids::ProxyId;

/// Whether a server takes traffic.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u8)]
pub enum State {
    /// Takes traffic.
    #[default]
    Up = 0,
    /// Failed its checks.
    Down = 1,
    /// Set aside by the administrator or by `disabled`.
    Maintenance = 2,
    /// Keeps what it has, takes nothing new but what is bound to it.
    Drain = 3,
}

impl State {
    /// The state with this code.
    pub fn of(code: u8) -> State {
        match code {
            0 => State::Up,
            2 => State::Maintenance,
            3 => State::Drain,
            _ => State::Down,
        }
    }
}

/// One server.
#[derive(Debug, Default)]
pub struct Server {
    /// Its name.
    pub name: String,
    /// Its backend.
    pub proxy: ProxyId,
    /// Its numeric id within the backend, from 1.
    pub uid: u32,
    /// Whether it is `backup`.
    pub backup: bool,
    /// Value of its `cookie`, empty when it has none.
    pub cookie: String,
    /// Weight the configuration gave it.
    pub initial_weight: u32,
    /// Weight now, 0 to 256.
    pub weight: AtomicU32,
    /// A [`State`].
    pub state: AtomicU8,
    /// Connections in use now: `%sc`.
    pub connections: AtomicU32,
    /// Requests it may serve at once, 0 for no limit.
    pub maxconn: u32,
    /// Requests that may wait for it, 0 for no limit.
    pub maxqueue: u32,
    /// Requests that wait for it alone.
    pub queue: Queue,
    /// Sessions it was given.
    pub sessions: AtomicU64,
    /// Progress of its checks.
    pub health: Health,
    /// Told when the sessions on it are to end: `on-marked-down shutdown-sessions`.
    pub cut: tokio::sync::Notify,
}

impl Server {
    /// The state now.
    pub fn state(&self) -> State {
        State::of(self.state.load(Relaxed))
    }

    /// Whether it is not down: it may be on its way out.
    pub fn is_running(&self) -> bool {
        matches!(self.state(), State::Up | State::Drain)
    }

    /// Whether new requests may go to it.
    #[inline]
    pub fn is_usable(&self) -> bool {
        self.state.load(Relaxed) == State::Up as u8 && self.weight.load(Relaxed) > 0
    }

    /// Whether requests bound to it by a cookie may go to it.
    pub fn takes_bound(&self) -> bool {
        matches!(self.state(), State::Up | State::Drain)
    }

    /// Takes a slot if one is free.
    #[inline]
    pub fn take_slot(&self) -> bool {
        if self.maxconn == 0 {
            self.connections.fetch_add(1, Relaxed);
            return true;
        }
        let limit = self.maxconn;
        self.connections.fetch_update(Relaxed, Relaxed, |now| (now < limit).then_some(now + 1)).is_ok()
    }

    /// Whether every slot is taken.
    pub fn is_full(&self) -> bool {
        self.maxconn > 0 && self.connections.load(Relaxed) >= self.maxconn
    }

    /// Gives a slot back. The caller then serves the queues.
    #[inline]
    pub fn free_slot(&self) {
        self.connections.fetch_sub(1, Relaxed);
    }
}
