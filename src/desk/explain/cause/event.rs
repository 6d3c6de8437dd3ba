//! The cause of an event: why a check failed, a server went down, or a connection never became a session.

use super::Cause;
use crate::desk::explain::line::{Event, Kind};

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
        Kind::Bind => unbound(event),
        Kind::Refused => cause(
            format!("{}, line {}: {}", event.value("file"), event.value("line"), event.value("sentence")),
            &[],
            &[
                "`pointsman check` on the file shows the line, what it should be, and every other mistake at once.",
                "A word that is not known may be newer than the program: `pointsman explain WORD` says since when it is there.",
            ],
        ),
        Kind::Failed => failed(event),
        Kind::Check | Kind::Standing => checked(event),
    }
}

/// What the system says of an address that cannot be listened at, what it means, its causes, and what helps.
const UNBOUND: &[(&str, &str, &[&str], &[&str])] = &[
    (
        "Permission denied",
        "The process may not listen there.",
        &[
            "a port below 1024, and a process that was not started by root: as in most containers",
            "SELinux: the port is not among those that `haproxy` may use",
            "for a UNIX socket, the folder is not the user's to write to",
        ],
        &[
            "In a container, listen at 8080 and map the port, or give `CAP_NET_BIND_SERVICE`.",
            "`setsebool -P haproxy_connect_any 1`, or `semanage port`, where SELinux is on.",
        ],
    ),
    (
        "Address already in use",
        "Something else listens at this address and port.",
        &["another web server on the machine", "an older HAProxy that still runs", "the same `bind` line twice"],
        &["`ss -ltnp` shows who listens there."],
    ),
    (
        "Cannot assign requested address",
        "This machine does not have the address.",
        &[
            "a virtual address that the other machine holds at the moment (keepalived)",
            "the network was not up yet when HAProxy started",
            "a mistyped address",
        ],
        &["For an address that moves: `sysctl net.ipv4.ip_nonlocal_bind=1`, or `transparent` on the `bind` line."],
    ),
];

/// The cause of an address that could not be listened at.
fn unbound(event: &Event) -> Cause {
    let known = UNBOUND.iter().find(|(reason, ..)| event.value("reason").eq_ignore_ascii_case(reason));
    let owned = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect();
    match known {
        Some((_, sentence, causes, next)) => Cause {
            sentence: format!("{sentence} HAProxy does not start."),
            remarks: Vec::new(),
            causes: owned(causes),
            next: owned(next),
        },
        None => Cause {
            sentence: format!("{} could not be listened at; HAProxy does not start.", event.value("address")),
            remarks: Vec::new(),
            causes: Vec::new(),
            next: owned(&["The system's own words say why."]),
        },
    }
}

/// Part of what is said of a failed connection, what it means, and its causes; the telling ones first.
const FAILURES: &[(&str, &str, &[&str])] = &[
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
        "http request",
        "The client sent clear HTTP to a port that expects TLS.",
        &[
            "`http://` instead of `https://` in a link or a check",
            "a balancer in front that speaks clear HTTP to this port",
        ],
    ),
    (
        "unknown ca",
        "The client does not trust the certificate, and said so.",
        &[
            "the chain is not complete: the `crt` file lacks an intermediate certificate",
            "the certificate is self-signed",
        ],
    ),
    (
        "alert certificate unknown",
        "The client does not accept the certificate, and said so.",
        &[
            "the certificate is for another name, is expired, or is self-signed",
            "the chain is not complete: the `crt` file lacks an intermediate certificate",
            "an application that only trusts a certificate of its own",
        ],
    ),
    (
        "bad certificate",
        "The client does not accept the certificate, and said so.",
        &["the certificate is for another name, or is expired", "a program that checks more than browsers do"],
    ),
    (
        "did not return a certificate",
        "The client sent no certificate, and the `bind` line requires one.",
        &["`verify required`, and a client that has none: `verify optional` lets it in"],
    ),
    (
        "no shared cipher",
        "Client and proxy have no cipher in common.",
        &["an old client, or narrow `ciphers`", "an ECDSA certificate alone, and a client that wants RSA"],
    ),
    (
        "version",
        "Client and proxy have no version of TLS in common, or the client speaks no TLS.",
        &["an old client below `ssl-min-ver`", "bytes that are no TLS: another protocol on this port"],
    ),
    (
        "client CA chain cannot be verified",
        "The authorities behind the client's certificate could not be verified.",
        &["the `ca-file` of the `bind` line lacks an authority of the client's chain", "the authority is expired"],
    ),
    (
        "client certificate not trusted",
        "The client's certificate is not trusted.",
        &["it is expired or revoked", "the `ca-file` of the `bind` line does not vouch for it"],
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
        "A PROXY protocol header was expected, and something else came, or only part of it.",
        &[
            "the `bind` line has `accept-proxy`, and the balancer in front does not send the header",
            "someone connects directly, past the balancer",
        ],
    ),
    ("no SSL", "The TLS handshake could not begin.", &["the client does not speak TLS"]),
];

fn failed(event: &Event) -> Cause {
    let message = event.value("message");
    let row = FAILURES.iter().find(|row| message.contains(row.0));
    let refused = ["alert certificate unknown", "bad certificate", "unknown ca"];
    let next: &[&str] = if refused.iter().any(|said| message.contains(said)) {
        &[
            "`openssl s_client -connect HOST:PORT -servername NAME -showcerts` shows what is served: names, dates, the chain.",
            "Look at the client's address: one client that pins a certificate, or all of them?",
        ]
    } else if message.contains("PROXY protocol") {
        &[
            "Look at the client's address: if it is the balancer, have it send the header (`send-proxy-v2`); if it is not, \
             keep it from this port.",
            "`tcp-request connection expect-proxy layer4 if { src NETWORK }` instead of `accept-proxy` asks for the header \
             only from the balancer.",
        ]
    } else {
        &[
            "If the client is a balancer or monitor, make its check speak TLS, or leave it out with `option dontlognull`.",
            "`error-log-format` with `%[ssl_fc_err,hex]` and `%[fc_err_str]` tells more; `ssl-min-ver` and `ciphers` decide what is accepted.",
        ]
    };
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
