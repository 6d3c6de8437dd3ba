//! Tags of dates: of the session's start and of the request's first byte, in local and universal time.
//!
//! A request that follows another on the same connection starts when that one ended.

use std::cell::RefCell;
use std::io::Write as _;

use crate::base::clock::Tick;
use crate::base::date;
use crate::sample::{Cx, Out};
use crate::spec;
use crate::spec::LogTag;

/// As in the CLF format.
const PATTERN: &str = "%d/%b/%Y:%H:%M:%S %z";

spec! {
    /// Dates.
    pub static DATE: [LogTag] = [
        /// Start of the session in local time, with milliseconds: `20/Nov/2026:08:25:01.123`.
        { name: "t", write: |cx, out| date::log_date(start(cx), out.buffer) },
        /// Start of the session in universal time: `20/Nov/2026:08:25:01 +0000`.
        { name: "T", write: |cx, out| universal(start(cx), out) },
        /// Start of the session in local time: `20/Nov/2026:08:25:01 +0100`.
        { name: "Tl", write: |cx, out| local(start(cx), out) },
        /// Start of the session in seconds since the epoch.
        { name: "Ts", write: |cx, out| out.padded(start(cx) / 1_000_000) },
        /// Milliseconds of the session's start: three digits.
        { name: "ms", write: milliseconds },
        /// First byte of the request in local time, with milliseconds.
        { name: "tr", http_only: true, write: |cx, out| date::log_date(request(cx), out.buffer) },
        /// First byte of the request in universal time.
        { name: "trg", http_only: true, write: |cx, out| universal(request(cx), out) },
        /// First byte of the request in local time.
        { name: "trl", http_only: true, write: |cx, out| local(request(cx), out) },
    ];
}

/// Microseconds since the epoch at `tick`, by the nearest look at the wall clock.
fn wall(cx: &Cx<'_>, tick: Tick) -> u64 {
    let (known, wall_us) = match cx.txn.timers.first_byte {
        Some(first) if cx.txn.wall_us > 0 => (first, cx.txn.wall_us),
        _ => (cx.sess.accepted, cx.sess.accepted_wall_us),
    };
    (wall_us + tick.since_us(known)).saturating_sub(known.since_us(tick))
}

fn start(cx: &Cx<'_>) -> u64 {
    wall(cx, cx.txn.timers.start)
}

fn request(cx: &Cx<'_>) -> u64 {
    let begun = cx.sess.established.unwrap_or_default().max(cx.txn.timers.start);
    wall(cx, cx.txn.timers.first_byte.unwrap_or(begun))
}

fn milliseconds(cx: &Cx<'_>, out: &mut Out<'_>) {
    let ms = start(cx) / 1000 % 1000;
    if out.flags.hex {
        let _ = write!(out.buffer, "{ms:02X}");
        return;
    }
    for divisor in [100, 10, 1] {
        out.raw(&[b'0' + (ms / divisor % 10) as u8]);
    }
}

fn universal(wall_us: u64, out: &mut Out<'_>) {
    thread_local! {
        static LAST: RefCell<(u64, String)> = const { RefCell::new((u64::MAX, String::new())) };
    }
    let second = wall_us / 1_000_000;
    LAST.with_borrow_mut(|last| {
        if last.0 != second {
            *last = (second, date::universal(second, PATTERN));
        }
        out.raw(last.1.as_bytes());
    });
}

fn local(wall_us: u64, out: &mut Out<'_>) {
    out.raw(date::local(wall_us / 1_000_000, PATTERN).as_bytes());
}
