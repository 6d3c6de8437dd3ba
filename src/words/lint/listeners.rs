//! Addresses: bound twice, hidden, or spoken to in the wrong protocol.

use std::collections::HashMap;
use std::net::SocketAddr;

use crate::model::addr::Address;
use crate::model::script::Statement;
use crate::spec;
use crate::spec::Level;
use crate::spec::lint::{Findings, Lint, View};

spec! {
    /// `bind` lines.
    pub static LISTENERS: [Lint] = [
        /// The same address bound twice.
        ///
        /// ## What it finds
        /// Two `bind` lines, or one line twice, with the same address and port.
        ///
        /// ## Why it matters
        /// Both sockets are opened, and the kernel splits new connections between them at random: half of the requests meet
        /// the rules of the other frontend.
        ///
        /// ## Example
        /// ```cfg
        /// frontend web
        ///     bind :8080
        ///     default_backend app
        /// frontend old
        ///     bind :8080
        ///     default_backend app
        /// backend app
        ///     server a 192.0.2.1:80
        /// ```
        ///
        /// ## Use instead
        /// ```cfg
        /// frontend web
        ///     bind :8080
        ///     default_backend app
        /// frontend old
        ///     bind :8081
        ///     default_backend app
        /// backend app
        ///     server a 192.0.2.1:80
        /// ```
        { code: "N001", name: "bound-twice", find: bound_twice },
        /// An address behind a wildcard at the same port.
        ///
        /// ## What it finds
        /// A `bind` line for every address, and one for a single address at the same port, in different proxies; or a
        /// wildcard of IPv4 beside one of IPv6 that takes both.
        ///
        /// ## Why it matters
        /// The single address takes its connections away from the wildcard: which rules a request meets depends on the
        /// address it came to.
        ///
        /// ## Example
        /// ```cfg
        /// frontend all
        ///     bind *:8080
        ///     default_backend app
        /// frontend one
        ///     bind 192.0.2.10:8080
        ///     default_backend app
        /// backend app
        ///     server a 192.0.2.1:80
        /// ```
        ///
        /// ## Use instead
        /// ```cfg
        /// frontend all
        ///     bind 192.0.2.9:8080
        ///     default_backend app
        /// frontend one
        ///     bind 192.0.2.10:8080
        ///     default_backend app
        /// backend app
        ///     server a 192.0.2.1:80
        /// ```
        { code: "N002", name: "behind-wildcard", level: Level::Note, find: behind_wildcard },
        /// Port 443 without TLS.
        ///
        /// ## What it finds
        /// A `bind` line at port 443 in mode http, without `ssl`.
        ///
        /// ## Why it matters
        /// Clients begin with a TLS handshake, which is no HTTP: each gets a 400, and the log says `<BADREQ>` and `PR--`.
        ///
        /// ## Example
        /// ```cfg
        /// frontend web
        ///     mode http
        ///     bind :443
        ///     default_backend app
        /// backend app
        ///     mode http
        ///     server a 192.0.2.1:80
        /// ```
        ///
        /// ## Use instead
        /// ```cfg
        /// frontend web
        ///     mode http
        ///     bind :443 ssl crt site.pem
        ///     default_backend app
        /// backend app
        ///     mode http
        ///     server a 192.0.2.1:80
        /// ```
        { code: "N003", name: "clear-443", find: clear_443 },
    ];
}

/// Every address with its line, its proxy and whether something else tells the sockets apart.
fn addresses<'a>(view: &View<'a>) -> Vec<(SocketAddr, &'a Statement, usize)> {
    let mut found = Vec::new();
    for (at, proxy) in view.proxies.iter().enumerate() {
        for bind in proxy.binds() {
            let io = &bind.bind.io;
            let apart = io.interface.is_some()
                || io.namespace.is_some()
                || bind.bind.facts.quic
                || bind.line.find("shards", 2).is_some()
                || bind.line.find("thread", 2).is_some();
            let udp = bind.line.word(1).starts_with("quic") || bind.line.word(1).starts_with("udp");
            if apart || udp {
                continue;
            }
            found.extend(
                io.addresses
                    .iter()
                    .filter_map(Address::inet)
                    .filter(|address| address.port() != 0)
                    .map(|address| (address, bind.line, at)),
            );
        }
    }
    found
}

fn bound_twice(view: &View<'_>, findings: &mut Findings) {
    let mut seen: HashMap<SocketAddr, &Statement> = HashMap::new();
    for (address, line, _) in addresses(view) {
        match seen.get(&address) {
            Some(first) => {
                let text = "this address is bound already: the kernel splits connections between the two at random";
                findings
                    .once(line.at(1), text)
                    .help("remove one of the two, or give it another port or address")
                    .related(first.at(1), "bound here first");
            }
            None => {
                seen.insert(address, line);
            }
        }
    }
}

/// Whether a wildcard of IPv6 takes connections of IPv4, too, as Linux has it.
fn takes_both(line: &Statement) -> bool {
    line.find("v6only", 2).is_none()
}

fn behind_wildcard(view: &View<'_>, findings: &mut Findings) {
    let all = addresses(view);
    for (address, line, proxy) in all.iter().filter(|(address, ..)| address.is_ipv6() && address.ip().is_unspecified())
    {
        let is_narrower = |other: &SocketAddr| other.ip().is_unspecified() && other.is_ipv4();
        let four = all.iter().find(|(other, _, owner)| {
            is_narrower(other) && other.port() == address.port() && owner != proxy && takes_both(line)
        });
        if let Some((_, four, _)) = four {
            findings
                .at(
                    line.at(1),
                    "connections by IPv4 do not come here: the wildcard of IPv4 at the same port takes them",
                )
                .help("add `v6only` to say so")
                .related(four.at(1), "takes them");
        }
    }
    for (address, line, proxy) in all.iter().filter(|(address, ..)| !address.ip().is_unspecified()) {
        let wide = all.iter().find(|(other, wide, owner)| {
            other.ip().is_unspecified()
                && other.port() == address.port()
                && (other.is_ipv4() == address.is_ipv4() || address.is_ipv4() && takes_both(wide))
                && owner != proxy
        });
        if let Some((_, wide, _)) = wide {
            findings
                .at(line.at(1), "connections to this address no longer come to the wildcard at the same port")
                .help("write the other addresses instead of the wildcard where that is not meant")
                .related(wide.at(1), "the wildcard");
        }
    }
}

fn clear_443(view: &View<'_>, findings: &mut Findings) {
    for proxy in view.proxies.iter().filter(|proxy| proxy.is_http()) {
        for bind in proxy.binds().into_iter().filter(|bind| !bind.bind.ssl && !bind.bind.facts.quic) {
            let at_443 = bind.bind.io.addresses.iter().filter_map(Address::inet).any(|address| address.port() == 443);
            let certificate = ["crt", "crt-list"].iter().any(|word| bind.line.find(word, 2).is_some());
            // Another balancer may have taken TLS off, and says so by its PROXY line.
            if at_443 && !certificate && !bind.bind.accept_proxy {
                findings
                    .at(
                        bind.line.at(1),
                        "plain HTTP at port 443: browsers begin with a handshake, and get a 400 with `PR--`",
                    )
                    .help("add `ssl crt FILE`");
            }
        }
    }
}
