//! `server` and `default-server`: an address and options, which are words of their own; `balance` and `source`.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::OnceLock;

use pointsman_parser::Arg;
use pointsman_parser::addr::{self, Port, Target, Transport, Use};

use crate::base::diag::{Diagnostic, Severity};
use crate::model::addr::Address;
use crate::model::draft::{Draft, Sections};
use crate::model::noted::Context;
use crate::model::server::{PortRule, Server};
use crate::sample::value::leading_int;
use crate::spec;
use crate::spec::args::text_of;
use crate::spec::terms;
use crate::spec::{Args, Done, Fault, Keyword};
use crate::words;

use super::side::back;

spec! {
    /// Servers.
    pub static SERVER: [Keyword] = [
        /// One server: a name, an address, and options.
        { name: "server", sections: Sections::PROXIES, usage: "<name> <address>[:<port>] [<option>...]", parse: server },
        /// Several servers of the same options.
        { name: "server-template", sections: Sections::PROXIES, usage: "<prefix> <count>|<low>-<high> <address>[:<port>] [<option>...]", parse: server_template },
        /// Options for the servers that follow.
        { name: "default-server", sections: Sections::PROXIES, usage: "<option>...", parse: default_server },
        /// How a server is chosen.
        { name: "balance", sections: Sections::PROXIES, usage: "<algorithm> [<argument>...]", parse: balance },
        /// How the algorithms that hash do so.
        { name: "hash-type", sections: Sections::PROXIES, usage: "<method> [<function> [<modifier>]]", parse: hash_type },
    ];
}

/// HAProxy prints what is wrong with servers as `config : [file:line] : …`.
fn own_form(args: &Args<'_>, draft: &Draft, fault: Fault) -> Fault {
    if fault.unsupported || fault.bare {
        return fault;
    }
    let file = draft.files.get(args.place.file as usize).map_or("", String::as_str);
    let message = if fault.message.starts_with("config : ") {
        fault.message
    } else {
        format!("config : [{file}:{}] : {}", args.place.line, fault.message)
    };
    Fault { message, bare: true, ..fault }
}

/// Refuses a line about servers in `defaults` and in a frontend.
fn allowed(args: &Args<'_>, draft: &Draft, word: &str, in_defaults: bool) -> Done {
    if args.section == Sections::DEFAULTS && !in_defaults {
        return Err(Fault::new(format!("'{word}' not allowed in 'defaults' section.")));
    }
    if args.section == Sections::FRONTEND {
        let file = draft.files.get(args.place.file as usize).map_or("", String::as_str);
        let name = draft.proxy_ref().map_or("", |proxy| &proxy.name);
        return Err(Fault::new(format!(
            "parsing [{file}:{}] : '{word}' not allowed because frontend '{name}' has no backend capability.",
            args.place.line
        )));
    }
    Ok(())
}

fn server(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    one_server(args, draft).map_err(|fault| own_form(args, draft, fault))
}

fn one_server(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    allowed(args, draft, "server", false)?;
    let refusal = "'server' expects <name> and <addr>[:<port>] as arguments.";
    let name = args.need(refusal)?.to_owned();
    let Some(word) = args.next_arg() else { return Err(Fault::new(refusal)) };
    if let Some(bad) = name.chars().find(|letter| !letter.is_ascii_alphanumeric() && !"-_.:".contains(*letter)) {
        return Err(Fault::new(format!("character '{bad}' is not permitted in server name '{name}'.")));
    }
    let proxy = draft.proxy_ref().map(|proxy| proxy.name.clone()).unwrap_or_default();
    let title = format!("'server {proxy}/{name}' : ");
    let server = read_server(args, draft, name, word, &title)?;
    if let Some(proxy) = draft.proxy() {
        proxy.servers.push(server);
    }
    Ok(())
}

