//! Variables of one scope: few, found by a linear look.

use std::cell::RefCell;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::base::ids::VarId;
use crate::base::limits::VARS_MAX;

/// A stored value.
#[derive(Clone, Debug, PartialEq)]
pub enum Stored {
    /// A boolean.
    Bool(bool),
    /// A signed integer.
    Int(i64),
    /// An address.
    Ip(IpAddr),
    /// Text.
    Text(Vec<u8>),
    /// Bytes that are not text.
    Binary(Vec<u8>),
    /// A method name.
    Method(Vec<u8>),
}

/// The variables of one scope.
#[derive(Clone, Debug, Default)]
pub struct Vars {
    list: Vec<(VarId, Stored)>,
}

impl Vars {
    /// The value of a variable.
    pub fn value(&self, id: VarId) -> Option<&Stored> {
        self.list.iter().find(|(known, _)| *known == id).map(|(_, value)| value)
    }

    /// Sets a variable; false when the scope is full.
    pub fn set(&mut self, id: VarId, value: Stored) -> bool {
        if let Some((_, slot)) = self.list.iter_mut().find(|(known, _)| *known == id) {
            *slot = value;
            return true;
        }
        if self.list.len() >= VARS_MAX {
            return false;
        }
        self.list.push((id, value));
        true
    }

    /// Removes a variable.
    pub fn unset(&mut self, id: VarId) {
        self.list.retain(|(known, _)| *known != id);
    }

    /// Removes all, and keeps the memory.
    pub fn clear(&mut self) {
        self.list.clear();
    }
}

/// Variables written while an expression is evaluated, where nothing can be changed; none for one that was removed.
pub type Overlay = RefCell<Vec<(Scope, VarId, Option<Stored>)>>;

static PROCESS: Mutex<Vars> = Mutex::new(Vars { list: Vec::new() });

/// The variables of scope `proc`: they belong to the process, over every reload.
pub fn process() -> MutexGuard<'static, Vars> {
    PROCESS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The scope of a variable: how long it lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The process.
    Process,
    /// The client connection.
    Session,
    /// The exchange.
    Txn,
    /// The request.
    Request,
    /// The response.
    Response,
    /// A health check.
    Check,
}

/// The words of the scopes.
pub static SCOPES: &[(&str, Scope)] = &[
    ("proc", Scope::Process),
    ("sess", Scope::Session),
    ("txn", Scope::Txn),
    ("req", Scope::Request),
    ("res", Scope::Response),
    ("check", Scope::Check),
];

/// The scope of this word.
pub fn scope(word: &str) -> Option<Scope> {
    SCOPES.iter().find(|(known, _)| *known == word).map(|(_, scope)| *scope)
}

/// Splits `scope.name` and gives the name a number of its own. The error is HAProxy's sentence.
pub fn intern(full: &str) -> Result<(Scope, VarId), String> {
    if full.is_empty() {
        return Err(String::from("Empty variable name cannot be accepted"));
    }
    let invalid = || {
        format!(
            "invalid variable name '{full}'. A variable name must start with its scope. The scope can be 'proc', \
             '(p)sess', '(p)txn', '(p)req', '(p)res' or 'check'"
        )
    };
    let (scope, name) = full.split_once('.').ok_or_else(invalid)?;
    let scope = self::scope(scope).ok_or_else(invalid)?;
    if name.is_empty() {
        return Err(invalid());
    }
    match name.chars().find(|letter| !letter.is_ascii_alphanumeric() && !matches!(letter, '_' | '.')) {
        Some(odd) => Err(format!("invalid syntax at char '{odd}'")),
        None => Ok((scope, number(name))),
    }
}

fn number(name: &str) -> VarId {
    static NAMES: Mutex<Vec<String>> = Mutex::new(Vec::new());
    let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
    let at = names.iter().position(|known| known == name).unwrap_or_else(|| {
        names.push(name.to_owned());
        names.len() - 1
    });
    VarId(at as u32)
}
