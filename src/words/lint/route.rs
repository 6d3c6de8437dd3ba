//! Where requests end up: nowhere, or where they came from.

use std::collections::HashMap;

use super::algebra::Set;
use super::order::FINAL;
use super::redirects::{self, leads_back};
use crate::model::draft::Sections;
use crate::model::script::Statement;
use crate::spec;
use crate::spec::lint::{Findings, Lint, ProxyView, Rule, Term, View};

spec! {
    /// Backends, redirects, settings that are replaced.
    pub static ROUTES: [Lint] = [
        /// A redirect that leads to itself.
        ///
        /// ## What it finds
        /// A redirect without a condition to a fixed path or prefix, a redirect to https that also holds for requests that
        /// came by https, one whose target fits its own condition, and two that lead to each other, in one
        /// frontend or in two.
        ///
        /// ## Why it matters
        /// The client follows it to the same rule, until it gives up.
        ///
        /// ## Example
        /// ```cfg
        /// defaults
        ///     mode http
        /// frontend web
        ///     bind :8080
        ///     bind :8443 ssl crt site.pem
        ///     http-request redirect scheme https
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
        ///     bind :8443 ssl crt site.pem
        ///     http-request redirect scheme https unless { ssl_fc }
        ///     default_backend app
        /// backend app
        ///     server a 192.0.2.1:80
        /// ```
        { code: "O006", name: "redirect-loop", find: redirect_loop },
        /// A frontend that can end without a backend.
        ///
        /// ## What it finds
        /// A frontend without `default_backend` whose `use_backend` lines all have conditions, or ask a map that has no default,
        /// and which does not answer everything itself; a `listen` without servers of the same kind.
        ///
        /// ## Why it matters
        /// A request that fits none of the conditions gets a 503, and the log says `<NOSRV>` and `SC--`.
        ///
        /// ## Example
        /// ```cfg
        /// defaults
        ///     mode http
        /// frontend web
        ///     bind :8080
        ///     use_backend api if { path_beg /api }
        /// backend api
        ///     server a 192.0.2.1:80
        /// ```
        ///
        /// ## Use instead
        /// ```cfg
        /// defaults
        ///     mode http
        /// frontend web
        ///     bind :8080
        ///     use_backend api if { path_beg /api }
        ///     default_backend site
        /// backend api
        ///     server a 192.0.2.1:80
        /// backend site
        ///     server a 192.0.2.2:80
        /// ```
        { code: "O007", name: "no-backend", find: no_backend },
        /// A setting that a later line replaces.
        ///
        /// ## What it finds
        /// The same setting twice in one section with different values, where only the last one counts: `mode`, `timeout x`,
        /// `default_backend`, `balance`, `maxconn`, `log-format` and others; `option httplog` behind a `log-format`.
        ///
        /// ## Why it matters
        /// The first line has no effect. After a merge it is often the one that was wanted.
        ///
        /// ## Example
        /// ```cfg
        /// backend app
        ///     balance leastconn
        ///     balance roundrobin
        ///     server a 192.0.2.1:80
        /// ```
        ///
        /// ## Use instead
        /// ```cfg
        /// backend app
        ///     balance leastconn
        ///     server a 192.0.2.1:80
        /// ```
        { code: "O012", name: "replaced-setting", find: replaced },
    ];
}

