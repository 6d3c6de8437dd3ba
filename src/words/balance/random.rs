//! `balance random`: the least loaded of a few servers drawn at random.

use std::cell::Cell;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex};

use super::places::{Best, Place, in_service, lock};
use super::ring::Ring;
use crate::base::clock;
use crate::base::ids::ServerId;
use crate::live::{self, Live};
use crate::model::proxy::{Options, Settings};
use crate::sample::{Cx, Pick};
use crate::spec;
use crate::spec::{Args, Balance, Done, Fault};

/// Draws unless said otherwise.
const DRAWS_DEFAULT: u32 = 2;

spec! {
    /// By chance.
    pub static RANDOM: [Balance] = [
        /// Draws servers at random, in proportion to their weights, and takes the least loaded of them: two draws
        /// unless said otherwise.
        { name: "random", usage: "[(<draws>)]", parse: parse, build: build },
    ];
}

fn parse(args: &mut Args<'_>, settings: &mut Settings) -> Done {
    if let Some(inside) = super::key::in_parentheses(args.keyword()) {
        let draws: Option<u32> = inside.parse().ok().filter(|draws| *draws > 0);
        let Some(draws) = draws else {
            return Err(Fault::new(format!("{} : invalid value, expects a positive number of draws.", args.keyword())));
        };
        settings.balance.args = vec![draws.to_string()];
    }
    args.finish()
}

fn build(settings: &Settings) -> Result<Arc<dyn Pick>, String> {
    let draws = settings.balance.args.first().and_then(|text| text.parse().ok()).unwrap_or(DRAWS_DEFAULT);
    let all_backups = settings.options.has(Options::ALL_BACKUPS);
    Ok(Arc::new(Random { all_backups, draws, state: Mutex::default() }))
}

struct Random {
    all_backups: bool,
    draws: u32,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    places: Vec<Place>,
    ring: Ring,
}

impl Pick for Random {
    fn pick(&self, _: &live::Proxy, cx: &Cx<'_>, avoid: Option<ServerId>) -> Option<ServerId> {
        let state = lock(&self.state);
        let load = |place: &Place| {
            let server = cx.live.server(place.server);
            let busy = server.connections.load(Relaxed).saturating_add(server.queue.length.load(Relaxed));
            (u64::from(busy) << 20) / u64::from(place.weight)
        };
        let mut best = Best::new(avoid);
        for _ in 0..self.draws {
            let drawn = state.ring.from(state.ring.nearest(number())).next();
            if let Some(place) = drawn.and_then(|at| state.places.get(usize::from(at))) {
                best.see(cx.live, place.server, load(place));
            }
        }
        if !best.is_certain() {
            state.places.iter().for_each(|place| best.see(cx.live, place.server, load(place)));
        }
        best.server()
    }

    fn refresh(&self, live: &Live, backend: &live::Proxy) {
        let mut state = lock(&self.state);
        let state = &mut *state;
        in_service(live, backend, self.all_backups, &mut state.places);
        state.ring = Ring::of(&state.places, |place| live.server(place.server).uid);
    }
}

/// A random number of this thread: xorshift, which is good enough to spread load and to nothing else.
fn number() -> u32 {
    thread_local! {
        static STATE: Cell<u64> = const { Cell::new(0) };
    }
    STATE.with(|cell| {
        let mut state = cell.get();
        if state == 0 {
            state = clock::wall_us() ^ (std::ptr::from_ref(cell) as u64).rotate_left(32) | 1;
        }
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        cell.set(state);
        (state >> 32) as u32
    })
}
