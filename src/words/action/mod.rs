//! Actions of the rule sets: the visible list.

mod auth;
mod capture;
mod connection;
mod end;
mod header;
mod list;
mod normalize;
mod redirect;
mod reply;
mod respond;
mod timeout;
mod uri;
mod variable;
mod wait;

use std::sync::Arc;

use crate::model::draft::Draft;
use crate::sample::format::Escape;
use crate::sample::{Format, RuleCx, Run};
use crate::spec::{Action, Args, Fault};
use crate::txn::Verdict;

/// Every family.
pub static ALL: &[&[Action]] = &[
    auth::AUTH,
    capture::CAPTURE,
    connection::CONNECTION,
    end::END,
    header::HEADER,
    list::LIST,
    normalize::NORMALIZE,
    redirect::REDIRECT,
    respond::RESPOND,
    timeout::TIMEOUT,
    uri::URI,
    variable::VARIABLE,
    wait::WAIT,
];

pub(in crate::words) use reply::Template;

/// What parsing an action gives.
type Parsed = Result<Arc<dyn Run>, Fault>;

/// An action made of its arguments and what to do with them.
struct Data<D> {
    data: D,
    run: fn(&D, &mut RuleCx<'_>) -> Verdict,
}

impl<D: Send + Sync> Run for Data<D> {
    #[inline]
    fn run(&self, cx: &mut RuleCx<'_>) -> Verdict {
        (self.run)(&self.data, cx)
    }
}

fn with<D: Send + Sync + 'static>(data: D, run: fn(&D, &mut RuleCx<'_>) -> Verdict) -> Parsed {
    Ok(Arc::new(Data { data, run }))
}

/// The next word as a format for a header or a part of the target; a word is needed.
fn format(args: &mut Args<'_>, draft: &Draft, refusal: &str) -> Result<Format, Fault> {
    if args.at_cond() {
        return Err(Fault::new(refusal));
    }
    args.format(draft, Escape::Header)
}

/// What stands in the parentheses of the action's word: `txn.a,ifset` of `set-var(txn.a,ifset)`.
fn inside(keyword: &str) -> Option<&str> {
    let open = keyword.find('(')?;
    keyword.get(open + 1..)?.strip_suffix(')')
}

/// The text of a format for this exchange, handed to `then` without a copy of its own.
fn render(format: &Format, cx: &mut RuleCx<'_>, then: impl FnOnce(&mut RuleCx<'_>, &[u8])) {
    if let Some(text) = format.constant() {
        return then(cx, text);
    }
    let mut text = std::mem::take(&mut cx.txn.scratch);
    text.clear();
    format.write(&cx.cx(), &mut text);
    then(cx, &text);
    cx.txn.scratch = text;
}
