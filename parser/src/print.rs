//! The tree back to text, byte for byte: the gaps between the words, the words, the comment, what was not read.

use crate::ast::{File, Span};

/// The text `file` was parsed from.
pub fn print(file: &File) -> Vec<u8> {
    let mut out = Vec::with_capacity(file.text.len());
    for line in &file.lines {
        let mut at = line.span.start;
        for word in &line.words {
            out.extend_from_slice(file.slice(Span { start: at, end: word.span.start }));
            out.extend_from_slice(file.slice(word.span));
            at = word.span.end;
        }
        if let Some(comment) = line.comment {
            out.extend_from_slice(file.slice(Span { start: at, end: comment.start }));
            out.extend_from_slice(file.slice(comment));
            at = comment.end;
        }
        out.extend_from_slice(file.slice(Span { start: at, end: line.tail.start }));
        out.extend_from_slice(file.slice(line.tail));
    }
    out
}
