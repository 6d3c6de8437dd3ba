//! Balancing algorithms: the visible list.

mod first;
mod least;
mod places;
mod round;
mod turn;

use crate::spec::Balance;

/// Every family.
pub static ALL: &[&[Balance]] = &[first::FIRST, least::LEAST, round::ROUND];
