//! `log` and the formats of log lines.

use std::sync::Arc;

use pointsman_parser::addr::{self, Port, Target, Use};

use crate::model::draft::{Current, Draft, Sections};
use crate::model::log_target::{Facility, Level, LogAddress, LogFormat, LogTarget, Sample};
use crate::model::proxy::{LogLine, LogRef};
use crate::sample::Format;
use crate::sample::format::Escape;
use crate::spec;
use crate::spec::args::text_of;
use crate::spec::{Args, Done, Fault, Keyword};

/// The port of a syslog server.
const SYSLOG_PORT: u16 = 514;

spec! {
    /// Logging.
    pub static LOG: [Keyword] = [
        /// Adds a log target; `global` takes those of the global section, `no log` removes all.
        { name: "log", sections: Sections::PROXIES.and(Sections::GLOBAL), negatable: true, usage: "global|<address> [len <bytes>] [format <format>] [sample <ranges>:<size>] <facility> [<level> [<minlevel>]]", parse: log },
        /// The log line of traffic.
        { name: "log-format", sections: Sections::FRONT, usage: "<format>", parse: log_format },
        /// The structured data of RFC 5424 lines.
        { name: "log-format-sd", sections: Sections::FRONT, usage: "<format>", parse: log_format_sd },
        /// The log line of connections that failed before any traffic.
        { name: "error-log-format", sections: Sections::FRONT, usage: "<format>", parse: error_log_format },
        /// The program name in log lines.
        { name: "log-tag", sections: Sections::PROXIES.and(Sections::GLOBAL), usage: "<name>", parse: log_tag },
        /// What a request's unique id is made of.
        { name: "unique-id-format", sections: Sections::FRONT, usage: "<format>", parse: unique_id_format },
        /// The header that carries the unique id to servers.
        { name: "unique-id-header", sections: Sections::FRONT, usage: "<name>", parse: unique_id_header },
    ];
}

