//! The cursor over a line's words: every parser is short and every error is located because of it.

use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

use pointsman_parser::units::{self, TimeUnit, UnitError};
use pointsman_parser::{Arg, Span};

use super::compile::{self, Vocabulary};
use super::fault::{Done, Fault};
use super::kinds::{Needs, RuleSet};
use super::terms;
use crate::base::diag::{Diagnostic, Place, Severity};
use crate::model::draft::{Draft, Reference, Sections, Unsupported};
use crate::model::noted::Context;
use crate::sample::format::Escape;
use crate::sample::{Cond, Expr, Format};

/// What stood before the keyword.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// Nothing.
    #[default]
    Plain,
    /// `no`
    No,
    /// `default`
    Default,
}

/// The words of one line and a position among them.
pub struct Args<'a> {
    words: &'a [Arg],
    at: usize,
    keyword: String,
    /// What stood before the keyword.
    pub form: Form,
    /// The section the line stands in.
    pub section: Sections,
    /// The file and line.
    pub place: Place,
    /// The words of the language, for expressions and formats.
    pub vocabulary: &'a dyn Vocabulary,
    /// The environment, for addresses.
    pub env: &'a dyn pointsman_parser::Environment,
    /// Dubious things found on the way.
    pub notes: Vec<Diagnostic>,
    /// Words that are valid and not run yet.
    pub unsupported: Vec<Unsupported>,
    /// Names that must exist once everything was read.
    pub references: Vec<Reference>,
}

