//! The HTTP life of a client connection: request after request (loop A), each of them one exchange.

use std::future::Future;
use std::pin::pin;
use std::rc::Rc;
use std::sync::atomic::Ordering::Relaxed;
use std::task::Poll;

use super::alarm::{Alarm, deadline, nearer};
use super::exchange::{Exchange, Stop};
use super::head::{self, NoRequest};
use super::health::observe::{self, Seen};
use super::place::{Upstream, unless_cut};
use super::pump::{self, Fault, Pump, Waits};
use super::relay::{self, Halt, Limits, Side};
use super::worker::Worker;
use super::{log, route, rules};
use crate::base::clock;
use crate::base::ids::ProxyId;
use crate::base::limits::{BUFFER_BYTES, REWRITE_BYTES};
use crate::http::Version;
use crate::http::pages::page_of;
use crate::model::proxy::{AddressHeader, Mode, Options};
use crate::proto::h1::{Body, Framing, Message, Strictness, encode, parse_response};
use crate::sample::Direction;
use crate::txn::{Session, Verdict, Wait};

/// How long a body is waited for when no timeout says.
const BODY_WAIT_MAX: std::time::Duration = std::time::Duration::from_secs(24 * 3600);

/// The longest address in words.
const ADDRESS_BYTES: usize = 45;

/// Bytes HAProxy counts for the page of a request that broke off.
const BROKEN_REQUEST_COUNTED: u64 = 206;

/// Serves requests until the connection is over. What it works on is stored once in the future.
pub fn serve<'a>(
    worker: &'a Rc<Worker>,
    sess: &'a mut Session,
    client: &'a mut Side,
    alarm: &'a mut Alarm,
) -> impl Future<Output = ()> + 'a {
    let mut own: Option<Box<Upstream>> = None;
    let mut start = sess.accepted;
    async move {
        loop {
            if sess.requests > 0 && client.input.is_empty() {
                if worker.live.is_stopping() {
                    return;
                }
                let end = idle_end(worker, sess, start);
                if !matches!(head::fill(client, alarm, end).await, Some(Ok(count)) if count > 0) {
                    return;
                }
            }
            let mut txn = worker.take_txn();
            txn.reset(sess.frontend, start);
            let config = &worker.config;
            let frontend = config.proxy(sess.frontend);
            let first = sess.requests == 0;
            let read = head::read(client, &mut txn, alarm, &frontend.settings, start, first).await;
            let keep = match read {
                Err(end) => {
                    Box::pin(refuse(worker, sess, &mut txn, client, end, first)).await;
                    false
                }
                Ok(message) => {
                    sess.requests += 1;
                    if first && !is_whole(message.framing, client.input.len()) {
                        let _ = client.stream.acknowledge_at_once();
                    }
                    let mut exchange = Exchange {
                        worker,
                        sess,
                        txn: &mut txn,
                        client,
                        alarm,
                        message,
                        body: Body::new(message.framing),
                        keep: true,
                        slot: None,
                        freed: None,
                        uses: None,
                        counted: false,
                        own: &mut own,
                    };
                    // Boxed: a connection that waits for its next request is spared the room.
                    Box::pin(async move {
                        exchange.run().await;
                        exchange.keep
                    })
                    .await
                }
            };
            worker.give_txn(txn);
            if !keep {
                return;
            }
            start = clock::now();
        }
    }
}

/// Whether so many bytes behind the head are all of the body.
fn is_whole(framing: Framing, bytes: usize) -> bool {
    match framing {
        Framing::None => true,
        Framing::Length(length) => length <= bytes as u64,
        Framing::Chunked | Framing::UntilClose => false,
    }
}

/// How long an idle connection waits for the first byte of its next request.
fn idle_end(worker: &Worker, sess: &Session, start: clock::Tick) -> Option<clock::Tick> {
    let timeouts = &worker.config.proxy(sess.frontend).settings.timeouts;
    timeouts.http_keep_alive.or(timeouts.http_request).or(timeouts.client).map(|wait| start.after(wait))
}

