//! Lines that are no traffic: health checks, servers and proxies coming and going, connections that failed or began.

/// How the messages of HAProxy itself begin.
pub const OPENINGS: [&str; 8] = [
    "Health check for ",
    "Agent check for ",
    "Server ",
    "Backup Server ",
    "backend ",
    "Connect from ",
    "Proxy ",
    "Stopping ",
];

/// What kind of event a line tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `Connect from …`
    Connect,
    /// A connection that brought no session: a failed handshake, a bad PROXY header.
    Failed,
    /// `Health check for …`, `Agent check for …`
    Check,
    /// A server went down, or came up.
    Standing,
    /// `backend … has no server available!`
    NoServer,
    /// `Proxy … started.` and its kin.
    Proxy,
    /// `be/s1 changed its IP …`
    Address,
    /// `cannot bind socket …`: an address that could not be listened at.
    Bind,
    /// `parsing [file:line] : …`: a line that was refused, or warned of.
    Refused,
}

/// An event and its fields: a stable name, the value, and what it is.
#[derive(Clone, Debug)]
pub struct Event {
    /// What kind it is.
    pub kind: Kind,
    /// Its fields.
    pub fields: Vec<(&'static str, String, &'static str)>,
}

impl Event {
    fn new(kind: Kind) -> Event {
        Event { kind, fields: Vec::new() }
    }

    fn with(mut self, name: &'static str, value: impl Into<String>, what: &'static str) -> Event {
        self.fields.push((name, value.into(), what));
        self
    }

    fn maybe(self, name: &'static str, value: Option<&str>, what: &'static str) -> Event {
        match value {
            Some(value) => self.with(name, value, what),
            None => self,
        }
    }

    /// The value of a field.
    pub fn value(&self, name: &str) -> &str {
        self.fields.iter().find(|field| field.0 == name).map_or("", |field| &field.1)
    }
}

/// The event a text tells of. What stands before it may be anything.
pub fn read(text: &str) -> Option<Event> {
    let readers = [check, connect, no_server, standing, proxy, address, refused, bind, failed];
    readers.iter().find_map(|reader| reader(text))
}

/// The text behind `mark`, wherever it stands.
fn after<'a>(text: &'a str, mark: &str) -> Option<&'a str> {
    text.split_once(mark).map(|(_, rest)| rest)
}

/// `word` out of `…, key: word, …`; quotes keep commas in.
fn keyed<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    let rest = after(text, key)?;
    if let Some(quoted) = rest.strip_prefix('"') {
        return Some(quoted.split_once('"').map_or(quoted, |(inside, _)| inside));
    }
    let end =
        [", code:", ", info:", ", check duration:", ", status:", ". "].iter().filter_map(|mark| rest.find(mark)).min();
    Some(rest.get(..end.unwrap_or(rest.len())).unwrap_or(rest).trim_end_matches('.'))
}

fn check(text: &str) -> Option<Event> {
    let (agent, rest) = match after(text, "Health check for ") {
        Some(rest) => ("health", rest),
        None => ("agent", after(text, "Agent check for ")?),
    };
    let (role, rest) = match rest.strip_prefix("backup server ") {
        Some(rest) => ("backup", rest),
        None => ("main", rest.strip_prefix("server ")?),
    };
    let (server, rest) = rest.split_once(' ').unwrap_or((rest, ""));
    let verdict = rest.split(',').next().unwrap_or_default().trim_end_matches('.');
    let event = Event::new(Kind::Check)
        .with("check", agent, "who asked: a health check or the agent")
        .with("server", server, "backend and server")
        .with("role", role, "whether it is a backup")
        .with("verdict", verdict, "how the check went");
    Some(reasons(event, rest).maybe(
        "status",
        keyed(rest, ", status: "),
        "checks that went well or wrong, of those it takes",
    ))
}

fn reasons(event: Event, rest: &str) -> Event {
    event
        .maybe("reason", keyed(rest, "reason: "), "layer the check got to, and what went wrong there")
        .maybe("code", keyed(rest, "code: "), "status of the response, or code of the check")
        .maybe("info", keyed(rest, "info: "), "what was found")
        .maybe("duration", keyed(rest, "check duration: "), "how long the check took")
}

fn standing(text: &str) -> Option<Event> {
    let rest = after(text, "Server ")?;
    let backup = text.contains("Backup Server ");
    let (server, rest) = rest.split_once(' ')?;
    let known =
        rest.starts_with("is ") || rest.starts_with("was ") || rest.starts_with("('") || rest.starts_with("remains");
    if !server.contains('/') || !known {
        return None;
    }
    let end = [", reason:", ". ", " via ", " ("].iter().filter_map(|mark| rest.find(mark)).min().unwrap_or(rest.len());
    let standing = rest.get(..end).unwrap_or(rest).trim_end_matches('.');
    let standing = if rest.starts_with("('") { rest.split(". ").next().unwrap_or(rest) } else { standing };
    let counts = rest.split(". ").find(|part| part.contains(" active and ")).map(str::trim);
    let sessions = rest.split(". ").find(|part| part.contains("requeued")).map(|part| part.trim_end_matches('.'));
    let via = after(rest, " via ").map(|via| via.split(". ").next().unwrap_or(via));
    let event = Event::new(Kind::Standing)
        .with("server", server, "backend and server")
        .with("role", if backup { "backup" } else { "main" }, "whether it is a backup")
        .with("standing", standing, "what became of it")
        .maybe("via", via, "server whose checks it follows (`track`)");
    Some(reasons(event, rest).maybe("left", counts, "servers that are left in the backend").maybe(
        "sessions",
        sessions,
        "sessions on it, and what waits for it",
    ))
}

