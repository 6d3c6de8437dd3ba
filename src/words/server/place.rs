//! Options that say how much a server gets and how it is reached.

use std::time::Duration;

use pointsman_parser::units::{self, TimeUnit, UnitError};

use crate::model::draft::Draft;
use crate::model::server::Server;
use crate::spec;
use crate::spec::{Args, Done, Fault, ServerOption, Since};

spec! {
    /// Placement and connection.
    pub static PLACE: [ServerOption] = [
        /// Its share among the servers: 0 to 256, 1 unless said otherwise.
        { name: "weight", usage: "<weight>", parse: weight },
        /// Requests it may serve at once; more wait.
        { name: "maxconn", usage: "<connections>", parse: |args, server, _| { server.options.maxconn = lax(args)?; Ok(()) } },
        /// The limit when the backend is idle; it grows to `maxconn` with the load.
        { name: "minconn", usage: "<connections>", parse: |args, server, _| { server.options.minconn = lax(args)?; args.not_yet("server ... minconn"); Ok(()) } },
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
        { name: "id", usage: "<number>", on_default: false, parse: id },
        /// Answers GET and HEAD with a redirect to this prefix instead of forwarding them.
        { name: "redir", usage: "<prefix>", parse: |args, server, _| { server.options.redir = Some(text(args)?); args.not_yet("server ... redir"); Ok(()) } },
        /// Tells the server who the client is, by the PROXY protocol's first version.
        { name: "send-proxy", usage: "", parse: |_, server, _| { server.options.send_proxy = 1; Ok(()) } },
        /// The same by the second version.
        { name: "send-proxy-v2", usage: "", parse: |_, server, _| { server.options.send_proxy = 2; Ok(()) } },
        /// Where connections to it come from.
        { name: "source", usage: "<address>[:<port>[-<port>]]", parse: source },
        /// Leaves through this device.
        { name: "interface", usage: "<name>", parse: |args, server, _| { server.options.dial.interface = Some(text(args)?); Ok(()) } },
        /// Sends data in the first packet.
        { name: "tfo", usage: "", parse: |_, server, _| { server.options.dial.fast_open = true; Ok(()) } },
        /// Closes a connection whose data is not acknowledged for so long.
        { name: "tcp-ut", usage: "<time>", parse: user_timeout },
        /// The network namespace to connect from.
        { name: "namespace", usage: "<name>", parse: |args, server, draft| { namespace(args, server, draft) } },
        /// Idle connections kept to it.
        { name: "pool-max-conn", usage: "<connections>", parse: |args, server, _| { server.options.pool_max_conn = limit(args)?; Ok(()) } },
        /// Idle connections kept however few are in use. It has no meaning here: connections are kept by age.
        { name: "pool-low-conn", usage: "<connections>", parse: |args, _, _| args.need("'pool-low-conn' expects <value> as argument.").map(drop) },
        /// How long an idle connection is kept.
        { name: "pool-purge-delay", usage: "<time>", parse: |args, server, _| { server.options.pool_purge_delay = own_time(args)?; Ok(()) } },
        /// Requests one connection may serve.
        { name: "max-reuse", usage: "<requests>", parse: |args, server, _| { server.options.max_reuse = limit(args)?; Ok(()) } },
        /// How long a server that got up takes to reach its full weight.
        { name: "slowstart", usage: "<time>", parse: |args, server, _| { server.options.slowstart = Some(slow(args, server)?); args.not_yet("server ... slowstart"); Ok(()) } },
        /// How the address is found at the start: a list of `last`, `libc`, `none` or an address.
        { name: "init-addr", usage: "<method>[,...]", parse: |args, server, _| { init_addr(args, server) } },
        /// How its connections are spoken to: `h1` unless said otherwise.
        { name: "proto", usage: "<name>", parse: proto },
        /// A stable name for statistics. It is kept for nothing else.
        { name: "guid", since: Since::V3_0, usage: "<text>", on_default: false, parse: |args, _, _| text(args).map(|_| ()) },
    ];
}

