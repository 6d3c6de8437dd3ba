//! The samples in `ok/` and `err/` against their goldens, and the errors against those of a real HAProxy.
#![allow(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod common;

use std::path::Path;
use std::process::{Command, Output};

#[test]
fn ok_samples_keep_their_tree() {
    for sample in common::samples("ok") {
        let text = std::fs::read(&sample).unwrap();
        let name = sample.file_name().unwrap().to_string_lossy().into_owned();
        common::check_golden(&sample, "tree", &common::dump(&name, &text));
    }
}

#[test]
fn err_samples_keep_their_sentences() {
    for sample in common::samples("err") {
        let text = std::fs::read(&sample).unwrap();
        let name = sample.file_name().unwrap().to_string_lossy().into_owned();
        let said: String = common::errors(&name, &text)
            .into_iter()
            .map(|(line, warning, message)| {
                format!("{line} {}: {message}\n", if warning { "warning" } else { "error" })
            })
            .collect();
        assert!(!said.is_empty(), "{name} has no error");
        common::check_golden(&sample, "errors", &said);
    }
}

/// HAProxy often stops at the first error: every line we speak of is tried alone, the other ones made blank. What we say
/// must be part of the first thing it says of that line; and without those lines it must find nothing to refuse.
#[test]
fn samples_agree_with_a_real_haproxy() {
    let Some(haproxy) = std::env::var_os("HAPROXY") else {
        eprintln!("skipped: set HAPROXY to the path of an HAProxy 3.2 binary");
        return;
    };
    let folder = std::env::temp_dir().join(format!("pointsman-parser-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let mut wrong = Vec::new();
    for sample in common::samples("err").into_iter().chain(common::samples("ok")) {
        let text = std::fs::read(&sample).unwrap();
        let name = sample.file_name().unwrap().to_string_lossy().into_owned();
        let path = folder.join(&name);
        let ours = common::errors(&name, &text);
        let said = |kept: Option<u32>| {
            let blanked = |line: u32| ours.iter().any(|(ours, _, _)| *ours == line) && Some(line) != kept;
            std::fs::write(&path, without(&text, blanked)).unwrap();
            said_by(Path::new(&haproxy), &path, &["-c"])
        };
        for (line, warning, message) in &ours {
            let level = if *warning { "WARNING" } else { "ALERT" };
            let theirs: Vec<Said> = said(Some(*line)).into_iter().filter(|said| said.level == level).collect();
            // A warning about a time names no line.
            let agrees = |said: &Said| (said.line == *line || *warning) && said.text.contains(message.as_str());
            if !theirs.iter().take(2).any(agrees) {
                wrong.push(format!("{name}:{line}: we say {message:?}, HAProxy {theirs:?}"));
            }
        }
        for theirs in said(None).into_iter().filter(|said| said.level == "ALERT" && said.line > 0) {
            wrong.push(format!("{name}: we say nothing, HAProxy {theirs:?}"));
        }
    }
    std::fs::remove_dir_all(&folder).unwrap();
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
}

/// `haproxy -dC` prints the words of every line after expansion: they must be ours.
#[test]
fn ok_samples_have_the_words_of_a_real_haproxy() {
    let Some(haproxy) = std::env::var_os("HAPROXY") else {
        eprintln!("skipped: set HAPROXY to the path of an HAProxy 3.2 binary");
        return;
    };
    for sample in common::samples("ok") {
        let text = std::fs::read(&sample).unwrap();
        let name = sample.file_name().unwrap().to_string_lossy().into_owned();
        let output = run(Path::new(&haproxy), &sample, &["-dC", "-c"]);
        let ours = tabless(&common::tokens(&name, &text));
        let theirs = tabless(&output.stdout);
        assert!(theirs.starts_with(&ours), "{name}: we have\n{ours}HAProxy has\n{theirs}");
    }
}

/// The same over real configurations, up to the first line one of us speaks of.
#[test]
fn the_corpus_has_the_words_of_a_real_haproxy() {
    let (Some(haproxy), Some(folder)) = (std::env::var_os("HAPROXY"), std::env::var_os("CORPUS")) else {
        eprintln!("skipped: set HAPROXY to the path of an HAProxy 3.2 binary and CORPUS to a folder of configurations");
        return;
    };
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "cfg") {
            continue;
        }
        let text = std::fs::read(&path).unwrap();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let until = common::line_errors(&text).into_iter().map(|(line, _)| line).min().unwrap_or(u32::MAX);
        let lines = text.split_inclusive(|byte| *byte == b'\n').take(until as usize - 1);
        let ours = tabless(&common::tokens(&name, &lines.collect::<Vec<_>>().concat()));
        let theirs = tabless(&run(Path::new(&haproxy), &path, &["-dC", "-c"]).stdout);
        assert!(theirs.starts_with(&ours), "{name}: we have\n{ours}HAProxy has\n{theirs}");
        seen += 1;
    }
    assert!(seen > 0, "CORPUS has no configuration");
}