fn no_server(text: &str) -> Option<Event> {
    let (before, _) = text.split_once(" has no server available!")?;
    let name = before.rsplit(' ').next().unwrap_or(before).trim_matches('\'');
    Some(Event::new(Kind::NoServer).with("backend", name, "backend"))
}

fn connect(text: &str) -> Option<Event> {
    let rest = after(text, "Connect from ")?;
    let (source, rest) = rest.split_once(" to ")?;
    let (target, rest) = rest.split_once(" (")?;
    let (frontend, mode) = rest.trim_end_matches(')').rsplit_once('/')?;
    Some(
        Event::new(Kind::Connect)
            .with("client", source, "address and port of the client")
            .with("target", target, "address and port it connected to")
            .with("frontend", frontend, "frontend")
            .with("mode", mode, "mode of the frontend"),
    )
}

/// `10.0.0.1:1234 [date] frontend/bind: words`
fn failed(text: &str) -> Option<Event> {
    let (before, message) = text.split_once(": ")?;
    let (head, door) = before.rsplit_once(' ')?;
    let (frontend, bind) = door.split_once('/')?;
    let open = head.rfind('[')?;
    let date = head.get(open + 1..)?.strip_suffix(']')?;
    let client = head.get(..open)?.trim_end().rsplit(' ').next()?;
    let said = message.trim_end();
    if said.is_empty() || bind.contains([' ', '"']) {
        return None;
    }
    Some(
        Event::new(Kind::Failed)
            .with("client", client, "address and port of the client")
            .with("date", date, "when the connection was accepted")
            .with("frontend", frontend, "frontend; a `~` at its end tells of TLS")
            .with("bind", bind, "name or number of the `bind` line")
            .with("message", said, "what went wrong"),
    )
}

fn proxy(text: &str) -> Option<Event> {
    let marks =
        [("Proxy ", " started."), ("Proxy ", " stopped "), ("Stopping proxy ", " in "), ("Stopping frontend ", " in ")];
    marks.iter().find_map(|(before, behind)| {
        let (name, _) = after(text, before)?.split_once(behind)?;
        let what = format!("{}{}", before.trim_start_matches("Proxy "), behind).replace(" in ", "");
        let named = !name.is_empty() && !name.contains(' ');
        named.then(|| {
            Event::new(Kind::Proxy).with("proxy", name, "frontend or backend").with(
                "event",
                what.trim().trim_end_matches('.'),
                "what happened",
            )
        })
    })
}

/// `parsing [haproxy.cfg:12] : unknown keyword …`
fn refused(text: &str) -> Option<Event> {
    let rest = after(text, "arsing [")?;
    let (place, sentence) = rest.split_once(']')?;
    let (file, line) = place.rsplit_once(':')?;
    line.parse::<u32>().ok()?;
    let sentence = sentence.trim_start_matches([' ', ':']).trim_end();
    (!sentence.is_empty()).then(|| {
        Event::new(Kind::Refused).with("file", file, "file").with("line", line, "line of the file").with(
            "sentence",
            sentence,
            "what is wrong with it",
        )
    })
}

/// `Starting frontend www: cannot bind socket (Permission denied) [0.0.0.0:80]`, in the words of any release.
fn bind(text: &str) -> Option<Event> {
    let (before, rest) = ["cannot bind socket", "cannot bind UNIX socket", "cannot listen to socket"]
        .iter()
        .find_map(|mark| text.split_once(mark))?;
    let (_, owner) = ["frontend ", "proxy ", "listen "].iter().find_map(|mark| before.rsplit_once(mark))?;
    let reason = after(rest, "(").and_then(|rest| rest.split_once(')')).map(|(reason, _)| reason);
    let address = rest.rsplit_once('[').map(|(_, rest)| rest.trim_end_matches([']', '.', ' ']));
    Some(
        Event::new(Kind::Bind)
            .with("frontend", owner.split([':', ' ']).next().unwrap_or_default(), "frontend")
            .maybe("address", address, "address and port of the `bind` line")
            .maybe("reason", reason, "what the system said"),
    )
}

fn address(text: &str) -> Option<Event> {
    let (before, rest) = text.split_once(" changed its IP from ")?;
    let (old, rest) = rest.split_once(" to ")?;
    let (new, by) = rest.split_once(" by ")?;
    Some(
        Event::new(Kind::Address)
            .with("server", before.rsplit(' ').next().unwrap_or(before), "backend and server")
            .with("before", old, "address it had")
            .with("now", new, "address it has")
            .with("by", by.trim_end_matches('.'), "who said so"),
    )
}
