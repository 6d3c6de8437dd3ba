//! `pointsman fmt`: the same configuration, laid out one way. What a line means never changes; comments and order stay.

mod layout;
mod rows;

use std::io::{Read, Write};

use pointsman_parser::parse;
use similar::TextDiff;

use crate::config::load;
use crate::desk::check::yaml;

pub use layout::format;

/// The exit code when everything is laid out already, or was written.
const CLEAN: u8 = 0;
/// The exit code when something would change.
const CHANGES: u8 = 1;
/// The exit code when a file cannot be read or written.
const UNREADABLE: u8 = 2;
/// The exit code when the command was called wrongly.
const USAGE_ERROR: u8 = 3;

const USAGE: &str = "Usage : pointsman fmt [--check] [--diff] <cfgfile|cfgdir|->...
        lays configurations out, in place; '-' reads standard input and writes standard output
        --check lists the files that would change, and changes none
        --diff shows what would change, and changes nothing";

/// What is done with the result.
#[derive(Clone, Copy, Default)]
struct Wishes {
    check: bool,
    diff: bool,
}

/// Runs the command; its exit code.
pub fn run(args: &[String]) -> u8 {
    let mut wishes = Wishes::default();
    let mut names = Vec::new();
    for arg in args {
        match arg.as_str() {
            "--check" => wishes.check = true,
            "--diff" => wishes.diff = true,
            "-h" | "--help" => {
                println!("{USAGE}");
                return CLEAN;
            }
            other if other.starts_with('-') && other != "-" => {
                eprintln!("pointsman: unknown option: '{other}'\n{USAGE}");
                return USAGE_ERROR;
            }
            other => names.push(other.to_owned()),
        }
    }
    if names.is_empty() {
        eprintln!("{USAGE}");
        return USAGE_ERROR;
    }
    names.iter().map(|name| one(name, wishes)).max().unwrap_or(CLEAN)
}

/// One argument: a file, a folder of files, or standard input.
fn one(name: &str, wishes: Wishes) -> u8 {
    if name == "-" {
        let mut text = Vec::new();
        if let Err(error) = std::io::stdin().read_to_end(&mut text) {
            eprintln!("pointsman: standard input: {error}");
            return UNREADABLE;
        }
        return treat("-", &text, wishes);
    }
    match load::sources(&[name.to_owned()]) {
        Ok(sources) => sources.iter().map(|(path, text)| treat(path, text, wishes)).max().unwrap_or(CLEAN),
        Err(sentence) => {
            eprintln!("pointsman: {}", sentence.trim_start_matches("config : "));
            UNREADABLE
        }
    }
}

fn treat(path: &str, text: &[u8], wishes: Wishes) -> u8 {
    if yaml::is_yaml(text) {
        eprintln!(
            "pointsman: {path}: left as it is: this is YAML, in which blanks at the beginning of a line have a meaning"
        );
        return UNREADABLE;
    }
    let laid = format(text);
    let changed = laid != text;
    if changed && !same_meaning(text, &laid) {
        // No input is known that comes here; a file is worth more than a promise.
        eprintln!("pointsman: {path}: left as it is: its layout cannot be changed without changing its meaning");
        return UNREADABLE;
    }
    for (line, reason) in broken(text) {
        eprintln!("pointsman: {path}:{line}: left as it is: {reason}");
    }
    let mut out = std::io::stdout().lock();
    let written = if wishes.diff {
        diff(path, text, &laid, &mut out)
    } else if wishes.check {
        if changed { writeln!(out, "{path}") } else { Ok(()) }
    } else if path == "-" {
        out.write_all(&laid)
    } else if changed {
        std::fs::write(path, &laid)
    } else {
        Ok(())
    };
    if let Err(error) = written {
        eprintln!("pointsman: {path}: {error}");
        return UNREADABLE;
    }
    if changed && (wishes.check || wishes.diff) { CHANGES } else { CLEAN }
}

fn diff(path: &str, before: &[u8], after: &[u8], out: &mut dyn Write) -> std::io::Result<()> {
    let name = path.trim_start_matches('/');
    let (old, new) = (format!("a/{name}"), format!("b/{name}"));
    TextDiff::from_lines(before, after).unified_diff().header(&old, &new).to_writer(out)
}

/// The lines that are in error, with the first line of what HAProxy says of them.
fn broken(text: &[u8]) -> Vec<(u32, String)> {
    let (_, errors) = parse(&layout::whole(text));
    let first = |message: String| message.lines().next().unwrap_or_default().trim_end_matches(':').to_owned();
    errors.iter().map(|error| (error.line, first(error.message()))).collect()
}

/// Whether two texts say the same: the same words and comments, line by line, blank lines aside.
pub fn same_meaning(before: &[u8], after: &[u8]) -> bool {
    let read = |text: &[u8]| {
        let (file, _) = parse(&layout::whole(text));
        let lines = file.lines.iter().filter(|line| !line.words.is_empty() || line.comment.is_some() || line.broken);
        let said = |line: &pointsman_parser::Line| {
            let words: Vec<Vec<u8>> = line.words.iter().map(|word| file.slice(word.span).to_vec()).collect();
            let comment = line.comment.map(|span| layout::trim_end(file.slice(span)).to_vec());
            (words, comment, line.broken)
        };
        lines.map(said).collect::<Vec<_>>()
    };
    read(before) == read(after)
}

#[cfg(test)]
mod tests;
