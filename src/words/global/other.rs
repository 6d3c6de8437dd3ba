//! Settings of the process that this program does not act upon yet, or that have no meaning here.

use std::collections::BTreeSet;

use pointsman_parser::addr::{self, Target, Use};
use pointsman_parser::units::TimeUnit;

use super::knob;
use super::tune::experimental;
use crate::model::draft::{Draft, Sections};
use crate::model::noted::Context;
use crate::sample::format::Escape;
use crate::spec;
use crate::spec::{Args, Done, End, Fault, Form, Keyword, Release, Since};
use crate::words::pem;
use crate::words::proxy::side::lax;

fn none_alg(args: &mut Args<'_>, _: &mut Draft) -> Done {
    if !args.is_empty() {
        return Err(Fault::new("keyword 'jwt.allow_none_alg' in 'global' section does not take any arguments."));
    }
    args.not_yet("jwt.allow_none_alg");
    Ok(())
}

fn drop<T>(_: T) {}

spec! {
    /// The rest.
    pub static OTHER: [Keyword] = [
        /// Renews certificates by itself. It has no meaning here: no certificate is asked for.
        { name: "acme.scheduler", since: Since::V3_2, sections: Sections::GLOBAL, usage: "auto|off", parse: scheduler },
        /// The key that hides names in dumps. It has no meaning here: nothing is dumped.
        { name: "anonkey", since: Since::V2_7, sections: Sections::GLOBAL, usage: "<number>", parse: anonkey },
        /// Spins instead of sleeping. It has no meaning here: workers sleep.
        { name: "busy-polling", sections: Sections::GLOBAL, negatable: true, usage: "", parse: |args, _| knob::switch(args) },
        /// How long closing idle connections is spread over at the end.
        { name: "close-spread-time", since: Since::V2_6, sections: Sections::GLOBAL, usage: "<time>|infinite", parse: close_spread },
        /// The secret that several machines share.
        { name: "cluster-secret", since: Since::V2_6, sections: Sections::GLOBAL, usage: "<text>", parse: |args, _| knob::text(args, "expects an ASCII string argument.").map(drop) },
        /// How threads are bound to CPUs. It has no meaning here: the system places them.
        { name: "cpu-affinity", since: Since::V3_4, sections: Sections::GLOBAL, usage: "per-core|per-group|auto|per-thread|per-ccx", parse: |args, _| { args.join(); Ok(()) } },
        /// Which CPUs threads run on. It has no meaning here: the system places them.
        { name: "cpu-map", sections: Sections::GLOBAL, usage: "[auto:]<threads> <cpus>...", parse: cpu_map },
        /// How threads are shaped to the machine. It has no meaning here: there is one per core.
        { name: "cpu-policy", since: Since::V3_2, sections: Sections::GLOBAL, usage: "<policy>", parse: cpu_policy },
        /// Which CPUs are used. It has no meaning here: those the process may run on.
        { name: "cpu-set", since: Since::V3_2, sections: Sections::GLOBAL, usage: "<directive> [<set>]...", parse: cpu_set },
        /// Which folder relative paths start from.
        { name: "default-path", since: Since::V2_4, sections: Sections::GLOBAL, usage: "current|config|parent|origin <path>", parse: default_path },
        /// Which families of addresses names are resolved to.
        { name: "dns-accept-family", since: Since::V3_2, sections: Sections::GLOBAL, usage: "ipv4|ipv6|auto[,...]", parse: dns_family },
        /// Does not warn of old words.
        { name: "expose-deprecated-directives", since: Since::V3_0, sections: Sections::GLOBAL, usage: "", parse: |args, draft| { draft.noted.deprecated.set(true); knob::switch(args) } },
        /// Permits words that may still change.
        { name: "expose-experimental-directives", since: Since::V2_4, sections: Sections::GLOBAL, usage: "", parse: |args, draft| { draft.noted.experimental.set(true); knob::switch(args) } },
        /// The most descriptors that are asked for. It has no meaning here: what is needed is asked for.
        { name: "fd-hard-limit", since: Since::V2_6, sections: Sections::GLOBAL, usage: "<number>", parse: |args, _| knob::number(args).map(drop) },
        /// Waits while the configuration is read, to test. It has no meaning here.
        { name: "force-cfg-parser-pause", since: Since::V3_1, sections: Sections::GLOBAL, usage: "<time>", parse: |args, draft| { experimental(args, draft)?; args.next(); args.finish() } },
        /// How long a soft stop waits before listening ends.
        { name: "grace", since: Since::V2_5, sections: Sections::GLOBAL, usage: "<time>", parse: |args, draft| { draft.global.grace_ms = Some(own_time(args)?); args.not_yet("grace"); Ok(()) } },
        /// Takes a body with methods that have none.
        { name: "h1-accept-payload-with-any-method", since: Since::BY_2_6, sections: Sections::GLOBAL, usage: "", parse: |args, _| { args.not_yet("h1-accept-payload-with-any-method"); knob::switch(args) } },
        /// How a header's name is written for peers that care.
        { name: "h1-case-adjust", sections: Sections::GLOBAL, usage: "<from> <to>", parse: case_adjust },
        /// A file of such names.
        { name: "h1-case-adjust-file", sections: Sections::GLOBAL, usage: "<file>", parse: case_file },
        /// Keeps connections that sent both lengths.
        { name: "h1-do-not-close-on-insecure-transfer-encoding", since: Since::BY_3_0, sections: Sections::GLOBAL, usage: "", parse: |args, _| { args.not_yet("h1-do-not-close-on-insecure-transfer-encoding"); knob::switch(args) } },
        /// Does not announce WebSockets over HTTP/2. It has no meaning here: they never are.
        { name: "h2-workaround-bogus-websocket-clients", since: Since::V2_5, sections: Sections::GLOBAL, usage: "", parse: |args, _| knob::switch(args) },
        /// Refuses clients whose TCP port is a privileged one.
        { name: "harden.reject-privileged-ports.tcp", since: Since::V3_0, sections: Sections::GLOBAL, usage: "on|off", parse: harden },
        /// Refuses clients whose UDP port is a privileged one. It has no meaning here: QUIC is not spoken.
        { name: "harden.reject-privileged-ports.quic", since: Since::V3_0, sections: Sections::GLOBAL, usage: "on|off", parse: harden },
        /// Status codes that count as errors of the client.
        { name: "http-err-codes", since: Since::V3_0, sections: Sections::GLOBAL, usage: "[+-]<range>[,...]...", parse: codes },
        /// Status codes that count as failures of the server.
        { name: "http-fail-codes", since: Since::V3_0, sections: Sections::GLOBAL, usage: "[+-]<range>[,...]...", parse: codes },
        /// A setting of the internal HTTP client. It has no meaning here: there is none.
        { name: "httpclient.resolvers.disabled", since: Since::V2_8, sections: Sections::GLOBAL, usage: "on|off", parse: |args, draft| { draft.global.client_resolves_not = knob::choice(args, &["on", "off"], "'{k}' expects either 'on' or 'off' but got '{a}'.")? == "on"; Ok(()) } },
        /// A setting of the internal HTTP client. It has no meaning here: there is none.
        { name: "httpclient.resolvers.id", since: Since::V2_6, sections: Sections::GLOBAL, usage: "<name>", parse: client_resolvers },
        /// A setting of the internal HTTP client. It has no meaning here: there is none.
        { name: "httpclient.resolvers.prefer", since: Since::V2_6, sections: Sections::GLOBAL, usage: "ipv4|ipv6", parse: |args, _| knob::choice(args, &["ipv4", "ipv6"], "'{k}' expects 'ipv4' or 'ipv6' as argument.").map(drop) },
        /// A setting of the internal HTTP client. It has no meaning here: there is none.
        { name: "httpclient.retries", since: Since::V2_9, sections: Sections::GLOBAL, usage: "<number>", parse: |args, _| knob::number(args).map(drop) },
        /// A setting of the internal HTTP client. It has no meaning here: there is none.
        { name: "httpclient.ssl.ca-file", since: Since::V2_6, sections: Sections::GLOBAL, usage: "<file>", parse: |args, _| { args.at_most(1)?; args.next(); Ok(()) } },
        /// A setting of the internal HTTP client. It has no meaning here: there is none.
        { name: "httpclient.ssl.verify", since: Since::V2_6, sections: Sections::GLOBAL, usage: "none|required", parse: |args, _| knob::choice(args, &["none", "required"], "'{k}' expects 'none' or 'required' as argument.").map(drop) },
        /// A setting of the internal HTTP client. It has no meaning here: there is none.
        { name: "httpclient.timeout.connect", since: Since::V2_9, sections: Sections::GLOBAL, usage: "<time>", parse: |args, _| { args.at_most(1)?; knob::time(args, TimeUnit::Millisecond, knob::NUMBER, "{e} in '{k}'").map(drop) } },
        /// The folder of certificates that complete chains.
        { name: "issuers-chain-path", sections: Sections::GLOBAL, usage: "<folder>", parse: issuers },
        /// Takes tokens signed with the algorithm `none` for valid.
        { name: "jwt.allow_none_alg", since: Since::V3_4, sections: Sections::GLOBAL, usage: "", parse: none_alg },
        /// Algorithms of encrypted tokens.
        { name: "jwt.decrypt_alg_list", since: Since::V3_4, sections: Sections::GLOBAL, usage: "<list>", parse: |args, _| { args.not_yet("jwt.decrypt_alg_list"); args.next(); args.finish() } },
        /// Ciphers of encrypted tokens.
        { name: "jwt.decrypt_enc_list", since: Since::V3_4, sections: Sections::GLOBAL, usage: "<list>", parse: |args, _| { args.not_yet("jwt.decrypt_enc_list"); args.next(); args.finish() } },
        /// Takes QUIC with a TLS library that hardly knows it. It has no meaning here: QUIC is not spoken.
        { name: "limited-quic", since: Since::V2_9, sections: Sections::GLOBAL, usage: "", parse: |args, _| knob::switch(args) },
        /// This machine's name among peers.
        { name: "localpeer", sections: Sections::GLOBAL, usage: "<name>", parse: local_peer },
        /// Runs a Lua script. No script is run yet.
        { name: "lua-load", sections: Sections::GLOBAL, usage: "<file> [<argument>...]", parse: |args, draft| lua(args, draft, "'lua-load' expects a file name as parameter.") },
        /// Runs a Lua script in each thread. No script is run yet.
        { name: "lua-load-per-thread", since: Since::V2_4, sections: Sections::GLOBAL, usage: "<file> [<argument>...]", parse: |args, draft| lua(args, draft, "'lua-load-per-thread' expects a file as parameter.") },
        /// Where Lua looks for modules. It has no meaning here: no script is run.
        { name: "lua-prepend-path", sections: Sections::GLOBAL, usage: "<path> [path|cpath]", parse: lua_path },
        /// Spreads checks by up to so much of their interval.
        { name: "max-spread-checks", sections: Sections::GLOBAL, usage: "<time>", parse: max_spread },
        /// How many threads share a group. It has no meaning here: there are no groups.
        { name: "max-threads-per-group", since: Since::V3_4, sections: Sections::GLOBAL, usage: "<number>", parse: |args, _| knob::number(args).map(drop) },
        /// The load from which nothing is compressed.
        { name: "maxcompcpuusage", sections: Sections::GLOBAL, usage: "<percent>", parse: |args, _| knob::within(args, 0, 100, "'{k}' expects an integer argument between 0 and 100.", "'{k}' expects an integer argument between 0 and 100.").map(drop) },
        /// Bytes compressed per second.
        { name: "maxcomprate", sections: Sections::GLOBAL, usage: "<kB per second>", parse: |args, _| knob::number_or(args, "'{k}' expects an integer argument in kb/s.").map(drop) },
        /// Connections accepted per second.
        { name: "maxconnrate", sections: Sections::GLOBAL, usage: "<number>", parse: limit },
        /// Pipes in use at once, through which the kernel moves long bodies from socket to socket: a quarter of `maxconn`
        /// unless said otherwise. Where there is none left, bytes are copied.
        { name: "maxpipes", sections: Sections::GLOBAL, usage: "<number>", parse: max_pipes },
        /// Sessions per second.
        { name: "maxsessrate", sections: Sections::GLOBAL, usage: "<number>", parse: limit },
        /// TLS connections at once.
        { name: "maxsslconn", sections: Sections::GLOBAL, usage: "<number>", parse: |args, _| { let number = knob::within(args, 0, knob::INT_MAX, knob::NUMBER, "'{k}' expects a positive numeric value.")?; if number > 0 { args.not_yet("maxsslconn"); } Ok(()) } },
        /// TLS sessions per second.
        { name: "maxsslrate", sections: Sections::GLOBAL, usage: "<number>", parse: limit },
        /// Memory of zlib. It has no meaning here: nothing is compressed.
        { name: "maxzlibmem", sections: Sections::GLOBAL, usage: "<MB>", parse: |args, _| knob::number(args).map(drop) },
        /// Reloads an old worker may live through.
        { name: "mworker-max-reloads", sections: Sections::GLOBAL, usage: "<number>", parse: |args, _| knob::within(args, 0, knob::INT_MAX, knob::NUMBER, "'{k}' expects a positive value or zero.").map(drop) },
        /// Not known any more.
        { name: "nbproc", end: Some(End::removed(Release(2, 5), "'nbthread'")), sections: Sections::GLOBAL, usage: "", parse: |_, _| Err(Fault::new("nbproc is not supported any more since HAProxy 2.5. Threads will automatically be used on multi-processor machines if available.")) },
        /// Keeps memory that is free. It has no meaning here: the allocator decides.
        { name: "no-memory-trimming", since: Since::V2_6, sections: Sections::GLOBAL, usage: "", parse: |args, _| knob::switch(args) },
        /// Does not use epoll. It has no meaning here: nothing else is used.
        { name: "noepoll", sections: Sections::GLOBAL, usage: "", parse: |args, _| knob::switch(args) },
        /// Does not use event ports. It has no meaning here: they never are.
        { name: "noevports", sections: Sections::GLOBAL, usage: "", parse: |args, _| knob::switch(args) },
        /// Does not use the system's resolver. It has no meaning here: it is the one used.
        { name: "nogetaddrinfo", sections: Sections::GLOBAL, usage: "", parse: |args, _| knob::switch(args) },
        /// Does not use kqueue. It has no meaning here: it never is.
        { name: "nokqueue", sections: Sections::GLOBAL, usage: "", parse: |args, _| knob::switch(args) },
        /// Does not have the kernel do TLS. It has no meaning here: it never does.
        { name: "noktls", since: Since::V3_3, sections: Sections::GLOBAL, usage: "", parse: |args, _| knob::switch(args) },
        /// Does not use poll. It has no meaning here: it never is.
        { name: "nopoll", sections: Sections::GLOBAL, usage: "", parse: |args, _| knob::switch(args) },
        /// Does not share ports with other processes, as with `-dR`. All workers then take connections from one socket.
        { name: "noreuseport", sections: Sections::GLOBAL, usage: "", parse: |args, draft| { draft.global.no_reuseport = true; knob::switch(args) } },
        /// Does not have the kernel move bytes from socket to socket: they are copied, as with `-dS`.
        { name: "nosplice", sections: Sections::GLOBAL, usage: "", parse: no_splice },
        /// Keeps to one memory node. It has no meaning here: the system places threads.
        { name: "numa-cpu-mapping", since: Since::V2_4, sections: Sections::GLOBAL, negatable: true, usage: "", parse: |_, _| Ok(()) },
        /// Does not fetch revocation answers.
        { name: "ocsp-update.disable", since: Since::V3_0, sections: Sections::GLOBAL, usage: "on|off", parse: ocsp_switch },
        /// Fetches revocation answers.
        { name: "ocsp-update.mode", since: Since::V3_0, sections: Sections::GLOBAL, usage: "on|off", parse: ocsp_switch },
        /// The proxy they are fetched through.
        { name: "ocsp-update.httpproxy", since: Since::V3_0, sections: Sections::GLOBAL, usage: "<address>[:<port>]", parse: ocsp_proxy },
        /// The longest time between two fetches.
        { name: "ocsp-update.maxdelay", since: Since::V3_0, sections: Sections::GLOBAL, usage: "<seconds>", parse: update_max },
        /// The shortest time between two fetches.
        { name: "ocsp-update.mindelay", since: Since::V3_0, sections: Sections::GLOBAL, usage: "<seconds>", parse: update_min },
        /// Sends no LOCAL header of the PROXY protocol.
        { name: "pp2-never-send-local", sections: Sections::GLOBAL, usage: "", parse: |args, _| knob::switch(args) },
        /// Takes all descriptors at once. It has no meaning here: they are taken as needed.
        { name: "prealloc-fd", since: Since::BY_3_0, sections: Sections::GLOBAL, usage: "", parse: |args, _| knob::switch(args) },
        /// Measures memory. It has no meaning here.
        { name: "profiling.memory", since: Since::V2_4, sections: Sections::GLOBAL, usage: "on|off", parse: |args, _| { args.next(); args.finish() } },
        /// Measures tasks. It has no meaning here.
        { name: "profiling.tasks", sections: Sections::GLOBAL, usage: "auto|on|off", parse: |args, _| knob::choice(args, &["on", "auto", "off"], "'{k}' expects either 'on', 'auto', or 'off' but got '{a}'.").map(drop) },
        /// Leaves without cleaning up. It has no meaning here: the system cleans up.
        { name: "quick-exit", since: Since::V2_7, sections: Sections::GLOBAL, usage: "", parse: |args, _| knob::switch(args) },
        /// Keeps only these variables.
        { name: "resetenv", sections: Sections::GLOBAL, usage: "[<name>...]", parse: reset_environment },
        /// Permits a core file. It has no meaning here: the system decides.
        { name: "set-dumpable", sections: Sections::GLOBAL, negatable: true, usage: "[on|off|libs]", parse: dumpable },
        /// Sets a variable of the process.
        { name: "set-var", since: Since::V2_4, sections: Sections::GLOBAL, usage: "proc.<name> <expression>", parse: set_var },
        /// Sets a variable of the process by a format.
        { name: "set-var-fmt", since: Since::V2_5, sections: Sections::GLOBAL, usage: "proc.<name> <format>", parse: set_var },
        /// Keeps capabilities of root.
        { name: "setcap", since: Since::V2_9, sections: Sections::GLOBAL, usage: "<capability>[,...]", parse: capabilities },
        /// Counters that outlive the process.
        { name: "shm-stats-file", since: Since::V3_3, sections: Sections::GLOBAL, usage: "<name>", parse: |args, _| { args.not_yet("shm-stats-file"); args.next(); Ok(()) } },
        /// How many objects they hold.
        { name: "shm-stats-file-max-objects", since: Since::V3_3, sections: Sections::GLOBAL, usage: "<number>", parse: |args, _| { args.next(); Ok(()) } },
        /// Signature algorithms asked of clients.
        { name: "ssl-default-bind-client-sigalgs", since: Since::BY_3_0, sections: Sections::GLOBAL, usage: "<list>", parse: |args, _| { args.not_yet("ssl-default-bind-client-sigalgs"); knob::text(args, "global statement '{k}' expects signature algorithms as an arguments.").map(drop) } },
        /// Signature algorithms offered to clients.
        { name: "ssl-default-bind-sigalgs", since: Since::BY_3_0, sections: Sections::GLOBAL, usage: "<list>", parse: |args, draft| { args.not_yet("ssl-default-bind-sigalgs"); draft.global.bind_signatures.own = Some(knob::text(args, "global statement '{k}' expects a curves suite as an arguments.")?); Ok(()) } },
        /// Signature algorithms of certificates shown to servers.
        { name: "ssl-default-server-client-sigalgs", since: Since::V2_9, sections: Sections::GLOBAL, usage: "<list>", parse: |args, draft| { args.not_yet("ssl-default-server-client-sigalgs"); draft.global.server_signatures.client = Some(knob::text(args, "global statement '{k}' expects signature algorithms as an arguments.")?); Ok(()) } },
        /// Signature algorithms offered to servers.
        { name: "ssl-default-server-sigalgs", since: Since::V2_9, sections: Sections::GLOBAL, usage: "<list>", parse: |args, draft| { args.not_yet("ssl-default-server-sigalgs"); draft.global.server_signatures.own = Some(knob::text(args, "global statement '{k}' expects a curves suite as an arguments.")?); Ok(()) } },
        /// An engine of OpenSSL. It has no meaning here: the TLS library has none.
        { name: "ssl-engine", sections: Sections::GLOBAL, usage: "<name> [algo <list>]", parse: |_, _| Err(Fault::new("unknown keyword 'ssl-engine' in 'global' section")) },
        /// Takes `name.key` for the key of `name.crt`.
        { name: "ssl-load-extra-del-ext", since: Since::V2_3, sections: Sections::GLOBAL, usage: "", parse: |args, _| { args.not_yet("ssl-load-extra-del-ext"); Ok(()) } },
        /// Lets an engine work aside. It has no meaning here: the TLS library has none.
        { name: "ssl-mode-async", sections: Sections::GLOBAL, usage: "", parse: |_, _| Ok(()) },
        /// The command that asks for the passwords of keys.
        { name: "ssl-passphrase-cmd", since: Since::V3_3, sections: Sections::GLOBAL, usage: "<command> [<argument>...]", parse: |args, _| { args.not_yet("ssl-passphrase-cmd"); args.join(); Ok(()) } },
        /// OpenSSL's security level. It has no meaning here: the TLS library has one level.
        { name: "ssl-security-level", since: Since::V3_0, sections: Sections::GLOBAL, usage: "<0..5>", parse: security_level },
        /// Leaves self-issued authorities out of chains. It has no meaning here: chains are sent as they are.
        { name: "ssl-skip-self-issued-ca", sections: Sections::GLOBAL, usage: "", parse: |_, _| Ok(()) },
        /// Counters that are read at the start.
        { name: "stats-file", since: Since::V3_0, sections: Sections::GLOBAL, usage: "<file>", parse: stats_file },
        /// Provokes rare events, to test. It has no meaning here.
        { name: "stress-level", since: Since::V3_2, sections: Sections::GLOBAL, usage: "<0..9>", parse: stress },
        /// Does not start when limits cannot be raised.
        { name: "strict-limits", sections: Sections::GLOBAL, negatable: true, usage: "", parse: |args, _| knob::switch(args) },
        /// A group of threads. It has no meaning here: there are no groups.
        { name: "thread-group", since: Since::V2_5, sections: Sections::GLOBAL, usage: "<group> [<threads>...]", parse: |args, draft| thread_number(args, draft, usize::MAX, 1, 32, "thread-group number must be between 1 and 32") },
        /// How many groups. It has no meaning here: there are no groups.
        { name: "thread-groups", since: Since::V2_5, sections: Sections::GLOBAL, usage: "<number>", parse: |args, draft| thread_number(args, draft, 1, 1, 32, "value must be between 1 and 32") },
        /// The most threads. It has no meaning here: `nbthread` says how many.
        { name: "thread-hard-limit", since: Since::V3_0, sections: Sections::GLOBAL, usage: "<number>", parse: |args, draft| thread_number(args, draft, 1, 1, i64::MAX, "value must be at least 1") },
        /// The most descriptors. It has no meaning here: what is needed is asked for.
        { name: "ulimit-n", sections: Sections::GLOBAL, usage: "<number>", parse: |args, _| knob::number(args).map(drop) },
        /// What UNIX sockets have in common.
        { name: "unix-bind", sections: Sections::GLOBAL, usage: "[prefix <path>] [mode <octal>] [user <name>] ...", parse: unix_bind },
        /// When a blocked thread is told of. It has no meaning here.
        { name: "warn-blocked-traffic-after", since: Since::BY_3_0, sections: Sections::GLOBAL, usage: "<time>", parse: blocked },
    ];
}

