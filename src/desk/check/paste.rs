//! What sticks to lines that were copied: quote marks, line numbers, fences, prompts, the marks of a patch. It is blanked
//! byte by byte, so that every place stays where it is.

use std::ops::Range;

use super::{Report, yaml};
use crate::base::diag::Place;
use crate::config::lower::Source;
use crate::spec::Level;
use crate::spec::lint::Findings;

/// Files of which the first was copied with something around it.
pub struct Paste {
    /// The files without it.
    pub sources: Vec<Source>,
    /// The first thing that was around it, where HAProxy would refuse it.
    found: Option<(Place, &'static str)>,
}

/// A line: its number, and where it stands without its end.
type Line = (u32, Range<usize>);

/// What is blanked, of which line, and what it is.
type Mark = (u32, Range<usize>, &'static str);

/// Blanks what sticks to the lines of the first file; nothing when there is nothing.
pub fn unwrap(sources: &[Source]) -> Option<Paste> {
    let (_, text) = sources.first()?;
    if let Some(text) = yaml::configuration(text) {
        let mut sources = sources.to_vec();
        sources.first_mut()?.1 = text;
        return Some(Paste { sources, found: None });
    }
    let lines = lines(text);
    let mut marks = every_line(text, &lines);
    marks.extend(single_lines(text, &lines));
    let (line, range, what) = marks.iter().min_by_key(|mark| mark.0)?.clone();
    let mut sources = sources.to_vec();
    let (_, text) = sources.first_mut()?;
    for (_, range, _) in marks {
        text.get_mut(range)?.fill(b' ');
    }
    let place = Place { file: 0, line, start: range.start as u32, end: range.end as u32 };
    Some(Paste { sources, found: Some((place, what)) })
}

impl Paste {
    /// Says what was left out: HAProxy would refuse it.
    pub fn say(&self, report: &mut Report) {
        let Some((place, what)) = self.found else { return };
        report.refused = true;
        let mut findings = Findings::default();
        findings.now = Some(("E005", Level::Error));
        findings
            .at(place, format!("{what} is no part of a configuration; the lines are judged without it"))
            .help("take it off before HAProxy reads them");
        report.findings.splice(0..0, findings.list);
    }
}

fn lines(text: &[u8]) -> Vec<Line> {
    let mut start = 0;
    let mut found = Vec::new();
    for (number, line) in (1..).zip(text.split(|byte| *byte == b'\n')) {
        found.push((number, start..start + line.len()));
        start += line.len() + 1;
    }
    found
}

fn bytes<'a>(text: &'a [u8], line: &Line) -> &'a [u8] {
    text.get(line.1.clone()).unwrap_or_default()
}

/// What stands before every line, where it does: `> `, `12: `, `+`.
fn every_line(text: &[u8], lines: &[Line]) -> Vec<Mark> {
    let written = |line: &&Line| !bytes(text, line).trim_ascii().is_empty();
    let written: Vec<&Line> = lines.iter().filter(written).collect();
    if written.len() < 2 {
        return Vec::new();
    }
    for (what, begin) in [("the mark of a quotation", quoted as Begin), ("the number of a line", numbered)] {
        let begins: Option<Vec<Mark>> = written
            .iter()
            .map(|line| begin(bytes(text, line)).map(|length| (line.0, line.1.start..line.1.start + length, what)))
            .collect();
        if let Some(begins) = begins {
            return begins;
        }
    }
    patched(text, &written)
}

/// How many bytes at a line's beginning are not the line's own; none when it does not begin so.
type Begin = fn(&[u8]) -> Option<usize>;

fn quoted(line: &[u8]) -> Option<usize> {
    line.first().filter(|first| **first == b'>')?;
    line.iter().position(|byte| !matches!(byte, b'>' | b' ' | b'\t')).or(Some(line.len()))
}

fn numbered(line: &[u8]) -> Option<usize> {
    let blanks = line.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    let digits = line.get(blanks..)?.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let end = blanks + digits;
    match line.get(end) {
        _ if digits == 0 => None,
        Some(b':' | b'|') => Some(end + 1),
        Some(b' ' | b'\t' | b'\r') | None => Some(end),
        _ => None,
    }
}

