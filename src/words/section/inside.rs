//! The lines of the sections that are not run yet, checked as HAProxy checks them.

use pointsman_parser::addr::{self, Port, Target, Transport, Use};
use pointsman_parser::units::{self, TimeUnit};

use crate::model::bind::Bind;
use crate::model::draft::{Current, Draft, Sections};
use crate::model::noted::Context;
use crate::sample::format::Escape;
use crate::spec;
use crate::spec::args::text_of;
use crate::spec::{Args, Done, Fault, Form, Keyword, Since};
use crate::words::proxy::server::{check_default_server, check_server};
use crate::words::proxy::side::lax;

const PEERS: Sections = Sections::PEERS;
const RESOLVERS: Sections = Sections::RESOLVERS;
const MAILERS: Sections = Sections::MAILERS;
const CACHE: Sections = Sections::CACHE;
const RING: Sections = Sections::RING;
const FORWARD: Sections = Sections::LOG_FORWARD;
const PROFILE: Sections = Sections::LOG_PROFILE;
const FCGI: Sections = Sections::FCGI_APP;
const PROGRAM: Sections = Sections::PROGRAM;
const HEALTHCHECK: Sections = Sections::HEALTHCHECK;

spec! {
    /// Lines of sections that are not run yet.
    pub static INSIDE: [Keyword] = [
        /// Where peers connect to.
        { name: "bind", sections: PEERS.and(FORWARD), usage: "[<address>]:<port> [<option>...]", parse: bind },
        /// Options of that line.
        { name: "default-bind", sections: PEERS, usage: "[<option>...]", parse: default_bind },
        /// Options of the peers' connections.
        { name: "default-server", sections: PEERS, usage: "[<option>...]", parse: check_default_server },
        /// A machine.
        { name: "peer", sections: PEERS, usage: "<name> [<address>:<port>] [<option>...]", parse: peer },
        /// A machine, or where a ring is sent to.
        { name: "server", sections: PEERS, usage: "<name> [<address>:<port>] [<option>...]", parse: peer },
        /// Where the ring is sent to.
        { name: "server", sections: RING, usage: "<name> <address> [<option>...]", parse: ring_server },
        /// Over how many peers keys are spread.
        { name: "shards", since: Since::V2_7, sections: PEERS, usage: "<number>", parse: shards },
        /// A table of the section.
        { name: "table", sections: PEERS, usage: "<name> type <type> size <size> [<option>...]", parse: table },
        /// Turns the section off.
        { name: "disabled", sections: PEERS, usage: "", parse: |_, draft| { say(draft, "disabled", ""); Ok(()) } },
        /// Turns the section on.
        { name: "enabled", sections: PEERS, usage: "", parse: |_, _| Ok(()) },
        /// The largest answer taken.
        { name: "accepted_payload_size", sections: RESOLVERS, usage: "<bytes>", parse: payload },
        /// How long an answer holds.
        { name: "hold", sections: RESOLVERS, usage: "<event> <time>", parse: hold },
        /// A name server.
        { name: "nameserver", sections: RESOLVERS, usage: "<name> <address>:<port>", parse: nameserver },
        /// Takes the system's name servers.
        { name: "parse-resolv-conf", sections: RESOLVERS, usage: "", parse: |_, draft| { say(draft, "nameserver", ""); Ok(()) } },
        /// Not known any more.
        { name: "resolution_pool_size", sections: RESOLVERS, usage: "<number>", parse: |_, _| Err(Fault::new("'resolution_pool_size' directive is not supported anymore (it never appeared in a stable release).")) },
        /// How often a question is asked again.
        { name: "resolve_retries", sections: RESOLVERS, usage: "<number>", parse: |args, _| args.need("'resolve_retries' expects <nb> as argument.").map(|_| ()) },
        /// How long questions may take.
        { name: "timeout", sections: RESOLVERS, usage: "resolve|retry <time>", parse: resolver_timeout },
        /// A mail server.
        { name: "mailer", sections: MAILERS, usage: "<name> <address>:<port>", parse: mailer },
        /// How long sending a mail may take.
        { name: "timeout", sections: MAILERS, usage: "mail <time>", parse: mail_timeout },
        /// The size of the cache.
        { name: "total-max-size", sections: CACHE, usage: "<megabytes>", parse: total_size },
        /// The largest object kept.
        { name: "max-object-size", sections: CACHE, usage: "<bytes>", parse: object_size },
        /// How long an object is kept.
        { name: "max-age", sections: CACHE, usage: "<seconds>", parse: max_age },
        /// Objects of one address that differ by headers.
        { name: "max-secondary-entries", since: Since::V2_4, sections: CACHE, usage: "<number>", parse: secondary },
        /// Whether objects may differ by headers.
        { name: "process-vary", since: Since::V2_4, sections: CACHE, usage: "on|off", parse: vary },
        /// The file behind the ring.
        { name: "backing-file", since: Since::BY_2_6, sections: RING, usage: "<path>", parse: backing_file },
        /// Free text.
        { name: "description", sections: RING, usage: "<text>", parse: |args, _| args.need("missing ring description text.").map(|_| ()) },
        /// How messages are dressed.
        { name: "format", sections: RING, usage: "<format>", parse: ring_format },
        /// The longest message.
        { name: "maxlen", sections: RING, usage: "<bytes>", parse: ring_size },
        /// The size of the ring.
        { name: "size", sections: RING, usage: "<size>", parse: ring_size },
        /// How long sending may take.
        { name: "timeout", sections: RING, usage: "connect|server <time>", parse: ring_timeout },
        /// Connections held back.
        { name: "backlog", since: Since::V2_3, sections: FORWARD, usage: "<connections>", parse: |args, _| { args.need("'backlog' expects an integer argument.")?; args.finish() } },
        /// Connections at once.
        { name: "maxconn", since: Since::V2_3, sections: FORWARD, usage: "<connections>", parse: |args, _| { args.need("'maxconn' expects an integer argument.")?; args.finish() } },
        /// Where datagrams are taken.
        { name: "dgram-bind", since: Since::V2_3, sections: FORWARD, usage: "<address> [<option>...]", parse: datagram_bind },
        /// How messages are read.
        { name: "option", since: Since::V3_2, sections: FORWARD, negatable: true, usage: "<option>", parse: forward_option },
        /// How long a sender may stay silent.
        { name: "timeout", since: Since::V2_3, sections: FORWARD, usage: "client <time>", parse: forward_timeout },
        /// The program name in messages.
        { name: "log-tag", since: Since::V3_1, sections: PROFILE, usage: "<name>", parse: |args, _| args.need("'log-tag' expects a tag for use in syslog.").map(|_| ()) },
        /// How one kind of message looks.
        { name: "on", since: Since::V3_1, sections: PROFILE, usage: "<step> [drop] [format <format>] [sd <format>]", parse: on },
        /// Names a test.
        { name: "acl", sections: FCGI, usage: "<name> <criterion> ...", parse: fcgi_acl },
        /// The folder of scripts.
        { name: "docroot", sections: FCGI, usage: "<path>", parse: docroot },
        /// The script of folders.
        { name: "index", sections: FCGI, usage: "<file>", parse: |args, _| { let file = args.need("'index' expects <filename> as argument.")?; args.rename(&format!("index {file}")); args.finish_option() } },
        /// Where the application's errors go.
        { name: "log-stderr", sections: FCGI, usage: "global|<target> ...", parse: log_errors },
        /// How the application is spoken to.
        { name: "option", sections: FCGI, negatable: true, usage: "<option>", parse: fcgi_option },
        /// A header that passes.
        { name: "pass-header", sections: FCGI, usage: "<name> [if|unless <condition>]", parse: |args, draft| pass_header(args, draft) },
        /// How a path is cut into script and rest.
        { name: "path-info", sections: FCGI, usage: "<regex>", parse: path_info },
        /// A parameter of the application.
        { name: "set-param", sections: FCGI, usage: "<name> <format> [if|unless <condition>]", parse: set_param },
        /// What is traced. It has no meaning here: nothing is.
        { name: "trace", since: Since::V3_1, sections: Sections::TRACES, usage: "<source> ...", parse: super::traces::trace },
        /// A network namespace.
        { name: "namespace", sections: Sections::NAMESPACE_LIST, usage: "<name>", parse: namespace },
        /// The program and its arguments.
        { name: "command", sections: PROGRAM, usage: "<command> [<argument>...]", parse: |args, _| { args.need("'command' expects a command line.")?; args.join(); Ok(()) } },
        /// The user it runs as.
        { name: "user", sections: PROGRAM, usage: "<name>", parse: program_user },
        /// The group it runs as.
        { name: "group", sections: PROGRAM, usage: "<name>", parse: program_user },
        /// Whether it is started anew.
        { name: "option", sections: PROGRAM, negatable: true, usage: "start-on-reload", parse: program_option },
        /// The kind of check.
        { name: "type", since: Since::V3_4, sections: HEALTHCHECK, usage: "<type> ...", parse: |args, _| { args.join(); Ok(()) } },
        /// A step of the check.
        { name: "http-check", since: Since::V3_4, sections: HEALTHCHECK, usage: "...", parse: |args, _| { args.join(); Ok(()) } },
        /// A step of the check.
        { name: "tcp-check", since: Since::V3_4, sections: HEALTHCHECK, usage: "...", parse: |args, _| { args.join(); Ok(()) } },
    ];
}

