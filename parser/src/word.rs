//! A line to its words, and words to arguments: quotes, escapes, environment variables. No keyword is looked at.

use std::collections::HashMap;

use crate::ast::{Line, Piece, Quote, Span, Word};
use crate::error::{Error, ErrorKind, Quoted};

/// How many words a line may have, the keyword included.
pub const WORDS_MAX: usize = 64;

/// The variables that are not the process's own; they always begin with a dot.
pub const PSEUDO_VARIABLES: [&str; 3] = [".FILE", ".LINE", ".SECTION"];

/// Where the values of variables come from.
pub trait Environment {
    /// The value of `name`, nothing if it is not set. The pseudo-variables `.FILE`, `.LINE`, `.SECTION` are asked too.
    fn var(&self, name: &str) -> Option<Vec<u8>>;
}

/// Variables by name; an empty table has none.
impl Environment for HashMap<String, Vec<u8>> {
    fn var(&self, name: &str) -> Option<Vec<u8>> {
        self.get(name).cloned()
    }
}

/// One word after expansion.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Arg {
    /// Its text, never empty.
    pub text: Vec<u8>,
    /// The word it came from, or the words glued by an unset variable. Several arguments may come from one word: those
    /// after the first begin at the variable that was split.
    pub span: Span,
}

/// The words of one line after expansion.
///
/// What HAProxy ignores is left out: the words after an empty one (a warning says so). As in HAProxy 3.2, a variable that
/// is not set and ends a word glues the next word to it: `"$UNSET" b` is `b`, and `a"$UNSET" b` is `ab`. More than [`WORDS_MAX`] words is an error. Positions are counted from the first word, and the
/// errors carry neither line nor quoted text: [`expand_line`] gives both.
pub fn expand(words: &[Word], env: &dyn Environment) -> (Vec<Arg>, Vec<Error>) {
    let mut expansion = Expansion::new(words.first().map_or(0, |word| word.span.start));
    for word in words {
        expansion.word(word, env);
    }
    expansion.finish()
}

/// [`expand`] for a line of `text`: errors are located and carry the line HAProxy shows.
pub fn expand_line(text: &[u8], line: &Line, env: &dyn Environment) -> (Vec<Arg>, Vec<Error>) {
    let (args, mut errors) = expand(&line.words, env);
    let indent = line.words.first().map_or(0, |word| word.span.start - line.span.start);
    for error in &mut errors {
        error.line = line.number;
        if let ErrorKind::EmptyArgument { position, .. } = &mut error.kind {
            *position += indent;
            let holes = line.words.iter().flat_map(|word| &word.pieces).filter_map(|piece| match piece {
                Piece::Variable { default: Some(_), span, .. } => Some((span.end - 1 - line.span.start) as usize),
                _ => None,
            });
            let mut shown = line.span.of(text).to_vec();
            punch(&mut shown, holes);
            error.quoted = Some(Box::new(Quoted { text: shown, caret: *position as usize - 1 }));
        }
    }
    (args, errors)
}

/// Puts a zero in each of the `holes`.
pub(crate) fn punch(text: &mut [u8], holes: impl IntoIterator<Item = usize>) {
    for hole in holes {
        if let Some(byte) = text.get_mut(hole) {
            *byte = 0;
        }
    }
}

/// The state of the expansion of one line.
struct Expansion {
    base: u32,
    args: Vec<Arg>,
    /// Bytes of the arguments so far, each with its terminator: the position HAProxy prints for a word too many.
    bytes: usize,
    /// The argument being made.
    text: Vec<u8>,
    /// Where it begins, once it has begun.
    start: Option<u32>,
    /// Where the word ends that is being read.
    end: u32,
    /// The argument being made ends, so far, with the value of a variable.
    fresh: bool,
    /// Where the first argument stands that ended with the value of a variable: HAProxy no longer follows positions
    /// past it, and says that an empty argument stands there.
    grown: Option<u32>,
    /// The first empty argument: its number and where it is said to be.
    empty: Option<(usize, Span)>,
    too_many: Option<Error>,
}

impl Expansion {
    fn new(base: u32) -> Expansion {
        Expansion {
            base,
            args: Vec::new(),
            bytes: 0,
            text: Vec::new(),
            start: None,
            end: base,
            fresh: false,
            grown: None,
            empty: None,
            too_many: None,
        }
    }

