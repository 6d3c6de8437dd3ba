//! A whole configuration under every lint: nothing panics, every place is in its file, every format can be written.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pointsman::config::lower::Variables;
use pointsman::desk::check::options::{Format, Options};
use pointsman::desk::check::{look, render};
use pointsman::words;

fuzz_target!(|text: &[u8]| {
    let select = words::lints().map(|lint| lint.code.to_owned()).collect();
    let root = Some("/nowhere".to_owned());
    let mut options = Options { select, root, verbose: true, ..Options::default() };
    let report = look(vec![("fuzz.cfg".to_owned(), text.to_vec())], &Variables::default(), &options);
    for finding in &report.findings {
        assert!(finding.place.end as usize <= text.len() && finding.place.start <= finding.place.end, "{finding:?}");
    }
    for format in [Format::Text, Format::Json, Format::Sarif, Format::Github, Format::Gitlab, Format::Junit] {
        options.format = format;
        render::render(&report, &options);
    }
});
