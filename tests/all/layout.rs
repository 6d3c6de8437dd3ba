//! `fmt` never changes what a file says, and has nothing left to do the second time: on every configuration at hand, on
//! those below `CORPUS`, and on generated ones. With `HAPROXY`, its `-dC` says the same before and after.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use pointsman::desk::fmt::{format, same_meaning};
use pointsman_parser::{Environment, parse, word};

/// How many generated files are tried.
const GENERATED: u64 = 20_000;

#[test]
fn keeps_the_meaning_of_files() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = configurations(&root.join("examples"));
    paths.extend(configurations(&root.join("tests")));
    paths.extend(configurations(&root.join("parser/tests")));
    let corpus = std::env::var_os("CORPUS").map(PathBuf::from);
    let real = corpus.map(|folder| configurations(&folder)).unwrap_or_default();
    assert!(paths.len() > 50);
    for path in paths.iter().chain(&real) {
        check(&fs::read(path).unwrap());
    }
    if let Some(program) = std::env::var_os("HAPROXY") {
        compare_dumps(Path::new(&program), &real);
    }
}

#[test]
fn keeps_the_meaning_of_anything() {
    let pieces: [&[u8]; 28] = [
        b"global",
        b"frontend a",
        b"backend b",
        b".if 1",
        b".elif 0",
        b".else",
        b".endif",
        b"bind :80",
        b"#",
        b"# x",
        b"\n",
        b"\n",
        b"\n",
        b"\n\n",
        b" ",
        b"\t",
        b"  ",
        b"\\",
        b"\\ ",
        b"\"a  b\"",
        b"'",
        b"\"",
        b"\r",
        b"\r\n",
        b"\0",
        b"${X}",
        b"\"${.LINE}\"",
        b"\x0b",
    ];
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    for _ in 0..GENERATED {
        let mut text = Vec::new();
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let mut bits = state;
        for _ in 0..state % 40 {
            bits = bits.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            text.extend_from_slice(pieces[(bits >> 33) as usize % pieces.len()]);
        }
        check(&text);
    }
}

fn check(text: &[u8]) {
    let once = format(text);
    assert_eq!(format(&once), once, "not settled:\n{}\n---\n{}", text.escape_ascii(), once.escape_ascii());
    assert!(same_meaning(text, &once), "{}\n---\n{}", text.escape_ascii(), once.escape_ascii());
    assert_eq!(said(text), said(&once), "{}\n---\n{}", text.escape_ascii(), once.escape_ascii());
}

struct Env;

impl Environment for Env {
    fn var(&self, name: &str) -> Option<Vec<u8>> {
        (name.len() % 2 == 1).then(|| b"some  words".to_vec())
    }
}

/// The words of every line after expansion, and whether the line is in error. Only the missing last line feed is mended.
fn said(text: &[u8]) -> Vec<(Vec<Vec<u8>>, bool)> {
    let mut text = text.to_vec();
    if text.last().is_some_and(|last| *last != b'\n') {
        text.push(b'\n');
    }
    let (file, _) = parse(&text);
    let lines = file.lines.iter().map(|line| {
        let (args, errors) = word::expand_line(&file.text, line, &Env);
        (args.into_iter().map(|arg| arg.text).collect::<Vec<_>>(), line.broken || !errors.is_empty())
    });
    lines.filter(|(words, broken)| !words.is_empty() || *broken).collect()
}

fn compare_dumps(program: &Path, paths: &[PathBuf]) {
    let folder = std::env::temp_dir().join(format!("pointsman-layout-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    for path in paths {
        let text = fs::read(path).unwrap();
        let dump = |name: &str, text: &[u8]| {
            let copy = folder.join(name);
            fs::write(&copy, text).unwrap();
            let done = Command::new(program).args(["-dC", "-c", "-f"]).arg(&copy).output().unwrap();
            let lines = done.stdout.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
            lines.filter(|line| !line.is_empty()).map(<[u8]>::to_vec).collect::<Vec<_>>()
        };
        // What HAProxy takes for cut off it does not show whole.
        if text.ends_with(b"\n") {
            assert_eq!(dump("a.cfg", &text), dump("b.cfg", &format(&text)), "{}", path.display());
        }
    }
    fs::remove_dir_all(&folder).unwrap();
}

fn configurations(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(configurations(&path));
        } else if path.extension().is_some_and(|ending| ending == "cfg") {
            found.push(path);
        }
    }
    found.sort();
    found
}
