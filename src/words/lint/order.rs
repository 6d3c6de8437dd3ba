//! Reachability and order: rules that never run, or run on something else than they seem to.

use super::algebra::{self, Cond, Kind, Set};
use super::listed::Listed;
use crate::model::script::Statement;
use crate::spec;
use crate::spec::lint::{Criterion, Findings, Lint, ProxyView, Rule, Term, View};

spec! {
    /// What runs, and on what.
    pub static ORDER: [Lint] = [
        /// A rule behind one that always ends the rule set.
        ///
        /// ## What it finds
        /// Rules, and `use_backend` lines, behind an unconditional final one of the same kind: `deny`, `allow`, `accept`,
        /// `reject`, `return`, `redirect`, `tarpit`.
        ///
        /// ## Why it matters
        /// The rules behind it never run. HAProxy loads them without a word.
        ///
        /// ## Example
        /// ```cfg
        /// defaults
        ///     mode http
        /// frontend web
        ///     bind :8080
        ///     http-request deny
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
        ///     http-request deny if { path_beg /private }
        ///     default_backend app
        /// backend app
        ///     server a 192.0.2.1:80
        /// ```
        { code: "O001", name: "unreachable-rule", find: unreachable },
        /// A rule whose requests an earlier rule takes.
        ///
        /// ## What it finds
        /// A rule whose condition only accepts what an earlier final one, or an earlier `use_backend`, accepts: a longer path prefix
        /// behind a shorter one, an address inside a network, a host and a path behind the host alone. It is proven over
        /// prefixes, suffixes, sets, networks, ranges, negations and `or`, whatever the ACLs are called. Patterns in files
        /// count where the files are there.
        ///
        /// ## Why it matters
        /// The first rule that holds wins, so the later one never runs.
        ///
        /// ## Example
        /// ```cfg
        /// defaults
        ///     mode http
        /// frontend web
        ///     bind :8080
        ///     use_backend api if { path_beg /api }
        ///     use_backend new if { path_beg /api/v2 }
        ///     default_backend api
        /// backend api
        ///     server a 192.0.2.1:80
        /// backend new
        ///     server a 192.0.2.2:80
        /// ```
        ///
        /// ## Use instead
        /// ```cfg
        /// defaults
        ///     mode http
        /// frontend web
        ///     bind :8080
        ///     use_backend new if { path_beg /api/v2 }
        ///     use_backend api if { path_beg /api }
        ///     default_backend api
        /// backend api
        ///     server a 192.0.2.1:80
        /// backend new
        ///     server a 192.0.2.2:80
        /// ```
        { code: "O002", name: "shadowed-rule", find: shadowed },
        /// A condition that reads what an earlier rule rewrote.
        ///
        /// ## What it finds
        /// A rule that takes a prefix off the path, puts another in front, or sets or deletes a header, and a later condition,
        /// or a `use_backend`, that looks for what was there before.
        ///
        /// ## Why it matters
        /// Conditions are evaluated when their rule runs. `use_backend` runs after all of `http-request`: the prefix is gone
        /// by then, and the backend is never chosen.
        ///
        /// ## Example
        /// ```cfg
        /// defaults
        ///     mode http
        /// frontend web
        ///     bind :8080
        ///     acl api path_beg /api/
        ///     http-request replace-path /api/(.*) /\1 if api
        ///     use_backend api if api
        ///     default_backend site
        /// backend api
        ///     server a 192.0.2.1:80
        /// backend site
        ///     server a 192.0.2.2:80
        /// ```
        ///
        /// ## Use instead
        /// ```cfg
        /// defaults
        ///     mode http
        /// frontend web
        ///     bind :8080
        ///     acl api path_beg /api/
        ///     use_backend api if api
        ///     default_backend site
        /// backend api
        ///     http-request replace-path /api/(.*) /\1
        ///     server a 192.0.2.1:80
        /// backend site
        ///     server a 192.0.2.2:80
        /// ```
        { code: "O004", name: "tested-after-rewrite", find: rewritten },
        /// A condition that never holds, or always.
        ///
        /// ## What it finds
        /// Terms that exclude each other: two paths, two methods, two networks, or an ACL and its negation, all of which
        /// must hold; and the opposite, `!a or !b` where nothing is both.
        ///
        /// ## Why it matters
        /// Terms beside each other must all hold. The rule never runs; `or` was meant, most of the time.
        ///
        /// ## Example
        /// ```cfg
        /// defaults
        ///     mode http
        /// frontend web
        ///     bind :8080
        ///     http-request deny if { path_beg /admin } { path_beg /private }
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
        ///     http-request deny if { path_beg /admin /private }
        ///     default_backend app
        /// backend app
        ///     server a 192.0.2.1:80
        /// ```
        { code: "O010", name: "never-holds", find: never_holds },
    ];
}

