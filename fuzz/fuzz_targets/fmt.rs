//! The layout of a whole file: settled after once, the same words, no panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pointsman::desk::fmt::{format, same_meaning};

fuzz_target!(|text: &[u8]| {
    let once = format(text);
    assert!(same_meaning(text, &once));
    assert_eq!(format(&once), once);
});
