//! What the proxy did: it refused (`P.`), answered by itself (`L.`), failed (`R.`, `I.`), obeyed (`K.`), or all went well.

use super::Pair;
use super::Seek::{Back, Front, Global, Rules, Server};

/// The pairs.
pub(super) const PAIRS: &[Pair] = &[
    Pair {
        code: "--",
        what: "The session ended as it should.",
        tcp: "",
        causes: &[],
        next: &["If the status is an error all the same, the server sent it: look there."],
        seeks: &[],
    },
    Pair {
        code: "PR",
        what: "The proxy refused the request, by a rule or because it was malformed.",
        tcp: "In mode tcp, a rule such as `tcp-request content reject` closed the connection.",
        causes: &[
            "a `deny` or `reject` rule matched (403, or the status the rule names)",
            "the request is malformed (400): a stray blank, a forbidden letter, two different lengths, no Host",
            "the request's head is larger than `tune.bufsize` less `tune.maxrewrite` (400)",
            "TLS spoken to a port that expects clear text (400), or an attack (400)",
        ],
        next: &[
            "For a 400: `show errors` on the statistics socket shows the request and where it is wrong.",
            "For a 403: try the rules that deny, in their order, against the logged request; --config lists them.",
        ],
        seeks: &[
            &[Rules(&["http-request deny", "http-request reject", "tcp-request reject", "http-request silent-drop"])],
            &[Global("tune.bufsize")],
        ],
    },
    Pair {
        code: "PT",
        what: "A rule put the request in a tarpit: the client was kept waiting and then refused with a 500.",
        tcp: "never",
        causes: &["a `tarpit` rule matched"],
        next: &["See that the rule catches only whom it should; `timeout tarpit` is how long they are held."],
        seeks: &[&[Rules(&["http-request tarpit"])], &[Front("timeout tarpit"), Front("timeout connect")]],
    },
    Pair {
        code: "PH",
        what: "The proxy refused the server's response; the client got a 502, or what a rule says.",
        tcp: "never",
        causes: &[
            "the response is malformed: a blank in a header's name, a broken status line, two different lengths",
            "an `http-response deny` rule matched",
            "the response's head is larger than the buffer, or rewriting it did not fit (500)",
        ],
        next: &[
            "`show errors` on the statistics socket shows the response and where it is wrong.",
            "Ask the server directly with `curl -v` and look at its headers.",
        ],
        seeks: &[&[Rules(&["http-response deny", "tcp-response reject"])], &[Global("tune.bufsize")]],
    },
    Pair {
        code: "PD",
        what: "The proxy found the body malformed and ended the transfer.",
        tcp: "never",
        causes: &["a broken chunk in what the server sent, or in what the client sent"],
        next: &["Ask the server directly with `curl -v --raw` and look at the chunks."],
        seeks: &[&[Server]],
    },
    Pair {
        code: "PC",
        what: "The proxy did not connect to the server: the process has no socket left.",
        tcp: "",
        causes: &[
            "the limit of open files is too low for the connections (`maxconn`, `ulimit-n`)",
            "sockets leak elsewhere",
        ],
        next: &[
            "Compare the connection counters of the line with `maxconn`, and `ulimit -n` of the process with twice that.",
        ],
        seeks: &[&[Global("maxconn")], &[Global("ulimit-n")]],
    },
    Pair {
        code: "LR",
        what: "The proxy answered the request by itself; no server was asked.",
        tcp: "never",
        causes: &[
            "a `redirect` or `http-request return` rule matched",
            "the statistics page, the cache, or another service inside the proxy answered",
        ],
        next: &[
            "Nothing, if it was meant; else try the rules that answer, in their order, against the logged request.",
        ],
        seeks: &[&[Rules(&[
            "redirect",
            "http-request redirect",
            "http-request return",
            "http-request auth",
            "http-request use-service",
            "http-request cache-use",
            "monitor-uri",
            "stats",
        ])]],
    },
    Pair {
        code: "LC",
        what: "The proxy redirected the client to the server, as the server's `redir` says.",
        tcp: "never",
        causes: &["the server's line has `redir`"],
        next: &["Nothing: it is what `redir` does."],
        seeks: &[&[Server]],
    },
    Pair {
        code: "LH",
        what: "The proxy replaced the server's response by its own.",
        tcp: "never",
        causes: &["an `http-response return` or `http-response redirect` rule matched"],
        next: &["Nothing, if it was meant; else try the rules against the server's response."],
        seeks: &[&[Rules(&["http-response return", "http-response redirect", "http-after-response redirect"])]],
    },
    Pair {
        code: "RC",
        what: "The proxy could not connect to the server: a resource of the machine ran out.",
        tcp: "",
        causes: &[
            "no source port is left towards this server: about 28000 connections to one address and port",
            "no memory or no socket is left",
        ],
        next: &[
            "The system's log names what was missing.",
            "`source` with several addresses or a wider `net.ipv4.ip_local_port_range` gives more ports; connection reuse needs fewer.",
        ],
        seeks: &[&[Back("source")], &[Server], &[Global("maxconn")]],
    },
    Pair {
        code: "R*",
        what: "A resource of the machine ran out.",
        tcp: "",
        causes: &["memory, sockets or source ports"],
        next: &["The system's log names what was missing; this should never be left alone."],
        seeks: &[&[Global("maxconn")]],
    },
    Pair {
        code: "I*",
        what: "The proxy found an error in itself.",
        tcp: "",
        causes: &["a fault of the program", "broken memory of the machine"],
        next: &["Restart it when you can, and report the line with version and configuration."],
        seeks: &[],
    },
    Pair {
        code: "K*",
        what: "An administrator ended the session.",
        tcp: "",
        causes: &["`shutdown session` or `shutdown sessions server` on the statistics socket"],
        next: &["See who works on the statistics socket."],
        seeks: &[&[Global("stats socket")]],
    },
];
