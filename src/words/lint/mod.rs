//! Lints: mistakes that load. Each has a code, a page, and an example on it that is executed.
//!
//! A lint that is on by default proves what it says; what only may be wrong is looked for when it is selected.

mod algebra;
mod bind_tls;
mod capacity;
mod exposure;
mod halves;
mod health;
mod layers;
mod listed;
mod listeners;
mod logging;
mod order;
mod pasted;
mod pattern;
mod persistence;
mod redirects;
mod resolving;
mod route;
mod saying;
mod security;
mod servers;
mod tls;
mod unused;
mod verdict;
mod written;

pub use saying::{Saying, saying};

use crate::spec::Lint;

/// Every family of lints.
pub static ALL: &[&[Lint]] = &[
    verdict::SYNTAX,
    verdict::NAMES,
    order::ORDER,
    pattern::PATTERNS,
    written::WRITTEN,
    route::ROUTES,
    unused::UNUSED,
    tls::TLS,
    bind_tls::BIND_TLS,
    layers::LAYERS,
    health::HEALTH,
    security::SECURITY,
    exposure::EXPOSURE,
    logging::LOGGING,
    capacity::CAPACITY,
    halves::HALVES,
    persistence::PERSISTENCE,
    resolving::FILLING,
    servers::SERVERS,
    listeners::LISTENERS,
    verdict::OLD,
    verdict::MACHINE,
    verdict::COMPATIBILITY,
];
