//! One client connection: what happens between accept and the protocol, and at its end.

use std::future::Future;
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use super::alarm::{Alarm, deadline};
use super::relay::Side;
use super::worker::Worker;
use super::{http, log, rules, tcp};
use crate::base::clock;
use crate::base::ids::{BindId, ProxyId};
use crate::live::Live;
use crate::model::log_target::Level;
use crate::model::proxy::{LogLine, Mode, Options};
use crate::net::listen::Accepted;
use crate::net::stream::Stream;
use crate::net::tls::failure::TIMEOUT_WORDS;
use crate::net::tls::server::TlsAcceptor;
use crate::proto::proxy_line;
use crate::sample::{Cx, Direction, RuleCx};
use crate::txn::{Session, TlsFacts, Verdict};

/// A listening socket as a session sees it.
#[derive(Debug)]
pub struct Door {
    /// The `bind` line.
    pub bind: BindId,
    /// Its frontend.
    pub frontend: ProxyId,
    /// Its name in the log: `name`, or its number within the frontend.
    pub name: Arc<str>,
    /// Its number within the frontend, from 1.
    pub uid: u32,
    /// `maxconn` of the line, and how many connections are open, on all workers.
    pub limit: Option<(u32, Arc<AtomicU32>)>,
    /// What TLS connections are accepted with.
    pub acceptor: Option<Arc<TlsAcceptor>>,
    /// Its address, unless it is bound to all of them.
    pub address: Option<SocketAddr>,
}

impl Door {
    /// Whether the line has all the connections it may have.
    pub fn is_full(&self) -> bool {
        self.limit.as_ref().is_some_and(|(limit, open)| open.load(Relaxed) >= *limit)
    }

    /// Counts a connection that was accepted; [`serve`] gives the places back.
    pub fn enter(&self, live: &Live) {
        live.proxy(self.frontend).enter();
        live.process.connections.fetch_add(1, Relaxed);
        if let Some((_, open)) = &self.limit {
            open.fetch_add(1, Relaxed);
        }
    }
}

/// Serves one connection, which was counted by [`Door::enter`], to its end.
///
/// The future is as small as can be: what it begins with is not stored again, and what is rare or short is boxed.
pub fn serve(worker: Rc<Worker>, door: Rc<Door>, accepted: Accepted) -> impl Future<Output = ()> {
    worker.sessions.set(worker.sessions.get() + 1);
    worker.live.proxy(door.frontend).fe_sessions.fetch_add(1, Relaxed);
    let mut sess = begin(&door, &accepted);
    let mut client = Side::new(accepted.stream);
    let mut alarm = Alarm::default();
    async move {
        if open(&worker, &door, &mut sess, &mut client).await {
            if worker.config.proxy(door.frontend).settings.mode == Mode::Http {
                http::serve(&worker, &mut sess, &mut client, &mut alarm).await;
            } else {
                Box::pin(tcp::serve(&worker, &mut sess, &mut client, &mut alarm)).await;
            }
            close(&mut client).await;
        }
        drop(std::mem::replace(&mut client, Side::new(Stream::Gone)));
        leave(&worker, &door);
    }
}

/// Gives back what [`Door::enter`] took.
fn leave(worker: &Worker, door: &Door) {
    worker.live.proxy(door.frontend).leave();
    if let Some((_, open)) = &door.limit {
        open.fetch_sub(1, Relaxed);
    }
    worker.live.process.connections.fetch_sub(1, Relaxed);
    worker.sessions.set(worker.sessions.get() - 1);
}

fn begin(door: &Door, accepted: &Accepted) -> Session {
    // A socket bound to one address tells where its clients went without a system call.
    let dst = door.address.or_else(|| accepted.stream.local().and_then(|address| address.inet()));
    Session {
        frontend: door.frontend,
        src: accepted.peer,
        dst,
        accepted: clock::now(),
        accepted_wall_us: clock::wall_us(),
        bind_name: door.name.clone(),
        is_tls: door.acceptor.is_some(),
        bind_uid: door.uid,
        ..Session::default()
    }
}

/// Connection rules, the TLS handshake, session rules. False: the connection ends here.
async fn open(worker: &Rc<Worker>, door: &Door, sess: &mut Session, client: &mut Side) -> bool {
    let frontend = worker.config.proxy(door.frontend);
    if !frontend.rules.connection.is_empty() && !passes(worker, sess, &frontend.rules.connection) {
        let _ = client.stream.set_linger_zero();
        return false;
    }
    if worker.config.bind(door.bind).accept_proxy && !Box::pin(introduction(worker, door, sess, client)).await {
        return false;
    }
    if let Some(acceptor) = &door.acceptor
        && !Box::pin(handshake(worker, door, sess, acceptor, client)).await
    {
        return false;
    }
    let frontend = worker.config.proxy(door.frontend);
    sess.established = Some(clock::now());
    if !frontend.rules.session.is_empty() && !passes(worker, sess, &frontend.rules.session) {
        return false;
    }
    if matches!(frontend.settings.log_line, LogLine::Connect) && !frontend.targets.is_empty() {
        let mode = if frontend.settings.mode == Mode::Http { "HTTP" } else { "TCP" };
        if let (Some(src), Some(dst)) = (sess.src, sess.dst) {
            let text = format!(
                "Connect from {}:{} to {}:{} ({}/{mode})",
                src.ip(),
                src.port(),
                dst.ip(),
                dst.port(),
                frontend.name
            );
            log::say(worker, frontend, Level::Info, text.as_bytes());
        }
    }
    true
}

