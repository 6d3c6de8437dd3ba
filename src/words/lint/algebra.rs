//! What a condition lets through, as sets: whether one lies inside another, and whether two have nothing in common.
//!
//! A condition is alternatives of terms that must all hold; a term is a set of values of one thing (a path, a host, a
//! method, an address, a port), or its complement. An answer is only given where it can be proven.

use std::net::IpAddr;

use pointsman_parser::{Arg, Span};

use crate::spec::lint::{Criterion, Term};
use crate::words::PREDEFINED_ACLS;

/// What a criterion looks at: two criteria are compared only when they look at the same thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thing {
    fetch: String,
    args: Vec<String>,
    /// The converters with their arguments, as written.
    converters: String,
}

/// How a value is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The whole text.
    Exact,
    /// Its beginning.
    Prefix,
    /// Its end.
    Suffix,
    /// A part of it.
    Part,
    /// A part of it between delimiters: `dir` and `dom`.
    Bounded,
    /// An address in a network.
    Network,
    /// A number in a range.
    Range,
    /// Something else: only the same pattern is the same set.
    Other,
}

/// One pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Atom {
    /// How it is compared.
    pub kind: Kind,
    /// Whether case counts.
    pub sensitive: bool,
    /// What it is compared with; lower case where case does not count.
    pub text: String,
    /// The matcher's name, for kinds that are only compared with themselves.
    pub method: String,
}

/// The values that a criterion accepts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Set {
    /// What is looked at.
    pub thing: Thing,
    /// One of these must match.
    pub atoms: Vec<Atom>,
}

/// The endings of ACL keywords, each with the matcher it stands for.
const ENDINGS: [(&str, &str); 10] = [
    ("_beg", "beg"),
    ("_end", "end"),
    ("_sub", "sub"),
    ("_reg", "reg"),
    ("_dir", "dir"),
    ("_dom", "dom"),
    ("_len", "len"),
    ("_bin", "bin"),
    ("_str", "str"),
    ("_ip", "ip"),
];

/// The fetches that give one value at most for a request, so that two different values exclude each other.
const SINGLE: [&str; 11] =
    ["path", "method", "src", "dst", "src_port", "dst_port", "url", "base", "ssl_fc_sni", "req.ssl_sni", "var"];

impl Set {
    /// The set of a criterion; nothing when its patterns are not all known.
    pub fn new(criterion: &Criterion) -> Option<Set> {
        let compares = criterion.patterns.iter().any(|pattern| OPERATORS.contains(&pattern.as_str()));
        let by_number = criterion.matcher.as_ref().is_none_or(|matcher| matcher == "int");
        if !criterion.files.is_empty() || compares && !by_number {
            return None;
        }
        let (fetch, method) = split(&criterion.fetch);
        let method = if compares { Some("int".to_owned()) } else { method };
        let method = criterion.matcher.clone().or(method).unwrap_or_else(|| default_method(&fetch).to_owned());
        let fetch = match fetch.as_str() {
            "req.hdr" => "hdr".to_owned(),
            "req_ssl_sni" => "req.ssl_sni".to_owned(),
            _ => fetch,
        };
        let args: Vec<String> = criterion.args.iter().map(|arg| arg.to_ascii_lowercase()).collect();
        let thing = Thing { fetch, args, converters: criterion.converted().to_owned() };
        let ranges = if compares { Some(compared(&criterion.patterns)?) } else { None };
        let patterns = ranges.as_ref().unwrap_or(&criterion.patterns);
        let mut atoms: Vec<Atom> =
            patterns.iter().map(|pattern| Atom::new(pattern, &method, criterion.ignore_case)).collect();
        if method == "found" {
            // Every value that is there.
            atoms = vec![Atom::new("", "sub", true)];
        }
        Some(Set { thing, atoms })
    }

    /// Whether every value of this is one of `other`.
    pub fn is_inside(&self, other: &Set) -> bool {
        self.thing == other.thing
            && !self.atoms.is_empty()
            && self.atoms.iter().all(|mine| other.atoms.iter().any(|atom| mine.is_inside(atom)))
    }

