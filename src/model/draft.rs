//! The configuration as read: names unresolved, nothing looked up on disk.

use std::collections::HashMap;
use std::sync::Arc;

use super::bind::Bind;
use super::global::Global;
use super::proxy::{Kind, Settings};
use super::server::Server;
use crate::base::diag::{Diagnostic, Place};
use crate::sample::{Acl, Cond, Format, Rules};

/// A kind of section, as bits: a word says in which of them it may stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Sections(pub u32);

macro_rules! sections {
    ($($name:ident = $bit:literal, $word:literal;)+) => {
        impl Sections {
            $(#[doc = concat!("`", $word, "`")] pub const $name: Sections = Sections(1 << $bit);)+
            /// Every kind with its word.
            pub const ALL: &'static [(Sections, &'static str)] = &[$((Sections::$name, $word)),+];
        }
    };
}

sections! {
    GLOBAL = 0, "global";
    DEFAULTS = 1, "defaults";
    FRONTEND = 2, "frontend";
    BACKEND = 3, "backend";
    LISTEN = 4, "listen";
    USERLIST = 5, "userlist";
    PEERS = 6, "peers";
    MAILERS = 7, "mailers";
    RESOLVERS = 8, "resolvers";
    CACHE = 9, "cache";
    HTTP_ERRORS = 10, "http-errors";
    RING = 11, "ring";
    LOG_FORWARD = 12, "log-forward";
    LOG_PROFILE = 13, "log-profile";
    FCGI_APP = 14, "fcgi-app";
    CRT_STORE = 15, "crt-store";
    TRACES = 16, "traces";
    ACME = 17, "acme";
    HEALTHCHECK = 18, "healthcheck";
    NAMESPACE_LIST = 19, "namespace_list";
    PROGRAM = 20, "program";
}

impl Sections {
    /// `defaults`, `frontend`, `listen`
    pub const FRONT: Sections = Sections(Self::DEFAULTS.0 | Self::FRONTEND.0 | Self::LISTEN.0);
    /// `defaults`, `backend`, `listen`
    pub const BACK: Sections = Sections(Self::DEFAULTS.0 | Self::BACKEND.0 | Self::LISTEN.0);
    /// `defaults`, `frontend`, `backend`, `listen`
    pub const PROXIES: Sections = Sections(Self::FRONT.0 | Self::BACK.0);
    /// `frontend`, `backend`, `listen`
    pub const NAMED: Sections = Sections(Self::FRONTEND.0 | Self::BACKEND.0 | Self::LISTEN.0);

    /// Whether one of `other` is in here.
    pub fn has(self, other: Sections) -> bool {
        self.0 & other.0 != 0
    }

    /// Both.
    pub const fn and(self, other: Sections) -> Sections {
        Sections(self.0 | other.0)
    }

    /// The section that this word opens.
    pub fn opener(word: &str) -> Option<Sections> {
        Sections::ALL.iter().find(|(_, known)| *known == word).map(|(section, _)| *section)
    }

    /// The word of a single section.
    pub fn word(self) -> &'static str {
        Sections::ALL.iter().find(|(section, _)| *section == self).map_or("", |(_, word)| word)
    }
}

/// The rule sets of a proxy.
#[derive(Clone, Debug, Default)]
pub struct RuleSets {
    /// `tcp-request connection`
    pub connection: Rules,
    /// `tcp-request session`
    pub session: Rules,
    /// `tcp-request content`
    pub content: Rules,
    /// `tcp-response content`
    pub response_content: Rules,
    /// `http-request`
    pub request: Rules,
    /// `redirect`, evaluated after all of `http-request`
    pub redirect: Rules,
    /// `http-response`
    pub response: Rules,
    /// `http-after-response`
    pub after_response: Rules,
}

impl RuleSets {
    /// Whether any set holds a rule.
    pub fn has_any(&self) -> bool {
        let sets = [
            &self.connection,
            &self.session,
            &self.content,
            &self.response_content,
            &self.request,
            &self.redirect,
            &self.response,
            &self.after_response,
        ];
        sets.iter().any(|set| !set.is_empty())
    }
}

/// Where a `use_backend` or `use-server` leads: a name, or a format that makes one.
#[derive(Clone, Debug)]
pub enum Target {
    /// A name, to be found when all was read.
    Name(String),
    /// A format, looked up per request.
    Format(Arc<Format>),
}

