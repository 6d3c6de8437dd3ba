//! The PROXY protocol, versions 1 and 2: who the client is, told by the balancer in front, and to the server behind.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// The signature of version 2.
const SIGNATURE: &[u8; 12] = b"\r\n\r\n\0\r\nQUIT\n";

/// The longest line of version 1, its line end included.
const LINE_BYTES_MAX: usize = 107;

/// The longest block of version 2 that is taken: addresses and additions.
const BLOCK_BYTES_MAX: usize = 4_096;

/// What a header says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Bytes of it.
    pub consumed: usize,
    /// Where the client is and where it went; none when the header leaves that to the connection itself.
    pub addresses: Option<(SocketAddr, SocketAddr)>,
}

/// Why a header is refused, in HAProxy's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bad {
    /// It ended before it was whole.
    Truncated,
    /// It is none.
    NotOne,
    /// Its address family is not known.
    BadAddress,
}

impl Bad {
    /// HAProxy's sentence.
    pub fn words(self) -> &'static str {
        match self {
            Bad::Truncated => "Truncated PROXY protocol header received",
            Bad::NotOne => "Received something which does not look like a PROXY protocol header",
            Bad::BadAddress => "Received an invalid PROXY protocol header",
        }
    }

    /// HAProxy's number for it, as `fc_err` gives it.
    pub fn code(self) -> i64 {
        match self {
            Bad::Truncated => 14,
            Bad::NotOne => 15,
            Bad::BadAddress => 16,
        }
    }
}

/// Reads a header from the first bytes of a connection; `Ok(None)` asks for more.
pub fn parse(bytes: &[u8]) -> Result<Option<Header>, Bad> {
    let starts = |prefix: &[u8]| {
        let seen = bytes.len().min(prefix.len());
        bytes.get(..seen) == prefix.get(..seen)
    };
    if starts(b"PROXY ") {
        return line(bytes);
    }
    if starts(SIGNATURE) {
        return block(bytes);
    }
    // What could not be told apart from a short block is called truncated, as HAProxy does.
    Err(if bytes.len() < SIGNATURE.len() + 4 { Bad::Truncated } else { Bad::NotOne })
}

fn line(bytes: &[u8]) -> Result<Option<Header>, Bad> {
    let Some(end) = memchr::memchr(b'\n', bytes) else {
        return if bytes.len() < LINE_BYTES_MAX { Ok(None) } else { Err(Bad::NotOne) };
    };
    let text = bytes.get(..end).and_then(|text| text.strip_suffix(b"\r")).ok_or(Bad::NotOne)?;
    let text = std::str::from_utf8(text).map_err(|_| Bad::NotOne)?;
    let mut words = text.split(' ').skip(1);
    let consumed = end + 1;
    match words.next() {
        Some("UNKNOWN") => return Ok(Some(Header { consumed, addresses: None })),
        Some("TCP4" | "TCP6") => {}
        _ => return Err(Bad::NotOne),
    }
    let mut ip = || words.next().and_then(|word| word.parse::<IpAddr>().ok()).ok_or(Bad::BadAddress);
    let (from, to) = (ip()?, ip()?);
    let mut port = || words.next().and_then(|word| word.parse::<u16>().ok()).ok_or(Bad::BadAddress);
    let (from, to) = (SocketAddr::new(from, port()?), SocketAddr::new(to, port()?));
    Ok(Some(Header { consumed, addresses: Some((from, to)) }))
}

fn block(bytes: &[u8]) -> Result<Option<Header>, Bad> {
    let Some(&[version, family, high, low]) = bytes.get(12..16).and_then(|head| head.first_chunk::<4>()) else {
        return Ok(None);
    };
    let length = usize::from(u16::from_be_bytes([high, low]));
    if version >> 4 != 2 || length > BLOCK_BYTES_MAX {
        return Err(Bad::NotOne);
    }
    let consumed = 16 + length;
    let Some(data) = bytes.get(16..consumed) else { return Ok(None) };
    let addresses = match (version & 15, family >> 4) {
        (0, _) | (_, 0 | 3) => None,
        (1, 1) => Some(pair::<4>(data).ok_or(Bad::BadAddress)?),
        (1, 2) => Some(pair::<16>(data).ok_or(Bad::BadAddress)?),
        _ => return Err(Bad::BadAddress),
    };
    Ok(Some(Header { consumed, addresses }))
}

