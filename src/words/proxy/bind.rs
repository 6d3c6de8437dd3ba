//! `bind`: the addresses of a frontend; its options are words of their own.

use std::collections::HashMap;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::OnceLock;

use pointsman_parser::Arg;
use pointsman_parser::addr::{self, IpVersion, Port, Target, Transport, Use};

use crate::model::addr::Address;
use crate::model::bind::Bind;
use crate::model::draft::{Draft, Sections};
use crate::spec;
use crate::spec::args::text_of;
use crate::spec::{Args, Done, Fault, Keyword};
use crate::words;

use super::side::{front, not_in_defaults};

/// Addresses one `bind` line may open, ranges unrolled.
const ADDRESSES_MAX: usize = 65_536;

spec! {
    /// Listening addresses.
    pub static BIND: [Keyword] = [
        /// Listens on one or more addresses, separated by commas.
        { name: "bind", sections: Sections::PROXIES, usage: "[<address>]:<port>[-<port>][,...] [<option>...]", parse: bind },
    ];
}

fn bind(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    not_in_defaults(args, "bind")?;
    front(args, draft, "bind", None);
    let refusal = "'bind' expects {<path>|[addr1]:port1[-end1]}{,[addr]:port[-end]}... as arguments.";
    let Some(word) = args.next_arg() else { return Err(Fault::new(refusal)) };
    let bind = read_bind(args, draft, word, "bind")?;
    if let Some(proxy) = draft.proxy().filter(|proxy| proxy.section != Sections::BACKEND) {
        proxy.binds.push(bind);
    } else {
        // A backend's socket is never opened, and is enough of a listener for HAProxy to start.
        draft.listens_elsewhere = true;
    }
    Ok(())
}

/// The option of this name.
fn option_named(name: &str) -> Option<&'static crate::spec::BindOption> {
    static TABLE: OnceLock<HashMap<&'static str, &'static crate::spec::BindOption>> = OnceLock::new();
    TABLE.get_or_init(|| words::bind_options().map(|option| (option.name, option)).collect()).get(name).copied()
}

/// Addresses and options of a line that is called `word`: `bind`, `stats socket`.
pub(in crate::words) fn read_bind(
    args: &mut Args<'_>,
    draft: &mut Draft,
    address: &Arg,
    word: &str,
) -> Result<Bind, Fault> {
    let source = text_of(address).to_owned();
    let mut bind = Bind { place: args.place, source: source.clone(), ..Bind::default() };
    addresses(args, draft, &address.text, &mut bind)
        .map_err(|fault| fault.within(&format!("'{word}' : ")).or_at(address.span))?;
    let title = format!("'{word} {source}' in section '{}'", args.section.word());
    bind_options(args, draft, &mut bind, &title)?;
    if bind.facts.quic && !bind.ssl {
        bind.ssl = true;
        args.warn(format!("{title} : QUIC protocol detected, enabling ssl. Use 'ssl' to shut this warning."));
    }
    Ok(bind)
}

/// The options of a line that says `title`.
pub(in crate::words) fn bind_options(args: &mut Args<'_>, draft: &mut Draft, bind: &mut Bind, title: &str) -> Done {
    while let Some(word) = args.next_arg() {
        let name = text_of(word);
        let Some(spec) = option_named(name) else {
            let names = words::bind_options().map(|option| option.name);
            let hint = crate::spec::nearest(name, names).map(|best| format!("; did you mean '{best}' maybe ?"));
            let hint = hint.unwrap_or_else(|| ".".to_owned());
            let message = match title {
                "" => format!("unknown keyword '{name}' in '{}' section{hint}", args.section.word()),
                _ => format!("{title}: unknown keyword '{name}'{hint}"),
            };
            return Err(Fault::at(word.span, message));
        };
        args.rename(name);
        let parsed = (spec.parse)(args, bind, draft);
        let parsed = parsed.and_then(|()| if name == "id" { own_id(bind, draft) } else { Ok(()) });
        parsed.map_err(|fault| {
            if fault.unsupported {
                return Fault { message: format!("bind ... {name}"), ..fault };
            }
            let prefix = if title.is_empty() { String::new() } else { format!("{title} : ") };
            fault.within(&prefix).or_at(word.span)
        })?;
    }
    Ok(())
}

