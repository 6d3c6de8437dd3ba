//! Termination states: what each of the two or four letters says, and what the pairs have for causes.

mod client;
mod cookie;
mod proxy;
mod server;

pub use cookie::{COOKIE_PAIRS, COOKIE_SENT, COOKIE_SET};

/// A letter and what it says.
pub type Letter = (u8, &'static str);

/// The first letter: what ended the session.
pub const CAUSES: &[Letter] = &[
    (b'C', "the client ended it"),
    (b'S', "the server ended or refused it"),
    (b'P', "the proxy ended it: a rule, a limit, or a message it could not let through"),
    (b'L', "the proxy answered by itself"),
    (b'R', "the proxy ran out of a resource: memory, sockets or source ports"),
    (b'I', "the proxy found an error in itself"),
    (b'D', "the server was found down, and its sessions were ended"),
    (b'U', "a main server came back, and the sessions on the backup were ended"),
    (b'K', "an administrator ended it"),
    (b'c', "the client was waited for too long"),
    (b's', "the server was waited for too long"),
    (b'-', "it ended as it should"),
];

/// The second letter: what was going on.
pub const STATES: &[Letter] = &[
    (b'R', "the request was not complete; nothing was sent to a server"),
    (b'Q', "it waited in a queue for a free server"),
    (b'C', "the connection to the server was being made"),
    (b'H', "the head of the response was awaited"),
    (b'D', "data was being transferred"),
    (b'L', "the server had finished, the last data was on its way to the client"),
    (b'T', "the request was held in a tarpit"),
    (b'-', "nothing: the transfer was over"),
];

/// Where in a configuration the thing stands that decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seek {
    /// A setting of the frontend, or of its defaults.
    Front(&'static str),
    /// A setting of the backend, or of its defaults.
    Back(&'static str),
    /// A setting of the global section.
    Global(&'static str),
    /// The server's line.
    Server,
    /// Rules of the frontend and the backend with one of these actions.
    Rules(&'static [&'static str]),
}

/// A pair of letters: what happened, why, and where to look.
#[derive(Clone, Copy, Debug)]
pub struct Pair {
    /// The two letters.
    pub code: &'static str,
    /// What happened, in a sentence.
    pub what: &'static str,
    /// What is different in mode tcp, if anything is; `never` when it does not occur there.
    pub tcp: &'static str,
    /// Causes, the most likely one first.
    pub causes: &'static [&'static str],
    /// What to look at next.
    pub next: &'static [&'static str],
    /// Where to look in the configuration: of each list, the first one that is there.
    pub seeks: &'static [&'static [Seek]],
}

/// A whole state, read.
#[derive(Clone, Copy, Debug)]
pub struct State<'a> {
    /// The letters as typed: two or four.
    pub code: &'a str,
    /// The pair's knowledge, if the pair is one that occurs.
    pub pair: Option<&'static Pair>,
    /// The cookie pair's sentence, if it is one that occurs.
    pub cookie: Option<&'static str>,
}

/// Every pair that is known to occur.
pub fn pairs() -> impl Iterator<Item = &'static Pair> {
    [client::PAIRS, server::PAIRS, proxy::PAIRS].into_iter().flatten()
}

/// Reads a state of two or four letters; none when it is not one.
pub fn read(code: &str) -> Option<State<'_>> {
    let tables = [CAUSES, STATES, COOKIE_SENT, COOKIE_SET];
    let known = code.bytes().zip(tables).all(|(byte, table)| says(table, byte).is_some());
    if !known || !matches!(code.len(), 2 | 4) {
        return None;
    }
    let (two, rest) = code.split_at_checked(2)?;
    let cookie = COOKIE_PAIRS.iter().find(|row| row.0.get(2..) == Some(rest)).map(|row| row.1);
    Some(State { code, pair: pair(two), cookie })
}

/// Reads the letters of a cookie alone, as `DI`.
pub fn of_cookie(letters: &str) -> Option<State<'static>> {
    let row = COOKIE_PAIRS.iter().find(|row| letters != "--" && row.0.get(2..) == Some(letters))?;
    read(row.0)
}

/// What is known of a pair of letters; some causes mean the same in every state.
fn pair(code: &str) -> Option<&'static Pair> {
    let exact = pairs().find(|pair| pair.code == code);
    exact.or_else(|| {
        let cause = code.get(..1)?;
        pairs().find(|pair| pair.code.strip_suffix('*') == Some(cause))
    })
}

/// What a letter says.
pub fn says(table: &[Letter], letter: u8) -> Option<&'static str> {
    table.iter().find(|row| row.0 == letter).map(|row| row.1)
}

/// The letters of a state with what each says.
pub fn letters(code: &str) -> impl Iterator<Item = (char, &'static str)> {
    let tables = [CAUSES, STATES, COOKIE_SENT, COOKIE_SET];
    code.bytes().zip(tables).map(|(byte, table)| (char::from(byte), says(table, byte).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_states() {
        assert_eq!(read("SC--").unwrap().pair.unwrap().code, "SC");
        assert_eq!(read("KD").unwrap().pair.unwrap().code, "K*");
        assert!(read("--NI").unwrap().cookie.is_some());
        assert_eq!(of_cookie("DI").map(|state| state.code), Some("--DI"));
        assert!(read("CQ").is_some() && read("XX").is_none() && read("C").is_none() && read("é").is_none());
    }

    #[test]
    fn pairs_are_complete() {
        for pair in pairs() {
            let normal = pair.code == "--";
            assert!(normal || !pair.causes.is_empty(), "{}", pair.code);
            assert!(!pair.next.is_empty() && pair.what.ends_with('.'), "{}", pair.code);
        }
    }
}
