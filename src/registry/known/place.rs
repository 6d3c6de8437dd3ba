//! Where an expression may stand, as bits, and the usual sets of them.

const fn bits(from: u32, to: u32) -> u32 {
    (u32::MAX >> (31 - (to - from))) << (from - 1)
}

/// Everywhere.
pub const ALWAYS: u32 = bits(1, 22);
/// At run time, and on the command line.
pub const RUN_OR_CLI: u32 = bits(1, 20) | bits(22, 22);
/// At run time.
pub const RUN: u32 = bits(1, 20);
/// While there is a client, checks excluded.
pub const CLIENT: u32 = bits(1, 19);
/// From the end of the client's handshakes to the log.
pub const SESSION: u32 = bits(2, 19);
/// From the first bytes to the log.
pub const STREAM: u32 = bits(3, 19);
/// While there is a request.
pub const REQUEST: u32 = bits(3, 11);
/// While there is a request or a response.
pub const EITHER: u32 = bits(3, 18) | bits(20, 20);
/// Once the backend is known.
pub const BACKEND: u32 = bits(7, 20);
/// Once the server is being chosen, to the log.
pub const ASSIGNED: u32 = bits(10, 19);
/// Once the server is known.
pub const SERVER: u32 = bits(11, 20);
/// Once the server is connected.
pub const CONNECTED: u32 = bits(12, 20);
/// While there is a response.
pub const RESPONSE: u32 = bits(12, 18) | bits(20, 20);

/// What most fetches need that have a value in these places, in HAProxy's words.
pub const fn needs(places: u32) -> &'static str {
    match places {
        REQUEST => "HTTP request headers",
        RESPONSE => "HTTP response headers",
        EITHER => "HTTP request headers,HTTP response headers",
        STREAM => "HTTP request",
        SESSION => "client-side connection",
        BACKEND => "backend",
        ASSIGNED => "response buffer statistics",
        SERVER => "server",
        CONNECTED => "server-side connection",
        _ => "session",
    }
}
