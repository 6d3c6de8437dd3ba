//! Addresses: `[type+][family@]address[:port]`. Pure syntax: no name is resolved, no descriptor is looked at.

use crate::ast::Span;
use crate::word::Environment;
use nom::branch::alt;
use nom::bytes::complete::{tag, take_till, take_while};
use nom::combinator::{opt, value};
use nom::sequence::{delimited, separated_pair};
use nom::{IResult, Parser};
use std::fmt;

/// The longest path of a UNIX socket, in bytes.
pub const PATH_BYTES_MAX: usize = 97;

/// One address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// The socket type a prefix asked for; the word decides when there is none.
    pub transport: Option<Transport>,
    /// `mptcp@` and its kin.
    pub mptcp: bool,
    /// What it designates.
    pub target: Target,
    /// Where it stands in the text that was parsed.
    pub span: Span,
}

/// How the socket carries data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// `stream+`, `tcp@`, `uxst@`
    Stream,
    /// `dgram+`, `udp@`, `uxdg@`
    Datagram,
    /// `quic+`, `quic4@`: datagrams below, a stream above.
    Quic,
}

/// What an address designates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A host, or a literal address, and a port.
    Ip {
        /// What the prefix imposes.
        version: IpVersion,
        /// A name or a literal, without its brackets; empty and `*` mean all IPv4 addresses.
        host: Vec<u8>,
        /// The host stood in brackets.
        bracketed: bool,
        /// The port.
        port: Port,
    },
    /// A socket in the file system.
    Unix(Vec<u8>),
    /// A name in the abstract space.
    Abstract {
        /// The name.
        name: Vec<u8>,
        /// `abnsz@`: a zero ends the name.
        zero_terminated: bool,
    },
    /// `fd@N`: an inherited descriptor.
    Descriptor(u32),
    /// `sockpair@N`
    SocketPair(u32),
    /// `rhttp@backend/server`
    ReverseHttp(Vec<u8>),
    /// `stdout`, for logs only.
    Stdout,
    /// `stderr`, for logs only.
    Stderr,
    /// `ring@name`, for logs only.
    Ring(Vec<u8>),
    /// `backend@name`, for logs only.
    Backend(Vec<u8>),
}

/// Which addresses a prefix allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IpVersion {
    /// No prefix, `ip@`, `tcp@`, `udp@`
    Any,
    /// `ipv4@`, `tcp4@`, `udp4@`, `quic4@`
    V4,
    /// `ipv6@`, `tcp6@`, `udp6@`, `quic6@`
    V6,
}

/// The port of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Port {
    /// None was written, or nothing after the colon.
    None,
    /// `:80`; zero is for the word to refuse.
    Number(u16),
    /// `:80-90`
    Range(u16, u16),
    /// `:+80`, `:-80`: relative to the port the client used.
    Offset(i32),
}

/// Which words of the log language are addresses too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// `bind`, `server`, `source`, …: `stdout` and `ring@r` are host names.
    Socket,
    /// `log`: `stdout`, `stderr`, `ring@`, `backend@` designate themselves.
    Log,
}

/// Why an address was refused; the texts are those HAProxy quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each variant is its sentence, below")]
pub enum AddressError {
    Empty { text: Vec<u8> },
    PortCharacter { found: u8, port: Vec<u8>, text: Vec<u8> },
    PortNumber { port: Vec<u8> },
    PortRange { port: Vec<u8> },
    Descriptor { number: Vec<u8>, text: Vec<u8> },
    PathTooLong { text: Vec<u8> },
}

impl fmt::Display for AddressError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lossy = String::from_utf8_lossy;
        match self {
            AddressError::Empty { text } => {
                write!(f, "'{}' resolves to an empty address (environment variable missing?)", lossy(text))
            }
            AddressError::PortCharacter { found, port, text } => write!(
                f,
                "invalid character '{}' in port number '{}' in '{}'",
                lossy(&[*found]),
                lossy(port),
                lossy(text)
            ),
            AddressError::PortNumber { port } => write!(f, "invalid port '{}'", lossy(port)),
            AddressError::PortRange { port } => write!(f, "invalid port range '{}'", lossy(port)),
            AddressError::Descriptor { number, text } => {
                write!(f, "file descriptor '{}' is not a valid integer in '{}'", lossy(number), lossy(text))
            }
            AddressError::PathTooLong { text } => {
                write!(f, "socket path '{}' too long (max {PATH_BYTES_MAX})", lossy(text))
            }
        }
    }
}

impl std::error::Error for AddressError {}

/// Puts the values of variables in: `$NAME` and `${NAME}`, outside quotes, as addresses alone allow. An unset one is
/// empty; there is no default value here.
pub fn expand(text: &[u8], env: &dyn Environment) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Ok((after, (before, name))) = variable(rest) {
        out.extend_from_slice(before);
        out.extend(env.var(&String::from_utf8_lossy(name)).unwrap_or_default());
        rest = after;
    }
    out.extend_from_slice(rest);
    out
}