fn id(args: &mut Args<'_>, server: &mut Server, _: &mut Draft) -> Done {
    let text = args.need("'id' : expects an integer argument")?;
    let number = crate::words::proxy::side::lax(text);
    if number <= 0 {
        return Err(Fault::new("'id' : custom id has to be > 0"));
    }
    server.options.id = u32::try_from(number).ok();
    Ok(())
}

fn weight(args: &mut Args<'_>, server: &mut Server, _: &mut Draft) -> Done {
    let value = crate::words::proxy::side::lax(args.next().unwrap_or_default());
    if !(0..=256).contains(&value) {
        return Err(Fault::new(format!("weight of server {} is not within 0 and 256 ({value}).", server.name)));
    }
    server.options.weight = value as u32;
    Ok(())
}

fn proto(args: &mut Args<'_>, server: &mut Server, _: &mut Draft) -> Done {
    let name = text(args)?;
    server.options.facts.proto = Some(name.clone());
    match name.as_str() {
        "h1" | "none" => Ok(()),
        "h2" | "fcgi" | "spop" => {
            args.not_yet("server ... proto");
            Ok(())
        }
        other => Err(Fault::new(format!("'proto' :  unknown MUX protocol '{other}'"))),
    }
}

fn source(args: &mut Args<'_>, server: &mut Server, draft: &mut Draft) -> Done {
    let source = crate::words::proxy::source_of(args, draft, true).map_err(|fault| {
        // What follows the address is refused as words of its own.
        let part = if fault.message.starts_with("'server'") { "interface" } else { "usesrc" };
        if !fault.message.starts_with("'server'")
            && !fault.message.contains("usesrc ")
            && !fault.message.starts_with("'usesrc'")
        {
            return fault;
        }
        let file = draft.files.get(args.place.file as usize).map_or("", String::as_str);
        let proxy = draft.proxy_ref().map_or("", |proxy| &proxy.name);
        let title = super::tls::title(args, file, proxy, server);
        args.alert_bare(format!("{title}{}", fault.message));
        Fault::new(format!("config : error encountered while processing '{part}'")).whole()
    })?;
    server.options.dial.source = source;
    Ok(())
}

fn namespace(args: &mut Args<'_>, server: &mut Server, draft: &Draft) -> Done {
    let name = text(args)?;
    let world = draft.noted.world;
    if name != "*" && world.real && (world.kind)(&format!("/var/run/netns/{name}")).is_err() {
        return Err(Fault::new(format!("Cannot open namespace '{name}'")));
    }
    server.options.dial.namespace = Some(name);
    Ok(())
}

fn init_addr(args: &mut Args<'_>, server: &mut Server) -> Done {
    let Some(list) = args.next() else { return Ok(()) };
    for method in list.split(',') {
        if !matches!(method, "last" | "libc" | "none") && method.parse::<std::net::IpAddr>().is_err() {
            return Err(Fault::new(format!(
                "'init-addr' : unknown init-addr method '{method}', supported methods are 'libc', 'last', 'none'."
            )));
        }
    }
    server.options.init_addr = Some(list.to_owned());
    Ok(())
}

/// The next word, which must be there.
pub(super) fn text(args: &mut Args<'_>) -> Result<String, Fault> {
    let keyword = args.keyword();
    let refusal = match keyword {
        "cookie" => "'cookie' expects <value> as argument.".to_owned(),
        "redir" => "'redir' expects <prefix> as argument.".to_owned(),
        "track" => "'track' expects [<proxy>/]<server> as argument.".to_owned(),
        "addr" => "'addr' expects <ipv4|ipv6> as argument.".to_owned(),
        "observe" => "'observe' expects <mode> as argument.".to_owned(),
        "check-sni" => "'check-sni' : missing SNI".to_owned(),
        "check-alpn" => "'check-alpn' : missing the comma-delimited ALPN protocol suite".to_owned(),
        "npn" => "'npn' : missing the comma-delimited NPN protocol suite".to_owned(),
        "guid" => "'guid' : expects an argument".to_owned(),
        "namespace" => "'namespace' : expects <name> as argument".to_owned(),
        "proto" | "check-proto" => format!("'{keyword}' : missing value"),
        "resolve-net" => "'resolve-net' expects a list of networks.".to_owned(),
        _ => format!("'{keyword}' expects an argument."),
    };
    args.need(&refusal).map(str::to_owned)
}

