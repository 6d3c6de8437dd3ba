//! Timeouts and capacity: what waits too short, too long or for nothing.

use pointsman_parser::units::{self, TimeUnit};

use crate::model::draft::Sections;
use crate::model::script::Statement;
use crate::spec;
use crate::spec::Level;
use crate::spec::lint::{Findings, Lint, ProxyView, View};

spec! {
    /// Timeouts and limits.
    pub static CAPACITY: [Lint] = [
        /// Timeouts that are missing.
        ///
        /// ## What it finds
        /// A frontend without `timeout client`, a backend with servers without `timeout connect` or `timeout server`.
        ///
        /// ## Why it matters
        /// A peer that went away without a word holds its connection for ever. HAProxy warns of it, too.
        ///
        /// ## Example
        /// ```cfg
        /// defaults
        ///     mode http
        /// frontend web
        ///     bind :8080
        ///     default_backend app
        /// backend app
        ///     server a 192.0.2.1:80
        /// ```
        ///
        /// ## Use instead
        /// ```cfg
        /// defaults
        ///     mode http
        /// defaults
        ///     timeout connect 5s
        ///     timeout client 30s
        ///     timeout server 30s
        /// frontend web
        ///     bind :8080
        ///     default_backend app
        /// backend app
        ///     server a 192.0.2.1:80
        /// ```
        { code: "P001", name: "missing-timeouts" },
        /// A time without a unit that is a few milliseconds.
        ///
        /// ## What it finds
        /// Times below 100 without a unit: `timeout client 30`, `inter 5`, `slowstart 60`; timeouts in microseconds.
        ///
        /// ## Why it matters
        /// A number without a unit is milliseconds. Thirty of them are over before an answer comes, and five between checks
        /// are two hundred checks a second.
        ///
        /// ## Example
        /// ```cfg
        /// backend app
        ///     timeout server 30
        ///     server a 192.0.2.1:80 check inter 5
        /// ```
        ///
        /// ## Use instead
        /// ```cfg
        /// backend app
        ///     timeout server 30s
        ///     server a 192.0.2.1:80 check inter 5s
        /// ```
        { code: "P002", name: "time-without-unit", find: without_unit },
        /// A client timeout that is shorter than the patience of a balancer in front.
        ///
        /// ## What it finds
        /// A frontend that knows of a balancer in front (by the agent of its probes, by a condition on `X-Forwarded-Proto`, or
        /// by a comment), whose client timeout is shorter than the 60 seconds for which such balancers keep connections, without `option
        /// dontlognull`. With `monitor-uri` or `accept-proxy` alone, which others use as well, it is a note.
        ///
        /// ## Why it matters
        /// The balancer opens connections and keeps them for later. Each that is idle for the timeout ends with a 408 and a
        /// line with `cR--`, and a request that the balancer sends at that moment is lost.
        ///
        /// ## Example
        /// ```cfg
        /// frontend web
        ///     mode http
        ///     bind :8080
        ///     monitor-uri /health
        ///     timeout client 4s
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
        ///     monitor-uri /health
        ///     option dontlognull
        ///     timeout client 75s
        ///     default_backend app
        /// backend app
        ///     mode http
        ///     server a 192.0.2.1:80
        /// ```
        { code: "P003", name: "shorter-than-balancer", find: shorter_than_balancer },
        /// A limit that another limit hides.
        ///
        /// ## What it finds
        /// A frontend whose `maxconn` is above that of the process, or frontends whose limits together are.
        ///
        /// ## Why it matters
        /// The process stops taking connections first, in all frontends at once; the limit of the frontend is never reached.
        ///
        /// ## Example
        /// ```cfg
        /// defaults
        ///     mode http
        /// global
        ///     maxconn 1000
        /// frontend web
        ///     bind :8080
        ///     maxconn 5000
        ///     default_backend app
        /// backend app
        ///     server a 192.0.2.1:80
        /// ```
        ///
        /// ## Use instead
        /// ```cfg
        /// defaults
        ///     mode http
        /// global
        ///     maxconn 6000
        /// frontend web
        ///     bind :8080
        ///     maxconn 5000
        ///     default_backend app
        /// backend app
        ///     server a 192.0.2.1:80
        /// ```
        { code: "P004", name: "hidden-limit", find: hidden_limit },
        /// A queue without a time of its own.
        ///
        /// ## What it finds
        /// A server with `maxconn` in a backend without `timeout queue`.
        ///
        /// ## Why it matters
        /// Requests above the limit wait in a queue for as long as `timeout connect` says, a few seconds as a rule, and then
        /// get a 503 with `sQ--`.
        ///
        /// ## Example
        /// ```cfg
        /// backend app
        ///     timeout connect 5s
        ///     timeout server 30s
        ///     server a 192.0.2.1:80 maxconn 50
        /// ```
        ///
        /// ## Use instead
        /// ```cfg
        /// backend app
        ///     timeout connect 5s
        ///     timeout server 30s
        ///     timeout queue 30s
        ///     server a 192.0.2.1:80 maxconn 50
        /// ```
        { code: "P005", name: "queue-without-timeout", level: Level::Note, find: queue_without_timeout },
        /// WebSockets without a time of their own.
        ///
        /// ## What it finds
        /// Conditions on `Upgrade: websocket`, or on a path for it, and no `timeout tunnel` in the backend that they choose.
        ///
        /// ## Why it matters
        /// After the switch of protocols the client's and the server's timeouts hold: a WebSocket that is silent for half a
        /// minute is closed.
        ///
        /// ## Example
        /// ```cfg
        /// defaults
        ///     mode http
        ///     timeout connect 5s
        ///     timeout client 30s
        ///     timeout server 30s
        /// frontend web
        ///     bind :8080
        ///     use_backend live if { hdr(Upgrade) -i websocket }
        ///     default_backend app
        /// backend app
        ///     server a 192.0.2.1:80
        /// backend live
        ///     server a 192.0.2.2:80
        /// ```
        ///
        /// ## Use instead
        /// ```cfg
        /// defaults
        ///     mode http
        ///     timeout connect 5s
        ///     timeout client 30s
        ///     timeout server 30s
        ///     timeout tunnel 1h
        /// frontend web
        ///     bind :8080
        ///     use_backend live if { hdr(Upgrade) -i websocket }
        ///     default_backend app
        /// backend app
        ///     server a 192.0.2.1:80
        /// backend live
        ///     server a 192.0.2.2:80
        /// ```
        { code: "P006", name: "websocket-without-tunnel", find: websocket },
        /// No time for a request to arrive.
        ///
        /// ## What it finds
        /// A frontend in mode http without `timeout http-request`.
        ///
        /// ## Why it matters
        /// A client that sends one byte now and then holds a connection for ever: `timeout client` begins anew with each.
        ///
        /// ## Example
        /// ```cfg
        /// frontend web
        ///     mode http
        ///     bind :8080
        ///     timeout client 30s
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
        ///     timeout client 30s
        ///     timeout http-request 10s
        ///     default_backend app
        /// backend app
        ///     mode http
        ///     server a 192.0.2.1:80
        /// ```
        { code: "P007", name: "no-request-timeout", level: Level::Note, on: false, find: no_request_timeout },
        /// A timeout of zero.
        ///
        /// ## What it finds
        /// `timeout client 0` and its kin.
        ///
        /// ## Why it matters
        /// Zero is no timeout at all: what hangs, hangs for ever.
        ///
        /// ## Example
        /// ```cfg
        /// backend app
        ///     timeout server 0
        ///     server a 192.0.2.1:80
        /// ```
        ///
        /// ## Use instead
        /// ```cfg
        /// backend app
        ///     timeout server 1h
        ///     server a 192.0.2.1:80
        /// ```
        { code: "P008", name: "timeout-of-zero", find: zero },
        /// A redispatch that never happens.
        ///
        /// ## What it finds
        /// `option redispatch` with `retries 0`.
        ///
        /// ## Why it matters
        /// Another server is tried instead of a retry; without retries none is.
        ///
        /// ## Example
        /// ```cfg
        /// backend app
        ///     retries 0
        ///     option redispatch
        ///     server a 192.0.2.1:80
        ///     server b 192.0.2.2:80
        /// ```
        ///
        /// ## Use instead
        /// ```cfg
        /// backend app
        ///     retries 3
        ///     option redispatch
        ///     server a 192.0.2.1:80
        ///     server b 192.0.2.2:80
        /// ```
        { code: "P009", name: "redispatch-without-retries", find: redispatch },
    ];
}

