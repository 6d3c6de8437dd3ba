//! Requests that wait for a server's slot, first come first served, woken across workers.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::Waker;

use crate::base::ids::ServerId;

/// A place in a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ticket(u64);

#[derive(Debug)]
struct Waiter {
    ticket: u64,
    waker: Waker,
    granted: Option<ServerId>,
}

/// One queue: of a server or of a backend.
#[derive(Debug, Default)]
pub struct Queue {
    /// How many wait: `%sq`, `%bq`.
    pub length: AtomicU32,
    next: AtomicU64,
    waiters: Mutex<VecDeque<Waiter>>,
}

impl Queue {
    /// Takes the last place. The answer is how many were waiting before it.
    pub fn join(&self, waker: &Waker) -> (Ticket, u32) {
        let mut waiters = self.waiters();
        let ticket = self.next.fetch_add(1, Relaxed);
        waiters.push_back(Waiter { ticket, waker: waker.clone(), granted: None });
        (Ticket(ticket), self.length.fetch_add(1, Relaxed))
    }

    /// The server that was granted to this ticket, which is thereby used up. Renews the waker otherwise.
    pub fn poll(&self, ticket: Ticket, waker: &Waker) -> Option<ServerId> {
        let mut waiters = self.waiters();
        let at = waiters.binary_search_by_key(&ticket.0, |waiter| waiter.ticket).ok()?;
        let waiter = waiters.get_mut(at)?;
        if let Some(server) = waiter.granted {
            waiters.remove(at);
            return Some(server);
        }
        waiter.waker.clone_from(waker);
        None
    }

    /// Gives the place up; a slot that was granted meanwhile is handed back to the caller.
    pub fn quit(&self, ticket: Ticket) -> Option<ServerId> {
        let mut waiters = self.waiters();
        let at = waiters.binary_search_by_key(&ticket.0, |waiter| waiter.ticket).ok()?;
        let waiter = waiters.remove(at)?;
        if waiter.granted.is_none() {
            self.length.fetch_sub(1, Relaxed);
        }
        waiter.granted
    }

    /// Grants a slot of `server`, already taken, to the first that waits; false when nobody does.
    pub fn grant(&self, server: ServerId) -> bool {
        if self.length.load(Relaxed) == 0 {
            return false;
        }
        let mut waiters = self.waiters();
        let Some(waiter) = waiters.iter_mut().find(|waiter| waiter.granted.is_none()) else { return false };
        waiter.granted = Some(server);
        waiter.waker.wake_by_ref();
        self.length.fetch_sub(1, Relaxed);
        true
    }

    /// Wakes everybody, so that each looks for another server.
    pub fn wake_all(&self) {
        self.waiters().iter().for_each(|waiter| waiter.waker.wake_by_ref());
    }

    fn waiters(&self) -> MutexGuard<'_, VecDeque<Waiter>> {
        self.waiters.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
