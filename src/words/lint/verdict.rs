//! The codes of what HAProxy itself says: which sentence is which code, and what to do about it.

use crate::spec;
use crate::spec::{Level, Lint};

spec! {
    /// Lines that HAProxy refuses, or warns of.
    pub static SYNTAX: [Lint] = [
        /// HAProxy refuses this line.
        ///
        /// ## What it finds
        /// Everything that HAProxy refuses and that has no code of its own; the sentence is HAProxy's.
        ///
        /// ## Why it matters
        /// HAProxy does not start with this configuration.
        ///
        /// ## Example
        /// ```cfg
        /// backend app
        ///     server a 192.0.2.1:80 weight 300
        /// ```
        ///
        /// ## Use instead
        /// ```cfg
        /// backend app
        ///     server a 192.0.2.1:80 weight 256
        /// ```
        { code: "E001", name: "refused", level: Level::Error },
        /// HAProxy warns of this line.
        ///
        /// ## What it finds
        /// Everything that HAProxy warns of and that has no code of its own; the sentence is HAProxy's.
        ///
        /// ## Why it matters
        /// HAProxy starts, and something does not do what it seems to say. With `-dW` or `zero-warning` it does not start.
        ///
        /// ## Example
        /// ```cfg
        /// frontend web
        ///     mode tcp
        ///     bind :8080
        ///     balance uri
        ///     default_backend app
        /// backend app
        ///     mode tcp
        ///     server a 192.0.2.1:80
        /// ```
        ///
        /// ## Use instead
        /// ```cfg
        /// frontend web
        ///     mode tcp
        ///     bind :8080
        ///     default_backend app
        /// backend app
        ///     mode tcp
        ///     balance source
        ///     server a 192.0.2.1:80
        /// ```
        { code: "E002", name: "warned" },
        /// A word that HAProxy does not know.
        ///
        /// ## What it finds
        /// A keyword, an option or an action that does not exist, or not in this section.
        ///
        /// ## Why it matters
        /// HAProxy does not start with this configuration.
        ///
        /// ## Example
        /// ```cfg
        /// backend app
        ///     balanced roundrobin
        ///     server a 192.0.2.1:80
        /// ```
        ///
        /// ## Use instead
        /// ```cfg
        /// backend app
        ///     balance roundrobin
        ///     server a 192.0.2.1:80
        /// ```
        { code: "E003", name: "unknown-word", level: Level::Error, find: super::pasted::cut_line },
        /// The last line does not end.
        ///
        /// ## What it finds
        /// A file whose last line has no line feed.
        ///
        /// ## Why it matters
        /// HAProxy takes the file for truncated and does not start. One real file in eight ends like that.
        ///
        /// ## Example
        /// A file that ends behind `server a 192.0.2.1:80` instead of behind a line feed.
        ///
        /// ## Use instead
        /// `pointsman check --fix`, or `pointsman fmt`: both add it.
        { code: "E004", name: "missing-line-feed", level: Level::Error },
        /// A line that stands in no section.
        ///
        /// ## What it finds
        /// A fragment: lines that were taken out of a section, without its first line.
        ///
        /// ## Why it matters
        /// HAProxy refuses lines that are in no section. What is found in a fragment is judged as if its section were there.
        ///
        /// ## Example
        /// ```cfg
        /// server a 192.0.2.1:80
        /// ```
        ///
        /// ## Use instead
        /// ```cfg
        /// backend app
        ///     server a 192.0.2.1:80
        /// ```
        { code: "E005", name: "no-section", level: Level::Error },
        /// A `server` line without an address.
        ///
        /// ## What it finds
        /// `server NAME` with nothing behind it, or with an option, or `verify`, where the address belongs.
        ///
        /// ## Why it matters
        /// The second word is the address, whatever it is: HAProxy looks for a host called `ssl`, or refuses the line. A
        /// statement is one line; what is written below it is read as a keyword of its own.
        ///
        /// ## Example
        /// ```cfg
        /// backend app
        ///     server a ssl verify none
        /// ```
        ///
        /// ## Use instead
        /// ```cfg
        /// backend app
        ///     server a 192.0.2.1:443 ssl verify none sni str(a.example)
        /// ```
        { code: "E006", name: "no-address", level: Level::Error, find: super::pasted::no_address },
        /// An option without its value.
        ///
        /// ## What it finds
        /// `sni`, `check-sni`, `verifyhost`, `ca-file`, `crt` or `alpn` of a server with another option behind it.
        ///
        /// ## Why it matters
        /// Any word is a value for these: the name of the next option is taken for it, and that option is not set.
        ///
        /// ## Example
        /// ```cfg
        /// backend app
        ///     server a 192.0.2.1:443 ssl verify none check-sni check
        /// ```
        ///
        /// ## Use instead
        /// ```cfg
        /// backend app
        ///     server a 192.0.2.1:443 ssl verify none check-sni a.example.com check
        /// ```
        { code: "E007", name: "no-value", find: super::pasted::no_value },
    ];
}

