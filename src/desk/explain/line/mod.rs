//! A log line and what is in it: the prefix, then traffic in a known format, or an event.

pub mod event;
pub mod object;
pub mod pattern;
pub mod prefix;
pub mod search;

pub use event::{Event, Kind};
pub use pattern::Pattern;
pub use prefix::Prefix;

use pattern::{Class, Part};
use search::{Found, Table};

use super::state;

/// The longest line that is read whole; of a longer one, this much.
pub const LINE_BYTES_MAX: usize = 16 * 1024;

/// How many words of a line are tried for its beginning, when something unknown stands before.
const STARTS_MAX: usize = 40;

/// How many fields make a piece of a line one: fewer may be chance.
const FIELDS_MIN: usize = 6;

/// A field of traffic.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its tags or expressions; several when they cannot be told apart.
    pub names: Vec<String>,
    /// Its value.
    pub value: String,
    /// It could begin or end elsewhere as well.
    pub unsure: bool,
}

/// A line of traffic.
#[derive(Clone, Debug)]
pub struct Traffic {
    /// The name of its format.
    pub format: String,
    /// The frontend that has this format for its own.
    pub owner: Option<String>,
    /// Its fields, in order.
    pub fields: Vec<Field>,
    /// Its beginning is missing.
    pub headless: bool,
    /// Its end is missing.
    pub cut: bool,
}

impl Traffic {
    /// The value of a tag.
    pub fn value(&self, name: &str) -> Option<&str> {
        let field = self.fields.iter().find(|field| matches!(field.names.as_slice(), [own] if own == name))?;
        Some(&field.value)
    }
}

/// What a line is.
#[derive(Clone, Debug)]
pub enum Content {
    /// A session or a request.
    Traffic(Traffic),
    /// Something else that happened.
    Event(Event),
}

/// A line, read.
#[derive(Clone, Debug)]
pub struct Reading {
    /// What stands before the text.
    pub prefix: Prefix,
    /// The text.
    pub content: Content,
}

/// Reads a line with these patterns, the first ones preferred; none when it is no log line.
pub fn read(line: &str, patterns: &[Pattern]) -> Option<Reading> {
    let mut end = line.len().min(LINE_BYTES_MAX);
    while !line.is_char_boundary(end) {
        end -= 1;
    }
    let line = line.get(..end)?.trim_end();
    let prefix = prefix::read(line);
    let text = line.get(prefix.end..).filter(|text| !text.is_empty())?;
    let event = |text| event::read(text).map(Content::Event);
    // A format of one's own may look like anything: what begins as HAProxy's own messages do is one of those.
    let plain = || event::OPENINGS.iter().any(|opening| text.starts_with(opening)).then(|| event(text)).flatten();
    let json = || members(text, patterns).map(Content::Traffic);
    let whole = || whole(text, patterns).map(Content::Traffic);
    let pieces = || pieces(text, patterns).map(Content::Traffic);
    let object = || object::read(text).map(Content::Traffic);
    let content = plain().or_else(json).or_else(whole).or_else(|| event(text)).or_else(object).or_else(pieces)?;
    Some(Reading { prefix, content })
}

/// The offsets at which words begin.
fn starts(text: &str) -> Vec<usize> {
    let bytes = text.as_bytes();
    let begins = |at: &usize| {
        let before = at.checked_sub(1).and_then(|before| bytes.get(before));
        bytes.get(*at).is_some_and(|byte| *byte != b' ') && before.is_none_or(|byte| matches!(byte, b' ' | b'\t'))
    };
    (0..bytes.len()).filter(begins).take(STARTS_MAX).collect()
}

