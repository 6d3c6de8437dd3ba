//! What servers lack: names of their own, ports to check, authorities, servers to track.

use std::collections::HashMap;

use super::{Checker, word};
use crate::model::check::Step;
use crate::model::draft::Proxy;
use crate::model::proxy::Mode;
use crate::model::server::{PortRule, Server};
use crate::words::openssl;

/// What is said of a server that nobody vouches for.
const UNVERIFIED: &str = "verify is enabled by default but no CA file specified. If you're running on a LAN where you're \
                          certain to trust the server's certificate, please set an explicit 'verify none' statement on the \
                          'server' line, or use 'ssl-server-verify none' in the global section to disable server-side \
                          verifications by default.";

/// How far a chain of `track` is followed.
const TRACK_MAX: usize = 1_000;

impl Checker<'_> {
    /// Everything about the servers of a proxy.
    pub(super) fn servers(&mut self, proxy: &Proxy) {
        let mut names: HashMap<&str, &Server> = HashMap::new();
        for server in &proxy.servers {
            if let Some(first) = names.insert(&server.name, server) {
                let text = format!(
                    "parsing [{}] : {} '{}', another server named '{}' was already defined at line {}, please use \
                     distinct names.",
                    self.at(server.place),
                    word(proxy.kind),
                    proxy.name,
                    server.name,
                    first.place.line
                );
                self.fatal(server.place, text);
                names.insert(&server.name, first);
            }
        }
        for server in &proxy.servers {
            self.cookie(proxy, server);
        }
        for server in &proxy.servers {
            self.transport(proxy, server);
            self.check_protocol(proxy, server);
            self.check_port(proxy, server);
            self.tracked(proxy, server);
        }
    }

    fn title(&self, proxy: &Proxy, server: &Server) -> String {
        format!("[{}] : 'server {}/{}' : ", self.at(server.place), proxy.name, server.name)
    }

    fn cookie(&mut self, proxy: &Proxy, server: &Server) {
        if proxy.settings.mode == Mode::Http {
            return;
        }
        let (title, name) = (word(proxy.kind), &proxy.name);
        if server.options.redir.is_some() {
            let text = format!("{title} '{name}' : server cannot have cookie or redirect prefix in non-HTTP mode.");
            self.fatal(server.place, text);
        }
        if server.options.cookie.is_some() {
            let text =
                format!("{title} '{name}' : ignoring cookie for server '{}' as HTTP mode is disabled.", server.name);
            self.warn(server.place, text);
        }
    }

    fn transport(&mut self, proxy: &Proxy, server: &Server) {
        let options = &server.options;
        let title = self.title(proxy, server);
        if let Some(name) = options.resolvers.as_ref().filter(|name| !self.resolvers(name)) {
            let text = format!(
                "{} '{}', server '{}': unable to find required resolvers '{name}'",
                word(proxy.kind),
                proxy.name,
                server.name
            );
            self.fatal(server.place, text);
        }
        if options.facts.datagram && !matches!(proxy.settings.mode, Mode::Log) {
            let text = format!(
                "[{}] : unsupported transport for server address in '{}' backend.",
                self.at(server.place),
                proxy.settings.mode.word()
            );
            self.fatal(server.place, text);
        }
        let check = &proxy.settings.http_check;
        let mut steps = check.steps.iter().chain(&check.tcp_steps);
        let checked = steps.any(|step| matches!(step, Step::Connect(connect) if connect.ssl));
        let tls = options.ssl || options.check.ssl == Some(true) || checked;
        if options.dial.fast_open {
            let retry = &proxy.settings.retry_on;
            if !(retry.connection && retry.empty && retry.timeout) {
                let text = format!(
                    "{title}server has tfo activated, the backend should be configured with at least 'conn-failure', \
                     'empty-response' and 'response-timeout' or we wouldn't be able to retry the connection on failure."
                );
                self.warn(server.place, text);
            }
        }
        if options.facts.proto.as_deref() == Some("fcgi") && proxy.facts.fcgi.is_empty() {
            let text = format!("proxy '{}': FCGI server '{}' has no FCGI app configured.", proxy.name, server.name);
            self.fatal(server.place, text);
        }
        if !tls {
            return;
        }
        if let Some(reason) = &options.facts.certificate {
            self.fatal(server.place, format!("{title}{reason}"));
            return;
        }
        let mut wrong = Vec::new();
        let verified =
            !options.facts.verify_none && (options.facts.verify_required || !self.draft.global.server_verify_none);
        if verified && !options.facts.ca_file {
            wrong.push(UNVERIFIED.to_owned());
        }
        let versions = options.tls.versions;
        if options.facts.no_version || versions.min > versions.max {
            let kind = word(proxy.kind);
            let text = format!("all SSL/TLS versions are disabled for server '{}'.", server.name);
            wrong.push(format!("{kind} '{}': {text}", proxy.name));
        }
        wrong.extend(self.wrong_lists(proxy, server));
        if let Some(first) = wrong.first_mut() {
            *first = format!("{title}{first}");
        }
        for text in wrong {
            self.fatal(server.place, text);
        }
    }

    /// What is said of the lists of ciphers, groups and signatures that OpenSSL refuses.
    fn wrong_lists(&self, proxy: &Proxy, server: &Server) -> Vec<String> {
        let (tls, global) = (&server.options.tls, &self.draft.global);
        let default = &global.tls_server;
        let mut wrong = Vec::new();
        let ciphers = tls.ciphers.tls12.as_ref().or(default.ciphers.tls12.as_ref());
        if let Some(list) = ciphers.filter(|list| !openssl::are_ciphers(list)) {
            wrong.push(format!("unable to set SSL cipher list to '{list}'."));
        }
        let suites = tls.ciphers.tls13.as_ref().or(default.ciphers.tls13.as_ref());
        if let Some(list) = suites.filter(|list| !openssl::are_suites(list)) {
            wrong.push(format!("unable to set TLS 1.3 cipher suites to '{list}'."));
        }
        let (own, handed) = (&server.options.facts.signatures, &global.server_signatures);
        let curves = if tls.curves.is_empty() { &default.curves } else { &tls.curves };
        let curves = Some(curves.join(":")).filter(|list| !list.is_empty());
        let lists: [(&str, Option<&String>, openssl::Takes); 3] = [
            ("SSL Signature Algorithm", own.own.as_ref().or(handed.own.as_ref()), openssl::are_signatures),
            ("SSL Client Signature Algorithm", own.client.as_ref().or(handed.client.as_ref()), openssl::are_signatures),
            ("SSL curves", curves.as_ref(), openssl::are_groups),
        ];
        for (what, list, fits) in lists {
            if let Some(list) = list.filter(|list| !fits(list)) {
                let (proxy, server) = (&proxy.name, &server.name);
                wrong.push(format!("Proxy '{proxy}': unable to set {what} list to '{list}' for server '{server}'."));
            }
        }
        wrong
    }

    /// A check needs a port from somewhere.
    fn check_port(&mut self, proxy: &Proxy, server: &Server) {
        let check = &server.options.check;
        // What leads anywhere needs no port of its own.
        let inet = server.address.as_ref().and_then(|address| address.inet());
        if inet.is_some_and(|address| address.ip().is_unspecified()) {
            return;
        }
        let literal = server.address.as_ref().is_some_and(|address| address.inet().is_some());
        let portless = literal && matches!(server.port, PortRule::Same | PortRule::Offset(_))
            || server.address.as_ref().and_then(|address| address.inet()).is_some_and(|address| address.port() == 0);
        let given = check.port.is_some_and(|port| port > 0)
            || check.addr.as_ref().is_some_and(|address| address.inet().is_some_and(|address| address.port() > 0));
        let script = &proxy.settings.http_check;
        let step = script
            .steps
            .iter()
            .chain(&script.tcp_steps)
            .any(|step| matches!(step, Step::Connect(connect) if connect.port.is_some()));
        if check.enabled && portless && !given && !step {
            let text = format!(
                "config: {} '{}': server '{}' has neither service port nor check port.",
                word(proxy.kind),
                proxy.name,
                server.name
            );
            self.fatal(server.place, text);
        }
    }

    fn tracked(&mut self, proxy: &Proxy, server: &Server) {
        let Some(wanted) = &server.options.track else { return };
        let title = self.title(proxy, server);
        let mut home = proxy;
        let mut wanted = wanted.as_str();
        for _ in 0..TRACK_MAX {
            let (backend, name) = wanted.rsplit_once('/').unwrap_or((&home.name, wanted));
            let Some(there) = self.backend(backend) else {
                let text = format!("{title}unable to find required proxy '{backend}' for tracking.");
                return self.fatal(server.place, text);
            };
            let Some(found) = there.servers.iter().find(|known| known.name == name) else {
                let text = format!("{title}unable to find required server '{name}' for tracking.");
                return self.fatal(server.place, text);
            };
            let options = &found.options;
            if options.check.enabled || options.facts.agent {
                return;
            }
            let Some(next) = &options.track else {
                let text = format!(
                    "{title}unable to use {}/{name} for tracking as it does not have any check nor agent enabled.",
                    there.name
                );
                return self.fatal(server.place, text);
            };
            home = there;
            wanted = next;
        }
    }
}