fn log(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let in_global = args.section == Sections::GLOBAL;
    if args.is_no() {
        if let Some(word) = args.peek() {
            let _ = word;
            return Err(Fault::new("'no log' does not expect arguments."));
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
    let target = Arc::new(target(args, in_global)?);
    if in_global {
        draft.global.logs.push(target);
    } else if let Some(proxy) = draft.proxy() {
        proxy.settings.logs.push(LogRef::Target(target));
    }
    Ok(())
}

fn target(args: &mut Args<'_>, in_global: bool) -> Result<LogTarget, Fault> {
    let refusal =
        format!("log : expects <address> and <facility> {} as arguments", if in_global { "" } else { "or global" });
    if args.rest().len() < 2 {
        return Err(Fault::new(refusal));
    }
    let Some(word) = args.next_arg() else { return Err(Fault::new(refusal)) };
    let address = address(args, &word.text).map_err(|fault| fault.within("log : ").or_at(word.span))?;
    let mut target = LogTarget::new(address, Facility::Local0);
    loop {
        match args.peek() {
            Some("len") => {
                args.next();
                let text = args.next().unwrap_or_default();
                let length: usize = text.parse().unwrap_or(0);
                if !(80..=65_535).contains(&length) {
                    return Err(Fault::new(format!("log : invalid log length '{text}', must be between 80 and 65535")));
                }
                target.len = length;
            }
            Some("format") => {
                args.next();
                let text = args.next().unwrap_or_default();
                target.format = Some(
                    LogFormat::named(text).ok_or_else(|| Fault::new(format!("log : unknown log format '{text}'")))?,
                );
            }
            Some("sample") => {
                args.next();
                target.sample = Some(sample(args.next().unwrap_or_default())?);
            }
            Some("profile") => {
                args.next();
                args.next();
                args.not_yet("log ... profile");
            }
            _ => break,
        }
    }
    let Some(facility) = args.next() else { return Err(Fault::new(refusal)) };
    target.facility =
        Facility::named(facility).ok_or_else(|| Fault::new(format!("log : unknown log facility '{facility}'")))?;
    if let Some(text) = args.next() {
        target.level = level(text, "optional log level")?;
    }
    if let Some(text) = args.next() {
        target.minlevel = level(text, "optional minimum log level")?;
    }
    if let Some(extra) = args.peek() {
        return Err(Fault::new(format!("log : cannot handle unexpected argument '{extra}'")));
    }
    Ok(target)
}

fn level(text: &str, what: &str) -> Result<Level, Fault> {
    Level::named(text).ok_or_else(|| Fault::new(format!("log : unknown {what} '{text}'")))
}

fn address(args: &mut Args<'_>, text: &[u8]) -> Result<LogAddress, Fault> {
    let parsed = addr::parse(text, args.env, Use::Log).map_err(|error| Fault::new(error.to_string()))?;
    Ok(match parsed.target {
        Target::Stdout => LogAddress::Stdout,
        Target::Stderr => LogAddress::Stderr,
        Target::Descriptor(number) => LogAddress::Fd(number as i32),
        Target::Unix(path) => LogAddress::UnixDgram(String::from_utf8_lossy(&path).into_owned().into()),
        Target::Ip { host, port, .. } => {
            let port = if let Port::Number(number) = port { number } else { SYSLOG_PORT };
            let host = String::from_utf8_lossy(&host).into_owned();
            match host.parse() {
                Ok(ip) => LogAddress::Udp(std::net::SocketAddr::new(ip, port)),
                Err(_) => LogAddress::Name(host, port),
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
fn sample(text: &str) -> Result<Sample, Fault> {
    let refusal = || Fault::new(format!("log : invalid sampling '{text}'"));
    let (ranges, size) = text.split_once(':').ok_or_else(refusal)?;
    let size: u32 = size.parse().map_err(|_| refusal())?;
    let mut parsed = Vec::new();
    for range in ranges.split(',') {
        let (low, high) = range.split_once('-').unwrap_or((range, range));
        let (low, high): (u32, u32) = (low.parse().map_err(|_| refusal())?, high.parse().map_err(|_| refusal())?);
        if low == 0 || low > high || high > size {
            return Err(refusal());
        }
        parsed.push((low, high));
    }
    parsed.sort_unstable();
    if parsed.windows(2).any(|pair| matches!(pair, [a, b] if a.1 >= b.0)) {
        return Err(Fault::new(format!("log : sampling ranges overlap in '{text}'")));
    }
    Ok(Sample { ranges: parsed, size })
}

fn one_format(args: &mut Args<'_>, draft: &Draft) -> Result<Arc<Format>, Fault> {
    let keyword = args.keyword().to_owned();
    let Some(word) = args.next_arg() else { return Err(Fault::new(format!("{keyword} expects an argument."))) };
    if !args.is_empty() {
        let message = format!(
            "{keyword} expects only one argument, don't forget to escape spaces in '{}'.",
            args.peek().unwrap_or_default()
        );
        return Err(Fault::new(message));
    }
    let _ = text_of(word);
    args.format_of(word, draft, Escape::Log)
        .map(Arc::new)
        .map_err(|fault| fault.within(&format!("failed to parse {keyword} : ")))
}

fn log_format(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let format = one_format(args, draft)?;
    if let Some(proxy) = draft.proxy() {
        proxy.settings.log_line = LogLine::Format(format);
    }
    Ok(())
}

fn log_format_sd(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let format = one_format(args, draft)?;
    if let Some(proxy) = draft.proxy() {
        proxy.settings.log_sd = Some(format);
    }
    Ok(())
}

fn error_log_format(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let format = one_format(args, draft)?;
    if let Some(proxy) = draft.proxy() {
        proxy.settings.error_log_line = Some(format);
    }
    Ok(())
}

fn log_tag(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let tag = args.need("'log-tag' expects a tag for use in syslog.")?.to_owned();
    args.finish()?;
    if draft.current == Current::Global {
        draft.global.log_tag = Some(tag);
    } else if let Some(proxy) = draft.proxy() {
        proxy.settings.log_tag = Some(tag);
    }
    Ok(())
}

fn unique_id_format(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let format = one_format(args, draft)?;
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
