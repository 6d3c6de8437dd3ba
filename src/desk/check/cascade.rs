//! What only follows from another finding: one mistake is said once, where it was made.

use super::{NO_SECTION, Report};
use crate::model::draft::Current;
use crate::model::script::Section;
use crate::spec::Level;
use crate::spec::lint::Finding;

/// The code of a server line that was cut.
const NO_ADDRESS: &str = "E006";

/// Codes that speak of another one's mistake when both are of one line: the first says it better.
const SAID_BETTER: [(&str, &str); 4] = [("O005", "O011"), ("E008", "E001"), ("T001", "T003"), ("E001", "O002")];

/// Leaves out what follows from other findings.
pub fn leave_out(report: &mut Report) {
    opened(report);
    let findings = &mut report.findings;
    servers(findings);
    misspelt(findings);
    one_line(findings);
    unchecked(report);
    timeouts_of_zero(report);
    of_refused_lines(report);
}

/// The text of the line that a finding is about.
fn line<'a>(report: &'a Report, finding: &Finding) -> &'a str {
    let text = report.sources.get(finding.place.file as usize).map_or(&b""[..], |(_, text)| text);
    let at = (finding.place.line as usize).saturating_sub(1);
    text.split(|byte| *byte == b'\n').nth(at).and_then(|line| std::str::from_utf8(line).ok()).unwrap_or_default().trim()
}

fn is_of_line(one: &Finding, other: &Finding) -> bool {
    (one.place.file, one.place.line) == (other.place.file, other.place.line)
}

/// An `.if` that nothing closes is said where it begins, not where the file ends.
fn opened(report: &mut Report) {
    for finding in report.findings.iter_mut().filter(|finding| finding.message.starts_with("non-terminated '.if'")) {
        let Some((_, text)) = report.sources.get(finding.place.file as usize) else { continue };
        let mut open = Vec::new();
        let mut start = 0;
        for (number, line) in (1..).zip(text.split(|byte| *byte == b'\n')) {
            let blanks = line.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
            let word = line.get(blanks..).unwrap_or_default().split(u8::is_ascii_whitespace).next();
            match word {
                Some(b".if") => open.push((number, start + blanks, start + line.trim_ascii_end().len())),
                Some(b".endif") => drop(open.pop()),
                _ => {}
            }
            start += line.len() + 1;
        }
        if let Some((line, start, end)) = open.pop() {
            finding.place.line = line;
            finding.place.start = start as u32;
            finding.place.end = end as u32;
            finding.help = Some("close it with `.endif`".to_owned());
        }
    }
}

/// Two findings of one line about one thing.
fn one_line(findings: &mut Vec<Finding>) {
    for (better, worse) in SAID_BETTER {
        let lines: Vec<Finding> = findings.iter().filter(|finding| finding.code == better).cloned().collect();
        let mut gone = Vec::new();
        findings.retain(|finding| {
            let again = finding.code == worse && lines.iter().any(|line| is_of_line(line, finding));
            gone.extend(again.then(|| finding.clone()));
            !again
        });
        for finding in findings.iter_mut().filter(|finding| finding.code == better) {
            let Some(worse) = gone.iter().find(|gone| is_of_line(gone, finding)) else { continue };
            finding.level = finding.level.max(worse.level);
            if let (Some(help), "T003", Some(more)) = (&mut finding.help, worse.code, &worse.help) {
                *help = format!("{help}; for its checks {more}");
            }
        }
    }
    let names: Vec<Finding> = findings.iter().filter(|finding| finding.code == "T015").cloned().collect();
    findings.retain(|finding| {
        let again = finding.message.contains("L6 sample fetches ignored");
        !again || !names.iter().any(|name| is_of_line(name, finding))
    });
}

/// The line of the section that a finding is in.
fn header<'a>(report: &'a Report, finding: &Finding) -> Option<&'a Section> {
    let place = finding.place;
    report.script.sections.iter().rfind(|section| {
        let header = section.header.place;
        header.file == place.file && header.line <= place.line
    })
}

/// Leaves out the findings that this does not keep.
fn retain(report: &mut Report, keeps: impl Fn(&Report, &Finding) -> bool) {
    let stays: Vec<bool> = report.findings.iter().map(|finding| keeps(report, finding)).collect();
    let mut stays = stays.into_iter();
    report.findings.retain(|_| stays.next().unwrap_or(true));
}

/// The sections in which a code was found.
fn sections_with(report: &Report, code: &str) -> Vec<Current> {
    let found = report.findings.iter().filter(|finding| finding.code == code);
    found.filter_map(|finding| Some(header(report, finding)?.current)).collect()
}

/// Where no server of a proxy is checked, what the checks of each would do is no matter.
fn unchecked(report: &mut Report) {
    let proxies = sections_with(report, "H001");
    retain(report, |report, it| {
        let of_checks = matches!(it.code, "H006" | "H007");
        !of_checks || header(report, it).is_none_or(|section| !proxies.contains(&section.current))
    });
}

