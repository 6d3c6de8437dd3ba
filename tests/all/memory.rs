//! Exchanges in memory on a paused clock: what takes seconds outside takes none here, and timers are exact.

use std::fs::File;
use std::io::Read as _;
use std::os::fd::{AsRawFd, OwnedFd};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use pointsman::base::ids::{BindId, ProxyId};
use pointsman::boot::start::live_of;
use pointsman::config::lower::{Variables, lower};
use pointsman::config::{gather, resolve};
use pointsman::flow::session::{self, Door};
use pointsman::flow::worker::Worker;
use pointsman::model::world::World;
use pointsman::net::listen::Accepted;
use pointsman::net::stream::Stream;
use pointsman::net::syslog::{Identity, LogPlan, LogSender};
use tokio::task::LocalSet;
use tokio::time::{Instant, sleep};

/// Bytes that either direction of a connection in memory holds.
const PIPE_BYTES: usize = 65_536;

struct Stage {
    worker: Rc<Worker>,
    log: File,
    _log_end: OwnedFd,
}

impl Stage {
    /// A worker for a frontend `fe` with these lines.
    fn new(lines: &str) -> Stage {
        let (reader, writer) = std::io::pipe().unwrap();
        let writer: OwnedFd = writer.into();
        let text = format!(
            "defaults\n mode http\n log fd@{} format raw local0\n option httplog\n timeout connect 1s\n timeout client 30s\n \
             timeout server 30s\nfrontend fe\n bind 127.0.0.1:1\n{lines}\n",
            writer.as_raw_fd()
        );
        let mut draft = lower(&[("memory.cfg".to_owned(), text.into_bytes())], &Variables::default(), World::default());
        gather::gather(&mut draft, false);
        let (config, said) = resolve::resolve(draft);
        let config = config.unwrap_or_else(|| panic!("{said:?}"));
        let live = live_of(&config);
        let targets = config.targets.iter().map(|target| (**target).clone()).collect();
        let plan = LogPlan::new(targets, Identity { host: None, tag: "haproxy".to_owned(), pid: 1 });
        let connectors = vec![None; config.servers.len()];
        let worker = Worker::new(0, Arc::new(config), Arc::new(live), LogSender::new(Arc::new(plan)), connectors);
        Stage { worker, log: File::from(OwnedFd::from(reader)), _log_end: writer }
    }

    /// Plays a client's script on one connection and gives what it received, and when the connection ended.
    async fn play(&self, script: &[(u64, &str)]) -> (String, u128) {
        let (mut client, ours) = Stream::memory(PIPE_BYTES);
        let door = Rc::new(Door {
            bind: BindId(0),
            frontend: ProxyId(0),
            name: "1".into(),
            uid: 1,
            limit: None,
            acceptor: None,
            address: None,
        });
        let accepted = Accepted { stream: ours, peer: "192.0.2.1:1234".parse().ok() };
        self.worker.live.proxy(ProxyId(0)).enter();
        let start = Instant::now();
        let session = tokio::task::spawn_local(session::serve(self.worker.clone(), door, accepted));
        for (wait, text) in script {
            sleep(Duration::from_millis(*wait)).await;
            // The proxy may have closed already: then the script goes on for the clock alone.
            let _ = client.write_all(text.as_bytes()).await;
        }
        let mut received = Vec::new();
        let mut piece = [0; 4096];
        while let Ok(count) = client.read(&mut piece).await {
            if count == 0 {
                break;
            }
            received.extend_from_slice(&piece[..count]);
        }
        session.await.unwrap();
        (String::from_utf8(received).unwrap(), start.elapsed().as_millis())
    }

    /// The log lines so far, from the timers on.
    fn lines(&mut self) -> Vec<String> {
        self.worker.logs.borrow_mut().flush(0);
        let mut bytes = [0; 4096];
        let count = self.log.read(&mut bytes).unwrap();
        let text = String::from_utf8_lossy(&bytes[..count]).into_owned();
        text.lines().map(|line| line.split("] ").nth(1).unwrap_or(line).to_owned()).collect()
    }
}