/// Remembers what the section said.
pub(super) fn say(draft: &mut Draft, keyword: &str, value: &str) {
    if let Current::Other(_, at) = draft.current
        && let Some(other) = draft.others.get_mut(at)
    {
        other.said.push((keyword.to_owned(), value.to_owned()));
    }
}

/// What the section said so far.
pub(super) fn said(draft: &Draft, keyword: &str) -> Option<String> {
    let Current::Other(_, at) = draft.current else { return None };
    let other = draft.others.get(at)?;
    other.said.iter().find(|(known, _)| known == keyword).map(|(_, value)| value.clone())
}

/// Checks an address that needs a port, unless it is a path.
fn address(args: &Args<'_>, draft: &Draft, text: &str, title: &str) -> Done {
    let refuse = |reason: String| Fault::new(format!("{title}{reason}"));
    let parsed = addr::parse(text.as_bytes(), args.env, Use::Socket).map_err(|error| refuse(error.to_string()))?;
    let Target::Ip { host, port, .. } = parsed.target else { return Ok(()) };
    if port == Port::None {
        return Err(refuse(format!("missing port specification in '{text}'")));
    }
    let host = String::from_utf8_lossy(&host).into_owned();
    let known = host.is_empty() || host == "*" || host.parse::<std::net::IpAddr>().is_ok();
    if !known && (draft.noted.world.host)(&host).is_none() {
        return Err(refuse(format!("invalid address: '{host}' in '{text}'")));
    }
    Ok(())
}

