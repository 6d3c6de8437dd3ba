//! Actions that answer in the server's place.

use super::reply::Template;
use super::{Parsed, with};
use crate::model::draft::Draft;
use crate::spec;
use crate::spec::{Action, Args, RuleSet, SetOf};
use crate::txn::Verdict;

spec! {
    /// Answers.
    pub static RESPOND: [Action] = [
        /// Refuses the message: 403 for a request, 502 for a response, or the code given. The page can be replaced, and
        /// fields can be added: `http-request deny status 429 content-type text/plain string "slow down" hdr retry-after 5`.
        { name: "deny", usage: "[{status|deny_status} <code>] [content-type <type>] [{ default-errorfiles | errorfile <file> | errorfiles <name> | file <file> | lf-file <file> | string <str> | lf-string <fmt> }] [hdr <name> <fmt>]*", sets: SetOf::BOTH, is_final: true, parse: deny },
        /// Answers with this: 200 and nothing, unless more is said.
        /// `http-request return status 200 content-type text/plain lf-string "%[src]\n" if { path /ip }`.
        { name: "return", usage: "[status <code>] [content-type <type>] [{ default-errorfiles | errorfile <file> | errorfiles <name> | file <file> | lf-file <file> | string <str> | lf-string <fmt> }] [hdr <name> <fmt>]*", sets: SetOf::BOTH, is_final: true, parse: answer },
        /// Keeps the client waiting for `timeout tarpit`, then refuses the request: 500, or the code given.
        { name: "tarpit", usage: "[{status|deny_status} <code>] [content-type <type>] [{ default-errorfiles | errorfile <file> | errorfiles <name> | file <file> | lf-file <file> | string <str> | lf-string <fmt> }] [hdr <name> <fmt>]*", sets: SetOf::REQUEST, is_final: true, parse: tarpit },
    ];
}

fn deny(args: &mut Args<'_>, draft: &mut Draft, set: RuleSet) -> Parsed {
    let default = if set == RuleSet::Response { 502 } else { 403 };
    let template = Template::parse(args, draft, default, false)?;
    with(template, |template, cx| match template.is_page() {
        true => Verdict::Deny(template.status),
        false => Verdict::DenyWith(Box::new(template.make(&cx.cx()))),
    })
}

fn answer(args: &mut Args<'_>, draft: &mut Draft, _: RuleSet) -> Parsed {
    let template = Template::parse(args, draft, 200, true)?;
    with(template, |template, cx| Verdict::Reply(Box::new(template.make(&cx.cx()))))
}

fn tarpit(args: &mut Args<'_>, draft: &mut Draft, _: RuleSet) -> Parsed {
    let template = Template::parse(args, draft, 500, false)?;
    with(template, |template, cx| {
        let reply = (!template.is_page()).then(|| Box::new(template.make(&cx.cx())));
        Verdict::Tarpit(template.status, reply)
    })
}
