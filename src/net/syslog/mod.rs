//! Log messages on their way out: dressed, filtered, gathered per worker and sent many at a time.
//!
//! A `LogPlan` is shared by all workers, a `LogSender` belongs to one. Nothing here waits: what cannot leave is
//! dropped and counted. Building the text of a message is not its affair.

/// Headers and dates.
mod dress;
/// Sockets and descriptors.
mod outlet;

pub use dress::Identity;

use crate::model::log_target::{Level, LogAddress, LogTarget, Sample};
use dress::Dress;
use outlet::Outlet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// The targets of all `log` lines, and what the workers count together.
#[derive(Debug)]
pub struct LogPlan {
    targets: Vec<Planned>,
    identity: Identity,
    dropped: AtomicU64,
}

#[derive(Debug)]
struct Planned {
    target: LogTarget,
    /// How many messages the sample has seen.
    turn: AtomicU32,
    /// Its outlet, by number; targets with one address share one.
    outlet: usize,
}

/// One message.
#[derive(Debug, Clone, Copy)]
pub struct Message<'a> {
    /// How severe it is.
    pub level: Level,
    /// When it is sent, microseconds of Unix time.
    pub now_us: i64,
    /// `log-tag`. Empty: the program's.
    pub tag: &'a [u8],
    /// `log-format-sd`. Empty: none.
    pub structured_data: &'a [u8],
    /// What it says. An empty message is not sent.
    pub text: &'a [u8],
}

/// What became of a message.
#[derive(Debug, PartialEq, Eq)]
pub enum Pushed<'a> {
    /// It leaves with the next flush.
    Queued,
    /// The target does not want it.
    Skipped,
    /// There was no room for it.
    Dropped,
    /// The target is a ring, whose owner takes the line from here.
    ForRing {
        /// The ring's name.
        ring: &'a str,
        /// The message, dressed, with its final newline.
        line: &'a [u8],
    },
}

/// One worker's sender.
#[derive(Debug)]
pub struct LogSender {
    plan: Arc<LogPlan>,
    outlets: Vec<Outlet>,
    dress: Dress,
    line: Vec<u8>,
}

impl LogPlan {
    /// A plan for these targets, which are known by their position from then on.
    pub fn new(targets: Vec<LogTarget>, identity: Identity) -> LogPlan {
        let mut addresses: Vec<LogAddress> = Vec::new();
        let planned = targets.into_iter().map(|target| {
            let outlet = addresses.iter().position(|known| *known == target.address).unwrap_or_else(|| {
                addresses.push(target.address.clone());
                addresses.len() - 1
            });
            Planned { target, turn: AtomicU32::new(0), outlet }
        });
        LogPlan { targets: planned.collect(), identity, dropped: AtomicU64::new(0) }
    }

    /// How many messages were lost for want of room or of a listener.
    pub fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }
}

impl LogSender {
    /// A sender for one worker. What cannot be opened now is tried again later.
    pub fn new(plan: Arc<LogPlan>) -> LogSender {
        let mut outlets = Vec::new();
        for planned in &plan.targets {
            if planned.outlet == outlets.len() {
                outlets.push(Outlet::new(planned.target.address.clone()));
            }
        }
        let dress = Dress::new();
        LogSender { plan, outlets, dress, line: Vec::new() }
    }

    /// Queues a message for the target with this position in the plan.
    pub fn push(&mut self, target: usize, message: &Message<'_>) -> Pushed<'_> {
        let Some(planned) = self.plan.targets.get(target) else { return Pushed::Skipped };
        if message.level > planned.target.level || message.text.is_empty() || !planned.is_in_sample() {
            return Pushed::Skipped;
        }
        self.dress.line(&mut self.line, &planned.target, &self.plan.identity, message);
        if let LogAddress::Ring(ring) = &planned.target.address {
            return Pushed::ForRing { ring, line: &self.line };
        }
        let Some(outlet) = self.outlets.get_mut(planned.outlet) else { return Pushed::Skipped };
        let lost = outlet.queue(&self.line, message.now_us);
        if lost == 0 {
            return Pushed::Queued;
        }
        self.plan.dropped.fetch_add(lost, Ordering::Relaxed);
        Pushed::Dropped
    }

    /// Sends all that is queued. Call it once per turn of the event loop, before sleeping.
    pub fn flush(&mut self, now_us: i64) {
        for outlet in &mut self.outlets {
            let lost = outlet.flush(now_us);
            if lost > 0 {
                self.plan.dropped.fetch_add(lost, Ordering::Relaxed);
            }
        }
    }

    /// Whether something is queued.
    pub fn is_empty(&self) -> bool {
        self.outlets.iter().all(Outlet::is_empty)
    }
}

impl Drop for LogSender {
    fn drop(&mut self) {
        self.flush(i64::MAX);
    }
}

impl Planned {
    fn is_in_sample(&self) -> bool {
        let Some(Sample { ranges, size }) = &self.target.sample else { return true };
        let number = self.turn.fetch_add(1, Ordering::Relaxed) % (*size).max(1) + 1;
        ranges.iter().any(|(low, high)| (*low..=*high).contains(&number))
    }
}

#[cfg(test)]
mod tests;
