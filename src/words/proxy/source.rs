//! `source`: the address that connections to servers come from, with what may follow it.

use std::net::SocketAddr;

use pointsman_parser::addr::{self, Port, Target, Use};

use crate::model::dial_io::Source;
use crate::model::draft::{Draft, Sections};
use crate::spec;
use crate::spec::args::text_of;
use crate::spec::{Args, Done, Fault, Keyword};

use super::server::numeric;
use super::side::{back, lax};

spec! {
    /// Where connections come from.
    pub static SOURCE: [Keyword] = [
        /// Where connections to servers come from.
        { name: "source", sections: Sections::PROXIES, usage: "<address>[:<port>]", parse: source },
    ];
}

fn source(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    back(args, draft, "source", None);
    let source = source_of(args, draft, false)?;
    if let Some(proxy) = draft.proxy() {
        proxy.settings.source = source;
    }
    Ok(())
}

/// The address behind `source`, with what may follow it.
pub(in crate::words) fn source_of(
    args: &mut Args<'_>,
    draft: &Draft,
    of_server: bool,
) -> Result<Option<Source>, Fault> {
    let refusal = if of_server {
        "'source' expects <addr>[:<port>[-<port>]], and optionally 'usesrc' <addr>, and 'interface' <name> as argument."
    } else {
        "'source' expects <addr>[:<port>], and optionally 'usesrc' <addr>, and 'interface' <name>."
    };
    let Some(word) = args.next_arg() else { return Err(Fault::new(refusal)) };
    let text = text_of(word);
    let refuse = |reason: String| Fault::at(word.span, format!("'source {text}' : {reason}"));
    let parsed = addr::parse(&word.text, args.env, Use::Socket).map_err(|error| refuse(error.to_string()))?;
    if let Target::Ip { port, .. } = &parsed.target {
        match port {
            Port::Offset(_) => return Err(refuse(format!("port offset not permitted here in '{text}'"))),
            Port::Range(..) if !of_server => return Err(refuse(format!("port range not permitted here in '{text}'"))),
            _ => {}
        }
    }
    let mut source = match parsed.target {
        Target::Ip { host, port, .. } => {
            let host = String::from_utf8_lossy(&host).into_owned();
            let ip = match host.as_str() {
                "" | "*" => None,
                name => Some(
                    name.parse()
                        .ok()
                        .or_else(|| numeric(name))
                        .or_else(|| (draft.noted.world.host)(name))
                        .ok_or_else(|| refuse(format!("invalid address: '{name}' in '{text}'")))?,
                ),
            };
            let any = || ip.unwrap_or(std::net::Ipv4Addr::UNSPECIFIED.into());
            match port {
                Port::Number(port) if port > 0 => Some(Source::Fixed(SocketAddr::new(any(), port))),
                Port::Range(first, last) => Some(Source::Ports { ip: any(), first, last }),
                _ => ip.map(Source::Ip),
            }
        }
        _ => None,
    };
    loop {
        match args.peek() {
            Some("usesrc") => {
                args.next();
                use_source(args, draft, of_server)?;
                args.not_yet("source ... usesrc");
                source = Some(Source::Foreign);
            }
            Some("interface") => {
                args.next();
                let keyword = if of_server { "server" } else { "source" };
                args.need(&format!("'{keyword}' : missing interface name."))?;
                args.not_yet("source ... interface");
            }
            None => return Ok(source),
            Some(_) if of_server => return Ok(source),
            Some(_) => {
                return Err(Fault::new("'source' only supports optional keywords 'interface' and 'usesrc'."));
            }
        }
    }
}

fn use_source(args: &mut Args<'_>, draft: &Draft, of_server: bool) -> Done {
    let others = if of_server { "'client', 'clientip', or 'hdr_ip(name,#)'" } else { "'client', or 'clientip'" };
    let word = args.need(&format!("'usesrc' expects <addr>[:<port>], {others} as argument."))?;
    if let Some(inside) = word.strip_prefix("hdr_ip(") {
        let number = inside.split_once(',').map_or(0, |(_, number)| lax(number));
        if number < -10 {
            let text = "does not support negative occurrences values smaller than 10.";
            return Err(Fault::new(format!("usesrc hdr_ip(name,num) {text}")));
        }
        return Ok(());
    }
    if matches!(word, "client" | "clientip") || word.starts_with("unix@") {
        return Ok(());
    }
    let (host, port) = word.rsplit_once(':').unwrap_or((word, ""));
    let known = host.is_empty() || host == "*" || host.parse::<std::net::IpAddr>().is_ok();
    if !known && (draft.noted.world.host)(host).is_none() {
        return Err(Fault::new(format!("'usesrc {word}' : invalid address: '{host}' in '{word}'")));
    }
    if port.contains('-') {
        return Err(Fault::new(format!("'usesrc {word}' : port range not permitted here in '{word}'")));
    }
    Ok(())
}
