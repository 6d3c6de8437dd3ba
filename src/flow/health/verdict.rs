//! What a result does to its server: the score, the state, the words about it, and who follows.

use std::sync::atomic::Ordering::Relaxed;

use super::outcome::{Outcome, Status};
use crate::base::ids::ServerId;
use crate::flow::log;
use crate::flow::worker::Worker;
use crate::live::health::Turn;
use crate::live::{Live, Proxy, State};
use crate::model::log_target::Level;
use crate::model::proxy::Options;

/// Tracking servers that follow each other: a longer chain is a mistake that would never end.
const TRACK_DEPTH_MAX: u32 = 16;

/// Counts a check's result.
pub fn apply(worker: &Worker, server: ServerId, outcome: &Outcome) {
    let live = worker.live.server(server);
    if live.state() == State::Maintenance {
        return;
    }
    let check = &worker.config.server(server).options.check;
    let conditional = outcome.status == Status::Layer7Conditional;
    let turn = match (conditional, outcome.status.is_good()) {
        (true, _) => Turn::Same,
        (false, true) => live.health.pass(check.rise, check.fall),
        (false, false) => live.health.fail(check.rise),
    };
    let is_new = live.health.note(outcome.status.words());
    let logs = worker.config.proxy(live.proxy).settings.options.has(Options::LOG_HEALTH_CHECKS);
    if logs && (is_new || turn != Turn::Same) {
        report(worker, server, outcome);
    }
    let reason = if logs { String::new() } else { outcome.reason() };
    match (turn, live.state()) {
        (Turn::Down, _) => go_down(worker, server, &reason),
        (_, State::Up) if conditional => stop(worker, server, &reason),
        (_, State::Drain) if !conditional && outcome.status.is_good() => go_up(worker, server, &reason),
        (Turn::Up, _) => go_up(worker, server, &reason),
        _ => {}
    }
}

/// Takes a server out of service.
pub fn go_down(worker: &Worker, server: ServerId, reason: &str) {
    fall(worker, server, reason, 0);
}

/// Puts a server into service.
pub fn go_up(worker: &Worker, server: ServerId, reason: &str) {
    rise(worker, server, reason, 0);
}

/// `option log-health-checks`: a line for each result that says something new.
fn report(worker: &Worker, server: ServerId, outcome: &Outcome) {
    let live = worker.live.server(server);
    let check = &worker.config.server(server).options.check;
    let score = live.health.score.load(Relaxed);
    let standing = if score >= check.rise {
        format!("{}/{} UP", score + 1 - check.rise, check.fall)
    } else {
        format!("{score}/{} DOWN", check.rise)
    };
    let word = match outcome.status {
        Status::Layer7Conditional => "conditionally succeeded",
        status if status.is_good() => "succeeded",
        _ => "failed",
    };
    let kind = if live.backup { "backup " } else { "" };
    let backend = &worker.live.proxy(live.proxy).name;
    let text = format!(
        "Health check for {kind}server {backend}/{} {word}{}, status: {standing}.",
        live.name,
        outcome.reason()
    );
    say(worker, server, Level::Notice, &text);
}

fn fall(worker: &Worker, server: ServerId, reason: &str, depth: u32) {
    let live = worker.live.server(server);
    let waiting = live.queue.length.load(Relaxed);
    let Some(before) = change(worker, server, State::Down) else { return };
    let text = format!(
        "{} is DOWN{reason}. {} left.{} {} sessions active, {waiting} requeued, 0 remaining in queue.",
        title(worker, server),
        counts(worker, server),
        on_backup(worker, server),
        live.connections.load(Relaxed),
    );
    // One that was out of the way already is no surprise.
    say(worker, server, if before == State::Up { Level::Alert } else { Level::Notice }, &text);
    worker.pool.borrow_mut().forget(server);
    if worker.config.server(server).options.shutdown_sessions {
        live.cut_sessions();
    }
    tell_if_empty(worker, server);
    follow(worker, server, depth, |follower, via| fall(worker, follower, via, depth + 1));
}

