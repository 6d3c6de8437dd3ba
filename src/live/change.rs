//! Changes of a server's state and weight: by checks, by agents, by the administrator.
//!
//! The caller passes what is to be done once the change is made: the balancing algorithm is not known here.

use std::sync::atomic::Ordering::Relaxed;

use super::server::{Server, State};
use super::{Live, Proxy};
use crate::base::clock;
use crate::base::ids::{ProxyId, ServerId};

/// Servers of a backend that take new requests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usable {
    /// Servers that are no backups.
    pub active: u32,
    /// Backups.
    pub backup: u32,
}

impl Usable {
    /// Whether none is left.
    pub fn is_none(self) -> bool {
        self.active + self.backup == 0
    }
}

impl Live {
    /// Puts a server into a state. The state before, if it was another; then `refresh` was called, and who waited for a
    /// server that takes nothing more is woken to look for another one.
    pub fn change_state(&self, id: ServerId, state: State, refresh: impl FnOnce(&Live, &Proxy)) -> Option<State> {
        let server = self.server(id);
        let before = server.state.swap(state as u8, Relaxed);
        if before == state as u8 {
            return None;
        }
        let backend = self.proxy(server.proxy);
        backend.changed_us.store(clock::now().0, Relaxed);
        refresh(self, backend);
        if !server.takes_bound() {
            server.queue.wake_all();
        }
        Some(State::of(before))
    }

    /// Gives a server another weight, 0 to 256; whether it is another one.
    pub fn change_weight(&self, id: ServerId, weight: u32, refresh: impl FnOnce(&Live, &Proxy)) -> bool {
        let server = self.server(id);
        let weight = weight.min(256);
        let changed = server.weight.swap(weight, Relaxed) != weight;
        if changed {
            refresh(self, self.proxy(server.proxy));
        }
        changed
    }

    /// The servers of a backend that take new requests.
    pub fn usable(&self, backend: ProxyId) -> Usable {
        let mut usable = Usable::default();
        for server in self.proxy(backend).servers.iter().map(|id| self.server(*id)).filter(|server| server.is_usable())
        {
            let count = if server.backup { &mut usable.backup } else { &mut usable.active };
            *count += 1;
        }
        usable
    }
}

impl Server {
    /// Ends the sessions that are on this server: each of them waits for this besides its own events.
    pub fn cut_sessions(&self) {
        self.cut.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_told_once() {
        let mut live = Live::default();
        let mut proxy = Proxy::default();
        proxy.servers = vec![ServerId(0), ServerId(1)];
        live.proxies.push(proxy);
        for backup in [false, true] {
            let server = Server { backup, ..Server::default() };
            server.weight.store(1, Relaxed);
            live.servers.push(server);
        }
        let mut told = 0;
        assert_eq!(live.usable(ProxyId(0)), Usable { active: 1, backup: 1 });
        assert_eq!(live.change_state(ServerId(0), State::Down, |_, _| told += 1), Some(State::Up));
        assert_eq!(live.change_state(ServerId(0), State::Down, |_, _| told += 1), None);
        assert!(live.change_weight(ServerId(1), 0, |_, _| told += 1));
        assert!(!live.change_weight(ServerId(1), 0, |_, _| told += 1));
        assert_eq!(told, 2);
        assert!(live.usable(ProxyId(0)).is_none());
    }
}
