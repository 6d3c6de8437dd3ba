//! The cause of what a line tells, in a sentence, and what to look at next.

mod event;
mod traffic;

pub use event::of_event;
pub use traffic::of_traffic;

use super::place::Cited;

/// A cause: a sentence, what this line adds, and what to look at next.
#[derive(Clone, Debug, Default)]
pub struct Cause {
    /// What happened.
    pub sentence: String,
    /// What the numbers say beyond it.
    pub remarks: Vec<String>,
    /// What may have led to it, the most likely first.
    pub causes: Vec<String>,
    /// What to look at next.
    pub next: Vec<String>,
}

impl Cause {
    /// Puts the cause that begins so before the others.
    pub fn prefer(&mut self, beginning: &str) {
        self.causes.sort_by_key(|text| !text.starts_with(beginning));
    }

    /// What the lines of the configuration say about which cause is the likely one.
    pub fn weigh(&mut self, cited: &[Cited]) {
        let mut notes = cited.iter().flat_map(|cited| &cited.notes);
        let named = self.causes.first().is_some_and(|first| !first.starts_with("all servers are down"));
        if named && notes.any(|note| note.starts_with("`ssl`")) {
            self.prefer("on a server with `ssl`");
        }
    }
}
