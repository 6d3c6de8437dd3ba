//! What is open to strangers: statistics, sockets, PROXY lines, passwords.

use crate::model::addr::Address;
use crate::model::script::Statement;
use crate::spec;
use crate::spec::Level;
use crate::spec::lint::{BindView, Criterion, Findings, Lint, ProxyView, View};

spec! {
    /// What is open to strangers.
    pub static EXPOSURE: [Lint] = [
        /// An administration page for everybody.
        ///
        /// ## What it finds
        /// `stats admin` in a proxy, or in its `defaults`, without `stats auth` or a rule that asks who it is.
        ///
        /// ## Why it matters
        /// Whoever reaches the port takes servers out of service.
        ///
        /// ## Example
        /// ```cfg
        /// listen stats
        ///     mode http
        ///     bind :8404
        ///     stats uri /
        ///     stats admin if TRUE
        /// ```
        ///
        /// ## Use instead
        /// ```cfg
        /// listen stats
        ///     mode http
        ///     bind 127.0.0.1:8404
        ///     stats uri /
        ///     stats auth admin:a-long-secret
        ///     stats admin if TRUE
        /// ```
        { code: "S002", name: "open-administration", find: open_administration },
        /// Statistics for everybody.
        ///
        /// ## What it finds
        /// A statistics page on a public address, without `stats auth` or a rule about who may see it. Those that `defaults` turn
        /// on are served by every proxy below them.
        ///
        /// ## Why it matters
        /// It shows the names and addresses of servers, their state and their load.
        ///
        /// ## Example
        /// ```cfg
        /// listen stats
        ///     mode http
        ///     bind :8404
        ///     stats uri /
        /// ```
        ///
        /// ## Use instead
        /// ```cfg
        /// listen stats
        ///     mode http
        ///     bind 127.0.0.1:8404
        ///     stats uri /
        /// ```
        { code: "S003", name: "open-statistics", find: open_statistics },
        /// The command line of the process on a TCP port.
        ///
        /// ## What it finds
        /// `stats socket` on an address of the network.
        ///
        /// ## Why it matters
        /// There is no password: whoever connects gives orders, at the level of the line.
        ///
        /// ## Example
        /// ```cfg
        /// global
        ///     stats socket ipv4@*:9999 level admin
        /// ```
        ///
        /// ## Use instead
        /// ```cfg
        /// global
        ///     stats socket /run/haproxy.sock mode 660 level admin
        /// ```
        { code: "S004", name: "socket-on-tcp", find: socket_on_tcp },
        /// A client's address from anybody who writes one.
        ///
        /// ## What it finds
        /// `accept-proxy` on a public address without a `tcp-request connection` rule about who may connect.
        ///
        /// ## Why it matters
        /// Whoever reaches the port writes the PROXY line, and so the address that rules and logs see.
        ///
        /// ## Example
        /// ```cfg
        /// frontend web
        ///     mode http
        ///     bind :8080 accept-proxy
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
        ///     bind :8080
        ///     tcp-request connection expect-proxy layer4 if { src 10.0.0.0/8 }
        ///     default_backend app
        /// backend app
        ///     mode http
        ///     server a 192.0.2.1:80
        /// ```
        { code: "S005", name: "proxy-line-from-anyone", level: Level::Note, find: proxy_line },
        /// A password in clear.
        ///
        /// ## What it finds
        /// `insecure-password` in a userlist.
        ///
        /// ## Why it matters
        /// Whoever reads the file has the password.
        ///
        /// ## Example
        /// ```cfg
        /// userlist staff
        ///     user anna insecure-password secret
        /// ```
        ///
        /// ## Use instead
        /// ```cfg
        /// userlist staff
        ///     user anna password $5$vMlM4nYTxFbbhtRN$pJQ7L1KZqBCTTDYWd4ZhRQDG4SSJVv9DhYoTZcDg9h8
        /// ```
        { code: "S011", name: "clear-password", level: Level::Note, find: clear_password },
    ];
}

/// Whether any address of a line can be reached from elsewhere.
fn is_public(bind: &BindView<'_>) -> bool {
    let all = &bind.bind.io.addresses;
    all.iter().any(|address| matches!(address, Address::Inet(inet) if !inet.ip().is_loopback()))
}

/// Words behind a rule set that let in or keep out, or name a set of their own.
const JUDGES: [&str; 11] = [
    "deny",
    "auth",
    "reject",
    "tarpit",
    "allow",
    "accept",
    "connection",
    "content",
    "session",
    "http-request",
    "silent-drop",
];

/// Whether a criterion tells people apart: by address, password or certificate.
fn guards(criterion: &Criterion) -> bool {
    let everybody = criterion.patterns.iter().any(|pattern| matches!(pattern.as_str(), "0.0.0.0/0" | "::/0"));
    let fetch = criterion.fetch.as_str();
    !everybody
        && (["src", "http_auth", "ssl_c_", "hdr_ip", "req.hdr_ip"].iter().any(|begin| fetch.starts_with(begin))
            || criterion.text.contains("ssl_c_"))
}

