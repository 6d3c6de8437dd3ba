//! Persistence and tables: cookies without values, counters that nobody counts.

use std::collections::HashMap;

use crate::base::diag::Place;
use crate::model::script::Statement;
use crate::spec;
use crate::spec::lint::{Findings, Lint, ProxyView, View};

spec! {
    /// Cookies and stick tables.
    pub static PERSISTENCE: [Lint] = [
        /// A persistence cookie, and servers without a value for it.
        ///
        /// ## What it finds
        /// `cookie NAME insert`, `prefix` or `rewrite` in a backend where servers have no `cookie` of their own.
        ///
        /// ## Why it matters
        /// A server without a value sets no cookie: its clients go elsewhere with the next request.
        ///
        /// ## Example
        /// ```cfg
        /// backend app
        ///     mode http
        ///     cookie SRV insert indirect nocache
        ///     server a 192.0.2.1:80
        ///     server b 192.0.2.2:80
        /// ```
        ///
        /// ## Use instead
        /// ```cfg
        /// backend app
        ///     mode http
        ///     cookie SRV insert indirect nocache
        ///     server a 192.0.2.1:80 cookie a
        ///     server b 192.0.2.2:80 cookie b
        /// ```
        { code: "B001", name: "cookie-without-values", find: without_values },
        /// The same cookie value for two servers.
        ///
        /// ## What it finds
        /// Two servers of a backend with the same `cookie`.
        ///
        /// ## Why it matters
        /// The value names the first of them: clients of the other one are sent away with the next request.
        ///
        /// ## Example
        /// ```cfg
        /// backend app
        ///     mode http
        ///     cookie SRV insert indirect nocache
        ///     server a 192.0.2.1:80 cookie one
        ///     server b 192.0.2.2:80 cookie one
        /// ```
        ///
        /// ## Use instead
        /// ```cfg
        /// backend app
        ///     mode http
        ///     cookie SRV insert indirect nocache
        ///     server a 192.0.2.1:80 cookie one
        ///     server b 192.0.2.2:80 cookie two
        /// ```
        { code: "B002", name: "same-cookie", find: same_cookie },
        /// Cookie values, and no cookie.
        ///
        /// ## What it finds
        /// Servers with `cookie` in a backend without a `cookie` line.
        ///
        /// ## Why it matters
        /// The value is for a cookie that is never set nor read: there is no persistence.
        ///
        /// ## Example
        /// ```cfg
        /// backend app
        ///     mode http
        ///     server a 192.0.2.1:80 cookie a
        ///     server b 192.0.2.2:80 cookie b
        /// ```
        ///
        /// ## Use instead
        /// ```cfg
        /// backend app
        ///     mode http
        ///     cookie SRV insert indirect nocache
        ///     server a 192.0.2.1:80 cookie a
        ///     server b 192.0.2.2:80 cookie b
        /// ```
        { code: "B003", name: "values-without-cookie", find: without_cookie },
        /// A counter that nobody counts.
        ///
        /// ## What it finds
        /// `sc0_http_req_rate`, `sc_conn_cur(1)` and their kin where no `track-sc` of that number can have run.
        ///
        /// ## Why it matters
        /// The fetch finds nothing, so the condition never holds: the limit that it stands for is not there.
        ///
        /// ## Example
        /// ```cfg
        /// frontend web
        ///     mode http
        ///     bind :8080
        ///     stick-table type ip size 100k expire 30s store http_req_rate(10s)
        ///     http-request deny deny_status 429 if { sc_http_req_rate(0) gt 100 }
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
        ///     stick-table type ip size 100k expire 30s store http_req_rate(10s)
        ///     http-request track-sc0 src
        ///     http-request deny deny_status 429 if { sc_http_req_rate(0) gt 100 }
        ///     default_backend app
        /// backend app
        ///     mode http
        ///     server a 192.0.2.1:80
        /// ```
        { code: "B004", name: "counter-not-tracked", find: not_tracked },
        /// A counter that its table does not store.
        ///
        /// ## What it finds
        /// A fetch or converter about a kind of data that is not in the `store` of the table it reads.
        ///
        /// ## Why it matters
        /// It is always zero, or absent.
        ///
        /// ## Example
        /// ```cfg
        /// frontend web
        ///     mode http
        ///     bind :8080
        ///     stick-table type ip size 100k expire 30s store conn_cur
        ///     http-request track-sc0 src
        ///     http-request deny deny_status 429 if { sc_http_req_rate(0) gt 100 }
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
        ///     stick-table type ip size 100k expire 30s store http_req_rate(10s)
        ///     http-request track-sc0 src
        ///     http-request deny deny_status 429 if { sc_http_req_rate(0) gt 100 }
        ///     default_backend app
        /// backend app
        ///     mode http
        ///     server a 192.0.2.1:80
        /// ```
        { code: "B005", name: "counter-not-stored", find: not_stored },
    ];
}

