//! Since when, and until when, HAProxy knows the words whose rows are in [`super::known`].

use super::known;
use crate::spec::since::sentence;
use crate::spec::{Action, End, RuleSet, Since};
use crate::words;

/// The rows of an action: one, or several where its rule sets came at different times.
pub fn action_rows(name: &str) -> impl Iterator<Item = &'static Action> {
    known::ACTIONS.iter().filter(move |action| action.name == name)
}

/// What is known of an action's time.
pub fn of_action(name: &str) -> Option<String> {
    let times = |action: &Action| (action.since, action.end);
    let first = action_rows(name).next()?;
    if action_rows(name).all(|action| times(action) == times(first)) {
        return sentence(first.since, first.end);
    }
    let parts: Vec<String> = action_rows(name)
        .filter_map(|action| Some(format!("In `{}`: {}", sets(action), sentence(action.since, action.end)?)))
        .collect();
    Some(parts.join(" "))
}

/// What is known of a fetch's time.
pub fn of_fetch(name: &str) -> Option<String> {
    known::fetch(name).and_then(|known| sentence(known.since, known.end))
}

/// What is known of a converter's time.
pub fn of_conv(name: &str) -> Option<String> {
    known::conv(name).and_then(|known| sentence(known.since, known.end))
}

/// The word that a release knew by another name: one whose page says to use `newer` instead.
pub fn older_name(newer: &str) -> Option<(&'static str, Since)> {
    let quoted = format!("'{newer}'");
    let says = move |end: Option<End>| end.is_some_and(|end| end.instead == quoted);
    let keywords = words::keywords().map(|word| (word.name, word.since, word.end));
    let binds = words::bind_options().map(|word| (word.name, word.since, word.end));
    let fetches = known::FETCHES.iter().map(|word| (word.name, word.since, word.end));
    let actions = known::ACTIONS.iter().map(|word| (word.name, word.since, word.end));
    keywords.chain(binds).chain(fetches).chain(actions).find(|row| says(row.2)).map(|row| (row.0, row.1))
}

fn sets(action: &Action) -> String {
    let names: Vec<&str> =
        RuleSet::TRAFFIC.iter().filter(|set| action.sets & set.bit() != 0).map(|set| set.words()).collect();
    names.join("`, `")
}
