//! `pointsman check`: HAProxy's verdict and our findings, with codes, carets and effects.
//!
//! Nothing of production needs to be here: files, users and hosts that are absent are findings of their own kind.

mod baseline;
mod cascade;
mod compat;
mod environment;
mod fix;
mod fragment;
mod ignore;
pub mod options;
mod paste;
mod removed;
pub mod render;
mod target;
mod verdict;
mod world;
pub(in crate::desk) mod yaml;

use std::io::{Read, Write};

use options::Options;

use crate::base::clock;
use crate::base::diag::{Place, Severity};
use crate::config::load;
use crate::config::lower::{Source, Variables, lower_keeping};
use crate::config::{checks, gather, resolve};
use crate::model::draft::Unsupported;
use crate::model::script::Script;
use crate::spec::lint::{Finding, Findings, View};
use crate::spec::{Level, Lint};
use crate::words;

/// Nothing was found.
const CLEAN: u8 = 0;
/// There are findings at or above the threshold.
const FOUND: u8 = 1;
/// HAProxy would not start with it.
const REFUSED: u8 = 2;
/// The command line cannot be followed.
const USAGE: u8 = 3;

/// What standard input is called.
const STANDARD_INPUT: &str = "<stdin>";

/// The code of lines that stand in no section.
const NO_SECTION: &str = "E005";

/// The code of peers none of which is this machine.
const ABSENT_PEER: &str = "X005";

/// What was found in a set of files.
pub struct Report {
    /// The files, as they were read.
    pub sources: Vec<Source>,
    /// What was found, in the order of the files.
    pub findings: Vec<Finding>,
    /// HAProxy would refuse the files.
    pub refused: bool,
    /// Words that are valid and not run yet.
    pub unsupported: Vec<Unsupported>,
    /// The lines as they were read.
    pub script: Script,
}

/// Runs the command; the arguments are those behind `check`.
pub fn main(args: &[String]) -> u8 {
    if args.iter().any(|arg| arg == "--help" || arg == "-h") {
        println!("{}", options::USAGE);
        return CLEAN;
    }
    let options = match options::parse(args) {
        Ok(options) => options,
        Err(sentence) => {
            eprintln!("pointsman check: {sentence}\n\n{}", options::USAGE);
            return USAGE;
        }
    };
    match run(&options) {
        Ok(code) => code,
        Err(sentence) => {
            eprintln!("pointsman check: {sentence}");
            USAGE
        }
    }
}

fn run(options: &Options) -> Result<u8, String> {
    if options.list {
        return Ok(list());
    }
    let read = sources(&options.files)?;
    let mut variables = load::variables_of(&read, "localhost");
    if let Some(path) = &options.env_file {
        let text = std::fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?;
        variables.extend(environment::variables(&text));
    }
    let mut report = look(read, &variables, options);
    if options.compat {
        print!("{}", compat::table(&report));
        return Ok(CLEAN);
    }
    if let Some(path) = &options.write_baseline {
        std::fs::write(path, baseline::write(&report)).map_err(|error| format!("{path}: {error}"))?;
        return Ok(CLEAN);
    }
    without_known(&mut report, options)?;
    if options.diff {
        print!("{}", fix::diff(&report));
    } else if options.fix && fix::make(&report)? {
        // What is found now is what was left.
        report = look(sources(&options.files)?, &variables, options);
        without_known(&mut report, options)?;
    }
    let text = render::render(&report, options);
    // A reader that went away wants no more.
    let _ = std::io::stdout().write_all(text.as_bytes());
    Ok(exit(&report, options))
}

/// Leaves out what the baseline knows.
fn without_known(report: &mut Report, options: &Options) -> Result<(), String> {
    let Some(path) = &options.baseline else { return Ok(()) };
    let text = std::fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?;
    baseline::leave_out(report, &text).map_err(|error| format!("{path}: {error}"))
}

fn exit(report: &Report, options: &Options) -> u8 {
    if report.refused || count(report, Level::Error) > 0 {
        REFUSED
    } else if report.findings.iter().any(|finding| finding.level >= options.severity) {
        FOUND
    } else {
        CLEAN
    }
}

/// The files named, standard input for `-`.
fn sources(names: &[String]) -> Result<Vec<Source>, String> {
    let mut sources = Vec::new();
    for name in names {
        if name == "-" {
            let mut text = Vec::new();
            std::io::stdin().lock().read_to_end(&mut text).map_err(|error| format!("standard input: {error}"))?;
            sources.push((STANDARD_INPUT.to_owned(), text));
        } else {
            let found = load::sources(std::slice::from_ref(name));
            sources.extend(found.map_err(|text| text.trim_start_matches("config : ").to_owned())?);
        }
    }
    Ok(sources)
}

