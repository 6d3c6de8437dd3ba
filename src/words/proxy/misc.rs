//! Settings of a proxy that this program does not act upon yet, or that have no meaning here.

use pointsman_parser::addr::{self, Port, Target, Use};
use pointsman_parser::units::TimeUnit;

use crate::model::draft::{Draft, Sections};
use crate::model::log_target::Level;
use crate::model::noted::{Context, UseKind};
use crate::sample::value::leading_int;
use crate::spec;
use crate::spec::args::text_of;
use crate::spec::{Args, Done, End, Fault, Keyword, Release, Since};
use crate::words::action::Template;
use crate::words::pem;

use super::side::{back, front, lax, not_in_defaults};

spec! {
    /// Other settings.
    pub static MISC: [Keyword] = [
        /// Sends mails about state changes.
        { name: "email-alert", sections: Sections::PROXIES, usage: "from|level|mailers|myhostname|to <value>", parse: email_alert },
        /// A page of the proxy's own for a code.
        { name: "http-error", sections: Sections::PROXIES, usage: "status <code> [content-type <type>] ...", parse: http_error },
        /// Sends the server's name in this header.
        { name: "http-send-name-header", sections: Sections::PROXIES, usage: "[<header>]", parse: send_name },
        /// When the log line is written.
        { name: "log-steps", since: Since::V3_1, sections: Sections::PROXIES, usage: "all|<step>[,...]", parse: log_steps },
        /// Sessions per second the frontend takes.
        { name: "rate-limit", sections: Sections::PROXIES, usage: "sessions <rate>", parse: rate_limit },
        /// Keeps a client on one server by the RDP cookie.
        { name: "persist", sections: Sections::PROXIES, usage: "rdp-cookie[(<name>)]", parse: persist },
        /// How long the queue of a server may be for a client to stay with it.
        { name: "max-keep-alive-queue", sections: Sections::PROXIES, usage: "<requests>", parse: keep_alive_queue },
        /// Server connections a session may hold idle. It has no meaning here: connections belong to the worker.
        { name: "max-session-srv-conns", sections: Sections::PROXIES, usage: "<connections>", parse: session_connections },
        /// How much more than its share a server may take before consistent hashing goes on.
        { name: "hash-balance-factor", sections: Sections::PROXIES, usage: "<percent>", parse: balance_factor },
        /// When hashing stays on a server that is full.
        { name: "hash-preserve-affinity", since: Since::V3_2, sections: Sections::PROXIES, usage: "always|maxconn|maxqueue", parse: preserve_affinity },
        /// Where the states of servers are read from at the start.
        { name: "load-server-state-from-file", sections: Sections::PROXIES, usage: "global|local|none", parse: load_state },
        /// The file of those states.
        { name: "server-state-file-name", sections: Sections::PROXIES, usage: "[use-backend-name|<file>]", parse: state_file },
        /// The only server, without a name.
        { name: "dispatch", end: Some(End::deprecated(Release(3, 3), "a 'server' line")), sections: Sections::PROXIES, usage: "<address>:<port>", parse: dispatch },
        /// Goes to the address the client wanted.
        { name: "transparent", end: Some(End::deprecated(Release(3, 3), "'server' with the address 0.0.0.0")), sections: Sections::PROXIES, usage: "", parse: |args, _| { args.not_yet("transparent"); args.finish() } },
        /// A rule on the first packet of QUIC.
        { name: "quic-initial", since: Since::V3_1, sections: Sections::PROXIES, usage: "<action> [if|unless <condition>]", parse: quic_initial },
        /// Probes before an idle client connection counts as dead.
        { name: "clitcpka-cnt", since: Since::V2_3, sections: Sections::PROXIES, usage: "<count>", parse: probe_count },
        /// Probes before an idle server connection counts as dead.
        { name: "srvtcpka-cnt", since: Since::V2_3, sections: Sections::PROXIES, usage: "<count>", parse: probe_count },
        /// How long a client connection is idle before it is probed.
        { name: "clitcpka-idle", since: Since::V2_3, sections: Sections::PROXIES, usage: "<time>", parse: probe_time },
        /// How long a server connection is idle before it is probed.
        { name: "srvtcpka-idle", since: Since::V2_3, sections: Sections::PROXIES, usage: "<time>", parse: probe_time },
        /// Time between two probes of a client connection.
        { name: "clitcpka-intvl", since: Since::V2_3, sections: Sections::PROXIES, usage: "<time>", parse: probe_time },
        /// Time between two probes of a server connection.
        { name: "srvtcpka-intvl", since: Since::V2_3, sections: Sections::PROXIES, usage: "<time>", parse: probe_time },
        /// The secret of dynamic cookies.
        { name: "dynamic-cookie-key", sections: Sections::PROXIES, usage: "<text>", parse: cookie_key },
        /// Certificates of the section.
        { name: "ssl-f-use", since: Since::V3_2, sections: Sections::PROXIES, usage: "crt <file> [<option>...]", parse: ssl_f_use },
        /// Sends what meets the condition to a backend even when it is disabled.
        { name: "force-be-switch", since: Since::V3_4, sections: Sections::FRONTEND.and(Sections::LISTEN), usage: "if|unless <condition>", parse: force_switch },
        /// Starts the backend without requests; only `force-be-switch` sends it any.
        { name: "be-unpublished", since: Since::V3_4, sections: Sections::PROXIES, usage: "", parse: unpublished },
    ];
}

