//! HTTP/1: heads, bodies and how they are written (RFC 9112), with HAProxy's strictness.

pub mod body;
pub mod byte;
pub mod encode;
mod fields;
mod framing;
pub mod head;
mod target;

pub use body::{Body, Chunks};
pub use head::{Bad, Connection, Framing, Message, Strictness, parse_request, parse_response};
