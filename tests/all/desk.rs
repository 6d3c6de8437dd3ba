//! What `fmt` and `explain` print: golden files in `tests/explain`, and every example of the pages in `docs`.
//! `BLESS=1` writes both again.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use pointsman::desk::explain::explain;

/// The pages whose examples are run.
const PAGES: [&str; 2] = ["docs/explain.md", "docs/fmt.md"];

/// How many spoilt lines are asked about.
const MUTATIONS: usize = 150;

/// The widest line of an answer as text; a long word may reach beyond.
const WIDTH: usize = 100;

#[test]
fn explanations() {
    let mut wrong = Vec::new();
    let mut paths: Vec<PathBuf> =
        fs::read_dir(root().join("tests/explain")).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "txt"));
    paths.sort();
    for path in paths {
        let text = fs::read_to_string(&path).unwrap();
        let now = play(&text);
        if now == text {
            continue;
        }
        if bless() {
            fs::write(&path, now).unwrap();
        } else {
            wrong.push(format!("{}\n{}", path.display(), first_difference(&text, &now)));
        }
    }
    assert!(wrong.is_empty(), "BLESS=1 writes them again:\n{}", wrong.join("\n"));
}

/// The text of a golden file with every answer given anew.
///
/// `> words` asks; more such lines below make a log of several lines; `json> words` asks for JSON. What stands indented
/// below is the answer. A `config:` block is the configuration of all that follows; `#` lines are remarks.
fn play(text: &str) -> String {
    let mut out = String::new();
    let mut config: Option<String> = None;
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        out.push_str(line);
        out.push('\n');
        let json = line.starts_with("json> ");
        let asked = line.strip_prefix("json> ").or_else(|| line.strip_prefix("> "));
        let Some(first) = asked else {
            if line == "config:" {
                let mut block = String::new();
                while let Some(line) = lines.next_if(|line| line.starts_with("    ") || line.is_empty()) {
                    out.push_str(line);
                    out.push('\n');
                    block.push_str(line.strip_prefix("    ").unwrap_or(line));
                    block.push('\n');
                }
                config = Some(block);
            }
            continue;
        };
        let mut what = first.to_owned();
        while let Some(line) = lines.next_if(|line| line.starts_with("> ")) {
            out.push_str(line);
            out.push('\n');
            what.push('\n');
            what.push_str(&line[2..]);
        }
        while lines.next_if(|line| line.starts_with("    ") || line.is_empty()).is_some() {}
        let answer = explain(&what, config.as_deref().map(|text| ("haproxy.cfg", text.as_bytes())), json);
        for line in answer.lines() {
            let wide = line.chars().count() > WIDTH && line.trim().contains(' ') && !json;
            assert!(!wide || line.split_whitespace().any(|word| word.len() > 40), "too wide: {line}");
            out.push_str(format!("    {line}").trim_end());
            out.push('\n');
        }
        out.push('\n');
    }
    out.trim_end().to_owned() + "\n"
}

#[test]
fn examples_of_the_pages() {
    let mut wrong = Vec::new();
    for page in PAGES {
        let path = root().join(page);
        let text = fs::read_to_string(&path).unwrap();
        let now = run_examples(&text);
        if now != text && bless() {
            fs::write(&path, now).unwrap();
        } else if now != text {
            wrong.push(format!("{page}\n{}", first_difference(&text, &now)));
        }
    }
    assert!(wrong.is_empty(), "BLESS=1 writes them again:\n{}", wrong.join("\n"));
}

#[test]
fn anything_can_be_explained() {
    let mut seeds: Vec<Vec<u8>> = vec![b"".to_vec(), b"{".to_vec(), "\u{e9}\u{2192} {".as_bytes().to_vec()];
    for name in ["http", "https", "tcp", "events", "pieces", "configuration", "words"] {
        let text = fs::read_to_string(root().join(format!("tests/explain/{name}.txt"))).unwrap();
        let asked = text.lines().filter_map(|line| line.strip_prefix("> ").map(|line| line.as_bytes().to_vec()));
        seeds.extend(asked);
    }
    let config =
        b"frontend a\n log-format \"%ci %[src]%hr%HQ%{+Q}r%tsc\"\n server x\ndefaults\n timeout\nbackend a from\n";
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    for round in 0..MUTATIONS {
        let mut draw = |below: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as usize % below.max(1)
        };
        let mut text = seeds[draw(seeds.len())].clone();
        for _ in 0..=draw(4) {
            let at = draw(text.len() + 1);
            match draw(4) {
                0 => text.truncate(at),
                1 => drop(text.drain(..at)),
                2 => text.insert(at, b" \"{}[]/%\xff\n\0-"[draw(12)]),
                _ => text.extend_from_within(at..),
            }
        }
        let asked = String::from_utf8_lossy(&text);
        assert!(explain(&asked, None, round % 2 == 0).ends_with('\n'));
        explain(&asked, Some(("a.cfg", config)), round % 2 == 1);
    }
}

/// The page with the output of every command below its `$ ` line, inside fences.
fn run_examples(text: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    let mut skip = false;
    for line in text.lines() {
        if line.starts_with("```") {
            inside = !inside;
            skip = false;
        }
        if skip && !line.starts_with("$ ") {
            continue;
        }
        out.push_str(line);
        out.push('\n');
        if let Some(command) = line.strip_prefix("$ ").filter(|_| inside) {
            let shell = format!("pointsman() {{ {} \"$@\"; }}; {command}", env!("CARGO_BIN_EXE_pointsman"));
            let done = Command::new("sh").args(["-c", &shell]).current_dir(root()).output().unwrap();
            out.push_str(&String::from_utf8(done.stdout).unwrap());
            out.push_str(&String::from_utf8(done.stderr).unwrap());
            skip = true;
        }
    }
    out
}

fn first_difference(old: &str, new: &str) -> String {
    let mut pairs = (1..).zip(old.lines().zip(new.lines()));
    let found = pairs.find(|(_, (old, new))| old != new);
    found.map_or("one is longer".to_owned(), |(at, (old, new))| format!("  line {at}\n  - {old}\n  + {new}"))
}

fn bless() -> bool {
    std::env::var_os("BLESS").is_some()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
