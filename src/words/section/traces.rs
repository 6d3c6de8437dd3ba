//! `trace` lines: their words are checked, and the lists that HAProxy shows for a word left out are shown. Nothing is
//! traced here.

use crate::model::draft::{Current, Draft};
use crate::spec::{Args, Done, Fault};

use super::inside::say;

/// What there is to trace, as HAProxy 3.2 lists it: a `source` and its name in full, its events, verbosities and locks;
/// `later` and `newer` are events and sources of 3.4.
const LISTS: &str = include_str!("traces.txt");

/// How much is told of an event.
const LEVELS: [(&str, &str); 6] = [
    ("error", "report errors"),
    ("user", "also information useful to the end user"),
    ("proto", "also protocol-level updates"),
    ("state", "also report internal state changes"),
    ("data", "also report data transfers"),
    ("developer", "also report information useful only to the developer"),
];

const COMMANDS: [(&str, &str); 9] = [
    ("event", "list/enable/disable source-specific event reporting"),
    ("level", "list/set trace reporting level"),
    ("lock", "automatic lock on thread/connection/stream/..."),
    ("follow", "passively follow another source's locked pointer (e.g. session)"),
    ("pause", "pause and automatically restart after a specific event"),
    ("sink", "list/set event sinks"),
    ("start", "start immediately or after a specific event"),
    ("stop", "stop immediately or after a specific event"),
    ("verbosity", "list/set trace output verbosity"),
];