    /// Whether no request has a value in both.
    pub fn is_apart(&self, other: &Set) -> bool {
        self.thing == other.thing
            && (SINGLE.contains(&self.thing.fetch.as_str()) || self.is_host())
            && self.thing.converters.is_empty()
            && !self.atoms.is_empty()
            && !other.atoms.is_empty()
            && self.atoms.iter().all(|mine| other.atoms.iter().all(|atom| mine.is_apart(atom)))
    }

    /// Whether it looks at the path.
    pub fn is_path(&self) -> bool {
        self.thing.fetch == "path" && self.thing.converters.is_empty()
    }

    /// `path_beg /`: every request but `OPTIONS *` and `CONNECT`.
    pub fn is_every_path(&self) -> bool {
        self.is_path() && self.atoms.iter().any(|atom| atom.kind == Kind::Prefix && atom.text == "/")
    }

    /// `src 0.0.0.0/0 ::/0`: every client that has an address.
    pub fn is_every_address(&self) -> bool {
        let holds = |network: &str| self.atoms.iter().any(|atom| atom.text == network);
        self.thing.fetch == "src" && self.thing.converters.is_empty() && holds("0.0.0.0/0") && holds("::/0")
    }

    /// Whether it looks at the name of a TLS handshake.
    pub fn is_sni(&self) -> bool {
        matches!(self.thing.fetch.as_str(), "req.ssl_sni" | "ssl_fc_sni")
    }

    /// Whether this value is certain to be in the set.
    pub fn holds(&self, value: &str) -> bool {
        self.thing_is_plain() && self.atoms.iter().any(|atom| Atom::value(value).is_inside(atom))
    }

    /// Whether every value of the set is in it, too, with this text put before it.
    pub fn holds_behind(&self, before: &str) -> bool {
        let stays = |atom: &Atom| match atom.kind {
            Kind::Prefix => before.starts_with(&atom.text),
            Kind::Suffix | Kind::Part => true,
            _ => false,
        };
        self.thing_is_plain() && !self.atoms.is_empty() && self.atoms.iter().all(stays)
    }

    /// Whether this value is certain not to be in the set.
    pub fn lacks(&self, value: &str) -> bool {
        self.thing_is_plain()
            && !self.atoms.is_empty()
            && self.atoms.iter().all(|atom| atom.is_text() && !Atom::value(value).is_inside(atom))
    }

    /// Whether the value is compared as it came.
    pub fn thing_is_plain(&self) -> bool {
        self.thing.converters.is_empty()
    }

    /// Whether it looks at the Host header.
    pub fn is_host(&self) -> bool {
        self.is_header("host")
    }

    /// Whether it looks at the header field of this name, in lower case.
    pub fn is_header(&self, field: &str) -> bool {
        self.thing.fetch == "hdr" && self.thing.args.first().is_some_and(|name| name == field)
    }

    /// Whether it looks at the method.
    pub fn is_method(&self) -> bool {
        self.thing.fetch == "method" && self.thing.converters.is_empty()
    }

    /// Whether it looks at the whole URL.
    pub fn is_url(&self) -> bool {
        self.thing.fetch == "url" && self.thing.converters.is_empty()
    }
}

/// Words that say how the numbers behind them are compared.
const OPERATORS: [&str; 5] = ["eq", "ge", "gt", "le", "lt"];

/// `gt 100` as the range `101:`.
fn compared(patterns: &[String]) -> Option<Vec<String>> {
    let mut operator = "eq";
    let mut ranges = Vec::new();
    for pattern in patterns {
        if let Some(known) = OPERATORS.iter().find(|known| *known == pattern) {
            operator = known;
            continue;
        }
        ranges.push(match (operator, pattern.parse::<i64>()) {
            ("eq", _) => pattern.clone(),
            ("ge", Ok(number)) => format!("{number}:"),
            ("gt", Ok(number)) => format!("{}:", number.checked_add(1)?),
            ("le", Ok(number)) => format!(":{number}"),
            (_, Ok(number)) => format!(":{}", number.checked_sub(1)?),
            (_, Err(_)) => return None,
        });
    }
    Some(ranges)
}

