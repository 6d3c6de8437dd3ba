//! What the client did: it went away (`C.`), or kept the proxy waiting (`c.`).

use super::Pair;
use super::Seek::{Back, Front, Rules, Server};

/// The pairs.
pub(super) const PAIRS: &[Pair] = &[
    Pair {
        code: "CR",
        what: "The client closed the connection before it had sent a whole request.",
        tcp: "never",
        causes: &[
            "a browser opened the connection in advance and never used it",
            "a balancer, a monitor or a port scanner only tested the port",
            "something between client and proxy cut the connection",
        ],
        next: &[
            "Without any byte received it is a probe: `option http-ignore-probes` and `option dontlognull` hide those.",
            "With bytes received, look at what sends it: the proxy's `show errors` keeps the last malformed request.",
        ],
        seeks: &[&[Front("option http-ignore-probes"), Front("option dontlognull")]],
    },
    Pair {
        code: "cR",
        what: "The client did not send a whole request in the time it was given; the answer is a 408.",
        tcp: "never",
        causes: &[
            "an idle connection: a balancer in front, or a browser, keeps it open for requests to come",
            "a probe that connects, says nothing and waits",
            "a slow or lossy path on which the end of a large request never arrives",
            "someone typing by hand, or an attacker holding connections open",
        ],
        next: &[
            "A balancer in front must give up its idle connections first: raise `timeout http-keep-alive` and `timeout \
             client` here above its idle time, and `timeout http-request` with them.",
            "`option http-ignore-probes` closes connections without a byte silently; `option dontlognull` leaves them out of the log.",
        ],
        seeks: &[
            &[Front("timeout http-request"), Front("timeout http-keep-alive"), Front("timeout client")],
            &[Front("option http-ignore-probes"), Front("option dontlognull")],
        ],
    },
    Pair {
        code: "CQ",
        what: "The client gave up while its request waited in the queue.",
        tcp: "",
        causes: &[
            "all servers were at their `maxconn`, and the wait was longer than the client's patience",
            "the server that a cookie or a hash demands was too slow to free a slot",
        ],
        next: &[
            "Look at Tw and at the queue counters: the number waiting divided by `maxconn` is how many servers are missing.",
            "Raise the server's `maxconn` only if the server has room; else add servers or make it faster.",
        ],
        seeks: &[&[Server], &[Back("timeout queue"), Back("timeout connect")]],
    },
    Pair {
        code: "CC",
        what: "The client gave up before the connection to the server was made.",
        tcp: "",
        causes: &[
            "the server is dead or unreachable and is not checked, so that connecting takes long",
            "the client is impatient, or was only probing",
        ],
        next: &[
            "See whether the server has `check`; without it a dead server stays in use.",
            "Compare `timeout connect` with how long clients wait: a shorter one lets another server be tried.",
        ],
        seeks: &[&[Server], &[Back("timeout connect")]],
    },
    Pair {
        code: "CH",
        what: "The client gave up while the server's answer was awaited.",
        tcp: "never",
        causes: &[
            "the server took too long: the user pressed stop, or a client's own timeout is shorter than the answer takes",
            "a balancer or CDN in front has a shorter timeout than this proxy",
        ],
        next: &[
            "Compare how long it took with the timeout of whatever is in front; if they are alike every time, that one gave up.",
            "Look for the same path in the server's own log: is it slow for everyone?",
        ],
        seeks: &[&[Back("timeout server")], &[Back("option abortonclose")]],
    },
    Pair {
        code: "cH",
        what: "The client stopped sending its request's body, or was waited for while the server's answer was.",
        tcp: "never",
        causes: &[
            "the body of a POST stopped arriving: a broken path, often one that drops full-sized packets",
            "`timeout client` is shorter than `timeout server`, and the server is slow",
        ],
        next: &[
            "Make `timeout client` no shorter than `timeout server`.",
            "If it is uploads from one network only, look at its MTU.",
        ],
        seeks: &[&[Front("timeout client")], &[Back("timeout server")]],
    },
    Pair {
        code: "CD",
        what: "The client went away during the transfer.",
        tcp: "In mode tcp this is also a client that closes with a reset when it has what it wants; often harmless.",
        causes: &[
            "the user left the page, or the program was stopped",
            "a device between client and proxy cut the connection",
            "a client that closes its kept-alive connection without ceremony",
        ],
        next: &[
            "A few are normal. Many with the same number of bytes or the same duration point to a device with a limit.",
        ],
        seeks: &[&[Front("timeout client")]],
    },
    Pair {
        code: "cD",
        what: "The client neither took nor sent data for as long as `timeout client` allows.",
        tcp: "In mode tcp this is mostly a connection that was idle: databases, SSH and WebSockets need a longer timeout.",
        causes: &[
            "the client vanished without closing: a phone out of reach, a laptop asleep",
            "a long-lived connection (WebSocket, long polling, a database session) was idle for too long",
            "a client too slow to take the data",
        ],
        next: &[
            "For WebSockets and tunnels set `timeout tunnel`; in mode tcp raise both `timeout client` and `timeout server`.",
            "For clients that vanish, `option clitcpka` or a finite timeout is all there is.",
        ],
        seeks: &[&[Front("timeout client")], &[Back("timeout tunnel")]],
    },
    Pair {
        code: "CL",
        what: "The client went away while the last data was on its way, the server having finished.",
        tcp: "",
        causes: &[
            "the client was satisfied and reset the connection",
            "the client's network failed at the last moment",
        ],
        next: &["Nothing, unless it is frequent: then look at the path to these clients."],
        seeks: &[&[Front("timeout client")]],
    },
    Pair {
        code: "cL",
        what: "The last data could not be handed to the client in `timeout client`; the server had finished.",
        tcp: "",
        causes: &["the client vanished without closing", "the client is too slow to take the data"],
        next: &["Compare `timeout client` with how long slow clients need."],
        seeks: &[&[Front("timeout client"), Front("timeout client-fin")]],
    },
    Pair {
        code: "CT",
        what: "The client gave up while it was held in a tarpit.",
        tcp: "never",
        causes: &[
            "an attacker or robot that does not wait",
            "an ordinary visitor whom a tarpit rule caught by mistake",
        ],
        next: &[
            "Look at who is caught: a rule that catches ordinary visitors is wrong.",
            "If it is attackers only, a shorter `timeout tarpit` frees the connections sooner.",
        ],
        seeks: &[&[Rules(&["http-request tarpit"])], &[Front("timeout tarpit"), Front("timeout connect")]],
    },
];