impl<'a> Args<'a> {
    /// A cursor behind the first `taken` words, which are the keyword.
    pub fn new(
        words: &'a [Arg],
        taken: usize,
        form: Form,
        section: Sections,
        place: Place,
        vocabulary: &'a dyn Vocabulary,
        env: &'a dyn pointsman_parser::Environment,
    ) -> Args<'a> {
        let keyword = words.iter().take(taken).map(text_of).collect::<Vec<_>>().join(" ");
        Args {
            words,
            at: taken,
            keyword,
            form,
            section,
            place,
            vocabulary,
            env,
            notes: Vec::new(),
            unsupported: Vec::new(),
            references: Vec::new(),
        }
    }

    /// The words that were matched as the keyword, joined by blanks.
    pub fn keyword(&self) -> &str {
        &self.keyword
    }

    /// Takes the word before the cursor for the keyword from here on: options of a line are read one by one.
    pub fn rename(&mut self, keyword: &str) {
        keyword.clone_into(&mut self.keyword);
    }

    /// Whether the line says `no`.
    pub fn is_no(&self) -> bool {
        self.form == Form::No
    }

    /// Whether nothing is left.
    pub fn is_empty(&self) -> bool {
        self.at >= self.words.len()
    }

    /// The words that are left.
    pub fn rest(&self) -> &'a [Arg] {
        self.words.get(self.at..).unwrap_or_default()
    }

    /// The `n`th word of the line from 0, the keyword's words included.
    pub fn word(&self, n: usize) -> Option<&'a Arg> {
        self.words.get(n)
    }

    /// Whether this is the first word of the line.
    pub fn words_begin(&self, word: &str) -> bool {
        self.words.first().is_some_and(|first| text_of(first) == word)
    }

    /// How many words of the line lie before the cursor.
    pub fn position(&self) -> usize {
        self.at
    }

    /// Moves the cursor back or forth to the `n`th word.
    pub fn seek(&mut self, n: usize) {
        self.at = n.min(self.words.len());
    }

    /// The next word, not taken.
    pub fn peek(&self) -> Option<&'a str> {
        self.words.get(self.at).map(text_of)
    }

    /// The next word.
    #[allow(clippy::should_implement_trait, reason = "a cursor that is also looked at and moved back")]
    pub fn next(&mut self) -> Option<&'a str> {
        self.next_arg().map(text_of)
    }

    /// The next word with its span.
    pub fn next_arg(&mut self) -> Option<&'a Arg> {
        let word = self.words.get(self.at)?;
        self.at += 1;
        Some(word)
    }

    /// Takes the next word if it is this one.
    pub fn take(&mut self, word: &str) -> bool {
        let found = self.peek() == Some(word);
        if found {
            self.at += 1;
        }
        found
    }

    /// The next word, or this refusal.
    pub fn need(&mut self, refusal: &str) -> Result<&'a str, Fault> {
        self.next().ok_or_else(|| Fault::new(refusal))
    }

    /// The next word's bytes, or this refusal.
    pub fn need_bytes(&mut self, refusal: &str) -> Result<&'a [u8], Fault> {
        self.next_arg().map(|word| word.text.as_slice()).ok_or_else(|| Fault::new(refusal))
    }

    /// All words left, joined by blanks.
    pub fn join(&mut self) -> String {
        let joined = self.rest().iter().map(text_of).collect::<Vec<_>>().join(" ");
        self.at = self.words.len();
        joined
    }

    /// The span of the last word taken, of the whole line before that.
    pub fn span(&self) -> Span {
        let last = self.at.saturating_sub(1);
        self.words.get(last).map_or(Span { start: 0, end: 0 }, |word| word.span)
    }

    /// Refuses what is left, as HAProxy does.
    pub fn finish(&self) -> Done {
        match self.words.get(self.at) {
            None => Ok(()),
            Some(word) => {
                let max = self.at.saturating_sub(1);
                let message = format!(
                    "'{}' cannot handle unexpected argument '{}'.",
                    self.words.first().map(text_of).unwrap_or_default(),
                    text_of(word)
                );
                let _ = max;
                Err(Fault::at(word.span, message))
            }
        }
    }

    /// A whole number within bounds; `refusal` is the message for everything else.
    pub fn int(&mut self, bounds: RangeInclusive<i64>, refusal: &str) -> Result<i64, Fault> {
        let word = self.next_arg().ok_or_else(|| Fault::new(refusal))?;
        let number: i64 = text_of(word).parse().map_err(|_| Fault::at(word.span, refusal))?;
        if bounds.contains(&number) { Ok(number) } else { Err(Fault::at(word.span, refusal)) }
    }

    /// A time; `unit` is what a bare number counts.
    pub fn time(&mut self, unit: TimeUnit) -> Result<Duration, Fault> {
        let keyword = self.keyword.clone();
        let Some(word) = self.next_arg() else {
            return Err(Fault::new(format!("'{keyword}' expects a <time> as argument.")));
        };
        let time = self
            .time_of(&word.text, unit)
            .map_err(|error| Fault::at(word.span, time_refusal(&error, &keyword, word)))?;
        Ok(Duration::from_micros(time.us))
    }

    /// A text as a time; what follows its unit is warned of.
    pub fn time_of(&mut self, text: &[u8], unit: TimeUnit) -> Result<units::Time, UnitError> {
        let time = units::time(text, unit)?;
        if let Some(found) = time.trailing {
            self.warn_bare(format!("config : {}.", units::trailing_sentence(found, text)));
        }
        Ok(time)
    }

    /// A size in bytes.
    pub fn size(&mut self) -> Result<u64, Fault> {
        let keyword = self.keyword.clone();
        let Some(word) = self.next_arg() else {
            return Err(Fault::new(format!("'{keyword}' expects a size as argument.")));
        };
        units::size(&word.text).map(u64::from).map_err(|error| {
            let found = match error {
                UnitError::Unexpected { found: Some(byte), .. } => format!(" '{}'", char::from(byte)),
                _ => String::new(),
            };
            Fault::at(word.span, format!("unexpected character{found} in argument '{}' to <{keyword}>.", text_of(word)))
        })
    }

    /// A sample expression, which goes on in the words that name converters.
    pub fn expr(&mut self, draft: &Draft) -> Result<Expr, Fault> {
        self.spread_expr(draft, None)
    }

    /// The same, where HAProxy calls an expression that has no value there by another name.
    pub fn expr_called(&mut self, draft: &Draft, name: &str) -> Result<Expr, Fault> {
        self.spread_expr(draft, Some(name))
    }

    /// The same, where HAProxy does not ask whether it has a value.
    pub fn expr_anywhere(&mut self, draft: &Draft) -> Result<Expr, Fault> {
        anywhere(draft, |draft| self.expr(draft))
    }

    /// A sample expression in one word, where HAProxy does not ask whether it has a value.
    pub fn one_word_expr_anywhere(&mut self, draft: &Draft) -> Result<Expr, Fault> {
        anywhere(draft, |draft| self.one_word_expr(draft))
    }

    /// A sample expression in one word.
    pub fn one_word_expr(&mut self, draft: &Draft) -> Result<Expr, Fault> {
        let text = self.rest().first().map(|word| word.text.clone()).unwrap_or_default();
        self.expr_of(&text, 1, draft, None)
    }

    fn spread_expr(&mut self, draft: &Draft, called: Option<&str>) -> Result<Expr, Fault> {
        let (text, taken) = terms::spread(self.rest(), |name| self.vocabulary.is_converter(name, draft));
        self.expr_of(&text, taken, draft, called)
    }

    fn expr_of(&mut self, text: &[u8], words: usize, draft: &Draft, called: Option<&str>) -> Result<Expr, Fault> {
        let Some(word) = self.next_arg() else { return Err(Fault::new("missing fetch method".to_owned())) };
        self.seek(self.at + words.saturating_sub(1));
        let (expr, references) =
            compile::expr_in(text, called, self.vocabulary, draft).map_err(|text| Fault::at(word.span, text))?;
        self.refer(references);
        Ok(expr)
    }

    /// A log-format in one word.
    pub fn format(&mut self, draft: &Draft, escape: Escape) -> Result<Format, Fault> {
        let Some(word) = self.next_arg() else { return Err(Fault::new("missing format".to_owned())) };
        self.format_of(word, draft, escape)
    }

    /// The log-format of no text, where the word may be left out.
    pub fn no_format(&self, draft: &Draft) -> Result<Format, Fault> {
        compile::format(b"", self.vocabulary, draft, Escape::None).map(|(format, _)| format).map_err(Fault::new)
    }

    /// This word as a log-format.
    pub fn format_of(&mut self, word: &Arg, draft: &Draft, escape: Escape) -> Result<Format, Fault> {
        let (format, references) =
            compile::format(&word.text, self.vocabulary, draft, escape).map_err(|text| Fault::at(word.span, text))?;
        self.refer(references);
        Ok(format)
    }

    /// The condition at the cursor: `if …` or `unless …` to the end of the line.
    pub fn cond(&mut self, draft: &Draft) -> Result<Option<Cond>, Fault> {
        let negated = match self.peek() {
            Some("if") => false,
            Some("unless") => true,
            _ => return Ok(None),
        };
        self.at += 1;
        let words = self.rest();
        self.at = self.words.len();
        if terms::looks_at_bytes(words, draft) {
            let line = self.words.iter().take(2).map(text_of).collect::<Vec<_>>().join(" ");
            draft.noted.raw.borrow_mut().push((draft.current, line, self.place));
        }
        let (mut cond, references) = compile::cond(words, self.vocabulary, draft)?;
        self.refer(references);
        cond.negated = negated;
        Ok(Some(cond))
    }

    /// Whether a condition starts here or nothing is left.
    pub fn at_cond(&self) -> bool {
        matches!(self.peek(), None | Some("if" | "unless"))
    }

    /// Says something dubious about the line.
    pub fn warn(&mut self, message: impl std::fmt::Display) {
        self.notes.push(Diagnostic::at(Severity::Warning, self.place, message));
    }

    /// The same, printed as it stands.
    pub fn warn_bare(&mut self, message: impl std::fmt::Display) {
        self.notes.push(Diagnostic::bare(Severity::Warning, self.place, message));
    }

    /// The same, printed with `: `.
    pub fn warn_tight(&mut self, message: impl std::fmt::Display) {
        self.notes.push(Diagnostic::tight(Severity::Warning, self.place, message));
    }

    /// Says something that is printed without the line, before what the line is refused for.
    pub fn alert_bare(&mut self, message: impl std::fmt::Display) {
        self.notes.push(Diagnostic::bare(Severity::Alert, self.place, message));
    }

    /// Says what a fault says, before what the line is refused for.
    pub fn alert_of(&mut self, fault: Fault) {
        let said = if fault.tight { Diagnostic::tight } else { Diagnostic::at };
        self.notes.push(said(Severity::Alert, self.place, fault.message));
    }

    /// Refuses the file for the line, and goes on with it.
    pub fn refuse(&mut self, fault: Fault) {
        let said = if fault.bare { Diagnostic::bare } else { Diagnostic::at };
        self.notes.push(said(Severity::Fatal, self.place, fault.message));
    }

    /// Warns of a time without a unit that looks too small.
    pub fn suspicious(&mut self, what: &str, inside: &str, number: &str) {
        self.warn(format!(
            "'{what}'{inside} is suspiciously small for a value in milliseconds. Please use an explicit unit \
             ('{number}ms') if that was the intent."
        ));
    }

    /// Refuses what is left, naming the option too.
    pub fn finish_option(&self) -> Done {
        match self.words.get(self.at) {
            None => Ok(()),
            Some(word) => {
                let message = format!("'{}' cannot handle unexpected argument '{}'.", self.keyword, text_of(word));
                Err(Fault::at(word.span, message))
            }
        }
    }

    /// Refuses more than so many words behind the keyword.
    pub fn at_most(&self, count: usize) -> Done {
        match self.words.get(self.at + count) {
            None => Ok(()),
            Some(word) => {
                let keyword = self.words.first().map(text_of).unwrap_or_default();
                let message = format!("'{keyword}' cannot handle unexpected argument '{}'.", text_of(word));
                Err(Fault::at(word.span, message))
            }
        }
    }

    /// Says something wrong about the line that does not keep the file from loading.
    pub fn alert(&mut self, message: impl std::fmt::Display) {
        self.notes.push(Diagnostic::at(Severity::Alert, self.place, message));
    }

    /// Remembers that a word of this line is valid and not run yet.
    pub fn not_yet(&mut self, word: impl Into<String>) {
        self.unsupported.push(Unsupported { word: word.into(), place: self.place });
    }

    /// Remembers names that must exist.
    pub fn refer(&mut self, references: Vec<Reference>) {
        let place = self.place;
        self.references.extend(references.into_iter().map(|reference| Reference { place, ..reference }));
    }

    /// A compiled format for a header or a URI part of a rule, in one word.
    pub fn rule_format(&mut self, draft: &Draft) -> Result<Arc<Format>, Fault> {
        self.format(draft, Escape::None).map(Arc::new)
    }

    /// Warns when a rule of this set looks at what is not there yet.
    pub fn check_needs(&mut self, needs: u32, set: RuleSet) {
        let missing = match set {
            RuleSet::Connection | RuleSet::Session => needs & !(Needs::CLIENT) & !Needs::NOTHING,
            RuleSet::Content => needs & (Needs::RESPONSE | Needs::RESPONSE_BODY | Needs::SERVER | Needs::END),
            RuleSet::Request => needs & (Needs::RESPONSE | Needs::RESPONSE_BODY | Needs::END),
            _ => 0,
        };
        let _ = missing;
    }
}

/// Does something as if its line stood nowhere in particular.
fn anywhere<T>(draft: &Draft, work: impl FnOnce(&Draft) -> T) -> T {
    let here = draft.noted.context.get();
    draft.noted.context.set(Context { places: 0, ..here });
    let done = work(draft);
    draft.noted.context.set(here);
    done
}

/// A word as text; a configuration that is not UTF-8 has no keyword in it, so that nothing is lost.
pub fn text_of(word: &Arg) -> &str {
    std::str::from_utf8(&word.text).unwrap_or("\u{fffd}")
}

fn time_refusal(error: &UnitError, keyword: &str, word: &Arg) -> String {
    let text = text_of(word);
    match error {
        UnitError::Overflow => {
            format!(
                "timer overflow in argument '{text}' to '{keyword}' (maximum value is 2147483647 ms or ~24.8 days)."
            )
        }
        UnitError::Underflow => {
            format!("timer underflow in argument '{text}' to '{keyword}' (minimum non-null value is 1 ms).")
        }
        UnitError::Unexpected { found, .. } => {
            let found = found.map(char::from).map(String::from).unwrap_or_default();
            format!("unexpected character '{found}' in '{keyword}'.")
        }
    }
}