fn read_server(args: &mut Args<'_>, draft: &mut Draft, name: String, word: &Arg, title: &str) -> Result<Server, Fault> {
    let options = draft.proxy_ref().map(|proxy| proxy.settings.default_server.clone()).unwrap_or_default();
    let mut server =
        Server { name, host: String::new(), address: None, port: PortRule::Fixed, options, place: args.place };
    address(args, draft, word, &mut server).map_err(|fault| fault.within(title))?;
    options_of(args, draft, &mut server, false, title)?;
    server_makes_sense(&server, title)?;
    let labels = server.host.rsplit_once(':').map_or("", |(host, _)| host);
    let labels = labels.strip_suffix('.').unwrap_or(labels);
    if server.address.is_none() && labels.split('.').any(str::is_empty) {
        let name = if args.words_begin("server-template") { "(null)" } else { &server.name };
        return Err(Fault::new(format!("{title}Can't create DNS resolution for server '{name}'")));
    }
    Ok(server)
}

/// Checks a server of a section that is no proxy: its address and options.
pub(in crate::words) fn check_server(
    args: &mut Args<'_>,
    draft: &mut Draft,
    owner: &str,
    name: String,
) -> Result<Option<Server>, Fault> {
    let Some(word) = args.next_arg() else { return Ok(None) };
    let title = format!("'server {owner}/{name}' : ");
    read_server(args, draft, name, word, &title).map(Some).map_err(|fault| own_form(args, draft, fault))
}

/// Checks the options of `default-server` in a section that is no proxy.
pub(in crate::words) fn check_default_server(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let mut server = Server {
        name: String::new(),
        host: String::new(),
        address: None,
        port: PortRule::Fixed,
        options: Default::default(),
        place: args.place,
    };
    options_of(args, draft, &mut server, true, "").map_err(|fault| own_form(args, draft, fault))
}

/// Options that exclude each other.
fn server_makes_sense(server: &Server, title: &str) -> Done {
    let options = &server.options;
    if options.facts.agent && !options.facts.agent_port {
        let name = &server.name;
        let message = format!("{title}server {name} does not have agent port. Agent check has been disabled.");
        return Err(Fault::new(message));
    }
    if options.track.is_some() && options.check.enabled {
        return Err(Fault::new(format!("{title}unable to enable checks and tracking at the same time!")));
    }
    Ok(())
}

fn server_template(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    templates(args, draft).map_err(|fault| own_form(args, draft, fault))
}

/// Servers one template may make.
const TEMPLATE_MAX: i64 = 65_536;

fn templates(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    allowed(args, draft, "server-template", false)?;
    let refusal = "'server-template' expects <prefix> <nb | range> <addr>[:<port>] as arguments.";
    let prefix = args.need(refusal)?.to_owned();
    let range = args.need(refusal)?;
    let Some(word) = args.next_arg() else { return Err(Fault::new(refusal)) };
    let (low, high) = range.split_once('-').unwrap_or(("1", range));
    // Numbers are read as far as they go: `1.5` is one server.
    let bounds = (leading_int(low.as_bytes()), leading_int(high.as_bytes()));
    let Some((low, high)) =
        Some(bounds).filter(|&(low, high)| low >= 0 && high > 0 && low <= high && high - low < TEMPLATE_MAX)
    else {
        return Err(Fault::new(format!("Wrong server-template number or range arg '{range}'.")));
    };
    let proxy = draft.proxy_ref().map(|proxy| proxy.name.clone()).unwrap_or_default();
    let title = format!("'server-template {proxy}/{prefix}' : ");
    let mut server = read_server(args, draft, prefix.clone(), word, &title)?;
    server.options.facts.template = true;
    if let Some(proxy) = draft.proxy() {
        for number in low..=high {
            proxy.servers.push(Server { name: format!("{prefix}{number}"), ..server.clone() });
        }
    }
    Ok(())
}

fn default_server(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    default_options(args, draft).map_err(|fault| own_form(args, draft, fault))
}

fn default_options(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    allowed(args, draft, "default-server", true)?;
    let options = draft.proxy_ref().map(|proxy| proxy.settings.default_server.clone()).unwrap_or_default();
    let mut server = Server {
        name: "default-server".to_owned(),
        host: String::new(),
        address: None,
        port: PortRule::Fixed,
        options,
        place: args.place,
    };
    options_of(args, draft, &mut server, true, "")?;
    if let Some(proxy) = draft.proxy() {
        proxy.settings.default_server = server.options;
    }
    Ok(())
}