fn cookie_line<'a>(proxy: &ProxyView<'a>) -> Option<&'a Statement> {
    proxy.line("cookie").filter(|line| proxy.is_http() && !line.negated)
}

fn without_values(view: &View<'_>, findings: &mut Findings) {
    for proxy in view.proxies.iter().filter(|proxy| proxy.has_servers()) {
        let Some(line) = cookie_line(proxy) else { continue };
        let sets = ["insert", "prefix", "rewrite"].iter().any(|word| line.find(word, 2).is_some());
        if !sets
            || line.find("dynamic", 2).is_some()
            || !proxy.section.lines.iter().any(|own| std::ptr::eq(own, line)) && proxy.servers().len() < 2
        {
            continue;
        }
        let servers = proxy.servers();
        let without: Vec<_> = servers
            .iter()
            .filter(|server| server.server.options.cookie.is_none() && !server.server.options.backup)
            .collect();
        if let Some(first) = without.first() {
            let none = servers.iter().all(|server| server.server.options.cookie.is_none());
            let text = if none {
                format!("no server of {} has a value for this cookie: there is no persistence", proxy.title())
            } else {
                format!("server '{}' has no value for this cookie: its clients do not stay with it", first.server.name)
            };
            let (at, related, why) =
                if none { (line, first.line, "has no `cookie`") } else { (first.line, line, "the cookie") };
            findings
                .at(at.whole(), text)
                .help("add `cookie VALUE` to each server, or `dynamic` to the `cookie` line")
                .related(related.whole(), why);
        }
    }
}

fn same_cookie(view: &View<'_>, findings: &mut Findings) {
    for proxy in view.proxies.iter().filter(|proxy| proxy.has_servers()) {
        let mut seen: HashMap<String, &Statement> = HashMap::new();
        for server in proxy.servers() {
            let Some(value) = server.server.options.cookie.clone() else { continue };
            // The same value on purpose: one of them only takes over for the other.
            if server.server.options.backup {
                continue;
            }
            let many = server.line.word(0) == "server-template" && !matches!(server.line.word(2), "1" | "1-1");
            if let Some(at) = server.line.find("cookie", 3).filter(|_| many) {
                let text =
                    format!("all servers of the template have the value '{value}': their clients go to the first");
                findings
                    .at(server.line.span(at, at + 2), text)
                    .help("leave it out, and add `dynamic` to the `cookie` line");
            }
            if let Some(first) = seen.get(&value) {
                let at = server.line.find("cookie", 3).map_or(server.line.whole(), |at| server.line.span(at, at + 2));
                findings
                    .at(at, format!("another server has the value '{value}', too: clients of this one go there"))
                    .help("give each server a value of its own")
                    .related(first.whole(), "has it first");
            } else {
                seen.insert(value, server.line);
            }
        }
    }
}

