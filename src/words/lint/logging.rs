//! Logs: lines that go nowhere, or say less than they could.

use crate::base::diag::Place;
use crate::model::proxy::Mode;
use crate::model::script::Statement;
use crate::spec;
use crate::spec::Level;
use crate::spec::lint::{Findings, Lint, ProxyView, View};

spec! {
    /// What is logged, and where to.
    pub static LOGGING: [Lint] = [
        /// A format, and nowhere to write it to.
        ///
        /// ## What it finds
        /// `option httplog`, `option tcplog` or `log-format` in a proxy without `log`, and `log global` without a `log` line
        /// in `global`.
        ///
        /// ## Why it matters
        /// Nothing is logged. It is noticed on the day the log is needed.
        ///
        /// ## Example
        /// ```cfg
        /// frontend web
        ///     mode http
        ///     bind :8080
        ///     option httplog
        ///     default_backend app
        /// backend app
        ///     mode http
        ///     server a 192.0.2.1:80
        /// ```
        ///
        /// ## Use instead
        /// ```cfg
        /// global
        ///     log stdout format raw local0
        /// frontend web
        ///     mode http
        ///     bind :8080
        ///     log global
        ///     option httplog
        ///     default_backend app
        /// backend app
        ///     mode http
        ///     server a 192.0.2.1:80
        /// ```
        { code: "L001", name: "no-log-target", find: no_target },
        /// A log format of the other mode.
        ///
        /// ## What it finds
        /// `option httplog`, or a `log-format` with tags of requests, in mode tcp; `option tcplog` in mode http.
        ///
        /// ## Why it matters
        /// HAProxy falls back to the format of tcp; in mode http that one shows no status and no request.
        ///
        /// ## Example
        /// ```cfg
        /// global
        ///     log stdout format raw local0
        /// frontend web
        ///     mode tcp
        ///     bind :8080
        ///     log global
        ///     option httplog
        ///     default_backend app
        /// backend app
        ///     mode tcp
        ///     server a 192.0.2.1:80
        /// ```
        ///
        /// ## Use instead
        /// ```cfg
        /// global
        ///     log stdout format raw local0
        /// frontend web
        ///     mode tcp
        ///     bind :8080
        ///     log global
        ///     option tcplog
        ///     default_backend app
        /// backend app
        ///     mode tcp
        ///     server a 192.0.2.1:80
        /// ```
        { code: "L002", name: "format-of-other-mode", find: other_mode },
        /// A field of captures, and no capture.
        ///
        /// ## What it finds
        /// A log format with `%hr`, `%hs`, `%hrl`, `%hsl`, `%CC`, `%CS` or `capture.req.hdr(n)` in a proxy that captures nothing
        /// of the kind, or not as many.
        ///
        /// ## Why it matters
        /// The field is always empty.
        ///
        /// ## Example
        /// ```cfg
        /// global
        ///     log stdout format raw local0
        /// frontend web
        ///     mode http
        ///     bind :8080
        ///     log global
        ///     log-format "%ci %ST %[capture.req.hdr(0)]"
        ///     default_backend app
        /// backend app
        ///     mode http
        ///     server a 192.0.2.1:80
        /// ```
        ///
        /// ## Use instead
        /// ```cfg
        /// global
        ///     log stdout format raw local0
        /// frontend web
        ///     mode http
        ///     bind :8080
        ///     log global
        ///     capture request header Host len 64
        ///     log-format "%ci %ST %[capture.req.hdr(0)]"
        ///     default_backend app
        /// backend app
        ///     mode http
        ///     server a 192.0.2.1:80
        /// ```
        { code: "L003", name: "capture-missing", find: capture_missing },
    ];
}

/// The line that says how a proxy logs, where it says so itself.
fn format_line<'a>(proxy: &ProxyView<'a>) -> Option<&'a Statement> {
    ["option httplog", "option tcplog", "option httpslog", "log-format"]
        .iter()
        .find_map(|words| proxy.section.last(words))
        .filter(|line| !line.negated)
}