/// The option of this name; a few carry something glued to their name.
fn option_named(name: &str) -> Option<&'static crate::spec::ServerOption> {
    static TABLE: OnceLock<HashMap<&'static str, &'static crate::spec::ServerOption>> = OnceLock::new();
    let bare = if name.starts_with("set-proxy-v2-tlv-fmt(") { "set-proxy-v2-tlv-fmt" } else { name };
    TABLE.get_or_init(|| words::server_options().map(|option| (option.name, option)).collect()).get(bare).copied()
}

fn options_of(args: &mut Args<'_>, draft: &mut Draft, server: &mut Server, on_default: bool, title: &str) -> Done {
    let mut warned = false;
    while let Some(word) = args.next_arg() {
        let name = text_of(word);
        let Some(spec) = option_named(name) else {
            if warned {
                // HAProxy forgets where it was when it has warned of the line.
                let hint = if on_default { " Hint: no address was expected for this server." } else { "" };
                return Err(Fault::new(format!("config : unknown keyword '{name}'.{hint}")).bare());
            }
            if on_default {
                let message = format!("unknown keyword '{name}'. Hint: no address was expected for this server.");
                return Err(Fault::at(word.span, message));
            }
            let names = words::server_options().map(|option| option.name);
            let hint = crate::spec::nearest(name, names).map(|best| format!("; did you mean '{best}' maybe ?"));
            let message = format!("{title}unknown keyword '{name}'{}", hint.unwrap_or_else(|| ".".to_owned()));
            return Err(Fault::at(word.span, message));
        };
        if on_default && !spec.on_default {
            let file = draft.files.get(args.place.file as usize).map_or("", String::as_str);
            let line = args.place.line;
            args.alert_bare(format!(
                "config : [{file}:{line}] : '{name}' option is not accepted in default-server sections"
            ));
        }
        args.rename(name);
        let noted = args.notes.len();
        let parsed = (spec.parse)(args, server, draft);
        warned |= own_notes(args, draft, title, (noted, warned));
        let parsed = parsed.and_then(|()| if name == "id" { own_id(server, draft) } else { Ok(()) });
        parsed.map_err(|fault| {
            if fault.unsupported {
                return Fault { message: format!("server ... {name}"), ..fault };
            }
            let mut fault = fault.within(title).or_at(word.span);
            fault.message.push('.');
            fault
        })?;
    }
    Ok(())
}

/// Gives the warnings of an option the form of those of servers. The answer is whether there were any.
fn own_notes(args: &mut Args<'_>, draft: &Draft, title: &str, (from, warned): (usize, bool)) -> bool {
    let file = draft.files.get(args.place.file as usize).map_or("", String::as_str);
    let (line, place) = (args.place.line, args.place);
    let mut found = false;
    for note in args.notes.iter_mut().skip(from) {
        let small = note.message.contains("suspiciously small");
        let trailing = note.message.contains("after the timer value");
        if small || (trailing && !warned) {
            let said = note.message.trim_start_matches(" : ").trim_start_matches("config : ");
            let text = format!("config : [{file}:{line}] : {title}{said}");
            *note = Diagnostic::bare(Severity::Warning, place, text);
        }
        found |= small || trailing;
    }
    found
}

/// An `id` is of one server of its proxy.
fn own_id(server: &Server, draft: &Draft) -> Done {
    let Some(proxy) = draft.proxy_ref() else { return Ok(()) };
    let id = server.options.id;
    let Some(first) = proxy.servers.iter().find(|known| id.is_some() && known.options.id == id) else { return Ok(()) };
    let file = draft.files.get(first.place.file as usize).map_or("", String::as_str);
    let (id, line, name) = (id.unwrap_or_default(), first.place.line, &first.name);
    Err(Fault::new(format!("'id' : custom id {id} already used at {file}:{line} ('server {name}')")))
}

