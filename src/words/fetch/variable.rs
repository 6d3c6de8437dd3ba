//! Variables and named ACLs as values.

use super::{Built, with};
use crate::base::ids::VarId;
use crate::sample::{Cx, Type, Value};
use crate::spec;
use crate::spec::{CallArgs, Fetch};
use crate::txn::vars::{Scope, Stored};

spec! {
    /// Variables.
    pub static VARIABLE: [Fetch] = [
        /// The value of a variable, with the type it was given; the default, if one is written, when it is not set:
        /// `var(txn.user,nobody)`. Scopes are `proc`, `sess`, `txn`, `req`, `res` and `check`.
        { name: "var", usage: "<name>[,<default>]", out: Type::Any, build: var },
        /// Whether all these ACLs hold; one with `!` before its name must not: `acl(is_api,!is_local)`.
        { name: "acl", usage: "[!]<name>[,...]", out: Type::Bool, build: acl },
    ];
}

struct Variable {
    scope: Scope,
    id: VarId,
    default: Option<Stored>,
}

fn var(args: &mut CallArgs<'_>) -> Built {
    let (scope, id) = args.variable()?;
    let default = args.maybe().map(|text| Stored::Text(text.to_vec()));
    with(Variable { scope, id, default }, |variable, cx| {
        let value = cx.variable(variable.scope, variable.id);
        value.or_else(|| variable.default.as_ref().map(Value::from_stored))
    })
}

fn acl(args: &mut CallArgs<'_>) -> Built {
    let mut list = Vec::new();
    while let Some(name) = args.maybe_text() {
        let (negated, bare) = match name.strip_prefix('!') {
            Some(bare) => (true, bare),
            None => (false, name),
        };
        let Some(acl) = args.acl(bare) else { return Err(format!("ACL '{bare}' not found")) };
        args.needs |= acl.needs();
        list.push((negated, acl));
    }
    with(list, |list, cx: &Cx<'_>| {
        Some(Value::Bool(!list.is_empty() && list.iter().all(|(negated, acl)| acl.holds(cx) != *negated)))
    })
}
