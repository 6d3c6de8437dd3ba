//! The tree of a file: lines, words, and the pieces of a word. It holds no meaning and no keyword.

/// A piece of the text, as byte offsets: `start..end`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Span {
    /// Offset of the first byte.
    pub start: u32,
    /// Offset past the last byte.
    pub end: u32,
}

impl Span {
    /// The span of `start..end`; offsets past 4 GiB stick to the limit.
    pub fn new(start: usize, end: usize) -> Span {
        let narrow = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        Span { start: narrow(start), end: narrow(end) }
    }

    /// The offsets as a range.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }

    /// The bytes of `text` under this span; empty when it is out of the text.
    pub fn of(self, text: &[u8]) -> &[u8] {
        text.get(self.range()).unwrap_or_default()
    }

    /// How many bytes it covers.
    pub fn len(self) -> usize {
        (self.end - self.start) as usize
    }

    /// Whether it covers nothing.
    pub fn is_empty(self) -> bool {
        self.start >= self.end
    }

    /// The same span in a text where this one's text begins at `offset`.
    pub fn shifted(self, offset: u32) -> Span {
        Span { start: self.start.saturating_add(offset), end: self.end.saturating_add(offset) }
    }
}

/// A whole file, lossless: [`crate::print::print`] gives the text back byte for byte.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct File {
    /// The text every span points into.
    pub text: Box<[u8]>,
    /// Every line, blank ones too, in order.
    pub lines: Vec<Line>,
}

impl File {
    /// The bytes under `span`.
    pub fn slice(&self, span: Span) -> &[u8] {
        span.of(&self.text)
    }
}

/// One line of the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// Its number, counted from one.
    pub number: u32,
    /// The whole line, its line feed excluded.
    pub span: Span,
    /// Its words, in order; those before the error when the line is broken.
    pub words: Vec<Word>,
    /// From the `#` to the end of what is read of the line.
    pub comment: Option<Span>,
    /// What follows and is never read: from a carriage return or a NUL to the end, with the line feed.
    pub tail: Span,
    /// The line has a fatal error, or stands after one that ends the file: HAProxy does not run it.
    pub broken: bool,
}

/// One word: pieces glued together without a blank.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// Where it stands, quotes included.
    pub span: Span,
    /// Its pieces, at least one.
    pub pieces: Vec<Piece>,
}

/// How a piece of text was quoted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quote {
    /// Not at all: escapes are decoded.
    None,
    /// Single quotes: nothing is decoded.
    Single,
    /// Double quotes: escapes are decoded, variables are expanded.
    Double,
}

/// A piece of a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Plain text.
    Text {
        /// The text with escapes decoded and quotes removed.
        bytes: Box<[u8]>,
        /// Where it stands, without its quotes.
        span: Span,
        /// How it was quoted.
        quote: Quote,
    },
    /// A reference to an environment variable, always inside double quotes.
    Variable {
        /// The name; a pseudo-variable keeps its dot.
        name: Box<str>,
        /// What stands for it when it is not set (an empty value is set).
        default: Option<Box<[u8]>>,
        /// `[*]`: the value is cut at blanks and may make several words.
        split: bool,
        /// From the `$` to the last byte of the reference.
        span: Span,
    },
}

impl Piece {
    /// Where the piece stands.
    pub fn span(&self) -> Span {
        match self {
            Piece::Text { span, .. } | Piece::Variable { span, .. } => *span,
        }
    }
}
