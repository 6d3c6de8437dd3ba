//! Whether a redirect leads to a request that it applies to again.

use super::algebra::{self, Cond, Set};
use super::order::FINAL;
use crate::base::diag::Place;
use crate::model::addr::Address;
use crate::model::script::Statement;
use crate::spec::lint::{Findings, ProxyView, Term, View};

/// Where a redirect leads, as far as the line says it.
#[derive(Default)]
struct Target {
    /// The scheme is https; none when it stays.
    https: Option<bool>,
    /// The host, in lower case; none when it stays or is not known.
    host: Option<String>,
    /// The host stays as it was.
    same_host: bool,
    /// The path; none when it stays or is not known.
    path: Option<String>,
    /// The path stays as it was.
    same_path: bool,
    /// The path stays, behind this.
    before_path: Option<String>,
}

impl Target {
    fn new(kind: &str, text: &str) -> Option<Target> {
        let (scheme, rest) = match text.split_once("://") {
            Some((scheme, rest)) => (Some(scheme.eq_ignore_ascii_case("https")), rest),
            None => (None, text),
        };
        if kind == "scheme" {
            let https = Some(text.eq_ignore_ascii_case("https"));
            return Some(Target { https, same_host: true, same_path: true, ..Target::default() });
        }
        let (host, path) = match scheme {
            Some(_) => rest.find(['/', '%']).map_or((rest, ""), |at| rest.split_at(at)),
            None if rest.starts_with('/') => ("", rest),
            None => return None,
        };
        if scheme.is_some() && host.is_empty() {
            return None;
        }
        let keeps = keeps_path(path);
        let fixed = !path.contains('%') && path.starts_with('/');
        Some(Target {
            https: scheme,
            host: scheme.map(|_| host.split(':').next().unwrap_or_default().to_ascii_lowercase()),
            same_host: scheme.is_none(),
            path: (kind == "location" && fixed).then(|| path.split(['?', '#']).next().unwrap_or_default().to_owned()),
            same_path: keeps || (kind == "prefix" && path.is_empty()),
            before_path: (kind == "prefix" && fixed).then(|| path.trim_end_matches('/').to_owned()),
        })
    }

    /// Whether a term that held holds for the request to the target, too; and whether the target decides it.
    fn keeps(&self, term: &Term) -> Option<bool> {
        if let [only] = &term.any[..]
            && only.text == "ssl_fc"
            && only.patterns.is_empty()
        {
            return self.https.is_none_or(|https| https != term.negated).then_some(false);
        }
        let sets: Vec<Set> = term.any.iter().map(Set::new).collect::<Option<_>>()?;
        let (value, same) = match () {
            () if sets.iter().all(Set::is_host) => (&self.host, self.same_host),
            () if sets.iter().all(Set::is_path) => (&self.path, self.same_path),
            () if term.any.iter().all(|criterion| criterion.fetch == "src") => return Some(false),
            () => return None,
        };
        if let (Some(before), true) = (&self.before_path, sets.iter().all(Set::is_path)) {
            let kept = !term.negated && sets.iter().all(|set| set.holds_behind(before));
            return kept.then_some(true);
        }
        match value {
            Some(value) if term.negated => sets.iter().all(|set| set.lacks(value)).then_some(true),
            Some(value) => sets.iter().any(|set| set.holds(value)).then_some(true),
            None => same.then_some(false),
        }
    }
}

/// `https://%[req.hdr(host)]%[path]`: the same host and path, by https.
pub fn is_same_by_https(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("https://%[") else { return false };
    let Some((host, path)) = rest.split_once(']') else { return false };
    matches!(host, "hdr(host)" | "req.hdr(host)" | "hdr(Host)" | "req.hdr(Host)" | "ssl_fc_sni") && keeps_path(path)
}

/// Whether the path of a target is that of the request.
fn keeps_path(path: &str) -> bool {
    matches!(path, "%[capture.req.uri]" | "%[path]" | "%[pathq]" | "%[url]" | "%[request_uri]")
}

