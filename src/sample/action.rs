//! Actions, the rules that carry them, and balancing algorithms: the traits their words implement.

use std::sync::Arc;

use super::cond::{Answer, Cond};
use super::cx::{Cx, RuleCx};
use crate::base::diag::Place;
use crate::base::ids::ServerId;
use crate::live;
use crate::txn::Verdict;

/// An action with its arguments compiled in. It never waits and holds no socket.
pub trait Run: Send + Sync {
    /// Does it.
    fn run(&self, cx: &mut RuleCx<'_>) -> Verdict;
}

/// One rule of a rule set.
#[derive(Clone)]
pub struct Rule {
    /// The action's name, for messages.
    pub name: &'static str,
    /// What it does.
    pub action: Arc<dyn Run>,
    /// When it is applied.
    pub cond: Option<Cond>,
    /// Where it stands.
    pub place: Place,
}

impl std::fmt::Debug for Rule {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} {:?}", self.name, self.cond)
    }
}

/// A rule set, in order.
pub type Rules = Vec<Rule>;

impl Rule {
    /// Whether it is to be applied now.
    #[inline]
    pub fn applies(&self, cx: &Cx<'_>) -> bool {
        self.cond.as_ref().is_none_or(|cond| cond.holds(cx))
    }

    /// Whether it is to be applied now, where the bytes it looks at may still be on their way.
    pub fn asks(&self, cx: &Cx<'_>) -> Answer {
        self.cond.as_ref().map_or(Answer::Yes, |cond| cond.ask(cx))
    }
}

/// A balancing algorithm with its state.
pub trait Pick: Send + Sync {
    /// A server that may take this exchange, among those that are usable; `avoid` only if there is no other.
    /// The answer is a choice, not a reservation.
    fn pick(&self, backend: &live::Proxy, cx: &Cx<'_>, avoid: Option<ServerId>) -> Option<ServerId>;

    /// A server got up, went down or changed its weight.
    fn refresh(&self, live: &live::Live, backend: &live::Proxy);

    /// A server was given a request.
    fn taken(&self, _live: &live::Live, _server: ServerId) {}

    /// A server finished a request.
    fn dropped(&self, _live: &live::Live, _server: ServerId) {}
}
