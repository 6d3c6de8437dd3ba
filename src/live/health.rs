//! How a server's checks stand. The checks themselves are run by the flow room.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Progress of the checks of one server.
#[derive(Debug, Default)]
pub struct Health {
    /// From 0 (down) to rise + fall - 1 (as healthy as can be), as HAProxy counts it; from `rise` on it is up.
    pub score: AtomicU32,
    /// Errors of the traffic in a row, for `observe`.
    pub errors: AtomicU32,
    /// Set when the next check is to come soon, whatever the score.
    pub hurry: AtomicBool,
    /// Set while its agent says that it is down.
    pub agent_down: AtomicBool,
    /// Set while `drain` was ordered, so that no check ends it.
    pub drained: AtomicBool,
    last: Mutex<&'static str>,
}

/// What a result did to the score.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// It changed nothing.
    Same,
    /// The score moved, the state did not.
    Moved,
    /// The server is up now.
    Up,
    /// The server is down now.
    Down,
}

impl Health {
    /// Counts a good result.
    pub fn pass(&self, rise: u32, fall: u32) -> Turn {
        let before = self.score.load(Relaxed);
        let best = rise + fall - 1;
        if before >= best {
            return Turn::Same;
        }
        let mut after = before + 1;
        if after >= rise {
            after = best;
        }
        self.score.store(after, Relaxed);
        if before < rise && after >= rise { Turn::Up } else { Turn::Moved }
    }

    /// Counts a bad result.
    pub fn fail(&self, rise: u32) -> Turn {
        let before = self.score.load(Relaxed);
        if before == 0 {
            return Turn::Same;
        }
        let after = before - 1;
        self.score.store(if after < rise { 0 } else { after }, Relaxed);
        if before >= rise && after < rise { Turn::Down } else { Turn::Moved }
    }

    /// Whether checks agree that it is as it is: neither on its way up nor down.
    pub fn is_settled(&self, rise: u32, fall: u32) -> bool {
        let score = self.score.load(Relaxed);
        score == 0 || score + 1 >= rise + fall
    }

    /// The last result in words, such as `Layer4 connection problem`; empty before the first.
    pub fn last(&self) -> &'static str {
        *self.locked()
    }

    /// Notes the last result; whether it differs from the one before.
    pub fn note(&self, words: &'static str) -> bool {
        std::mem::replace(&mut *self.locked(), words) != words
    }

    fn locked(&self) -> MutexGuard<'_, &'static str> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rise_and_fall() {
        let health = Health::default();
        health.score.store(2, Relaxed);
        assert_eq!(health.fail(2), Turn::Down, "a server starts just above the edge");
        assert_eq!(health.fail(2), Turn::Same);
        assert_eq!((health.pass(2, 3), health.pass(2, 3), health.pass(2, 3)), (Turn::Moved, Turn::Up, Turn::Same));
        assert!(health.is_settled(2, 3));
        assert_eq!((health.fail(2), health.fail(2)), (Turn::Moved, Turn::Moved));
        assert!(!health.is_settled(2, 3));
        assert_eq!(health.pass(2, 3), Turn::Moved);
        assert_eq!(health.score.load(Relaxed), 4, "one good result makes up for all bad ones");
    }

    #[test]
    fn last_result() {
        let health = Health::default();
        assert!(health.note("Layer4 check passed"));
        assert!(!health.note("Layer4 check passed"));
        assert_eq!(health.last(), "Layer4 check passed");
    }
}