/// The next word as HAProxy reads numbers here: what is none counts as zero, and so does nothing at all.
pub(super) fn lax(args: &mut Args<'_>) -> Result<u32, Fault> {
    let word = args.next().unwrap_or_default();
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    Ok(word.get(..digits).and_then(|digits| digits.parse().ok()).unwrap_or(0))
}

fn own_time(args: &mut Args<'_>) -> Result<Duration, Fault> {
    let keyword = args.keyword().to_owned();
    let text = args.need(&format!("'{keyword}' expects <value> as argument."))?;
    args.time_of(text.as_bytes(), TimeUnit::Millisecond)
        .map(|time| Duration::from_micros(time.us))
        .map_err(|error| Fault::new(format!("{error} in argument to <{keyword}>.")))
}

fn slow(args: &mut Args<'_>, server: &Server) -> Result<Duration, Fault> {
    let text = args.next().unwrap_or_default();
    args.time_of(text.as_bytes(), TimeUnit::Millisecond).map(|time| Duration::from_micros(time.us)).map_err(|error| {
        match error {
            UnitError::Overflow => overflow("overflow", text, "slowstart", &server.name),
            error => Fault::new(format!("{error} in 'slowstart' argument of server {}.", server.name)),
        }
    })
}

fn user_timeout(args: &mut Args<'_>, server: &mut Server, _: &mut Draft) -> Done {
    let text = args.need("'tcp-ut' : missing TCP User Timeout value")?;
    server.options.dial.user_timeout_ms = Some(crate::words::proxy::side::user_timeout(args, text)?);
    Ok(())
}

/// A number, or `-1` for no limit.
fn limit(args: &mut Args<'_>) -> Result<Option<u32>, Fault> {
    if args.is_empty() {
        return Err(Fault::new(format!("'{}' expects <value> as argument.", args.keyword())));
    }
    if args.take("-1") {
        return Ok(None);
    }
    lax(args).map(Some)
}

/// The delay a check option takes.
/// A time above the limit.
fn overflow(what: &str, text: &str, keyword: &str, server: &str) -> Fault {
    Fault::new(format!(
        "{what} in argument <{text}> to <{keyword}> of server {server}, maximum value is 2147483647 ms (~24.8 days)."
    ))
}

pub(super) fn delay(args: &mut Args<'_>, server: &Server) -> Result<Duration, Fault> {
    let keyword = args.keyword().to_owned();
    if args.is_empty() {
        return Err(Fault::new(format!("'{keyword}' expects a delay as argument.")));
    }
    let word = args.peek().unwrap_or_default().to_owned();
    if let Err(UnitError::Overflow) = units::time(word.as_bytes(), TimeUnit::Millisecond) {
        return Err(overflow("timer overflow", &word, &keyword, &server.name));
    }
    let time = args.time(TimeUnit::Millisecond).map_err(|fault| {
        let bad = word.trim_start_matches(|letter: char| letter.is_ascii_digit()).chars().next();
        let found = bad.map(String::from).unwrap_or_default();
        // HAProxy names the option of agents for all of them.
        let said = "agent-inter";
        let message = format!("unexpected character '{found}' in '{said}' argument of server {}.", server.name);
        Fault { message, ..fault }
    })?;
    if time.is_zero() {
        return Err(Fault::new(format!("invalid value 0 for argument '{keyword}' of server {}.", server.name)));
    }
    if word.bytes().all(|byte| byte.is_ascii_digit()) && time < Duration::from_millis(100) {
        args.suspicious(&format!("{keyword} {word}"), &format!(" in server '{}'", server.name), &word);
    }
    Ok(time)
}
