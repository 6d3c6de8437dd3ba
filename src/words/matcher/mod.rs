//! Match methods of ACLs: the visible list.

mod number;
mod plain;
mod text;

use crate::sample::table::{Method, Table};
use crate::sample::{Match, Value};
use crate::spec::Matcher;
use crate::spec::kinds::Patterns;

/// Every family.
pub static ALL: &[&[Matcher]] = &[plain::PLAIN, number::NUMBER, text::TEXT];

/// ACLs that every proxy knows: name, and the words of its definition.
pub static PREDEFINED_ACLS: &[(&str, &[&str])] = &[
    ("FALSE", &["always_false"]),
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
    ("TRUE", &["always_true"]),
    ("WAIT_END", &["wait_end"]),
];

/// A match against a table.
struct InTable(Table);

impl Match for InTable {
    #[inline]
    fn matches(&self, value: &Value<'_>) -> bool {
        self.0.find(value).is_some()
    }
}

fn table(method: Method, patterns: &Patterns<'_>) -> Result<Box<dyn Match>, String> {
    Ok(Box::new(InTable(Table::new(method, &patterns.list, patterns.ignore_case)?)))
}
