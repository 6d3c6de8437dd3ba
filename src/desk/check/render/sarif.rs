//! SARIF 2.1.0, which code hosts read: one run, its rules, its results.

use serde_json::{Value, json};

use super::{line_of, position};
use crate::base::diag::Place;
use crate::desk::check::Report;
use crate::spec::Level;
use crate::spec::lint::Finding;
use crate::words;

/// The whole log.
pub fn render(report: &Report) -> String {
    let mut codes: Vec<&str> = report.findings.iter().map(|finding| finding.code).collect();
    codes.sort_unstable();
    codes.dedup();
    let rules: Vec<Value> = codes.iter().map(|code| rule(code)).collect();
    let results: Vec<Value> = report.findings.iter().map(|finding| result(report, finding, &codes)).collect();
    let whole = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "pointsman",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    format!("{whole:#}\n")
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "note",
    }
}

fn rule(code: &str) -> Value {
    let lint = words::lints().find(|lint| lint.code == code);
    let name = lint.map_or(code, |lint| lint.name);
    let page = lint.map_or(code, |lint| lint.page.trim());
    let first = lint.map_or(code, |lint| lint.page.trim().lines().next().unwrap_or(code).trim());
    json!({
        "id": code,
        "name": name,
        "shortDescription": { "text": first },
        "help": { "text": page, "markdown": page },
        "defaultConfiguration": { "level": level(lint.map_or(Level::Warning, |lint| lint.level)) },
    })
}

fn result(report: &Report, finding: &Finding, codes: &[&str]) -> Value {
    let related: Vec<Value> = finding
        .related
        .iter()
        .map(|(place, message)| {
            let mut location = location(report, *place);
            if let Some(location) = location.as_object_mut() {
                location.insert("message".to_owned(), json!({ "text": message }));
            }
            location
        })
        .collect();
    json!({
        "ruleId": finding.code,
        "ruleIndex": codes.iter().position(|code| *code == finding.code),
        "level": level(finding.level),
        "message": { "text": super::said(finding) },
        "locations": [location(report, finding.place)],
        "relatedLocations": related,
    })
}

fn location(report: &Report, place: Place) -> Value {
    let at = position(report, place);
    json!({ "physicalLocation": {
        "artifactLocation": { "uri": uri(&line_of(report, place).0) },
        "region": {
            "startLine": at.line, "startColumn": at.column, "endLine": at.end_line, "endColumn": at.end_column,
        },
    } })
}

/// A path as a URI reference (RFC 3986): what may not stand there is written in hexadecimal.
fn uri(path: &str) -> String {
    let mut out = String::from(if path.starts_with('/') { "file://" } else { "" });
    for byte in path.bytes() {
        match byte {
            b'/' | b'.' | b'-' | b'_' | b'~' => out.push(char::from(byte)),
            byte if byte.is_ascii_alphanumeric() => out.push(char::from(byte)),
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}