/// The fetch and the matcher of an ACL keyword.
fn split(keyword: &str) -> (String, Option<String>) {
    let base =
        |name: &str| matches!(name, "path" | "url" | "base" | "hdr" | "req.hdr" | "cook" | "method" | "ssl_fc_sni");
    for (ending, method) in ENDINGS {
        if let Some(name) = keyword.strip_suffix(ending).filter(|name| base(name)) {
            return (name.to_owned(), Some(method.to_owned()));
        }
    }
    (keyword.to_owned(), None)
}

fn default_method(fetch: &str) -> &'static str {
    match fetch {
        "src" | "dst" | "fc_src" | "fc_dst" => "ip",
        "src_port" | "dst_port" | "fc_dst_port" => "int",
        _ => "str",
    }
}

impl Atom {
    /// One value.
    fn value(text: &str) -> Atom {
        Atom { kind: Kind::Exact, sensitive: true, text: text.to_owned(), method: "str".to_owned() }
    }

    /// Whether it compares text in a way that is understood here.
    fn is_text(&self) -> bool {
        matches!(self.kind, Kind::Exact | Kind::Prefix | Kind::Suffix | Kind::Part | Kind::Bounded)
    }

    /// Whether every value of this holds the text of a `dir` or `dom` pattern between delimiters.
    fn is_bounded(&self, text: &str, pattern: &Atom) -> bool {
        let delimiters: &[u8] = if pattern.method == "dir" { b"/?" } else { b"/?.:" };
        let is_delimiter = |byte: &u8| delimiters.contains(byte);
        let wanted = pattern.text.trim_matches(|c: char| u8::try_from(c).is_ok_and(|byte| is_delimiter(&byte)));
        let bytes = text.as_bytes();
        let (opens, closes) = match self.kind {
            Kind::Exact => (true, true),
            Kind::Prefix => (true, false),
            Kind::Suffix => (false, true),
            _ => (false, false),
        };
        !wanted.is_empty()
            && text.match_indices(wanted).any(|(at, found)| {
                let before = at.checked_sub(1).and_then(|at| bytes.get(at)).map_or(opens, is_delimiter);
                let after = bytes.get(at + found.len()).map_or(closes, is_delimiter);
                before && after
            })
    }

    fn new(pattern: &str, method: &str, ignore_case: bool) -> Atom {
        if let Some((kind, text)) = (method == "reg").then(|| plain_expression(pattern)).flatten() {
            let text = if ignore_case { text.to_ascii_lowercase() } else { text };
            return Atom { kind, sensitive: !ignore_case, text, method: method.to_owned() };
        }
        let kind = match method {
            "str" => Kind::Exact,
            "beg" => Kind::Prefix,
            "end" => Kind::Suffix,
            "sub" => Kind::Part,
            "dir" | "dom" => Kind::Bounded,
            "ip" => Kind::Network,
            "int" => Kind::Range,
            _ => Kind::Other,
        };
        let text = if ignore_case { pattern.to_ascii_lowercase() } else { pattern.to_owned() };
        Atom { kind, sensitive: !ignore_case, text, method: method.to_owned() }
    }

    /// This one's text as `other` compares it; nothing when this one accepts more cases than the other.
    fn seen_by(&self, other: &Atom) -> Option<String> {
        let folds = self.text.bytes().any(|byte| byte.is_ascii_alphabetic());
        match (self.sensitive, other.sensitive) {
            (false, true) if folds => None,
            (true, false) => Some(self.text.to_ascii_lowercase()),
            _ => Some(self.text.clone()),
        }
    }

    fn is_inside(&self, other: &Atom) -> bool {
        match (self.kind, other.kind) {
            (Kind::Network, Kind::Network) => network_inside(&self.text, &other.text),
            (Kind::Range, Kind::Range) => range_inside(&self.text, &other.text),
            (Kind::Other, Kind::Other) => self == other,
            (Kind::Other | Kind::Network | Kind::Range, _) | (_, Kind::Other | Kind::Network | Kind::Range) => false,
            _ => self.seen_by(other).is_some_and(|text| match (self.kind, other.kind) {
                (Kind::Exact, Kind::Exact) => text == other.text,
                (Kind::Exact | Kind::Prefix, Kind::Prefix) => text.starts_with(&other.text),
                (Kind::Exact | Kind::Suffix, Kind::Suffix) => text.ends_with(&other.text),
                (Kind::Bounded, Kind::Bounded) => self.method == other.method && text == other.text,
                (_, Kind::Bounded) => self.is_bounded(&text, other),
                (_, Kind::Part) => text.contains(&other.text),
                _ => false,
            }),
        }
    }

