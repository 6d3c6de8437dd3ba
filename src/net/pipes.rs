//! The pipes of one worker, through which the kernel moves bytes from socket to socket: few of them, used again and again.

use std::cell::RefCell;

use super::sys::Pipe;
use crate::base::limits::{PIPE_BYTES, PIPES_IDLE_MAX};

thread_local! {
    static POOL: RefCell<Pool> = const { RefCell::new(Pool { idle: Vec::new(), lent: 0, most: 0 }) };
}

/// The pipes of this thread.
struct Pool {
    #[allow(clippy::vec_box, reason = "directions hold the box; a pipe is never moved")]
    idle: Vec<Box<Pipe>>,
    lent: usize,
    most: usize,
}

/// A pipe that goes back when it is dropped.
#[derive(Debug)]
pub struct Lent(Option<Box<Pipe>>);

/// Says how many pipes this thread may have in use at once; none before this is said.
pub fn allow(most: usize) {
    POOL.with_borrow_mut(|pool| pool.most = most);
}

/// A pipe, if there may be another one and the system has one to give.
pub fn take() -> Option<Lent> {
    POOL.with_borrow_mut(|pool| {
        if pool.lent >= pool.most {
            return None;
        }
        let pipe = pool.idle.pop().or_else(|| Pipe::new(PIPE_BYTES).ok().map(Box::new))?;
        pool.lent += 1;
        Some(Lent(Some(pipe)))
    })
}

impl Lent {
    /// The pipe itself.
    pub fn pipe(&mut self) -> Option<&mut Pipe> {
        self.0.as_deref_mut()
    }

    /// How many bytes are inside.
    #[inline]
    pub fn held(&self) -> usize {
        self.0.as_ref().map_or(0, |pipe| pipe.held())
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        let Some(pipe) = self.0.take() else { return };
        // A thread that ends has no pool any more: the pipe is then simply closed.
        let _ = POOL.try_with(|pool| {
            let mut pool = pool.borrow_mut();
            pool.lent -= 1;
            // What is still inside belongs to nobody else.
            if pipe.held() == 0 && pool.idle.len() < PIPES_IDLE_MAX {
                pool.idle.push(pipe);
            }
        });
    }
}

/// Pipes that this thread keeps.
#[cfg(test)]
pub fn idle() -> usize {
    POOL.with_borrow(|pool| pool.idle.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_than_allowed_and_used_again() {
        assert!(take().is_none());
        allow(2);
        let (one, two) = (take().unwrap(), take().unwrap());
        assert!(take().is_none());
        drop(one);
        assert_eq!(idle(), 1);
        let again = take().unwrap();
        assert_eq!(idle(), 0);
        drop((again, two));
        assert_eq!(idle(), 2);
    }
}