    fn word(&mut self, word: &Word, env: &dyn Environment) {
        self.start.get_or_insert(word.span.start);
        self.end = word.span.end;
        let mut unset = false;
        for piece in &word.pieces {
            unset = false;
            match piece {
                Piece::Text { bytes, .. } => {
                    self.fresh &= bytes.is_empty();
                    self.text.extend_from_slice(bytes);
                }
                Piece::Variable { name, default, split, span } => {
                    let value = env.var(name).or_else(|| default.as_deref().map(<[u8]>::to_vec));
                    unset = value.is_none();
                    let value = value.unwrap_or_default();
                    if *split { self.split(&value, span.start) } else { self.grow(&value) }
                }
            }
        }
        // An unset variable swallows the blanks after it: the next word is glued to this one.
        if !unset {
            self.push();
        }
    }

    /// Cuts a value, of a variable at `start`, at each run of blanks: what stands before one is an argument, be it
    /// empty; what is left begins the next.
    fn split(&mut self, value: &[u8], start: u32) {
        let mut rest = value;
        while let Some(blank) = rest.iter().position(|byte| is_space(*byte)) {
            self.grow(rest.get(..blank).unwrap_or_default());
            self.push();
            self.start = Some(start);
            let blanks = rest.iter().skip(blank).take_while(|byte| is_space(**byte)).count();
            rest = rest.get(blank + blanks..).unwrap_or_default();
        }
        self.grow(rest);
    }

    /// Adds a value to the argument being made.
    fn grow(&mut self, value: &[u8]) {
        self.fresh |= !value.is_empty();
        self.text.extend_from_slice(value);
    }

    /// Ends the argument being made.
    fn push(&mut self) {
        let mut text = std::mem::take(&mut self.text);
        if let Some(nul) = text.iter().position(|byte| *byte == 0) {
            text.truncate(nul);
        }
        let start = self.start.take().unwrap_or(self.end);
        if std::mem::take(&mut self.fresh) {
            self.grown.get_or_insert(start);
        }
        let span = Span { start, end: self.end };
        if self.args.len() == WORDS_MAX {
            self.one_too_many(span);
            return;
        }
        if text.is_empty() {
            let said = self.grown.map_or(start, |grown| grown.min(start));
            self.empty.get_or_insert((self.args.len(), Span { start: said, ..span }));
        }
        self.bytes += text.len() + 1;
        self.args.push(Arg { text, span });
    }

    fn one_too_many(&mut self, span: Span) {
        if self.too_many.is_none() {
            let word = self.args.last().map(|arg| arg.text.clone()).unwrap_or_default();
            let position = count(self.bytes - word.len());
            self.too_many = Some(Error::new(span, ErrorKind::TooManyWords { position, word }));
        }
    }

    fn finish(mut self) -> (Vec<Arg>, Vec<Error>) {
        if self.start.is_some() && (self.args.len() < WORDS_MAX || !self.text.is_empty()) {
            self.push();
        }
        if let Some((number, _)) = self.empty {
            self.args.truncate(number);
        }
        if let Some(error) = self.too_many {
            return (self.args, vec![error]);
        }
        let Some((number, span)) = self.empty else {
            return (self.args, Vec::new());
        };
        let position = span.start - self.base + 1;
        (self.args, vec![Error::new(span, ErrorKind::EmptyArgument { number: count(number), position })])
    }
}

/// The words of one line, and what stopped them.
pub(crate) struct Cut {
    pub(crate) words: Vec<Word>,
    /// Where the comment begins in the line.
    pub(crate) comment: Option<usize>,
    pub(crate) fault: Option<Fault>,
}

/// Why a line could not be cut to its end.
pub(crate) struct Fault {
    pub(crate) kind: ErrorKind,
    /// Where in the line.
    pub(crate) offset: usize,
    /// The bytes HAProxy has overwritten with a zero when it shows the line: it cuts names and defaults out in place.
    pub(crate) holes: Vec<usize>,
}

/// Cuts `line`, which stands at `base` in its file, into words.
pub(crate) fn cut(line: &[u8], base: u32) -> Cut {
    let mut scanner = Scanner { line, base, at: 0, plain: Vec::new(), plain_from: 0, holes: Vec::new() };
    let mut words = Vec::new();
    let mut comment = None;
    let mut fault = None;
    loop {
        scanner.at += scanner.rest().iter().take_while(|byte| is_blank(**byte) || **byte == b'\r').count();
        match scanner.peek() {
            None => break,
            Some(b'#') => {
                comment = Some(scanner.at);
                break;
            }
            Some(_) => match scanner.word() {
                Ok(word) => words.push(word),
                Err(found) => {
                    fault = Some(found);
                    break;
                }
            },
        }
    }
    words.shrink_to_fit();
    Cut { words, comment, fault }
}

