//! The typed configuration: what a file says, as values without behaviour. Nothing here opens, resolves or runs anything.

/// Where a socket listens or connects to.
pub mod addr;
/// What a listening socket needs.
pub mod bind_io;
/// What an outgoing connection needs.
pub mod dial_io;
/// Where a `log` line goes.
pub mod log_target;
/// What a TLS socket needs, on either side.
pub mod tls;
