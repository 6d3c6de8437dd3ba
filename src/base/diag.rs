//! A diagnostic: what is said about a place in a configuration. How it is printed is the boot room's matter.

use std::fmt;

/// How grave a diagnostic is, in HAProxy's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Printed in diagnostic mode only (`-dD`).
    Diag,
    /// `.notice` lines.
    Notice,
    /// The file loads, but something in it is dubious.
    Warning,
    /// The file says something wrong, and loads all the same.
    Alert,
    /// The file does not load.
    Fatal,
}

/// A place in a file: zero-based index of the file, one-based line, byte columns within the line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Place {
    /// Index into the list of files read.
    pub file: u32,
    /// Line number from 1; 0 when the diagnostic belongs to no line.
    pub line: u32,
    /// Byte offset of the first byte within the file.
    pub start: u32,
    /// Byte offset behind the last byte within the file.
    pub end: u32,
}

impl Place {
    /// Whether both are in one line of one file.
    pub fn is_in_line_of(self, other: Place) -> bool {
        (self.file, self.line) == (other.file, other.line)
    }
}

/// One thing said about a configuration.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    /// How grave it is.
    pub severity: Severity,
    /// Where it is.
    pub place: Place,
    /// The text behind `parsing [file:line]`, with its own separator (` : ` or `: `); the whole text when `bare`.
    pub message: String,
    /// Set when HAProxy prints the message without `config : parsing [file:line]`.
    pub bare: bool,
}

impl Diagnostic {
    /// A message printed as `config : parsing [file:line] : message`.
    pub fn at(severity: Severity, place: Place, message: impl fmt::Display) -> Self {
        Diagnostic { severity, place, message: format!(" : {message}"), bare: false }
    }

    /// A message printed as `config : parsing [file:line]: message`.
    pub fn tight(severity: Severity, place: Place, message: impl fmt::Display) -> Self {
        Diagnostic { severity, place, message: format!(": {message}"), bare: false }
    }

    /// A message printed as it stands, behind `config : `.
    pub fn bare(severity: Severity, place: Place, message: impl fmt::Display) -> Self {
        Diagnostic { severity, place, message: message.to_string(), bare: true }
    }
}
