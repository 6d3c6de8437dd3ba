//! Health checks: those that never run, and those that say the wrong thing.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::model::check::HealthCheck;
use crate::model::script::Statement;
use crate::spec;
use crate::spec::Level;
use crate::spec::lint::{Findings, Lint, ProxyView, ServerView, View};

spec! {
    /// Health checks.
    pub static HEALTH: [Lint] = [
        /// A kind of check, and no server that is checked.
        ///
        /// ## What it finds
        /// `option httpchk`, `option tcp-check` and their kin in a backend none of whose servers has `check`.
        ///
        /// ## Why it matters
        /// The option says how to check; `check` on a server says that it is. Servers that are down keep getting requests.
        ///
        /// ## Example
        /// ```cfg
        /// backend app
        ///     mode http
        ///     option httpchk GET /health
        ///     server a 192.0.2.1:80
        /// ```
        ///
        /// ## Use instead
        /// ```cfg
        /// backend app
        ///     mode http
        ///     option httpchk GET /health
        ///     server a 192.0.2.1:80 check
        /// ```
        { code: "H001", name: "check-option-without-check", find: option_without_check },
        /// Steps of a check that is not the kind that runs.
        ///
        /// ## What it finds
        /// `http-check` lines without `option httpchk`, `tcp-check` lines without `option tcp-check`.
        ///
        /// ## Why it matters
        /// They are ignored: a connection that is accepted is all that is asked for.
        ///
        /// ## Example
        /// ```cfg
        /// backend app
        ///     mode http
        ///     http-check expect status 200
        ///     server a 192.0.2.1:80 check
        /// ```
        ///
        /// ## Use instead
        /// ```cfg
        /// backend app
        ///     mode http
        ///     option httpchk GET /health
        ///     http-check expect status 200
        ///     server a 192.0.2.1:80 check
        /// ```
        { code: "H002", name: "check-step-ignored", find: step_ignored },
        /// An HTTP/1.1 check without a Host header.
        ///
        /// ## What it finds
        /// `option httpchk` or `http-check send` with version HTTP/1.1 and no Host header.
        ///
        /// ## Why it matters
        /// HTTP/1.1 demands the header (RFC 9112 3.2): servers answer 400, and are taken down.
        ///
        /// ## Example
        /// ```cfg
        /// backend app
        ///     mode http
        ///     option httpchk GET /health HTTP/1.1
        ///     server a 192.0.2.1:80 check
        /// ```
        ///
        /// ## Use instead
        /// ```cfg
        /// backend app
        ///     mode http
        ///     option httpchk
        ///     http-check send meth GET uri /health ver HTTP/1.1 hdr Host app.example.com
        ///     server a 192.0.2.1:80 check
        /// ```
        { code: "H003", name: "check-without-host", find: without_host },
        /// A plain check at a port that speaks TLS.
        ///
        /// ## What it finds
        /// HTTP checks that go to port 443 without TLS: a server without `ssl` and `check-ssl`, or `port 443` without
        /// `check-ssl`.
        ///
        /// ## Why it matters
        /// The server answers 400, or closes, and is taken down while it works.
        ///
        /// ## Example
        /// ```cfg
        /// backend app
        ///     mode tcp
        ///     option httpchk GET /health
        ///     server a 192.0.2.1:443 check
        /// ```
        ///
        /// ## Use instead
        /// ```cfg
        /// backend app
        ///     mode tcp
        ///     option httpchk GET /health
        ///     server a 192.0.2.1:443 check check-ssl verify none
        /// ```
        { code: "H004", name: "plain-check-of-tls", find: plain_check },
        /// A server that goes up and down with every packet that is lost.
        ///
        /// ## What it finds
        /// `fall 1` or `rise 1` with less than a second between checks.
        ///
        /// ## Why it matters
        /// One check that is late takes the server down, and its sessions with it.
        ///
        /// ## Example
        /// ```cfg
        /// backend app
        ///     server a 192.0.2.1:80 check inter 200ms fall 1 rise 1
        /// ```
        ///
        /// ## Use instead
        /// ```cfg
        /// backend app
        ///     server a 192.0.2.1:80 check inter 2s fall 3 rise 2
        /// ```
        { code: "H005", name: "nervous-check", find: nervous },
        /// Times of checks, and no check.
        ///
        /// ## What it finds
        /// `inter`, `rise`, `fall`, `port` and others about checks on a server without `check` or `agent-check`.
        ///
        /// ## Why it matters
        /// They have no effect: the server is never checked, and counts as up for ever.
        ///
        /// ## Example
        /// ```cfg
        /// backend app
        ///     server a 192.0.2.1:80 inter 2s rise 2 fall 3
        /// ```
        ///
        /// ## Use instead
        /// ```cfg
        /// backend app
        ///     server a 192.0.2.1:80 check inter 2s rise 2 fall 3
        /// ```
        { code: "H006", name: "check-times-without-check", find: times_without_check },
        /// A backup that never takes over.
        ///
        /// ## What it finds
        /// `backup` servers beside servers that are not checked.
        ///
        /// ## Why it matters
        /// A backup is used when all others are down, and a server without `check` is never down.
        ///
        /// ## Example
        /// ```cfg
        /// backend app
        ///     server a 192.0.2.1:80
        ///     server b 192.0.2.2:80 backup
        /// ```
        ///
        /// ## Use instead
        /// ```cfg
        /// backend app
        ///     server a 192.0.2.1:80 check
        ///     server b 192.0.2.2:80 check backup
        /// ```
        { code: "H007", name: "backup-never-used", find: backup },
        /// Headers glued to the version of a check.
        ///
        /// ## What it finds
        /// `option httpchk` whose version carries `\r\n` and headers.
        ///
        /// ## Why it matters
        /// It is a habit of old versions: HAProxy refuses it today.
        ///
        /// ## Example
        /// ```cfg
        /// backend app
        ///     mode http
        ///     option httpchk GET /health HTTP/1.1\r\nHost:\ app.example.com
        ///     server a 192.0.2.1:80 check
        /// ```
        ///
        /// ## Use instead
        /// ```cfg
        /// backend app
        ///     mode http
        ///     option httpchk
        ///     http-check send meth GET uri /health ver HTTP/1.1 hdr Host app.example.com
        ///     server a 192.0.2.1:80 check
        /// ```
        { code: "D003", name: "headers-in-httpchk", level: Level::Error, find: embedded_headers },
    ];
}

