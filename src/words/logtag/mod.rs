//! Log tags, by what they tell of: the visible list. `%o` is the format compiler's own.
//!
//! What a tag needs decides when its line is written: `END` waits for the end of the exchange, `REQUEST` alone is
//! there before any response.

mod address;
mod capture;
mod count;
mod date;
mod name;
mod request;
mod timer;

use crate::spec::LogTag;

/// Every family.
pub static ALL: &[&[LogTag]] =
    &[address::ADDRESS, capture::CAPTURE, count::COUNT, date::DATE, name::NAME, request::REQUEST, timer::TIMER];

#[cfg(test)]
mod tests;
