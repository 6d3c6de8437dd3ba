//! What a word may look at, and what an action may change.

use super::value::Value;
use crate::base::ids::VarId;
use crate::base::limits::VARS_MAX;
use crate::live::Live;
use crate::txn::vars::{self, Scope, Stored, Vars};
use crate::txn::{Session, Txn};

/// Which way the message under evaluation goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Client to server.
    Request,
    /// Server to client.
    Response,
}

/// What a fetch, a converter or a condition may look at.
#[derive(Clone, Copy)]
pub struct Cx<'a> {
    /// The client connection.
    pub sess: &'a Session,
    /// The exchange.
    pub txn: &'a Txn,
    /// The shared state.
    pub live: &'a Live,
    /// Which message `hdr` and its kin mean.
    pub direction: Direction,
}

/// What an action may look at and change.
pub struct RuleCx<'a> {
    /// The client connection.
    pub sess: &'a mut Session,
    /// The exchange.
    pub txn: &'a mut Txn,
    /// The shared state.
    pub live: &'a Live,
    /// Which message the rule is applied to.
    pub direction: Direction,
}

impl RuleCx<'_> {
    /// The same for looking only.
    #[inline]
    pub fn cx(&self) -> Cx<'_> {
        Cx { sess: self.sess, txn: self.txn, live: self.live, direction: self.direction }
    }

    /// Sets a variable; false when its scope is full or has no place here.
    pub fn set_variable(&mut self, scope: Scope, id: VarId, value: Stored) -> bool {
        self.settle_overlay();
        match scope {
            Scope::Process => vars::process().set(id, value),
            scope => self.vars(scope).is_some_and(|vars| vars.set(id, value)),
        }
    }

    /// Removes a variable.
    pub fn unset_variable(&mut self, scope: Scope, id: VarId) {
        self.settle_overlay();
        match scope {
            Scope::Process => vars::process().unset(id),
            scope => {
                if let Some(vars) = self.vars(scope) {
                    vars.unset(id);
                }
            }
        }
    }

    /// What converters wrote becomes a plain part of the variables.
    fn settle_overlay(&mut self) {
        let of_session = self.sess.overlay.get_mut().map(|overlay| std::mem::take(overlay.get_mut()));
        let of_txn = std::mem::take(self.txn.overlay.get_mut());
        for (scope, id, value) in of_session.into_iter().flatten().chain(of_txn) {
            match (self.vars(scope), value) {
                (Some(vars), Some(value)) => {
                    vars.set(id, value);
                }
                (Some(vars), None) => vars.unset(id),
                (None, _) => {}
            }
        }
    }

    fn vars(&mut self, scope: Scope) -> Option<&mut Vars> {
        match scope {
            Scope::Session => Some(&mut self.sess.vars),
            Scope::Txn => Some(&mut self.txn.vars),
            Scope::Request => Some(&mut self.txn.request_vars),
            Scope::Response => Some(&mut self.txn.response_vars),
            Scope::Process | Scope::Check => None,
        }
    }

    /// The head the rule is applied to.
    pub fn head(&mut self) -> &mut crate::http::Head {
        match self.direction {
            Direction::Request => &mut self.txn.request,
            Direction::Response => &mut self.txn.response,
        }
    }
}

impl<'a> Cx<'a> {
    /// The head that `hdr` means here.
    #[inline]
    pub fn head(&self) -> &'a crate::http::Head {
        match self.direction {
            Direction::Request => &self.txn.request,
            Direction::Response => &self.txn.response,
        }
    }

    /// The value of a variable.
    pub fn variable(&self, scope: Scope, id: VarId) -> Option<Value<'a>> {
        match scope {
            Scope::Process => vars::process().value(id).map(|stored| Value::from_stored(stored).into_owned()),
            scope => {
                let overlay = match scope {
                    Scope::Session => self.sess.overlay.get().map(|overlay| overlay.borrow()),
                    _ => Some(self.txn.overlay.borrow()),
                };
                match overlay
                    .iter()
                    .flat_map(|overlay| overlay.iter())
                    .find(|(known, at, _)| *known == scope && *at == id)
                {
                    Some((.., value)) => value.as_ref().map(|stored| Value::from_stored(stored).into_owned()),
                    None => self.vars(scope)?.value(id).map(Value::from_stored),
                }
            }
        }
    }

    /// Sets or removes a variable while an expression is evaluated: the converters `set-var` and `unset-var`. It holds
    /// at once, and is settled with the next change that an action makes.
    pub fn overlay(&self, scope: Scope, id: VarId, value: Option<Stored>) {
        if scope == Scope::Process {
            match value {
                Some(value) => {
                    vars::process().set(id, value);
                }
                None => vars::process().unset(id),
            }
            return;
        }
        let mut overlay = match scope {
            Scope::Session => self.sess.overlay.get_or_init(Box::default).borrow_mut(),
            _ => self.txn.overlay.borrow_mut(),
        };
        let known = overlay.iter().position(|(known, at, _)| *known == scope && *at == id);
        match known {
            Some(at) => {
                if let Some((.., slot)) = overlay.get_mut(at) {
                    *slot = value;
                }
            }
            None if overlay.len() < VARS_MAX => overlay.push((scope, id, value)),
            None => {}
        }
    }

    fn vars(&self, scope: Scope) -> Option<&'a Vars> {
        match scope {
            Scope::Session => Some(&self.sess.vars),
            Scope::Txn => Some(&self.txn.vars),
            Scope::Request => Some(&self.txn.request_vars),
            Scope::Response => Some(&self.txn.response_vars),
            Scope::Process | Scope::Check => None,
        }
    }

    /// The request's head, once there is one.
    #[inline]
    pub fn request(&self) -> Option<&'a crate::http::Head> {
        (!self.txn.request.is_empty()).then_some(&self.txn.request)
    }

    /// The response's head, once there is one.
    #[inline]
    pub fn response(&self) -> Option<&'a crate::http::Head> {
        (!self.txn.response.is_empty()).then_some(&self.txn.response)
    }
}