    fn is_apart(&self, other: &Atom) -> bool {
        if self.kind == Kind::Network || self.kind == Kind::Range {
            let overlaps = match self.kind {
                Kind::Network => network_inside(&self.text, &other.text) || network_inside(&other.text, &self.text),
                _ => ranges_meet(&self.text, &other.text),
            };
            let known = match self.kind {
                Kind::Network => network(&self.text).is_some() && network(&other.text).is_some(),
                _ => range(&self.text).is_some() && range(&other.text).is_some(),
            };
            return self.kind == other.kind && known && !overlaps;
        }
        let (mine, its) = if self.sensitive && other.sensitive {
            (self.text.clone(), other.text.clone())
        } else {
            (self.text.to_ascii_lowercase(), other.text.to_ascii_lowercase())
        };
        match (self.kind, other.kind) {
            (Kind::Exact, Kind::Exact) => mine != its,
            (Kind::Exact, Kind::Prefix) => !mine.starts_with(&its),
            (Kind::Prefix, Kind::Exact) => !its.starts_with(&mine),
            (Kind::Exact, Kind::Suffix) => !mine.ends_with(&its),
            (Kind::Suffix, Kind::Exact) => !its.ends_with(&mine),
            (Kind::Exact, Kind::Part) => !mine.contains(&its),
            (Kind::Part, Kind::Exact) => !its.contains(&mine),
            (Kind::Prefix, Kind::Prefix) => !mine.starts_with(&its) && !its.starts_with(&mine),
            (Kind::Suffix, Kind::Suffix) => !mine.ends_with(&its) && !its.ends_with(&mine),
            _ => false,
        }
    }
}

/// An expression that is a text between anchors: `^/api`, `\.php$`, `^www\.example\.com$`.
fn plain_expression(pattern: &str) -> Option<(Kind, String)> {
    let (from_start, rest) = pattern.strip_prefix('^').map_or((false, pattern), |rest| (true, rest));
    let (to_end, rest) = match rest.strip_suffix('$') {
        Some(rest) if !rest.ends_with('\\') => (true, rest),
        _ => (false, rest),
    };
    let mut text = String::new();
    let mut letters = rest.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => text.push(letters.next().filter(char::is_ascii_punctuation)?),
            '.' | '*' | '+' | '?' | '(' | ')' | '[' | ']' | '{' | '}' | '|' | '^' | '$' => return None,
            plain => text.push(plain),
        }
    }
    let kind = match (from_start, to_end) {
        (true, true) => Kind::Exact,
        (true, false) => Kind::Prefix,
        (false, true) => Kind::Suffix,
        (false, false) => Kind::Part,
    };
    (!text.is_empty()).then_some((kind, text))
}

/// An address and how many of its bits count.
fn network(text: &str) -> Option<(u128, u32, bool)> {
    let (address, bits) = text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
    let address: IpAddr = address.parse().ok()?;
    let (value, full, is_v4) = match address {
        IpAddr::V4(address) => (u128::from(u32::from(address)) << 96, 32, true),
        IpAddr::V6(address) => (u128::from(address), 128, false),
    };
    let bits = bits.map_or(Some(full), |bits| bits.parse().ok()).filter(|bits| *bits <= full)?;
    Some((value, bits, is_v4))
}

fn network_inside(inner: &str, outer: &str) -> bool {
    let (Some((a, inner_bits, inner_v4)), Some((b, outer_bits, outer_v4))) = (network(inner), network(outer)) else {
        return inner == outer;
    };
    let mask = if outer_bits == 0 { 0 } else { u128::MAX << (128 - outer_bits) };
    inner_v4 == outer_v4 && inner_bits >= outer_bits && a & mask == b & mask
}

