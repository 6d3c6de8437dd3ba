//! The safe rewrites: shown as a difference, or made in the files.

use similar::TextDiff;

use super::Report;
use crate::spec::lint::Fix;

/// Lines of context around a change.
const CONTEXT_LINES: usize = 3;

/// What the rewrites would change, as a unified difference.
pub fn diff(report: &Report) -> String {
    let mut out = String::new();
    for (index, (path, text)) in report.sources.iter().enumerate() {
        let fixed = fixed(report, index, text);
        if fixed != *text {
            let (old, new) = (String::from_utf8_lossy(text), String::from_utf8_lossy(&fixed));
            let changes = TextDiff::from_lines(old.as_ref(), new.as_ref());
            let header = (format!("a/{path}"), format!("b/{path}"));
            let shown = changes.unified_diff().context_radius(CONTEXT_LINES).header(&header.0, &header.1).to_string();
            out.push_str(&shown);
        }
    }
    out
}

/// Makes the rewrites; what was fixed is no longer found.
pub fn make(report: &mut Report) -> Result<(), String> {
    for index in 0..report.sources.len() {
        let Some((path, text)) = report.sources.get(index) else { break };
        let fixed = fixed(report, index, text);
        if fixed == *text {
            continue;
        }
        if path == "<stdin>" {
            return Err("standard input cannot be fixed; use --diff".to_owned());
        }
        std::fs::write(path, &fixed).map_err(|error| format!("{path}: {error}"))?;
    }
    report.findings.retain(|finding| finding.fix.is_none());
    Ok(())
}

/// The text with all rewrites of this file made. Of two that overlap the first is made.
fn fixed(report: &Report, index: usize, text: &[u8]) -> Vec<u8> {
    let fixes = report.findings.iter().filter_map(|finding| finding.fix.as_ref());
    let mut fixes: Vec<&Fix> = fixes.filter(|fix| fix.place.file as usize == index).collect();
    fixes.sort_by_key(|fix| fix.place.start);
    let mut out = Vec::with_capacity(text.len());
    let mut done = 0;
    for fix in fixes {
        let (start, end) = (fix.place.start as usize, fix.place.end as usize);
        if start < done || end < start || end > text.len() {
            continue;
        }
        out.extend_from_slice(text.get(done..start).unwrap_or_default());
        out.extend_from_slice(fix.text.as_bytes());
        done = end;
    }
    out.extend_from_slice(text.get(done..).unwrap_or_default());
    out
}
