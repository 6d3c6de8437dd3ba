//! `-dC`: prints the configuration as it is read, line by line, with quotes and variables resolved. Nothing else is
//! looked at: no word is known to be right.

use pointsman_parser::{Environment, parse, word};

use super::anonymous::Mask;
use crate::config::lower::Source;
use crate::model::draft::Sections;
use crate::spec::args::text_of;

/// Prints every line of the files: sections at the margin, the rest behind a tab. HAProxy reads its files twice, and so
/// every line is printed a second time behind the last one, unless a file is found to end within a line. Whether none is.
pub fn print(sources: &[Source], env: &dyn Environment, mask: Option<Mask>) -> bool {
    let cut = sources.iter().position(|(_, text)| text.last().is_some_and(|last| *last != b'\n'));
    let once = cut.map_or(sources, |at| sources.get(..=at).unwrap_or_default());
    for (_, text) in once.iter().chain(sources.iter().filter(|_| cut.is_none())) {
        for line in text.split_inclusive(|byte| *byte == b'\n') {
            println!("{}", one(line, env, mask));
        }
    }
    cut.is_none()
}

fn one(line: &[u8], env: &dyn Environment, mask: Option<Mask>) -> String {
    let line = line.trim_ascii_end();
    let (line, goes_on) = line.strip_suffix(b"\\").map_or((line, false), |rest| (rest, true));
    let mut text = line.to_vec();
    text.push(b'\n');
    let (file, _) = parse(&text);
    let words = file.lines.first().map(|line| word::expand_line(&file.text, line, env).0).unwrap_or_default();
    let words: Vec<&str> = words.iter().map(text_of).collect();
    let opens = words.first().is_some_and(|first| Sections::opener(first).is_some());
    let mut shown = String::from(if opens { "" } else { "\t" });
    match mask {
        Some(mask) if !words.is_empty() => shown.push_str(&mask.line(&words, opens)),
        _ => words.iter().for_each(|word| {
            shown.push_str(word);
            shown.push(' ');
        }),
    }
    if goes_on {
        shown.push_str("\\ ");
    }
    shown
}
