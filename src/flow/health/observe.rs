//! `observe`: the traffic's own errors, and what too many of them do to a server.

use std::sync::atomic::Ordering::Relaxed;

use super::verdict;
use crate::base::ids::ServerId;
use crate::flow::worker::Worker;
use crate::live::State;
use crate::live::health::Turn;

/// What the traffic saw of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// A connection was made.
    Connected,
    /// A connection could not be made.
    NotConnected,
    /// A response that is none of a failing server.
    GoodResponse,
    /// A 5xx, save 501 and 505.
    WrongStatus,
    /// A head that could not be read.
    InvalidResponse,
    /// The connection failed before the response was there.
    ReadError,
    /// The response did not come in time.
    ReadTimeout,
    /// The server closed before it answered.
    Closed,
}

impl Seen {
    fn is_layer4(self) -> bool {
        matches!(self, Seen::Connected | Seen::NotConnected)
    }

    fn words(self) -> Option<&'static str> {
        Some(match self {
            Seen::Connected | Seen::GoodResponse => return None,
            Seen::NotConnected => "L4 unsuccessful connection",
            Seen::WrongStatus => "Wrong http response",
            Seen::InvalidResponse => "Invalid http response",
            Seen::ReadError => "Read error (http)",
            Seen::ReadTimeout => "Read timeout (http)",
            Seen::Closed => "Close from server (http)",
        })
    }
}

/// Tells what the traffic saw; it matters where the server line says `observe`.
pub fn note(worker: &Worker, server: ServerId, seen: Seen) {
    let options = &worker.config.server(server).options;
    let Some(observe) = &options.observe else { return };
    if !options.check.enabled || (seen.is_layer4() && observe.layer7) || (!seen.is_layer4() && !observe.layer7) {
        return;
    }
    let live = worker.live.server(server);
    let Some(words) = seen.words() else {
        live.health.errors.store(0, Relaxed);
        return;
    };
    let errors = live.health.errors.fetch_add(1, Relaxed) + 1;
    if errors < observe.limit || live.state() != State::Up {
        return;
    }
    live.health.errors.store(0, Relaxed);
    let reason =
        format!(", reason: Health analyze, info: \"Detected {errors} consecutive errors, last one was: {words}\"");
    let down = match observe.action.as_str() {
        "fastinter" => false,
        "sudden-death" => {
            // One bad check more and it is down.
            live.health.score.store(options.check.rise, Relaxed);
            live.health.fail(options.check.rise) == Turn::Down
        }
        "mark-down" => {
            live.health.score.store(0, Relaxed);
            true
        }
        _ => live.health.fail(options.check.rise) == Turn::Down,
    };
    live.health.hurry.store(true, Relaxed);
    if down {
        verdict::go_down(worker, server, &reason);
    }
}
