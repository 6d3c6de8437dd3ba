//! What the fields of a log line mean, and their values: timers read out, counters put in words.

use pointsman_parser::expr;

use crate::registry::Registry;
use crate::spec::Vocabulary;

/// A tag: its name in a format, its stable name in JSON, and what it is.
struct Tag(&'static str, &'static str, &'static str);

/// The tags that are no timers.
const TAGS: &[Tag] = &[
    Tag("ci", "client_address", "address of the client"),
    Tag("cp", "client_port", "port of the client"),
    Tag("fi", "frontend_address", "address the client connected to"),
    Tag("fp", "frontend_port", "port the client connected to"),
    Tag("bi", "backend_source_address", "address the server was connected from"),
    Tag("bp", "backend_source_port", "port the server was connected from"),
    Tag("si", "server_address", "address of the server"),
    Tag("sp", "server_port", "port of the server"),
    Tag("t", "accept_date", "when the connection was accepted, local time"),
    Tag("T", "accept_date_utc", "when the connection was accepted, universal time"),
    Tag("Tl", "accept_date_local", "when the connection was accepted, local time"),
    Tag("Ts", "accept_seconds", "when the connection was accepted, seconds since 1970"),
    Tag("ms", "accept_milliseconds", "milliseconds of that second"),
    Tag("tr", "request_date", "when the first byte of the request came, local time"),
    Tag("trg", "request_date_utc", "when the first byte of the request came, universal time"),
    Tag("trl", "request_date_local", "when the first byte of the request came, local time"),
    Tag("f", "frontend", "frontend"),
    Tag("ft", "frontend", "frontend"),
    Tag("b", "backend", "backend, or the frontend when none was chosen"),
    Tag("s", "server", "server"),
    Tag("ST", "status", "status of the response"),
    Tag("B", "bytes_sent", "bytes sent to the client, head and body"),
    Tag("U", "bytes_received", "bytes received from the client"),
    Tag("CC", "request_cookie", "cookie captured from the request"),
    Tag("CS", "response_cookie", "cookie captured from the response"),
    Tag("ts", "termination_state", "how it ended"),
    Tag("tsc", "termination_state", "how it ended, and what became of the cookie"),
    Tag("ac", "process_connections", "connections of the whole process at that moment"),
    Tag("fc", "frontend_connections", "connections of the frontend"),
    Tag("bc", "backend_connections", "connections of the backend, those waiting in queues too"),
    Tag("sc", "server_connections", "connections of the server"),
    Tag("rc", "retries", "times the connection to the server was tried again"),
    Tag("sq", "server_queue", "requests before this one in the server's queue"),
    Tag("bq", "backend_queue", "requests before this one in the backend's queue"),
    Tag("hr", "request_headers", "headers captured from the request"),
    Tag("hs", "response_headers", "headers captured from the response"),
    Tag("hrl", "request_headers", "headers captured from the request"),
    Tag("hsl", "response_headers", "headers captured from the response"),
    Tag("r", "request", "request line"),
    Tag("HM", "method", "method of the request"),
    Tag("HU", "uri", "target of the request"),
    Tag("HP", "path", "target of the request without its query"),
    Tag("HPO", "path_only", "path of the request"),
    Tag("HQ", "query", "query of the request"),
    Tag("HV", "version", "version of HTTP"),
    Tag("H", "host_name", "name of the proxy's machine"),
    Tag("ID", "unique_id", "unique id of the request"),
    Tag("OG", "origin", "what the line is about"),
    Tag("lc", "line_counter", "number of the line among the frontend's"),
    Tag("pid", "pid", "number of the process"),
    Tag("rt", "request_counter", "number of the request in the process"),
    Tag("sslc", "tls_cipher", "cipher of the client's TLS"),
    Tag("sslv", "tls_version", "version of the client's TLS"),
];

/// A timer: its tag, its stable name, what it measures, and what -1 says.
struct Timer(&'static str, &'static str, &'static str, &'static str);

const TIMERS: &[Timer] = &[
    Timer("Th", "time_handshake", "handshakes: PROXY protocol and TLS", "they were not finished"),
    Timer("Ti", "time_idle", "idle before the request's first byte", "no byte of a request came"),
    Timer("TR", "time_request", "from the request's first byte to its whole head", "the head never became complete"),
    Timer(
        "Tq",
        "time_until_request",
        "handshakes, idling and the request's head together",
        "the head never became complete",
    ),
    Timer("Tw", "time_queue", "waiting in queues", "it never got as far as a queue"),
    Timer("Tc", "time_connect", "connecting to the server, retries included", "no connection was made"),
    Timer("Tr", "time_response", "from the connection to the whole head of the response", "no whole head came"),
    Timer("Td", "time_data", "transferring the response's body", "no body was transferred"),
    Timer("Ta", "time_active", "from the request's first byte to the response's last", "it is not known"),
    Timer("Tt", "time_total", "from accepting the connection to its end", "it is not known"),
    Timer("Tu", "time_user", "as the user sees it: all but the idling", "it is not known"),
];

/// The expressions of `option httpslog`.
const EXPRESSIONS: &[Tag] = &[
    Tag("[fc_err]", "connection_error", "error of the client's connection"),
    Tag("[ssl_fc_err,hex]", "tls_error", "error of the client's TLS, hexadecimal: `openssl errstr` reads it"),
    Tag("[ssl_c_err]", "client_certificate_error", "verdict on the client's certificate; 0 is good"),
    Tag("[ssl_c_ca_err]", "client_authority_error", "verdict on the authorities behind it; 0 is good"),
    Tag("[ssl_fc_is_resumed]", "tls_resumed", "whether an earlier TLS session was taken up"),
    Tag("[ssl_fc_sni]", "tls_server_name", "name the client asked for in its TLS hello (SNI)"),
];

/// Errors of a client's connection by their number, as `fc_err` gives it.
const CONNECTION_ERRORS: &[(&str, &str)] = &[
    ("1", "the configured `maxconn` was reached"),
    ("2", "the process had no socket left"),
    ("3", "the system had no socket left"),
    ("4", "the system had no buffer left"),
    ("11", "it was closed while the PROXY header was awaited"),
    ("12", "it broke while the PROXY header was awaited"),
    ("13", "the PROXY header did not come in time"),
    ("14", "the PROXY header was cut off"),
    ("15", "what came is no PROXY header"),
    ("16", "the PROXY header is not valid"),
    ("17", "the PROXY header names a protocol that is not handled"),
    ("24", "the client closed it during the TLS handshake"),
    ("25", "it broke during the TLS handshake"),
    ("26", "the TLS handshake was not finished in time"),
    ("27", "there were too many TLS connections"),
    ("30", "the authorities behind the client's certificate could not be verified"),
    ("31", "the client's certificate is not trusted"),
    ("34", "the TLS handshake failed"),
    ("47", "the client reset it"),
];

/// What an error of a client's connection says, by its number.
pub fn connection_error(code: &str) -> Option<&'static str> {
    CONNECTION_ERRORS.iter().find(|row| row.0 == code).map(|row| row.1)
}

