//! The cause of a session's end: what its letters say, and what the numbers of this line add to it.

use super::Cause;
use crate::desk::explain::facts::Facts;
use crate::desk::explain::meaning::{connection_error, span_of};
use crate::desk::explain::state;

/// The cause of a line of traffic.
pub fn of_traffic(facts: &Facts<'_>) -> Cause {
    let mut cause = Cause::default();
    let Some(state) = facts.state() else {
        if facts.is_error_format() {
            cause.sentence =
                "The connection failed before its session began; this format is for such lines.".to_owned();
            let error = facts.connection_error().and_then(connection_error);
            cause.remarks.extend(error.map(|what| format!("Its error: {what}.")));
            cause.next.push("`%[fc_err_str]` and `%[ssl_fc_err_str]` in the format say it in words.".to_owned());
            return cause;
        }
        cause.sentence = match facts.status() {
            Some(status) if status >= 500 => {
                format!("The answer was a {status}; without a termination state the line does not tell who made it.")
            }
            _ if facts.is_cut() => {
                "The line ends before the termination state, which would tell how the session ended.".to_owned()
            }
            _ => "The line holds no termination state, so that it does not tell how the session ended.".to_owned(),
        };
        if facts.is_cut() {
            cause.next.push("Get the whole line; `len` on the `log` line is how long one may be.".to_owned());
            return cause;
        }
        cause.next.push("Put `%tsc` (or `%ts` in mode tcp) into the log format.".to_owned());
        return cause;
    };
    if let Some(pair) = state.pair {
        cause.sentence = pair.what.to_owned();
        cause.causes = pair.causes.iter().map(|text| (*text).to_owned()).collect();
        cause.next = pair.next.iter().map(|text| (*text).to_owned()).collect();
        if !facts.is_http() && !pair.tcp.is_empty() && pair.tcp != "never" {
            cause.remarks.push(pair.tcp.to_owned());
        }
    } else {
        cause.sentence = state::letters(state.code).take(2).map(|row| row.1).collect::<Vec<_>>().join("; ") + ".";
    }
    if !facts.is_http() && state.code.starts_with("PR") {
        cause.sentence = "The proxy closed the connection, by a rule.".to_owned();
        cause.causes = vec!["a `tcp-request` rule with `reject` matched, perhaps after its `inspect-delay`".to_owned()];
        cause.next =
            vec!["Try the `tcp-request` rules in their order against this client; --config lists them.".to_owned()];
        cause.remarks.clear();
    }
    if state.code.starts_with("--") {
        normal(facts, &mut cause);
    }
    refine(facts, state.code.get(..2).unwrap_or_default(), &mut cause);
    timing(facts, &mut cause);
    if let Some(text) = state.cookie.filter(|_| !state.code.ends_with("--")) {
        cause.remarks.push(format!("Cookie: {text}"));
    }
    cause
}

/// It ended well; the status may be an error all the same.
fn normal(facts: &Facts<'_>, cause: &mut Cause) {
    cause.causes.clear();
    match facts.status() {
        Some(status @ 500..) => {
            cause.sentence = format!("The exchange ended as it should; the {status} is the server's own answer.");
            cause.next = vec!["Look in the server's log: the proxy only passed its answer on.".to_owned()];
        }
        Some(status @ 400..=499) => {
            cause.sentence = format!("The exchange ended as it should; the {status} is the server's own answer.");
            cause.next =
                vec!["If it should not be refused, ask the server directly with the same path and Host.".to_owned()];
        }
        _ => cause.next = vec!["Nothing.".to_owned()],
    }
}

/// What status, server and request say beyond the letters.
fn refine(facts: &Facts<'_>, code: &str, cause: &mut Cause) {
    if let Some(service) = service(facts).filter(|_| code == "LR") {
        cause.remarks.push(format!("{service} answered."));
        cause.causes.clear();
    }
    let mut say = |text: String| cause.remarks.push(text);
    let no_server = facts.lacks_server();
    match (code, facts.status()) {
        ("SC", _) if no_server => {}
        ("SC", _) if facts.never("Tc") && facts.timer("Tw").is_some() => {
            say("Tc is -1: no connection, or no TLS on top of it, came about.".to_owned());
        }
        ("PR", Some(400)) => say("The status is 400: the request was malformed, no rule was asked.".to_owned()),
        ("PR", Some(429)) => say("The status is 429: a rule that limits rates, with `deny_status 429`.".to_owned()),
        ("PR", Some(status)) if status != 400 => say(format!("The status is {status}: a rule denied it.")),
        ("LR", Some(status @ 300..=399)) => say(format!("The status is {status}: a redirect.")),
        ("LR", Some(401 | 407)) => say("The proxy asked for a name and password.".to_owned()),
        ("cR" | "CR", _) if facts.bad_request() == Some(true) && facts.never("TR") => {
            say("No request was read: the client was silent, or stopped in the middle of the head.".to_owned());
        }
        ("cR" | "CR", _) if facts.bad_request() == Some(false) => {
            say("Part of a request was read; it never became complete.".to_owned());
        }
        _ => {}
    }
    suit(facts, code, no_server, cause);
    // Advice for another status is none for this one.
    if let Some(status) = facts.status() {
        cause.next.retain(|next| next.strip_prefix("For a ").is_none_or(|rest| rest.starts_with(&status.to_string())));
    }
    let mut say = |text: String| cause.remarks.push(text);
    let (retries, redispatched) = facts.retries();
    match (retries, redispatched) {
        (_, true) => {
            say("`+` before the retries: the first server failed, and the one named here was tried last.".to_owned())
        }
        (1, _) => say("The connection was tried once more before that.".to_owned()),
        (2.., _) => say(format!("The connection was tried {retries} times more before that.")),
        _ => {}
    }
    if let Some(code) = facts.connection_error() {
        match connection_error(code) {
            Some(what) => say(format!("The client's connection had error {code}: {what}.")),
            None => say(format!("The client's connection had error {code}; `fc_err_str` in the format would name it.")),
        }
    }
}

