//! The layout itself: how deep each line stands, where a blank line goes, what is between two words.

use pointsman_parser::file::TEXT_BYTES_MAX;
use pointsman_parser::{File, Line, Piece, parse};

use super::rows::{self, Kind, Row};

/// One step to the right.
const STEP: usize = 4;

/// The text, laid out. Lines in error are given back as they are.
pub fn format(text: &[u8]) -> Vec<u8> {
    if text.len() >= TEXT_BYTES_MAX {
        return text.to_vec();
    }
    let (file, _) = parse(&whole(text));
    let rows = rows::of(&file);
    let mut page = Page { out: Vec::with_capacity(text.len()), counted: counts_lines(&file), ..Page::default() };
    for (at, (line, row)) in file.lines.iter().zip(&rows).enumerate() {
        page.line(&file, line, row, rows.get(at + 1..).unwrap_or_default());
    }
    page.out
}

/// The text with a line feed at its end: without one HAProxy refuses the file, taking it for cut off.
pub(super) fn whole(text: &[u8]) -> Vec<u8> {
    let mut text = text.to_vec();
    if !text.is_empty() && !text.ends_with(b"\n") {
        text.push(b'\n');
    }
    text
}

/// Whether a word asks for its line's number: then blank lines are part of the meaning.
fn counts_lines(file: &File) -> bool {
    let pieces = file.lines.iter().flat_map(|line| &line.words).flat_map(|word| &word.pieces);
    pieces.into_iter().any(|piece| matches!(piece, Piece::Variable { name, .. } if &**name == ".LINE"))
}

#[derive(Default)]
struct Page {
    out: Vec<u8>,
    /// Conditions around sections, open here.
    outer: usize,
    /// Conditions inside a section, open here.
    inner: usize,
    in_section: bool,
    /// Blank lines read and not written.
    blanks: usize,
    /// What was written last opened a condition around sections, or stands with the header below.
    joined: bool,
    /// Blank lines are neither added nor taken away.
    counted: bool,
}

impl Page {
    fn line(&mut self, file: &File, line: &Line, row: &Row, rest: &[Row]) {
        if row.kind == Kind::Blank {
            self.blanks += 1;
            return;
        }
        let leads = row.opens() || (row.outer && leads_to_header(rest));
        self.space(leads);
        self.joined = row.outer && leads;
        let depth = self.depth(row);
        if row.kept {
            self.out.extend_from_slice(file.slice(line.span));
            self.out.push(b'\n');
            return;
        }
        self.out.extend(std::iter::repeat_n(b' ', depth * STEP));
        self.words(file, line);
        self.out.push(b'\n');
    }

    /// Writes the blank lines before a line.
    fn space(&mut self, leads: bool) {
        let read = std::mem::take(&mut self.blanks);
        let wanted = match () {
            () if self.counted => read,
            () if self.out.is_empty() => 0,
            () if leads && !self.joined => 1,
            () => read.min(1),
        };
        self.out.extend(std::iter::repeat_n(b'\n', wanted));
    }

    /// How deep the line stands; conditions are opened and closed on the way.
    fn depth(&mut self, row: &Row) -> usize {
        let body = self.outer + self.inner + usize::from(self.in_section);
        match row.kind {
            Kind::Header => {
                self.in_section = true;
                self.outer
            }
            Kind::If(true) => {
                self.outer += 1;
                self.joined = true;
                self.outer - 1
            }
            Kind::Else(true) => {
                self.joined = true;
                self.outer.saturating_sub(1)
            }
            Kind::Endif(true) => {
                self.outer = self.outer.saturating_sub(1);
                self.outer
            }
            Kind::If(false) => {
                self.inner += 1;
                body
            }
            Kind::Else(false) => body.saturating_sub(1),
            Kind::Endif(false) => {
                self.inner = self.inner.saturating_sub(1);
                body.saturating_sub(1)
            }
            Kind::Comment if row.outer => self.outer,
            Kind::Comment | Kind::Statement | Kind::Blank => body,
        }
    }

    fn words(&mut self, file: &File, line: &Line) {
        let mut before: Option<u32> = None;
        for span in line.words.iter().map(|word| word.span).chain(line.comment) {
            if let Some(end) = before {
                let gap = file.text.get(end as usize..span.start as usize).unwrap_or_default();
                // A backslash before a tab is a letter; before a blank it would take the blank into the word.
                let literal = self.out.ends_with(b"\\") && !gap.starts_with(b" ");
                self.out.extend_from_slice(if literal { gap } else { b" " });
            }
            let text = file.slice(span);
            let is_comment = line.comment == Some(span);
            self.out.extend_from_slice(if is_comment { trim_end(text) } else { text });
            before = Some(span.end);
        }
    }
}

/// The text without the blanks at its end.
pub(super) fn trim_end(text: &[u8]) -> &[u8] {
    let blank = |byte: &u8| matches!(byte, b' ' | b'\t' | 0x0b | 0x0c);
    let end = text.iter().rposition(|byte| !blank(byte)).map_or(0, |last| last + 1);
    text.get(..end).unwrap_or_default()
}

/// Whether only comments stand between here and a header, and no blank line.
fn leads_to_header(rest: &[Row]) -> bool {
    rest.iter().find(|row| !(row.kind == Kind::Comment && row.outer)).is_some_and(Row::opens)
}
