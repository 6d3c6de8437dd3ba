//! Every lint by its page and by files: what must be found is found at its line, what must stay silent does, and the
//! printed pages are those of the lints.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use pointsman::config::load;
use pointsman::desk::check::options::Options;
use pointsman::desk::check::render::render;
use pointsman::desk::check::{Report, look};
use pointsman::spec::{Lint, Release};
use pointsman::words;
use serde_json::Value;

/// Looks at a text with every lint that there is.
fn check(name: &str, text: &str) -> Report {
    check_for(None, name, text)
}

/// The same, for a release of HAProxy.
fn check_for(target: Option<Release>, name: &str, text: &str) -> Report {
    let every = words::lints().map(|lint| lint.code.to_owned()).collect();
    let options = Options { select: every, target, ..Options::default() };
    look(vec![(name.to_owned(), text.as_bytes().to_vec())], &load::variables(), &options)
}

fn codes(report: &Report) -> BTreeSet<&'static str> {
    report.findings.iter().map(|finding| finding.code).collect()
}

/// The first `cfg` block under a heading of a page.
fn block(page: &str, heading: &str) -> Option<String> {
    let (_, rest) = page.split_once(&format!("## {heading}"))?;
    let section = rest.split("## ").next()?;
    let (_, code) = section.split_once("```cfg\n")?;
    let code = code.split("```").next()?;
    Some(code.lines().map(|line| format!("{}\n", line.strip_prefix(' ').unwrap_or(line))).collect())
}