/// A patch: every line begins with a plus, a minus, a blank, or is one of its headers. What it takes away is left out.
fn patched(text: &[u8], written: &[&Line]) -> Vec<Mark> {
    const WHAT: &str = "the mark of a patch";
    let starts = |line: &&Line, with: &[&[u8]]| with.iter().any(|with| bytes(text, line).starts_with(with));
    let all = written.iter().all(|line| starts(line, &[b"+", b"-", b" ", b"\t", b"@@", b"diff ", b"index "]));
    if !all || !written.iter().any(|line| starts(line, &[b"+"])) {
        return Vec::new();
    }
    let mark = |line: &&Line| {
        let range = match bytes(text, line) {
            [b'+', b'+', b'+', ..] => line.1.clone(),
            [b'+', ..] => line.1.start..line.1.start + 1,
            [b' ' | b'\t', ..] => return None,
            _ => line.1.clone(),
        };
        Some((line.0, range, WHAT))
    };
    written.iter().filter_map(mark).collect()
}

/// Marks of single lines: fences, prompts, dots that stand for what was left out, and bytes that look like blanks.
fn single_lines(text: &[u8], lines: &[Line]) -> Vec<Mark> {
    const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
    const NO_BREAK_SPACE: &[u8] = b"\xc2\xa0";
    let mut marks = Vec::new();
    if text.starts_with(BYTE_ORDER_MARK) {
        marks.push((1, 0..BYTE_ORDER_MARK.len(), "a byte order mark"));
    }
    let mut begun = false;
    for line in lines {
        let own = bytes(text, line);
        let trimmed = own.trim_ascii();
        let what = match () {
            () if trimmed.starts_with(b"```") || trimmed.starts_with(b"~~~") => Some("the fence of a code block"),
            () if matches!(trimmed, b"..." | b"[...]" | b"(...)" | b"\xe2\x80\xa6") => Some("an ellipsis"),
            () if !begun && is_prompt(trimmed) => Some("the command of a shell"),
            () => None,
        };
        if let Some(what) = what {
            marks.push((line.0, line.1.clone(), what));
            continue;
        }
        begun |= !trimmed.is_empty() && !trimmed.starts_with(b"#");
        let mut at = 0;
        while let Some(rest) = own.get(at..) {
            at += match rest {
                rest if rest.starts_with(NO_BREAK_SPACE) => {
                    let start = line.1.start + at;
                    marks.push((line.0, start..start + NO_BREAK_SPACE.len(), "a no-break space"));
                    NO_BREAK_SPACE.len()
                }
                // In quotes and comments it is what it is.
                [] | [b'#' | b'"' | b'\'' | b'\\', ..] => break,
                _ => 1,
            };
        }
    }
    marks
}

/// `$ cat haproxy.cfg`, `root@lb1:~# cat haproxy.cfg`
fn is_prompt(line: &[u8]) -> bool {
    let Ok(line) = std::str::from_utf8(line) else { return false };
    let mut words = line.split_whitespace();
    let (prompt, command) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let commands = ["cat", "less", "more", "sudo", "vi", "vim", "nano", "head", "tail", "grep"];
    let own = matches!(prompt, "$" | "%") || prompt.contains('@') && prompt.ends_with(['$', '#', '%']);
    own && !command.is_empty() || prompt == "#" && commands.contains(&command) && line.contains("haproxy")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unwrapped(text: &str) -> Option<String> {
        let paste = unwrap(&[("a".to_owned(), text.as_bytes().to_vec())])?;
        Some(String::from_utf8(paste.sources[0].1.clone()).unwrap())
    }

    #[test]
    fn what_sticks_is_blanked() {
        for (text, left) in [
            ("> global\n>   daemon\n", "  global\n    daemon\n"),
            ("1: global\n2:\n3:   daemon\n", "   global\n  \n     daemon\n"),
            ("```\nglobal\n```\n", "   \nglobal\n   \n"),
            ("+global\n-x\n", " global\n  \n"),
            ("\u{feff}global\n", "   global\n"),
            ("server a b\u{a0}check # \u{a0}\n", "server a b  check # \u{a0}\n"),
        ] {
            assert_eq!(unwrapped(text).as_deref(), Some(left));
        }
    }

    #[test]
    fn what_is_whole_stays() {
        for text in ["global\n  daemon\n", "# cat\nglobal\n", "", "1\n", "10.0.0.1 a\n10.0.0.2 b\n"] {
            assert_eq!(unwrapped(text), None, "{text}");
        }
    }
}