/// Options that say how to check.
const KINDS: [&str; 9] = [
    "httpchk",
    "tcp-check",
    "ssl-hello-chk",
    "smtpchk",
    "mysql-check",
    "pgsql-check",
    "redis-check",
    "ldap-check",
    "external-check",
];

/// The line that says how a proxy's servers are checked.
fn kind<'a>(proxy: &ProxyView<'a>) -> Option<&'a Statement> {
    let own = |section: &'a crate::model::script::Section| {
        section.all("option").filter(|line| KINDS.contains(&line.word(1)) && !line.negated).last()
    };
    own(proxy.section)
}

fn is_checked(server: &ServerView<'_>) -> bool {
    server.server.options.check.enabled
        || server.server.options.check.agent.enabled
        || server.server.options.track.is_some()
}

/// A kind of check that `defaults` hand down to servers none of which is checked.
fn handed_down_without_check(view: &View<'_>, findings: &mut Findings) {
    let is_kind = |line: &&Statement| KINDS.contains(&line.word(1)) && !line.negated;
    let mut found: BTreeMap<(u32, u32), (&Statement, bool)> = BTreeMap::new();
    for proxy in view.proxies.iter().filter(|proxy| proxy.has_servers()) {
        let line = proxy.defaults.iter().find_map(|section| section.all("option").filter(is_kind).last());
        let servers = proxy.servers();
        if let Some(line) = line.filter(|_| !servers.is_empty()) {
            let entry = found.entry((line.place.file, line.place.line)).or_insert((line, false));
            entry.1 |= servers.iter().any(is_checked);
        }
    }
    for (line, _) in found.into_values().filter(|(_, checked)| !checked) {
        let option = line.word(1);
        findings
            .at(line.whole(), format!("`option {option}` has no effect: no server that it is for has `check`"))
            .help("add `check` to the `server` lines, or to `default-server`");
    }
}

