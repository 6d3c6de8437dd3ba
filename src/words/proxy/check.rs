//! How the servers of a backend are checked: `http-check`, `tcp-check`, `external-check`.

use std::sync::Arc;

use pointsman_parser::addr::{self, Target, Use};

use crate::model::addr::Address;
use crate::model::check::{Connect, Expect, HeaderTest, HealthCheck, HttpCheck, Send, Step, Wanted};
use crate::model::draft::{Draft, Sections};
use crate::sample::Format;
use crate::sample::format::Escape;
use crate::spec;
use crate::spec::{Args, Done, Fault, Keyword};

spec! {
    /// Checks.
    pub static CHECK: [Keyword] = [
        /// Opens a connection of its own for the steps that follow.
        { name: "http-check connect", sections: Sections::BACK, usage: "[default] [port <port>] [addr <address>] [ssl] [sni <name>] [alpn <list>] [linger] [comment <text>]", parse: connect },
        /// The request of a check.
        { name: "http-check send", sections: Sections::BACK, usage: "[meth <method>] [uri <uri>] [ver <version>] [hdr <name> <value>]... [body <text>]", parse: send },
        /// What the response of a check must be.
        { name: "http-check expect", sections: Sections::BACK, usage: "[comment <text>] [!] status|rstatus|hdr|string|rstring <pattern>", parse: expect },
        /// A 404 takes the server out of the way without calling it down.
        { name: "http-check disable-on-404", sections: Sections::BACK, usage: "", parse: |args, draft| { edit(draft, |check| check.disable_on_404 = true); args.finish() } },
        /// Tells the server its state in a header of each check.
        { name: "http-check send-state", sections: Sections::BACK, usage: "", parse: |args, draft| { edit(draft, |check| check.send_state = true); args.not_yet("http-check send-state"); args.finish() } },
        /// The command of external checks.
        { name: "external-check command", sections: Sections::BACK, usage: "<path>", parse: external },
        /// The PATH of external checks.
        { name: "external-check path", sections: Sections::BACK, usage: "<path>", parse: external },
    ];
}

/// Changes the HTTP check of the proxy being read, which exists from the first `http-check` line on.
fn edit(draft: &mut Draft, change: impl FnOnce(&mut HttpCheck)) {
    let Some(proxy) = draft.proxy() else { return };
    change(Arc::make_mut(&mut proxy.settings.http_check));
}

fn text(args: &mut Args<'_>, option: &str) -> Result<String, Fault> {
    let refusal = format!("'{}' : '{option}' expects a value as argument.", args.keyword());
    args.need(&refusal).map(str::to_owned)
}

fn literal(text: &str) -> Arc<Format> {
    Arc::new(Format::literal(text.as_bytes()))
}

fn connect(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let mut connect = Connect::default();
    while let Some(word) = args.next() {
        match word {
            "default" => connect.default = true,
            "ssl" => connect.ssl = true,
            "linger" => connect.linger = true,
            "send-proxy" => {
                connect.send_proxy = true;
                args.not_yet("http-check connect send-proxy");
            }
            "via-socks4" => args.not_yet("http-check connect via-socks4"),
            "port" => {
                let port = text(args, "port")?;
                connect.port = port.parse().ok();
                if connect.port.is_none() {
                    args.not_yet("http-check connect port with an expression");
                }
            }
            "sni" => connect.sni = Some(text(args, "sni")?),
            "alpn" => connect.alpn = Some(text(args, "alpn")?),
            "proto" => {
                text(args, "proto")?;
            }
            "comment" => {
                text(args, "comment")?;
            }
            "addr" => {
                let word = text(args, "addr")?;
                connect.addr = Some(check_address(&word, args.env)?);
            }
            other => {
                return Err(Fault::new(format!(
                    "'{}' : expects 'comment', 'default', 'linger', 'send-proxy', 'sni', 'ssl', 'via-socks4' but got '{other}' as argument.",
                    args.keyword()
                )));
            }
        }
    }
    edit(draft, |check| check.steps.push(Step::Connect(connect)));
    Ok(())
}

fn check_address(word: &str, env: &dyn pointsman_parser::Environment) -> Result<Address, Fault> {
    let parsed = addr::parse(word.as_bytes(), env, Use::Socket).map_err(|error| Fault::new(error.to_string()))?;
    match parsed.target {
        Target::Unix(path) => Ok(Address::Unix(String::from_utf8_lossy(&path).into_owned().into())),
        Target::Ip { host, port, .. } => {
            let host = String::from_utf8_lossy(&host).into_owned();
            let ip = host.parse().map_err(|_| Fault::new(format!("invalid address '{host}'")))?;
            let port = if let addr::Port::Number(port) = port { port } else { 0 };
            Ok(Address::Inet(std::net::SocketAddr::new(ip, port)))
        }
        _ => Err(Fault::new(format!("invalid address '{word}'"))),
    }
}

