//! The kinds of words.

use std::sync::Arc;

use super::args::Args;
use super::call::CallArgs;
use super::fault::{Done, Fault};
use super::since::{End, Since};
use crate::model::bind::Bind;
use crate::model::draft::{Draft, Sections};
use crate::model::proxy::Settings;
use crate::model::server::Server;
use crate::sample::expr::Convert;
use crate::sample::format::TagFn;
use crate::sample::{self, Match, Pick, Run, Type};

/// What must be there for a fetch to have a value: bits.
#[derive(Clone, Copy, Debug)]
pub struct Needs;

impl Needs {
    /// Nothing but the process.
    pub const NOTHING: u32 = 0;
    /// The client connection.
    pub const CLIENT: u32 = 1 << 0;
    /// The request's head.
    pub const REQUEST: u32 = 1 << 1;
    /// The request's body, as far as it is buffered.
    pub const REQUEST_BODY: u32 = 1 << 2;
    /// The first bytes of the client, not parsed.
    pub const PAYLOAD: u32 = 1 << 3;
    /// The server connection.
    pub const SERVER: u32 = 1 << 4;
    /// The response's head.
    pub const RESPONSE: u32 = 1 << 5;
    /// The response's body, as far as it is buffered.
    pub const RESPONSE_BODY: u32 = 1 << 6;
    /// The end of the exchange.
    pub const END: u32 = 1 << 7;
    /// Whichever head the rule is about.
    pub const HEAD: u32 = 1 << 8;
}

/// Which rule set a rule belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuleSet {
    /// `tcp-request connection`
    Connection,
    /// `tcp-request session`
    Session,
    /// `tcp-request content`
    Content,
    /// `tcp-response content`
    ResponseContent,
    /// `http-request`
    Request,
    /// `http-response`
    Response,
    /// `http-after-response`
    AfterResponse,
    /// `http-check`, `tcp-check`
    Check,
}

impl RuleSet {
    /// The sets that traffic meets, in the order it does.
    pub const TRAFFIC: [RuleSet; 7] = [
        RuleSet::Connection,
        RuleSet::Session,
        RuleSet::Content,
        RuleSet::ResponseContent,
        RuleSet::Request,
        RuleSet::Response,
        RuleSet::AfterResponse,
    ];

    /// The words that open a rule of this set.
    pub fn words(self) -> &'static str {
        match self {
            RuleSet::Connection => "tcp-request connection",
            RuleSet::Session => "tcp-request session",
            RuleSet::Content => "tcp-request content",
            RuleSet::ResponseContent => "tcp-response content",
            RuleSet::Request => "http-request",
            RuleSet::Response => "http-response",
            RuleSet::AfterResponse => "http-after-response",
            RuleSet::Check => "http-check",
        }
    }

    /// The set as a bit.
    pub const fn bit(self) -> u32 {
        1 << self as u32
    }
}

/// Rule sets as bits.
#[derive(Clone, Copy, Debug)]
pub struct SetOf;

impl SetOf {
    /// `http-request`, `http-response`, `http-after-response`
    pub const HTTP: u32 = RuleSet::Request.bit() | RuleSet::Response.bit() | RuleSet::AfterResponse.bit();
    /// `http-request`
    pub const REQUEST: u32 = RuleSet::Request.bit();
    /// `http-request`, `http-response`
    pub const BOTH: u32 = RuleSet::Request.bit() | RuleSet::Response.bit();
    /// `tcp-request connection`, `session`, `content`, `tcp-response content`
    pub const TCP: u32 =
        RuleSet::Connection.bit() | RuleSet::Session.bit() | RuleSet::Content.bit() | RuleSet::ResponseContent.bit();
    /// All but checks.
    pub const ANY: u32 = SetOf::HTTP | SetOf::TCP;
}

