//! `log` and the formats of log lines.

use std::sync::Arc;

use pointsman_parser::addr::{self, Port, Target, Use};

use crate::model::draft::{Current, Draft, Sections};
use crate::model::facts::LogOption;
use crate::model::log_target::{Facility, Level, LogAddress, LogFormat, LogTarget, Sample};
use crate::model::noted::Context;
use crate::model::proxy::{LogLine, LogRef};
use crate::sample::Format;
use crate::sample::format::Escape;
use crate::spec;
use crate::spec::{Args, Done, Fault, Keyword, Since};

/// The port of a syslog server.
const SYSLOG_PORT: u16 = 514;

spec! {
    /// Logging.
    pub static LOG: [Keyword] = [
        /// Adds a log target; `global` takes those of the global section, `no log` removes all.
        { name: "log", sections: Sections::PROXIES.and(Sections::GLOBAL).and(Sections::PEERS).and(Sections::LOG_FORWARD), negatable: true, usage: "global|<address> [len <bytes>] [format <format>] [sample <ranges>:<size>] <facility> [<level> [<minlevel>]]", parse: log },
        /// The log line of traffic.
        { name: "log-format", sections: Sections::PROXIES, usage: "<format>", parse: log_format },
        /// The structured data of RFC 5424 lines.
        { name: "log-format-sd", sections: Sections::PROXIES, usage: "<format>", parse: log_format_sd },
        /// The log line of connections that failed before any traffic.
        { name: "error-log-format", since: Since::V2_5, sections: Sections::PROXIES, usage: "<format>", parse: error_log_format },
        /// The program name in log lines.
        { name: "log-tag", sections: Sections::PROXIES.and(Sections::GLOBAL), usage: "<name>", parse: log_tag },
        /// What a request's unique id is made of.
        { name: "unique-id-format", sections: Sections::PROXIES, usage: "<format>", parse: unique_id_format },
        /// The header that carries the unique id to servers.
        { name: "unique-id-header", sections: Sections::PROXIES, usage: "<name>", parse: unique_id_header },
    ];
}

fn log(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let in_global = args.section == Sections::GLOBAL;
    if args.is_no() {
        if let Some(word) = args.peek() {
            let _ = word;
            return Err(Fault::new("log : 'no log' does not expect arguments"));
        }
        if in_global {
            draft.global.logs.clear();
        } else if let Some(proxy) = draft.proxy() {
            proxy.settings.logs.clear();
        }
        return Ok(());
    }
    if !in_global && args.rest().len() == 1 && args.peek() == Some("global") {
        if let Some(proxy) = draft.proxy()
            && !proxy.settings.logs.iter().any(|known| matches!(known, LogRef::Global))
        {
            proxy.settings.logs.push(LogRef::Global);
        }
        return Ok(());
    }
    let target = Arc::new(target(args, draft, "log", in_global)?);
    if in_global {
        draft.global.logs.push(target);
    } else if let Some(proxy) = draft.proxy() {
        proxy.settings.logs.push(LogRef::Target(target));
    }
    Ok(())
}

