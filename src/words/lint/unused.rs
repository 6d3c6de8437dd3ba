//! Things that are declared and that nothing uses.

use std::collections::HashSet;

use crate::model::draft::Sections;
use crate::model::script::Statement;
use crate::spec;
use crate::spec::lint::{Findings, Lint, View};

spec! {
    /// What nothing uses.
    pub static UNUSED: [Lint] = [
        /// An ACL that no rule uses.
        ///
        /// ## What it finds
        /// An `acl` line whose name stands in no condition of its section.
        ///
        /// ## Why it matters
        /// The rule that should use it is missing, or asks for another name.
        ///
        /// ## Example
        /// ```cfg
        /// defaults
        ///     mode http
        /// frontend web
        ///     bind :8080
        ///     acl private path_beg /private
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
        ///     acl private path_beg /private
        ///     http-request deny if private
        ///     default_backend app
        /// backend app
        ///     server a 192.0.2.1:80
        /// ```
        { code: "O008", name: "unused-acl", find: acls },
        /// A section that nothing uses.
        ///
        /// ## What it finds
        /// A backend that no frontend leads to, a userlist, resolvers, cache, `http-errors` or `peers` section that no line
        /// names. Backends are not looked at where `use_backend` takes a name from the request.
        ///
        /// ## Why it matters
        /// Its servers are checked and get no traffic; a list of users protects nothing.
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
        /// backend api
        ///     server a 192.0.2.2:80
        /// ```
        ///
        /// ## Use instead
        /// ```cfg
        /// defaults
        ///     mode http
        /// frontend web
        ///     bind :8080
        ///     use_backend api if { path_beg /api }
        ///     default_backend app
        /// backend app
        ///     server a 192.0.2.1:80
        /// backend api
        ///     server a 192.0.2.2:80
        /// ```
        { code: "O009", name: "unused-section", find: sections },
    ];
}

fn acls(view: &View<'_>, findings: &mut Findings) {
    let skipped = &view.draft.script.skipped;
    for section in view.sections().iter().filter(|section| Sections::PROXIES.has(section.kind)) {
        // Any word that stands in the section is one that may name an ACL.
        let lines = section.lines.iter().filter(|line| line.word(0) != "acl").chain(skipped);
        let words: HashSet<&str> =
            lines.flat_map(|line| line.texts(1)).map(|word| word.trim_start_matches('!')).collect();
        let mut said = HashSet::new();
        for acl in section.all("acl") {
            let name = acl.word(1);
            if !name.is_empty() && said.insert(name) && !words.contains(name) {
                findings
                    .at(acl.at(1), format!("no rule of this section uses the ACL '{name}'"))
                    .help("use it in a condition, or remove it");
            }
        }
    }
}

/// Sections that lines use by name, and how a line that uses one begins or what stands before the name.
const USED_BY: [(Sections, &[&str]); 5] = [
    (Sections::USERLIST, &["http_auth", "http_auth_group"]),
    (Sections::RESOLVERS, &["resolvers", "do-resolve", "httpclient.resolvers.id", "ocsp-update.resolvers"]),
    (Sections::CACHE, &["cache-use", "cache-store", "cache"]),
    (Sections::HTTP_ERRORS, &["errorfiles"]),
    (Sections::PEERS, &["peers", "table", "stick-table"]),
];

fn sections(view: &View<'_>, findings: &mut Findings) {
    backends(view, findings);
    maps(view, findings);
    for (kind, by) in USED_BY {
        for section in view.sections().iter().filter(|section| section.kind == kind) {
            let name = section.name();
            if name.is_empty() || (kind == Sections::RESOLVERS && name == "default") {
                continue;
            }
            // `http_auth(users)`, `resolvers dns`, `do-resolve(txn.ip,dns)`: the name as a word or as an argument.
            let uses = |line: &Statement| {
                let known = line.texts(0).any(|word| by.iter().any(|by| word.starts_with(by)));
                known && line.texts(0).any(|word| word.split(['(', ')', ',', '/']).any(|part| part == name))
            };
            if !view.every_line().any(uses) {
                let kind = section.kind.word();
                findings
                    .at(section.header.whole(), format!("nothing uses the {kind} '{name}'"))
                    .help(use_of(kind).map_or("remove it".to_owned(), |line| format!("remove it, or {line}")));
            }
        }
    }
}

/// The line that would use a section of this kind.
fn use_of(kind: &str) -> Option<&'static str> {
    match kind {
        "userlist" => Some("ask for it: `http-request auth unless { http_auth(NAME) }`"),
        "resolvers" => Some("give it to a server: `resolvers NAME`"),
        "cache" => Some("use it: `http-request cache-use NAME` and `http-response cache-store NAME`"),
        "peers" => Some("give it to a table: `stick-table … peers NAME`"),
        _ => None,
    }
}

/// Maps and lists that are looked for in a configuration.
const MAPS_MAX: usize = 100;

/// Maps and lists that rules write and nothing reads.
fn maps(view: &View<'_>, findings: &mut Findings) {
    let mut written: Vec<(&str, &Statement)> = Vec::new();
    for line in view.sections().iter().flat_map(|section| &section.lines) {
        let file = line.texts(1).find_map(|word| word.strip_prefix("set-map(").or(word.strip_prefix("add-acl(")));
        let file = file.and_then(|rest| rest.split(')').next()).filter(|file| !file.is_empty());
        if let Some(file) = file.filter(|_| written.len() < MAPS_MAX)
            && !written.iter().any(|(known, _)| *known == file)
        {
            written.push((file, line));
        }
    }
    for (file, line) in written {
        let reads = |word: &str| word.contains(file) && !CHANGES_MAP.iter().any(|change| word.starts_with(change));
        if !view.every_line().any(|other| other.texts(1).any(reads)) {
            findings
                .at(line.whole(), format!("nothing reads '{file}': what is written there has no effect"))
                .help("read it with `map(FILE)` or `-f FILE`, or remove this");
        }
    }
}

/// Actions that change a map or a list.
const CHANGES_MAP: [&str; 4] = ["set-map(", "del-map(", "add-acl(", "del-acl("];

fn backends(view: &View<'_>, findings: &mut Findings) {
    let dynamic = view.every_line().any(|line| {
        (line.word(0) == "use_backend" || line.word(0) == "default_backend") && line.word(1).contains("%[")
            || line.texts(0).any(|word| word.starts_with("lua."))
            || matches!(line.word(0), "lua-load" | "lua-load-per-thread")
    });
    // A part of a configuration shows backends without what leads to them.
    let whole = view.proxies.iter().any(|proxy| proxy.takes_connections());
    if dynamic || !whole {
        return;
    }
    // A name may stand as a word, or as an argument: `nbsrv(app)`, `track-sc0 src table app`.
    let lines = view.every_line().filter(|line| line.word(0) != "server");
    let words = lines.flat_map(|line| line.texts(1));
    let names: HashSet<&str> = words.flat_map(|word| word.split(['(', ')', ',', '/', ' '])).collect();
    for proxy in view.proxies.iter().filter(|proxy| proxy.has_servers() && !proxy.takes_connections()) {
        let name = proxy.draft.name.as_str();
        let holds_table = proxy.draft.facts.table.is_some() || proxy.draft.servers.is_empty();
        if !holds_table && !names.contains(name) {
            findings
                .at(proxy.section.header.whole(), format!("nothing leads to backend '{name}'"))
                .help("name it in `use_backend` or `default_backend`, or remove it");
        }
    }
}
