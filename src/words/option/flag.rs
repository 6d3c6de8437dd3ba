//! Options that are on or off.

use crate::model::draft::{Draft, Sections};
use crate::model::proxy::Options;
use crate::spec;
use crate::spec::{Args, Done, End, Fault, Form, Keyword, Release, Since};
use crate::words::proxy::side::{back, front};

spec! {
    /// Options that are on or off.
    pub static FLAG: [Keyword] = [
        /// Does not log connections that brought no byte.
        { name: "option dontlognull", sections: Sections::PROXIES, negatable: true, usage: "", parse: |args, draft| flag(args, draft, Options::DONT_LOG_NULL) },
        /// Does not log what went well.
        { name: "option dontlog-normal", sections: Sections::PROXIES, negatable: true, usage: "", parse: |args, draft| flag(args, draft, Options::DONT_LOG_NORMAL) },
        /// Logs as soon as the line can be made, before the data has passed.
        { name: "option logasap", sections: Sections::PROXIES, negatable: true, usage: "", parse: |args, draft| flag(args, draft, Options::LOG_ASAP) },
        /// Logs errors at level err.
        { name: "option log-separate-errors", sections: Sections::PROXIES, negatable: true, usage: "", parse: |args, draft| flag(args, draft, Options::LOG_SEPARATE_ERRORS) },
        /// Logs every check whose outcome changed.
        { name: "option log-health-checks", sections: Sections::PROXIES, negatable: true, usage: "", parse: |args, draft| flag(args, draft, Options::LOG_HEALTH_CHECKS) },
        /// Closes the server side after each response.
        { name: "option http-server-close", sections: Sections::PROXIES, negatable: true, usage: "", parse: |args, draft| flag(args, draft, Options::SERVER_CLOSE) },
        /// Closes both sides after each response.
        { name: "option httpclose", sections: Sections::PROXIES, negatable: true, usage: "", parse: |args, draft| flag(args, draft, Options::CLOSE) },
        /// Keeps both sides open; the default.
        { name: "option http-keep-alive", sections: Sections::PROXIES, negatable: true, usage: "", parse: |args, draft| flag(args, draft, Options::KEEP_ALIVE) },
        /// Gives a request up when its client closes before the response.
        { name: "option abortonclose", sections: Sections::PROXIES, negatable: true, usage: "", parse: |args, draft| flag(args, draft, Options::ABORT_ON_CLOSE) },
        /// Uses all backup servers instead of the first.
        { name: "option allbackups", sections: Sections::PROXIES, negatable: true, usage: "", parse: |args, draft| flag(args, draft, Options::ALL_BACKUPS) },
        /// Stays on the server of the connection's last request.
        { name: "option prefer-last-server", sections: Sections::PROXIES, negatable: true, usage: "", parse: |args, draft| flag(args, draft, Options::PREFER_LAST_SERVER) },
        /// Goes to the server of the cookie even when it is down.
        { name: "option persist", sections: Sections::PROXIES, negatable: true, usage: "", parse: |args, draft| flag(args, draft, Options::PERSIST) },
        /// Sends every piece at once. It has no meaning here: nothing is held back.
        { name: "option http-no-delay", sections: Sections::PROXIES, negatable: true, usage: "", parse: |args, draft| flag(args, draft, Options::HTTP_NO_DELAY) },
        /// Waits for the body before rules and servers are asked.
        { name: "option http-buffer-request", sections: Sections::PROXIES, negatable: true, usage: "", parse: |args, draft| flag(args, draft, Options::BUFFER_REQUEST) },
        /// Neither logs nor answers connections that brought no request.
        { name: "option http-ignore-probes", sections: Sections::PROXIES, negatable: true, usage: "", parse: |args, draft| flag(args, draft, Options::IGNORE_PROBES) },
        /// Looks at Proxy-Connection instead of Connection. It has no meaning here: the field passes.
        { name: "option http-use-proxy-header", sections: Sections::PROXIES, negatable: true, usage: "", parse: |args, draft| flag(args, draft, Options::USE_PROXY_HEADER) },
        /// Counts per listening socket.
        { name: "option socket-stats", sections: Sections::PROXIES, negatable: true, usage: "", parse: |args, draft| flag(args, draft, Options::SOCKET_STATS) },
        /// Has the system probe idle client connections.
        { name: "option clitcpka", sections: Sections::PROXIES, negatable: true, usage: "", parse: |args, draft| flag(args, draft, Options::CLIENT_KEEP_ALIVE) },
        /// Has the system probe idle server connections.
        { name: "option srvtcpka", sections: Sections::PROXIES, negatable: true, usage: "", parse: |args, draft| flag(args, draft, Options::SERVER_KEEP_ALIVE) },
        /// Acknowledges a client's request with its answer, which saves a segment per connection. On in mode http unless
        /// `no` says otherwise.
        { name: "option tcp-smart-accept", sections: Sections::PROXIES, negatable: true, usage: "", parse: |args, draft| flag(args, draft, Options::SMART_ACCEPT) },
        /// Delays the first acknowledgement. It has no meaning here.
        { name: "option tcp-smart-connect", sections: Sections::PROXIES, negatable: true, usage: "", parse: |args, draft| flag(args, draft, Options::SMART_CONNECT) },
        /// Lets the kernel move bytes when that is faster. It has no meaning here: that is always so, unless `nosplice` is set.
        { name: "option splice-auto", sections: Sections::PROXIES, negatable: true, usage: "", parse: |args, draft| flag(args, draft, Options::SPLICE_AUTO) },
        /// Lets the kernel move the client's bytes. It has no meaning here: see `option splice-auto`.
        { name: "option splice-request", sections: Sections::PROXIES, negatable: true, usage: "", parse: |args, draft| flag(args, draft, Options::SPLICE_REQUEST) },
        /// Lets the kernel move the server's bytes. It has no meaning here: see `option splice-auto`.
        { name: "option splice-response", sections: Sections::PROXIES, negatable: true, usage: "", parse: |args, draft| flag(args, draft, Options::SPLICE_RESPONSE) },
        /// Resets connections instead of closing them.
        { name: "option nolinger", sections: Sections::PROXIES, negatable: true, usage: "", parse: |args, draft| flag(args, draft, Options::NO_LINGER) },
        /// Refuses responses that a cache could keep with their cookies.
        { name: "option checkcache", sections: Sections::PROXIES, negatable: true, usage: "", parse: |args, draft| { args.not_yet("option checkcache"); flag(args, draft, Options::CHECK_CACHE) } },
        /// Updates counters during transfers. It has no meaning here: they always are.
        { name: "option contstats", sections: Sections::PROXIES, negatable: true, usage: "", parse: |args, draft| flag(args, draft, Options::CONT_STATS) },
        /// Lets traffic of one direction not renew the timeout of the other.
        { name: "option independent-streams", sections: Sections::PROXIES, negatable: true, usage: "", parse: |args, draft| flag(args, draft, Options::INDEPENDENT_STREAMS) },
        /// Restores the case of header names for clients that need it.
        { name: "option h1-case-adjust-bogus-client", sections: Sections::PROXIES, negatable: true, usage: "", parse: |args, draft| { args.not_yet("option h1-case-adjust-bogus-client"); flag(args, draft, Options::CASE_ADJUST_CLIENT) } },
        /// Restores the case of header names for servers that need it.
        { name: "option h1-case-adjust-bogus-server", sections: Sections::PROXIES, negatable: true, usage: "", parse: |args, draft| { args.not_yet("option h1-case-adjust-bogus-server"); flag(args, draft, Options::CASE_ADJUST_SERVER) } },
        /// Takes requests that break the protocol in harmless places.
        { name: "option accept-unsafe-violations-in-http-request", since: Since::BY_3_2, sections: Sections::PROXIES, negatable: true, usage: "", parse: |args, draft| flag(args, draft, Options::ACCEPT_BAD_REQUESTS) },
        /// Takes responses that break the protocol in harmless places.
        { name: "option accept-unsafe-violations-in-http-response", since: Since::BY_3_2, sections: Sections::PROXIES, negatable: true, usage: "", parse: |args, draft| flag(args, draft, Options::ACCEPT_BAD_RESPONSES) },
        /// The old name of accept-unsafe-violations-in-http-request.
        { name: "option accept-invalid-http-request", end: Some(End::deprecated(Release(3, 2), "'option accept-unsafe-violations-in-http-request'")), sections: Sections::PROXIES, negatable: true, usage: "", parse: |args, draft| renamed(args, draft, Options::ACCEPT_BAD_REQUESTS, "accept-unsafe-violations-in-http-request") },
        /// The old name of accept-unsafe-violations-in-http-response.
        { name: "option accept-invalid-http-response", end: Some(End::deprecated(Release(3, 2), "'option accept-unsafe-violations-in-http-response'")), sections: Sections::PROXIES, negatable: true, usage: "", parse: |args, draft| renamed(args, draft, Options::ACCEPT_BAD_RESPONSES, "accept-unsafe-violations-in-http-response") },
        /// Goes to the address the client wanted.
        { name: "option transparent", end: Some(End::deprecated(Release(3, 3), "'server' with the address 0.0.0.0")), sections: Sections::PROXIES, negatable: true, usage: "", parse: |args, draft| { args.not_yet("option transparent"); flag(args, draft, Options::TRANSPARENT) } },
        /// Closes idle connections with a response during a soft stop.
        { name: "option idle-close-on-response", since: Since::V2_6, sections: Sections::PROXIES, negatable: true, usage: "", parse: |args, draft| flag(args, draft, Options::IDLE_CLOSE_ON_RESPONSE) },
        /// Does not take an HTTP/2 preface on a clear connection.
        { name: "option disable-h2-upgrade", sections: Sections::PROXIES, negatable: true, usage: "", parse: |args, draft| flag(args, draft, Options::NO_H2_UPGRADE) },
        /// Does not tell the server that its connection will be closed.
        { name: "option http-pretend-keepalive", sections: Sections::PROXIES, negatable: true, usage: "", parse: |args, draft| flag(args, draft, Options::PRETEND_KEEP_ALIVE) },
        /// Does not forward the trailers of requests.
        { name: "option http-drop-request-trailers", since: Since::V3_2, sections: Sections::PROXIES, negatable: true, usage: "", parse: |args, draft| flag(args, draft, Options::DROP_REQUEST_TRAILERS) },
        /// Does not forward the trailers of responses.
        { name: "option http-drop-response-trailers", since: Since::V3_2, sections: Sections::PROXIES, negatable: true, usage: "", parse: |args, draft| flag(args, draft, Options::DROP_RESPONSE_TRAILERS) },
        /// Has the system probe idle connections of both sides.
        { name: "option tcpka", sections: Sections::PROXIES, negatable: true, usage: "", parse: |args, draft| positive(args, draft, Options::CLIENT_KEEP_ALIVE | Options::SERVER_KEEP_ALIVE) },
        /// Takes small buffers where it can. It has no meaning here: buffers grow with what they hold.
        { name: "option use-small-buffers", since: Since::V3_4, sections: Sections::PROXIES, negatable: true, usage: "[queue] [l7-retries] [check]", parse: |args, _| { args.join(); Ok(()) } },
        /// Tries another server when one does not take the connection.
        { name: "option redispatch", sections: Sections::PROXIES, negatable: true, usage: "[<interval>]", parse: redispatch },
        /// The sentence for an option that does not exist.
        { name: "option", sections: Sections::PROXIES, negatable: true, usage: "<name>", parse: unknown },
    ];
}

