//! `pointsman explain`: what a word, a termination state or a log line means, and what to look at next.

mod cause;
mod facts;
mod group;
mod json;
pub mod line;
mod meaning;
mod outline;
mod page;
mod place;
mod show;
pub(in crate::desk) mod state;
mod word;

use std::io::{Read, Write};

use crate::config::{load, machine};
use crate::spec::lint::Lint;
use crate::words;

use facts::Facts;
use line::{Content, Pattern, Reading};
use outline::Outline;
use state::State;

/// The exit code when there was something to say.
const ANSWERED: u8 = 0;
/// The exit code when what was asked is not known.
const UNKNOWN: u8 = 1;
/// The exit code when a file cannot be read.
const UNREADABLE: u8 = 2;
/// The exit code when the command was called wrongly.
const USAGE_ERROR: u8 = 3;

/// The most that is read of a log, bytes.
const LOG_BYTES_MAX: u64 = 4 << 30;

/// The longest text that is taken for a word of the language.
const WORD_BYTES_MAX: usize = 80;

const USAGE: &str = "Usage : pointsman explain [--config <cfgfile|cfgdir>]... [--format text|json] <what>
        <what> is a word of the configuration language, the code of a finding, a termination state such as SC--,
        a log line, a file of log lines, or '-' for log lines on standard input
        --config the configuration that wrote the lines: its log formats are known, and the lines behind a cause are shown";

/// What is known about what was asked.
pub enum Answer<'a> {
    /// Words that are called so, and the names of those that begin so.
    Words(Vec<word::Page>, Vec<String>),
    /// Words whose names begin so.
    Family(&'a str, Vec<word::Page>),
    /// A finding of `check`.
    Finding(&'static Lint),
    /// A termination state, and words that are called the same.
    State(State<'a>, Vec<word::Page>),
    /// A log line; with a configuration, the lines of it that matter.
    Line {
        /// The line.
        reading: Box<Reading>,
        /// Why it ended as it did.
        cause: cause::Cause,
        /// The lines of the configuration.
        cited: Option<Vec<place::Cited>>,
    },
    /// A file of lines.
    Lines(group::Summary),
}

/// What was asked for.
#[derive(Default)]
struct Wishes {
    configs: Vec<String>,
    json: bool,
    what: Vec<String>,
}

/// Runs the command; its exit code.
pub fn run(args: &[String]) -> u8 {
    let wishes = match parse(args) {
        Ok(Some(wishes)) => wishes,
        Ok(None) => {
            println!("{USAGE}");
            return ANSWERED;
        }
        Err(sentence) => {
            eprintln!("pointsman: {sentence}\n{USAGE}");
            return USAGE_ERROR;
        }
    };
    let outline = match outline(&wishes.configs) {
        Ok(outline) => outline,
        Err(sentence) => {
            eprintln!("pointsman: {}", sentence.trim_start_matches("config : "));
            return UNREADABLE;
        }
    };
    let what = wishes.what.join(" ");
    let what = what.trim().to_owned();
    let text = match log(&what) {
        Ok(text) => text,
        Err(sentence) => {
            eprintln!("pointsman: {what}: {sentence}");
            return UNREADABLE;
        }
    };
    let answer = match &text {
        Some(text) => Some(of_log(text, outline.as_ref())),
        None => answer(&what, outline.as_ref()),
    };
    let Some(answer) = answer else {
        eprintln!("pointsman: {}", unknown(&what));
        return UNKNOWN;
    };
    let shown = if wishes.json { format!("{:#}\n", json::value(&answer)) } else { show::text(&answer) };
    let written = std::io::stdout().write_all(shown.as_bytes());
    match (&answer, written) {
        (_, Err(_)) => UNREADABLE,
        (Answer::Lines(summary), _) if summary.groups.is_empty() => UNKNOWN,
        _ => ANSWERED,
    }
}

fn parse(args: &[String]) -> Result<Option<Wishes>, String> {
    let mut wishes = Wishes::default();
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        let mut value = || args.next().ok_or_else(|| format!("missing value for {arg}"));
        match arg.as_str() {
            "-h" | "--help" => return Ok(None),
            "--config" => wishes.configs.push(value()?.clone()),
            "--format" => {
                wishes.json = match value()?.as_str() {
                    "text" => false,
                    "json" => true,
                    other => return Err(format!("unknown format: '{other}'")),
                }
            }
            what => wishes.what.push(what.to_owned()),
        }
    }
    if wishes.what.is_empty() { Err("nothing to explain".to_owned()) } else { Ok(Some(wishes)) }
}

fn outline(configs: &[String]) -> Result<Option<Outline>, String> {
    if configs.is_empty() {
        return Ok(None);
    }
    let sources = load::sources(configs)?;
    Ok(Some(Outline::read(&sources, &load::variables_of(&sources, "localhost"))))
}

/// The log that is meant by `-` or the name of a file; none when it is neither. What is known by name is no file.
fn log(what: &str) -> Result<Option<String>, String> {
    let mut bytes = Vec::new();
    let path = std::path::Path::new(what);
    let named = || path.is_file() || (what.contains('/') && !what.contains(' '));
    let read = if what == "-" {
        std::io::stdin().take(LOG_BYTES_MAX).read_to_end(&mut bytes)
    } else if named() && answer(what, None).is_none() {
        std::fs::File::open(path).and_then(|file| file.take(LOG_BYTES_MAX).read_to_end(&mut bytes))
    } else {
        return Ok(None);
    };
    read.map_err(|error| machine::reason(&error))?;
    Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
}

/// The patterns lines are read with: those of the configuration, then HAProxy's own.
fn patterns(outline: Option<&Outline>) -> Vec<Pattern> {
    let mut patterns = outline.map(Outline::patterns).unwrap_or_default();
    patterns.extend(line::pattern::builtin());
    patterns
}

/// What a log says: a single line is explained as such.
fn of_log<'a>(text: &str, outline: Option<&Outline>) -> Answer<'a> {
    let patterns = patterns(outline);
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    if let (Some(only), None) = (lines.next(), lines.next())
        && let Some(reading) = line::read(only, &patterns)
    {
        return of_line(reading, outline);
    }
    Answer::Lines(group::summarize(text.lines(), &patterns, outline))
}

fn of_line<'a>(reading: Reading, outline: Option<&Outline>) -> Answer<'a> {
    let (cause, cited) = of_reading(&reading, outline);
    Answer::Line { reading: Box::new(reading), cause, cited }
}

/// The cause of a line, and the lines of the configuration that bear on it.
fn of_reading(reading: &Reading, outline: Option<&Outline>) -> (cause::Cause, Option<Vec<place::Cited>>) {
    let (mut cause, cited) = match &reading.content {
        Content::Traffic(traffic) => {
            let facts = Facts::of(traffic);
            (cause::of_traffic(&facts), outline.map(|outline| place::cite(outline, &facts)))
        }
        Content::Event(event) => (cause::of_event(event), outline.map(|outline| place::cite_event(outline, event))),
    };
    if let Some(cited) = &cited {
        cause.weigh(cited);
    }
    (cause, cited)
}

/// What is known about a word, a code, a state or a line.
pub fn answer<'a>(what: &'a str, outline: Option<&Outline>) -> Option<Answer<'a>> {
    if let Some(lint) = finding(what) {
        return Some(Answer::Finding(lint));
    }
    let is_short = what.len() <= WORD_BYTES_MAX;
    let words = if is_short { word::pages(what) } else { Vec::new() };
    if let Some(state) = state::read(what).or_else(|| state::of_cookie(what).filter(|_| words.is_empty())) {
        return Some(Answer::State(state, words));
    }
    let family = if is_short { word::family(what) } else { Vec::new() };
    if !family.is_empty() && word::are_aside(&words) {
        return Some(Answer::Family(what, family));
    }
    if !words.is_empty() {
        return Some(Answer::Words(words, family.into_iter().map(|word| word.name).collect()));
    }
    let read = line::read(what, &patterns(outline)).map(|reading| of_line(reading, outline));
    read.or_else(|| state_in(what).map(|state| Answer::State(state, Vec::new())))
}

