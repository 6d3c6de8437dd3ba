//! What people paste: lines without the section they stood in. The section is put before them, so that they can be
//! judged, and taken off again from every place that was found.

use pointsman_parser::{Arg, parse, word};

use super::Report;
use crate::base::diag::Place;
use crate::config::lower::{Source, Variables};
use crate::desk::explain;
use crate::model::draft::Sections;
use crate::registry;
use crate::spec::Level;
use crate::spec::args::text_of;
use crate::spec::lint::{Finding, Findings};

/// The sections that a lone line may have stood in, the likeliest first.
const LIKELY: [Sections; 5] =
    [Sections::BACKEND, Sections::FRONTEND, Sections::LISTEN, Sections::GLOBAL, Sections::DEFAULTS];

/// Files whose first one lacks its section.
pub struct Fragment {
    /// The files with the section put before the first.
    pub sources: Vec<Source>,
    /// Bytes put before it, and how many lines these are.
    added: u32,
    lines: u32,
    /// The section that was put before it.
    section: &'static str,
}

/// Whether what is given is a part of a configuration, and that part made whole. A configuration of backends alone is
/// a part, too, and needs nothing before it.
pub fn complete(sources: &[Source]) -> Option<Fragment> {
    let (_, text) = sources.first()?;
    let lines = words(text);
    let first = lines.first()?;
    let is_part = |lines: &[Vec<Arg>]| !lines.iter().any(|line| is_front(line));
    if opens(first) {
        let part = sources.iter().all(|(_, text)| is_part(&words(text)));
        return part.then(|| Fragment { sources: sources.to_vec(), added: 0, lines: 0, section: "" });
    }
    if let Some(other) = OTHERS.iter().find(|other| (other.1)(&lines)) {
        return Some(Fragment { sources: Vec::new(), added: 0, lines: 0, section: other.0 });
    }
    let lone: Vec<&Vec<Arg>> = lines.iter().take_while(|line| !opens(line)).collect();
    let fits = |section: &Sections| lone.iter().filter(|line| registry::keyword(*section, line).is_some()).count();
    // The first of the best ones: `max_by_key` takes the last.
    let best = LIKELY.iter().rev().max_by_key(|section| fits(section)).filter(|section| fits(section) > 0)?;
    let section = side(&lone).filter(|side| fits(side) >= fits(best)).unwrap_or(*best);
    let mode = if speaks_http(&lone) { "mode http\n" } else { "" };
    let header = match section {
        Sections::GLOBAL | Sections::DEFAULTS => format!("{}\n", section.word()),
        _ => format!("{} fragment\n{mode}", section.word()),
    };
    let mut sources = sources.to_vec();
    let (_, text) = sources.first_mut()?;
    text.splice(..0, header.bytes());
    let lines = header.lines().count() as u32;
    Some(Fragment { sources, added: header.len() as u32, lines, section: section.word() })
}

impl Fragment {
    /// Whether what is given is something else than a configuration: lines of a log, messages.
    pub fn is_other(&self) -> bool {
        OTHERS.iter().any(|other| other.0 == self.section)
    }

    /// Moves every place back to where it is in what was given.
    pub fn put_back(&self, report: &mut Report) {
        if self.added == 0 && !self.is_other() {
            return;
        }
        report.refused = true;
        for finding in &mut report.findings {
            self.shift(&mut finding.place);
            for (place, _) in &mut finding.related {
                self.shift(place);
            }
            if let Some(fix) = &mut finding.fix {
                self.shift(&mut fix.place);
            }
        }
        for word in &mut report.unsupported {
            self.shift(&mut word.place);
        }
        report.findings.insert(0, self.finding(report));
    }

    /// HAProxy would refuse these lines: they stand in no section.
    fn finding(&self, report: &Report) -> Finding {
        let text = report.sources.first().map_or(&b""[..], |(_, text)| text);
        let (file, _) = parse(text);
        let line = file.lines.iter().find(|line| !line.words.is_empty());
        let place = line.map_or(Place::default(), |line| Place {
            file: 0,
            line: line.number,
            start: line.span.start,
            end: line.span.end,
        });
        let mut findings = Findings::default();
        findings.now = Some(("E005", Level::Error));
        if let Some((text, _, help)) = OTHERS.iter().find(|other| other.0 == self.section) {
            findings.at(place, *text).help(*help);
            return findings.list.remove(0);
        }
        let message =
            format!("these lines stand in no section; they are judged as if they were in a `{}`", self.section);
        findings.at(place, message).help("write the first line of their section above them");
        findings.list.remove(0)
    }

