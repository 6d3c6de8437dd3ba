//! What is never filled: servers that get no address, caches, tables whose keys do not fit.

use std::collections::HashMap;

use crate::model::script::Statement;
use crate::spec;
use crate::spec::lint::{Findings, Lint, View};

spec! {
    /// What is never filled.
    pub static FILLING: [Lint] = [
        /// A server that never gets an address.
        ///
        /// ## What it finds
        /// A server by name with `init-addr none`, or a `server-template` by name, without `resolvers`.
        ///
        /// ## Why it matters
        /// Without `resolvers` a name is looked up once, when HAProxy starts: `init-addr none` leaves the server without an
        /// address for ever, and all servers of a template get the same one.
        ///
        /// ## Example
        /// ```cfg
        /// backend app
        ///     server a app.example.com:80 check init-addr none
        /// ```
        ///
        /// ## Use instead
        /// ```cfg
        /// resolvers dns
        ///     nameserver one 192.0.2.53:53
        /// backend app
        ///     server a app.example.com:80 check init-addr none resolvers dns
        /// ```
        { code: "B006", name: "never-resolved", find: never_resolved },
        /// A table whose keys are not what it is asked for.
        ///
        /// ## What it finds
        /// A table of addresses (`type ip`, `type ipv6`) that is filled by a cookie, a path, a URL or a name.
        ///
        /// ## Why it matters
        /// What is no address is not stored: nothing is counted, and no client stays with its server.
        ///
        /// ## Example
        /// ```cfg
        /// backend app
        ///     mode http
        ///     stick-table type ip size 100k expire 30m
        ///     stick on req.cook(JSESSIONID)
        ///     server a 192.0.2.1:80
        ///     server b 192.0.2.2:80
        /// ```
        ///
        /// ## Use instead
        /// ```cfg
        /// backend app
        ///     mode http
        ///     stick-table type string len 64 size 100k expire 30m
        ///     stick on req.cook(JSESSIONID)
        ///     server a 192.0.2.1:80
        ///     server b 192.0.2.2:80
        /// ```
        { code: "B007", name: "key-does-not-fit", find: key_does_not_fit },
        /// A cache that is read and never filled, or the other way round.
        ///
        /// ## What it finds
        /// `cache-use` of a cache that no rule stores into, and `cache-store` into one that no rule uses.
        ///
        /// ## Why it matters
        /// Every request goes to the servers, as if there were no cache.
        ///
        /// ## Example
        /// ```cfg
        /// cache static
        ///     total-max-size 64
        ///     max-age 60
        /// frontend web
        ///     mode http
        ///     bind :8080
        ///     http-request cache-use static
        ///     default_backend app
        /// backend app
        ///     mode http
        ///     server a 192.0.2.1:80
        /// ```
        ///
        /// ## Use instead
        /// ```cfg
        /// cache static
        ///     total-max-size 64
        ///     max-age 60
        /// frontend web
        ///     mode http
        ///     bind :8080
        ///     http-request cache-use static
        ///     http-response cache-store static
        ///     default_backend app
        /// backend app
        ///     mode http
        ///     server a 192.0.2.1:80
        /// ```
        { code: "B008", name: "half-a-cache", find: half_a_cache },
    ];
}

fn never_resolved(view: &View<'_>, findings: &mut Findings) {
    for proxy in view.proxies.iter().filter(|proxy| proxy.has_servers()) {
        if proxy.lines("default-server").any(|line| line.find("resolvers", 1).is_some()) {
            continue;
        }
        for server in proxy.servers() {
            if !server.is_named() || server.says("resolvers") {
                continue;
            }
            let template = server.line.word(0) == "server-template";
            let none = server.line.find("init-addr", 3).filter(|at| {
                let methods = server.line.word(at + 1);
                methods.ends_with("none") && !methods.contains("libc") && !methods.contains('.')
            });
            let (place, text) = match none {
                Some(at) => (
                    server.line.span(at, at + 2),
                    "this server never gets an address: nothing looks its name up, now or later",
                ),
                None if template => {
                    (server.line.whole(), "without `resolvers` all servers of the template get the same address")
                }
                None => continue,
            };
            findings.at(place, text).help("add `resolvers NAME`, and a section of this name");
        }
    }
}

/// Beginnings of keys that are never addresses.
const TEXTS: [&str; 12] = [
    "req.cook",
    "cook",
    "res.cook",
    "path",
    "url",
    "base",
    "req.ssl_sni",
    "ssl_fc_sni",
    "ssl_c_",
    "method",
    "urlp",
    "hdr(host)",
];

/// `hdr(x-api-key)`: a header whose name says that it holds no address.
fn names_no_address(key: &str) -> bool {
    let name = key.strip_prefix("hdr(").and_then(|rest| rest.strip_suffix(')')).unwrap_or_default();
    let parts = ["key", "token", "auth", "agent", "session", "user", "tenant"];
    name.split(['-', '_']).any(|part| parts.contains(&part) || part == "authorization")
}

fn key_does_not_fit(view: &View<'_>, findings: &mut Findings) {
    let tables: HashMap<&str, &Statement> = view
        .proxies
        .iter()
        .filter_map(|proxy| Some((proxy.draft.name.as_str(), proxy.section.last("stick-table")?)))
        .filter(|(_, table)| table.find("type", 1).is_some_and(|at| matches!(table.word(at + 1), "ip" | "ipv6")))
        .collect();
    for proxy in view.proxies.iter().filter(|_| !tables.is_empty()) {
        for line in &proxy.section.lines {
            let key = match line.word(0) {
                "stick" if line.word(1) == "on" => Some(2),
                "stick" if matches!(line.word(1), "match" | "store-request" | "store-response") => Some(2),
                "http-request" | "tcp-request" | "http-response" => {
                    (1..3).find(|at| line.word(*at).starts_with("track-sc")).map(|at| at + 1)
                }
                _ => None,
            };
            let Some(at) = key.filter(|at| {
                let key = line.word(*at).trim_start_matches("req.").to_ascii_lowercase();
                let known = TEXTS.iter().any(|text| key.starts_with(text.trim_start_matches("req.")));
                !key.contains(',') && (known || names_no_address(&key))
            }) else {
                continue;
            };
            let owner = line.find("table", at).map_or(proxy.draft.name.as_str(), |at| line.word(at + 1));
            if let Some(table) = tables.get(owner) {
                findings
                    .at(line.at(at), format!("`{}` is no address: the table stores nothing for it", line.word(at)))
                    .help("write `type string len 64` in the table")
                    .related(table.whole(), "a table of addresses");
            }
        }
    }
}

fn half_a_cache(view: &View<'_>, findings: &mut Findings) {
    if view.every_line().any(|line| line.starts("filter cache")) {
        return;
    }
    let named = |action: &'static str| {
        let lines = view.every_line().filter(move |line| line.word(1) == action);
        lines.map(|line| (line.word(2), line)).collect::<HashMap<&str, &Statement>>()
    };
    let (used, stored) = (named("cache-use"), named("cache-store"));
    for (one, other, text, help) in [
        (&used, &stored, "nothing is ever stored in this cache: every request goes to the servers", "cache-store"),
        (&stored, &used, "nothing is ever taken from this cache: every request goes to the servers", "cache-use"),
    ] {
        let set = if help == "cache-use" { "http-request" } else { "http-response" };
        for (name, line) in one.iter().filter(|(name, _)| !other.contains_key(*name)) {
            findings.at(line.span(0, 3), text).help(format!("add `{set} {help} {name}`"));
        }
    }
}