/// `80`, `1024:65535`.
fn range(text: &str) -> Option<(i64, i64)> {
    match text.split_once(':') {
        None => text.parse().ok().map(|number| (number, number)),
        Some((from, to)) => {
            let from = if from.is_empty() { Some(i64::MIN) } else { from.parse().ok() };
            let to = if to.is_empty() { Some(i64::MAX) } else { to.parse().ok() };
            Some((from?, to?))
        }
    }
}

fn range_inside(inner: &str, outer: &str) -> bool {
    let (Some(inner), Some(outer)) = (range(inner), range(outer)) else { return inner == outer };
    inner.0 >= outer.0 && inner.1 <= outer.1
}

fn ranges_meet(one: &str, other: &str) -> bool {
    let (Some(one), Some(other)) = (range(one), range(other)) else { return true };
    one.0 <= other.1 && other.0 <= one.1
}

/// A condition with the sets of its terms: they are looked at many times.
pub struct Cond(Vec<Vec<Clause>>);

/// A term, and what it accepts where that is known.
struct Clause {
    term: Term,
    sets: Option<Vec<Set>>,
}

impl Cond {
    /// The condition of these alternatives.
    pub fn new(any: Vec<Vec<Term>>) -> Cond {
        Cond(any.into_iter().map(|all| all.into_iter().map(Clause::new).collect()).collect())
    }

    /// The same, with hosts that are compared in lower case compared without case: clients write them so.
    pub fn with_lower_hosts(&self) -> Cond {
        let mut cond = Cond(Vec::with_capacity(self.0.len()));
        for all in &self.0 {
            cond.0.push(all.iter().map(Clause::with_lower_hosts).collect());
        }
        cond
    }

    /// Whether a criterion is like this.
    pub fn reads(&self, like: impl Fn(&Criterion) -> bool) -> bool {
        self.0.iter().flatten().flat_map(|clause| &clause.term.any).any(like)
    }

    /// Whether every request that fulfils this fulfils `outer`.
    pub fn is_inside(&self, outer: &Cond) -> bool {
        !self.0.is_empty()
            && self.0.iter().all(|inner| outer.0.iter().any(|outer| outer.iter().all(|wide| fulfils(inner, wide))))
    }
}

/// What a name that no `acl` line of the section defines stands for, where HAProxy defines it.
fn predefined(name: &str) -> Option<Criterion> {
    let (_, words) = PREDEFINED_ACLS.iter().find(|(known, _)| *known == name)?;
    let arg = |word: &&str| Arg { text: word.as_bytes().to_vec(), span: Span::default() };
    Criterion::new(&words.iter().map(arg).collect::<Vec<Arg>>())
}

impl Clause {
    fn new(mut term: Term) -> Clause {
        if term.any.is_empty() {
            term.any.extend(term.name.as_deref().and_then(predefined));
        }
        let sets = term.any.iter().map(Set::new).collect::<Option<Vec<Set>>>().filter(|sets| !sets.is_empty());
        Clause { term, sets }
    }

    fn with_lower_hosts(&self) -> Clause {
        let mut sets = self.sets.clone();
        for set in sets.iter_mut().flatten().filter(|set| set.is_host() || set.is_sni()) {
            for atom in set.atoms.iter_mut().filter(|atom| !atom.text.bytes().any(|byte| byte.is_ascii_uppercase())) {
                atom.sensitive = false;
            }
        }
        Clause { term: self.term.clone(), sets }
    }
}

/// Whether terms that all hold make this one hold.
fn fulfils(all: &[Clause], wide: &Clause) -> bool {
    always(&wide.term) || all.iter().any(|narrow| implies(narrow, wide) || never(&narrow.term))
}

/// Whether a term is fulfilled by every request.
fn always(term: &Term) -> bool {
    is_constant(term, "TRUE", "always_true", false)
        || is_constant(term, "FALSE", "always_false", true)
        || !term.negated
            && term.any.iter().filter_map(Set::new).any(|set| set.is_every_path() || set.is_every_address())
}

