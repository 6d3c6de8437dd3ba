//! Reads a request's head from a client, with the timeouts that apply before there is a request.

use std::io;
use std::task::Poll;
use std::time::Duration;

use super::alarm::{Alarm, deadline, nearer};
use super::relay::Side;
use crate::base::clock::{self, Tick};
use crate::base::limits::{BUFFER_BYTES, REWRITE_BYTES};
use crate::model::proxy::{Options, Settings, Timeouts};
use crate::proto::h1::{Bad, Body, Message, Strictness, parse_request};
use crate::txn::Txn;

/// The largest head.
pub const HEAD_BYTES_MAX: usize = BUFFER_BYTES - REWRITE_BYTES;

/// Why there is no request.
#[derive(Debug)]
pub enum NoRequest {
    /// The client closed or failed before the head was complete.
    Closed,
    /// The client's time ran out.
    TimedOut,
    /// The head is refused with this code.
    Refused(u16),
    /// The head is refused without an answer.
    RefusedSilently,
    /// An idle connection was closed, or its time ran out: nothing happened.
    Idle,
    /// The process stops and the connection is idle.
    Stopping,
}

/// Reads the head of the next request. `first` tells whether the connection has served none yet.
pub async fn read(
    client: &mut Side,
    txn: &mut Txn,
    alarm: &mut Alarm,
    settings: &Settings,
    start: Tick,
    first: bool,
) -> Result<Message, NoRequest> {
    let lax = settings.options.has(Options::ACCEPT_BAD_REQUESTS);
    let strictness = if lax { Strictness::Lax } else { Strictness::Strict };
    loop {
        if !client.input.is_empty() {
            if txn.timers.first_byte.is_none() {
                skip_line_ends(client);
            }
            if !client.input.is_empty() && txn.timers.first_byte.is_none() {
                txn.timers.first_byte = Some(clock::now());
                txn.wall_us = clock::wall_us();
            }
            match parse_request(client.input.data(), &mut txn.request, strictness) {
                Ok(Some(message)) if message.consumed > HEAD_BYTES_MAX => {
                    return Err(NoRequest::Refused(too_long(client.input.data())));
                }
                Ok(Some(message)) => {
                    client.input.consume(message.consumed);
                    // Chunks that came with the head are looked at with it.
                    Body::new(message.framing).check(client.input.data()).map_err(refusal)?;
                    txn.timers.request = Some(clock::now());
                    return Ok(message);
                }
                Ok(None) if client.input.len() >= HEAD_BYTES_MAX => {
                    return Err(NoRequest::Refused(too_long(client.input.data())));
                }
                Ok(None) => {}
                Err(bad) => return Err(refusal(bad)),
            }
        }
        let end = wait_end(&settings.timeouts, txn.timers.first_byte, start, first);
        match fill(client, alarm, end).await {
            Some(Ok(count)) if count > 0 => {}
            Some(_) if !first && txn.timers.first_byte.is_none() => return Err(NoRequest::Idle),
            Some(_) => return Err(NoRequest::Closed),
            None if !first && txn.timers.first_byte.is_none() => return Err(NoRequest::Idle),
            None => return Err(NoRequest::TimedOut),
        }
    }
}

/// Reads once, or gives up at `end`.
pub async fn fill(client: &mut Side, alarm: &mut Alarm, end: Option<Tick>) -> Option<io::Result<usize>> {
    std::future::poll_fn(|cx| match client.input.poll_fill(cx, &mut client.stream) {
        Poll::Ready(result) => Poll::Ready(Some(result)),
        Poll::Pending => alarm.poll(cx, end).map(|()| None),
    })
    .await
}

fn skip_line_ends(client: &mut Side) {
    let count = client.input.data().iter().take_while(|&&byte| byte == b'\r' || byte == b'\n').count();
    client.input.consume(count);
}

fn wait_end(timeouts: &Timeouts, first_byte: Option<Tick>, start: Tick, first: bool) -> Option<Tick> {
    let after = |wait: Option<Duration>, from: Tick| wait.map(|wait| from.after(wait));
    match first_byte {
        None if first => after(timeouts.http_request, start).or_else(|| after(timeouts.client, start)),
        None => after(timeouts.http_keep_alive.or(timeouts.http_request).or(timeouts.client), start),
        Some(seen) => {
            let from = if first { start } else { seen };
            nearer(
                after(timeouts.http_request, from),
                deadline(timeouts.client).filter(|_| timeouts.http_request.is_none()),
            )
        }
    }
}

/// The code for a head that does not fit: 414 when its first line alone does not, else 431.
fn too_long(data: &[u8]) -> u16 {
    if memchr::memchr(b'\n', data).is_some_and(|end| end < HEAD_BYTES_MAX) { 431 } else { 414 }
}

fn refusal(bad: Bad) -> NoRequest {
    match bad {
        Bad::UnknownCoding => NoRequest::Refused(422),
        Bad::TooManyFields | Bad::Syntax => NoRequest::Refused(400),
        Bad::Silent => NoRequest::RefusedSilently,
    }
}
