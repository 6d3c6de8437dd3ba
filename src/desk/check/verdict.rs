//! What HAProxy says of a configuration, as findings: its sentence, our code and what to do about it.

use super::removed;
use crate::base::diag::{Diagnostic, Place, Severity};
use crate::model::draft::Sections;
use crate::model::script::{Script, Section, Statement};
use crate::registry;
use crate::spec::Level;
use crate::spec::lint::Findings;
use crate::words;
use crate::words::lint::{self, Saying};

/// Sentences that only count what was said before.
const SUMMARIES: [&str; 5] = [
    "Fatal errors found in configuration",
    "Error(s) found in configuration file",
    "Failed to initialize server(s) addr",
    "too many fatal errors",
    // What follows a section's line that was refused.
    "'listen' or 'defaults' expected",
];

/// A line that could not be judged: file and line.
pub type Line = (u32, u32);

/// Adds a finding per sentence; whether HAProxy would refuse the files. In a fragment, what is missing is not said: it
/// may be in the part that was not shown.
pub fn add(
    said: &[Diagnostic],
    script: &Script,
    (fragment, unjudged): (bool, &[Line]),
    findings: &mut Findings,
) -> bool {
    let mut refused = false;
    for diagnostic in said {
        let message = sentence(&diagnostic.message);
        let unjudged = unjudged.contains(&(diagnostic.place.file, diagnostic.place.line));
        if unjudged || SUMMARIES.iter().any(|summary| message.contains(summary)) {
            continue;
        }
        let level = match diagnostic.severity {
            Severity::Diag | Severity::Notice => continue,
            Severity::Warning => Level::Warning,
            Severity::Alert | Severity::Fatal => Level::Error,
        };
        let message = headline(&message);
        let message = message.as_str();
        let Saying { code, help, elsewhere, located, .. } = lint::saying(message, level);
        // What is so on this machine only is no mistake of the file.
        let level = if code.starts_with('X') { Level::Note } else { level };
        // The mode, too, may be said in the part that is not shown.
        let moded = *code == "R005" && script.sections.iter().any(|section| section.last("mode").is_some());
        if fragment && *elsewhere && !moded {
            continue;
        }
        // A lint of the same code says it better.
        let again = |known: &crate::spec::lint::Finding| {
            known.code == *code && (known.place.is_in_line_of(diagnostic.place) || *located)
        };
        refused |= level == Level::Error;
        if findings.list.iter().any(again) {
            continue;
        }
        findings.now = Some((code, level));
        let place = place(diagnostic.place, message, script);
        // One line that is handed down to many is said once.
        let finding = match code {
            &"R005" => findings.once(place, message),
            _ => findings.at(place, message),
        };
        let near = nearest(diagnostic.place, code, message, script).or_else(|| default_value(message));
        if let Some(help) = near.or_else(|| help(message)).or_else(|| usage(diagnostic.place, code, script)) {
            finding.help(help);
        }
        removed::offer(diagnostic.place, code, script, finding);
    }
    refused
}

/// The first line of a sentence, and what it ends with a colon for.
fn headline(sentence: &str) -> String {
    let (first, rest) = sentence.split_once('\n').unwrap_or((sentence, ""));
    let first = first.trim_end();
    match rest.lines().map(str::trim).find(|line| !line.is_empty()) {
        Some(next) if first.ends_with(':') => {
            format!("{} {next}", first.trim_end_matches(':').trim_end().to_owned() + ":")
        }
        _ => first.to_owned(),
    }
}

/// The sentence without what comes before it.
fn sentence(message: &str) -> String {
    let text = message.trim_start_matches([' ', ':']).trim();
    let text = text.strip_prefix("config : ").unwrap_or(text);
    // `parsing [file:line] : ` is said by the place.
    let begun = ["parsing [", "Parsing ["].iter().find_map(|begin| text.strip_prefix(begin));
    let text = begun.and_then(|rest| rest.split_once(']')).map_or(text, |(_, rest)| rest);
    let text = text.strip_prefix('[').and_then(|rest| rest.split_once("] : ")).map_or(text, |(_, rest)| rest);
    text.trim_start_matches([' ', ':']).trim().to_owned()
}

/// Whether a sentence about the whole holds although lines of it were refused.
pub fn stands_alone(said: &Diagnostic, script: &Script) -> bool {
    let level = if said.severity == Severity::Fatal { Level::Error } else { Level::Warning };
    match lint::saying(&said.message, level).code {
        "R001" => !script.sections.iter().any(|section| said.message.contains(&format!("'{}'.", section.name()))),
        "R004" => true,
        _ => false,
    }
}