/// Takes out the causes that this line rules out, and puts first the one it points to.
fn suit(facts: &Facts<'_>, code: &str, no_server: bool, cause: &mut Cause) {
    match (code, facts.status()) {
        ("SC", _) if no_server => {
            cause.sentence = "There was no server to send the request to; the answer is a 503.".to_owned();
            let chosen = facts.frontend() != facts.backend();
            let first = "no `use_backend` rule applied, and the frontend has no `default_backend`";
            cause.causes = (!chosen).then(|| first.to_owned()).into_iter().collect();
            cause.causes.extend([
                "all servers are down: their checks say why".to_owned(),
                "all servers are in maintenance, or have a weight of zero".to_owned(),
                "the backend has no servers, or none of their names could be resolved".to_owned(),
            ]);
            if !chosen {
                cause.sentence =
                    "No backend, or no server of it, was there for the request; the answer is a 503.".to_owned();
            }
            cause.next = vec![
                "The lines `Server … is DOWN, reason: …` before this one tell why; `show servers state` tells what is so now."
                    .to_owned(),
                "If the servers are well, the check is wrong: its port, path, Host or TLS name (`check-sni`).".to_owned(),
            ];
        }
        ("SC", _) => cause.causes.retain(|text| !text.starts_with("all servers are down")),
        ("PR", Some(400)) => cause.causes.retain(|text| !text.contains("(403")),
        ("PR", Some(_)) => cause.causes.retain(|text| !text.contains("(400)")),
        _ => {}
    }
}

/// What answered inside the proxy, by what the log says for a server.
fn service(facts: &Facts<'_>) -> Option<String> {
    let name = facts.server_field()?.strip_prefix('<')?.strip_suffix('>')?;
    match name {
        "STATS" => Some("The statistics page".to_owned()),
        "CACHE" => Some("The cache".to_owned()),
        "PROMEX" => Some("The exporter for Prometheus".to_owned()),
        name => name.strip_prefix("lua.").map(|name| format!("The Lua service `{name}`")),
    }
}

/// What the timers say.
fn timing(facts: &Facts<'_>, cause: &mut Cause) {
    let silent = facts.bad_request() == Some(true) && facts.never("TR");
    let timed_out = facts.code().is_some_and(|code| code.starts_with(['c', 's']));
    if let Some(total) = facts.total().filter(|total| timed_out && *total >= 1000) {
        let round = facts.spans().into_iter().find(|span| *span >= 1000 && span % 1000 <= 60);
        let transfer = facts.code().is_some_and(|code| matches!(code.as_bytes().get(1), Some(b'D' | b'L')));
        cause.remarks.push(match round {
            _ if transfer => {
                format!("It lasted {} altogether; the timeout counts from the last byte that moved.", span_of(total))
            }
            Some(span) if silent => format!(
                "It ended after {}, a whole number of seconds: a connection that lay idle until a timeout, as the probes and \
                 the unused connections of a balancer in front do.",
                span_of(span)
            ),
            Some(span) => format!("{}, a whole number of seconds: a timeout.", span_of(span)),
            None => format!("It took {} altogether.", span_of(total)),
        });
    }
    if let Some(connect) = facts.timer("Tc").filter(|ms| near_retransmission(*ms)) {
        cause.remarks.push(format!(
            "Connecting took {}: near 1, 3 or 7 s a lost packet was sent again, so look at the network or the server's backlog.",
            span_of(connect)
        ));
    }
    let tarpit = facts.code().is_some_and(|code| code.get(1..2) == Some("T"));
    let Some(waited) = facts.timer("Tw").filter(|ms| *ms >= 100) else { return };
    if tarpit {
        cause.remarks.push(format!("It was held for {}.", span_of(waited)));
    } else {
        cause.remarks.push(format!("It waited {} in queues: the servers are at their `maxconn`.", span_of(waited)));
    }
}

fn near_retransmission(ms: u64) -> bool {
    [1000, 3000, 7000].iter().any(|at| (*at..at + 150).contains(&ms))
}
