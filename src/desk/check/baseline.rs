//! Findings that are known and accepted, kept in a file: by code, file and what the line says, so that they hold when
//! lines move.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::Report;
use super::render::line_of;
use crate::spec::lint::Finding;

/// The version of the file's form.
const VERSION: u64 = 1;

/// The file's text.
pub fn write(report: &Report) -> String {
    let known: Vec<Value> = report
        .findings
        .iter()
        .map(|finding| {
            let (code, file, line) = key(report, finding);
            json!({ "code": code, "file": file, "line": line })
        })
        .collect();
    let whole = json!({ "version": VERSION, "findings": known });
    format!("{whole:#}\n")
}

/// Leaves out what the file knows, each entry once.
pub fn leave_out(report: &mut Report, text: &str) -> Result<(), String> {
    let whole: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let list = whole.get("findings").and_then(Value::as_array).ok_or("no list 'findings' in it")?;
    let mut known: HashMap<(String, String, String), usize> = HashMap::new();
    for entry in list {
        let text = |name: &str| entry.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        *known.entry((text("code"), text("file"), text("line"))).or_default() += 1;
    }
    let findings = std::mem::take(&mut report.findings);
    let mut left = Vec::new();
    for finding in findings {
        match known.get_mut(&key(report, &finding)) {
            Some(count) if *count > 0 => *count -= 1,
            _ => left.push(finding),
        }
    }
    report.findings = left;
    Ok(())
}

fn key(report: &Report, finding: &Finding) -> (String, String, String) {
    let (file, line) = line_of(report, finding.place);
    let words: Vec<&str> = line.split_whitespace().collect();
    (finding.code.to_owned(), file.to_owned(), words.join(" "))
}
