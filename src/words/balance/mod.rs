//! Balancing algorithms: the visible list.

mod digest;
mod first;
mod hashed;
mod key;
mod least;
mod line;
mod map;
mod places;
mod random;
mod ring;
mod round;
mod still;
mod turn;

use crate::spec::Balance;

/// Every family.
pub static ALL: &[&[Balance]] =
    &[first::FIRST, hashed::HASHED, least::LEAST, random::RANDOM, round::ROUND, still::STILL];

#[cfg(test)]
mod tests;