fn scheduler(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    args.at_most(1)?;
    let word = args.next();
    if matches!(word, Some("auto" | "off")) {
        return Ok(());
    }
    let what = if word.is_some() { "either 'auto' or 'off' argument" } else { "an argument\n" };
    let file = draft.files.get(args.place.file as usize).map_or("", String::as_str);
    Err(Fault::new(format!(
        "parsing [{file}:{}]: keyword 'acme.scheduler' in 'global' section requires {what}",
        args.place.line
    )))
}

fn anonkey(args: &mut Args<'_>, _: &mut Draft) -> Done {
    let text = args.need("a key is expected after 'anonkey'.").map_err(Fault::tight)?;
    let key = text.parse::<i64>().unwrap_or_else(|_| lax(text));
    if !(0..=i64::from(u32::MAX)).contains(&key) {
        return Err(Fault::new(format!("'anonkey' value must be within range 0-4294967295 (was {key}).")).tight());
    }
    Ok(())
}

fn own_time(args: &mut Args<'_>) -> Result<u64, Fault> {
    let missing = "'{k}' expects <time> as argument.";
    knob::time(args, TimeUnit::Millisecond, missing, "{e} in argument to <{k}>.")
}

fn close_spread(args: &mut Args<'_>, _: &mut Draft) -> Done {
    if args.take("infinite") {
        return Ok(());
    }
    own_time(args).map(drop)
}