/// A target of log lines; `title` begins the refusals. The address is looked at last.
pub(in crate::words) fn target(
    args: &mut Args<'_>,
    draft: &Draft,
    title: &str,
    in_global: bool,
) -> Result<LogTarget, Fault> {
    let refusal =
        format!("{title} : expects <address> and <facility> {} as arguments", if in_global { "" } else { "or global" });
    if in_global && args.rest().len() == 1 && args.peek() == Some("global") {
        return Err(Fault::new(format!("{title} : 'global' is not supported for a global syslog server")));
    }
    if args.rest().len() < 2 {
        return Err(Fault::new(refusal));
    }
    let Some(word) = args.next_arg() else { return Err(Fault::new(refusal)) };
    let mut target = LogTarget::new(LogAddress::Stderr, Facility::Local0);
    loop {
        match args.peek() {
            Some("len") => {
                args.next();
                let text = args.next().unwrap_or_default();
                let length: usize = text.parse().unwrap_or(0);
                if !(80..=65_535).contains(&length) {
                    return Err(Fault::new(format!(
                        "{title} : invalid log length '{text}', must be between 80 and 65535"
                    )));
                }
                target.len = length;
            }
            Some("format") => {
                args.next();
                let text = args.next().unwrap_or_default();
                target.format = Some(
                    LogFormat::named(text)
                        .ok_or_else(|| Fault::new(format!("{title} : unknown log format '{text}'")))?,
                );
            }
            Some("sample") => {
                args.next();
                target.sample = Some(sample(args.next().unwrap_or_default(), title)?);
            }
            Some("profile") => {
                args.next();
                args.next();
                args.not_yet("log ... profile");
            }
            _ => break,
        }
    }
    let facility = args.next().unwrap_or_default();
    target.facility =
        Facility::named(facility).ok_or_else(|| Fault::new(format!("{title} : unknown log facility '{facility}'")))?;
    if let Some(text) = args.next() {
        target.level = level(text, title, "optional log level")?;
    }
    if let Some(text) = args.next() {
        target.minlevel = level(text, title, "optional minimum log level")?;
    }
    if let Some(extra) = args.peek() {
        return Err(Fault::new(format!("{title} : cannot handle unexpected argument '{extra}'")));
    }
    target.address =
        address(args, draft, &word.text).map_err(|fault| fault.within(&format!("{title} : ")).or_at(word.span))?;
    Ok(target)
}

fn level(text: &str, title: &str, what: &str) -> Result<Level, Fault> {
    Level::named(text).ok_or_else(|| Fault::new(format!("{title} : unknown {what} '{text}'")))
}

/// No host at all means this machine; a bare number is the 32 bits of an address.
fn any(host: &str) -> Option<std::net::IpAddr> {
    if host.is_empty() || host == "*" {
        return Some(std::net::Ipv4Addr::UNSPECIFIED.into());
    }
    host.parse::<u32>().ok().map(|bits| std::net::Ipv4Addr::from(bits).into())
}

fn address(args: &mut Args<'_>, draft: &Draft, text: &[u8]) -> Result<LogAddress, Fault> {
    let parsed = addr::parse(text, args.env, Use::Log).map_err(|error| Fault::new(error.to_string()))?;
    Ok(match parsed.target {
        Target::Stdout => LogAddress::Stdout,
        Target::Stderr => LogAddress::Stderr,
        Target::Descriptor(number) => LogAddress::Fd(number as i32),
        Target::Unix(path) => LogAddress::UnixDgram(String::from_utf8_lossy(&path).into_owned().into()),
        Target::Ip { host, port, .. } => {
            let port = if let Port::Number(number) = port { number } else { SYSLOG_PORT };
            let host = String::from_utf8_lossy(&host).into_owned();
            let known = host.parse().ok().or_else(|| any(&host)).or_else(|| (draft.noted.world.host)(&host));
            match known {
                Some(ip) => LogAddress::Udp(std::net::SocketAddr::new(ip, port)),
                None => {
                    let text = String::from_utf8_lossy(text);
                    return Err(Fault::new(format!("invalid address: '{host}' in '{text}'")));
                }
            }
        }
        Target::Ring(name) => {
            args.not_yet(format!("log ring@{}", String::from_utf8_lossy(&name)));
            LogAddress::Stderr
        }
        _ => {
            args.not_yet("log to such an address");
            LogAddress::Stderr
        }
    })
}

/// `1,3-5:10`: which messages of every ten.
fn sample(text: &str, title: &str) -> Result<Sample, Fault> {
    let refusal = || Fault::new(format!("{title} : invalid sampling '{text}'"));
    let (ranges, size) = text.split_once(':').ok_or_else(|| Fault::new(format!("{title} : Missing sample size")))?;
    let size: u32 = size.parse().map_err(|_| refusal())?;
    let mut parsed = Vec::new();
    for range in ranges.split(',') {
        let (low, high) = range.split_once('-').unwrap_or((range, range));
        let (low, high): (u32, u32) = (low.parse().map_err(|_| refusal())?, high.parse().map_err(|_| refusal())?);
        if low == 0 || low > high {
            return Err(refusal());
        }
        if high > size {
            return Err(Fault::new(format!(
                "{title} : sample size {size} should be greater or equal to {high} the maximum of the high ranges limits"
            )));
        }
        parsed.push((low, high));
    }
    parsed.sort_unstable();
    if parsed.windows(2).any(|pair| matches!(pair, [a, b] if a.1 >= b.0)) {
        return Err(Fault::new(format!("{title} : sampling ranges overlap in '{text}'")));
    }
    Ok(Sample { ranges: parsed, size })
}

