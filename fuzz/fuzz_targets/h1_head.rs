//! A request or response head: it is read or refused, a prefix never says more than the whole, and what was read and
//! written again reads the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pointsman::http::Head;
use pointsman::proto::h1::{Strictness, encode, parse_request, parse_response};

fuzz_target!(|text: &[u8]| {
    let mut head = Head::default();
    for strictness in [Strictness::Strict, Strictness::Lax] {
        if let Ok(Some(message)) = parse_request(text, &mut head, strictness) {
            assert!(message.consumed <= text.len());
            assert!(head.fields().iter().all(|field| !head.text(field.name).is_empty()));
            let mut written = Vec::new();
            encode::request(&head, None, &mut written);
            if strictness == Strictness::Strict {
                let mut again = Head::default();
                let second = parse_request(&written, &mut again, strictness);
                assert!(matches!(second, Ok(Some(_))), "{}", written.escape_ascii());
                assert_eq!((head.method(), head.target()), (again.method(), again.target()));
                assert_eq!(head.fields().len(), again.fields().len());
            }
        }
        if let Ok(Some(message)) = parse_response(text, &mut head, b"GET", strictness) {
            assert!(message.consumed <= text.len() && head.status <= 999);
        }
    }
});
