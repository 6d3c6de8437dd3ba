//! What an outgoing connection asks of its socket, apart from where it goes; the timeout is the caller's.

use super::bind_io::Keepalive;
use std::net::{IpAddr, SocketAddr};

/// The socket options of the connections to one server.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DialIo {
    /// `source` and `usesrc`: where the connection comes from.
    pub source: Option<Source>,
    /// `source … interface` or the server's `interface`: leave through this device.
    pub interface: Option<String>,
    /// `set-mark`: the packet mark, for the kernel's routing rules.
    pub mark: Option<u32>,
    /// `set-tos`: the type-of-service byte.
    pub tos: Option<u8>,
    /// `tfo`: send data in the first packet.
    pub fast_open: bool,
    /// `tcp-ut`, milliseconds after which unacknowledged data closes a connection.
    pub user_timeout_ms: Option<u32>,
    /// `namespace`: the network namespace to connect from.
    pub namespace: Option<String>,
    /// `option srvtcpka` and its companions.
    pub keepalive: Option<Keepalive>,
}

/// The local end of an outgoing connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// One of our addresses; the kernel picks the port.
    Ip(IpAddr),
    /// One of our addresses and one port.
    Fixed(SocketAddr),
    /// One of our addresses and a range of ports, both ends included.
    Ports {
        /// The local address.
        ip: IpAddr,
        /// The first port.
        first: u16,
        /// The last port.
        last: u16,
    },
    /// `usesrc`: an address that is not ours, such as the client's, which the caller gives per connection.
    Foreign,
}