fn address(args: &mut Args<'_>, draft: &Draft, word: &Arg, server: &mut Server) -> Done {
    let parsed =
        addr::parse(&word.text, args.env, Use::Socket).map_err(|error| Fault::at(word.span, error.to_string()))?;
    let text = text_of(word);
    server.options.facts.datagram = parsed.transport == Some(Transport::Datagram);
    if parsed.transport == Some(Transport::Quic) {
        args.not_yet("server quic@");
    }
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
                Port::Range(..) => {
                    return Err(Fault::at(word.span, format!("port range not permitted here in '{text}'")));
                }
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
        Target::Descriptor(_) | Target::SocketPair(_) => {
            return Err(Fault::at(word.span, format!("a file descriptor is not acceptable here in '{text}'")));
        }
        Target::ReverseHttp(_) if !draft.noted.experimental.get() => {
            let message = format!(
                "Address '{text}' is experimental, must be allowed via a global 'expose-experimental-directives'"
            );
            return Err(Fault::at(word.span, message));
        }
        _ => {
            args.not_yet("server with such an address");
            server.address = Some(Address::Inet(SocketAddr::new(std::net::Ipv4Addr::UNSPECIFIED.into(), 0)));
        }
    }
    Ok(())
}

/// Algorithms that have no run-time part.
const BALANCES: [&str; 13] = [
    "roundrobin",
    "static-rr",
    "leastconn",
    "first",
    "random",
    "source",
    "uri",
    "url_param",
    "hash",
    "hdr",
    "rdp-cookie",
    "log-hash",
    "sticky",
];

const BALANCE_REFUSAL: &str = "balance only supports 'roundrobin', 'static-rr', 'leastconn', 'source', 'uri', \
                               'url_param', 'hash', 'hdr(name)', 'rdp-cookie(name)', 'log-hash' and 'sticky' options.";

fn balance(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    back(args, draft, "balance", None);
    let Some(word) = args.next() else { return Ok(()) };
    let bare = word.split('(').next().unwrap_or(word);
    let known = BALANCES.contains(&bare) && (bare == word || matches!(bare, "hdr" | "rdp-cookie" | "random"));
    if !known {
        return Err(Fault::new(BALANCE_REFUSAL));
    }
    args.rename(word);
    balance_arguments(args, draft, bare)?;
    let Some(spec) = words::balances().find(|balance| balance.name == bare) else {
        args.not_yet(format!("balance {bare}"));
        return Ok(());
    };
    args.seek(2);
    let Some(mut settings) = draft.proxy_ref().map(|proxy| proxy.settings.clone()) else { return Ok(()) };
    settings.balance.name = spec.name;
    settings.balance.args.clear();
    settings.balance.expr = None;
    // What was wrong with an algorithm is forgotten with it.
    let current = draft.current;
    draft
        .late_faults
        .retain(|(section, fault)| *section != current || !fault.message.contains("'balance hash' expression"));
    if spec.name == "hash" {
        settings.balance.expr = hash_key(args, draft)?.map(std::sync::Arc::new);
    }
    if matches!(spec.name, "hash" | "uri" | "url_param" | "hdr") || args.keyword().contains('(') {
        (spec.parse)(args, &mut settings)?;
    }
    if let Some(proxy) = draft.proxy() {
        proxy.settings.balance = settings.balance;
    }
    Ok(())
}

/// The key of `balance hash`, which HAProxy compiles when all was read.
fn hash_key(args: &mut Args<'_>, draft: &mut Draft) -> Result<Option<crate::sample::Expr>, Fault> {
    let text = args.peek().unwrap_or_default().to_owned();
    let key = args.one_word_expr(draft);
    if let Some(other) = args.peek() {
        return Err(Fault::new(format!("balance hash takes no other argument (got '{other}').")));
    }
    let wrong = match key {
        Ok(key) => {
            let name = terms::opening(&text);
            let there = args.vocabulary.places(name).is_none_or(|places| places & BALANCE_PLACE != 0);
            if there {
                return Ok(Some(key));
            }
            let needs = args.vocabulary.needs(name).unwrap_or_default();
            let what = format!("which requires information from {needs}, which is not available here");
            format!("error detected while parsing 'balance hash' expression '{text}' {what}.")
        }
        Err(fault) if fault.unsupported => return Err(fault),
        Err(fault) => format!("failed to parse 'balance hash' expression '{text}' in : {}.", fault.message),
    };
    let Some(proxy) = draft.proxy_ref() else { return Ok(None) };
    let file = draft.files.get(proxy.place.file as usize).map_or("", String::as_str);
    let kind = if proxy.section == Sections::LISTEN { "proxy" } else { proxy.section.word() };
    let message = format!("{kind} '{}' [{file}:{}]: {wrong}", proxy.name, proxy.place.line);
    draft.late_fault(args.place, message);
    Ok(None)
}