/// Shells write `${NAME:-value}`.
fn default_value(message: &str) -> Option<String> {
    let colon = message.contains("environment variable name") && message.contains(":-");
    colon.then(|| "a value for the case that it is not set comes without the colon: `\"${NAME-value}\"`".to_owned())
}

/// A name that exists and is nearly the one that is missing.
fn nearest(place: Place, code: &str, message: &str, script: &Script) -> Option<String> {
    let wanted = message.trim_end_matches('.').strip_suffix('\'').and_then(|text| text.rsplit('\'').next())?;
    let names: Vec<&str> = match code {
        "R001" => {
            let backs = script.sections.iter().filter(|section| Sections::BACK.has(section.kind));
            backs.map(Section::name).collect()
        }
        "R002" => {
            let section = script.sections.iter().rev().find(|section| {
                let first = section.header.place;
                first.file == place.file && first.line <= place.line
            })?;
            section.all("acl").map(|line| line.word(1)).collect()
        }
        _ => return None,
    };
    let best = registry::suggest(wanted, names.into_iter())?;
    Some(format!("did you mean '{best}'?"))
}

/// How the word of a refused line is used.
fn usage(place: Place, code: &str, script: &Script) -> Option<String> {
    if code != "E001" {
        return None;
    }
    let (section, line) = script.line_of(place)?;
    if line.texts(0).any(|word| word.contains(['“', '”', '‘', '’'])) {
        return Some("“ and ” are letters here: write \" or '".to_owned());
    }
    let (keyword, taken) = registry::keyword(section.kind, &line.words)?;
    let name = line.word(taken).split('(').next().unwrap_or_default();
    let action = words::actions().find(|action| action.name == name && keyword.usage.contains("action"));
    let text = match action {
        Some(action) => format!("{} {name} {}", keyword.name, action.usage),
        None => format!("{} {}", keyword.name, keyword.usage),
    };
    Some(format!("usage: {}", text.trim()))
}

/// Where it is: a sentence about a whole section that names a keyword is about the first line with it, in the section
/// or in the `defaults` above it.
fn place(place: Place, message: &str, script: &Script) -> Place {
    let at = script.sections.iter().position(|section| section.header.place.is_in_line_of(place));
    let Some((at, section)) = at.and_then(|at| Some((at, script.sections.get(at)?))) else {
        return Place { line: place.line.max(1), ..place };
    };
    // `… for proxy 'stats'` names the proxy.
    let of_proxy = message.split('\'').next().is_some_and(|before| before.ends_with("proxy "));
    let named = message.split('\'').nth(1).filter(|named| !named.is_empty() && !of_proxy);
    // `cookie will be ignored …` begins with its keyword.
    let first = message.split(' ').next().unwrap_or_default();
    let says = |line: &&Statement| named.is_some_and(|named| line.starts(named)) || line.word(0) == first;
    let own = section.lines.iter().find(|line| leads_to(line, message)).or_else(|| section.lines.iter().find(says));
    let handed_down = || {
        let defaults = script.sections.get(..at)?.iter().rev().find(|above| above.kind == Sections::DEFAULTS)?;
        defaults.lines.iter().find(|line| line.word(0) == "option" && says(line))
    };
    own.or_else(handed_down).map_or(section.header.whole(), |line| line.whole())
}

/// Whether a line names what a sentence about its section is about.
fn leads_to(line: &Statement, message: &str) -> bool {
    let name = |before: &str| message.split_once(before).and_then(|(_, rest)| rest.split('\'').next());
    match line.word(0) {
        "default_backend" => message.contains("as its default backend") && name("backend '") == Some(line.word(1)),
        "balance" => message.starts_with("Layer 7 hash not possible"),
        "use_backend" if message.contains("to use incompatible") => name("backend '") == Some(line.word(1)),
        // `unable to find userlist 'ops' referenced in arg 1 of ACL keyword 'http_auth' in proxy 'web'.`
        _ if message.contains("' referenced in arg ") => {
            let missing = message.split('\'').nth(1).unwrap_or_default();
            let calls = [format!("({missing})"), format!("({missing},"), format!(",{missing})")];
            line.texts(1).any(|word| calls.iter().any(|call| word.contains(call.as_str())))
        }
        "stick" => name("stick-table '").is_some_and(|table| {
            line.find("table", 2).map_or(message.contains(&format!("Proxy '{table}'")), |at| line.word(at + 1) == table)
        }),
        _ => false,
    }
}