/// Threads of one group.
const THREADS_MAX: u32 = 64;

/// The last CPU.
const CPU_MAX: u32 = 1023;

/// The numbers that `all`, `odd`, `even`, a number or a range stands for.
fn set_of(text: &str, min: u32, max: u32) -> Option<BTreeSet<u32>> {
    let all = min..=max;
    match text {
        "all" => return Some(all.collect()),
        "odd" => return Some(all.filter(|number| number % 2 == 1).collect()),
        "even" => return Some(all.filter(|number| number % 2 == 0).collect()),
        _ => {}
    }
    let (low, high) = text.split_once('-').unwrap_or((text, text));
    let number = |part: &str| part.parse().ok().filter(|number| all.contains(number));
    let low: u32 = number(low)?;
    let high = if high.is_empty() { max } else { number(high)? };
    Some((low.min(high)..=low.max(high)).collect())
}

/// A CPU, or a range of them. What is not the number of one counts for nothing behind the first.
fn cpus_of(text: &str) -> Result<BTreeSet<u32>, String> {
    if !text.starts_with(|letter: char| letter.is_ascii_digit()) {
        return Err(format!("'{text}' is not a CPU range."));
    }
    let (low, high) = text.split_once('-').unwrap_or((text, text));
    let low = lax(low);
    let high = if high.starts_with(|letter: char| letter.is_ascii_digit()) { lax(high) } else { low };
    let most = i64::from(CPU_MAX);
    if low > most || high > most {
        return Err(format!("supports CPU numbers from 0 to {CPU_MAX}."));
    }
    let (low, high) = (u32::try_from(low).unwrap_or(0), u32::try_from(high).unwrap_or(0));
    Ok((low.min(high)..=low.max(high)).collect())
}

