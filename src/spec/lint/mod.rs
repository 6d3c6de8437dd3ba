//! What a finding is, and the word that finds it. A lint looks at a configuration as written and as read; it opens
//! nothing and prints nothing.

mod acl;
mod view;

pub use acl::{AclLine, Acls, Criterion, Term};
pub use view::{BindView, Certificate, ProxyView, Rule, ServerView, View};

use std::collections::HashSet;

use crate::base::diag::Place;

/// How grave a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Worth knowing; fails no check.
    Note,
    /// The file loads and does not do what it seems to say.
    Warning,
    /// The file does not load.
    Error,
}

impl Level {
    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Level::Note => "note",
            Level::Warning => "warning",
            Level::Error => "error",
        }
    }
}

/// A rewrite of one place after which the file means what it meant, or is read where it was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What is replaced; an empty place is an insertion.
    pub place: Place,
    /// What stands there afterwards.
    pub text: String,
}

/// One thing found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The lint's code.
    pub code: &'static str,
    /// How grave it is.
    pub level: Level,
    /// Where.
    pub place: Place,
    /// One sentence: what it is, and what follows from it.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
    /// Other places that belong to it, each with what it is.
    pub related: Vec<(Place, String)>,
    /// A safe rewrite.
    pub fix: Option<Fix>,
}

impl Finding {
    /// Says what to write instead.
    pub fn help(&mut self, text: impl Into<String>) -> &mut Finding {
        self.help = Some(text.into());
        self
    }

    /// Points at another place.
    pub fn related(&mut self, place: Place, text: impl Into<String>) -> &mut Finding {
        self.related.push((place, text.into()));
        self
    }

    /// Offers a safe rewrite.
    pub fn fix(&mut self, place: Place, text: impl Into<String>) -> &mut Finding {
        self.fix = Some(Fix { place, text: text.into() });
        self
    }
}

/// What was found so far; the lint that is running gives its code and level.
#[derive(Debug, Default)]
pub struct Findings {
    /// In the order they were found.
    pub list: Vec<Finding>,
    /// The code and level of what is found now.
    pub now: Option<(&'static str, Level)>,
    /// What was said where; an empty sentence stands for any.
    said: HashSet<(&'static str, Place, String)>,
    /// What was said before, for a caller that adds to it.
    again: Option<Finding>,
}

impl Findings {
    /// Adds a finding, unless the same is said of this place already.
    pub fn at(&mut self, place: Place, message: impl Into<String>) -> &mut Finding {
        let message = message.into();
        let key = message.clone();
        self.add(place, message, key)
    }

    /// Adds a finding, unless this place has one of this code: a line that is handed down is blamed once.
    pub fn once(&mut self, place: Place, message: impl Into<String>) -> &mut Finding {
        self.add(place, message.into(), String::new())
    }

    fn add(&mut self, place: Place, message: String, key: String) -> &mut Finding {
        let (code, level) = self.now.unwrap_or(("E001", Level::Error));
        let finding = Finding { code, level, place, message, help: None, related: Vec::new(), fix: None };
        if !self.said.insert((code, place, key)) {
            return self.again.insert(finding);
        }
        self.list.push(finding);
        let last = self.list.len() - 1;
        &mut self.list[last]
    }
}

/// A word that finds mistakes.
#[derive(Clone, Copy)]
pub struct Lint {
    /// Its code: a letter for the group, and a number.
    pub code: &'static str,
    /// Its name, for people.
    pub name: &'static str,
    /// How grave what it finds is.
    pub level: Level,
    /// Whether it is looked for without being asked for.
    pub on: bool,
    /// Its page: What it finds, Why it matters, Example, Use instead.
    pub page: &'static str,
    /// Looks.
    pub find: fn(&View<'_>, &mut Findings),
}

impl Lint {
    /// What the fields are unless a spec says otherwise.
    pub const BLANK: Lint = Lint { code: "", name: "", level: Level::Warning, on: true, page: "", find: |_, _| {} };
}
