//! The state of one exchange: the session, the transaction, its variables, timers, captures and end.

pub mod end;
pub mod payload;
pub mod reply;
pub mod session;
pub mod timers;
pub mod vars;
pub mod verdict;

pub use end::End;
pub use payload::Payload;
pub use reply::{Body, Reply};
pub use session::{Session, TlsFacts, Txn};
pub use timers::Timers;
pub use vars::Vars;
pub use verdict::{Verdict, Wait};
