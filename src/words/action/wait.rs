//! Actions that ask for time or for more of the message.

use std::time::Duration;

use pointsman_parser::units::{self, TimeUnit, UnitError};

use super::{Parsed, format, render, with};
use crate::base::limits::PAUSE_MAX;
use crate::model::draft::Draft;
use crate::sample::{Direction, Expr, Format};
use crate::spec;
use crate::spec::{Action, Args, Fault, RuleSet, SetOf};
use crate::txn::{Verdict, Wait};

spec! {
    /// Waits.
    pub static WAIT: [Action] = [
        /// Waits until the whole body is buffered, or so many bytes of it, or the buffer is full; for at most so long,
        /// then the answer is 408. Rules on the body want this: `http-request wait-for-body time 1s at-least 1k`.
        { name: "wait-for-body", usage: "time <time> [at-least <bytes>]", sets: SetOf::BOTH, parse: wait_for_body },
        /// Waits for so long before the next rule: a time, or an expression that gives milliseconds.
        { name: "pause", usage: "{ <time> | <expr> }", sets: SetOf::BOTH, parse: pause },
        /// Sends a field to the client at once, in a response of code 103, before the answer is known:
        /// `http-request early-hint Link "</style.css>; rel=preload"`. Rules in a row share one response.
        { name: "early-hint", usage: "<name> <fmt>", sets: SetOf::REQUEST, parse: early_hint },
        /// Waits until the handshakes of the connection are over, which they are before any rule runs here.
        { name: "wait-for-handshake", sets: SetOf::REQUEST, parse: |_, _, _| with((), |(), _| Verdict::Continue) },
    ];
}

fn time(args: &mut Args<'_>, text: &[u8]) -> Result<Duration, Option<char>> {
    match args.time_of(text, TimeUnit::Millisecond) {
        Ok(time) => Ok(Duration::from_micros(time.us)),
        Err(UnitError::Unexpected { found: Some(byte), .. }) => Err(Some(char::from(byte))),
        Err(_) => Err(None),
    }
}

struct Body {
    enough: usize,
    limit: Duration,
}

fn wait_for_body(args: &mut Args<'_>, _: &mut Draft, _: RuleSet) -> Parsed {
    const USAGE: &str = "expects time <time> [ at-least <bytes> ]";
    let odd = |found: Option<char>| match found {
        Some(letter) => Fault::new(format!("unexpected character '{letter}'")),
        None => Fault::new("timer overflow"),
    };
    let mut limit = None;
    let mut enough = 0;
    while !args.at_cond() {
        match args.next().unwrap_or_default() {
            "time" => {
                let text = args.need_bytes("missing time")?;
                limit = Some(time(args, text).map_err(odd)?);
            }
            "at-least" => {
                let size = args.need_bytes("missing argument")?;
                enough = match units::size(size) {
                    Ok(bytes) => u64::from(bytes) as usize,
                    Err(UnitError::Unexpected { found, .. }) => return Err(odd(found.map(char::from))),
                    Err(_) => return Err(Fault::new("size overflow")),
                };
            }
            _ => return Err(Fault::new(USAGE)),
        }
    }
    let Some(limit) = limit else { return Err(Fault::new(USAGE)) };
    with(Body { enough, limit }, |body, cx| {
        if std::mem::replace(&mut cx.txn.waited, true) {
            cx.txn.waited = false;
            return Verdict::Continue;
        }
        Verdict::Wait(Wait::Body { enough: body.enough, limit: body.limit })
    })
}

enum Pause {
    For(Duration),
    Value(Expr),
}

fn pause(args: &mut Args<'_>, draft: &mut Draft, _: RuleSet) -> Parsed {
    let word = args.need_bytes("missing time or expression")?;
    let pause = match time(args, word) {
        Ok(time) => Pause::For(time),
        Err(_) if word.first().is_some_and(u8::is_ascii_alphabetic) && !matches!(word, b"if" | b"unless") => {
            args.seek(args.position() - 1);
            Pause::Value(args.expr_anywhere(draft)?)
        }
        Err(found) => {
            let letter = found.map(String::from).unwrap_or_default();
            return Err(Fault::new(format!("unexpected character '{letter}' in rule 'pause'")));
        }
    };
    with(pause, |pause, cx| {
        if std::mem::replace(&mut cx.txn.waited, true) {
            cx.txn.waited = false;
            return Verdict::Continue;
        }
        let time = match pause {
            Pause::For(time) => *time,
            Pause::Value(value) => {
                let number = value.eval(&cx.cx()).and_then(|value| value.to_int()).unwrap_or(0);
                Duration::from_millis(u64::try_from(number).unwrap_or(0))
            }
        };
        Verdict::Wait(Wait::Sleep(time.min(PAUSE_MAX)))
    })
}

struct Hint {
    name: Vec<u8>,
    value: Format,
}

fn early_hint(args: &mut Args<'_>, draft: &mut Draft, _: RuleSet) -> Parsed {
    const TWO: &str = "expects exactly 2 arguments";
    let name = args.need_bytes(TWO)?;
    super::header::header_name(args, name);
    let name = name.to_ascii_lowercase();
    let value = format(args, draft, TWO)?;
    with(Hint { name, value }, |hint, cx| {
        if cx.direction == Direction::Request {
            render(&hint.value, cx, |cx, text| cx.txn.hints.push((hint.name.clone(), text.to_vec())));
        }
        Verdict::Continue
    })
}