/// The rule sets, with the actions that end them.
pub(super) const FINAL: [(&str, &[&str]); 7] = [
    ("http-request", &["allow", "auth", "deny", "reject", "return", "redirect", "tarpit", "use-service"]),
    ("http-response", &["allow", "deny", "return", "redirect"]),
    ("tcp-request connection", &["accept", "reject"]),
    ("tcp-request session", &["accept", "reject"]),
    ("tcp-request content", &["accept", "reject", "use-service"]),
    ("tcp-response content", &["accept", "reject", "close"]),
    ("redirect", &["location", "prefix", "scheme"]),
];

/// A line that ends its set, and where its condition begins.
struct Final<'a> {
    line: &'a Statement,
    cond: Option<usize>,
    /// Its place in the set.
    at: usize,
}

/// What of each set ends it, in order, and everything that is in it.
fn sets<'a>(proxy: &ProxyView<'a>) -> Vec<(Vec<&'a Statement>, Vec<Final<'a>>)> {
    let mut sets = Vec::new();
    for (set, ends) in FINAL {
        let rules: Vec<Rule<'a>> = proxy.rules(set).collect();
        let lines = rules.iter().map(|rule| rule.line).collect();
        let ending = rules.iter().enumerate().filter(|(_, rule)| ends.contains(&rule.name()));
        sets.push((lines, ending.map(|(at, rule)| Final { line: rule.line, cond: rule.cond, at }).collect()));
    }
    for word in ["use_backend", "use-server"] {
        let lines: Vec<&Statement> = proxy.lines(word).collect();
        let ending = lines.iter().enumerate().map(|(at, line)| Final { line, cond: line.condition(2), at }).collect();
        sets.push((lines, ending));
    }
    sets
}

fn unreachable(view: &View<'_>, findings: &mut Findings) {
    for proxy in &view.proxies {
        for (lines, ending) in sets(proxy) {
            let Some(end) = ending.iter().find(|end| end.cond.is_none()) else { continue };
            let behind = lines.get(end.at + 1..).unwrap_or_default();
            let Some(first) = behind.first() else { continue };
            let more = match behind.len() {
                1 => String::new(),
                2 => ", nor does the one behind it".to_owned(),
                many => format!(", nor do the {} behind it", many - 1),
            };
            findings
                .at(first.whole(), format!("this line never runs{more}: the one before it always ends the rules"))
                .help("move it before the line that ends the rules, or give that line a condition")
                .related(end.line.whole(), "always applies, and ends the rules here");
        }
    }
}

/// Conditions of one set that are compared with each other: a set of two thousand rules; later ones are not looked at.
const PAIRS_MAX: usize = 2_000_000;

/// Actions that change the path or what stands around it.
const PATH_CHANGES: [&str; 8] =
    ["set-path", "set-pathq", "set-uri", "set-query", "replace-path", "replace-pathq", "replace-uri", "normalize-uri"];

/// Actions that change header fields.
const HEADER_CHANGES: [&str; 5] = ["set-header", "add-header", "del-header", "replace-header", "replace-value"];

