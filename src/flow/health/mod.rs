//! Health checks: a task per checked server, on one worker.
//!
//! A result is reached by `script`, `protocol`, `external` or a mere connection; `verdict` says what it means.

pub mod agent;
mod answer;
mod external;
mod link;
pub mod observe;
mod outcome;
mod protocol;
mod request;
mod script;
pub mod verdict;

use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use tokio::time::{Instant, sleep, sleep_until};

use self::link::{Clock, Target};
use self::outcome::{Outcome, Status};
use self::protocol::{Next, Talk};
use super::worker::Worker;
use crate::base::clock;
use crate::base::ids::ServerId;
use crate::live::State;
use crate::model::check::HealthCheck;
use crate::model::server::{InitState, ServerOptions};
use crate::net::tls::TlsConnector;

/// Starts the checks of all servers. Only one worker does, within its runtime.
///
/// The first checks are spread over the shortest interval, so that they do not all come at once.
pub fn start(worker: &Rc<Worker>) {
    let config = &worker.config;
    let checked: Vec<ServerId> = (0..config.servers.len())
        .map(|at| ServerId(at as u32))
        .filter(|id| is_checked(&config.server(*id).options))
        .collect();
    let shortest = checked.iter().map(|id| config.server(*id).options.check.inter).min().unwrap_or_default();
    for id in (0..config.servers.len()).map(|at| ServerId(at as u32)) {
        begin(worker, id);
    }
    for (number, server) in checked.iter().enumerate() {
        let delay = shortest * number as u32 / checked.len() as u32;
        let target = || Target { worker: worker.clone(), server: *server, connector: connector(worker, *server) };
        let options = &config.server(*server).options;
        if options.check.enabled && options.track.is_none() {
            tokio::task::spawn_local(watch(target(), delay));
        }
        if options.check.agent.enabled {
            tokio::task::spawn_local(agent::watch(target(), delay));
        }
    }
}

/// The score, and the state, a server starts with.
fn begin(worker: &Worker, server: ServerId) {
    let check = &worker.config.server(server).options.check;
    let live = worker.live.server(server);
    let (score, state) = match check.init_state {
        InitState::Up => (check.rise, State::Up),
        InitState::FullyUp => (check.rise + check.fall - 1, State::Up),
        InitState::Down => (check.rise - 1, State::Down),
        InitState::FullyDown => (0, State::Down),
    };
    live.health.score.store(score, Relaxed);
    if state == State::Down && check.enabled && live.state() == State::Up {
        worker.live.change_state(server, state, |all, backend| {
            if let Some(pick) = &worker.config.proxy(live.proxy).pick {
                pick.refresh(all, backend);
            }
        });
    }
}

fn is_checked(options: &ServerOptions) -> bool {
    (options.check.enabled && options.track.is_none()) || options.check.agent.enabled
}

/// What a server's checks speak TLS with: the traffic's own, or one for the checks alone.
fn connector(worker: &Worker, server: ServerId) -> Option<Arc<TlsConnector>> {
    let options = &worker.config.server(server).options;
    let scripts = &worker.config.proxy(worker.live.server(server).proxy).settings.http_check;
    let in_script = scripts
        .steps
        .iter()
        .chain(&scripts.tcp_steps)
        .any(|step| matches!(step, crate::model::check::Step::Connect(connect) if connect.ssl));
    if !in_script && !Target::uses_tls(options) {
        return None;
    }
    if let Some(known) = worker.connectors.get(server.index()).cloned().flatten() {
        return Some(known);
    }
    match TlsConnector::new(&options.tls) {
        Ok(made) => Some(Arc::new(made)),
        Err(error) => {
            log::error!("checks of server {} cannot use TLS: {error}", worker.live.server(server).name);
            None
        }
    }
}

/// Checks one server for ever.
async fn watch(target: Target, delay: Duration) {
    sleep(delay).await;
    loop {
        let begun = Instant::now();
        let live = target.worker.live.server(target.server);
        if live.state() != State::Maintenance {
            let start = clock::now();
            let mut outcome = check(&target).await;
            clock::refresh();
            outcome.took_ms = clock::now().since_ms(start);
            verdict::apply(&target.worker, target.server, &outcome);
        }
        sleep_until(begun + interval(&target)).await;
    }
}

/// The time from one check to the next: shorter while the state is about to change, of its own while the server is down.
fn interval(target: &Target) -> Duration {
    let check = target.check();
    let health = &target.worker.live.server(target.server).health;
    let hurries = health.hurry.swap(false, Relaxed);
    let chosen = match health.score.load(Relaxed) {
        _ if hurries => check.fastinter,
        0 => check.downinter,
        _ if health.is_settled(check.rise, check.fall) => None,
        _ => check.fastinter,
    };
    let interval = chosen.unwrap_or(check.inter);
    let percent = target.worker.config.global.spread_checks.min(50);
    if percent == 0 {
        return interval;
    }
    let spread = interval * percent / 100;
    let jitter = (clock::wall_us().wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as u32;
    interval - spread + (spread * 2).mul_f64(f64::from(jitter) / f64::from(u32::MAX))
}

/// One check.
async fn check(target: &Target) -> Outcome {
    let settings = &target.backend().settings;
    let timeouts = &settings.timeouts;
    let mut clock = Clock::new(target.check().inter, timeouts.connect, timeouts.check);
    match &settings.check {
        HealthCheck::External => {
            let limit = timeouts.check.map_or(target.check().inter, |check| check.min(target.check().inter));
            external::run(target, &Clock::new(limit, None, None)).await
        }
        HealthCheck::Http => script::run(target, true, &mut clock).await,
        HealthCheck::Script => script::run(target, false, &mut clock).await,
        HealthCheck::Tcp => match target.open(None, &mut clock, "").await {
            Err(outcome) => outcome,
            Ok(link) => {
                let status = if link.is_tls { Status::Layer6Passed } else { Status::Layer4Passed };
                link.close();
                Outcome::of(status)
            }
        },
        kind => talk(target, Talk::new(kind.clone()), &mut clock).await.unwrap_or_else(|outcome| outcome),
    }
}

/// A check of a well-known protocol.
async fn talk(target: &Target, mut talk: Talk, clock: &mut Clock) -> Result<Outcome, Outcome> {
    let mut link = target.open(None, clock, "").await?;
    let timed_out = talk.timed_out();
    let broken = |broken: link::Broken| broken.outcome(timed_out, "");
    if let Some(opening) = talk.opening((clock::wall_us() / 1_000_000) as u32) {
        link.send(&opening, clock).await.map_err(broken)?;
    }
    loop {
        match talk.judge(&link.input, link.ended) {
            Next::Done(outcome) => {
                link.close();
                return Ok(outcome);
            }
            Next::Send(bytes) => link.send(&bytes, clock).await.map_err(broken)?,
            Next::More => {
                link.more(clock).await.map_err(broken)?;
            }
        }
    }
}
