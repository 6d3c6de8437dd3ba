//! Proxies and servers: names, ids, connections, weights, queues.

use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use super::{Built, Slot, plain, with};
use crate::base::ids::{ProxyId, ServerId};
use crate::live::{Live, Proxy, Server, State};
use crate::model::late::ProxyFacts;
use crate::model::proxy::Timeouts;
use crate::sample::{Type, Value};
use crate::spec;
use crate::spec::{CallArgs, Fetch, Needs};

spec! {
    /// Proxies and servers.
    pub static PLACE: [Fetch] = [
        /// The name of the frontend.
        { name: "fe_name", out: Type::Str, needs: Needs::CLIENT, build: |_| plain(|cx| Some(Value::text(cx.live.proxy(cx.sess.frontend).name.as_bytes()))) },
        /// The number of the frontend.
        { name: "fe_id", out: Type::Int, needs: Needs::CLIENT, build: |_| plain(|cx| Some(Value::Int(cx.live.proxy(cx.sess.frontend).uid.into()))) },
        /// The name of the backend that was chosen.
        { name: "be_name", out: Type::Str, needs: Needs::CLIENT, build: |_| plain(|cx| Some(Value::text(cx.live.proxy(cx.txn.backend).name.as_bytes()))) },
        /// The number of the backend that was chosen.
        { name: "be_id", out: Type::Int, needs: Needs::CLIENT, build: |_| plain(|cx| Some(Value::Int(cx.live.proxy(cx.txn.backend).uid.into()))) },
        /// The name of the server that was chosen.
        { name: "srv_name", out: Type::Str, needs: Needs::SERVER, build: |_| plain(|cx| Some(Value::text(cx.live.server(cx.txn.server?).name.as_bytes()))) },
        /// The number of the server that was chosen, within its backend.
        { name: "srv_id", out: Type::Int, needs: Needs::SERVER, build: |_| plain(|cx| Some(Value::Int(cx.live.server(cx.txn.server?).uid.into()))) },
        /// The name of the frontend's default backend.
        { name: "fe_defbe", out: Type::Str, needs: Needs::CLIENT, build: |args| with(facts(args), |facts, cx| {
            facts.get()?.get(cx.sess.frontend.index())?.default_backend.as_deref().map(|name| Value::text(name.as_bytes()))
        }) },
        /// `timeout client` of the frontend, in milliseconds.
        { name: "fe_client_timeout", aliases: &["cur_client_timeout"], out: Type::Int, needs: Needs::CLIENT, build: |args| timeout(args, Side::Front, |timeouts| timeouts.client) },
        /// `timeout server` of the backend, in milliseconds.
        { name: "be_server_timeout", aliases: &["cur_server_timeout"], out: Type::Int, needs: Needs::CLIENT, build: |args| timeout(args, Side::Back, |timeouts| timeouts.server) },
        /// `timeout tunnel` of the backend, in milliseconds.
        { name: "be_tunnel_timeout", aliases: &["cur_tunnel_timeout"], out: Type::Int, needs: Needs::CLIENT, build: |args| timeout(args, Side::Back, |timeouts| timeouts.tunnel) },
        /// Connections of the frontend the client came by.
        { name: "dst_conn", out: Type::Int, needs: Needs::CLIENT, build: |_| plain(|cx| Some(Value::Int(cx.live.proxy(cx.sess.frontend).fe_connections.load(Relaxed).into()))) },
        /// Connections of a frontend now.
        { name: "fe_conn", usage: "[<frontend>]", out: Type::Int, build: fe_conn },
        /// Connections of a backend now.
        { name: "be_conn", usage: "[<backend>]", out: Type::Int, build: |args| backend(args, |_, proxy| proxy.be_connections.load(Relaxed).into()) },
        /// Connections that the usable servers of a backend could still take, their queues not counted; -1 when one of
        /// them has no limit.
        { name: "be_conn_free", usage: "[<backend>]", out: Type::Int, build: |args| backend(args, |live, proxy| free_slots(live, proxy, false)) },
        /// The same, their queues counted.
        { name: "connslots", usage: "[<backend>]", out: Type::Int, build: |args| backend(args, |live, proxy| free_slots(live, proxy, true)) },
        /// How many servers of a backend can be used now: `nbsrv(api) lt 2`.
        { name: "nbsrv", usage: "[<backend>]", out: Type::Int, build: |args| backend(args, usable) },
        /// Requests that wait for a server of a backend.
        { name: "queue", usage: "[<backend>]", out: Type::Int, build: |args| backend(args, queued) },
        /// The same, divided by the number of its usable servers.
        { name: "avg_queue", usage: "[<backend>]", out: Type::Int, build: |args| backend(args, |live, proxy| match usable(live, proxy) {
            0 => queued(live, proxy) * 9999,
            servers => (queued(live, proxy) + servers - 1) / servers,
        }) },
        /// Whether a server is up and not set aside.
        { name: "srv_is_up", usage: "[<backend>/]<server>", out: Type::Bool, build: |args| server(args, |server| {
            Value::Bool(matches!(server.state(), State::Up | State::Drain))
        }) },
        /// Connections of a server now.
        { name: "srv_conn", usage: "[<backend>/]<server>", out: Type::Int, build: |args| server(args, |server| Value::Int(server.connections.load(Relaxed).into())) },
        /// Connections a server could still take; -1 when it has no limit.
        { name: "srv_conn_free", usage: "[<backend>/]<server>", out: Type::Int, build: |args| server(args, |server| {
            let free = i64::from(server.maxconn) - i64::from(server.connections.load(Relaxed));
            Value::Int(if server.maxconn == 0 { -1 } else { free.max(0) })
        }) },
        /// Requests that wait for a server alone.
        { name: "srv_queue", usage: "[<backend>/]<server>", out: Type::Int, build: |args| server(args, |server| Value::Int(server.queue.length.load(Relaxed).into())) },
        /// The weight of a server now.
        { name: "srv_weight", aliases: &["srv_uweight"], usage: "[<backend>/]<server>", out: Type::Int, build: |args| server(args, |server| Value::Int(server.weight.load(Relaxed).into())) },
        /// The weight the configuration gives a server.
        { name: "srv_iweight", usage: "[<backend>/]<server>", out: Type::Int, build: |args| server(args, |server| Value::Int(server.initial_weight.into())) },
    ];
}

