//! The instants of a transaction that the log's timers are made of.

use crate::base::clock::Tick;

/// Instants, each present once it was reached.
#[derive(Clone, Copy, Debug, Default)]
pub struct Timers {
    /// When the connection was accepted, or the previous request of it ended.
    pub start: Tick,
    /// When the first byte of the request was seen.
    pub first_byte: Option<Tick>,
    /// When the request's head was complete.
    pub request: Option<Tick>,
    /// When a server was found: the end of the queue.
    pub queued: Option<Tick>,
    /// When the connection to the server stood.
    pub connected: Option<Tick>,
    /// When the response's head was complete.
    pub response: Option<Tick>,
    /// When all was over.
    pub end: Option<Tick>,
}
