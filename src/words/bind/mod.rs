//! Options of a `bind` line: the visible list.

mod other;
mod socket;
mod tls;

use crate::spec::BindOption;

/// Every family.
pub static ALL: &[&[BindOption]] = &[other::OTHER, other::OTHER_TLS, socket::SOCKET, tls::TLS];

/// The families that mean nothing without `ssl`.
pub static OF_TLS: &[&[BindOption]] = &[other::OTHER_TLS, tls::TLS];