/// A time below this without a unit was meant to be seconds, milliseconds.
const SUSPECT_BELOW_MS: u64 = 100;

/// For how long balancers in front keep an idle connection, milliseconds.
const BALANCER_KEEPS_MS: u64 = 60_000;

/// Options of servers that take a time.
const SERVER_TIMES: [&str; 6] = ["inter", "fastinter", "downinter", "slowstart", "agent-inter", "pool-purge-delay"];

fn without_unit(view: &View<'_>, findings: &mut Findings) {
    for section in view.sections() {
        for line in &section.lines {
            for (at, what, text) in times(section.kind, line) {
                if let Some(ms) = microseconds(text).filter(|_| line.word(0) == "timeout") {
                    findings
                        .at(line.at(at), format!("'{what} {text}' is {ms} milliseconds: `us` are microseconds"))
                        .help("write `ms` or `s`");
                    continue;
                }
                let Ok(number) = text.parse::<u64>() else { continue };
                if number == 0 || number >= SUSPECT_BELOW_MS {
                    continue;
                }
                let effect = match what.as_str() {
                    "inter" | "fastinter" | "downinter" | "agent-inter" => {
                        format!("that is a check every {number} milliseconds")
                    }
                    _ => format!("that is {number} milliseconds"),
                };
                findings
                    .at(line.at(at), format!("'{what} {text}' has no unit: {effect}"))
                    .help(format!("write `{text}s` for seconds, or `{text}ms` if it is meant"));
            }
        }
    }
}

