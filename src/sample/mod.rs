//! Values taken from a session, and what is built of them: expressions, conditions, formats, patterns, actions.
//!
//! The traits here are what the words implement; this room knows no word.

pub mod action;
pub mod cond;
pub mod cx;
pub mod encode;
pub mod expr;
pub mod format;
pub mod guard;
pub mod list;
pub mod pattern;
pub mod regex;
pub mod table;
pub mod value;

pub use action::{Pick, Rule, Rules, Run};
pub use cond::{Acl, AclTest, Answer, Cond, Literal};
pub use cx::{Cx, Direction, RuleCx};
pub use encode::{Cast, Encoding, Label};
pub use expr::{Convert, Expr, Fetch};
pub use format::{Format, Node, Out, Tag, TagFn};
pub use guard::Guard;
pub use list::{Columns, Entry, Followed, List};
pub use pattern::{LateMatch, Match};
pub use regex::Regex;
pub use table::Table;
pub use value::{Type, Value};