/// A timeout of zero is one that is missing: that it is zero says more.
fn timeouts_of_zero(report: &mut Report) {
    let zero = sections_with(report, "P008");
    let handed_down = zero.iter().any(|section| matches!(section, Current::Defaults(_)));
    retain(report, |report, it| {
        let in_it = || header(report, it).is_some_and(|section| zero.contains(&section.current));
        it.code != "P001" || !(handed_down || in_it())
    });
}

/// What only follows from a line that was refused: its log target, its ACL, its place in a rule set, its mode.
fn of_refused_lines(report: &mut Report) {
    let errors: Vec<&Finding> = report.findings.iter().filter(|finding| finding.level == Level::Error).collect();
    let lines: Vec<(u32, u32)> = errors.iter().map(|it| (it.place.file, it.place.line)).collect();
    let texts: Vec<Vec<String>> =
        errors.iter().map(|it| line(report, it).split_whitespace().take(2).map(str::to_owned).collect()).collect();
    let begins = |word: &str| texts.iter().any(|text| text.first().is_some_and(|first| first == word));
    let (no_log, no_mode) = (begins("log"), begins("mode"));
    let acls: Vec<String> = texts
        .iter()
        .filter_map(|text| match &text[..] {
            [first, name] if first == "acl" => Some(format!("no such ACL : '{name}'")),
            _ => None,
        })
        .collect();
    report.findings.retain(|finding| {
        let blamed = |(place, _): &(crate::base::diag::Place, String)| lines.contains(&(place.file, place.line));
        match finding.code {
            "L001" => !no_log,
            "O007" => !no_mode,
            "O001" | "O002" => !finding.related.iter().any(blamed),
            "R002" => !acls.iter().any(|sentence| finding.message.contains(sentence.as_str())),
            _ => true,
        }
    });
    let replaced: Vec<(u32, u32)> = report
        .findings
        .iter()
        .filter(|finding| finding.code == "O012")
        .flat_map(|finding| finding.related.iter().map(|(place, _)| (place.file, place.line)))
        .collect();
    report.findings.retain(|finding| {
        let place = (finding.place.file, finding.place.line);
        !(finding.message.starts_with("overwriting '") && replaced.contains(&place))
    });
}

/// Leaves out what only follows from a server line that was cut or lost a word.
fn servers(findings: &mut Vec<Finding>) {
    let cut = findings.iter().filter(|finding| finding.code == NO_ADDRESS);
    let lines: Vec<(u32, u32)> = cut
        .flat_map(|finding| std::iter::once(&finding.place).chain(finding.related.iter().map(|(place, _)| place)))
        .map(|place| (place.file, place.line))
        .collect();
    findings.retain(|finding| {
        let follows = finding.level == Level::Error && lines.contains(&(finding.place.file, finding.place.line));
        !follows || [NO_ADDRESS, NO_SECTION].contains(&finding.code)
    });
    let mut astray = Vec::new();
    findings.retain(|finding| {
        // The first line that stands in no section speaks for those behind it.
        let again = finding.message.ends_with("out of section.") && astray.contains(&finding.place.file);
        astray.extend(finding.message.ends_with("out of section.").then_some(finding.place.file));
        !again
    });
}

/// What nothing leads to because its name was misspelt, or written where nobody asks for it.
fn misspelt(findings: &mut Vec<Finding>) {
    let of = |codes: &'static [&'static str]| findings.iter().filter(|finding| codes.contains(&finding.code));
    let helps: Vec<String> = of(&["R001", "R002"]).filter_map(|finding| finding.help.clone()).collect();
    let patterns: Vec<String> =
        of(&["O005"]).filter_map(|it| it.message.split('\'').nth(1)).map(|name| format!("'{name}'")).collect();
    let cookies: Vec<String> = findings.iter().filter_map(|finding| ignored_cookies(&finding.message)).collect();
    findings.retain(|finding| {
        // The backend whose name was misspelt is one that nothing leads to.
        let named = |name: &str| finding.message.ends_with(name);
        let misspelt = matches!(finding.code, "O008" | "O009")
            && (helps.iter().any(|help| meant(help).is_some_and(named)) || patterns.iter().any(|name| named(name)));
        // HAProxy says of the servers again what it said of their backend.
        let again = finding.message.contains("ignoring cookie for server")
            && cookies.iter().any(|proxy| finding.message.starts_with(&format!("proxy '{proxy}'")));
        !misspelt && !again
    });
}

/// The name that a help proposes, in its quotes.
fn meant(help: &str) -> Option<&str> {
    help.strip_prefix("did you mean ")?.strip_suffix('?')
}

/// The proxy whose cookie line is ignored.
fn ignored_cookies(message: &str) -> Option<String> {
    let (_, rest) = message.split_once("cookie will be ignored for proxy '")?;
    rest.split('\'').next().map(str::to_owned)
}