fn send(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let mut send = Send::default();
    while let Some(word) = args.next() {
        match word {
            "meth" => send.method = Some(text(args, "meth")?),
            "uri" => send.uri = Some(literal(&text(args, "uri")?)),
            "uri-lf" => send.uri = Some(Arc::new(args.format(draft, Escape::None)?)),
            "ver" => send.version = Some(text(args, "ver")?),
            "hdr" => {
                let name = text(args, "hdr")?;
                if args.is_empty() {
                    return Err(Fault::new(format!(
                        "'{}' : 'hdr' expects a name and a value as arguments.",
                        args.keyword()
                    )));
                }
                if matches!(
                    name.to_ascii_lowercase().as_str(),
                    "host" | "content-length" | "transfer-encoding" | "connection"
                ) && name.eq_ignore_ascii_case("connection")
                {
                    return Err(Fault::new("'http-check send' : 'connection' header is not allowed."));
                }
                let value = Arc::new(args.format(draft, Escape::None)?);
                send.headers.push((name, value));
            }
            "body" => send.body = Some(literal(&text(args, "body")?)),
            "body-lf" => send.body = Some(Arc::new(args.format(draft, Escape::None)?)),
            "comment" => {
                text(args, "comment")?;
            }
            other => {
                return Err(Fault::new(format!(
                    "'{}' : expects 'comment', 'meth', 'uri', 'uri-lf', 'ver', 'hdr', 'body' or 'body-lf' but got '{other}' as argument.",
                    args.keyword()
                )));
            }
        }
    }
    edit(draft, |check| check.steps.push(Step::Send(send)));
    Ok(())
}

fn expect(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let mut expect = Expect {
        wanted: Wanted::Status(vec![(200, 399)]),
        negated: false,
        source: String::new(),
        comment: None,
        min_recv: None,
        messages: (None, None),
        codes: (None, None, None),
    };
    let mut found = false;
    while let Some(word) = args.next() {
        match word {
            "!" => expect.negated = !expect.negated,
            "comment" => expect.comment = Some(text(args, "comment")?),
            "min-recv" => expect.min_recv = text(args, "min-recv")?.parse().ok(),
            "ok-status" => expect.codes.0 = Some(text(args, word)?),
            "error-status" => expect.codes.1 = Some(text(args, word)?),
            "tout-status" => expect.codes.2 = Some(text(args, word)?),
            "on-success" => expect.messages.0 = Some(Arc::new(args.format(draft, Escape::None)?)),
            "on-error" => expect.messages.1 = Some(Arc::new(args.format(draft, Escape::None)?)),
            "status-code" => {
                text(args, word)?;
                args.not_yet("http-check expect status-code");
            }
            kind => {
                expect.wanted = wanted(args, kind)?;
                expect.source = format!(
                    "{kind} {}",
                    args.word(args.position().saturating_sub(1)).map(crate::spec::args::text_of).unwrap_or_default()
                );
                found = true;
            }
        }
    }
    if !found {
        return Err(Fault::new(format!(
            "'{}' expects 'string', 'rstring', 'status', 'rstatus', 'hdr', 'fhdr' as argument.",
            args.keyword()
        )));
    }
    edit(draft, |check| check.steps.push(Step::Expect(expect)));
    Ok(())
}

fn wanted(args: &mut Args<'_>, kind: &str) -> Result<Wanted, Fault> {
    Ok(match kind {
        "status" => Wanted::Status(statuses(&text(args, kind)?)?),
        "rstatus" => Wanted::StatusPattern(Arc::new(regex(&text(args, kind)?)?)),
        "string" => Wanted::Text(text(args, kind)?.into_bytes()),
        "rstring" => Wanted::Pattern(Arc::new(regex(&text(args, kind)?)?)),
        "hdr" | "fhdr" => Wanted::Header(header_test(args, kind == "fhdr")?),
        other => {
            return Err(Fault::new(format!(
                "'{}' : expects 'comment', 'min-recv', 'ok-status', 'error-status', 'tout-status', 'on-success', 'on-error', 'string', 'rstring', 'status', 'rstatus', 'hdr' or 'fhdr' but got '{other}' as argument.",
                args.keyword()
            )));
        }
    })
}

fn regex(pattern: &str) -> Result<fancy_regex::Regex, Fault> {
    fancy_regex::Regex::new(pattern).map_err(|error| Fault::new(format!("regex '{pattern}' is invalid ({error})")))
}

fn statuses(text: &str) -> Result<Vec<(u16, u16)>, Fault> {
    let parse = |part: &str| part.trim().parse::<u16>().ok().filter(|code| (100..=999).contains(code));
    text.split(',')
        .map(|range| {
            let (low, high) = range.split_once('-').unwrap_or((range, range));
            match (parse(low), parse(high)) {
                (Some(low), Some(high)) if low <= high => Ok((low, high)),
                _ => Err(Fault::new(format!("invalid status code '{range}'"))),
            }
        })
        .collect()
}

fn header_test(args: &mut Args<'_>, full: bool) -> Result<HeaderTest, Fault> {
    if args.next() != Some("name") {
        return Err(Fault::new("'hdr' expects 'name' as first argument."));
    }
    let method = |args: &mut Args<'_>| -> Result<String, Fault> {
        if args.take("-m") { text(args, "-m") } else { Ok("str".to_owned()) }
    };
    let how = method(args)?;
    let name = (how, text(args, "name")?.into_bytes());
    let mut value = None;
    if args.take("value") {
        let how = method(args)?;
        value = Some((how, text(args, "value")?.into_bytes()));
    }
    Ok(HeaderTest { name, value, full })
}

fn external(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let keyword = args.keyword().to_owned();
    let refusal = format!("'{keyword}' expects a value as argument.");
    let value = args.need(&refusal)?.to_owned();
    if let Some(proxy) = draft.proxy() {
        if keyword == "external-check command" {
            proxy.settings.external_check.0 = Some(value);
        } else {
            proxy.settings.external_check.1 = Some(value);
        }
    }
    args.finish()
}

/// What `option httpchk` chooses.
pub(in crate::words) fn choose_http(draft: &mut Draft, request: Send) {
    if let Some(proxy) = draft.proxy() {
        Arc::make_mut(&mut proxy.settings.http_check).request = request;
        proxy.settings.check = HealthCheck::Http;
    }
}
