//! What the server did: it refused or broke off (`S.`), or kept the proxy waiting (`s.`).

use super::Pair;
use super::Seek::{Back, Server};

/// The pairs.
pub(super) const PAIRS: &[Pair] = &[
    Pair {
        code: "SC",
        what: "The connection to the server could not be made: it was refused, or its TLS handshake failed.",
        tcp: "",
        causes: &[
            "nothing listens on that port: the service is stopped, or address or port are wrong",
            "on a server with `ssl`: the handshake failed. A server that picks its certificate by name needs `sni \
             str(NAME)`; `verify required` needs a certificate that the `ca-file` vouches for; the port must speak TLS",
            "a firewall rejects the connection, or there is no route",
            "all servers are down, if no server is named (`<NOSRV>`): their checks say why",
        ],
        next: &[
            "From the proxy's machine: `curl -v` or `openssl s_client -connect HOST:PORT -servername NAME`.",
            "Look at the server's line: the port is there, `ssl` if the port speaks TLS, `sni` if it is a host among many.",
            "`option redispatch` and `retries` let another server be tried.",
        ],
        seeks: &[&[Server], &[Back("retries")], &[Back("option redispatch")]],
    },
    Pair {
        code: "sC",
        what: "The connection to the server was not made in the time of `timeout connect`.",
        tcp: "",
        causes: &[
            "the machine is off, or a firewall drops packets without an answer",
            "the server is overloaded and its backlog of new connections is full",
            "packets are lost on the way: times near 1 s or 3 s are retransmissions",
            "a TLS handshake that the server does not finish",
        ],
        next: &[
            "Try to connect from the proxy's machine; nothing heard means a firewall or a dead machine.",
            "Look at the server's backlog (`ss -ltn`, `netstat -s` for overflows).",
            "`timeout connect` should be a little above 3 s, so that one lost packet does no harm.",
        ],
        seeks: &[&[Back("timeout connect"), Back("timeout server")], &[Server]],
    },
    Pair {
        code: "sQ",
        what: "The request waited in the queue for as long as it may, and no server became free.",
        tcp: "",
        causes: &[
            "all servers are at their `maxconn`: too few of them, or too slow",
            "the server that a cookie demands is at its `maxconn`",
            "an attack, or a page that makes every request slow",
        ],
        next: &[
            "Look at the time the servers need (Tr): it is the cause, the queue only shows it.",
            "Without `timeout queue` the limit is `timeout connect`, which is mostly too short for a queue.",
        ],
        seeks: &[&[Back("timeout queue"), Back("timeout connect")], &[Server]],
    },
    Pair {
        code: "SH",
        what: "The server closed the connection before it had sent a whole response head; the answer is a 502.",
        tcp: "never",
        causes: &[
            "the application crashed or was restarted while it served this request",
            "the server closed an idle connection at the moment it was used again",
            "a request in clear was sent to a port that speaks TLS, or the other way round",
            "the server refuses what it was sent (a header, a method, a size) and closes",
        ],
        next: &[
            "Look in the server's log for this request: the same path again and again is a fault of the application.",
            "If it happens on reused connections, make the server's keep-alive time longer than the proxy's \
             (`pool-purge-delay`), or try `retry-on conn-failure empty-response`.",
            "If it is every request to port 443, the server's line lacks `ssl`.",
        ],
        seeks: &[&[Server]],
    },
    Pair {
        code: "sH",
        what: "The server did not answer in the time of `timeout server`; the answer is a 504.",
        tcp: "never",
        causes: &[
            "the request takes that long: a report, an upload being processed, a slow database",
            "the server hangs: its workers are all busy, or wait for something themselves",
            "a firewall between proxy and server dropped the connection silently",
        ],
        next: &[
            "Find the request in the server's log: how long did it take there?",
            "If such requests are meant to be slow, give them a backend of their own with a longer `timeout server`.",
            "If everything is slow, the server is short of something; a longer timeout only hides it.",
        ],
        seeks: &[&[Back("timeout server")]],
    },
    Pair {
        code: "SD",
        what: "The server broke off during the transfer.",
        tcp: "In mode tcp also a server that closes with a reset; a few are normal for some protocols.",
        causes: &[
            "the server crashed, was restarted or was stopped while it was sending",
            "the server sent less than its Content-Length announced, or broke off in the middle of a chunk",
            "a device between proxy and server cut the connection",
        ],
        next: &[
            "Look in the server's log at that time for a crash or a restart.",
            "Always the same number of bytes points to a limit: of a device, or of a buffer on the server.",
        ],
        seeks: &[&[Server]],
    },
    Pair {
        code: "sD",
        what: "The server neither sent nor took data for as long as `timeout server` allows.",
        tcp: "In mode tcp this is mostly an idle connection: `timeout server` and `timeout client` must cover its pauses.",
        causes: &[
            "a long-lived connection (WebSocket, events, a database session) was idle for too long",
            "the server stopped in the middle of an answer",
            "a firewall between proxy and server forgot the connection",
        ],
        next: &[
            "For WebSockets and tunnels set `timeout tunnel`.",
            "`option srvtcpka` keeps firewalls from forgetting idle connections.",
        ],
        seeks: &[&[Back("timeout tunnel"), Back("timeout server")]],
    },
    Pair {
        code: "SL",
        what: "The server's side failed while the last data was on its way to the client.",
        tcp: "",
        causes: &["the server reset the connection at its end instead of closing it"],
        next: &["If clients complain of cut answers, capture the traffic between proxy and server."],
        seeks: &[&[Server]],
    },
    Pair {
        code: "D*",
        what: "The server was found down, and `on-marked-down shutdown-sessions` ended its sessions.",
        tcp: "",
        causes: &["its health checks failed", "an administrator or an agent put it down"],
        next: &["The line `Server … is DOWN, reason: …` shortly before tells why."],
        seeks: &[&[Server]],
    },
    Pair {
        code: "U*",
        what: "A main server came back, and `on-marked-up shutdown-backup-sessions` ended the sessions on the backup.",
        tcp: "",
        causes: &["a main server passed its health checks again"],
        next: &["The line `Server … is UP` shortly before names it; clients connect again and reach it."],
        seeks: &[&[Server]],
    },
];
