//! Writes heads and chunks as HTTP/1 bytes. What stands in them was decided before.

use crate::http::head::Head;
use crate::http::status;

/// Writes a request head. `connection` is the value of this hop's `connection` field, if it needs one.
pub fn request(head: &Head, connection: Option<&[u8]>, out: &mut Vec<u8>) {
    line(head.method(), head.target(), head.version.text().as_bytes(), out);
    fields(head, connection, out);
}

/// Writes a response head.
pub fn response(head: &Head, connection: Option<&[u8]>, out: &mut Vec<u8>) {
    let reason = head.reason();
    let reason = if reason.is_empty() { status::reason(head.status).as_bytes() } else { reason };
    line(head.version.text().as_bytes(), head.target(), reason, out);
    fields(head, connection, out);
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

#[inline]
fn line(first: &[u8], second: &[u8], third: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(first);
    out.push(b' ');
    out.extend_from_slice(second);
    out.push(b' ');
    out.extend_from_slice(third);
    out.extend_from_slice(b"\r\n");
}

#[inline]
fn fields(head: &Head, connection: Option<&[u8]>, out: &mut Vec<u8>) {
    for field in head.fields() {
        out.extend_from_slice(head.text(field.name));
        out.extend_from_slice(b": ");
        out.extend_from_slice(head.text(field.value));
        out.extend_from_slice(b"\r\n");
    }
    if let Some(value) = connection {
        out.extend_from_slice(b"connection: ");
        out.extend_from_slice(value);
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(b"\r\n");
}