/// Actions that change the method or addresses.
const OTHER_CHANGES: [&str; 5] = ["set-method", "set-src", "set-dst", "set-src-port", "set-dst-port"];

/// What rules before a line changed: how many of them each, the path, header fields, variables,
/// counters, anything.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Changes([usize; 5]);

impl Changes {
    fn add(&mut self, line: &Statement) {
        let action = line.word(if line.word(0).starts_with("tcp-") { 2 } else { 1 });
        let kinds = [
            PATH_CHANGES.contains(&action),
            HEADER_CHANGES.contains(&action),
            action.starts_with("set-var") || action.starts_with("unset-var"),
            action.starts_with("track-sc") || action.starts_with("sc-"),
            OTHER_CHANGES.contains(&action) || action.starts_with("lua."),
        ];
        for (sum, adds) in self.0.iter_mut().zip(kinds) {
            *sum += usize::from(adds);
        }
    }

    /// Whether nothing that these conditions look at changed between here and there.
    fn spare(self, there: Changes, conds: [&Cond; 2]) -> bool {
        let reads = |like: &dyn Fn(&Criterion) -> bool| conds.iter().any(|cond| cond.reads(like));
        let touched: [&dyn Fn(&Criterion) -> bool; 5] = [
            &|read| !(STEADY.contains(&read.fetch.as_str()) || is_header(read)),
            &|read| !(STEADY.contains(&read.fetch.as_str()) || is_path(read)),
            &|read| read.text.contains("var("),
            &|read| read.fetch.starts_with("sc") || read.fetch.starts_with("src_") || read.text.contains("table_"),
            &|_| true,
        ];
        self.0.iter().zip(there.0).zip(touched).all(|((here, there), touched)| *here == there || !reads(touched))
    }
}

/// Fetches that neither a new path nor a new header field changes.
const STEADY: [&str; 10] =
    ["method", "src", "dst", "src_port", "dst_port", "ssl_fc", "ssl_fc_sni", "req.ssl_sni", "req_ssl_sni", "var"];

fn is_header(read: &Criterion) -> bool {
    ["hdr", "req.hdr", "cook", "req.cook"].iter().any(|begin| read.fetch.starts_with(begin))
}

fn is_path(read: &Criterion) -> bool {
    ["path", "query"].iter().any(|begin| read.fetch.starts_with(begin))
}

