//! `balance leastconn`: the server with the fewest connections for its weight.

use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex};

use super::line::Line;
use super::places::{Best, Place, in_service, lock};
use crate::base::ids::ServerId;
use crate::live::{self, Live};
use crate::model::proxy::{Options, Settings};
use crate::sample::{Cx, Pick};
use crate::spec;
use crate::spec::Balance;

spec! {
    /// By connections.
    pub static LEAST: [Balance] = [
        /// The server with the fewest connections in proportion to its weight; of equal ones, the one that was not
        /// touched for the longest time.
        { name: "leastconn", build: build },
    ];
}

fn build(settings: &Settings) -> Result<Arc<dyn Pick>, String> {
    let all_backups = settings.options.has(Options::ALL_BACKUPS);
    Ok(Arc::new(Least { all_backups, state: Mutex::default() }))
}

struct Least {
    all_backups: bool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    places: Vec<Entry>,
    /// The least loaded first.
    line: Line,
    events: u64,
}

#[derive(Clone, Copy)]
struct Entry {
    place: Place,
    /// Its load when it was last touched.
    load: u64,
    /// The number of the last event that concerned it.
    last: u64,
}

impl State {
    /// Puts a server where its load of now belongs, behind those that have the same.
    fn touch(&mut self, live: &Live, server: ServerId) {
        let Ok(at) = self.places.binary_search_by_key(&server, |entry| entry.place.server) else { return };
        self.events += 1;
        let events = self.events;
        self.change(at, |entry| (entry.load, entry.last) = (load(live, &entry.place), events));
    }

    fn change(&mut self, at: usize, change: impl FnOnce(&mut Entry)) {
        let State { places, line, .. } = self;
        line.remove(at, |at| key(places, at));
        places.get_mut(at).map(change);
        line.insert(at, |at| key(places, at));
    }

    /// The first whose load is still what it was when it was put there. Who waits in a server's queue touches nobody.
    fn settle(&mut self, live: &Live) {
        for _ in 0..self.places.len() {
            let Some(at) = self.line.iter().next() else { return };
            let Some(entry) = self.places.get(at) else { return };
            let now = load(live, &entry.place);
            if now <= entry.load {
                return;
            }
            self.change(at, |entry| entry.load = now);
        }
    }
}

fn key(places: &[Entry], at: usize) -> Option<(u64, u64, usize)> {
    places.get(at).map(|entry| (entry.load, entry.last, at))
}

fn load(live: &Live, place: &Place) -> u64 {
    let server = live.server(place.server);
    loaded(server.connections.load(Relaxed).saturating_add(server.queue.length.load(Relaxed)), place.weight)
}

/// How loaded a server is: an idle one is 0 whatever its weight, else the load it would have with one more.
fn loaded(connections: u32, weight: u32) -> u64 {
    if connections == 0 { 0 } else { ((u64::from(connections) + 1) << 20) / u64::from(weight.max(1)) }
}

impl Pick for Least {
    fn pick(&self, _: &live::Proxy, cx: &Cx<'_>, avoid: Option<ServerId>) -> Option<ServerId> {
        let mut state = lock(&self.state);
        state.settle(cx.live);
        let mut best = Best::new(avoid);
        for entry in state.line.iter().filter_map(|at| state.places.get(at)) {
            best.see(cx.live, entry.place.server, ());
            if best.is_certain() {
                break;
            }
        }
        best.server()
    }

    fn refresh(&self, live: &Live, backend: &live::Proxy) {
        let mut places = Vec::new();
        in_service(live, backend, self.all_backups, &mut places);
        places.sort_by_key(|place| place.server);
        let mut state = lock(&self.state);
        let State { places: known, line, events } = &mut *state;
        let entry = |place: &Place| {
            let at = known.binary_search_by_key(&place.server, |entry| entry.place.server);
            let last = at.ok().and_then(|at| known.get(at)).map_or(*events, |entry| entry.last);
            Entry { place: *place, load: load(live, place), last }
        };
        *known = places.iter().map(entry).collect();
        line.clear();
        (0..known.len()).for_each(|at| line.insert(at, |at| key(known, at)));
    }

    fn taken(&self, live: &Live, server: ServerId) {
        lock(&self.state).touch(live, server);
    }

    fn dropped(&self, live: &Live, server: ServerId) {
        lock(&self.state).touch(live, server);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_recorded_with_connections_that_stay() {
        for (weights, expected) in [
            (&[3, 5][..], "1222121221221212212212122122121221221212212212122122121221221212"),
            (&[1, 1, 1][..], "123123123"),
        ] {
            let mut counts = vec![0; weights.len()];
            for letter in expected.bytes() {
                let chosen = usize::from(letter - b'1');
                let loads: Vec<u64> =
                    counts.iter().zip(weights).map(|(&count, &weight)| loaded(count, weight)).collect();
                assert_eq!(loads.get(chosen), loads.iter().min(), "{counts:?}");
                counts[chosen] += 1;
            }
        }
    }
}
