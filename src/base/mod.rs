//! What every room stands on: ids, the clock, the limits, diagnostics. Knows nothing of proxies.

pub mod clock;
pub mod crypt;
pub mod date;
pub mod diag;
pub mod hash;
pub mod ids;
pub mod json;
pub mod limits;
pub mod random;
