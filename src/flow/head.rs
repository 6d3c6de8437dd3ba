//! Reads a request's head from a client, with the timeouts that apply before there is a request.

use std::future::Future;
use std::io;
use std::task::{Poll, ready};
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
///
/// Connections wait here: the future holds its arguments once and little else.
pub fn read<'a>(
    client: &'a mut Side,
    txn: &'a mut Txn,
    alarm: &'a mut Alarm,
    settings: &'a Settings,
    start: Tick,
    first: bool,
) -> impl Future<Output = Result<Message, NoRequest>> + 'a {
    let mut asked = false;
    // Until when the next read waits; none before what is there was looked at.
    let mut wait: Option<Option<Tick>> = None;
    std::future::poll_fn(move |cx| {
        loop {
            let end = match wait {
                Some(end) => end,
                None => {
                    if let Some(outcome) = take(client, txn, settings) {
                        return Poll::Ready(outcome);
                    }
                    if first && !asked && !client.input.is_empty() {
                        asked = true;
                        let _ = client.stream.acknowledge_at_once();
                    }
                    *wait.insert(wait_end(&settings.timeouts, txn.timers.first_byte, start, first))
                }
            };
            let timed_out = match client.input.poll_fill(cx, &mut client.stream) {
                Poll::Ready(Ok(count)) if count > 0 => {
                    wait = None;
                    continue;
                }
                Poll::Ready(_) => false,
                Poll::Pending => {
                    ready!(alarm.poll(cx, end));
                    true
                }
            };
            return Poll::Ready(Err(match timed_out {
                _ if !first && txn.timers.first_byte.is_none() => NoRequest::Idle,
                true => NoRequest::TimedOut,
                false => NoRequest::Closed,
            }));
        }
    })
}

/// The head, if all of it is there; none while more has to come.
fn take(client: &mut Side, txn: &mut Txn, settings: &Settings) -> Option<Result<Message, NoRequest>> {
    if txn.timers.first_byte.is_none() {
        skip_line_ends(client);
    }
    if client.input.is_empty() {
        return None;
    }
    if txn.timers.first_byte.is_none() {
        txn.timers.first_byte = Some(clock::now());
        txn.wall_us = clock::wall_us();
    }
    let lax = settings.options.has(Options::ACCEPT_BAD_REQUESTS);
    let strictness = if lax { Strictness::Lax } else { Strictness::Strict };
    match parse_request(client.input.data(), &mut txn.request, strictness) {
        Ok(Some(message)) if message.consumed > HEAD_BYTES_MAX => {
            Some(Err(NoRequest::Refused(too_long(client.input.data()))))
        }
        Ok(Some(message)) => {
            client.input.consume(message.consumed);
            // Chunks that came with the head are looked at with it.
            if let Err(bad) = Body::new(message.framing).check(client.input.data()) {
                return Some(Err(refusal(bad)));
            }
            txn.timers.request = Some(clock::now());
            Some(Ok(message))
        }
        Ok(None) if client.input.len() >= HEAD_BYTES_MAX => {
            Some(Err(NoRequest::Refused(too_long(client.input.data()))))
        }
        Ok(None) => None,
        Err(bad) => Some(Err(refusal(bad))),
    }
}

/// Reads once, or gives up at `end`.
pub fn fill<'a>(
    client: &'a mut Side,
    alarm: &'a mut Alarm,
    end: Option<Tick>,
) -> impl Future<Output = Option<io::Result<usize>>> + 'a {
    std::future::poll_fn(move |cx| match client.input.poll_fill(cx, &mut client.stream) {
        Poll::Ready(result) => Poll::Ready(Some(result)),
        Poll::Pending => alarm.poll(cx, end).map(|()| None),
    })
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
