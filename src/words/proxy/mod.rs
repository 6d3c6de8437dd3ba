//! Keywords of proxies and `defaults`: the visible list.

use crate::spec::Keyword;

/// Every family.
pub static ALL: &[&[Keyword]] = &[];
