//! The address of a socket, as every `bind`, `server` and `log` line ends up naming one; it resolves no names.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;

/// The longest name of a socket in Linux's abstract namespace, without its leading NUL.
pub const ABSTRACT_NAME_BYTES_MAX: usize = 107;

/// Where a socket listens or connects to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Address {
    /// An IPv4 or IPv6 address and port.
    Inet(SocketAddr),
    /// A UNIX socket in the file system.
    Unix(PathBuf),
    /// A name in Linux's abstract namespace, exactly as the kernel gets it. `abns@` names are padded
    /// with NULs up to [`ABSTRACT_NAME_BYTES_MAX`], `abnsz@` names are not: see [`Address::abns`].
    Abstract(Vec<u8>),
    /// A descriptor inherited from the process that started us.
    Fd(i32),
}

impl Address {
    /// The address of `abns@name`: the kernel sees the name padded with NULs.
    pub fn abns(name: &[u8]) -> Address {
        let mut padded = name.to_vec();
        padded.resize(ABSTRACT_NAME_BYTES_MAX, 0);
        Address::Abstract(padded)
    }

    /// The IP address and port, where this is one.
    pub fn inet(&self) -> Option<SocketAddr> {
        match self {
            Address::Inet(addr) => Some(*addr),
            _ => None,
        }
    }

    /// HAProxy's name of the protocol behind a stream socket at this address: `tcpv4`, `unix_stream`…
    pub fn stream_protocol(&self) -> &'static str {
        match self {
            Address::Inet(SocketAddr::V4(_)) => "tcpv4",
            Address::Inet(SocketAddr::V6(_)) => "tcpv6",
            Address::Unix(_) => "unix_stream",
            Address::Abstract(_) => "abns_stream",
            Address::Fd(_) => "fd",
        }
    }
}

impl From<SocketAddr> for Address {
    fn from(addr: SocketAddr) -> Self {
        Address::Inet(addr)
    }
}

/// As messages print it: no brackets around IPv6, a UNIX path as it is, `abns@name`, `fd@N`.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Address::Inet(addr) => write!(f, "{}:{}", addr.ip(), addr.port()),
            Address::Unix(path) => write!(f, "{}", path.display()),
            Address::Abstract(name) => {
                let end = name.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1);
                write!(f, "abns@{}", String::from_utf8_lossy(name.get(..end).unwrap_or_default()))
            }
            Address::Fd(fd) => write!(f, "fd@{fd}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_print_as_messages_show_them() {
        let show = |text: &str| Address::Inet(text.parse().unwrap()).to_string();
        assert_eq!(show("127.0.0.1:80"), "127.0.0.1:80");
        assert_eq!(show("[2001:db8::1]:19903"), "2001:db8::1:19903");
        assert_eq!(Address::Unix("/run/a.sock".into()).to_string(), "/run/a.sock");
        assert_eq!(Address::abns(b"foo").to_string(), "abns@foo");
        assert_eq!(Address::Abstract(b"foo".to_vec()).to_string(), "abns@foo");
        assert_eq!(Address::Fd(3).to_string(), "fd@3");
    }

    #[test]
    fn an_abns_name_is_padded() {
        let Address::Abstract(name) = Address::abns(b"foo") else { panic!("not abstract") };
        assert_eq!(name.len(), ABSTRACT_NAME_BYTES_MAX);
        assert_ne!(Address::abns(b"foo"), Address::Abstract(b"foo".to_vec()));
    }
}
