//! Words of the language by name: their pages, where they may stand, and the nearest when there is none.

use crate::model::draft::{Draft, Sections};
use crate::registry::{self, known, suggest, times};
use crate::spec::RuleSet;
use crate::spec::since::sentence;
use crate::words;

/// A page about one word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// What it is: `keyword`, `fetch`, and so on.
    pub kind: &'static str,
    /// Its name.
    pub name: String,
    /// Its arguments.
    pub usage: &'static str,
    /// Where it may stand, or what it takes and gives.
    pub place: String,
    /// The page.
    pub text: String,
    /// Since when and until when HAProxy knows it.
    pub time: Option<String>,
}

/// Every set of rules: those of traffic, and that of checks.
fn rule_sets() -> impl Iterator<Item = RuleSet> {
    RuleSet::TRAFFIC.into_iter().chain([RuleSet::Check])
}

/// The pages of every word that is called so.
pub fn pages(typed: &str) -> Vec<Page> {
    let name = bare(typed);
    let called = |page: &Page| is_called(page, typed, &name);
    // What only refuses (`timeout <name>`) is no word to explain; those that are taken are its family.
    let mut exact: Vec<Page> = all().filter(called).filter(|page| !page.usage.starts_with("<name> <time>")).collect();
    exact.sort_by_key(rank);
    if !exact.is_empty() {
        return exact;
    }
    derived(&name).or_else(|| condition(&name)).or_else(|| directive(&name)).into_iter().collect()
}

/// The meanings that most people ask for come first: those of whole configurations before those of lone sections, what is
/// in use before what is gone.
fn rank(page: &Page) -> usize {
    let everywhere = ["global", "frontend", "backend", "opens"].iter().any(|name| page.place.contains(name));
    let gone = page.text.starts_with("Not known any more");
    match page.kind {
        "keyword" if gone => 3,
        "keyword" if everywhere => 0,
        "keyword" => 2,
        _ => 1,
    }
}

/// Whether these are words of lone sections only, or none at all.
pub fn are_aside(pages: &[Page]) -> bool {
    pages.iter().all(|page| rank(page) == 2)
}

/// The words whose name begins with these words, when none is called exactly so: `timeout`.
pub fn family(typed: &str) -> Vec<Page> {
    let begins = |page: &Page| page.name.strip_prefix(typed).is_some_and(|rest| rest.starts_with(' '));
    all().filter(begins).collect()
}

/// The word that may have been meant.
pub fn nearest(typed: &str) -> Option<String> {
    let names: Vec<String> = all().map(|page| page.name).collect();
    suggest(&bare(typed), names.iter().map(String::as_str)).map(str::to_owned)
}

/// Whether HAProxy knows a word that has no page here.
pub fn is_known(typed: &str) -> bool {
    let name = bare(typed);
    let draft = Draft::default();
    let action = || rule_sets().any(|set| known::action(set, &name, &draft).is_some());
    known::fetch(&name).is_some() || known::conv(&name).is_some() || action()
}

/// Since when HAProxy knows a word that has no page here.
pub fn time(typed: &str) -> Option<String> {
    let name = bare(typed);
    times::of_fetch(&name).or_else(|| times::of_conv(&name)).or_else(|| times::of_action(&name))
}

/// The name without what may stand around it: `%`, brackets, `-m`, a rule set in front, arguments behind.
fn bare(typed: &str) -> String {
    let name = typed.trim().trim_start_matches("-m ").trim_start_matches('%');
    let name = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
    let name = name.split('(').next().unwrap_or(name);
    let set = rule_sets().find_map(|set| name.strip_prefix(set.words())?.strip_prefix(' '));
    set.unwrap_or(name).to_owned()
}

fn is_called(page: &Page, typed: &str, bare: &str) -> bool {
    if typed.starts_with('%') && !typed.starts_with("%[") {
        return page.kind == "log tag" && page.name.trim_start_matches('%') == bare;
    }
    let of_option = || page.name.strip_prefix("option ").is_some_and(|name| name == bare);
    let of_balance = || page.kind == "balancing algorithm" && page.name.strip_prefix("balance ") == Some(bare);
    page.name == typed || page.name == bare || page.name.trim_start_matches('%') == bare || of_option() || of_balance()
}

/// A match method glued to a fetch: `path_beg`.
fn derived(name: &str) -> Option<Page> {
    let row = words::ACL_KEYWORDS.iter().find(|row| row.0 == name).map(|row| (row.1, row.2));
    let (fetch, method) = row.or_else(|| known::acl_keyword(name))?;
    let about = words::fetches().find(|known| known.name == fetch).map_or("", |known| known.page);
    let how = words::matchers().find(|known| known.name == method).map_or("", |known| known.page);
    let text = format!(
        "The fetch `{fetch}`, matched by `-m {method}`.\n\n{fetch}: {}\n{method}: {}",
        about.trim(),
        how.trim()
    );
    let time = times::of_fetch(fetch);
    Some(Page { kind: "ACL keyword", name: name.to_owned(), usage: "", place: "acl".to_owned(), text, time })
}

/// A condition that every proxy knows: `LOCALHOST`.
fn condition(name: &str) -> Option<Page> {
    let row = words::PREDEFINED_ACLS.iter().chain(known::PREDEFINED_ACLS).find(|row| row.0 == name)?;
    let text = format!("A condition that every proxy knows: `acl {name} {}`.", row.1.join(" "));
    Some(Page {
        kind: "ACL",
        name: name.to_owned(),
        usage: "",
        place: "behind if and unless".to_owned(),
        text,
        time: None,
    })
}

