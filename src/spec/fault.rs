//! Why a line was refused.

use pointsman_parser::Span;

/// Why a line was refused, or what is dubious about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// HAProxy's sentence, with its own separator before it: ` : ` unless `tight`.
    pub message: String,
    /// The word it is about; the whole line if none.
    pub span: Option<Span>,
    /// Printed with `: ` instead of ` : `.
    pub tight: bool,
    /// It is valid HAProxy, but this program does not run it yet.
    pub unsupported: bool,
    /// The line is refused, but HAProxy still loads the file.
    pub harmless: bool,
    /// The message is the whole sentence: nothing is put around it.
    pub whole: bool,
    /// The message is printed as it stands, without `config : parsing [file:line]`.
    pub bare: bool,
    /// HAProxy reads no further.
    pub ends: bool,
}

/// The outcome of parsing one line.
pub type Done = Result<(), Fault>;

impl Fault {
    /// A refusal of the whole line.
    pub fn new(message: impl Into<String>) -> Fault {
        Fault {
            message: message.into(),
            span: None,
            tight: false,
            unsupported: false,
            harmless: false,
            whole: false,
            bare: false,
            ends: false,
        }
    }

    /// A refusal because of one word.
    pub fn at(span: Span, message: impl Into<String>) -> Fault {
        Fault { span: Some(span), ..Fault::new(message) }
    }

    /// Valid HAProxy that this program does not run yet.
    pub fn unsupported(word: impl Into<String>) -> Fault {
        Fault { unsupported: true, ..Fault::new(word) }
    }

    /// The same fault, printed with `: `.
    pub fn tight(mut self) -> Fault {
        self.tight = true;
        self
    }

    /// The same fault, printed with `: ` if so.
    pub fn tight_if(mut self, tight: bool) -> Fault {
        self.tight |= tight;
        self
    }

    /// The same fault, with nothing to be put around its message.
    pub fn whole(mut self) -> Fault {
        self.whole = true;
        self
    }

    /// The same fault, printed without the file and the line.
    pub fn bare(mut self) -> Fault {
        self.bare = true;
        self
    }

    /// The same fault, behind which HAProxy reads no further.
    pub fn ends(mut self) -> Fault {
        self.ends = true;
        self
    }

    /// The same fault about this word, unless it is about one already.
    pub fn or_at(mut self, span: Span) -> Fault {
        self.span.get_or_insert(span);
        self
    }

    /// The same fault with words before its message.
    pub fn within(mut self, prefix: &str) -> Fault {
        if !self.whole {
            self.message = format!("{prefix}{}", self.message);
        }
        self
    }
}

impl From<String> for Fault {
    fn from(message: String) -> Fault {
        Fault::new(message)
    }
}
