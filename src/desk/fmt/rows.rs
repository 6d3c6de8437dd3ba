//! What the lines of a file are to its layout: headers, conditions, comments, and which of them belong together.

use pointsman_parser::{File, Line, Piece};

use crate::model::draft::Sections;

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Nothing is on it.
    Blank,
    /// A comment alone.
    Comment,
    /// It opens a section.
    Header,
    /// `.if`; whether sections begin inside.
    If(bool),
    /// `.elif`, `.else`; whether sections begin inside the block.
    Else(bool),
    /// `.endif`; whether sections began inside the block.
    Endif(bool),
    /// Anything else.
    Statement,
}

/// A line and what it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    pub(super) kind: Kind,
    /// It is written as it was: it is in error, or holds bytes behind a carriage return.
    pub(super) kept: bool,
    /// The column its first word or comment begins in.
    column: usize,
    /// A comment that stands with the header below it, not with the lines above.
    pub(super) outer: bool,
}

impl Row {
    /// Whether a new part of the file begins here: a section, or a condition around sections.
    pub(super) fn opens(&self) -> bool {
        matches!(self.kind, Kind::Header | Kind::If(true))
    }
}

/// The rows of a file.
pub(super) fn of(file: &File) -> Vec<Row> {
    let mut rows: Vec<Row> = file.lines.iter().map(|line| row(file, line)).collect();
    let closed = match_blocks(&mut rows);
    place_comments(&mut rows, closed);
    rows
}

fn row(file: &File, line: &Line) -> Row {
    let tail = file.slice(line.tail);
    let unread = tail.iter().any(|byte| !matches!(byte, b'\r' | b'\n' | b' ' | b'\t' | 0x0b | 0x0c));
    let kept = line.broken || unread;
    let first = line.words.first().map(|word| plain(&word.pieces));
    let kind = match first.as_deref() {
        _ if line.broken => Kind::Statement,
        None if line.comment.is_some() => Kind::Comment,
        None if unread => Kind::Statement,
        None => Kind::Blank,
        Some(".if") => Kind::If(false),
        Some(".elif" | ".else") => Kind::Else(false),
        Some(".endif") => Kind::Endif(false),
        Some(word) if Sections::opener(word).is_some() => Kind::Header,
        Some(_) => Kind::Statement,
    };
    let begin = line.words.first().map(|word| word.span).or(line.comment).map_or(line.span.end, |span| span.start);
    let lead = file.text.get(line.span.start as usize..begin as usize).unwrap_or_default();
    let column = lead.iter().fold(0, |at, byte| if *byte == b'\t' { at / 8 * 8 + 8 } else { at + 1 });
    Row { kind, kept, column, outer: false }
}

/// The text of a word without its variables.
fn plain(pieces: &[Piece]) -> String {
    let bytes: Vec<u8> = pieces
        .iter()
        .flat_map(|piece| match piece {
            Piece::Text { bytes, .. } => bytes.to_vec(),
            // No keyword holds it, so that the word is none.
            Piece::Variable { .. } => b"$".to_vec(),
        })
        .collect();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Tells the lines of each block whether sections begin inside it; whether every block is closed.
fn match_blocks(rows: &mut [Row]) -> bool {
    // The lines of the block, and whether a header was seen in it.
    let mut open: Vec<(Vec<usize>, bool)> = Vec::new();
    for at in 0..rows.len() {
        let Some(kind) = rows.get(at).map(|row| row.kind) else { break };
        match kind {
            Kind::Header => {
                if let Some(block) = open.last_mut() {
                    block.1 = true;
                }
            }
            Kind::If(_) => open.push((vec![at], false)),
            Kind::Else(_) => match open.last_mut() {
                Some(block) => block.0.push(at),
                None => demote(rows, at),
            },
            Kind::Endif(_) => match open.pop() {
                Some((mut lines, sections)) => {
                    lines.push(at);
                    settle(rows, &lines, sections);
                    if let Some(around) = open.last_mut() {
                        around.1 |= sections;
                    }
                }
                None => demote(rows, at),
            },
            _ => {}
        }
    }
    let closed = open.is_empty();
    while let Some((lines, sections)) = open.pop() {
        settle(rows, &lines, sections);
        if let Some(around) = open.last_mut() {
            around.1 |= sections;
        }
    }
    closed
}

/// A line of a condition that was never opened.
fn demote(rows: &mut [Row], at: usize) {
    if let Some(row) = rows.get_mut(at) {
        row.kind = Kind::Statement;
    }
}

fn settle(rows: &mut [Row], lines: &[usize], sections: bool) {
    for at in lines {
        if let Some(row) = rows.get_mut(*at) {
            row.kind = match row.kind {
                Kind::If(_) => Kind::If(sections),
                Kind::Else(_) => Kind::Else(sections),
                Kind::Endif(_) => Kind::Endif(sections),
                other => other,
            };
        }
    }
}

/// Decides for every comment whether it stands with the header below it.
///
/// Of the comments between two lines, those before the first blank line belong to the line above, unless none is blank;
/// of the others, those belong to the header below that do not stand deeper than it. At the end of the file, comments
/// at the margin behind a blank line stay there.
fn place_comments(rows: &mut [Row], closed: bool) {
    let mut from = 0;
    for at in 0..=rows.len() {
        let row = rows.get(at).copied();
        if row.is_some_and(|row| matches!(row.kind, Kind::Blank | Kind::Comment)) {
            continue;
        }
        let column = match row {
            None => closed.then_some(0),
            // A header that stays where it is says nothing about how deep its comments should stand.
            Some(row) => row.opens().then_some(if row.kept { usize::MAX } else { row.column }),
        };
        if let (Some(column), Some(run)) = (column, rows.get_mut(from..at)) {
            place_run(run, column, row.is_none());
        }
        from = at + 1;
    }
}

fn place_run(run: &mut [Row], column: usize, at_end: bool) {
    let blank = run.iter().position(|row| row.kind == Kind::Blank);
    let first = blank.unwrap_or(if at_end { run.len() } else { 0 });
    for row in run.iter_mut().skip(first).rev() {
        if row.kind == Kind::Comment {
            if row.column > column || row.kept {
                return;
            }
            row.outer = true;
        }
    }
}