/// Ends a connection that brought no request, with the page and the log line it deserves.
async fn refuse(
    worker: &Rc<Worker>,
    sess: &mut Session,
    txn: &mut crate::txn::Txn,
    client: &mut Side,
    end: NoRequest,
    first: bool,
) {
    let frontend = worker.config.proxy(sess.frontend);
    let options = frontend.settings.options;
    let no_bytes = txn.timers.first_byte.is_none();
    let (status, code): (u16, &[u8; 2]) = match end {
        NoRequest::Idle | NoRequest::Stopping => return,
        NoRequest::Closed | NoRequest::TimedOut if no_bytes && options.has(Options::IGNORE_PROBES) => return,
        NoRequest::Closed if first || !no_bytes => (400, b"CR"),
        NoRequest::Closed => return,
        NoRequest::TimedOut => (408, b"cR"),
        NoRequest::Refused(status) => (status, b"PR"),
        NoRequest::RefusedSilently => (400, b"PR"),
    };
    txn.bad_request = true;
    txn.status = status;
    txn.end.set(code);
    txn.request.clear();
    txn.timers.request = None;
    if !matches!(end, NoRequest::RefusedSilently) {
        let page = match frontend.settings.errors.get(&status) {
            Some(crate::model::proxy::ErrorPage::File(_, bytes)) => mux_page(bytes),
            _ => page_of(status).raw(),
        };
        // The client has its timeout to take it; it is short.
        let _ = tokio::time::timeout(std::time::Duration::from_secs(1), client.stream.write_all(&page)).await;
    }
    txn.timers.end = Some(clock::now());
    if !(no_bytes && options.has(Options::DONT_LOG_NULL)) {
        log::emit_refused(worker, sess, txn);
    }
}

/// An error file before there is a stream: as it is, with the names of its fields in lower case.
fn mux_page(file: &[u8]) -> Vec<u8> {
    let mut head = crate::http::Head::default();
    let Ok(Some(message)) = parse_response(file, &mut head, b"GET", Strictness::Lax) else { return file.to_vec() };
    let mut out = Vec::with_capacity(file.len());
    let connection = message.connection.close.then_some(&b"close"[..]);
    encode::response(&head, connection, &mut out);
    out.extend_from_slice(file.get(message.consumed..).unwrap_or_default());
    out
}

