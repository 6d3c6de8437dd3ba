//! What one HTTP exchange works on, and how it may end early.

use std::rc::Rc;

use super::alarm::Alarm;
use super::relay::Side;
use super::worker::Worker;
use crate::base::ids::ProxyId;
use crate::live::Live;
use crate::model::config::{Config, Proxy};
use crate::proto::h1::{Body, Message};
use crate::sample::{Cx, Direction, RuleCx};
use crate::txn::{Reply, Session, Txn};

/// Everything one exchange works on.
pub struct Exchange<'a> {
    /// The worker it runs on.
    pub worker: &'a Rc<Worker>,
    /// The client connection as the rules see it.
    pub sess: &'a mut Session,
    /// The request and its response.
    pub txn: &'a mut Txn,
    /// The client connection itself.
    pub client: &'a mut Side,
    /// The session's timer.
    pub alarm: &'a mut Alarm,
    /// What the request's head said.
    pub message: Message,
    /// How much of the request's body is still to come.
    pub body: Body,
    /// Whether the client connection may serve another request.
    pub keep: bool,
    /// What holds the server's slot, to be given back.
    pub slot: Option<crate::base::ids::ServerId>,
    /// A server whose slot came free and whose queue was not looked at yet.
    pub freed: Option<crate::base::ids::ServerId>,
    /// The server a connection of which is in use.
    pub uses: Option<crate::base::ids::ServerId>,
    /// Whether the backend counts this exchange.
    pub counted: bool,
    /// A server connection that only this session may use.
    pub own: &'a mut Option<Box<super::place::Upstream>>,
}

/// An early end. Every one passes through `reply::settle`.
#[derive(Debug)]
pub enum Stop {
    /// The page for this code.
    Page(u16, [u8; 2]),
    /// A reply of its own.
    Reply(Box<Reply>, [u8; 2]),
    /// No word: the connection is closed. The code is for the log.
    Close(u16, [u8; 2]),
    /// No word, and no line in the log either: the client will try again by itself.
    Vanish,
    /// The response was sent, as far as it went.
    Sent([u8; 2]),
}

impl Exchange<'_> {
    /// The configuration.
    pub fn config(&self) -> &Config {
        &self.worker.config
    }

    /// The shared state.
    pub fn live(&self) -> &Live {
        &self.worker.live
    }

    /// The frontend.
    pub fn frontend(&self) -> &Proxy {
        self.worker.config.proxy(self.sess.frontend)
    }

    /// The backend, or the frontend while none is chosen.
    pub fn backend(&self) -> &Proxy {
        self.worker.config.proxy(self.txn.backend)
    }

    /// The backend's id if it is another proxy than the frontend.
    pub fn other_backend(&self) -> Option<ProxyId> {
        (self.txn.backend != self.sess.frontend).then_some(self.txn.backend)
    }

    /// For looking at the request.
    pub fn cx(&self) -> Cx<'_> {
        Cx { sess: self.sess, txn: self.txn, live: &self.worker.live, direction: Direction::Request }
    }

    /// For rules on the request or the response.
    pub fn rule_cx(&mut self, direction: Direction) -> RuleCx<'_> {
        RuleCx { sess: self.sess, txn: self.txn, live: &self.worker.live, direction }
    }
}
