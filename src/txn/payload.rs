//! The first bytes of a connection, as rules may look at them before anything was parsed.
//!
//! While it is *open*, more may still come: what cannot be answered yet is noted as a miss, and whoever runs the rules
//! waits and asks again. Once it is closed, what is there is all there is.

use std::cell::Cell;

/// Buffered bytes and whether more are awaited.
#[derive(Debug, Default)]
pub struct Payload {
    bytes: Vec<u8>,
    open: bool,
    missed: Cell<bool>,
}

impl Payload {
    /// The bytes so far.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Forgets the bytes and keeps the memory.
    pub fn clear(&mut self) {
        self.bytes.clear();
    }

    /// Appends bytes.
    pub fn extend_from_slice(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// Says whether more bytes are awaited.
    pub fn set_open(&mut self, open: bool) {
        self.open = open;
    }

    /// Whether more bytes are awaited.
    #[inline]
    pub fn is_open(&self) -> bool {
        self.open
    }

    /// Notes that a value is not there yet, or may still change.
    pub fn miss(&self) {
        self.missed.set(self.open);
    }

    /// Whether a miss was noted.
    pub fn missed(&self) -> bool {
        self.missed.get()
    }

    /// Forgets the misses noted so far.
    pub fn forget_misses(&self) {
        self.missed.set(false);
    }
}
