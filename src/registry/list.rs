//! `-dK`: every known word of a class, in HAProxy's form. The words come from the lists; nothing is written here twice.

use std::fmt::{Display, Write};

use super::known::commands::{COMMANDS, Who};
use super::known::{self, Known};
use crate::model::draft::Sections;
use crate::spec::compile::PLACE_NAMES;
use crate::spec::{Keyword, RuleSet};
use crate::words;

/// A class: its name, what it holds, and how it is written.
type Class = (&'static str, &'static str, fn(&mut String));

/// Every class, in the order of `all`.
static CLASSES: &[Class] = &[
    ("acl", "ACL keywords", acls),
    ("cfg", "configuration keywords", configuration),
    ("cli", "CLI keywords", commands),
    ("cnv", "sample converter keywords", converters),
    ("flt", "filter names", filters),
    ("smp", "sample fetch functions", fetches),
    ("svc", "service names", services),
];

/// The words of the classes, which commas separate. What is no class is passed over, as HAProxy does.
pub fn classes(names: &str) -> String {
    let mut text = String::new();
    for name in names.split(',') {
        if name == "help" {
            text.push_str("# List of supported keyword classes:\nall: list all keywords\n");
            CLASSES.iter().for_each(|class| line(&mut text, format_args!("{}: {}", class.0, class.1)));
        }
        CLASSES.iter().filter(|class| name == "all" || name == class.0).for_each(|class| class.2(&mut text));
    }
    text
}

fn line(text: &mut String, words: impl Display) {
    let _ = writeln!(text, "{words}");
}

/// The lines in order, each once.
fn sorted(text: &mut String, mut lines: Vec<String>) {
    lines.sort_unstable();
    lines.dedup();
    lines.iter().for_each(|words| line(text, words));
}

fn acls(text: &mut String) {
    line(text, "# List of registered ACL keywords:");
    let rows = known::ACL_KEYWORDS.iter().chain(words::ACL_KEYWORDS);
    sorted(text, rows.map(|(name, fetch, method)| format!("{name} = {fetch} -m {method}")).collect());
}

fn commands(text: &mut String) {
    line(text, "# List of registered CLI keywords:");
    for (name, who, mode) in COMMANDS {
        let master = if *who == Who::Worker { "" } else { "[MASTER] " };
        let worker = if *who == Who::Master { "" } else { "[WORKER] " };
        let mode = if mode.is_empty() { String::new() } else { format!("[{mode}] ") };
        line(text, format_args!("{name} {master}{worker}{mode}"));
    }
}

fn converters(text: &mut String) {
    line(text, "# List of registered sample converter functions:");
    // The result stands before the arrow: that is how HAProxy writes it.
    let write = |known: &Known| format!("{}: {} => {}", call(known), known.output.name(), known.input.name());
    sorted(text, known::CONVERTERS.iter().map(write).collect());
}

fn filters(text: &mut String) {
    line(text, "# List of registered filter names:");
    sorted(text, words::proxy::FILTERS.iter().map(|(name, family, _)| format!("{name} [{family}]")).collect());
}

fn services(text: &mut String) {
    line(text, "# List of registered service names:");
    sorted(text, known::SERVICES.iter().map(|name| (*name).to_owned()).collect());
}

fn call(known: &Known) -> String {
    let args = known.args;
    if args.is_empty() { known.name.to_owned() } else { format!("{}({args})", known.name) }
}

fn fetches(text: &mut String) {
    line(text, "# List of registered sample fetch functions:");
    let columns = PLACE_NAMES.len();
    for (at, name) in PLACE_NAMES.iter().enumerate() {
        let blanks = " ".repeat(columns + 1 - at);
        line(text, format_args!("#{blanks}{}_.{} {name}", "/ ".repeat(at), "-".repeat(columns - at)));
    }
    line(text, format_args!("# {} ", "/ ".repeat(columns)));
    line(text, format_args!("# {}", "| ".repeat(columns)));
    let mut rows: Vec<&Known> = known::FETCHES.iter().collect();
    rows.sort_unstable_by_key(|known| known.name);
    for known in rows {
        let there = |at: usize| if known.places & (1 << at) == 0 { ". " } else { "Y " };
        let places: String = (0..columns).map(there).collect();
        line(text, format_args!("[ {places}] {}: {}", call(known), known.output.name()));
    }
}

/// Sections in HAProxy's order, those it does not show last. The four kinds of proxies share their words.
const SECTIONS: [Sections; 18] = [
    Sections::GLOBAL,
    Sections::LISTEN,
    Sections::USERLIST,
    Sections::PEERS,
    Sections::CRT_STORE,
    Sections::TRACES,
    Sections::ACME,
    Sections::CACHE,
    Sections::FCGI_APP,
    Sections::HEALTHCHECK,
    Sections::HTTP_ERRORS,
    Sections::LOG_FORWARD,
    Sections::LOG_PROFILE,
    Sections::MAILERS,
    Sections::NAMESPACE_LIST,
    Sections::PROGRAM,
    Sections::RESOLVERS,
    Sections::RING,
];

fn configuration(text: &mut String) {
    line(text, "# List of registered configuration keywords:");
    for section in SECTIONS {
        if section == Sections::CRT_STORE {
            line(text, "crt-list");
            sorted(text, words::pem::LIST_OPTIONS.iter().map(|(name, values, _)| option("", name, *values)).collect());
        }
        line(text, section.word());
        let own = |keyword: &&Keyword| keyword.sections.0 != u32::MAX && !keyword.name.starts_with("option ");
        let names = super::keywords_of(section).filter(own).filter_map(|keyword| keyword.name.split(' ').next());
        sorted(text, names.map(|name| format!("\t{name}")).collect());
        if section == Sections::LISTEN {
            proxies(text);
        }
    }
}

fn option(before: &str, name: &str, values: usize) -> String {
    let values = if values == 0 { String::new() } else { format!(" +{values}") };
    format!("\t{before}{name}{values}")
}

/// The options of lines, the `option` keywords, and the actions.
fn proxies(text: &mut String) {
    // What is in parentheses belongs to the name.
    let values = |usage: &str| usize::from(!usage.is_empty() && !usage.starts_with('('));
    let of_tls: Vec<&str> = words::bind::OF_TLS.iter().copied().flatten().map(|bind| bind.name).collect();
    for (before, tls) in [("bind <addr> ", false), ("bind <addr> ssl ", true)] {
        let own = words::bind_options().filter(|bind| of_tls.contains(&bind.name) == tls && bind.name != "ssl");
        sorted(text, own.map(|bind| option(before, bind.name, values(bind.usage))).collect());
    }
    let servers = words::server_options();
    sorted(text, servers.map(|server| option("server <name> <addr> ", server.name, values(server.usage))).collect());
    let flags = words::option::FLAG.iter().filter_map(|keyword| keyword.name.strip_prefix("option "));
    sorted(text, flags.map(|name| format!("\toption {name} {}", words::option::capabilities(name))).collect());
    for set in RuleSet::TRAFFIC {
        let own = known::ACTIONS.iter().filter(|action| action.sets & set.bit() != 0);
        sorted(text, own.map(|action| format!("\t{} {}", set.words(), glued(action.name))).collect());
    }
}

/// Actions whose name goes on, with parentheses or a number, have a star.
fn glued(name: &str) -> String {
    let name = if name.starts_with("track-sc") { "track-sc" } else { name };
    format!("{name}{}", if name == "track-sc" || known::goes_on(name) { "*" } else { "" })
}
