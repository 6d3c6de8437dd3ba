//! The conditions of `set-var`: whether a variable that may be set already takes a new value.

use super::value::Value;
use crate::txn::vars::Stored;

/// One condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guard {
    /// `ifexists`: the variable was named before; here: it is set.
    Exists,
    /// `ifnotexists`
    NotExists,
    /// `ifset`
    Set,
    /// `ifnotset`
    NotSet,
    /// `ifempty`: the new value is empty.
    Empty,
    /// `ifnotempty`
    NotEmpty,
    /// `ifgt`: the variable is greater than the new value.
    Greater,
    /// `iflt`
    Less,
}

impl Guard {
    /// The condition of this word. The error is HAProxy's sentence.
    pub fn parse(word: &str) -> Result<Guard, String> {
        Ok(match word {
            "ifexists" => Guard::Exists,
            "ifnotexists" => Guard::NotExists,
            "ifset" => Guard::Set,
            "ifnotset" => Guard::NotSet,
            "ifempty" => Guard::Empty,
            "ifnotempty" => Guard::NotEmpty,
            "ifgt" => Guard::Greater,
            "iflt" => Guard::Less,
            other => return Err(format!("unknown condition \"{other}\"")),
        })
    }
}

/// Whether all conditions let the new value in.
pub fn allow(guards: &[Guard], old: Option<&Value<'_>>, new: &Stored) -> bool {
    let number = |value: &Value<'_>| match value {
        Value::Int(number) => Some(*number),
        _ => None,
    };
    let is_empty = match new {
        Stored::Text(bytes) | Stored::Binary(bytes) | Stored::Method(bytes) => bytes.is_empty(),
        _ => false,
    };
    guards.iter().all(|guard| match guard {
        Guard::Exists | Guard::Set => old.is_some(),
        Guard::NotExists | Guard::NotSet => old.is_none(),
        Guard::Empty => is_empty,
        Guard::NotEmpty => !is_empty,
        Guard::Greater | Guard::Less => {
            let (Some(old), Stored::Int(new)) = (old.and_then(number), new) else { return true };
            if *guard == Guard::Greater { old > *new } else { old < *new }
        }
    })
}
