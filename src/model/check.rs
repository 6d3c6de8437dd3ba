//! How servers are checked.

use std::sync::Arc;
use std::time::Duration;

use crate::sample::Format;

/// How the servers of a backend are checked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HealthCheck {
    /// A connection that is accepted.
    #[default]
    Tcp,
    /// `option httpchk`; the `http-check` lines are kept apart, for they may stand before it.
    Http,
    /// `option external-check`.
    External,
}

/// `option httpchk` with what the `http-check` lines add.
#[derive(Clone, Debug, Default)]
pub struct HttpCheck {
    /// The request of the `option` line.
    pub request: Send,
    /// The steps, when there are `http-check` lines.
    pub steps: Vec<Step>,
    /// `http-check disable-on-404`
    pub disable_on_404: bool,
    /// `http-check send-state`
    pub send_state: bool,
}

/// One step of a scripted check.
#[derive(Clone, Debug)]
pub enum Step {
    /// Opens a connection.
    Connect(Connect),
    /// Sends a request.
    Send(Send),
    /// Judges the response.
    Expect(Expect),
    /// Sends bytes.
    SendBytes(Arc<Format>),
    /// Waits for bytes.
    ExpectBytes(Expect),
    /// Sets or removes a variable: the rule's action.
    Rule(crate::sample::Rule),
}

/// `http-check connect`, `tcp-check connect`.
#[derive(Clone, Debug, Default)]
pub struct Connect {
    /// `default`: as the server's own options say.
    pub default: bool,
    /// `addr`
    pub addr: Option<super::addr::Address>,
    /// `port`, a number.
    pub port: Option<u16>,
    /// `ssl`
    pub ssl: bool,
    /// `sni`
    pub sni: Option<String>,
    /// `alpn`
    pub alpn: Option<String>,
    /// `send-proxy`
    pub send_proxy: bool,
    /// `linger`
    pub linger: bool,
}

/// `http-check send`.
#[derive(Clone, Debug, Default)]
pub struct Send {
    /// `meth`; `OPTIONS` unless said otherwise.
    pub method: Option<String>,
    /// `uri`, `uri-lf`; `/` unless said otherwise.
    pub uri: Option<Arc<Format>>,
    /// `ver`
    pub version: Option<String>,
    /// `hdr`, in order.
    pub headers: Vec<(String, Arc<Format>)>,
    /// `body`, `body-lf`
    pub body: Option<Arc<Format>>,
}

/// What an `expect` looks for.
#[derive(Clone, Debug)]
pub enum Wanted {
    /// Status codes as ranges.
    Status(Vec<(u16, u16)>),
    /// A pattern the status text must match.
    StatusPattern(Arc<fancy_regex::Regex>),
    /// Text in the body or the bytes.
    Text(Vec<u8>),
    /// A pattern the body or the bytes must match.
    Pattern(Arc<fancy_regex::Regex>),
    /// A header's name and value, each with its match method.
    Header(HeaderTest),
}

/// `http-check expect hdr name … value …`.
#[derive(Clone, Debug)]
pub struct HeaderTest {
    /// How the name is compared, and with what.
    pub name: (String, Vec<u8>),
    /// How the value is compared, and with what.
    pub value: Option<(String, Vec<u8>)>,
    /// `full`: the whole value, not each comma-separated part.
    pub full: bool,
}

/// `http-check expect`, `tcp-check expect`.
#[derive(Clone, Debug)]
pub struct Expect {
    /// What is looked for.
    pub wanted: Wanted,
    /// `!`
    pub negated: bool,
    /// As written, for the message.
    pub source: String,
    /// `comment`
    pub comment: Option<String>,
    /// `min-recv`
    pub min_recv: Option<usize>,
    /// `on-success`, `on-error`
    pub messages: (Option<Arc<Format>>, Option<Arc<Format>>),
    /// `ok-status`, `error-status`, `tout-status`
    pub codes: (Option<String>, Option<String>, Option<String>),
}

/// What a check waits at most when no `timeout check` is set: the interval.
pub const TIMEOUT_DEFAULT: Duration = Duration::from_secs(2);
