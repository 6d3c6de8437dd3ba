//! What a result does to its server: the score, the state, the words about it, and who follows.

use std::sync::atomic::Ordering::Relaxed;

use super::agent::{self, Admin, Answer};
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
        (_, State::Drain) if !conditional && outcome.status.is_good() && !live.health.drained.load(Relaxed) => {
            go_up(worker, server, &reason);
        }
        (Turn::Up, _) if !live.health.agent_down.load(Relaxed) => go_up(worker, server, &reason),
        _ => {}
    }
}

/// Does what an agent said. An agent that cannot be asked changes nothing.
pub fn apply_agent(worker: &Worker, server: ServerId, outcome: &Outcome, answer: Option<&Answer>, is_new: bool) {
    let live = worker.live.server(server);
    let health = &live.health;
    let before = health.agent_down.load(Relaxed);
    let after = answer.and_then(|answer| answer.service.as_ref()).map_or(before, |(up, _)| !up);
    health.agent_down.store(after, Relaxed);
    let logs = worker.config.proxy(live.proxy).settings.options.has(Options::LOG_HEALTH_CHECKS);
    let says = answer.is_none_or(|answer| answer.service.is_some());
    if logs && says && (is_new || before != after) {
        let standing = if after { "0/1 DOWN" } else { "1/1 UP" };
        tell_result(worker, server, "Agent", outcome, standing);
    }
    let Some(answer) = answer else { return };
    if let Some(weight) = answer.weight {
        agent::reweigh(worker, server, weight);
    }
    if let Some(admin) = answer.admin {
        order(worker, server, admin);
    }
    let reason = if logs { String::new() } else { outcome.reason() };
    let is_well = health.score.load(Relaxed) >= worker.config.server(server).options.check.rise;
    match live.state() {
        State::Up if after => go_down(worker, server, &reason),
        State::Down if before && !after && is_well => go_up(worker, server, &reason),
        _ => {}
    }
}

/// What an administrator, or an agent in his place, wants.
pub fn order(worker: &Worker, server: ServerId, admin: Admin) {
    let live = worker.live.server(server);
    live.health.drained.store(admin == Admin::Drain, Relaxed);
    let name = title(worker, server);
    match (admin, live.state()) {
        (Admin::Drain, State::Up) => {
            change(worker, server, State::Drain);
            tell_online(worker, server, "enters drain state", 0);
            tell_if_empty(worker, server);
        }
        (Admin::Maintenance, before) if before != State::Maintenance => {
            let waiting = live.queue.length.load(Relaxed);
            change(worker, server, State::Maintenance);
            tell_left(worker, server, "is going DOWN for maintenance", waiting, Level::Alert);
            tell_if_empty(worker, server);
        }
        (Admin::Ready, State::Drain) => {
            change(worker, server, State::Up);
            serve(worker, server);
            say(worker, server, Level::Notice, &format!("{name} is UP (leaving forced drain)."));
        }
        (Admin::Ready, State::Maintenance) => {
            live.health.score.store(worker.config.server(server).options.check.rise, Relaxed);
            change(worker, server, State::Up);
            serve(worker, server);
            say(worker, server, Level::Notice, &format!("{name} is UP/READY (leaving forced maintenance)."));
        }
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
    tell_result(worker, server, "Health", outcome, &standing);
}

fn tell_result(worker: &Worker, server: ServerId, kind: &str, outcome: &Outcome, standing: &str) {
    let live = worker.live.server(server);
    let word = match outcome.status {
        Status::Layer7Conditional => "conditionally succeeded",
        status if status.is_good() => "succeeded",
        _ => "failed",
    };
    let role = if live.backup { "backup " } else { "" };
    let backend = &worker.live.proxy(live.proxy).name;
    let name = &live.name;
    let reason = outcome.reason();
    let text = format!("{kind} check for {role}server {backend}/{name} {word}{reason}, status: {standing}.");
    say(worker, server, Level::Notice, &text);
}

fn fall(worker: &Worker, server: ServerId, reason: &str, depth: u32) {
    let live = worker.live.server(server);
    let waiting = live.queue.length.load(Relaxed);
    let Some(before) = change(worker, server, State::Down) else { return };
    // One that was out of the way already is no surprise.
    let level = if before == State::Up { Level::Alert } else { Level::Notice };
    tell_left(worker, server, &format!("is DOWN{reason}"), waiting, level);
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
    tell_online(worker, server, &format!("is UP{reason}"), requeued);
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
        tell_online(worker, server, &format!("is stopping{reason}"), 0);
        tell_if_empty(worker, server);
    }
}

fn tell_left(worker: &Worker, server: ServerId, what: &str, waiting: u32, level: Level) {
    let text = format!(
        "{} {what}. {} left.{} {} sessions active, {waiting} requeued, 0 remaining in queue.",
        title(worker, server),
        counts(worker, server),
        on_backup(worker, server),
        worker.live.server(server).connections.load(Relaxed),
    );
    say(worker, server, level, &text);
}

fn tell_online(worker: &Worker, server: ServerId, what: &str, requeued: u32) {
    let total = worker.live.proxy(worker.live.server(server).proxy).queue.length.load(Relaxed);
    let text = format!(
        "{} {what}. {} online.{} {requeued} sessions requeued, {total} total in queue.",
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