fn without_cookie(view: &View<'_>, findings: &mut Findings) {
    for proxy in view.proxies.iter().filter(|proxy| proxy.has_servers() && proxy.draft.settings.cookie.is_none()) {
        // `persist rdp-cookie` reads the value, too.
        if proxy.line("persist").is_some() || proxy.line("appsession").is_some() {
            continue;
        }
        let with = proxy.servers().into_iter().find(|server| server.line.find("cookie", 3).is_some());
        if let Some(server) = with {
            let at = server.line.find("cookie", 3).map_or(server.line.whole(), |at| server.line.span(at, at + 2));
            findings
                .at(at, format!("this value has no effect: {} has no `cookie` line", proxy.title()))
                .help("add `cookie NAME insert indirect nocache` to the backend");
        }
    }
}

/// The counters of a word such as `sc0_http_req_rate` or `sc_http_req_rate(0)`: number, kind of data, table.
fn counter(word: &str) -> Option<(u32, String, Option<String>)> {
    let start = word.find("sc")?;
    let text = word.get(start..)?;
    let before = start.checked_sub(1).and_then(|at| word.as_bytes().get(at));
    if before.is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')) {
        return None;
    }
    let (name, args) = match text.split_once('(') {
        Some((name, rest)) => (name, rest.split(')').next().unwrap_or_default()),
        None => (text.split([',', ' ', ']']).next().unwrap_or_default(), ""),
    };
    let mut args = args.split(',').map(str::trim);
    if let Some(kind) = name.strip_prefix("sc_") {
        let number = args.next()?.parse().ok()?;
        let table = args.next_back().filter(|table| !table.is_empty() && table.parse::<u32>().is_err());
        return Some((number, kind.to_owned(), table.map(str::to_owned)));
    }
    let rest = name.strip_prefix("sc")?;
    let (number, kind) = rest.split_once('_')?;
    let table = args.next().filter(|table| !table.is_empty());
    Some((number.parse().ok()?, kind.to_owned(), table.map(str::to_owned)))
}

/// Every counter that a line reads.
fn counters(line: &Statement) -> Vec<(usize, u32, String, Option<String>)> {
    let words =
        (1..line.words.len()).filter(|at| !line.word(*at).starts_with("sc-") && !line.word(*at).starts_with("track-"));
    words
        .filter_map(|at| counter(line.word(at)).map(|(number, kind, table)| (at, number, kind, table)))
        .filter(|(_, _, kind, _)| kind != "tracked" && !kind.is_empty())
        .collect()
}

/// The `track-sc` lines of a number that a proxy's request may have met: its own, or those of a frontend.
fn tracks<'a>(view: &View<'a>, number: u32) -> Vec<(usize, &'a Statement)> {
    let of = |line: &&Statement| {
        line.texts(1).any(|word| {
            word.strip_prefix("track-sc")
                .is_some_and(|rest| rest.trim_start_matches('(').trim_end_matches(')') == number.to_string())
        })
    };
    let mut found = Vec::new();
    for (at, proxy) in view.proxies.iter().enumerate() {
        found.extend(proxy.sections().flat_map(|section| &section.lines).filter(of).map(|line| (at, line)));
    }
    found
}

fn not_tracked(view: &View<'_>, findings: &mut Findings) {
    if !view.proxies.iter().any(|proxy| proxy.takes_connections()) {
        return;
    }
    addresses_not_tracked(view, findings);
    for (index, proxy) in view.proxies.iter().enumerate() {
        for line in &proxy.section.lines {
            let Some((at, number, ..)) = counters(line).into_iter().next() else { continue };
            if line.word(0) == "log-format" {
                continue;
            }
            let tracked = tracks(view, number);
            if let Some((_, later)) = tracked.first() {
                if tracked.iter().all(|(owner, track)| *owner == index && runs_before(line, track)) {
                    findings
                        .at(line.at(at), format!("nothing is counted yet: `track-sc{number}` comes after this rule"))
                        .help("move the `track-sc` line above it")
                        .related(later.whole(), "counts from here on");
                }
                continue;
            }
            findings
                .at(line.at(at), format!("nothing is counted here: no rule has `track-sc{number}`"))
                .help(format!("add `http-request track-sc{number} src` above it, and a table that stores it"));
        }
    }
}

