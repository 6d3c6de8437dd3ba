//! Reads the head of a request or of a response (RFC 9112 §2 to §6) into a [`Head`].
//!
//! Strict where HAProxy is strict, lax where it is lax. The body is not read here, only how long it is.

use super::target;
use crate::base::limits::{BODY_BYTES_MAX, HEADER_FIELDS_MAX};
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
    /// More fields than [`HEADER_FIELDS_MAX`].
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

/// Reads a request head from the start of `buffer` into `head`.
pub fn parse_request(buffer: &[u8], head: &mut Head, strictness: Strictness) -> Parsed {
    let skipped = buffer.iter().take_while(|&&byte| byte == b'\r' || byte == b'\n').count();
    let raw = buffer.get(skipped..).unwrap_or_default();
    let Some((line, mut at)) = take_line(raw)? else {
        return check_partial_request_line(raw, strictness).map(|()| None);
    };
    let (method, target, version) = request_line(line, strictness)?;
    let mut fields = Fields { count: 0, strictness };
    let mut slices = [(Slice::default(), Slice::default()); HEADER_FIELDS_MAX];
    if !fields.read(raw, &mut at, &mut slices)? {
        return Ok(None);
    }
    head.load(raw.get(..at).unwrap_or_default());
    head.set_line(method, target, version);
    head.version = version_of(version.of(raw));
    for &(name, value) in slices.iter().take(fields.count) {
        head.push_slices(name, value);
    }
    let mut message = interpret(head, false)?;
    message.consumed = skipped + at;
    if message.connection.upgrade && message.framing != Framing::None {
        return Err(Bad::Silent);
    }
    target::normalize(head)?;
    Ok(Some(message))
}

/// Reads a response head. `method` is the method of its request: a response to `HEAD` has no body.
pub fn parse_response(buffer: &[u8], head: &mut Head, method: &[u8], strictness: Strictness) -> Parsed {
    let Some((line, mut at)) = take_line(buffer)? else {
        return check_partial_status_line(buffer).map(|()| None);
    };
    let (version, code, reason) = status_line(line)?;
    let mut fields = Fields { count: 0, strictness };
    let mut slices = [(Slice::default(), Slice::default()); HEADER_FIELDS_MAX];
    if !fields.read(buffer, &mut at, &mut slices)? {
        return Ok(None);
    }
    head.load(buffer.get(..at).unwrap_or_default());
    head.set_line(version, code, reason);
    head.version = version_of(version.of(buffer));
    head.status = code.of(buffer).iter().fold(0, |sum, digit| sum * 10 + u16::from(digit - b'0'));
    for &(name, value) in slices.iter().take(fields.count) {
        head.push_slices(name, value);
    }
    let mut message = interpret(head, true)?;
    message.consumed = at;
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
    if !method.iter().all(|&byte| is_token(byte)) {
        return Err(Bad::Syntax);
    }
    let target = parts.next().unwrap_or_default();
    let valid = target.iter().all(|&byte| is_target_byte(byte, strictness) || matches!(byte, b' ' | b'\r'));
    if valid { Ok(()) } else { Err(Bad::Syntax) }
}

fn check_partial_status_line(raw: &[u8]) -> Result<(), Bad> {
    let expected = b"HTTP/";
    let seen = raw.len().min(expected.len());
    if raw.get(..seen) == expected.get(..seen) { Ok(()) } else { Err(Bad::Syntax) }
}

/// A fragment is for clients alone, and bytes outside of ASCII are for lax listeners.
fn is_target_byte(byte: u8, strictness: Strictness) -> bool {
    match strictness {
        Strictness::Strict => matches!(byte, b'!'..=b'~') && byte != b'#',
        Strictness::Lax => byte > b' ' && byte != 0x7f,
    }
}