/// A line in JSON, by a format with `%{+json}o`.
fn members(text: &str, patterns: &[Pattern]) -> Option<Traffic> {
    let pattern = patterns.iter().find(|pattern| !pattern.members.is_empty())?;
    let value: serde_json::Value = serde_json::from_str(text.get(text.find('{')?..)?).ok()?;
    let fields: Vec<Field> = pattern
        .members
        .iter()
        .filter_map(|(member, name)| {
            let value = match value.get(member)? {
                serde_json::Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            Some(Field { names: vec![name.clone()], value, unsure: false })
        })
        .collect();
    let (format, owner) = (pattern.title.clone(), pattern.owner.clone());
    (!fields.is_empty()).then_some(Traffic { format, owner, fields, headless: false, cut: false })
}

/// A line that has all its fields.
fn whole(text: &str, patterns: &[Pattern]) -> Option<Traffic> {
    let starts = starts(text);
    let may_hold = |pattern: &&Pattern| !pattern.parts.is_empty() && search::may_hold(pattern, text.as_bytes());
    patterns.iter().filter(may_hold).find_map(|pattern| {
        let table = Table::new(pattern, text.as_bytes(), false);
        let found = starts.iter().find_map(|start| table.find(0, *start))?;
        Some(traffic(text, pattern, &found))
    })
}

/// A line that lacks its end, or its beginning, or both: the pattern that accounts for most of it.
fn pieces(text: &str, patterns: &[Pattern]) -> Option<Traffic> {
    let starts = starts(text);
    // A piece from the middle is only trusted with a state in it: without one, there is nothing to search.
    let letters = text.split(|letter: char| !letter.is_ascii_alphabetic() && letter != '-');
    let firsts_max = if letters.into_iter().any(|word| state::read(word).is_some()) { usize::MAX } else { 1 };
    let mut best: Option<((bool, usize, usize, usize), Traffic)> = None;
    for pattern in patterns {
        let table = Table::new(pattern, text.as_bytes(), true);
        let is_field = |(_, part): &(usize, &Part)| matches!(part, Part::Field { .. });
        let fields = pattern.parts.iter().enumerate().filter(is_field).map(|(at, _)| at);
        for first in std::iter::once(0).chain(fields).take(firsts_max) {
            let Some(found) = starts.iter().find_map(|start| table.find(first, *start)) else { continue };
            let fields = fields_of(pattern, &found);
            let stateful = has_state(pattern, &found);
            // Chance is ruled out by the state, or by a beginning with a date.
            let trusted = stateful || (first == 0 && has_date(pattern, &found));
            // Of equals, the one that does without empty fields at its beginning.
            let rank = (!found.cut, fields, text.len() - found.start, first);
            if trusted && fields >= FIELDS_MIN && best.as_ref().is_none_or(|(known, _)| rank > *known) {
                best = Some((rank, traffic(text, pattern, &found)));
            }
        }
    }
    best.map(|(_, traffic)| traffic)
}

fn fields_of(pattern: &Pattern, found: &Found) -> usize {
    let parts = pattern.parts.iter().skip(found.first).zip(&found.values);
    parts.filter(|(part, value)| matches!(part, Part::Field { .. }) && !value.is_empty()).count()
}

fn has(pattern: &Pattern, found: &Found, wanted: fn(Class) -> bool) -> bool {
    let mut parts = pattern.parts.iter().skip(found.first).zip(&found.values);
    parts.any(|(part, value)| matches!(part, Part::Field { class, .. } if wanted(*class) && !value.is_empty()))
}

fn has_state(pattern: &Pattern, found: &Found) -> bool {
    has(pattern, found, |class| matches!(class, Class::State(_)))
}

fn has_date(pattern: &Pattern, found: &Found) -> bool {
    has(pattern, found, |class| class == Class::Date)
}

fn traffic(text: &str, pattern: &Pattern, found: &Found) -> Traffic {
    let parts = pattern.parts.iter().skip(found.first).zip(&found.values).zip(&found.unsure);
    let fields = parts.filter_map(|((part, value), unsure)| match part {
        Part::Text(_) => None,
        Part::Field { names, .. } => {
            let bytes = text.as_bytes().get(value.clone()).unwrap_or_default();
            Some(Field { names: names.clone(), value: String::from_utf8_lossy(bytes).into_owned(), unsure: *unsure })
        }
    });
    let (format, owner) = (pattern.title.clone(), pattern.owner.clone());
    Traffic { format, owner, fields: fields.collect(), headless: found.first > 0, cut: found.cut }
}