/// Whether the condition of a line tells people apart.
fn asks(proxy: &ProxyView<'_>, line: &Statement) -> bool {
    let Some(at) = line.condition(1) else { return false };
    line.texts(at).any(|word| word.trim_start_matches('!') == "LOCALHOST") || proxy.tested(line, at).iter().any(guards)
}

/// Whether a proxy asks who it is: a password, or an address.
fn asks_who(proxy: &ProxyView<'_>) -> bool {
    let by_rule = |line: &Statement| {
        let auth = line.word(1) == "auth" || line.word(2) == "auth";
        JUDGES.contains(&line.word(1)) && (auth || asks(proxy, line))
    };
    proxy.line("stats auth").is_some()
        || ["http-request", "tcp-request", "stats http-request"].iter().any(|set| proxy.lines(set).any(by_rule))
}

/// The line that makes a proxy serve statistics; it may be handed down.
fn statistics<'a>(proxy: &ProxyView<'a>) -> Option<&'a Statement> {
    ["stats enable", "stats uri", "stats admin", "stats refresh", "stats realm"]
        .iter()
        .find_map(|words| proxy.line(words))
}

fn open_administration(view: &View<'_>, findings: &mut Findings) {
    for proxy in &view.proxies {
        let Some(line) = proxy.line("stats admin") else { continue };
        let binds = proxy.binds();
        let private = !binds.is_empty() && !binds.iter().any(is_public);
        if !asks(proxy, line) && !private && !asks_who(proxy) {
            findings
                .once(
                    line.whole(),
                    "whoever reaches this port takes servers out of service: nobody is asked for a password",
                )
                .help("add `stats auth USER:PASSWORD`, or a condition about addresses");
        }
    }
}

fn open_statistics(view: &View<'_>, findings: &mut Findings) {
    for proxy in view.proxies.iter().filter(|proxy| proxy.is_http()) {
        let Some(line) = statistics(proxy).filter(|line| line.word(1) != "admin") else { continue };
        let Some(bind) = proxy.binds().into_iter().find(is_public) else { continue };
        if !asks_who(proxy) && proxy.line("stats admin").is_none() {
            let finding = findings.once(
                line.whole(),
                "everybody who reaches this port sees the names, addresses and state of the servers",
            );
            finding.help("bind it to 127.0.0.1, or add `stats auth USER:PASSWORD`");
            if !line.place.is_in_line_of(proxy.section.header.place) && proxy.section.last("stats").is_none() {
                finding.related(bind.line.whole(), format!("{} serves them, too", proxy.title()));
            }
        }
    }
}

fn socket_on_tcp(view: &View<'_>, findings: &mut Findings) {
    for line in view.global().flat_map(|section| section.all("stats socket")) {
        let address = line.word(2);
        let text = address.split_once('@').map_or(address, |(_, rest)| rest);
        let by_family =
            ["ipv4@", "ipv6@", "tcp@", "tcp4@", "tcp6@", "ip@"].iter().any(|family| address.starts_with(family));
        let has_port = text.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
        let local = text.starts_with("127.")
            || text.starts_with("localhost")
            || text.starts_with("[::1]")
            || text.starts_with("::1:");
        if (by_family
            || (has_port && !address.starts_with('/') && !address.contains("unix@") && !address.contains("abns")))
            && !local
        {
            findings
                .at(line.span(0, 3), "whoever reaches this port gives orders to the process: there is no password")
                .help("use a UNIX socket, with `mode` and `level`");
        }
    }
}

fn proxy_line(view: &View<'_>, findings: &mut Findings) {
    for proxy in view.proxies.iter().filter(|proxy| proxy.takes_connections()) {
        let guarded = proxy.lines("tcp-request connection").any(|line| matches!(line.word(2), "reject" | "accept"));
        for bind in proxy.binds().into_iter().filter(|bind| bind.bind.accept_proxy && is_public(bind) && !guarded) {
            let at = bind.line.find("accept-proxy", 2).map_or(bind.line.whole(), |at| bind.line.at(at));
            findings
                .at(at, "whoever reaches this port writes the client's address himself")
                .help("write `tcp-request connection expect-proxy layer4 if { src NETWORK }` instead");
        }
    }
}

fn clear_password(view: &View<'_>, findings: &mut Findings) {
    for section in view.sections() {
        for line in section.all("user") {
            if let Some(at) = line.find("insecure-password", 2) {
                findings
                    .at(line.at(at), "whoever reads the file has this password")
                    .help("write `password` with a hash, as `mkpasswd -m sha-256` prints it");
            }
        }
    }
}
