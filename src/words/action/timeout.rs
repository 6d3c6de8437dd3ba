//! `set-timeout`: another timeout for this exchange alone.

use std::time::Duration;

use pointsman_parser::units::{TimeUnit, UnitError};

use super::{Parsed, with};
use crate::model::draft::{Draft, Sections};
use crate::sample::Expr;
use crate::spec;
use crate::spec::{Action, Args, Fault, RuleSet, SetOf};
use crate::txn::Verdict;

spec! {
    /// Timeouts of one exchange.
    pub static TIMEOUT: [Action] = [
        /// Replaces the client, server or tunnel timeout for this exchange: `http-request set-timeout server 5s`. An
        /// expression gives milliseconds.
        { name: "set-timeout", usage: "{ client | server | tunnel } { <time> | <expr> }", sets: SetOf::BOTH, parse: set_timeout },
    ];
}

#[derive(Clone, Copy)]
enum Which {
    Client,
    Server,
    Tunnel,
}

impl Which {
    fn word(self) -> &'static str {
        match self {
            Which::Client => "client",
            Which::Server => "server",
            Which::Tunnel => "tunnel",
        }
    }
}

enum Value {
    Time(Duration),
    Expr(Expr),
}

fn set_timeout(args: &mut Args<'_>, draft: &mut Draft, _: RuleSet) -> Parsed {
    let which = match args.next().unwrap_or_default() {
        "client" => Which::Client,
        "server" => Which::Server,
        "tunnel" => Which::Tunnel,
        other => {
            let message = format!("'set-timeout' rule supports 'server'/'tunnel'/'client' (got '{other}')");
            return Err(Fault::new(message));
        }
    };
    let name = draft.proxy_ref().map_or("", |proxy| proxy.name.as_str());
    if args.section == Sections::FRONTEND && !matches!(which, Which::Client) {
        return Err(Fault::new(format!("'{name}' has no backend capability")));
    }
    let value = timeout_value(args, draft, which.word())?;
    with((which, value), |(which, value), cx| {
        let time = match value {
            Value::Time(time) => Some(*time),
            Value::Expr(expr) => {
                let ms = expr.eval(&cx.cx()).and_then(|value| value.to_int());
                ms.and_then(|ms| u64::try_from(ms).ok()).map(Duration::from_millis)
            }
        };
        let slot = match which {
            Which::Client => &mut cx.txn.client_timeout,
            Which::Server => &mut cx.txn.server_timeout,
            Which::Tunnel => &mut cx.txn.tunnel_timeout,
        };
        *slot = time.or(*slot);
        Verdict::Continue
    })
}

/// A time, or an expression that gives milliseconds; what is neither is a bad time.
fn timeout_value(args: &mut Args<'_>, draft: &Draft, which: &str) -> Result<Value, Fault> {
    let rule = format!("rule 'set-timeout {which}'");
    let text = args.peek().ok_or_else(|| Fault::new("expects exactly 2 arguments"))?.to_owned();
    match args.time_of(text.as_bytes(), TimeUnit::Millisecond) {
        Ok(time) if time.us == 0 => {
            Err(Fault::new(format!("null value is not valid for a 'set-timeout {which}' rule")))
        }
        Ok(time) => {
            args.next();
            Ok(Value::Time(Duration::from_micros(time.us)))
        }
        Err(UnitError::Unexpected { found, .. }) => args.one_word_expr_anywhere(draft).map(Value::Expr).map_err(|_| {
            let letter = found.map(|byte| char::from(byte).to_string()).unwrap_or_default();
            Fault::new(format!("unexpected character '{letter}' in {rule}"))
        }),
        Err(UnitError::Overflow) => Err(Fault::new(format!(
            "timer overflow in argument '{text}' to {rule} (maximum value is 2147483647 ms or ~24.8 days)"
        ))),
        Err(UnitError::Underflow) => {
            Err(Fault::new(format!("timer underflow in argument '{text}' to {rule} (minimum non-null value is 1 ms)")))
        }
    }
}
