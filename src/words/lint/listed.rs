//! Patterns that stand in files, where the machine has them. What a rule may change while the process runs is left alone.

use std::cell::RefCell;
use std::collections::HashMap;

use crate::model::script::Statement;
use crate::spec::lint::{Criterion, ProxyView, Term, View};

/// Patterns of one file that are looked at; a longer list is not compared with anything.
const PATTERNS_MAX: usize = 500;

/// The pattern files of a configuration, each read once.
pub struct Listed<'v, 'a> {
    view: &'v View<'a>,
    files: RefCell<HashMap<String, Option<Vec<String>>>>,
}

impl<'v, 'a> Listed<'v, 'a> {
    /// The files of this configuration.
    pub fn new(view: &'v View<'a>) -> Listed<'v, 'a> {
        Listed { view, files: RefCell::default() }
    }

    /// The terms of a condition, with the patterns of its files among the others where all of them are known.
    pub fn terms(&self, proxy: &ProxyView<'_>, line: &Statement, at: usize) -> Option<Vec<Vec<Term>>> {
        let mut any = proxy.terms(line, at)?;
        for criterion in any.iter_mut().flatten().flat_map(|term| &mut term.any) {
            self.fill(criterion);
        }
        Some(any)
    }

    fn fill(&self, criterion: &mut Criterion) {
        let mut files = self.files.borrow_mut();
        let mut patterns = Vec::new();
        for name in &criterion.files {
            let known = files.entry(name.clone()).or_insert_with(|| self.read(name));
            let Some(known) = known else { return };
            patterns.extend(known.iter().cloned());
        }
        criterion.files.clear();
        criterion.patterns.extend(patterns);
    }

    /// The patterns of a file; nothing where it is absent, empty, a map, too long, or changed while the process runs.
    fn read(&self, name: &str) -> Option<Vec<String>> {
        if name.starts_with("virt@") {
            return None;
        }
        let changes = [format!("add-acl({name})"), format!("del-acl({name})")];
        let is_changed = |word: &str| changes.iter().any(|change| word.eq_ignore_ascii_case(change));
        if self.view.every_line().any(|line| line.texts(1).any(is_changed)) {
            return None;
        }
        let path = name.strip_prefix("file@").or_else(|| name.strip_prefix("opt@")).unwrap_or(name);
        let bytes = (self.view.draft.noted.world.read)(path).ok()?;
        let lines = std::str::from_utf8(&bytes).ok()?.lines().map(str::trim_start);
        let patterns: Vec<String> = lines
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
            .take(PATTERNS_MAX + 1)
            .map(str::to_owned)
            .collect();
        let is_plain = |pattern: &String| !pattern.contains(|letter: char| letter.is_ascii_whitespace());
        (!patterns.is_empty() && patterns.len() <= PATTERNS_MAX && patterns.iter().all(is_plain)).then_some(patterns)
    }
}
