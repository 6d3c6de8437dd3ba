//! Variables of one scope: few, found by a linear look.

use std::net::IpAddr;

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

/// Splits `scope.name` and gives the name a number of its own; none when the scope is unknown or the name is not
/// made of letters, digits and `_`.
pub fn intern(full: &str) -> Option<(Scope, VarId)> {
    let (scope, name) = full.split_once('.')?;
    let scope = match scope {
        "proc" => Scope::Process,
        "sess" => Scope::Session,
        "txn" => Scope::Txn,
        "req" => Scope::Request,
        "res" => Scope::Response,
        "check" => Scope::Check,
        _ => return None,
    };
    let valid =
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.'));
    valid.then(|| (scope, number(name)))
}

fn number(name: &str) -> VarId {
    static NAMES: std::sync::Mutex<Vec<String>> = std::sync::Mutex::new(Vec::new());
    let mut names = NAMES.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let at = names.iter().position(|known| known == name).unwrap_or_else(|| {
        names.push(name.to_owned());
        names.len() - 1
    });
    VarId(at as u32)
}