/// What stands before the next `$`, and the name after it: `NAME`, `{NAME}`, or `{NAME` without its brace.
fn variable(text: &[u8]) -> IResult<&[u8], (&[u8], &[u8])> {
    let name = || take_while(|byte: u8| byte.is_ascii_alphanumeric() || byte == b'_');
    let braced = delimited(tag("{"), name(), opt(tag("}")));
    separated_pair(take_till(|byte| byte == b'$'), tag("$"), alt((braced, name()))).parse(text)
}

/// The addresses of a list separated by commas, as `bind` takes them; an empty one at the end is left out. The commas
/// are those of the text: one that comes from a variable separates nothing.
pub fn list(text: &[u8], env: &dyn Environment, usage: Use) -> Vec<Result<Address, AddressError>> {
    let text = text.strip_suffix(b",").filter(|rest| !rest.is_empty()).unwrap_or(text);
    let mut start = 0;
    let mut read = Vec::new();
    for part in text.split(|byte| *byte == b',') {
        let offset = u32::try_from(start).unwrap_or(u32::MAX);
        let address = parse(part, env, usage);
        read.push(address.map(|address| Address { span: address.span.shifted(offset), ..address }));
        start += part.len() + 1;
    }
    read
}

/// Reads one address, with the variables in it. Errors quote the text as it was written.
pub fn parse(text: &[u8], env: &dyn Environment, usage: Use) -> Result<Address, AddressError> {
    let expanded = expand(text, env);
    if expanded.is_empty() {
        return Err(AddressError::Empty { text: text.to_vec() });
    }
    let (rest, mut transport) = typed(&expanded);
    let family = FAMILIES.iter().find_map(|family| Some((family, rest.strip_prefix(family.prefix)?)));
    let for_log = Some(usage).filter(|usage| *usage == Use::Log).and_then(|_| log_target(rest));
    let (mptcp, target) = match (family, for_log) {
        (Some((family, rest)), _) => {
            transport = family.transport.or(transport);
            (family.mptcp, target(&family.kind, rest, text)?)
        }
        (None, Some(target)) => (false, target),
        (None, None) if rest.first() == Some(&b'/') => (false, target(&Kind::Unix, rest, text)?),
        (None, None) => (false, target(&Kind::Ip(IpVersion::Any), rest, text)?),
    };
    Ok(Address { transport, mptcp, target, span: Span::new(0, text.len()) })
}

/// The type prefix, if there is one, and what follows it.
fn typed(text: &[u8]) -> (&[u8], Option<Transport>) {
    let mut prefix = alt((
        value(STREAM, tag::<_, _, nom::error::Error<&[u8]>>("stream+")),
        value(DATAGRAM, tag("dgram+")),
        value(QUIC, tag("quic+")),
    ));
    prefix.parse(text).unwrap_or((text, None))
}

fn log_target(text: &[u8]) -> Option<Target> {
    match text {
        b"stdout" => Some(Target::Stdout),
        b"stderr" => Some(Target::Stderr),
        _ => {
            let named = |prefix: &[u8]| text.strip_prefix(prefix).map(<[u8]>::to_vec);
            named(b"ring@").map(Target::Ring).or_else(|| named(b"backend@").map(Target::Backend))
        }
    }
}

/// What a family prefix says.
struct Family {
    prefix: &'static [u8],
    kind: Kind,
    transport: Option<Transport>,
    mptcp: bool,
}

enum Kind {
    Ip(IpVersion),
    Unix,
    Abstract,
    AbstractZero,
    Descriptor,
    SocketPair,
    ReverseHttp,
}

const fn family(prefix: &'static [u8], kind: Kind, transport: Option<Transport>) -> Family {
    Family { prefix, kind, transport, mptcp: false }
}

const fn mptcp(prefix: &'static [u8], version: IpVersion) -> Family {
    Family { prefix, kind: Kind::Ip(version), transport: Some(Transport::Stream), mptcp: true }
}

const STREAM: Option<Transport> = Some(Transport::Stream);
const DATAGRAM: Option<Transport> = Some(Transport::Datagram);
const QUIC: Option<Transport> = Some(Transport::Quic);

/// Every family prefix (manual, 2.9).
static FAMILIES: &[Family] = &[
    family(b"ip@", Kind::Ip(IpVersion::Any), None),
    family(b"ipv4@", Kind::Ip(IpVersion::V4), None),
    family(b"ipv6@", Kind::Ip(IpVersion::V6), None),
    family(b"unix@", Kind::Unix, None),
    family(b"uxst@", Kind::Unix, STREAM),
    family(b"uxdg@", Kind::Unix, DATAGRAM),
    family(b"abns@", Kind::Abstract, None),
    family(b"abnsz@", Kind::AbstractZero, None),
    family(b"fd@", Kind::Descriptor, None),
    family(b"sockpair@", Kind::SocketPair, None),
    family(b"rhttp@", Kind::ReverseHttp, None),
    family(b"tcp@", Kind::Ip(IpVersion::Any), STREAM),
    family(b"tcp4@", Kind::Ip(IpVersion::V4), STREAM),
    family(b"tcp6@", Kind::Ip(IpVersion::V6), STREAM),
    family(b"udp@", Kind::Ip(IpVersion::Any), DATAGRAM),
    family(b"udp4@", Kind::Ip(IpVersion::V4), DATAGRAM),
    family(b"udp6@", Kind::Ip(IpVersion::V6), DATAGRAM),
    family(b"quic4@", Kind::Ip(IpVersion::V4), QUIC),
    family(b"quic6@", Kind::Ip(IpVersion::V6), QUIC),
    mptcp(b"mptcp@", IpVersion::Any),
    mptcp(b"mptcp4@", IpVersion::V4),
    mptcp(b"mptcp6@", IpVersion::V6),
];

