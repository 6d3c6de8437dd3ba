//! Keywords of the `global` section: the visible list.

mod knob;
mod once;
mod other;
mod process;
mod provider;
mod tls;
mod tune;

pub use once::repeated;

use crate::spec::Keyword;

/// Every family.
pub static ALL: &[&[Keyword]] = &[other::OTHER, process::PROCESS, provider::PROVIDER, tls::TLS, tune::TUNE];