fn option_without_check(view: &View<'_>, findings: &mut Findings) {
    handed_down_without_check(view, findings);
    for proxy in view.proxies.iter().filter(|proxy| proxy.has_servers()) {
        let servers = proxy.servers();
        let Some(line) = kind(proxy) else { continue };
        if !servers.is_empty() && !servers.iter().any(is_checked) {
            let last = servers.last().map_or(line.whole(), |server| server.line.whole());
            findings
                .at(
                    line.whole(),
                    format!(
                        "`{} {}` has no effect: no server of {} has `check`",
                        line.word(0),
                        line.word(1),
                        proxy.title()
                    ),
                )
                .help("add `check` to the `server` lines, or to `default-server`")
                .related(last, "is never checked");
        }
    }
}

fn step_ignored(view: &View<'_>, findings: &mut Findings) {
    // Steps that are handed down are for those of the backends that check this way.
    let named = |option: &str| view.every_line().any(|line| line.starts(option));
    let (by_http, by_tcp) = (named("option httpchk"), named("option tcp-check"));
    for proxy in view.proxies.iter().filter(|proxy| proxy.has_servers()) {
        let check = &proxy.draft.settings.check;
        let step = |words: &'static str, named: bool| {
            let handed_down = || proxy.lines(words).next().filter(|_| !named && proxy.servers().iter().any(is_checked));
            proxy.section.all(words).next().or_else(handed_down)
        };
        let http = step("http-check", by_http).filter(|_| !matches!(check, HealthCheck::Http));
        let tcp = step("tcp-check", by_tcp).filter(|_| !matches!(check, HealthCheck::Script));
        for (line, option) in [(http, "option httpchk"), (tcp, "option tcp-check")] {
            let Some(line) = line.filter(|line| !findings.list.iter().any(|known| known.place == line.whole())) else {
                continue;
            };
            match (proxy.section.last(option), kind(proxy)) {
                (Some(_), Some(other)) if !other.starts(option) => {
                    let text = format!("this is ignored: a later `option {}` replaces `{option}`", other.word(1));
                    findings.at(line.whole(), text).related(other.whole(), "this one counts");
                }
                _ => {
                    let text = format!("this is ignored: the backend has no `{option}`");
                    findings.at(line.whole(), text).help(format!("write `{option}` above it"));
                }
            }
        }
    }
}

fn without_host(view: &View<'_>, findings: &mut Findings) {
    for proxy in view.proxies.iter().filter(|proxy| proxy.has_servers()) {
        let servers = proxy.servers();
        if !matches!(proxy.draft.settings.check, HealthCheck::Http) || !servers.iter().any(is_checked) {
            continue;
        }
        let is_host = |line: &&Statement| line.texts(2).any(|word| word.eq_ignore_ascii_case("host"));
        if proxy.lines("http-check send").any(|line| is_host(&line)) {
            continue;
        }
        let option = proxy.line("option httpchk");
        let glued = option.is_some_and(|line| line.texts(2).any(|word| word.to_ascii_lowercase().contains("host:")));
        let send = proxy
            .lines("http-check send")
            .find(|line| line.find("ver", 2).is_some_and(|at| line.word(at + 1).starts_with("HTTP/1.1")));
        let by_option = option.filter(|line| line.texts(2).any(|word| word.starts_with("HTTP/1.1")) && !glued);
        if let Some(line) = send.or(by_option) {
            findings
                .at(line.whole(), "an HTTP/1.1 check without a Host header: servers answer 400, and are taken down")
                .help("write `http-check send … hdr Host NAME`");
        }
    }
}

