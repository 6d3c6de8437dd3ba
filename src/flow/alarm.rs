//! One timer per session, set lazily: a deadline that moves away costs nothing, only one that comes nearer does.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Sleep, sleep_until};

use crate::base::clock::{self, Tick};

/// A timer that follows a moving deadline.
#[derive(Debug, Default)]
pub struct Alarm {
    sleep: Option<Pin<Box<Sleep>>>,
    set_for: Tick,
}

impl Alarm {
    /// Ready once `deadline` has passed; never, when there is none. Otherwise the task is woken in time.
    pub fn poll(&mut self, cx: &mut Context<'_>, deadline: Option<Tick>) -> Poll<()> {
        let Some(deadline) = deadline else { return Poll::Pending };
        if clock::now() >= deadline {
            return Poll::Ready(());
        }
        match &mut self.sleep {
            None => {
                self.sleep = Some(Box::pin(sleep_until(deadline.instant())));
                self.set_for = deadline;
            }
            Some(sleep) if deadline < self.set_for => {
                sleep.as_mut().reset(deadline.instant());
                self.set_for = deadline;
            }
            // The runtime knows of it already, and of the task: an alarm stays with one.
            Some(sleep) if !sleep.is_elapsed() => return Poll::Pending,
            Some(_) => {}
        }
        while let Some(sleep) = &mut self.sleep {
            if sleep.as_mut().poll(cx).is_pending() {
                return Poll::Pending;
            }
            clock::refresh();
            if clock::now() >= deadline {
                return Poll::Ready(());
            }
            sleep.as_mut().reset(deadline.instant());
            self.set_for = deadline;
        }
        Poll::Pending
    }

    /// Waits until `deadline`.
    pub async fn wait(&mut self, deadline: Tick) {
        std::future::poll_fn(|cx| self.poll(cx, Some(deadline))).await;
    }
}

/// The point `wait` from now, if there is a wait.
pub fn deadline(wait: Option<Duration>) -> Option<Tick> {
    wait.map(|wait| clock::now().after(wait))
}

/// The nearer of two deadlines.
pub fn nearer(left: Option<Tick>, right: Option<Tick>) -> Option<Tick> {
    match (left, right) {
        (Some(left), Some(right)) => Some(left.min(right)),
        (left, right) => left.or(right),
    }
}