/// Options that frontends alone have.
const FRONT: [&str; 15] = [
    "dontlognull",
    "dontlog-normal",
    "logasap",
    "log-separate-errors",
    "http-ignore-probes",
    "http-use-proxy-header",
    "socket-stats",
    "clitcpka",
    "tcp-smart-accept",
    "contstats",
    "h1-case-adjust-bogus-client",
    "accept-unsafe-violations-in-http-request",
    "idle-close-on-response",
    "disable-h2-upgrade",
    "http-drop-response-trailers",
];

/// Options that backends alone have.
const BACK: [&str; 13] = [
    "log-health-checks",
    "abortonclose",
    "allbackups",
    "prefer-last-server",
    "persist",
    "srvtcpka",
    "tcp-smart-connect",
    "checkcache",
    "h1-case-adjust-bogus-server",
    "accept-unsafe-violations-in-http-response",
    "transparent",
    "http-pretend-keepalive",
    "http-drop-request-trailers",
];

/// Options that have no meaning in mode tcp.
const HTTP: [&str; 13] = [
    "accept-unsafe-violations-in-http-request",
    "accept-unsafe-violations-in-http-response",
    "checkcache",
    "disable-h2-upgrade",
    "http-buffer-request",
    "http-drop-request-trailers",
    "http-drop-response-trailers",
    "http-ignore-probes",
    "http-no-delay",
    "http-pretend-keepalive",
    "http-use-proxy-header",
    "idle-close-on-response",
    "prefer-last-server",
];

