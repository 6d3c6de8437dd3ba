//! Runs a rule set from a cursor to its first final verdict. What a rule waits for is the caller's matter.

use std::time::Duration;

use crate::sample::cond::Answer;
use crate::sample::{Rule, RuleCx};
use crate::txn::{Verdict, Wait};

/// Runs the rules from `cursor` on. After `Verdict::Wait` the cursor stands on the rule that waits; a condition that
/// cannot be told yet waits for more bytes.
#[inline]
pub fn run(rules: &[Rule], cursor: &mut usize, cx: &mut RuleCx<'_>) -> Verdict {
    while let Some(rule) = rules.get(*cursor) {
        match rule.asks(&cx.cx()) {
            Answer::No => {}
            Answer::Unknown => return Verdict::Wait(Wait::Body { enough: 0, limit: Duration::ZERO }),
            Answer::Yes => {
                let verdict = rule.action.run(cx);
                if matches!(verdict, Verdict::Wait(_)) {
                    return verdict;
                }
                cx.txn.waited = false;
                if !matches!(verdict, Verdict::Continue) {
                    return verdict;
                }
            }
        }
        *cursor += 1;
    }
    Verdict::Continue
}
