//! `-dKall`: every name that HAProxy knows is one of ours.

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

use pointsman::model::draft::Sections;
use pointsman::registry::known;
use pointsman::spec::{Release, Since};
use pointsman::words;

/// Fewer names of one class than this mean that its list was lost.
const NAMES_MIN: [(&str, usize); 7] =
    [("acl", 75), ("cfg", 700), ("cli", 150), ("cnv", 170), ("flt", 8), ("smp", 550), ("svc", 1)];

const CONFIGURATION: &str = "listen l\n  mode http\n  bind abns@known\n  timeout connect 1s\n  timeout client 1s\n  timeout \
                             server 1s\n";

fn dump(program: &Path, class: &str) -> String {
    // Tests that run side by side share the process number.
    let file = env::temp_dir().join(format!("pointsman-known-{}-{class}.cfg", std::process::id()));
    fs::write(&file, CONFIGURATION).unwrap();
    let output = Command::new(program).arg(format!("-dK{class}")).args(["-c", "-f"]).arg(&file).output().unwrap();
    let _ = fs::remove_file(&file);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The names of a dump, each with its headline and its section.
fn names(dump: &str) -> BTreeSet<String> {
    let (mut headline, mut section) = ("", "");
    let mut names = BTreeSet::new();
    for line in dump.lines() {
        if let Some(text) = line.strip_prefix("# List of ") {
            (headline, section) = (text, "");
        } else if line.starts_with('#') {
            continue;
        } else if let Some(word) = line.strip_prefix('\t') {
            // What follows says how many arguments there are, or which sides it has.
            let word = word.split(" +").next().unwrap().split(" [").next().unwrap();
            names.insert(format!("{headline} {section} {word}"));
        } else if headline.contains("configuration") {
            section = line;
        } else {
            let word = line.rsplit("] ").next().filter(|_| line.starts_with('[')).unwrap_or(line);
            let word = word.split([':', '(']).next().unwrap().split(" [").next().unwrap();
            names.insert(format!("{headline} {word}"));
        }
    }
    names
}

#[test]
fn every_class_has_its_words() {
    let ours = Path::new(env!("CARGO_BIN_EXE_pointsman"));
    for (class, least) in NAMES_MIN {
        let found = names(&dump(ours, class)).len();
        assert!(found >= least, "{class}: {found} names");
    }
    assert_eq!(dump(ours, "help").lines().count(), 9);
    assert_eq!(dump(ours, "svc,nothing,flt"), dump(ours, "svc") + &dump(ours, "flt"));
}

/// The names that are newer than a release, and those that are not, as a dump has them.
fn by_age(release: Release) -> [BTreeSet<String>; 2] {
    let mut names = [BTreeSet::new(), BTreeSet::new()];
    let mut add = |since: Since, name: String| names[usize::from(since.is_in(release))].insert(name);
    for word in known::FETCHES {
        add(word.since, format!("registered sample fetch functions: {}", word.name));
    }
    for word in known::CONVERTERS {
        add(word.since, format!("registered sample converter functions: {}", word.name));
    }
    for word in words::keywords().filter(|word| word.sections == Sections::GLOBAL) {
        add(word.since, format!("registered configuration keywords: global {}", word.name));
    }
    for word in words::keywords().filter(|word| word.name.starts_with("option ")) {
        add(word.since, format!("registered configuration keywords: listen {}", word.name));
    }
    for word in words::bind_options() {
        add(word.since, format!("registered configuration keywords: listen bind <addr> {}", word.name));
        add(word.since, format!("registered configuration keywords: listen bind <addr> ssl {}", word.name));
    }
    for word in words::server_options() {
        add(word.since, format!("registered configuration keywords: listen server <name> <addr> {}", word.name));
    }
    names
}

/// `HAPROXY_2_6=path`, and so on for 3.0, 3.2 and 3.4: what such a release prints is not said to be newer, and each fetch
/// and converter that is said to be as old is printed.
#[test]
fn words_are_as_old_as_releases_show() {
    // What packages are built without.
    const UNBUILT: [&str; 3] = ["51d", "da-csv-conv", "quic_enabled"];
    for release in [Release(2, 6), Release(3, 0), Release(3, 2), Release(3, 4)] {
        let variable = format!("HAPROXY_{}_{}", release.0, release.1);
        let Some(haproxy) = env::var_os(&variable) else {
            println!("known: skipped, {variable}=path is not set");
            continue;
        };
        let theirs = names(&dump(Path::new(&haproxy), "all"));
        let [newer, old] = by_age(release);
        let wrong: Vec<&String> = theirs.intersection(&newer).collect();
        assert!(wrong.is_empty(), "{release} knows {wrong:#?}");
        let samples = old.difference(&theirs).filter(|name| name.contains(" sample "));
        let absent: Vec<&String> = samples.filter(|name| !UNBUILT.iter().any(|part| name.contains(part))).collect();
        assert!(absent.is_empty(), "{release} does not know {absent:#?}");
        println!("known: {} words are newer than {release}, and it knows none of them", newer.len());
    }
}

#[test]
fn haproxy_knows_no_other_words() {
    let Some(haproxy) = env::var_os("HAPROXY") else {
        return println!("known: skipped, HAPROXY=path is not set");
    };
    let real = names(&dump(Path::new(&haproxy), "all"));
    let ours = names(&dump(Path::new(env!("CARGO_BIN_EXE_pointsman")), "all"));
    let missing: Vec<&String> = real.difference(&ours).collect();
    println!("known: {} names of HAProxy, {} of ours, {} missing", real.len(), ours.len(), missing.len());
    assert!(missing.is_empty(), "missing: {missing:#?}");
}
