//! How traffic flows: the only room that waits on behalf of a rule.

pub mod alarm;
pub mod exchange;
pub mod forwarded;
pub mod head;
pub mod health;
pub mod http;
pub mod log;
pub mod persist;
pub mod place;
pub mod pump;
pub mod relay;
pub mod reply;
pub mod route;
pub mod rules;
pub mod session;
pub mod states;
pub mod tcp;
pub mod worker;
