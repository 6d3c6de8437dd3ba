//! Options of a `bind` line: the visible list.

mod socket;
mod tls;

use crate::spec::BindOption;

/// Every family.
pub static ALL: &[&[BindOption]] = &[socket::SOCKET, tls::TLS];
