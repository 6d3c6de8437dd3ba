//! What a word may look at, and what an action may change.

use crate::live::Live;
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