/// The milliseconds of a time in microseconds that is too short for a timeout.
fn microseconds(text: &str) -> Option<u64> {
    let ms = text.strip_suffix("us")?.parse::<u64>().ok()? / 1_000;
    (ms < SUSPECT_BELOW_MS).then_some(ms)
}

/// The times of a line that are milliseconds unless they say otherwise: the word's number, what it is, its text.
fn times(kind: Sections, line: &Statement) -> Vec<(usize, String, &str)> {
    let named = |at: usize, words: usize| (at, line.texts(0).take(words).collect::<Vec<_>>().join(" "), line.word(at));
    let option = |word: &str| line.find(word, 1).map(|at| (at + 1, word.to_owned(), line.word(at + 1)));
    match line.word(0) {
        "timeout" => vec![named(2, 2)],
        "hold" if kind == Sections::RESOLVERS => vec![named(2, 2)],
        "hard-stop-after" if kind == Sections::GLOBAL => vec![named(1, 1)],
        "tcp-request" | "tcp-response" if line.word(1) == "inspect-delay" => vec![named(2, 2)],
        "stats" if kind == Sections::GLOBAL && line.word(1) == "timeout" => vec![named(2, 2)],
        "server" | "default-server" | "server-template" => {
            SERVER_TIMES.iter().filter_map(|word| option(word)).collect()
        }
        "stick-table" => {
            let mut found: Vec<_> = option("expire").into_iter().collect();
            for at in (1..line.words.len()).filter(|at| line.word(at - 1) == "store") {
                // `http_req_rate(10s)`
                let rates = line.word(at).split("_rate(").skip(1).filter_map(|rest| rest.split(')').next());
                found.extend(rates.map(|period| (at, "rate over".to_owned(), period)));
            }
            found
        }
        _ => Vec::new(),
    }
}

/// The milliseconds of a `timeout` line.
fn ms(line: &Statement) -> Option<u64> {
    units::time(line.word(2).as_bytes(), TimeUnit::Millisecond).ok().map(units::Time::ms)
}

fn shorter_than_balancer(view: &View<'_>, findings: &mut Findings) {
    for proxy in view.proxies.iter().filter(|proxy| proxy.takes_connections() && proxy.is_http()) {
        let monitor = proxy.line("monitor-uri");
        let accepts = proxy.binds().into_iter().find(|bind| bind.bind.accept_proxy).map(|bind| bind.line);
        let agent = proxy.section.lines.iter().find(|line| names_balancer(line));
        let known = agent.map(Statement::whole).or(view.balancer);
        let Some(sign) = known.or(monitor.or(accepts).map(Statement::whole)) else { continue };
        let quiet = ["option dontlognull", "option http-ignore-probes"]
            .iter()
            .any(|option| proxy.line(option).is_some_and(|line| !line.negated));
        let keep_alive = proxy.line("timeout http-keep-alive").and_then(ms);
        let Some(timeout) = proxy.line("timeout client") else { continue };
        let Some(client) = ms(timeout).filter(|client| *client > 0 && *client < BALANCER_KEEPS_MS) else { continue };
        if quiet || keep_alive.is_some_and(|keep| keep >= BALANCER_KEEPS_MS) {
            continue;
        }
        let finding = findings.once(
            timeout.whole(),
            format!(
                "{} seconds are less than the 60 for which a balancer in front keeps idle connections: each ends with \
                     a 408 and `cR--` in the log",
                client / 1_000
            ),
        );
        if known.is_none() {
            // Something is in front; how long it keeps connections is not known.
            finding.level = Level::Note;
        }
        finding
            .help("write a client timeout above the balancer's own, and `option dontlognull`")
            .related(sign, "another balancer is in front");
    }
}

