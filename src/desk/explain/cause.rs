//! The cause of an end in a sentence, and what the numbers of this line add to it.

use super::facts::Facts;
use super::line::{Event, Kind};
use super::meaning::span_of;

/// A cause: a sentence, what this line adds, and what to look at next.
#[derive(Clone, Debug, Default)]
pub struct Cause {
    /// What happened.
    pub sentence: String,
    /// What the numbers say beyond it.
    pub remarks: Vec<String>,
    /// What may have led to it, the most likely first.
    pub causes: Vec<String>,
    /// What to look at next.
    pub next: Vec<String>,
}

/// The cause of a line of traffic.
pub fn of_traffic(facts: &Facts<'_>) -> Cause {
    let mut cause = Cause::default();
    let Some(state) = facts.state() else {
        cause.sentence = match facts.status() {
            Some(status) if status >= 500 => {
                format!("The answer was a {status}; without a termination state the line does not tell who made it.")
            }
            _ if facts.is_cut() => {
                "The line ends before the termination state, which would tell how the session ended.".to_owned()
            }
            _ => "The line holds no termination state, so that it does not tell how the session ended.".to_owned(),
        };
        if facts.is_cut() {
            cause.next.push("Get the whole line; `len` on the `log` line is how long one may be.".to_owned());
            return cause;
        }
        cause.next.push("Put `%tsc` (or `%ts` in mode tcp) into the log format.".to_owned());
        return cause;
    };
    if let Some(pair) = state.pair {
        cause.sentence = pair.what.to_owned();
        cause.causes = pair.causes.iter().map(|text| (*text).to_owned()).collect();
        cause.next = pair.next.iter().map(|text| (*text).to_owned()).collect();
        if !facts.is_http() && !pair.tcp.is_empty() && pair.tcp != "never" {
            cause.remarks.push(pair.tcp.to_owned());
        }
    } else {
        cause.sentence =
            super::state::letters(state.code).take(2).map(|row| row.1).collect::<Vec<_>>().join("; ") + ".";
    }
    if !facts.is_http() && state.code.starts_with("PR") {
        cause.sentence = "The proxy closed the connection, by a rule.".to_owned();
        cause.causes = vec!["a `tcp-request` rule with `reject` matched, perhaps after its `inspect-delay`".to_owned()];
        cause.next =
            vec!["Try the `tcp-request` rules in their order against this client; --config lists them.".to_owned()];
        cause.remarks.clear();
    }
    if state.code.starts_with("--") {
        normal(facts, &mut cause);
    }
    refine(facts, state.code.get(..2).unwrap_or_default(), &mut cause);
    timing(facts, &mut cause);
    if let Some(text) = state.cookie.filter(|_| !state.code.ends_with("--")) {
        cause.remarks.push(format!("Cookie: {text}"));
    }
    cause
}

/// It ended well; the status may be an error all the same.
fn normal(facts: &Facts<'_>, cause: &mut Cause) {
    cause.causes.clear();
    match facts.status() {
        Some(status @ 500..) => {
            cause.sentence = format!("The exchange ended as it should; the {status} is the server's own answer.");
            cause.next = vec!["Look in the server's log: the proxy only passed its answer on.".to_owned()];
        }
        Some(status @ 400..=499) => {
            cause.sentence = format!("The exchange ended as it should; the {status} is the server's own answer.");
            cause.next =
                vec!["If it should not be refused, ask the server directly with the same path and Host.".to_owned()];
        }
        _ => cause.next = vec!["Nothing.".to_owned()],
    }
}