/// What separates words; it is also what HAProxy shows as a blank.
pub(crate) fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | 0x0b | 0x0c)
}

/// Where HAProxy stops reading a line: at a carriage return that ends a word. One behind a blank is a blank itself.
pub(crate) fn read_until(line: &[u8]) -> usize {
    let ends = |at: &usize| {
        let (before, rest) = line.split_at_checked(*at).unwrap_or((line, &[]));
        let last = before.iter().rfind(|byte| **byte != b'\r');
        last.is_some_and(|byte| !is_blank(*byte)) || rest.iter().all(|byte| is_space(*byte))
    };
    let returns = line.iter().enumerate().filter(|(_, byte)| **byte == b'\r').map(|(at, _)| at);
    returns.into_iter().find(ends).unwrap_or(line.len())
}

/// What follows a name in braces: whether `[*]`, and the default.
type Suffix = (bool, Option<Box<[u8]>>);

/// What cuts a value that is split; it may hold line feeds.
fn is_space(byte: u8) -> bool {
    is_blank(byte) || matches!(byte, b'\n' | b'\r')
}

struct Scanner<'a> {
    line: &'a [u8],
    base: u32,
    at: usize,
    /// The decoded bytes of the piece being read, when it needed decoding.
    plain: Vec<u8>,
    plain_from: usize,
    holes: Vec<usize>,
}

