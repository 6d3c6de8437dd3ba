//! Converters that read and write variables.

use super::{Built, plain, with};
use crate::base::ids::VarId;
use crate::sample::{Cx, Guard, Type, Value, guard};
use crate::spec;
use crate::spec::{CallArgs, Conv};
use crate::txn::vars::{self, Scope};

spec! {
    /// Variables.
    pub static VARIABLE: [Conv] = [
        /// Sets a variable to the value, which passes on as it is: `path,set-var(txn.path),length`. Conditions may follow
        /// the name: `ifexists`, `ifnotexists`, `ifset`, `ifnotset`, `ifempty`, `ifnotempty` (of the new value), `ifgt`,
        /// `iflt` (the variable against the new value).
        { name: "set-var", usage: "<var>[,<cond>...]", input: Type::Any, out: Type::Same, build: set_var },
        /// Forgets a variable; the value passes on as it is.
        { name: "unset-var", usage: "<var>", input: Type::Any, out: Type::Same, build: |args| {
            with(args.variable()?, |(scope, id), value, cx| {
                cx.overlay(*scope, *id, None);
                Some(value)
            })
        } },
        /// The text with a start, the value of a variable and an end behind it; each may be empty:
        /// `str(a),concat(-,txn.b,-c)`.
        { name: "concat", usage: "[<start>[,<var>[,<end>]]]", input: Type::Str, out: Type::Str, build: concat },
        /// The text with an item behind it: the value of a variable and a suffix, with a delimiter unless the text is
        /// empty. Nothing is added when there is no item.
        { name: "add_item", usage: "<delim>,[<var>][,<suffix>]", input: Type::Str, out: Type::Str, build: add_item },
        /// How the text compares with a variable: 0 when they are equal, less than 0 when it comes before.
        { name: "strcmp", usage: "<var>", input: Type::Str, out: Type::Int, build: strcmp },
        /// Whether the bytes equal those of a variable, in a time that does not tell where they differ.
        { name: "secure_memcmp", usage: "<var>", input: Type::Bin, out: Type::Bool, build: secure_memcmp },
        /// The value only while a condition holds: `normal`, `error`, `forwarded`, `processed`, `stopping`, `acl,<name>`.
        { name: "when", usage: "<condition>", input: Type::Any, out: Type::Same, build: when },
    ];
}

struct Set {
    scope: Scope,
    id: VarId,
    guards: Vec<Guard>,
}

fn set_var(args: &mut CallArgs<'_>) -> Built {
    let (scope, id) = args.variable()?;
    let mut guards = Vec::new();
    while let Some(word) = args.maybe_text() {
        guards.push(Guard::parse(word)?);
    }
    with(Set { scope, id, guards }, |rule, value, cx| {
        let stored = value.to_stored();
        if guard::allow(&rule.guards, cx.variable(rule.scope, rule.id).as_ref(), &stored) {
            cx.overlay(rule.scope, rule.id, Some(stored));
        }
        Some(value)
    })
}

type Variable = Option<(Scope, VarId)>;

fn maybe_variable(args: &mut CallArgs<'_>) -> Result<Variable, String> {
    match args.maybe_text() {
        None => Ok(None),
        Some(name) => vars::intern(name).map(Some).map_err(|_| format!("failed to register variable name '{name}'")),
    }
}

fn text_of(variable: &Variable, cx: &Cx<'_>) -> Vec<u8> {
    let value = variable.and_then(|(scope, id)| cx.variable(scope, id));
    value.map(|value| value.into_bytes().into_owned()).unwrap_or_default()
}

fn concat(args: &mut CallArgs<'_>) -> Built {
    let start = args.maybe().unwrap_or_default().to_vec();
    let variable = maybe_variable(args)?;
    let end = args.maybe().unwrap_or_default().to_vec();
    with((start, variable, end), |(start, variable, end), value, cx| {
        let mut text = value.into_bytes().into_owned();
        text.extend_from_slice(start);
        text.extend(text_of(variable, cx));
        text.extend_from_slice(end);
        Some(Value::owned(text))
    })
}

fn add_item(args: &mut CallArgs<'_>) -> Built {
    let delimiter = args.bytes()?.to_vec();
    let variable = maybe_variable(args)?;
    let suffix = args.maybe().unwrap_or_default().to_vec();
    if variable.is_none() && suffix.is_empty() {
        return Err("one of the optional arguments has to be nonempty".to_owned());
    }
    with((delimiter, variable, suffix), |(delimiter, variable, suffix), value, cx| {
        let item = text_of(variable, cx);
        if variable.is_some() && item.is_empty() {
            return Some(value);
        }
        let mut text = value.into_bytes().into_owned();
        if !text.is_empty() {
            text.extend_from_slice(delimiter);
        }
        text.extend(item);
        text.extend_from_slice(suffix);
        Some(Value::owned(text))
    })
}

fn needed(args: &mut CallArgs<'_>) -> Result<(Scope, VarId), String> {
    maybe_variable(args)?.ok_or_else(|| "missing variable name".to_owned())
}

fn strcmp(args: &mut CallArgs<'_>) -> Built {
    with(needed(args)?, |(scope, id), value, cx| {
        let other = cx.variable(*scope, *id)?.into_bytes();
        let text = value.into_bytes();
        let differing = text.iter().zip(other.iter()).find(|(left, right)| left != right);
        Some(Value::Int(match differing {
            Some((left, right)) => i64::from(*left) - i64::from(*right),
            None => text.len() as i64 - other.len() as i64,
        }))
    })
}

fn secure_memcmp(args: &mut CallArgs<'_>) -> Built {
    with(needed(args)?, |(scope, id), value, cx| {
        let other = cx.variable(*scope, *id)?.into_bytes();
        let equal = aws_lc_rs::constant_time::verify_slices_are_equal(&value.into_bytes(), &other).is_ok();
        Some(Value::Bool(equal))
    })
}

fn when(args: &mut CallArgs<'_>) -> Built {
    let condition = args.text()?;
    let negated = condition.starts_with('!');
    match condition.trim_start_matches('!') {
        "normal" => with(negated, |negated, value, cx| (failed(cx) == *negated).then_some(value)),
        "error" => with(negated, |negated, value, cx| (failed(cx) != *negated).then_some(value)),
        "stopping" => with(negated, |negated, value, cx| (cx.live.is_stopping() != *negated).then_some(value)),
        "forwarded" => with(negated, |negated, value, cx| (cx.txn.server.is_some() != *negated).then_some(value)),
        "processed" => with(negated, |negated, value, cx| {
            let processed = !cx.txn.response.is_empty() || cx.txn.status > 0;
            (processed != *negated).then_some(value)
        }),
        "toapplet" => with(negated, |negated, value, _| negated.then_some(value)),
        "acl" => {
            let name = args.text()?;
            let acl = args.acl(name).ok_or_else(|| format!("ACL '{name}' not found"))?;
            args.needs |= acl.needs();
            with((negated, acl), |(negated, acl), value, cx| (acl.holds(cx) != *negated).then_some(value))
        }
        "" => plain(|value| Some(value)),
        other => Err(format!(
            "expects one of 'error', 'forwarded', 'normal', 'processed', 'stopping', 'toapplet', 'acl', got '{other}'"
        )),
    }
}

/// Whether the exchange went wrong so far.
fn failed(cx: &Cx<'_>) -> bool {
    (cx.txn.end.is_set() && cx.txn.end.cause != b'L') || cx.txn.retries > 0 || cx.txn.redispatched
}
