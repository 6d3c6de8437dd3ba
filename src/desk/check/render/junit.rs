//! JUnit's XML: a test case per finding, or one that passed.

use std::fmt::Write;

use super::{line_of, position};
use crate::desk::check::Report;
use crate::spec::Level;

/// The whole document.
pub fn render(report: &Report) -> String {
    let failed = report.findings.iter().filter(|finding| finding.level > Level::Note).count();
    let tests = report.findings.len().max(1);
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let counts = format!("tests=\"{tests}\" failures=\"{failed}\" errors=\"0\"");
    let _ = writeln!(out, "<testsuites {counts}>\n  <testsuite name=\"pointsman check\" {counts}>");
    if report.findings.is_empty() {
        let file = report.sources.first().map_or("", |(path, _)| path.as_str());
        let _ = writeln!(out, "    <testcase classname=\"{}\" name=\"check\"/>", escape(file));
    }
    for finding in &report.findings {
        let (file, _) = line_of(report, finding.place);
        let at = position(report, finding.place);
        let name = format!("{} line {} column {}", finding.code, at.line, at.column);
        let _ = writeln!(out, "    <testcase classname=\"{}\" name=\"{name}\">", escape(&file));
        let text = escape(&super::said(finding));
        let _ = match finding.level {
            Level::Note => writeln!(out, "      <system-out>{text}</system-out>"),
            level => writeln!(out, "      <failure type=\"{}\" message=\"{text}\"/>", level.word()),
        };
        out.push_str("    </testcase>\n");
    }
    out.push_str("  </testsuite>\n</testsuites>\n");
    out
}

/// Text as XML takes it; characters that XML has no form for become U+FFFD.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push_str("&#10;"),
            '\t' => out.push_str("&#9;"),
            character if character < ' ' => out.push('\u{fffd}'),
            character => out.push(character),
        }
    }
    out
}
