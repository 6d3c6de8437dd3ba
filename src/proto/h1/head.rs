//! Reads the head of a request or of a response (RFC 9112 §2 to §6) into a [`Head`].
//!
//! Strict where HAProxy is strict, lax where it is lax. The body is not read here, only how long it is.

use super::framing::{self, Framed};
use super::{byte, fields, target};
use crate::http::head::{Head, Slice, Version};

/// How the end of a body is found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Framing {
    /// There is no body.
    #[default]
    None,
    /// So many bytes.
    Length(u64),
    /// Chunks up to the empty one.
    Chunked,
    /// Everything until the peer closes; responses only.
    UntilClose,
}

/// What a `Connection` header asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Connection {
    /// `close` was named.
    pub close: bool,
    /// `keep-alive` was named.
    pub keep_alive: bool,
    /// `upgrade` was named and an `Upgrade` field is there.
    pub upgrade: bool,
}

/// What a head says about the message it opens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Message {
    /// Bytes of the buffer that the head took, blank line included.
    pub consumed: usize,
    /// How its body ends.
    pub framing: Framing,
    /// What it wants of the connection.
    pub connection: Connection,
    /// `Expect: 100-continue` was there.
    pub expects_continue: bool,
    /// Both `Transfer-Encoding` and `Content-Length` were there: the connection must not be kept.
    pub ambiguous: bool,
}

/// Why a head was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bad {
    /// A byte or a rule of the grammar.
    Syntax,
    /// More fields than [`crate::base::limits::HEADER_FIELDS_MAX`].
    TooManyFields,
    /// A transfer coding that is not understood.
    UnknownCoding,
    /// A contradiction that HAProxy does not even answer to.
    Silent,
}

/// How much of the grammar's fine print is insisted on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Strictness {
    /// As HAProxy does on its own.
    #[default]
    Strict,
    /// As HAProxy does under `option accept-unsafe-violations-in-http-request` (or `-response`).
    Lax,
}

/// The outcome of an attempt on a buffer: `Ok(None)` asks for more bytes.
pub type Parsed = Result<Option<Message>, Bad>;

/// Reads a request head from the start of `buffer` into `head`, which is empty where this is not `Ok(Some(_))`.
pub fn parse_request(buffer: &[u8], head: &mut Head, strictness: Strictness) -> Parsed {
    let parsed = request(buffer, head, strictness);
    all_or_nothing(parsed, head)
}

/// Reads a response head, as [`parse_request`] does. `method` is the method of its request: a response to `HEAD` has no
/// body.
pub fn parse_response(buffer: &[u8], head: &mut Head, method: &[u8], strictness: Strictness) -> Parsed {
    let parsed = response(buffer, head, method, strictness);
    all_or_nothing(parsed, head)
}

/// Empties a head that was read in part.
fn all_or_nothing(parsed: Parsed, head: &mut Head) -> Parsed {
    if !matches!(parsed, Ok(Some(_))) {
        head.clear();
    }
    parsed
}

fn request(buffer: &[u8], head: &mut Head, strictness: Strictness) -> Parsed {
    let skipped = buffer.iter().take_while(|&&byte| byte == b'\r' || byte == b'\n').count();
    let raw = buffer.get(skipped..).unwrap_or_default();
    let Some((line, at)) = take_line(raw)? else {
        return check_partial_request_line(raw, strictness).map(|()| None);
    };
    let (method, target, version) = request_line(line, strictness)?;
    head.clear();
    let Some(lines) = fields::read(raw, at, head, strictness)? else { return Ok(None) };
    head.load(raw.get(..lines.end).unwrap_or_default());
    head.set_line(method, target, version);
    head.version = version_of(version.of(raw));
    let Framed { mut message, hosts } = framing::interpret(head, lines.folded, false)?;
    message.consumed = skipped + lines.end;
    if message.connection.upgrade && message.framing != Framing::None {
        return Err(Bad::Silent);
    }
    target::normalize(head, hosts)?;
    Ok(Some(message))
}

fn response(buffer: &[u8], head: &mut Head, method: &[u8], strictness: Strictness) -> Parsed {
    let Some((line, at)) = take_line(buffer)? else {
        return check_partial_status_line(buffer).map(|()| None);
    };
    let (version, code, reason) = status_line(line)?;
    head.clear();
    let Some(lines) = fields::read(buffer, at, head, strictness)? else { return Ok(None) };
    head.load(buffer.get(..lines.end).unwrap_or_default());
    head.set_line(version, code, reason);
    head.version = version_of(version.of(buffer));
    head.status = code.of(buffer).iter().fold(0, |sum, digit| sum * 10 + u16::from(digit - b'0'));
    let mut message = framing::interpret(head, lines.folded, true)?.message;
    message.consumed = lines.end;
    if matches!(head.status, 100..=199 | 204 | 304)
        || method == b"HEAD"
        || (method == b"CONNECT" && head.status / 100 == 2)
    {
        message.framing = Framing::None;
    }
    Ok(Some(message))
}

/// The first line without its end, and the offset behind it.
fn take_line(raw: &[u8]) -> Result<Option<(&[u8], usize)>, Bad> {
    let Some(end) = memchr::memchr(b'\n', raw) else { return Ok(None) };
    let line = raw.get(..end).unwrap_or_default();
    Ok(Some((line.strip_suffix(b"\r").unwrap_or(line), end + 1)))
}

