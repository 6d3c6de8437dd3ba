//! AST to draft: conditions, environment, then per line the word's own parser.
//!
//! Files, names of users and hosts, and the environment come as arguments. HAProxy reads every file twice: the first
//! time it looks for what the master needs, and an error in the form of a line ends the matter there; only then are the
//! words read. Errors accumulate: one bad line never hides the next.

use std::collections::HashMap;

use pointsman_parser::{Arg, Environment, Line, word};

use super::directive::{Block, Outcome};
use crate::base::diag::{Diagnostic, Place, Severity};
use crate::base::limits::FATAL_ERRORS_MAX;
use crate::model::draft::{Current, Draft, Sections, Unsupported};
use crate::model::noted::Context;
use crate::model::script::{Section, Statement};
use crate::model::world::World;
use crate::registry::{self, Registry};
use crate::spec::args::text_of;
use crate::spec::{Args, Fault, Form};
use crate::words;

/// A configuration file: its path as given, and its bytes.
pub type Source = (String, Vec<u8>);

/// The variables of the process, as the configuration sees them.
pub type Variables = HashMap<String, Vec<u8>>;

/// The words of the global section that the first reading looks at too.
const EARLY: [&str; 17] = [
    "daemon",
    "expose-deprecated-directives",
    "localpeer",
    "master-worker",
    "mworker-max-reloads",
    "noepoll",
    "noevports",
    "nokqueue",
    "nopoll",
    "pidfile",
    "presetenv",
    "quiet",
    "resetenv",
    "setenv",
    "unsetenv",
    "zero-warning",
    "global",
];

/// The words that `no` and `default` may stand before.
const NEGATABLE: [&str; 7] =
    ["option", "log", "busy-polling", "set-dumpable", "strict-limits", "insecure-fork-wanted", "numa-cpu-mapping"];

/// Which of the two readings it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Pass {
    /// The form of lines, and the few words the master needs.
    First,
    /// Everything.
    Second,
}

/// Reads files into a draft, in order. What is wrong is in the draft's diagnostics.
pub fn lower(sources: &[Source], variables: &Variables, world: World) -> Draft {
    read(sources, variables, world, false)
}

/// The same, and the lines are kept as they were written.
pub fn lower_keeping(sources: &[Source], variables: &Variables, world: World) -> Draft {
    read(sources, variables, world, true)
}

fn read(sources: &[Source], variables: &Variables, world: World, keep: bool) -> Draft {
    let absolute: Vec<String> = sources.iter().map(|(path, _)| (world.absolute)(path)).collect();
    let early = pass(sources, variables, (world, &absolute), (Pass::First, false));
    if early.refused && !keep {
        return early;
    }
    let mut draft = pass(sources, variables, (world, &absolute), (Pass::Second, keep));
    let warned = early.diagnostics.into_iter().filter(|said| said.severity == Severity::Warning);
    draft.diagnostics.splice(0..0, warned);
    draft.unsupported.extend(draft.noted.unsupported.take());
    draft.uses = draft.noted.uses.take();
    draft
}

fn pass(
    sources: &[Source],
    variables: &Variables,
    (world, absolute): (World, &Vec<String>),
    (pass, keep): (Pass, bool),
) -> Draft {
    let mut draft = Draft { files: sources.iter().map(|(path, _)| path.clone()).collect(), ..Draft::default() };
    draft.script.kept = keep;
    draft.noted.world = world;
    draft.noted.base.files.clone_from(absolute);
    let mut fatal = 0;
    for (index, (_, text)) in sources.iter().enumerate() {
        draft.current = Current::None;
        let _ = draft.noted.enter(index);
        let before = fatal;
        let mut reader =
            Reader { text, index: index as u32, variables, blocks: Vec::new(), fatal: &mut fatal, pass, ended: false };
        reader.read(&mut draft);
        let ended = reader.ended;
        if fatal > before {
            let path = draft.files.get(index).cloned().unwrap_or_default();
            let text = format!("config : Error(s) found in configuration file : {path}");
            draft.diagnostics.push(Diagnostic::bare(Severity::Alert, Place::default(), text));
        }
        draft.ended |= ended;
        if ended || fatal >= FATAL_ERRORS_MAX {
            break;
        }
    }
    draft.refused = fatal > 0;
    if fatal > 0 && !draft.ended {
        let text = "config : Fatal errors found in configuration.";
        draft.diagnostics.push(Diagnostic::bare(Severity::Alert, Place::default(), text));
    }
    draft
}

