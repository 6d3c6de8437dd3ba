//! Keywords of proxies and `defaults`: the visible list.

pub(in crate::words) mod bind;
mod capture;
mod check;
mod errors;
mod filter;
mod limits;
pub(in crate::words) mod log;
mod misc;
mod removed;
mod route;
mod rules;
pub(in crate::words) mod server;
pub(in crate::words) mod side;
mod source;
mod spoe;
mod stats;
pub(in crate::words) mod stick;
mod tcp_check;
mod timeout;

use crate::spec::Keyword;

pub use filter::FILTERS;

pub(in crate::words) use check::choose_http;
pub(in crate::words) use log::named_format;
pub(in crate::words) use source::source_of;

/// Every family.
pub static ALL: &[&[Keyword]] = &[
    bind::BIND,
    capture::CAPTURE,
    check::CHECK,
    errors::ERRORS,
    filter::FILTER,
    limits::LIMITS,
    log::LOG,
    misc::MISC,
    removed::REMOVED,
    route::ROUTE,
    rules::RULES,
    server::SERVER,
    source::SOURCE,
    stats::STATS,
    stick::STICK,
    tcp_check::TCP_CHECK,
    timeout::TIMEOUT,
];
