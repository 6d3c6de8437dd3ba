//! Follows a body through the buffer it arrives in (RFC 9112 §7): how many bytes are payload, and where it ends.
//!
//! Chunks are unwrapped in place: the payload of all chunks in the buffer ends up in one piece, so that it can be sent
//! as one chunk.

use super::byte;
use super::head::{Bad, Framing};
use crate::base::limits::{BODY_BYTES_MAX, CHUNK_LINE_BYTES};

/// A chunk up to this size is waited for, so that it goes out as it came in, as HAProxy does.
const WHOLE_CHUNK_BYTES_MAX: u64 = 8_192;

/// Where a body stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body {
    /// Nothing more will come.
    Done,
    /// So many bytes are still to come.
    Length(u64),
    /// Chunks are coming.
    Chunked(Chunks),
    /// Everything until the peer closes.
    UntilClose,
}

/// Progress within a chunked body.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Chunks {
    /// Before a chunk-size line.
    #[default]
    Size,
    /// Within a chunk, so many bytes left.
    Data(u64),
    /// Before the line end that closes a chunk.
    DataEnd,
    /// Within the trailer section.
    Trailers,
}

/// What one step over the buffer found: `buffer[..payload]` is payload, `consumed` bytes of input are used up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// Bytes of payload now at the start of the buffer.
    pub payload: usize,
    /// Bytes of input used, from the start of the buffer.
    pub consumed: usize,
    /// The body ended; trailers, if any, stand in `buffer[trailers.0..trailers.1]`.
    pub done: bool,
    /// The trailer lines without the blank line, as a range of the buffer; both zero when there are none.
    pub trailers: (usize, usize),
}

impl Body {
    /// The start of a body framed like this.
    pub fn new(framing: Framing) -> Body {
        match framing {
            Framing::None | Framing::Length(0) => Body::Done,
            Framing::Length(bytes) => Body::Length(bytes),
            Framing::Chunked => Body::Chunked(Chunks::Size),
            Framing::UntilClose => Body::UntilClose,
        }
    }

    /// Whether the end was seen.
    pub fn is_done(self) -> bool {
        self == Body::Done
    }