fn plain_check(view: &View<'_>, findings: &mut Findings) {
    for proxy in view.proxies.iter().filter(|proxy| proxy.has_servers()) {
        if !matches!(proxy.draft.settings.check, HealthCheck::Http) {
            continue;
        }
        let connects = proxy.lines("http-check connect").next().is_some();
        for server in proxy.servers() {
            let options = &server.server.options;
            let check = &options.check;
            let port = check.port.or(server.port());
            let apart = check.port.is_some() || check.addr.is_some();
            let by_tls = check.ssl.unwrap_or(options.ssl && !apart);
            if !check.enabled || connects || port != Some(443) || by_tls {
                continue;
            }
            // In mode http the traffic goes the same wrong way, which is said already.
            if proxy.is_http() && !options.ssl && check.port.is_none() {
                continue;
            }
            let at = server.line.find("port", 3).or(server.line.find("check", 3)).unwrap_or(2);
            findings
                .at(
                    server.line.at(at),
                    "the check sends plain HTTP to port 443: the server answers 400, or closes, and is taken down",
                )
                .help("add `check-ssl`");
        }
    }
}

fn nervous(view: &View<'_>, findings: &mut Findings) {
    for proxy in view.proxies.iter().filter(|proxy| proxy.has_servers()) {
        for server in proxy.servers() {
            let check = &server.server.options.check;
            let nervous = (check.fall == 1 || check.rise == 1) && check.inter < Duration::from_secs(1);
            if check.enabled && nervous {
                let handed_down = proxy.default_server_says("inter");
                let line = handed_down.filter(|_| !server.says("inter")).unwrap_or(server.line);
                let at = line.find("inter", 1).map_or(line.whole(), |at| line.span(at, at + 2));
                if findings.list.iter().any(|known| known.place == at) {
                    continue;
                }
                findings
                    .at(
                        at,
                        format!(
                            "one check that is late takes the server down: a check every {} ms, and one is enough",
                            check.inter.as_millis()
                        ),
                    )
                    .help("`inter 2s fall 3 rise 2` are the defaults");
            }
        }
    }
}

/// Options that are about checks alone.
const TIMES: [&str; 6] = ["inter", "rise", "fall", "fastinter", "downinter", "check-ssl"];

fn times_without_check(view: &View<'_>, findings: &mut Findings) {
    for proxy in view.proxies.iter().filter(|proxy| proxy.has_servers()) {
        for server in proxy.servers().iter().filter(|server| !is_checked(server)) {
            let no_check = server.says("no-check") || server.server.options.observe.is_some();
            let at = TIMES.iter().filter_map(|word| server.line.find(word, 3)).min().filter(|_| !no_check);
            if let Some(at) = at {
                findings
                    .at(
                        server.line.at(at),
                        format!(
                            "`{}` has no effect without `check`: this server is never checked",
                            server.line.word(at)
                        ),
                    )
                    .help("add `check`");
            }
        }
    }
}

fn backup(view: &View<'_>, findings: &mut Findings) {
    for proxy in view.proxies.iter().filter(|proxy| proxy.has_servers()) {
        let servers = proxy.servers();
        let Some(backup) = servers.iter().find(|server| server.server.options.backup) else { continue };
        let main: Vec<&ServerView<'_>> =
            servers.iter().filter(|server| !server.server.options.backup && !server.server.options.disabled).collect();
        let Some(unchecked) = main.iter().find(|server| !is_checked(server)) else { continue };
        // One server that is named by rules only may be taken out by hand.
        if proxy.lines("use-server").next().is_some() {
            continue;
        }
        findings
            .at(place_of(backup), "this backup is never used: a server that is not checked is never down")
            .help("add `check` to the other servers")
            .related(unchecked.line.whole(), "is never down");
    }
}

fn place_of(server: &ServerView<'_>) -> crate::base::diag::Place {
    server.line.find("backup", 3).map_or(server.line.whole(), |at| server.line.at(at))
}

fn embedded_headers(view: &View<'_>, findings: &mut Findings) {
    for section in view.sections() {
        for line in section.all("option httpchk") {
            let at =
                (2..line.words.len()).find(|at| line.word(*at).contains("\\r\\n") || line.word(*at).contains("\r\n"));
            if let Some(at) = at {
                findings
                    .at(line.span(at, line.words.len()), "headers are glued to the version here")
                    .help("write `http-check send meth GET uri PATH ver HTTP/1.1 hdr Host NAME`");
            }
        }
    }
}
