//! Where a proxy leads: its backends and servers, and whether their modes fit.

use super::{Checker, word};
use crate::base::diag::Place;
use crate::model::draft::{Proxy, Target};
use crate::model::proxy::Mode;

impl Checker<'_> {
    /// What is said first of a proxy.
    pub(super) fn begins(&mut self, proxy: &Proxy) {
        if proxy.kind.is_frontend() && proxy.binds.is_empty() && !proxy.facts.said.contains("bind") {
            let text = "has no 'bind' directive. Please declare it as a backend if this was intended.";
            self.warn(proxy.place, format!("{} '{}' {text}", word(proxy.kind), proxy.name));
        }
    }

    /// `default_backend`, `use_backend` and `use-server`.
    pub(super) fn targets(&mut self, proxy: &Proxy) {
        let front = proxy.kind.is_frontend();
        // What a backend has from its defaults is nobody's.
        let own = |place: Place| place.file == proxy.place.file && place.line > proxy.place.line;
        if let Some((name, place)) = proxy.settings.default_backend.as_ref().filter(|said| front || own(said.1)) {
            match self.backend(name) {
                Some(backend) if std::ptr::eq(backend, proxy) => {
                    self.fatal(*place, format!("Proxy '{name}': loop detected for default_backend: '{name}'."));
                }
                Some(backend) => {
                    if front && !proxy.servers.is_empty() {
                        let text = "the 'default_backend' rule always has precedence over the servers, which will never be used.";
                        self.warn(*place, format!("In proxy '{}', {text}", proxy.name));
                    }
                    self.fits(proxy, backend, "as its default backend");
                }
                None => {
                    let own = &proxy.name;
                    self.fatal(*place, format!("Proxy '{own}': unable to find required default_backend: '{name}'."));
                }
            }
        }
        for switch in &proxy.use_backend {
            let Target::Name(name) = &switch.target else { continue };
            match self.backend(name) {
                Some(backend) if std::ptr::eq(backend, proxy) => {
                    self.fatal(switch.place, format!("Proxy '{name}': loop detected for use_backend: '{name}'."));
                }
                Some(backend) => self.fits(proxy, backend, "in a 'use_backend' rule"),
                None => {
                    let own = &proxy.name;
                    self.fatal(switch.place, format!("Proxy '{own}': unable to find required use_backend: '{name}'."));
                }
            }
        }
        for switch in &proxy.use_server {
            let Target::Name(name) = &switch.target else { continue };
            if !proxy.kind.is_backend() || proxy.servers.iter().any(|server| server.name == *name) {
                continue;
            }
            let message = format!(
                "{} '{}' : unable to find server '{name}' referenced in a 'use-server' rule.",
                word(proxy.kind),
                proxy.name
            );
            self.fatal(switch.place, message);
        }
    }

    /// An HTTP frontend cannot use a TCP backend.
    fn fits(&mut self, frontend: &Proxy, backend: &Proxy, how: &str) {
        let (mine, other) = (frontend.settings.mode, backend.settings.mode);
        if mine == other || (mine == Mode::Tcp && other == Mode::Http) {
            return;
        }
        let message = format!(
            "{} {} '{}' ({}) tries to use incompatible {} {} '{}' ({}) {how} (see 'mode').",
            mine.word(),
            word(frontend.kind),
            frontend.name,
            self.at(frontend.place),
            other.word(),
            word(backend.kind),
            backend.name,
            self.at(backend.place)
        );
        self.fatal(frontend.place, message);
    }

    /// Timeouts that everything would hang without.
    pub(super) fn missing_timeouts(&mut self, proxy: &Proxy) {
        let timeouts = &proxy.settings.timeouts;
        let front = proxy.kind.is_frontend() && timeouts.client.is_none();
        let back = proxy.kind.is_backend()
            && !proxy.servers.is_empty()
            && (timeouts.connect.is_none() || timeouts.server.is_none());
        if (front || back) && proxy.settings.mode != Mode::Log {
            let message = format!(
                "missing timeouts for {} '{}'.\n   | While not properly invalid, you will certainly encounter various \
                 problems\n   | with such a configuration. To fix this, please ensure that all following\n   | timeouts \
                 are set to a non-zero value: 'client', 'connect', 'server'.",
                word(proxy.kind),
                proxy.name
            );
            self.warn(proxy.place, message);
        }
    }
}