spec! {
    /// Names that lead nowhere.
    pub static NAMES: [Lint] = [
        /// A backend that does not exist.
        ///
        /// ## What it finds
        /// `use_backend` or `default_backend` with a name that no `backend` or `listen` has.
        ///
        /// ## Why it matters
        /// HAProxy does not start with this configuration.
        ///
        /// ## Example
        /// ```cfg
        /// defaults
        ///     mode http
        /// frontend web
        ///     bind :8080
        ///     default_backend ap
        /// backend app
        ///     server a 192.0.2.1:80
        /// ```
        ///
        /// ## Use instead
        /// ```cfg
        /// defaults
        ///     mode http
        /// frontend web
        ///     bind :8080
        ///     default_backend app
        /// backend app
        ///     server a 192.0.2.1:80
        /// ```
        { code: "R001", name: "no-such-backend", level: Level::Error },
        /// An ACL that does not exist.
        ///
        /// ## What it finds
        /// A name behind `if` or `unless` that no `acl` line above it has; `and` is such a name.
        ///
        /// ## Why it matters
        /// HAProxy does not start with this configuration. Terms beside each other must all hold already; only `or` is a
        /// word of conditions.
        ///
        /// ## Example
        /// ```cfg
        /// defaults
        ///     mode http
        /// frontend web
        ///     bind :8080
        ///     acl api path_beg /api
        ///     http-request deny if apis
        ///     default_backend app
        /// backend app
        ///     server a 192.0.2.1:80
        /// ```
        ///
        /// ## Use instead
        /// ```cfg
        /// defaults
        ///     mode http
        /// frontend web
        ///     bind :8080
        ///     acl api path_beg /api
        ///     http-request deny if api
        ///     default_backend app
        /// backend app
        ///     server a 192.0.2.1:80
        /// ```
        { code: "R002", name: "no-such-acl", level: Level::Error },
        /// A name that leads nowhere.
        ///
        /// ## What it finds
        /// A userlist, a stick table, a cache, a resolvers section, a server, an error section that does not exist.
        ///
        /// ## Why it matters
        /// HAProxy does not start with this configuration.
        ///
        /// ## Example
        /// ```cfg
        /// frontend web
        ///     bind :8080
        ///     default_backend app
        /// backend app
        ///     server a 192.0.2.1:80 resolvers dns
        /// ```
        ///
        /// ## Use instead
        /// ```cfg
        /// resolvers dns
        ///     nameserver one 192.0.2.53:53
        /// backend app
        ///     server a 192.0.2.1:80 resolvers dns
        /// ```
        { code: "R003", name: "no-such-name", level: Level::Error },
        /// The same name twice.
        ///
        /// ## What it finds
        /// Two proxies, servers, userlists or sections of one kind with the same name, or the same `id`.
        ///
        /// ## Why it matters
        /// HAProxy refuses some and warns of others; where it loads them, references and statistics mean one of the two.
        ///
        /// ## Example
        /// ```cfg
        /// backend app
        ///     server a 192.0.2.1:80
        ///     server a 192.0.2.2:80
        /// ```
        ///
        /// ## Use instead
        /// ```cfg
        /// backend app
        ///     server a 192.0.2.1:80
        ///     server b 192.0.2.2:80
        /// ```
        { code: "R004", name: "same-name", level: Level::Error },
        /// A rule that runs before those above it.
        ///
        /// ## What it finds
        /// Rules that stand behind rules of a kind that runs later: `http-request` behind `use_backend`, `tcp-request`
        /// behind `http-request`.
        ///
        /// ## Why it matters
        /// Rules run kind by kind, whatever the order of the lines. A reader takes the file for what it is not.
        ///
        /// ## Example
        /// ```cfg
        /// defaults
        ///     mode http
        /// frontend web
        ///     bind :8080
        ///     use_backend app if { path_beg /app }
        ///     http-request set-header X-Seen 1
        ///     default_backend app
        /// backend app
        ///     server a 192.0.2.1:80
        /// ```
        ///
        /// ## Use instead
        /// ```cfg
        /// defaults
        ///     mode http
        /// frontend web
        ///     bind :8080
        ///     http-request set-header X-Seen 1
        ///     use_backend app if { path_beg /app }
        ///     default_backend app
        /// backend app
        ///     server a 192.0.2.1:80
        /// ```
        { code: "O003", name: "rule-order" },
        /// Something of HTTP in a proxy that does not speak it, or the other way round.
        ///
        /// ## What it finds
        /// A tcp frontend and an http backend that do not fit, cookies, header hashes or HTTP rules where `mode tcp` holds.
        ///
        /// ## Why it matters
        /// HAProxy refuses it or ignores it. Without a `mode` line, a proxy is in mode tcp.
        ///
        /// ## Example
        /// ```cfg
        /// backend app
        ///     mode tcp
        ///     http-request deny if { path_beg /private }
        ///     server a 192.0.2.1:80
        /// ```
        ///
        /// ## Use instead
        /// ```cfg
        /// backend app
        ///     mode http
        ///     http-request deny if { path_beg /private }
        ///     server a 192.0.2.1:80
        /// ```
        { code: "R005", name: "mode-mismatch" },
    ];
}

