//! Which certificate a client gets: by exact name, by wildcard, else the default; of several, the one it can check.

use super::certs::Certificate;
use rustls::SignatureScheme;
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

/// One way of presenting a certificate.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) certificate: Arc<Certificate>,
    /// Names that a wildcard of this entry does not stand for, lower case.
    excluded: Vec<String>,
    /// Which of the bind's settings go with it.
    pub(super) variant: usize,
}

/// The entries of one bind, by name.
#[derive(Debug, Default)]
pub(super) struct SniIndex {
    entries: Vec<Entry>,
    /// By name, lower case.
    exact: HashMap<String, Vec<usize>>,
    /// By what follows the `*`, such as `.example`.
    wildcards: HashMap<String, Vec<usize>>,
    defaults: Vec<usize>,
    is_strict: bool,
}

impl SniIndex {
    /// An empty index. A strict one has no default.
    pub(super) fn new(is_strict: bool) -> SniIndex {
        SniIndex { is_strict, ..SniIndex::default() }
    }

    /// Adds a certificate under these names, or under its own if there are none. `!name` excludes a name.
    pub(super) fn add(&mut self, certificate: Certificate, filters: &[String], variant: usize) {
        let certificate = Arc::new(certificate);
        let names = if filters.is_empty() { &certificate.names } else { filters };
        let at = self.entries.len();
        let mut excluded = Vec::new();
        for name in names {
            let name = name.to_ascii_lowercase();
            if let Some(not) = name.strip_prefix('!') {
                excluded.push(not.to_owned());
            } else if let Some(suffix) = name.strip_prefix('*') {
                self.wildcards.entry(suffix.to_owned()).or_default().push(at);
            } else {
                self.exact.entry(name).or_default().push(at);
            }
        }
        self.entries.push(Entry { certificate, excluded, variant });
    }

    /// Makes the certificates added since the index held `from` of them the default, unless there is one already.
    pub(super) fn default_from(&mut self, from: usize) {
        if self.defaults.is_empty() {
            self.defaults = (from..self.entries.len()).collect();
        }
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The entry for a client that asks for `sni` and can check signatures of these schemes.
    pub(super) fn choose(&self, sni: Option<&str>, schemes: &[SignatureScheme]) -> Option<&Entry> {
        let named = sni.and_then(|name| {
            let name = if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
                Cow::Owned(name.to_ascii_lowercase())
            } else {
                Cow::Borrowed(name)
            };
            self.best(self.exact.get(name.as_ref()), &name, schemes).or_else(|| {
                let suffix = name.get(name.find('.')?..)?;
                self.best(self.wildcards.get(suffix), &name, schemes)
            })
        });
        match named {
            None if !self.is_strict => self.best(Some(&self.defaults), "", schemes),
            named => named,
        }
    }

    /// Of these entries: one with an elliptic key that the client can check, else another that it can check, else any.
    fn best(&self, among: Option<&Vec<usize>>, name: &str, schemes: &[SignatureScheme]) -> Option<&Entry> {
        let candidates = || {
            let entries = among.into_iter().flatten().filter_map(|at| self.entries.get(*at));
            entries.filter(|entry| !entry.excluded.iter().any(|not| not == name))
        };
        let fits = |entry: &&Entry| entry.certificate.signed.key.choose_scheme(schemes).is_some();
        let mut fitting = candidates().filter(fits);
        let first = fitting.next();
        match first {
            Some(entry) if entry.certificate.is_elliptic => Some(entry),
            Some(entry) => fitting.find(|other| other.certificate.is_elliptic).or(Some(entry)),
            None => candidates().next(),
        }
    }
}