fn bind(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let Some(word) = args.next_arg() else { return Ok(()) };
    if draft.section() == FORWARD {
        let text = text_of(word).to_owned();
        let title = format!("'bind {text}' : ");
        let parsed = addr::parse(text.as_bytes(), args.env, Use::Socket);
        if parsed.is_ok_and(|parsed| parsed.transport == Some(Transport::Datagram)) {
            return Err(Fault::new(format!("{title}dgram-type address not acceptable in '{text}'")));
        }
        address(args, draft, &text, &title)?;
        say(draft, "bind", "");
        draft.listens_elsewhere = true;
        let bind = crate::words::proxy::bind::read_bind(args, draft, word, "bind")?;
        forward_bind(draft, Bind { source: nameless(args).source, ..bind });
        return Ok(());
    }
    let text = text_of(word).to_owned();
    address(args, draft, &text, &format!("'bind {text}' : "))?;
    draft.listens_elsewhere = true;
    let line = args.place.line;
    if let Some(before) = said(draft, "bind") {
        let file = draft.files.get(args.place.file as usize).map_or("", String::as_str);
        return Err(Fault::new(format!(
            "One listener per \"peers\" section is authorized but another is already configured at [{file}:{before}]."
        )));
    }
    say(draft, "bind", &line.to_string());
    crate::words::proxy::bind::read_bind(args, draft, word, "bind").map(|_| ())
}

fn default_bind(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let title = format!("'default-bind {}' in section 'peers'", args.peek().unwrap_or_default());
    crate::words::proxy::bind::bind_options(args, draft, &mut Bind::default(), &title)
}