/// How many words of a line that is not understood are looked at for a state.
const WORDS_MAX: usize = 100;

/// The termination state that stands in a line which is not understood.
fn state_in(what: &str) -> Option<State<'_>> {
    let word = |word: &&str| line::object::is_state(word) && *word != "--";
    let mut words = what.split([' ', '"', ',', '=', '\t']).take(WORDS_MAX).filter(word);
    words.next().and_then(state::read)
}

/// A finding of `check`, by its code.
fn finding(code: &str) -> Option<&'static Lint> {
    words::lints().find(|lint| lint.code.eq_ignore_ascii_case(code))
}

/// What is said of something unknown.
fn unknown(what: &str) -> String {
    if word::is_known(what) {
        let time = word::time(what).map(|time| format!(". {}", time.trim_end_matches('.'))).unwrap_or_default();
        return format!("'{what}' is a word of HAProxy that has no page yet{time}");
    }
    let is_code = what.len() == 4 && what.starts_with(|c: char| c.is_ascii_alphabetic());
    if is_code && what.chars().skip(1).all(|c| c.is_ascii_digit()) {
        return format!("no finding has the code '{what}'; `pointsman check --list` shows those there are");
    }
    if what.split_whitespace().count() > 3 || what.len() > WORD_BYTES_MAX {
        return "this is no log line in a format that is known; --config FILE tells of your own format".to_owned();
    }
    match word::nearest(what) {
        Some(best) => format!("'{what}' is not known; did you mean '{best}'?"),
        None => format!("'{what}' is not known"),
    }
}

/// The answer as text, for tests and fuzzing: no file is read.
pub fn explain(what: &str, config: Option<(&str, &[u8])>, json: bool) -> String {
    let outline = config.map(|(name, text)| Outline::read(&[(name.to_owned(), text.to_vec())], &load::variables()));
    let answer = match what.trim_end().contains('\n') {
        true => Some(of_log(what, outline.as_ref())),
        false => answer(what, outline.as_ref()),
    };
    match answer {
        Some(answer) if json => format!("{:#}\n", json::value(&answer)),
        Some(answer) => show::text(&answer),
        None => unknown(what) + "\n",
    }
}
