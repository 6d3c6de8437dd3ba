//! The arguments of a fetch or converter, compared with its signature.

use pointsman_parser::expr::{Call, CallArg};

use crate::model::noted::UseKind;

/// The type of one argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Any text.
    Text,
    /// A whole number.
    Integer,
    /// Numbers of fields, one below the other: `1.2`.
    Fields,
    /// A regular expression.
    Regex,
    /// An IPv4 address.
    Ipv4,
    /// An IPv6 address.
    Ipv6,
    /// An IPv4 mask or a number of bits.
    Mask4,
    /// An IPv6 mask or a number of bits.
    Mask6,
    /// A name that must exist.
    Name(UseKind),
}

/// What HAProxy says about arguments that do not fit: the sentence, and the number of the argument from 1.
pub struct Misfit {
    /// The sentence.
    pub text: String,
    /// The argument's number.
    pub arg: usize,
}

/// The types of a signature such as `integer[,table]`, and how many are needed.
pub fn signature(text: &str) -> Option<(Vec<Kind>, usize)> {
    let needed = text.split('[').next().unwrap_or_default();
    let needed = needed.split(',').filter(|part| !part.is_empty()).count();
    let plain: String = text.chars().filter(|letter| !matches!(letter, '[' | ']')).collect();
    let kinds: Option<Vec<Kind>> = plain.split(',').filter(|part| !part.is_empty()).map(kind).collect();
    Some((kinds?, needed))
}

fn kind(word: &str) -> Option<Kind> {
    Some(match word {
        "string" => Kind::Text,
        "Protocol buffers field number" => Kind::Fields,
        "integer" => Kind::Integer,
        "regex" => Kind::Regex,
        "IPv4 address" => Kind::Ipv4,
        "IPv6 address" => Kind::Ipv6,
        "IPv4 mask" => Kind::Mask4,
        "IPv6 mask" => Kind::Mask6,
        "backend" => Kind::Name(UseKind::Backend),
        "frontend" => Kind::Name(UseKind::Frontend),
        "server" => Kind::Name(UseKind::Server),
        "table" => Kind::Name(UseKind::Table),
        "user list" => Kind::Name(UseKind::Userlist),
        _ => return None,
    })
}

impl Kind {
    /// HAProxy's word for it.
    fn word(self) -> &'static str {
        match self {
            Kind::Text => "string",
            Kind::Integer => "integer",
            Kind::Fields => "Protocol buffers field number",
            Kind::Regex => "regex",
            Kind::Ipv4 => "IPv4 address",
            Kind::Ipv6 => "IPv6 address",
            Kind::Mask4 => "IPv4 mask",
            Kind::Mask6 => "IPv6 mask",
            Kind::Name(UseKind::Backend) => "backend",
            Kind::Name(UseKind::Frontend) => "frontend",
            Kind::Name(UseKind::Server) => "server",
            Kind::Name(UseKind::Userlist) => "user list",
            Kind::Name(_) => "table",
        }
    }

    fn accepts(self, text: &str) -> bool {
        match self {
            Kind::Text | Kind::Name(_) | Kind::Regex => true,
            Kind::Integer => integer(text),
            Kind::Fields => text.split('.').all(|number| number.parse::<u32>().is_ok()),
            Kind::Ipv4 => text.parse::<std::net::Ipv4Addr>().is_ok(),
            Kind::Ipv6 => text.parse::<std::net::Ipv6Addr>().is_ok(),
            Kind::Mask4 => {
                text.parse::<std::net::Ipv4Addr>().is_ok() || text.parse::<u8>().is_ok_and(|bits| bits <= 32)
            }
            Kind::Mask6 => {
                text.parse::<std::net::Ipv6Addr>().is_ok() || text.parse::<u8>().is_ok_and(|bits| bits <= 128)
            }
        }
    }
}

fn integer(text: &str) -> bool {
    text.parse::<i64>().is_ok()
}

/// Compares the arguments with a signature; `whole` is what the call was parsed in. No argument at all counts as one
/// empty text, with parentheses or without.
pub fn fits(call: &Call, signature: &(Vec<Kind>, usize), whole: &[u8]) -> Result<(), Misfit> {
    let (kinds, needed) = signature;
    let nothing = [CallArg::default()];
    let args: &[CallArg] = if call.args.is_empty() { &nothing } else { &call.args };
    for (at, (arg, kind)) in (1..).zip(args.iter().zip(kinds)) {
        let text = String::from_utf8_lossy(&arg.text);
        if text.is_empty() && !matches!(kind, Kind::Text | Kind::Name(_) | Kind::Regex) {
            if at > *needed {
                // Nothing may follow an argument that was left out, but the end.
                match call.excess(whole, at) {
                    Some(text) => return Err(Misfit { text, arg: at }),
                    None => continue,
                }
            }
            let text = format!("expected type '{}' at position {at}, but got nothing", kind.word());
            return Err(Misfit { text, arg: at });
        }
        if !kind.accepts(&text) {
            let text = format!("failed to parse '{text}' as type '{}' at position {at}", kind.word());
            return Err(Misfit { text, arg: at });
        }
    }
    // HAProxy counts from one when there is one argument at most.
    let counted = if kinds.len() < 2 { kinds.len() + 1 } else { kinds.len() };
    if let Some(text) = call.excess(whole, kinds.len()) {
        return Err(Misfit { text, arg: counted });
    }
    let given = args.len();
    match kinds.get(given).filter(|kind| given < *needed && !matches!(kind, Kind::Name(_))) {
        Some(kind) => {
            let text = format!("missing arguments (got {given}/{needed}), type '{}' expected", kind.word());
            Err(Misfit { text, arg: given + 1 })
        }
        None => Ok(()),
    }
}