fn peer(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let word = args.keyword().to_owned();
    let name = args.next().unwrap_or_default().to_owned();
    say(draft, "peer", &name);
    let own = draft.global.local_peer.clone().unwrap_or_else(draft.noted.world.name) == name;
    draft.listens_elsewhere |= own && !args.rest().is_empty();
    let Some(text) = args.next() else {
        if word == "peer" && !own {
            args.warn(format!("'peer {name}' : ignoring invalid peer definition (missing address:port)"));
        }
        return Ok(());
    };
    let file = draft.files.get(args.place.file as usize).map_or("", String::as_str);
    let title = format!("config : [{file}:{}] : 'server (null)/{name}' : ", args.place.line);
    address(args, draft, text, &title).map_err(Fault::bare)?;
    args.seek(2);
    let ignored = ["check", "agent-check", "resolvers", "init-addr"];
    let said = args.rest().iter().any(|option| ignored.contains(&text_of(option)));
    check_server(args, draft, "(null)", name.clone())?;
    if said {
        args.warn(format!("'{word} {name}' : init_addr, resolvers, check and agent are ignored for peers."));
    }
    Ok(())
}

fn ring_server(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let file = draft.files.get(args.place.file as usize).map_or("", String::as_str);
    let title = format!("config : [{file}:{}] : ", args.place.line);
    let refusal = format!("{title}'server' expects <name> and <addr>[:<port>] as arguments.");
    let missing = || Fault::new(refusal.clone()).bare();
    let name = args.next().ok_or_else(missing)?.to_owned();
    let Some(text) = args.peek().map(str::to_owned) else { return Err(missing()) };
    say(draft, "server", &name);
    let Current::Other(_, at) = draft.current else { return Ok(()) };
    let ring = draft.others.get(at).map(|other| other.name.clone()).unwrap_or_default();
    if !text.starts_with("ring@") {
        let title = format!("{title}'server {ring}/{name}' : ");
        let parsed = addr::parse(text.as_bytes(), args.env, Use::Socket);
        if parsed.as_ref().is_ok_and(|parsed| parsed.transport == Some(Transport::Datagram)) {
            let text = "unsupported transport for server address in 'tcp' backend.";
            return Err(Fault::new(format!("{title}{text}")).bare());
        }
        // A port may be left out here.
        let portless = matches!(parsed.map(|parsed| parsed.target), Ok(Target::Ip { port: Port::None, .. }));
        if !portless {
            address(args, draft, &text, &title).map_err(Fault::bare)?;
        }
    }
    if let Some(server) = check_server(args, draft, &ring, name)? {
        draft.ring_servers.push((at, server));
    }
    Ok(())
}

fn shards(args: &mut Args<'_>, _: &mut Draft) -> Done {
    let text = args.need("'shards' : missing value")?;
    match text.parse::<i64>() {
        Ok(0) => Err(Fault::new("'shards' : expects a strictly positive integer argument")),
        Ok(_) => Ok(()),
        Err(_) => Err(Fault::new(format!("'shards' : expects an integer argument, found '{text}'"))),
    }
}

fn table(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let name = args.next().unwrap_or_default().to_owned();
    crate::words::proxy::stick::options(args, "table", false).map_err(|fault| {
        let message = fault.message.replacen("stick-table", "table", 1);
        Fault { message, ..fault }
    })?;
    say(draft, "table", &name);
    Ok(())
}

fn payload(args: &mut Args<'_>, _: &mut Draft) -> Done {
    let text = args.need("'accepted_payload_size' expects <nb> as argument.")?;
    if !(12..=65_535).contains(&lax(text)) {
        let message = format!("'accepted_payload_size' must be between 12 and 65535 inclusive (was {text}).");
        return Err(Fault::new(message));
    }
    Ok(())
}

fn timed(args: &mut Args<'_>, text: &str, what: &str) -> Done {
    args.time_of(text.as_bytes(), TimeUnit::Millisecond)
        .map_err(|error| Fault::new(format!("{error} in argument to <{what}>.")).tight())?;
    Ok(())
}