/// What status, server and request say beyond the letters.
fn refine(facts: &Facts<'_>, code: &str, cause: &mut Cause) {
    let mut say = |text: String| cause.remarks.push(text);
    let no_server = facts.server_field().is_some_and(|server| server.is_empty() || server == "<NOSRV>");
    match (code, facts.status()) {
        ("SC", _) if no_server => {
            say("No server was left to try: all servers of the backend are down, or it has none.".to_owned());
        }
        ("SC", _) if facts.never("Tc") && facts.timer("Tw").is_some() => {
            say("Tc is -1: no connection, or no TLS on top of it, came about.".to_owned());
        }
        ("PR", Some(400)) => say("The status is 400: the request was malformed, no rule was asked.".to_owned()),
        ("PR", Some(429)) => say("The status is 429: a rule that limits rates, with `deny_status 429`.".to_owned()),
        ("PR", Some(status)) if status != 400 => say(format!("The status is {status}: a rule denied it.")),
        ("LR", Some(status @ 300..=399)) => say(format!("The status is {status}: a redirect.")),
        ("LR", Some(401 | 407)) => say("The proxy asked for a name and password.".to_owned()),
        ("cR" | "CR", _) if facts.bad_request() == Some(true) && facts.never("TR") => {
            say("No request was read: the client was silent, or stopped in the middle of the head.".to_owned());
        }
        ("cR" | "CR", _) if facts.bad_request() == Some(false) => {
            say("Part of a request was read; it never became complete.".to_owned());
        }
        _ => {}
    }
    // Advice for another status is none for this one.
    if let Some(status) = facts.status() {
        cause.next.retain(|next| next.strip_prefix("For a ").is_none_or(|rest| rest.starts_with(&status.to_string())));
    }
    let mut say = |text: String| cause.remarks.push(text);
    let (retries, redispatched) = facts.retries();
    match (retries, redispatched) {
        (_, true) => {
            say("`+` before the retries: the first server failed, and the one named here was tried last.".to_owned())
        }
        (1, _) => say("The connection was tried once more before that.".to_owned()),
        (2.., _) => say(format!("The connection was tried {retries} times more before that.")),
        _ => {}
    }
    if let Some(code) = facts.connection_error() {
        say(format!("The client's connection had error {code}; `fc_err_str` in the format would name it."));
    }
}

/// What the timers say.
fn timing(facts: &Facts<'_>, cause: &mut Cause) {
    let silent = facts.bad_request() == Some(true) && facts.never("TR");
    let timed_out = facts.code().is_some_and(|code| code.starts_with(['c', 's']));
    if let Some(total) = facts.total().filter(|total| timed_out && *total >= 1000) {
        let round = facts.spans().into_iter().find(|span| *span >= 1000 && span % 1000 <= 60);
        cause.remarks.push(match round {
            Some(span) if silent => format!(
                "It ended after {}, a whole number of seconds: a connection that lay idle until a timeout, as the probes and \
                 the unused connections of a balancer in front do.",
                span_of(span)
            ),
            Some(span) => format!("{}, a whole number of seconds: a timeout.", span_of(span)),
            None => format!("It took {} altogether.", span_of(total)),
        });
    }
    if let Some(connect) = facts.timer("Tc").filter(|ms| near_retransmission(*ms)) {
        cause.remarks.push(format!(
            "Connecting took {}: near 1, 3 or 7 s a lost packet was sent again, so look at the network or the server's backlog.",
            span_of(connect)
        ));
    }
    if let Some(waited) = facts.timer("Tw").filter(|ms| *ms >= 100) {
        cause.remarks.push(format!("It waited {} in queues: the servers are at their `maxconn`.", span_of(waited)));
    }
}

fn near_retransmission(ms: u64) -> bool {
    [1000, 3000, 7000].iter().any(|at| (*at..at + 150).contains(&ms))
}

/// The cause of an event.
pub fn of_event(event: &Event) -> Cause {
    let cause = |sentence: String, causes: &[&str], next: &[&str]| Cause {
        sentence,
        remarks: Vec::new(),
        causes: causes.iter().map(|text| (*text).to_owned()).collect(),
        next: next.iter().map(|text| (*text).to_owned()).collect(),
    };
    match event.kind {
        Kind::Connect => cause(
            format!(
                "A client connected to {}; without a log format this is all that is said.",
                event.value("frontend")
            ),
            &[],
            &[
                "`option httplog` (or `tcplog` in mode tcp) writes a line at the end of each session instead, with its cause.",
            ],
        ),
        Kind::NoServer => cause(
            format!("Every server of {} is down: what arrives is refused with a 503.", event.value("backend")),
            &["the checks of all its servers fail", "an administrator took them all out"],
            &[
                "The line `Server … is DOWN, reason: …` before this one tells why the last one went.",
                "If the servers are well, the check is wrong: wrong port, path, Host or TLS name (`check-sni`).",
            ],
        ),
        Kind::Proxy => cause(
            format!("{}: {}.", event.value("proxy"), event.value("event")),
            &[],
            &["Nothing: it starts or stops."],
        ),
        Kind::Address => cause(
            format!(
                "{} has a new address, {}, as {} said.",
                event.value("server"),
                event.value("now"),
                event.value("by")
            ),
            &["the DNS answer changed"],
            &["Nothing, if the name is meant to move."],
        ),
        Kind::Failed => failed(event),
        Kind::Check | Kind::Standing => checked(event),
    }
}