/// One file being read.
pub(super) struct Reader<'a> {
    pub(super) text: &'a [u8],
    pub(super) index: u32,
    pub(super) variables: &'a Variables,
    pub(super) blocks: Vec<Block>,
    pub(super) pass: Pass,
    fatal: &'a mut usize,
    /// HAProxy would read no further.
    pub(super) ended: bool,
}

impl Reader<'_> {
    fn read(&mut self, draft: &mut Draft) {
        let mut last = 0;
        for (line, errors) in pointsman_parser::lines(self.text) {
            if *self.fatal >= FATAL_ERRORS_MAX && !self.ended {
                let text = format!("too many fatal errors ({FATAL_ERRORS_MAX}), stopping now.");
                let place = self.place(&line);
                draft.diagnostics.push(Diagnostic::tight(Severity::Alert, place, text));
                return;
            }
            for error in &errors {
                let place = Place { file: self.index, line: error.line, start: error.span.start, end: error.span.end };
                self.syntax(draft, error, place);
            }
            if !line.broken && !line.words.is_empty() {
                self.line(draft, &line);
            }
            if self.ended {
                return;
            }
            if !line.span.is_empty() {
                last = line.number;
            }
        }
        self.close(draft);
        if !self.blocks.is_empty() {
            let place = Place { file: self.index, line: last, ..Place::default() };
            self.say(draft, Diagnostic::tight(Severity::Fatal, place, "non-terminated '.if' block."));
            self.ended = true;
        }
    }

    fn close(&mut self, draft: &mut Draft) {
        let was = draft.section();
        if let Some(lacking) = super::section::close(draft).filter(|_| self.pass == Pass::Second) {
            self.ended |= was == Sections::ACME && !draft.script.kept;
            self.say(draft, Diagnostic::bare(Severity::Fatal, draft.noted.place.get(), lacking));
        }
    }

    fn syntax(&mut self, draft: &mut Draft, error: &pointsman_parser::Error, place: Place) {
        // HAProxy warns of how lines are written in its first reading.
        if !error.is_warning() {
            self.say(draft, Diagnostic::tight(Severity::Fatal, place, error.message()));
        } else if self.pass == Pass::First {
            draft.diagnostics.push(Diagnostic::tight(Severity::Warning, place, error.message()));
        }
    }

    pub(super) fn say(&mut self, draft: &mut Draft, diagnostic: Diagnostic) {
        if diagnostic.severity == Severity::Fatal {
            *self.fatal += 1;
        } else if self.pass == Pass::First {
            return;
        }
        draft.diagnostics.push(diagnostic);
    }

    fn line(&mut self, draft: &mut Draft, line: &Line) {
        let place = self.place(line);
        let (words, errors) = {
            let env = LineEnv { reader: self, draft, line: line.number };
            word::expand_line(self.text, line, &env)
        };
        let mut broken = false;
        for error in &errors {
            broken |= !error.is_warning();
            self.syntax(draft, error, place);
        }
        let Some(first) = words.first().map(text_of).filter(|_| !broken) else { return };
        if first.starts_with('.') {
            match self.directive(draft, first, &words, line) {
                Outcome::Read => {}
                Outcome::End => self.ended = true,
            }
        } else if !self.blocks.iter().any(|block| !block.active) {
            if first.starts_with('[') {
                return self.scope(draft, &words, place);
            }
            self.statement(draft, &words, place);
        } else if draft.script.kept {
            draft.script.skipped.push(Statement { words, negated: false, place });
        }
    }

    pub(super) fn place(&self, line: &Line) -> Place {
        Place { file: self.index, line: line.number, start: line.span.start, end: line.span.end }
    }

    /// `[name]` stands alone on its line and means nothing here. HAProxy looks at its form in its first reading.
    fn scope(&mut self, draft: &mut Draft, words: &[Arg], place: Place) {
        let line = words.iter().map(text_of).collect::<Vec<_>>().join(" ");
        let (name, rest) = line.get(1..).unwrap_or_default().split_once(']').unwrap_or_default();
        let strange = name.chars().find(|letter| !letter.is_ascii_alphanumeric() && !"-_.:".contains(*letter));
        let message = match (strange, rest.trim_start().chars().next()) {
            (Some(letter), _) => format!("character '{letter}' is not permitted in a scope name."),
            (None, _) if name.is_empty() => "empty scope name is forbidden.".to_owned(),
            (None, Some(letter)) => format!("character '{letter}' is not permitted after scope declaration."),
            (None, None) => return,
        };
        self.ended |= !draft.script.kept;
        self.say(draft, Diagnostic::at(Severity::Fatal, place, message));
    }

    fn statement(&mut self, draft: &mut Draft, words: &[Arg], place: Place) {
        let (form, words) = match words.first().map(text_of) {
            Some("no") => (Form::No, words.get(1..).unwrap_or_default()),
            Some("default") => (Form::Default, words.get(1..).unwrap_or_default()),
            _ => (Form::Plain, words),
        };
        let first = words.first().map(text_of).unwrap_or_default();
        if form != Form::Plain && !NEGATABLE.contains(&first) {
            let message = "negation/default currently supported only for options, log, busy-polling, set-dumpable, \
                           strict-limits, insecure-fork-wanted and numa-cpu-mapping.";
            return self.say(draft, Diagnostic::tight(Severity::Fatal, place, message));
        }
        let opens_section = Sections::opener(first).is_some();
        if self.pass == Pass::First {
            return self.early(draft, words, form, place);
        }
        if draft.script.kept {
            keep(draft, words, form, place);
        }
        let section = if opens_section { Sections(u32::MAX) } else { draft.section() };
        if !opens_section && draft.current == Current::None {
            let message = format!("unknown keyword '{first}' out of section.");
            return self.say(draft, Diagnostic::tight(Severity::Fatal, place, message));
        }
        if !opens_section && draft.current == Current::Refused {
            return self.say(draft, Diagnostic::at(Severity::Fatal, place, "'listen' or 'defaults' expected."));
        }
        let Some((keyword, taken)) = registry::keyword(section, words) else {
            return self.unknown(draft, first, place);
        };
        if opens_section {
            self.close(draft);
        }
        self.run(draft, keyword, words, taken, form, place);
        if opens_section && let Some(section) = draft.script.sections.last_mut() {
            section.current = draft.current;
        }
    }

    /// The first reading of a line.
    fn early(&mut self, draft: &mut Draft, words: &[Arg], form: Form, place: Place) {
        let first = words.first().map(text_of).unwrap_or_default();
        if let Some(section) = Sections::opener(first).filter(|section| *section != Sections::GLOBAL) {
            draft.current = Current::Other(section, 0);
            if section == Sections::PROGRAM {
                self.program(draft, words, place);
            }
            return;
        }
        let in_global = draft.current == Current::Global || first == "global";
        if !in_global || !EARLY.contains(&first) {
            return;
        }
        if let Some((keyword, taken)) = registry::keyword(Sections::GLOBAL, words) {
            self.run(draft, keyword, words, taken, form, place);
        }
    }

    /// A `program` section is refused in the first reading, with a warning for a sentence.
    fn program(&mut self, draft: &mut Draft, words: &[Arg], place: Place) {
        let Some((keyword, taken)) = registry::keyword(Sections::PROGRAM, words) else { return };
        self.pass = Pass::Second;
        self.run(draft, keyword, words, taken, Form::Plain, place);
        self.pass = Pass::First;
        draft.current = Current::Other(Sections::PROGRAM, 0);
    }

    fn run(
        &mut self,
        draft: &mut Draft,
        keyword: &'static crate::spec::Keyword,
        words: &[Arg],
        taken: usize,
        form: Form,
        place: Place,
    ) {
        draft.asks_server_local |= words.iter().any(|word| names_server_local(&word.text));
        let section = draft.section();
        draft.noted.place.set(place);
        draft.noted.context.set(Context::default());
        let (result, notes, unsupported, references) = {
            draft.late.at(place);
            let base = BaseEnv { variables: self.variables, overlay: draft.global.environment.clone() };
            let mut args = Args::new(words, taken, form, section, place, &Registry, &base);
            let repeated = if section == Sections::GLOBAL && self.pass == Pass::Second {
                words::global::repeated(keyword.name, &mut args, draft)
            } else {
                Ok(false)
            };
            let result = match repeated {
                Ok(false) => (keyword.parse)(&mut args, draft),
                other => other.map(drop),
            };
            (result, args.notes, args.unsupported, args.references)
        };
        draft.references.extend(references);
        draft.unsupported.extend(unsupported);
        for note in draft.noted.warnings.take().into_iter().chain(notes) {
            self.say(draft, note);
        }
        if let Err(fault) = result {
            self.refuse(draft, fault, place);
        }
    }

    fn refuse(&mut self, draft: &mut Draft, fault: Fault, place: Place) {
        let place = fault.span.map_or(place, |span| Place { start: span.start, end: span.end, ..place });
        if fault.unsupported {
            draft.unsupported.push(Unsupported { word: fault.message, place });
            return;
        }
        // Who looks at a file at a desk wants to see all of it.
        self.ended |= fault.ends && !draft.script.kept;
        let severity = if fault.harmless { Severity::Alert } else { Severity::Fatal };
        if fault.message.is_empty() {
            *self.fatal += 1;
            return;
        }
        let said = match (fault.bare, fault.tight) {
            (true, _) => Diagnostic::bare,
            (_, true) => Diagnostic::tight,
            _ => Diagnostic::at,
        };
        self.say(draft, said(severity, place, fault.message));
    }

    fn unknown(&mut self, draft: &mut Draft, word: &str, place: Place) {
        let section = draft.section();
        if section == Sections::NAMESPACE_LIST {
            // HAProxy passes over what it does not know here.
            return;
        }
        let names = registry::keywords_of(section).filter_map(|keyword| keyword.name.split(' ').next());
        let hint =
            registry::suggest(word, names).map(|best| format!("; did you mean '{best}' maybe ?")).unwrap_or_default();
        let name = section.word();
        let (message, tight) = match section {
            Sections::RING => (format!("unknown statement '{word}'."), false),
            Sections::LOG_FORWARD | Sections::LOG_PROFILE => {
                (format!("unknown keyword '{word}' in {name} section."), false)
            }
            Sections::USERLIST | Sections::PROGRAM | Sections::FCGI_APP => {
                (format!("unknown keyword '{word}' in '{name}' section"), true)
            }
            _ => (format!("unknown keyword '{word}' in '{name}' section{hint}"), false),
        };
        let ends =
            [Sections::CRT_STORE, Sections::PROGRAM, Sections::ACME, Sections::LOG_FORWARD, Sections::LOG_PROFILE];
        self.ended |= ends.contains(&section) && !draft.script.kept;
        let said = if tight { Diagnostic::tight } else { Diagnostic::at };
        self.say(draft, said(Severity::Fatal, place, message));
    }
}