impl Exchange<'_> {
    /// One request and its response, from the parsed head to the log line.
    async fn run(&mut self) {
        self.begin();
        if let Err(stop) = self.exchange().await {
            let silent = matches!(stop, Stop::Vanish);
            Box::pin(self.settle(stop)).await;
            if silent {
                self.finish();
                self.serve_queue();
                return;
            }
        }
        self.txn.timers.end = Some(clock::now());
        self.finish();
        if !self.txn.early {
            log::emit(self.worker, self.sess, self.txn);
        }
        self.serve_queue();
    }

    /// What is noted of a request before any rule.
    fn begin(&mut self) {
        self.txn.number = self.live().process.requests.fetch_add(1, Relaxed);
        self.txn.keep_line();
        self.txn.bytes_in += self.txn.request.counted_bytes();
        let version = self.txn.request.version;
        let wants = self.message.connection;
        self.keep = match version {
            Version::Http11 => !wants.close,
            Version::Http10 => wants.keep_alive && !wants.close,
        };
        let options = self.frontend().settings.options;
        if options.has(Options::CLOSE) || self.live().is_stopping() || self.message.ambiguous {
            self.keep = false;
        }
        self.capture_request();
        let worker = self.worker;
        if let Some(format) = &worker.config.proxy(self.sess.frontend).settings.unique_id {
            self.txn.unique_id = Some(format.text(&self.cx()).into_owned());
        }
    }

    /// Gives back what the exchange held.
    fn finish(&mut self) {
        self.unused();
        self.release();
        if std::mem::take(&mut self.counted) {
            self.live().proxy(self.txn.backend).be_connections.fetch_sub(1, Relaxed);
        }
    }

    /// The whole exchange, top to bottom.
    async fn exchange(&mut self) -> Result<(), Stop> {
        let frontend = self.sess.frontend;
        if self.looks_at_requests(frontend) {
            self.admit(frontend).await?;
        }
        self.route()?;
        if let Some(backend) = self.other_backend()
            && self.looks_at_requests(backend)
        {
            self.admit(backend).await?;
        }
        if !self.txn.hints.is_empty() {
            self.send_hints().await?;
        }
        self.complete_request();
        log::emit_request(self.worker, self.sess, self.txn);
        let (mut upstream, message, mut up) = self.reach().await?;
        self.txn.status = self.txn.response.status;
        if let Err(stop) = self.response_rules().await {
            // The server's response gives way to one of our own; its connection may still serve another request.
            self.txn.bytes_out +=
                buffered_payload(message, upstream.side.input.data().get(message.consumed..).unwrap_or_default());
            self.release();
            self.keep_unread(upstream, message);
            return Err(stop);
        }
        self.persist_response();
        self.after_response();
        let worker = self.worker;
        let server = upstream.server;
        let answered = unless_cut(worker, server, pin!(self.answer(&mut upstream, message, &mut up))).await;
        answered.unwrap_or(Err(Stop::Sent(*b"DD")))?;
        if !up.is_done() || self.txn.response.status == 101 {
            return Ok(());
        }
        self.release();
        if self.server_keeps(message) {
            self.keep_upstream(upstream);
        } else if message.framing != Framing::UntilClose {
            upstream.discard();
        }
        Ok(())
    }

    /// Whether a proxy has anything to say about a request before its backend has: most backends have not.
    fn looks_at_requests(&self, proxy: ProxyId) -> bool {
        let proxy = self.worker.config.proxy(proxy);
        let rules = &proxy.rules;
        let none = rules.content.is_empty() && rules.request.is_empty() && rules.redirect.is_empty();
        !none || proxy.settings.monitor_uri.is_some() || proxy.settings.options.has(Options::BUFFER_REQUEST)
    }

    /// What one proxy says about a request, in the order in which HAProxy asks it.
    async fn admit(&mut self, proxy: ProxyId) -> Result<(), Stop> {
        let config = &self.worker.config;
        let (rules, settings) = (&config.proxy(proxy).rules, &config.proxy(proxy).settings);
        if !rules.content.is_empty() {
            self.first_rules(proxy).await?;
        }
        if proxy == self.sess.frontend {
            self.monitor()?;
        }
        if settings.options.has(Options::BUFFER_REQUEST) && !self.body.is_done() {
            self.wait_for_request(proxy).await?;
        }
        self.request_set(&rules.request).await?;
        if !rules.redirect.is_empty() {
            self.request_set(&rules.redirect).await?;
        }
        Ok(())
    }

    /// `monitor-uri`: answered here, for the balancer in front.
    fn monitor(&mut self) -> Result<(), Stop> {
        let frontend = self.frontend();
        let Some(uri) = &frontend.settings.monitor_uri else { return Ok(()) };
        if self.txn.request.target() != uri.as_bytes() {
            return Ok(());
        }
        let fails = frontend.monitor_fail.iter().any(|cond| cond.holds(&self.cx()));
        self.txn.log_level = Some(crate::txn::session::LogLevel::Silent);
        let status = if fails { 503 } else { 200 };
        Err(Stop::Page(status, *b"LR"))
    }

    /// The `tcp-request content` rules of one proxy. In mode http they see the parsed request.
    async fn first_rules(&mut self, proxy: ProxyId) -> Result<(), Stop> {
        let outcome = self.content_rules(proxy).await;
        if outcome.is_err() {
            self.txn.bad_request = true;
            self.txn.timers.request = None;
        }
        outcome
    }

    /// `option http-buffer-request`: the body is waited for as part of the request.
    async fn wait_for_request(&mut self, proxy: ProxyId) -> Result<(), Stop> {
        let config = &self.worker.config;
        let settings = &config.proxy(proxy).settings;
        let timeouts = &self.frontend().settings.timeouts;
        let limit = settings.timeouts.http_request.or(timeouts.http_request).or(timeouts.client);
        self.buffer_body(0, limit.unwrap_or(BODY_WAIT_MAX)).await?;
        self.txn.timers.request = Some(clock::now());
        Ok(())
    }

    /// One set of rules on the request (loop C: a rule that waits is entered again).
    async fn request_set(&mut self, set: &[crate::sample::Rule]) -> Result<(), Stop> {
        let mut cursor = 0;
        while cursor < set.len() {
            match rules::run(set, &mut cursor, &mut self.rule_cx(Direction::Request)) {
                Verdict::Continue | Verdict::Accept => return Ok(()),
                Verdict::Deny(status) => return Err(Stop::Page(status, *b"PR")),
                Verdict::DenyWith(reply) => return Err(Stop::Reply(reply, *b"PR")),
                Verdict::Reply(reply) => return Err(Stop::Reply(reply, *b"LR")),
                Verdict::Tarpit(status, reply) => return Err(self.tarpit(status, reply).await),
                Verdict::Reject => {
                    self.txn.timers.request = None;
                    return Err(Stop::Close(0, *b"PR"));
                }
                Verdict::Failed => return Err(Stop::Page(500, *b"PR")),
                Verdict::Wait(wait) => self.satisfy(wait).await?,
            }
        }
        Ok(())
    }

    /// Waits for what a rule asked for.
    async fn satisfy(&mut self, wait: Wait) -> Result<(), Stop> {
        self.txn.waited = true;
        match wait {
            Wait::Sleep(time) => {
                self.alarm.wait(clock::now().after(time)).await;
                Ok(())
            }
            Wait::Body { enough, limit } => self.buffer_body(enough, limit).await,
        }
    }

    /// Holds the client, then answers.
    async fn tarpit(&mut self, status: u16, reply: Option<Box<crate::txn::Reply>>) -> Stop {
        let timeouts = self.frontend().settings.timeouts;
        let end = deadline(timeouts.tarpit.or(timeouts.connect)).unwrap_or_else(clock::now);
        let aborts = self.frontend().settings.options.has(Options::ABORT_ON_CLOSE);
        let client = &mut *self.client;
        let alarm = &mut *self.alarm;
        let gone = std::future::poll_fn(|cx| {
            if super::place::client_left(cx, client, aborts) {
                return Poll::Ready(true);
            }
            alarm.poll(cx, Some(end)).map(|()| false)
        })
        .await;
        // The time in the tarpit counts as time in the queue, and the request as never complete.
        self.txn.timers.request = None;
        self.txn.timers.queued = Some(clock::now());
        match (gone, reply) {
            (true, _) => Stop::Close(0, *b"CT"),
            (false, Some(reply)) => Stop::Reply(reply, *b"PT"),
            (false, None) => Stop::Page(status, *b"PT"),
        }
    }

    /// Chooses the backend and enters it.
    fn route(&mut self) -> Result<(), Stop> {
        let chosen = route::backend(self.frontend(), self.live(), &self.cx());
        let Some(backend) = chosen else {
            self.txn.timers.request = None;
            return Err(Stop::Page(503, *b"SC"));
        };
        self.txn.backend = backend;
        let live = self.live().proxy(backend);
        live.be_connections.fetch_add(1, Relaxed);
        live.be_sessions.fetch_add(1, Relaxed);
        self.counted = true;
        let settings = &self.backend().settings;
        if settings.mode != Mode::Http {
            return Err(Stop::Page(503, *b"SC"));
        }
        if settings.options.has(Options::CLOSE) {
            self.keep = false;
        }
        Ok(())
    }

    /// Sends the fields that `early-hint` rules gathered, ahead of any response.
    async fn send_hints(&mut self) -> Result<(), Stop> {
        let mut head = crate::http::Head::default();
        head.start_response(Version::Http11, 103, b"Early Hints");
        for (name, value) in self.txn.hints.drain(..) {
            head.push(&name, &value);
        }
        self.txn.bytes_out += head.counted_bytes();
        let mut out = Vec::with_capacity(256);
        encode::response(&head, None, &mut out);
        self.write(&out).await.map_err(|_| Stop::Sent(*b"CR"))
    }

    /// The fields that options add to a request.
    fn complete_request(&mut self) {
        let config = &self.worker.config;
        let frontend = &config.proxy(self.sess.frontend).settings;
        let backend = &config.proxy(self.txn.backend).settings;
        if let (Some(name), Some(id)) = (&frontend.unique_id_header, self.txn.unique_id.take()) {
            self.txn.request.push(name.as_bytes(), &id);
            self.txn.unique_id = Some(id);
        }
        if let Some(wanted) = backend.forwarded {
            let value = super::forwarded::value(wanted, self.sess, self.txn.request.value(b"host"));
            self.txn.request.push(b"forwarded", &value);
        }
        let src = self.txn.src.or(self.sess.src.map(|src| src.ip()));
        let dst = self.sess.dst.map(|dst| dst.ip());
        let forwarded = backend.forwardfor.as_ref().or(frontend.forwardfor.as_ref());
        self.add_address(forwarded, src);
        let original = backend.originalto.as_ref().or(frontend.originalto.as_ref());
        self.add_address(original, dst);
    }

    fn add_address(&mut self, header: Option<&AddressHeader>, address: Option<std::net::IpAddr>) {
        let (Some(header), Some(address)) = (header, address) else { return };
        if header.except.is_some_and(|network| network.contains(address)) {
            return;
        }
        if header.if_none && self.txn.request.has(header.header.as_bytes()) {
            return;
        }
        let mut text = Vec::with_capacity(ADDRESS_BYTES);
        crate::sample::format::address(address, &mut text);
        self.txn.request.push(header.header.as_bytes(), &text);
    }

    /// A server's response head: places the request, sends it, waits. Tries again where `retry-on` says so.
    async fn reach(&mut self) -> Result<(Upstream, Message, Pump), Stop> {
        loop {
            let mut upstream = self.place().await?;
            let mut up = self.request_pump();
            let whole = self.body.is_done() || self.message.framing == Framing::None;
            let worker = self.worker;
            let server = upstream.server;
            let waited = unless_cut(worker, server, pin!(self.await_response(&mut upstream, &mut up))).await;
            let waited = waited.unwrap_or(Err(Missed::Stop(Stop::Close(500, *b"DC"))));
            observe::note(worker, server, seen(&waited, self.txn.response.status));
            match waited {
                Ok(message) => {
                    let retry_on = &self.backend().settings.retry_on;
                    if whole && retry_on.statuses.contains(&self.txn.response.status) && self.retries_left() {
                        self.keep_unread(upstream, message);
                        self.try_again();
                        continue;
                    }
                    self.txn.timers.response = Some(clock::now());
                    return Ok((upstream, message, up));
                }
                Err(Missed::Again(stop)) if whole && self.retries_left() && self.retries_on(&stop) => self.try_again(),
                Err(Missed::Again(Stop::Vanish)) => return Err(Stop::Vanish),
                Err(Missed::Again(stop) | Missed::Stop(stop)) => return Err(stop),
            }
        }
    }

    /// Keeps the connection of a response that is not wanted, if all of it is there.
    fn keep_unread(&mut self, mut upstream: Upstream, message: Message) {
        upstream.side.input.consume(message.consumed);
        let mut body = Body::new(message.framing);
        if let Ok(step) = body.step(upstream.side.input.data_mut()) {
            upstream.side.input.consume(step.consumed);
        }
        if body.is_done() && self.server_keeps(message) {
            self.keep_upstream(upstream);
        }
    }

    fn retries_left(&self) -> bool {
        !self.txn.no_retry && self.txn.retries < self.backend().settings.retries
    }

    fn retries_on(&self, stop: &Stop) -> bool {
        let retry_on = &self.backend().settings.retry_on;
        match stop {
            Stop::Vanish | Stop::Page(_, [b'S', b'H']) => retry_on.empty,
            Stop::Page(_, [b'P', b'H']) => retry_on.junk,
            Stop::Page(_, [b's', b'H']) => retry_on.timeout,
            _ => false,
        }
    }

    fn try_again(&mut self) {
        self.txn.retries += 1;
        self.release();
        self.txn.response.clear();
        self.txn.timers.connected = None;
    }

    /// The upward direction: the head encoded, the body behind it.
    fn request_pump(&mut self) -> Pump {
        let mut pending = pump::spare();
        let odd = self.message.framing == Framing::Chunked;
        let connection: Option<&[u8]> = match (self.txn.request.version, self.closes_server()) {
            (Version::Http11, true) => Some(b"close"),
            (Version::Http10, false) if !odd => Some(b"keep-alive"),
            _ => None,
        };
        encode::request(&self.txn.request, connection.filter(|_| !self.message.connection.upgrade), &mut pending);
        let framing = if matches!(self.body, Body::Chunked(_)) { pump::Framing::Chunked } else { pump::Framing::Plain };
        Pump::new(self.body, framing, pending)
    }

    /// Sends the request and waits for the head of the final response; interim ones are passed on.
    async fn await_response(&mut self, upstream: &mut Upstream, up: &mut Pump) -> Result<Message, Missed> {
        loop {
            let message = self.next_head(upstream, up).await?;
            let status = self.txn.response.status;
            if status == 101 && !self.message.connection.upgrade {
                self.txn.bytes_out += self.txn.response.counted_bytes();
                self.txn.response.clear();
                return Err(Missed::Stop(Stop::Page(502, *b"PH")));
            }
            if !(100..200).contains(&status) || status == 101 {
                return Ok(message);
            }
            upstream.side.input.consume(message.consumed);
            self.txn.bytes_out += self.txn.response.counted_bytes();
            let mut out = Vec::with_capacity(256);
            encode::response(&self.txn.response, None, &mut out);
            self.txn.response.clear();
            if self.write(&out).await.is_err() {
                return Err(Missed::Stop(Stop::Sent(*b"CH")));
            }
        }
    }

    /// One response head, while the request is still being sent if need be.
    async fn next_head(&mut self, upstream: &mut Upstream, up: &mut Pump) -> Result<Message, Missed> {
        let limits = self.limits();
        let aborts = self.backend().settings.options.has(Options::ABORT_ON_CLOSE);
        let mut client_end = deadline(limits.client);
        let mut server_end = deadline(limits.server);
        let reused = upstream.served > 0 && self.sess.requests > 1;
        let mut client_open = true;
        let lax = self.backend().settings.options.has(Options::ACCEPT_BAD_RESPONSES);
        let strictness = if lax { Strictness::Lax } else { Strictness::Strict };
        let Exchange { client, txn, alarm, .. } = self;
        std::future::poll_fn(|cx| {
            loop {
                let mut waits = None;
                if !up.is_done() {
                    match up.poll(cx, &mut client.stream, &mut client.input, &mut upstream.side.stream) {
                        Ok(state) => waits = state,
                        Err(Fault::WriteFailed(_)) => {
                            up.discards = true;
                            continue;
                        }
                        Err(fault) => return Poll::Ready(Err(broken_upload(&fault, txn))),
                    }
                    if std::mem::take(&mut up.moved) {
                        client_end = deadline(limits.client);
                        server_end = deadline(limits.server);
                    }
                }
                if !upstream.side.input.is_empty() {
                    let data = upstream.side.input.data();
                    match parse_response(data, &mut txn.response, txn.request.method(), strictness) {
                        Ok(Some(message)) if is_sound(&message, data) => return Poll::Ready(Ok(message)),
                        Ok(None) if data.len() < head::HEAD_BYTES_MAX => {}
                        _ => {
                            txn.response.clear();
                            return Poll::Ready(Err(Missed::Again(Stop::Page(502, *b"PH"))));
                        }
                    }
                }
                match upstream.side.input.poll_fill(cx, &mut upstream.side.stream) {
                    // The whole head must come within the timeout: a part of it does not renew it.
                    Poll::Ready(Ok(count)) if count > 0 => continue,
                    Poll::Ready(_) => {
                        let code = if upstream.side.input.is_empty() { *b"SH" } else { *b"PH" };
                        let quiet = reused && code == *b"SH";
                        return Poll::Ready(Err(Missed::Again(if quiet {
                            Stop::Vanish
                        } else {
                            Stop::Page(502, code)
                        })));
                    }
                    Poll::Pending => {}
                }
                if client_open && up.is_done() && !client.input.is_full() {
                    match client.input.poll_fill(cx, &mut client.stream) {
                        Poll::Ready(Ok(count)) if count > 0 => continue,
                        Poll::Ready(Ok(_)) if !aborts => client_open = false,
                        Poll::Ready(end) => {
                            txn.bytes_out += BROKEN_REQUEST_COUNTED;
                            let code = if end.is_ok() { *b"CH" } else { *b"CD" };
                            return Poll::Ready(Err(Missed::Stop(Stop::Close(400, code))));
                        }
                        Poll::Pending => {}
                    }
                }
                let on_client = client_end.filter(|_| waits == Some(Waits::Read));
                let on_server = server_end.filter(|_| waits != Some(Waits::Read));
                if alarm.poll(cx, nearer(on_client, on_server)).is_pending() {
                    return Poll::Pending;
                }
                return Poll::Ready(Err(Missed::Again(if on_client.is_some() {
                    Stop::Page(400, *b"cH")
                } else {
                    Stop::Page(504, *b"sH")
                })));
            }
        })
        .await
    }

    /// The `http-response` rules: the backend's, then the frontend's.
    async fn response_rules(&mut self) -> Result<(), Stop> {
        self.capture_response();
        self.txn.bytes_out += self.txn.response.counted_bytes();
        let config = &self.worker.config;
        for id in self.other_backend().into_iter().chain([self.sess.frontend]) {
            let set = &config.proxy(id).rules.response;
            let mut cursor = 0;
            while cursor < set.len() {
                match rules::run(set, &mut cursor, &mut self.rule_cx(Direction::Response)) {
                    Verdict::Continue | Verdict::Accept => break,
                    Verdict::Deny(status) => return Err(Stop::Page(status, *b"PH")),
                    Verdict::DenyWith(reply) => return Err(Stop::Reply(reply, *b"PH")),
                    Verdict::Reply(reply) => return Err(Stop::Reply(reply, *b"LH")),
                    Verdict::Tarpit(status, _) => return Err(Stop::Page(status, *b"PH")),
                    Verdict::Reject => return Err(Stop::Close(0, *b"PH")),
                    Verdict::Failed => return Err(Stop::Page(500, *b"PH")),
                    Verdict::Wait(wait) => self.satisfy(wait).await?,
                }
            }
        }
        Ok(())
    }

    /// Whether an option closes the server's connection after each response.
    fn closes_server(&self) -> bool {
        self.backend().settings.options.has(Options::SERVER_CLOSE | Options::CLOSE)
            || self.frontend().settings.options.has(Options::SERVER_CLOSE)
    }

    /// Whether the server's connection may serve another request.
    fn server_keeps(&self, message: Message) -> bool {
        let wants = message.connection;
        let kept = match self.txn.response.version {
            Version::Http11 => !wants.close,
            Version::Http10 => wants.keep_alive,
        };
        let closes = self.closes_server();
        let odd = self.txn.request.version == Version::Http10 && self.message.framing == Framing::Chunked;
        kept && !closes
            && !odd
            && message.framing != Framing::UntilClose
            && self.txn.response.status != 101
            && !message.ambiguous
    }

    /// Sends the response and whatever follows it, both ways.
    async fn answer(&mut self, upstream: &mut Upstream, message: Message, up: &mut Pump) -> Result<(), Stop> {
        upstream.side.input.consume(message.consumed);
        let tunnels = self.txn.response.status == 101
            || (self.txn.request.method() == b"CONNECT" && self.txn.response.status / 100 == 2);
        if message.framing == Framing::UntilClose || self.txn.response.status < 100 {
            self.keep = false;
        }
        let connection = if tunnels || self.txn.response.status < 100 { None } else { self.client_connection() };
        let mut pending = pump::spare();
        encode::response(&self.txn.response, connection, &mut pending);
        if self.frontend().settings.options.has(Options::LOG_ASAP) {
            self.txn.early = true;
            self.txn.timers.end = Some(clock::now());
            let before = self.txn.bytes_out;
            self.txn.bytes_out += buffered_payload(message, upstream.side.input.data());
            log::emit(self.worker, self.sess, self.txn);
            self.txn.bytes_out = before;
        }
        if tunnels {
            return Box::pin(self.tunnel(upstream, pending)).await;
        }
        let framing = if message.framing == Framing::Chunked { pump::Framing::Chunked } else { pump::Framing::Plain };
        let mut down = Pump::new(Body::new(message.framing), framing, pending);
        down.drops_trailers = self.frontend().settings.options.has(Options::DROP_RESPONSE_TRAILERS);
        let limits = self.limits();
        let ended = loop {
            match relay::both(self.client, &mut upstream.side, up, &mut down, limits, self.alarm).await {
                // A server that wants no more of the request still gets its response through.
                Err(Halt::Up(Fault::WriteFailed(_))) if !up.discards => up.discards = true,
                ended => break ended,
            }
        };
        self.txn.bytes_out += down.counted;
        self.txn.bytes_in += up.counted;
        ended.map_err(|halt| {
            Stop::Sent(match halt {
                Halt::ClientTimeout if down.is_done() => *b"cL",
                Halt::ClientTimeout | Halt::Up(Fault::Bad(_)) => *b"cD",
                Halt::ServerTimeout => *b"sD",
                Halt::Up(_) | Halt::Down(Fault::WriteFailed(_)) => *b"CD",
                Halt::Down(Fault::Bad(_)) => *b"PD",
                Halt::Down(_) => *b"SD",
            })
        })
    }

    /// The timeouts of both sides, as rules may have changed them.
    fn limits(&self) -> Limits {
        Limits {
            client: self.txn.client_timeout.or(self.frontend().settings.timeouts.client),
            server: self.txn.server_timeout.or(self.backend().settings.timeouts.server),
        }
    }

    /// Both ways without framing, until both sides have closed.
    async fn tunnel(&mut self, upstream: &mut Upstream, pending: Vec<u8>) -> Result<(), Stop> {
        self.keep = false;
        let config = &self.worker.config;
        let (fe, be) = (&config.proxy(self.sess.frontend).settings, &config.proxy(self.txn.backend).settings);
        let timeouts = super::tcp::TunnelTimeouts::of(&fe.timeouts, &be.timeouts, self.txn.tunnel_timeout);
        let mut tunnel = super::tcp::Tunnel::new(pending).until_server_ends();
        let end = tunnel.run(self.client, &mut upstream.side, timeouts, self.alarm).await;
        self.txn.bytes_in += tunnel.up.counted;
        self.txn.bytes_out += tunnel.down.counted;
        match end {
            None => Ok(()),
            Some(code) => Err(Stop::Sent(code)),
        }
    }

    /// Reads the request's body into the transaction, until it is whole, enough is there, or time is up.
    async fn buffer_body(&mut self, enough: usize, limit: std::time::Duration) -> Result<(), Stop> {
        let end = Some(clock::now().after(limit));
        let room = BUFFER_BYTES - REWRITE_BYTES;
        let enough = if enough == 0 { room } else { enough.min(room) };
        loop {
            let mut copy = self.client.input.data().to_vec();
            let mut body = self.body;
            let step = body.step(&mut copy).map_err(|_| Stop::Page(400, *b"PR"))?;
            self.txn.request_body.clear();
            self.txn.request_body.extend_from_slice(copy.get(..step.payload).unwrap_or_default());
            if body.is_done() || step.payload >= enough || self.client.input.len() >= room {
                return Ok(());
            }
            match head::fill(self.client, self.alarm, end).await {
                Some(Ok(count)) if count > 0 => {}
                end => {
                    self.txn.timers.request = None;
                    return Err(if end.is_some() { Stop::Page(400, *b"CR") } else { Stop::Page(408, *b"cR") });
                }
            }
        }
    }

    fn capture_request(&mut self) {
        let config = &self.worker.config;
        let frontend = config.proxy(self.sess.frontend);
        let txn = &mut *self.txn;
        captured(&frontend.request_captures, &txn.request, &mut txn.request_captures);
        if let Some((name, len)) = &frontend.settings.capture_cookie {
            txn.request_cookie = captured_cookie(&txn.request, b"cookie", name, *len);
        }
    }

    fn capture_response(&mut self) {
        let config = &self.worker.config;
        let frontend = config.proxy(self.sess.frontend);
        let txn = &mut *self.txn;
        captured(&frontend.response_captures, &txn.response, &mut txn.response_captures);
        if let Some((name, len)) = &frontend.settings.capture_cookie {
            txn.response_cookie = captured_cookie(&txn.response, b"set-cookie", name, *len);
        }
    }
}

