//! Balancing algorithms: the visible list.

use crate::spec::Balance;

/// Every family.
pub static ALL: &[&[Balance]] = &[];
