//! From text to a configuration: load, lower, gather, resolve.

pub mod checks;
mod directive;
pub mod gather;
pub mod load;
pub mod lower;
pub mod machine;
pub mod predicates;
pub mod resolve;
mod section;
