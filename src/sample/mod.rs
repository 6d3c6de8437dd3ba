//! Values taken from a session, and what is built of them: expressions, conditions, formats, patterns, actions.
//!
//! The traits here are what the words implement; this room knows no word.

pub mod action;
pub mod cond;
pub mod cx;
pub mod expr;
pub mod format;
pub mod pattern;
pub mod value;

pub use action::{Pick, Rule, Rules, Run};
pub use cond::{Acl, AclTest, Cond, Literal};
pub use cx::{Cx, Direction, RuleCx};
pub use expr::{Convert, Expr, Fetch};
pub use format::{Format, Node, Out, Tag, TagFn};
pub use pattern::Match;
pub use value::{Type, Value};
