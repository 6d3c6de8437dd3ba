//! Options of a `bind` line: the visible list.

use crate::spec::BindOption;

/// Every family.
pub static ALL: &[&[BindOption]] = &[];
