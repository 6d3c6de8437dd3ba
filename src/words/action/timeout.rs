//! `set-timeout`: another timeout for this exchange alone.

use std::time::Duration;

use pointsman_parser::units::{self, TimeUnit};

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

enum Value {
    Time(Duration),
    Expr(Expr),
}

/// A time, or else an expression. When it is neither, HAProxy complains of the time.
fn value(args: &mut Args<'_>, draft: &Draft, which: Which) -> Result<Value, Fault> {
    let text = args.peek().unwrap_or_default().to_owned();
    if let Ok(time) = units::time(text.as_bytes(), TimeUnit::Millisecond) {
        args.next();
        return Ok(Value::Time(Duration::from_micros(time.us)));
    }
    args.expr(draft).map(Value::Expr).map_err(|_| {
        let bad = text.chars().find(|letter| !letter.is_ascii_digit()).map_or(String::new(), String::from);
        let which = match which {
            Which::Client => "client",
            Which::Server => "server",
            Which::Tunnel => "tunnel",
        };
        Fault::new(format!("unexpected character '{bad}' in rule 'set-timeout {which}'"))
    })
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
    let value = value(args, draft, which)?;
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