fn email_alert(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let Some(word) = args.next() else { return Err(Fault::new("missing argument after 'email-alert'.")) };
    if word == "level" {
        let level = args.next().unwrap_or_default();
        if Level::named(level).is_none() {
            return Err(Fault::new(format!("unknown log level '{level}' after 'level'")));
        }
    } else if matches!(word, "from" | "mailers" | "myhostname" | "to") {
        let value = args.need(&format!("missing argument after '{word}'."))?.to_owned();
        if let Some(proxy) = draft.proxy().filter(|_| word == "mailers") {
            proxy.facts.mailers = Some(value);
        }
    } else {
        return Err(Fault::new(format!("email-alert: unknown argument '{word}'.")));
    }
    args.not_yet("email-alert");
    if let Some(proxy) = draft.proxy() {
        let known = ["from", "level", "mailers", "myhostname", "to"].into_iter().find(|known| *known == word);
        proxy.facts.email_alert.extend(known);
    }
    Ok(())
}

fn http_error(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let refuse = |text: &str| Fault::new(format!("http-error : {text}"));
    let words: Vec<&str> = args.rest().iter().map(text_of).collect();
    let behind = |word: &str| words.iter().position(|known| *known == word).and_then(|at| words.get(at + 1)).copied();
    let status = behind("status").map(|text| leading_int(text.as_bytes()));
    if let Some(number) = status.filter(|number| !u16::try_from(*number).is_ok_and(super::errors::is_page)) {
        return Err(refuse(&format!("Unexpected status code '{number}'")));
    }
    if let (Some(name), Some(proxy)) = (behind("errorfiles"), draft.proxy()) {
        let codes = status.and_then(|code| u16::try_from(code).ok()).into_iter().collect();
        proxy.facts.error_sections.push((name.to_owned(), codes, args.place));
    }
    // What nothing was said of needs no page.
    Template::parse(args, draft, 200, true).map_err(|fault| fault.within("http-error : "))?;
    draft.noted.uses.borrow_mut().retain(|used| !(matches!(used.kind, UseKind::Errors) && used.place == args.place));
    if let Some(other) = args.peek() {
        return Err(refuse(&format!("unknown keyword '{other}'.")));
    }
    if !words.contains(&"status") {
        return Err(refuse("expects at least a <status> as arguments."));
    }
    args.not_yet("http-error");
    Ok(())
}

fn send_name(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    back(args, draft, "http-send-name-header", None);
    args.need("'http-send-name-header' requires a header string.")?;
    args.not_yet("http-send-name-header");
    Ok(())
}

const STEPS: [&str; 13] = [
    "accept",
    "request",
    "connect",
    "response",
    "close",
    "quic-init",
    "http-req",
    "http-res",
    "http-after-res",
    "tcp-req-conn",
    "tcp-req-sess",
    "tcp-req-cont",
    "tcp-res-cont",
];

fn log_steps(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    if args.section == Sections::BACKEND {
        let name = draft.proxy_ref().map_or("", |proxy| &proxy.name);
        args.warn(format!("log-steps will be ignored because backend '{name}' has no frontend capability"));
        return Ok(());
    }
    args.not_yet("log-steps");
    let text = args.next().unwrap_or("all");
    let bad = text.split(',').find(|step| *step != "all" && !STEPS.contains(step));
    match bad {
        Some(step) => {
            Err(Fault::new(format!("invalid log step name ({step}). Expected values are: {}", STEPS.join(", "))))
        }
        None => Ok(()),
    }
}

