//! Reads the field lines of a head (RFC 9112 §5), from the line behind the start line to the blank one.

use super::byte;
use super::head::{Bad, Strictness};
use crate::base::limits::HEADER_FIELDS_MAX;
use crate::http::head::{Head, Slice};

/// What was read of the field lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lines {
    /// The offset behind the blank line.
    pub end: usize,
    /// Whether a value goes on over several lines.
    pub folded: bool,
}

/// Reads the lines of `raw` from offset `at` into `head`; `None` when the blank line is not there yet.
pub fn read(raw: &[u8], mut at: usize, head: &mut Head, strictness: Strictness) -> Result<Option<Lines>, Bad> {
    let mut folded = false;
    loop {
        let rest = raw.get(at..).unwrap_or_default();
        match rest {
            [b'\n', ..] => return Ok(Some(Lines { end: at + 1, folded })),
            [b'\r', b'\n', ..] => return Ok(Some(Lines { end: at + 2, folded })),
            [b'\r', _, ..] => return Err(Bad::Syntax),
            [] | [b'\r'] => return Ok(None),
            _ => {}
        }
        let name_len = byte::name(rest);
        match rest.get(name_len) {
            None => return Ok(None),
            Some(b':') if name_len > 0 => {}
            Some(_) if strictness == Strictness::Lax && name_len > 0 => {
                // A field that cannot be named is left out.
                let Some(end) = memchr::memchr(b'\n', rest) else { return Ok(None) };
                at += end + 1;
                continue;
            }
            Some(_) => return Err(Bad::Syntax),
        }
        let Some(value) = value(raw, at + name_len + 1)? else { return Ok(None) };
        if head.fields().len() >= HEADER_FIELDS_MAX {
            return Err(Bad::TooManyFields);
        }
        head.push_slices(Slice::new(at, at + name_len), value.slice);
        folded |= value.folded;
        at = value.end;
    }
}

struct Value {
    /// Without the blanks around it, folded lines included.
    slice: Slice,
    /// The offset behind its line end.
    end: usize,
    folded: bool,
}

/// The value that starts at `from`.
#[inline]
fn value(raw: &[u8], from: usize) -> Result<Option<Value>, Bad> {
    let mut folded = false;
    let mut at = from;
    loop {
        let Some(found) = byte::control(raw, at) else { return Ok(None) };
        let end = match raw.get(found..).unwrap_or_default() {
            [b'\r', b'\n', ..] => found + 2,
            [b'\n', ..] => found + 1,
            [b'\r'] => return Ok(None),
            [b'\r' | 0, ..] => return Err(Bad::Syntax),
            _ => {
                at = found + 1;
                continue;
            }
        };
        match raw.get(end) {
            None => return Ok(None),
            Some(b' ' | b'\t') => {
                folded = true;
                at = end;
            }
            Some(_) => return Ok(Some(Value { slice: trimmed(raw, from, found), end, folded })),
        }
    }
}

#[inline]
fn trimmed(raw: &[u8], start: usize, end: usize) -> Slice {
    let blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
    let Some(mut rest) = raw.get(start..end) else { return Slice::new(start, start) };
    let mut start = start;
    while let [first, others @ ..] = rest
        && blank(first)
    {
        rest = others;
        start += 1;
    }
    while let [others @ .., last] = rest
        && blank(last)
    {
        rest = others;
    }
    Slice::new(start, start + rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_all(text: &[u8], strictness: Strictness) -> Result<Option<(usize, bool, usize)>, Bad> {
        let mut head = Head::default();
        Ok(read(text, 0, &mut head, strictness)?.map(|lines| (lines.end, lines.folded, head.fields().len())))
    }

    #[test]
    fn lines_end_in_both_ways_and_fold() {
        assert_eq!(read_all(b"a: b\r\nc:d\n\nrest", Strictness::Strict), Ok(Some((11, false, 2))));
        assert_eq!(read_all(b"a: b\r\n c\td\r\n\r\n", Strictness::Strict), Ok(Some((14, true, 1))));
        assert_eq!(read_all(b"a b: c\r\nd: e\r\n\r\n", Strictness::Lax), Ok(Some((16, false, 1))));
    }

    #[test]
    fn what_spoils_a_line_is_refused_as_soon_as_it_is_there() {
        for text in [&b"a: b\rc"[..], b"a: \0", b"a: b\r\r\n", b"\rx", b"a b: c", b"a: b\r\n\rx"] {
            assert_eq!(read_all(text, Strictness::Strict), Err(Bad::Syntax), "{}", text.escape_ascii());
        }
        let many = [b"a:b\n".repeat(HEADER_FIELDS_MAX + 1), b"\n".to_vec()].concat();
        assert_eq!(read_all(&many, Strictness::Strict), Err(Bad::TooManyFields));
        assert_eq!(read_all(&many[4..], Strictness::Strict), Ok(Some((many.len() - 4, false, HEADER_FIELDS_MAX))));
    }
}
