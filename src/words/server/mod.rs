//! Options of a `server` line: the visible list.

mod check;
mod other;
mod place;
mod tls;

use crate::spec::ServerOption;

pub(in crate::words) use tls::version;

/// Every family.
pub static ALL: &[&[ServerOption]] = &[check::CHECK, other::OTHER, place::PLACE, tls::TLS];