fn hold(args: &mut Args<'_>, _: &mut Draft) -> Done {
    let rest = args.rest().len();
    let event = args.next().unwrap_or_default();
    if rest < 2 {
        return Err(Fault::new("'hold' expects an <event> and a <time> as arguments."));
    }
    if !matches!(event, "nx" | "timeout" | "refused" | "other" | "valid" | "obsolete") {
        return Err(Fault::new(format!(
            "'hold' unknown <event>: '{event}', expects either 'nx', 'timeout', 'valid', 'obsolete' or 'other'."
        )));
    }
    let text = args.next().unwrap_or_default();
    timed(args, text, "hold")
}

fn nameserver(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let refusal = "'nameserver' expects <name> and <addr>[:<port>] as arguments.";
    let name = args.need(refusal)?.to_owned();
    let text = args.need(refusal)?;
    address(args, draft, text, &format!("'nameserver {name}' : "))?;
    let Current::Other(_, at) = draft.current else { return Ok(()) };
    let twin = draft
        .others
        .get(at)
        .and_then(|other| other.said.iter().find(|(word, _)| *word == format!("nameserver {name}")));
    if let Some((_, line)) = twin {
        let file = draft.files.get(args.place.file as usize).map_or("", String::as_str);
        return Err(Fault::new(format!(
            "config : Parsing [{file}:{}]: nameserver '{name}' has same name as another nameserver (declared at {file}:{line}).",
            args.place.line
        ))
        .bare());
    }
    let line = args.place.line.to_string();
    say(draft, "nameserver", &name);
    say(draft, &format!("nameserver {name}"), &line);
    Ok(())
}

fn resolver_timeout(args: &mut Args<'_>, _: &mut Draft) -> Done {
    let Some(which) = args.next() else {
        return Err(Fault::new("'timeout' expects 'retry' or 'resolve' and <time> as arguments."));
    };
    if !matches!(which, "resolve" | "retry") {
        let message = format!("'timeout' expects 'retry' or 'resolve' and <time> as arguments got '{which}'.");
        return Err(Fault::new(message));
    }
    let text = args.need(&format!("'timeout {which}' expects <time> as argument."))?;
    timed(args, text, &format!("timeout {which}"))
}

fn mailer(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let refusal = "'mailer' expects <name> and <addr>[:<port>] as arguments.";
    let name = args.need(refusal)?.to_owned();
    let text = args.need(refusal)?;
    let title = format!("'mailer {name}' : ");
    if let Ok(parsed) = addr::parse(text.as_bytes(), args.env, Use::Socket) {
        if parsed.transport == Some(Transport::Datagram) {
            return Err(Fault::new(format!("{title}dgram-type address not acceptable in '{text}'")));
        }
        if !matches!(parsed.target, Target::Ip { .. }) {
            return Err(Fault::new(format!("{title}TCP not supported for this address family.")));
        }
    }
    address(args, draft, text, &title)?;
    say(draft, "mailer", &name);
    Ok(())
}

fn mail_timeout(args: &mut Args<'_>, _: &mut Draft) -> Done {
    let Some(which) = args.next() else { return Err(Fault::new("'timeout' expects 'mail' and <time> as arguments.")) };
    if which != "mail" {
        return Err(Fault::new(format!("'timeout' expects 'mail' and <time> as arguments got '{which}'.")));
    }
    let text = args.need("'timeout mail' expects <time> as argument.")?;
    timed(args, text, "timeout mail")
}

/// HAProxy warns of these and stops reading.
fn cache_refusal(args: &mut Args<'_>, message: String) -> Fault {
    args.warn_tight(message);
    Fault::new("").ends()
}

fn total_size(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    args.at_most(1).map_err(Fault::ends)?;
    let text = args.next().unwrap_or_default();
    match text.parse::<u64>() {
        Ok(size) if size > 4095 => {
            Err(cache_refusal(args, format!("\"total-max-size\" ({size}) must not be greater than 4095")))
        }
        Ok(size) if size > 0 => {
            say(draft, "total-max-size", text);
            Ok(())
        }
        _ => Err(cache_refusal(args, format!("total-max-size wrong value '{text}'"))),
    }
}