fn no_target(view: &View<'_>, findings: &mut Findings) {
    // A part of a configuration shows proxies without their `global`.
    let has_global = view.global().next().is_some()
        || view.sections().iter().any(|section| section.kind == crate::model::draft::Sections::DEFAULTS);
    let global_logs = view.global().any(|section| section.all("log").next().is_some());
    for proxy in view.proxies.iter().filter(|proxy| proxy.takes_connections()) {
        let targets: Vec<&Statement> = proxy.lines("log").filter(|line| !line.negated).collect();
        let turned_off =
            proxy.sections().any(|section| section.lines.iter().any(|line| line.negated && line.word(0) == "log"));
        let inherited = proxy.defaults.iter().find_map(|section| {
            ["option httplog", "option tcplog", "log-format"].iter().find_map(|words| section.last(words))
        });
        let found = match (&targets[..], format_line(proxy).or(inherited)) {
            ([], Some(line)) if !turned_off => {
                let text = format!("nothing is logged: {} has no `log` line", proxy.title());
                (line, text, "add `log global`, and a `log` line to `global`")
            }
            ([.., last], _) if targets.iter().all(|line| line.word(1) == "global") && !global_logs && has_global => {
                let text = "nothing is logged: `global` has no `log` line".to_owned();
                (*last, text, "add `log stdout format raw local0`, or the address of a log server, to `global`")
            }
            _ => continue,
        };
        let (line, text, help) = found;
        findings.once(line.whole(), text).help(help);
    }
}

/// Tags that only requests and responses give a value.
const OF_REQUESTS: [&str; 12] = ["%ST", "%r", "%HM", "%HP", "%HPO", "%HQ", "%HU", "%HV", "%TR", "%Tr", "%hr", "%hs"];

/// The tag that a format has, of these.
fn tag_of<'a>(format: &str, tags: &[&'a str]) -> Option<&'a str> {
    // `%{+Q}r` is `%r`.
    let plain: String = format
        .split("%{")
        .enumerate()
        .map(|(at, part)| match part.split_once('}') {
            Some((_, rest)) if at > 0 => format!("%{rest}"),
            _ => part.to_owned(),
        })
        .collect();
    let has = |tag: &&&str| {
        plain.match_indices(**tag).any(|(at, _)| {
            let next = plain.as_bytes().get(at + tag.len());
            tag.ends_with('(') || !next.is_some_and(u8::is_ascii_alphabetic)
        })
    };
    tags.iter().find(has).copied()
}

/// Formats of a proxy in mode tcp that print what only requests have.
fn requests_in_tcp(proxy: &ProxyView<'_>, findings: &mut Findings) {
    let Some(line) = proxy.section.last("log-format").filter(|_| proxy.mode() == Mode::Tcp) else { return };
    let upgrades = proxy.lines("tcp-request content").any(|line| line.find("switch-mode", 2).is_some());
    let format: String = line.texts(1).collect::<Vec<_>>().join(" ");
    if let (Some(tag), false) = (tag_of(&format, &OF_REQUESTS), upgrades) {
        let shown = match tag {
            "%TR" | "%Tr" => "-1",
            "%ST" => "0",
            "%hr" | "%hs" => "empty",
            _ => "`<BADREQ>`",
        };
        findings
            .at(line.whole(), format!("mode tcp reads no requests: `{tag}` is always {shown}"))
            .help("write `mode http`, or leave it out");
    }
}

fn other_mode(view: &View<'_>, findings: &mut Findings) {
    for proxy in view.proxies.iter().filter(|proxy| proxy.takes_connections()) {
        requests_in_tcp(proxy, findings);
        let Some(line) = format_line(proxy) else { continue };
        let text = match line.word(1) {
            "httplog" | "httpslog" if !proxy.is_http() => {
                "mode tcp has no requests: HAProxy falls back to the format of `option tcplog`"
            }
            "tcplog" if proxy.is_http() => "this format shows neither status nor request",
            _ => continue,
        };
        let other = if proxy.is_http() { "httplog" } else { "tcplog" };
        let finding = findings.at(line.whole(), text);
        finding.help(format!("write `option {other}`"));
        if !proxy.is_http() {
            // HAProxy falls back to this one: writing it changes nothing.
            finding.fix(line.at(1), other);
        }
    }
}

/// The slots of a frontend for what is captured from requests.
fn slots(proxy: &ProxyView<'_>) -> usize {
    let with_len = |set: &'static str| {
        proxy.lines(set).filter(|line| line.texts(1).any(|word| word == "capture") && line.find("len", 2).is_some())
    };
    proxy.lines("capture request header").count()
        + proxy.lines("declare capture request").count()
        + with_len("http-request").count()
        + with_len("tcp-request").count()
}

