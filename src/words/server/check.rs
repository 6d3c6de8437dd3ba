//! How one server is checked.

use pointsman_parser::addr::{self, Port, Target, Use};

use crate::model::addr::Address;
use crate::model::draft::Draft;
use crate::model::proxy::Mode;
use crate::model::server::{Observe, Server};
use crate::spec;
use crate::spec::{Args, Done, Fault, ServerOption};

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
        { name: "port", usage: "<port>", parse: |args, server, _| { let port = knob_number(args, "'port' expects a port number as argument.")?; server.options.check.port = Some(port as u16); Ok(()) } },
        /// The address that is checked.
        { name: "addr", usage: "<address>", parse: |args, server, draft| { address(args, server, draft) } },
        /// Checks by TLS, whatever the traffic does.
        { name: "check-ssl", usage: "", parse: |_, server, _| { server.options.check.ssl = Some(true); Ok(()) } },
        /// Checks without TLS.
        { name: "no-check-ssl", usage: "", parse: |_, server, _| { server.options.check.ssl = Some(false); Ok(()) } },
        /// The name sent in the handshake of a check. Without it none is sent.
        { name: "check-sni", usage: "<name>", parse: |args, server, _| { server.options.check.sni = Some(text(args)?); Ok(()) } },
        /// Protocols offered in the handshake of a check.
        { name: "check-alpn", usage: "<protocol>[,...]", parse: |args, server, _| { server.options.check.alpn = Some(text(args)?); Ok(()) } },
        /// How a check speaks: `h1` unless said otherwise.
        { name: "check-proto", usage: "<name>", parse: |args, server, _| check_proto(args, server) },
        /// Opens checks with the PROXY protocol.
        { name: "check-send-proxy", usage: "", parse: |_, server, _| { server.options.check.send_proxy = Some(true); Ok(()) } },
        /// Follows the state of another server instead of being checked.
        { name: "track", usage: "[<backend>/]<server>", parse: |args, server, _| { server.options.track = Some(text(args)?); Ok(()) } },
        /// Watches the traffic for errors.
        { name: "observe", usage: "layer4|layer7", parse: |args, server, draft| observe(args, server, draft) },
        /// Errors in a row that trigger `on-error`.
        { name: "error-limit", usage: "<count>", parse: |args, server, _| { let limit = knob_number(args, "'error-limit' expects an integer argument.")?; if limit == 0 { return Err(Fault::new("error-limit has to be > 0.")); } observed(server).limit = limit; Ok(()) } },
        /// What too many errors trigger.
        { name: "on-error", usage: "fastinter|fail-check|sudden-death|mark-down", parse: |args, server, _| { let action = one_of(args, &["fastinter", "fail-check", "sudden-death", "mark-down"], "one of 'fastinter', 'fail-check', 'sudden-death' or 'mark-down'")?; observed(server).action = action; Ok(()) } },
        /// What happens to sessions of a server that goes down.
        { name: "on-marked-down", usage: "shutdown-sessions", parse: |args, server, _| { one_of(args, &["shutdown-sessions"], "'shutdown-sessions'")?; server.options.shutdown_sessions = true; Ok(()) } },
        /// What happens to sessions of backup servers when this one gets up.
        { name: "on-marked-up", usage: "shutdown-backup-sessions", parse: |args, server, _| { one_of(args, &["shutdown-backup-sessions"], "'shutdown-backup-sessions'")?; server.options.shutdown_backup_sessions = true; Ok(()) } },
        /// The section that resolves its name while running.
        { name: "resolvers", usage: "<name>", parse: |args, server, _| { server.options.resolvers = Some(args.next().unwrap_or_default().to_owned()); args.not_yet("server ... resolvers"); Ok(()) } },
        /// Which family of addresses is preferred when its name is resolved while running.
        { name: "resolve-prefer", usage: "ipv4|ipv6", parse: |args, _, _| prefer(args) },
        /// How its name is resolved while running.
        { name: "resolve-opts", usage: "<option>[,...]", parse: |args, _, _| resolve_options(args) },
        /// Networks that are preferred when its name is resolved while running.
        { name: "resolve-net", usage: "<network>[,...]", parse: |args, _, _| resolve_networks(args) },
    ];
}

fn knob_number(args: &mut Args<'_>, missing: &str) -> Result<u32, Fault> {
    if args.is_empty() {
        return Err(Fault::new(missing));
    }
    lax(args)
}