fn cpu_map(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let rest = args.rest();
    if rest.len() < 2 {
        return Err(Fault::new(
            "cpu-map expects a thread group number  ('all', 'odd', 'even', a number from 1 to 64 or a range),  followed by \
             a list of CPU ranges with numbers from 0 to 63.",
        ));
    }
    let threads = args.next().unwrap_or_default();
    let automatic = threads.starts_with("auto:");
    let bare = threads.strip_prefix("auto:").unwrap_or(threads);
    let parts: Vec<&str> = bare.splitn(2, '/').collect();
    if let Some(bad) = parts.iter().find(|part| set_of(part, 1, THREADS_MAX).is_none()) {
        let numbers = bad.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
        let range = if numbers { format!(" It supports numbers from 1 to {THREADS_MAX}.\n") } else { String::new() };
        return Err(Fault::new(format!("cpu-map : '{bad}' is not a valid number/range.{range}")));
    }
    let mut cpus = BTreeSet::new();
    while let Some(list) = args.next() {
        let counts = |(at, part): &(usize, &str)| *at == 0 || part.starts_with(|letter: char| letter.is_ascii_digit());
        for (_, part) in list.split(',').enumerate().filter(counts) {
            cpus.extend(cpus_of(part).map_err(|reason| Fault::new(format!("cpu-map : {reason}")))?);
        }
    }
    let count = |part: &&str| set_of(part, 1, THREADS_MAX).map_or(0, |set| set.len());
    // One CPU for each thread, or for each group.
    let threads = parts.last().map_or(0, count);
    let groups = parts.first().filter(|_| parts.len() > 1).map_or(threads, count);
    if automatic && threads != cpus.len() && groups != cpus.len() {
        return Err(Fault::new(
            "cpu-map : TGROUP/THREAD range and CPU sets must have the same size to be automatically bound",
        ));
    }
    draft.global.mapped_cpus.extend(cpus);
    Ok(())
}

