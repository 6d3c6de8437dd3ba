//! Servers that take nothing: backends without any, weights of zero, limits that are not kept.

use crate::spec;
use crate::spec::Level;
use crate::spec::lint::{Findings, Lint, ProxyView, ServerView, View};

spec! {
    /// Servers of a backend.
    pub static SERVERS: [Lint] = [
        /// Only servers without weight.
        ///
        /// ## What it finds
        /// A backend each of whose servers has `weight 0`.
        ///
        /// ## Why it matters
        /// A server of no weight gets no new clients. Who has no cookie of one of them gets a 503.
        ///
        /// ## Example
        /// ```cfg
        /// backend app
        ///     server a 192.0.2.1:80 weight 0
        ///     server b 192.0.2.2:80 weight 0
        /// ```
        ///
        /// ## Use instead
        /// ```cfg
        /// backend app
        ///     server a 192.0.2.1:80 weight 10
        ///     server b 192.0.2.2:80 weight 0
        /// ```
        { code: "B009", name: "no-weight", find: no_weight },
        /// A backend that requests come to, and no server in it.
        ///
        /// ## What it finds
        /// A backend to which a rule leads, without servers and without a rule that answers.
        ///
        /// ## Why it matters
        /// Every request that comes there gets a 503, with `<NOSRV>` in the log.
        ///
        /// ## Example
        /// ```cfg
        /// frontend web
        ///     mode http
        ///     bind :8080
        ///     default_backend app
        /// backend app
        ///     mode http
        ///     balance leastconn
        /// ```
        ///
        /// ## Use instead
        /// ```cfg
        /// frontend web
        ///     mode http
        ///     bind :8080
        ///     default_backend app
        /// backend app
        ///     mode http
        ///     balance leastconn
        ///     server a 192.0.2.1:80
        /// ```
        { code: "B010", name: "no-server", level: Level::Note, find: no_server },
        /// A lower limit above the upper one.
        ///
        /// ## What it finds
        /// `minconn` above `maxconn` on a server.
        ///
        /// ## Why it matters
        /// HAProxy takes the larger of them for both: the server gets more connections than `maxconn` says.
        ///
        /// ## Example
        /// ```cfg
        /// backend app
        ///     timeout queue 10s
        ///     server a 192.0.2.1:80 minconn 100 maxconn 50
        /// ```
        ///
        /// ## Use instead
        /// ```cfg
        /// backend app
        ///     timeout queue 10s
        ///     server a 192.0.2.1:80 minconn 50 maxconn 100
        /// ```
        { code: "P010", name: "minconn-above-maxconn", find: minconn },
    ];
}

/// The number behind a word of a server's line, or of the `default-server` line that hands it down.
fn number(proxy: &ProxyView<'_>, server: &ServerView<'_>, word: &str) -> Option<u64> {
    let own = server.line.find(word, 3).map(|at| server.line.word(at + 1));
    let handed = || {
        let line = proxy.default_server_says(word)?;
        line.find(word, 1).map(|at| line.word(at + 1))
    };
    own.or_else(handed)?.parse().ok()
}

fn no_weight(view: &View<'_>, findings: &mut Findings) {
    for proxy in view.proxies.iter().filter(|proxy| proxy.has_servers()) {
        let servers = proxy.servers();
        let none = |server: &ServerView<'_>| number(proxy, server, "weight") == Some(0);
        // An agent, or a rule, may give one of them work.
        let other = proxy.lines("use-server").next().is_some() || proxy.lines("stick").next().is_some();
        let Some(first) = servers.first().filter(|_| servers.iter().all(none) && !other) else { continue };
        let says = |word: &str| first.says(word) || proxy.default_server_says(word).is_some();
        if says("agent-check") {
            continue;
        }
        let at = first.line.find("weight", 3).map_or(first.line.whole(), |at| first.line.span(at, at + 2));
        findings
            .at(at, format!("no server of {} takes new clients: each has a weight of zero", proxy.title()))
            .help("give one of them a weight");
    }
}

/// Rules after which no server is asked for.
const ANSWERS: [&str; 8] = ["return", "redirect", "deny", "tarpit", "use-service", "reject", "silent-drop", "auth"];

fn no_server(view: &View<'_>, findings: &mut Findings) {
    for proxy in &view.proxies {
        let others = ["server", "server-template", "dispatch", "use-fcgi-app", "stats", "redirect", "errorfile 503"]
            .iter()
            .any(|word| proxy.section.all(word).next().is_some());
        let options = ["option http_proxy", "option transparent", "transparent", "http-error status 503", "errorfiles"];
        let elsewhere = options.iter().any(|word| proxy.line(word).is_some());
        let answers = ["http-request", "tcp-request content"]
            .iter()
            .any(|set| proxy.rules(set).any(|rule| ANSWERS.contains(&rule.name()) || rule.name().starts_with("lua.")));
        let only_back = proxy.has_servers() && !proxy.takes_connections();
        if others || elsewhere || answers || !only_back {
            continue;
        }
        let name = proxy.draft.name.as_str();
        let leads = |other: &&ProxyView<'_>| {
            other.lines("default_backend").chain(other.lines("use_backend")).any(|line| line.word(1) == name)
        };
        if let Some(from) = view.proxies.iter().find(leads) {
            let line = from.lines("default_backend").chain(from.lines("use_backend")).find(|line| line.word(1) == name);
            let finding = findings.at(
                proxy.section.header.whole(),
                format!("{} has no servers: every request that comes here gets a 503", proxy.title()),
            );
            finding.help("add a `server` line, or `http-request return`");
            if let Some(line) = line {
                finding.related(line.whole(), "requests come from here");
            }
        }
    }
}

fn minconn(view: &View<'_>, findings: &mut Findings) {
    for proxy in view.proxies.iter().filter(|proxy| proxy.has_servers()) {
        for server in proxy.servers() {
            let limits = (number(proxy, &server, "minconn"), number(proxy, &server, "maxconn"));
            let (Some(min), Some(max)) = limits else { continue };
            if max > 0 && min > max {
                let word = |word: &str| server.line.find(word, 3);
                let at = word("minconn").or(word("maxconn"));
                let at = at.map_or(server.line.whole(), |at| server.line.span(at, at + 2));
                findings
                    .at(
                        at,
                        format!("this server gets up to {min} connections: `minconn` is above `maxconn`, and counts"),
                    )
                    .help(format!("write `minconn {max} maxconn {min}`, or leave `minconn` out"));
            }
        }
    }
}