/// The facts of every proxy, by [`ProxyId`].
fn facts(args: &CallArgs<'_>) -> Slot<Vec<ProxyFacts>> {
    let slot: Slot<Vec<ProxyFacts>> = Arc::new(OnceLock::new());
    let pending = slot.clone();
    args.late(move |outside| {
        let _ = pending.set(outside.proxies());
        Ok(())
    });
    slot
}

#[derive(Clone, Copy)]
enum Side {
    Front,
    Back,
}

struct Timeout {
    facts: Slot<Vec<ProxyFacts>>,
    side: Side,
    which: fn(&Timeouts) -> Option<Duration>,
}

/// A timeout in milliseconds; 0 when it is not set.
fn timeout(args: &CallArgs<'_>, side: Side, which: fn(&Timeouts) -> Option<Duration>) -> Built {
    with(Timeout { facts: facts(args), side, which }, |timeout, cx| {
        let proxy = match timeout.side {
            Side::Front => cx.sess.frontend,
            Side::Back => cx.txn.backend,
        };
        let timeouts = &timeout.facts.get()?.get(proxy.index())?.timeouts;
        Some(Value::Int((timeout.which)(timeouts).map_or(0, |time| time.as_millis() as i64)))
    })
}

struct OfBackend {
    id: Slot<ProxyId>,
    count: fn(&Live, &Proxy) -> i64,
}

