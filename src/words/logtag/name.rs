//! Tags of names: of proxies, servers, the machine, the process and the request.

use crate::sample::{Cx, Out};
use crate::spec;
use crate::spec::{LogTag, Needs, Since};
use crate::txn::session::NoServer;

spec! {
    /// Names.
    pub static NAME: [LogTag] = [
        /// The frontend.
        { name: "f", write: |cx, out| out.name(cx.live.proxy(cx.sess.frontend).name.as_bytes()) },
        /// The frontend, with a `~` behind it when the client came by TLS.
        { name: "ft", write: frontend },
        /// The backend; the frontend while none is chosen.
        { name: "b", write: |cx, out| out.name(cx.live.proxy(cx.txn.backend).name.as_bytes()) },
        /// The server; `<NOSRV>` when there is none, `<STATS>` for the statistics page.
        { name: "s", needs: Needs::SERVER, write: server },
        /// Name of the machine.
        { name: "H", write: |cx, out| out.name(cx.live.process.host.as_bytes()) },
        /// The request's unique id.
        { name: "ID", needs: Needs::END, write: id },
        /// Number of the process.
        { name: "pid", write: |_, out| out.padded(u64::from(std::process::id())) },
        /// Where the line comes from: `sess_error` for what was no request, else the step of the exchange.
        { name: "OG", since: Since::V3_1, write: origin },
    ];
}

fn frontend(cx: &Cx<'_>, out: &mut Out<'_>) {
    out.open();
    out.raw(cx.live.proxy(cx.sess.frontend).name.as_bytes());
    if cx.sess.is_tls {
        out.raw(b"~");
    }
    out.open();
}

fn server(cx: &Cx<'_>, out: &mut Out<'_>) {
    match (cx.txn.server, cx.txn.no_server) {
        (Some(server), _) => out.name(cx.live.server(server).name.as_bytes()),
        (None, NoServer::None) => out.name(b"<NOSRV>"),
        (None, NoServer::Stats) => out.name(b"<STATS>"),
        (None, NoServer::Cache) => out.name(b"<CACHE>"),
        (None, NoServer::Service(name)) => out.name(name.as_bytes()),
    }
}

fn id(cx: &Cx<'_>, out: &mut Out<'_>) {
    match &cx.txn.unique_id {
        Some(id) => out.name(id),
        None => out.nothing(),
    }
}

fn origin(cx: &Cx<'_>, out: &mut Out<'_>) {
    let txn = cx.txn;
    out.name(match (txn.bad_request, txn.timers.response) {
        (true, _) => b"sess_error",
        (false, Some(_)) => b"txn_response",
        (false, None) if txn.timers.end.is_some() => b"txn_close",
        (false, None) => b"txn_request",
    });
}
