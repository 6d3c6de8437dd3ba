//! Which backend: `use_backend` in order, then `default_backend`.

use crate::base::ids::ProxyId;
use crate::live::Live;
use crate::model::config::{BackendChoice, Proxy};
use crate::sample::Cx;

/// The backend for this exchange, if there is one.
pub fn backend(frontend: &Proxy, live: &Live, cx: &Cx<'_>) -> Option<ProxyId> {
    for (choice, cond) in &frontend.use_backend {
        if cond.as_ref().is_some_and(|cond| !cond.holds(cx)) {
            continue;
        }
        match choice {
            BackendChoice::Proxy(id) => return Some(*id),
            // A name that leads nowhere ends the search: the default takes over.
            BackendChoice::Format(format) => match live.backend_named(&format.text(cx)) {
                Some(id) => return Some(id),
                None => break,
            },
        }
    }
    frontend.default_backend
}