    /// Whether the framing in these first bytes is sound, as far as they go.
    pub fn check(self, first: &[u8]) -> Result<(), Bad> {
        match self {
            Body::Chunked(mut chunks) => {
                let mut step = Step::default();
                while piece(&mut chunks, first, &mut step)?.is_some() {}
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Takes what it can from `buffer`.
    pub fn step(&mut self, buffer: &mut [u8]) -> Result<Step, Bad> {
        match self {
            Body::Done => Ok(Step { done: true, ..Step::default() }),
            Body::UntilClose => Ok(Step { payload: buffer.len(), consumed: buffer.len(), ..Step::default() }),
            Body::Length(left) => {
                let taken = (buffer.len() as u64).min(*left);
                *left -= taken;
                let done = *left == 0;
                if done {
                    *self = Body::Done;
                }
                Ok(Step { payload: taken as usize, consumed: taken as usize, done, ..Step::default() })
            }
            Body::Chunked(chunks) => {
                let step = unchunk(chunks, buffer)?;
                if step.done {
                    *self = Body::Done;
                }
                Ok(step)
            }
        }
    }
}

fn unchunk(state: &mut Chunks, buffer: &mut [u8]) -> Result<Step, Bad> {
    let mut step = Step::default();
    let mut payload = 0;
    while let Some((start, end)) = piece(state, buffer, &mut step)? {
        buffer.copy_within(start..end, payload);
        payload += end - start;
    }
    Ok(step)
}

/// The next piece of payload, as a range of the buffer; `None` when there is no more in it. `step` moves on.
fn piece(state: &mut Chunks, buffer: &[u8], step: &mut Step) -> Result<Option<(usize, usize)>, Bad> {
    loop {
        let rest = buffer.get(step.consumed..).unwrap_or_default();
        match state {
            Chunks::Size => {
                let Some((size, used)) = chunk_size(rest)? else { return Ok(None) };
                step.consumed += used;
                *state = if size == 0 { Chunks::Trailers } else { Chunks::Data(size) };
            }
            Chunks::Data(left) => {
                let taken = (rest.len() as u64).min(*left) as usize;
                if taken == 0 || ((taken as u64) < *left && *left <= WHOLE_CHUNK_BYTES_MAX) {
                    return Ok(None);
                }
                let start = step.consumed;
                step.payload += taken;
                step.consumed += taken;
                *left -= taken as u64;
                if *left == 0 {
                    *state = Chunks::DataEnd;
                }
                return Ok(Some((start, start + taken)));
            }
            Chunks::DataEnd => match rest {
                [b'\r', b'\n', ..] => {
                    step.consumed += 2;
                    *state = Chunks::Size;
                }
                [b'\n', ..] => {
                    step.consumed += 1;
                    *state = Chunks::Size;
                }
                [] | [b'\r'] => return Ok(None),
                _ => return Err(Bad::Syntax),
            },
            Chunks::Trailers => {
                let Some(length) = trailers(rest)? else { return Ok(None) };
                let blank = if rest.get(..length).unwrap_or_default().ends_with(b"\r\n") { 2 } else { 1 };
                step.trailers = (step.consumed, step.consumed + length - blank);
                step.consumed += length;
                step.done = true;
                return Ok(None);
            }
        }
    }
}

/// The size on a chunk-size line and the line's length; `None` asks for more bytes.
fn chunk_size(rest: &[u8]) -> Result<Option<(u64, usize)>, Bad> {
    let digits = rest.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
    let mut size = 0u64;
    for &byte in rest.iter().take(digits) {
        let digit = (byte as char).to_digit(16).unwrap_or(0);
        size = (size << 4) | u64::from(digit);
        if size > BODY_BYTES_MAX {
            return Err(Bad::Syntax);
        }
    }
    if digits == 0 && !rest.is_empty() {
        return Err(Bad::Syntax);
    }
    let Some(end) = memchr::memchr(b'\n', rest) else {
        let valid = rest.len() <= CHUNK_LINE_BYTES && valid_extension(rest.get(digits..).unwrap_or_default());
        return if valid { Ok(None) } else { Err(Bad::Syntax) };
    };
    let line = rest.get(digits..end).unwrap_or_default();
    let Some(line) = line.strip_suffix(b"\r") else { return Err(Bad::Syntax) };
    if valid_extension(line) && !line.contains(&b'\r') { Ok(Some((size, end + 1))) } else { Err(Bad::Syntax) }
}

/// Behind the digits: blanks, then nothing or an extension, which is dropped.
fn valid_extension(text: &[u8]) -> bool {
    let text = text.trim_ascii_start();
    matches!(text, [] | [b'\r'] | [b';', ..]) && !text.contains(&0)
}

/// The length of the trailer section with its blank line; `None` asks for more bytes.
fn trailers(rest: &[u8]) -> Result<Option<usize>, Bad> {
    let mut at = 0;
    loop {
        match rest.get(at..).unwrap_or_default() {
            [b'\n', ..] => return Ok(Some(at + 1)),
            [b'\r', b'\n', ..] => return Ok(Some(at + 2)),
            [] | [b'\r'] => return Ok(None),
            line => {
                let Some(end) = memchr::memchr(b'\n', line) else { return Ok(None) };
                let name = byte::span(line, byte::TOKEN);
                if name == 0 || line.get(name) != Some(&b':') {
                    return Err(Bad::Syntax);
                }
                at += end + 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn merges_chunks_and_finds_trailers() {
        let mut body = Body::new(Framing::Chunked);
        let mut buffer = b"5;x=y\r\nhello\r\n3\r\nabc\r\n0\r\nT: 1\r\n\r\nGET".to_vec();
        let step = body.step(&mut buffer).unwrap();
        assert_eq!(&buffer[..step.payload], b"helloabc");
        assert!(step.done && body.is_done());
        assert_eq!(&buffer[step.trailers.0..step.trailers.1], b"T: 1\r\n");
        assert_eq!(&buffer[step.consumed..], b"GET");
    }

    #[test]
    fn byte_by_byte_gives_the_same() {
        let whole = b"a\r\n0123456789\r\n0\r\n\r\n";
        let mut body = Body::new(Framing::Chunked);
        let (mut pending, mut out) = (Vec::new(), Vec::new());
        for &byte in whole {
            pending.push(byte);
            let step = body.step(&mut pending).unwrap();
            out.extend_from_slice(&pending[..step.payload]);
            pending.drain(..step.consumed);
        }
        assert_eq!(out, b"0123456789");
        assert!(body.is_done());
    }

    #[test]
    fn refuses_bad_sizes() {
        for text in [&b"x\r\n"[..], b"-1\r\n", b"5 x\r\n", b"ffffffffffffffff1\r\n", b"2\r\nabc\r\n"] {
            let mut buffer = text.to_vec();
            assert!(Body::new(Framing::Chunked).step(&mut buffer).is_err(), "{}", text.escape_ascii());
        }
    }
}