fn backend(args: &mut CallArgs<'_>, count: fn(&Live, &Proxy) -> i64) -> Built {
    let (name, keyword) = (args.maybe_text().unwrap_or(args.proxy).to_owned(), args.name.to_owned());
    let id: Slot<ProxyId> = Arc::new(OnceLock::new());
    let slot = id.clone();
    args.late(move |outside| match (outside.backend(&name), outside.frontend(&name)) {
        (Some(found), _) => {
            let _ = slot.set(found);
            Ok(())
        }
        (None, Some(_)) => Err(format!(
            "proxy '{name}', referenced in arg 1 of sample fetch keyword '{keyword}', has not backend capability."
        )),
        (None, None) => {
            Err(format!("unable to find backend '{name}' referenced in arg 1 of sample fetch keyword '{keyword}'."))
        }
    });
    with(OfBackend { id, count }, |of, cx| {
        let proxy = cx.live.proxy(*of.id.get()?);
        Some(Value::Int((of.count)(cx.live, proxy)))
    })
}

fn fe_conn(args: &mut CallArgs<'_>) -> Built {
    let name = args.maybe_text().unwrap_or(args.proxy).to_owned();
    let id: Slot<ProxyId> = Arc::new(OnceLock::new());
    let slot = id.clone();
    args.late(move |outside| {
        let refusal =
            || format!("unable to find frontend '{name}' referenced in arg 1 of sample fetch keyword 'fe_conn'.");
        let _ = slot.set(outside.frontend(&name).ok_or_else(refusal)?);
        Ok(())
    });
    with(id, |id, cx| Some(Value::Int(cx.live.proxy(*id.get()?).fe_connections.load(Relaxed).into())))
}

struct OfServer {
    id: Slot<ServerId>,
    value: fn(&Server) -> Value<'static>,
}

fn server(args: &mut CallArgs<'_>, value: fn(&Server) -> Value<'static>) -> Built {
    let (full, keyword) = (args.text()?.to_owned(), args.name.to_owned());
    let (backend, name) = match full.split_once('/') {
        Some((backend, name)) => (backend.to_owned(), name.to_owned()),
        None => (args.proxy.to_owned(), full),
    };
    let id: Slot<ServerId> = Arc::new(OnceLock::new());
    let slot = id.clone();
    args.late(move |outside| {
        let place = format!("arg 1 of sample fetch keyword '{keyword}'");
        if name.is_empty() {
            return Err(format!("missing server name in {place}."));
        }
        if outside.backend(&backend).is_none() && outside.frontend(&backend).is_none() {
            return Err(format!("unable to find proxy '{backend}' referenced in {place}."));
        }
        let refusal = || format!("unable to find server '{name}' in proxy '{backend}', referenced in {place}.");
        let _ = slot.set(outside.server(&backend, &name).ok_or_else(refusal)?);
        Ok(())
    });
    with(OfServer { id, value }, |of, cx| Some((of.value)(cx.live.server(*of.id.get()?))))
}

/// Servers that requests may go to: the backups only count while nothing else is left, and then as one.
fn usable(live: &Live, proxy: &Proxy) -> i64 {
    let count = |backup: bool| {
        proxy
            .servers
            .iter()
            .map(|id| live.server(*id))
            .filter(|server| server.backup == backup && server.is_usable())
            .count()
    };
    match count(false) {
        0 => count(true).min(1) as i64,
        active => active as i64,
    }
}

fn queued(live: &Live, proxy: &Proxy) -> i64 {
    let servers: i64 = proxy.servers.iter().map(|id| i64::from(live.server(*id).queue.length.load(Relaxed))).sum();
    servers + i64::from(proxy.queue.length.load(Relaxed))
}

fn free_slots(live: &Live, proxy: &Proxy, with_queues: bool) -> i64 {
    let mut sum = 0;
    for server in proxy.servers.iter().map(|id| live.server(*id)).filter(|server| server.is_usable()) {
        if server.maxconn == 0 || (with_queues && server.maxqueue == 0) {
            return -1;
        }
        sum += i64::from(server.maxconn) - i64::from(server.connections.load(Relaxed));
        if with_queues {
            sum += i64::from(server.maxqueue) - i64::from(server.queue.length.load(Relaxed));
        }
    }
    sum
}
