//! Converters: the visible list.

use crate::spec::Conv;

/// Every family.
pub static ALL: &[&[Conv]] = &[];
