//! `--compat`: which words of a configuration this program runs, which mean nothing to it, and which it does not run yet.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::Report;
use super::options::Options;
use crate::model::draft::{Sections, Unsupported};
use crate::registry;
use crate::spec::lint::{Findings, Level};

/// The code of words that are not run yet.
const NOT_RUN_YET: &str = "C001";

/// One row: how often the word stands, and in which line first.
#[derive(Debug, Default)]
struct Row {
    count: usize,
    first: String,
}

/// The table.
pub fn table(report: &Report) -> String {
    let mut rows: [BTreeMap<String, Row>; 3] = Default::default();
    let refused: Vec<(u32, u32)> = report.unsupported.iter().map(|word| (word.place.file, word.place.line)).collect();
    for unsupported in &report.unsupported {
        note(&mut rows[2], report, &unsupported.word, unsupported.place);
    }
    for section in &report.script.sections {
        note(&mut rows[0], report, section.kind.word(), section.header.place);
        for line in &section.lines {
            if refused.contains(&(line.place.file, line.place.line)) {
                continue;
            }
            let Some((keyword, _)) = registry::keyword(section.kind, &line.words) else { continue };
            let at = usize::from(has_no_meaning(keyword.page) || section.kind == Sections::TRACES);
            note(&mut rows[at], report, keyword.name, line.place);
        }
    }
    let mut out = String::new();
    for (title, rows) in ["works", "accepted, without meaning here", "not supported yet"].iter().zip(&rows) {
        if rows.is_empty() {
            continue;
        }
        let _ = writeln!(out, "{title}");
        let width = rows.keys().map(String::len).max().unwrap_or(0);
        for (word, row) in rows {
            let _ = writeln!(out, "  {word:width$}  {:>5} x  {}", row.count, row.first);
        }
    }
    out
}

/// Adds a note for each word that is not run yet, where these are asked for.
pub fn add(unsupported: &[Unsupported], options: &Options, findings: &mut Findings) {
    let asks = |list: &[String]| list.iter().any(|code| NOT_RUN_YET.starts_with(code.as_str()));
    if !asks(&options.select) && !asks(&options.only) {
        return;
    }
    findings.now = Some((NOT_RUN_YET, Level::Note));
    for word in unsupported {
        findings.at(word.place, format!("this program does not run '{}' yet, and does not start with it", word.word));
    }
}

/// Whether a word's page says that it does nothing in this program.
fn has_no_meaning(page: &str) -> bool {
    page.contains("no meaning here")
}

fn note(rows: &mut BTreeMap<String, Row>, report: &Report, word: &str, place: crate::base::diag::Place) {
    let row = rows.entry(word.to_owned()).or_default();
    row.count += 1;
    if row.first.is_empty() {
        let file = report.sources.get(place.file as usize).map_or("", |(path, _)| path.as_str());
        row.first = format!("{file}:{}", place.line);
    }
}
