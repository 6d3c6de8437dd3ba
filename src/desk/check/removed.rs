//! Removed words: the line that replaces each, and whether it may be written without asking.
//!
//! The old header words ran behind all of `http-request`, and `block` before it. A line is only rewritten where the rules
//! around it leave no difference.

use crate::base::diag::Place;
use crate::model::draft::Sections;
use crate::model::script::{Script, Section, Statement};
use crate::spec::lint::Finding;

/// Words that have a new name, and nothing else about them changed.
const RENAMED: [(&str, &str); 10] = [
    ("contimeout", "timeout connect"),
    ("clitimeout", "timeout client"),
    ("srvtimeout", "timeout server"),
    ("redispatch", "option redispatch"),
    ("redisp", "option redispatch"),
    ("option forceclose", "option httpclose"),
    ("option http-tunnel", ""),
    ("option http-use-htx", ""),
    ("option accept-invalid-http-request", "option accept-unsafe-violations-in-http-request"),
    ("option accept-invalid-http-response", "option accept-unsafe-violations-in-http-response"),
];

/// What replaces a line, and where it stands.
struct New {
    /// How many words it replaces.
    taken: usize,
    text: String,
    /// The rules around it leave no difference.
    is_same: bool,
}

/// Offers the rewrite of a removed word, or says what it would be.
pub fn offer(place: Place, code: &str, script: &Script, finding: &mut Finding) {
    let Some((section, line)) = script.line_of(place).filter(|_| matches!(code, "D001" | "D002")) else { return };
    if let Some(new) = renamed(line).or_else(|| rule(section, line)) {
        match new.text.as_str() {
            "" => finding.help("remove it: this is the default"),
            text => finding.help(format!("write `{}`", [text, &rest(line, new.taken)].join(" ").trim_end())),
        };
        if new.is_same {
            finding.fix(line.span(0, new.taken), new.text);
        }
    } else if let Some(text) = substitution(line) {
        finding.help(format!("write `{}`", [&text, rest(line, 3).as_str()].join(" ").trim_end()));
    }
}

/// The words behind those that are replaced.
fn rest(line: &Statement, taken: usize) -> String {
    line.texts(taken).collect::<Vec<_>>().join(" ")
}

fn renamed(line: &Statement) -> Option<New> {
    let (old, new) = RENAMED.iter().find(|(old, _)| line.starts(old))?;
    let taken = old.split(' ').count();
    (!line.negated).then(|| New { taken, text: (*new).to_owned(), is_same: true })
}

fn rule(section: &Section, line: &Statement) -> Option<New> {
    let word = line.word(0);
    let set = if word.starts_with("rsp") { "http-response" } else { "http-request" };
    let (taken, text, is_same) = match word {
        "block" => (1, "http-request deny".to_owned(), !before(section, line).any(|rule| rule.word(0) == set)),
        "reqadd" | "rspadd" => {
            let (name, value) = line.word(1).split_once(':').filter(|(name, _)| is_name(name.trim()))?;
            let value = value.trim();
            if value.is_empty() {
                return None;
            }
            let text = format!("{set} add-header {} \"{}\"", name.trim(), quoted(value));
            (2, text, may_move(section, line, set, name.trim()))
        }
        // The first two compared names with their case, and fields' names have none.
        "reqdel" | "rspdel" | "reqidel" | "rspidel" => {
            let (name, rest) = line.word(1).strip_prefix('^')?.split_once(':').filter(|(name, _)| is_name(name))?;
            if !matches!(rest, "" | ".*" | "(.*)") {
                return None;
            }
            let is_same = word.ends_with("idel") && may_move(section, line, set, name);
            (2, format!("{set} del-header {name}"), is_same)
        }
        _ => return None,
    };
    let is_same = is_same && section.kind != Sections::DEFAULTS;
    Some(New { taken, text, is_same })
}

fn before<'a>(section: &'a Section, line: &'a Statement) -> impl Iterator<Item = &'a Statement> {
    section.lines.iter().take_while(move |other| !std::ptr::eq(*other, line))
}

/// Whether a line about a header does the same among the rules of a set that it did behind them all.
fn may_move(section: &Section, line: &Statement, set: &str, name: &str) -> bool {
    let old = set.strip_prefix("http-").and_then(|side| side.get(..3));
    let is_of_set = |other: &&Statement| {
        let word = other.word(0);
        word == set
            || word.get(..3).is_some_and(|begin| Some(begin) == old.map(|old| if old == "res" { "rsp" } else { old }))
    };
    // A final rule above would have it left out.
    let ends = |rule: &Statement| matches!(rule.word(1), "allow" | "use-service") || rule.word(1).starts_with("lua.");
    let name = name.to_ascii_lowercase();
    let mentions = |rule: &Statement| rule.texts(1).any(|word| word.to_ascii_lowercase().contains(&name));
    let after = section.lines.iter().skip_while(|other| !std::ptr::eq(*other, line)).skip(1);
    let mut after = after.filter(is_of_set);
    let conditional = line.condition(1).is_some();
    !before(section, line).any(|rule| rule.word(0) == set && ends(rule))
        && !after.any(|rule| conditional || mentions(rule) || rule.word(1).starts_with("lua."))
}