/// Keeps a line as it was written, in its section.
fn keep(draft: &mut Draft, words: &[Arg], form: Form, place: Place) {
    let line = Statement { words: words.to_vec(), negated: form == Form::No, place };
    match (Sections::opener(line.word(0)), draft.script.sections.last_mut()) {
        (Some(kind), _) => {
            let section = Section { kind, header: line, current: Current::Refused, lines: Vec::new() };
            draft.script.sections.push(section);
        }
        (None, Some(section)) => section.lines.push(line),
        (None, None) => draft.script.skipped.push(line),
    }
}

/// Whether a word asks for the near end of server connections: `%bi`, `%bp`, or a fetch.
fn names_server_local(word: &[u8]) -> bool {
    let tag = |pair: &[u8]| matches!(pair, [b'%' | b'}', b'b', b'i' | b'p']);
    memchr::memmem::find(word, b"bc_src").is_some() || word.windows(3).any(tag)
}

/// The environment at one line: pseudo-variables, then what the configuration set, then the process's own.
pub(super) struct LineEnv<'a, 'r> {
    pub(super) reader: &'a Reader<'r>,
    pub(super) draft: &'a Draft,
    pub(super) line: u32,
}

impl Environment for LineEnv<'_, '_> {
    fn var(&self, name: &str) -> Option<Vec<u8>> {
        match name {
            ".FILE" => self.draft.files.get(self.reader.index as usize).map(|path| path.clone().into_bytes()),
            ".LINE" => Some(self.line.to_string().into_bytes()),
            ".SECTION" => {
                let name = self.draft.proxy_ref().map(|proxy| proxy.name.clone()).unwrap_or_default();
                let word = self.draft.section().word();
                Some(if name.is_empty() { word.as_bytes().to_vec() } else { name.into_bytes() })
            }
            _ => lookup(name, self.reader.variables, &self.draft.global.environment),
        }
    }
}

/// The environment of addresses.
struct BaseEnv<'a> {
    variables: &'a Variables,
    overlay: Vec<(String, Option<String>)>,
}

impl Environment for BaseEnv<'_> {
    fn var(&self, name: &str) -> Option<Vec<u8>> {
        lookup(name, self.variables, &self.overlay)
    }
}

fn lookup(name: &str, variables: &Variables, overlay: &[(String, Option<String>)]) -> Option<Vec<u8>> {
    // `resetenv` leaves a star, which hides all before it but HAProxy's own variables.
    let own = name.starts_with("HAPROXY_");
    match overlay.iter().rev().find(|(known, _)| known == name || (known == "*" && !own)) {
        Some((_, value)) => value.clone().map(String::into_bytes),
        None => variables.get(name).cloned(),
    }
}
