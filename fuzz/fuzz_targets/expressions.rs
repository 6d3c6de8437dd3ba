//! Sample expressions and conditions of `.if`: spans stay inside, what is read whole is read as a prefix too.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pointsman_parser::{Span, block, expr};

fuzz_target!(|text: &[u8]| {
    let within = |span: Span| assert!(span.start <= span.end && span.end as usize <= text.len());
    let prefix = expr::parse_prefix(text);
    if let Ok((expr, end)) = &prefix {
        assert!(*end <= text.len() && !expr.fetch.name.is_empty());
        for call in std::iter::once(&expr.fetch).chain(&expr.converters) {
            within(call.span);
            assert!(call.span.of(text).starts_with(call.name.as_bytes()));
            for arg in &call.args {
                within(arg.span);
                assert!(arg.text.len() <= arg.span.len());
            }
            assert!(call.excess(text, call.args.len()).is_none());
        }
    }
    match expr::parse(text) {
        Ok(expr) => assert_eq!(prefix.map(|(expr, _)| expr), Ok(expr)),
        Err(error) => within(error.span),
    }
    match block::condition(text) {
        Ok(condition) => {
            assert!(condition.eval(&mut |_, _| Ok(true)).is_ok());
        }
        Err(error) => {
            within(error.span);
            assert!(!error.in_directive(".if", text).is_empty());
        }
    }
});
