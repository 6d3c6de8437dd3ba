//! Asking for a name and a password.

use super::{Parsed, with};
use crate::model::draft::Draft;
use crate::spec;
use crate::spec::{Action, Args, Fault, RuleSet, SetOf};
use crate::txn::{Reply, Verdict};

spec! {
    /// Authentication.
    pub static AUTH: [Action] = [
        /// Answers with 401, or 407 to a proxy request, and asks for a name and a password:
        /// `http-request auth realm Secret unless { http_auth(admins) }`. The realm is the proxy's name by default.
        { name: "auth", usage: "[realm <realm>]", sets: SetOf::REQUEST, is_final: true, parse: auth },
    ];
}

fn auth(args: &mut Args<'_>, draft: &mut Draft, _: RuleSet) -> Parsed {
    let realm = if args.take("realm") {
        args.need_bytes("expects a realm")?.to_vec()
    } else {
        draft.proxy_ref().map_or_else(Vec::new, |proxy| proxy.name.clone().into_bytes())
    };
    if realm.is_empty() {
        return Err(Fault::new("expects a realm"));
    }
    let challenge = [b"Basic realm=\"", &realm[..], b"\""].concat();
    with(challenge, |challenge, cx| {
        // What counts is the request as it came, not what rules made of it.
        let (start, end) = cx.txn.line_marks;
        let target = cx.txn.request_line.get(start as usize + 1..end as usize).unwrap_or_default();
        let to_proxy = !target.is_empty() && !target.starts_with(b"/") && target != b"*";
        let (status, field): (u16, &[u8]) =
            if to_proxy { (407, b"proxy-authenticate") } else { (401, b"www-authenticate") };
        let mut reply = Reply::own_page(status);
        reply.page = Some(status);
        reply.head.push(field, challenge);
        Verdict::Reply(Box::new(reply))
    })
}
