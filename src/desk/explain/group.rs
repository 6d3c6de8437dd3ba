//! Many lines: counted by what happened to whom, the most frequent first.

use std::collections::HashMap;

use super::cause::Cause;
use super::facts::Facts;
use super::line::{self, Content, Kind, Pattern, Reading};
use super::outline::Outline;
use super::place::Cited;

/// How many lines of the configuration are shown of each.
const CITED_MAX: usize = 3;

/// How many groups are kept apart; what comes later is counted as one.
const GROUPS_MAX: usize = 10_000;

/// Lines of one cause.
#[derive(Clone, Debug)]
pub struct Group {
    /// Who: frontend, backend and server, or the server of an event.
    pub who: String,
    /// How it ended: the termination state, or the event.
    pub how: String,
    /// The first digit of the status, as `5xx`, or all of it where the proxy answered; empty without one.
    pub class: String,
    /// How many lines.
    pub count: u64,
    /// The number of the first one.
    pub first: u64,
    /// The cause, of the first line.
    pub cause: Cause,
    /// Lines of the configuration that bear on it.
    pub cited: Vec<Cited>,
}

/// A whole file of lines.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// The groups, the largest first.
    pub groups: Vec<Group>,
    /// Lines that were read.
    pub lines: u64,
    /// Lines that are no log lines, and the number of the first one.
    pub unknown: (u64, Option<u64>),
    /// Lines of causes beyond the number that is kept apart.
    pub beyond: u64,
}

/// Groups the lines of a text.
pub fn summarize<'a>(lines: impl Iterator<Item = &'a str>, patterns: &[Pattern], outline: Option<&Outline>) -> Summary {
    let mut groups: HashMap<(String, String, String), Group> = HashMap::new();
    let mut summary = Summary::default();
    // Lines of one log look alike: the format that read the last one is tried first.
    let mut patterns = patterns.to_vec();
    for (number, text) in (1..).zip(lines) {
        if text.trim().is_empty() {
            continue;
        }
        summary.lines += 1;
        let Some(reading) = line::read(text, &patterns) else {
            summary.unknown.0 += 1;
            summary.unknown.1.get_or_insert(number);
            continue;
        };
        if let Content::Traffic(traffic) = &reading.content
            && !traffic.cut
            && !traffic.headless
            && let Some(at) = patterns.iter().position(|pattern| pattern.title == traffic.format)
            && let Some(first) = patterns.get_mut(..=at)
        {
            first.rotate_right(1);
        }
        let key = key(&reading);
        if let Some(group) = groups.get_mut(&key) {
            group.count += 1;
        } else if groups.len() < GROUPS_MAX {
            let (who, how, class) = key.clone();
            let (cause, cited) = cause_of(&reading, outline);
            groups.insert(key, Group { who, how, class, count: 1, first: number, cause, cited });
        } else {
            summary.beyond += 1;
        }
    }
    summary.groups = groups.into_values().collect();
    summary.groups.sort_by(|a, b| b.count.cmp(&a.count).then(a.first.cmp(&b.first)));
    summary
}

/// The cause, and the lines of the configuration that are there; what is missing is said of single lines only.
fn cause_of(reading: &Reading, outline: Option<&Outline>) -> (Cause, Vec<Cited>) {
    let (cause, cited) = super::of_reading(reading, outline);
    let mut cited = cited.unwrap_or_default();
    cited.retain(|cited| cited.place.is_some());
    // The timeout that ended it says the most.
    cited.sort_by_key(|cited| !cited.notes.iter().any(|note| note.starts_with("the timeout")));
    cited.truncate(CITED_MAX);
    (cause, cited)
}

fn key(reading: &Reading) -> (String, String, String) {
    match &reading.content {
        Content::Traffic(traffic) => {
            let facts = Facts::of(traffic);
            let server = facts.server_field().filter(|server| !server.is_empty()).unwrap_or("<NOSRV>");
            let who = match (facts.frontend(), facts.backend()) {
                (Some(front), Some(back)) if front != back => format!("{front} → {back}/{server}"),
                (Some(front), _) => format!("{front}/{server}"),
                (None, Some(back)) => format!("{back}/{server}"),
                (None, None) => "a proxy the line does not name".to_owned(),
            };
            // What the proxy answers itself is another thing with each status.
            let own = facts.code().is_some_and(|code| code.starts_with(['P', 'L']));
            let class = |status| if own { format!("{status}") } else { format!("{}xx", status / 100) };
            let class = facts.status().map(class).unwrap_or_default();
            (who, facts.code().unwrap_or("no state").to_owned(), class)
        }
        Content::Event(event) => {
            let who = ["server", "backend", "frontend", "proxy"]
                .iter()
                .map(|name| event.value(name))
                .find(|who| !who.is_empty());
            let how = ["verdict", "standing", "message", "event"]
                .iter()
                .map(|name| event.value(name))
                .find(|how| !how.is_empty());
            let reason = event.value("reason");
            let how = match (how, reason.is_empty()) {
                (Some(how), true) => how.to_owned(),
                (Some(how), false) => format!("{how}: {reason}"),
                (None, _) if event.kind == Kind::NoServer => "no server available".to_owned(),
                (None, _) => "connections".to_owned(),
            };
            (who.unwrap_or_default().to_owned(), how, String::new())
        }
    }
}
