//! Log tags: the visible list.

use crate::spec::LogTag;

/// Every family.
pub static ALL: &[&[LogTag]] = &[];
