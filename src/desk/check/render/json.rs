//! One object for tools: `findings`, a count per level, and whether HAProxy would start.

use serde_json::{Value, json};

use super::{line_of, position};
use crate::desk::check::{Report, count, url};
use crate::spec::Level;
use crate::spec::lint::Finding;

/// The version of the form; a field more does not change it.
const VERSION: u64 = 1;

/// The whole report.
pub fn render(report: &Report) -> String {
    let findings: Vec<Value> = report.findings.iter().map(|finding| one(report, finding)).collect();
    let whole = json!({
        "version": VERSION,
        "tool": { "name": "pointsman", "version": env!("CARGO_PKG_VERSION") },
        "refused": report.refused,
        "summary": {
            "errors": count(report, Level::Error),
            "warnings": count(report, Level::Warning),
            "notes": count(report, Level::Note),
        },
        "findings": findings,
    });
    format!("{whole:#}\n")
}

fn one(report: &Report, finding: &Finding) -> Value {
    let at = position(report, finding.place);
    let related: Vec<Value> = finding
        .related
        .iter()
        .map(|(place, message)| {
            let at = position(report, *place);
            json!({
                "file": line_of(report, *place).0,
                "line": at.line, "column": at.column, "end_line": at.end_line, "end_column": at.end_column,
                "message": message,
            })
        })
        .collect();
    let fix = finding.fix.as_ref().map(|fix| {
        let at = position(report, fix.place);
        json!({ "line": at.line, "column": at.column, "end_column": at.end_column, "replacement": fix.text })
    });
    json!({
        "code": finding.code,
        "severity": finding.level.word(),
        "file": line_of(report, finding.place).0,
        "line": at.line,
        "column": at.column,
        "end_line": at.end_line,
        "end_column": at.end_column,
        "message": finding.message,
        "help": finding.help,
        "url": url(finding.code),
        "related": related,
        "fix": fix,
    })
}
