//! Protocols without IO: bytes in, events and bytes out. No socket, no clock, no rule.

pub mod der;
pub mod h1;
pub mod proxy_line;
pub mod tls_hello;
pub mod x509;