/// Looks at a configuration: all that is to be said about it, in the order of the files.
pub fn look(sources: Vec<Source>, variables: &Variables, options: &Options) -> Report {
    let paste = paste::unwrap(&sources);
    let given = paste.as_ref().map_or(&sources, |paste| &paste.sources);
    let ended = fix::ended(given);
    let given = ended.as_ref().map_or(given, |(sources, _)| sources);
    let fragment = fragment::complete(given);
    if let Some(fragment) = fragment.as_ref().filter(|fragment| fragment.is_other()) {
        let mut report =
            Report { sources, findings: Vec::new(), refused: true, unsupported: Vec::new(), script: Script::default() };
        fragment.put_back(&mut report);
        return report;
    }
    let read = fragment.as_ref().map_or(given, |fragment| &fragment.sources);
    let world = world::enter(options.root.as_deref(), options.strict_env);
    let mut draft = lower_keeping(read, variables, world);
    let mut findings = Findings::default();
    let mut checked = checks::checks(&draft);
    if draft.refused {
        // HAProxy goes no further; names that lead nowhere are worth saying all the same.
        checked.retain(|said| verdict::stands_alone(said, &draft.script));
    }
    let wrong = checked.iter().any(|said| said.severity == Severity::Fatal);
    draft.diagnostics.extend(checked);
    let certificates = environment::certificates(&draft);
    let mut view = View::new(&draft, &certificates, (clock::wall_us() / 1_000_000) as i64);
    view.balancer = environment::balancer(read);
    for lint in words::lints().filter(|lint| wanted(lint, options)) {
        findings.now = Some((lint.code, lint.level));
        (lint.find)(&view, &mut findings);
    }
    if let Some(release) = options.target {
        target::add(&draft.script, &draft.noted.dated.take(), release, &mut findings);
    }
    let unjudged = environment::unset(read, variables, &draft.script, options, &mut findings);
    environment::tls_files(&draft);
    let script = std::mem::take(&mut draft.script);
    if !draft.refused && !wrong {
        gather::gather(&mut draft, true);
    }
    let unsupported = std::mem::take(&mut draft.unsupported);
    let said = if draft.refused || wrong { std::mem::take(&mut draft.diagnostics) } else { resolve::resolve(draft).1 };
    let refused = verdict::add(&said, &script, (fragment.is_some(), &unjudged), &mut findings);
    let absent = findings.list.iter_mut().filter(|finding| finding.code == ABSENT_PEER && options.strict_env);
    absent.for_each(|finding| finding.level = Level::Warning);
    environment::add(&script, &world::leave(), options, &mut findings);
    compat::add(&unsupported, options, &mut findings);
    let mut report = Report { sources, findings: findings.list, refused, unsupported, script };
    let is_fragment = fragment.is_some();
    if let Some(fragment) = fragment {
        fragment.put_back(&mut report);
    }
    if let Some((_, missing)) = &ended {
        report.refused = true;
        // What was pasted is no file that could end too early.
        let files = missing.iter().filter(|place| paste.is_none() && !is_pasted(&report, **place, is_fragment));
        let files: Vec<Place> = files.copied().collect();
        let mut findings = Findings::default();
        fix::say_unended(&report.sources, &files, &mut findings);
        report.findings.extend(findings.list);
    }
    if let Some(paste) = paste {
        paste.say(&mut report);
    }
    settle(&mut report, options);
    report
}

/// Whether a part of a configuration was given on standard input.
fn is_pasted(report: &Report, place: Place, is_fragment: bool) -> bool {
    is_fragment && report.sources.get(place.file as usize).is_some_and(|(name, _)| name == STANDARD_INPUT)
}

fn wanted(lint: &Lint, options: &Options) -> bool {
    let named = |list: &[String]| list.iter().any(|code| lint.code.starts_with(code.as_str()));
    if !options.only.is_empty() {
        return named(&options.only);
    }
    (lint.on || named(&options.select)) && !named(&options.ignore)
}

/// Brings the findings in order: those that are not wanted go, one place is not blamed twice for one thing.
fn settle(report: &mut Report, options: &Options) {
    let named = |list: &[String], code: &str| list.iter().any(|begin| code.starts_with(begin.as_str()));
    report.findings.retain(|finding| {
        (options.only.is_empty() || named(&options.only, finding.code)) && !named(&options.ignore, finding.code)
    });
    ignore::leave_out(report);
    cascade::leave_out(report);
    report.findings.sort_by_key(|finding| {
        let Finding { place, level, code, .. } = finding;
        (place.file, place.line, *code != NO_SECTION, std::cmp::Reverse(*level), place.start, *code)
    });
}

fn list() -> u8 {
    for lint in words::lints() {
        let on = if lint.on { "" } else { " (when selected)" };
        println!("{}  {:7}  {}{on}", lint.code, lint.level.word(), lint.name);
    }
    CLEAN
}

/// Where the page of a code is, below the folder of this program.
pub fn url(code: &str) -> String {
    format!("docs/findings/{code}.md")
}

/// The grave ones among the findings.
fn count(report: &Report, level: Level) -> usize {
    report.findings.iter().filter(|finding| finding.level == level).count()
}