/// `use_backend` or `use-server`.
#[derive(Clone, Debug)]
pub struct Switch {
    /// Where to.
    pub target: Target,
    /// When.
    pub cond: Option<Cond>,
    /// Where it stands.
    pub place: Place,
}

/// A slot for a captured header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capture {
    /// The header's name, lower case; none for a slot that only rules fill.
    pub name: Option<String>,
    /// Bytes kept.
    pub len: usize,
}

/// A proxy or a `defaults` section as read.
#[derive(Clone, Debug)]
pub struct Proxy {
    /// Its sides; of no meaning for `defaults`.
    pub kind: Kind,
    /// The section's bit.
    pub section: Sections,
    /// Its name.
    pub name: String,
    /// The section's line.
    pub place: Place,
    /// `id`
    pub id: Option<u32>,
    /// What it was handed down and what it says itself.
    pub settings: Settings,
    /// `bind` lines.
    pub binds: Vec<Bind>,
    /// `server` lines.
    pub servers: Vec<Server>,
    /// `acl` lines by name.
    pub acls: HashMap<String, Arc<Acl>>,
    /// Its rules, those of its `defaults` first.
    pub rules: RuleSets,
    /// `use_backend`
    pub use_backend: Vec<Switch>,
    /// `use-server`
    pub use_server: Vec<Switch>,
    /// `monitor fail`
    pub monitor_fail: Vec<Cond>,
    /// `force-persist`, `ignore-persist`: whether it forces, and when.
    pub persist: Vec<(bool, Cond)>,
    /// `capture request header`, `declare capture request`
    pub request_captures: Vec<Capture>,
    /// The same for responses.
    pub response_captures: Vec<Capture>,
    /// The defaults section it takes its settings from.
    pub from: Option<usize>,
    /// What only the checks at the end look at.
    pub facts: super::facts::ProxyFacts,
}

impl Proxy {
    /// An empty proxy.
    pub fn new(section: Sections, name: &str, place: Place, settings: Settings) -> Proxy {
        let kind = match section {
            Sections::FRONTEND => Kind::Frontend,
            Sections::BACKEND => Kind::Backend,
            _ => Kind::Listen,
        };
        Proxy {
            kind,
            section,
            name: name.to_owned(),
            place,
            id: None,
            settings,
            binds: Vec::new(),
            servers: Vec::new(),
            acls: HashMap::new(),
            rules: RuleSets::default(),
            use_backend: Vec::new(),
            use_server: Vec::new(),
            monitor_fail: Vec::new(),
            persist: Vec::new(),
            request_captures: Vec::new(),
            response_captures: Vec::new(),
            from: None,
            facts: super::facts::ProxyFacts::default(),
        }
    }
}

/// A word that HAProxy accepts and this program does not run yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsupported {
    /// The word, as in `stick-table` or `server … agent-check`.
    pub word: String,
    /// Where it stands.
    pub place: Place,
}

/// A name that must exist once everything was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// What it must name.
    pub kind: ReferenceKind,
    /// The name.
    pub name: String,
    /// The message if it does not exist.
    pub message: String,
    /// Where it is used.
    pub place: Place,
}

/// What a [`Reference`] may name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReferenceKind {
    /// A proxy with servers.
    Backend,
    /// A `userlist`.
    Userlist,
    /// An `http-errors` section.
    HttpErrors,
    /// A stick table.
    Table,
}

/// One `userlist`.
#[derive(Clone, Debug, Default)]
pub struct Userlist {
    /// Its name.
    pub name: String,
    /// Users: name, password, whether it is in clear, groups.
    pub users: Vec<User>,
    /// Groups: name and users.
    pub groups: Vec<(String, Vec<String>)>,
}

/// One user of a `userlist`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct User {
    /// The name.
    pub name: String,
    /// The password, hashed or in clear.
    pub password: Option<String>,
    /// `insecure-password`
    pub clear: bool,
    /// Groups.
    pub groups: Vec<String>,
}

/// A section that is no proxy.
#[derive(Clone, Debug, Default)]
pub struct Other {
    /// Its kind.
    pub section: Sections,
    /// Its name.
    pub name: String,
    /// Its line.
    pub place: Place,
    /// The lines it said, by keyword: what must have been said, or only once.
    pub said: Vec<(String, String)>,
}

