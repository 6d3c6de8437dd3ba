//! The house rules, held by a test: ranks, purposes, sizes, links, and what must not be written.

use std::fs;
use std::path::{Path, PathBuf};

/// The rooms in rank order: a room uses those before it only.
const RANKS: [&str; 15] = [
    "base", "http", "proto", "live", "txn", "sample", "model", "spec", "words", "registry", "config", "desk", "net",
    "flow", "boot",
];

/// Lines of a file before it needs a reason below.
const FILE_LINES_MAX: usize = 600;

/// Files that are longer, each with its reason.
const LONG_FILES: &[(&str, &str)] = &[
    ("src/flow/http.rs", "the whole life of an HTTP exchange, to be read top to bottom"),
    ("src/words/fetch/later.rs", "a list: one row per fetch that is known and not run yet"),
    ("src/words/global/other.rs", "a list: one row per keyword"),
    ("src/words/section/inside.rs", "a list: one row per keyword of the small sections"),
    ("src/registry/known/fetches.rs", "a list: one row per fetch of the language"),
    ("src/registry/known/actions.rs", "a list: one row per action of the language, with its refusals"),
];

/// Lines of a function before it needs a reason below.
const FUNCTION_LINES_MAX: usize = 70;

/// Longest functions, each with its reason.
const LONG_FUNCTIONS: &[(&str, &str)] = &[
    ("src/flow/http.rs:next_head", "one poll of everything that may end the wait for a response"),
    ("src/flow/tcp.rs:run", "one poll of both directions of a tunnel"),
    ("src/flow/place.rs:wait_in_queue", "one poll of everything that may end the wait for a slot"),
    ("src/boot/cli.rs:parse", "one arm per switch"),
    ("src/http/status.rs:reason", "one arm per status code"),
    ("src/config/checks/uses.rs:things", "one arm per kind of thing that may be used"),
];

#[test]
fn rooms_use_lower_rooms_only() {
    let mut wrong = Vec::new();
    for (path, text) in sources("src") {
        let Some(own) = rank(room(&path)) else { continue };
        for (number, line) in (1..).zip(production(&text).lines()) {
            // A comment may point upwards.
            if line.trim_start().starts_with("//") {
                continue;
            }
            for used in
                line.split("crate::").skip(1).map(|rest| rest.split(|c: char| !c.is_alphanumeric() && c != '_').next())
            {
                let used = used.unwrap_or_default();
                if rank(used).is_some_and(|used| used > own) {
                    wrong.push(format!("{}:{number} uses {used}", path.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "upward paths:\n{}", wrong.join("\n"));
}

#[test]
fn files_say_what_they_are_for() {
    for folder in ["src", "parser/src", "tests/all", "fuzz/fuzz_targets"] {
        for (path, text) in sources(folder) {
            assert!(text.starts_with("//!"), "{} does not open with its purpose", path.display());
        }
    }
}

#[test]
fn files_and_functions_are_short() {
    let mut long = Vec::new();
    for (path, text) in sources("src") {
        let name = path.display().to_string();
        let code = production(&text);
        if code.lines().count() > FILE_LINES_MAX && !LONG_FILES.iter().any(|(known, _)| *known == name) {
            long.push(format!("{name}: {} lines", code.lines().count()));
        }
        for (function, lines) in functions(code) {
            let full = format!("{name}:{function}");
            if lines > FUNCTION_LINES_MAX && !LONG_FUNCTIONS.iter().any(|(known, _)| *known == full) {
                long.push(format!("{full}: {lines} lines"));
            }
        }
    }
    assert!(long.is_empty(), "too long, split them or give a reason:\n{}", long.join("\n"));
}

#[test]
fn nothing_is_left_undone_or_unsafe() {
    for (path, text) in sources("src").into_iter().chain(sources("parser/src")) {
        for word in ["todo!", "dbg!", "unimplemented!", "#[ignore"] {
            assert!(!text.contains(word), "{} holds {word}", path.display());
        }
        let may = path.ends_with("net/sys.rs");
        let code: String =
            text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
        assert!(may || !code.contains("unsafe {"), "{} holds unsafe code", path.display());
    }
}

#[test]
fn links_lead_somewhere() {
    for path in files(root(), "md") {
        let text = fs::read_to_string(root().join(&path)).unwrap();
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if target.starts_with("http") || target.starts_with('#') || target.contains(' ') {
                continue;
            }
            let file = target.split('#').next().unwrap_or(target);
            let there = root().join(path.parent().unwrap()).join(file);
            assert!(there.exists(), "{} links to {target}, which is not there", path.display());
        }
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn rank(room: &str) -> Option<usize> {
    RANKS.iter().position(|known| *known == room)
}

/// The first folder below `src`, or the file's name for a room of one file.
fn room(path: &Path) -> &str {
    path.components().nth(1).and_then(|part| part.as_os_str().to_str()).map_or("", |name| name.trim_end_matches(".rs"))
}

/// The text before the tests at the end of a file.
fn production(text: &str) -> &str {
    text.find("#[cfg(test)]\nmod ").map_or(text, |end| &text[..end])
}

/// Names and lengths of the functions: from `fn` to the brace in the same column.
fn functions(text: &str) -> Vec<(&str, usize)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (start, line) in lines.iter().enumerate() {
        let bare = line.trim_start();
        let indent = line.len() - bare.len();
        let Some(at) = bare.find("fn ").filter(|at| {
            bare[..*at].split_whitespace().all(|word| word.chars().all(|c| c.is_alphanumeric() || "()_".contains(c)))
        }) else {
            continue;
        };
        if bare.starts_with("//") || !(line.ends_with('{') || line.ends_with('(')) {
            continue;
        }
        let name = bare[at + 3..].split(['(', '<']).next().unwrap_or_default();
        let end = lines[start..].iter().position(|line| line.len() == indent + 1 && line.trim() == "}").unwrap_or(0);
        found.push((name, end + 1));
    }
    found
}

fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    let read = |path: PathBuf| {
        let text = fs::read_to_string(root().join(&path)).unwrap();
        (path, text)
    };
    files(&root().join(folder), "rs").into_iter().map(read).collect()
}

/// Files with this ending below a folder, relative to the root.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            let name = entry.file_name();
            if path.is_dir() && !matches!(name.to_str(), Some("target" | ".git" | "corpus" | "artifacts")) {
                folders.push(path);
            } else if path.extension().is_some_and(|known| known == ending) {
                found.push(path.strip_prefix(root()).unwrap().to_owned());
            }
        }
    }
    found.sort();
    found
}