/// When a line's rule set runs.
fn rank(line: &Statement) -> Option<usize> {
    const SETS: [&str; 4] = ["tcp-request connection", "tcp-request session", "tcp-request content", "http-request"];
    SETS.iter().position(|set| line.starts(set))
}

/// Whether a line of a section runs before another one of it.
fn runs_before(line: &Statement, other: &Statement) -> bool {
    let (Some(rank), Some(its)) = (rank(line), rank(other)) else { return false };
    line.place.file == other.place.file && (rank, line.place.line) < (its, other.place.line)
}

/// `src_http_req_rate` reads an entry of a table that something must write.
fn addresses_not_tracked(view: &View<'_>, findings: &mut Findings) {
    const WRITES: [&str; 4] = ["track-sc", "stick", "peers", "lua"];
    let writes = |word: &str| {
        WRITES.iter().any(|write| word.starts_with(write) && word != "stick-table")
            || ["_inc_gp", "_clr_gp", "updt_conn", "sc-inc", "sc-add", "sc-set"].iter().any(|part| word.contains(part))
    };
    if view.every_line().any(|line| line.texts(0).any(writes)) {
        return;
    }
    for proxy in &view.proxies {
        for line in &proxy.section.lines {
            let counts = |word: &str| {
                let kind = word.strip_prefix("src_").map(|rest| rest.split(['(', ',']).next().unwrap_or_default());
                kind.is_some_and(|kind| !stored_as(kind).is_empty())
            };
            if let Some(at) = (1..line.words.len()).find(|at| counts(line.word(*at))) {
                findings
                    .at(line.at(at), "nothing is counted here: no rule has `track-sc0`, so that the table stays empty")
                    .help("add `http-request track-sc0 src` above it");
            }
        }
    }
}

/// The kind of data that a fetch reads: `http_req_rate` for `sc_http_req_rate`.
fn stored_as(kind: &str) -> &str {
    match kind {
        "get_gpc0" | "inc_gpc0" | "clr_gpc0" => "gpc0",
        "get_gpc1" | "inc_gpc1" | "clr_gpc1" => "gpc1",
        "get_gpt0" => "gpt0",
        "kbytes_in" => "bytes_in_cnt",
        "kbytes_out" => "bytes_out_cnt",
        "sess_cnt" | "sess_rate" | "conn_cnt" | "conn_cur" | "conn_rate" | "http_req_cnt" | "http_req_rate"
        | "http_err_cnt" | "http_err_rate" | "http_fail_cnt" | "http_fail_rate" | "bytes_in_rate"
        | "bytes_out_rate" | "gpc0_rate" | "gpc1_rate" => kind,
        _ => "",
    }
}

fn not_stored(view: &View<'_>, findings: &mut Findings) {
    let tables: HashMap<&str, &Statement> = view
        .proxies
        .iter()
        .filter_map(|proxy| Some((proxy.draft.name.as_str(), proxy.section.last("stick-table")?)))
        .collect();
    for proxy in &view.proxies {
        for line in &proxy.section.lines {
            addresses_not_stored(proxy, line, &tables, findings);
            actions_not_stored(view, line, &tables, findings);
            for (at, number, kind, table) in counters(line) {
                let data = stored_as(&kind);
                let tracks = tracks(view, number);
                let names: Vec<&str> = match &table {
                    Some(table) => vec![table.as_str()],
                    None => tracks.iter().filter_map(|(owner, line)| table_of(view, *owner, line)).collect(),
                };
                let known: Vec<&Statement> = names.iter().filter_map(|name| tables.get(name).copied()).collect();
                if data.is_empty() || known.is_empty() || known.len() != names.len() {
                    continue;
                }
                if !known.iter().any(|table| stores(table, data)) {
                    let table = known.first().map_or(line.whole(), |table| table.whole());
                    say_not_stored(findings, line.at(at), data, table);
                }
            }
        }
    }
}

