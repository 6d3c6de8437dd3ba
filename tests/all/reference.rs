//! `docs/reference` is printed from the words' own pages: this test prints it again and compares. `BLESS=1` writes it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use pointsman::model::draft::Sections;
use pointsman::registry::times;
use pointsman::spec::since::sentence;
use pointsman::spec::{RuleSet, kinds::Keyword};
use pointsman::words;

#[test]
fn reference_is_current() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/reference");
    let bless = std::env::var_os("BLESS").is_some();
    let mut stale = Vec::new();
    for (name, text) in pages() {
        let path = folder.join(format!("{name}.md"));
        if bless {
            fs::create_dir_all(&folder).unwrap();
            fs::write(&path, &text).unwrap();
        } else if fs::read_to_string(&path).unwrap_or_default() != text {
            stale.push(name);
        }
    }
    assert!(stale.is_empty(), "stale pages, write them with BLESS=1 cargo test --test all reference: {stale:?}");
}

#[test]
fn every_word_has_a_page_and_a_name_of_its_own() {
    for (list, entries) in entries() {
        let mut seen = BTreeMap::new();
        for entry in entries {
            assert!(!entry.page.trim().is_empty(), "{list}: {} has no page", entry.name);
            assert!(
                !entry.name.is_empty() && !entry.name.contains(char::is_uppercase) || list == "log-tags",
                "{list}: {}",
                entry.name
            );
            *seen.entry((entry.name, entry.place)).or_insert(0) += 1;
        }
        let twice: Vec<_> = seen.into_iter().filter(|(_, count)| *count > 1).collect();
        assert!(twice.is_empty(), "{list}: written twice: {twice:?}");
    }
}

/// One word as the reference shows it.
struct Entry {
    name: &'static str,
    usage: &'static str,
    page: &'static str,
    /// Where it may stand, what it takes and gives.
    place: String,
    /// Since when and until when HAProxy knows it.
    time: Option<String>,
}

fn entries() -> Vec<(&'static str, Vec<Entry>)> {
    let keyword = |keyword: &'static Keyword| Entry {
        name: keyword.name,
        usage: keyword.usage,
        page: keyword.page,
        place: sections(keyword.sections),
        time: sentence(keyword.since, keyword.end),
    };
    let sets = |bits: u32| {
        let names: Vec<&str> =
            RuleSet::TRAFFIC.iter().filter(|set| bits & set.bit() != 0).map(|set| set.words()).collect();
        names.join(", ")
    };
    vec![
        ("keywords", words::keywords().map(keyword).collect()),
        (
            "bind",
            words::bind_options()
                .map(|w| {
                    let time = sentence(w.since, w.end);
                    Entry { name: w.name, usage: w.usage, page: w.page, place: String::new(), time }
                })
                .collect(),
        ),
        (
            "server",
            words::server_options()
                .map(|w| {
                    let time = sentence(w.since, None);
                    Entry { name: w.name, usage: w.usage, page: w.page, place: String::new(), time }
                })
                .collect(),
        ),
        (
            "actions",
            words::actions()
                .map(|w| Entry {
                    name: w.name,
                    usage: w.usage,
                    page: w.page,
                    place: sets(w.sets),
                    time: times::of_action(w.name),
                })
                .collect(),
        ),
        (
            "fetches",
            words::fetches()
                .map(|w| Entry {
                    name: w.name,
                    usage: w.usage,
                    page: w.page,
                    place: w.out.name().to_owned(),
                    time: times::of_fetch(w.name),
                })
                .collect(),
        ),
        (
            "converters",
            words::convs()
                .map(|w| Entry {
                    name: w.name,
                    usage: w.usage,
                    page: w.page,
                    place: format!("{} to {}", w.input.name(), w.out.name()),
                    time: times::of_conv(w.name),
                })
                .collect(),
        ),
        (
            "matchers",
            words::matchers()
                .map(|w| Entry { name: w.name, usage: "", page: w.page, place: String::new(), time: None })
                .collect(),
        ),
        (
            "balance",
            words::balances()
                .map(|w| {
                    let time = sentence(w.since, None);
                    Entry { name: w.name, usage: w.usage, page: w.page, place: String::new(), time }
                })
                .collect(),
        ),
        (
            "log-tags",
            words::log_tags()
                .map(|w| {
                    let time = sentence(w.since, None);
                    Entry { name: w.name, usage: "", page: w.page, place: String::new(), time }
                })
                .collect(),
        ),
    ]
}

fn sections(bits: Sections) -> String {
    if bits.0 == u32::MAX {
        return "opens a section".to_owned();
    }
    let names: Vec<&str> =
        Sections::ALL.iter().filter(|(section, _)| bits.has(*section)).map(|(_, word)| *word).collect();
    names.join(", ")
}

fn pages() -> Vec<(&'static str, String)> {
    let lists = entries();
    let mut index =
        String::from("# Reference\n\nPrinted from the words' own pages in `src/words`; do not edit it by hand.\n\n");
    let mut pages = Vec::new();
    for (name, mut entries) in lists {
        entries.sort_by(|a, b| a.name.cmp(b.name).then(a.place.cmp(&b.place)));
        let _ = writeln!(index, "- [{name}]({name}.md): {} words", entries.len());
        let mut text =
            format!("# {name}\n\nPrinted from the words' own pages in `src/words`; do not edit it by hand.\n");
        for entry in &entries {
            let usage = if entry.usage.is_empty() { String::new() } else { format!(" `{}`", entry.usage) };
            let _ = write!(text, "\n## `{}`{usage}\n\n", entry.name);
            if !entry.place.is_empty() {
                let _ = write!(text, "*{}*\n\n", entry.place);
            }
            let lines: Vec<&str> = entry.page.lines().map(|line| line.strip_prefix(' ').unwrap_or(line)).collect();
            let _ = writeln!(text, "{}", lines.join("\n").trim_end());
            if let Some(time) = &entry.time {
                let _ = writeln!(text, "\n{time}");
            }
        }
        pages.push((name, text));
    }
    pages.push(("README", index));
    pages
}
