//! What is wrong, where, and HAProxy's own sentence for it. The caller adds the prefix (`parsing [file:line]`).

use crate::ast::Span;
use crate::expr::Call;
use std::fmt;

/// One error with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// The line in the file, counted from one; zero when the text was a part of a line.
    pub line: u32,
    /// Where, in the text that was parsed.
    pub span: Span,
    /// What.
    pub kind: ErrorKind,
    /// The line and the column HAProxy shows under its sentence, if it shows one.
    pub quoted: Option<Box<Quoted>>,
    /// In a sample expression: the fetch and the converters up to the error, the one it is in included. HAProxy looks at
    /// their names, and at their arguments, before it comes to this error.
    pub calls: Vec<Call>,
}

/// A line to show, and a column in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Quoted {
    /// The text of the line; a zero ends what is shown, if it is in the part that is shown.
    pub text: Vec<u8>,
    /// The offset the caret points at.
    pub caret: usize,
}

/// What can be wrong. `position` is counted from one, as HAProxy prints it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each variant is its sentence, below")]
pub enum ErrorKind {
    // Lines and words.
    UnmatchedQuote {
        position: u32,
    },
    UnmatchedBrace {
        position: u32,
    },
    VariableName {
        position: u32,
    },
    WordExpansion {
        position: u32,
    },
    Hexadecimal {
        position: u32,
    },
    MissingLineFeed {
        position: u32,
    },
    StrayNul {
        position: u32,
    },
    TooManyWords {
        position: u32,
        word: Vec<u8>,
    },
    /// A warning: the rest of the words is ignored.
    EmptyArgument {
        number: u32,
        position: u32,
    },
    // Conditions of `.if`.
    Unparsable {
        text: Vec<u8>,
    },
    UnparsableInner {
        text: Vec<u8>,
    },
    ParenthesisAfter {
        text: Vec<u8>,
    },
    ConditionEnd {
        found: u8,
        text: Vec<u8>,
    },
    PredicateUnclosed {
        name: String,
    },
    PredicateExcess {
        name: String,
        rest: Vec<u8>,
    },
    PredicateMissing {
        name: String,
        got: usize,
        wanted: usize,
    },
    PredicateBackslash {
        name: String,
        before: Vec<u8>,
        position: u32,
    },
    /// What the evaluation of a predicate answered.
    Predicate {
        sentence: String,
    },
    // Sample expressions.
    MissingFetch,
    CommaAfterFetch,
    CommaAfterConverter {
        name: String,
    },
    EmptyConverter,
    FetchUnclosed {
        name: String,
    },
    FetchBackslash {
        name: String,
        before: Vec<u8>,
        position: u32,
    },
    ConverterUnclosed {
        name: String,
        arg: u32,
    },
    ConverterBackslash {
        name: String,
        before: Vec<u8>,
        position: u32,
    },
    // Conditions after `if` and `unless`.
    MissingClosingBrace,
    // Log formats.
    PercentAtEnd,
    FlagsUnclosed {
        flags: Vec<u8>,
    },
    FlagsWithoutAlias {
        text: Vec<u8>,
    },
    AliasName {
        found: u8,
        position: u32,
        text: Vec<u8>,
    },
    LabelCharacter {
        found: Option<u8>,
        position: u32,
        text: Vec<u8>,
    },
    Cast {
        cast: String,
        position: u32,
        text: Vec<u8>,
    },
    InExpression {
        text: Vec<u8>,
        inner: Box<ErrorKind>,
    },
    BracketExpected {
        after: Vec<u8>,
        found: u8,
    },
    BracketMissing {
        after: Vec<u8>,
    },
}

impl Error {
    /// An error at `span`, without line and without a quoted line.
    pub fn new(span: Span, kind: ErrorKind) -> Error {
        Error { line: 0, span, kind, quoted: None, calls: Vec::new() }
    }

    /// Whether HAProxy only warns.
    pub fn is_warning(&self) -> bool {
        matches!(self.kind, ErrorKind::EmptyArgument { .. })
    }

    /// Whether HAProxy reads no further in the file.
    pub fn ends_file(&self) -> bool {
        matches!(self.kind, ErrorKind::MissingLineFeed { .. } | ErrorKind::StrayNul { .. })
    }

