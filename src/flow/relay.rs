//! Both directions of an exchange at once, with their timeouts.

use std::task::Poll;
use std::time::Duration;

use super::alarm::{Alarm, deadline, nearer};
use super::pump::{Fault, Pump, Waits};
use crate::net::buffer::Buffer;
use crate::net::stream::Stream;

/// One side: its stream and what was read of it.
#[derive(Debug)]
pub struct Side {
    /// The connection.
    pub stream: Stream,
    /// What was read and not used yet.
    pub input: Buffer,
}

/// Which timeout ran out, or which direction failed.
#[derive(Debug)]
pub enum Halt {
    /// The client stayed silent, or took nothing, for too long.
    ClientTimeout,
    /// The server did.
    ServerTimeout,
    /// Client to server failed.
    Up(Fault),
    /// Server to client failed.
    Down(Fault),
}

/// The timeouts of a relay.
#[derive(Clone, Copy, Debug, Default)]
pub struct Limits {
    /// How long the client may stay silent.
    pub client: Option<Duration>,
    /// How long the server may stay silent.
    pub server: Option<Duration>,
}

impl Side {
    /// A side with nothing read yet.
    pub fn new(stream: Stream) -> Side {
        Side { stream, input: Buffer::default() }
    }
}

/// Runs both directions until both are done.
pub async fn both(
    client: &mut Side,
    server: &mut Side,
    up: &mut Pump,
    down: &mut Pump,
    limits: Limits,
    alarm: &mut Alarm,
) -> Result<(), Halt> {
    let mut client_deadline = deadline(limits.client);
    let mut server_deadline = deadline(limits.server);
    std::future::poll_fn(|cx| {
        let up_waits = up.poll(cx, &mut client.stream, &mut client.input, &mut server.stream).map_err(Halt::Up)?;
        let down_waits =
            down.poll(cx, &mut server.stream, &mut server.input, &mut client.stream).map_err(Halt::Down)?;
        if up_waits.is_none() && down_waits.is_none() {
            return Poll::Ready(Ok(()));
        }
        if std::mem::take(&mut up.moved) | std::mem::take(&mut down.moved) {
            client_deadline = deadline(limits.client);
            server_deadline = deadline(limits.server);
        }
        let on_client = up_waits == Some(Waits::Read) || down_waits == Some(Waits::Write);
        let on_server = up_waits == Some(Waits::Write) || down_waits == Some(Waits::Read);
        let client_end = client_deadline.filter(|_| on_client);
        let server_end = server_deadline.filter(|_| on_server);
        if alarm.poll(cx, nearer(client_end, server_end)).is_pending() {
            return Poll::Pending;
        }
        let server_first = server_end.is_some_and(|end| client_end.is_none_or(|other| end < other));
        Poll::Ready(Err(if server_first { Halt::ServerTimeout } else { Halt::ClientTimeout }))
    })
    .await
}
