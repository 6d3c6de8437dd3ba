//! `bind`: the addresses of a frontend; its options are words of their own.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use pointsman_parser::addr::{self, IpVersion, Port, Target, Transport, Use};

use crate::model::addr::Address;
use crate::model::bind::Bind;
use crate::model::draft::{Draft, Sections};
use crate::spec;
use crate::spec::args::text_of;
use crate::spec::{Args, Done, Fault, Keyword};
use crate::words;

/// Addresses one `bind` line may open, ranges unrolled.
const ADDRESSES_MAX: usize = 65_536;

spec! {
    /// Listening addresses.
    pub static BIND: [Keyword] = [
        /// Listens on one or more addresses, separated by commas.
        { name: "bind", sections: Sections::NAMED, usage: "[<address>]:<port>[-<port>][,...] [<option>...]", parse: bind },
    ];
}

fn bind(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    if args.section == Sections::BACKEND {
        let name = draft.proxy_ref().map_or("", |proxy| &proxy.name);
        args.warn(format!("'bind' ignored because backend '{name}' has no frontend capability."));
        return Ok(());
    }
    let refusal = "'bind' expects {<path>|[addr1]:port1[-end1]}{,[addr]:port[-end]}... as arguments.";
    let Some(word) = args.next_arg() else { return Err(Fault::new(refusal)) };
    let source = text_of(word).to_owned();
    let mut bind = Bind { place: args.place, source: source.clone(), ..Bind::default() };
    addresses(args, &word.text, &mut bind).map_err(|fault| fault.within("'bind' : ").or_at(word.span))?;
    while let Some(word) = args.next_arg() {
        let name = text_of(word);
        let Some(spec) = words::bind_options().find(|option| option.name == name) else {
            let names = words::bind_options().map(|option| option.name);
            let hint = crate::spec::nearest(name, names).map(|best| format!("; did you mean '{best}' maybe ?"));
            let message = format!(
                "'bind {source}' in section '{}': unknown keyword '{name}'{}",
                args.section.word(),
                hint.unwrap_or_default()
            );
            return Err(Fault::at(word.span, message));
        };
        args.rename(name);
        (spec.parse)(args, &mut bind, draft).map_err(|fault| {
            if fault.unsupported {
                return Fault { message: format!("bind ... {name}"), ..fault };
            }
            fault.within(&format!("'bind {source}' in section '{}' : ", args.section.word())).or_at(word.span)
        })?;
    }
    if let Some(proxy) = draft.proxy() {
        proxy.binds.push(bind);
    }
    Ok(())
}

fn addresses(args: &mut Args<'_>, text: &[u8], bind: &mut Bind) -> Done {
    for parsed in addr::list(text, args.env, Use::Socket) {
        let parsed = parsed.map_err(|error| Fault::new(error.to_string()))?;
        match parsed.transport {
            Some(Transport::Quic) => args.not_yet("bind quic@"),
            Some(Transport::Datagram) => {
                return Err(Fault::new("datagram addresses are not supported on 'bind'"));
            }
            _ => {}
        }
        match parsed.target {
            Target::Ip { version, host, port, .. } => inet(version, &host, port, bind)?,
            Target::Unix(path) => bind.io.addresses.push(Address::Unix(path_of(&path))),
            Target::Abstract { name, zero_terminated } => {
                bind.io.addresses.push(if zero_terminated { Address::Abstract(name) } else { Address::abns(&name) })
            }
            Target::Descriptor(number) => bind.io.addresses.push(Address::Fd(number as i32)),
            Target::SocketPair(_) => args.not_yet("bind sockpair@"),
            Target::ReverseHttp(_) => args.not_yet("bind rhttp@"),
            Target::Stdout | Target::Stderr | Target::Ring(_) | Target::Backend(_) => {
                return Err(Fault::new("invalid address"));
            }
        }
        if bind.io.addresses.len() > ADDRESSES_MAX {
            return Err(Fault::new("too many addresses"));
        }
    }
    Ok(())
}

fn path_of(bytes: &[u8]) -> std::path::PathBuf {
    use std::os::unix::ffi::OsStrExt;
    std::path::PathBuf::from(std::ffi::OsStr::from_bytes(bytes))
}

fn inet(version: IpVersion, host: &[u8], port: Port, bind: &mut Bind) -> Done {
    let (first, last) = match port {
        Port::None => return Err(Fault::new(format!("missing port number: '{}'", host.escape_ascii()))),
        Port::Offset(offset) => return Err(Fault::new(format!("invalid port '{offset:+}'"))),
        Port::Number(0) => return Err(Fault::new("invalid port '0'")),
        Port::Number(number) => (number, number),
        Port::Range(first, last) => (first, last),
    };
    let text = String::from_utf8_lossy(host);
    let ip = match (&*text, version) {
        ("" | "*", IpVersion::V6) => Ipv6Addr::UNSPECIFIED.into(),
        ("" | "*", _) => Ipv4Addr::UNSPECIFIED.into(),
        (name, _) => match name.parse() {
            Ok(ip) => ip,
            Err(_) => {
                bind.unresolved.push((name.to_owned(), first, last));
                return Ok(());
            }
        },
    };
    bind.io.addresses.extend((first..=last).map(|port| Address::Inet(SocketAddr::new(ip, port))));
    Ok(())
}
