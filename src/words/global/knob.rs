//! The shapes that settings of the `global` section share: a switch, a number, a size, a time, a choice, a text.
//!
//! Sentences hold `{k}` for the keyword and `{a}` for the argument.

use pointsman_parser::units::{self, TimeUnit};

use crate::spec::{Args, Done, Fault};
use crate::words::proxy::side;

fn sentence(template: &str, args: &Args<'_>, argument: &str) -> Fault {
    Fault::new(template.replace("{k}", args.keyword()).replace("{a}", argument))
}

/// What HAProxy says when a number is missing.
pub const NUMBER: &str = "'{k}' expects an integer argument.";

/// A switch: nothing follows.
pub fn switch(args: &Args<'_>) -> Done {
    args.finish()
}

/// A number that may be anything; what is none counts as zero. The answer is that number.
pub fn number(args: &mut Args<'_>) -> Result<i64, Fault> {
    number_or(args, NUMBER)
}

/// The same, with its own sentence for a missing one.
pub fn number_or(args: &mut Args<'_>, missing: &str) -> Result<i64, Fault> {
    args.at_most(1)?;
    match args.next() {
        Some(text) => Ok(side::lax(text)),
        None => Err(sentence(missing, args, "")),
    }
}

/// A number within bounds. A missing one counts as zero unless there is a sentence for it.
pub fn within(args: &mut Args<'_>, low: i64, high: i64, missing: &str, refusal: &str) -> Result<i64, Fault> {
    args.at_most(1)?;
    let text = match args.next() {
        Some(text) => text,
        None if missing.is_empty() => "",
        None => return Err(sentence(missing, args, "")),
    };
    let value = side::lax(text);
    if (low..=high).contains(&value) { Ok(value) } else { Err(sentence(refusal, args, text)) }
}

/// The largest number of 32 bits.
pub const INT_MAX: i64 = i32::MAX as i64;

/// A size in bytes; `least` is 0 or 1.
pub fn size(args: &mut Args<'_>, least: u32, missing: &str, refusal: &str) -> Result<u64, Fault> {
    args.at_most(1)?;
    let text = match args.next() {
        Some(text) => text,
        None if missing.is_empty() => "",
        None => return Err(sentence(missing, args, "")),
    };
    let bytes = units::size(text.as_bytes()).map_err(|error| {
        let rest = match error {
            units::UnitError::Unexpected { offset, .. } => text.get(offset..).unwrap_or_default(),
            _ => text,
        };
        sentence("unexpected '{a}' after size passed to '{k}'", args, rest)
    })?;
    if bytes < least { Err(sentence(refusal, args, text)) } else { Ok(u64::from(bytes)) }
}

/// A time. `refusal` says what stands before `unexpected character …`.
pub fn time(args: &mut Args<'_>, unit: TimeUnit, missing: &str, refusal: &str) -> Result<u64, Fault> {
    let text = match args.next() {
        Some(text) => text,
        None => return Err(sentence(missing, args, "")),
    };
    match args.time_of(text.as_bytes(), unit) {
        Ok(time) => Ok(time.ms()),
        Err(units::UnitError::Overflow) => Err(sentence(
            "timer overflow in argument '{a}' to '{k}' (maximum value is 2147483647 ms or ~24.8 days)",
            args,
            text,
        )),
        Err(error) => Err(sentence(&refusal.replace("{e}", &error.to_string()), args, text)),
    }
}

/// One of several words.
pub fn choice(args: &mut Args<'_>, words: &[&str], refusal: &str) -> Result<String, Fault> {
    args.at_most(1)?;
    let text = args.next().unwrap_or_default();
    if words.contains(&text) { Ok(text.to_owned()) } else { Err(sentence(refusal, args, text)) }
}

/// A text.
pub fn text(args: &mut Args<'_>, missing: &str) -> Result<String, Fault> {
    args.at_most(1)?;
    match args.next() {
        Some(text) => Ok(text.to_owned()),
        None => Err(sentence(missing, args, "")),
    }
}