/// Bytes of a body that have come already.
fn buffered_payload(message: Message, data: &[u8]) -> u64 {
    match message.framing {
        Framing::Length(bytes) => bytes.min(data.len() as u64),
        Framing::UntilClose => data.len() as u64,
        Framing::None | Framing::Chunked => 0,
    }
}

/// Whether a response's head fits, and what came with it is framed as it says.
fn is_sound(message: &Message, data: &[u8]) -> bool {
    let rest = data.get(message.consumed..).unwrap_or_default();
    message.consumed <= head::HEAD_BYTES_MAX && Body::new(message.framing).check(rest).is_ok()
}

/// Why there is no response: whether another try may mend it.
enum Missed {
    Again(Stop),
    Stop(Stop),
}

/// What the traffic saw of a server, for `observe layer7`.
fn seen(waited: &Result<Message, Missed>, status: u16) -> Seen {
    match waited {
        Ok(_) if matches!(status, 500 | 502..=504 | 506..=599) => Seen::WrongStatus,
        Err(Missed::Again(Stop::Page(_, [b'P', b'H']))) => Seen::InvalidResponse,
        Err(Missed::Again(Stop::Page(_, [b's', b'H']))) => Seen::ReadTimeout,
        Err(Missed::Again(Stop::Page(_, [b'S', b'H']))) => Seen::Closed,
        _ => Seen::GoodResponse,
    }
}

