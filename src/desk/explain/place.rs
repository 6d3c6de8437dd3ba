//! The lines of a configuration that had a part in the end of a session, and what is noteworthy in them.

use pointsman_parser::units::{self, TimeUnit};

use super::facts::Facts;
use super::line::{Event, Kind};
use super::meaning::span_of;
use super::outline::{Entry, Outline};
use super::state::Seek;

/// How many lines of one kind are shown.
const SHOWN_MAX: usize = 5;

/// A line of the configuration.
#[derive(Clone, Debug)]
pub struct Cited {
    /// File and line; none for something that is not there.
    pub place: Option<(String, u32)>,
    /// The line, or what is missing.
    pub text: String,
    /// What is noteworthy.
    pub notes: Vec<String>,
}

/// The lines that a session's end leads to.
pub fn cite(outline: &Outline, facts: &Facts<'_>) -> Vec<Cited> {
    let Some(state) = facts.state() else { return Vec::new() };
    let Some(frontend) = facts.frontend() else {
        let text = "the log line does not name its frontend: put `%ft` and `%b/%s` into the format".to_owned();
        return vec![Cited { place: None, text, notes: Vec::new() }];
    };
    let backend = facts.backend().filter(|backend| !backend.is_empty()).unwrap_or(frontend);
    if !outline.has_front(frontend) && !outline.has_back(backend) {
        let text = format!("neither frontend `{frontend}` nor backend `{backend}` is in this configuration");
        return vec![Cited { place: None, text, notes: Vec::new() }];
    }
    let names = Names { outline, facts, frontend, backend };
    // Where no backend was chosen, the line that should have chosen one counts.
    if state.code.starts_with("SC") && facts.lacks_server() && frontend == backend && !outline.has_back(backend) {
        return names.choice(&[Seek::Front("default_backend")]);
    }
    let seeks = state.pair.map(|pair| pair.seeks).unwrap_or_default();
    seeks.iter().filter(|choice| bears(facts, choice)).flat_map(|choice| names.choice(choice)).collect()
}

/// A refusal is a rule's, or that of a malformed request: the status tells which. Where no server was left, trying again
/// was no question.
fn bears(facts: &Facts<'_>, choice: &[Seek]) -> bool {
    if facts.code().is_some_and(|code| code.starts_with("SC")) && facts.lacks_server() {
        return matches!(choice.first(), Some(Seek::Server));
    }
    let refused = facts.code().is_some_and(|code| code.starts_with("PR"));
    match (facts.status().filter(|_| refused), choice.first()) {
        (Some(400), Some(Seek::Rules(_))) => false,
        (Some(status), Some(Seek::Global(_))) => status == 400,
        _ => true,
    }
}

/// The lines that an event leads to: the server's, for checks and standings.
pub fn cite_event(outline: &Outline, event: &Event) -> Vec<Cited> {
    if let Some((backend, server)) = event.value("server").split_once('/') {
        let default = outline.default_server(backend);
        let checks = ["option httpchk", "timeout check"].iter().filter_map(|key| outline.back_setting(backend, key));
        let own = outline.servers(backend, Some(server)).into_iter().map(|entry| (entry, server_notes(entry, default)));
        return own.chain(checks.map(|entry| (entry, Vec::new()))).map(|(entry, notes)| cited(entry, notes)).collect();
    }
    if event.kind == Kind::NoServer {
        let (servers, check) = backend_lines(outline, event.value("backend"));
        return servers.into_iter().chain(check).map(|entry| cited(entry, Vec::new())).collect();
    }
    let frontend = event.value("frontend").trim_end_matches('~');
    let failed = event.kind == Kind::Failed;
    let found =
        ["option dontlognull", "error-log-format"].iter().filter_map(|key| outline.front_setting(frontend, key));
    let bind = outline.bind(frontend, event.value("bind")).into_iter();
    bind.chain(found).filter(|_| failed).map(|entry| cited(entry, Vec::new())).collect()
}

/// The first servers of a backend, and how they are checked.
fn backend_lines<'a>(outline: &'a Outline, backend: &str) -> (Vec<&'a Entry>, Option<&'a Entry>) {
    let mut servers = outline.servers(backend, None);
    servers.truncate(SHOWN_MAX);
    (servers, outline.back_setting(backend, "option httpchk"))
}

fn cited(entry: &Entry, mut notes: Vec<String>) -> Cited {
    if entry.conditional {
        notes.push("it stands in an `.if`, which holds on this machine".to_owned());
    }
    Cited { place: Some((entry.file.clone(), entry.line)), text: entry.text(), notes }
}

struct Names<'a, 'f> {
    outline: &'a Outline,
    facts: &'f Facts<'f>,
    frontend: &'f str,
    backend: &'f str,
}

