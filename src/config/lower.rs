//! AST to draft: conditions, environment, then per line the word's own parser.
//!
//! Pure: environment and files come as arguments; nothing is opened or resolved. Errors accumulate: one bad line never
//! hides the next.

use std::collections::HashMap;

use pointsman_parser::{Arg, Environment, File, Line, block, word};

use super::predicates;
use crate::base::diag::{Diagnostic, Place, Severity};
use crate::base::limits::{CONDITION_DEPTH_MAX, FATAL_ERRORS_MAX};
use crate::model::draft::{Current, Draft, Sections};
use crate::registry::{self, Registry};
use crate::spec::args::text_of;
use crate::spec::{Args, Form};

/// A configuration file: its path as given, and its bytes.
pub type Source = (String, Vec<u8>);

/// The variables of the process, as the configuration sees them.
pub type Variables = HashMap<String, Vec<u8>>;

/// Reads files into a draft, in order. What is wrong is in the draft's diagnostics.
pub fn lower(sources: &[Source], variables: &Variables) -> Draft {
    let mut draft = Draft { files: sources.iter().map(|(path, _)| path.clone()).collect(), ..Draft::default() };
    let mut fatal = 0;
    for (index, (_, text)) in sources.iter().enumerate() {
        let (file, errors) = pointsman_parser::parse(text);
        draft.current = Current::None;
        let mut reader = Reader { file: &file, index: index as u32, variables, blocks: Vec::new(), fatal: &mut fatal };
        reader.read(&mut draft, &errors);
        if reader.stopped() {
            break;
        }
    }
    draft
}

/// One `.if` that is open.
struct Block {
    /// Whether the lines of the branch that is open count.
    active: bool,
    /// Whether a branch was taken already.
    taken: bool,
    /// Whether `.else` was seen.
    closed: bool,
    line: u32,
}

struct Reader<'a> {
    file: &'a File,
    index: u32,
    variables: &'a Variables,
    blocks: Vec<Block>,
    fatal: &'a mut usize,
}

