//! What SIGHUP asks for: the state of every server and of every proxy, in the logs and on the standard error.

use std::sync::atomic::Ordering::Relaxed;

use super::log;
use super::worker::Worker;
use crate::live::Server;
use crate::model::config::Proxy;
use crate::model::log_target::Level;

/// Says them all, proxy by proxy in order of declaration.
pub fn say(worker: &Worker) {
    warn(worker, "SIGHUP received, dumping servers states.");
    for (config, live) in worker.config.proxies.iter().zip(&worker.live.proxies) {
        let text = format!("SIGHUP received, dumping servers states for proxy {}.", live.name);
        log::say(worker, config, Level::Notice, text.as_bytes());
        for server in live.servers.iter().map(|id| worker.live.server(*id)) {
            tell(worker, config, &of_server(server, &live.name));
        }
        tell(worker, config, &of_proxy(worker, live));
    }
}

fn of_server(server: &Server, backend: &str) -> String {
    let state = if server.is_running() { "UP" } else { "DOWN" };
    format!(
        "SIGHUP: Server {backend}/{} is {state}. Conn: {} act, {} pend, {} tot.",
        server.name,
        server.connections.load(Relaxed),
        server.queue.length.load(Relaxed),
        server.sessions.load(Relaxed)
    )
}

fn of_proxy(worker: &Worker, proxy: &crate::live::Proxy) -> String {
    let servers: Vec<&Server> = proxy.servers.iter().map(|id| worker.live.server(*id)).collect();
    let running = |backup: bool| servers.iter().filter(|server| server.backup == backup && server.is_usable()).count();
    let has = match (running(false), running(true)) {
        _ if servers.is_empty() => String::from("has no servers."),
        (0, 0) => String::from("has no server available !"),
        (0, _) => String::from("is running on backup servers !"),
        (active, backup) => format!("has {active} active servers and {backup} backup servers available."),
    };
    let alone = proxy.queue.length.load(Relaxed);
    let waiting = servers.iter().fold(alone, |sum, server| sum.saturating_add(server.queue.length.load(Relaxed)));
    format!(
        "SIGHUP: Proxy {} {has} Conn: act(FE+BE): {}+{}, {waiting} pend ({alone} unass), tot(FE+BE): {}+{}.",
        proxy.name,
        proxy.fe_connections.load(Relaxed),
        proxy.be_connections.load(Relaxed),
        proxy.fe_sessions.load(Relaxed),
        proxy.be_sessions.load(Relaxed)
    )
}

fn tell(worker: &Worker, proxy: &Proxy, text: &str) {
    warn(worker, text);
    log::say(worker, proxy, Level::Notice, text.as_bytes());
}

fn warn(worker: &Worker, text: &str) {
    if !worker.config.global.quiet {
        eprintln!("[WARNING]  ({}) : {text}", std::process::id());
    }
}
