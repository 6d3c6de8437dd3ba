//! The tags as HAProxy prints them, one exchange after the other.

use crate::base::clock::Tick;
use crate::live::{Live, Proxy, Server};
use crate::sample::format::{Escape, Flags};
use crate::sample::{Cx, Direction, Format, Node, Tag};
use crate::txn::{Session, Timers, Txn};
use crate::words::log_tags;

fn live() -> Live {
    let proxy = |name: &str| {
        let mut proxy = Proxy::default();
        proxy.name = name.to_owned();
        proxy.is_http = true;
        proxy
    };
    let server = Server { name: "s1".to_owned(), ..Server::default() };
    let live = Live { proxies: vec![proxy("fe"), proxy("be")], servers: vec![server], ..Live::default() };
    live.process.connections.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    live
}

fn exchange() -> (Session, Txn) {
    let sess = Session {
        src: "127.0.0.1:5000".parse().ok(),
        dst: "[::1]:80".parse().ok(),
        accepted: Tick(1_000_000),
        established: Some(Tick(1_002_000)),
        accepted_wall_us: 1_795_166_723_093_000,
        is_tls: true,
        ..Session::default()
    };
    let mut txn = Txn::default();
    txn.reset(crate::base::ids::ProxyId(1), sess.accepted);
    txn.request.start_request(b"GET", b"http://h/p\"?q#=1", crate::http::Version::Http11);
    txn.keep_line();
    (sess, txn)
}

/// Prints a format of tags and single characters, with flags.
fn line(sess: &Session, txn: &Txn, format: &str, flags: Flags) -> String {
    let nodes = format.split_inclusive(' ').map(|word| {
        let name = word.trim_end();
        let tag = log_tags().find(|tag| tag.name == name).unwrap_or_else(|| panic!("no tag {name}"));
        [Node::Tag(Tag { name: tag.name, needs: tag.needs, write: tag.write }, flags), Node::Text((*b" ").into())]
    });
    let live = live();
    let cx = Cx { sess, txn, live: &live, direction: Direction::Response };
    let text = Format::new(nodes.flatten().collect(), Escape::Log, b"").text(&cx).into_owned();
    String::from_utf8(text).unwrap().trim_end().to_owned()
}

#[test]
fn every_alias_is_there_once() {
    let names = "OG B CC CS H ID ST T Ta Tc Th Ti Tl Tq Tr TR Td Ts Tt Tu Tw U ac b bc bi bp bq ci cp f fc fi fp ft hr \
                 hrl hs hsl HM HP HPO HQ HU HV lc ms pid r rc rt s sc si sp sq sslc sslv t tr trg trl ts tsc";
    for name in names.split_whitespace() {
        assert_eq!(log_tags().filter(|tag| tag.name == name).count(), 1, "{name}");
    }
    assert_eq!(log_tags().count(), names.split_whitespace().count());
}

#[test]
fn names_and_addresses() {
    let (sess, mut txn) = exchange();
    let plain = Flags::default();
    assert_eq!(
        line(&sess, &txn, "ci cp fi fp f ft b s si bi bp", plain),
        "127.0.0.1 5000 ::1 80 fe fe~ be <NOSRV> - - -"
    );
    txn.server = Some(crate::base::ids::ServerId(0));
    let hex = Flags { hex: true, ..plain };
    assert_eq!(line(&sess, &txn, "ci cp fp fi s ST", hex), "7F000001 1388 0050 00000000000000000000000000000001 s1 -1");
    let quote = Flags { quote: true, ..plain };
    assert_eq!(line(&sess, &txn, "ci cp ft si CC sslv ts", quote), "\"127.0.0.1\" 5000 \"fe~\" \"\" \"\" \"\" --");
    let unix = Session { src: None, bind_uid: 2, ..sess };
    assert_eq!(line(&unix, &txn, "ci cp", plain), "unix 2");
}

#[test]
fn request_lines() {
    let (sess, mut txn) = exchange();
    let plain = Flags::default();
    let expected = "GET http://h/p#22 /p#22 ?q#23=1 http://h/p#22?q#23=1 HTTP/1.1 GET http://h/p#22?q#23=1 HTTP/1.1";
    assert_eq!(line(&sess, &txn, "HM HP HPO HQ HU HV r", plain), expected);
    txn.bad_request = true;
    assert_eq!(line(&sess, &txn, "HM HPO r OG", plain), "<BADREQ> <BADREQ> <BADREQ> sess_error");
}

#[test]
fn captures() {
    let (sess, mut txn) = exchange();
    let plain = Flags::default();
    assert_eq!(line(&sess, &txn, "ST hr hs hrl ts", plain), "-1 --");
    txn.request_captures = vec![Some(b"a\"|".to_vec()), None];
    txn.request_cookie = Some(b"sid=1".to_vec());
    assert_eq!(line(&sess, &txn, "hr hrl CC", plain), "{a#22#7C|} a#22#7C - sid=1");
    let quote = Flags { quote: true, ..plain };
    assert_eq!(line(&sess, &txn, "hr hrl CC", quote), "\"{a#22#7C|}\" \"a#22#7C\" \"\" \"sid=1\"");
}

#[test]
fn timers() {
    let (sess, mut txn) = exchange();
    let plain = Flags::default();
    let at = |ms: u64| Some(Tick(1_000_000 + ms * 1000));
    txn.timers =
        Timers { start: sess.accepted, first_byte: at(102), request: at(200), end: at(210), ..Timers::default() };
    let all = "Th Ti TR Tq Tw Tc Tr Td Ta Tt Tu";
    assert_eq!(line(&sess, &txn, all, plain), "2 100 98 200 -1 -1 -1 -1 108 210 110");
    txn.timers = Timers { queued: at(201), connected: at(203), response: at(207), ..txn.timers };
    assert_eq!(line(&sess, &txn, all, plain), "2 100 98 200 1 2 4 3 108 210 110");
    txn.early = true;
    assert_eq!(line(&sess, &txn, "Ta Tt Tu Td B U", plain), "+108 +210 +110 3 +0 0");
    txn.timers = Timers { start: sess.accepted, end: at(301), ..Timers::default() };
    txn.early = false;
    assert_eq!(line(&sess, &txn, all, plain), "2 0 -1 -1 -1 -1 -1 -1 299 301 301");
}

#[test]
fn dates() {
    let (sess, mut txn) = exchange();
    txn.timers.first_byte = Some(Tick(1_102_000));
    let plain = Flags::default();
    assert_eq!(
        line(&sess, &txn, "Ts ms T trg", plain),
        "1795166723 093 20/Nov/2026:09:25:23 +0000 20/Nov/2026:09:25:23 +0000"
    );
    assert_eq!(line(&sess, &txn, "Ts ms", Flags { hex: true, ..plain }), "6B001203 5D");
    assert!(line(&sess, &txn, "tr", plain).ends_with(":23.195"));
    // A later request of the same connection: its start is counted back from its first byte.
    txn.timers.start = Tick(2_000_000);
    txn.timers.first_byte = Some(Tick(2_100_000));
    txn.wall_us = sess.accepted_wall_us + 1_100_000;
    assert!(line(&sess, &txn, "t", plain).ends_with(":24.093"));
}
