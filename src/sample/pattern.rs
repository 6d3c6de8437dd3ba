//! What a condition compares a value with.

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
