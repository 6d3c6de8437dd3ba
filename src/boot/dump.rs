//! `-dC`: prints the configuration as it is read, line by line, with quotes and variables resolved. Nothing else is
//! looked at: no word is known to be right.

use pointsman_parser::{Environment, parse, word};

use crate::config::lower::Source;
use crate::model::draft::Sections;
use crate::spec::args::text_of;

/// Prints every line of the files: sections at the margin, the rest behind a tab.
pub fn print(sources: &[Source], env: &dyn Environment) {
    for (_, text) in sources {
        for line in text.split_inclusive(|byte| *byte == b'\n') {
            println!("{}", one(line, env));
        }
    }
}

fn one(line: &[u8], env: &dyn Environment) -> String {
    let line = line.trim_ascii_end();
    let (line, goes_on) = line.strip_suffix(b"\\").map_or((line, false), |rest| (rest, true));
    let mut text = line.to_vec();
    text.push(b'\n');
    let (file, _) = parse(&text);
    let words = file.lines.first().map(|line| word::expand_line(&file, line, env).0).unwrap_or_default();
    let opens = words.first().is_some_and(|first| Sections::opener(text_of(first)).is_some());
    let mut shown = String::from(if opens { "" } else { "\t" });
    for word in &words {
        shown.push_str(text_of(word));
        shown.push(' ');
    }
    if goes_on {
        shown.push_str("\\ ");
    }
    shown
}
