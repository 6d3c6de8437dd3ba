//! The `option` keywords of proxies: the visible list.

mod address;
mod check;
mod flag;
pub(in crate::words) mod format;
mod probe;

use crate::spec::Keyword;

pub use flag::{FLAG, capabilities};
pub use format::{HTTP, HTTP_CLF, HTTPS, TCP, TCP_CLF};

/// Every family.
pub static ALL: &[&[Keyword]] = &[address::ADDRESS, check::CHECK, flag::FLAG, format::FORMAT, probe::PROBE];
