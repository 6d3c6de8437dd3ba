//! Which of HAProxy's sentences has which code, and what to do about it.

use crate::spec::Level;

/// A sentence of HAProxy's and its code.
pub struct Saying {
    /// What the sentence holds.
    pub holds: &'static str,
    /// Its code.
    pub code: &'static str,
    /// What to do about it.
    pub help: fn(&str) -> Option<String>,
    /// In a fragment, the cause may be in the part that is not shown.
    pub elsewhere: bool,
    /// A lint finds the same, and at a better place.
    pub located: bool,
}

impl Saying {
    const BLANK: Saying = Saying { holds: "", code: "E001", help: |_| None, elsewhere: false, located: false };
}

/// The first that fits counts.
static SAYINGS: &[Saying] = &[
    Saying {
        holds: "Missing LF on last line",
        code: "E004",
        help: |_| Some("end the last line with a line feed".into()),
        ..Saying::BLANK
    },
    Saying { holds: "hiding headers or body at the end of the version", code: "D003", ..Saying::BLANK },
    Saying {
        holds: "use the 'bind' keyword for listening addresses",
        code: "D001",
        help: |_| Some("write the address on a `bind` line of its own".into()),
        ..Saying::BLANK
    },
    Saying {
        holds: "(no peer named",
        code: "X005",
        help: |_| Some("there it is named by the host, `localpeer` or `-L NAME`".into()),
        ..Saying::BLANK
    },
    Saying { holds: "suspiciously small", code: "P002", located: true, ..Saying::BLANK },
    Saying { holds: "not supported anymore", code: "D001", help: replacement, ..Saying::BLANK },
    Saying { holds: "is not supported any more", code: "D001", help: replacement, ..Saying::BLANK },
    Saying { holds: "doesn't exist anymore", code: "D001", help: replacement, ..Saying::BLANK },
    Saying { holds: "no longer supported", code: "D001", help: replacement, ..Saying::BLANK },
    Saying { holds: "deprecated", code: "D002", help: |_| None, ..Saying::BLANK },
    Saying { holds: "now obsolete", code: "D002", help: |_| None, ..Saying::BLANK },
    Saying {
        holds: "out of section",
        code: "E005",
        help: |_| Some("write the section's first line above it, as in `backend NAME`".into()),
        ..Saying::BLANK
    },
    Saying {
        holds: "unknown keyword '\\'",
        code: "E003",
        help: |_| Some("no line goes on in the next one: write it all on one line".into()),
        ..Saying::BLANK
    },
    Saying { holds: "has no 'bind' directive", code: "E002", elsewhere: true, ..Saying::BLANK },
    Saying { holds: "unknown keyword", code: "E003", help: |_| None, ..Saying::BLANK },
    Saying { holds: "unknown statement", code: "E003", help: |_| None, ..Saying::BLANK },
    Saying { holds: "unknown option", code: "E003", help: |_| None, ..Saying::BLANK },
    Saying { holds: "no such ACL", code: "R002", help: acl, elsewhere: true, ..Saying::BLANK },
    Saying { holds: "unable to find required default_backend", code: "R001", elsewhere: true, ..Saying::BLANK },
    Saying { holds: "unable to find required use_backend", code: "R001", elsewhere: true, ..Saying::BLANK },
    Saying { holds: "unable to find backend", code: "R001", elsewhere: true, ..Saying::BLANK },
    Saying {
        holds: "unable to find userlist",
        code: "R003",
        help: |_| Some("write the `userlist` section, or correct its name".into()),
        elsewhere: true,
        ..Saying::BLANK
    },
    Saying {
        holds: "unable to find stick-table",
        code: "R003",
        help: |_| Some("write a `stick-table` line in the proxy of that name".into()),
        elsewhere: true,
        ..Saying::BLANK
    },
    Saying { holds: "unable to find", code: "R003", elsewhere: true, ..Saying::BLANK },
    Saying { holds: "could not find", code: "R003", elsewhere: true, ..Saying::BLANK },
    Saying { holds: "not found", code: "R003", elsewhere: true, ..Saying::BLANK },
    Saying { holds: "no such ", code: "R003", elsewhere: true, ..Saying::BLANK },
    Saying { holds: "has the same name", code: "R004", ..Saying::BLANK },
    Saying {
        holds: "already defined",
        code: "R004",
        help: |_| Some("give one of the two another name".into()),
        ..Saying::BLANK
    },
    Saying { holds: "already exists", code: "R004", ..Saying::BLANK },
    Saying { holds: "is final and has no condition attached", code: "O001", located: true, ..Saying::BLANK },
    Saying {
        holds: "will still be processed before",
        code: "O003",
        help: |_| Some("move it above, to where it runs".into()),
        ..Saying::BLANK
    },
    Saying {
        holds: "missing timeouts for",
        code: "P001",
        help: |_| Some("write `timeout connect`, `timeout client` and `timeout server`, best in `defaults`".into()),
        elsewhere: true,
        ..Saying::BLANK
    },
    Saying { holds: "without 'option httpchk'", code: "H002", located: true, ..Saying::BLANK },
    Saying { holds: "without 'option tcp-check'", code: "H002", located: true, ..Saying::BLANK },
    Saying {
        holds: "verify is enabled by default but no CA file",
        code: "T005",
        help: |_| {
            Some("add `ca-file @system-ca`, or the file of your own authority; `verify none` checks nothing".into())
        },
        ..Saying::BLANK
    },
    Saying {
        holds: "'option httplog' not usable",
        code: "L002",
        help: |_| Some("write `option tcplog` in the proxies in mode tcp".into()),
        located: true,
        ..Saying::BLANK
    },
    Saying { holds: "since it has no log address", code: "L001", located: true, ..Saying::BLANK },
    Saying { holds: "needs 'mode http'", code: "R005", elsewhere: true, ..Saying::BLANK },
    Saying { holds: "HTTP mode", code: "R005", elsewhere: true, ..Saying::BLANK },
    Saying { holds: "incompatible", code: "R005", ..Saying::BLANK },
    Saying { holds: "uses HTTP", code: "R005", elsewhere: true, ..Saying::BLANK },
];

