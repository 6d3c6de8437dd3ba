//! Which servers of a backend are in service, as all algorithms see it. Nothing is chosen here.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::base::ids::ServerId;
use crate::live::{self, Live};

/// A server that takes part, and its weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The server.
    pub server: ServerId,
    /// Its weight, never 0.
    pub weight: u32,
}

/// The servers in service: the active ones; without any, the first backup, or all backups.
pub fn in_service(live: &Live, backend: &live::Proxy, all_backups: bool, into: &mut Vec<Place>) {
    into.clear();
    for backup in [false, true] {
        for &server in &backend.servers {
            let known = live.server(server);
            if known.backup == backup && known.is_usable() {
                into.push(Place { server, weight: known.weight.load(std::sync::atomic::Ordering::Relaxed) });
                if backup && !all_backups {
                    return;
                }
            }
        }
        if !into.is_empty() {
            return;
        }
    }
}

/// The best of what is left once full servers are passed over: `avoid` only if it is the only one.
#[derive(Debug)]
pub struct Best<K> {
    avoid: Option<ServerId>,
    best: Option<(bool, K, ServerId)>,
}

impl<K: Ord> Best<K> {
    /// Nothing seen yet.
    pub fn new(avoid: Option<ServerId>) -> Best<K> {
        Best { avoid, best: None }
    }

    /// Looks at a server: the lowest key wins, the first of equal ones.
    #[inline]
    pub fn see(&mut self, live: &Live, server: ServerId, key: K) {
        let avoided = self.avoid == Some(server);
        let better = self.best.as_ref().is_none_or(|(known, least, _)| (avoided, &key) < (*known, least));
        if better && !live.server(server).is_full() {
            self.best = Some((avoided, key, server));
        }
    }

    /// Whether there is a winner that need not be avoided.
    pub fn is_certain(&self) -> bool {
        self.best.as_ref().is_some_and(|(avoided, ..)| !avoided)
    }

    /// The winner with its key.
    pub fn key_and_server(self) -> Option<(K, ServerId)> {
        self.best.map(|(_, key, server)| (key, server))
    }

    /// The winner.
    pub fn server(self) -> Option<ServerId> {
        self.best.map(|(.., server)| server)
    }
}

/// The state of one backend's algorithm.
pub fn lock<T>(state: &Mutex<T>) -> MutexGuard<'_, T> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