/// What balancers of clouds call themselves in their checks, in lower case.
const BALANCERS: [&str; 4] = ["elb-healthchecker", "googlehc", "google-hc", "amazon-route53-health-check-service"];

/// Whether a line knows the requests of a balancer, or what one says of the client's scheme or port.
fn names_balancer(line: &Statement) -> bool {
    line.texts(1).map(str::to_ascii_lowercase).any(|word| {
        let told = ["hdr(x-forwarded-proto)", "hdr(x-forwarded-port)", "hdr(x-amzn-trace-id)"];
        let tests = line.word(0) == "acl" || line.condition(1).is_some();
        BALANCERS.iter().any(|name| word.contains(name)) || tests && told.iter().any(|told| word.contains(told))
    })
}

fn hidden_limit(view: &View<'_>, findings: &mut Findings) {
    let Some(global) = view.global().filter_map(|section| section.last("maxconn")).last() else { return };
    let Ok(limit) = global.word(1).parse::<u64>() else { return };
    let mut sum = 0;
    let mut last = None;
    for proxy in view.proxies.iter().filter(|proxy| proxy.takes_connections()) {
        let Some(line) = proxy.line("maxconn") else { continue };
        let Ok(own) = line.word(1).parse::<u64>() else { continue };
        if own > limit {
            findings
                .at(line.at(1), format!("{own} connections are never reached: the process takes {limit}"))
                .help(format!("raise `maxconn` in `global` above it, or write less than {limit} here"))
                .related(global.whole(), "the process stops here");
            return;
        }
        // One that is handed down is meant for each of them, and seldom for all at once.
        if proxy.section.last("maxconn").is_some() {
            sum += own;
            last = Some(line);
        }
    }
    if let Some(line) = last.filter(|_| sum > limit) {
        findings
            .at(
                global.at(1),
                format!("the frontends may take {sum} connections together, and the process stops at {limit}"),
            )
            .help("raise the limit of the process, or lower those of the frontends")
            .related(line.whole(), "the last of them");
    }
}

fn queue_without_timeout(view: &View<'_>, findings: &mut Findings) {
    for proxy in view.proxies.iter().filter(|proxy| proxy.has_servers() && proxy.line("timeout queue").is_none()) {
        let limited = proxy.servers().into_iter().find(|server| server.server.options.maxconn > 0);
        if let Some(server) = limited {
            let own = server.line.find("maxconn", 3).map(|at| server.line.span(at, at + 2));
            let handed_down = || {
                let line = proxy.default_server_says("maxconn")?;
                line.find("maxconn", 1).map(|at| line.span(at, at + 2))
            };
            let at = own.or_else(handed_down).unwrap_or(server.line.whole());
            findings
                .at(
                    at,
                    "requests above this limit wait for as long as `timeout connect` says, then get a 503 with `sQ--`",
                )
                .help("write `timeout queue`");
        }
    }
}

/// Paths that are WebSockets and nothing else.
const SOCKET_PATHS: [&str; 7] = ["ws", "wss", "websocket", "websockets", "socket.io", "sockjs", "socket"];

/// Timeouts from which a silent WebSocket is left in peace, milliseconds.
const PATIENT_MS: u64 = 30 * 60_000;

fn websocket(view: &View<'_>, findings: &mut Findings) {
    for proxy in view.proxies.iter().filter(|proxy| proxy.takes_connections() && proxy.is_http()) {
        if proxy.line("timeout client").and_then(ms).is_some_and(|client| client >= PATIENT_MS)
            || proxy.section.last("timeout tunnel").is_some()
        {
            continue;
        }
        let asks = proxy.section.lines.iter().filter(|line| asks_for_sockets(line));
        for line in asks {
            if let Some(backend) = impatient(view, proxy, line) {
                let finding = findings
                    .at(line.whole(), "WebSockets are closed after `timeout client` or `timeout server` of silence");
                if backend.draft.name == proxy.draft.name {
                    finding.help("write `timeout tunnel 1h` beside the other timeouts");
                } else {
                    finding
                        .help(format!("write `timeout tunnel 1h` in {}, or beside the other timeouts", backend.title()))
                        .related(backend.section.header.whole(), "they go here");
                }
                break;
            }
        }
    }
}

