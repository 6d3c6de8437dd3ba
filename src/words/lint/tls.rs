//! TLS: names that are not sent, ports that speak it and lines that do not, certificates that do not fit.

use crate::spec;
use crate::spec::Level;
use crate::spec::lint::{Findings, Lint, ProxyView, ServerView, View};

spec! {
    /// TLS on both sides.
    pub static TLS: [Lint] = [
        /// A TLS server by name, and no name in the handshake.
        ///
        /// ## What it finds
        /// `ssl` on a server whose address is a host name, without `sni`.
        ///
        /// ## Why it matters
        /// HAProxy sends no name by itself. Whoever serves several names at one address (a CDN, an API gateway, an ingress)
        /// closes the handshake: the client gets a 503, the log says `SC--`.
        ///
        /// ## Example
        /// ```cfg
        /// backend app
        ///     mode http
        ///     server a gateway.example.com:443 ssl verify none
        /// ```
        ///
        /// ## Use instead
        /// ```cfg
        /// backend app
        ///     mode http
        ///     server a gateway.example.com:443 ssl verify required ca-file @system-ca sni str(gateway.example.com) verifyhost gateway.example.com
        /// ```
        { code: "T001", name: "no-sni", find: no_sni },
        /// A server at port 443 that is spoken to in clear.
        ///
        /// ## What it finds
        /// A server in mode http whose port is 443, without `ssl`.
        ///
        /// ## Why it matters
        /// HAProxy sends a plain request to a port that speaks TLS: the answer is a 400 of the origin, or nothing.
        ///
        /// ## Example
        /// ```cfg
        /// backend app
        ///     mode http
        ///     server a gateway.example.com:443
        /// ```
        ///
        /// ## Use instead
        /// ```cfg
        /// backend app
        ///     mode http
        ///     server a gateway.example.com:443 ssl verify required ca-file @system-ca sni str(gateway.example.com) verifyhost gateway.example.com
        /// ```
        { code: "T002", name: "clear-to-443", find: clear_to_443 },
        /// A health check without the name that the traffic has.
        ///
        /// ## What it finds
        /// `check` on a TLS server with `sni` or with a host name, without `check-sni`.
        ///
        /// ## Why it matters
        /// `sni` is about requests, and a check has none: its handshake carries no name. A server that needs it fails its
        /// checks and is taken down while it works: `Layer6 invalid response`.
        ///
        /// ## Example
        /// ```cfg
        /// backend app
        ///     mode http
        ///     server a gateway.example.com:443 ssl verify none sni str(gateway.example.com) check
        /// ```
        ///
        /// ## Use instead
        /// ```cfg
        /// backend app
        ///     mode http
        ///     server a gateway.example.com:443 ssl verify none sni str(gateway.example.com) check check-sni gateway.example.com
        /// ```
        { code: "T003", name: "no-check-sni", find: no_check_sni },
        /// A server's certificate that nobody looks at.
        ///
        /// ## What it finds
        /// `verify none` on a TLS server, or for all of them in `global`; a `verifyhost` beside it is a warning.
        ///
        /// ## Why it matters
        /// Whoever can answer at that address can read and change the traffic. It is right for a lab, and for a network that
        /// is trusted.
        ///
        /// ## Example
        /// ```cfg
        /// backend app
        ///     server a 192.0.2.1:443 ssl verify none
        /// ```
        ///
        /// ## Use instead
        /// ```cfg
        /// backend app
        ///     server a 192.0.2.1:443 ssl verify required ca-file @system-ca verifyhost app.example.com
        /// ```
        { code: "T004", name: "verify-none", level: Level::Note, find: verify_none },
        /// `verify required` without an authority.
        ///
        /// ## What it finds
        /// A TLS server that must verify, and no `ca-file`.
        ///
        /// ## Why it matters
        /// HAProxy does not start: `verify required` is the default and needs to know whom to trust.
        ///
        /// ## Example
        /// ```cfg
        /// backend app
        ///     server a 192.0.2.1:443 ssl
        /// ```
        ///
        /// ## Use instead
        /// ```cfg
        /// backend app
        ///     server a 192.0.2.1:443 ssl ca-file @system-ca verifyhost app.example.com
        /// ```
        { code: "T005", name: "verify-without-authority", level: Level::Error },
        /// TLS options on a server that does not speak TLS.
        ///
        /// ## What it finds
        /// `sni`, `verify`, `ca-file`, `crt`, `alpn`, `verifyhost` and their kin on a server without `ssl`.
        ///
        /// ## Why it matters
        /// They have no effect: the traffic goes in clear.
        ///
        /// ## Example
        /// ```cfg
        /// backend app
        ///     server a 192.0.2.1:8443 sni str(app.example.com) verify none
        /// ```
        ///
        /// ## Use instead
        /// ```cfg
        /// backend app
        ///     server a 192.0.2.1:8443 ssl sni str(app.example.com) verify none
        /// ```
        { code: "T006", name: "tls-option-without-ssl", find: option_without_ssl },
        /// A verified certificate whose name is not looked at.
        ///
        /// ## What it finds
        /// `verify required` with a `ca-file`, and neither `verifyhost` nor `sni`.
        ///
        /// ## Why it matters
        /// Any certificate of that authority is accepted, whoever it was given to. With `@system-ca` that is any site of
        /// the world.
        ///
        /// ## Example
        /// ```cfg
        /// backend app
        ///     server a 192.0.2.1:443 ssl verify required ca-file @system-ca
        /// ```
        ///
        /// ## Use instead
        /// ```cfg
        /// backend app
        ///     server a 192.0.2.1:443 ssl verify required ca-file @system-ca verifyhost app.example.com
        /// ```
        { code: "T012", name: "name-not-verified", find: name_not_verified },
        /// A server by name, without a port.
        ///
        /// ## What it finds
        /// A server in mode http whose address is a name of the internet without a port, and without `ssl`.
        ///
        /// ## Why it matters
        /// Without a port HAProxy connects to the one that the client came to: a frontend at 8080 goes to 8080 of the server.
        /// A site that speaks TLS only answers plain requests with a redirect to https, which the client follows, away
        /// from here.
        ///
        /// ## Example
        /// ```cfg
        /// backend site
        ///     mode http
        ///     http-request set-header Host cdn.example.com
        ///     server site cdn.example.com
        /// ```
        ///
        /// ## Use instead
        /// ```cfg
        /// backend site
        ///     mode http
        ///     http-request set-header Host cdn.example.com
        ///     server site cdn.example.com:443 ssl verify required ca-file @system-ca sni str(cdn.example.com)
        /// ```
        { code: "T014", name: "no-port", find: no_port },
    ];
}

