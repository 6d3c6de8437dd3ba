//! Options of a `server` line: the visible list.

mod agent;
mod check;
mod other;
mod place;
mod tls;

use crate::spec::ServerOption;

pub(in crate::words) use tls::version;

/// Every family.
pub static ALL: &[&[ServerOption]] = &[agent::AGENT, check::CHECK, other::OTHER, place::PLACE, tls::TLS];