    /// The whole message: the sentence and, when there is one, the quoted line and its caret.
    ///
    /// The errors of [`crate::parse`] and [`crate::word::expand`] follow `parsing [file:line]: `, without a blank before
    /// the colon; those of the small languages follow the sentence of the word that asked for them.
    pub fn message(&self) -> String {
        match &self.quoted {
            None => self.to_string(),
            Some(quoted) => format!("{self}:\n{quoted}"),
        }
    }

    /// The message for a condition that stands after `directive` (`.if`, `.elif`): the sentence, ` in '.if' at position
    /// 3`, and the directive with the condition `text`, with a caret.
    pub fn in_directive(&self, directive: &str, text: &[u8]) -> String {
        let at = self.span.start as usize;
        let indent = directive.len() + 1;
        let (shown, caret) = window(text, at, SHOWN_MAX.saturating_sub(indent).max(4 * DOTS.len()));
        let caret = indent + caret;
        format!("{self} in '{directive}' at position {}:\n  {directive} {shown}\n  {:caret$}^", at + 1, "")
    }
}

impl std::error::Error for Error {}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind.fmt(f)
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use ErrorKind::*;
        match self {
            UnmatchedQuote { .. }
            | UnmatchedBrace { .. }
            | VariableName { .. }
            | WordExpansion { .. }
            | Hexadecimal { .. }
            | MissingLineFeed { .. }
            | StrayNul { .. }
            | TooManyWords { .. }
            | EmptyArgument { .. } => self.line_sentence(f),
            Unparsable { .. }
            | UnparsableInner { .. }
            | ParenthesisAfter { .. }
            | ConditionEnd { .. }
            | PredicateUnclosed { .. }
            | PredicateExcess { .. }
            | PredicateMissing { .. }
            | PredicateBackslash { .. }
            | Predicate { .. } => self.condition_sentence(f),
            MissingFetch
            | CommaAfterFetch
            | CommaAfterConverter { .. }
            | EmptyConverter
            | FetchUnclosed { .. }
            | FetchBackslash { .. }
            | ConverterUnclosed { .. }
            | ConverterBackslash { .. } => self.expression_sentence(f),
            MissingClosingBrace => f.write_str("missing closing '}' in condition"),
            _ => self.format_sentence(f),
        }
    }
}

impl ErrorKind {
    fn line_sentence(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use ErrorKind::*;
        match self {
            UnmatchedQuote { position } => write!(f, "unmatched quote at position {position}"),
            UnmatchedBrace { position } => {
                write!(f, "unmatched brace in environment variable name at position {position}")
            }
            VariableName { position } => {
                write!(f, "forbidden first char in environment variable name at position {position}")
            }
            WordExpansion { position } => {
                write!(f, "truncated or invalid word expansion sequence at position {position}")
            }
            Hexadecimal { position } => {
                write!(f, "truncated or invalid hexadecimal sequence at position {position}")
            }
            MissingLineFeed { position } => {
                write!(f, "Missing LF on last line, file might have been truncated at position {position}.")
            }
            StrayNul { position } => write!(f, "Stray NUL character at position {position}."),
            TooManyWords { position, word } => {
                let limit = crate::word::WORDS_MAX;
                write!(f, "too many words, truncating after word {limit}, position {position}: <{}>.", lossy(word))
            }
            EmptyArgument { number, position } => write!(
                f,
                "argument number {number} at position {position} is empty and marks the end of the argument list; \
                 all subsequent arguments will be ignored"
            ),
            _ => Ok(()),
        }
    }

    fn condition_sentence(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use ErrorKind::*;
        const IN: &str = "used in conditional expression";
        match self {
            Unparsable { text } => write!(f, "unparsable conditional expression '{}'", lossy(text)),
            UnparsableInner { text } => write!(f, "unparsable conditional sub-expression '{}'", lossy(text)),
            ParenthesisAfter { text } => write!(f, "expected ')' after conditional expression '{}'", lossy(text)),
            ConditionEnd { found, text } => write!(
                f,
                "unexpected character '{}' at the end of conditional expression '{}'",
                lossy(&[*found]),
                lossy(text)
            ),
            PredicateUnclosed { name } => write!(f, "expected ')' in argument 1 of predicate '{name}' {IN}"),
            PredicateExcess { name, rest } => {
                write!(f, "expected ')' before '{}' in argument 1 of predicate '{name}' {IN}", lossy(rest))
            }
            PredicateMissing { name, got, wanted } => write!(
                f,
                "missing arguments (got {got}/{wanted}), type 'string' expected in argument 1 of predicate '{name}' {IN}"
            ),
            PredicateBackslash { name, before, position } => {
                backslash(f, before, *position)?;
                write!(f, " in argument {} of predicate '{name}' {IN}", position.saturating_sub(1))
            }
            Predicate { sentence } => f.write_str(sentence),
            _ => Ok(()),
        }
    }

