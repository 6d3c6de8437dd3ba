//! Bytes both ways: `mode tcp`, and what an HTTP exchange becomes after a protocol upgrade.

use std::pin::pin;
use std::rc::Rc;
use std::sync::atomic::Ordering::Relaxed;
use std::task::Poll;
use std::time::Duration;

use super::alarm::{Alarm, deadline, nearer};
use super::exchange::{Exchange, Stop};
use super::place::{Upstream, unless_cut};
use super::pump::{self, Fault, Pump, Waits};
use super::relay::Side;
use super::worker::Worker;
use super::{log, route, rules};
use crate::base::clock;
use crate::model::proxy::{Options, Timeouts};
use crate::proto::h1::{Body, Message};
use crate::sample::Direction;
use crate::txn::{Session, Verdict, Wait};

/// The timeouts of a tunnel.
#[derive(Clone, Copy, Debug, Default)]
pub struct TunnelTimeouts {
    client: Option<Duration>,
    server: Option<Duration>,
    client_fin: Option<Duration>,
    server_fin: Option<Duration>,
}

impl TunnelTimeouts {
    /// Those of a tunnel between these proxies: `timeout tunnel` replaces both sides' once it is set.
    pub fn of(frontend: &Timeouts, backend: &Timeouts, set: Option<Duration>) -> TunnelTimeouts {
        let tunnel = set.or(backend.tunnel);
        TunnelTimeouts {
            client: tunnel.or(frontend.client),
            server: tunnel.or(backend.server),
            client_fin: frontend.client_fin,
            server_fin: backend.server_fin,
        }
    }
}

/// Both directions of a tunnel.
#[derive(Debug)]
pub struct Tunnel {
    /// Client to server.
    pub up: Pump,
    /// Server to client.
    pub down: Pump,
    up_closed: bool,
    down_closed: bool,
    /// The server's end ends both directions, as HAProxy has it for tunnels that began as HTTP.
    ends_with_server: bool,
}

impl Tunnel {
    /// A tunnel whose client gets these bytes first.
    pub fn new(first: Vec<u8>) -> Tunnel {
        Tunnel {
            up: Pump::new(Body::UntilClose, pump::Framing::Plain, Vec::new()),
            down: Pump::new(Body::UntilClose, pump::Framing::Plain, first),
            up_closed: false,
            down_closed: false,
            ends_with_server: false,
        }
    }

    /// The same tunnel, which the server's end ends.
    pub fn until_server_ends(mut self) -> Tunnel {
        self.ends_with_server = true;
        self
    }

    /// Runs until both directions are closed. The answer is a termination code unless all went well.
    pub async fn run(
        &mut self,
        client: &mut Side,
        server: &mut Side,
        timeouts: TunnelTimeouts,
        alarm: &mut Alarm,
    ) -> Option<[u8; 2]> {
        let mut client_end = deadline(timeouts.client);
        let mut server_end = deadline(timeouts.server);
        std::future::poll_fn(|cx| {
            let up = if self.up_closed {
                None
            } else {
                match self.up.poll(cx, &mut client.stream, &mut client.input, &mut server.stream) {
                    Ok(None) => match server.stream.poll_shutdown(cx) {
                        Poll::Pending => Some(Waits::Write),
                        Poll::Ready(_) => {
                            self.up_closed = true;
                            None
                        }
                    },
                    Ok(waits) => waits,
                    Err(Fault::WriteFailed(_)) => return Poll::Ready(Some(*b"SD")),
                    Err(_) => return Poll::Ready(Some(*b"CD")),
                }
            };
            let down = if self.down_closed {
                None
            } else {
                match self.down.poll(cx, &mut server.stream, &mut server.input, &mut client.stream) {
                    Ok(None) => match client.stream.poll_shutdown(cx) {
                        Poll::Pending => Some(Waits::Write),
                        Poll::Ready(_) => {
                            self.down_closed = true;
                            None
                        }
                    },
                    Ok(waits) => waits,
                    Err(Fault::WriteFailed(_)) => return Poll::Ready(Some(*b"CD")),
                    Err(_) => return Poll::Ready(Some(*b"SD")),
                }
            };
            if self.down_closed && (self.up_closed || self.ends_with_server) {
                return Poll::Ready(None);
            }
            if std::mem::take(&mut self.up.moved) | std::mem::take(&mut self.down.moved) {
                // The side that has closed waits no longer than its own `fin` timeout, if it has one.
                let client_wait =
                    if self.down_closed { timeouts.client_fin.or(timeouts.client) } else { timeouts.client };
                let server_wait =
                    if self.up_closed { timeouts.server_fin.or(timeouts.server) } else { timeouts.server };
                client_end = deadline(client_wait);
                server_end = deadline(server_wait);
            }
            let on_client = client_end.filter(|_| up == Some(Waits::Read) || down == Some(Waits::Write));
            let on_server = server_end.filter(|_| down == Some(Waits::Read) || up == Some(Waits::Write));
            if alarm.poll(cx, nearer(on_client, on_server)).is_pending() {
                return Poll::Pending;
            }
            let server_first = on_server.is_some_and(|end| on_client.is_none_or(|other| end < other));
            Poll::Ready(Some(if server_first { *b"sD" } else { *b"cD" }))
        })
        .await
    }
}

