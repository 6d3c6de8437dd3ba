//! What people do with a configuration or a log line at a desk, away from traffic.

pub mod check;
pub mod explain;
pub mod fmt;