#[test]
fn examples_of_pages_are_found_and_what_to_use_instead_is_not() {
    let mut wrong = Vec::new();
    for lint in words::lints() {
        for heading in ["What it finds", "Why it matters", "Example", "Use instead"] {
            if !lint.page.contains(&format!("## {heading}")) {
                wrong.push(format!("{}: the page lacks '{heading}'", lint.code));
            }
        }
        // A page about `--target` says which one its example is for.
        let target = lint.page.split_once("Checked with `--target ").and_then(|(_, rest)| Release::read(&rest[..3]));
        if let Some(example) = block(lint.page, "Example") {
            let found = codes(&check_for(target, "example.cfg", &example));
            if !found.contains(lint.code) {
                wrong.push(format!("{}: its example is not found, but {found:?}", lint.code));
            }
        }
        if let Some(instead) = block(lint.page, "Use instead") {
            let report = check_for(target, "instead.cfg", &instead);
            if codes(&report).contains(lint.code) {
                wrong.push(format!("{}: what to use instead is found, too", lint.code));
            }
            if report.refused {
                let said: Vec<&str> = report.findings.iter().map(|finding| finding.message.as_str()).collect();
                wrong.push(format!("{}: what to use instead is refused: {said:?}", lint.code));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// `tests/findings/*.cfg`: a line ends with `# finds CODE[,CODE]` when these, and nothing else, are found in it. A file
/// may say in its first line which lints it is about: `# only CODES`.
#[test]
fn files_find_what_their_comments_say() {
    let mut wrong = Vec::new();
    let mut files: Vec<_> = fs::read_dir("tests/findings").unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.is_file());
    files.sort();
    assert!(files.len() > 10, "the files are gone");
    for path in files {
        let text = fs::read_to_string(&path).unwrap();
        let name = path.display().to_string();
        let only = text.lines().next().and_then(|line| line.strip_prefix("# only "));
        let about = |code: &str| only.is_none_or(|list| list.split(',').any(|begin| code.starts_with(begin.trim())));
        let expected = expected(&text);
        let report = check(&name, &text);
        let found: BTreeSet<(u32, String)> = report
            .findings
            .iter()
            .filter(|finding| about(finding.code))
            .map(|finding| (finding.place.line, finding.code.to_owned()))
            .collect();
        for (line, code) in expected.difference(&found) {
            wrong.push(format!("{name}:{line}: {code} is not found"));
        }
        for (line, code) in found.difference(&expected) {
            wrong.push(format!("{name}:{line}: {code} is found"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// `tests/findings/mistakes` and `tests/findings/clean`, with the lints that are on by default: the one mistake of a file
/// is found at its line and nothing else is, and a clean file gets no word.
#[test]
fn mistakes_are_named_and_clean_files_are_silent() {
    let mut wrong = Vec::new();
    let mut count = [0, 0];
    for (kind, folder) in ["mistakes", "clean"].iter().enumerate() {
        for entry in fs::read_dir(Path::new("tests/findings").join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let text = fs::read_to_string(&path).unwrap();
            let name = path.display().to_string();
            let options = Options::default();
            let report = look(vec![(name.clone(), text.as_bytes().to_vec())], &load::variables(), &options);
            // What is absent from this machine is no mistake of the file.
            let about_file = report.findings.iter().filter(|finding| !finding.code.starts_with('X'));
            let found: BTreeSet<(u32, String)> =
                about_file.map(|finding| (finding.place.line, finding.code.to_owned())).collect();
            let expected = expected(&text);
            assert_eq!(expected.is_empty(), *folder == "clean", "{name}");
            wrong.extend(expected.difference(&found).map(|(line, code)| format!("{name}:{line}: {code} is not found")));
            wrong.extend(found.difference(&expected).map(|(line, code)| format!("{name}:{line}: {code} is found")));
            count[kind] += 1;
        }
    }
    assert!(count[0] > 80 && count[1] > 50, "the files are gone");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// `--target`: each word that the release lacks is named where it stands, and older words are not.
#[test]
fn targets_are_told_what_they_lack() {
    const TEXT: &str = "\
global
    tune.quic.socket-owner listener
    h1-do-not-close-on-insecure-transfer-encoding
frontend web
    mode http
    bind :8080 thread 1/all label pause
    option accept-unsafe-violations-in-http-request
    http-request pause 10ms if { bc_reused }
    http-request set-var(txn.a) req.hdr(pause),x509_v_err_str
    http-after-response set-log-level silent
    log-format \"%HPO %[fc_saved_syn]\"
    default_backend app
backend app
    mode http
    balance hash path
    filter bwlim-in x default-limit 1k default-period 1s
    server a 192.0.2.1:80 sni-auto strict-maxconn name label
";
    let named = |target: &str| -> Vec<String> {
        let report = check_for(Release::read(target), "target.cfg", TEXT);
        let about = report.findings.iter().filter(|finding| ["D004", "D005"].contains(&finding.code));
        about
            .map(|finding| {
                let word = finding.message.split('\'').nth(1).unwrap_or_default();
                format!("{} {} {word}", finding.place.line, finding.level.word())
            })
            .collect()
    };
    let newer = ["6 error label", "8 error pause", "8 error bc_reused"];
    let newest = ["11 error fc_saved_syn", "17 error sni-auto", "17 error strict-maxconn"];
    let renamed = "7 error option accept-unsafe-violations-in-http-request";
    let unsure = "3 warning h1-do-not-close-on-insecure-transfer-encoding";
    assert_eq!(named("3.2"), ["11 error fc_saved_syn", "17 error sni-auto"]);
    assert_eq!(named("3.4"), ["2 warning tune.quic.socket-owner"]);
    assert_eq!(named("2.9"), [&[unsure, newer[0], renamed], &newer[1..], &newest[..]].concat());
    let oldest = named("2.2");
    for word in ["thread", "HPO", "hash", "bwlim-in", "x509_v_err_str", "set-log-level"] {
        assert!(oldest.iter().any(|line| line.ends_with(&format!("error {word}"))), "{word}: {oldest:?}");
    }
    assert!(check("target.cfg", TEXT).findings.iter().all(|finding| !["D004", "D005"].contains(&finding.code)));
}

/// The codes that a file's comments name, with their lines.
fn expected(text: &str) -> BTreeSet<(u32, String)> {
    (1..)
        .zip(text.lines())
        .filter_map(|(number, line)| Some((number, line.split_once("# finds ")?.1)))
        .flat_map(|(number, codes)| codes.split(',').map(move |code| (number, code.trim().to_owned())))
        .collect()
}

/// `tests/findings/stories`: what people posted, and the answer they get.
#[test]
fn stories_get_their_answers() {
    let folder = Path::new("tests/findings/stories");
    let mut wrong = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "txt") {
            continue;
        }
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let text = fs::read(&path).unwrap();
        let options = Options { verbose: true, ..Options::default() };
        let report = look(vec![(name.clone(), text)], &load::variables(), &options);
        let said = render(&report, &options);
        let golden = folder.join(format!("{name}.txt"));
        if std::env::var_os("BLESS").is_some() {
            fs::write(&golden, &said).unwrap();
        }
        if fs::read_to_string(&golden).unwrap_or_default() != said {
            wrong.push(format!("{name}:\n{said}"));
        }
    }
    assert!(wrong.is_empty(), "other answers than before, BLESS=1 keeps them:\n{}", wrong.join("\n"));
}

/// Runs the program in the folder of `old.cfg`.
fn run(args: &[&str]) -> (String, i32) {
    let run = Command::new(env!("CARGO_BIN_EXE_pointsman"))
        .current_dir("tests/findings/formats")
        .arg("check")
        .args(args)
        .output()
        .unwrap();
    (String::from_utf8(run.stdout).unwrap(), run.status.code().unwrap())
}

#[test]
fn every_format_is_written_as_before() {
    let mut wrong = Vec::new();
    for format in ["text", "json", "sarif", "github", "gitlab", "junit", "diff", "compat", "list"] {
        let (said, _) = match format {
            "diff" | "compat" => run(&[&format!("--{format}"), "old.cfg"]),
            "list" => run(&["--list"]),
            _ => run(&["--format", format, "old.cfg"]),
        };
        let golden = Path::new("tests/findings/formats").join(format!("{format}.txt"));
        if std::env::var_os("BLESS").is_some() {
            fs::write(&golden, &said).unwrap();
        }
        if fs::read_to_string(&golden).unwrap_or_default() != said {
            wrong.push(format!("{format}:\n{said}"));
        }
    }
    assert!(wrong.is_empty(), "other answers than before, BLESS=1 keeps them:\n{}", wrong.join("\n"));
}

#[test]
fn json_has_the_fields_it_promises() {
    let whole: Value = serde_json::from_str(&run(&["--format=json", "old.cfg"]).0).unwrap();
    let findings = whole["findings"].as_array().unwrap();
    assert!(findings.len() > 5);
    for finding in findings {
        for field in ["code", "severity", "file", "message", "url"] {
            assert!(finding[field].is_string(), "{field} in {finding}");
        }
        for field in ["line", "column", "end_line", "end_column"] {
            assert!(finding[field].as_u64().is_some_and(|number| number > 0), "{field} in {finding}");
        }
        assert!(finding["related"].is_array() && finding.get("help").is_some(), "{finding}");
        assert!(Path::new(finding["url"].as_str().unwrap()).exists(), "no page for {finding}");
    }
    let sarif: Value = serde_json::from_str(&run(&["--format=sarif", "old.cfg"]).0).unwrap();
    assert_eq!(sarif["version"], "2.1.0");
    let (results, rules) = (&sarif["runs"][0]["results"], &sarif["runs"][0]["tool"]["driver"]["rules"]);
    assert_eq!(results.as_array().unwrap().len(), findings.len());
    for result in results.as_array().unwrap() {
        let rule = &rules[result["ruleIndex"].as_u64().unwrap() as usize];
        assert_eq!(rule["id"], result["ruleId"]);
        assert!(result["locations"][0]["physicalLocation"]["region"]["startLine"].is_u64());
    }
}

#[test]
fn exit_codes_are_those_of_the_page() {
    for (args, code) in [
        (&["../clean.cfg"][..], 0),
        (&["../tls.cfg"], 1),
        (&["../tls.cfg", "--only", "H"], 0),
        (&["../tls.cfg", "--severity", "error"], 0),
        (&["../clean.cfg", "--severity", "note", "--select", "P"], 1),
        (&["old.cfg"], 2),
        (&["../clean.cfg", "--strict-env"], 2),
        (&["no-such-file.cfg"], 3),
        (&["--no-such-option", "old.cfg"], 3),
        (&[], 3),
    ] {
        assert_eq!(run(args).1, code, "{args:?}");
    }
    assert_eq!(run(&["../clean.cfg"]).0, "", "a clean file gets no word");
}

#[test]
fn a_baseline_leaves_out_what_it_knows() {
    let path = std::env::temp_dir().join(format!("pointsman-baseline-{}.json", std::process::id()));
    let name = path.to_str().unwrap();
    assert_eq!(run(&["--write-baseline", name, "../tls.cfg"]).1, 0);
    let (said, code) = run(&["--baseline", name, "../tls.cfg"]);
    fs::remove_file(&path).unwrap();
    assert_eq!((said.as_str(), code), ("", 0));
}

#[test]
fn codes_are_unique_and_of_their_group() {
    let mut seen = BTreeSet::new();
    for lint in words::lints() {
        assert!(seen.insert(lint.code), "{} twice", lint.code);
        assert!(lint.code.len() == 4 && lint.code[1..].bytes().all(|byte| byte.is_ascii_digit()), "{}", lint.code);
    }
}

#[test]
fn the_pages_are_printed() {
    let mut pages: Vec<(String, String)> =
        words::lints().map(|lint| (format!("{}.md", lint.code), page(lint))).collect();
    pages.push(("README.md".to_owned(), index()));
    let folder = Path::new("docs/findings");
    if std::env::var_os("BLESS").is_some() {
        fs::create_dir_all(folder).unwrap();
        for (name, text) in &pages {
            fs::write(folder.join(name), text).unwrap();
        }
    }
    for (name, text) in &pages {
        let printed = fs::read_to_string(folder.join(name)).unwrap_or_default();
        assert!(
            printed == *text,
            "docs/findings/{name} is not what the lint says: BLESS=1 cargo test --test all pages"
        );
    }
    let files = fs::read_dir(folder).unwrap().count();
    assert_eq!(files, pages.len(), "a page without a lint in docs/findings");
}

fn page(lint: &Lint) -> String {
    let text: String = lint.page.lines().map(|line| format!("{}\n", line.strip_prefix(' ').unwrap_or(line))).collect();
    let on = if lint.on { "looked for by default" } else { "looked for when selected" };
    format!("# {}: {}\n\n*{}, {on}*\n\n{}\n", lint.code, lint.name, lint.level.word(), text.trim())
}

fn index() -> String {
    let mut out =
        String::from("# Findings of `pointsman check`\n\n| code | name | level | what it is |\n|---|---|---|---|\n");
    for lint in words::lints() {
        let first = lint.page.trim().lines().next().unwrap_or_default().trim();
        let off = if lint.on { "" } else { ", when selected" };
        let level = lint.level.word();
        out.push_str(&format!("| [{0}]({0}.md) | {1} | {level}{off} | {first} |\n", lint.code, lint.name));
    }
    out
}
