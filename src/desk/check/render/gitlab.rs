//! GitLab's code quality report: a list of issues, each with a fingerprint that outlives moved lines.

use serde_json::{Value, json};
use xxhash_rust::xxh64::xxh64;

use super::{line_of, position};
use crate::desk::check::Report;
use crate::spec::Level;
use crate::spec::lint::Finding;

/// The whole list.
pub fn render(report: &Report) -> String {
    let mut seen = Vec::new();
    let list: Vec<Value> = report.findings.iter().map(|finding| one(report, finding, &mut seen)).collect();
    format!("{:#}\n", Value::from(list))
}

fn one(report: &Report, finding: &Finding, seen: &mut Vec<u64>) -> Value {
    let (file, line) = line_of(report, finding.place);
    let severity = match finding.level {
        Level::Error => "critical",
        Level::Warning => "major",
        Level::Note => "info",
    };
    let words: Vec<&str> = line.split_whitespace().collect();
    let text = format!("{}\0{file}\0{}", finding.code, words.join(" "));
    // Two findings may have the same line: the fingerprint must not be the same.
    let mut print = xxh64(text.as_bytes(), 0);
    while seen.contains(&print) {
        print = print.wrapping_add(1);
    }
    seen.push(print);
    json!({
        "description": super::said(finding),
        "check_name": finding.code,
        "fingerprint": format!("{print:016x}"),
        "severity": severity,
        "location": { "path": file, "lines": { "begin": position(report, finding.place).line } },
    })
}