/// A header's name without anything that means more in an expression.
fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

/// A text between double quotes, in a format.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\\' | '"' | '$' => out.extend(['\\', letter]),
            '%' => out.push_str("%%"),
            plain => out.push(plain),
        }
    }
    out
}

/// What replaces a substitution in the text of a request. What it did to other spellings of a line cannot be told, so it
/// is not written without asking.
fn substitution(line: &Statement) -> Option<String> {
    let set = match line.word(0) {
        "reqrep" | "reqirep" => "http-request",
        "rsprep" | "rspirep" => "http-response",
        _ => return None,
    };
    let (from, to) = (line.word(1), line.word(2));
    let method = ["^([^\\ :]*)\\ ", "^([^ :]*) ", "^([^\\ ]*)\\ ", "^([^ ]*) ", "^([^\\ :]+)\\ ", "^([^ :]+) "];
    if let (Some(path), Some(new)) = (
        method.iter().find_map(|begin| from.strip_prefix(begin)),
        to.strip_prefix("\\1\\ ").or(to.strip_prefix("\\1 ")),
    ) && set == "http-request"
    {
        // The groups are counted without that of the method.
        let new = (2..=9).fold(new.to_owned(), |text, at| text.replace(&format!("\\{at}"), &format!("\\{}", at - 1)));
        return Some(format!("http-request replace-pathq ^{} {}", escaped(path), escaped_format(&new)));
    }
    let (name, pattern) = from.trim_start_matches('^').split_once(':').filter(|(name, _)| is_name(name))?;
    let (new_name, value) = to.split_once(':')?;
    let value = value.trim_start();
    let pattern = pattern.trim_start_matches("\\ ").trim_start();
    let is_same = new_name.eq_ignore_ascii_case(name) && !value.is_empty() && !pattern.is_empty();
    is_same.then(|| format!("{set} replace-header {name} ^{} {}", escaped(pattern), escaped_format(value)))
}

/// A word with its blanks escaped.
fn escaped(text: &str) -> String {
    text.replace("\\ ", " ").replace(' ', "\\ ")
}

fn escaped_format(text: &str) -> String {
    escaped(&text.replace('%', "%%"))
}

#[cfg(test)]
mod tests {
    use super::super::{look, options::Options};
    use crate::config::load;

    /// What is written instead of the lines of a frontend, and whether it is written without asking.
    fn written(lines: &str) -> Vec<(String, bool)> {
        let text = format!("frontend web\n    mode http\n    timeout client 9s\n    bind :8080\n{lines}\n");
        let report = look(vec![("a".to_owned(), text.into_bytes())], &load::variables(), &Options::default());
        let old = report.findings.into_iter().filter(|finding| finding.code == "D001");
        old.map(|finding| (finding.help.unwrap_or_default(), finding.fix.is_some())).collect()
    }

    #[test]
    fn what_means_the_same_is_written() {
        for (old, new) in [
            ("reqadd X-A:\\ b$c%d if { src 10.0.0.1 }", "http-request add-header X-A \"b\\$c%%d\" if { src 10.0.0.1 }"),
            ("rspidel ^Server:.*", "http-response del-header Server"),
            ("block if { path /x }", "http-request deny if { path /x }"),
            ("http-request set-header X-B c\nreqadd X-A:\\ b", "http-request add-header X-A \"b\""),
        ] {
            assert_eq!(written(old), [(format!("write `{new}`"), true)], "{old}");
        }
    }

    #[test]
    fn what_may_differ_is_only_said() {
        for (old, new) in [
            ("reqdel ^X-A:", "http-request del-header X-A"),
            ("http-request allow if { path /x }\nreqadd X-A:\\ b", "http-request add-header X-A \"b\""),
            ("reqadd X-A:\\ b\nhttp-request deny if { hdr(x-a) b }", "http-request add-header X-A \"b\""),
            ("http-request set-path /x\nblock if { path /x }", "http-request deny if { path /x }"),
            ("reqirep ^([^\\ :]*)\\ /api/(.*) \\1\\ /\\2", "http-request replace-pathq ^/api/(.*) /\\1"),
            (
                "rspirep ^Location:\\ http:(.*) Location:\\ https:\\1",
                "http-response replace-header Location ^http:(.*) https:\\1",
            ),
        ] {
            assert_eq!(written(old), [(format!("write `{new}`"), false)], "{old}");
        }
        assert_eq!(written("reqidel ^X-(A|B):"), [(String::new(), false)]);
    }
}
