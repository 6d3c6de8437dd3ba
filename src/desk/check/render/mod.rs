//! Findings for people and for tools.

mod gitlab;
mod json;
mod junit;
mod sarif;
mod text;

use super::Report;
use super::options::{Format, Options};
use crate::base::diag::Place;
use crate::spec::Level;
use crate::spec::lint::Finding;

/// What is printed.
pub fn render(report: &Report, options: &Options) -> String {
    match options.format {
        Format::Text => text::render(report, options),
        Format::Json => json::render(report),
        Format::Sarif => sarif::render(report),
        Format::Github => github(report),
        Format::Gitlab => gitlab::render(report),
        Format::Junit => junit::render(report),
    }
}

/// A place as people count: lines and columns from 1, columns in characters, the end behind the last one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// The first line.
    pub line: u32,
    /// The first column.
    pub column: usize,
    /// The last line.
    pub end_line: u32,
    /// The column behind the last character.
    pub end_column: usize,
}

/// The file and the text of the line that a place is in.
pub fn line_of(report: &Report, place: Place) -> (String, String) {
    let Some((path, text)) = report.sources.get(place.file as usize) else { return Default::default() };
    let (start, end) = line_range(text, place);
    (path.clone(), String::from_utf8_lossy(text.get(start..end).unwrap_or_default()).into_owned())
}

/// The bytes of the line that a place is in; that of its first byte, or of its number where it has no bytes.
fn line_range(text: &[u8], place: Place) -> (usize, usize) {
    let start = if place.end > 0 && (place.start as usize) < text.len() {
        let before = text.get(..place.start as usize).unwrap_or_default();
        before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1)
    } else {
        let mut ends = text.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1);
        let number = place.line.saturating_sub(1) as usize;
        if number == 0 { 0 } else { ends.nth(number - 1).unwrap_or(text.len()) }
    };
    let rest = text.get(start..).unwrap_or_default();
    let length = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
    (start, start + length)
}

/// Where a place is, for people. A place that covers a whole line does not cover the blanks before it.
pub fn position(report: &Report, place: Place) -> Position {
    let Some((_, text)) = report.sources.get(place.file as usize) else {
        return Position { line: place.line, column: 1, end_line: place.line, end_column: 1 };
    };
    let (first, last) = line_range(text, place);
    let line = text.get(first..last).unwrap_or_default();
    let indent = line.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    let (from, to) =
        if place.end > 0 { ((place.start as usize).max(first), (place.end as usize).min(last)) } else { (first, last) };
    let from = from.max((first + indent).min(last));
    let to = to.max(from);
    let characters = |from: usize, to: usize| {
        String::from_utf8_lossy(text.get(from..to).unwrap_or_default()).trim_end_matches('\r').chars().count()
    };
    let column = characters(first, from) + 1;
    let above = text.get(..first).unwrap_or_default();
    let number = if place.end > 0 { memchr::memchr_iter(b'\n', above).count() as u32 + 1 } else { place.line.max(1) };
    Position { line: number, column, end_line: number, end_column: column + characters(from, to) }
}

/// Workflow commands of GitHub Actions.
fn github(report: &Report) -> String {
    let escape = |text: &str| text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    let property = |text: &str| escape(text).replace(':', "%3A").replace(',', "%2C");
    let one = |finding: &Finding| {
        let at = position(report, finding.place);
        let (file, _) = line_of(report, finding.place);
        let command = match finding.level {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Note => "notice",
        };
        let (line, column, end_line, end_column) = (at.line, at.column, at.end_line, at.end_column);
        let (file, code) = (property(&file), finding.code);
        let text = escape(&said(finding));
        format!(
            "::{command} file={file},line={line},endLine={end_line},col={column},endColumn={end_column},title={code}::{text}\n"
        )
    };
    report.findings.iter().map(one).collect()
}

/// The sentence with its advice.
pub fn said(finding: &Finding) -> String {
    match &finding.help {
        Some(help) => format!("{}\n{help}", finding.message),
        None => finding.message.clone(),
    }
}