/// Serves one connection of a frontend in `mode tcp`.
pub async fn serve(worker: &Rc<Worker>, sess: &mut Session, client: &mut Side, alarm: &mut Alarm) {
    let mut txn = worker.take_txn();
    txn.reset(sess.frontend, sess.accepted);
    txn.wall_us = sess.accepted_wall_us;
    let mut own: Option<Box<Upstream>> = None;
    let mut exchange = Exchange {
        worker,
        sess,
        txn: &mut txn,
        client,
        alarm,
        message: Message::default(),
        body: Body::UntilClose,
        keep: false,
        slot: None,
        freed: None,
        uses: None,
        counted: false,
        own: &mut own,
    };
    exchange.bytes().await;
    worker.give_txn(txn);
}

impl Exchange<'_> {
    /// One connection's bytes, from the rules to the log line.
    async fn bytes(&mut self) {
        self.txn.number = self.live().process.requests.fetch_add(1, Relaxed);
        let outcome = self.carry().await;
        if let Err(stop) = outcome {
            match stop {
                Stop::Page(_, code) | Stop::Close(_, code) | Stop::Sent(code) | Stop::Reply(_, code) => {
                    self.txn.end.set(&code);
                }
                Stop::Vanish => {}
            }
        }
        self.txn.timers.end = Some(clock::now());
        self.unused();
        self.release();
        if std::mem::take(&mut self.counted) {
            self.live().proxy(self.txn.backend).be_connections.fetch_sub(1, Relaxed);
        }
        let null = self.txn.bytes_in == 0 && self.txn.bytes_out == 0;
        if !(self.txn.early || (null && self.frontend().settings.options.has(Options::DONT_LOG_NULL))) {
            log::emit(self.worker, self.sess, self.txn);
        }
        self.serve_queue();
    }

    async fn carry(&mut self) -> Result<(), Stop> {
        self.content_rules(self.sess.frontend).await?;
        let chosen = route::backend(self.frontend(), self.live(), &self.cx());
        let Some(backend) = chosen else { return Err(Stop::Close(0, *b"SC")) };
        self.txn.backend = backend;
        let live = self.live().proxy(backend);
        live.be_connections.fetch_add(1, Relaxed);
        live.be_sessions.fetch_add(1, Relaxed);
        self.counted = true;
        if let Some(backend) = self.other_backend() {
            self.content_rules(backend).await?;
        }
        let mut upstream = self.place().await?;
        if self.frontend().settings.options.has(Options::LOG_ASAP) {
            self.txn.early = true;
            self.txn.timers.end = Some(clock::now());
            log::emit(self.worker, self.sess, self.txn);
        }
        let config = &self.worker.config;
        let (fe, be) = (&config.proxy(self.sess.frontend).settings, &config.proxy(self.txn.backend).settings);
        let timeouts = TunnelTimeouts::of(&fe.timeouts, &be.timeouts, self.txn.tunnel_timeout);
        let mut tunnel = Tunnel::new(Vec::new());
        let running = tunnel.run(self.client, &mut upstream.side, timeouts, self.alarm);
        let end = unless_cut(self.worker, upstream.server, pin!(running)).await.unwrap_or(Some(*b"DD"));
        self.txn.bytes_in += tunnel.up.counted;
        self.txn.bytes_out += tunnel.down.counted;
        match end {
            None => Ok(()),
            Some(code) => {
                if code == *b"CD" {
                    let _ = upstream.side.stream.set_linger_zero();
                }
                Err(Stop::Sent(code))
            }
        }
    }

    /// The `tcp-request content` rules of one proxy, on what the client has sent so far.
    pub async fn content_rules(&mut self, proxy: crate::base::ids::ProxyId) -> Result<(), Stop> {
        let config = &self.worker.config;
        let set = &config.proxy(proxy).rules.content;
        if set.is_empty() {
            return Ok(());
        }
        let end = config.proxy(proxy).settings.inspect_delay.map(|delay| clock::now().after(delay));
        let mut cursor = 0;
        // With a parsed request there is nothing more to wait for.
        let mut over = !self.txn.request.is_empty();
        loop {
            over |= end.is_none_or(|end| clock::now() >= end) || self.client.input.is_full();
            self.txn.payload.clear();
            self.txn.payload.extend_from_slice(self.client.input.data());
            self.txn.payload.set_open(!over);
            match rules::run(set, &mut cursor, &mut self.rule_cx(Direction::Request)) {
                Verdict::Continue | Verdict::Accept => return Ok(()),
                Verdict::Wait(Wait::Sleep(time)) => {
                    self.alarm.wait(clock::now().after(time)).await;
                    self.txn.waited = true;
                }
                Verdict::Wait(Wait::Body { .. }) => {
                    let read = super::head::fill(self.client, self.alarm, end).await;
                    over |= !matches!(read, Some(Ok(count)) if count > 0);
                    self.txn.waited = over;
                }
                _ => return Err(Stop::Close(0, *b"PR")),
            }
        }
    }
}