    fn expression_sentence(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use ErrorKind::*;
        match self {
            MissingFetch => f.write_str("missing fetch method"),
            CommaAfterFetch => f.write_str("missing comma after fetch keyword"),
            CommaAfterConverter { name } => write!(f, "missing comma after converter '{name}'"),
            EmptyConverter => f.write_str("unknown converter ''"),
            FetchUnclosed { name } => write!(f, "fetch method '{name}' : expected ')'"),
            FetchBackslash { name, before, position } => {
                write!(f, "fetch method '{name}' : ")?;
                backslash(f, before, *position)
            }
            ConverterUnclosed { name, arg } => write!(f, "invalid arg {arg} in converter '{name}' : expected ')'"),
            ConverterBackslash { name, before, position } => {
                write!(f, "invalid arg {position} in converter '{name}' : ")?;
                backslash(f, before, *position)
            }
            _ => Ok(()),
        }
    }

    fn format_sentence(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use ErrorKind::*;
        match self {
            PercentAtEnd => f.write_str("truncated line after '%'"),
            FlagsUnclosed { flags } => write!(f, "truncated line after '{}'", lossy(flags)),
            FlagsWithoutAlias { text } => {
                write!(f, "parse argument modifier without alias name near '%{{{}}}'", lossy(text))
            }
            AliasName { found, position, text } => write!(
                f,
                "unexpected alias name near '{}' at position {position} line : '{}'. \
                 Maybe you want to write a single '%', use the syntax '%%'",
                lossy(&[*found]),
                lossy(text)
            ),
            LabelCharacter { found: None, .. } => f.write_str("invalid character in custom name near '"),
            LabelCharacter { found: Some(found), position, text } => write!(
                f,
                "invalid character in custom name near '{}' at position {position} line : '{}'",
                lossy(&[*found]),
                lossy(text)
            ),
            Cast { cast, position, text } => write!(
                f,
                "unexpected output type '{cast}' at position {position} line : '{}'. Supported types are: {}",
                lossy(text),
                crate::format::CASTS.join(", ")
            ),
            InExpression { text, inner } => {
                write!(f, "failed to parse sample expression <{}> : {inner}", lossy(text))
            }
            BracketExpected { after, found } => {
                write!(f, "expected ']' after '{}', but found '{}'", lossy(after), lossy(&[*found]))
            }
            BracketMissing { after } => write!(f, "missing ']' after '{}'", lossy(after)),
            _ => Ok(()),
        }
    }
}

fn backslash(f: &mut fmt::Formatter<'_>, before: &[u8], position: u32) -> fmt::Result {
    write!(f, "failed to parse '\\' after '{}' as type 'string' at position {position}", lossy(before))
}

fn lossy(bytes: &[u8]) -> std::borrow::Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

/// How much of a line is shown at most, in bytes.
const SHOWN_MAX: usize = 80;
const DOTS: &str = "...";

impl fmt::Display for Quoted {
    /// The line without its leading blanks, and the caret under it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let blanks = self.text.iter().take_while(|byte| crate::word::is_blank(**byte)).count();
        let text = self.text.get(blanks..).unwrap_or_default();
        let (shown, caret) = window(text, self.caret.saturating_sub(blanks), SHOWN_MAX);
        write!(f, "  {shown}\n  {:caret$}^", "")
    }
}

/// At most `width` bytes of `text` around `caret`, printable, up to a zero; and the column of the caret in them.
fn window(text: &[u8], caret: usize, width: usize) -> (String, usize) {
    if caret < width {
        return (printable(text, 0, width), caret);
    }
    // The beginning is left out, and the caret stands in the middle.
    let start = caret - (width / 2 - DOTS.len());
    (format!("{DOTS}{}{DOTS}", printable(text, start, width - 2 * DOTS.len())), width / 2)
}

fn printable(text: &[u8], start: usize, count: usize) -> String {
    let show = |byte: &u8| match byte {
        b'\t'..=b'\r' | b' ' => ' ',
        0x21..=0x7e => char::from(*byte),
        _ => '?',
    };
    text.iter().skip(start).take(count).take_while(|byte| **byte != 0).map(show).collect()
}
