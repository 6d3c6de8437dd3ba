//! A response that the proxy makes by itself.

use bytes::Bytes;

use crate::http::head::{Head, Version};
use crate::http::{pages, status};

/// A response made here: head and body, ready to be sent once the after-response rules have seen it.
#[derive(Clone, Debug, Default)]
pub struct Reply {
    /// Its head. `content-length` is part of it.
    pub head: Head,
    /// Its body.
    pub body: Body,
    /// Bytes sent as they are instead of head and body, as from an `errorfile`: they end the connection.
    pub raw: Option<Bytes>,
    /// The page that is configured for this code is to be sent instead, with the fields of `head` that are not the
    /// page's own: `default-errorfiles`. `head` and `body` already hold HAProxy's own page.
    pub page: Option<u16>,
    /// Whether the connection must end after it.
    pub closes: bool,
}

/// The bytes of a reply's body.
pub type Body = Bytes;

impl Reply {
    /// HAProxy's own page for a code.
    pub fn own_page(code: u16) -> Reply {
        let page = pages::page_of(code);
        let body = page.body();
        let mut head = Head::default();
        head.start_response(Version::Http11, page.status, page.reason.as_bytes());
        head.push(b"content-length", body.len().to_string().as_bytes());
        head.push(b"cache-control", b"no-cache");
        head.push(b"content-type", b"text/html");
        Reply { head, body: Bytes::from(body), closes: page.closes, ..Reply::default() }
    }

    /// A reply with a code and a body; `content-length` is put first, as HAProxy does.
    pub fn new(code: u16, content_type: Option<&[u8]>, body: Body) -> Reply {
        let mut head = Head::default();
        head.start_response(Version::Http11, code, status::reason(code).as_bytes());
        let has_body = !matches!(code, 100..=199 | 204 | 304);
        if has_body {
            head.push(b"content-length", body.len().to_string().as_bytes());
        }
        if let Some(content_type) = content_type.filter(|_| !body.is_empty()) {
            head.push(b"content-type", content_type);
        }
        Reply { head, body: if has_body { body } else { Bytes::new() }, ..Reply::default() }
    }
}
