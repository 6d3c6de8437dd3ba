//! What is remembered while a line is read, for when all lines were read: names used as arguments, words that are not
//! run, and where the line's expressions stand.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeSet, HashMap};

use super::draft::{Current, Unsupported};
use super::world::World;
use crate::base::diag::{Diagnostic, Place, Severity};
use crate::sample::Type;

/// A name used as an argument of a fetch, converter or action.
#[derive(Clone, Debug)]
pub struct Use {
    /// What it must name.
    pub kind: UseKind,
    /// The name; empty for the proxy that is being read.
    pub name: String,
    /// Where it is used, as the message says it: `arg 1 of ACL keyword 'nbsrv'`.
    pub owner: String,
    /// The line.
    pub place: Place,
    /// The section.
    pub section: Current,
}

/// What a [`Use`] must name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UseKind {
    /// A proxy with servers.
    Backend,
    /// A proxy that takes connections.
    Frontend,
    /// A server, as `name` or `backend/name`.
    Server,
    /// A proxy with a stick table.
    Table,
    /// A list of users.
    Userlist,
    /// The stick table of a `track-sc` action, and the type of what is tracked; `owner` is the action.
    Track(Type),
    /// A `resolvers` section of a `do-resolve` action.
    Resolvers,
    /// A `cache` section.
    Cache,
    /// A bandwidth filter of the same proxy.
    Bandwidth,
    /// A slot of a capture, by its number.
    Capture,
    /// A SPOE engine of the same proxy; `owner` is the group.
    Engine,
    /// An OpenTracing filter of the same proxy; `owner` is the group.
    Tracing,
    /// An `http-errors` section of a reply.
    Errors,
}

/// A word of an expression, a format or a `crt-list` that not every release of HAProxy knows.
#[derive(Clone, Copy, Debug)]
pub struct Dated {
    /// What it is.
    pub kind: DatedKind,
    /// Its name.
    pub name: &'static str,
    /// The line.
    pub place: Place,
}

/// What a [`Dated`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DatedKind {
    /// A fetch.
    Fetch,
    /// A converter.
    Converter,
    /// A log tag.
    Tag,
    /// An option of a line in a `crt-list`.
    ListOption,
}

/// Where the expressions of a line stand.
#[derive(Clone, Copy, Debug, Default)]
pub struct Context {
    /// Bits of the places, zero for anywhere.
    pub places: u32,
    /// How messages call it: `http-request`, `log-format`, …
    pub word: &'static str,
}

/// The fetches of one ACL: where all, and where any of its lines has a value, and the criterion of its last line.
#[derive(Clone, Debug)]
pub struct AclPlaces {
    /// Bits that one of the lines has.
    pub any: u32,
    /// Bits that all lines have.
    pub all: u32,
    /// The criterion's word.
    pub criterion: String,
    /// One of the lines looks at bytes that are no HTTP yet.
    pub raw: bool,
}

/// A test of a request's group, whose names are looked up when all was read.
#[derive(Clone, Debug)]
pub struct GroupTest {
    /// The section.
    pub section: Current,
    /// The ACL's name; empty for an anonymous one.
    pub acl: String,
    /// The list of users.
    pub list: String,
    /// The groups.
    pub groups: Vec<String>,
    /// The line.
    pub place: Place,
}

/// What is remembered. The compiler of expressions sees the draft without being allowed to change it, hence the cells.
#[derive(Clone, Debug, Default)]
pub struct Noted {
    /// The machine.
    pub world: World,
    /// The line being read.
    pub place: Cell<Place>,
    /// Where its expressions stand.
    pub context: Cell<Context>,
    /// Names to be found.
    pub uses: RefCell<Vec<Use>>,
    /// Words of expressions that not every release knows.
    pub dated: RefCell<Vec<Dated>>,
    /// Words that are valid and not run yet.
    pub unsupported: RefCell<Vec<Unsupported>>,
    /// Dubious things.
    pub warnings: RefCell<Vec<Diagnostic>>,
    /// Places of ACLs by section and name.
    pub acls: RefCell<HashMap<(Current, String), AclPlaces>>,
    /// Conditions on bytes that are no HTTP yet: the section, the first words of the line, and its place.
    pub raw: RefCell<Vec<(Current, String, Place)>>,
    /// Tests of groups.
    pub groups: RefCell<Vec<GroupTest>>,
    /// Where relative paths start.
    pub base: Base,
    /// What the Lua scripts that were named define.
    pub lua: Lua,
    /// `acme` sections that certificates are asked for with, and the first line that names each.
    pub acme: RefCell<Vec<(String, String)>>,
    /// `tune.stick-counters`, when written.
    pub stick_counters: Cell<Option<u32>>,
    /// `expose-experimental-directives`
    pub experimental: Cell<bool>,
    /// `expose-deprecated-directives`
    pub deprecated: Cell<bool>,
    /// The prefix of messages of a deprecated or experimental kind was said: `section` and keywords already warned of.
    pub said_once: RefCell<Vec<&'static str>>,
}

