//! `# haproxy: ignore=CODE[,CODE]` at the end of a line, or alone on the line above; `ignore-file=CODE` for a whole file.

use std::collections::HashMap;

use super::Report;

/// What a file asks to leave out.
#[derive(Debug, Default)]
struct Asked {
    lines: HashMap<u32, Vec<String>>,
    file: Vec<String>,
}

/// Leaves out what the files ask to leave out.
pub fn leave_out(report: &mut Report) {
    let asked: Vec<Asked> = report.sources.iter().map(|(_, text)| read(text)).collect();
    report.findings.retain(|finding| {
        let Some(asked) = asked.get(finding.place.file as usize) else { return true };
        let named = |codes: &Vec<String>| codes.iter().any(|code| finding.code.starts_with(code.as_str()));
        !named(&asked.file) && !asked.lines.get(&finding.place.line).is_some_and(named)
    });
}

fn read(text: &[u8]) -> Asked {
    let mut asked = Asked::default();
    if memchr::memmem::find(text, b"haproxy:").is_none() {
        return asked;
    }
    let mut above: Vec<String> = Vec::new();
    for (number, line) in (1..).zip(text.split(|byte| *byte == b'\n')) {
        let line = String::from_utf8_lossy(line);
        let (code, comment) = line.split_once('#').unwrap_or((&line, ""));
        let here = codes(comment, "ignore");
        asked.file.extend(codes(comment, "ignore-file"));
        if code.trim().is_empty() {
            above.extend(here);
            continue;
        }
        let all: Vec<String> = above.drain(..).chain(here).collect();
        if !all.is_empty() {
            asked.lines.insert(number, all);
        }
    }
    asked
}

/// The codes behind `haproxy: WORD=`.
fn codes(comment: &str, word: &str) -> Vec<String> {
    let Some((_, rest)) = comment.split_once("haproxy:") else { return Vec::new() };
    let list = rest.split_whitespace().find_map(|part| part.strip_prefix(word)?.strip_prefix('='));
    list.unwrap_or_default().split(',').map(str::to_uppercase).filter(|code| !code.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_speaks_for_its_line_or_the_next() {
        let text = b"a # haproxy: ignore=T001\n# haproxy: ignore=s,O001\n\n# more\nb\nc\n# haproxy: ignore-file=L\n";
        let asked = read(text);
        assert_eq!(asked.lines.get(&1), Some(&vec!["T001".to_owned()]));
        assert_eq!(asked.lines.get(&5), Some(&vec!["S".to_owned(), "O001".to_owned()]));
        assert_eq!((asked.lines.len(), asked.file), (2, vec!["L".to_owned()]));
    }
}
