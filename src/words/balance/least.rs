//! `balance leastconn`: the server with the fewest connections for its weight.

use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex};

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
    /// Each with the number of the last event that concerned it.
    places: Vec<(Place, u64)>,
    events: u64,
}

impl State {
    fn touch(&mut self, server: ServerId) {
        self.events += 1;
        if let Some((_, last)) = self.places.iter_mut().find(|(place, _)| place.server == server) {
            *last = self.events;
        }
    }
}

/// How loaded a server is: an idle one is 0 whatever its weight, else the load it would have with one more.
fn load(connections: u32, weight: u32) -> u64 {
    if connections == 0 { 0 } else { ((u64::from(connections) + 1) << 20) / u64::from(weight.max(1)) }
}

impl Pick for Least {
    fn pick(&self, _: &live::Proxy, cx: &Cx<'_>, avoid: Option<ServerId>) -> Option<ServerId> {
        let mut best = Best::new(avoid);
        for (place, last) in &lock(&self.state).places {
            let server = cx.live.server(place.server);
            let busy = server.connections.load(Relaxed).saturating_add(server.queue.length.load(Relaxed));
            best.see(cx.live, place.server, (load(busy, place.weight), *last));
        }
        best.server()
    }

    fn refresh(&self, live: &Live, backend: &live::Proxy) {
        let mut places = Vec::new();
        in_service(live, backend, self.all_backups, &mut places);
        let mut state = lock(&self.state);
        let last = |place: &Place| {
            let known = state.places.iter().find(|(known, _)| known.server == place.server);
            known.map_or(state.events, |(_, last)| *last)
        };
        state.places = places.iter().map(|place| (*place, last(place))).collect();
    }

    fn taken(&self, _: &Live, server: ServerId) {
        lock(&self.state).touch(server);
    }

    fn dropped(&self, _: &Live, server: ServerId) {
        lock(&self.state).touch(server);
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
                let loads: Vec<u64> = counts.iter().zip(weights).map(|(&count, &weight)| load(count, weight)).collect();
                assert_eq!(loads.get(chosen), loads.iter().min(), "{counts:?}");
                counts[chosen] += 1;
            }
        }
    }
}
