//! From text to a configuration: load, lower, gather, resolve.

pub mod lower;
pub mod predicates;
