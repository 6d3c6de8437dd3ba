//! Keywords of proxies and `defaults`: the visible list.

mod bind;
mod capture;
mod check;
mod errors;
mod limits;
mod log;
mod route;
mod rules;
mod server;
mod timeout;

use crate::spec::Keyword;

pub(in crate::words) use check::choose_http;
pub(in crate::words) use log::named_format;
pub(in crate::words) use server::source_of;

/// Every family.
pub static ALL: &[&[Keyword]] = &[
    bind::BIND,
    capture::CAPTURE,
    check::CHECK,
    errors::ERRORS,
    limits::LIMITS,
    log::LOG,
    route::ROUTE,
    rules::RULES,
    server::SERVER,
    timeout::TIMEOUT,
];
