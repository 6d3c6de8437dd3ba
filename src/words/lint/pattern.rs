//! Patterns: words that are no patterns, and patterns that nothing matches.

use super::algebra::{Atom, Kind, Set};
use crate::spec;
use crate::spec::lint::{Criterion, Findings, Lint, View};

spec! {
    /// Patterns of ACLs.
    pub static PATTERNS: [Lint] = [
        /// A word of the condition language among patterns.
        ///
        /// ## What it finds
        /// `or`, `and`, `||`, `&&`, `//`, or the name of an ACL, in the list of patterns of an `acl` line or between braces.
        ///
        /// ## Why it matters
        /// Everything behind the flags of a criterion is a pattern. The word is compared with the request, and what was
        /// meant as a second criterion becomes more patterns.
        ///
        /// ## Example
        /// ```cfg
        /// defaults
        ///     mode http
        /// frontend web
        ///     bind :8080
        ///     acl static path_beg /css or path_beg /js
        ///     http-request deny if static
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
        ///     acl static path_beg /css /js
        ///     http-request deny if static
        ///     default_backend app
        /// backend app
        ///     server a 192.0.2.1:80
        /// ```
        { code: "O005", name: "word-in-patterns", find: words_in_patterns },
        /// A pattern that no request matches.
        ///
        /// ## What it finds
        /// A path that does not begin with a slash, a path with a query string, a host with a scheme, a path, or the port 80 or
        /// 443, a method that is not in capitals, capitals behind `lower`, wildcards, and lists with commas.
        ///
        /// ## Why it matters
        /// The ACL is always false, and its rules never run.
        ///
        /// ## Example
        /// ```cfg
        /// defaults
        ///     mode http
        /// frontend web
        ///     bind :8080
        ///     acl api path_beg api/
        ///     http-request deny if api
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
        ///     acl api path_beg /api/
        ///     http-request deny if api
        ///     default_backend app
        /// backend app
        ///     server a 192.0.2.1:80
        /// ```
        { code: "O011", name: "never-matches", find: never_matches },
    ];
}

/// Words of conditions and comments that are patterns among patterns.
const WORDS: [&str; 10] = ["or", "OR", "and", "AND", "||", "&&", "//", "if", "unless", "{"];

/// Matchers, which are patterns without `-m`.
const MATCHERS: [&str; 8] = ["beg", "end", "sub", "reg", "dir", "dom", "str", "found"];

fn words_in_patterns(view: &View<'_>, findings: &mut Findings) {
    for proxy in &view.proxies {
        let names: Vec<&str> = proxy.section.all("acl").map(|line| line.word(1)).collect();
        for (line, first, criterion) in proxy.criteria() {
            let set = Set::new(&criterion);
            let is_path = set.as_ref().is_some_and(Set::is_path);
            let is_name = set.as_ref().is_some_and(|set| (set.is_host() || set.is_sni()) && set.thing_is_plain());
            // A host of one label may be named like an ACL, but not with an underscore.
            let is_acl = |pattern: &str| {
                let plain = pattern.trim_start_matches('!');
                let looks_other = is_path && !pattern.starts_with('/')
                    || is_name && !pattern.contains('.') && (plain != pattern || plain.contains('_'));
                looks_other && names.contains(&plain)
            };
            let wrong = criterion
                .patterns
                .iter()
                .enumerate()
                .skip(1)
                .find(|(_, pattern)| WORDS.contains(&pattern.as_str()) || is_acl(pattern));
            let Some((at, pattern)) = wrong else { continue };
            let place = line.at(first + criterion.patterns_at + at);
            let text = match pattern.as_str() {
                "//" => "'//' begins no comment: it is one more pattern, as is every word behind it".to_owned(),
                word if WORDS.contains(&word) => {
                    format!("'{pattern}' is one more pattern here, as is every word behind it")
                }
                name => {
                    let what = if is_path { "path" } else { "host" };
                    format!("'{name}' is compared with the {what} here; the ACL of this name is not asked")
                }
            };
            findings.at(place, text).help(
                "patterns beside each other are alternatives already; combine ACLs in the condition of a rule, and begin comments with '#'",
            );
        }
    }
}

