//! Actions on variables.

use super::{Parsed, inside, with};
use crate::base::ids::VarId;
use crate::model::draft::Draft;
use crate::sample::format::Escape;
use crate::sample::{Expr, Format, Guard, RuleCx, guard};
use crate::spec;
use crate::spec::{Action, Args, Fault, RuleSet, SetOf};
use crate::txn::Verdict;
use crate::txn::vars::{self, Scope, Stored};

spec! {
    /// Variables.
    pub static VARIABLE: [Action] = [
        /// Sets a variable to the value of an expression: `http-request set-var(txn.host) req.hdr(host),lower`. The
        /// conditions are those of the converter `set-var`.
        { name: "set-var", usage: "(<var>[,<cond>...]) <expr>", sets: SetOf::ANY, parse: set_var },
        /// Sets a variable to the text of a format: `http-request set-var-fmt(txn.id) "%[src]-%[dst]"`.
        { name: "set-var-fmt", usage: "(<var>[,<cond>...]) <fmt>", sets: SetOf::ANY, parse: set_var_fmt },
        /// Forgets a variable.
        { name: "unset-var", usage: "(<var>)", sets: SetOf::ANY, parse: unset_var },
    ];
}

struct Target {
    scope: Scope,
    id: VarId,
    guards: Vec<Guard>,
}

impl Target {
    fn set(&self, cx: &mut RuleCx<'_>, value: Stored) {
        if guard::allow(&self.guards, cx.cx().variable(self.scope, self.id).as_ref(), &value) {
            cx.set_variable(self.scope, self.id, value);
        }
    }
}

fn target(args: &Args<'_>) -> Result<Target, Fault> {
    let word = args.keyword().split('(').next().unwrap_or_default();
    let Some(inside) = inside(args.keyword()) else {
        return Err(Fault::new(format!(
            "invalid or incomplete action '{word}'. Expects 'set-var(<var-name>)', 'set-var-fmt(<var-name>)' or \
             'unset-var(<var-name>)'"
        )));
    };
    let mut parts = inside.split(',');
    let (scope, id) = vars::intern(parts.next().unwrap_or_default())?;
    let guards = parts.map(Guard::parse).collect::<Result<_, _>>()?;
    Ok(Target { scope, id, guards })
}

struct Set {
    target: Target,
    value: Expr,
}

fn set_var(args: &mut Args<'_>, draft: &mut Draft, _: RuleSet) -> Parsed {
    let target = target(args)?;
    let name = args.keyword().to_owned();
    let value = args.expr_called(draft, &name)?;
    with(Set { target, value }, |set, cx| {
        let value = set.value.eval(&cx.cx()).map(|value| value.to_stored());
        if let Some(value) = value {
            set.target.set(cx, value);
        }
        Verdict::Continue
    })
}

struct SetFormat {
    target: Target,
    value: Format,
}

fn set_var_fmt(args: &mut Args<'_>, draft: &mut Draft, _: RuleSet) -> Parsed {
    let target = target(args)?;
    let value = if args.is_empty() { args.no_format(draft)? } else { args.format(draft, Escape::Header)? };
    with(SetFormat { target, value }, |set, cx| {
        let text = set.value.text(&cx.cx()).into_owned();
        set.target.set(cx, Stored::Text(text));
        Verdict::Continue
    })
}

fn unset_var(args: &mut Args<'_>, _: &mut Draft, _: RuleSet) -> Parsed {
    let target = target(args)?;
    with(target, |target, cx| {
        cx.unset_variable(target.scope, target.id);
        Verdict::Continue
    })
}