/// Where a balancing key must have a value: when the server is chosen.
const BALANCE_PLACE: u32 = 1 << 9;

/// What HAProxy says about the arguments of an algorithm.
fn balance_arguments(args: &mut Args<'_>, draft: &Draft, name: &str) -> Done {
    match name {
        "hash" => {
            if args.is_empty() {
                return Err(Fault::new("balance hash requires a sample expression."));
            }
            draft.noted.context.set(Context { places: 0, word: "balance" });
            Ok(())
        }
        "url_param" => {
            if args.next().is_none() {
                return Err(Fault::new("balance url_param requires an URL parameter name."));
            }
            match args.next() {
                None | Some("check_post") => Ok(()),
                Some(other) => {
                    Err(Fault::new(format!("balance url_param only accepts 'check_post' modifier (got '{other}').")))
                }
            }
        }
        "uri" => {
            while let Some(word) = args.next() {
                match word {
                    "len" | "depth" => {
                        let text = args.next().unwrap_or_default();
                        if super::side::lax(text) <= 0 {
                            return Err(Fault::new(format!(
                                "balance uri : '{word}' expects a positive integer (got '{text}')."
                            )));
                        }
                    }
                    "whole" | "path-only" => {}
                    other => {
                        return Err(Fault::new(format!(
                            "balance uri only accepts parameters 'len', 'depth', 'path-only', and 'whole' (got '{other}')."
                        )));
                    }
                }
            }
            Ok(())
        }
        "random" => {
            let inside = args.keyword().split_once('(').map(|(_, rest)| rest.trim_end_matches(')'));
            match inside {
                Some(text) if text.parse::<u32>().ok().filter(|draws| *draws > 0).is_none() && !text.is_empty() => {
                    Err(Fault::new("balance random : the number of draws must be at least 1."))
                }
                _ => Ok(()),
            }
        }
        "log-hash" if args.is_empty() => Err(Fault::new("balance log-hash requires a converter list.")),
        "hdr" => {
            let Some(inside) = args.keyword().split_once('(').map(|(_, rest)| rest.trim_end_matches(')')) else {
                return Err(Fault::new(BALANCE_REFUSAL));
            };
            let inside = inside.to_owned();
            if inside.is_empty() {
                return Err(Fault::new("balance hdr(name) requires an http header field name."));
            }
            match args.peek() {
                None | Some("use_domain_only") => Ok(()),
                Some(other) => Err(Fault::new(format!(
                    "balance hdr({inside}) only accepts 'use_domain_only' modifier (got '{other}')."
                ))),
            }
        }
        _ => Ok(()),
    }
}

fn hash_type(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    back(args, draft, "hash-type", None);
    let mut words = Vec::new();
    while let Some(word) = args.next() {
        words.push(word.to_owned());
    }
    let word = |n: usize| words.get(n).map(String::as_str);
    if !matches!(word(0), Some("consistent" | "map-based" | "avalanche")) {
        return Err(Fault::new("'hash-type' only supports 'consistent' and 'map-based'."));
    }
    if word(0) != Some("avalanche") {
        match word(1) {
            None | Some("sdbm" | "djb2" | "wt6" | "crc32" | "none") => {}
            Some(_) => {
                return Err(Fault::new("'hash-type' only supports 'sdbm', 'djb2', 'crc32', or 'wt6' hash functions."));
            }
        }
        if let Some(other) = word(2).filter(|word| *word != "avalanche") {
            return Err(Fault::new(format!(
                "'hash-type' only supports 'avalanche' as a modifier for hash functions (got '{other}')."
            )));
        }
    }
    if let Some(proxy) = draft.proxy() {
        proxy.settings.balance.hash_type = words;
    }
    Ok(())
}

/// A bare number is the 32 bits of an IPv4 address.
pub(super) fn numeric(name: &str) -> Option<std::net::IpAddr> {
    name.parse::<u32>().ok().map(|bits| std::net::Ipv4Addr::from(bits).into())
}