fn object_size(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    args.at_most(1).map_err(Fault::ends)?;
    let text = args.next().unwrap_or_default();
    if text.is_empty() {
        args.warn_tight("'max-object-size' expects a maximum file size parameter in bytes.");
    }
    if text.parse::<u64>().is_err() {
        return Err(cache_refusal(args, format!("max-object-size wrong value '{text}'")));
    }
    say(draft, "max-object-size", text);
    Ok(())
}

fn max_age(args: &mut Args<'_>, _: &mut Draft) -> Done {
    args.at_most(1).map_err(Fault::ends)?;
    if args.is_empty() {
        args.warn_tight("'max-age' expects an age parameter in seconds.");
    }
    Ok(())
}

fn secondary(args: &mut Args<'_>, _: &mut Draft) -> Done {
    args.at_most(1).map_err(Fault::ends)?;
    let text = args.next().unwrap_or_default();
    if lax(text) <= 0 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(cache_refusal(args, format!("max-secondary-entries wrong value '{text}'")));
    }
    Ok(())
}

fn vary(args: &mut Args<'_>, _: &mut Draft) -> Done {
    args.at_most(1).map_err(Fault::ends)?;
    if !matches!(args.next(), Some("on" | "off")) {
        args.warn_tight("'process-vary' expects \"on\" or \"off\" (enable or disable vary processing).");
    }
    Ok(())
}

fn ring_format(args: &mut Args<'_>, _: &mut Draft) -> Done {
    let name = args.next().unwrap_or_default();
    if crate::model::log_target::LogFormat::named(name).is_none() {
        return Err(Fault::new(format!("unknown format '{name}'.")));
    }
    Ok(())
}

fn ring_size(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let text = args.next().unwrap_or_default();
    let size = units::size(text.as_bytes()).unwrap_or(0);
    if size == 0 {
        return Err(Fault::new(format!("invalid size '{text}' for new sink buffer.")));
    }
    if args.keyword() == "size" && said(draft, "backing-file").is_some() {
        return Err(Fault::new("cannot resize an already mapped file, please specify 'size' before 'backing-file'."));
    }
    let keyword = args.keyword().to_owned();
    say(draft, &keyword, &size.to_string());
    Ok(())
}

fn backing_file(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let path = args.need("missing backing file path.")?.to_owned();
    let Current::Other(_, at) = draft.current else { return Ok(()) };
    let ring = draft.others.get(at).map(|other| other.name.clone()).unwrap_or_default();
    if let Some(before) = said(draft, "backing-file") {
        return Err(Fault::new(format!("'backing-file' already specified for ring '{ring}' (was '{before}').")));
    }
    let world = draft.noted.world;
    let folder = path.rsplit_once('/').map_or(".", |(folder, _)| if folder.is_empty() { "/" } else { folder });
    if let Err(reason) = (world.kind)(folder) {
        return Err(Fault::new(format!("cannot open backing-file '{path}' for ring '{ring}': {reason}.")));
    }
    say(draft, "backing-file", &path);
    Ok(())
}

fn ring_timeout(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let which = args.next().unwrap_or_default().to_owned();
    if !matches!(which.as_str(), "connect" | "server") {
        return Ok(());
    }
    let text = args.need(&format!("'timeout {which}' expects <time> as argument."))?;
    say(draft, &format!("timeout {which}"), "");
    timed(args, text, &format!("timeout {which}"))
}

fn datagram_bind(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let Some(text) = args.next() else { return Ok(()) };
    let title = format!("'dgram-bind {text}' : ");
    for part in text.split(',') {
        let parsed = addr::parse(part.as_bytes(), args.env, Use::Socket);
        if parsed.is_ok_and(|parsed| parsed.transport == Some(Transport::Stream)) {
            return Err(Fault::new(format!("{title}stream-type address not acceptable in '{part}'")));
        }
        address(args, draft, part, &title)?;
    }
    draft.listens_elsewhere = true;
    say(draft, "bind", "");
    let mut bind = nameless(args);
    // Sockets for datagrams have the options of all others; what one is told is without its line.
    crate::words::proxy::bind::bind_options(args, draft, &mut bind, "").map_err(|fault| {
        match fault.message.strip_suffix("'namespace'.") {
            Some(begin) => Fault::new(format!("{begin}'namespace'")).tight(),
            None => fault,
        }
    })?;
    // They are never asked for certificates.
    bind.ssl = false;
    forward_bind(draft, bind);
    Ok(())
}

