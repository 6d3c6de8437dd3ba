//! A whole configuration, brought to a draft: nothing is opened, nothing panics, and every diagnostic has its text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pointsman::config::lower::{Variables, lower};
use pointsman::model::world::World;

fuzz_target!(|text: &[u8]| {
    let draft = lower(&[("fuzz.cfg".to_owned(), text.to_vec())], &Variables::default(), World::default());
    assert!(draft.files.len() == 1);
});