impl<'a> Names<'a, '_> {
    /// Of several settings the one whose time fits, else the first one that is there.
    fn choice(&self, choice: &[Seek]) -> Vec<Cited> {
        let found: Vec<&'a Entry> = choice.iter().filter_map(|seek| self.setting(*seek)).collect();
        if let Some(entry) = found.iter().find(|entry| self.fits(entry)).or(found.first()) {
            let mut notes = self.notes_of_time(entry);
            if let Some(Seek::Front(first) | Seek::Back(first)) = choice.first()
                && ["timeout queue", "timeout tarpit"].contains(first)
                && !entry.says(first)
            {
                notes.push(format!("`{first}` is not set: this one counts"));
            }
            return vec![cited(entry, notes)];
        }
        match choice.first() {
            Some(Seek::Server) => self.servers(),
            Some(Seek::Rules(actions)) => {
                let rules = self.outline.rules(self.frontend, self.backend, actions);
                self.listed(&rules, |_| Vec::new())
            }
            _ => self.missing(choice).into_iter().collect(),
        }
    }

    fn setting(&self, seek: Seek) -> Option<&'a Entry> {
        match seek {
            Seek::Front(key) => self.outline.front_setting(self.frontend, key),
            Seek::Back(key) => self.outline.back_setting(self.backend, key),
            Seek::Global(key) => self.outline.global_setting(key),
            Seek::Server | Seek::Rules(_) => None,
        }
    }

    fn missing(&self, choice: &[Seek]) -> Option<Cited> {
        let mut keys = Vec::new();
        let mut owner = String::new();
        for seek in choice {
            match seek {
                Seek::Front(key) if self.outline.has_front(self.frontend) => {
                    owner = format!("frontend {}", self.frontend);
                    keys.push(format!("`{key}`"));
                }
                Seek::Back(key) if self.outline.has_back(self.backend) => {
                    owner = format!("backend {}", self.backend);
                    keys.push(format!("`{key}`"));
                }
                _ => {}
            }
        }
        let (last, rest) = keys.split_last()?;
        let text = match rest {
            [] => format!("{owner}: {last} is not set"),
            rest => format!("{owner}: neither {} nor {last} is set", rest.join(" nor ")),
        };
        Some(Cited { place: None, text, notes: Vec::new() })
    }

    fn servers(&self) -> Vec<Cited> {
        let servers = self.outline.servers(self.backend, self.facts.server());
        let default = self.outline.default_server(self.backend);
        self.listed(&servers, |entry| server_notes(entry, default))
    }

    fn listed(&self, entries: &[&Entry], notes: impl Fn(&Entry) -> Vec<String>) -> Vec<Cited> {
        let mut list: Vec<Cited> = entries.iter().take(SHOWN_MAX).map(|entry| cited(entry, notes(entry))).collect();
        if let Some(more) = entries.len().checked_sub(SHOWN_MAX).filter(|more| *more > 0) {
            list.push(Cited { place: None, text: format!("and {more} more of the kind"), notes: Vec::new() });
        }
        list
    }

    fn fits(&self, entry: &Entry) -> bool {
        time_of(entry).is_some_and(|ms| self.facts.spans().iter().any(|span| near(*span, ms)))
    }

    fn notes_of_time(&self, entry: &Entry) -> Vec<String> {
        let Some(ms) = time_of(entry) else { return Vec::new() };
        let fit = self.facts.spans().into_iter().find(|span| near(*span, ms));
        fit.map(|span| format!("the timeout that ended it: {} passed", span_of(span))).into_iter().collect()
    }
}

fn near(span: u64, timeout_ms: u64) -> bool {
    timeout_ms > 0 && span >= timeout_ms && span - timeout_ms <= (timeout_ms / 30).max(100)
}

/// The time a `timeout` line sets, ms.
fn time_of(entry: &Entry) -> Option<u64> {
    let value = entry.words.first().filter(|first| *first == "timeout").and_then(|_| entry.words.get(2))?;
    units::time(value.as_bytes(), TimeUnit::Millisecond).ok().map(units::Time::ms)
}

/// What is noteworthy in a server's line when its connections fail.
fn server_notes(entry: &Entry, default: Option<&Entry>) -> Vec<String> {
    let own = entry.words.iter().skip(3);
    let inherited = default.map(|entry| entry.words.as_slice()).unwrap_or_default();
    let words: Vec<&str> = own.chain(inherited).map(String::as_str).collect();
    let has = |word: &str| words.contains(&word);
    let address = entry.words.get(2).map(String::as_str).unwrap_or_default();
    let (host, port) = match address.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => (host, port),
        _ => (address, ""),
    };
    let is_name = host.bytes().any(|byte| byte.is_ascii_alphabetic()) && !host.contains([':', '/', '@']);
    let mut notes = Vec::new();
    if is_name && port.is_empty() {
        notes.push("no port: the port the client connected to is used".to_owned());
    }
    if !has("ssl") && matches!(port, "443" | "8443") {
        notes.push(format!("port {port} without `ssl`: it is spoken to in clear"));
    }
    match (has("ssl") && !has("sni"), is_name) {
        (true, true) => notes.push(format!("`ssl` to a name without `sni`: write `sni str({host})`")),
        (true, false) => notes
            .push("`ssl` without `sni`: a server of many names closes the handshake; write `sni str(NAME)`".to_owned()),
        (false, _) => {}
    }
    if has("check") && has("ssl") && is_name && !has("check-sni") {
        notes.push(format!("`check` without `check-sni`: checks send no name, write `check-sni {host}`"));
    }
    if !has("check") {
        notes.push("no `check`: a dead server stays in use".to_owned());
    }
    notes
}
