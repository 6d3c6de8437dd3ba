//! Keywords that open a section: the visible list.

use crate::spec::Keyword;

/// Every family.
pub static ALL: &[&[Keyword]] = &[];
