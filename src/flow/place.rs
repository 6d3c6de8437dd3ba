//! Which server, and a connection to it: persistence, balancing, queue, pool, dial, retries (loop B).

use std::future::Future;
use std::hash::{Hash, Hasher};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::Ordering::Relaxed;
use std::task::{Context, Poll};
use std::time::Duration;

use super::alarm::deadline;
use super::exchange::{Exchange, Stop};
use super::health::observe::{self, Seen};
use super::relay::Side;
use super::worker::Worker;
use crate::base::clock;
use crate::base::ids::ServerId;
use crate::live::Queue;
use crate::model::addr::Address;
use crate::model::config::ServerChoice;
use crate::model::proxy::{Options, Reuse};
use crate::model::server::PortRule;
use crate::net::dial::{DialError, dial};
use crate::net::stream::Stream;
use crate::proto::proxy_line;

/// How long a failed connection waits before the same server is tried again.
const TURN_AROUND: Duration = Duration::from_secs(1);

/// A connection to a server.
#[derive(Debug)]
pub struct Upstream {
    /// The connection.
    pub side: Side,
    /// The server.
    pub server: ServerId,
    /// What it was opened for: see [`crate::net::pool::Idle`].
    pub key: u64,
    /// Requests it has served before this one.
    pub served: u32,
}

/// Runs `work` unless the server's sessions are cut (`on-marked-down shutdown-sessions` and the like): then none.
///
/// The work is pinned by the caller: taken by value it would be stored twice.
pub async fn unless_cut<T>(
    worker: &Worker,
    server: ServerId,
    mut work: Pin<&mut impl Future<Output = T>>,
) -> Option<T> {
    let options = &worker.config.server(server).options;
    if !options.shutdown_sessions && !options.backup {
        return Some(work.await);
    }
    // Rare and large: boxed, so that every exchange is spared its room.
    Box::pin(async {
        tokio::select! {
            done = &mut work => Some(done),
            () = worker.live.server(server).cut.notified() => None,
        }
    })
    .await
}

impl Upstream {
    /// Closes a connection on which nothing is under way: by a reset, which leaves no trace in the kernel.
    pub fn discard(self) {
        let _ = self.side.stream.set_linger_zero();
    }
}

/// The near end of a connection.
fn local_of(stream: &Stream) -> Option<SocketAddr> {
    stream.local().and_then(|address| address.inet())
}

/// Why a server could not be reached.
enum Failure {
    /// It refused, or its handshake failed.
    Refused,
    /// It did not answer in time.
    TimedOut,
    /// Nothing is left on this machine.
    Resource,
    /// The client gave up first.
    ClientLeft,
}

