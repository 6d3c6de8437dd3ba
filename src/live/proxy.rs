//! The moving parts of a proxy.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};
use std::task::Waker;

use super::queue::Queue;
use crate::base::ids::ServerId;

/// One frontend, backend or listen.
#[derive(Debug, Default)]
pub struct Proxy {
    /// Its name.
    pub name: String,
    /// Its numeric id as HAProxy counts them.
    pub uid: u32,
    /// Whether it takes connections.
    pub is_frontend: bool,
    /// Whether it has servers.
    pub is_backend: bool,
    /// Whether its mode is `http`.
    pub is_http: bool,
    /// Connections of the frontend now: `%fc`.
    pub fe_connections: AtomicU32,
    /// Connections of the backend now: `%bc`.
    pub be_connections: AtomicU32,
    /// Connections the frontend takes at once.
    pub maxconn: u32,
    /// Lines logged: `%lc`.
    pub logged: AtomicU64,
    /// Sessions the frontend saw.
    pub fe_sessions: AtomicU64,
    /// Sessions the backend saw.
    pub be_sessions: AtomicU64,
    /// Requests that wait for any server.
    pub queue: Queue,
    /// Its servers, in order of declaration.
    pub servers: Vec<ServerId>,
    /// Set by `disabled`.
    pub disabled: AtomicBool,
    /// Microseconds on the clock when its health last changed.
    pub changed_us: AtomicU64,
    gate: Mutex<VecDeque<Waker>>,
}

impl Proxy {
    /// Whether the frontend may have another connection; if not, the waker is called when one has ended.
    pub fn has_room(&self, waker: &Waker) -> bool {
        let mut gate = self.gate.lock().unwrap_or_else(PoisonError::into_inner);
        if self.maxconn > 0 && self.fe_connections.load(Relaxed) >= self.maxconn {
            if !gate.iter().any(|waiting| waiting.will_wake(waker)) {
                gate.push_back(waker.clone());
            }
            return false;
        }
        true
    }

    /// Takes a place among the frontend's connections.
    pub fn enter(&self) {
        self.fe_connections.fetch_add(1, Relaxed);
    }

    /// Gives the place back.
    pub fn leave(&self) {
        let before = self.fe_connections.fetch_sub(1, Relaxed);
        if self.maxconn > 0 && before >= self.maxconn {
            let wakers = std::mem::take(&mut *self.gate.lock().unwrap_or_else(PoisonError::into_inner));
            wakers.into_iter().for_each(Waker::wake);
        }
    }
}
