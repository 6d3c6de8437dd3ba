//! How a server's checks stand. The checks themselves are run by the flow room.

use std::sync::Mutex;
use std::sync::atomic::AtomicU32;

/// Progress of the checks of one server.
#[derive(Debug, Default)]
pub struct Health {
    /// From 0 (down) to rise + fall - 1 (as healthy as can be), as HAProxy counts it.
    pub score: AtomicU32,
    /// The last result in words, such as `Layer4 connection problem`.
    pub last: Mutex<String>,
}
