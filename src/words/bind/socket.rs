//! Options of the listening socket.

use pointsman_parser::units::TimeUnit;

use crate::model::bind_io::Ipv6Scope;
use crate::spec;
use crate::spec::{Args, BindOption, Fault};

spec! {
    /// The socket.
    pub static SOCKET: [BindOption] = [
        /// A name for the log and the statistics.
        { name: "name", usage: "<name>", parse: |args, bind, _| { bind.name = Some(text(args)?.into()); Ok(()) } },
        /// A number for the statistics.
        { name: "id", usage: "<number>", parse: |args, bind, _| { bind.id = Some(number(args)?); Ok(()) } },
        /// Connections this socket takes at once.
        { name: "maxconn", usage: "<connections>", parse: |args, bind, _| { bind.maxconn = Some(number(args)?); args.not_yet("bind ... maxconn"); Ok(()) } },
        /// Connections the system may hold back.
        { name: "backlog", usage: "<connections>", parse: |args, bind, _| { bind.io.backlog = number(args)?; Ok(()) } },
        /// Expects the PROXY protocol on every connection.
        { name: "accept-proxy", usage: "", parse: |args, bind, _| { bind.accept_proxy = true; args.not_yet("bind ... accept-proxy"); Ok(()) } },
        /// Listens on this device.
        { name: "interface", usage: "<name>", parse: |args, bind, _| { bind.io.interface = Some(text(args)?); Ok(()) } },
        /// Takes connections to any address.
        { name: "transparent", usage: "", parse: |_, bind, _| { bind.io.transparent = true; Ok(()) } },
        /// Takes IPv4 clients on an IPv6 socket too.
        { name: "v4v6", usage: "", parse: |_, bind, _| { bind.io.ipv6 = Ipv6Scope::Both; Ok(()) } },
        /// Takes IPv6 clients only.
        { name: "v6only", usage: "", parse: |_, bind, _| { bind.io.ipv6 = Ipv6Scope::Ipv6Only; Ok(()) } },
        /// Takes data in the first packet.
        { name: "tfo", usage: "", parse: |_, bind, _| { bind.io.fast_open = true; Ok(()) } },
        /// Waits for the first data before a connection is accepted.
        { name: "defer-accept", usage: "", parse: |_, bind, _| { bind.io.defer_accept = true; Ok(()) } },
        /// The largest segment announced.
        { name: "mss", usage: "<bytes>", parse: |args, bind, _| { bind.io.mss = text(args)?.parse().ok(); Ok(()) } },
        /// Closes a connection whose data is not acknowledged for so long.
        { name: "tcp-ut", usage: "<time>", parse: |args, bind, _| { bind.io.user_timeout_ms = Some(args.time(TimeUnit::Millisecond)?.as_millis() as u32); Ok(()) } },
        /// The network namespace to listen in.
        { name: "namespace", usage: "<name>", parse: |args, bind, _| { bind.io.namespace = Some(text(args)?); Ok(()) } },
        /// Permissions of a UNIX socket, octal.
        { name: "mode", usage: "<octal>", parse: |args, bind, _| { bind.io.unix.mode = u32::from_str_radix(&text(args)?, 8).ok(); Ok(()) } },
        /// Owner of a UNIX socket, by number.
        { name: "uid", usage: "<number>", parse: |args, bind, _| { bind.io.unix.uid = Some(number(args)?); Ok(()) } },
        /// Group of a UNIX socket, by number.
        { name: "gid", usage: "<number>", parse: |args, bind, _| { bind.io.unix.gid = Some(number(args)?); Ok(()) } },
        /// Owner of a UNIX socket, by name.
        { name: "user", usage: "<name>", parse: |args, bind, draft| { bind.owner.0 = Some(text(args)?); let _ = draft; Ok(()) } },
        /// Group of a UNIX socket, by name.
        { name: "group", usage: "<name>", parse: |args, bind, draft| { bind.owner.1 = Some(text(args)?); let _ = draft; Ok(()) } },
        /// Rights of a statistics socket.
        { name: "level", usage: "user|operator|admin", parse: |args, bind, _| { bind.level = Some(text(args)?); Ok(()) } },
        /// The priority of its connections. It has no meaning here: all tasks of a worker are equal.
        { name: "nice", usage: "<number>", parse: |args, _, _| text(args).map(|_| ()) },
        /// The workers that listen. It has no meaning here: every worker does.
        { name: "thread", usage: "<range>", parse: |args, _, _| text(args).map(|_| ()) },
        /// The workers that listen. It has no meaning here: every worker does.
        { name: "process", usage: "<range>", parse: |args, _, _| text(args).map(|_| ()) },
        /// How many sockets the workers share. It has no meaning here: each has its own.
        { name: "shards", usage: "<number>|by-thread|by-group", parse: |args, _, _| text(args).map(|_| ()) },
        /// How its connections are spoken to: `h1` unless said otherwise.
        { name: "proto", usage: "<name>", parse: |args, _, _| { if text(args)? != "h1" { args.not_yet("bind ... proto"); } Ok(()) } },
        /// A stable name for statistics. It is kept for nothing else.
        { name: "guid-prefix", usage: "<text>", parse: |args, _, _| text(args).map(|_| ()) },
    ];
}

/// The next word, which must be there.
pub(super) fn text(args: &mut Args<'_>) -> Result<String, Fault> {
    let refusal = format!("'{}' : missing value", args.keyword());
    args.need(&refusal).map(str::to_owned)
}

fn number(args: &mut Args<'_>) -> Result<u32, Fault> {
    let keyword = args.keyword().to_owned();
    text(args)?.parse().map_err(|_| Fault::new(format!("'{keyword}' : invalid value")))
}