fn no_port(view: &View<'_>, findings: &mut Findings) {
    for (proxy, server) in every_server(view) {
        let plain =
            proxy.is_http() && !server.server.options.ssl && !server.line.word(address_at(&server)).contains(':');
        // The port of a service comes from its record.
        let service = server.host().starts_with('_');
        if plain && !service && server.is_named() && server.host().contains('.') {
            let host = server.host();
            findings
                .at(
                    server.line.at(address_at(&server)),
                    format!("'{host}' is spoken to in clear, at the port that the client came to: it has no port and no `ssl`"),
                )
                .help(format!("write `{host}:80`, or `{host}:443 ssl verify required ca-file @system-ca sni str({host})`"));
        }
    }
}

/// The number of the word with a server's address.
fn address_at(server: &ServerView<'_>) -> usize {
    if server.line.word(0) == "server-template" { 3 } else { 2 }
}

/// What a server's TLS needs, by line and `default-server`.
fn every_server<'a, 'b>(view: &'b View<'a>) -> impl Iterator<Item = (&'b ProxyView<'a>, ServerView<'a>)> {
    let proxies = view.proxies.iter().filter(|proxy| proxy.has_servers());
    proxies.flat_map(|proxy| proxy.servers().into_iter().map(move |server| (proxy, server)))
}