/// `default-path`: the folders that relative paths may start from.
#[derive(Clone, Debug, Default)]
pub struct Base {
    /// Each file read, from the root.
    pub files: Vec<String>,
    /// `config` and `parent`: how many folders above each file the start is.
    pub above: Cell<Option<u8>>,
}

/// Words that Lua scripts define, which begin with `lua.` in the configuration.
#[derive(Clone, Debug, Default)]
pub struct Lua {
    words: RefCell<BTreeSet<String>>,
    /// A script has words that cannot be told from its text.
    open: Cell<bool>,
}

impl Lua {
    /// Notes the words of a script: those that are registered under a literal name.
    pub fn read(&self, script: &str) {
        self.open.set(self.open.get() || script.contains("require") || script.contains("dofile"));
        for kind in ["register_action", "register_service", "register_fetches", "register_converters"] {
            for (at, _) in script.match_indices(kind) {
                let rest = script.get(at + kind.len()..).unwrap_or_default().trim_start();
                let rest = rest.strip_prefix('(').unwrap_or(rest).trim_start();
                let quoted = rest.strip_prefix('"').and_then(|rest| rest.split_once('"'));
                match quoted.or_else(|| rest.strip_prefix('\'').and_then(|rest| rest.split_once('\''))) {
                    Some((name, _)) => drop(self.words.borrow_mut().insert(name.to_owned())),
                    None => self.open.set(true),
                }
            }
        }
    }

    /// Notes a script that cannot be read: it may define any word.
    pub fn unread(&self) {
        self.open.set(true);
    }

    /// Whether a word, as `lua.name`, is or may be defined.
    pub fn defines(&self, word: &str) -> bool {
        word.strip_prefix("lua.").is_some_and(|name| self.open.get() || self.words.borrow().contains(name))
    }
}

impl Noted {
    /// Goes where relative paths of this file start from. The refusal is the folder and the machine's reason.
    pub fn enter(&self, file: usize) -> Result<(), (String, String)> {
        let Some(above) = self.base.above.get() else { return Ok(()) };
        let mut path = self.base.files.get(file).cloned().unwrap_or_default();
        for _ in 0..above {
            path.truncate(path.rfind('/').unwrap_or(0));
        }
        if path.is_empty() {
            path.push('/');
        }
        (self.world.enter)(&path).map_err(|reason| (path, reason))
    }

    /// Remembers an `acme` section that a certificate is asked for with, and the line, as `file:line`.
    pub fn wants_acme(&self, section: &str, at: String) {
        let mut known = self.acme.borrow_mut();
        if !known.iter().any(|(name, _)| name == section) {
            known.push((section.to_owned(), at));
        }
    }

    /// Remembers a word that is valid and not run yet.
    pub fn not_yet(&self, word: impl Into<String>) {
        self.unsupported.borrow_mut().push(Unsupported { word: word.into(), place: self.place.get() });
    }

    /// Remembers a word that not every release knows.
    pub fn date(&self, kind: DatedKind, name: &'static str) {
        self.dated.borrow_mut().push(Dated { kind, name, place: self.place.get() });
    }

    /// Remembers a name.
    pub fn refer(&self, kind: UseKind, name: &str, owner: String, section: Current) {
        let used = Use { kind, name: name.to_owned(), owner, place: self.place.get(), section };
        self.uses.borrow_mut().push(used);
    }

    /// Says something dubious about the line, as `config : parsing [file:line] : …`.
    pub fn warn(&self, message: impl std::fmt::Display) {
        self.warnings.borrow_mut().push(Diagnostic::at(Severity::Warning, self.place.get(), message));
    }

    /// Says something dubious, without the line.
    pub fn warn_bare(&self, message: impl std::fmt::Display) {
        self.warnings.borrow_mut().push(Diagnostic::bare(Severity::Warning, self.place.get(), message));
    }
}
