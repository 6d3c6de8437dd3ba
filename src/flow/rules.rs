//! Runs a rule set from a cursor to its first final verdict. What a rule waits for is the caller's matter.

use crate::sample::{Rule, RuleCx};
use crate::txn::Verdict;

/// Runs the rules from `cursor` on. After `Verdict::Wait` the cursor stands on the rule that waits.
#[inline]
pub fn run(rules: &[Rule], cursor: &mut usize, cx: &mut RuleCx<'_>) -> Verdict {
    while let Some(rule) = rules.get(*cursor) {
        if rule.applies(&cx.cx()) {
            match rule.action.run(cx) {
                Verdict::Continue => {}
                Verdict::Wait(wait) => return Verdict::Wait(wait),
                verdict => return verdict,
            }
        }
        *cursor += 1;
    }
    Verdict::Continue
}
