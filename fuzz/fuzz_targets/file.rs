//! A whole file: it comes back byte for byte, its lines follow each other, words and pieces stand inside them.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pointsman_parser::{parse, print};

fuzz_target!(|text: &[u8]| {
    let (file, errors) = parse(text);
    assert_eq!(print::print(&file), text);
    let mut at = 0;
    for (number, line) in (1..).zip(&file.lines) {
        assert!(line.number == number && line.span.start == at);
        let mut from = at;
        for word in &line.words {
            assert!(from <= word.span.start && word.span.end <= line.tail.start && !word.pieces.is_empty());
            from = word.span.start;
            for piece in &word.pieces {
                assert!(from <= piece.span().start && piece.span().start <= piece.span().end);
                from = piece.span().end;
            }
            assert!(from <= word.span.end);
            from = word.span.end;
        }
        if let Some(comment) = line.comment {
            assert!(from <= comment.start && comment.end <= line.tail.start);
        }
        at = line.tail.end;
    }
    assert_eq!(at as usize, text.len());
    for error in &errors {
        let line = error.line.checked_sub(1).and_then(|line| file.lines.get(line as usize));
        assert!(line.is_some_and(|line| line.broken) && error.span.end as usize <= text.len());
        assert!(!error.message().is_empty());
    }
});
