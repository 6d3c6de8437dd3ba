//! Tags of captured headers and cookies.

use crate::sample::Out;
use crate::spec;
use crate::spec::{LogTag, Needs};

spec! {
    /// Captures.
    pub static CAPTURE: [LogTag] = [
        /// Captured request headers as `{first|second}`; nothing at all without a capture.
        { name: "hr", http_only: true, needs: Needs::CLIENT, write: |cx, out| block(&cx.txn.request_captures, out) },
        /// Captured response headers as `{first|second}`; nothing at all without a capture.
        { name: "hs", http_only: true, needs: Needs::RESPONSE, write: |cx, out| block(&cx.txn.response_captures, out) },
        /// Captured request headers, each by itself as in the CLF format.
        { name: "hrl", http_only: true, needs: Needs::CLIENT, write: |cx, out| list(&cx.txn.request_captures, out) },
        /// Captured response headers, each by itself as in the CLF format.
        { name: "hsl", http_only: true, needs: Needs::RESPONSE, write: |cx, out| list(&cx.txn.response_captures, out) },
        /// Captured request cookie as `name=value`.
        { name: "CC", http_only: true, needs: Needs::CLIENT, write: |cx, out| cookie(cx.txn.request_cookie.as_deref(), out) },
        /// Captured response cookie as `name=value`.
        { name: "CS", http_only: true, needs: Needs::RESPONSE, write: |cx, out| cookie(cx.txn.response_cookie.as_deref(), out) },
    ];
}

fn block(slots: &[Option<Vec<u8>>], out: &mut Out<'_>) {
    if slots.is_empty() {
        return;
    }
    out.open();
    out.raw(b"{");
    for (at, slot) in slots.iter().enumerate() {
        if at > 0 {
            out.raw(b"|");
        }
        out.captured(slot.as_deref().unwrap_or_default());
    }
    out.raw(b"}");
    out.open();
}

fn list(slots: &[Option<Vec<u8>>], out: &mut Out<'_>) {
    for (at, slot) in slots.iter().enumerate() {
        if at > 0 {
            out.raw(b" ");
        }
        match slot {
            Some(value) => {
                out.open();
                out.captured(value);
                out.open();
            }
            None => out.nothing(),
        }
    }
}

fn cookie(value: Option<&[u8]>, out: &mut Out<'_>) {
    match value {
        Some(value) => out.name(value),
        None => out.nothing(),
    }
}
