//! `balance first`: fills the first server before the next gets anything.

use std::sync::{Arc, Mutex};

use super::places::{Best, Place, in_service, lock};
use crate::base::ids::ServerId;
use crate::live::{self, Live};
use crate::model::proxy::{Options, Settings};
use crate::sample::{Cx, Pick};
use crate::spec;
use crate::spec::Balance;

spec! {
    /// In order.
    pub static FIRST: [Balance] = [
        /// The first server with a free slot, by `id`. It only makes sense with `maxconn` on the servers.
        { name: "first", build: build },
    ];
}

fn build(settings: &Settings) -> Result<Arc<dyn Pick>, String> {
    Ok(Arc::new(First { all_backups: settings.options.has(Options::ALL_BACKUPS), places: Mutex::default() }))
}

struct First {
    all_backups: bool,
    places: Mutex<Vec<Place>>,
}

impl Pick for First {
    fn pick(&self, _: &live::Proxy, cx: &Cx<'_>, avoid: Option<ServerId>) -> Option<ServerId> {
        let mut best = Best::new(avoid);
        for place in lock(&self.places).iter() {
            best.see(cx.live, place.server, ());
            if best.is_certain() {
                break;
            }
        }
        best.server()
    }

    fn refresh(&self, live: &Live, backend: &live::Proxy) {
        let mut places = lock(&self.places);
        in_service(live, backend, self.all_backups, &mut places);
        places.sort_by_key(|place| live.server(place.server).uid);
    }
}
