//! What a rule decided, and what it needs before it can.

use std::time::Duration;

use super::reply::Reply;

/// What a rule decided.
#[derive(Debug)]
pub enum Verdict {
    /// Go on with the next rule.
    Continue,
    /// No further rule of this set.
    Accept,
    /// Answer with the page for this code and end the exchange: `deny`.
    Deny(u16),
    /// As `Deny`, with a reply of its own.
    DenyWith(Box<Reply>),
    /// Answer with this: `return`, `redirect`, `auth`. It counts as a local response.
    Reply(Box<Reply>),
    /// Hold the client for `timeout tarpit`, then answer with this page or reply.
    Tarpit(u16, Option<Box<Reply>>),
    /// Close the connection without a word: `reject`, `silent-drop`.
    Reject,
    /// The rule must be run again once this is there.
    Wait(Wait),
    /// Something of this program failed while the rule ran.
    Failed,
}

/// What a rule needs first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// More of the body, up to so many bytes, for at most so long.
    Body {
        /// Bytes that are enough; 0 for the whole body.
        enough: usize,
        /// How long to wait.
        limit: Duration,
    },
    /// Nothing but time.
    Sleep(Duration),
}