fn passes(worker: &Rc<Worker>, sess: &mut Session, set: &[crate::sample::Rule]) -> bool {
    let mut txn = worker.take_txn();
    txn.reset(sess.frontend, sess.accepted);
    let live = &worker.live;
    let mut cx = RuleCx { sess, txn: &mut txn, live, direction: Direction::Request };
    let verdict = rules::run(set, &mut 0, &mut cx);
    worker.give_txn(txn);
    matches!(verdict, Verdict::Continue | Verdict::Accept)
}

/// Reads the PROXY protocol's header that the balancer in front sends; what came behind it stays in the buffer.
async fn introduction(worker: &Rc<Worker>, door: &Door, sess: &mut Session, client: &mut Side) -> bool {
    let end = deadline(worker.config.proxy(door.frontend).settings.timeouts.client);
    let mut alarm = Alarm::default();
    loop {
        let ended = !matches!(super::head::fill(client, &mut alarm, end).await, Some(Ok(count)) if count > 0);
        let parsed = match proxy_line::parse(client.input.data()) {
            Ok(None) if ended => Err(proxy_line::Bad::Truncated),
            parsed => parsed,
        };
        match parsed {
            Ok(None) => {}
            Ok(Some(header)) => {
                if let Some((src, dst)) = header.addresses {
                    sess.src = Some(src);
                    sess.dst = Some(dst);
                }
                let consumed = header.consumed;
                client.input.consume(consumed);
                return true;
            }
            Err(bad) => {
                sess.error = Some(Box::new((bad.code(), bad.words())));
                failed(worker, door, sess, bad.words());
                return false;
            }
        }
    }
}

async fn handshake(
    worker: &Rc<Worker>,
    door: &Door,
    sess: &mut Session,
    acceptor: &TlsAcceptor,
    client: &mut Side,
) -> bool {
    let frontend = worker.config.proxy(door.frontend);
    let timeouts = &frontend.settings.timeouts;
    let end = deadline(timeouts.client_hs.or(timeouts.client));
    let mut alarm = Alarm::default();
    let early = client.input.data().to_vec();
    client.input.clear();
    let stream = std::mem::replace(&mut client.stream, Stream::Gone);
    let mut accepting = Box::pin(acceptor.accept(stream, &early));
    let outcome = std::future::poll_fn(|cx| match accepting.as_mut().poll(cx) {
        std::task::Poll::Ready(result) => std::task::Poll::Ready(Some(result)),
        std::task::Poll::Pending => alarm.poll(cx, end).map(|()| None),
    })
    .await;
    let words = match outcome {
        Some(Ok(stream)) => {
            sess.tls = stream.tls().map(|info| Box::new(facts(info)));
            client.stream = stream;
            return true;
        }
        Some(Err(error)) => error.client_words().to_string(),
        None => TIMEOUT_WORDS.to_owned(),
    };
    if !frontend.settings.options.has(Options::DONT_LOG_NULL) || !words.starts_with("Connection closed") {
        failed(worker, door, sess, &words);
    }
    false
}

/// What is known of a TLS layer, copied for the rules and the log.
pub fn facts(info: crate::net::tls::stream::TlsInfo<'_>) -> TlsFacts {
    TlsFacts {
        version: info.version(),
        cipher: info.cipher(),
        sni: info.sni().map(str::to_owned),
        alpn: info.alpn().map(|name| String::from_utf8_lossy(name).into_owned()),
        resumed: info.is_resumed(),
        key_bits: info.cipher_bits(),
        client_certificate: info.peer_certificates().next().is_some(),
        peer_certificate: info.peer_certificates().next().map(Into::into),
    }
}

/// The line of a connection that failed before any traffic.
fn failed(worker: &Worker, door: &Door, sess: &Session, words: &str) {
    let frontend = worker.config.proxy(door.frontend);
    let mut line = Vec::with_capacity(128);
    if let Some(format) = &frontend.settings.error_log_line {
        let mut txn = worker.take_txn();
        txn.reset(sess.frontend, sess.accepted);
        txn.wall_us = sess.accepted_wall_us;
        txn.bad_request = true;
        let cx = Cx { sess, txn: &txn, live: &worker.live, direction: Direction::Request };
        format.write(&cx, &mut line);
        worker.give_txn(txn);
        return log::say(worker, frontend, Level::Info, &line);
    }
    match sess.src {
        Some(src) => line.extend_from_slice(format!("{}:{} [", src.ip(), src.port()).as_bytes()),
        None => line.extend_from_slice(format!("unix:{} [", door.uid).as_bytes()),
    }
    crate::base::date::log_date(sess.accepted_wall_us, &mut line);
    line.extend_from_slice(format!("] {}/{}: {words}", frontend.name, door.name).as_bytes());
    log::say(worker, frontend, Level::Info, &line);
}

/// Ends our direction, then lets the client's last bytes pass so that it gets all of ours.
async fn close(client: &mut Side) {
    let _ = client.stream.shutdown().await;
    std::future::poll_fn(|cx| {
        let mut scrap = [0u8; 1024];
        for _ in 0..LAST_READS_MAX {
            match client.stream.poll_read(cx, &mut scrap) {
                std::task::Poll::Ready(Ok(count)) if count > 0 => {}
                _ => break,
            }
        }
        std::task::Poll::Ready(())
    })
    .await;
}

/// Reads of a closing connection's last bytes.
const LAST_READS_MAX: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    /// The size of what a function of three arguments returns.
    fn size<A, B, C, F>(_: fn(A, B, C) -> F) -> usize {
        size_of::<F>()
    }

    #[test]
    fn a_connection_takes_little_memory() {
        let bytes = size(serve);
        assert!(bytes <= FUTURE_BYTES_MAX, "a connection's future has grown to {bytes} bytes: box what is rare");
    }

    /// With what the runtime adds this fills a piece of 512 bytes: ten thousand connections that wait take 12 MB, sockets
    /// apart.
    const FUTURE_BYTES_MAX: usize = 408;
}