/// A configuration keyword. A name of several words is matched as a whole, the longest first.
#[derive(Clone, Copy)]
pub struct Keyword {
    /// Its words, joined by one blank.
    pub name: &'static str,
    /// The release that brought it.
    pub since: Since,
    /// How its time ends, where it does.
    pub end: Option<End>,
    /// Where it may stand.
    pub sections: Sections,
    /// Its arguments, for the reference.
    pub usage: &'static str,
    /// Whether `no` and `default` may stand before it.
    pub negatable: bool,
    /// Its reference page.
    pub page: &'static str,
    /// Reads the line into the draft.
    pub parse: fn(&mut Args<'_>, &mut Draft) -> Done,
}

impl Keyword {
    /// What the fields are unless a spec says otherwise.
    pub const BLANK: Keyword = Keyword {
        name: "",
        since: Since::BEFORE_2_2,
        end: None,
        sections: Sections(0),
        usage: "",
        negatable: false,
        page: "",
        parse: |args, _| Err(Fault::new(format!("'{}' has no parser.", args.keyword()))),
    };
}

/// An option of a `bind` line.
#[derive(Clone, Copy)]
pub struct BindOption {
    /// Its name.
    pub name: &'static str,
    /// The release that brought it.
    pub since: Since,
    /// How its time ends, where it does.
    pub end: Option<End>,
    /// Its arguments, for the reference.
    pub usage: &'static str,
    /// Its reference page.
    pub page: &'static str,
    /// Reads it into the line.
    pub parse: fn(&mut Args<'_>, &mut Bind, &mut Draft) -> Done,
}

impl BindOption {
    /// What the fields are unless a spec says otherwise.
    pub const BLANK: BindOption = BindOption {
        name: "",
        since: Since::BEFORE_2_2,
        end: None,
        usage: "",
        page: "",
        parse: |args, _, _| Err(Fault::new(format!("'{}' has no parser.", args.keyword()))),
    };
}

/// An option of a `server` or `default-server` line.
#[derive(Clone, Copy)]
pub struct ServerOption {
    /// Its name.
    pub name: &'static str,
    /// The release that brought it.
    pub since: Since,
    /// Its arguments, for the reference.
    pub usage: &'static str,
    /// Whether `default-server` takes it.
    pub on_default: bool,
    /// Its reference page.
    pub page: &'static str,
    /// Reads it into the server.
    pub parse: fn(&mut Args<'_>, &mut Server, &mut Draft) -> Done,
}

impl ServerOption {
    /// What the fields are unless a spec says otherwise.
    pub const BLANK: ServerOption = ServerOption {
        name: "",
        since: Since::BEFORE_2_2,
        usage: "",
        on_default: true,
        page: "",
        parse: |args, _, _| Err(Fault::new(format!("'{}' has no parser.", args.keyword()))),
    };
}

/// Reads the arguments of an action.
pub type ParseAction = fn(&mut Args<'_>, &mut Draft, RuleSet) -> Result<Arc<dyn Run>, Fault>;

/// An action of the rule sets.
#[derive(Clone, Copy)]
pub struct Action {
    /// Its name.
    pub name: &'static str,
    /// The release that brought it.
    pub since: Since,
    /// How its time ends, where it does.
    pub end: Option<End>,
    /// Its arguments, for the reference.
    pub usage: &'static str,
    /// The rule sets that take it, as bits of [`RuleSet`].
    pub sets: u32,
    /// Whether no rule runs after it.
    pub is_final: bool,
    /// Its reference page.
    pub page: &'static str,
    /// Reads its arguments, up to the condition. The action's own word, with what is glued to it in parentheses, was
    /// taken already.
    pub parse: ParseAction,
}

impl Action {
    /// What the fields are unless a spec says otherwise.
    pub const BLANK: Action = Action {
        name: "",
        since: Since::BEFORE_2_2,
        end: None,
        usage: "",
        sets: 0,
        is_final: false,
        page: "",
        parse: |args, _, _| Err(Fault::unsupported(args.keyword().to_owned())),
    };

    /// Says which release brought it.
    pub const fn since(self, since: Since) -> Action {
        Action { since, ..self }
    }

    /// Says how its time ends.
    pub const fn end(self, end: End) -> Action {
        Action { end: Some(end), ..self }
    }
}

/// A sample fetch.
#[derive(Clone, Copy)]
pub struct Fetch {
    /// Its name.
    pub name: &'static str,
    /// Other names of the same fetch.
    pub aliases: &'static [&'static str],
    /// Its arguments, for the reference.
    pub usage: &'static str,
    /// The type of its value.
    pub out: Type,
    /// What must be there: bits of [`Needs`].
    pub needs: u32,
    /// Its reference page.
    pub page: &'static str,
    /// Compiles it with its arguments.
    pub build: fn(&mut CallArgs<'_>) -> Result<Box<dyn sample::Fetch>, String>,
}

impl Fetch {
    /// What the fields are unless a spec says otherwise.
    pub const BLANK: Fetch = Fetch {
        name: "",
        aliases: &[],
        usage: "",
        out: Type::Str,
        needs: 0,
        page: "",
        build: |args| Err(format!("'{}' has no run-time part", args.name)),
    };
}

/// A converter.
#[derive(Clone, Copy)]
pub struct Conv {
    /// Its name.
    pub name: &'static str,
    /// Its arguments, for the reference.
    pub usage: &'static str,
    /// What its input is cast to.
    pub input: Type,
    /// The type of its result.
    pub out: Type,
    /// Its reference page.
    pub page: &'static str,
    /// Compiles it with its arguments.
    pub build: fn(&mut CallArgs<'_>) -> Result<Box<dyn Convert>, String>,
}

impl Conv {
    /// What the fields are unless a spec says otherwise.
    pub const BLANK: Conv = Conv {
        name: "",
        usage: "",
        input: Type::Str,
        out: Type::Str,
        page: "",
        build: |args| Err(format!("'{}' has no run-time part", args.name)),
    };
}

/// The patterns of one `acl` line, ready to be compiled.
pub struct Patterns<'a> {
    /// The patterns.
    pub list: Vec<&'a [u8]>,
    /// `-i`
    pub ignore_case: bool,
    /// `-n`: no name resolution.
    pub no_resolution: bool,
}

/// A match method.
#[derive(Clone, Copy)]
pub struct Matcher {
    /// Its name, as behind `-m`; also the ending of derived ACL keywords.
    pub name: &'static str,
    /// Whether it works without a pattern.
    pub needs_no_pattern: bool,
    /// What the value is cast to first.
    pub input: Type,
    /// Its reference page.
    pub page: &'static str,
    /// Compiles the patterns.
    pub build: for<'a> fn(&Patterns<'a>) -> Result<Box<dyn Match>, String>,
}

impl Matcher {
    /// What the fields are unless a spec says otherwise.
    pub const BLANK: Matcher = Matcher {
        name: "",
        needs_no_pattern: false,
        input: Type::Str,
        page: "",
        build: |_| Err(String::from("no such matcher")),
    };
}

/// A balancing algorithm.
#[derive(Clone, Copy)]
pub struct Balance {
    /// Its name, as behind `balance`.
    pub name: &'static str,
    /// The release that brought it.
    pub since: Since,
    /// Its arguments, for the reference.
    pub usage: &'static str,
    /// Its reference page.
    pub page: &'static str,
    /// Reads its arguments into the settings.
    pub parse: fn(&mut Args<'_>, &mut Settings) -> Done,
    /// Makes the algorithm for one backend.
    pub build: fn(&Settings) -> Result<Arc<dyn Pick>, String>,
}

impl Balance {
    /// What the fields are unless a spec says otherwise.
    pub const BLANK: Balance = Balance {
        name: "",
        since: Since::BEFORE_2_2,
        usage: "",
        page: "",
        parse: |args, _| args.finish(),
        build: |settings| Err(format!("'balance {}' has no run-time part", settings.balance.name)),
    };
}

/// A log tag.
#[derive(Clone, Copy)]
pub struct LogTag {
    /// Its name, without `%`.
    pub name: &'static str,
    /// The release that brought it.
    pub since: Since,
    /// Whether it only makes sense in mode http.
    pub http_only: bool,
    /// What must be there: bits of [`Needs`].
    pub needs: u32,
    /// Its reference page.
    pub page: &'static str,
    /// Writes it.
    pub write: TagFn,
}

impl LogTag {
    /// What the fields are unless a spec says otherwise.
    pub const BLANK: LogTag = LogTag {
        name: "",
        since: Since::BEFORE_2_2,
        http_only: false,
        needs: 0,
        page: "",
        write: |_, out| out.nothing(),
    };
}
