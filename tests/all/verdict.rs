//! What `-c` says: small files of one mistake each against recorded verdicts, and folders of configurations against the
//! real program. Nothing is run here but `-c`.
//!
//! A file of `tests/verdict` ends with its verdict in comments: the exit code, then every message without the process
//! number. `HAPROXY=path BLESS=1` records them anew; `HAPROXY=path CORPUS=folder` compares a folder.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Programs that run side by side.
const PARALLEL: usize = 4;
/// Fewer recorded files than this mean that some were lost.
const RECORDED_MIN: usize = 150;
/// What begins the recorded verdict.
const MARK: &str = "# verdict ";

/// One line of a program's errors: its level, and what it says.
type Message = (String, String);

/// What a program said about a file.
#[derive(PartialEq)]
struct Verdict {
    exit: i32,
    messages: Vec<Message>,
}

/// Every recorded verdict, by this program; or all recorded anew.
pub(crate) fn check_recorded() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/verdict");
    let files = configurations(&folder);
    assert!(files.len() >= RECORDED_MIN, "{} files in {}", files.len(), folder.display());
    if env::var_os("BLESS").is_some_and(|which| which == "1") {
        let haproxy = env::var_os("HAPROXY").map(PathBuf::from).expect("BLESS=1 needs HAPROXY=path");
        for file in &files {
            record(&folder, file, &verdict(&haproxy, &folder, file));
        }
        return println!("verdict: {} recorded", files.len());
    }
    let ours = Path::new(env!("CARGO_BIN_EXE_pointsman"));
    let differ = each(&files, |file| {
        let said = comments(&verdict(ours, &folder, file));
        let recorded = fs::read_to_string(folder.join(file)).unwrap();
        let recorded = recorded.find(MARK).map_or("", |at| &recorded[at..]);
        (said != recorded).then(|| format!("{file}\n  recorded:\n{recorded}  said:\n{said}"))
    });
    differ.iter().for_each(|text| println!("verdict: {text}"));
    println!("verdict: {} files, {} differ", files.len(), differ.len());
    assert!(differ.is_empty(), "{} verdicts differ", differ.len());
}

/// The files of `CORPUS` by both programs: exit code and line of the first error must be the same.
pub(crate) fn check_corpus() {
    let (Some(corpus), Some(haproxy)) = (env::var_os("CORPUS"), env::var_os("HAPROXY")) else {
        return println!("verdict: corpus skipped, CORPUS=folder and HAPROXY=path are not both set");
    };
    let (corpus, haproxy) = (PathBuf::from(corpus), PathBuf::from(haproxy));
    let ours = Path::new(env!("CARGO_BIN_EXE_pointsman"));
    let files = configurations(&corpus);
    let identical = AtomicUsize::new(0);
    let differ = each(&files, |file| {
        let (real, said) = (verdict(&haproxy, &corpus, file), verdict(ours, &corpus, file));
        if real == said {
            identical.fetch_add(1, Ordering::Relaxed);
            return None;
        }
        let same = real.exit == said.exit && (real.exit != 1 || first_line(&real) == first_line(&said));
        let first = |verdict: &Verdict| first_error(verdict).unwrap_or("-").lines().next().unwrap_or("-").to_owned();
        (!same).then(|| {
            format!("{file}\n    exit {} {}\n    ours {} {}", real.exit, first(&real), said.exit, first(&said))
        })
    });
    differ.iter().for_each(|text| println!("verdict: {text}"));
    let identical = identical.into_inner();
    println!("verdict: {} files, {} differ, {identical} say exactly the same", files.len(), differ.len());
    assert!(differ.is_empty(), "{} verdicts differ", differ.len());
}

/// The names of the configurations in a folder, sorted.
fn configurations(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = entries.filter(|name| name.ends_with(".cfg")).collect();
    names.sort();
    names
}

/// Runs `-c` in the folder.
fn verdict(program: &Path, folder: &Path, file: &str) -> Verdict {
    let mut command = Command::new(program);
    command.args(["-c", "-f", file]).current_dir(folder).stdin(Stdio::null()).env_remove("HAPROXY_DEBUG");
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    Verdict { exit: output.status.code().unwrap_or(-1), messages: messages(&text) }
}

/// Splits the errors into messages. What only tells the version, or names words that are not run, is left out.
fn messages(text: &str) -> Vec<Message> {
    let mut messages: Vec<Message> = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with("Words that this program")) {
        let begins = line.strip_prefix('[').and_then(|rest| rest.split_once(']'));
        let said = begins.and_then(|(level, rest)| Some((level, rest.split_once(") : ")?.1)));
        match (said, messages.last_mut()) {
            (Some((level, text)), _) => messages.push((level.to_owned(), text.to_owned())),
            (None, Some((_, last))) => {
                last.push('\n');
                last.push_str(line);
            }
            (None, None) => messages.push((String::new(), line.to_owned())),
        }
    }
    let about = |text: &str| text.contains("version is ") || text.starts_with("path to executable");
    messages.retain(|(level, text)| level != "NOTICE" || !about(text));
    messages
}

fn first_error(verdict: &Verdict) -> Option<&str> {
    verdict.messages.iter().find(|(level, _)| level == "ALERT").map(|(_, text)| text.as_str())
}

/// The line that the first error names, in brackets or parentheses.
fn first_line(verdict: &Verdict) -> Option<u32> {
    let text = first_error(verdict)?;
    text.split(['[', '(']).skip(1).find_map(|part| {
        let inside = part.split([']', ')']).next()?;
        inside.rsplit_once(':')?.1.parse().ok()
    })
}

/// The verdict as comments for the end of a file.
fn comments(verdict: &Verdict) -> String {
    let mut text = format!("{MARK}{}\n", verdict.exit);
    for (level, message) in &verdict.messages {
        let mut lines = message.lines();
        text.push_str(&format!("# {level}: {}\n", lines.next().unwrap_or_default()));
        lines.for_each(|line| text.push_str(&format!("#   {line}\n")));
    }
    text
}

fn record(folder: &Path, file: &str, verdict: &Verdict) {
    let path = folder.join(file);
    let text = fs::read_to_string(&path).unwrap();
    let config = text.find(MARK).map_or(text.as_str(), |at| &text[..at]);
    fs::write(path, format!("{config}{}", comments(verdict))).unwrap();
}

/// What `work` says about the files, several at once, in order.
fn each(files: &[String], work: impl Fn(&str) -> Option<String> + Sync) -> Vec<String> {
    let next = AtomicUsize::new(0);
    let said = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..PARALLEL {
            scope.spawn(|| {
                while let Some((at, file)) =
                    Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|at| Some((at, files.get(at)?)))
                {
                    if let Some(text) = work(file) {
                        said.lock().unwrap().push((at, text));
                    }
                }
            });
        }
    });
    let mut said = said.into_inner().unwrap();
    said.sort();
    said.into_iter().map(|(_, text)| text).collect()
}
