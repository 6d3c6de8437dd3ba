//! The configuration as its lines say it: sections, and in each the lines that were read, as words with their places.
//! For those who look at how something is written (findings, formatters); what it means is in the draft.

use pointsman_parser::Arg;

use super::draft::{Current, Sections};
use crate::base::diag::Place;

/// All sections, in order of reading.
#[derive(Clone, Debug, Default)]
pub struct Script {
    /// Lines are kept only where somebody wants to look at them.
    pub kept: bool,
    /// The sections.
    pub sections: Vec<Section>,
    /// Lines of branches of `.if` that were not taken.
    pub skipped: Vec<Statement>,
}

/// One section as written.
#[derive(Clone, Debug)]
pub struct Section {
    /// Its kind.
    pub kind: Sections,
    /// Its first line.
    pub header: Statement,
    /// What it became in the draft.
    pub current: Current,
    /// Its other lines.
    pub lines: Vec<Statement>,
}

impl Script {
    /// The line of a place, and its section.
    pub fn line_of(&self, place: Place) -> Option<(&Section, &Statement)> {
        self.sections.iter().find_map(|section| {
            let line = section.lines.iter().find(|line| line.place.is_in_line_of(place))?;
            Some((section, line))
        })
    }
}

impl Section {
    /// Its name; empty when it has none.
    pub fn name(&self) -> &str {
        self.header.word(1)
    }

    /// Its lines that begin with these words.
    pub fn all<'a>(&'a self, words: &'a str) -> impl Iterator<Item = &'a Statement> {
        self.lines.iter().filter(move |line| line.starts(words))
    }

    /// The last of them.
    pub fn last(&self, words: &str) -> Option<&Statement> {
        self.lines.iter().rev().find(|line| line.starts(words))
    }
}

/// One line that was read.
#[derive(Clone, Debug, Default)]
pub struct Statement {
    /// Its words, after variables and quotes; `no` and `default` are taken off.
    pub words: Vec<Arg>,
    /// `no` stood before it.
    pub negated: bool,
    /// The line.
    pub place: Place,
}

impl Statement {
    /// A word by its number; empty when there is none.
    pub fn word(&self, at: usize) -> &str {
        self.words.get(at).map_or("", text)
    }

    /// All words from this one on.
    pub fn texts(&self, from: usize) -> impl Iterator<Item = &str> {
        self.words.iter().skip(from).map(text)
    }

    /// Whether it begins with these words, given with one blank between them.
    pub fn starts(&self, words: &str) -> bool {
        words.split(' ').enumerate().all(|(at, word)| self.word(at) == word)
    }

    /// The number of the first word that is this one, from `from` on.
    pub fn find(&self, word: &str, from: usize) -> Option<usize> {
        (from..self.words.len()).find(|at| self.word(*at) == word)
    }

    /// Where a word stands.
    pub fn at(&self, at: usize) -> Place {
        self.words.get(at).map_or(self.place, |word| Place { start: word.span.start, end: word.span.end, ..self.place })
    }

    /// Where the words `from..to` stand.
    pub fn span(&self, from: usize, to: usize) -> Place {
        let first = self.at(from);
        let last = self.at(to.saturating_sub(1).max(from));
        Place { end: last.end.max(first.end), ..first }
    }

    /// Where its words stand, without the blanks before them.
    pub fn whole(&self) -> Place {
        self.span(0, self.words.len())
    }

    /// Where the condition begins: the number of the word `if` or `unless`, looked for from `from` on.
    pub fn condition(&self, from: usize) -> Option<usize> {
        (from..self.words.len()).find(|at| matches!(self.word(*at), "if" | "unless"))
    }
}

/// The text of a word; empty when it is no text.
pub fn text(word: &Arg) -> &str {
    std::str::from_utf8(&word.text).unwrap_or_default()
}
