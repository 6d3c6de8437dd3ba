//! Times and sizes as HAProxy reads them: digits and a unit, its exact limits, and what it says of the rest.

use nom::branch::alt;
use nom::bytes::complete::tag;
use nom::character::complete::digit1;
use nom::combinator::value;
use nom::{IResult, Parser};
use std::fmt;

/// The largest time, counted in the unit that is asked for.
pub const TIME_MAX: u64 = i32::MAX as u64;

/// The units a time may be written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeUnit {
    /// `us`
    Microsecond,
    /// `ms`
    Millisecond,
    /// `s`
    Second,
    /// `m`
    Minute,
    /// `h`
    Hour,
    /// `d`
    Day,
}

impl TimeUnit {
    /// How many microseconds it lasts.
    pub fn us(self) -> u64 {
        match self {
            TimeUnit::Microsecond => 1,
            TimeUnit::Millisecond => 1_000,
            TimeUnit::Second => 1_000_000,
            TimeUnit::Minute => 60_000_000,
            TimeUnit::Hour => 3_600_000_000,
            TimeUnit::Day => 86_400_000_000,
        }
    }
}

/// A time that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Time {
    /// Its length in microseconds.
    pub us: u64,
    /// Whether a unit was written.
    pub with_unit: bool,
    /// The first byte of what follows the unit and is ignored: HAProxy warns of it, see [`trailing_sentence`].
    pub trailing: Option<u8>,
}

impl Time {
    /// In milliseconds, rounded up: a time that is not null never becomes null.
    pub fn ms(self) -> u64 {
        self.us.div_ceil(1_000)
    }

    /// In seconds, rounded up.
    pub fn s(self) -> u64 {
        self.us.div_ceil(1_000_000)
    }
}

/// Why a time or a size was refused. The word that asked puts its own name around these.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UnitError {
    /// Above the limit. HAProxy: `timer overflow in argument '…' to '…' (maximum value is 2147483647 ms or ~24.8 days)`.
    Overflow,
    /// Not null, and null once rounded.
    Underflow,
    /// A byte that cannot stand at `offset`; `None` at the end of the text.
    Unexpected {
        /// The byte.
        found: Option<u8>,
        /// Where it stands.
        offset: usize,
    },
}

impl fmt::Display for UnitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            UnitError::Overflow => f.write_str("timer overflow"),
            UnitError::Underflow => f.write_str("timer underflow"),
            UnitError::Unexpected { found, .. } => {
                let found = found.map(|byte| String::from_utf8_lossy(&[byte]).into_owned()).unwrap_or_default();
                write!(f, "unexpected character '{found}'")
            }
        }
    }
}

impl std::error::Error for UnitError {}

/// Reads a time. `default` is the unit when none is written, and the unit the limit is counted in (rounded up).
///
/// No sign, no fraction, no blank. What follows a unit is told in [`Time::trailing`] and ignored.
pub fn time(text: &[u8], default: TimeUnit) -> Result<Time, UnitError> {
    let (rest, number) = number(text);
    let Some(number) = number else {
        return Err(UnitError::Unexpected { found: text.first().copied(), offset: 0 });
    };
    let (after, unit) = match unit(rest) {
        Ok((after, unit)) => (after, Some(unit)),
        Err(_) if rest.is_empty() => (rest, None),
        Err(_) => {
            let offset = text.len() - rest.len();
            return Err(UnitError::Unexpected { found: rest.first().copied(), offset });
        }
    };
    let us = number.checked_mul(unit.unwrap_or(default).us()).ok_or(UnitError::Overflow)?;
    if us.div_ceil(default.us()) > TIME_MAX {
        return Err(UnitError::Overflow);
    }
    Ok(Time { us, with_unit: unit.is_some(), trailing: after.first().copied() })
}

/// The unit at the beginning of `text`.
fn unit(text: &[u8]) -> IResult<&[u8], TimeUnit> {
    alt((
        value(TimeUnit::Microsecond, tag("us")),
        value(TimeUnit::Millisecond, tag("ms")),
        value(TimeUnit::Second, tag("s")),
        value(TimeUnit::Minute, tag("m")),
        value(TimeUnit::Hour, tag("h")),
        value(TimeUnit::Day, tag("d")),
    ))
    .parse(text)
}

/// The digits at the beginning of `text` as a number sticking to the limit of 64 bits; nothing if there is none.
fn number(text: &[u8]) -> (&[u8], Option<u64>) {
    let digit = |value: u64, byte: &u8| value.saturating_mul(10).saturating_add(u64::from(byte.wrapping_sub(b'0')));
    match digit1::<_, nom::error::Error<&[u8]>>(text) {
        Ok((rest, digits)) => (rest, Some(digits.iter().fold(0, digit))),
        Err(_) => (text, None),
    }
}

/// HAProxy's warning for what follows a time and is ignored; the prefix is `config : `, without a line.
pub fn trailing_sentence(found: u8, text: &[u8]) -> String {
    format!(
        "unexpected character '{}' after the timer value '{}', only \
         (us=microseconds,ms=milliseconds,s=seconds,m=minutes,h=hours,d=days) are supported. \
         This will be reported as an error in next versions",
        String::from_utf8_lossy(&[found]),
        String::from_utf8_lossy(text)
    )
}

/// Reads a size in bytes: digits, then nothing, `k`, `m` or `g` in any case. It fits 32 bits.
///
/// The error's offset is where HAProxy stops: the digit or the unit that overflows, or the first byte too many.
pub fn size(text: &[u8]) -> Result<u32, UnitError> {
    let unexpected = |offset: usize| UnitError::Unexpected { found: text.get(offset).copied(), offset };
    let mut bytes: u32 = 0;
    let digits = digits(text);
    for (offset, digit) in text.iter().take(digits).enumerate() {
        bytes = bytes
            .checked_mul(10)
            .and_then(|bytes| bytes.checked_add(u32::from(digit - b'0')))
            .ok_or_else(|| unexpected(offset))?;
    }
    let shift = match text.get(digits).filter(|_| digits > 0).map(u8::to_ascii_lowercase) {
        None if digits == text.len() => return Ok(bytes),
        Some(b'k') => 10,
        Some(b'm') => 20,
        Some(b'g') => 30,
        _ => return Err(unexpected(digits)),
    };
    let bytes = u32::try_from(u64::from(bytes) << shift).map_err(|_| unexpected(digits))?;
    if text.len() > digits + 1 { Err(unexpected(digits + 1)) } else { Ok(bytes) }
}

fn digits(text: &[u8]) -> usize {
    text.iter().take_while(|byte| byte.is_ascii_digit()).count()
}
