//! A scenario file as sections: purpose, directives, config, scripts, and below a ruler what was recorded.

use std::fs;
use std::path::{Path, PathBuf};

/// Separates what is written by hand from what is recorded.
const RULER: &str = "==== recorded\n";

#[derive(Debug, Clone)]
pub(crate) struct Scenario {
    /// `area/file`, without the extension.
    pub(crate) name: String,
    pub(crate) path: PathBuf,
    /// `key: value` lines.
    pub(crate) directives: Vec<(String, String)>,
    /// `title:` lines with the indented lines below, in file order.
    pub(crate) sections: Vec<Section>,
    /// Everything above the ruler, as written.
    written: String,
    pub(crate) recorded: String,
}

#[derive(Debug, Clone)]
pub(crate) struct Section {
    /// The first word of the title: `config`, `client`, `origin`, `file`, `certs`, `sink`.
    pub(crate) kind: String,
    /// The second word, or empty.
    pub(crate) name: String,
    /// The remaining words: `flag` or `key=value`.
    pub(crate) words: Vec<String>,
    pub(crate) lines: Vec<String>,
}

impl Section {
    pub(crate) fn has(&self, flag: &str) -> bool {
        self.words.iter().any(|word| word == flag)
    }

    /// The value of `key=value`.
    pub(crate) fn value(&self, key: &str) -> Option<&str> {
        self.words.iter().find_map(|word| word.strip_prefix(key)?.strip_prefix('='))
    }
}

impl Scenario {
    /// All scenarios under `root`, sorted by name.
    pub(crate) fn all(root: &Path) -> Vec<Scenario> {
        let mut paths = Vec::new();
        collect(root, &mut paths);
        paths.sort();
        paths.iter().map(|path| Scenario::read(root, path)).collect()
    }

    fn read(root: &Path, path: &Path) -> Scenario {
        let text = fs::read_to_string(path).unwrap();
        let (written, recorded) = text.split_once(RULER).unwrap_or((&text, ""));
        let name = path.strip_prefix(root).unwrap().with_extension("").display().to_string();
        let mut scenario = Scenario {
            name,
            path: path.into(),
            directives: Vec::new(),
            sections: Vec::new(),
            written: written.trim_end().into(),
            recorded: recorded.into(),
        };
        for line in written.lines() {
            scenario.line(line);
        }
        for section in &mut scenario.sections {
            let full = section.lines.iter().rposition(|line| !line.is_empty()).map_or(0, |at| at + 1);
            section.lines.truncate(full);
        }
        scenario
    }

    fn line(&mut self, line: &str) {
        if let Some(body) = line.strip_prefix("    ") {
            let section = self.sections.last_mut().unwrap_or_else(|| panic!("{}: stray line {line:?}", self.name));
            section.lines.push(body.into());
        } else if line.is_empty() {
            self.sections.iter_mut().last().into_iter().for_each(|section| section.lines.push(String::new()));
        } else if line.starts_with('#') {
            // The purpose.
        } else if let Some(title) = line.strip_suffix(':') {
            let mut words = title.split_whitespace().map(String::from);
            let kind = words.next().unwrap_or_default();
            let name = words.next().unwrap_or_default();
            self.sections.push(Section { kind, name, words: words.collect(), lines: Vec::new() });
        } else {
            let (key, value) = line.split_once(": ").unwrap_or_else(|| panic!("{}: odd line {line:?}", self.name));
            self.directives.push((key.into(), value.into()));
        }
    }

    pub(crate) fn of_kind(&self, kind: &str) -> impl Iterator<Item = &Section> {
        self.sections.iter().filter(move |section| section.kind == kind)
    }

    pub(crate) fn values(&self, key: &str) -> impl Iterator<Item = &str> {
        self.directives.iter().filter(move |(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    /// The configuration with its prelude, placeholders still in it.
    pub(crate) fn config(&self) -> String {
        let mut out = String::new();
        for prelude in self.values("prelude") {
            let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/scenarios/prelude/").to_string() + prelude + ".cfg";
            out.push_str(&fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}")));
        }
        for section in self.of_kind("config") {
            out.push_str(&section.lines.join("\n"));
            out.push('\n');
        }
        out
    }

    /// Writes the file back with a new recording.
    pub(crate) fn record(&self, recorded: &str) {
        fs::write(&self.path, format!("{}\n\n{RULER}{recorded}", self.written)).unwrap();
    }
}

fn collect(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, out);
        } else if path.extension().is_some_and(|ext| ext == "txt") {
            out.push(path);
        }
    }
}