/// A request line that has not ended yet is refused as soon as a byte of it is wrong.
fn check_partial_request_line(raw: &[u8], strictness: Strictness) -> Result<(), Bad> {
    let mut parts = raw.splitn(2, |&byte| byte == b' ');
    let method = parts.next().unwrap_or_default();
    if byte::span(method, byte::TOKEN) < method.len() {
        return Err(Bad::Syntax);
    }
    let target = parts.next().unwrap_or_default();
    let class = target_class(strictness);
    let valid = target.iter().all(|&byte| byte::is(byte, class) || matches!(byte, b' ' | b'\r'));
    if valid { Ok(()) } else { Err(Bad::Syntax) }
}

fn check_partial_status_line(raw: &[u8]) -> Result<(), Bad> {
    let expected = b"HTTP/";
    let seen = raw.len().min(expected.len());
    if raw.get(..seen) == expected.get(..seen) { Ok(()) } else { Err(Bad::Syntax) }
}

fn target_class(strictness: Strictness) -> u8 {
    match strictness {
        Strictness::Strict => byte::TARGET,
        Strictness::Lax => byte::LAX_TARGET,
    }
}

fn request_line(line: &[u8], strictness: Strictness) -> Result<(Slice, Slice, Slice), Bad> {
    let method_end = byte::span(line, byte::TOKEN);
    if method_end == 0 || line.get(method_end) != Some(&b' ') {
        return Err(Bad::Syntax);
    }
    let target_start = skip_spaces(line, method_end);
    let rest = line.get(target_start..).unwrap_or_default();
    let target_end = target_start + byte::span(rest, target_class(strictness));
    if target_end == target_start || line.get(target_end) != Some(&b' ') {
        return Err(Bad::Syntax);
    }
    let version_start = skip_spaces(line, target_end);
    check_version(line.get(version_start..).unwrap_or_default())?;
    Ok((Slice::new(0, method_end), Slice::new(target_start, target_end), Slice::new(version_start, line.len())))
}

fn status_line(line: &[u8]) -> Result<(Slice, Slice, Slice), Bad> {
    let version_end = memchr::memchr(b' ', line).ok_or(Bad::Syntax)?;
    check_version(line.get(..version_end).unwrap_or_default())?;
    let code_start = skip_spaces(line, version_end);
    let digits = line.get(code_start..).unwrap_or_default().iter().take_while(|byte| byte.is_ascii_digit()).count();
    let code_end = code_start + digits;
    if !(1..=3).contains(&digits) {
        return Err(Bad::Syntax);
    }
    if !matches!(line.get(code_end), None | Some(b' ')) {
        return Err(Bad::Syntax);
    }
    let reason_start = skip_spaces(line, code_end);
    let reason = line.get(reason_start..).unwrap_or_default();
    if reason.iter().any(|&byte| byte < b' ' && byte != b'\t') {
        return Err(Bad::Syntax);
    }
    Ok((Slice::new(0, version_end), Slice::new(code_start, code_end), Slice::new(reason_start, line.len())))
}

fn skip_spaces(line: &[u8], from: usize) -> usize {
    from + line.get(from..).unwrap_or_default().iter().take_while(|&&byte| byte == b' ').count()
}

fn check_version(text: &[u8]) -> Result<(), Bad> {
    match text {
        [b'H', b'T', b'T', b'P', b'/', major, b'.', minor] if major.is_ascii_digit() && minor.is_ascii_digit() => {
            Ok(())
        }
        _ => Err(Bad::Syntax),
    }
}

/// Everything newer than 1.0 is treated as 1.1, as HAProxy does.
fn version_of(text: &[u8]) -> Version {
    match text {
        [.., b'0', b'.', _] | [.., b'1', b'.', b'0'] => Version::Http10,
        _ => Version::Http11,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(text: &[u8]) -> (Parsed, Head) {
        let mut head = Head::default();
        (parse_request(text, &mut head, Strictness::Strict), head)
    }

    #[test]
    fn reads_a_request() {
        let (parsed, head) = request(b"\r\nGET /a?b HTTP/1.1\r\nHost:  A \r\nConnection: keep-alive, X\r\n\r\nrest");
        let message = parsed.unwrap().unwrap();
        assert_eq!(message.consumed, b"\r\nGET /a?b HTTP/1.1\r\nHost:  A \r\nConnection: keep-alive, X\r\n\r\n".len());
        assert_eq!((head.method(), head.target(), head.value(b"host")), (&b"GET"[..], &b"/a?b"[..], Some(&b"A"[..])));
        assert_eq!(head.value(b"connection"), Some(&b"X"[..]));
        assert!(message.connection.keep_alive);
    }

    #[test]
    fn every_prefix_asks_for_more() {
        let whole = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n";
        for end in 0..whole.len() {
            assert_eq!(request(&whole[..end]).0, Ok(None), "{end}");
        }
        assert_eq!(request(whole).0.unwrap().unwrap().framing, Framing::Length(3));
    }

    #[test]
    fn refuses_what_haproxy_refuses() {
        for text in [
            &b"G@T / HTTP/1.1\r\n\r\n"[..],
            b"GET / HTTP/1.1\r\nA b: c\r\n\r\n",
            b"GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
            b"GET / HTTP/1.1\r\nA: \0\r\n\r\n",
            b"GET / HTTX/1.1\r\n\r\n",
            b"GET / HTTP/1.1\r\n: a\r\n\r\n",
        ] {
            assert!(request(text).0.is_err(), "{}", text.escape_ascii());
        }
    }
}