fn cpu_policy(args: &mut Args<'_>, _: &mut Draft) -> Done {
    const POLICIES: [(&str, &str); 13] = [
        ("none", "use all available CPUs"),
        ("first-usable-node", "use only first usable node if nbthreads not set"),
        ("group-by-ccx", "make one thread group per CCX"),
        ("group-by-2-ccx", "make one thread group per 2 CCX"),
        ("group-by-3-ccx", "make one thread group per 3 CCX"),
        ("group-by-4-ccx", "make one thread group per 4 CCX"),
        ("group-by-cluster", "make one thread group per core cluster"),
        ("group-by-2-clusters", "make one thread group per 2 core clusters"),
        ("group-by-3-clusters", "make one thread group per 3 core clusters"),
        ("group-by-4-clusters", "make one thread group per 4 core clusters"),
        ("performance", "make one thread group per perf. core cluster"),
        ("efficiency", "make one thread group per eff. core cluster"),
        ("resource", "make one thread group from the smallest cluster"),
    ];
    args.at_most(1)?;
    let policy = args.next().unwrap_or_default();
    if POLICIES.iter().any(|known| known.0 == policy) {
        return Ok(());
    }
    // HAProxy has an "and" before the first one too.
    let known: Vec<String> = POLICIES.iter().map(|(name, what)| format!("'{name}' ({what})")).collect();
    let known = known.join(", ").replace(", 'resource'", ", and 'resource'");
    Err(Fault::new(format!(
        "'cpu-policy' passed an unknown CPU policy '{policy}'. Supported values are: and {known}.\n"
    )))
}

fn cpu_set(args: &mut Args<'_>, _: &mut Draft) -> Done {
    const ONLY: &str = "(only 'reset', 'only-cpu', 'drop-cpu', 'only-node', 'drop-node', 'only-cluster', \
                        'drop-cluster', 'only-core', 'drop-core', 'only-thread', 'drop-thread' supported).";
    let Some(mut word) = args.next() else {
        return Err(Fault::new(format!("'cpu-set' requires a directive and an optional value {ONLY}")));
    };
    loop {
        if !ONLY.contains(&format!("'{word}'")) {
            return Err(Fault::new(format!("'cpu-set' passed an unknown directive '{word}' {ONLY}")));
        }
        if word != "reset" {
            let refuse = |reason: &str| Fault::new(format!("'cpu-set {word}': {reason}\n."));
            let Some(set) = args.next() else { return Err(refuse("missing CPU set")) };
            for part in set.split(',').take(1) {
                cpus_of(part).map_err(|reason| refuse(&reason))?;
            }
        }
        match args.next() {
            Some(next) => word = next,
            None => return Ok(()),
        }
    }
}