/// A number of which nothing may be left over.
fn strict(args: &mut Args<'_>, refusal: &str, title: &str) -> Result<i64, Fault> {
    let text = args.need(refusal)?;
    let digits = text.trim_start_matches('-');
    let count = digits.bytes().take_while(u8::is_ascii_digit).count();
    match digits.chars().nth(count) {
        Some(bad) => Err(Fault::new(format!("'{title}' : unexpected character '{bad}' in integer value '{text}'"))),
        None => Ok(lax(text)),
    }
}

fn rate_limit(args: &mut Args<'_>, _: &mut Draft) -> Done {
    let word = args.next().unwrap_or_default();
    if word != "sessions" {
        return Err(Fault::new(format!("'rate-limit' only supports 'sessions' (got '{word}')")));
    }
    let refusal = "'rate-limit sessions' expects expects an integer value (in sessions/second)";
    strict(args, refusal, "rate-limit sessions")?;
    args.not_yet("rate-limit sessions");
    Ok(())
}

fn persist(args: &mut Args<'_>, _: &mut Draft) -> Done {
    let Some(word) = args.next() else { return Err(Fault::new("missing persist method.")) };
    if word != "rdp-cookie" && !(word.starts_with("rdp-cookie(") && word.ends_with(')')) {
        return Err(Fault::new("unknown persist method."));
    }
    args.not_yet("persist rdp-cookie");
    Ok(())
}

fn keep_alive_queue(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let refusal = "'max-keep-alive-queue' expects expects an integer value (or -1 to disable)";
    let number = strict(args, refusal, "max-keep-alive-queue")?;
    if let Some(proxy) = draft.proxy() {
        proxy.settings.max_keep_alive_queue = u32::try_from(number).ok();
    }
    if number >= 0 {
        args.not_yet("max-keep-alive-queue");
    }
    Ok(())
}

fn session_connections(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    front(args, draft, "max-session-srv-conns", None);
    args.need("'max-session-srv-conns' expects a number. Got no argument").map(|_| ())
}

fn balance_factor(args: &mut Args<'_>, _: &mut Draft) -> Done {
    let number = lax(args.need("'hash-balance-factor' expects an integer argument.")?);
    if number != 0 && number <= 100 {
        return Err(Fault::new("'hash-balance-factor' must be 0 or greater than 100."));
    }
    if number != 0 {
        args.not_yet("hash-balance-factor");
    }
    Ok(())
}

fn preserve_affinity(args: &mut Args<'_>, _: &mut Draft) -> Done {
    let word = args.need("'hash-preserve-affinity' needs a keyword to specify when to preserve hash affinity")?;
    if args.section == Sections::FRONTEND {
        return Err(Fault::new("'hash-preserve-affinity' only available in backend or listen section"));
    }
    match word {
        "always" => Ok(()),
        "maxconn" | "maxqueue" => {
            args.not_yet("hash-preserve-affinity");
            Ok(())
        }
        other => Err(Fault::new(format!("'hash-preserve-affinity': unknown keyword '{other}'"))),
    }
}

fn load_state(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    back(args, draft, "load-server-state-from-file", None);
    let word = args.next().unwrap_or_default();
    if !matches!(word, "global" | "local" | "none") {
        let message = format!("'load-server-state-from-file' expects 'global', 'local' or 'none'. Got '{word}'");
        return Err(Fault::new(message));
    }
    if word != "none" {
        args.not_yet("load-server-state-from-file");
    }
    if let Some(proxy) = draft.proxy() {
        if word == "global" {
            proxy.facts.said.insert("state global");
        } else {
            proxy.facts.said.remove("state global");
        }
    }
    Ok(())
}

fn state_file(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    back(args, draft, "server-state-file-name", None);
    args.next();
    args.not_yet("server-state-file-name");
    args.finish()
}

fn dispatch(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    not_in_defaults(args, "dispatch")?;
    back(args, draft, "dispatch", None);
    let text = args.next().unwrap_or_default();
    let refuse = |reason: String| Fault::new(format!("'dispatch' : {reason}"));
    let parsed = addr::parse(text.as_bytes(), args.env, Use::Socket).map_err(|error| refuse(error.to_string()))?;
    if let Target::Ip { host, port, .. } = parsed.target {
        if port == Port::None {
            return Err(refuse(format!("missing port specification in '{text}'")));
        }
        let host = String::from_utf8_lossy(&host).into_owned();
        let known = host.is_empty() || host == "*" || host.parse::<std::net::IpAddr>().is_ok();
        if !known && (draft.noted.world.host)(&host).is_none() {
            return Err(refuse(format!("invalid address: '{host}' in '{text}'")));
        }
    }
    args.not_yet("dispatch");
    args.finish()
}