/// The sides and the mode of an option that is on or off, as `-dK` shows them.
pub fn capabilities(name: &str) -> String {
    let sides = match name {
        name if FRONT.contains(&name) => "FE",
        name if BACK.contains(&name) => "BE",
        _ => "FE BE",
    };
    format!("[ {sides}{} ]", if HTTP.contains(&name) { " HTTP" } else { "" })
}

fn flag(args: &mut Args<'_>, draft: &mut Draft, bit: u64) -> Done {
    args.finish_option()?;
    let name = args.keyword().strip_prefix("option ").unwrap_or_default().to_owned();
    let misplaced = (FRONT.contains(&name.as_str()) && args.section == Sections::BACKEND)
        || (BACK.contains(&name.as_str()) && args.section == Sections::FRONTEND);
    if misplaced {
        front(args, draft, &name, None);
        back(args, draft, &name, None);
        if args.form != Form::Plain {
            return Err(Fault::new(format!("negation/default is not supported for option '{name}'.")).tight());
        }
        return Err(Fault::new(format!("unknown option '{name}'; did you mean '{name}' maybe ?")));
    }
    let on = args.form == Form::Plain;
    if let Some(proxy) = draft.proxy() {
        let closing = Options::SERVER_CLOSE | Options::CLOSE | Options::KEEP_ALIVE;
        if bit & closing != 0 && on {
            proxy.settings.options.put(closing, false);
        }
        proxy.settings.options.put(bit, on);
        proxy.settings.options_said |= bit;
    }
    Ok(())
}

