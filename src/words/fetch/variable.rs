//! Variables and named ACLs as values.

use super::{Built, with};
use crate::base::ids::VarId;
use crate::sample::{Cx, Type, Value};
use crate::spec;
use crate::spec::{CallArgs, Fetch};
use crate::txn::vars::{self, Scope, Stored};

spec! {
    /// Variables.
    pub static VARIABLE: [Fetch] = [
        /// The value of a variable, with the type it was given; the default, if one is written, when it is not set:
        /// `var(txn.user,nobody)`. Scopes are `proc`, `sess`, `txn`, `req`, `res` and `check`.
        { name: "var", usage: "<name>[,<default>]", out: Type::Any, build: var },
        /// Whether all these ACLs hold; one with `!` before its name must not: `acl(is_api,!is_local)`.
        { name: "acl", usage: "[!]<name>[,...]", out: Type::Bool, build: acl },
        /// The variables of one scope, or of all, as `name=value` with this text between them (`, ` by default).
        { name: "dump_all_vars", usage: "[<scope>][,<prefix>][,<delimiter>]", out: Type::Str, build: dump },
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

struct Dump {
    scope: Option<Scope>,
    prefix: String,
    between: Vec<u8>,
}

fn dump(args: &mut CallArgs<'_>) -> Built {
    let scope = match args.maybe_text() {
        None => None,
        Some(word) => Some(vars::scope(word).ok_or_else(|| format!("invalid scope '{word}'"))?),
    };
    let prefix = args.maybe_text().unwrap_or_default().to_owned();
    let between = args.maybe().unwrap_or(b", ").to_vec();
    with(Dump { scope, prefix, between }, |dump, cx| {
        let mut out = Vec::new();
        for (word, scope) in vars::SCOPES {
            if dump.scope.is_some_and(|wanted| wanted != *scope) {
                continue;
            }
            cx.each_variable(*scope, &mut |name, value| {
                if name.starts_with(&dump.prefix) {
                    if !out.is_empty() {
                        out.extend_from_slice(&dump.between);
                    }
                    out.extend_from_slice(word.as_bytes());
                    out.push(b'.');
                    out.extend_from_slice(name.as_bytes());
                    out.push(b'=');
                    let quote = matches!(value, Stored::Text(_));
                    out.extend(quote.then_some(b'"'));
                    Value::from_stored(value).write_to(&mut out);
                    out.extend(quote.then_some(b'"'));
                }
            });
        }
        Some(Value::owned(out))
    })
}
