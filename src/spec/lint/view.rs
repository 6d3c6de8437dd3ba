//! What a lint sees: every proxy with its lines, those it was handed down, and what they became.

use std::cell::OnceCell;
use std::collections::HashMap;

use super::acl::{Acls, Criterion, Term};
use crate::base::diag::Place;
use crate::model::bind::Bind;
use crate::model::draft::{Current, Draft, Proxy, Sections};
use crate::model::proxy::Mode;
use crate::model::script::{Section, Statement};
use crate::model::server::Server;

/// A certificate that a `bind` line names, where it could be read.
#[derive(Clone, Debug, Default)]
pub struct Certificate {
    /// The file as the line names it.
    pub file: String,
    /// The `crt-list` that names the file, as its line has it.
    pub list: Option<String>,
    /// The names it covers, lower case.
    pub names: Vec<String>,
    /// When it ends, seconds since 1970.
    pub not_after_s: i64,
}

/// The whole configuration.
pub struct View<'a> {
    /// What it became.
    pub draft: &'a Draft,
    /// The proxies that are on, in order.
    pub proxies: Vec<ProxyView<'a>>,
    /// Certificates that could be read, by file.
    pub certificates: &'a [Certificate],
    /// Seconds since 1970.
    pub now_s: i64,
    /// A comment that tells of a balancer in front.
    pub balancer: Option<Place>,
}

/// A frontend, backend or listen.
pub struct ProxyView<'a> {
    /// What it became.
    pub draft: &'a Proxy,
    /// Its own lines.
    pub section: &'a Section,
    /// The `defaults` it takes settings from, the nearest first.
    pub defaults: Vec<&'a Section>,
    acls: OnceCell<Acls<'a>>,
}

/// A rule of a rule set: `http-request deny if …`.
#[derive(Clone, Copy)]
pub struct Rule<'a> {
    /// The line.
    pub line: &'a Statement,
    /// The number of the action's word.
    pub action: usize,
    /// The number of `if` or `unless`.
    pub cond: Option<usize>,
}

/// A `server` line.
pub struct ServerView<'a> {
    /// The line.
    pub line: &'a Statement,
    /// What it became.
    pub server: &'a Server,
}

/// A `bind` line.
pub struct BindView<'a> {
    /// The line.
    pub line: &'a Statement,
    /// What it became.
    pub bind: &'a Bind,
}

impl<'a> View<'a> {
    /// The view of a draft whose lines were kept.
    pub fn new(draft: &'a Draft, certificates: &'a [Certificate], now_s: i64) -> View<'a> {
        let sections: HashMap<Current, &Section> =
            draft.script.sections.iter().map(|section| (section.current, section)).collect();
        let mut proxies = Vec::new();
        for (at, proxy) in draft.proxies.iter().enumerate() {
            let Some(section) = sections.get(&Current::Proxy(at)) else { continue };
            let mut defaults = Vec::new();
            let mut from = proxy.from;
            while let Some(index) = from
                && defaults.len() < draft.defaults.len()
            {
                defaults.extend(sections.get(&Current::Defaults(index)));
                from = draft.defaults.get(index).and_then(|proxy| proxy.from);
            }
            if !proxy.settings.disabled {
                proxies.push(ProxyView { draft: proxy, section, defaults, acls: OnceCell::new() });
            }
        }
        View { draft, proxies, certificates, now_s, balancer: None }
    }

    /// Every section as written.
    pub fn sections(&self) -> &'a [Section] {
        &self.draft.script.sections
    }

    /// The `global` sections.
    pub fn global(&self) -> impl Iterator<Item = &'a Section> {
        self.draft.script.sections.iter().filter(|section| section.kind == Sections::GLOBAL)
    }

    /// Every line of the configuration, those of `.if` branches that were not taken too.
    pub fn every_line(&self) -> impl Iterator<Item = &'a Statement> {
        self.sections().iter().flat_map(|section| &section.lines).chain(&self.draft.script.skipped)
    }

    /// The certificate that was read from this file.
    pub fn certificate(&self, file: &str) -> Option<&'a Certificate> {
        self.certificates.iter().find(|certificate| certificate.file == file)
    }
}

impl<'a> ProxyView<'a> {
    /// Its mode.
    pub fn mode(&self) -> Mode {
        self.draft.settings.mode
    }

    /// Whether it is in mode http.
    pub fn is_http(&self) -> bool {
        self.mode() == Mode::Http
    }

    /// Whether it takes connections.
    pub fn takes_connections(&self) -> bool {
        self.draft.kind.is_frontend()
    }

    /// Whether it may have servers.
    pub fn has_servers(&self) -> bool {
        self.draft.kind.is_backend()
    }

    /// `frontend 'x'`, as sentences have it.
    pub fn title(&self) -> String {
        format!("{} '{}'", self.section.kind.word(), self.draft.name)
    }

