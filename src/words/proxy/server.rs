//! `server` and `default-server`: an address and options, which are words of their own; `balance` and `source`.

use std::net::SocketAddr;

use pointsman_parser::Arg;
use pointsman_parser::addr::{self, Port, Target, Use};

use crate::model::addr::Address;
use crate::model::dial_io::Source;
use crate::model::draft::{Draft, Sections};
use crate::model::server::{PortRule, Server};
use crate::spec;
use crate::spec::args::text_of;
use crate::spec::{Args, Done, Fault, Keyword};
use crate::words;

spec! {
    /// Servers.
    pub static SERVER: [Keyword] = [
        /// One server: a name, an address, and options.
        { name: "server", sections: Sections::NAMED, usage: "<name> <address>[:<port>] [<option>...]", parse: server },
        /// Options for the servers that follow.
        { name: "default-server", sections: Sections::PROXIES, usage: "<option>...", parse: default_server },
        /// How a server is chosen.
        { name: "balance", sections: Sections::BACK, usage: "<algorithm> [<argument>...]", parse: balance },
        /// How the algorithms that hash do so.
        { name: "hash-type", sections: Sections::BACK, usage: "<method> [<function> [<modifier>]]", parse: hash_type },
        /// Where connections to servers come from.
        { name: "source", sections: Sections::BACK, usage: "<address>[:<port>]", parse: source },
    ];
}

fn server(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    if args.section == Sections::FRONTEND {
        let name = draft.proxy_ref().map_or("", |proxy| &proxy.name).to_owned();
        return Err(Fault::new(format!("'server' not allowed because frontend '{name}' has no backend capability.")));
    }
    let refusal = "'server' expects <name> and <addr>[:<port>] as arguments.";
    let name = args.need(refusal)?.to_owned();
    let Some(word) = args.next_arg() else { return Err(Fault::new(refusal)) };
    if let Some(bad) = name.chars().find(|letter| !letter.is_ascii_alphanumeric() && !"-_.:".contains(*letter)) {
        return Err(Fault::new(format!("character '{bad}' is not permitted in server name '{name}'.")));
    }
    let options = draft.proxy_ref().map(|proxy| proxy.settings.default_server.clone()).unwrap_or_default();
    let mut server =
        Server { name, host: String::new(), address: None, port: PortRule::Fixed, options, place: args.place };
    address(args, word, &mut server)?;
    let proxy_name = draft.proxy_ref().map(|proxy| proxy.name.clone()).unwrap_or_default();
    let title = format!("'server {proxy_name}/{}' : ", server.name);
    options_of(args, draft, &mut server, false, &title)?;
    if let Some(proxy) = draft.proxy() {
        if let Some(other) = proxy.servers.iter().find(|other| other.name == server.name) {
            let (kind, name, line) = (proxy.section.word(), &proxy.name, other.place.line);
            return Err(Fault::new(format!(
                "{kind} '{name}', another server named '{}' was already defined at line {line}, please use distinct names.",
                server.name
            )));
        }
        proxy.servers.push(server);
    }
    Ok(())
}

fn default_server(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let options = draft.proxy_ref().map(|proxy| proxy.settings.default_server.clone()).unwrap_or_default();
    let mut server = Server {
        name: String::new(),
        host: String::new(),
        address: None,
        port: PortRule::Fixed,
        options,
        place: args.place,
    };
    options_of(args, draft, &mut server, true, "'default-server' : ")?;
    if let Some(proxy) = draft.proxy() {
        proxy.settings.default_server = server.options;
    }
    Ok(())
}

fn options_of(args: &mut Args<'_>, draft: &mut Draft, server: &mut Server, on_default: bool, title: &str) -> Done {
    while let Some(word) = args.next_arg() {
        let name = text_of(word);
        let spec = words::server_options().find(|option| option.name == name);
        let Some(spec) = spec.filter(|option| !on_default || option.on_default) else {
            let names = words::server_options().map(|option| option.name);
            let hint = crate::spec::nearest(name, names).map(|best| format!("; did you mean '{best}' maybe ?"));
            return Err(Fault::at(word.span, format!("{title}unknown keyword '{name}'{}", hint.unwrap_or_default())));
        };
        args.rename(name);
        (spec.parse)(args, server, draft).map_err(|fault| {
            if fault.unsupported {
                return Fault { message: format!("server ... {name}"), ..fault };
            }
            fault.within(title).or_at(word.span)
        })?;
    }
    Ok(())
}

