//! The clock of a worker: read once per wake-up, in microseconds since the program began, with the wall clock beside it.
//!
//! Time comes from tokio, so that tests on a paused runtime move it by hand.

use std::cell::Cell;
use std::sync::OnceLock;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::time::Instant;

/// How many readings may be served from one look at the clock while a worker stays busy.
const READINGS_PER_LOOK_MAX: u32 = 32;

/// How long the wall clock is taken to run like the monotonic one before it is looked at again, microseconds.
const WALL_KEPT_US: u64 = 10_000;

/// A point on the monotonic clock, in microseconds since the first use of the clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tick(pub u64);

impl Tick {
    /// Microseconds from `earlier` to this, zero when it is later.
    #[inline]
    pub fn since_us(self, earlier: Tick) -> u64 {
        self.0.saturating_sub(earlier.0)
    }

    /// Whole milliseconds from `earlier` to this, as HAProxy counts them.
    #[inline]
    pub fn since_ms(self, earlier: Tick) -> i64 {
        (self.since_us(earlier) / 1000) as i64
    }

    /// The point `wait` later.
    #[inline]
    pub fn after(self, wait: Duration) -> Tick {
        Tick(self.0.saturating_add(wait.as_micros() as u64))
    }

    /// The same point for tokio's timer.
    pub fn instant(self) -> Instant {
        origin() + Duration::from_micros(self.0)
    }
}

#[derive(Clone, Copy)]
struct Reading {
    tick: Tick,
    wall_us: u64,
    left: u32,
    /// When the wall clock was looked at.
    wall_at: Tick,
}

thread_local! {
    static READING: Cell<Reading> = const { Cell::new(Reading { tick: Tick(0), wall_us: 0, left: 0, wall_at: Tick(0) }) };
    static CACHES: Cell<bool> = const { Cell::new(false) };
}

/// The time now; on a worker, the time of its last wake-up.
#[inline]
pub fn now() -> Tick {
    reading().tick
}

/// Microseconds since the epoch, at the same look as [`now`].
#[inline]
pub fn wall_us() -> u64 {
    reading().wall_us
}

/// From here on this thread keeps a reading until [`refresh`] is called: only a worker that calls it on every wake-up may.
pub fn keep_readings() {
    CACHES.with(|caches| caches.set(true));
}

/// Forgets the reading: the next [`now`] looks again.
#[inline]
pub fn refresh() {
    READING.with(|cell| {
        let mut reading = cell.get();
        reading.left = 0;
        cell.set(reading);
    });
}

#[inline]
fn reading() -> Reading {
    READING.with(|cell| {
        let mut reading = cell.get();
        if reading.left == 0 {
            let caches = CACHES.with(Cell::get);
            reading = look(reading, caches);
            reading.left = if caches { READINGS_PER_LOOK_MAX } else { 1 };
        }
        reading.left -= 1;
        cell.set(reading);
        reading
    })
}

fn look(before: Reading, caches: bool) -> Reading {
    let tick = Tick(Instant::now().saturating_duration_since(origin()).as_micros() as u64);
    if caches && before.wall_us > 0 && tick.since_us(before.wall_at) < WALL_KEPT_US {
        let wall_us = before.wall_us + tick.since_us(before.tick);
        return Reading { tick, wall_us, ..before };
    }
    let wall_us = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_micros() as u64;
    Reading { tick, wall_us, left: 0, wall_at: tick }
}

fn origin() -> Instant {
    static ORIGIN: OnceLock<Instant> = OnceLock::new();
    *ORIGIN.get_or_init(Instant::now)
}