    /// The line that counts: its own last one, else that of the nearest `defaults`.
    pub fn line(&self, words: &str) -> Option<&'a Statement> {
        self.section.last(words).or_else(|| self.defaults.iter().find_map(|section| section.last(words)))
    }

    /// Every line that counts where lines add up, those handed down first.
    pub fn lines(&self, words: &str) -> impl Iterator<Item = &'a Statement> {
        self.sections().flat_map(move |section| section.lines.iter().filter(move |line| line.starts(words)))
    }

    /// Its `defaults`, the outermost first, and itself.
    pub fn sections(&self) -> impl Iterator<Item = &'a Section> {
        self.defaults.iter().rev().copied().chain(std::iter::once(self.section))
    }

    /// The rules of a set, in the order they run.
    pub fn rules(&self, set: &str) -> impl Iterator<Item = Rule<'a>> {
        let action = set.split(' ').count();
        self.lines(set).map(move |line| Rule { line, action, cond: line.condition(action + 1) })
    }

    /// Its `acl` lines.
    pub fn acls(&self) -> &Acls<'a> {
        self.acls.get_or_init(|| Acls::new(&self.section.lines))
    }

    /// The condition of a line whose `if` or `unless` is at `at`, as alternatives of terms that must all hold. Nothing
    /// when it cannot be told. ACLs are replaced by what they test.
    pub fn terms(&self, line: &Statement, at: usize) -> Option<Vec<Vec<Term>>> {
        super::acl::terms(self.acls(), line, at)
    }

    /// Everything that the condition of a line tests, whose `if` or `unless` is at `at`.
    pub fn tested(&self, line: &Statement, at: usize) -> Vec<Criterion> {
        super::acl::tested(self.acls(), line, at)
    }

    /// Every criterion it writes, with its line and the number of the criterion's first word.
    pub fn criteria(&self) -> Vec<(&'a Statement, usize, Criterion)> {
        let of = |line: &'a Statement| {
            let found = match line.word(0) {
                "acl" => {
                    line.words.get(2..).and_then(Criterion::new).map(|criterion| (2, criterion)).into_iter().collect()
                }
                _ => line.condition(1).map(|at| super::acl::inline(line, at)).unwrap_or_default(),
            };
            found.into_iter().map(move |(at, criterion)| (line, at, criterion))
        };
        self.section.lines.iter().flat_map(of).collect()
    }

    /// Its servers. A `server-template` is one.
    pub fn servers(&self) -> Vec<ServerView<'a>> {
        let lines = self.section.lines.iter().filter(|line| matches!(line.word(0), "server" | "server-template"));
        let mut first: HashMap<(u32, u32), &'a Server> = HashMap::new();
        for server in &self.draft.servers {
            first.entry((server.place.file, server.place.line)).or_insert(server);
        }
        let of = |line: &'a Statement| {
            let server = first.get(&(line.place.file, line.place.line))?;
            Some(ServerView { line, server })
        };
        lines.filter_map(of).collect()
    }

    /// Its `bind` lines.
    pub fn binds(&self) -> Vec<BindView<'a>> {
        let of = |line: &'a Statement| {
            let bind = self.draft.binds.iter().find(|bind| bind.place.is_in_line_of(line.place))?;
            Some(BindView { line, bind })
        };
        self.section.all("bind").filter_map(of).collect()
    }

    /// The line that hands an option to servers, or their own: whichever says this word.
    pub fn default_server_says(&self, word: &str) -> Option<&'a Statement> {
        self.lines("default-server").filter(|line| line.find(word, 1).is_some()).last()
    }
}

impl<'a> Rule<'a> {
    /// The action's name, without what is in parentheses.
    pub fn name(&self) -> &'a str {
        let word = self.line.word(self.action);
        word.split('(').next().unwrap_or_default()
    }

    /// The action's arguments: the words up to the condition.
    pub fn args(&self) -> impl Iterator<Item = &'a str> {
        let end = self.cond.unwrap_or(self.line.words.len());
        let line = self.line;
        (self.action + 1..end).map(move |at| line.word(at))
    }
}

impl ServerView<'_> {
    /// Whether its own line says this word behind the address.
    pub fn says(&self, word: &str) -> bool {
        self.line.find(word, 3).is_some()
    }

    /// The host as written, without port and prefix.
    pub fn host(&self) -> &str {
        let host = &self.server.host;
        let host = host.split_once('@').map_or(host.as_str(), |(_, rest)| rest);
        host.rsplit_once(':').map_or(host, |(name, port)| if port.parse::<u16>().is_ok() { name } else { host })
    }

    /// Whether the host is a name, not an address or a path.
    pub fn is_named(&self) -> bool {
        let host = self.host().trim_matches(['[', ']']);
        !host.is_empty()
            && host.parse::<std::net::IpAddr>().is_err()
            && !host.starts_with('/')
            && host.bytes().any(|byte| byte.is_ascii_alphabetic())
            && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'))
    }

    /// The port, where it is fixed and known.
    pub fn port(&self) -> Option<u16> {
        let host = &self.server.host;
        host.rsplit_once(':').and_then(|(_, port)| port.parse().ok())
    }
}
