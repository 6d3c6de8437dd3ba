//! The safe rewrites: shown as a difference, or made in the files.

use similar::TextDiff;

use super::Report;
use crate::base::diag::Place;
use crate::config::lower::Source;
use crate::spec::Level;
use crate::spec::lint::{Findings, Fix};

/// Lines of context around a change.
const CONTEXT_LINES: usize = 3;

/// Files whose last line does not end, with its end: HAProxy reads such a line not at all, and what it says is judged
/// here all the same. And where the ends are missing.
pub fn ended(sources: &[Source]) -> Option<(Vec<Source>, Vec<Place>)> {
    let mut ended = Vec::new();
    let mut missing = Vec::new();
    for (file, (path, text)) in sources.iter().enumerate() {
        let mut text = text.clone();
        if text.last().is_some_and(|last| *last != b'\n') {
            let end = u32::try_from(text.len()).unwrap_or(u32::MAX);
            let line = text.iter().filter(|byte| **byte == b'\n').count() as u32 + 1;
            missing.push(Place { file: file as u32, line, start: end, end });
            text.push(b'\n');
        }
        ended.push((path.clone(), text));
    }
    (!missing.is_empty()).then_some((ended, missing))
}

/// Says that a last line does not end, as HAProxy does, and offers its end.
pub fn say_unended(sources: &[Source], missing: &[Place], findings: &mut Findings) {
    findings.now = Some(("E004", Level::Error));
    for place in missing {
        let text = sources.get(place.file as usize).map_or(&b""[..], |(_, text)| text);
        let position = text.rsplit(|byte| *byte == b'\n').next().map_or(0, <[u8]>::len) + 1;
        let message = format!("Missing LF on last line, file might have been truncated at position {position}.");
        findings.at(*place, message).help("end the last line with a line feed").fix(*place, "\n");
    }
}

/// What the rewrites would change, as a unified difference.
pub fn diff(report: &Report) -> String {
    let mut out = String::new();
    for (index, (path, text)) in report.sources.iter().enumerate() {
        let fixed = fixed(report, index, text);
        if fixed != *text {
            let (old, new) = (String::from_utf8_lossy(text), String::from_utf8_lossy(&fixed));
            let changes = TextDiff::from_lines(old.as_ref(), new.as_ref());
            let below = path.trim_start_matches('/');
            let header = (format!("a/{below}"), format!("b/{below}"));
            let shown = changes.unified_diff().context_radius(CONTEXT_LINES).header(&header.0, &header.1).to_string();
            out.push_str(&shown);
        }
    }
    out
}

/// Makes the rewrites; whether a file was changed.
pub fn make(report: &Report) -> Result<bool, String> {
    let mut changed = false;
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
        changed = true;
    }
    Ok(changed)
}

/// The text with all rewrites of this file made. Of two that overlap the first is made.
fn fixed(report: &Report, index: usize, text: &[u8]) -> Vec<u8> {
    let fixes = report.findings.iter().filter_map(|finding| finding.fix.as_ref());
    let mut fixes: Vec<&Fix> = fixes.filter(|fix| fix.place.file as usize == index).collect();
    fixes.sort_by_key(|fix| fix.place.start);
    // Two findings may ask for the same.
    fixes.dedup_by(|one, other| one.place == other.place && one.text == other.text);
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
