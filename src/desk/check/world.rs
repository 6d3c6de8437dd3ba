//! The machine as the checker sees it: nothing needs to be there. What is asked for and absent is noted, and answered
//! as if it were there, so that a configuration can be judged far from the place where it will run.

use std::cell::RefCell;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use crate::config::machine::MACHINE;
use crate::model::world::{Kind, World};

/// The CPUs of a machine that is not known: enough for any configuration.
const CPUS: usize = 4_096;

/// Something that was asked for and is not here.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Absent {
    /// A file or folder.
    File(String),
    /// A user.
    User(String),
    /// A group.
    Group(String),
    /// A host name.
    Host(String),
}

impl Absent {
    /// What it is called, as the configuration writes it.
    pub fn name(&self) -> &str {
        match self {
            Absent::File(name) | Absent::User(name) | Absent::Group(name) | Absent::Host(name) => name,
        }
    }
}

/// What the checker looks at, and what it missed.
#[derive(Debug, Default)]
struct State {
    root: Option<PathBuf>,
    hosts: bool,
    absent: Vec<Absent>,
}

thread_local! {
    // The world is made of plain functions; what they need to know is here, for the one check of this thread.
    static STATE: RefCell<State> = RefCell::new(State::default());
}

/// A world below `root`; hosts are looked up only when asked for.
pub fn enter(root: Option<&str>, hosts: bool) -> World {
    STATE.with_borrow_mut(|state| *state = State { root: root.map(PathBuf::from), hosts, absent: Vec::new() });
    World { read, kind, list, user, group, host, enter: |_| Ok(()), cpus: || CPUS, real: false, ..MACHINE }
}

/// What was missed since, each once.
pub fn leave() -> Vec<Absent> {
    let mut absent = STATE.with_borrow_mut(std::mem::take).absent;
    absent.sort();
    absent.dedup();
    absent
}

/// Where a path of the configuration is looked for.
pub fn place(path: &str) -> PathBuf {
    STATE.with_borrow(|state| match (&state.root, path.strip_prefix('/')) {
        (Some(root), Some(below)) => root.join(below),
        _ => Path::new(path).to_owned(),
    })
}

fn missing(what: Absent) {
    STATE.with_borrow_mut(|state| state.absent.push(what));
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// The bytes of a plain file; devices and pipes are not touched.
pub fn bytes(path: &str) -> Option<Vec<u8>> {
    let place = place(path);
    std::fs::metadata(&place).ok().filter(std::fs::Metadata::is_file)?;
    (MACHINE.read)(&text(&place)).ok()
}

fn read(path: &str) -> Result<Vec<u8>, String> {
    Ok(bytes(path).unwrap_or_else(|| {
        missing(Absent::File(path.to_owned()));
        Vec::new()
    }))
}

fn kind(path: &str) -> Result<Kind, String> {
    let found = (MACHINE.kind)(&text(&place(path)));
    Ok(found.unwrap_or_else(|_| {
        missing(Absent::File(path.to_owned()));
        Kind::File
    }))
}

fn list(path: &str) -> Vec<String> {
    (MACHINE.list)(&text(&place(path)))
}

fn user(name: &str) -> Option<u32> {
    Some((MACHINE.user)(name).unwrap_or_else(|| {
        missing(Absent::User(name.to_owned()));
        0
    }))
}

fn group(name: &str) -> Option<u32> {
    Some((MACHINE.group)(name).unwrap_or_else(|| {
        missing(Absent::Group(name.to_owned()));
        0
    }))
}

fn host(name: &str) -> Option<IpAddr> {
    let literal = name.trim_matches(['[', ']']).parse().ok();
    let asks = STATE.with_borrow(|state| state.hosts);
    let found = literal.or_else(|| if asks { (MACHINE.host)(name) } else { None });
    if found.is_none() && asks {
        missing(Absent::Host(name.to_owned()));
    }
    Some(found.unwrap_or(IpAddr::from([127, 0, 0, 1])))
}
