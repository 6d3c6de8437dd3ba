//! What is compiled while names and files are not known yet, and completed once they are.
//!
//! Lowering touches no disk and knows no name that is declared further down; a word that needs a file, a proxy or a
//! user list leaves a *late* step here, and `config::gather` runs all of them before anything starts.

use std::sync::{Arc, Mutex, PoisonError};

use super::draft::Userlist;
use super::proxy::{ErrorPage, Timeouts};
use crate::base::diag::Place;
use crate::base::ids::{ProxyId, ServerId};
use crate::sample::{Columns, Format, List};

/// What rules may ask of a proxy's configuration.
#[derive(Clone, Debug)]
pub struct ProxyFacts {
    /// Its timeouts.
    pub timeouts: Timeouts,
    /// The name of its default backend.
    pub default_backend: Option<Box<str>>,
}

/// What a late step may ask for.
pub trait Outside {
    /// Remembers that a word of this line is valid and not run yet.
    fn not_yet(&mut self, word: String);
    /// The bytes of a file; the error is the system's sentence.
    fn file(&mut self, path: &str) -> Result<Arc<[u8]>, String>;
    /// The list that this name stands for, read if nobody has asked for it yet: `path`, `file@path`, `opt@path` or
    /// `virt@name`.
    fn list(&mut self, name: &str, columns: Columns) -> Result<Arc<List>, String>;
    /// The list that this name stands for, if somebody asked for it: only steps that are done last may rely on it.
    fn known_list(&self, name: &str) -> Option<Arc<List>>;
    /// The proxy of this name that has servers.
    fn backend(&self, name: &str) -> Option<ProxyId>;
    /// The proxy of this name that takes connections.
    fn frontend(&self, name: &str) -> Option<ProxyId>;
    /// The facts of every proxy, by [`ProxyId`].
    fn proxies(&self) -> Vec<ProxyFacts>;
    /// A server of a backend.
    fn server(&self, backend: &str, name: &str) -> Option<ServerId>;
    /// A `userlist`.
    fn userlist(&self, name: &str) -> Option<Arc<Userlist>>;
    /// A page of an `http-errors` section.
    fn error_page(&mut self, section: &str, status: u16) -> Option<ErrorPage>;
    /// A log-format, for values that are sent as they are. `name` is what it is called in messages.
    fn format(&self, text: &[u8]) -> Result<Format, String>;
}

type Step = Box<dyn FnOnce(&mut dyn Outside) -> Result<(), String> + Send>;

/// One step, and the line it belongs to.
pub struct Late {
    /// The line, for the message when it fails.
    pub place: Place,
    /// What is to be done.
    pub step: Step,
    /// Whether all the others are to be done first.
    is_last: bool,
}

/// All late steps of a draft. Clones share one list.
#[derive(Clone, Default)]
pub struct LateList(Arc<Mutex<(Place, Vec<Late>)>>);

impl std::fmt::Debug for LateList {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} late steps", self.lock().1.len())
    }
}

impl LateList {
    /// Says which line is being read: steps are added in its name.
    pub fn at(&self, place: Place) {
        self.lock().0 = place;
    }

    /// Adds a step.
    pub fn add(&self, step: impl FnOnce(&mut dyn Outside) -> Result<(), String> + Send + 'static) {
        self.push(Box::new(step), false);
    }

    /// Adds a step to be done after all others.
    pub fn add_last(&self, step: impl FnOnce(&mut dyn Outside) -> Result<(), String> + Send + 'static) {
        self.push(Box::new(step), true);
    }

    /// Takes all steps, in the order they are to be done.
    pub fn take(&self) -> Vec<Late> {
        let mut steps = std::mem::take(&mut self.lock().1);
        steps.sort_by_key(|late| late.is_last);
        steps
    }

    fn push(&self, step: Step, is_last: bool) {
        let mut list = self.lock();
        let place = list.0;
        list.1.push(Late { place, step, is_last });
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, (Place, Vec<Late>)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