fn never_matches(view: &View<'_>, findings: &mut Findings) {
    for proxy in &view.proxies {
        let sets: Vec<Set> = proxy.criteria().iter().filter_map(|(_, _, criterion)| Set::new(criterion)).collect();
        let hosts: Vec<&str> =
            sets.iter().filter(|set| set.is_host()).flat_map(|set| &set.atoms).map(|atom| atom.text.as_str()).collect();
        for (line, first, criterion) in proxy.criteria() {
            let Some(set) = Set::new(&criterion) else { continue };
            for (at, atom) in set.atoms.iter().enumerate() {
                if WORDS.contains(&atom.text.as_str()) {
                    // Another lint says what is wrong here.
                    break;
                }
                let why = never(&set, atom).or_else(|| never_by_case(&criterion, at));
                let Some(why) = why.or_else(|| own_port(&set, atom, &hosts)) else { continue };
                let place = line.at(first + criterion.patterns_at + at);
                let pattern = criterion.patterns.get(at).map_or("", String::as_str);
                let finding = findings.at(place, format!("'{pattern}' never matches: {why}"));
                let plain = pattern.trim_matches('*');
                if pattern.contains('*') && !plain.contains('*') && !plain.is_empty() {
                    let matcher = if pattern.starts_with('*') { "end" } else { "beg" };
                    finding.help(format!("write `-m {matcher} {plain}`"));
                } else if MATCHERS.contains(&pattern) {
                    finding.help(format!("write `-m {pattern}` in front of the patterns"));
                } else if pattern.contains(',') {
                    finding.help("write a space between patterns");
                }
            }
        }
    }
}

/// Why no request has a value that this pattern fits.
fn never(set: &Set, atom: &Atom) -> Option<&'static str> {
    let text = atom.text.as_str();
    let anchored = matches!(atom.kind, Kind::Exact | Kind::Prefix);
    let is_text = anchored || matches!(atom.kind, Kind::Suffix | Kind::Part | Kind::Bounded);
    if set.is_path() && is_text {
        let lists = [",/", "|/", ",.", "|."].iter().any(|cut| text.contains(cut));
        return match () {
            () if anchored && !text.starts_with(['/', '*']) && !text.is_empty() => Some("a path begins with a slash"),
            () if anchored && text.contains('?') => Some("a path has no query string"),
            () if text.contains(' ') => Some("a path has no space, and what is quoted together is one pattern"),
            () if lists || text.len() > 1 && text.ends_with(',') => Some("patterns are separated by spaces"),
            () if text.len() > 1 && text.contains('*') => Some("a star is a star here, and no wildcard"),
            () if atom.kind == Kind::Suffix && text.ends_with('$') => Some("this is no regular expression"),
            () => None,
        };
    }
    if (set.is_host() || set.is_sni()) && is_text && set.thing_is_plain() {
        let (scheme, path, comma) = if set.is_host() {
            ("the Host header has no scheme", "the Host header has no path", "patterns are separated by spaces")
        } else {
            ("a name has no scheme", "a name has no path", "patterns are separated by spaces")
        };
        return match () {
            () if text.contains("://") => Some(scheme),
            () if text.contains('/') && atom.kind != Kind::Bounded => Some(path),
            () if text.contains(',') && text.contains('.') => Some(comma),
            () if text.contains(' ') => Some("a name has no space, and what is quoted together is one pattern"),
            () if text.contains('*') => Some("a star is a star here, and no wildcard"),
            () if text.contains(['^', '$', '\\', '|', '(']) => Some("this is no regular expression"),
            () if set.is_sni() && atom.kind == Kind::Exact && text.contains(':') => Some("a name has no port here"),
            () => None,
        };
    }
    None
}

/// Clients name no port that goes without saying. Who compares with the name alone, too, knows that.
fn own_port(set: &Set, atom: &Atom, hosts: &[&str]) -> Option<&'static str> {
    let (name, port) = atom.text.rsplit_once(':')?;
    let whole = set.is_host() && set.thing_is_plain() && atom.kind == Kind::Exact;
    let own = matches!(port, "80" | "443") && !name.is_empty() && !hosts.contains(&name);
    (whole && own).then_some("clients leave the port of their scheme out of the Host header")
}

/// Why a pattern is not in the case that its value has.
fn never_by_case(criterion: &Criterion, at: usize) -> Option<&'static str> {
    if criterion.ignore_case {
        return None;
    }
    let pattern = criterion.patterns.get(at)?;
    if criterion.fetch == "method" && is_lower_method(criterion, at) {
        return Some("methods are in capitals");
    }
    let compares = !matches!(criterion.matcher.as_deref(), Some("reg" | "found" | "len" | "int" | "bool" | "ip"));
    let written = criterion.converters.last().map(String::as_str);
    let reads = !criterion.fetch.ends_with("_reg") && compares;
    match written {
        Some("lower") if reads && pattern.bytes().any(|byte| byte.is_ascii_uppercase()) => {
            Some("`lower` leaves no capitals")
        }
        Some("upper") if reads && pattern.bytes().any(|byte| byte.is_ascii_lowercase()) => {
            Some("`upper` leaves capitals only")
        }
        _ => None,
    }
}

fn is_lower_method(criterion: &Criterion, at: usize) -> bool {
    let pattern = criterion.patterns.get(at).map_or("", String::as_str);
    ["get", "post", "put", "head", "delete", "options", "patch", "trace", "connect"].contains(&pattern)
}