fn never(term: &Term) -> bool {
    is_constant(term, "TRUE", "always_true", true) || is_constant(term, "FALSE", "always_false", false)
}

fn is_constant(term: &Term, acl: &str, fetch: &str, negated: bool) -> bool {
    let by_name = term.any.is_empty() && term.name.as_deref() == Some(acl);
    let by_fetch = matches!(&term.any[..], [only] if only.text == fetch && only.patterns.is_empty());
    term.negated == negated && (by_name || by_fetch)
}

/// Whether a request that fulfils `narrow` fulfils `wide`.
fn implies(narrow: &Clause, wide: &Clause) -> bool {
    let (one, other) = (&narrow.term, &wide.term);
    // What is drawn by lot is drawn anew.
    if one.any.iter().any(|criterion| criterion.fetch.starts_with("rand")) {
        return false;
    }
    // The same words say the same, whatever they look at.
    if one.any == other.any && (one.name == other.name || !one.any.is_empty()) {
        return one.negated == other.negated;
    }
    let (Some(mine), Some(its)) = (&narrow.sets, &wide.sets) else { return false };
    match (one.negated, other.negated) {
        (false, false) => mine.iter().all(|mine| its.iter().any(|set| mine.is_inside(set))),
        (true, true) => its.iter().all(|its| mine.iter().any(|set| its.is_inside(set))),
        (false, true) => mine.iter().all(|mine| its.iter().all(|set| mine.is_apart(set))),
        (true, false) => false,
    }
}

/// Whether these alternatives leave no request out: two of one term each whose opposites exclude each other.
pub fn always_holds(any: &[Vec<Term>]) -> Option<(&Term, &Term)> {
    let turned = |term: &Term| Term { negated: !term.negated, ..term.clone() };
    let single: Vec<&Term> =
        any.iter().filter_map(|all| if let [only] = &all[..] { Some(only) } else { None }).collect();
    let single = single.get(..single.len().min(ALTERNATIVES_MAX)).unwrap_or_default();
    single.iter().enumerate().find_map(|(at, one)| {
        let rest = single.get(at + 1..)?;
        let other = rest.iter().find(|other| {
            one.negated && other.negated && one.any != other.any && excludes(&turned(one), &turned(other))
        })?;
        Some((*one, *other))
    })
}

/// Alternatives of one condition that are compared with each other.
const ALTERNATIVES_MAX: usize = 50;

/// Two of these terms that cannot both hold, if there are any.
pub fn contradiction(all: &[Term]) -> Option<(&Term, &Term)> {
    all.iter().enumerate().find_map(|(at, one)| {
        let other = all.get(at + 1..)?.iter().find(|other| excludes(one, other) || excludes(other, one))?;
        Some((one, other))
    })
}

/// Whether a request that fulfils `one` cannot fulfil `other`.
fn excludes(one: &Term, other: &Term) -> bool {
    let turned = Term { negated: !other.negated, ..other.clone() };
    implies(&Clause::new(one.clone()), &Clause::new(turned))
}

#[cfg(test)]
mod tests {
    use super::*;
    use pointsman_parser::{Arg, Span};

    fn term(text: &str) -> Term {
        let (negated, text) = text.strip_prefix('!').map_or((false, text), |rest| (true, rest));
        let words: Vec<Arg> =
            text.split_whitespace().map(|word| Arg { text: word.as_bytes().to_vec(), span: Span::default() }).collect();
        Term { name: None, negated, any: vec![Criterion::new(&words).unwrap()] }
    }

    #[test]
    fn bounded_parts_and_opposites() {
        for (inner, outer) in [
            ("path_beg /api/", "path_dir api"),
            ("path /x/api", "path_dir api"),
            ("hdr(host) shop.example.com", "hdr_dom(host) example.com"),
            ("req_ssl_sni -m end .mail.a", "req.ssl_sni -m end .a"),
        ] {
            assert!(is_inside(inner, outer), "{inner} in {outer}");
        }
        for (inner, outer) in
            [("path_beg /api", "path_dir api"), ("hdr(host) notexample.com", "hdr_dom(host) example.com")]
        {
            assert!(!is_inside(inner, outer), "{inner} in {outer}");
        }
        assert!(always_holds(&terms("!src 10.0.0.1 or !src 10.0.0.2")).is_some());
        assert!(always_holds(&terms("!path_beg /a or !path_end .js")).is_none());
    }