/// An old name of an option that is still taken, with a warning, and without `no`.
fn renamed(args: &mut Args<'_>, draft: &mut Draft, bit: u64, new: &str) -> Done {
    args.finish_option()?;
    let name = args.keyword().strip_prefix("option ").unwrap_or_default().to_owned();
    if args.form != Form::Plain {
        return Err(Fault::new(format!("negation/default is not supported for option '{name}'.")).tight());
    }
    let on_request = name.ends_with("request");
    if on_request && args.section == Sections::BACKEND {
        front(args, draft, &name, None);
        return Ok(());
    }
    if !on_request && args.section == Sections::FRONTEND {
        back(args, draft, &name, None);
        return Ok(());
    }
    args.warn_tight(format!("option '{name}' is deprecated. please use 'option {new}' if absolutely needed."));
    args.rename(&format!("option {new}"));
    flag(args, draft, bit)
}

/// A check by a plain script, or an option that chooses how both sides are probed: without `no`.
fn positive(args: &mut Args<'_>, draft: &mut Draft, bit: u64) -> Done {
    let name = args.keyword().strip_prefix("option ").unwrap_or_default().to_owned();
    if args.form != Form::Plain {
        return Err(Fault::new(format!("negation/default is not supported for option '{name}'.")).tight());
    }
    if name == "tcp-check" {
        back(args, draft, &name, None);
        if let Some(proxy) = draft.proxy() {
            proxy.facts.said.remove("option httpchk");
            proxy.facts.said.insert("option tcp-check");
        }
    }
    flag(args, draft, bit)
}

fn redispatch(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    back(args, draft, "redispatch", None);
    let interval = args.next().map_or(-1, |text| i32::try_from(crate::words::proxy::side::lax(text)).unwrap_or(0));
    let on = args.form == Form::Plain;
    if let Some(proxy) = draft.proxy() {
        proxy.settings.options.put(Options::REDISPATCH, on && interval != 0);
        proxy.settings.options_said |= Options::REDISPATCH;
        proxy.settings.redispatch_after = interval;
    }
    Ok(())
}

fn unknown(args: &mut Args<'_>, _: &mut Draft) -> Done {
    let Some(name) = args.peek() else { return Err(Fault::new("'option' expects an option name.").tight()) };
    if args.form != Form::Plain {
        return Err(Fault::new(format!("negation/default is not supported for option '{name}'.")).tight());
    }
    let names =
        crate::words::option::ALL.iter().copied().flatten().filter_map(|keyword| keyword.name.strip_prefix("option "));
    let hint = crate::spec::nearest(name, names).map(|best| format!("; did you mean '{best}' maybe ?"));
    Err(Fault::new(format!("unknown option '{name}'{}", hint.unwrap_or_else(|| ".".to_owned()))))
}
