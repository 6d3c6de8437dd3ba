//! Actions that change lists of patterns and maps while the program runs.

use std::sync::{Arc, OnceLock};

use super::{Parsed, inside, with};
use crate::model::draft::Draft;
use crate::sample::format::Escape;
use crate::sample::{Format, List, RuleCx};
use crate::spec;
use crate::spec::{Action, Args, Fault, RuleSet, SetOf};
use crate::txn::Verdict;

spec! {
    /// Lists.
    pub static LIST: [Action] = [
        /// Adds a pattern to the list of this file, unless it is there: `http-request add-acl(/etc/blocked.lst) %[src]`.
        /// It holds for all who use the file and as long as the program runs; the file is not changed. A file that
        /// nobody uses is no list.
        { name: "add-acl", usage: "(<file>) <key-fmt>", sets: SetOf::BOTH, parse: |args, draft, _| one(args, draft, |list, key, _| list.add(key)) },
        /// Removes a pattern from the list of this file.
        { name: "del-acl", usage: "(<file>) <key-fmt>", sets: SetOf::HTTP, parse: |args, draft, _| one(args, draft, |list, key, _| list.remove(key)) },
        /// Sets the value of a key in the map of this file, or adds it:
        /// `http-request set-map(/etc/users.map) %[src] %[req.hdr(x-user)]`.
        { name: "set-map", usage: "(<map>) <key-fmt> <value-fmt>", sets: SetOf::HTTP, parse: set_map },
        /// Removes a key from the map of this file.
        { name: "del-map", usage: "(<map>) <key-fmt>", sets: SetOf::HTTP, parse: |args, draft, _| one(args, draft, |list, key, _| list.remove(key)) },
    ];
}

struct Change {
    list: Arc<OnceLock<Arc<List>>>,
    key: Format,
    value: Option<Format>,
    /// Whether it could be done.
    apply: fn(&List, &[u8], &[u8]) -> bool,
}

fn one(args: &mut Args<'_>, draft: &mut Draft, apply: fn(&List, &[u8], &[u8]) -> bool) -> Parsed {
    let key = format(args, draft, "expects exactly 1 argument")?;
    with(Change { list: list(args, draft), key, value: None, apply }, run)
}

fn set_map(args: &mut Args<'_>, draft: &mut Draft, _: RuleSet) -> Parsed {
    const TWO: &str = "expects exactly 2 arguments";
    let key = format(args, draft, TWO)?;
    let value = Some(format(args, draft, TWO)?);
    let apply = |list: &List, key: &[u8], value: &[u8]| list.set(key, value);
    with(Change { list: list(args, draft), key, value, apply }, run)
}

fn format(args: &mut Args<'_>, draft: &Draft, refusal: &str) -> Result<Format, Fault> {
    let Some(word) = args.next_arg() else { return Err(Fault::new(refusal)) };
    args.format_of(word, draft, Escape::Header)
}

/// The list named in the parentheses, once it is known who uses it.
fn list(args: &Args<'_>, draft: &Draft) -> Arc<OnceLock<Arc<List>>> {
    let name = inside(args.keyword()).unwrap_or_default().to_owned();
    let slot: Arc<OnceLock<Arc<List>>> = Arc::default();
    let pending = slot.clone();
    draft.late.add_last(move |outside| {
        if let Some(list) = outside.known_list(&name) {
            let _ = pending.set(list);
        }
        Ok(())
    });
    slot
}

fn run(change: &Change, cx: &mut RuleCx<'_>) -> Verdict {
    if let Some(list) = change.list.get() {
        let cx = cx.cx();
        let value = change.value.as_ref().map(|value| value.text(&cx)).unwrap_or_default();
        // What a full list cannot take is lost, as a rule has nobody to tell.
        let _ = (change.apply)(list, &change.key.text(&cx), &value);
    }
    Verdict::Continue
}
