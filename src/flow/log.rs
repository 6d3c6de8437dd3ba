//! The one place that writes log lines of traffic.

use std::sync::atomic::Ordering::Relaxed;

use super::worker::Worker;
use crate::base::clock;
use crate::model::log_target::Level;
use crate::model::proxy::{LogLine, Options};
use crate::net::syslog::Message;
use crate::sample::{Cx, Direction};
use crate::spec::Needs;
use crate::txn::session::LogLevel;
use crate::txn::{Session, Txn};

/// Writes the line of an exchange, unless its proxy wants none.
pub fn emit(worker: &Worker, sess: &mut Session, txn: &mut Txn) {
    let frontend = worker.config.proxy(sess.frontend);
    if frontend.targets.is_empty() {
        return;
    }
    let LogLine::Format(format) = &frontend.settings.log_line else { return };
    let options = frontend.settings.options;
    let failed = is_error(txn, frontend.settings.mode == crate::model::proxy::Mode::Http);
    if !failed && options.has(Options::DONT_LOG_NORMAL) {
        return;
    }
    let level = match txn.log_level.or(sess.log_level) {
        Some(LogLevel::Silent) => return,
        Some(LogLevel::Level(code)) => level_of(code),
        None if failed && options.has(Options::LOG_SEPARATE_ERRORS) => Level::Err,
        None => Level::Info,
    };
    let live = worker.live.proxy(sess.frontend);
    live.logged.fetch_add(1, Relaxed);
    worker.with_line(|line| {
        let cx = Cx { sess, txn, live: &worker.live, direction: Direction::Response };
        format.write(&cx, line);
        let mut sd = Vec::new();
        if let Some(format) = &frontend.settings.log_sd {
            format.write(&cx, &mut sd);
        }
        send(worker, frontend, level, &sd, line);
    });
}

/// Writes the line of a connection that brought no request: in the format for errors, if there is one.
pub fn emit_refused(worker: &Worker, sess: &mut Session, txn: &mut Txn) {
    let frontend = worker.config.proxy(sess.frontend);
    let Some(format) = &frontend.settings.error_log_line else { return emit(worker, sess, txn) };
    worker.with_line(|line| {
        let cx = Cx { sess, txn, live: &worker.live, direction: Direction::Request };
        format.write(&cx, line);
        send(worker, frontend, Level::Info, b"", line);
    });
}

/// Writes the line of a request whose format looks at nothing later than the request: HAProxy does so when the request
/// is complete, and once more at the end.
pub fn emit_request(worker: &Worker, sess: &mut Session, txn: &mut Txn) {
    let LogLine::Format(format) = &worker.config.proxy(sess.frontend).settings.log_line else { return };
    if format.needs & Needs::REQUEST != 0 && format.needs & !(Needs::REQUEST | Needs::CLIENT) == 0 {
        emit(worker, sess, txn);
    }
}

/// Writes a line of fixed text to the targets of a proxy.
pub fn say(worker: &Worker, frontend: &crate::model::config::Proxy, level: Level, text: &[u8]) {
    send(worker, frontend, level, b"", text);
}

fn send(worker: &Worker, frontend: &crate::model::config::Proxy, level: Level, sd: &[u8], line: &[u8]) {
    let tag = frontend.settings.log_tag.as_deref().unwrap_or_default().as_bytes();
    let message = Message { level, now_us: clock::wall_us() as i64, tag, structured_data: sd, text: line };
    let mut logs = worker.logs.borrow_mut();
    for target in &frontend.targets {
        logs.push(target.index(), &message);
    }
}

/// Whether an exchange counts as an error: it did not end well, or was tried more than once, or the answer is a 5xx.
fn is_error(txn: &Txn, is_http: bool) -> bool {
    let odd_end = !matches!((txn.end.cause, txn.end.state), (b'-', _) | (b'L', _));
    odd_end || txn.retries > 0 || txn.redispatched || (is_http && (txn.status == 0 || txn.status >= 500))
}

fn level_of(code: u8) -> Level {
    Level::ALL.get(usize::from(code)).map_or(Level::Info, |(level, _)| *level)
}
