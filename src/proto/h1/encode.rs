//! Writes heads and chunks as HTTP/1 bytes. What stands in them was decided before.

use std::mem::replace;
use std::ops::Range;

use crate::http::head::{Field, Head};
use crate::http::status;

/// Writes a request head. `connection` is the value of this hop's `connection` field, if it needs one.
pub fn request(head: &Head, connection: Option<&[u8]>, out: &mut Vec<u8>) {
    write(head, [head.method(), head.target(), head.version.text().as_bytes()], connection, out);
}

/// Writes a response head.
pub fn response(head: &Head, connection: Option<&[u8]>, out: &mut Vec<u8>) {
    let reason = head.reason();
    let reason = if reason.is_empty() { status::reason(head.status).as_bytes() } else { reason };
    write(head, [head.version.text().as_bytes(), head.target(), reason], connection, out);
}

/// Opens a chunk of `length` bytes, which must not be zero.
pub fn chunk_start(length: usize, out: &mut Vec<u8>) {
    let mut digits = [0u8; 16];
    let mut at = digits.len();
    let mut left = length;
    while left > 0 && at > 0 {
        at -= 1;
        if let Some(digit) = digits.get_mut(at) {
            *digit = b"0123456789ABCDEF"[left & 15];
        }
        left >>= 4;
    }
    out.extend_from_slice(digits.get(at..).unwrap_or_default());
    out.extend_from_slice(b"\r\n");
}

/// Writes the last chunk and the trailer lines, names in lower case.
pub fn last_chunk(trailers: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(b"0\r\n");
    for line in trailers.split_inclusive(|&byte| byte == b'\n') {
        let colon = memchr::memchr(b':', line).unwrap_or(line.len());
        let (name, rest) = line.split_at(colon);
        out.extend(name.iter().map(u8::to_ascii_lowercase));
        out.extend_from_slice(b": ");
        out.extend_from_slice(rest.strip_prefix(b":").unwrap_or(rest).trim_ascii());
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(b"\r\n");
}

/// Bytes that a trailer section counts for in `%B` and `%U`.
pub fn trailers_counted(trailers: &[u8]) -> u64 {
    let lines = trailers.split(|&byte| byte == b'\n').filter(|line| !line.is_empty());
    lines
        .map(|line| {
            let colon = memchr::memchr(b':', line).unwrap_or(line.len());
            (colon + line.get(colon + 1..).unwrap_or_default().trim_ascii().len()) as u64
        })
        .sum()
}

/// Field lines that stand in the head's text as they are to be written go together: few of them were edited.
fn write(head: &Head, line: [&[u8]; 3], connection: Option<&[u8]>, out: &mut Vec<u8>) {
    let text = head.raw();
    out.reserve(text.len() + ROOM);
    let [first, second, third] = line;
    put(out, [first, b" ", second, b" ", third, b"\r\n"]);
    let mut run = 0..0;
    for field in head.fields() {
        match plain(text, field) {
            Some(line) if line.start == run.end => run.end = line.end,
            Some(line) => put(out, [text.get(replace(&mut run, line)).unwrap_or_default()]),
            None => {
                put(out, [text.get(replace(&mut run, 0..0)).unwrap_or_default()]);
                put(out, [head.text(field.name), b": ", head.text(field.value), b"\r\n"]);
            }
        }
    }
    put(out, [text.get(run).unwrap_or_default()]);
    if let Some(value) = connection {
        put(out, [b"connection: ", value, b"\r\n"]);
    }
    put(out, [b"\r\n"]);
}

/// What a head may need beside its own text: a reason, a `connection` field.
const ROOM: usize = 128;

/// Where the field stands in `text` as a line in the form we write.
#[inline]
fn plain(text: &[u8], field: &Field) -> Option<Range<usize>> {
    let (name, value) = (field.name.range(), field.value.range());
    let line = name.start..value.end + 2;
    let is_plain = text.get(name.end..value.start) == Some(b": ") && text.get(value.end..line.end) == Some(b"\r\n");
    is_plain.then_some(line)
}

#[inline]
fn put<const N: usize>(out: &mut Vec<u8>, pieces: [&[u8]; N]) {
    for piece in pieces {
        out.extend_from_slice(piece);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::h1::{Strictness, parse_request};

    #[test]
    fn lines_are_written_in_one_form_whatever_they_looked_like() {
        let mut head = Head::default();
        let text = b"GET /a HTTP/1.1\r\nHost: x\r\nA:b\r\nB:  c \r\nE:\r\nF: \r\nG: h\nI: j\r\nK:\tl\r\nM: n\r\n\r\n";
        assert!(parse_request(text, &mut head, Strictness::Strict).is_ok_and(|message| message.is_some()));
        head.push(b"New", b"1");
        head.set_value(0, b"y");
        let mut out = Vec::new();
        request(&head, Some(b"close"), &mut out);
        let lines =
            b"host: y\r\na: b\r\nb: c\r\ne: \r\nf: \r\ng: h\r\ni: j\r\nk: l\r\nm: n\r\nnew: 1\r\nconnection: close\r\n";
        assert_eq!(out, [b"GET /a HTTP/1.1\r\n", &lines[..], b"\r\n"].concat(), "{}", out.escape_ascii());
    }
}
