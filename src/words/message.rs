//! Whether a file holds a whole response that HAProxy can keep, in its sentences. What sends it reads it again.

use crate::model::draft::Draft;
use crate::model::world::Kind;

/// The buffer that a response must fit into, unless `tune.bufsize` says otherwise.
const BUFFER_BYTES: usize = 16_384;
/// Field lines that HAProxy keeps of a head.
const FIELDS_MAX: usize = 101;
/// What HAProxy's own form of a message takes of the buffer besides its texts, and each of its parts.
const FORM_BYTES: usize = 85;
const PART_BYTES: usize = 8;

/// The response in a file, with a warning if only a part of it was kept; or why it cannot be had.
pub(in crate::words) fn response(path: &str, draft: &Draft) -> Result<(Vec<u8>, Option<String>), String> {
    let max = buffer(draft);
    let mut bytes = read(path, draft)?;
    let warning = (bytes.len() > max).then(|| {
        bytes.truncate(max);
        format!("config : custom error message file '{path}' larger than {max} bytes. Truncating.")
    });
    Ok((bytes, warning))
}

/// What is wrong with a response; an empty one is none, and none is looked for.
pub(in crate::words) fn check(bytes: &[u8], draft: &Draft) -> Result<(), String> {
    if bytes.is_empty() {
        return Ok(());
    }
    let head = head(bytes).map_err(|at| format!("unable to parse headers (error offset: {at})"))?;
    let payload = bytes.len().saturating_sub(head.end);
    if head.version.len() != 8 {
        return Err(format!("invalid http version ({})", String::from_utf8_lossy(head.version)));
    }
    if matches!(head.status, 100 | 102..=199) {
        return Err(format!("invalid http status code for an error message ({})", head.status));
    }
    if head.chunked {
        return Err("chunk-encoded payload not supported".to_owned());
    }
    let bare = matches!(head.status, 204 | 304);
    if payload > 0 && (bare || head.length == Some(0)) {
        return Err("message payload not expected".to_owned());
    }
    if let Some(length) = head.length.filter(|length| !bare && *length != payload as u64) {
        return Err(format!("payload size does not match the announced content-length ({payload} != {length})"));
    }
    let form = FORM_BYTES + head.texts;
    if form > buffer(draft) {
        return Err("unable to add headers into the HTX message".to_owned());
    }
    if payload > 0 && form + PART_BYTES + payload > buffer(draft) {
        return Err("unable to add payload into the HTX message".to_owned());
    }
    Ok(())
}

/// The size of a body's file; or why it cannot be sent.
pub(in crate::words) fn body(path: &str, draft: &Draft) -> Result<usize, String> {
    let (size, max) = (read(path, draft)?.len(), buffer(draft));
    if size > max {
        return Err(format!("file '{path}' exceeds the buffer size ({size} > {max})"));
    }
    Ok(size)
}

fn buffer(draft: &Draft) -> usize {
    let said = draft.global.numbers.get("tune.bufsize").and_then(|size| usize::try_from(*size).ok());
    said.unwrap_or(BUFFER_BYTES)
}

fn read(path: &str, draft: &Draft) -> Result<Vec<u8>, String> {
    let world = draft.noted.world;
    if (world.kind)(path) == Ok(Kind::Folder) {
        return Err(format!("error reading file '{path}'"));
    }
    (world.read)(path).map_err(|_| format!("error opening file '{path}'"))
}

#[derive(Default)]
struct Head<'a> {
    version: &'a [u8],
    status: u16,
    length: Option<u64>,
    chunked: bool,
    /// The bytes of its texts and what is around them in HAProxy's own form.
    texts: usize,
    /// The offset behind the blank line.
    end: usize,
}

/// Where a head that is cut off goes wrong.
const CUT: i64 = -2;

/// Reads a head; an error is the offset of the byte that spoils it.
fn head(bytes: &[u8]) -> Result<Head<'_>, i64> {
    let mut at = skip(bytes, 0, |byte| matches!(byte, b'\r' | b'\n'));
    let begin = at;
    at = skip(bytes, at, |byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'/'));
    if at == begin || byte(bytes, at)? != b' ' {
        byte(bytes, at)?;
        return Err(at as i64);
    }
    let mut head = Head { version: bytes.get(begin..at).unwrap_or_default(), ..Head::default() };
    let digits = skip(bytes, at, |byte| byte == b' ');
    at = skip(bytes, digits, |byte| byte.is_ascii_digit());
    let ends = byte(bytes, at)?;
    if at == digits || at > digits + 3 || !matches!(ends, b' ' | b'\t' | b'\r' | b'\n') {
        return Err(at.min(digits + 3) as i64);
    }
    let digits = bytes.get(digits..at).unwrap_or_default();
    head.status = digits.iter().fold(0, |sum, digit| sum * 10 + u16::from(digit - b'0'));
    let reason = skip(bytes, at, |byte| matches!(byte, b' ' | b'\t'));
    let line = skip(bytes, reason, |byte| !matches!(byte, b'\r' | b'\n'));
    head.texts = head.version.len() + digits.len() + line - reason;
    at = line_end(bytes, line)?;
    fields(bytes, at, &mut head)?;
    Ok(head)
}