/// How many generated texts are compared: each is a run of HAProxy.
const LINES: u64 = 300;
const CONDITIONS: u64 = 300;
const FORMATS: u64 = 300;

/// And over generated ones: the words of every line, and what is said of the lines, must be the same.
#[test]
fn generated_texts_have_the_words_of_a_real_haproxy() {
    let Some(haproxy) = std::env::var_os("HAPROXY") else {
        eprintln!("skipped: set HAPROXY to the path of an HAProxy 3.2 binary");
        return;
    };
    let path = std::env::temp_dir().join(format!("pointsman-generated-{}.cfg", std::process::id()));
    let mut wrong = Vec::new();
    for seed in 0..LINES {
        let text = [b"global\na ".as_slice(), &common::Generator(seed).lines(), b"\n"].concat();
        std::fs::write(&path, &text).unwrap();
        let ours: Vec<(u32, String)> =
            common::line_errors(&text).into_iter().map(|(line, error)| (line, error.message())).collect();
        let theirs: Vec<(u32, String)> = said_by(Path::new(&haproxy), &path, &["-dC", "-c"])
            .into_iter()
            .filter(|said| said.line > 0)
            .map(|said| (said.line, said.text.split_once("]: ").map_or(String::new(), |(_, text)| text.to_string())))
            .collect();
        if ours != theirs {
            let first = ours.iter().zip(&theirs).find(|(ours, theirs)| ours != theirs);
            wrong.push(format!("seed {seed}: {first:?}, {} and {}", ours.len(), theirs.len()));
        }
        let kept = without(&text, |line| ours.iter().any(|(ours, _)| *ours == line));
        std::fs::write(&path, &kept).unwrap();
        let ours = tabless(&common::tokens(&path.file_name().unwrap().to_string_lossy(), &kept));
        let theirs = tabless(&run(Path::new(&haproxy), &path, &["-dC", "-c"]).stdout);
        if !theirs.starts_with(&ours) {
            wrong.push(format!("seed {seed}: we have\n{ours}HAProxy has\n{theirs}"));
        }
    }
    std::fs::remove_file(&path).unwrap();
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
}

/// Generated conditions hold when HAProxy says so, and are refused with its sentence.
#[test]
fn generated_conditions_agree_with_a_real_haproxy() {
    let Some(haproxy) = std::env::var_os("HAPROXY") else {
        eprintln!("skipped: set HAPROXY to the path of an HAProxy 3.2 binary");
        return;
    };
    let path = std::env::temp_dir().join(format!("pointsman-condition-{}.cfg", std::process::id()));
    let mut wrong = Vec::new();
    for seed in 0..CONDITIONS {
        let condition = common::Generator(seed).condition();
        let word = common::generator::quoted(&condition);
        let text = [b"global\n.if ", word.as_slice(), b"\n.alert yes\n.else\n.alert no\n.endif\n"];
        std::fs::write(&path, text.concat()).unwrap();
        let ours = match pointsman_parser::block::evaluate(&condition, &mut common::Predicates) {
            Ok(true) => "'yes'".into(),
            Ok(false) => "'no'".into(),
            Err(error) => error.in_directive(".if", &condition),
        };
        let theirs = said_by(Path::new(&haproxy), &path, &["-c"]);
        let theirs = theirs.iter().find(|said| said.level == "ALERT").map_or("", |said| said.text.as_str());
        if !theirs.contains(&ours) {
            wrong.push(format!("{seed} {}: we say {ours}\nHAProxy {theirs}", condition.escape_ascii()));
        }
    }
    std::fs::remove_file(&path).unwrap();
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
}

