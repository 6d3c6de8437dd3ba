//! A log format as something to read lines with: text that must be there, and fields between it.

use pointsman_parser::expr::Expr;
use pointsman_parser::format::{self, Flags, Item};

use crate::registry::Registry;
use crate::sample::Type;
use crate::spec::Vocabulary;
use crate::words::FORMAT_VARIABLES;

/// How many parts of a format are used; what follows is not read.
const PARTS_MAX: usize = 512;

/// What a field may look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// An address, or what somebody put in its place.
    Address,
    /// Digits with a sign.
    Number,
    /// A date.
    Date,
    /// The name of a proxy or server; it may have been lost.
    Name,
    /// A port, or what somebody put in its place.
    Port,
    /// One word.
    Word,
    /// `{…}`, or nothing at all.
    Block,
    /// A termination state of this many letters.
    State(usize),
    /// `?…`, or nothing at all.
    Query,
    /// Anything but a question mark and a blank.
    Path,
    /// Anything.
    Free,
}

impl Class {
    /// Whether a value may hold this byte.
    pub fn takes(self, byte: u8) -> bool {
        match self {
            Class::Address => {
                byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b':' | b'*' | b'_' | b'-' | b'<' | b'>')
            }
            Class::Port => byte.is_ascii_alphanumeric() || matches!(byte, b'*' | b'-'),
            Class::Number => byte.is_ascii_digit() || matches!(byte, b'+' | b'-'),
            Class::Date => byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b':' | b'.' | b'+' | b'-' | b' '),
            Class::Name => !matches!(byte, b' ' | b'/' | b'[' | b']' | b'"' | b'{'),
            Class::Word => byte != b' ' && byte != b'"',
            Class::Path => byte != b' ' && byte != b'?',
            Class::Query => byte != b' ',
            Class::Free | Class::Block | Class::State(_) => true,
        }
    }
}

/// A piece of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Bytes that stand there.
    Text(Vec<u8>),
    /// A field.
    Field {
        /// Its tags and expressions; several when nothing stands between them.
        names: Vec<String>,
        /// What it looks like.
        class: Class,
        /// It may stand in quotes.
        quotes: bool,
    },
}

/// A format to read with.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// What it is called: `option httplog`.
    pub title: String,
    /// The format itself.
    pub format: String,
    /// The frontend that has it for its own.
    pub owner: Option<String>,
    /// Its pieces.
    pub parts: Vec<Part>,
    /// For a format that writes JSON: the members and the tags or expressions they hold.
    pub members: Vec<(String, String)>,
}

impl Pattern {
    /// The pattern of a format.
    pub fn new(title: impl Into<String>, text: &str) -> Pattern {
        let (items, _) = format::parse(text.as_bytes());
        let mut pattern = Pattern {
            title: title.into(),
            format: text.to_owned(),
            owner: None,
            parts: Vec::new(),
            members: Vec::new(),
        };
        let mut global = Flags::default();
        let mut bare = false;
        for item in format::merge_blanks(items).into_iter().take(PARTS_MAX) {
            let (name, class, flags, label) = match item {
                Item::Text(text) => {
                    pattern.parts.push(Part::Text(text));
                    bare = false;
                    continue;
                }
                Item::Alias { flags, name, .. } if name == "o" => {
                    global.list.extend(flags.list);
                    continue;
                }
                Item::Alias { flags, name, label, .. } => {
                    let class = if flags.state("X") == Some(true) { Class::Word } else { class_of(&name) };
                    (name, class, flags, label)
                }
                Item::Expr { flags, span, expr, label, .. } => {
                    let text = text.get(span.start as usize..span.end as usize).unwrap_or_default();
                    // `%{+Q}[src]` is known as `[src]`.
                    let name = text.find('[').and_then(|at| text.get(at..)).unwrap_or(text);
                    (name.to_owned(), class_of_expr(&expr), flags, label)
                }
            };
            // Only texts are put in quotes.
            let is_text =
                matches!(class, Class::Word | Class::Name | Class::Free | Class::Path | Class::Query | Class::Block);
            let state = |flag| flags.state(flag).or_else(|| global.state(flag)).unwrap_or(false);
            if global.state("json") == Some(true) {
                pattern.members.extend(label.map(|label| (label, name)));
                continue;
            }
            pattern.field(name, class, is_text && state("Q"), bare);
            bare = true;
        }
        pattern
    }

    /// Adds a field; glued to the one before when nothing tells them apart.
    fn field(&mut self, name: String, class: Class, quotes: bool, bare: bool) {
        match self.parts.last_mut() {
            Some(Part::Field { names, class: known, .. }) if bare && !quotes && !tells_apart(*known, class) => {
                names.push(name);
                *known = Class::Free;
            }
            _ => self.parts.push(Part::Field { names: vec![name], class, quotes }),
        }
    }
}

/// Whether two fields side by side can be told apart.
fn tells_apart(left: Class, right: Class) -> bool {
    matches!(left, Class::State(_)) || matches!(right, Class::Block | Class::Query)
}

fn class_of(tag: &str) -> Class {
    match tag {
        "ci" | "fi" | "bi" | "si" => Class::Address,
        "t" | "tr" | "T" | "Tl" | "trg" | "trl" => Class::Date,
        "b" | "f" | "ft" | "s" => Class::Name,
        "hr" | "hs" => Class::Block,
        "ts" => Class::State(2),
        "tsc" => Class::State(4),
        "HQ" => Class::Query,
        "HP" | "HPO" => Class::Path,
        "cp" | "fp" | "bp" | "sp" => Class::Port,
        "CC" | "CS" | "H" | "HM" | "HV" | "ID" | "OG" | "pid" | "sslc" | "sslv" => Class::Word,
        "r" | "HU" | "hrl" | "hsl" => Class::Free,
        _ => Class::Number,
    }
}

/// What the value of an expression looks like, by its type.
fn class_of_expr(expr: &Expr) -> Class {
    let fetch = Registry.fetch(&expr.fetch.name).map(|fetch| fetch.out);
    let out = match expr.converters.last() {
        Some(last) if last.name == "hex" => return Class::Word,
        Some(last) => Registry.conv(&last.name).map(|conv| conv.out),
        None => fetch,
    };
    match (out, expr.fetch.name.as_str()) {
        (Some(Type::Bool | Type::Int), _) => Class::Number,
        (Some(Type::Addr | Type::Ip4 | Type::Ip6), _) => Class::Address,
        (_, "ssl_fc_sni" | "ssl_fc_protocol" | "ssl_fc_cipher" | "method") => Class::Word,
        _ => Class::Free,
    }
}

/// HAProxy's own formats, those with most fields first.
pub fn builtin() -> Vec<Pattern> {
    let rows = [
        ("option httpslog", "HAPROXY_HTTPS_LOG_FMT"),
        ("option httplog", "HAPROXY_HTTP_LOG_FMT"),
        ("option tcplog", "HAPROXY_TCP_LOG_FMT"),
        ("option tcplog clf", "HAPROXY_TCP_CLF_LOG_FMT"),
        ("option httplog clf", "HAPROXY_HTTP_CLF_LOG_FMT"),
    ];
    let known = |name: &str| FORMAT_VARIABLES.iter().find(|row| row.0 == name).map_or("", |row| row.1);
    rows.iter().map(|(title, name)| Pattern::new(*title, known(name))).collect()
}