spec! {
    /// Words of other days.
    pub static OLD: [Lint] = [
        /// A word that was removed.
        ///
        /// ## What it finds
        /// Words of older versions: `reqadd`, `rspadd`, `block`, `contimeout`, `nbproc`, `option forceclose` and others.
        ///
        /// ## Why it matters
        /// HAProxy refuses them; the finding says what replaces them.
        ///
        /// ## Example
        /// ```cfg
        /// backend app
        ///     reqadd X-Proto:\ https
        ///     server a 192.0.2.1:80
        /// ```
        ///
        /// ## Use instead
        /// ```cfg
        /// backend app
        ///     mode http
        ///     http-request add-header X-Proto https
        ///     server a 192.0.2.1:80
        /// ```
        { code: "D001", name: "removed-word", level: Level::Error },
        /// A word that will be removed.
        ///
        /// ## What it finds
        /// Words that HAProxy still takes and warns of.
        ///
        /// ## Why it matters
        /// The next version may refuse the file.
        ///
        /// ## Example
        /// ```cfg
        /// frontend web
        ///     mode http
        ///     bind :8080
        ///     option accept-invalid-http-request
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
        ///     default_backend app
        /// backend app
        ///     mode http
        ///     server a 192.0.2.1:80
        /// ```
        { code: "D002", name: "deprecated-word" },
        /// A word that came after the release that is to load the file.
        ///
        /// ## What it finds
        /// With `--target 2.6`, or any release from 2.2 to 3.4: sections, keywords, options, actions, fetches, converters and
        /// log tags that this release does not know. It is a warning where only a later release is known to have the word.
        ///
        /// ## Why it matters
        /// The target refuses the file. `pointsman explain WORD` says since when a word is known.
        ///
        /// ## Example
        /// ```cfg
        /// frontend web
        ///     mode http
        ///     bind :8080
        ///     http-request pause 10ms if { path_beg /slow }
        ///     default_backend app
        /// backend app
        ///     mode http
        ///     server a 192.0.2.1:80
        /// ```
        ///
        /// Checked with `--target 2.6`.
        ///
        /// ## Use instead
        /// ```cfg
        /// frontend web
        ///     mode http
        ///     bind :8080
        ///     default_backend app
        /// backend app
        ///     mode http
        ///     server a 192.0.2.1:80
        /// ```
        { code: "D004", name: "newer-than-target", level: Level::Error },
        /// A word that a later release removed, or warns of.
        ///
        /// ## What it finds
        /// With `--target 3.4`, or another release after 3.2: words that 3.2 takes and this release refuses, or calls
        /// deprecated. What 3.2 itself refuses is D001, what it warns of is D002, without `--target` too.
        ///
        /// ## Why it matters
        /// The target refuses the file, or the one after it will.
        ///
        /// ## Example
        /// ```cfg
        /// global
        ///     tune.quic.socket-owner listener
        /// ```
        ///
        /// Checked with `--target 3.4`.
        ///
        /// ## Use instead
        /// ```cfg
        /// global
        ///     tune.quic.fe.sock-per-conn default-off
        /// ```
        { code: "D005", name: "gone-from-target" },
    ];
}

