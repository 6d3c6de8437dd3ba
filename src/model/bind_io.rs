//! What a `bind` line asks of its listening sockets; TLS is in `tls`, everything above the socket is in the bind itself.

use super::addr::Address;

/// The sockets of one `bind` line.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BindIo {
    /// Where to listen, in the order of the line; a port range is already spelled out.
    pub addresses: Vec<Address>,
    /// How many connections the kernel keeps for us: `backlog`, else the proxy's `maxconn`.
    pub backlog: u32,
    /// `interface`: take connections only from this device.
    pub interface: Option<String>,
    /// `v4v6` and `v6only`.
    pub ipv6: Ipv6Scope,
    /// `transparent`: an address that is not ours may be bound.
    pub transparent: bool,
    /// `option tcp-smart-accept`: a request is acknowledged with its answer.
    pub late_ack: bool,
    /// `tfo`: take data in the first packet.
    pub fast_open: bool,
    /// `defer-accept`: wake up only when there is data to read.
    pub defer_accept: bool,
    /// `mss`, bytes. A negative number means the kernel's own value minus this much.
    pub mss: Option<i32>,
    /// `tcp-ut`, milliseconds after which unacknowledged data closes a connection.
    pub user_timeout_ms: Option<u32>,
    /// `namespace`: the network namespace to listen in.
    pub namespace: Option<String>,
    /// `option clitcpka` and its companions.
    pub keepalive: Option<Keepalive>,
    /// `mode`, `user`, `uid`, `group`, `gid`: who may use a UNIX socket.
    pub unix: UnixAccess,
    /// `nice`, the priority of this socket's sessions, from -1024 (first) to 1024 (last).
    pub nice: i32,
}

/// Whether an IPv6 socket also takes IPv4 connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Ipv6Scope {
    /// Both, which is what the absence of an option and `v4v6` mean.
    #[default]
    Both,
    /// `v6only`.
    Ipv6Only,
}

/// The owner and the mode of a UNIX socket. `None` keeps what the kernel gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct UnixAccess {
    /// The permission bits, such as `0o600`.
    pub mode: Option<u32>,
    /// The owner.
    pub uid: Option<u32>,
    /// The group.
    pub gid: Option<u32>,
}

/// TCP keep-alive probes. `None` keeps the system's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Keepalive {
    /// `*tcpka-idle`, seconds of silence before the first probe.
    pub idle_s: Option<u32>,
    /// `*tcpka-intvl`, seconds between two probes.
    pub interval_s: Option<u32>,
    /// `*tcpka-cnt`, how many probes may stay without an answer.
    pub count: Option<u32>,
}
