//! The lines that begin with a dot: conditions and messages. Which lines a branch holds is the reader's matter.

use pointsman_parser::{Arg, Line, block};

use super::lower::{LineEnv, Pass, Reader};
use super::predicates;
use crate::base::diag::{Diagnostic, Place, Severity};
use crate::base::limits::CONDITION_DEPTH_MAX;
use crate::model::draft::Draft;
use crate::spec::args::text_of;

/// One `.if` that is open.
pub(super) struct Block {
    /// Whether the lines of the branch that is open count.
    pub(super) active: bool,
    /// Whether a branch was taken already.
    taken: bool,
    /// Whether `.else` was seen.
    closed: bool,
}

/// What follows a directive.
pub(super) enum Outcome {
    /// The next line.
    Read,
    /// Nothing: HAProxy leaves the file.
    End,
}

impl Reader<'_> {
    pub(super) fn directive(&mut self, draft: &mut Draft, name: &str, words: &[Arg], line: &Line) -> Outcome {
        let place = self.place(line);
        let skipped = self.blocks.iter().any(|block| !block.active);
        match name {
            ".if" => {
                if self.blocks.len() >= CONDITION_DEPTH_MAX {
                    return self.end(draft, place, "too many nested '.if'.");
                }
                let holds = if skipped { Some(false) } else { self.condition(draft, name, words, line) };
                let Some(holds) = holds else { return Outcome::End };
                self.blocks.push(Block { active: holds, taken: holds || skipped, closed: false });
                Outcome::Read
            }
            ".elif" => self.elif(draft, words, line),
            ".else" => match self.blocks.last_mut().filter(|block| !block.closed) {
                Some(block) => {
                    block.active = !block.taken;
                    block.closed = true;
                    Outcome::Read
                }
                None => self.end(draft, place, "lone '.else' with no matching '.if'."),
            },
            ".endif" => match self.blocks.pop() {
                Some(_) => Outcome::Read,
                None => self.end(draft, place, "lone '.endif' with no matching '.if'."),
            },
            _ if skipped || self.pass == Pass::First => Outcome::Read,
            ".notice" | ".warning" | ".alert" | ".diag" => self.message(draft, name, words, place),
            _ => {
                self.say(draft, Diagnostic::tight(Severity::Fatal, place, format!("unknown directive '{name}'.")));
                Outcome::Read
            }
        }
    }

    fn end(&mut self, draft: &mut Draft, place: Place, message: &str) -> Outcome {
        self.say(draft, Diagnostic::tight(Severity::Fatal, place, message));
        Outcome::End
    }

    fn elif(&mut self, draft: &mut Draft, words: &[Arg], line: &Line) -> Outcome {
        let Some(taken) = self.blocks.last().filter(|block| !block.closed).map(|block| block.taken) else {
            return self.end(draft, self.place(line), "lone '.elif' with no matching '.if'.");
        };
        let outer_skipped = self.blocks.iter().rev().skip(1).any(|block| !block.active);
        let holds = if taken || outer_skipped { Some(false) } else { self.condition(draft, ".elif", words, line) };
        let Some(holds) = holds else { return Outcome::End };
        if let Some(block) = self.blocks.last_mut() {
            block.active = holds;
            block.taken |= holds;
        }
        Outcome::Read
    }

    fn message(&mut self, draft: &mut Draft, name: &str, words: &[Arg], place: Place) -> Outcome {
        let severity = match name {
            ".notice" => Severity::Notice,
            ".warning" => Severity::Warning,
            ".diag" => Severity::Diag,
            _ => Severity::Fatal,
        };
        if let Some(extra) = words.get(2).map(text_of) {
            let message =
                format!("Unexpected argument '{extra}' for '{name}'. Use quotes if the message should contain spaces.");
            self.say(draft, Diagnostic::tight(Severity::Fatal, place, message));
            return Outcome::Read;
        }
        let text = words.get(1).map(text_of).unwrap_or_default();
        self.say(draft, Diagnostic::tight(severity, place, format!("'{text}'.")));
        if severity == Severity::Fatal { Outcome::End } else { Outcome::Read }
    }

    /// Whether the condition holds; nothing when it is none.
    fn condition(&mut self, draft: &mut Draft, name: &str, words: &[Arg], line: &Line) -> Option<bool> {
        let text = words.iter().skip(1).map(|word| word.text.as_slice()).collect::<Vec<_>>().join(&b" "[..]);
        let answer = {
            let env = LineEnv { reader: self, draft, line: line.number };
            block::condition(&text)
                .and_then(|condition| condition.eval(&mut |predicate, args| predicates::answer(predicate, args, &env)))
        };
        match answer {
            Ok(holds) => Some(holds),
            Err(error) => {
                let message = error.in_directive(name, &text);
                self.say(draft, Diagnostic::tight(Severity::Fatal, self.place(line), message));
                None
            }
        }
    }
}