/// What one source has.
#[derive(Debug)]
struct Source {
    name: &'static str,
    title: &'static str,
    events: Vec<&'static str>,
    verbosities: Vec<(&'static str, &'static str)>,
    locks: Vec<(&'static str, String)>,
}

/// `trace <source> [<command> <value>]...`
pub(super) fn trace(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let sources = sources();
    let Some(name) = args.next() else {
        args.warn(format!(
            "'trace': Supported trace sources and states (.=stopped, w=waiting, R=running) :\n{}{}{}",
            " [.] 0          : not a source, will immediately stop all traces\n",
            " [.] all        : all sources below, only for 'sink', 'level' and 'follow'\n",
            titles(&sources)
        ));
        return Ok(());
    };
    let known = sources.iter().find(|source| source.name == name);
    if name == "0" {
        return Ok(());
    }
    if known.is_none() && name != "all" {
        let newer = LISTS.lines().any(|line| line.strip_prefix("newer ") == Some(name));
        return if newer { Ok(()) } else { Err(Fault::new(format!("No such trace source '{name}'"))) };
    }
    if args.is_empty() {
        let rows: String = COMMANDS.iter().map(|(name, what)| format!("  {name:<9} : {what}\n")).collect();
        args.warn(format!("'trace': Supported commands:\n{rows}"));
    }
    while let Some(command) = args.next() {
        let now = |what, usual: &str| said(draft, name, what).unwrap_or_else(|| usual.to_owned());
        let value = args.next().unwrap_or_default();
        match (command, known) {
            ("level", _) => {
                let rows = LEVELS.map(|(name, what)| (name, what.to_owned()));
                let current = if name == "all" { String::new() } else { now("level", "user") };
                choose(args, (value, &current), &rows, ("level", "trace levels"), name)?;
            }
            ("sink", _) => {}
            ("follow", _) => follow(args, (name, value), &sources)?,
            (_, None) => return Err(Fault::new(format!("'{command}' not applicable to meta-source 'all'"))),
            ("verbosity", Some(source)) => {
                let rows: Vec<_> = source.verbosities.iter().map(|(name, what)| (*name, (*what).to_owned())).collect();
                let usual = if rows.iter().any(|(name, _)| *name == "default") { "default" } else { "clean" };
                choose(args, (value, &now("verbosity", usual)), &rows, ("verbosity level", "trace verbosities"), name)?;
            }
            ("lock", Some(source)) => {
                let current = now("lock", "nothing");
                if !value.is_empty() && !source.locks.iter().any(|row| row.0 == value) {
                    return Err(Fault::new(format!("Unsupported lock-on criterion '{value}'")));
                }
                choose(args, (value, &current), &source.locks, ("", "lock-on criteria"), name)?;
            }
            ("event", Some(source)) => event(source, value, false)?,
            ("start" | "pause" | "stop", Some(source)) => event(source, value, true)?,
            (other, _) => return Err(Fault::new(format!("Unknown trace keyword '{other}'"))),
        }
        if !value.is_empty() {
            say(draft, &format!("{name} {command}"), value);
        }
    }
    Ok(())
}

/// One of a list, or the list: told for a value left out, part of the refusal of one that is not on it.
fn choose(
    args: &mut Args<'_>,
    (value, current): (&str, &str),
    rows: &[(&str, String)],
    (one, all): (&str, &str),
    source: &str,
) -> Done {
    if rows.iter().any(|(name, _)| *name == value) {
        return Ok(());
    }
    let mark = |name: &str| if name == current { '*' } else { ' ' };
    let rows: String = rows.iter().map(|(name, what)| format!("  {} {name:<10} : {what}\n", mark(name))).collect();
    let list = format!("Supported {all} for source {source}:\n{rows}");
    if value.is_empty() {
        args.warn(format!("'trace': {list}"));
        return Ok(());
    }
    Err(Fault::new(format!("No such trace {one} '{value}'. {list}").replace("trace verbosity", "verbosity")))
}

/// Nothing is said for an event left out, though HAProxy lists them.
fn event(source: &Source, value: &str, timed: bool) -> Done {
    let value = value.strip_prefix(['+', '-']).unwrap_or(value);
    let special = value.is_empty() || ["none", "any"].contains(&value) || (timed && value == "now");
    if special || source.events.contains(&value) {
        return Ok(());
    }
    Err(Fault::new(format!("No such trace event '{value}'")))
}

fn follow(args: &mut Args<'_>, (source, value): (&str, &str), sources: &[Source]) -> Done {
    if value.is_empty() {
        let nobody = " [.] none       : follow no other source\n";
        let now = if source == "all" { "" } else { "Not currently following any other source.\n" };
        let title = "Please specify another source to follow, among the following ones:";
        args.warn(format!("'trace': {now}{title}\n{nobody}{}", titles(sources)));
        return Ok(());
    }
    if value == "none" || sources.iter().any(|source| source.name == value) {
        return Ok(());
    }
    Err(Fault::new(format!("No such trace source '{value}'")))
}

/// What was last said of a source, or of all.
fn said(draft: &Draft, source: &str, what: &str) -> Option<String> {
    let Current::Other(_, at) = draft.current else { return None };
    let keys = [format!("{source} {what}"), format!("all {what}")];
    let found = draft.others.get(at)?.said.iter().rfind(|(known, _)| keys.contains(known));
    found.map(|(_, value)| value.clone())
}

fn titles(sources: &[Source]) -> String {
    sources.iter().map(|source| format!(" [.] {:<10} : {}\n", source.name, source.title)).collect()
}

fn sources() -> Vec<Source> {
    let mut sources: Vec<Source> = Vec::new();
    for line in LISTS.lines() {
        let (kind, rest) = line.split_once(' ').unwrap_or((line, ""));
        let (name, what) = rest.split_once(' ').unwrap_or((rest, ""));
        if kind == "source" {
            let (events, verbosities, locks) = (Vec::new(), Vec::new(), Vec::new());
            sources.push(Source { name, title: what, events, verbosities, locks });
            continue;
        }
        let Some(source) = sources.last_mut() else { continue };
        match kind {
            "event" | "later" => source.events.extend(rest.split(' ')),
            "verbosity" => source.verbosities.push((name, usual(name, what))),
            "lock" if name == "nothing" => source.locks.push((name, "do not lock on anything".to_owned())),
            "lock" if what.is_empty() => {
                source.locks.push((name, format!("lock on the {name} that started the trace")))
            }
            "lock" => source.locks.push((name, what.to_owned())),
            _ => {}
        }
    }
    sources
}

/// What some verbosities mean for every source.
fn usual(name: &str, what: &'static str) -> &'static str {
    match (name, what) {
        ("quiet", "") => "only report basic information with no decoding",
        ("clean", "") => "only user-friendly stuff, generally suitable for level \"user\"",
        ("default", "") => "report extra information when available",
        _ => what,
    }
}
