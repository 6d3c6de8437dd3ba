//! Pointsman: a load balancer that reads an unmodified `haproxy.cfg` and does what it says.
//!
//! The map of the house, in rank order: a room uses lower ranks only.

/// The typed configuration, no behaviour.
pub mod model;
/// Sockets: listen, dial, streams, TLS, syslog.
pub mod net;