/// The stable name of a tag or expression in JSON.
pub fn key(name: &str) -> String {
    let tag = TAGS.iter().chain(EXPRESSIONS).find(|tag| tag.0 == name).map(|tag| tag.1);
    let timer = || TIMERS.iter().find(|timer| timer.0 == name).map(|timer| timer.1);
    tag.or_else(timer).map_or_else(|| name.trim_matches(['[', ']']).to_owned(), str::to_owned)
}

/// What a field means with this value.
pub fn meaning(name: &str, value: &str) -> String {
    if let Some(Timer(_, _, what, never)) = TIMERS.iter().find(|timer| timer.0 == name) {
        return timer(what, never, value);
    }
    let Some(tag) = TAGS.iter().chain(EXPRESSIONS).find(|tag| tag.0 == name) else {
        return expression(name);
    };
    match special(name, value) {
        Some(more) => format!("{}: {more}", tag.2),
        None => tag.2.to_owned(),
    }
}

fn timer(what: &str, never: &str, value: &str) -> String {
    let (digits, early) = match value.strip_prefix('+') {
        Some(digits) => (digits, "; `option logasap` wrote the line before the end"),
        None => (value, ""),
    };
    match digits.parse::<i64>() {
        Ok(-1) => format!("{what}: {never}"),
        Ok(ms) if ms >= 1000 => format!("{what}: {}{early}", span_of(ms.unsigned_abs())),
        Ok(_) => format!("{what}, ms{early}"),
        Err(_) => what.to_owned(),
    }
}

