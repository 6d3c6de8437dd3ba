//! The `option` keywords of proxies: the visible list.

use crate::spec::Keyword;

/// Every family.
pub static ALL: &[&[Keyword]] = &[];
