//! What HAProxy lets through: every fetch, converter, ACL keyword and action of its language, with arguments and places.
//!
//! These tables know nothing of what a word does. They give HAProxy's verdict on words that this program does not run
//! yet, and the same sentence for a wrong argument whoever implements the word.

mod acl;
mod acl_keywords;
mod actions;
mod call;
pub mod commands;
mod convs;
mod expr;
mod fetches;
mod inert;
pub mod place;

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::sample::Type;
use crate::spec::{End, Since};

pub use acl::check as check_acl;
pub use acl_keywords::ACL_KEYWORDS;
pub use actions::{ACTIONS, SERVICES, action, expected, goes_on};
pub use convs::CONVERTERS;
pub use expr::{Style, check as check_expr, variable};
pub use fetches::FETCHES;
pub use inert::{INERT_TAG, conv as inert_conv, fetch as inert_fetch, matcher as inert_matcher};

/// A fetch or a converter.
#[derive(Clone, Copy, Debug)]
pub struct Known {
    /// Its name.
    pub name: &'static str,
    /// Its arguments' types, the optional ones in brackets.
    pub args: &'static str,
    /// What a converter casts its input to.
    pub input: Type,
    /// The type of the value.
    pub output: Type,
    /// Where a fetch has a value: bits of [`place`].
    pub places: u32,
    /// What it needs for that, in HAProxy's words.
    pub needs: &'static str,
    /// The release that brought it.
    pub since: Since,
    /// How its time ends, where it does.
    pub end: Option<End>,
}

impl Known {
    const fn fetch(name: &'static str, args: &'static str, output: Type, places: u32) -> Known {
        let needs = place::needs(places);
        Known { name, args, input: Type::Any, output, places, needs, since: Since::BEFORE_2_2, end: None }
    }

    const fn conv(name: &'static str, args: &'static str, input: Type, output: Type) -> Known {
        Known { input, ..Known::fetch(name, args, output, place::ALWAYS) }
    }

    const fn needs(self, needs: &'static str) -> Known {
        Known { needs, ..self }
    }

    const fn since(self, since: Since) -> Known {
        Known { since, ..self }
    }

    const fn end(self, end: End) -> Known {
        Known { end: Some(end), ..self }
    }

    /// Whether some release that is still run does not know it, or a later one will not.
    pub fn is_dated(&self) -> bool {
        self.since != Since::BEFORE_2_2 || self.end.is_some_and(|end| end.removed)
    }
}

type Table = HashMap<&'static str, &'static Known>;

/// The fetch of this name.
pub fn fetch(name: &str) -> Option<&'static Known> {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| fetches::FETCHES.iter().map(|known| (known.name, known)).collect()).get(name).copied()
}

/// The converter of this name.
pub fn conv(name: &str) -> Option<&'static Known> {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| convs::CONVERTERS.iter().map(|known| (known.name, known)).collect()).get(name).copied()
}

/// What an ACL keyword stands for: a fetch and a match method.
pub fn acl_keyword(name: &str) -> Option<(&'static str, &'static str)> {
    static TABLE: OnceLock<HashMap<&'static str, (&'static str, &'static str)>> = OnceLock::new();
    let table = TABLE.get_or_init(|| acl_keywords::ACL_KEYWORDS.iter().map(|row| (row.0, (row.1, row.2))).collect());
    table.get(name).copied()
}

/// ACLs that every proxy knows: name, and the words of its definition.
pub static PREDEFINED_ACLS: &[(&str, &[&str])] = &[
    ("FALSE", &["always_false"]),
    ("TRUE", &["always_true"]),
    ("HTTP", &["req.proto_http"]),
    ("HTTP_1.0", &["req.ver", "1.0"]),
    ("HTTP_1.1", &["req.ver", "1.1"]),
    ("HTTP_2.0", &["req.ver", "2.0"]),
    ("HTTP_3.0", &["req.ver", "3.0"]),
    ("HTTP_CONTENT", &["req.hdr_val(content-length)", "gt", "0"]),
    ("HTTP_URL_ABS", &["url_reg", "^[^/:]*://"]),
    ("HTTP_URL_SLASH", &["url_beg", "/"]),
    ("HTTP_URL_STAR", &["url", "*"]),
    ("LOCALHOST", &["src", "127.0.0.1/8", "::1"]),
    ("METH_CONNECT", &["method", "CONNECT"]),
    ("METH_DELETE", &["method", "DELETE"]),
    ("METH_GET", &["method", "GET", "HEAD"]),
    ("METH_HEAD", &["method", "HEAD"]),
    ("METH_OPTIONS", &["method", "OPTIONS"]),
    ("METH_POST", &["method", "POST"]),
    ("METH_PUT", &["method", "PUT"]),
    ("METH_TRACE", &["method", "TRACE"]),
    ("RDP_COOKIE", &["req.rdp_cookie_cnt", "gt", "0"]),
    ("REQ_CONTENT", &["req.len", "gt", "0"]),
    ("WAIT_END", &["wait_end"]),
];

/// The names behind `%` in a log format.
pub static TAGS: &[&str] = &[
    "OG", "B", "CC", "CS", "H", "ID", "ST", "T", "Ta", "Tc", "Td", "Th", "Ti", "Tl", "Tq", "Tr", "TR", "Ts", "Tt",
    "Tu", "Tw", "U", "ac", "b", "bc", "bi", "bp", "bq", "ci", "cp", "f", "fc", "fi", "fp", "ft", "hr", "hrl", "hs",
    "hsl", "HM", "HP", "HPO", "HQ", "HU", "HV", "lc", "ms", "o", "pid", "r", "rc", "rt", "s", "sc", "si", "sp", "sq",
    "sslc", "sslv", "t", "tr", "trg", "trl", "ts", "tsc",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sound() {
        for known in fetches::FETCHES.iter().chain(convs::CONVERTERS) {
            assert!(call::signature(known.args).is_some(), "{}: {}", known.name, known.args);
        }
        for (keyword, name, _) in acl_keywords::ACL_KEYWORDS {
            assert!(fetch(name).is_some(), "{keyword}");
        }
    }
}
