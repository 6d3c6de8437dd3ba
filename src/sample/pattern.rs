//! What a condition compares a value with.

use std::sync::{Arc, OnceLock};

use super::list::Followed;
use super::value::Value;

/// A compiled set of patterns of one match method.
pub trait Match: Send + Sync {
    /// Whether the value matches one of the patterns.
    fn matches(&self, value: &Value<'_>) -> bool;

    /// Whether a missing value still asks for a verdict: `-m found` on nothing is false, not unknown.
    fn on_missing(&self) -> bool {
        false
    }
}

/// Patterns that come from files too: compiled once the files were read, matching nothing before.
#[derive(Clone, Default)]
pub struct LateMatch(Arc<OnceLock<Followed<Box<dyn Match>>>>);

impl LateMatch {
    /// Takes the patterns, once.
    pub fn complete(&self, patterns: Followed<Box<dyn Match>>) {
        let _ = self.0.set(patterns);
    }
}

impl Match for LateMatch {
    #[inline]
    fn matches(&self, value: &Value<'_>) -> bool {
        self.0.get().is_some_and(|patterns| patterns.look(|it| it.matches(value), |it| it.matches(value)))
    }
}
