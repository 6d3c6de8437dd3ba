//! `balance roundrobin`: by turns, in proportion to weights that may change at any time.

use std::sync::{Arc, Mutex};

use super::places::{Best, lock};
use super::turn::Turns;
use crate::base::ids::ServerId;
use crate::live::{self, Live};
use crate::model::proxy::{Options, Settings};
use crate::sample::{Cx, Pick};
use crate::spec;
use crate::spec::Balance;

spec! {
    /// By turns.
    pub static ROUND: [Balance] = [
        /// Servers take turns, in proportion to their weights: the smoothest and fairest way. It is the default.
        { name: "roundrobin", build: build },
    ];
}

/// Makes it.
pub fn build(settings: &Settings) -> Result<Arc<dyn Pick>, String> {
    Ok(Arc::new(Round { all_backups: settings.options.has(Options::ALL_BACKUPS), state: Mutex::default() }))
}

struct Round {
    all_backups: bool,
    state: Mutex<State>,
}

/// The schedules of active and backup servers; a server's number is its place in the backend.
#[derive(Default)]
struct State {
    active: Turns,
    backup: Turns,
    has_active: bool,
}

impl Pick for Round {
    fn pick(&self, backend: &live::Proxy, cx: &Cx<'_>, avoid: Option<ServerId>) -> Option<ServerId> {
        let mut state = lock(&self.state);
        let state = &mut *state;
        let turns = if state.has_active { &mut state.active } else { &mut state.backup };
        let mut best = Best::new(avoid);
        let mut see = |at: usize| {
            backend.servers.get(at).inspect(|server| best.see(cx.live, **server, at));
            best.is_certain()
        };
        if state.has_active || self.all_backups {
            turns.in_order().any(&mut see);
        } else {
            turns.lowest().into_iter().any(&mut see);
        }
        let (at, server) = best.key_and_server()?;
        turns.take(at);
        Some(server)
    }

    fn refresh(&self, live: &Live, backend: &live::Proxy) {
        let mut state = lock(&self.state);
        state.has_active = false;
        for (at, &server) in backend.servers.iter().enumerate() {
            let known = live.server(server);
            let weight = if known.is_usable() { known.weight.load(std::sync::atomic::Ordering::Relaxed) } else { 0 };
            state.has_active |= weight > 0 && !known.backup;
            let turns = if known.backup { &mut state.backup } else { &mut state.active };
            turns.set(at, weight);
        }
    }
}
