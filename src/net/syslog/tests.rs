//! Log lines through real sockets: filters, samples, batches, listeners that come and go.

use super::*;
use crate::model::log_target::{Facility, LogFormat};
use std::net::UdpSocket;
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixDatagram;
use std::time::Duration;

const NOW: i64 = 1_795_166_085_000_000;

fn raw(address: LogAddress) -> LogTarget {
    LogTarget { format: Some(LogFormat::Raw), ..LogTarget::new(address, Facility::Local0) }
}

fn sender(targets: Vec<LogTarget>) -> (Arc<LogPlan>, LogSender) {
    let plan = Arc::new(LogPlan::new(targets, Identity { host: None, tag: "pointsman".into(), pid: 1 }));
    (plan.clone(), LogSender::new(plan))
}

fn info(text: &str) -> Message<'_> {
    Message { level: Level::Info, now_us: NOW, tag: b"", structured_data: b"", text: text.as_bytes() }
}

fn udp() -> (UdpSocket, LogAddress) {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
    let address = LogAddress::Udp(socket.local_addr().unwrap());
    (socket, address)
}

fn received(socket: &UdpSocket) -> Option<String> {
    let mut buf = [0; 4096];
    socket.recv(&mut buf).ok().map(|n| String::from_utf8_lossy(&buf[..n]).into_owned())
}

#[test]
fn a_flush_sends_each_line_as_a_datagram_to_each_target() {
    let ((first, to_first), (second, to_second)) = (udp(), udp());
    let (plan, mut sender) = sender(vec![raw(to_first), raw(to_second)]);
    for at in 0..3 {
        assert_eq!(sender.push(0, &info(&format!("line {at}"))), Pushed::Queued);
    }
    sender.push(1, &info("other"));
    assert!(!sender.is_empty());
    sender.flush(NOW);
    assert!(sender.is_empty());
    for at in 0..3 {
        assert_eq!(received(&first), Some(format!("line {at}\n")));
    }
    assert_eq!(received(&second).as_deref(), Some("other\n"));
    assert_eq!(plan.dropped(), 0);
}

#[test]
fn lines_of_any_lengths_arrive_each_by_itself_and_in_order() {
    let (socket, to) = udp();
    let (plan, mut sender) = sender(vec![raw(to)]);
    let lines: Vec<String> = [5, 5, 5, 3, 7, 7, 1_199, 1_199, 1_500, 1_500, 2, 9, 9, 1]
        .iter()
        .enumerate()
        .map(|(at, length)| char::from(b'a' + at as u8).to_string().repeat(*length))
        .collect();
    for line in &lines {
        assert_eq!(sender.push(0, &info(line)), Pushed::Queued);
    }
    sender.flush(NOW);
    for line in &lines {
        assert_eq!(received(&socket), Some(line[..line.len().min(1_023)].to_owned() + "\n"));
    }
    assert_eq!(plan.dropped(), 0);
}

#[test]
fn a_full_batch_leaves_by_itself_and_nothing_is_lost() {
    let (socket, to) = udp();
    let (plan, mut sender) = sender(vec![raw(to)]);
    for at in 0..150 {
        assert_eq!(sender.push(0, &info(&format!("{at}"))), Pushed::Queued);
    }
    drop(sender);
    for at in 0..150 {
        assert_eq!(received(&socket), Some(format!("{at}\n")));
    }
    assert_eq!(plan.dropped(), 0);
}

#[test]
fn levels_empty_texts_and_unknown_targets_are_skipped() {
    let (socket, to) = udp();
    let (_, mut sender) = sender(vec![LogTarget { level: Level::Notice, ..raw(to) }]);
    assert_eq!(sender.push(0, &info("too chatty")), Pushed::Skipped);
    assert_eq!(sender.push(0, &Message { level: Level::Notice, ..info("") }), Pushed::Skipped);
    assert_eq!(sender.push(7, &info("nobody")), Pushed::Skipped);
    assert_eq!(sender.push(0, &Message { level: Level::Notice, ..info("heard") }), Pushed::Queued);
    sender.flush(NOW);
    assert_eq!(received(&socket).as_deref(), Some("heard\n"));
}

