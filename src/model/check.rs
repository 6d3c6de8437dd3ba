//! How servers are checked: the kind of check, and the steps of scripted ones.

use std::sync::Arc;

use crate::sample::Format;

/// How the servers of a backend are checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum HealthCheck {
    /// A connection that is accepted.
    #[default]
    Tcp,
    /// `option tcp-check`; the `tcp-check` lines are kept apart, for they may stand before it.
    Script,
    /// `option httpchk`; so are the `http-check` lines.
    Http,
    /// `option external-check`
    External,
    /// `option redis-check`
    Redis,
    /// `option smtpchk`: the greeting, as `HELO localhost`.
    Smtp(String),
    /// `option mysql-check`
    Mysql(Option<MysqlUser>),
    /// `option pgsql-check`: the user.
    Pgsql(String),
    /// `option ldap-check`
    Ldap,
    /// `option ssl-hello-chk`
    TlsHello,
}

/// `option mysql-check user <name> [pre-41|post-41]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MysqlUser {
    /// The name.
    pub name: String,
    /// `pre-41`: the protocol before version 4.1.
    pub old: bool,
}

/// What the `http-check` and `tcp-check` lines say.
#[derive(Clone, Debug, Default)]
pub struct HttpCheck {
    /// The request of `option httpchk`.
    pub request: Send,
    /// The `http-check` steps.
    pub steps: Vec<Step>,
    /// The `tcp-check` steps.
    pub tcp_steps: Vec<Step>,
    /// `http-check disable-on-404`
    pub disable_on_404: bool,
    /// `http-check send-state`
    pub send_state: bool,
    /// Whether the steps were written in a `defaults` section: the first line of a proxy replaces them.
    pub inherited: bool,
}

/// One step of a scripted check.
#[derive(Clone, Debug)]
pub enum Step {
    /// Opens a connection.
    Connect(Connect),
    /// Sends a request.
    Send(Send),
    /// Sends bytes.
    SendBytes(SendBytes),
    /// Judges what came back.
    Expect(Expect),
    /// Names the step that follows, in messages.
    Comment(String),
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
    /// `linger`: the connection is closed in an orderly way.
    pub linger: bool,
    /// `comment`
    pub comment: Option<String>,
}

/// `http-check send`.
#[derive(Clone, Debug, Default)]
pub struct Send {
    /// `meth`; `OPTIONS` unless said otherwise.
    pub method: Option<String>,
    /// `uri`, `uri-lf`; `/` unless said otherwise.
    pub uri: Option<Arc<Format>>,
    /// `ver`; `HTTP/1.0` unless said otherwise.
    pub version: Option<String>,
    /// `hdr`, in order.
    pub headers: Vec<(String, Arc<Format>)>,
    /// `body`, `body-lf`
    pub body: Option<Arc<Format>>,
}

impl Send {
    /// The request with what `more` says instead, as when `http-check send` completes `option httpchk`.
    pub fn with(&self, more: &Send) -> Send {
        Send {
            method: more.method.clone().or_else(|| self.method.clone()),
            uri: more.uri.clone().or_else(|| self.uri.clone()),
            version: more.version.clone().or_else(|| self.version.clone()),
            headers: more.headers.clone(),
            body: more.body.clone(),
        }
    }
}

/// `tcp-check send` and its kin.
#[derive(Clone, Debug)]
pub struct SendBytes {
    /// What is sent.
    pub bytes: Arc<Format>,
    /// Whether `bytes` are hexadecimal digits: `send-binary-lf`.
    pub is_hex: bool,
    /// `comment`
    pub comment: Option<String>,
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
    /// The same, made of a format.
    TextFormat(Arc<Format>),
    /// A pattern the body or the bytes must match.
    Pattern(Arc<fancy_regex::Regex>),
    /// Bytes, and the digits they were written with.
    Binary(Vec<u8>, String),
    /// A pattern the bytes must match, written as hexadecimal digits.
    BinaryPattern(Arc<fancy_regex::Regex>),
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
    /// `comment`
    pub comment: Option<String>,
    /// `min-recv`
    pub min_recv: Option<usize>,
    /// `on-success`, `on-error`
    pub messages: (Option<Arc<Format>>, Option<Arc<Format>>),
    /// `ok-status`, `error-status`, `tout-status`
    pub codes: (Option<String>, Option<String>, Option<String>),
}

impl Expect {
    /// A judgement without any modifier.
    pub fn of(wanted: Wanted) -> Expect {
        Expect {
            wanted,
            negated: false,
            comment: None,
            min_recv: None,
            messages: (None, None),
            codes: (None, None, None),
        }
    }
}