fn cannot_enter(path: &str, reason: &str) -> Fault {
    Fault::new(format!("couldn't set default-path to {path}: {reason}"))
}

fn default_path(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    const MODES: &str = "supported modes include 'current', 'config', 'parent', and 'origin'.";
    match args.next() {
        None => Err(Fault::new(format!("missing default-path mode '' for 'default-path', {MODES}"))),
        // What follows is passed over.
        Some("current") => Ok(()),
        Some(word @ ("config" | "parent")) => {
            draft.noted.base.above.set(Some(if word == "config" { 1 } else { 2 }));
            let entered = draft.noted.enter(args.place.file as usize);
            entered.map_err(|(path, reason)| cannot_enter(&path, &reason))
        }
        Some("origin") => {
            let path = args.need("'default-path origin' expects a directory as an argument.")?;
            (draft.noted.world.enter)(path).map_err(|reason| cannot_enter(path, &reason))
        }
        Some(other) => Err(Fault::new(format!("unsupported default-path mode '{other}' for 'default-path', {MODES}"))),
    }
}

fn dns_family(args: &mut Args<'_>, _: &mut Draft) -> Done {
    args.at_most(1)?;
    let text = args.next().unwrap_or_default();
    if text.is_empty() || text.split(',').any(|part| !matches!(part, "ipv4" | "ipv6" | "auto")) {
        return Err(Fault::new(format!(
            "'dns-accept-family' expects a comma-delimited list of 'ipv4' and 'ipv6' but got '{text}'."
        )));
    }
    Ok(())
}

fn case_adjust(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    args.at_most(2)?;
    let refusal = "'h1-case-adjust' expects <from> and <to> as argument.";
    let from = args.need(refusal)?;
    let to = args.need(refusal)?;
    if !from.eq_ignore_ascii_case(to) {
        return Err(Fault::new("<from> and <to> must not differ except the case"));
    }
    if draft.global.h1_case_adjust.iter().any(|(known, _)| known == from) {
        return Err(Fault::new(format!("duplicate entry '{from}'")));
    }
    draft.global.h1_case_adjust.push((from.to_owned(), to.to_owned()));
    args.not_yet("h1-case-adjust");
    Ok(())
}

fn case_file(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let path = knob::text(args, "'h1-case-adjust-file' expects <file> as argument.")?;
    args.not_yet("h1-case-adjust-file");
    draft.global.h1_case_file = Some((path, args.place));
    Ok(())
}

fn harden(args: &mut Args<'_>, _: &mut Draft) -> Done {
    match args.next() {
        Some("on") => {
            if args.keyword().ends_with("tcp") {
                args.not_yet("harden.reject-privileged-ports.tcp");
            }
            Ok(())
        }
        Some("off") => Ok(()),
        _ => Err(Fault::new(format!("'{}' expects either 'on' or 'off'.", args.keyword()))),
    }
}

fn codes(args: &mut Args<'_>, _: &mut Draft) -> Done {
    let keyword = args.keyword().to_owned();
    if args.is_empty() {
        return Err(Fault::new(format!("Missing status codes range for '{keyword}'.")));
    }
    while let Some(word) = args.next() {
        for range in word.split(',') {
            let bare = range.trim_start_matches(['+', '-']);
            let bad = bare.find(|letter: char| !letter.is_ascii_digit() && letter != '-');
            if let Some(at) = bad.or(bare.is_empty().then_some(range.len())) {
                return Err(Fault::new(format!(
                    "Invalid status codes range '{word}' in '{keyword}' at position {at}. Ranges must be in the form \
                     [+-]{{low[-{{high}}]}}[,...]."
                )));
            }
            let (low, high) = bare.split_once('-').unwrap_or((bare, bare));
            let (low, high) = (lax(low), if high.is_empty() { 599 } else { lax(high) });
            if !(100..=599).contains(&low) || !(low..=599).contains(&high) {
                return Err(Fault::new(format!(
                    "Invalid status codes range '{word}' in '{keyword}'.\n Codes must be between 100 and 599 and ranges in \
                     ascending order."
                )));
            }
        }
    }
    args.not_yet(keyword);
    Ok(())
}

fn client_resolvers(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    args.at_most(1)?;
    let name = args.next().unwrap_or_default().to_owned();
    draft.noted.refer(crate::model::noted::UseKind::Resolvers, &name, "<OCSP-UPDATE>".to_owned(), draft.current);
    Ok(())
}

fn issuers(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    args.at_most(1)?;
    let path = args.next().unwrap_or_default();
    if path.is_empty() || (draft.noted.world.kind)(path).is_err() {
        return Err(Fault::new("global statement 'issuers-chain-path' expects a directory path as an argument."));
    }
    args.not_yet("issuers-chain-path");
    Ok(())
}

fn local_peer(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    if draft.past_global {
        return Err(Fault::new(
            "'localpeer' not allowed if a non-global section was previously defined. This parameter must be declared in the \
             first global section",
        ));
    }
    let name = knob::text(args, "'localpeer' expects a name as an argument.")?;
    draft.global.environment.push(("HAPROXY_LOCALPEER".to_owned(), Some(name.clone())));
    draft.global.local_peer = Some(name);
    Ok(())
}

fn lua(args: &mut Args<'_>, draft: &mut Draft, missing: &str) -> Done {
    let path = args.need(missing)?.to_owned();
    if !draft.noted.said_once.borrow().contains(&"lua conversion") {
        draft.noted.said_once.borrow_mut().push("lua conversion");
        args.warn_bare(
            "config : hlua: please set \"tune.lua.bool-sample-conversion\" tunable to either \"normal\" or \"pre-3.1-bug\" \
             explicitly to avoid ambiguities. This must be set before any \"lua-load\" or \"lua-load-per-thread\" directive. \
             Defaulting to \"pre-3.1-bug\".",
        );
    }
    args.not_yet(args.keyword().to_owned());
    let path = if args.keyword() == "lua-load-per-thread" { (draft.noted.world.absolute)(&path) } else { path };
    match (draft.noted.world.read)(&path) {
        Ok(script) if script.is_empty() && !draft.noted.world.real => draft.noted.lua.unread(),
        Ok(script) => draft.noted.lua.read(&String::from_utf8_lossy(&script)),
        Err(reason) => {
            return Err(Fault::new(format!("error in Lua file '{path}': cannot open {path}: {reason}")));
        }
    }
    Ok(())
}