/// Where the WebSockets that a line tells apart go, if nothing there gives them a time of their own.
fn impatient<'v, 'a>(view: &'v View<'a>, proxy: &'v ProxyView<'a>, line: &Statement) -> Option<&'v ProxyView<'a>> {
    let switches = || proxy.lines("use_backend");
    let name = line.word(1);
    let is_for_them = |switch: &&Statement| {
        switch.condition(2).is_some_and(|at| switch.word(at) == "if" && switch.texts(at).any(|word| word == name))
    };
    let mut targets: Vec<&str> = match line.word(0) {
        "use_backend" => vec![name],
        _ => switches().filter(is_for_them).map(|switch| switch.word(1)).collect(),
    };
    let is_told = !targets.is_empty();
    if !is_told {
        targets.extend(switches().chain(proxy.line("default_backend")).map(|switch| switch.word(1)));
    }
    let known = |target: &&str| view.proxies.iter().find(|other| other.has_servers() && other.draft.name == **target);
    let mut ways: Vec<&ProxyView<'_>> = targets.iter().filter_map(known).collect();
    if ways.len() < targets.len() {
        // Where a map leads, nobody can tell.
        let anywhere = view.every_line().any(|line| line.starts("timeout tunnel"));
        return (!anywhere).then_some(proxy);
    }
    if proxy.has_servers() && !is_told {
        ways.push(proxy);
    }
    let waits = |way: &ProxyView<'_>| way.line("timeout tunnel").is_some();
    match ways.iter().find(|way| !waits(way)) {
        // Without a line that chooses, any of them may be meant.
        Some(_) if !is_told && ways.iter().any(|way| waits(way)) => None,
        Some(way) => Some(way),
        None if ways.is_empty() => Some(proxy),
        None => None,
    }
}

/// Whether a line tells WebSockets from other requests, by their header or their path.
fn asks_for_sockets(line: &Statement) -> bool {
    if !matches!(line.word(0), "acl" | "use_backend") {
        return false;
    }
    let words: Vec<String> = line.texts(1).map(str::to_ascii_lowercase).collect();
    let by_header = words.iter().any(|word| word == "websocket" || word == "upgrade")
        && words.iter().any(|word| word.contains("hdr(") && (word.contains("upgrade") || word.contains("connection")));
    let by_path = words.iter().position(|word| word.starts_with("path") || word.starts_with("url_beg"));
    let is_path = |word: &String| word.starts_with('/') && SOCKET_PATHS.contains(&word.trim_matches('/'));
    by_header || by_path.is_some_and(|at| words.iter().skip(at + 1).any(is_path))
}

fn no_request_timeout(view: &View<'_>, findings: &mut Findings) {
    for proxy in view.proxies.iter().filter(|proxy| proxy.takes_connections() && proxy.is_http()) {
        if proxy.line("timeout http-request").is_none() && !proxy.draft.binds.is_empty() {
            findings
                .at(proxy.section.header.whole(), format!("{} gives a request all the time to arrive", proxy.title()))
                .help("write `timeout http-request 10s`");
        }
    }
}

fn zero(view: &View<'_>, findings: &mut Findings) {
    for section in view.sections().iter().filter(|section| Sections::PROXIES.has(section.kind)) {
        for line in section.all("timeout").filter(|line| line.words.len() > 2 && ms(line) == Some(0)) {
            findings
                .at(line.whole(), format!("zero is no `timeout {}` at all: what hangs, hangs for ever", line.word(1)))
                .help(format!("write a time, as in `timeout {} 1m`", line.word(1)));
        }
    }
}

fn redispatch(view: &View<'_>, findings: &mut Findings) {
    for proxy in view.proxies.iter().filter(|proxy| proxy.has_servers()) {
        let redispatch = proxy.line("option redispatch").filter(|line| !line.negated);
        let retries = proxy.line("retries").filter(|line| line.word(1) == "0");
        if let (Some(redispatch), Some(retries)) = (redispatch, retries) {
            findings
                .at(redispatch.whole(), "another server is never tried: there are no retries")
                .help("write `retries 3`, or leave the line out")
                .related(retries.whole(), "no retries");
        }
    }
}
