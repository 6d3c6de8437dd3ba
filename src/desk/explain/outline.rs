//! A configuration as far as explaining needs it: sections and their lines with places, no word understood.
//!
//! Conditions are decided as they are on this machine: lines of branches that are not taken are left out, and lines of
//! those that are bear a mark.

use std::collections::{HashMap, HashSet};

use pointsman_parser::{parse, word};

use super::line::Pattern;
use crate::config::lower::{Source, Variables, lower_keeping};
use crate::model::draft::Sections;
use crate::model::world::World;
use crate::spec::args::text_of;
use crate::words::FORMAT_VARIABLES;

/// How far `from` is followed.
const PARENTS_MAX: usize = 32;

/// A line with its place.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The file, as it was named.
    pub file: String,
    /// The line's number.
    pub line: u32,
    /// Its words.
    pub words: Vec<String>,
    /// It stands in a condition, which holds on this machine.
    pub conditional: bool,
}

impl Entry {
    /// The line's words in one.
    pub fn text(&self) -> String {
        self.words.join(" ")
    }

    /// Whether it begins with these words.
    pub fn says(&self, key: &str) -> bool {
        let plain = self.words.iter().skip_while(|word| matches!(word.as_str(), "no" | "default"));
        key.split(' ').count() <= self.words.len() && key.split(' ').zip(plain).all(|(want, word)| want == word)
    }
}

/// A section.
#[derive(Clone, Debug)]
struct Section {
    kind: Sections,
    name: String,
    /// The defaults it builds upon: their index.
    parent: Option<usize>,
    entries: Vec<Entry>,
}

/// The sections of a configuration.
#[derive(Clone, Debug, Default)]
pub struct Outline {
    sections: Vec<Section>,
}

impl Outline {
    /// Reads the sections of these files.
    pub fn read(sources: &[Source], variables: &Variables) -> Outline {
        let mut outline = Outline::default();
        let mut defaults: HashMap<String, usize> = HashMap::new();
        let mut latest = None;
        let skipped = skipped(sources, variables);
        for (index, (path, text)) in sources.iter().enumerate() {
            let (file, _) = parse(text);
            let mut depth = 0_usize;
            for line in file.lines.iter().filter(|line| !skipped.contains(&(index, line.number))) {
                let (args, _) = word::expand_line(&file.text, line, variables);
                let words: Vec<String> = args.iter().map(|arg| text_of(arg).to_owned()).collect();
                let Some(first) = words.first() else { continue };
                match first.as_str() {
                    ".if" => depth += 1,
                    ".endif" => depth = depth.saturating_sub(1),
                    _ => {}
                }
                let Some(kind) = Sections::opener(first) else {
                    let entry = Entry { file: path.clone(), line: line.number, words, conditional: depth > 0 };
                    if let Some(section) = outline.sections.last_mut() {
                        section.entries.push(entry);
                    }
                    continue;
                };
                let from = words.iter().position(|word| word == "from").and_then(|at| words.get(at + 1));
                let parent = from.map_or(latest, |name| defaults.get(name).copied());
                let name = words.get(1).filter(|name| *name != "from").cloned().unwrap_or_default();
                let index = outline.sections.len();
                let is_defaults = kind == Sections::DEFAULTS;
                let parent = parent.filter(|_| Sections::PROXIES.has(kind) && (!is_defaults || from.is_some()));
                if is_defaults {
                    latest = Some(index);
                    defaults.insert(name.clone(), index);
                }
                outline.sections.push(Section { kind, name, parent, entries: Vec::new() });
            }
        }
        outline
    }

    /// The `bind` line of a frontend that a log line names or numbers.
    pub fn bind(&self, frontend: &str, called: &str) -> Option<&Entry> {
        let section = self.front(frontend)?;
        let binds: Vec<&Entry> =
            section.entries.iter().filter(|entry| entry.words.first().is_some_and(|word| word == "bind")).collect();
        let named = |entry: &&&Entry| entry.words.windows(2).any(|pair| pair == ["name", called]);
        if let Some(named) = binds.iter().find(named) {
            return Some(named);
        }
        // They are numbered by address: a line of several takes several numbers.
        let single = |entry: &&Entry| entry.words.get(1).is_some_and(|address| !address.contains([',', '-']));
        let at = called.parse::<usize>().ok()?.checked_sub(1)?;
        match &binds[..] {
            [only] => Some(only),
            _ if binds.iter().all(single) => binds.get(at).copied(),
            _ => None,
        }
    }

    fn section(&self, kinds: Sections, name: &str) -> Option<&Section> {
        self.sections.iter().find(|section| kinds.has(section.kind) && section.name == name)
    }

    fn front(&self, name: &str) -> Option<&Section> {
        self.section(Sections(Sections::FRONTEND.0 | Sections::LISTEN.0), name)
    }

    fn back(&self, name: &str) -> Option<&Section> {
        self.section(Sections(Sections::BACKEND.0 | Sections::LISTEN.0), name)
    }

