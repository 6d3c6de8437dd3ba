//! Tags of sizes, counters and states.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use crate::sample::{Cx, Out};
use crate::spec;
use crate::spec::{LogTag, Needs};

spec! {
    /// Sizes, counters and states.
    pub static COUNT: [LogTag] = [
        /// Bytes sent to the client. `option logasap` puts a `+` before it, for there may be more.
        { name: "B", needs: Needs::END, write: sent },
        /// Bytes received from the client.
        { name: "U", needs: Needs::END, write: |cx, out| out.decimal(cx.txn.bytes_in as i64) },
        /// Status code sent to the client.
        { name: "ST", needs: Needs::RESPONSE, write: status },
        /// Connections of the process.
        { name: "ac", needs: Needs::END, write: |cx, out| count(&cx.live.process.connections, out) },
        /// Connections of the frontend.
        { name: "fc", needs: Needs::END, write: |cx, out| count(&cx.live.proxy(cx.sess.frontend).fe_connections, out) },
        /// Connections of the backend.
        { name: "bc", needs: Needs::END, write: |cx, out| count(&cx.live.proxy(cx.txn.backend).be_connections, out) },
        /// Connections of the server.
        { name: "sc", needs: Needs::END, write: of_server },
        /// Retries of the server connection, after a `+` when another server was tried.
        { name: "rc", needs: Needs::END, write: retries },
        /// Requests that waited for the same server before this one.
        { name: "sq", needs: Needs::END, write: |cx, out| out.decimal(i64::from(cx.txn.queue_positions.0)) },
        /// Requests that waited for any server of the backend before this one.
        { name: "bq", needs: Needs::END, write: |cx, out| out.decimal(i64::from(cx.txn.queue_positions.1)) },
        /// Number of the request in the process.
        { name: "rt", needs: Needs::REQUEST, write: |cx, out| out.padded(cx.txn.number) },
        /// Number of the line among those of the frontend.
        { name: "lc", write: |cx, out| out.padded(cx.live.proxy(cx.sess.frontend).logged.load(Relaxed).saturating_sub(1)) },
        /// How the session ended: two letters, for the cause and the state.
        { name: "ts", needs: Needs::END, write: |cx, out| out.raw(&[cx.txn.end.cause, cx.txn.end.state]) },
        /// How the session ended, and what happened to the persistence cookie: four letters.
        { name: "tsc", http_only: true, write: state },
    ];
}

fn sent(cx: &Cx<'_>, out: &mut Out<'_>) {
    if cx.txn.early {
        out.raw(b"+");
    }
    out.decimal(cx.txn.bytes_out as i64);
}

fn count(counter: &AtomicU32, out: &mut Out<'_>) {
    out.decimal(i64::from(counter.load(Relaxed)));
}

fn of_server(cx: &Cx<'_>, out: &mut Out<'_>) {
    match cx.txn.server {
        Some(server) => count(&cx.live.server(server).connections, out),
        None => out.raw(b"0"),
    }
}

fn retries(cx: &Cx<'_>, out: &mut Out<'_>) {
    if cx.txn.redispatched {
        out.raw(b"+");
    }
    out.decimal(i64::from(cx.txn.retries));
}

fn state(cx: &Cx<'_>, out: &mut Out<'_>) {
    let end = &cx.txn.end;
    out.raw(&[end.cause, end.state, end.cookie_in, end.cookie_out]);
}

/// An HTTP exchange that ended without an answer shows -1.
fn status(cx: &Cx<'_>, out: &mut Out<'_>) {
    let none = cx.txn.status == 0 && cx.live.proxy(cx.sess.frontend).is_http;
    out.decimal(if none { -1 } else { i64::from(cx.txn.status) });
}