fn shadowed(view: &View<'_>, findings: &mut Findings) {
    let listed = Listed::new(view);
    for proxy in &view.proxies {
        for (lines, ending) in sets(proxy) {
            // What the lines before each change; its own change comes after its condition.
            let changes: Vec<Changes> = lines
                .iter()
                .scan(Changes::default(), |sum, line| {
                    let before = *sum;
                    sum.add(line);
                    Some(before)
                })
                .collect();
            let before = |at: usize| changes.get(at).copied().unwrap_or_default();
            let known: Vec<(&Final<'_>, Cond)> = ending
                .iter()
                .filter_map(|end| Some((end, Cond::new(listed.terms(proxy, end.line, end.cond?)?))))
                .collect();
            let Some((first, _)) = known.first() else { continue };
            let mut pairs = PAIRS_MAX;
            for (at, line) in lines.iter().enumerate().skip(first.at + 1) {
                let cond = line.condition(2);
                let Some(any) = cond.map_or(Some(vec![Vec::new()]), |at| listed.terms(proxy, line, at)) else {
                    continue;
                };
                let inner = Cond::new(any);
                pairs = pairs.saturating_sub(known.len());
                if pairs == 0 {
                    break;
                }
                let earlier = known
                    .iter()
                    .take_while(|(earlier, _)| earlier.at < at)
                    .filter(|(earlier, outer)| before(earlier.at).spare(before(at), [&inner, outer]));
                let wide = earlier.clone().find(|(_, outer)| inner.is_inside(outer));
                let lower = || earlier.clone().find(|(_, outer)| inner.is_inside(&outer.with_lower_hosts()));
                let text = match wide {
                    Some(_) => "this line never applies: an earlier one takes every request that fits its condition",
                    None => "this line applies to no host but one in capitals: an earlier one takes all others",
                };
                if let Some((earlier, _)) = wide.or_else(lower) {
                    let at = cond.unwrap_or(0);
                    findings
                        .at(line.span(at, line.words.len()), text)
                        .help("put the narrower condition first")
                        .related(earlier.line.whole(), "takes them first");
                }
            }
        }
    }
}

fn rewritten(view: &View<'_>, findings: &mut Findings) {
    for proxy in view.proxies.iter().filter(|proxy| proxy.is_http()) {
        let rules: Vec<Rule<'_>> = proxy.rules("http-request").collect();
        for (index, rule) in rules.iter().enumerate() {
            let Some(rewrite) = rewrite(proxy, rule) else { continue };
            let later = rules.get(index + 1..).unwrap_or_default();
            let switches = proxy
                .lines("use_backend")
                .chain(proxy.lines("use-server"))
                .filter_map(|line| Some((line, line.condition(2)?)));
            // What a later rule changes again is no longer what this one made of it.
            let again = later.iter().find(|rule| rewrite.is_changed_by(rule)).map(|rule| rule.line);
            let until = |line: &Statement| again.is_none_or(|again| !std::ptr::eq(again, line));
            let after =
                later.iter().take_while(|rule| until(rule.line)).chain(later.iter().find(|rule| !until(rule.line)));
            let after = after.filter_map(|rule| Some((rule.line, rule.cond?)));
            let switches = switches.filter(|_| again.is_none());
            for (line, at) in after.chain(switches) {
                let Some(any) = proxy.terms(line, at) else { continue };
                let fails = !any.is_empty() && any.iter().all(|all| rewrite.fails(all));
                let always = rule.cond.is_none() && any.iter().any(|all| rewrite.fulfils(all));
                if always || fails && rewrite.applies_to(proxy, rule, any) {
                    findings
                        .at(line.span(at, line.words.len()), rewrite.text())
                        .help("rewrite it in the backend, or keep what is tested in a variable first")
                        .related(rule.line.whole(), "rewrites it");
                    break;
                }
            }
        }
    }
}

/// What a rule does to the requests it applies to.
enum Rewrite {
    /// The path loses this prefix.
    Without(String),
    /// The path begins with this.
    Begins(String),
    /// A header field is this, or gone.
    Header(String, Option<String>),
    /// The method is this.
    Method(String),
}

fn rewrite(proxy: &ProxyView<'_>, rule: &Rule<'_>) -> Option<Rewrite> {
    if let Some(prefix) = taken_off(proxy, rule) {
        return Some(Rewrite::Without(prefix));
    }
    let args: Vec<&str> = rule.args().collect();
    match (rule.name(), &args[..]) {
        ("set-path" | "set-pathq" | "set-uri", [format]) if format.starts_with('/') => {
            let fixed: String = format.chars().take_while(|c| *c != '%').collect();
            (fixed.len() > 1).then_some(Rewrite::Begins(fixed))
        }
        ("set-header", [name, value]) if !value.contains('%') => {
            let is_host = name.eq_ignore_ascii_case("host");
            let value = if is_host { value.to_ascii_lowercase() } else { (*value).to_owned() };
            Some(Rewrite::Header(name.to_ascii_lowercase(), Some(value)))
        }
        ("set-method", [method]) if !method.contains('%') => Some(Rewrite::Method((*method).to_owned())),
        ("del-header", [name]) => Some(Rewrite::Header(name.to_ascii_lowercase(), None)),
        _ => None,
    }
}

impl Rewrite {
    /// Whether terms that all must hold cannot hold behind it.
    fn fails(&self, all: &[Term]) -> bool {
        all.iter().any(|term| match self {
            Rewrite::Without(prefix) => looks_for(term, prefix),
            Rewrite::Begins(fixed) => only(term, |set| {
                let apart = |atom: &super::algebra::Atom| {
                    let text = atom.text.to_ascii_lowercase();
                    let fixed = fixed.to_ascii_lowercase();
                    matches!(atom.kind, Kind::Exact | Kind::Prefix)
                        && !text.starts_with(&fixed)
                        && !fixed.starts_with(&text)
                };
                (set.is_path() || set.is_url()) && !set.atoms.is_empty() && set.atoms.iter().all(apart)
            }),
            Rewrite::Header(name, Some(value)) => only(term, |set| set.is_header(name) && set.lacks(value)),
            Rewrite::Header(name, None) => only(term, |set| set.is_header(name)),
            Rewrite::Method(method) => only(term, |set| set.is_method() && set.lacks(method)),
        })
    }

    /// Whether terms that all must hold always hold behind it: none of them finds the field that was deleted.
    fn fulfils(&self, all: &[Term]) -> bool {
        let Rewrite::Header(name, None) = self else { return false };
        !all.is_empty()
            && all.iter().all(|term| {
                let turned = Term { negated: !term.negated, ..term.clone() };
                only(&turned, |set| set.is_header(name))
            })
    }

    /// Whether a rule changes the same thing.
    fn is_changed_by(&self, rule: &Rule<'_>) -> bool {
        let action = rule.name();
        match self {
            _ if action.starts_with("lua.") => true,
            // Only what writes the prefix again brings it back.
            Rewrite::Without(prefix) => {
                PATH_CHANGES.contains(&action) && rule.args().any(|arg| arg.contains(prefix) || arg.starts_with('%'))
            }
            Rewrite::Begins(_) => PATH_CHANGES.contains(&action),
            Rewrite::Method(_) => action == "set-method",
            Rewrite::Header(name, _) => {
                HEADER_CHANGES.contains(&action) && rule.args().next().is_some_and(|arg| arg.eq_ignore_ascii_case(name))
            }
        }
    }

    /// Whether every request that fulfils the later condition at first is one that the rule rewrites.
    fn applies_to(&self, proxy: &ProxyView<'_>, rule: &Rule<'_>, later: Vec<Vec<Term>>) -> bool {
        if matches!(self, Rewrite::Without(_)) {
            return true;
        }
        let Some(at) = rule.cond else { return true };
        proxy.terms(rule.line, at).is_some_and(|any| Cond::new(later).is_inside(&Cond::new(any)))
    }

    fn text(&self) -> String {
        match self {
            Rewrite::Without(gone) => {
                format!("the path no longer begins with '{gone}' here: an earlier rule took it off")
            }
            Rewrite::Begins(fixed) => format!("the path begins with '{fixed}' here: an earlier rule rewrote it"),
            Rewrite::Header(name, Some(value)) if name == "host" => {
                format!("the Host header is '{value}' here: an earlier rule set it")
            }
            Rewrite::Header(name, Some(value)) => {
                format!("the header '{name}' is '{value}' here: an earlier rule set it")
            }
            Rewrite::Method(method) => format!("the method is {method} here: an earlier rule set it"),
            Rewrite::Header(name, None) => format!("there is no header '{name}' here: an earlier rule deleted it"),
        }
    }
}

/// Whether a term holds for nothing but values of sets like this.
fn only(term: &Term, like: impl Fn(&Set) -> bool) -> bool {
    let sets: Option<Vec<Set>> = term.any.iter().map(Set::new).collect();
    !term.negated && sets.is_some_and(|sets| !sets.is_empty() && sets.iter().all(like))
}

/// The prefix that a rule takes off every path it applies to.
fn taken_off(proxy: &ProxyView<'_>, rule: &Rule<'_>) -> Option<String> {
    let args: Vec<&str> = rule.args().collect();
    let (from, to) = match (rule.name(), &args[..]) {
        ("replace-path" | "replace-pathq" | "replace-uri", [from, to]) => (literal(from), (*to).to_owned()),
        ("set-path" | "set-pathq" | "set-uri", [format]) => {
            let (_, rest) = format.split_once("regsub(")?;
            let inner = rest.trim_start_matches(['"', '\'', '\\']);
            let mut parts = inner.splitn(2, ',');
            let from = literal(parts.next()?);
            let to: String = parts
                .next()
                .unwrap_or_default()
                .trim_start_matches(['"', '\''])
                .chars()
                .take_while(|c| *c == '/')
                .collect();
            (from, to)
        }
        _ => return None,
    };
    let prefix = from.filter(|prefix| prefix.len() > 1 && prefix.starts_with('/'))?;
    let fixed: String = to.chars().take_while(|c| !matches!(c, '\\' | '%')).collect();
    if fixed.starts_with(prefix.trim_end_matches('/')) {
        return None;
    }
    // Where the rule has a condition, it must be one on the path, or the others keep the prefix.
    let bound = match rule.cond {
        None => true,
        Some(at) => {
            let any = proxy.terms(rule.line, at)?;
            any.iter().all(|all| matches!(&all[..], [only] if looks_for(only, &prefix)))
        }
    };
    bound.then_some(prefix)
}

/// The text that everything which matches an expression begins with.
fn literal(expression: &str) -> Option<String> {
    let text = expression.trim_start_matches(['"', '\'']).trim_start_matches('^').trim_start_matches('(');
    let end = text.find(['(', '[', '.', '*', '?', '+', '|', '\\', '$', '{', ')', ',', '"', '\'']).unwrap_or(text.len());
    let found = text.get(..end)?;
    let cut = match text.as_bytes().get(end) {
        Some(b'?' | b'*' | b'{') => found.get(..found.len().checked_sub(1)?)?,
        Some(b'|') => return None,
        _ => found,
    };
    Some(cut.trim_end_matches('/').to_owned())
}

/// Whether a term only holds for paths that begin with this.
fn looks_for(term: &Term, prefix: &str) -> bool {
    let sets: Option<Vec<Set>> = term.any.iter().map(Set::new).collect();
    let starts = |set: &Set| {
        set.is_path()
            && !set.atoms.is_empty()
            && set
                .atoms
                .iter()
                .all(|atom| matches!(atom.kind, Kind::Exact | Kind::Prefix) && atom.text.starts_with(prefix))
    };
    !term.negated && sets.is_some_and(|sets| !sets.is_empty() && sets.iter().all(starts))
}

fn never_holds(view: &View<'_>, findings: &mut Findings) {
    for proxy in &view.proxies {
        for line in &proxy.section.lines {
            if line.word(0) == "acl" {
                continue;
            }
            let Some(at) = line.condition(1).filter(|at| line.word(*at) == "if") else { continue };
            let Some(any) = proxy.terms(line, at) else { continue };
            if let Some((one, other)) = algebra::always_holds(&any) {
                let text = format!("this always holds: no request fails both {} and {}", said(one), said(other));
                findings
                    .at(line.span(at, line.words.len()), text)
                    .help("one that is none of them fails each: write the terms beside each other, without `or`");
            }
            let stuck = any.iter().find_map(|all| algebra::contradiction(all));
            if let Some((one, other)) = stuck {
                let text = format!("this never holds: {} and {} exclude each other", said(one), said(other));
                findings
                    .at(line.span(at, line.words.len()), text)
                    .help("terms beside each other must all hold; write `or` between alternatives");
            }
        }
    }
}

/// A term, as sentences have it.
fn said(term: &Term) -> String {
    let bang = if term.negated { "!" } else { "" };
    match (&term.name, term.any.first()) {
        (Some(name), _) => format!("'{bang}{name}'"),
        (None, Some(criterion)) => format!("'{bang}{{ {} {} }}'", criterion.text, criterion.patterns.join(" ")),
        (None, None) => String::new(),
    }
}