/// Generated formats are refused with HAProxy's sentence, or accepted by both.
#[test]
fn generated_formats_agree_with_a_real_haproxy() {
    let Some(haproxy) = std::env::var_os("HAPROXY") else {
        eprintln!("skipped: set HAPROXY to the path of an HAProxy 3.2 binary");
        return;
    };
    let path = std::env::temp_dir().join(format!("pointsman-format-{}.cfg", std::process::id()));
    let head = b"frontend f\n mode http\n bind :8011\n timeout client 1s\n log stdout local0\n log-format ";
    let mut wrong = Vec::new();
    for seed in 0..FORMATS {
        let format = common::Generator(seed).format();
        std::fs::write(&path, [head, common::generator::quoted(&format).as_slice(), b"\n"].concat()).unwrap();
        let theirs = said_by(Path::new(&haproxy), &path, &["-c"]);
        let theirs = theirs.iter().find(|said| said.level == "ALERT").map_or("", |said| said.text.as_str());
        let agrees = match common::format_sentence(&format) {
            Some(sentence) => theirs.ends_with(&format!(": {sentence}.")) || theirs.ends_with(&format!(": {sentence}")),
            None => theirs.is_empty(),
        };
        if !agrees {
            let ours = common::format_sentence(&format);
            wrong.push(format!("{seed} {}: we say {ours:?}\nHAProxy {theirs}", format.escape_ascii()));
        }
    }
    std::fs::remove_file(&path).unwrap();
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
}

/// Lines without the tabs `-dC` puts before those of a section, nor the blank it forgets after a colon.
fn tabless(text: &[u8]) -> String {
    String::from_utf8_lossy(text).replace("\n\t", "\n").replace(": ", ":").trim_start_matches('\t').into()
}

/// The text with the lines that are `blanked` made blank; a condition stays one, so that its end has a beginning.
fn without(text: &[u8], blanked: impl Fn(u32) -> bool) -> Vec<u8> {
    let mut kept = Vec::new();
    for (number, line) in (1..).zip(text.split_inclusive(|byte| *byte == b'\n')) {
        if !blanked(number) {
            kept.extend_from_slice(line);
        } else {
            let condition = line.trim_ascii_start().starts_with(b".if");
            kept.extend_from_slice(if condition { b".if 0\n" } else { b"\n" });
        }
    }
    kept
}

/// One message of HAProxy.
#[derive(Debug)]
struct Said {
    level: &'static str,
    /// Zero when it names no line.
    line: u32,
    text: String,
}

/// What HAProxy says of a configuration, in order.
fn said_by(haproxy: &Path, path: &Path, options: &[&str]) -> Vec<Said> {
    let output = run(haproxy, path, options);
    let start = format!("[{}:", path.file_name().unwrap().to_string_lossy());
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    let mut all: Vec<Said> = Vec::new();
    for text in stderr.lines() {
        match ["ALERT", "WARNING", "NOTICE"].into_iter().find(|level| text.starts_with(&format!("[{level}] "))) {
            Some(level) => {
                let number = text.split_once(&start).and_then(|(_, rest)| rest.split(']').next()?.parse().ok());
                all.push(Said { level, line: number.unwrap_or(0), text: text.into() });
            }
            None => {
                if let Some(last) = all.last_mut() {
                    last.text.push('\n');
                    last.text.push_str(text);
                }
            }
        }
    }
    all
}

fn run(haproxy: &Path, path: &Path, options: &[&str]) -> Output {
    Command::new(haproxy)
        .args(options)
        .arg("-f")
        .arg(path.file_name().unwrap())
        .current_dir(path.parent().unwrap())
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .envs(common::VARIABLES)
        .output()
        .unwrap()
}
