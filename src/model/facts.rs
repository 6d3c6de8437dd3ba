//! What a proxy said that matters only to the checks when all was read.

use std::collections::BTreeSet;

use crate::base::diag::Place;
use crate::sample::Type;

/// What the file of a `filter spoe` says of its agent.
#[derive(Clone, Debug, Default)]
pub struct SpoeAgent {
    /// Its name.
    pub name: String,
    /// The engine, as `filter spoe` calls it.
    pub engine: String,
    /// The groups it knows.
    pub groups: Vec<String>,
    /// The backend it is reached by.
    pub backend: String,
    /// File and line that declare it.
    pub declared: String,
}

/// The facts of one proxy.
#[derive(Clone, Debug, Default)]
pub struct ProxyFacts {
    /// `stick-table`, and the `peers` section it names.
    pub table: Option<Table>,
    /// Tables that `stick` rules name; empty for the proxy's own.
    pub sticks: Vec<(String, Type)>,
    /// `filter bwlim-in` and `bwlim-out`
    pub bandwidths: Vec<Bandwidth>,
    /// The line of `filter compression`
    pub compressed_at: Option<Place>,
    /// `filter` lines, in order.
    pub filters: Vec<FilterKind>,
    /// FastCGI applications.
    pub fcgi: Vec<String>,
    /// SPOE agents that `filter spoe` names.
    pub agents: Vec<SpoeAgent>,
    /// Certificates of `ssl-f-use`, and their lines.
    pub used_certificates: Vec<(String, Place)>,
    /// Counters that `tcp-request content` rules track.
    pub tracks: Vec<Track>,
    /// Users of `stats auth`.
    pub stats_users: Vec<String>,
    /// OpenTracing filters.
    pub tracing: Vec<String>,
    /// Keywords written, of those that are asked for later.
    pub said: BTreeSet<&'static str>,
    /// `errorfiles` and `http-error`: the name of an `http-errors` section, the codes taken from it, the line.
    pub error_sections: Vec<(String, Vec<u16>, Place)>,
    /// What the proxy logs with, as the option that chose it.
    pub log_option: Option<LogOption>,
    /// The section that `email-alert mailers` names.
    pub mailers: Option<String>,
    /// `email-alert` words written.
    pub email_alert: BTreeSet<&'static str>,
    /// Timeouts written in this section.
    pub timeouts: BTreeSet<String>,
    /// The rule sets used so far, for the warnings about their order.
    pub sets: BTreeSet<u8>,
    /// Rule sets whose last rule is final and has no condition.
    pub ended_sets: BTreeSet<&'static str>,
}

/// A `filter bwlim-in` or `bwlim-out` line.
#[derive(Clone, Debug)]
pub struct Bandwidth {
    /// Its name.
    pub name: String,
    /// The table of a limit that streams share.
    pub table: Option<String>,
    /// What that table must store.
    pub rate: &'static str,
}

/// What a `filter` line puts on the traffic, as far as the order of filters matters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FilterKind {
    /// `cache`, by name
    Cache(String),
    /// `compression`
    Compression,
    /// `fcgi-app`
    FastCgi,
    /// Any other.
    Other,
}

/// A `tcp-request content track-sc` rule.
#[derive(Clone, Copy, Debug)]
pub struct Track {
    /// The key is known only from what the client sent.
    pub by_content: bool,
    /// The condition is.
    pub if_content: bool,
    /// The line.
    pub place: Place,
}

/// A stick table.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// `type`
    pub key: Type,
    /// What it stores.
    pub stores: Vec<&'static str>,
    /// `peers`
    pub peers: Option<String>,
    /// `write-to`
    pub write_to: Option<String>,
    /// The line.
    pub place: Place,
}

/// Which keyword chose the log line.
#[derive(Clone, Debug)]
pub struct LogOption {
    /// As written: `log-format`, `option httplog`, …
    pub word: &'static str,
    /// It holds fields of HTTP.
    pub http: bool,
    /// The line.
    pub place: Place,
}