impl Scanner<'_> {
    fn rest(&self) -> &[u8] {
        self.line.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<u8> {
        self.line.get(self.at).copied()
    }

    fn fault(&self, offset: usize, kind: fn(u32) -> ErrorKind) -> Fault {
        Fault { kind: kind(count(offset + 1)), offset, holes: self.holes.clone() }
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span::new(start, end).shifted(self.base)
    }

    /// One word, from its first byte to the blank or `#` that ends it.
    fn word(&mut self) -> Result<Word, Fault> {
        let start = self.at;
        let mut pieces = Vec::with_capacity(1);
        self.open();
        while let Some(byte) = self.peek() {
            match byte {
                b'#' => break,
                b'\'' => {
                    self.close(&mut pieces, Quote::None);
                    self.single(&mut pieces)?;
                }
                b'"' => {
                    self.close(&mut pieces, Quote::None);
                    self.double(&mut pieces)?;
                }
                b'\\' => self.escape(b"")?,
                blank if is_blank(blank) => break,
                _ => self.run(|byte| is_blank(byte) || matches!(byte, b'#' | b'\'' | b'"' | b'\\')),
            }
        }
        self.close(&mut pieces, Quote::None);
        Ok(Word { span: self.span(start, self.at), pieces })
    }

    /// Begins a piece of text here.
    fn open(&mut self) {
        self.plain.clear();
        self.plain_from = self.at;
    }

    /// Takes the bytes up to the first one that `stops`.
    fn run(&mut self, stops: fn(u8) -> bool) {
        let count = self.rest().iter().position(|byte| stops(*byte)).unwrap_or(self.rest().len());
        let end = self.at + count;
        self.plain.extend_from_slice(self.line.get(self.at..end).unwrap_or_default());
        self.at = end;
    }

    /// Ends the piece of text begun by `open`; an empty one counts only when `quote` says it was written.
    fn close(&mut self, pieces: &mut Vec<Piece>, quote: Quote) {
        if !self.plain.is_empty() || (quote != Quote::None && self.plain_from <= self.at) {
            let span = self.span(self.plain_from, self.at);
            pieces.push(Piece::Text { bytes: self.plain.as_slice().into(), span, quote });
        }
        self.open();
    }

    /// A single-quoted piece: all bytes to the next single quote.
    fn single(&mut self, pieces: &mut Vec<Piece>) -> Result<(), Fault> {
        let quote = self.at;
        self.at += 1;
        self.open();
        self.run(|byte| byte == b'\'');
        self.end_quote(quote, pieces, Quote::Single)
    }

    fn end_quote(&mut self, quote: usize, pieces: &mut Vec<Piece>, kind: Quote) -> Result<(), Fault> {
        if self.peek().is_none() {
            return Err(self.fault(quote, |position| ErrorKind::UnmatchedQuote { position }));
        }
        self.close(pieces, kind);
        self.at += 1;
        self.open();
        Ok(())
    }

    /// A double-quoted piece: text, escapes and variables to the next double quote.
    fn double(&mut self, pieces: &mut Vec<Piece>) -> Result<(), Fault> {
        let quote = self.at;
        let before = pieces.len();
        self.at += 1;
        self.open();
        while let Some(byte) = self.peek() {
            match byte {
                b'"' => break,
                b'\\' => self.escape(b"$")?,
                b'$' => {
                    self.end_text(pieces);
                    let variable = self.variable()?;
                    pieces.push(variable);
                    self.open();
                }
                _ => self.run(|byte| matches!(byte, b'"' | b'\\' | b'$')),
            }
        }
        if pieces.len() > before && self.plain.is_empty() && self.peek().is_some() {
            self.at += 1;
            self.open();
            return Ok(());
        }
        self.end_quote(quote, pieces, Quote::Double)
    }

    /// Ends a text before a variable: nothing is kept of an empty one.
    fn end_text(&mut self, pieces: &mut Vec<Piece>) {
        if !self.plain.is_empty() {
            self.close(pieces, Quote::Double);
        }
    }

    /// A backslash: what it stands for, or itself and the next byte when it stands for nothing.
    fn escape(&mut self, more: &[u8]) -> Result<(), Fault> {
        let next = self.line.get(self.at + 1).copied();
        let decoded = match next {
            Some(b'n') => Some(b'\n'),
            Some(b'r') => Some(b'\r'),
            Some(b't') => Some(b'\t'),
            Some(b'x') => return self.hexadecimal(),
            Some(byte @ (b' ' | b'\\' | b'#' | b'\'' | b'"')) => Some(byte),
            Some(byte) if more.contains(&byte) => Some(byte),
            _ => None,
        };
        self.plain.push(decoded.unwrap_or(b'\\'));
        self.at += if decoded.is_some() { 2 } else { 1 };
        Ok(())
    }

    fn hexadecimal(&mut self) -> Result<(), Fault> {
        let digit = |offset: usize| {
            let byte = self.line.get(self.at + offset).copied()?;
            char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
        };
        let (Some(high), Some(low)) = (digit(2), digit(3)) else {
            return Err(self.fault(self.at, |position| ErrorKind::Hexadecimal { position }));
        };
        self.plain.push(high * 16 + low);
        self.at += 4;
        Ok(())
    }

    /// A reference to a variable, from its `$`.
    fn variable(&mut self) -> Result<Piece, Fault> {
        let start = self.at;
        self.at += 1;
        let brace = (self.peek() == Some(b'{')).then_some(self.at);
        self.at += usize::from(brace.is_some());
        let name = self.name()?;
        let (split, default) = match brace {
            Some(brace) => self.until_brace(brace)?,
            None => (false, None),
        };
        Ok(Piece::Variable { name, default, split, span: self.span(start, self.at) })
    }

    fn name(&mut self) -> Result<Box<str>, Fault> {
        let start = self.at;
        let dot = self.peek() == Some(b'.');
        let first = self.rest().get(usize::from(dot)).copied().unwrap_or(0);
        let letters = |byte: &&u8| byte.is_ascii_alphanumeric() || **byte == b'_';
        let length = usize::from(dot) + self.rest().iter().skip(usize::from(dot)).take_while(letters).count();
        let name = String::from_utf8_lossy(self.rest().get(..length).unwrap_or_default()).into_owned();
        let known = !dot || PSEUDO_VARIABLES.contains(&name.as_str());
        if dot && !known {
            self.holes.push(start + length);
        }
        if !known || !(dot || first.is_ascii_alphabetic() || first == b'_') {
            return Err(self.fault(start, |position| ErrorKind::VariableName { position }));
        }
        self.at += length;
        Ok(name.into())
    }

    /// What may follow a name in braces: `[*]`, `-default`, and the closing brace.
    fn until_brace(&mut self, brace: usize) -> Result<Suffix, Fault> {
        let split = self.peek() == Some(b'[');
        if split {
            if !self.rest().starts_with(b"[*]") {
                return Err(self.fault(self.at, |position| ErrorKind::WordExpansion { position }));
            }
            self.at += 3;
        }
        let mut default = None;
        if self.peek() == Some(b'-') {
            self.at += 1;
            let length = self.rest().iter().position(|byte| *byte == b'}').unwrap_or(self.rest().len());
            default = self.rest().get(..length).map(Box::from);
            self.at += length;
        }
        if self.peek() != Some(b'}') {
            return Err(self.fault(brace, |position| ErrorKind::UnmatchedBrace { position }));
        }
        if default.is_some() {
            self.holes.push(self.at);
        }
        self.at += 1;
        Ok((split, default))
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
