//! The first message of a TLS client, looked at without taking part: what `req.ssl_*` rules ask about.

/// The longest hello that is looked for.
const RECORD_BYTES_MAX: usize = 16_384;

/// What looking gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Peek<T> {
    /// The bytes are not those of TLS, or what was asked for is not in them.
    Absent,
    /// More bytes are needed.
    Partial,
    /// Here it is.
    Found(T),
}

/// A client's or a server's hello.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hello<'a> {
    /// 1 for a client's, 2 for a server's.
    pub kind: u8,
    /// The version it names: 0x0303 for TLS 1.2 and, for its disguise, 1.3.
    pub version: u16,
    /// Everything behind the version.
    body: &'a [u8],
}

/// Type of the first handshake message in a TLS stream.
pub fn kind(bytes: &[u8]) -> Peek<u8> {
    match bytes {
        [] => Peek::Partial,
        [first, ..] if *first != 22 => Peek::Absent,
        [_, major, ..] if *major != 3 => Peek::Absent,
        [_, _, _, high, low, rest @ ..] => {
            if record_length(*high, *low) > RECORD_BYTES_MAX {
                return Peek::Absent;
            }
            rest.first().map_or(Peek::Partial, |kind| Peek::Found(*kind))
        }
        _ => Peek::Partial,
    }
}

/// The hello at the start of a stream, whole.
pub fn hello(bytes: &[u8]) -> Peek<Hello<'_>> {
    match kind(bytes) {
        Peek::Found(1 | 2) => {}
        Peek::Found(_) | Peek::Absent => return Peek::Absent,
        Peek::Partial => return Peek::Partial,
    }
    let (Some(&high), Some(&low)) = (bytes.get(3), bytes.get(4)) else { return Peek::Partial };
    let Some(record) = bytes.get(5..5 + record_length(high, low)) else { return Peek::Partial };
    let mut reader = Reader(record);
    let parsed = (|| {
        let kind = reader.byte()?;
        let length = reader.take(3)?;
        let length = length.iter().fold(0usize, |sum, byte| sum << 8 | usize::from(*byte));
        // A hello that goes on in the next record is read as far as it is in the first.
        let mut message = Reader(reader.0.get(..length).unwrap_or(reader.0));
        let version = message.short()?;
        Some(Hello { kind, version, body: message.0 })
    })();
    parsed.map_or(Peek::Absent, Peek::Found)
}

impl<'a> Hello<'a> {
    /// The name the client asks for.
    pub fn server_name(&self) -> Option<&'a [u8]> {
        let mut list = Reader(self.extension(0)?);
        let mut names = Reader(list.vector16()?);
        while let Some(kind) = names.byte() {
            let name = names.vector16()?;
            if kind == 0 {
                return Some(name);
            }
        }
        None
    }

    /// The protocols offered by ALPN, the preferred one first.
    pub fn protocols(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let mut list =
            Reader(self.extension(16).and_then(|extension| Reader(extension).vector16()).unwrap_or_default());
        std::iter::from_fn(move || list.vector8())
    }

    /// The data of an extension.
    pub fn extension(&self, wanted: u16) -> Option<&'a [u8]> {
        let mut reader = Reader(self.body);
        reader.take(32)?;
        reader.vector8()?;
        if self.kind == 1 {
            reader.vector16()?;
            reader.vector8()?;
        } else {
            reader.take(3)?;
        }
        let mut extensions = Reader(reader.vector16()?);
        while let Some(kind) = extensions.short() {
            let data = extensions.vector16()?;
            if kind == wanted {
                return Some(data);
            }
        }
        None
    }

    /// The client's cipher suites, two bytes each.
    pub fn ciphers(&self) -> Option<&'a [u8]> {
        let mut reader = Reader(self.body);
        reader.take(32)?;
        reader.vector8()?;
        reader.vector16()
    }
}

fn record_length(high: u8, low: u8) -> usize {
    usize::from(high) << 8 | usize::from(low)
}

/// Reads from the front; what is too short gives nothing.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn byte(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    fn short(&mut self) -> Option<u16> {
        let bytes = self.take(2)?;
        Some(u16::from(*bytes.first()?) << 8 | u16::from(*bytes.get(1)?))
    }

    fn vector8(&mut self) -> Option<&'a [u8]> {
        let length = self.byte()?;
        self.take(length.into())
    }

    /// A vector that is cut off gives what is there.
    fn vector16(&mut self) -> Option<&'a [u8]> {
        let length = usize::from(self.short()?);
        self.take(length.min(self.0.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A hello with a name, `h2` and `http/1.1`, and one cipher suite.
    fn sample() -> Vec<u8> {
        let mut extensions = vec![0, 0, 0, 10, 0, 8, 0, 0, 5];
        extensions.extend(b"a.net");
        extensions.extend([0, 16, 0, 14, 0, 12, 2]);
        extensions.extend(b"h2\x08http/1.1");
        let mut body = vec![3, 3];
        body.extend([7; 32]);
        body.extend([0, 0, 2, 0x13, 0x01, 1, 0, 0, extensions.len() as u8]);
        body.extend(extensions);
        let mut out = vec![22, 3, 1, 0, body.len() as u8 + 4, 1, 0, 0, body.len() as u8];
        out.extend(body);
        out
    }

    #[test]
    fn reads_name_and_protocols() {
        let bytes = sample();
        let Peek::Found(hello) = hello(&bytes) else { panic!("not found") };
        assert_eq!((hello.kind, hello.version, hello.server_name()), (1, 0x303, Some(&b"a.net"[..])));
        assert_eq!(hello.protocols().collect::<Vec<_>>(), [&b"h2"[..], b"http/1.1"]);
        assert_eq!(hello.ciphers(), Some(&[0x13, 0x01][..]));
    }

    #[test]
    fn every_prefix_asks_for_more() {
        let bytes = sample();
        for end in 0..bytes.len() {
            assert_eq!(hello(&bytes[..end]), Peek::Partial, "{end}");
        }
        assert_eq!(hello(b"GET / HTTP/1.1"), Peek::Absent);
    }
}