fn lua_path(args: &mut Args<'_>, _: &mut Draft) -> Done {
    args.need("'lua-prepend-path' expects to receive a <path> as argument")?;
    match args.next() {
        None | Some("path" | "cpath") => args.finish(),
        Some(_) => Err(Fault::new("'lua-prepend-path' expects <type> to either be 'path' or 'cpath'")),
    }
}

fn max_pipes(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let number = knob::number(args)?;
    if let Some(number) = u32::try_from(number).ok().filter(|number| *number > 0) {
        draft.global.maxpipes.get_or_insert(number);
    }
    Ok(())
}

fn no_splice(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    draft.global.maxpipes = Some(0);
    knob::switch(args)
}

fn max_spread(args: &mut Args<'_>, _: &mut Draft) -> Done {
    args.at_most(1)?;
    let missing = "'{k}' expects an integer argument (0..50).";
    knob::time(args, TimeUnit::Millisecond, missing, "{e} in '{k}' (wants an integer delay).").map(drop).map_err(
        |fault| {
            let message = fault.message.replace("unexpected character", "unsupported character");
            Fault { message, tight: true, ..fault }
        },
    )
}

fn limit(args: &mut Args<'_>, _: &mut Draft) -> Done {
    if knob::number(args)? > 0 {
        args.not_yet(args.keyword().to_owned());
    }
    Ok(())
}

fn ocsp_switch(args: &mut Args<'_>, _: &mut Draft) -> Done {
    let keyword = args.keyword().to_owned();
    match args.next() {
        Some("on") => {
            if keyword.ends_with("mode") {
                args.not_yet(keyword);
            }
        }
        Some("off") => {}
        _ => args.warn(format!("'{keyword}' : expecting <on|off>")),
    }
    Ok(())
}

fn ocsp_proxy(args: &mut Args<'_>, _: &mut Draft) -> Done {
    args.at_most(1)?;
    let text = args.next().unwrap_or_default();
    let refuse = |reason: String| {
        Fault::new(format!("config : ocsp-update: Failed to parse destination address in {reason}")).bare()
    };
    let parsed = addr::parse(text.as_bytes(), args.env, Use::Socket).map_err(|error| refuse(error.to_string()))?;
    if let Target::Ip { host, .. } = parsed.target {
        let host = String::from_utf8_lossy(&host).into_owned();
        if !host.is_empty() && host != "*" && host.parse::<std::net::IpAddr>().is_err() {
            return Err(refuse(format!("invalid address: '{host}' in '{text}'")));
        }
    }
    Ok(())
}

/// The usual delays of fetching revocation answers, seconds.
const UPDATE_DELAYS: (i64, i64) = (300, 3600);

pub(super) fn update_max(args: &mut Args<'_>, _: &mut Draft) -> Done {
    let text = args.need(&format!("'{}' expects an integer argument.", args.keyword()))?;
    match lax(text) {
        value if !(0..=knob::INT_MAX).contains(&value) => {
            Err(Fault::new(format!("'{}' expects a positive numeric value.", args.keyword())))
        }
        value if value < UPDATE_DELAYS.0 => {
            Err(Fault::new(format!("'{}' can not be lower than tune.ssl.ocsp-update.mindelay.", args.keyword())))
        }
        _ => Ok(()),
    }
}

pub(super) fn update_min(args: &mut Args<'_>, _: &mut Draft) -> Done {
    let text = args.need(&format!("'{}' expects an integer argument.", args.keyword()))?;
    match lax(text) {
        value if !(0..=knob::INT_MAX).contains(&value) => {
            Err(Fault::new(format!("'{}' expects a positive numeric value.", args.keyword())))
        }
        value if value > UPDATE_DELAYS.1 => {
            Err(Fault::new(format!("'{}' can not be higher than tune.ssl.ocsp-update.maxdelay.", args.keyword())))
        }
        _ => Ok(()),
    }
}

/// The variables of the process that the configuration may know of.
fn reset_environment(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let mut kept = Vec::new();
    while let Some(name) = args.next() {
        kept.push(name.to_owned());
    }
    let values: Vec<(String, Option<String>)> = kept
        .into_iter()
        .map(|name| {
            let value = args.env.var(&name).map(|value| String::from_utf8_lossy(&value).into_owned());
            (name, value)
        })
        .collect();
    // A star hides all that was set before.
    draft.global.environment.push(("*".to_owned(), None));
    draft.global.environment.extend(values);
    Ok(())
}

fn dumpable(args: &mut Args<'_>, _: &mut Draft) -> Done {
    args.at_most(1)?;
    if args.form != Form::Plain {
        return Ok(());
    }
    match args.next() {
        None | Some("on" | "off" | "libs") => Ok(()),
        Some(other) => {
            Err(Fault::new(format!("'set-dumpable' only supports 'on' and 'off' as an argument, found '{other}'.")))
        }
    }
}

fn set_var(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let keyword = args.keyword().to_owned();
    let what = if keyword == "set-var" { "a sample expression" } else { "a format string" };
    let refusal = format!("'{keyword}' requires a process-wide variable name ('proc.<name>') and {what}.");
    let name = args.need(&refusal)?;
    if args.is_empty() {
        return Err(Fault::new(refusal));
    }
    args.vocabulary.known_variable(name).map_err(Fault::new)?;
    if !name.starts_with("proc.") {
        return Err(Fault::new(format!("'{keyword}': '{name}' is not a process-wide variable name.")));
    }
    draft.noted.context.set(Context { places: 0, word: "set-var" });
    if keyword == "set-var" {
        args.expr(draft).map_err(|fault| fault.within(&format!("'{keyword}': ")))?;
    } else {
        args.format(draft, Escape::None).map_err(|fault| fault.within(&format!("'{keyword}': ")))?;
    }
    args.not_yet(keyword);
    Ok(())
}

