//! From text to a configuration: load, lower, gather, resolve.

pub mod checks;
pub mod gather;
pub mod lower;
pub mod predicates;
pub mod resolve;