fn redirect_loop(view: &View<'_>, findings: &mut Findings) {
    redirects::pairs(view, findings);
    for proxy in view.proxies.iter().filter(|proxy| proxy.is_http() && proxy.takes_connections()) {
        let binds = proxy.binds();
        let has_tls = binds.iter().any(|bind| bind.bind.ssl);
        let rules =
            proxy.rules("http-request").filter(|rule| rule.name() == "redirect").map(|rule| (rule.line, 2, rule.cond));
        let plain = proxy.lines("redirect").map(|line| (line, 1, line.condition(2)));
        for (line, from, cond) in rules.chain(plain) {
            // `redirect code 301 location /x` is `redirect location /x code 301`.
            let kinds = ["scheme", "location", "prefix"];
            let Some(from) = (from..line.words.len()).find(|at| kinds.contains(&line.word(*at))) else { continue };
            let kind = line.word(from);
            let target = line.word(from + 1);
            let any = cond.and_then(|at| proxy.terms(line, at));
            if target.starts_with('/') && answered_before(proxy, line, target) {
                continue;
            }
            let again = any.is_some_and(|any| leads_back(kind, target, &any)) && (kind != "scheme" || has_tls);
            let text = match kind {
                "scheme" if has_tls && target.eq_ignore_ascii_case("https") && cond.is_none() => {
                    "requests that came by https are sent to https again, without end"
                }
                "location" if cond.is_none() && target.starts_with('/') && !target.contains('%') => {
                    "every request is sent to this path, the one for this path too, without end"
                }
                "location" if has_tls && cond.is_none() && redirects::is_same_by_https(target) => {
                    "requests that came by https are sent to the same address again, without end"
                }
                "prefix" if cond.is_none() && target.starts_with('/') => {
                    "every request is sent to a longer path, without end"
                }
                _ if again => {
                    "the request to the target fits the condition as well, and is sent there again, without end"
                }
                _ => continue,
            };
            let help = if kind == "scheme" || target.contains("://%[") {
                "add `unless { ssl_fc }`"
            } else {
                "add a condition that the target does not fulfil"
            };
            findings.at(line.span(from, from + 2), text).help(help);
        }
    }
}

/// Whether a rule before this line already answers requests for this path.
fn answered_before(proxy: &ProxyView<'_>, line: &Statement, path: &str) -> bool {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let ends = FINAL.iter().find(|(set, _)| *set == "http-request").map_or(&[][..], |(_, ends)| *ends);
    let before = proxy.rules("http-request").take_while(|rule| !std::ptr::eq(rule.line, line));
    let mut ending = before.filter(|rule| ends.contains(&rule.name()));
    ending.any(|rule| {
        let tests = rule.cond.map(|at| proxy.tested(rule.line, at)).unwrap_or_default();
        tests.iter().filter_map(Set::new).any(|set| set.is_path() && set.holds(path))
    })
}

fn no_backend(view: &View<'_>, findings: &mut Findings) {
    for proxy in view.proxies.iter().filter(|proxy| proxy.takes_connections()) {
        let serves = proxy.has_servers() && proxy.section.lines.iter().any(|line| line.word(0).starts_with("server"));
        let elsewhere = [
            "default_backend",
            "stats",
            "use-fcgi-app",
            "dispatch",
            "option http_proxy",
            "option transparent",
            "monitor-uri",
        ]
        .iter()
        .any(|word| proxy.line(word).is_some());
        let settled = FINAL
            .iter()
            .any(|(set, ends)| proxy.rules(set).any(|rule| ends.contains(&rule.name()) && holds_always(proxy, &rule)));
        let switches: Vec<&Statement> = proxy.lines("use_backend").collect();
        let always = switches.iter().any(|line| line.condition(2).is_none() && !may_be_empty(line.word(1)))
            || switches.iter().any(|line| line.condition(2).is_some() && line.word(1).starts_with("%["));
        let lua =
            proxy.lines("http-request").any(|line| line.word(1).starts_with("lua.") || line.word(1) == "use-service");
        if serves || elsewhere || settled || always || lua || proxy.draft.binds.is_empty() || covers(proxy, &switches) {
            continue;
        }
        if view.draft.proxies.iter().all(|other| !other.kind.is_backend())
            && switches.is_empty()
            && proxy.section.lines.len() < 2
        {
            continue;
        }
        let end = if proxy.is_http() { ("request", "gets a 503") } else { ("connection", "is closed") };
        let text = if switches.is_empty() {
            format!("{} leads to no backend: every {} {}", proxy.title(), end.0, end.1)
        } else {
            format!("{} leads to no backend when no `use_backend` applies: such a {} {}", proxy.title(), end.0, end.1)
        };
        findings
            .at(proxy.section.header.whole(), text)
            .help("add `default_backend NAME`, or a final rule such as `http-request return status 404`");
    }
}

/// `%[…,map(FILE)]`: the name of a backend that a map gives, and no other one for what is not in it.
fn may_be_empty(name: &str) -> bool {
    let Some(expr) = name.strip_prefix("%[").and_then(|rest| rest.strip_suffix(']')) else { return false };
    let map = expr.rfind(",map").and_then(|at| expr.get(at..)).and_then(|call| call.split_once('('));
    map.is_some_and(|(_, args)| args.ends_with(')') && !args.contains([',', '(']))
}

