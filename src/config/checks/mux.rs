//! Protocols asked for by name (`proto`, `check-proto`) that the mode cannot use.

use super::{Checker, word};
use crate::base::diag::Place;
use crate::model::check::HealthCheck;
use crate::model::draft::Proxy;
use crate::model::proxy::Mode;

impl Checker<'_> {
    /// The backends of SPOE agents exist and speak SPOP, which those of mode tcp are turned to.
    pub(super) fn agents(&mut self, proxy: &Proxy) {
        for agent in &proxy.facts.agents {
            if proxy.facts.agents.iter().filter(|other| other.engine == agent.engine).count() > 1 {
                let text = format!("duplicated name for SPOE engine '{}'.", agent.engine);
                self.fatal(proxy.place, format!("Proxy {} : {text}", proxy.name));
                continue;
            }
            let (name, backend) = (&proxy.name, &agent.backend);
            let used = format!("used by SPOE agent '{}' declared at {}", agent.name, agent.declared);
            match self.backend(backend).map(|backend| backend.settings.mode) {
                None => self.fatal(proxy.place, format!("Proxy {name} : unknown backend '{backend}' {used}.")),
                Some(Mode::Spop | Mode::Tcp) => {}
                Some(_) => {
                    self.fatal(proxy.place, format!("Proxy {name} : backend '{backend}' {used} must use SPOP mode."));
                }
            }
        }
    }

    /// The protocols of sockets.
    pub(super) fn bind_protocols(&mut self, proxy: &Proxy) {
        let known: &[&str] = if proxy.settings.mode == Mode::Http { &["h1", "h2", "quic"] } else { &["none"] };
        for bind in &proxy.binds {
            let wanted = if bind.facts.quic { Some("quic") } else { bind.facts.proto.as_deref() };
            self.protocol(proxy, wanted, known, (&format!("'bind {}'", bind.source), bind.place));
        }
    }

    /// The protocols of servers.
    pub(super) fn server_protocols(&mut self, proxy: &Proxy) {
        let known: &[&str] = match proxy.settings.mode {
            Mode::Http => &["h1", "h2", "fcgi"],
            Mode::Spop => &["spop"],
            _ => &["none"],
        };
        for server in &proxy.servers {
            let wanted = server.options.facts.proto.as_deref();
            self.protocol(proxy, wanted, known, (&format!("server '{}'", server.name), server.place));
        }
    }

    /// The protocol that a socket or a server asks for is one that the mode knows.
    fn protocol(&mut self, proxy: &Proxy, wanted: Option<&str>, known: &[&str], (whose, place): (&str, Place)) {
        if let Some(name) = wanted.filter(|name| !known.contains(name)) {
            let (title, owner) = (word(proxy.kind), &proxy.name);
            let at = self.at(place);
            self.fatal(
                place,
                format!("{title} '{owner}' : MUX protocol '{name}' is not usable for {whose} at [{at}]."),
            );
        }
    }

    /// The protocol of a server's checks.
    pub(super) fn check_protocol(&mut self, proxy: &Proxy, server: &crate::model::server::Server) {
        let Some(name) = server.options.facts.check_proto.as_deref().filter(|_| server.options.check.enabled) else {
            return;
        };
        let http = matches!(proxy.settings.check, HealthCheck::Http);
        let fits = if http { matches!(name, "h1" | "h2" | "fcgi") } else { name == "none" };
        if !fits {
            let text = format!(
                "config: {} '{}': server '{}' uses an incompatible MUX protocol for the selected check type",
                word(proxy.kind),
                proxy.name,
                server.name
            );
            self.fatal(server.place, text);
        }
    }
}