/// Runs a script against a configuration: the client's bytes, the milliseconds it took, the log lines.
fn run(lines: &str, script: &[(u64, &str)]) -> (String, u128, Vec<String>) {
    // The clock counts from its first use, which is to be before any paused clock of another test begins.
    pointsman::base::clock::now();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
    LocalSet::new().block_on(&runtime, async {
        let mut stage = Stage::new(lines);
        let (received, took) = stage.play(script).await;
        (received, took, stage.lines())
    })
}

#[test]
fn an_idle_probe_is_answered_at_timeout_client() {
    let (received, took, lines) = run(" timeout client 4s", &[]);
    assert!(received.starts_with("HTTP/1.1 408 Request Time-out\r\n"), "{received}");
    assert_eq!(took, 4000);
    assert_eq!(lines, ["fe fe/<NOSRV> -1/-1/-1/-1/4000 408 0 - - cR-- 1/1/0/0/0 0/0 \"<BADREQ>\""]);
}

#[test]
fn a_head_must_come_within_timeout_http_request() {
    let script = [(3000, "GET / HT"), (3000, "TP/1.1\r\n"), (3000, "Host: h\r\n")];
    let (received, took, lines) = run(" timeout http-request 8s", &script);
    assert!(received.starts_with("HTTP/1.1 408"), "{received}");
    // The script itself goes on for 9 s; the answer was there at 8.
    assert_eq!(took, 9000);
    // The time before the first byte is idle time.
    assert!(lines[0].contains("/5000 408 0 - - cR--"), "{lines:?}");
}

#[test]
fn a_kept_connection_ends_at_timeout_http_keep_alive() {
    let rules = " timeout http-keep-alive 7s\n http-request return status 200 content-type text/plain string ok";
    let (received, took, lines) =
        run(rules, &[(0, "GET /a HTTP/1.1\r\nHost: h\r\n\r\n"), (5000, "GET /b HTTP/1.1\r\nHost: h\r\n\r\n")]);
    assert_eq!(received.matches("HTTP/1.1 200 OK").count(), 2);
    assert_eq!(took, 12_000);
    assert!(lines[1].starts_with("fe fe/<NOSRV> 0/-1/-1/-1/0 200"), "{lines:?}");
}

#[test]
fn a_tarpit_holds_for_its_time() {
    let (received, took, lines) = run(
        " timeout tarpit 25s\n http-request tarpit",
        &[(0, "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")],
    );
    assert!(received.starts_with("HTTP/1.1 500"), "{received}");
    assert_eq!(took, 25_000);
    assert!(lines[0].starts_with("fe fe/<NOSRV> -1/25000/-1/-1/25000 500 208 - - PT--"), "{lines:?}");
}

#[test]
fn a_rule_that_pauses_counts_as_the_requests_time() {
    let rules = " http-request pause 90s\n http-request return status 200";
    let (_, took, _) = run(rules, &[(0, "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")]);
    assert_eq!(took, 90_000);
}

#[test]
fn pipelined_requests_are_answered_in_order() {
    let rules = " http-request return status 200 content-type text/plain lf-string %[path]";
    let both = "GET /one HTTP/1.1\r\nHost: h\r\n\r\nGET /two HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
    let (received, _, _) = run(rules, &[(0, both)]);
    let bodies: Vec<&str> = received.split("\r\n\r\n").skip(1).collect();
    assert!(bodies[0].starts_with("/one") && bodies[1] == "/two", "{received}");
}

#[test]
fn a_waiting_connection_is_small() {
    let stage = Stage::new(" http-request return status 200");
    let (_, ours) = Stream::memory(1);
    let door = Door {
        bind: BindId(0),
        frontend: ProxyId(0),
        name: "1".into(),
        uid: 1,
        limit: None,
        acceptor: None,
        address: None,
    };
    let accepted = Accepted { stream: ours, peer: None };
    let session = session::serve(stage.worker.clone(), Rc::new(door), accepted);
    let bytes = std::mem::size_of_val(&session);
    println!("the future of a session is {bytes} bytes");
    assert!(bytes <= SESSION_BYTES_MAX, "the future of a session has grown to {bytes} bytes");
}

/// What one connection's future may take, whatever state it is in.
const SESSION_BYTES_MAX: usize = 3_200;
