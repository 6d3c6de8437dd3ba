//! Tags of timers, in milliseconds: `-1` for what was not reached.
//!
//! All points are counted from the start of the exchange in whole milliseconds first, so that the parts add up to the
//! whole.

use crate::base::clock::Tick;
use crate::sample::{Cx, Out};
use crate::spec;
use crate::spec::{LogTag, Needs};

spec! {
    /// Timers.
    pub static TIMER: [LogTag] = [
        /// Time of the connection's handshakes, for its first request.
        { name: "Th", needs: Needs::END, write: |cx, out| out.decimal(Points::of(cx).begun) },
        /// Idle time before the request's first byte.
        { name: "Ti", http_only: true, needs: Needs::END, write: |cx, out| out.decimal(Points::of(cx).idle()) },
        /// Time from the request's first byte to the end of its head.
        { name: "TR", http_only: true, needs: Needs::END, write: |cx, out| { let at = Points::of(cx); out.decimal(between(Some(at.first), at.request)) } },
        /// Time from the start to the end of the request's head: `Th` + `Ti` + `TR`.
        { name: "Tq", http_only: true, needs: Needs::END, write: |cx, out| out.decimal(Points::of(cx).request.unwrap_or(-1)) },
        /// Time in the queue.
        { name: "Tw", needs: Needs::END, write: |cx, out| { let at = Points::of(cx); out.decimal(between(Some(at.ready()), at.queued)) } },
        /// Time to connect to the server.
        { name: "Tc", needs: Needs::END, write: |cx, out| { let at = Points::of(cx); out.decimal(between(at.queued, at.connected)) } },
        /// Time the server took to answer.
        { name: "Tr", http_only: true, needs: Needs::END, write: |cx, out| { let at = Points::of(cx); out.decimal(between(at.connected, at.response)) } },
        /// Time of the response's body, or of a tunnel's bytes.
        { name: "Td", needs: Needs::END, write: |cx, out| { let at = Points::of(cx); out.decimal(between(at.data, Some(at.end))) } },
        /// Active time: from the request's first byte to the end. `option logasap` puts a `+` before it.
        { name: "Ta", http_only: true, needs: Needs::END, write: |cx, out| { let at = Points::of(cx); open_ended(cx, out, at.end - at.first) } },
        /// Whole time: from the start to the end. `option logasap` puts a `+` before it.
        { name: "Tt", needs: Needs::END, write: |cx, out| open_ended(cx, out, Points::of(cx).end) },
        /// Whole time as the user sees it: without the idle time. `option logasap` puts a `+` before it.
        { name: "Tu", needs: Needs::END, write: |cx, out| { let at = Points::of(cx); open_ended(cx, out, at.end - at.idle()) } },
    ];
}

/// The exchange's points, in milliseconds from its start.
struct Points {
    /// The end of the handshakes.
    begun: i64,
    /// The request's first byte, or `begun`.
    first: i64,
    request: Option<i64>,
    queued: Option<i64>,
    connected: Option<i64>,
    response: Option<i64>,
    /// When data may flow to the client.
    data: Option<i64>,
    end: i64,
}

impl Points {
    // Each tag asks for a few of them: the others are not worked out.
    #[inline(always)]
    fn of(cx: &Cx<'_>) -> Points {
        let timers = &cx.txn.timers;
        let at = |tick: Tick| tick.since_ms(timers.start);
        let begun = cx.sess.established.map_or(0, at);
        let first = timers.first_byte.map_or(begun, at);
        let (connected, response) = (timers.connected.map(at), timers.response.map(at));
        let is_http = cx.live.proxy(cx.sess.frontend).is_http;
        let end = timers.end.unwrap_or_else(crate::base::clock::now);
        Points {
            begun,
            first: first.max(begun),
            request: timers.request.map(at),
            queued: timers.queued.map(at),
            connected,
            response,
            data: if is_http { response } else { connected },
            end: at(end),
        }
    }

    fn idle(&self) -> i64 {
        self.first - self.begun
    }

    /// When a server was asked for.
    fn ready(&self) -> i64 {
        self.request.unwrap_or(self.first)
    }
}

fn between(from: Option<i64>, to: Option<i64>) -> i64 {
    match (from, to) {
        (Some(from), Some(to)) => (to - from).max(0),
        _ => -1,
    }
}

fn open_ended(cx: &Cx<'_>, out: &mut Out<'_>, time: i64) {
    if cx.txn.early {
        out.raw(b"+");
    }
    out.decimal(time.max(0));
}
