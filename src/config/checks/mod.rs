//! What HAProxy says about a configuration as a whole, once every line was read: names that lead nowhere, modes that do
//! not fit, settings without effect. In its order: proxy by proxy, then what the sockets need.

mod bind;
mod effect;
mod mux;
mod names;
mod section;
mod server;
mod uses;

use std::collections::HashMap;

use crate::base::diag::{Diagnostic, Place, Severity};
use crate::model::draft::{Current, Draft, Proxy, Sections};
use crate::model::proxy::Kind;
use crate::sample::Type;

/// What is being said, and where to look names up.
pub(super) struct Checker<'a> {
    draft: &'a Draft,
    said: Vec<Diagnostic>,
    frontends: HashMap<&'a str, usize>,
    backends: HashMap<&'a str, usize>,
    tables: HashMap<&'a str, Type>,
}

/// Everything there is to say about the draft.
pub fn checks(draft: &Draft) -> Vec<Diagnostic> {
    let mut checker = Checker::new(draft);
    if !checker.userlists() {
        return checker.finish();
    }
    if !checker.thread_groups() {
        return checker.finish();
    }
    let uses = uses::by_section(draft);
    let late = late_by_section(draft);
    let none = Vec::new();
    let before = checker.said.len();
    checker.global();
    if checker.said.iter().skip(before).all(|said| said.severity != Severity::Fatal) {
        checker.threads();
    }
    checker.sections_before();
    for (at, proxy) in draft.proxies.iter().enumerate() {
        if proxy.settings.disabled {
            continue;
        }
        let current = Current::Proxy(at);
        checker.log_format_fits(proxy);
        checker.begins(proxy);
        checker.bind_threads(proxy);
        checker.bind_protocols(proxy);
        checker.targets(proxy);
        checker.mails(proxy);
        checker.things(proxy, uses.get(&current).unwrap_or(&none));
        checker.modes(proxy);
        for fault in late.get(&current).into_iter().flatten() {
            checker.said.push((*fault).clone());
        }
        if let Some(from) = proxy.from {
            for fault in late.get(&Current::Defaults(from)).into_iter().flatten() {
                checker.said.push((*fault).clone());
            }
        }
        checker.arguments(proxy, uses.get(&current).unwrap_or(&none));
        checker.groups(proxy);
        checker.agents(proxy);
        checker.missing_timeouts(proxy);
        checker.http_only(proxy);
        checker.servers(proxy);
    }
    checker.sections(&late);
    for proxy in draft.proxies.iter().filter(|proxy| !proxy.settings.disabled) {
        checker.without_effect(proxy);
        checker.server_protocols(proxy);
        checker.binds(proxy);
    }
    checker.finish()
}

fn late_by_section(draft: &Draft) -> HashMap<Current, Vec<&Diagnostic>> {
    let mut late: HashMap<Current, Vec<&Diagnostic>> = HashMap::new();
    for (current, fault) in &draft.late_faults {
        late.entry(*current).or_default().push(fault);
    }
    late
}

impl<'a> Checker<'a> {
    fn new(draft: &'a Draft) -> Checker<'a> {
        let mut frontends = HashMap::new();
        let mut backends = HashMap::new();
        let mut tables = HashMap::new();
        for (at, proxy) in draft.proxies.iter().enumerate() {
            if proxy.kind.is_frontend() {
                frontends.entry(proxy.name.as_str()).or_insert(at);
            }
            if proxy.kind.is_backend() {
                backends.entry(proxy.name.as_str()).or_insert(at);
            }
            if let Some(table) = &proxy.facts.table {
                tables.insert(proxy.name.as_str(), table.key);
            }
        }
        Checker { draft, said: Vec::new(), frontends, backends, tables }
    }

    fn finish(mut self) -> Vec<Diagnostic> {
        if self.said.iter().any(|said| said.severity == Severity::Fatal) {
            let text = "Fatal errors found in configuration.";
            self.said.push(Diagnostic::bare(Severity::Alert, Place::default(), text));
        }
        self.said
    }

    fn fatal(&mut self, place: Place, message: String) {
        self.said.push(Diagnostic::bare(Severity::Fatal, place, message));
    }

    fn warn(&mut self, place: Place, message: String) {
        self.said.push(Diagnostic::bare(Severity::Warning, place, message));
    }

    /// `file:line`, as messages have it.
    fn at(&self, place: Place) -> String {
        self.draft.at(place)
    }

    fn backend(&self, name: &str) -> Option<&'a Proxy> {
        self.backends.get(name).and_then(|at| self.draft.proxies.get(*at)).map(Box::as_ref)
    }

    /// Whether a section of this kind and name exists.
    fn other(&self, section: Sections, name: &str) -> bool {
        self.draft.others.iter().any(|other| other.section == section && other.name == name)
    }
}

/// HAProxy's word for a kind of proxy in these messages: a `listen` is a `proxy`.
fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Frontend => "frontend",
        Kind::Backend => "backend",
        Kind::Listen => "proxy",
    }
}
