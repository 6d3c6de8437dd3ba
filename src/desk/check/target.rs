//! `--target`: words that the release of HAProxy that is to load the files does not know yet, or no more.
//!
//! The verdict is that of the release this program follows; what that one refuses or warns of is not said again here.

use crate::base::diag::Place;
use crate::model::noted::{Dated, DatedKind};
use crate::model::script::{Script, Section, Statement};
use crate::registry::{self, known, times};
use crate::spec::lint::{Findings, Level};
use crate::spec::{BindOption, End, Release, RuleSet, ServerOption, Since};
use crate::words;

/// The code of a word that came later.
const NEWER: &str = "D004";

/// The code of a word that a later release removed or warns of.
const GONE: &str = "D005";

/// A word that stands in the files, and its time.
struct Word {
    name: &'static str,
    since: Since,
    end: Option<End>,
    place: Place,
}

/// Adds a finding for each word that the target does not know.
pub fn add(script: &Script, dated: &[Dated], target: Release, findings: &mut Findings) {
    let written = script.sections.iter().flat_map(words_of);
    let noted = dated.iter().filter_map(|dated| word_of(dated, script));
    for word in written.chain(noted) {
        judge(&word, target, findings);
    }
}

fn judge(word: &Word, target: Release, findings: &mut Findings) {
    let name = word.name;
    if !word.since.is_in(target) {
        let certain = word.since.is_missing_in(target);
        findings.now = Some((NEWER, if certain { Level::Error } else { Level::Warning }));
        let what = if certain { "does not know it" } else { "may not know it" };
        let finding =
            findings.at(word.place, format!("'{name}' came with HAProxy {}: {target} {what}", word.since.release()));
        if let Some((older, _)) = times::older_name(name).filter(|(_, since)| since.is_in(target)) {
            finding.help(format!("write '{older}', its older name"));
        }
        return;
    }
    let Some(end) = word.end else { return };
    let Some(since) = end.since.filter(|since| *since > Release::FOLLOWED && *since <= target) else { return };
    let (level, what) = match end.removed {
        true => (Level::Error, format!("was removed in HAProxy {since}: {target} refuses it")),
        false => (Level::Warning, format!("is deprecated in HAProxy {since}: {target} warns of it")),
    };
    findings.now = Some((GONE, level));
    let finding = findings.at(word.place, format!("'{name}' {what}"));
    if !end.instead.is_empty() {
        finding.help(format!("use {}", end.instead));
    }
}

/// The keywords, options and actions of a section.
fn words_of(section: &Section) -> Vec<Word> {
    let mut found = Vec::new();
    let opens = |name: &str| words::keywords().find(|word| word.sections.0 == u32::MAX && word.name == name);
    if let Some(keyword) = opens(section.header.word(0)) {
        let place = section.header.at(0);
        found.push(Word { name: keyword.name, since: keyword.since, end: keyword.end, place });
    }
    for line in &section.lines {
        let Some((keyword, count)) = registry::keyword(section.kind, &line.words) else { continue };
        let place = line.span(0, count);
        found.push(Word { name: keyword.name, since: keyword.since, end: keyword.end, place });
        options(keyword.name, line, &mut found);
        let newer = registry::arguments::on(line);
        found.extend(newer.map(|(word, at)| Word {
            name: word.name,
            since: word.since,
            end: None,
            place: line.at(at),
        }));
        if let Some(set) = RuleSet::TRAFFIC.into_iter().find(|set| line.starts(set.words())) {
            action(set, line, &mut found);
        }
    }
    found
}

/// The options of a line that has any, each found by its name where no value stands.
fn options(keyword: &str, line: &Statement, found: &mut Vec<Word>) {
    match keyword {
        "bind" => binds(line, 2, found),
        "default-bind" => binds(line, 1, found),
        "server" | "peer" => servers(line, 3, found),
        "server-template" => servers(line, 4, found),
        "default-server" => servers(line, 1, found),
        "balance" => {
            let row = words::balances().find(|word| word.name == bare(line.word(1)));
            found.extend(row.map(|word| Word { name: word.name, since: word.since, end: None, place: line.at(1) }));
        }
        "filter" => {
            let row = words::proxy::FILTERS.iter().find(|row| row.0 == line.word(1));
            found.extend(row.map(|row| Word { name: row.0, since: row.2, end: None, place: line.at(1) }));
        }
        _ => {}
    }
}

fn binds(line: &Statement, from: usize, found: &mut Vec<Word>) {
    walk(line, from, found, |name| {
        let word: &BindOption = words::bind_options().find(|word| word.name == name)?;
        Some((word.name, word.usage, word.since, word.end))
    });
}

fn servers(line: &Statement, from: usize, found: &mut Vec<Word>) {
    walk(line, from, found, |name| {
        let word: &ServerOption = words::server_options().find(|word| word.name == name)?;
        Some((word.name, word.usage, word.since, None))
    });
}

type Row = (&'static str, &'static str, Since, Option<End>);

fn walk(line: &Statement, from: usize, found: &mut Vec<Word>, row: impl Fn(&str) -> Option<Row>) {
    let mut at = from;
    while at < line.words.len() {
        if let Some((name, usage, since, end)) = row(bare(line.word(at))) {
            found.push(Word { name, since, end, place: line.at(at) });
            // What is glued to the name in parentheses is no word of its own.
            at += usize::from(!usage.is_empty() && !usage.starts_with('('));
        }
        at += 1;
    }
}

fn action(set: RuleSet, line: &Statement, found: &mut Vec<Word>) {
    let at = set.words().split(' ').count();
    let rows = times::action_rows(bare(line.word(at)));
    let row = rows.filter(|action| action.sets & set.bit() != 0).last();
    found.extend(row.map(|word| Word { name: word.name, since: word.since, end: word.end, place: line.at(at) }));
}

fn bare(word: &str) -> &str {
    word.split('(').next().unwrap_or(word)
}

/// A word of an expression, a format or a `crt-list`, with the place of its name in the line.
fn word_of(dated: &Dated, script: &Script) -> Option<Word> {
    let (since, end) = match dated.kind {
        DatedKind::Fetch => known::fetch(dated.name).map(|word| (word.since, word.end))?,
        DatedKind::Converter => known::conv(dated.name).map(|word| (word.since, word.end))?,
        DatedKind::Tag => words::log_tags().find(|word| word.name == dated.name).map(|word| (word.since, None))?,
        DatedKind::ListOption => {
            let mut rows = words::pem::LIST_OPTIONS.iter().chain(words::pem::LOAD_OPTIONS);
            rows.find(|row| row.0 == dated.name).map(|row| (row.2, None))?
        }
    };
    // What stands in a list is pointed at by the word that names the list.
    let part = if dated.kind == DatedKind::ListOption { "crt-list" } else { dated.name };
    let holding = |line: &Statement| line.texts(0).position(|text| text.contains(part)).map(|at| line.at(at));
    let place = script.line_of(dated.place).and_then(|(_, line)| holding(line)).unwrap_or(dated.place);
    Some(Word { name: dated.name, since, end, place })
}