    /// A section and what it builds upon.
    fn chain<'a>(&'a self, section: &'a Section) -> impl Iterator<Item = &'a Section> {
        std::iter::successors(Some(section), |section| self.sections.get(section.parent?)).take(PARENTS_MAX)
    }

    /// Whether a frontend of this name is there.
    pub fn has_front(&self, name: &str) -> bool {
        self.front(name).is_some()
    }

    /// Whether a backend of this name is there.
    pub fn has_back(&self, name: &str) -> bool {
        self.back(name).is_some()
    }

    /// The line of a frontend, or of its defaults, that sets this.
    pub fn front_setting(&self, name: &str, key: &str) -> Option<&Entry> {
        self.front(name).and_then(|section| self.setting(section, key))
    }

    /// The line of a backend, or of its defaults, that sets this.
    pub fn back_setting(&self, name: &str, key: &str) -> Option<&Entry> {
        self.back(name).and_then(|section| self.setting(section, key))
    }

    fn setting<'a>(&'a self, section: &'a Section, key: &str) -> Option<&'a Entry> {
        let found = self.chain(section).find_map(|section| section.entries.iter().rfind(|entry| entry.says(key)))?;
        found.words.first().is_some_and(|first| first != "no").then_some(found)
    }

    /// The line of a global section that sets this.
    pub fn global_setting(&self, key: &str) -> Option<&Entry> {
        let globals = self.sections.iter().filter(|section| section.kind == Sections::GLOBAL);
        globals.flat_map(|section| &section.entries).rfind(|entry| entry.says(key))
    }

    /// The lines of a backend's servers; of one, when it is named.
    pub fn servers(&self, backend: &str, server: Option<&str>) -> Vec<&Entry> {
        let entries = self.back(backend).map(|section| section.entries.as_slice()).unwrap_or_default();
        let wanted = |entry: &&Entry| match entry.words.as_slice() {
            [first, name, ..] if first == "server" => server.is_none_or(|server| server == name),
            [first, ..] => first == "server-template" && server.is_none(),
            [] => false,
        };
        entries.iter().filter(wanted).collect()
    }

    /// What `default-server` says for a backend.
    pub fn default_server(&self, backend: &str) -> Option<&Entry> {
        self.back_setting(backend, "default-server")
    }

    /// The rules of a frontend and a backend with one of these actions: `http-request deny`, or a single word.
    pub fn rules(&self, frontend: &str, backend: &str, actions: &[&str]) -> Vec<&Entry> {
        let matches = |entry: &&Entry| {
            actions.iter().any(|action| match action.split_once(' ') {
                Some((set, action)) => {
                    entry.words.first().is_some_and(|first| first == set)
                        && entry.words.iter().take(4).any(|word| word.split('(').next() == Some(action))
                }
                None => entry.words.first().is_some_and(|first| first == action),
            })
        };
        let mut sections: Vec<&Section> =
            self.front(frontend).into_iter().flat_map(|front| self.chain(front)).collect();
        if backend != frontend {
            sections.extend(self.back(backend).into_iter().flat_map(|back| self.chain(back)));
        }
        let mut rules: Vec<&Entry> = sections.iter().flat_map(|section| &section.entries).filter(matches).collect();
        rules.sort_by_key(|entry| (&entry.file, entry.line));
        rules.dedup_by_key(|entry| (&entry.file, entry.line));
        rules
    }

    /// The formats that are written out in the configuration.
    pub fn patterns(&self) -> Vec<Pattern> {
        let mut patterns: Vec<Pattern> = Vec::new();
        for section in &self.sections {
            let fronts = Sections(Sections::FRONTEND.0 | Sections::LISTEN.0);
            let owner = fronts.has(section.kind).then(|| section.name.clone());
            for entry in &section.entries {
                let (Some(key @ ("log-format" | "error-log-format")), Some(format)) =
                    (entry.words.first().map(String::as_str), entry.words.get(1))
                else {
                    continue;
                };
                if FORMAT_VARIABLES.iter().any(|row| row.1 == format) {
                    continue;
                }
                match patterns.iter_mut().find(|known| known.format == *format) {
                    // Whose it is cannot be told any more.
                    Some(known) => known.owner = None,
                    None => {
                        let title = format!("{key} of {}:{}", entry.file, entry.line);
                        patterns.push(Pattern { owner: owner.clone(), ..Pattern::new(title, format) });
                    }
                }
            }
        }
        // The most telling one first.
        patterns.sort_by_key(|pattern| std::cmp::Reverse(pattern.parts.len()));
        patterns
    }
}

/// The lines of branches that are not taken, by file and number. Nothing is opened for them.
fn skipped(sources: &[Source], variables: &Variables) -> HashSet<(usize, u32)> {
    // Only conditions leave lines out, and few files have any.
    if !sources.iter().any(|(_, text)| text.windows(3).any(|bytes| bytes == b".if")) {
        return HashSet::new();
    }
    let draft = lower_keeping(sources, variables, World::default());
    draft.script.skipped.iter().map(|line| (line.place.file as usize, line.place.line)).collect()
}
