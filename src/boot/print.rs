//! Prints diagnostics as HAProxy does: `[LEVEL]   (pid) : text`, on standard error.

use crate::base::diag::{Diagnostic, Severity};

/// Where messages go, and what of them is wanted.
#[derive(Clone, Debug, Default)]
pub struct Printer {
    /// Nothing is printed.
    pub quiet: bool,
    /// `.diag` messages are printed too.
    pub diagnostics: bool,
    greeted: bool,
    /// Whether a warning was said.
    pub warned: bool,
}

impl Printer {
    /// A printer for these wishes.
    pub fn new(quiet: bool, diagnostics: bool) -> Printer {
        Printer { quiet, diagnostics, ..Printer::default() }
    }

    /// One diagnostic of a configuration read from `files`.
    pub fn diagnostic(&mut self, diagnostic: &Diagnostic, files: &[String]) {
        let Diagnostic { severity, place, message, bare } = diagnostic;
        if *severity == Severity::Diag && !self.diagnostics {
            return;
        }
        let text = if *bare {
            message.clone()
        } else {
            let file = files.get(place.file as usize).map_or("", String::as_str);
            format!("config : parsing [{file}:{}]{message}", place.line)
        };
        self.say(*severity, &text);
    }

    /// One line of text.
    pub fn say(&mut self, severity: Severity, text: &str) {
        self.warned |= matches!(severity, Severity::Warning | Severity::Diag);
        if self.quiet {
            return;
        }
        let pid = std::process::id();
        let level = match severity {
            Severity::Diag => "[DIAG]    ",
            Severity::Notice => "[NOTICE]  ",
            Severity::Warning => "[WARNING] ",
            Severity::Alert | Severity::Fatal => "[ALERT]   ",
        };
        if !self.greeted && !matches!(severity, Severity::Notice | Severity::Diag) {
            self.greeted = true;
            let program = std::env::current_exe().map(|path| path.display().to_string()).unwrap_or_default();
            eprintln!("[NOTICE]   ({pid}) : haproxy version is {}", crate::config::predicates::HAPROXY_VERSION);
            eprintln!("[NOTICE]   ({pid}) : path to executable is {program}");
        }
        eprintln!("{level} ({pid}) : {text}");
    }
}