#[test]
fn a_sample_takes_its_turns_across_workers() {
    let sample = Sample { ranges: vec![(1, 1), (3, 5)], size: 7 };
    let target = LogTarget { sample: Some(sample), ..raw(LogAddress::Ring("r".into())) };
    let (plan, mut first) = sender(vec![target]);
    let mut second = LogSender::new(plan);
    let taken: Vec<u32> = (0..20)
        .filter(|at| {
            let worker = if at % 2 == 0 { &mut first } else { &mut second };
            worker.push(0, &info("x")) != Pushed::Skipped
        })
        .collect();
    assert_eq!(taken, [0, 2, 3, 4, 7, 9, 10, 11, 14, 16, 17, 18]);
}

#[test]
fn a_ring_gets_the_dressed_line_back() {
    let target = LogTarget { format: Some(LogFormat::Short), ..raw(LogAddress::Ring("events".into())) };
    let (_, mut sender) = sender(vec![target]);
    assert_eq!(sender.push(0, &info("x")), Pushed::ForRing { ring: "events", line: b"<6>x\n" });
}

#[test]
fn a_unix_listener_may_come_late_and_be_replaced() {
    let path = std::env::temp_dir().join(format!("pointsman-log-{}.sock", std::process::id()));
    let (plan, mut sender) = sender(vec![raw(LogAddress::UnixDgram(path.clone()))]);
    sender.push(0, &info("nobody there"));
    sender.flush(NOW);
    assert_eq!(plan.dropped(), 1);
    for round in 1..4 {
        let listener = UnixDatagram::bind(&path).unwrap();
        listener.set_nonblocking(true).unwrap();
        sender.push(0, &info("one"));
        sender.push(0, &info("two"));
        sender.flush(NOW + round * 2_000_000);
        let mut buf = [0; 64];
        assert_eq!(listener.recv(&mut buf).unwrap(), 4, "round {round}");
        assert_eq!(listener.recv(&mut buf).unwrap(), 4, "round {round}");
        drop(listener);
        std::fs::remove_file(&path).unwrap();
    }
    assert_eq!(plan.dropped(), 1);
}

#[test]
fn a_udp_listener_that_was_away_is_heard_again_at_once() {
    let (socket, to) = udp();
    let LogAddress::Udp(at) = to else { panic!("not UDP") };
    drop(socket);
    let (_, mut sender) = sender(vec![raw(to)]);
    for _ in 0..3 {
        sender.push(0, &info("lost"));
        sender.flush(NOW);
    }
    let socket = UdpSocket::bind(at).unwrap();
    socket.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
    sender.push(0, &info("found"));
    sender.flush(NOW);
    assert_eq!(received(&socket).as_deref(), Some("found\n"));
}

#[test]
fn a_datagram_too_long_for_its_socket_is_lost_alone() {
    let (socket, to) = udp();
    let (plan, mut sender) = sender(vec![LogTarget { len: 70_000, ..raw(to) }]);
    sender.push(0, &info("before"));
    sender.push(0, &info(&"x".repeat(69_000)));
    sender.push(0, &info("after"));
    sender.flush(NOW);
    assert_eq!(received(&socket).as_deref(), Some("before\n"));
    assert_eq!(received(&socket).as_deref(), Some("after\n"));
    assert_eq!(plan.dropped(), 1);
}

#[test]
fn a_slow_reader_of_a_pipe_gets_whole_lines_or_none() {
    use std::io::Read;
    let (mut reader, writer) = std::io::pipe().unwrap();
    let (plan, mut sender) = sender(vec![raw(LogAddress::Fd(writer.as_raw_fd()))]);
    let text = "y".repeat(99);
    let lines = 8000;
    for _ in 0..lines {
        sender.push(0, &info(&text));
    }
    sender.flush(NOW);
    assert!(plan.dropped() > 0, "a pipe and a queue do not hold this much");
    drop(writer);
    let reading = std::thread::spawn(move || {
        let mut all = String::new();
        reader.read_to_string(&mut all).unwrap();
        all
    });
    while !sender.is_empty() {
        sender.flush(NOW);
        std::thread::yield_now();
    }
    drop(sender);
    let all = reading.join().unwrap();
    assert!(all.lines().all(|line| line == text));
    assert_eq!(all.lines().count() as u64 + plan.dropped(), lines);
}
