//! Keywords of the `global` section: the visible list.

mod process;
mod tls;

use crate::spec::Keyword;

/// Every family.
pub static ALL: &[&[Keyword]] = &[process::PROCESS, tls::TLS];