/// Whether a redirect with this condition applies to the request that it leads to.
pub fn leads_back(kind: &str, text: &str, any: &[Vec<Term>]) -> bool {
    let Some(target) = Target::new(kind, text) else { return false };
    any.iter().any(|all| {
        let kept: Option<Vec<bool>> =
            all.iter().filter(|term| !term.any.is_empty()).map(|term| target.keeps(term)).collect();
        let decided = |kept: Vec<bool>| {
            // Another host may be another server, and a path that stays leads back only by the host.
            let scheme_only = kind == "scheme" && target.https == Some(true) && all.len() == 1;
            // A path of the same host, and nothing that tells the target from other paths.
            let known = all.iter().all(|term| !term.any.is_empty());
            let any_path = known && target.host.is_none() && target.path.is_some();
            kept.contains(&true) || any_path || (scheme_only && all.iter().all(|term| !term.negated))
        };
        kept.is_some_and(decided) && (target.host.is_none() || all.iter().any(asks_for_host))
    })
}

fn asks_for_host(term: &Term) -> bool {
    !term.any.is_empty() && term.any.iter().filter_map(Set::new).any(|set| set.is_host())
}

/// Redirects that are compared with each other.
const PAIRED_MAX: usize = 200;

/// A redirect of a frontend.
struct Redirect<'a, 'v> {
    proxy: &'v ProxyView<'a>,
    line: &'a Statement,
    target: Target,
    /// The port that the target names, or that of its scheme.
    port: Option<u16>,
    place: Place,
    any: Vec<Vec<Term>>,
}

/// What the request behind a redirect makes of a term that is tested there.
#[derive(PartialEq)]
enum Fate {
    /// The target fulfils it.
    Fulfilled,
    /// It is what it was.
    Kept,
    /// Nobody can tell, or the target does not fulfil it.
    Lost,
}

/// Two redirects, each to what the other one is for.
pub fn pairs(view: &View<'_>, findings: &mut Findings) {
    let proxies = view.proxies.iter().filter(|proxy| proxy.is_http() && proxy.takes_connections());
    let all: Vec<Redirect<'_, '_>> = proxies.flat_map(of_proxy).take(PAIRED_MAX).collect();
    for (at, later) in all.iter().enumerate() {
        let back =
            |other: &&Redirect<'_, '_>| other.arrives_at(later) && later.arrives_at(other) && circle(other, later);
        if let Some(other) = all.iter().take(at).find(back) {
            findings
                .at(later.place, "an earlier redirect sends the request to this target back, without end")
                .help("keep one of the two, or give one a condition that the other's target does not fulfil")
                .related(other.line.whole(), "sends it back");
        }
    }
}

fn of_proxy<'a, 'v>(proxy: &'v ProxyView<'a>) -> impl Iterator<Item = Redirect<'a, 'v>> {
    let rules = proxy.rules("http-request").filter(|rule| rule.name() == "redirect");
    let rules = rules.map(|rule| (rule.line, 2, rule.cond));
    let plain = proxy.lines("redirect").map(|line| (line, 1, line.condition(2)));
    rules.chain(plain).filter_map(move |(line, from, cond)| {
        let end = cond.unwrap_or(line.words.len());
        let at = (from..end).find(|at| matches!(line.word(*at), "scheme" | "location" | "prefix"))?;
        let text = line.word(at + 1);
        let target =
            if is_same_by_https(text) { Target::new("scheme", "https") } else { Target::new(line.word(at), text) };
        let target = target?;
        let named = text.split_once("://").and_then(|(_, rest)| rest.split('/').next()?.rsplit_once(':'));
        let port = match (named, target.https) {
            (Some((_, port)), _) => port.parse().ok(),
            (None, Some(true)) => Some(443),
            (None, Some(false)) => Some(80),
            (None, None) => None,
        };
        let any = cond.map_or(Some(vec![Vec::new()]), |at| proxy.terms(line, at))?;
        Some(Redirect { proxy, line, target, port, place: line.span(at, at + 2), any })
    })
}

