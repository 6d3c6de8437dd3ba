//! One line and its environment: the arguments are never empty, never too many, and come from the line.
//!
//! The first line of the input is the value of every variable; a zero byte makes it unset.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pointsman_parser::addr::{self, Use};
use pointsman_parser::units::{self, TimeUnit};
use pointsman_parser::word::{self, Environment};
use pointsman_parser::{cond, parse};

struct Same(Option<Vec<u8>>);

impl Environment for Same {
    fn var(&self, _: &str) -> Option<Vec<u8>> {
        self.0.clone()
    }
}

fuzz_target!(|data: &[u8]| {
    let mut parts = data.splitn(2, |byte| *byte == b'\n');
    let value = parts.next().unwrap_or_default();
    let text = parts.next().unwrap_or_default();
    let env = Same(Some(value.to_vec()).filter(|value| !value.contains(&0)));
    let (file, _) = parse(text);
    for line in &file.lines {
        let (args, errors) = word::expand_line(&file.text, line, &env);
        assert!(args.len() <= word::WORDS_MAX);
        for arg in &args {
            assert!(!arg.text.is_empty() && !arg.text.contains(&0));
            assert!(line.span.start <= arg.span.start && arg.span.end <= line.span.end);
            for address in addr::list(&arg.text, &env, Use::Log) {
                let _ = address.map_err(|error| error.to_string());
            }
            let _ = units::time(&arg.text, TimeUnit::Second).map(|time| assert!(time.s() <= units::TIME_MAX));
            let _ = units::size(&arg.text);
        }
        for error in errors {
            assert_eq!(error.line, line.number);
            assert!(!error.message().is_empty());
        }
        if let Ok(cond) = cond::parse(&args) {
            assert!(cond.any.iter().all(|all| !all.is_empty()));
        }
    }
});
