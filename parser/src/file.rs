//! A text to its lines: finds line feeds, carriage returns and NULs, and gives each line to [`crate::word`].

use crate::ast::{File, Line, Span};
use crate::error::{Error, ErrorKind, Quoted};
use crate::word::{self, Fault};

/// The longest text that is read, in bytes: spans are 32 bits wide. What follows is left out.
pub const TEXT_BYTES_MAX: usize = u32::MAX as usize;

/// Reads the whole text. Never fails: a line with an error is kept, marked broken, and the next one is read.
///
/// A missing last line feed or a NUL ends what HAProxy reads: the lines after it are broken, and their errors untold.
pub fn parse(text: &[u8]) -> (File, Vec<Error>) {
    let mut errors = Vec::new();
    let all = lines(text);
    let text = all.text.into();
    let lines = all.map(|(line, found)| {
        errors.extend(found);
        line
    });
    let lines = lines.collect();
    (File { text, lines }, errors)
}

/// The lines of [`parse`] one by one, each with its errors: for who needs each once, and not the memory of all.
pub fn lines(text: &[u8]) -> Lines<'_> {
    Lines { text: text.get(..TEXT_BYTES_MAX).unwrap_or(text), at: 0, number: 0, over: false }
}

/// See [`lines`].
#[derive(Clone, Debug)]
pub struct Lines<'a> {
    text: &'a [u8],
    at: usize,
    number: u32,
    /// HAProxy would read no further.
    over: bool,
}

impl Iterator for Lines<'_> {
    type Item = (Line, Vec<Error>);

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.text.get(self.at..).filter(|rest| !rest.is_empty())?;
        let feed = rest.iter().position(|byte| *byte == b'\n');
        let end = self.at + feed.unwrap_or(rest.len());
        let next = end + usize::from(feed.is_some());
        self.number = self.number.saturating_add(1);
        let mut errors = Vec::new();
        let mut line = Raw { text: self.text, at: self.at, end, next, number: self.number }.line(&mut errors);
        if self.over {
            errors.clear();
        }
        line.broken = self.over || !errors.is_empty();
        self.over |= errors.last().is_some_and(Error::ends_file);
        self.at = next;
        Some((line, errors))
    }
}

/// One line before it is cut into words.
struct Raw<'a> {
    text: &'a [u8],
    at: usize,
    /// Past its last byte, before the line feed.
    end: usize,
    /// Where the next line begins.
    next: usize,
    number: u32,
}

impl Raw<'_> {
    fn line(&self, errors: &mut Vec<Error>) -> Line {
        let raw = self.text.get(self.at..self.end).unwrap_or_default();
        let nul = raw.iter().position(|byte| *byte == 0);
        let until_nul = raw.get(..nul.unwrap_or(raw.len())).unwrap_or_default();
        let read = word::read_until(until_nul);
        let cut = word::cut(until_nul.get(..read).unwrap_or_default(), Span::new(self.at, 0).start);
        if let Some(fault) = &cut.fault {
            errors.push(self.located(fault, raw));
        }
        let last = self.next == self.text.len();
        let position = |offset: usize| u32::try_from(offset + 1).unwrap_or(u32::MAX);
        let ended = match nul {
            Some(nul) if last => Some((nul, ErrorKind::MissingLineFeed { position: position(nul) })),
            Some(nul) => Some((nul, ErrorKind::StrayNul { position: position(nul) })),
            None if self.next == self.end => {
                Some((raw.len(), ErrorKind::MissingLineFeed { position: position(raw.len()) }))
            }
            None => None,
        };
        if let Some((offset, kind)) = ended {
            let span = Span::new(self.at + offset, (self.at + offset + 1).min(self.end));
            errors.push(Error { line: self.number, span, kind, quoted: None, calls: Vec::new() });
        }
        let comment = cut.comment.map(|comment| Span::new(self.at + comment, self.at + read));
        Line {
            number: self.number,
            span: Span::new(self.at, self.end),
            words: cut.words,
            comment,
            tail: Span::new(self.at + read, self.next),
            broken: false,
        }
    }

    fn located(&self, fault: &Fault, raw: &[u8]) -> Error {
        let mut text = raw.to_vec();
        word::punch(&mut text, fault.holes.iter().copied());
        let at = self.at + fault.offset;
        Error {
            line: self.number,
            span: Span::new(at, (at + 1).min(self.end)),
            kind: fault.kind.clone(),
            quoted: Some(Box::new(Quoted { text, caret: fault.offset })),
            calls: Vec::new(),
        }
    }
}