impl Reader<'_> {
    fn stopped(&self) -> bool {
        *self.fatal >= FATAL_ERRORS_MAX
    }

    fn read(&mut self, draft: &mut Draft, errors: &[pointsman_parser::Error]) {
        let mut errors = errors.iter().peekable();
        for line in &self.file.lines {
            while let Some(error) = errors.next_if(|error| error.line <= line.number) {
                let severity = if error.is_warning() { Severity::Warning } else { Severity::Fatal };
                let place = Place { file: self.index, line: error.line, start: error.span.start, end: error.span.end };
                self.say(draft, Diagnostic::tight(severity, place, error.message()));
            }
            if !line.broken && !line.words.is_empty() {
                self.line(draft, line);
            }
            if self.stopped() {
                return;
            }
        }
        if let Some(open) = self.blocks.last() {
            let place = Place { file: self.index, line: open.line, ..Place::default() };
            let last = self.file.lines.len();
            let _ = place;
            let place = Place { file: self.index, line: last as u32, ..Place::default() };
            self.say(draft, Diagnostic::tight(Severity::Fatal, place, "non-terminated '.if' block."));
        }
    }

    fn say(&mut self, draft: &mut Draft, diagnostic: Diagnostic) {
        if diagnostic.severity == Severity::Fatal {
            *self.fatal += 1;
        }
        draft.diagnostics.push(diagnostic);
    }

    fn line(&mut self, draft: &mut Draft, line: &Line) {
        let place = self.place(line);
        let (words, errors) = {
            let env = LineEnv { reader: self, draft, line: line.number };
            word::expand_line(self.file, line, &env)
        };
        let skipped = self.blocks.iter().any(|block| !block.active);
        let mut broken = false;
        for error in &errors {
            broken |= !error.is_warning();
            let severity = if error.is_warning() { Severity::Warning } else { Severity::Fatal };
            self.say(draft, Diagnostic::tight(severity, place, error.message()));
        }
        let Some(first) = words.first().map(text_of).filter(|_| !broken) else { return };
        if first.starts_with('.') {
            self.directive(draft, first, &words, line);
        } else if !skipped {
            self.statement(draft, &words, place);
        }
    }

    fn place(&self, line: &Line) -> Place {
        Place { file: self.index, line: line.number, start: line.span.start, end: line.span.end }
    }

    fn statement(&mut self, draft: &mut Draft, words: &[Arg], place: Place) {
        let (form, words) = match words.first().map(text_of) {
            Some("no") => (Form::No, words.get(1..).unwrap_or_default()),
            Some("default") => (Form::Default, words.get(1..).unwrap_or_default()),
            _ => (Form::Plain, words),
        };
        let Some(first) = words.first().map(text_of) else { return };
        let opens_section = Sections::ALL.iter().any(|(_, word)| *word == first);
        let section = if opens_section { Sections(u32::MAX) } else { draft.section() };
        if !opens_section && draft.current == Current::None {
            let message = format!("unknown keyword '{first}' out of section.");
            return self.say(draft, Diagnostic::tight(Severity::Fatal, place, message));
        }
        let Some((keyword, taken)) = registry::keyword(section, words) else {
            return self.unknown(draft, first, place);
        };
        if form != Form::Plain && !keyword.negatable {
            let message = "negation/default currently supported only for options, log, busy-polling, set-dumpable, \
                           strict-limits, insecure-fork-wanted and numa-cpu-mapping.";
            return self.say(draft, Diagnostic::tight(Severity::Fatal, place, message));
        }
        draft.asks_server_local |= words.iter().any(|word| names_server_local(&word.text));
        let section = draft.section();
        let (result, notes, unsupported, references) = {
            let base = BaseEnv { variables: self.variables, overlay: draft.global.environment.clone() };
            let mut args = Args::new(words, taken, form, section, place, &Registry, &base);
            let result = (keyword.parse)(&mut args, draft);
            (result, args.notes, args.unsupported, args.references)
        };
        draft.references.extend(references);
        draft.unsupported.extend(unsupported);
        for note in notes {
            self.say(draft, note);
        }
        if let Err(fault) = result {
            let place = fault.span.map_or(place, |span| Place { start: span.start, end: span.end, ..place });
            if fault.unsupported {
                draft.unsupported.push(crate::model::draft::Unsupported { word: fault.message, place });
                return;
            }
            let severity = if fault.harmless { Severity::Alert } else { Severity::Fatal };
            let said = if fault.tight { Diagnostic::tight } else { Diagnostic::at };
            self.say(draft, said(severity, place, fault.message));
        }
    }

    fn unknown(&mut self, draft: &mut Draft, word: &str, place: Place) {
        let section = draft.section();
        let names = registry::keywords_of(section).filter_map(|keyword| keyword.name.split(' ').next());
        let hint =
            registry::suggest(word, names).map(|best| format!("; did you mean '{best}' maybe ?")).unwrap_or_default();
        let message = format!("unknown keyword '{word}' in '{}' section{hint}", section.word());
        self.say(draft, Diagnostic::at(Severity::Fatal, place, message));
    }

    fn directive(&mut self, draft: &mut Draft, name: &str, words: &[Arg], line: &Line) {
        let place = self.place(line);
        let skipped = self.blocks.iter().any(|block| !block.active);
        let outer_skipped = self.blocks.iter().rev().skip(1).any(|block| !block.active);
        match name {
            ".if" => {
                if self.blocks.len() >= CONDITION_DEPTH_MAX {
                    return self.say(draft, Diagnostic::tight(Severity::Fatal, place, "too many nested '.if'."));
                }
                let holds = !skipped && self.condition(draft, name, words, line);
                self.blocks.push(Block { active: holds, taken: holds || skipped, closed: false, line: line.number });
            }
            ".elif" => {
                let Some(taken) = self.blocks.last().filter(|block| !block.closed).map(|block| block.taken) else {
                    let message = "lone '.elif' with no matching '.if'.";
                    return self.say(draft, Diagnostic::tight(Severity::Fatal, place, message));
                };
                let holds = !taken && !outer_skipped && self.condition(draft, name, words, line);
                if let Some(block) = self.blocks.last_mut() {
                    block.active = holds;
                    block.taken |= holds;
                }
            }
            ".else" => match self.blocks.last_mut().filter(|block| !block.closed) {
                Some(block) => {
                    block.active = !block.taken;
                    block.closed = true;
                }
                None => {
                    self.say(draft, Diagnostic::tight(Severity::Fatal, place, "lone '.else' with no matching '.if'."))
                }
            },
            ".endif" => {
                if self.blocks.pop().is_none() {
                    self.say(draft, Diagnostic::tight(Severity::Fatal, place, "lone '.endif' with no matching '.if'."));
                }
            }
            _ if skipped => {}
            ".notice" | ".warning" | ".alert" | ".diag" => self.message(draft, name, words, place),
            _ => self.say(draft, Diagnostic::tight(Severity::Fatal, place, format!("unknown directive '{name}'."))),
        }
    }

    fn message(&mut self, draft: &mut Draft, name: &str, words: &[Arg], place: Place) {
        let severity = match name {
            ".notice" => Severity::Notice,
            ".warning" => Severity::Warning,
            ".diag" => Severity::Diag,
            _ => Severity::Fatal,
        };
        if words.len() > 2 {
            let extra = words.get(2).map(text_of).unwrap_or_default();
            let message = format!("unexpected argument '{extra}' after '{name}', use quotes to merge words.");
            return self.say(draft, Diagnostic::tight(Severity::Fatal, place, message));
        }
        let text = words.get(1).map(text_of).unwrap_or_default();
        self.say(draft, Diagnostic::tight(severity, place, format!("'{text}'.")));
    }

    fn condition(&mut self, draft: &mut Draft, name: &str, words: &[Arg], line: &Line) -> bool {
        let text = words.iter().skip(1).map(|word| word.text.as_slice()).collect::<Vec<_>>().join(&b" "[..]);
        let answer = {
            let env = LineEnv { reader: self, draft, line: line.number };
            block::condition(&text)
                .and_then(|condition| condition.eval(&mut |predicate, args| predicates::answer(predicate, args, &env)))
        };
        answer.unwrap_or_else(|error| {
            let message = error.in_directive(name, &text);
            self.say(draft, Diagnostic::tight(Severity::Fatal, self.place(line), message));
            false
        })
    }
}

/// Whether a word asks for the near end of server connections: `%bi`, `%bp`, or a fetch.
fn names_server_local(word: &[u8]) -> bool {
    let tag = |pair: &[u8]| matches!(pair, [b'%' | b'}', b'b', b'i' | b'p']);
    memchr::memmem::find(word, b"bc_src").is_some() || word.windows(3).any(tag)
}

/// The environment at one line: pseudo-variables, then what the configuration set, then the process's own.
struct LineEnv<'a, 'r> {
    reader: &'a Reader<'r>,
    draft: &'a Draft,
    line: u32,
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
    match overlay.iter().rev().find(|(known, _)| known == name) {
        Some((_, value)) => value.clone().map(String::into_bytes),
        None => variables.get(name).cloned(),
    }
}
