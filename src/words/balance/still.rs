//! `balance static-rr`: by turns that were laid out in advance.

use std::sync::{Arc, Mutex};

use super::map;
use super::places::{Best, Place, in_service, lock};
use crate::base::ids::ServerId;
use crate::live::{self, Live};
use crate::model::proxy::{Options, Settings};
use crate::sample::{Cx, Pick};
use crate::spec;
use crate::spec::Balance;

spec! {
    /// By turns laid out in advance.
    pub static STILL: [Balance] = [
        /// Servers take turns, in proportion to their weights, in an order that is laid out anew whenever a server
        /// comes or goes.
        { name: "static-rr", build: build },
    ];
}

fn build(settings: &Settings) -> Result<Arc<dyn Pick>, String> {
    let all_backups = settings.options.has(Options::ALL_BACKUPS);
    Ok(Arc::new(Still { all_backups, state: Mutex::default() }))
}

struct Still {
    all_backups: bool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    places: Vec<Place>,
    slots: Vec<u16>,
    next: usize,
}

impl Pick for Still {
    fn pick(&self, _: &live::Proxy, cx: &Cx<'_>, avoid: Option<ServerId>) -> Option<ServerId> {
        let mut state = lock(&self.state);
        let count = state.slots.len();
        let mut best = Best::new(avoid);
        for step in 0..count {
            let slot = (state.next + step) % count;
            let place = state.slots.get(slot).and_then(|&at| state.places.get(usize::from(at)))?;
            best.see(cx.live, place.server, slot.wrapping_add(count * usize::from(slot < state.next)));
            if best.is_certain() {
                break;
            }
        }
        let (slot, server) = best.key_and_server()?;
        state.next = (slot + 1) % count;
        Some(server)
    }

    fn refresh(&self, live: &Live, backend: &live::Proxy) {
        let mut state = lock(&self.state);
        let state = &mut *state;
        in_service(live, backend, self.all_backups, &mut state.places);
        state.slots = map::slots(&state.places);
        state.next = 0;
    }
}
