//! Keywords that open a section: the visible list.

mod acme;
mod inside;
mod other;
mod proxy;
mod simple;
mod store;
mod traces;

use crate::spec::Keyword;

/// Every family.
pub static ALL: &[&[Keyword]] =
    &[simple::SIMPLE, proxy::PROXIES, other::OTHER, inside::INSIDE, store::STORED, acme::ACCOUNT];
