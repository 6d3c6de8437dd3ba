//! Log formats: items stand in order inside the text, and a text without a percent comes back.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pointsman_parser::format::{self, Item};

fuzz_target!(|text: &[u8]| {
    let (items, errors) = format::parse(text);
    assert!(errors.len() <= 1);
    let mut at = 0;
    for item in &items {
        let span = match item {
            Item::Text(text) => {
                assert!(!text.is_empty());
                continue;
            }
            Item::Alias { span, name, .. } => {
                assert!(span.of(text).ends_with(name.as_bytes()));
                *span
            }
            Item::Expr { span, expr, .. } => {
                assert!(span.start < expr.span.start && expr.span.end < span.end);
                *span
            }
        };
        assert!(at <= span.start && span.start < span.end && span.end as usize <= text.len());
        at = span.end;
    }
    if !text.contains(&b'%') && !text.is_empty() {
        assert_eq!(items, [Item::Text(text.to_vec())]);
    }
    for error in errors {
        assert!(error.span.end as usize <= text.len() && !error.message().is_empty());
    }
    let merged = format::merge_blanks(items.clone());
    assert_eq!(merged.len(), items.len());
});