fn quic_initial(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    if let Some(proxy) = draft.proxy_ref()
        && args.section == Sections::BACKEND
    {
        let message = format!("'quic-initial' : proxy '{}' has no frontend capability", proxy.name);
        return Err(Fault::new(message));
    }
    let word = args.next().unwrap_or_default().to_owned();
    if !matches!(word.as_str(), "accept" | "dgram-drop" | "do-log" | "reject" | "send-retry") {
        let missing = if word.is_empty() { " (missing argument)" } else { "" };
        return Err(Fault::new(format!(
            "'quic-initial' expects 'accept', 'dgram-drop', 'do-log', 'reject', 'send-retry', but got '{word}'{missing}."
        )));
    }
    args.not_yet("quic-initial");
    args.cond(draft).map(|_| ())
}

fn side_of(args: &mut Args<'_>, draft: &Draft) {
    let keyword = args.keyword().to_owned();
    let client = keyword.starts_with("cli");
    let name = draft.proxy_ref().map_or("", |proxy| &proxy.name);
    if client && args.section == Sections::BACKEND {
        args.warn(format!("{keyword} will be ignored because backend '{name}' has no frontend capability"));
    } else if !client && args.section == Sections::FRONTEND {
        args.warn(format!("{keyword} will be ignored because frontend '{name}' has no backend capability"));
    }
}

fn probe_count(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let keyword = args.keyword().to_owned();
    strict(args, &format!("'{keyword}' expects an integer value"), &keyword)?;
    side_of(args, draft);
    args.not_yet(keyword);
    Ok(())
}

fn probe_time(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let keyword = args.keyword().to_owned();
    let text = args.need(&format!("'{keyword}' expects an integer value"))?;
    args.time_of(text.as_bytes(), TimeUnit::Second)
        .map_err(|error| Fault::new(format!("{error} in argument to <{keyword}>.")))?;
    side_of(args, draft);
    args.not_yet(keyword);
    Ok(())
}

fn cookie_key(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    back(args, draft, "dynamic-cookie-key", None);
    let key = args.need("'dynamic-cookie-key' expects <secret_key> as argument.")?.to_owned();
    if let Some(proxy) = draft.proxy() {
        proxy.settings.dynamic_cookie_key = Some(key);
    }
    args.not_yet("dynamic-cookie-key");
    Ok(())
}

fn ssl_f_use(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let mut certificate = args.section.has(Sections::BACKEND.and(Sections::DEFAULTS));
    while let Some(word) = args.next() {
        match word {
            "crt" => {
                let path = pem::under(args.next().unwrap_or_default(), draft.global.crt_base.as_deref());
                let place = args.place;
                if let Some(proxy) = draft.proxy() {
                    proxy.facts.used_certificates.push((path, place));
                }
                certificate = true;
            }
            "key" | "ocsp" | "issuer" | "sctl" | "ocsp-update" | "alias" | "acme" | "domains" | "ips" | "ca-file"
            | "ca-verify-file" | "crl-file" | "ciphers" | "ciphersuites" | "curves" | "ecdhe" | "alpn" | "verify"
            | "ssl-min-ver" | "ssl-max-ver" | "sigalgs" | "client-sigalgs" | "npn" => {
                args.next();
            }
            "allow-0rtt" | "no-alpn" | "no-ca-names" => {}
            other => return Err(Fault::new(format!("unknown crt keyword '{other}'"))),
        }
    }
    if !certificate {
        return Err(Fault::new("Trying to load a certificate but no 'crt' keyword specified."));
    }
    args.not_yet("ssl-f-use");
    Ok(())
}

fn unpublished(args: &mut Args<'_>, _: &mut Draft) -> Done {
    not_in_defaults(args, "be-unpublished")?;
    if args.section == Sections::FRONTEND {
        return Err(Fault::new("'be-unpublished' only available in backend or listen section."));
    }
    args.not_yet("be-unpublished");
    Ok(())
}

fn force_switch(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    draft.noted.context.set(Context { places: 0, word: "force-be-switch" });
    if !matches!(args.peek(), Some("if" | "unless")) {
        return Err(Fault::new("'force-be-switch' requires either 'if' or 'unless' followed by a condition."));
    }
    args.cond(draft)?;
    args.not_yet("force-be-switch");
    Ok(())
}