/// Two addresses of `N` bytes, then two ports.
fn pair<const N: usize>(data: &[u8]) -> Option<(SocketAddr, SocketAddr)> {
    let ip = |at: usize| -> Option<IpAddr> {
        let octets = data.get(at..at + N)?;
        match N {
            4 => Some(Ipv4Addr::from(<[u8; 4]>::try_from(octets).ok()?).into()),
            _ => Some(Ipv6Addr::from(<[u8; 16]>::try_from(octets).ok()?).into()),
        }
    };
    let port =
        |at: usize| data.get(at..at + 2).and_then(|two| two.first_chunk::<2>()).map(|two| u16::from_be_bytes(*two));
    Some((SocketAddr::new(ip(0)?, port(2 * N)?), SocketAddr::new(ip(N)?, port(2 * N + 2)?)))
}

/// Writes a header of version 1.
pub fn write_line(addresses: Option<(SocketAddr, SocketAddr)>, out: &mut Vec<u8>) {
    let text = match addresses {
        Some((from, to)) if from.is_ipv4() == to.is_ipv4() => {
            let family = if from.is_ipv4() { 4 } else { 6 };
            format!("PROXY TCP{family} {} {} {} {}\r\n", from.ip(), to.ip(), from.port(), to.port())
        }
        _ => "PROXY UNKNOWN\r\n".to_owned(),
    };
    out.extend_from_slice(text.as_bytes());
}

/// Writes a header of version 2, without additions.
pub fn write_block(addresses: Option<(SocketAddr, SocketAddr)>, out: &mut Vec<u8>) {
    out.extend_from_slice(SIGNATURE);
    match addresses {
        Some((SocketAddr::V4(from), SocketAddr::V4(to))) => {
            out.extend_from_slice(&[0x21, 0x11, 0, 12]);
            out.extend_from_slice(&from.ip().octets());
            out.extend_from_slice(&to.ip().octets());
            out.extend_from_slice(&from.port().to_be_bytes());
            out.extend_from_slice(&to.port().to_be_bytes());
        }
        Some((SocketAddr::V6(from), SocketAddr::V6(to))) => {
            out.extend_from_slice(&[0x21, 0x21, 0, 36]);
            out.extend_from_slice(&from.ip().octets());
            out.extend_from_slice(&to.ip().octets());
            out.extend_from_slice(&from.port().to_be_bytes());
            out.extend_from_slice(&to.port().to_be_bytes());
        }
        _ => out.extend_from_slice(&[0x21, 0, 0, 0]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn both() -> (SocketAddr, SocketAddr) {
        ("192.0.2.1:1111".parse().unwrap(), "198.51.100.1:2222".parse().unwrap())
    }

    #[test]
    fn reads_what_it_writes() {
        let v6 = ("[::1]:1".parse().unwrap(), "[::2]:2".parse().unwrap());
        for write in [write_line as fn(_, &mut Vec<u8>), write_block] {
            for addresses in [Some(both()), Some(v6), None] {
                let mut out = Vec::new();
                write(addresses, &mut out);
                let consumed = out.len();
                out.extend_from_slice(b"GET /");
                assert_eq!(parse(&out), Ok(Some(Header { consumed, addresses })));
                for end in 0..consumed {
                    assert_eq!(parse(&out[..end]), Ok(None), "{end}");
                }
            }
        }
    }

    #[test]
    fn refuses_in_haproxys_words() {
        assert_eq!(parse(b"hello world\r\n"), Err(Bad::Truncated));
        assert_eq!(parse(b"NOT PROXY AT ALL HERE\r\n"), Err(Bad::NotOne));
        assert_eq!(parse(b"PROXY TCP4 x y 1 2\r\n"), Err(Bad::BadAddress));
        let long = [b"PROXY ".as_slice(), &[b'a'; 200]].concat();
        assert_eq!(parse(&long), Err(Bad::NotOne));
    }
}
