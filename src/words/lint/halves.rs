//! Settings that do nothing without another one: identifiers without a format, compression without an algorithm, hashes
//! that nothing takes.

use crate::model::script::Statement;
use crate::spec;
use crate::spec::lint::{Findings, Lint, ProxyView, View};

spec! {
    /// One half of what needs two.
    pub static HALVES: [Lint] = [
        /// An identifier that nothing makes.
        ///
        /// ## What it finds
        /// `unique-id-header`, `%ID` in a log format, or the fetch `unique-id`, in a frontend without `unique-id-format`.
        ///
        /// ## Why it matters
        /// Without a format there is no identifier: the header is not sent, and the field of the log is empty.
        ///
        /// ## Example
        /// ```cfg
        /// frontend web
        ///     mode http
        ///     bind :8080
        ///     unique-id-header X-Request-ID
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
        ///     unique-id-format %[uuid()]
        ///     unique-id-header X-Request-ID
        ///     default_backend app
        /// backend app
        ///     mode http
        ///     server a 192.0.2.1:80
        /// ```
        { code: "L004", name: "no-identifier", find: no_identifier },
        /// Compression without an algorithm.
        ///
        /// ## What it finds
        /// `compression type` or `compression offload`, and no `compression algo` on either side of the backend.
        ///
        /// ## Why it matters
        /// Nothing is compressed. With `offload` the server is asked not to compress, either.
        ///
        /// ## Example
        /// ```cfg
        /// frontend web
        ///     mode http
        ///     bind :8080
        ///     compression type text/html text/css
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
        ///     compression algo gzip
        ///     compression type text/html text/css
        ///     default_backend app
        /// backend app
        ///     mode http
        ///     server a 192.0.2.1:80
        /// ```
        { code: "P011", name: "compression-without-algorithm", find: no_algorithm },
        /// A line that does nothing by itself.
        ///
        /// ## What it finds
        /// `hash-type` in a backend whose `balance` hashes nothing, and `monitor fail` without `monitor-uri`.
        ///
        /// ## Why it matters
        /// HAProxy loads it, and it has no effect.
        ///
        /// ## Example
        /// ```cfg
        /// backend app
        ///     balance roundrobin
        ///     hash-type consistent
        ///     server a 192.0.2.1:80
        /// ```
        ///
        /// ## Use instead
        /// ```cfg
        /// backend app
        ///     balance source
        ///     hash-type consistent
        ///     server a 192.0.2.1:80
        /// ```
        { code: "O014", name: "no-effect-alone", find: alone },
    ];
}

fn no_identifier(view: &View<'_>, findings: &mut Findings) {
    let anywhere = view.every_line().any(|line| line.word(0) == "unique-id-format");
    for proxy in view.proxies.iter().filter(|proxy| proxy.takes_connections()) {
        // What is handed down is meant for those that have a format.
        let own = |line: &Statement| !anywhere || is_own(proxy, line);
        if proxy.line("unique-id-format").is_some() {
            continue;
        }
        if let Some(line) = proxy.line("unique-id-header").filter(|line| own(line)) {
            findings
                .once(line.whole(), "this header is never sent: without `unique-id-format` there is no identifier")
                .help("add `unique-id-format %[uuid()]`");
            continue;
        }
        let formats = proxy.line("log-format").into_iter().chain(proxy.lines("http-request"));
        let read = formats
            .filter(|line| own(line))
            .find_map(|line| (1..line.words.len()).find(|at| reads_identifier(line.word(*at))).map(|at| line.at(at)));
        if let Some(place) = read {
            findings
                .once(place, "the identifier is always empty: there is no `unique-id-format`")
                .help("add `unique-id-format %[uuid()]`");
        }
    }
}

/// Whether a line stands in the proxy's own section.
fn is_own(proxy: &ProxyView<'_>, line: &Statement) -> bool {
    proxy.section.lines.iter().any(|own| std::ptr::eq(own, line))
}

/// Whether a format writes the identifier of a request.
fn reads_identifier(format: &str) -> bool {
    let is_tag = |rest: &str| !rest.starts_with(|letter: char| letter.is_ascii_alphanumeric());
    format.contains("%[unique-id") || format.split("%ID").skip(1).any(is_tag)
}

fn no_algorithm(view: &View<'_>, findings: &mut Findings) {
    let has = |proxy: &ProxyView<'_>| proxy.lines("compression").any(|line| line.word(1).starts_with("algo"));
    let anywhere = view.every_line().any(|line| line.word(0) == "compression" && line.word(1).starts_with("algo"));
    for proxy in view.proxies.iter().filter(|proxy| proxy.is_http() && !has(proxy)) {
        let Some(line) = proxy.lines("compression").find(|line| asks_for_compression(line)) else { continue };
        // The backend takes the algorithm of the frontend, and the other way round.
        let other_side = |other: &&ProxyView<'_>| {
            other.has_servers() != proxy.has_servers() || other.takes_connections() != proxy.takes_connections()
        };
        let handed_down = !is_own(proxy, line);
        if handed_down && anywhere || view.proxies.iter().filter(other_side).any(has) {
            continue;
        }
        findings
            .once(line.whole(), "nothing is compressed: there is no `compression algo`")
            .help("add `compression algo gzip`");
    }
}

/// Algorithms of `balance` that hash nothing.
const WITHOUT_HASH: [&str; 5] = ["roundrobin", "static-rr", "leastconn", "first", "random"];

fn alone(view: &View<'_>, findings: &mut Findings) {
    for proxy in &view.proxies {
        if let Some(line) = proxy.section.last("hash-type").filter(|_| proxy.has_servers()) {
            let balance = proxy.line("balance");
            let algorithm = balance.map_or("", |line| line.word(1).split('(').next().unwrap_or_default());
            if balance.is_none() || WITHOUT_HASH.contains(&algorithm) {
                let finding = findings.at(line.whole(), "this has no effect: `balance` hashes nothing here");
                finding.help("write `balance source`, `balance uri` or `balance hash EXPRESSION`, or leave it out");
                if let Some(balance) = balance {
                    finding.related(balance.whole(), "the algorithm");
                }
            }
        }
        if let Some(line) = proxy.section.last("monitor fail").filter(|_| proxy.line("monitor-uri").is_none()) {
            findings
                .at(line.whole(), "this is never asked: the frontend has no `monitor-uri`")
                .help("add `monitor-uri /health`");
        }
    }
}

fn asks_for_compression(line: &Statement) -> bool {
    line.word(1).starts_with("type") || line.word(1) == "offload"
}
