//! Options that say how much a server gets and how it is reached.

use std::time::Duration;

use pointsman_parser::units::TimeUnit;

use crate::model::draft::Draft;
use crate::model::server::Server;
use crate::spec;
use crate::spec::{Args, Done, Fault, ServerOption};

spec! {
    /// Placement and connection.
    pub static PLACE: [ServerOption] = [
        /// Its share among the servers: 0 to 256, 1 unless said otherwise.
        { name: "weight", usage: "<weight>", parse: weight },
        /// Requests it may serve at once; more wait.
        { name: "maxconn", usage: "<connections>", parse: |args, server, _| { server.options.maxconn = lax(args)?; Ok(()) } },
        /// The limit when the backend is idle; it grows to `maxconn` with the load.
        { name: "minconn", usage: "<connections>", parse: |args, server, _| { server.options.minconn = lax(args)?; Ok(()) } },
        /// Requests that may wait for this server alone.
        { name: "maxqueue", usage: "<requests>", parse: |args, server, _| { server.options.maxqueue = lax(args)?; Ok(()) } },
        /// Used only when all others are down.
        { name: "backup", usage: "", parse: |_, server, _| { server.options.backup = true; Ok(()) } },
        /// Undoes `backup`.
        { name: "no-backup", usage: "", parse: |_, server, _| { server.options.backup = false; Ok(()) } },
        /// Its value in the persistence cookie.
        { name: "cookie", usage: "<value>", parse: |args, server, _| { server.options.cookie = Some(text(args)?); Ok(()) } },
        /// Starts in maintenance.
        { name: "disabled", usage: "", parse: |_, server, _| { server.options.disabled = true; Ok(()) } },
        /// Undoes `disabled`.
        { name: "enabled", usage: "", parse: |_, server, _| { server.options.disabled = false; Ok(()) } },
        /// A number for the server.
        { name: "id", usage: "<number>", on_default: false, parse: |args, server, _| { server.options.id = Some(lax(args)?); Ok(()) } },
        /// Answers GET and HEAD with a redirect to this prefix instead of forwarding them.
        { name: "redir", usage: "<prefix>", parse: |args, server, _| { server.options.redir = Some(text(args)?); Ok(()) } },
        /// Tells the server who the client is, by the PROXY protocol's first version.
        { name: "send-proxy", usage: "", parse: |args, server, _| { server.options.send_proxy = 1; args.not_yet("server ... send-proxy"); Ok(()) } },
        /// The same by the second version.
        { name: "send-proxy-v2", usage: "", parse: |args, server, _| { server.options.send_proxy = 2; args.not_yet("server ... send-proxy-v2"); Ok(()) } },
        /// Where connections to it come from.
        { name: "source", usage: "<address>[:<port>[-<port>]]", parse: |args, server, _| { server.options.dial.source = crate::words::proxy::source_of(args)?; Ok(()) } },
        /// Leaves through this device.
        { name: "interface", usage: "<name>", parse: |args, server, _| { server.options.dial.interface = Some(text(args)?); Ok(()) } },
        /// Sends data in the first packet.
        { name: "tfo", usage: "", parse: |_, server, _| { server.options.dial.fast_open = true; Ok(()) } },
        /// Closes a connection whose data is not acknowledged for so long.
        { name: "tcp-ut", usage: "<time>", parse: |args, server, _| { server.options.dial.user_timeout_ms = Some(args.time(TimeUnit::Millisecond)?.as_millis() as u32); Ok(()) } },
        /// The network namespace to connect from.
        { name: "namespace", usage: "<name>", parse: |args, server, _| { server.options.dial.namespace = Some(text(args)?); Ok(()) } },
        /// Idle connections kept to it.
        { name: "pool-max-conn", usage: "<connections>", parse: |args, server, _| { server.options.pool_max_conn = limit(args)?; Ok(()) } },
        /// Idle connections kept however few are in use. It has no meaning here: connections are kept by age.
        { name: "pool-low-conn", usage: "<connections>", parse: |args, _, _| lax(args).map(|_| ()) },
        /// How long an idle connection is kept.
        { name: "pool-purge-delay", usage: "<time>", parse: |args, server, _| { server.options.pool_purge_delay = args.time(TimeUnit::Millisecond)?; Ok(()) } },
        /// Requests one connection may serve.
        { name: "max-reuse", usage: "<requests>", parse: |args, server, _| { server.options.max_reuse = limit(args)?; Ok(()) } },
        /// How long a server that got up takes to reach its full weight.
        { name: "slowstart", usage: "<time>", parse: |args, server, _| { server.options.slowstart = Some(args.time(TimeUnit::Millisecond)?); args.not_yet("server ... slowstart"); Ok(()) } },
        /// How the address is found at the start: a list of `last`, `libc`, `none` or an address.
        { name: "init-addr", usage: "<method>[,...]", parse: |args, server, _| { server.options.init_addr = Some(text(args)?); Ok(()) } },
        /// How its connections are spoken to: `h1` unless said otherwise.
        { name: "proto", usage: "<name>", parse: proto },
        /// A stable name for statistics. It is kept for nothing else.
        { name: "guid", usage: "<text>", on_default: false, parse: |args, _, _| text(args).map(|_| ()) },
    ];
}

fn weight(args: &mut Args<'_>, server: &mut Server, _: &mut Draft) -> Done {
    let value = lax(args)?;
    if value > 256 {
        return Err(Fault::new(format!("weight of server {} is not within 0 and 256 ..", server.name)));
    }
    server.options.weight = value;
    Ok(())
}

fn proto(args: &mut Args<'_>, _: &mut Server, _: &mut Draft) -> Done {
    match text(args)?.as_str() {
        "h1" | "none" => Ok(()),
        "h2" | "fcgi" | "spop" => {
            args.not_yet("server ... proto");
            Ok(())
        }
        other => Err(Fault::new(format!("'proto' :  unknown MUX protocol '{other}'"))),
    }
}

/// The next word, which must be there.
pub(super) fn text(args: &mut Args<'_>) -> Result<String, Fault> {
    let refusal = format!("'{}' expects an argument.", args.keyword());
    args.need(&refusal).map(str::to_owned)
}

/// The next word as HAProxy reads numbers here: what is none counts as zero, and so does nothing at all.
pub(super) fn lax(args: &mut Args<'_>) -> Result<u32, Fault> {
    let word = args.next().unwrap_or_default();
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    Ok(word.get(..digits).and_then(|digits| digits.parse().ok()).unwrap_or(0))
}

/// A number, or `-1` for no limit.
fn limit(args: &mut Args<'_>) -> Result<Option<u32>, Fault> {
    if args.take("-1") {
        return Ok(None);
    }
    lax(args).map(Some)
}

/// The delay a check option takes.
pub(super) fn delay(args: &mut Args<'_>, server: &Server) -> Result<Duration, Fault> {
    let keyword = args.keyword().to_owned();
    if args.is_empty() {
        return Err(Fault::new(format!("'{keyword}' expects a delay as argument..")));
    }
    let word = args.peek().unwrap_or_default().to_owned();
    args.time(TimeUnit::Millisecond).map_err(|fault| {
        let bad = word.trim_start_matches(|letter: char| letter.is_ascii_digit()).chars().next();
        let found = bad.map(String::from).unwrap_or_default();
        let said = if keyword == "inter" { "agent-inter" } else { &keyword };
        let message = format!("unexpected character '{found}' in '{said}' argument of server {}..", server.name);
        Fault { message, ..fault }
    })
}