fn capabilities(args: &mut Args<'_>, _: &mut Draft) -> Done {
    const KNOWN: [&str; 4] = ["cap_net_raw", "cap_net_admin", "cap_net_bind_service", "cap_sys_admin"];
    const LIST: &str = "Supported ones are: cap_net_raw, cap_net_admin, cap_net_bind_service and cap_sys_admin.";
    let Some(text) = args.next() else {
        return Err(Fault::new(format!("'setcap' : missing capability name(s).  {LIST}")));
    };
    if let Some(bad) = text.split(',').find(|name| !KNOWN.contains(name)) {
        return Err(Fault::new(format!("'setcap' : unsupported capability '{bad}'.  {LIST}")));
    }
    args.not_yet("setcap");
    args.finish()
}

fn security_level(args: &mut Args<'_>, _: &mut Draft) -> Done {
    let text = args.need("'ssl-security-level' : missing value")?;
    match text.parse::<i64>() {
        Err(_) => Err(Fault::new(format!("'ssl-security-level' : expects an integer argument, found '{text}'"))),
        Ok(0..=5) => Ok(()),
        Ok(_) => Err(Fault::new("'ssl-security-level' : expects a value between 0 and 5")),
    }
}

fn stats_file(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let path = args.need("'stats-file' expect one argument: a file path.")?;
    args.not_yet("stats-file");
    let _ = (draft, pem::under(path, None));
    Ok(())
}

fn stress(args: &mut Args<'_>, _: &mut Draft) -> Done {
    args.at_most(1)?;
    let text = args.need("'stress-level' expects a level as an argument.")?;
    match text.parse::<u8>() {
        Ok(0..=9) => Ok(()),
        _ => Err(Fault::new("'stress-level' level must be between 0 and 9 inclusive.")),
    }
}

fn thread_number(args: &mut Args<'_>, draft: &mut Draft, words: usize, low: i64, high: i64, refusal: &str) -> Done {
    let keyword = args.keyword().to_owned();
    if words == 1 {
        args.at_most(1)?;
    }
    let text = args.next().unwrap_or_default();
    let Ok(number) = text.parse::<i64>() else {
        return Err(Fault::new(format!("'{keyword}' passed a missing or unparsable integer value in '{text}'")));
    };
    if !(low..=high).contains(&number) {
        return Err(Fault::new(format!("'{keyword}' {refusal} (was {number})")));
    }
    if keyword == "thread-hard-limit" {
        draft.global.numbers.insert("thread-hard-limit", number);
        return Ok(());
    }
    let mut threads = BTreeSet::new();
    while let Some(range) = args.next() {
        let plain = range.starts_with(|letter: char| letter.is_ascii_digit());
        let Some(set) = set_of(range, 1, 1024).filter(|_| plain) else {
            return Err(Fault::new(format!(
                "'{keyword} {number}' passed an unparsable or invalid thread number '{range}' (valid range is 1 to 1024)"
            )));
        };
        threads.extend(set);
    }
    match words {
        1 => draft.global.thread_groups.count = number as u32,
        _ => return regroup(args, draft, number as u32, threads),
    }
    Ok(())
}

/// Threads of one group.
const GROUP_THREADS_MAX: usize = 64;

/// Gives threads to a group, and takes them from the others.
fn regroup(args: &mut Args<'_>, draft: &mut Draft, group: u32, threads: BTreeSet<u32>) -> Done {
    let ends = threads.first().copied().zip(threads.last().copied());
    let count = threads.len();
    if count > GROUP_THREADS_MAX {
        let most = GROUP_THREADS_MAX;
        return Err(Fault::new(format!("'thread-group {group}' assigned too many threads ({count}, max={most})")));
    }
    if ends.is_some_and(|(first, last)| (last - first) as usize >= count) {
        let text = format!("'thread-group {group}' assigned sparse threads, only contiguous supported");
        return Err(Fault::new(text));
    }
    draft.global.thread_groups.asked.extend(ends.map(|ends| (group, ends)));
    let groups = &mut draft.global.thread_groups.threads;
    let before = groups.remove(&group).unwrap_or_default();
    if !before.is_empty() {
        args.warn(format!("'thread-group {group}' was already defined and will be overridden."));
    }
    for (at, thread) in threads.iter().enumerate() {
        let other = groups.iter().find(|(_, others)| others.contains(thread)).map(|(other, _)| *other);
        if let Some(other) = other {
            let text = format!("thread {thread} was previously assigned to thread group {other}");
            args.warn(format!("'thread-group {group}': {text} and will be overridden."));
        } else if at > 0 && before.contains(thread) {
            args.warn(format!("'thread-group {group}': thread {thread} assigned more than once on the same line."));
        }
    }
    for others in groups.values_mut() {
        others.retain(|thread| !threads.contains(thread));
    }
    groups.entry(group).or_default().extend(threads);
    Ok(())
}

fn unix_bind(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    while let Some(word) = args.next() {
        let value = args.next().unwrap_or_default();
        match word {
            "prefix" | "mode" | "uid" | "gid" => {}
            "user" if (draft.noted.world.user)(value).is_none() => {
                return Err(Fault::new(format!("'unix-bind' : '{value}' unknown user.")));
            }
            "group" if (draft.noted.world.group)(value).is_none() => {
                return Err(Fault::new(format!("'unix-bind' : '{value}' unknown group.")));
            }
            "user" | "group" => {}
            _ => {
                return Err(Fault::new(
                    "'unix-bind' only supports the 'prefix', 'mode', 'uid', 'gid', 'user' and 'group' options.",
                ));
            }
        }
    }
    args.not_yet("unix-bind");
    Ok(())
}

fn blocked(args: &mut Args<'_>, _: &mut Draft) -> Done {
    let missing = "'{k}' expects <time> as argument between 1 and 1000 ms.";
    let text = args.peek().unwrap_or_default().to_owned();
    let time = knob::time(args, TimeUnit::Millisecond, missing, "{e} in argument to <{k}>.")?;
    if !(1..=1000).contains(&time) {
        return Err(Fault::new(format!(
            "timer out of range in argument '{text}' to '{}' (value must be between 1 and 1000 ms)",
            args.keyword()
        )));
    }
    Ok(())
}