/// Reads what follows the prefixes; `text` is the whole address, for the sentences.
fn target(kind: &Kind, rest: &[u8], text: &[u8]) -> Result<Target, AddressError> {
    match kind {
        Kind::Ip(version) => ip(*version, rest, text),
        Kind::Unix if rest.len() > PATH_BYTES_MAX => Err(AddressError::PathTooLong { text: text.to_vec() }),
        Kind::Unix => Ok(Target::Unix(rest.to_vec())),
        Kind::Abstract => Ok(Target::Abstract { name: rest.to_vec(), zero_terminated: false }),
        Kind::AbstractZero => Ok(Target::Abstract { name: rest.to_vec(), zero_terminated: true }),
        Kind::Descriptor => Ok(Target::Descriptor(descriptor(rest, text)?)),
        Kind::SocketPair => Ok(Target::SocketPair(descriptor(rest, text)?)),
        Kind::ReverseHttp => Ok(Target::ReverseHttp(rest.to_vec())),
    }
}

/// A descriptor's number; one that no process can have sticks to the limit, and one that would be negative is refused.
fn descriptor(number: &[u8], text: &[u8]) -> Result<u32, AddressError> {
    let refused = || AddressError::Descriptor { number: number.to_vec(), text: text.to_vec() };
    if number.is_empty() || !number.iter().all(u8::is_ascii_digit) {
        return Err(refused());
    }
    // Only 32 bits count, of which the first is the sign.
    let digit = |value: u64, byte: &u8| value.saturating_mul(10).saturating_add(u64::from(byte - b'0'));
    let wide = number.iter().fold(0, digit);
    match (wide & u64::from(u32::MAX)) as u32 {
        bits if bits > i32::MAX as u32 && wide <= i64::MAX as u64 => Err(refused()),
        _ => Ok(wide.min(u64::from(u32::MAX)) as u32),
    }
}

fn ip(version: IpVersion, rest: &[u8], text: &[u8]) -> Result<Target, AddressError> {
    // The last colon splits the port off, unless a bracket closes after it.
    let mark = rest.iter().rposition(|byte| matches!(byte, b':' | b']'));
    let colon = mark.filter(|mark| rest.get(*mark) == Some(&b':'));
    let (host, written) = match colon {
        Some(colon) => (rest.get(..colon).unwrap_or_default(), rest.get(colon + 1..).unwrap_or_default()),
        None => (rest, &[][..]),
    };
    let inside = host.strip_prefix(b"[").and_then(|host| host.strip_suffix(b"]")).filter(|host| !host.is_empty());
    let port = port(written, text)?;
    Ok(Target::Ip { version, host: inside.unwrap_or(host).to_vec(), bracketed: inside.is_some(), port })
}

fn port(written: &[u8], text: &[u8]) -> Result<Port, AddressError> {
    match written.split_first() {
        None => Ok(Port::None),
        Some((sign @ (b'+' | b'-'), digits)) => {
            let number = i32::try_from(number(digits, text)?.min(i32::MAX as u64)).unwrap_or(i32::MAX);
            Ok(Port::Offset(if *sign == b'-' { -number } else { number }))
        }
        Some(_) => match written.iter().position(|byte| *byte == b'-') {
            None => Ok(Port::Number(port_number(written, text)?)),
            Some(dash) => {
                let low = port_number(written.get(..dash).unwrap_or_default(), text)?;
                let high = port_number(written.get(dash + 1..).unwrap_or_default(), text)?;
                match (low, high) {
                    (0, _) | (_, 0) => Err(AddressError::PortNumber { port: b"0".to_vec() }),
                    _ if low > high => Err(AddressError::PortRange { port: written.to_vec() }),
                    _ => Ok(Port::Range(low, high)),
                }
            }
        },
    }
}

fn port_number(written: &[u8], text: &[u8]) -> Result<u16, AddressError> {
    let refused = || AddressError::PortNumber { port: written.to_vec() };
    match written.is_empty() {
        true => Err(refused()),
        false => u16::try_from(number(written, text)?).map_err(|_| refused()),
    }
}

/// The value of decimal digits, sticking to the limit of 64 bits; nothing at all is zero.
fn number(written: &[u8], text: &[u8]) -> Result<u64, AddressError> {
    if let Some(found) = written.iter().find(|byte| !byte.is_ascii_digit()) {
        return Err(AddressError::PortCharacter { found: *found, port: written.to_vec(), text: text.to_vec() });
    }
    let digit = |value: u64, byte: &u8| value.saturating_mul(10).saturating_add(u64::from(byte - b'0'));
    Ok(written.iter().fold(0, digit))
}
