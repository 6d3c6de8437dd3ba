//! Keeping something for the log.

use super::{Parsed, with};
use crate::model::draft::{Capture, Draft, Sections};
use crate::model::noted::UseKind;
use crate::sample::{Direction, Expr};
use crate::spec;
use crate::spec::{Action, Args, Fault, RuleSet, SetOf};
use crate::txn::Verdict;

spec! {
    /// Captures.
    pub static CAPTURE: [Action] = [
        /// Keeps up to so many bytes of a value in a slot of the captured headers; with `id`, in the slot of that number
        /// that `declare capture` made. `http-request capture req.hdr(user-agent) len 64`.
        { name: "capture", usage: "<sample> { len <n> | id <id> }", sets: SetOf::HTTP | RuleSet::Content.bit(), parse: capture },
    ];
}

const USAGE: &str = "expects <expression> [ 'len' <length> | id <idx> ]";

struct Keep {
    value: Expr,
    slot: usize,
    len: usize,
}

fn capture(args: &mut Args<'_>, draft: &mut Draft, set: RuleSet) -> Parsed {
    let of_response = matches!(set, RuleSet::Response | RuleSet::AfterResponse);
    let usage = if of_response { "expects <expression> id <idx>" } else { USAGE };
    let is_backend = args.section == Sections::BACKEND;
    let nowhere = || {
        let name = draft.proxy_ref().map_or("", |proxy| proxy.name.as_str());
        Fault::new(format!("proxy '{name}' has no frontend capability"))
    };
    if args.at_cond() {
        return Err(Fault::new(usage));
    }
    if is_backend && set == RuleSet::Content {
        return Err(nowhere());
    }
    let value = args.expr(draft)?;
    if set == RuleSet::Content && args.peek() != Some("len") {
        return Err(Fault::new("a positive 'len' argument is mandatory"));
    }
    if args.at_cond() {
        return Err(Fault::new(usage));
    }
    let how = args.need(usage)?;
    if is_backend && !of_response && how == "len" {
        return Err(nowhere());
    }
    if args.at_cond() {
        return Err(Fault::new(usage));
    }
    let number = args.need(usage)?.to_owned();
    let (slot, len) = match how {
        "len" if matches!(set, RuleSet::Request | RuleSet::Content) => {
            let len: usize = number.parse().unwrap_or(0);
            if len == 0 {
                return Err(Fault::new("length must be > 0"));
            }
            (new_slot(draft, len), len)
        }
        "id" => {
            let slot = number.parse().map_err(|_| Fault::new(format!("cannot parse id '{number}'")))?;
            let owner = format!("{} capture", if of_response { "http-response" } else { set.words() });
            draft.noted.refer(UseKind::Capture, &number, owner, draft.current);
            (slot, declared(draft, set, slot))
        }
        other if of_response => return Err(Fault::new(format!("expects 'id', found '{other}'"))),
        other => return Err(Fault::new(format!("expects 'len' or 'id', found '{other}'"))),
    };
    with(Keep { value, slot, len }, |keep, cx| {
        let slots = match cx.direction {
            Direction::Request => cx.txn.request_captures.len(),
            Direction::Response => cx.txn.response_captures.len(),
        };
        let Some(text) = keep.value.text(&cx.cx()) else { return Verdict::Continue };
        let text = text.get(..keep.len.min(text.len())).unwrap_or_default().to_vec();
        let list = match cx.direction {
            Direction::Request => &mut cx.txn.request_captures,
            Direction::Response => &mut cx.txn.response_captures,
        };
        if slots <= keep.slot && keep.slot < crate::base::limits::CAPTURES_MAX {
            list.resize(keep.slot + 1, None);
        }
        if let Some(slot) = list.get_mut(keep.slot) {
            *slot = Some(text);
        }
        Verdict::Continue
    })
}

/// A slot of the rule's own, behind those of the frontend that are known so far.
fn new_slot(draft: &mut Draft, len: usize) -> usize {
    let Some(proxy) = draft.proxy() else { return 0 };
    proxy.request_captures.push(Capture { name: None, len });
    proxy.request_captures.len() - 1
}

/// The length of a declared slot. The slots of a frontend cannot be seen from a backend: what is kept is not cut there.
fn declared(draft: &Draft, set: RuleSet, slot: usize) -> usize {
    let Some(proxy) = draft.proxy_ref() else { return 0 };
    let of_response = matches!(set, RuleSet::Response | RuleSet::AfterResponse | RuleSet::ResponseContent);
    let slots = if of_response { &proxy.response_captures } else { &proxy.request_captures };
    slots.get(slot).map_or(usize::MAX, |slot| slot.len)
}
