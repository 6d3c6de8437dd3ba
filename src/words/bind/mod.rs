//! Options of a `bind` line: the visible list.

mod other;
mod socket;
mod tls;

use crate::spec::BindOption;

/// Every family.
pub static ALL: &[&[BindOption]] = &[other::OTHER, socket::SOCKET, tls::TLS];