static REFUSED: Saying = Saying::BLANK;
static WARNED: Saying = Saying { code: "E002", ..Saying::BLANK };

/// The code of a sentence.
pub fn saying(sentence: &str, level: Level) -> &'static Saying {
    let other = if level == Level::Error { &REFUSED } else { &WARNED };
    SAYINGS.iter().find(|saying| sentence.contains(saying.holds)).unwrap_or(other)
}

fn acl(sentence: &str) -> Option<String> {
    let and = ["'and'", "'AND'", "'&&'"].iter().any(|word| sentence.contains(word));
    let text = if and {
        "terms beside each other must all hold: leave this word out"
    } else {
        "write an `acl` line of this name above it, in the same section"
    };
    Some(text.to_owned())
}

/// What replaces a removed word, where HAProxy's sentence does not say it.
const REPLACED: [(&str, &str); 9] = [
    ("nbproc", "remove it; `nbthread` says how many threads there are, one per core by default"),
    ("forceclose", "write `option httpclose`"),
    ("http-tunnel", "remove it; `option http-keep-alive` is the default"),
    ("'bind-process'", "remove it; `thread` on `bind` lines chooses threads"),
    ("appsession", "write `stick on cookie(NAME)` with a `stick-table`"),
    ("'reqipass'", "remove it, and write conditions on the rules that follow"),
    ("'reqpass'", "remove it, and write conditions on the rules that follow"),
    ("'process", "write `thread`"),
    ("http-use-htx", "remove it"),
];

fn replacement(sentence: &str) -> Option<String> {
    REPLACED.iter().find(|(word, _)| sentence.contains(word)).map(|(_, help)| (*help).to_owned())
}