/// The configuration as read.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    /// `global`
    pub global: Global,
    /// `defaults` sections, in order.
    pub defaults: Vec<Proxy>,
    /// Frontends, backends and listens, in order; each has its own memory, which is free once it is resolved.
    pub proxies: Vec<Box<Proxy>>,
    /// `userlist` sections.
    pub userlists: Vec<Userlist>,
    /// `http-errors` sections: name and pages.
    pub http_errors: Vec<(String, std::collections::BTreeMap<u16, super::proxy::ErrorPage>)>,
    /// Where each of them stands.
    pub http_errors_places: Vec<Place>,
    /// What is being read.
    pub current: Current,
    /// Words that are valid and not run yet.
    pub unsupported: Vec<Unsupported>,
    /// Names to be found.
    pub references: Vec<Reference>,
    /// What is to be completed when files and names are known.
    pub late: super::late::LateList,
    /// What was said about the files so far.
    pub diagnostics: Vec<Diagnostic>,
    /// Whether anything asks for the near end of server connections.
    pub asks_server_local: bool,
    /// Paths of the files read, by `Place::file`.
    pub files: Vec<String>,
    /// Names used as arguments, in order.
    pub uses: Vec<super::noted::Use>,
    /// Refusals that HAProxy finds only when all lines were read.
    pub late_faults: Vec<(Current, Diagnostic)>,
    /// Indexes of proxies by name.
    pub names: HashMap<String, Vec<usize>>,
    /// Proxies by the `id` they were given.
    pub ids: HashMap<u32, usize>,
    /// Where each userlist stands.
    pub userlist_places: Vec<Place>,
    /// A section that is no proxy listens too.
    pub listens_elsewhere: bool,
    /// A line was refused: there is no configuration.
    pub refused: bool,
    /// HAProxy stopped reading at once at an error.
    pub ended: bool,
    /// A section other than `global` was read.
    pub past_global: bool,
    /// Sections that are no proxies, by kind and name, in order.
    pub others: Vec<Other>,
    /// The lines as they were written, where they are kept.
    pub script: super::script::Script,
    /// Servers of `ring` sections, by the index of their section among `others`.
    pub ring_servers: Vec<(usize, Server)>,
    /// Sockets of `log-forward` sections, each with the index of its section.
    pub forward_binds: Vec<(usize, Bind)>,
    /// What was noted on the way, for when all was read.
    pub noted: super::noted::Noted,
}

/// The section being read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Current {
    /// No section yet.
    #[default]
    None,
    /// A section whose first line was refused.
    Refused,
    /// `global`
    Global,
    /// `defaults`, by index.
    Defaults(usize),
    /// A proxy, by index.
    Proxy(usize),
    /// Another section of this kind, by index into its own list.
    Other(Sections, usize),
}

impl Draft {
    /// Remembers a refusal that HAProxy finds only when all lines were read.
    pub fn late_fault(&mut self, place: Place, message: String) {
        let said = Diagnostic::bare(crate::base::diag::Severity::Fatal, place, message);
        self.late_faults.push((self.current, said));
    }

    /// `file:line`, as messages have it.
    pub fn at(&self, place: Place) -> String {
        let file = self.files.get(place.file as usize).map_or("", String::as_str);
        format!("{file}:{}", place.line)
    }

    /// The proxy of a section, if it is one.
    pub fn proxy_at(&self, section: Current) -> Option<&Proxy> {
        match section {
            Current::Proxy(at) => self.proxies.get(at).map(Box::as_ref),
            _ => None,
        }
    }

    /// The kind of the section being read.
    pub fn section(&self) -> Sections {
        match self.current {
            Current::None | Current::Refused => Sections::default(),
            Current::Global => Sections::GLOBAL,
            Current::Defaults(_) => Sections::DEFAULTS,
            Current::Proxy(at) => self.proxies.get(at).map_or(Sections::default(), |proxy| proxy.section),
            Current::Other(section, _) => section,
        }
    }

    /// The proxy or `defaults` being read.
    pub fn proxy(&mut self) -> Option<&mut Proxy> {
        match self.current {
            Current::Defaults(at) => self.defaults.get_mut(at),
            Current::Proxy(at) => self.proxies.get_mut(at).map(Box::as_mut),
            _ => None,
        }
    }

    /// The same for looking.
    pub fn proxy_ref(&self) -> Option<&Proxy> {
        match self.current {
            Current::Defaults(at) => self.defaults.get(at),
            Current::Proxy(at) => self.proxies.get(at).map(Box::as_ref),
            _ => None,
        }
    }
}
