//! Options of a `server` line: the visible list.

use crate::spec::ServerOption;

/// Every family.
pub static ALL: &[&[ServerOption]] = &[];
