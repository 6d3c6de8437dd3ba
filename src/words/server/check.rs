//! How one server is checked.

use pointsman_parser::addr::{self, Port, Target, Use};

use crate::model::addr::Address;
use crate::model::server::Observe;
use crate::spec;
use crate::spec::{Args, Fault, ServerOption};

use super::place::{delay, lax, text};

spec! {
    /// Health checks.
    pub static CHECK: [ServerOption] = [
        /// Checks the server's health.
        { name: "check", usage: "", parse: |_, server, _| { server.options.check.enabled = true; Ok(()) } },
        /// Undoes `check`.
        { name: "no-check", usage: "", parse: |_, server, _| { server.options.check.enabled = false; Ok(()) } },
        /// Time between two checks: 2 seconds unless said otherwise.
        { name: "inter", usage: "<time>", parse: |args, server, _| { server.options.check.inter = delay(args, server)?; Ok(()) } },
        /// Time between two checks while the state is about to change.
        { name: "fastinter", usage: "<time>", parse: |args, server, _| { server.options.check.fastinter = Some(delay(args, server)?); Ok(()) } },
        /// Time between two checks while the server is down.
        { name: "downinter", usage: "<time>", parse: |args, server, _| { server.options.check.downinter = Some(delay(args, server)?); Ok(()) } },
        /// Checks that must succeed before a server that is down is up.
        { name: "rise", usage: "<count>", parse: |args, server, _| { server.options.check.rise = positive(args)?; Ok(()) } },
        /// Checks that must fail before a server that is up is down.
        { name: "fall", usage: "<count>", parse: |args, server, _| { server.options.check.fall = positive(args)?; Ok(()) } },
        /// The port that is checked.
        { name: "port", usage: "<port>", parse: |args, server, _| { server.options.check.port = Some(lax(args)? as u16); Ok(()) } },
        /// The address that is checked.
        { name: "addr", usage: "<address>", parse: |args, server, _| { address(args, server) } },
        /// Checks by TLS, whatever the traffic does.
        { name: "check-ssl", usage: "", parse: |_, server, _| { server.options.check.ssl = Some(true); Ok(()) } },
        /// Checks without TLS.
        { name: "no-check-ssl", usage: "", parse: |_, server, _| { server.options.check.ssl = Some(false); Ok(()) } },
        /// The name sent in the handshake of a check. Without it none is sent.
        { name: "check-sni", usage: "<name>", parse: |args, server, _| { server.options.check.sni = Some(text(args)?); Ok(()) } },
        /// Protocols offered in the handshake of a check.
        { name: "check-alpn", usage: "<protocol>[,...]", parse: |args, server, _| { server.options.check.alpn = Some(text(args)?); Ok(()) } },
        /// How a check speaks: `h1` unless said otherwise.
        { name: "check-proto", usage: "<name>", parse: |args, _, _| { if text(args)? != "h1" { args.not_yet("server ... check-proto"); } Ok(()) } },
        /// Opens checks with the PROXY protocol.
        { name: "check-send-proxy", usage: "", parse: |_, server, _| { server.options.check.send_proxy = Some(true); Ok(()) } },
        /// Follows the state of another server instead of being checked.
        { name: "track", usage: "[<backend>/]<server>", parse: |args, server, _| { server.options.track = Some(text(args)?); Ok(()) } },
        /// Watches the traffic for errors.
        { name: "observe", usage: "layer4|layer7", parse: |args, server, _| { let layer7 = text(args)? == "layer7"; observed(server).layer7 = layer7; Ok(()) } },
        /// Errors in a row that trigger `on-error`.
        { name: "error-limit", usage: "<count>", parse: |args, server, _| { let limit = lax(args)?; observed(server).limit = limit; Ok(()) } },
        /// What too many errors trigger.
        { name: "on-error", usage: "fastinter|fail-check|sudden-death|mark-down", parse: |args, server, _| { let action = text(args)?; observed(server).action = action; Ok(()) } },
        /// What happens to sessions of a server that goes down.
        { name: "on-marked-down", usage: "shutdown-sessions", parse: |args, server, _| { server.options.shutdown_sessions = text(args)? == "shutdown-sessions"; Ok(()) } },
        /// What happens to sessions of backup servers when this one gets up.
        { name: "on-marked-up", usage: "shutdown-backup-sessions", parse: |args, server, _| { server.options.shutdown_backup_sessions = text(args)? == "shutdown-backup-sessions"; Ok(()) } },
        /// The section that resolves its name while running.
        { name: "resolvers", usage: "<name>", parse: |args, server, _| { server.options.resolvers = Some(text(args)?); args.not_yet("server ... resolvers"); Ok(()) } },
        /// Which family of addresses is preferred when its name is resolved while running.
        { name: "resolve-prefer", usage: "ipv4|ipv6", parse: |args, _, _| text(args).map(|_| ()) },
        /// How its name is resolved while running.
        { name: "resolve-opts", usage: "<option>[,...]", parse: |args, _, _| text(args).map(|_| ()) },
        /// Networks that are preferred when its name is resolved while running.
        { name: "resolve-net", usage: "<network>[,...]", parse: |args, _, _| text(args).map(|_| ()) },
    ];
}

fn positive(args: &mut Args<'_>) -> Result<u32, Fault> {
    let keyword = args.keyword().to_owned();
    match lax(args)? {
        0 => Err(Fault::new(format!("'{keyword}' has to be > 0."))),
        number => Ok(number),
    }
}

fn observed(server: &mut crate::model::server::Server) -> &mut Observe {
    server.options.observe.get_or_insert_with(|| Observe { layer7: false, limit: 10, action: "fail-check".to_owned() })
}

fn address(args: &mut Args<'_>, server: &mut crate::model::server::Server) -> crate::spec::Done {
    let word = text(args)?;
    let parsed =
        addr::parse(word.as_bytes(), args.env, Use::Socket).map_err(|error| Fault::new(format!("'addr' : {error}")))?;
    let Target::Ip { host, port, .. } = parsed.target else {
        return Err(Fault::new(format!("'addr' : '{word}' is no address")));
    };
    let host = String::from_utf8_lossy(&host).into_owned();
    let number = if let Port::Number(number) = port { number } else { 0 };
    if number > 0 {
        server.options.check.port = Some(number);
    }
    match host.parse() {
        Ok(ip) => server.options.check.addr = Some(Address::Inet(std::net::SocketAddr::new(ip, number))),
        Err(_) => args.not_yet("server ... addr with a host name"),
    }
    Ok(())
}