/// The number in `capture.req.hdr(2)`.
fn slot(word: &str) -> Option<usize> {
    word.split("capture.req.hdr(").skip(1).filter_map(|rest| rest.split(')').next()?.trim().parse().ok()).max()
}

/// Slots that are read, and that nothing fills.
fn slot_missing(proxy: &ProxyView<'_>, findings: &mut Findings) {
    let slots = slots(proxy);
    let formats = |line: &&Statement| line.word(0).ends_with("log-format");
    for line in proxy.section.lines.iter().filter(|line| slots > 0 || !formats(line)) {
        for at in 1..line.words.len() {
            if let (Some(slot), 0) = (slot(line.word(at)), slots) {
                let text = format!("`capture.req.hdr({slot})` is always empty: nothing is captured");
                findings.at(line.at(at), text).help("add `capture request header NAME len 64`");
            } else if let Some(slot) = slot(line.word(at)).filter(|slot| *slot >= slots) {
                let last = slots - 1;
                findings
                    .at(
                        line.at(at),
                        format!("`capture.req.hdr({slot})` is always empty: the last one captured is {last}"),
                    )
                    .help(format!("they are counted from 0: write `capture.req.hdr({last})`, or capture one more"));
            }
        }
    }
}

fn capture_missing(view: &View<'_>, findings: &mut Findings) {
    for proxy in view.proxies.iter().filter(|proxy| proxy.takes_connections() && proxy.is_http()) {
        slot_missing(proxy, findings);
        let handed_down = !proxy.section.all("option").any(|line| line.word(1).ends_with("log"));
        let own = proxy.section.last("log-format");
        let Some(line) = own.or_else(|| proxy.line("log-format").filter(|_| handed_down)) else { continue };
        let format: String = line.texts(1).collect::<Vec<_>>().join(" ");
        let captures = |words: &str, action: &str| {
            proxy.lines(words).next().is_some()
                || proxy.lines("declare capture").next().is_some()
                || proxy.lines(action).any(|line| line.texts(1).any(|word| word == "capture"))
        };
        let request = captures("capture request", "http-request")
            || proxy.lines("tcp-request content").any(|line| line.word(2) == "capture");
        let response = captures("capture response", "http-response");
        let cookie = proxy.lines("capture cookie").next().is_some();
        let tag = |names: &[&'static str]| tag_of(&format, names).map(|tag| tag.trim_end_matches('('));
        let missing = [
            (request, tag(&["%hr", "%hrl", "capture.req.hdr("]), "capture request header NAME len 64"),
            (response, tag(&["%hs", "%hsl", "capture.res.hdr("]), "capture response header NAME len 64"),
            (cookie, tag(&["%CC", "%CS"]), "capture cookie NAME len 64"),
        ];
        let missing: Vec<(&str, &str)> =
            missing.into_iter().filter(|(there, ..)| !there).filter_map(|(_, tag, help)| Some((tag?, help))).collect();
        // The usual format has them side by side, and one is captured.
        let usual = format.contains("%hr %hs") && (request || response);
        let Some((first, help)) = missing.first().copied().filter(|_| !usual) else { continue };
        let names = match &missing[..] {
            [(one, _), (other, _)] => format!("`{one}` and `{other}` are"),
            [(one, _), (other, _), (third, _)] => format!("`{one}`, `{other}` and `{third}` are"),
            _ => format!("`{first}` is"),
        };
        let finding = findings.at(tag_place(line, first), format!("{names} always empty: nothing is captured"));
        finding.help(format!("add `{help}`"));
        // The format of `option httplog` with a few words more.
        if format.contains("%CC %CS %tsc %ac/%fc/%bc/%sc/%rc %sq/%bq %hr %hs") {
            finding.level = Level::Note;
        }
    }
}

/// Where a tag stands in a format, as far as quotes leave it where it is.
fn tag_place(line: &Statement, tag: &str) -> Place {
    let found = (1..line.words.len()).find_map(|at| line.word(at).find(tag).map(|from| (at, from)));
    let Some((at, from)) = found else { return line.whole() };
    let word = line.at(at);
    match (word.end.saturating_sub(word.start) as usize).checked_sub(line.word(at).len()) {
        Some(quotes @ (0 | 2)) => {
            let start = word.start + (from + quotes / 2) as u32;
            Place { start, end: start + tag.len() as u32, ..word }
        }
        _ => word,
    }
}