/// A socket of a section whose messages name no address.
fn nameless(args: &Args<'_>) -> Bind {
    Bind { place: args.place, source: "(null)".to_owned(), ..Bind::default() }
}

fn forward_bind(draft: &mut Draft, bind: Bind) {
    if let Current::Other(_, at) = draft.current {
        draft.forward_binds.push((at, bind));
    }
}

fn forward_option(args: &mut Args<'_>, _: &mut Draft) -> Done {
    match args.next() {
        None => Err(Fault::new("'option' expects an option name.").tight()),
        Some("assume-rfc6587-ntf" | "dont-parse-log") => args.finish_option(),
        Some("host") => match args.next() {
            Some("replace" | "fill" | "keep" | "append") => Ok(()),
            _ => Err(Fault::new("option 'host' expects {replace|fill|keep|append}.").ends()),
        },
        Some(other) => Err(Fault::new(format!("unknown option '{other}' in log-forward section.")).ends()),
    }
}

fn forward_timeout(args: &mut Args<'_>, _: &mut Draft) -> Done {
    let which = args.next().unwrap_or_default();
    if which != "client" {
        return Err(Fault::new(format!("unknown keyword 'timeout {which}' in log-forward section.")));
    }
    let text = args.need("missing timeout client value.")?;
    args.time_of(text.as_bytes(), TimeUnit::Millisecond)
        .map_err(|error| Fault::new(format!("timeout : {error} in 'timeout client'")))?;
    Ok(())
}

const STEPS: [&str; 15] = [
    "accept",
    "request",
    "connect",
    "response",
    "close",
    "error",
    "any",
    "quic-init",
    "http-req",
    "http-res",
    "http-after-res",
    "tcp-req-conn",
    "tcp-req-sess",
    "tcp-req-cont",
    "tcp-res-cont",
];

fn on(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let step = args.next().unwrap_or_default().to_owned();
    if !STEPS.contains(&step.as_str()) {
        return Err(Fault::new(
            "'on' expects a log step.\nexpected values are: 'accept', 'request', 'connect', 'response', 'close', 'error' or \
             'any'.\nOr one of the additional log steps: 'quic-init', 'http-req', 'http-res', 'http-after-res', \
             'tcp-req-conn', 'tcp-req-sess', 'tcp-req-cont', 'tcp-res-cont'.",
        )
        .tight());
    }
    let refusal = format!("'on {step}' expects 'drop', 'format' or 'sd'.");
    if args.is_empty() {
        return Err(Fault::new(refusal));
    }
    draft.noted.context.set(Context { places: 1 << 18, word: "log-profile" });
    args.take("drop");
    let mut told = false;
    while let Some(word) = args.next() {
        match word {
            "format" | "sd" => {
                if args.is_empty() {
                    return Err(Fault::new(format!("'on {step} {word}' expects a logformat string.")));
                }
                // One wrong format of a line is told.
                if let Err(fault) = args.format(draft, Escape::Log)
                    && !std::mem::replace(&mut told, true)
                {
                    let (at, reason) = (draft.at(args.place), fault.message);
                    let message = format!("config : Parsing [{at}]: failed to parse logformat: {reason}.");
                    args.refuse(Fault::new(message).bare());
                }
            }
            _ => return Err(Fault::new(refusal)),
        }
    }
    Ok(())
}

fn fcgi_acl(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let Some(name) = args.next().map(str::to_owned) else { return Err(Fault::new("")) };
    let words = args.rest();
    args.vocabulary
        .known_acl(words, draft)
        .map_err(|reason| Fault::new(format!("error detected while parsing ACL '{name}' : {reason}.")))?;
    say(draft, "acl", &name);
    Ok(())
}

fn docroot(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let path = args.need("'docroot' expects <path> as argument.")?.to_owned();
    if let Some(extra) = args.peek() {
        return Err(Fault::new(format!("'docroot {path}' cannot handle unexpected argument '{extra}'.")));
    }
    say(draft, "docroot", &path);
    Ok(())
}