/// Whether a rule applies to every request: it has no condition, or one that the `bind` lines fulfil.
fn holds_always(proxy: &ProxyView<'_>, rule: &Rule<'_>) -> bool {
    let Some(any) = rule.cond.map(|at| proxy.terms(rule.line, at)) else { return true };
    let tls = proxy.binds().iter().filter(|bind| bind.bind.ssl).count();
    let by_tls = |all: &Vec<Term>| match &all[..] {
        [only] => match &only.any[..] {
            [test] if test.text == "ssl_fc" && only.negated => tls == 0,
            [test] if test.text == "ssl_fc" => tls == proxy.binds().len(),
            _ => false,
        },
        _ => false,
    };
    any.is_some_and(|any| any.iter().any(by_tls))
}

/// Whether one of the lines applies whenever another does not: `if a` and `if !a`, `if a` and `unless a`.
fn covers(proxy: &ProxyView<'_>, lines: &[&Statement]) -> bool {
    let switches = lines.iter().filter_map(|line| proxy.terms(line, line.condition(2)?));
    // What a rule answers itself asks for no backend, either.
    let answers = ["deny", "reject", "return", "redirect", "tarpit", "use-service"];
    let rules = proxy.rules("http-request").filter(|rule| answers.contains(&rule.name()));
    let rules = rules.filter_map(|rule| proxy.terms(rule.line, rule.cond?));
    let redirects = proxy.lines("redirect").filter_map(|line| proxy.terms(line, line.condition(2)?));
    let alternatives: Vec<Vec<Term>> = switches.chain(rules).chain(redirects).flatten().collect();
    let single = alternatives.iter().filter_map(|all| if let [only] = &all[..] { Some(only) } else { None });
    // What is tested, with whether it stands plain and negated.
    let mut seen: HashMap<String, [bool; 2]> = HashMap::new();
    for term in single {
        let always =
            term.name.as_deref() == Some("TRUE") || term.any.iter().filter_map(Set::new).any(|set| set.is_every_path());
        let polarity = seen.entry(format!("{:?} {:?}", term.name, term.any)).or_default();
        polarity[usize::from(term.negated)] = true;
        if polarity == &[true, true] || (always && !term.negated) {
            return true;
        }
    }
    false
}

/// Settings of which the last line of a section counts, by how many words they are the same.
const SINGLE: [&str; 18] = [
    "mode",
    "balance",
    "default_backend",
    "maxconn",
    "fullconn",
    "retries",
    "log-format",
    "error-log-format",
    "hash-type",
    "monitor-uri",
    "cookie",
    "backlog",
    "log-tag",
    "unique-id-format",
    "unique-id-header",
    "http-reuse",
    "source",
    "option httpchk",
];

/// Whether a line says how requests are logged: the last one of a section does.
fn is_log_format(line: &Statement) -> bool {
    let option = line.word(0) == "option" && matches!(line.word(1), "httplog" | "httpslog" | "tcplog");
    option || line.word(0) == "log-format"
}

fn replaced(view: &View<'_>, findings: &mut Findings) {
    let kinds = Sections::PROXIES;
    for section in view.sections().iter().filter(|section| kinds.has(section.kind)) {
        for (at, line) in section.lines.iter().enumerate() {
            let words = match line.word(0) {
                "timeout" => format!("timeout {}", line.word(1)),
                "option" if is_log_format(line) => format!("option {}", line.word(1)),
                "option" if line.word(1) == "httpchk" => "option httpchk".to_owned(),
                first if SINGLE.contains(&first) => first.to_owned(),
                _ => continue,
            };
            let behind = section.lines.get(at + 1..).unwrap_or_default();
            let same = |later: &&Statement| {
                later.starts(&words) || is_log_format(line) && is_log_format(later) && later.word(0) == "option"
            };
            let later = behind.iter().find(same);
            let Some(later) = later else { continue };
            if line.texts(0).eq(later.texts(0)) || line.negated || later.negated {
                continue;
            }
            findings
                .at(line.whole(), format!("this `{words}` has no effect: a later line of the section replaces it"))
                .help("keep one of them")
                .related(later.whole(), "this one counts");
        }
    }
}
