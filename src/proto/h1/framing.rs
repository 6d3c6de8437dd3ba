//! Reads what the fields of a head say about its body and its connection (RFC 9112 §6 and §9), and tidies them.

use super::byte;
use super::head::{Bad, Connection, Framing, Message};
use crate::base::limits::BODY_BYTES_MAX;
use crate::http::head::Head;

/// What the fields of a head said.
pub struct Framed {
    /// Framing and connection; how much of the buffer the head took is not known here.
    pub message: Message,
    /// The `Host` fields.
    pub hosts: Hosts,
}

/// The `Host` fields of a head.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Hosts {
    /// There is none.
    #[default]
    None,
    /// There is one, and it can be a host.
    One,
    /// The first cannot be a host.
    Spoiled,
    /// There are several, and the first can be a host.
    Several,
}

impl Hosts {
    /// With one more field.
    pub fn and(self, value: &[u8]) -> Hosts {
        match self {
            Hosts::None if byte::span(value, byte::HOST) == value.len() => Hosts::One,
            Hosts::None | Hosts::Spoiled => Hosts::Spoiled,
            Hosts::One | Hosts::Several => Hosts::Several,
        }
    }
}

/// Reads the fields that decide on framing and connection, and brings them into their plain form. `folded` tells that a
/// value may hold line ends.
pub fn interpret(head: &mut Head, folded: bool, is_response: bool) -> Result<Framed, Bad> {
    let mut message = Message::default();
    let mut hosts = Hosts::None;
    let mut length: Option<u64> = None;
    let mut chunked = false;
    let mut has_coding = false;
    let mut has_upgrade = false;
    let mut has_connection = false;
    let mut asks_upgrade = false;
    let mut odd = Odd { folded, ..Odd::default() };
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
            b"host" => hosts = hosts.and(value),
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
    Ok(Framed { message, hosts })
}

/// What of the framing fields is not in its plain form.
#[derive(Default)]
struct Odd {
    length: bool,
    coding: bool,
    other_coding: bool,
    te: bool,
    folded: bool,
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
        if self.folded {
            (0..head.fields().len()).for_each(|index| unfold(head, index));
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
