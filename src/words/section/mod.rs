//! Keywords that open a section: the visible list.

mod inside;
mod other;
mod proxy;
mod simple;

use crate::spec::Keyword;

/// Every family.
pub static ALL: &[&[Keyword]] = &[simple::SIMPLE, proxy::PROXIES, other::OTHER, inside::INSIDE];
