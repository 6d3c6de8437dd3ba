//! What is checked when a section ends: what it must have said by then.

use crate::model::draft::{Current, Draft, Sections};

/// Ends the section being read. What it lacks is said when all was read.
pub(super) fn close(draft: &mut Draft) {
    if !matches!(draft.current, Current::Global | Current::None) {
        draft.past_global = true;
    }
    if let Current::Other(Sections::TRACES, _) = draft.current {
        draft.current = Current::Global;
    }
}