    fn terms(text: &str) -> Vec<Vec<Term>> {
        text.split(" or ").map(|all| all.split(" and ").map(term).collect()).collect()
    }

    fn is_inside(inner: &str, outer: &str) -> bool {
        Cond::new(terms(inner)).is_inside(&Cond::new(terms(outer)))
    }

    #[test]
    fn narrower_lies_inside() {
        for (inner, outer) in [
            ("path_beg /api/v1", "path_beg /api"),
            ("path /api", "path_beg /api"),
            ("path -m beg /api/v1", "path_beg /x /api"),
            ("path_end .jpg", "path_end jpg"),
            ("path_beg /static/css", "path_sub tic"),
            ("hdr(host) a.b", "req.hdr(Host) -i A.B c"),
            ("src 10.1.0.0/16", "src 10.0.0.0/8"),
            ("src 10.1.2.3", "src 192.168.0.0/16 10.1.2.0/24"),
            ("dst_port 443", "dst_port 400:500"),
            ("req.body_size ge 5000", "req.body_size gt 1000"),
            ("sc_http_req_rate(0) gt 200", "sc_http_req_rate(0) gt 100"),
            ("path /x and method GET", "path /x"),
            ("path_beg /a/b or path_beg /a/c", "path_beg /a"),
            ("path /a", "!path /b"),
            ("!path_beg /", "!path_beg /api"),
            ("path_reg ^/x", "path_reg ^/x"),
            ("path /x", "always_true"),
            ("path_beg /api/v2", "path_reg ^/api"),
            ("path_reg ^/a/b\\.php$", "path_end .php"),
            ("hdr(host) a.b", "hdr(host) -m found"),
            ("hdr(host) a.b", "path_beg /"),
        ] {
            assert!(is_inside(inner, outer), "{inner} in {outer}");
        }
    }

    #[test]
    fn what_is_not_proven_is_not_inside() {
        for (inner, outer) in [
            ("path_beg /api", "path_beg /api/v1"),
            ("path_beg /api", "path /api"),
            ("path_beg -i /api", "path_beg /api"),
            ("path_beg /a", "hdr(host) a"),
            ("path_beg /a or path_beg /b", "path_beg /a"),
            ("path /x", "path /x and method GET"),
            ("src 10.0.0.0/8", "src 10.1.0.0/16"),
            ("!path /a", "path /b"),
            ("path_reg ^/x", "path_reg ^/xy"),
            ("path_beg /api", "path_reg ^/api."),
            ("path_beg /api", "path_reg ^/api$"),
            ("path -f list", "path -f list2"),
            ("rand(100) lt 50", "rand(100) lt 50"),
            ("path,lower /x", "path /x"),
            ("path,strcmp(txn.a) eq 0", "path,strcmp(txn.b) eq 0"),
            ("dst_port 1024", "dst_port gt 1024"),
            ("sc_http_req_rate(0) gt 100", "sc_http_req_rate(1) gt 100"),
            ("nbsrv lt 3", "nbsrv lt 2"),
        ] {
            assert!(!is_inside(inner, outer), "{inner} in {outer}");
        }
    }

    #[test]
    fn contradictions() {
        for text in [
            "path_beg /a and path_beg /b",
            "method GET and method POST",
            "path /x and !path_beg /",
            "src 10.0.0.1 and src 10.0.0.2",
            "hdr(host) a and hdr(host) b",
            "var(txn.host) -m str a and var(txn.host) -m str b",
        ] {
            assert!(contradiction(&terms(text)[0]).is_some(), "{text}");
        }
        for text in [
            "path_beg /a and path_end .js",
            "hdr(accept) a and hdr(accept) b",
            "method GET and path /",
            "path_beg /a and path_beg /a/b",
        ] {
            assert!(contradiction(&terms(text)[0]).is_none(), "{text}");
        }
    }
}