/// Where an option stands: on the server's line, or on the `default-server` line that hands it down.
fn place(proxy: &ProxyView<'_>, server: &ServerView<'_>, word: &str, words: usize) -> crate::base::diag::Place {
    if let Some(at) = server.line.find(word, 3) {
        return server.line.span(at, at + words);
    }
    match proxy.default_server_says(word) {
        Some(line) => line.find(word, 1).map_or(line.whole(), |at| line.span(at, at + words)),
        None => server.line.whole(),
    }
}

fn no_sni(view: &View<'_>, findings: &mut Findings) {
    for (proxy, server) in every_server(view) {
        let options = &server.server.options;
        if options.ssl && options.sni.is_none() && server.is_named() {
            let host = server.host();
            let effect = "who serves several names there closes the handshake, and the client gets a 503 with `SC--`";
            let said = place(proxy, &server, "ssl", 1);
            let at = if server.says("ssl") { said } else { server.line.at(address_at(&server)) };
            let finding = findings.at(at, format!("no name is sent to '{host}' in the TLS handshake: {effect}"));
            finding.level = level(host);
            finding.help(format!(
                "add `sni str({host})`, or `sni req.hdr(host)` where the client's name is the right one"
            ));
            if at != said {
                finding.related(said, "`ssl` comes from here");
            }
        }
    }
}

/// A name of one label is one of the same network, which seldom asks for it.
fn level(host: &str) -> Level {
    if host.contains('.') { Level::Warning } else { Level::Note }
}

fn clear_to_443(view: &View<'_>, findings: &mut Findings) {
    for (proxy, server) in every_server(view) {
        if proxy.is_http() && server.port() == Some(443) && !server.server.options.ssl {
            let sni = if server.is_named() { format!(" sni str({})", server.host()) } else { String::new() };
            findings
                .at(
                    server.line.at(address_at(&server)),
                    "plain HTTP is sent to port 443: a port that speaks TLS answers with a 400, or not at all",
                )
                .help(format!("add `ssl verify required ca-file @system-ca{sni}`"));
        }
    }
}

fn no_check_sni(view: &View<'_>, findings: &mut Findings) {
    for (proxy, server) in every_server(view) {
        let options = &server.server.options;
        let check = &options.check;
        let by_tls = check.ssl.unwrap_or(options.ssl && check.port.is_none() && check.addr.is_none());
        // A constant name is sent by checks that connect by a rule of their own.
        let by_rule = proxy
            .lines("http-check connect")
            .chain(proxy.lines("tcp-check connect"))
            .any(|line| line.find("sni", 2).is_some());
        if check.enabled && by_tls && check.sni.is_none() && !by_rule && (options.sni.is_some() || server.is_named()) {
            let name = if server.is_named() { server.host() } else { "NAME" };
            let said = place(proxy, &server, "check", 1);
            let at = if server.says("check") { said } else { server.line.at(address_at(&server)) };
            let finding = findings.at(
                at,
                "the check's TLS handshake carries no name: a server that needs one is taken down while it works",
            );
            if options.sni.is_none() {
                finding.level = level(name);
            }
            finding.help(format!("add `check-sni {name}`"));
            if at != said {
                finding.related(said, "`check` comes from here");
            }
        }
    }
}

fn verify_none(view: &View<'_>, findings: &mut Findings) {
    let text = "the server's certificate is not looked at: whoever answers there is believed";
    let help = "`verify required ca-file @system-ca verifyhost NAME` looks at it";
    for (proxy, server) in every_server(view) {
        if server.server.options.ssl && server.server.options.facts.verify_none {
            findings.at(place(proxy, &server, "verify", 2), text).help(help);
            if let Some(at) = server.line.find("verifyhost", 3) {
                let unread = "`verifyhost` has no effect: with `verify none` no certificate is looked at";
                let finding = findings.at(server.line.span(at, at + 2), unread);
                finding.level = Level::Warning;
                finding.help("write `verify required ca-file @system-ca`");
            }
        }
    }
    for line in view.global().flat_map(|section| section.all("ssl-server-verify")) {
        if line.word(1) == "none" {
            findings.at(line.whole(), text).help(help);
        }
    }
}