/// Lines for the reading of the file itself.
const DIRECTIVES: &[(&str, &str, &str)] = &[
    (".if", "<condition>", "What follows, up to `.elif`, `.else` or `.endif`, is read only if the condition holds."),
    (".elif", "<condition>", "What follows is read if no branch before it was, and the condition holds."),
    (".else", "", "What follows is read if no branch before it was."),
    (".endif", "", "Ends the lines of an `.if`."),
    (".notice", "<text>", "Prints the text while the file is read."),
    (".warning", "<text>", "Prints the text as a warning while the file is read."),
    (".alert", "<text>", "Prints the text and refuses the file."),
    (".diag", "<text>", "Prints the text while the file is read with `-dD`."),
];

fn directive(name: &str) -> Option<Page> {
    let row = DIRECTIVES.iter().find(|row| row.0 == name)?;
    let (name, text) = (row.0.to_owned(), row.2.to_owned());
    Some(Page { kind: "directive", name, usage: row.1, place: "anywhere in a file".to_owned(), text, time: None })
}

/// Every word.
fn all() -> impl Iterator<Item = Page> {
    let page =
        |kind, name: String, usage, place, text: &str, time| Page { kind, name, usage, place, text: plain(text), time };
    let keywords = words::keywords().map(move |word| {
        let (own, arguments) = (sentence(word.since, word.end), registry::arguments::of_keyword(word.name));
        let time = own.into_iter().chain(arguments).reduce(|own, more| format!("{own} {more}"));
        page("keyword", word.name.to_owned(), word.usage, sections(word.sections), word.page, time)
    });
    let binds = words::bind_options().map(move |word| {
        let time = sentence(word.since, word.end);
        page("option of a bind line", word.name.to_owned(), word.usage, "bind".to_owned(), word.page, time)
    });
    let servers = words::server_options().map(move |word| {
        let place = if word.on_default { "server, default-server" } else { "server" };
        let time = sentence(word.since, None);
        page("option of a server line", word.name.to_owned(), word.usage, place.to_owned(), word.page, time)
    });
    let actions = words::actions().map(move |word| {
        let time = times::of_action(word.name);
        page("action", word.name.to_owned(), word.usage, sets(word.sets), word.page, time)
    });
    let fetches = words::fetches().flat_map(move |word| {
        let names = std::iter::once(word.name).chain(word.aliases.iter().copied());
        names.map(move |name| {
            let place = format!("gives {}", word.out.name());
            page("fetch", name.to_owned(), word.usage, place, word.page, times::of_fetch(name))
        })
    });
    let convs = words::convs().map(move |word| {
        let place = format!("takes {}, gives {}", word.input.name(), word.out.name());
        page("converter", word.name.to_owned(), word.usage, place, word.page, times::of_conv(word.name))
    });
    let matchers = words::matchers()
        .map(move |word| page("match method", word.name.to_owned(), "", "-m".to_owned(), word.page, None));
    let balances = words::balances().map(move |word| {
        let (name, place) = (format!("balance {}", word.name), "defaults, backend, listen".to_owned());
        page("balancing algorithm", name, word.usage, place, word.page, sentence(word.since, None))
    });
    let tags = words::log_tags().map(move |word| {
        let place = if word.http_only { "log formats in mode http" } else { "log formats" };
        page("log tag", format!("%{}", word.name), "", place.to_owned(), word.page, sentence(word.since, None))
    });
    keywords
        .chain(binds)
        .chain(servers)
        .chain(actions)
        .chain(fetches)
        .chain(convs)
        .chain(matchers)
        .chain(balances)
        .chain(tags)
}

/// A page without the blank that doc comments put before each line.
pub fn plain(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(|line| line.strip_prefix(' ').unwrap_or(line)).collect();
    lines.join("\n").trim_end().to_owned()
}

fn sections(bits: Sections) -> String {
    if bits.0 == u32::MAX {
        return "opens a section".to_owned();
    }
    let names: Vec<&str> = Sections::ALL.iter().filter(|row| bits.has(row.0)).map(|row| row.1).collect();
    names.join(", ")
}

fn sets(bits: u32) -> String {
    let names: Vec<&str> = rule_sets().filter(|set| bits & set.bit() != 0).map(|set| set.words()).collect();
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_words_as_they_are_typed() {
        let kinds = |typed: &str| pages(typed).iter().map(|page| page.kind).collect::<Vec<_>>();
        assert_eq!(kinds("%ci"), ["log tag"]);
        assert_eq!(kinds("timeout client"), ["keyword"]);
        assert_eq!(kinds("httplog"), ["keyword"]);
        assert_eq!(kinds("http-request set-header"), ["action"]);
        assert_eq!(kinds("%[src]"), ["fetch"]);
        assert_eq!(kinds("path_beg"), ["ACL keyword"]);
        assert_eq!((kinds("LOCALHOST"), kinds(".elif")), (vec!["ACL"], vec!["directive"]));
        assert!(is_known("track-sc0") && !is_known("track"));
        assert!(kinds("sni").contains(&"option of a server line"));
        assert!(!family("timeout").is_empty());
        assert_eq!(nearest("timeout clinet").as_deref(), Some("timeout client"));
    }
}
