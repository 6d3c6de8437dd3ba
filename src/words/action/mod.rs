//! Actions of the rule sets: the visible list.

use crate::spec::Action;

/// Every family.
pub static ALL: &[&[Action]] = &[];
