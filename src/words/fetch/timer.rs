//! How long the parts of an exchange took, in milliseconds: the timers of the log.

use super::plain;
use crate::base::clock::{self, Tick};
use crate::sample::{Cx, Type, Value};
use crate::spec;
use crate::spec::{Fetch, Needs};

spec! {
    /// Timers.
    pub static TIMER: [Fetch] = [
        /// Time of the handshakes before the first request: `%Th`.
        { name: "fc.timer.handshake", out: Type::Int, needs: Needs::CLIENT, build: |_| plain(|cx| span(Some(cx.sess.accepted), cx.sess.established)) },
        /// Time since the connection was accepted: `%Tt`.
        { name: "fc.timer.total", out: Type::Int, needs: Needs::CLIENT, build: |_| plain(|cx| span(Some(cx.sess.accepted), Some(clock::now()))) },
        /// Time before the first byte of the request: `%Ti`.
        { name: "req.timer.idle", out: Type::Int, needs: Needs::REQUEST, build: |_| plain(|cx| span(Some(begin(cx)), cx.txn.timers.first_byte)) },
        /// Time to receive the request's head: `%TR`.
        { name: "req.timer.hdr", out: Type::Int, needs: Needs::REQUEST, build: |_| plain(|cx| span(cx.txn.timers.first_byte, cx.txn.timers.request)) },
        /// Time from the start to the end of the request's head: `%Tq`.
        { name: "req.timer.tq", out: Type::Int, needs: Needs::REQUEST, build: |_| plain(|cx| span(Some(cx.txn.timers.start), cx.txn.timers.request)) },
        /// Time in the queues: `%Tw`.
        { name: "req.timer.queue", out: Type::Int, needs: Needs::SERVER, build: |_| plain(|cx| span(cx.txn.timers.request, cx.txn.timers.queued)) },
        /// Time to connect to the server: `%Tc`.
        { name: "bc.timer.connect", out: Type::Int, needs: Needs::SERVER, build: |_| plain(|cx| span(cx.txn.timers.queued, cx.txn.timers.connected)) },
        /// Time the server took for its response's head: `%Tr`.
        { name: "res.timer.hdr", out: Type::Int, needs: Needs::RESPONSE, build: |_| plain(|cx| span(cx.txn.timers.connected, cx.txn.timers.response)) },
        /// Time since the response's head: `%Td`.
        { name: "res.timer.data", out: Type::Int, needs: Needs::RESPONSE, build: |_| plain(|cx| span(cx.txn.timers.response, end(cx))) },
        /// Time since the first byte of the request: `%Ta`.
        { name: "txn.timer.total", out: Type::Int, needs: Needs::REQUEST, build: |_| plain(|cx| span(cx.txn.timers.first_byte, end(cx))) },
        /// Time since the connection stood or the last request ended, without the idle time: `%Tu`.
        { name: "txn.timer.user", out: Type::Int, needs: Needs::REQUEST, build: |_| plain(|cx| span(Some(cx.txn.timers.start), end(cx))) },
    ];
}

fn begin(cx: &Cx<'_>) -> Tick {
    cx.sess.established.filter(|_| cx.sess.requests <= 1).unwrap_or(cx.txn.timers.start)
}

fn end(cx: &Cx<'_>) -> Option<Tick> {
    Some(cx.txn.timers.end.unwrap_or_else(clock::now))
}

fn span<'a>(from: Option<Tick>, to: Option<Tick>) -> Option<Value<'a>> {
    let elapsed = match (from, to) {
        (Some(from), Some(to)) => to.since_ms(from),
        _ => -1,
    };
    Some(Value::Int(elapsed))
}