/// An `id` is of one line of its proxy.
fn own_id(bind: &Bind, draft: &Draft) -> Done {
    let Some(proxy) = draft.proxy_ref() else { return Ok(()) };
    let Some(first) = proxy.binds.iter().find(|known| known.id.is_some() && known.id == bind.id) else { return Ok(()) };
    let file = draft.files.get(first.place.file as usize).map_or("", String::as_str);
    let (id, line, source) = (bind.id.unwrap_or_default(), first.place.line, &first.source);
    Err(Fault::new(format!("'id' : custom id {id} already used at {file}:{line} ('bind {source}')")))
}

fn addresses(args: &mut Args<'_>, draft: &Draft, text: &[u8], bind: &mut Bind) -> Done {
    let parts: Vec<String> =
        text.split(|byte| *byte == b',').map(|part| String::from_utf8_lossy(part).into_owned()).collect();
    for (at, parsed) in addr::list(text, args.env, Use::Socket).into_iter().enumerate() {
        let source = parts.get(at).map_or("", String::as_str);
        let parsed = parsed.map_err(|error| Fault::new(error.to_string()))?;
        match parsed.transport {
            Some(Transport::Quic) => {
                bind.facts.quic = true;
                args.not_yet("bind quic@");
            }
            Some(Transport::Datagram) => {
                return Err(Fault::new(format!("dgram-type address not acceptable in '{source}'")));
            }
            _ => {}
        }
        match parsed.target {
            Target::Ip { version, host, port, .. } => inet(draft, version, &host, port, source, bind)?,
            Target::Unix(path) => bind.io.addresses.push(Address::Unix(path_of(&path))),
            Target::Abstract { name, zero_terminated } => {
                bind.io.addresses.push(if zero_terminated { Address::Abstract(name) } else { Address::abns(&name) })
            }
            Target::Descriptor(number) => {
                is_open(draft, number)?;
                bind.io.addresses.push(Address::Fd(number as i32));
            }
            Target::SocketPair(number) => {
                is_open(draft, number)?;
                args.not_yet("bind sockpair@");
            }
            Target::ReverseHttp(_) => {
                if !draft.noted.experimental.get() {
                    return Err(Fault::new(format!(
                        "Address '{source}' is experimental, must be allowed via a global 'expose-experimental-directives'"
                    )));
                }
                args.not_yet("bind rhttp@");
            }
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

/// Whether an inherited descriptor is there.
fn is_open(draft: &Draft, number: u32) -> Done {
    let world = draft.noted.world;
    if world.real && (world.kind)(&format!("/proc/self/fd/{number}")).is_err() {
        return Err(Fault::new(format!("cannot use file descriptor '{number}' : Bad file descriptor.")));
    }
    Ok(())
}

fn path_of(bytes: &[u8]) -> std::path::PathBuf {
    use std::os::unix::ffi::OsStrExt;
    std::path::PathBuf::from(std::ffi::OsStr::from_bytes(bytes))
}

fn inet(draft: &Draft, version: IpVersion, host: &[u8], port: Port, source: &str, bind: &mut Bind) -> Done {
    let (first, last) = match port {
        Port::None => return Err(Fault::new(format!("missing port specification in '{source}'"))),
        Port::Offset(_) => return Err(Fault::new(format!("port offset not permitted here in '{source}'"))),
        Port::Number(0) => return Err(Fault::new("invalid port '0'")),
        Port::Number(number) => (number, number),
        Port::Range(first, last) => (first, last),
    };
    let text = String::from_utf8_lossy(host);
    let ip = match (&*text, version) {
        ("" | "*", IpVersion::V6) => Ipv6Addr::UNSPECIFIED.into(),
        ("" | "*", _) => Ipv4Addr::UNSPECIFIED.into(),
        (name, IpVersion::V4) if name.contains(':') => {
            return Err(Fault::new(format!("invalid address: '{name}' in '{source}'")));
        }
        (name, _) => match name.parse().ok().or_else(|| (draft.noted.world.host)(name)) {
            Some(ip) => ip,
            None => return Err(Fault::new(format!("invalid address: '{name}' in '{source}'"))),
        },
    };
    bind.io.addresses.extend((first..=last).map(|port| Address::Inet(SocketAddr::new(ip, port))));
    Ok(())
}