    fn shift(&self, place: &mut Place) {
        if place.file == 0 {
            place.line = place.line.saturating_sub(self.lines).max(1);
            place.start = place.start.saturating_sub(self.added);
            place.end = place.end.saturating_sub(self.added);
        }
    }
}

/// What is no configuration: what it is, how it is known, and what to do with it.
type Other = (&'static str, fn(&[Vec<Arg>]) -> bool, &'static str);

/// What people give instead of a configuration.
const OTHERS: [Other; 3] = [
    (
        "these are lines of a log, not of a configuration",
        |lines| lines.iter().all(|line| is_logged(line)),
        "`pointsman explain FILE` reads them",
    ),
    (
        "these are messages about a configuration, not the configuration",
        |lines| {
            lines.iter().all(|line| matches!(line.first().map(text_of), Some("[WARNING]" | "[ALERT]" | "[NOTICE]")))
        },
        "give the file that they are about",
    ),
    (
        "this is no configuration of HAProxy: nginx writes braces and semicolons",
        |lines| {
            let ends = |line: &Vec<Arg>, with: &[char]| line.last().is_some_and(|word| text_of(word).ends_with(with));
            lines.iter().all(|line| ends(line, &['{', '}', ';'])) && lines.iter().any(|line| ends(line, &['{']))
        },
        "write `frontend` and `backend` sections, one setting per line",
    ),
];

/// Words of the side of clients, and of that of servers.
const FRONT: [&str; 6] = ["bind", "use_backend", "default_backend", "monitor-uri", "monitor", "capture"];
const BACK: [&str; 8] =
    ["server", "server-template", "balance", "default-server", "http-check", "tcp-check", "use-server", "stick"];

/// The section that words of one side, or of both, belong to.
fn side(lines: &[&Vec<Arg>]) -> Option<Sections> {
    let any = |words: &[&str]| lines.iter().any(|line| line.first().is_some_and(|word| words.contains(&text_of(word))));
    let timeout = |name: &str| {
        let mut lines = lines.iter();
        lines.any(|line| line.iter().take(2).map(text_of).eq(["timeout", name]))
    };
    match (any(&FRONT), any(&BACK)) {
        (true, true) => Some(Sections::LISTEN),
        (true, false) => Some(Sections::FRONTEND),
        (false, true) => Some(Sections::BACKEND),
        (false, false) if timeout("client") && (timeout("connect") || timeout("server")) => Some(Sections::DEFAULTS),
        (false, false) => timeout("client").then_some(Sections::FRONTEND),
    }
}

/// Whether lines that name no mode are of one that reads requests.
fn speaks_http(lines: &[&Vec<Arg>]) -> bool {
    let first = |line: &&&Vec<Arg>, words: &[&str]| line.first().is_some_and(|word| words.contains(&text_of(word)));
    let rules = ["http-request", "http-response", "http-after-response", "redirect", "cookie"];
    let reads = |word: &Arg| ["hdr(", "req.hdr(", "path"].iter().any(|begin| text_of(word).starts_with(begin));
    !lines.iter().any(|line| first(&line, &["mode"]))
        && lines.iter().any(|line| first(&line, &rules) || line.iter().skip(1).any(reads))
}

/// Whether a line is one of a log: it has a termination state, two or four characters of their own.
fn is_logged(line: &[Arg]) -> bool {
    let is_state =
        |word: &str| matches!(word.len(), 2 | 4) && word.contains('-') && explain::state::read(word).is_some();
    line.len() > 5 && line.iter().map(text_of).any(is_state)
}

/// Whether a line opens a section that stands in whole configurations only.
fn is_front(line: &[Arg]) -> bool {
    matches!(line.first().map(text_of), Some("frontend" | "listen" | "global" | "defaults"))
}

fn opens(line: &[Arg]) -> bool {
    line.first().is_some_and(|first| Sections::opener(text_of(first)).is_some() || first.text.starts_with(b"."))
}

/// The words of every line, variables left empty.
fn words(text: &[u8]) -> Vec<Vec<Arg>> {
    let (file, _) = parse(text);
    let none = Variables::default();
    let lines = file.lines.iter().map(|line| word::expand_line(&file.text, line, &none).0);
    lines.filter(|words| !words.is_empty()).collect()
}