impl Exchange<'_> {
    /// A connection to a server for this exchange.
    pub async fn place(&mut self) -> Result<Upstream, Stop> {
        let mut avoid = None;
        let mut again: Option<ServerId> = None;
        loop {
            let server = match again.take() {
                Some(server) => server,
                None => self.assign(avoid).await?,
            };
            self.txn.server = Some(server);
            self.txn.timers.queued.get_or_insert_with(clock::now);
            let failure = match self.connect(server).await {
                Ok(upstream) => {
                    observe::note(self.worker, server, Seen::Connected);
                    self.txn.timers.connected = Some(clock::now());
                    self.unused();
                    self.uses = Some(server);
                    self.worker.pool.borrow_mut().enter(server);
                    return Ok(upstream);
                }
                Err(failure) => {
                    observe::note(self.worker, server, Seen::NotConnected);
                    failure
                }
            };
            if matches!(failure, Failure::ClientLeft) {
                self.release();
                return Err(Stop::Close(0, *b"CC"));
            }
            let config = &self.worker.config;
            let settings = &config.proxy(self.txn.backend).settings;
            if self.txn.retries >= settings.retries
                || matches!(failure, Failure::Resource)
                || !settings.retry_on.connection
            {
                self.release();
                return Err(match failure {
                    Failure::TimedOut => Stop::Page(503, *b"sC"),
                    Failure::Refused | Failure::ClientLeft => Stop::Page(503, *b"SC"),
                    Failure::Resource => Stop::Page(503, *b"RC"),
                });
            }
            self.txn.retries += 1;
            if self.may_redispatch() {
                self.release();
                self.serve_queue();
                avoid = Some(server);
                self.txn.redispatched = true;
                self.txn.timers.queued = None;
            } else {
                let wait = settings.timeouts.connect.map_or(TURN_AROUND, |connect| connect.min(TURN_AROUND));
                if matches!(failure, Failure::Refused) {
                    self.sleep(wait, *b"CC").await?;
                }
                again = Some(server);
            }
        }
    }

    /// Notes that no server connection is in use any more.
    pub fn unused(&mut self) {
        if let Some(server) = self.uses.take() {
            self.worker.pool.borrow_mut().leave(server);
        }
    }

    /// Gives the server's slot back. Its queue is served by [`Exchange::serve_queue`], once the line is logged.
    pub fn release(&mut self) {
        if let Some(server) = self.slot.take() {
            self.worker.free_slot(server);
            self.freed = Some(server);
        }
    }

    /// Lets those move up who wait for the slot that was given back.
    pub fn serve_queue(&mut self) {
        if let Some(server) = self.freed.take() {
            self.worker.serve_queue(server);
        }
    }

    /// Whether the next try may go to another server.
    fn may_redispatch(&self) -> bool {
        let settings = &self.backend().settings;
        if !settings.options.has(Options::REDISPATCH) {
            return false;
        }
        let tries = i64::from(self.txn.retries);
        let left = i64::from(settings.retries) - tries;
        let after = i64::from(settings.redispatch_after);
        let due = if after > 0 { tries % after == 0 } else { left + 1 == -after };
        let usable = self.backend().servers.iter().filter(|id| self.live().server(**id).is_usable()).count();
        let round_robin = matches!(settings.balance.name, "" | "roundrobin" | "static-rr");
        due || (!self.txn.server_is_bound && usable > 1 && round_robin)
    }

    /// Chooses a server and takes a slot of it, waiting in its queue or the backend's if need be.
    async fn assign(&mut self, avoid: Option<ServerId>) -> Result<ServerId, Stop> {
        let bound = if avoid.is_none() { self.bound_server() } else { None };
        self.txn.server_is_bound = bound.is_some();
        if let Some(server) = bound {
            if self.live().server(server).take_slot() {
                return Ok(self.taken(server));
            }
            return self.wait_in_queue(Some(server)).await;
        }
        let live = &self.worker.live;
        let backend = live.proxy(self.txn.backend);
        let picked = match &self.backend().pick {
            Some(pick) => pick.pick(backend, &self.cx(), avoid),
            None => None,
        };
        match picked {
            Some(server) if live.server(server).take_slot() => Ok(self.taken(server)),
            // An algorithm that hashes stays with its choice, full or not.
            Some(server) => self.wait_in_queue(Some(server)).await,
            _ if backend.servers.iter().any(|id| live.server(*id).is_usable()) => self.wait_in_queue(None).await,
            _ => Err(Stop::Page(503, *b"SC")),
        }
    }

    fn taken(&mut self, server: ServerId) -> ServerId {
        self.slot = Some(server);
        let live = self.worker.live.server(server);
        live.sessions.fetch_add(1, Relaxed);
        if let Some(pick) = &self.backend().pick {
            pick.taken(&self.worker.live, server);
        }
        server
    }

    /// The server that a cookie or a `use-server` rule names.
    fn bound_server(&mut self) -> Option<ServerId> {
        if let Some(server) = self.persistent_server() {
            return Some(server);
        }
        let backend = self.backend();
        for (choice, cond) in &backend.use_server {
            if cond.as_ref().is_some_and(|cond| !cond.holds(&self.cx())) {
                continue;
            }
            let server = match choice {
                ServerChoice::Server(server) => Some(*server),
                ServerChoice::Format(format) => {
                    let name = format.text(&self.cx());
                    backend.servers.iter().copied().find(|id| self.live().server(*id).name.as_bytes() == &*name)
                }
            };
            let Some(server) = server else { break };
            let usable = self.live().server(server).takes_bound() || backend.settings.options.has(Options::PERSIST);
            return usable.then_some(server);
        }
        None
    }

    /// Waits for a slot: of one server, or of any.
    async fn wait_in_queue(&mut self, server: Option<ServerId>) -> Result<ServerId, Stop> {
        let live = &self.worker.live;
        let queue: &Queue = match server {
            Some(server) => &live.server(server).queue,
            None => &live.proxy(self.txn.backend).queue,
        };
        if let Some(server) = server {
            let limit = live.server(server).maxqueue;
            if limit > 0 && queue.length.load(Relaxed) >= limit {
                return Err(Stop::Page(503, *b"SQ"));
            }
            self.txn.server = Some(server);
        }
        let timeouts = &self.backend().settings.timeouts;
        let end = deadline(timeouts.queue.or(timeouts.connect));
        let watches = self.backend().settings.options.has(Options::ABORT_ON_CLOSE);
        let mut ticket = None;
        let client = &mut *self.client;
        let alarm = &mut *self.alarm;
        let mut position = 0;
        let outcome = std::future::poll_fn(|cx| {
            let taken = match ticket {
                None => {
                    let (joined, before) = queue.join(cx.waker());
                    ticket = Some(joined);
                    position = before;
                    // A slot may have come free between the look and the join.
                    match server {
                        Some(server) if live.server(server).take_slot() => {
                            if let Some(granted) = queue.quit(joined) {
                                live.server(granted).free_slot();
                            }
                            Some(server)
                        }
                        _ => None,
                    }
                }
                Some(ticket) => queue.poll(ticket, cx.waker()),
            };
            if let Some(server) = taken {
                return Poll::Ready(Ok(Some(server)));
            }
            // The server that was waited for has gone down: another one may do.
            if server.is_some_and(|server| !live.server(server).takes_bound()) {
                return Poll::Ready(Ok(None));
            }
            if watches && client_left(cx, client, true) {
                return Poll::Ready(Err(Stop::Close(0, *b"CQ")));
            }
            alarm.poll(cx, end).map(|()| Err(Stop::Page(503, *b"sQ")))
        })
        .await;
        match server {
            Some(_) => self.txn.queue_positions.0 = position + 1,
            None => self.txn.queue_positions.1 = position + 1,
        }
        self.txn.timers.queued = Some(clock::now());
        match outcome {
            Ok(Some(server)) => {
                self.slot = Some(server);
                Ok(server)
            }
            Ok(None) => {
                if let Some(granted) = ticket.and_then(|ticket| queue.quit(ticket)) {
                    self.worker.free_slot(granted);
                }
                self.txn.server = None;
                self.txn.redispatched = true;
                Box::pin(self.assign(server)).await
            }
            Err(stop) => {
                if let Some(granted) = ticket.and_then(|ticket| queue.quit(ticket)) {
                    self.worker.free_slot(granted);
                    self.worker.serve_queue(granted);
                }
                Err(stop)
            }
        }
    }

    /// Sleeps, watching the client if the backend gives up with it.
    async fn sleep(&mut self, wait: Duration, gone: [u8; 2]) -> Result<(), Stop> {
        let end = clock::now().after(wait);
        let watches = self.backend().settings.options.has(Options::ABORT_ON_CLOSE);
        let client = &mut *self.client;
        let alarm = &mut *self.alarm;
        std::future::poll_fn(|cx| {
            if watches && client_left(cx, client, true) {
                return Poll::Ready(Err(Stop::Close(0, gone)));
            }
            alarm.poll(cx, Some(end)).map(Ok)
        })
        .await
    }

    /// A connection to this server: its own, a pooled one, or a new one.
    async fn connect(&mut self, server: ServerId) -> Result<Upstream, Failure> {
        let config = &self.worker.config;
        let options = &config.server(server).options;
        let sni = options.sni.as_ref().filter(|_| options.ssl).and_then(|expr| {
            let name = expr.text(&self.cx())?;
            Some(String::from_utf8_lossy(&name).into_owned())
        });
        let Some(address) = self.address(server) else { return Err(Failure::Refused) };
        let varies = options.sni.is_some() || config.server(server).port != PortRule::Fixed || options.send_proxy > 0;
        let client = if options.send_proxy > 0 { self.sess.src } else { None };
        let key = key_of(sni.as_deref(), varies, &address, client);
        self.txn.server_peer = address.inet();
        if let Some(upstream) = self.idle(server, key) {
            self.note(&upstream.side.stream);
            return Ok(upstream);
        }
        let timeout = self.backend().settings.timeouts.connect;
        let connector = self.worker.connectors.get(server.index()).cloned().flatten();
        let foreign = self.sess.src;
        let told = self.told(options.send_proxy);
        // Rare and large: boxed, so that every connection is spared its room.
        let opening = Box::pin(async {
            let mut stream = dial(&address, &options.dial, foreign).await.map_err(|error| failure_of(&error))?;
            if !told.is_empty() {
                stream.write_all(&told).await.map_err(|_| Failure::Refused)?;
            }
            match connector {
                None => Ok(stream),
                Some(connector) => connector.connect(stream, sni.as_deref(), None).await.map_err(|error| {
                    log::debug!("handshake with server {}: {error:?}", config.server(server).name);
                    Failure::Refused
                }),
            }
        });
        let stream = self.within(timeout, opening).await?;
        self.note(&stream);
        Ok(Upstream { side: Side::new(stream), server, key, served: 0 })
    }

    /// The PROXY protocol's header for a server that wants one.
    fn told(&self, version: u8) -> Vec<u8> {
        let addresses = self.sess.src.zip(self.txn.dst.or(self.sess.dst));
        let mut header = Vec::new();
        match version {
            0 => {}
            1 => proxy_line::write_line(addresses, &mut header),
            _ => proxy_line::write_block(addresses, &mut header),
        }
        header
    }

    /// Waits for a connection no longer than `timeout`.
    async fn within(
        &mut self,
        timeout: Option<Duration>,
        mut opening: Pin<Box<impl Future<Output = Result<Stream, Failure>>>>,
    ) -> Result<Stream, Failure> {
        let end = deadline(timeout);
        let watches = self.backend().settings.options.has(Options::ABORT_ON_CLOSE);
        let Exchange { alarm, client, .. } = self;
        std::future::poll_fn(|cx| {
            if let Poll::Ready(result) = opening.as_mut().poll(cx) {
                return Poll::Ready(result);
            }
            if watches && client_left(cx, client, true) {
                return Poll::Ready(Err(Failure::ClientLeft));
            }
            alarm.poll(cx, end).map(|()| Err(Failure::TimedOut))
        })
        .await
    }

    /// An idle connection that this exchange may use.
    fn idle(&mut self, server: ServerId, key: u64) -> Option<Upstream> {
        if let Some(mut own) = self.own.take()
            && own.server == server
            && own.key == key
            && own.side.stream.is_idle_and_open()
        {
            return Some(*own);
        }
        let first = self.sess.requests <= 1;
        let proven = match self.backend().settings.reuse {
            Reuse::Never => return None,
            Reuse::Safe if first => return None,
            Reuse::Aggressive => first,
            Reuse::Safe | Reuse::Always => false,
        };
        let idle = self.worker.pool.borrow_mut().take(server, key, proven)?;
        Some(Upstream { side: Side::new(idle.stream), server, key, served: idle.served })
    }

    /// Keeps a connection whose exchange is over.
    pub fn keep_upstream(&mut self, mut upstream: Upstream) {
        let server = upstream.server;
        upstream.served += 1;
        let options = &self.worker.config.server(server).options;
        if !upstream.side.input.is_empty() || options.max_reuse.is_some_and(|most| upstream.served > most) {
            return upstream.discard();
        }
        if self.backend().settings.reuse == Reuse::Never {
            *self.own = Some(Box::new(upstream));
            return;
        }
        let limit = options.pool_max_conn;
        self.worker.pool.borrow_mut().put(server, upstream.side.stream, upstream.key, upstream.served, limit);
    }

    /// Where this server is, for this client.
    pub fn address(&self, server: ServerId) -> Option<Address> {
        let server = self.worker.config.server(server);
        let address = server.address.clone()?;
        let Address::Inet(mut inet) = address else { return Some(address) };
        let wanted = self.txn.dst.or(self.sess.dst);
        match server.port {
            PortRule::Fixed => {}
            PortRule::Same => inet.set_port(wanted?.port()),
            PortRule::Offset(offset) => inet.set_port((i32::from(wanted?.port()) + offset) as u16),
        }
        if inet.ip().is_unspecified() {
            inet.set_ip(wanted?.ip());
        }
        Some(Address::Inet(inet))
    }

    fn note(&mut self, stream: &Stream) {
        if self.config().asks_server_local {
            self.txn.server_local = local_of(stream);
        }
        self.txn.server_tls = stream.tls().map(|info| Box::new(super::session::facts(info)));
    }
}

/// Whether the client has left while its request waits for something else: it failed, or with `aborts`, it closed its
/// direction. What it sends meanwhile is kept.
pub fn client_left(cx: &mut Context<'_>, client: &mut Side, aborts: bool) -> bool {
    while !client.input.is_full() {
        match client.input.poll_fill(cx, &mut client.stream) {
            Poll::Ready(Ok(count)) if count > 0 => {}
            Poll::Ready(end) => return end.is_err() || aborts,
            Poll::Pending => return false,
        }
    }
    false
}

fn failure_of(error: &DialError) -> Failure {
    match error {
        DialError::TimedOut(_) => Failure::TimedOut,
        error if error.is_local() => Failure::Resource,
        _ => Failure::Refused,
    }
}

fn key_of(sni: Option<&str>, varies: bool, address: &Address, client: Option<SocketAddr>) -> u64 {
    if !varies {
        return 0;
    }
    let mut hasher = std::collections::hash_map::DefaultHasher::new();
    sni.hash(&mut hasher);
    client.hash(&mut hasher);
    if let Address::Inet(inet) = address {
        SocketAddr::hash(inet, &mut hasher);
    }
    hasher.finish()
}