/// What a value says beyond itself.
fn special(name: &str, value: &str) -> Option<String> {
    let text = match (name, value) {
        ("s", "<NOSRV>") => "none was chosen",
        ("s", "") => "none; `<NOSRV>` may have been lost on the way",
        ("s", "<STATS>") => "the statistics page",
        ("s", "<CACHE>") => "the cache",
        ("r", "<BADREQ>") => "none, or none that could be read",
        ("r", "") => "none; `<BADREQ>` may have been lost on the way",
        ("ST", "-1" | "0") => "none was sent",
        ("ci" | "fi", "unix") => "a UNIX socket",
        ("CC" | "CS", "-") => "none",
        ("sslc" | "sslv", "-") => "no TLS",
        ("[ssl_fc_sni]", "-" | "") => "none",
        ("[ssl_fc_is_resumed]", "1") => "yes",
        ("[ssl_fc_is_resumed]", "0") => "no",
        ("ft", name) if name.ends_with('~') => "the `~` says the client came by TLS",
        ("B", value) if value.starts_with('+') => "so far; `option logasap` wrote the line before the end",
        ("rc", value) if value.starts_with('+') => "the last time on another server (`+`)",
        ("[fc_err]", "0") => "none",
        ("[fc_err]", code) => return connection_error(code).map(str::to_owned),
        ("ST", status) => return status_words(status).map(str::to_owned),
        _ => return None,
    };
    Some(text.to_owned())
}

fn status_words(status: &str) -> Option<&'static str> {
    let code: u16 = status.parse().ok()?;
    let reason = crate::http::status::reason(code);
    (!reason.is_empty()).then_some(reason)
}

/// The first sentence of the fetch's page.
fn expression(name: &str) -> String {
    let inside = name.trim_start_matches('[').trim_end_matches(']');
    let Ok(expr) = expr::parse(inside.as_bytes()) else { return String::new() };
    let page = Registry.fetch(&expr.fetch.name).map(|fetch| fetch.page).unwrap_or_default();
    let first = page.lines().next().unwrap_or_default().trim();
    let sentence = first.split(". ").next().unwrap_or(first).trim_end_matches('.');
    let convs: Vec<&str> = expr.converters.iter().map(|call| call.name.as_str()).collect();
    match (sentence.is_empty(), convs.is_empty()) {
        (true, _) => "an expression of the format".to_owned(),
        (false, true) => sentence.to_owned(),
        (false, false) => format!("{sentence}; then {}", convs.join(", ")),
    }
}

/// Milliseconds as a person says them.
pub fn span_of(ms: u64) -> String {
    let (hours, minutes, s, rest) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60, ms % 1000);
    let mut words = Vec::new();
    if hours > 0 {
        words.push(format!("{hours} h"));
    }
    if minutes > 0 {
        words.push(format!("{minutes} min"));
    }
    match (s, rest) {
        (0, 0) if ms > 0 => {}
        (0, rest) if ms < 1000 => words.push(format!("{rest} ms")),
        (s, 0) => words.push(format!("{s} s")),
        (s, rest) => words.push(format!("{s}.{rest:03} s")),
    }
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_spans() {
        let rows = [
            (0, "0 ms"),
            (12, "12 ms"),
            (4000, "4 s"),
            (4001, "4.001 s"),
            (60_000, "1 min"),
            (63_000, "1 min 3 s"),
            (3_600_021, "1 h 0.021 s"),
        ];
        for (ms, said) in rows {
            assert_eq!(span_of(ms), said);
        }
    }

    #[test]
    fn timers_are_read_out() {
        assert_eq!(meaning("Tc", "-1"), "connecting to the server, retries included: no connection was made");
        assert!(meaning("Ta", "+12").ends_with("before the end"));
        assert_eq!(key("[fc_err]"), "connection_error");
        assert_eq!(key("[req.hdr(host)]"), "req.hdr(host)");
    }
}
