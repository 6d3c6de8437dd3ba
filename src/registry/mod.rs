//! Finds words: by name, by section, by rule set. The lists themselves are in `words`.

pub mod arguments;
pub mod known;
pub mod list;
pub mod times;

use std::collections::HashMap;
use std::sync::OnceLock;

use pointsman_parser::Arg;

use crate::model::draft::Draft;
use crate::model::draft::Sections;
use crate::spec::args::text_of;
use crate::spec::compile::{Places, Vocabulary};
use crate::spec::{Action, Conv, Fetch, Keyword, LogTag, Matcher, RuleSet};
use crate::words;

pub use crate::spec::nearest as suggest;

/// The registry: the implementation of the vocabulary that expressions and formats are compiled with.
#[derive(Clone, Copy, Debug, Default)]
pub struct Registry;

/// The keyword that the first words of a line name in this section, and how many words it has. The longest name wins.
pub fn keyword(section: Sections, line: &[Arg]) -> Option<(&'static Keyword, usize)> {
    let first = line.first().map(text_of)?;
    keywords().get(first)?.iter().find_map(|keyword| {
        let words = keyword.name.split(' ');
        let count = words.clone().count();
        let matches = keyword.sections.has(section)
            && words.zip(line.iter().map(text_of)).filter(|(a, b)| a == b).count() == count;
        matches.then_some((*keyword, count))
    })
}

/// Every keyword that may stand in this section.
pub fn keywords_of(section: Sections) -> impl Iterator<Item = &'static Keyword> {
    words::keywords().filter(move |keyword| keyword.sections.has(section))
}

/// By first word, longest name first.
fn keywords() -> &'static HashMap<&'static str, Vec<&'static Keyword>> {
    static TABLE: OnceLock<HashMap<&'static str, Vec<&'static Keyword>>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut table: HashMap<&'static str, Vec<&'static Keyword>> = HashMap::new();
        for keyword in words::keywords() {
            let first = keyword.name.split(' ').next().unwrap_or_default();
            table.entry(first).or_default().push(keyword);
        }
        for list in table.values_mut() {
            list.sort_by_key(|keyword| std::cmp::Reverse(keyword.name.split(' ').count()));
        }
        table
    })
}

macro_rules! table {
    ($function:ident, $kind:ty, $list:expr, $keys:expr) => {
        fn $function() -> &'static HashMap<&'static str, &'static $kind> {
            static TABLE: OnceLock<HashMap<&'static str, &'static $kind>> = OnceLock::new();
            TABLE.get_or_init(|| {
                let mut table: HashMap<&'static str, &'static $kind> = HashMap::new();
                for word in $list {
                    let keys: Vec<&'static str> = $keys(word);
                    for key in keys {
                        table.insert(key, word);
                    }
                }
                table
            })
        }
    };
}

table!(fetches, Fetch, words::fetches(), |word: &'static Fetch| {
    std::iter::once(word.name).chain(word.aliases.iter().copied()).collect()
});
table!(convs, Conv, words::convs(), |word: &'static Conv| vec![word.name]);
table!(matchers, Matcher, words::matchers(), |word: &'static Matcher| vec![word.name]);
table!(tags, LogTag, words::log_tags(), |word: &'static LogTag| vec![word.name]);

/// Words that have a run-time part come from `words`; the others from [`known`], as stand-ins.
impl Vocabulary for Registry {
    fn fetch(&self, name: &str) -> Option<&'static Fetch> {
        fetches().get(name).copied().or_else(|| known::inert_fetch(name))
    }

    fn conv(&self, name: &str) -> Option<&'static Conv> {
        convs().get(name).copied().or_else(|| known::inert_conv(name))
    }

    fn is_converter(&self, name: &str, draft: &Draft) -> bool {
        self.conv(name).is_some() || draft.noted.lua.defines(name)
    }

    fn matcher(&self, name: &str) -> Option<&'static Matcher> {
        matchers().get(name).copied().or_else(|| known::inert_matcher(name))
    }

    fn tag(&self, name: &str) -> Option<&'static LogTag> {
        tags().get(name).copied().or_else(|| known::TAGS.contains(&name).then_some(&known::INERT_TAG))
    }

    fn acl_keyword(&self, name: &str) -> Option<(&'static Fetch, &'static Matcher)> {
        let own = words::ACL_KEYWORDS.iter().find(|row| row.0 == name).map(|row| (row.1, row.2));
        let (fetch, matcher) = own.or_else(|| known::acl_keyword(name))?;
        Some((self.fetch(fetch)?, self.matcher(matcher)?))
    }

    fn predefined_acl(&self, name: &str) -> Option<&'static [&'static str]> {
        let own = words::PREDEFINED_ACLS.iter().find(|row| row.0 == name);
        own.or_else(|| known::PREDEFINED_ACLS.iter().find(|row| row.0 == name)).map(|row| row.1)
    }

    fn known_expr(
        &self,
        tree: &pointsman_parser::expr::Expr,
        text: &[u8],
        draft: &Draft,
    ) -> Result<Option<Places>, String> {
        let facts = known::check_expr(tree, text, known::Style::Plain, draft)?;
        Ok(Some(Places { bits: facts.places, needs: facts.needs }))
    }

    fn known_acl(&self, words: &[Arg], draft: &Draft) -> Result<Option<Places>, String> {
        let facts = known::check_acl(words, draft)?;
        Ok(Some(Places { bits: facts.places, needs: facts.needs }))
    }

    fn known_action(&self, set: RuleSet, word: &str, draft: &Draft) -> Option<&'static Action> {
        known::action(set, word, draft)
    }

    fn known_actions(&self, set: RuleSet) -> String {
        known::expected(set)
    }

    fn known_variable(&self, name: &str) -> Result<(), String> {
        known::variable(name)
    }

    fn needs(&self, name: &str) -> Option<&'static str> {
        known::fetch(name).map(|known| known.needs)
    }

    fn places(&self, name: &str) -> Option<u32> {
        known::fetch(name).map(|known| known.places)
    }

    fn acl_places(&self, name: &str) -> Option<u32> {
        let fetch = known::acl_keyword(name).map_or(name, |row| row.0);
        known::fetch(fetch).map(|known| known.places)
    }
}
