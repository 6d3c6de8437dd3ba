//! The typed configuration: what a file says, as values without behaviour. Nothing here opens, resolves or runs anything.

/// Where a socket listens or connects to.
pub mod addr;
/// One `bind` line.
pub mod bind;
/// What a listening socket needs.
pub mod bind_io;
/// How servers are checked.
pub mod check;
/// The final configuration.
pub mod config;
/// What an outgoing connection needs.
pub mod dial_io;
/// The configuration as read.
pub mod draft;
/// What only the checks at the end look at.
pub mod facts;
/// The `global` section.
pub mod global;
/// What is completed once names and files are known.
pub mod late;
/// Where a `log` line goes.
pub mod log_target;
/// What is remembered while lines are read.
pub mod noted;
/// What a proxy is told to do.
pub mod proxy;
/// The configuration as its lines say it.
pub mod script;
/// What a server is told to be.
pub mod server;
/// What a TLS socket needs, on either side.
pub mod tls;
/// What lowering may ask of the machine.
pub mod world;
