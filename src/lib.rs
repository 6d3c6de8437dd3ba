//! Pointsman: a load balancer that reads an unmodified `haproxy.cfg` and does what it says.
//!
//! The map of the house, in rank order: a room uses lower ranks only.

/// Ids, the clock, the limits, diagnostics.
pub mod base;
/// Start, stop, the command line.
pub mod boot;
/// From text to a configuration.
pub mod config;
/// What people do with configurations and log lines at a desk: check, fmt, explain.
pub mod desk;
/// How traffic flows: the only room that waits on behalf of a rule.
pub mod flow;
/// An HTTP message as data, whatever version carried it.
pub mod http;
/// What changes at run time, shared by the workers.
pub mod live;
/// The typed configuration, no behaviour.
pub mod model;
/// Sockets: listen, dial, streams, TLS, syslog.
pub mod net;
/// Protocols without IO.
pub mod proto;
/// Lookup by name, alias, section.
pub mod registry;
/// Values, expressions, conditions, formats, and the traits of the words.
pub mod sample;
/// What a word is.
pub mod spec;
/// The state of one exchange.
pub mod txn;
/// Where features go.
pub mod words;
