//! Whether a redirect leads to a request that it applies to again.

use super::algebra::Set;
use crate::spec::lint::Term;

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