impl Redirect<'_, '_> {
    /// Whether the client comes to the frontend of another redirect, as far as ports and schemes say.
    fn arrives_at(&self, other: &Redirect<'_, '_>) -> bool {
        let by_scheme = |ssl: bool| self.target.https.is_none_or(|https| https == ssl);
        if self.proxy.section.current == other.proxy.section.current {
            return other.proxy.binds().iter().any(|bind| by_scheme(bind.bind.ssl));
        }
        self.target.https.is_some()
            && other.proxy.binds().iter().any(|bind| {
                let mut addresses = bind.bind.io.addresses.iter().filter_map(Address::inet);
                by_scheme(bind.bind.ssl) && addresses.any(|address| Some(address.port()) == self.port)
            })
    }

    fn fate(&self, term: &Term) -> Fate {
        let of_tls = matches!(&term.any[..], [only] if only.text == "ssl_fc" && only.patterns.is_empty());
        match (self.target.https, self.target.keeps(term)) {
            _ if term.any.is_empty() => Fate::Lost,
            (Some(_), Some(_)) if of_tls => Fate::Fulfilled,
            (_, Some(true)) => Fate::Fulfilled,
            (_, Some(false)) => Fate::Kept,
            (_, None) => Fate::Lost,
        }
    }

    /// Whether a rule before it may answer what fulfils these terms. Those that deny are for others.
    fn is_forestalled(&self, terms: &[Term], other: &Redirect<'_, '_>) -> bool {
        let ends = FINAL.iter().find(|(set, _)| *set == "http-request").map_or(&[][..], |(_, ends)| *ends);
        let answers = |name: &str| ends.contains(&name) && !matches!(name, "deny" | "reject" | "tarpit" | "auth");
        let before = self.proxy.rules("http-request").take_while(|rule| !std::ptr::eq(rule.line, self.line));
        let mut before = before.filter(|rule| answers(rule.name()) && !std::ptr::eq(rule.line, other.line));
        before.any(|rule| {
            let Some(any) = rule.cond.and_then(|at| self.proxy.terms(rule.line, at)) else { return true };
            !any.into_iter().all(|mut all| {
                all.extend(terms.iter().cloned());
                algebra::contradiction(&all).is_some()
            })
        })
    }
}

/// Whether a request that one redirect takes comes back to it by way of the other.
fn circle(one: &Redirect<'_, '_>, other: &Redirect<'_, '_>) -> bool {
    let scheme_turns = one.target.https.zip(other.target.https).is_some_and(|(one, other)| one != other);
    // Another host may be another machine, unless one of the two conditions asks for it.
    let is_known = |redirect: &Redirect<'_, '_>, terms: [&[Term]; 2]| {
        let mut terms = terms.into_iter().flatten();
        redirect.target.host.is_none()
            || terms.any(|term| asks_for_host(term) && redirect.fate(term) == Fate::Fulfilled)
    };
    one.any.iter().any(|mine| {
        other.any.iter().any(|its| {
            let (Some(my_rest), Some(its_rest)) = (invariant(mine, other, one), invariant(its, one, other)) else {
                return false;
            };
            // Where nothing decides that the request has moved, it is the same one all the time.
            let moves = scheme_turns || !mine.is_empty() && !its.is_empty();
            let (inner, outer) = (Cond::new(vec![my_rest.clone()]), Cond::new(vec![its_rest.clone()]));
            let fits = inner.is_inside(&outer) || outer.is_inside(&inner);
            moves
                && fits
                && is_known(one, [mine, its])
                && is_known(other, [mine, its])
                && !one.is_forestalled(mine, other)
                && !other.is_forestalled(its, one)
        })
    })
}

/// The terms of a redirect that neither redirect touches; nothing if one of its terms is not fulfilled behind `last`,
/// which came behind `first`.
fn invariant(terms: &[Term], last: &Redirect<'_, '_>, first: &Redirect<'_, '_>) -> Option<Vec<Term>> {
    let mut kept = Vec::new();
    for term in terms {
        match (last.fate(term), first.fate(term)) {
            (Fate::Fulfilled, _) | (Fate::Kept, Fate::Fulfilled) => {}
            (Fate::Kept, Fate::Kept) => kept.push(term.clone()),
            (Fate::Lost, _) | (Fate::Kept, Fate::Lost) => return None,
        }
    }
    Some(kept)
}