fn fields(bytes: &[u8], mut at: usize, head: &mut Head<'_>) -> Result<(), i64> {
    let mut count = 0;
    loop {
        if matches!(byte(bytes, at)?, b'\r' | b'\n') {
            head.end = line_end(bytes, at)?;
            return if count < FIELDS_MAX { Ok(()) } else { Err(head.end as i64) };
        }
        let name_end = skip(bytes, at, is_token);
        if byte(bytes, name_end)? != b':' || name_end == at {
            return Err(name_end as i64);
        }
        let name = bytes.get(at..name_end).unwrap_or_default();
        let from = skip(bytes, name_end + 1, |byte| matches!(byte, b' ' | b'\t'));
        let mut end = from;
        loop {
            end = skip(bytes, end, |byte| !matches!(byte, b'\r' | b'\n' | 0));
            if byte(bytes, end)? == 0 {
                return Err(end as i64);
            }
            at = line_end(bytes, end)?;
            if !matches!(byte(bytes, at)?, b' ' | b'\t') {
                break;
            }
            end = at;
        }
        let value = bytes.get(from..end).unwrap_or_default().trim_ascii();
        count += 1;
        if count > FIELDS_MAX {
            return Err(at as i64);
        }
        head.texts += PART_BYTES + name.len() + value.len();
        field(head, name, value).ok_or(from as i64)?;
    }
}

/// Takes what a field says of the payload; none if it is wrong.
fn field(head: &mut Head<'_>, name: &[u8], value: &[u8]) -> Option<()> {
    if name.eq_ignore_ascii_case(b"transfer-encoding") {
        let last = value.rsplit(|&byte| byte == b',').next().unwrap_or_default();
        head.chunked = last.trim_ascii().eq_ignore_ascii_case(b"chunked");
    }
    if name.eq_ignore_ascii_case(b"content-length") {
        for text in value.split(|&byte| byte == b',').map(<[u8]>::trim_ascii) {
            let digits = !text.is_empty() && text.iter().all(u8::is_ascii_digit);
            let length = std::str::from_utf8(text).ok().filter(|_| digits)?.parse().ok()?;
            if head.length.is_some_and(|known| known != length) {
                return None;
            }
            head.length = Some(length);
        }
    }
    Some(())
}

fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

fn byte(bytes: &[u8], at: usize) -> Result<u8, i64> {
    bytes.get(at).copied().ok_or(CUT)
}

/// The offset of the first byte from `at` on that is none of these.
fn skip(bytes: &[u8], at: usize, of: impl Fn(u8) -> bool) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().position(|&byte| !of(byte)).unwrap_or(rest.len())
}

/// The offset behind the line end at `at`.
fn line_end(bytes: &[u8], at: usize) -> Result<usize, i64> {
    let at = if byte(bytes, at)? == b'\r' { at + 1 } else { at };
    if byte(bytes, at)? == b'\n' { Ok(at + 1) } else { Err(at as i64) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_spoils_a_response_is_named() {
        let said = |text: &str| check(text.as_bytes(), &Draft::default()).err();
        let parse = |at: i64| Some(format!("unable to parse headers (error offset: {at})"));
        assert_eq!(said("HTTP/1.0 503 Service\r\nContent-Length: 3\r\n\r\nabc"), None);
        assert_eq!(said("\nHTTP/1.1  503\n\nabc"), None);
        assert_eq!(said("<html>"), parse(0));
        assert_eq!(said("GET / HTTP/1.1\r\n\r\n"), parse(4));
        assert_eq!(said("HTTP/1.1 5033 S\r\n\r\n"), parse(12));
        assert_eq!(said("HTTP/1.1 503 S\r\nX Y: 1\r\n\r\n"), parse(17));
        assert_eq!(said("HTTP/1.1 503 S\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc"), parse(51));
        assert_eq!(said("HTTP/1.1 503 S\r\nX-Y: 1\r\n"), parse(-2));
        let many = |count: usize| format!("HTTP/1.1 503 S\r\n{}\r\n", "a: b\r\n".repeat(count));
        assert_eq!((said(&many(100)), said(&many(101)), said(&many(102))), (None, parse(624), parse(628)));
        let full = |size: usize| format!("HTTP/1.1 503 S\r\n\r\n{}", "x".repeat(size));
        assert_eq!(said(&full(16_279)), None);
        assert_eq!(said(&full(16_280)).as_deref(), Some("unable to add payload into the HTX message"));
    }
}