fn request_line(line: &[u8], strictness: Strictness) -> Result<(Slice, Slice, Slice), Bad> {
    let method_end = line.iter().position(|&byte| !is_token(byte)).ok_or(Bad::Syntax)?;
    if method_end == 0 || line.get(method_end) != Some(&b' ') {
        return Err(Bad::Syntax);
    }
    let target_start = skip_spaces(line, method_end);
    let rest = line.get(target_start..).unwrap_or_default();
    let target_end =
        target_start + rest.iter().position(|&byte| !is_target_byte(byte, strictness)).ok_or(Bad::Syntax)?;
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

type Slices = [(Slice, Slice); HEADER_FIELDS_MAX];

struct Fields {
    count: usize,
    strictness: Strictness,
}

impl Fields {
    /// Reads field lines from `raw[*at..]` up to the blank line; false when it is not there yet.
    fn read(&mut self, raw: &[u8], at: &mut usize, slices: &mut Slices) -> Result<bool, Bad> {
        loop {
            let start = *at;
            let rest = raw.get(start..).unwrap_or_default();
            match rest {
                [b'\n', ..] => {
                    *at += 1;
                    return Ok(true);
                }
                [b'\r', b'\n', ..] => {
                    *at += 2;
                    return Ok(true);
                }
                [b'\r', _, ..] => return Err(Bad::Syntax),
                [] | [b'\r'] => return Ok(false),
                _ => {}
            }
            let name_len = rest.iter().position(|&byte| !is_token(byte)).unwrap_or(rest.len());
            match rest.get(name_len) {
                None => return Ok(false),
                Some(b':') if name_len > 0 => {}
                Some(_) if self.strictness == Strictness::Lax && name_len > 0 => {
                    // A field that cannot be named is left out.
                    let Some(end) = memchr::memchr(b'\n', rest) else { return Ok(false) };
                    *at += end + 1;
                    continue;
                }
                Some(_) => return Err(Bad::Syntax),
            }
            let value_from = start + name_len + 1;
            let Some((value, end)) = field_value(raw, value_from)? else { return Ok(false) };
            let Some(slot) = slices.get_mut(self.count) else { return Err(Bad::TooManyFields) };
            *slot = (Slice::new(start, start + name_len), value);
            self.count += 1;
            *at = end;
        }
    }
}

/// The trimmed value that starts at `from`, folded lines included, and the offset behind its line end.
fn field_value(raw: &[u8], from: usize) -> Result<Option<(Slice, usize)>, Bad> {
    let mut line_from = from;
    loop {
        let rest = raw.get(line_from..).unwrap_or_default();
        let Some(length) = memchr::memchr(b'\n', rest) else {
            return if has_forbidden(rest.strip_suffix(b"\r").unwrap_or(rest)) { Err(Bad::Syntax) } else { Ok(None) };
        };
        let line = rest.get(..length).unwrap_or_default();
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if has_forbidden(line) {
            return Err(Bad::Syntax);
        }
        let next = line_from + length + 1;
        match raw.get(next) {
            None => return Ok(None),
            Some(b' ' | b'\t') => line_from = next,
            Some(_) => return Ok(Some((trimmed(raw, from, line_from + line.len()), next))),
        }
    }
}

#[inline]
fn has_forbidden(line: &[u8]) -> bool {
    memchr::memchr2(b'\r', 0, line).is_some()
}

fn trimmed(raw: &[u8], mut start: usize, mut end: usize) -> Slice {
    let blank = |at: usize| matches!(raw.get(at), Some(b' ' | b'\t' | b'\r' | b'\n'));
    while start < end && blank(start) {
        start += 1;
    }
    while end > start && blank(end - 1) {
        end -= 1;
    }
    Slice::new(start, end)
}

/// Reads the fields that decide on framing and connection.
fn interpret(head: &mut Head, is_response: bool) -> Result<Message, Bad> {
    let mut message = Message::default();
    let mut length: Option<u64> = None;
    let mut chunked = false;
    let mut has_coding = false;
    let mut has_upgrade = false;
    let mut has_connection = false;
    let mut asks_upgrade = false;
    let mut odd = Odd::default();
    for field in head.fields() {
        let value = head.text(field.value);
        match head.text(field.name) {
            b"content-length" => {
                let parsed = content_length(value)?;
                odd.length |= value.len() > 1 && (value.first() == Some(&b'0') || value.contains(&b','));
                match length {
                    None => length = Some(parsed),
                    Some(known) if known == parsed => odd.length = true,
                    Some(_) => return Err(Bad::Silent),
                }
            }
            b"transfer-encoding" => {
                has_coding = true;
                odd.coding |= value != b"chunked";
                chunked = coding(value, chunked, &mut odd.other_coding)?;
            }
            b"connection" => {
                has_connection = true;
                connection_tokens(value, &mut message.connection, &mut asks_upgrade);
            }
            b"upgrade" => has_upgrade = true,
            b"te" => odd.te = true,
            b"expect" if value.eq_ignore_ascii_case(b"100-continue") => message.expects_continue = true,
            _ => {}
        }
    }
    if has_coding && (!chunked || odd.other_coding) {
        return Err(if chunked && !is_response { Bad::UnknownCoding } else { Bad::Syntax });
    }
    message.connection.upgrade = asks_upgrade && has_upgrade;
    message.framing = match (chunked, length) {
        (true, _) => Framing::Chunked,
        (false, Some(bytes)) => Framing::Length(bytes),
        (false, None) if is_response => Framing::UntilClose,
        (false, None) => Framing::None,
    };
    message.ambiguous = has_coding && length.is_some();
    odd.clean(head, length, has_coding);
    if asks_upgrade != has_upgrade {
        head.remove(b"upgrade");
    }
    if has_connection {
        clean_connection(head, message.connection.upgrade);
    }
    Ok(message)
}

/// What of the framing fields is not in its plain form.
#[derive(Default)]
struct Odd {
    length: bool,
    coding: bool,
    other_coding: bool,
    te: bool,
}

impl Odd {
    /// Brings the fields into their plain form.
    fn clean(&self, head: &mut Head, length: Option<u64>, has_coding: bool) {
        if has_coding && length.is_some() {
            head.remove(b"content-length");
        } else if let Some(length) = length.filter(|_| self.length) {
            keep_one(head, b"content-length", length.to_string().as_bytes());
        }
        if self.coding && has_coding {
            keep_one(head, b"transfer-encoding", b"chunked");
        }
        if self.te {
            let trailers = head.values(b"te").any(|value| {
                value.split(|&byte| byte == b',').any(|item| item.trim_ascii().eq_ignore_ascii_case(b"trailers"))
            });
            if trailers {
                keep_one(head, b"te", b"trailers");
            } else {
                head.remove(b"te");
            }
        }
        for index in 0..head.fields().len() {
            unfold(head, index);
        }
    }
}

/// Line ends within a folded value become blanks.
fn unfold(head: &mut Head, index: usize) {
    let Some(field) = head.fields().get(index).copied() else { return };
    if memchr::memchr(b'\n', head.text(field.value)).is_some() {
        let flat: Vec<u8> = head
            .text(field.value)
            .iter()
            .map(|&byte| if matches!(byte, b'\r' | b'\n') { b' ' } else { byte })
            .collect();
        head.set_value(index, &flat);
    }
}

/// All fields of this name become one with this value, in the place of the first.
fn keep_one(head: &mut Head, name: &[u8], value: &[u8]) {
    let mut seen = false;
    let mut index = 0;
    while let Some(field) = head.fields().get(index).copied() {
        if head.is_named(&field, name) {
            if seen {
                head.remove_at(index);
                continue;
            }
            seen = true;
            head.set_value(index, value);
        }
        index += 1;
    }
}

/// `Content-Length` may repeat its value in a list; all must be the same number.
fn content_length(value: &[u8]) -> Result<u64, Bad> {
    let mut known = None;
    for item in value.split(|&byte| byte == b',') {
        let digits = item.trim_ascii();
        if digits.is_empty() {
            return Err(Bad::Syntax);
        }
        let mut number = 0u64;
        for digit in digits {
            if !digit.is_ascii_digit() {
                return Err(Bad::Syntax);
            }
            number =
                number.checked_mul(10).and_then(|tens| tens.checked_add(u64::from(digit - b'0'))).ok_or(Bad::Syntax)?;
        }
        if number > BODY_BYTES_MAX || known.is_some_and(|before| before != number) {
            return Err(Bad::Syntax);
        }
        known = Some(number);
    }
    known.ok_or(Bad::Syntax)
}

/// Whether the codings so far end in `chunked`, which may be named once and last.
fn coding(value: &[u8], mut chunked: bool, other: &mut bool) -> Result<bool, Bad> {
    for item in value.split(|&byte| byte == b',') {
        let name = item.trim_ascii();
        if name.is_empty() {
            continue;
        }
        if chunked {
            return Err(Bad::Syntax);
        }
        if name.eq_ignore_ascii_case(b"chunked") {
            chunked = true;
        } else {
            *other = true;
        }
    }
    Ok(chunked)
}

fn connection_tokens(value: &[u8], connection: &mut Connection, asks_upgrade: &mut bool) {
    for token in value.split(|&byte| byte == b',') {
        let token = token.trim_ascii();
        if token.eq_ignore_ascii_case(b"close") {
            connection.close = true;
        } else if token.eq_ignore_ascii_case(b"keep-alive") {
            connection.keep_alive = true;
        } else if token.eq_ignore_ascii_case(b"upgrade") {
            *asks_upgrade = true;
        }
    }
}

/// `close` and `keep-alive` are this hop's own business: they are cut out of the field, and an empty field goes.
fn clean_connection(head: &mut Head, upgrades: bool) {
    let mut index = 0;
    while let Some(field) = head.fields().get(index).copied() {
        if !head.is_named(&field, b"connection") {
            index += 1;
            continue;
        }
        let value = head.text(field.value);
        let keep: Vec<&[u8]> = value
            .split(|&byte| byte == b',')
            .map(<[u8]>::trim_ascii)
            .filter(|token| {
                !token.is_empty()
                    && !token.eq_ignore_ascii_case(b"close")
                    && !token.eq_ignore_ascii_case(b"keep-alive")
                    && (upgrades || !token.eq_ignore_ascii_case(b"upgrade"))
            })
            .collect();
        if keep.is_empty() {
            head.remove_at(index);
        } else {
            let joined = keep.join(&b", "[..]);
            head.set_value(index, &joined);
            index += 1;
        }
    }
}

/// RFC 9110 §5.6.2 `tchar`.
#[inline]
pub fn is_token(byte: u8) -> bool {
    TOKEN[byte as usize]
}

static TOKEN: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        let c = byte as u8;
        table[byte] = c.is_ascii_alphanumeric()
            || matches!(
                c,
                b'!' | b'#' | b'$' | b'%' | b'&' | b'\'' | b'*' | b'+' | b'-' | b'.' | b'^' | b'_' | b'`' | b'|' | b'~'
            );
        byte += 1;
    }
    table
};

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