/// Options that only TLS reads.
const TLS_ONLY: [&str; 12] = [
    "sni",
    "verify",
    "verifyhost",
    "ca-file",
    "crt",
    "alpn",
    "ciphers",
    "ciphersuites",
    "ssl-min-ver",
    "ssl-max-ver",
    "crl-file",
    "force-tlsv12",
];

/// Whether checks connect by rules of their own, which use what the servers say of TLS.
fn connects_by_rule(proxy: &ProxyView<'_>) -> bool {
    ["http-check connect", "tcp-check connect"].iter().any(|words| proxy.lines(words).next().is_some())
}

/// Options of TLS that are handed down to servers none of which speaks TLS.
fn handed_down_without_ssl(view: &View<'_>, findings: &mut Findings) {
    for proxy in view.proxies.iter().filter(|proxy| proxy.has_servers()) {
        let servers = proxy.servers();
        let by_tls =
            |server: &ServerView<'_>| server.server.options.ssl || server.server.options.check.ssl == Some(true);
        if servers.is_empty() || servers.iter().any(by_tls) || connects_by_rule(proxy) {
            continue;
        }
        for line in proxy.section.all("default-server") {
            let at = TLS_ONLY.iter().filter_map(|word| line.find(word, 1)).min();
            if let Some(at) = at {
                findings
                    .at(
                        line.at(at),
                        format!("`{}` has no effect without `ssl`: the traffic goes in clear", line.word(at)),
                    )
                    .help("add `ssl` in front of it");
            }
        }
    }
}

fn option_without_ssl(view: &View<'_>, findings: &mut Findings) {
    handed_down_without_ssl(view, findings);
    for (proxy, server) in every_server(view) {
        let options = &server.server.options;
        let checks = options.check.ssl == Some(true) || options.check.enabled && connects_by_rule(proxy);
        let switched = proxy.lines("use-server").any(|line| line.word(1) == server.server.name) && options.ssl;
        if options.ssl || checks || switched {
            continue;
        }
        if let Some(at) = ["check-sni", "check-alpn"].iter().filter_map(|word| server.line.find(word, 3)).min() {
            let text = format!("`{}` has no effect without `check-ssl`: the check goes in clear", server.line.word(at));
            findings.at(server.line.at(at), text).help("add `check-ssl` in front of it");
        }
        if let Some(at) = TLS_ONLY.iter().filter_map(|word| server.line.find(word, 3)).min() {
            // The value of another option may look like this word.
            if matches!(server.line.word(at - 1), "cookie" | "track" | "id" | "namespace") {
                continue;
            }
            findings
                .at(
                    server.line.at(at),
                    format!("`{}` has no effect without `ssl`: the traffic goes in clear", server.line.word(at)),
                )
                .help("add `ssl` behind the address");
        }
    }
}

fn name_not_verified(view: &View<'_>, findings: &mut Findings) {
    for (proxy, server) in every_server(view) {
        let options = &server.server.options;
        let verifies = options.ssl && options.facts.ca_file && !options.facts.verify_none;
        let said = server.says("verifyhost") || proxy.default_server_says("verifyhost").is_some();
        // Where the name is missing in the handshake, sending it has it looked at, too.
        let unsent = server.is_named() && server.host().contains('.');
        if verifies && options.sni.is_none() && !said && !unsent {
            findings
                .at(place(proxy, &server, "ca-file", 2), "the name in the server's certificate is not looked at: any certificate of this authority is accepted")
                .help("add `verifyhost NAME`, or `sni`");
        }
    }
}