fn failed(event: &Event) -> Cause {
    let message = event.value("message");
    let rows: &[(&str, &str, &[&str])] = &[
        (
            "Connection closed during SSL handshake",
            "The client closed in the middle of the TLS handshake.",
            &[
                "a health check or probe of a balancer in front that only connects",
                "a client that does not trust the certificate, and hangs up",
            ],
        ),
        (
            "Timeout during SSL handshake",
            "The client did not finish its TLS handshake in time.",
            &[
                "a probe that connects and says nothing",
                "a path that drops full-sized packets: the certificates never arrive whole",
            ],
        ),
        (
            "SSL handshake failure",
            "The TLS handshake failed.",
            &[
                "no protocol version or cipher in common: an old client, or `ssl-min-ver` above what it knows",
                "the client sent clear HTTP to the TLS port",
                "the client does not trust the certificate (`unknown ca`), or sent none that is accepted (`verify required`)",
            ],
        ),
        (
            "error during SSL handshake",
            "The connection broke during the TLS handshake.",
            &["the client reset the connection: often a probe or a scanner"],
        ),
        (
            "PROXY protocol",
            "A PROXY protocol header was expected, and something else came.",
            &[
                "the `bind` line has `accept-proxy`, and the balancer in front does not send the header",
                "someone connects directly, past the balancer",
            ],
        ),
        ("no SSL", "The TLS handshake could not begin.", &["the client does not speak TLS"]),
    ];
    let row = rows.iter().find(|row| message.contains(row.0));
    let next = [
        "If the client is a balancer or monitor, make its check speak TLS, or leave it out with `option dontlognull`.",
        "`error-log-format` with `%[ssl_fc_err,hex]` and `%[fc_err_str]` tells more; `ssl-min-ver` and `ciphers` decide what is accepted.",
    ];
    Cause {
        sentence: row.map_or("The connection failed before a session began.", |row| row.1).to_owned(),
        remarks: Vec::new(),
        causes: row.map(|row| row.2.iter().map(|text| (*text).to_owned()).collect()).unwrap_or_default(),
        next: next.iter().map(|text| (*text).to_owned()).collect(),
    }
}

/// How a check's reason begins, what it says, its causes and what to do.
type Reason = (&'static str, &'static str, &'static [&'static str], &'static [&'static str]);

/// What the agent on the server says counts, whatever the layer.
const AGENT: Reason = (
    "",
    "the agent on the server said so",
    &["the agent found the server unwell, or takes it out for maintenance"],
    &["Ask the agent as the proxy does: connect to its port (`agent-port`) and read one line."],
);