/// One format. HAProxy compiles it when all lines were read: a refusal is remembered, and there is no format.
fn one_format(args: &mut Args<'_>, draft: &mut Draft) -> Result<Option<Arc<Format>>, Fault> {
    let keyword = args.keyword().to_owned();
    let Some(word) = args.next_arg() else { return Err(Fault::new(format!("{keyword} expects an argument."))) };
    if !args.is_empty() {
        return Err(Fault::new(format!("{keyword} expects only one argument, don't forget to escape spaces!")));
    }
    let ignored = keyword != "unique-id-format" && args.section == Sections::BACKEND;
    if ignored {
        let name = draft.proxy_ref().map_or("", |proxy| &proxy.name);
        args.warn(format!("backend '{name}' : '{keyword}' directive is ignored in backends."));
        return Ok(None);
    }
    let (places, word_of) = if keyword == "unique-id-format" { (1 << 3, "unique-id") } else { (1 << 18, "log-format") };
    draft.noted.context.set(Context { places, word: word_of });
    match args.format_of(word, draft, Escape::Log) {
        Ok(format) => Ok(Some(Arc::new(format))),
        Err(fault) => {
            let file = draft.files.get(args.place.file as usize).map_or("", String::as_str);
            let (line, reason) = (args.place.line, fault.message);
            let message = format!("Parsing [{file}:{line}]: failed to parse {keyword} : {reason}.");
            draft.late_fault(args.place, message);
            Ok(None)
        }
    }
}

/// Remembers what chose the log line.
fn chosen(args: &Args<'_>, draft: &mut Draft, word: &'static str) {
    let place = args.place;
    if let Some(proxy) = draft.proxy() {
        proxy.facts.log_option = Some(LogOption { word, http: false, place });
    }
}

fn log_format(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let Some(format) = one_format(args, draft)? else { return Ok(()) };
    crate::words::option::format::overrides(args, draft, "log-format");
    chosen(args, draft, "log-format");
    if let Some(proxy) = draft.proxy() {
        proxy.settings.log_line = LogLine::Format(format);
    }
    Ok(())
}

fn log_format_sd(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let Some(format) = one_format(args, draft)? else { return Ok(()) };
    if draft.proxy_ref().is_some_and(|proxy| proxy.facts.log_option.is_none()) {
        chosen(args, draft, "log-format-sd");
    }
    if let Some(proxy) = draft.proxy() {
        proxy.settings.log_sd = Some(format);
    }
    Ok(())
}

fn error_log_format(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let Some(format) = one_format(args, draft)? else { return Ok(()) };
    if let Some(proxy) = draft.proxy() {
        proxy.settings.error_log_line = Some(format);
    }
    Ok(())
}

fn log_tag(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let in_global = draft.current == Current::Global;
    if in_global {
        args.at_most(1)?;
    }
    let tag = args.need("'log-tag' expects a tag for use in syslog.")?.to_owned();
    if draft.current == Current::Global {
        draft.global.log_tag = Some(tag);
    } else if let Some(proxy) = draft.proxy() {
        proxy.settings.log_tag = Some(tag);
    }
    Ok(())
}

fn unique_id_format(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let Some(format) = one_format(args, draft)? else { return Ok(()) };
    if let Some(proxy) = draft.proxy() {
        proxy.settings.unique_id = Some(format);
    }
    Ok(())
}

fn unique_id_header(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let name = args.need("unique-id-header expects an argument.")?.to_ascii_lowercase();
    if let Some(proxy) = draft.proxy() {
        proxy.settings.unique_id_header = Some(name);
    }
    Ok(())
}

/// Compiles one of HAProxy's own formats.
pub(in crate::words) fn named_format(args: &mut Args<'_>, draft: &Draft, text: &str) -> Result<Arc<Format>, Fault> {
    let word = pointsman_parser::Arg { text: text.as_bytes().to_vec(), span: args.span() };
    args.format_of(&word, draft, Escape::Log).map(Arc::new)
}
