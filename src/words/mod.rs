//! Where features go. Each folder's `mod.rs` is its visible list; an entry's doc comment is its reference page.
//!
//! A word uses no other word, touches no socket and no file, and reads time through `base::clock`.

pub mod action;
pub mod balance;
pub mod bind;
pub mod conv;
pub mod fetch;
pub mod global;
pub mod lint;
pub mod logtag;
pub mod matcher;
mod message;
pub mod openssl;
pub mod option;
pub mod pem;
pub mod proxy;
pub mod section;
pub mod server;

use crate::spec::{Action, Balance, BindOption, Conv, Fetch, Keyword, Lint, LogTag, Matcher, ServerOption};

/// Every configuration keyword.
pub fn keywords() -> impl Iterator<Item = &'static Keyword> {
    [section::ALL, global::ALL, proxy::ALL, option::ALL].into_iter().flatten().copied().flatten()
}

/// Every action.
pub fn actions() -> impl Iterator<Item = &'static Action> {
    action::ALL.iter().copied().flatten()
}

/// Every fetch.
pub fn fetches() -> impl Iterator<Item = &'static Fetch> {
    fetch::ALL.iter().copied().flatten()
}

/// Every converter.
pub fn convs() -> impl Iterator<Item = &'static Conv> {
    conv::ALL.iter().copied().flatten()
}

/// Every match method.
pub fn matchers() -> impl Iterator<Item = &'static Matcher> {
    matcher::ALL.iter().copied().flatten()
}

/// Every log tag.
pub fn log_tags() -> impl Iterator<Item = &'static LogTag> {
    logtag::ALL.iter().copied().flatten()
}

/// Every balancing algorithm.
pub fn balances() -> impl Iterator<Item = &'static Balance> {
    balance::ALL.iter().copied().flatten()
}

/// Every option of a `bind` line.
pub fn bind_options() -> impl Iterator<Item = &'static BindOption> {
    bind::ALL.iter().copied().flatten()
}

/// Every option of a `server` line.
pub fn server_options() -> impl Iterator<Item = &'static ServerOption> {
    server::ALL.iter().copied().flatten()
}

/// Every lint.
pub fn lints() -> impl Iterator<Item = &'static Lint> {
    lint::ALL.iter().copied().flatten()
}

pub use fetch::ACL_KEYWORDS;
pub use matcher::PREDEFINED_ACLS;

/// Variables that hold HAProxy's own log formats.
pub static FORMAT_VARIABLES: &[(&str, &str)] = &[
    ("HAPROXY_HTTP_LOG_FMT", option::HTTP),
    ("HAPROXY_HTTPS_LOG_FMT", option::HTTPS),
    ("HAPROXY_HTTP_CLF_LOG_FMT", option::HTTP_CLF),
    ("HAPROXY_TCP_LOG_FMT", option::TCP),
    ("HAPROXY_TCP_CLF_LOG_FMT", option::TCP_CLF),
];