fn address(args: &mut Args<'_>, word: &Arg, server: &mut Server) -> Done {
    let parsed =
        addr::parse(&word.text, args.env, Use::Socket).map_err(|error| Fault::at(word.span, error.to_string()))?;
    match parsed.target {
        Target::Ip { host, port, .. } => {
            let host = String::from_utf8_lossy(&host).into_owned();
            let number = match port {
                Port::None => {
                    server.port = PortRule::Same;
                    0
                }
                Port::Number(number) => number,
                Port::Offset(offset) => {
                    server.port = PortRule::Offset(offset);
                    0
                }
                Port::Range(..) => return Err(Fault::at(word.span, "port ranges are not allowed on servers.")),
            };
            server.address = match host.as_str() {
                "" | "*" => Some(Address::Inet(SocketAddr::new(std::net::Ipv4Addr::UNSPECIFIED.into(), number))),
                name => name.parse().ok().map(|ip| Address::Inet(SocketAddr::new(ip, number))),
            };
            server.host = format!("{host}:{number}");
        }
        Target::Unix(path) => {
            server.host = String::from_utf8_lossy(&path).into_owned();
            server.address = Some(Address::Unix(server.host.clone().into()));
        }
        Target::Abstract { name, zero_terminated } => {
            server.address = Some(if zero_terminated { Address::Abstract(name) } else { Address::abns(&name) });
        }
        _ => args.not_yet("server with such an address"),
    }
    Ok(())
}

fn balance(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let Some(word) = args.next() else { return Ok(()) };
    let bare = word.split('(').next().unwrap_or(word);
    let Some(spec) = words::balances().find(|balance| balance.name == bare) else {
        return Err(Fault::new(
            "balance only supports 'roundrobin', 'static-rr', 'leastconn', 'source', 'uri', 'url_param', 'hash', \
             'hdr(name)', 'rdp-cookie(name)', 'log-hash' and 'sticky' options.",
        ));
    };
    args.rename(word);
    let Some(mut settings) = draft.proxy_ref().map(|proxy| proxy.settings.clone()) else { return Ok(()) };
    settings.balance.name = spec.name;
    settings.balance.args.clear();
    settings.balance.expr = None;
    if spec.name == "hash" {
        settings.balance.expr = Some(std::sync::Arc::new(args.expr(draft)?));
    }
    (spec.parse)(args, &mut settings)?;
    if let Some(proxy) = draft.proxy() {
        proxy.settings.balance = settings.balance;
    }
    Ok(())
}

fn hash_type(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let mut words = Vec::new();
    while let Some(word) = args.next() {
        words.push(word.to_owned());
    }
    if !matches!(words.first().map(String::as_str), Some("consistent" | "map-based")) {
        return Err(Fault::new("'hash-type' only supports 'consistent' and 'map-based'."));
    }
    if let Some(proxy) = draft.proxy() {
        proxy.settings.balance.hash_type = words;
    }
    Ok(())
}

fn source(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let source = source_of(args)?;
    if let Some(proxy) = draft.proxy() {
        proxy.settings.source = source;
    }
    Ok(())
}

/// The address behind `source`, with what may follow it.
pub(in crate::words) fn source_of(args: &mut Args<'_>) -> Result<Option<Source>, Fault> {
    let refusal = "'source' expects <addr>[:<port>[-<port>]], and optionally 'usesrc' <addr>, and 'interface' <name>, as arguments.";
    let Some(word) = args.next_arg() else { return Err(Fault::new(refusal)) };
    let parsed =
        addr::parse(&word.text, args.env, Use::Socket).map_err(|error| Fault::at(word.span, error.to_string()))?;
    let mut source = match parsed.target {
        Target::Ip { host, port, .. } => {
            let text = String::from_utf8_lossy(&host);
            let ip = match &*text {
                "" | "*" => None,
                name => Some(name.parse().map_err(|_| Fault::at(word.span, format!("invalid address: '{name}'")))?),
            };
            let any = || ip.unwrap_or(std::net::Ipv4Addr::UNSPECIFIED.into());
            match port {
                Port::Number(port) if port > 0 => Some(Source::Fixed(SocketAddr::new(any(), port))),
                Port::Range(first, last) => Some(Source::Ports { ip: any(), first, last }),
                _ => ip.map(Source::Ip),
            }
        }
        _ => return Err(Fault::new(refusal)),
    };
    loop {
        match args.peek() {
            Some("usesrc") => {
                args.next();
                args.next();
                args.not_yet("source ... usesrc");
                source = Some(Source::Foreign);
            }
            Some("interface") => {
                args.next();
                args.next();
                args.not_yet("source ... interface");
            }
            _ => return Ok(source),
        }
    }
}