fn log_errors(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    if args.form == Form::No || (args.peek() == Some("global") && args.rest().len() == 1) {
        return Ok(());
    }
    crate::words::proxy::log::target(args, draft, "log-stderr", false).map(|_| ())
}

fn fcgi_option(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    match args.next() {
        None => Err(Fault::new("'option' expects an option name.").tight()),
        Some(word @ ("get-values" | "keep-conn" | "mpxs-conns")) => {
            say(draft, word, "");
            args.finish_option()
        }
        Some("max-reqs") => {
            let text = args.need("option 'max-reqs' expects an integer argument.").map_err(Fault::tight)?.to_owned();
            args.finish_option()?;
            if lax(&text) == 0 {
                let message = "option 'max-reqs' expects a strictly positive integer argument.";
                return Err(Fault::new(message).tight());
            }
            say(draft, "max-reqs", &text);
            Ok(())
        }
        Some(other) => Err(Fault::new(format!("unknown option '{other}'."))),
    }
}

/// The condition behind `name`, with the ACLs of the application.
fn condition(args: &mut Args<'_>, draft: &Draft, name: &str) -> Done {
    match args.peek() {
        None => return Ok(()),
        Some("if" | "unless") => {}
        Some(_) => return Err(Fault::new(format!("'{name}' : (null)."))),
    }
    let words: Vec<String> = args.rest().iter().map(|word| text_of(word).to_owned()).collect();
    let mut words = words.iter().skip(1).map(String::as_str);
    while let Some(word) = words.next() {
        match word {
            "{" => while words.next().is_some_and(|word| word != "}") {},
            "||" | "or" => {}
            word => {
                let acl = word.trim_start_matches('!');
                let known = acl.is_empty()
                    || said_all(draft, "acl").any(|known| known == acl)
                    || args.vocabulary.predefined_acl(acl).is_some();
                if !known {
                    return Err(Fault::new(format!("'{name}' : no such ACL : '{acl}'.")));
                }
            }
        }
    }
    args.join();
    Ok(())
}

fn said_all<'a>(draft: &'a Draft, keyword: &'a str) -> impl Iterator<Item = &'a str> {
    let at = if let Current::Other(_, at) = draft.current { at } else { usize::MAX };
    let said = draft.others.get(at).map(|other| other.said.as_slice()).unwrap_or_default();
    said.iter().filter(move |(known, _)| known == keyword).map(|(_, value)| value.as_str())
}

fn path_info(args: &mut Args<'_>, _: &mut Draft) -> Done {
    let pattern = args.need("'path-info' expects <regex> as argument.")?.to_owned();
    args.finish_option()?;
    crate::sample::Regex::new(pattern.as_bytes(), false)
        .map(|_| ())
        .map_err(|error| Fault::new(format!("'{pattern}' : {error}.")))
}

fn pass_header(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let name = args.need("'pass-header' expects <name> as arguments.")?.to_owned();
    condition(args, draft, &name)
}

fn set_param(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let refusal = "'set-param' expects <name> and <value> as arguments.";
    let name = args.need(refusal)?.to_owned();
    args.need(refusal)?;
    condition(args, draft, &name)
}

fn namespace(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let Some(name) = args.next() else { return Ok(()) };
    let world = draft.noted.world;
    if world.real && (world.kind)(&format!("/var/run/netns/{name}")).is_err() {
        return Err(Fault::new(format!("Cannot open namespace '{name}'.")).tight());
    }
    Ok(())
}

fn program_user(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let keyword = args.keyword().to_owned();
    let name = args.next().unwrap_or_default();
    let world = draft.noted.world;
    let known = if keyword == "user" { (world.user)(name) } else { (world.group)(name) };
    match known {
        Some(_) => Ok(()),
        None => Err(Fault::new(format!("cannot find {keyword} id for '{name}' (0:Success)"))),
    }
}

fn program_option(args: &mut Args<'_>, _: &mut Draft) -> Done {
    let _ = Form::Plain;
    match args.next() {
        Some("start-on-reload") => Ok(()),
        other => Err(Fault::new(format!("unknown option '{}'.", other.unwrap_or_default()))),
    }
}