/// A request that broke off while it was being sent.
fn broken_upload(fault: &Fault, txn: &mut crate::txn::Txn) -> Missed {
    txn.bytes_out += BROKEN_REQUEST_COUNTED;
    Missed::Stop(Stop::Close(400, if matches!(fault, Fault::Bad(_)) { *b"PH" } else { *b"CH" }))
}

fn captured(slots: &[crate::model::draft::Capture], head: &crate::http::Head, into: &mut Vec<Option<Vec<u8>>>) {
    if slots.is_empty() {
        return;
    }
    into.clear();
    into.extend(slots.iter().map(|slot| {
        let value = head.values(slot.name.as_ref()?.as_bytes()).next_back()?;
        Some(value.get(..slot.len.min(value.len())).unwrap_or_default().to_vec())
    }));
}

/// The first cookie whose text `name=value` starts with `prefix`, cut to `len`.
fn captured_cookie(head: &crate::http::Head, field: &[u8], prefix: &str, len: usize) -> Option<Vec<u8>> {
    head.values(field).find_map(|value| {
        let texts = crate::http::cookie::pairs(value).filter_map(|pair| value.get(pair.start..pair.end));
        let text = texts.into_iter().find(|text| text.starts_with(prefix.as_bytes()))?;
        Some(text.get(..len.min(text.len()))?.to_vec())
    })
}