spec! {
    /// What is absent on this machine.
    pub static MACHINE: [Lint] = [
        /// A file that is not on this machine.
        ///
        /// ## What it finds
        /// Certificates, maps, error files and others that are not where the configuration says. It fails the check only
        /// with `--strict-env`, and is shown in text only with it or with `-V`.
        ///
        /// ## Why it matters
        /// HAProxy does not start without them. A machine that only checks need not have them.
        ///
        /// ## Example
        /// ```cfg
        /// frontend web
        ///     mode http
        ///     bind :8080
        ///     errorfile 503 /nowhere/503.http
        ///     default_backend app
        /// backend app
        ///     mode http
        ///     server a 192.0.2.1:80
        /// ```
        ///
        /// ## Use instead
        /// `--root DIR`, where the files of production are kept below a folder.
        { code: "X001", name: "absent-file", level: Level::Note },
        /// A user or group that is not on this machine.
        ///
        /// ## What it finds
        /// `user`, `group` and the owners of UNIX sockets that this machine does not know.
        ///
        /// ## Why it matters
        /// HAProxy does not start without them.
        ///
        /// ## Example
        /// ```cfg
        /// global
        ///     user nobody-of-this-name
        /// ```
        ///
        /// ## Use instead
        /// ```cfg
        /// global
        ///     user nobody
        /// ```
        { code: "X002", name: "absent-user", level: Level::Note },
        /// A host that cannot be resolved on this machine.
        ///
        /// ## What it finds
        /// Names of servers and addresses that do not resolve. It looks only with `--strict-env`.
        ///
        /// ## Why it matters
        /// HAProxy resolves them when it starts, and does not start when it cannot, unless `init-addr` says otherwise.
        ///
        /// ## Example
        /// `server a no-such-host.invalid:80`, checked with `--strict-env`.
        ///
        /// ## Use instead
        /// `init-addr last,libc,none` with `resolvers`, for names that may appear later.
        { code: "X003", name: "absent-host", level: Level::Note },
        /// A variable that is not set on this machine.
        ///
        /// ## What it finds
        /// A variable of the environment without a default, in a line that could not be judged for lack of it.
        ///
        /// ## Why it matters
        /// HAProxy puts nothing in its place, and mostly refuses the line. A machine that only checks need not have it.
        ///
        /// ## Example
        /// ```cfg
        /// backend app
        ///     server a ${NO_SUCH_VARIABLE_HERE}:80
        /// ```
        ///
        /// ## Use instead
        /// `--env-file FILE` with the variables of production, or a default: `"${NAME-192.0.2.1}"` in quotes.
        { code: "X004", name: "absent-variable", level: Level::Note },
        /// None of the peers is this machine.
        ///
        /// ## What it finds
        /// A `peers` section in which no peer has the name of the machine that checks, where `localpeer` gives none.
        ///
        /// ## Why it matters
        /// HAProxy leaves such a section out. Where the file will run, a peer should have the name of that host. With
        /// `--strict-env` it is a warning.
        ///
        /// ## Example
        /// ```cfg
        /// peers mesh
        ///     peer no-such-machine 192.0.2.1:1024
        /// ```
        ///
        /// ## Use instead
        /// ```cfg
        /// global
        ///     localpeer lb1
        /// peers mesh
        ///     peer lb1 192.0.2.1:1024
        /// ```
        { code: "X005", name: "absent-peer", level: Level::Note },
    ];
}

spec! {
    /// What this program does not do yet.
    pub static COMPATIBILITY: [Lint] = [
        /// A word that this program does not run yet.
        ///
        /// ## What it finds
        /// Words that HAProxy takes and that are read and checked here, but not run.
        ///
        /// ## Why it matters
        /// Pointsman refuses to start with them rather than leave them out in silence; `--allow-unsupported` starts it
        /// without them. `pointsman check --compat` prints a table of all words of a configuration.
        ///
        /// ## Example
        /// What is not run changes with each version: the words are those that `--compat` lists as not supported yet.
        ///
        /// ## Use instead
        /// Words of the other rows of this table.
        { code: "C001", name: "not-run-yet", level: Level::Note, on: false },
    ];
}