/// The reasons of checks.
const REASONS: &[Reason] = &[
    (
        "Layer4 connection problem",
        "the connection was refused or could not be made",
        &["nothing listens on that address and port", "a firewall rejects it"],
        &[
            "Connect from the proxy's machine to the same address and port; `port` or `addr` on the server's line may point elsewhere.",
        ],
    ),
    (
        "Layer4 timeout",
        "the connection was not made in time",
        &["the machine is off, or a firewall drops packets", "the server's backlog is full"],
        &["Connect from the proxy's machine. `timeout check` and `timeout connect` bound this check."],
    ),
    (
        "Layer6 invalid response",
        "the TLS handshake failed",
        &[
            "the server picks its certificate by name, and the check sends none: `check-sni NAME` is missing (`sni` does not count for checks)",
            "the port does not speak TLS, and the check does (`check-ssl`, or `ssl` on the line)",
            "`verify required` with a `ca-file` that does not vouch for the certificate",
        ],
        &["`openssl s_client -connect HOST:PORT -servername NAME` from the proxy's machine shows the certificate."],
    ),
    (
        "Layer6 timeout",
        "the TLS handshake was not finished in time",
        &["the server is overloaded", "the port does not speak TLS"],
        &["`openssl s_client -connect HOST:PORT` from the proxy's machine; compare with `timeout check`."],
    ),
    (
        "Layer7 wrong status",
        "the answer had a status, header or content that is not wanted",
        &[
            "the check's path does not exist there, or wants a login",
            "no `Host` is sent and the server answers for another site: `http-check send hdr Host NAME`",
            "the application is unwell and says so",
        ],
        &["Ask the server as the check does: the method, path and headers of `http-check send`."],
    ),
    (
        "Layer7 invalid response",
        "the answer was not what the check expects",
        &[
            "the server does not speak the protocol of the check on this port",
            "`http-check expect` wants another content",
        ],
        &["Ask the server as the check does, and compare with `http-check expect` or `tcp-check expect`."],
    ),
    (
        "Layer7 timeout",
        "the server took the connection and did not answer in time",
        &["the server is overloaded or hangs", "the check's page is slow: it asks a database, say"],
        &["Compare how long the page takes with `timeout check` and `inter`; a check should ask for something cheap."],
    ),
    (
        "Socket error",
        "the connection broke during the check",
        &["the server closed or reset it, perhaps because it wants TLS", "a device on the way cut it"],
        &["Ask the server as the check does, with `curl -v`."],
    ),
    (
        "External check",
        "the program that checks said no, or did not end in time",
        &["the server is unwell", "the program itself fails"],
        &["Run the program by hand with the same arguments and environment (`external-check path`)."],
    ),
    (
        "Health analyze",
        "ordinary traffic failed too often (`observe`)",
        &["answers with errors, or connections that fail"],
        &["Look at the log lines of requests before this one; `error-limit` is how many it takes."],
    ),
];

fn checked(event: &Event) -> Cause {
    let (reason, server) = (event.value("reason"), event.value("server"));
    let by_agent = event.value("info").starts_with("via agent") || event.value("check") == "agent";
    let row = if by_agent { Some(&AGENT) } else { REASONS.iter().find(|row| reason.starts_with(row.0)) };
    let standing = if event.kind == Kind::Check { event.value("verdict") } else { event.value("standing") };
    let good = standing.contains("UP") || standing == "succeeded";
    let sentence = match (event.kind, row) {
        (_, Some(row)) if !good => format!("{server} {}: {}.", phrase(event, standing), row.1),
        _ if !event.value("via").is_empty() => {
            format!("{server} {standing}, for {} is, which it follows (`track`).", event.value("via"))
        }
        _ if standing.contains("maintenance") => {
            format!("{server} {standing}: someone, or DNS, took it out; nothing failed.")
        }
        _ if good => format!("{server} {}.", phrase(event, standing)),
        _ => format!("{server} {standing}."),
    };
    let mut cause = Cause { sentence, ..Cause::default() };
    if let Some(row) = row.filter(|_| !good) {
        cause.causes = row.2.iter().map(|text| (*text).to_owned()).collect();
        cause.next = row.3.iter().map(|text| (*text).to_owned()).collect();
    }
    if event.value("left").starts_with("0 active and 0 backup") {
        cause.remarks.push("It was the last one: the backend has no server any more, and answers with 503.".to_owned());
    }
    if event.kind == Kind::Standing && !good && row.is_some() {
        cause.next.push("`fall` checks in a row had to fail for this; `rise` in a row bring it back.".to_owned());
    }
    if cause.next.is_empty() {
        cause.next.push("Nothing.".to_owned());
    }
    cause
}

fn phrase(event: &Event, standing: &str) -> String {
    match (event.kind, standing) {
        (Kind::Check, "failed") => "failed a check".to_owned(),
        (Kind::Check, "succeeded") => "passed a check".to_owned(),
        _ => standing.to_owned(),
    }
}
