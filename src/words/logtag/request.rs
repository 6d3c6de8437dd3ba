//! Tags of the request line as it was received: `<BADREQ>` where there was none.

use crate::http::uri;
use crate::sample::{Cx, Out};
use crate::spec;
use crate::spec::{LogTag, Needs, Since};

spec! {
    /// The request line.
    pub static REQUEST: [LogTag] = [
        /// The whole request line.
        { name: "r", http_only: true, needs: Needs::REQUEST, write: |cx, out| part(cx, out, |line| line.whole) },
        /// The method.
        { name: "HM", http_only: true, needs: Needs::REQUEST, write: |cx, out| part(cx, out, |line| line.method) },
        /// The target: path and query string, or the absolute URI.
        { name: "HU", http_only: true, needs: Needs::REQUEST, write: |cx, out| part(cx, out, |line| line.target) },
        /// The target without its query string.
        { name: "HP", http_only: true, needs: Needs::REQUEST, write: |cx, out| part(cx, out, |line| line.before_query()) },
        /// The path alone, without scheme, host and query string.
        { name: "HPO", since: Since::V2_4, http_only: true, needs: Needs::REQUEST, write: path },
        /// The query string with its `?`; empty when there is none.
        { name: "HQ", http_only: true, needs: Needs::REQUEST, write: |cx, out| part(cx, out, |line| line.query()) },
        /// The version, such as `HTTP/1.1`.
        { name: "HV", http_only: true, needs: Needs::REQUEST, write: |cx, out| part(cx, out, |line| line.version) },
    ];
}

const BAD: &[u8] = b"<BADREQ>";

struct Line<'a> {
    whole: &'a [u8],
    method: &'a [u8],
    target: &'a [u8],
    version: &'a [u8],
}

impl<'a> Line<'a> {
    fn of(cx: &Cx<'a>) -> Option<Line<'a>> {
        let whole = cx.txn.request_line.as_slice();
        if cx.txn.bad_request || whole.is_empty() {
            return None;
        }
        let (method, end) = (cx.txn.line_marks.0 as usize, cx.txn.line_marks.1 as usize);
        Some(Line {
            whole,
            method: whole.get(..method)?,
            target: whole.get(method + 1..end)?,
            version: whole.get(end + 1..)?,
        })
    }

    fn query_at(&self) -> usize {
        memchr::memchr(b'?', self.target).unwrap_or(self.target.len())
    }

    fn before_query(&self) -> &'a [u8] {
        self.target.get(..self.query_at()).unwrap_or_default()
    }

    fn query(&self) -> &'a [u8] {
        self.target.get(self.query_at()..).unwrap_or_default()
    }
}

fn part<'a>(cx: &Cx<'a>, out: &mut Out<'_>, of: fn(&Line<'a>) -> &'a [u8]) {
    match Line::of(cx) {
        Some(line) => out.line(of(&line)),
        None => out.name(BAD),
    }
}

fn path(cx: &Cx<'_>, out: &mut Out<'_>) {
    match Line::of(cx) {
        None => out.name(BAD),
        Some(line) => match line.before_query() {
            // A `#` is no end of the path here, for no client may send one.
            target if uri::path_and_query(target).is_empty() => out.nothing(),
            target => out.line(uri::path_and_query(target)),
        },
    }
}