/// One of these words.
fn one_of(args: &mut Args<'_>, words: &[&str], expected: &str) -> Result<String, Fault> {
    let keyword = args.keyword().to_owned();
    let word = args.next().unwrap_or_default();
    if !words.contains(&word) {
        return Err(Fault::new(format!("'{keyword}' expects {expected} but got '{word}'")));
    }
    Ok(word.to_owned())
}

fn observe(args: &mut Args<'_>, server: &mut Server, draft: &Draft) -> Done {
    if args.is_empty() {
        return Err(Fault::new("'observe' expects <mode> as argument."));
    }
    match one_of(args, &["none", "layer4", "layer7"], "one of 'none', 'layer4', 'layer7'")?.as_str() {
        "none" => server.options.observe = None,
        "layer4" => observed(server).layer7 = false,
        _ => {
            observed(server).layer7 = true;
            let Some(proxy) = draft.proxy_ref().filter(|proxy| proxy.settings.mode != Mode::Http) else {
                return Ok(());
            };
            let file = draft.files.get(args.place.file as usize).map_or("", String::as_str);
            let (line, backend, name) = (args.place.line, &proxy.name, &server.name);
            args.alert_bare(format!(
                "config : [{file}:{line}] : 'server {backend}/{name}' : 'layer7' can only be used in http proxies.."
            ));
        }
    }
    Ok(())
}

fn check_proto(args: &mut Args<'_>, server: &mut Server) -> Done {
    let name = text(args)?;
    server.options.facts.check_proto = Some(name.clone());
    match name.as_str() {
        "h1" | "none" => {}
        "h2" | "fcgi" | "spop" => args.not_yet("server ... check-proto"),
        other => return Err(Fault::new(format!("'check-proto' :  unknown MUX protocol '{other}'"))),
    }
    Ok(())
}

fn prefer(args: &mut Args<'_>) -> Done {
    match args.next() {
        Some("ipv4" | "ipv6") => Ok(()),
        _ => Err(Fault::new("'resolve-prefer' expects either ipv4 or ipv6 as argument.")),
    }
}

fn resolve_options(args: &mut Args<'_>) -> Done {
    let words = args.next().unwrap_or_default().split(',').filter(|word| !word.is_empty());
    for word in words {
        if !matches!(word, "allow-dup-ip" | "ignore-weight" | "prevent-dup-ip") {
            let methods = "supported methods are 'allow-dup-ip', 'ignore-weight', and 'prevent-dup-ip'.";
            return Err(Fault::new(format!("'resolve-opts' : unknown resolve-opts option '{word}', {methods}")));
        }
    }
    Ok(())
}

fn resolve_networks(args: &mut Args<'_>) -> Done {
    for word in text(args)?.split(',') {
        let (host, bits) = word.split_once('/').unwrap_or((word, ""));
        let most = match host.parse() {
            Ok(std::net::IpAddr::V4(_)) => 32,
            Ok(std::net::IpAddr::V6(_)) => 128,
            Err(_) => 0,
        };
        if most == 0 || !(bits.is_empty() || bits.parse::<u32>().is_ok_and(|bits| bits <= most)) {
            return Err(Fault::new(format!("'resolve-net' invalid network '{word}'.")));
        }
    }
    Ok(())
}

fn positive(args: &mut Args<'_>) -> Result<u32, Fault> {
    let keyword = args.keyword().to_owned();
    if args.is_empty() {
        return Err(Fault::new(format!("'{keyword}' expects an integer argument.")));
    }
    let huge = args.peek().is_some_and(|word| word.parse::<u64>().is_ok_and(|number| number > u64::from(u32::MAX)));
    match lax(args)? {
        0 if huge => Ok(u32::MAX),
        0 => Err(Fault::new(format!("'{keyword}' has to be > 0."))),
        number => Ok(number),
    }
}

fn observed(server: &mut Server) -> &mut Observe {
    server.options.observe.get_or_insert_with(|| Observe { layer7: false, limit: 10, action: "fail-check".to_owned() })
}

fn address(args: &mut Args<'_>, server: &mut Server, draft: &Draft) -> Done {
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
        Err(_) if (draft.noted.world.host)(&host).is_none() => {
            return Err(Fault::new(format!("'addr' : invalid address: '{host}' in '{word}'")));
        }
        Err(_) => args.not_yet("server ... addr with a host name"),
    }
    Ok(())
}
