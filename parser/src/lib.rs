//! The grammar of `haproxy.cfg`: text in, a lossless tree and a list of errors out. It knows no keyword and does no IO.
//!
//! Two levels. A *file* is lines of words ([`parse`], [`word::expand`]). Inside a word, or over the words of a line,
//! live the small languages: conditions of `.if` ([`block`]), sample expressions ([`expr`]), `if`/`unless` ([`cond`]),
//! log formats ([`mod@format`]), addresses ([`addr`]), times and sizes ([`units`]). Each is asked for by the word that wants
//! it; nothing here decides where it may be used. Every sentence of [`Error`] is the one HAProxy 3.2 prints.
#![forbid(unsafe_code)]

pub mod addr;
pub mod ast;
pub mod block;
pub mod cond;
pub mod error;
pub mod expr;
pub mod file;
pub mod format;
pub mod print;
pub mod units;
pub mod word;

mod args;

pub use ast::{File, Line, Piece, Quote, Span, Word};
pub use error::{Error, ErrorKind};
pub use file::{Lines, lines, parse};
pub use word::{Arg, Environment};