/// `src_conn_cur` and its kin read the table that they name, or that of their own proxy.
fn addresses_not_stored(
    proxy: &ProxyView<'_>,
    line: &Statement,
    tables: &HashMap<&str, &Statement>,
    findings: &mut Findings,
) {
    for at in 1..line.words.len() {
        let Some(rest) = line.word(at).trim_start_matches("%[").strip_prefix("src_") else { continue };
        let (kind, args) = rest.split_once('(').unwrap_or((rest, ""));
        let data = stored_as(kind.split([',', ']']).next().unwrap_or_default());
        let named = args.split([',', ')']).next().unwrap_or_default().trim();
        let owner = if named.is_empty() { proxy.draft.name.as_str() } else { named };
        if let Some(table) = tables.get(owner).filter(|table| !data.is_empty() && !stores(table, data)) {
            say_not_stored(findings, line.at(at), data, table.whole());
        }
    }
}

/// `sc-inc-gpc1(0)` counts in a table that keeps it.
fn actions_not_stored(view: &View<'_>, line: &Statement, tables: &HashMap<&str, &Statement>, findings: &mut Findings) {
    const ACTIONS: [(&str, &str); 3] = [("sc-inc-gpc0(", "gpc0"), ("sc-inc-gpc1(", "gpc1"), ("sc-set-gpt0(", "gpt0")];
    for at in 1..line.words.len().min(3) {
        let action = |(name, data): &(&'static str, &'static str)| Some((line.word(at).strip_prefix(name)?, *data));
        let Some((rest, data)) = ACTIONS.iter().find_map(action) else { continue };
        let Some(number) = rest.strip_suffix(')').and_then(|number| number.parse().ok()) else { continue };
        let filled = tracks(view, number);
        let names: Vec<&str> = filled.iter().filter_map(|(owner, track)| table_of(view, *owner, track)).collect();
        let known: Vec<&Statement> = names.iter().filter_map(|name| tables.get(name).copied()).collect();
        if let Some(table) = known.first().filter(|_| known.iter().all(|table| !stores(table, data))) {
            say_not_stored(findings, line.at(at), data, table.whole());
        }
    }
}

fn say_not_stored(findings: &mut Findings, at: Place, data: &str, table: Place) {
    findings
        .at(at, format!("the table does not store `{data}`: nothing is counted there"))
        .help(format!("add `store {data}` to the table"))
        .related(table, "the table");
}

/// The table that a `track-sc` line fills: the one it names, or its proxy's own.
fn table_of<'a>(view: &View<'a>, owner: usize, line: &'a Statement) -> Option<&'a str> {
    match line.find("table", 2) {
        Some(at) => Some(line.word(at + 1)),
        None => view.proxies.get(owner).map(|proxy| proxy.draft.name.as_str()),
    }
}

fn stores(table: &Statement, data: &str) -> bool {
    let lists = (1..table.words.len()).filter(|at| table.word(*at - 1) == "store");
    lists.into_iter().any(|at| {
        // A period is in parentheses: `http_req_rate(10s)`; an array has a length: `gpc(2)`.
        let mut list = table.word(at).split(',').map(|kind| kind.split('(').next().unwrap_or_default().trim());
        list.any(|kind| {
            kind == data
                || (kind == "gpc" && data.starts_with("gpc") && !data.contains("rate"))
                || (kind == "gpc_rate" && data.ends_with("_rate") && data.starts_with("gpc"))
                || (kind == "gpt" && data == "gpt0")
        })
    })
}