fn rise(worker: &Worker, server: ServerId, reason: &str, depth: u32) {
    if change(worker, server, State::Up).is_none() {
        return;
    }
    let requeued = serve(worker, server);
    online(worker, server, &format!("UP{reason}"), requeued);
    if worker.config.server(server).options.shutdown_backup_sessions {
        let backend = worker.live.proxy(worker.live.server(server).proxy);
        let servers = backend.servers.iter().map(|id| worker.live.server(*id));
        servers.filter(|other| other.backup).for_each(crate::live::Server::cut_sessions);
    }
    follow(worker, server, depth, |follower, via| rise(worker, follower, via, depth + 1));
}

/// A 404 under `disable-on-404`: what it has it keeps, nothing new comes.
fn stop(worker: &Worker, server: ServerId, reason: &str) {
    if change(worker, server, State::Drain).is_some() {
        online(worker, server, &format!("stopping{reason}"), 0);
        tell_if_empty(worker, server);
    }
}

fn online(worker: &Worker, server: ServerId, what: &str, requeued: u32) {
    let total = worker.live.proxy(worker.live.server(server).proxy).queue.length.load(Relaxed);
    let text = format!(
        "{} is {what}. {} online.{} {requeued} sessions requeued, {total} total in queue.",
        title(worker, server),
        counts(worker, server),
        on_backup(worker, server),
    );
    say(worker, server, Level::Notice, &text);
}

fn change(worker: &Worker, server: ServerId, state: State) -> Option<State> {
    worker.live.change_state(server, state, |live: &Live, backend: &Proxy| {
        if let Some(pick) = &worker.config.proxy(live.server(server).proxy).pick {
            pick.refresh(live, backend);
        }
    })
}

/// Gives the slots of a server that is up again to those who wait for any; how many.
fn serve(worker: &Worker, server: ServerId) -> u32 {
    let queue = &worker.live.proxy(worker.live.server(server).proxy).queue;
    let mut served = 0;
    loop {
        let before = queue.length.load(Relaxed);
        worker.serve_queue(server);
        if before == 0 || queue.length.load(Relaxed) >= before {
            return served;
        }
        served += 1;
    }
}

/// The servers that track this one do as it does.
fn follow(worker: &Worker, server: ServerId, depth: u32, each: impl Fn(ServerId, &str)) {
    let (live, config) = (&worker.live, &worker.config);
    if depth >= TRACK_DEPTH_MAX {
        return;
    }
    let leader = live.server(server);
    let full = format!("{}/{}", live.proxy(leader.proxy).name, leader.name);
    for (at, (proxy, follower)) in config.servers.iter().enumerate() {
        let Some(track) = &follower.options.track else { continue };
        if *track == full || (*track == leader.name && *proxy == leader.proxy) {
            each(ServerId(at as u32), &format!(" via {full}"));
        }
    }
}

fn title(worker: &Worker, server: ServerId) -> String {
    let live = worker.live.server(server);
    let kind = if live.backup { "Backup " } else { "" };
    format!("{kind}Server {}/{}", worker.live.proxy(live.proxy).name, live.name)
}

fn counts(worker: &Worker, server: ServerId) -> String {
    let usable = worker.live.usable(worker.live.server(server).proxy);
    format!("{} active and {} backup servers", usable.active, usable.backup)
}

fn on_backup(worker: &Worker, server: ServerId) -> &'static str {
    let usable = worker.live.usable(worker.live.server(server).proxy);
    if usable.active == 0 && usable.backup > 0 { " Running on backup." } else { "" }
}

fn tell_if_empty(worker: &Worker, server: ServerId) {
    let proxy = worker.live.server(server).proxy;
    if !worker.live.usable(proxy).is_none() {
        return;
    }
    let backend = worker.config.proxy(proxy);
    if !worker.config.global.quiet {
        eprintln!("[ALERT]    ({}) : backend '{}' has no server available!", std::process::id(), backend.name);
    }
    let text = format!("backend {} has no server available!", backend.name);
    log::say(worker, backend, Level::Emerg, text.as_bytes());
}

fn say(worker: &Worker, server: ServerId, level: Level, text: &str) {
    if !worker.config.global.quiet {
        eprintln!("[WARNING]  ({}) : {text}", std::process::id());
    }
    let backend = worker.config.proxy(worker.live.server(server).proxy);
    log::say(worker, backend, level, text.as_bytes());
}
