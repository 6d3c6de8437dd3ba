//! The algorithms as the data path uses them: servers that are full, avoided, down, or backups.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use crate::base::ids::{ProxyId, ServerId};
use crate::live::{Live, Proxy, Server, State};
use crate::model::proxy::{Mode, Options, Settings};
use crate::sample::{Cx, Direction, Pick};
use crate::txn::{Session, Txn};
use crate::words::balances;

/// A backend of servers written as `weight` or `bweight` for a backup.
fn backend(servers: &[&str]) -> Live {
    let mut proxy = Proxy::default();
    let mut live = Live::default();
    for (at, text) in servers.iter().enumerate() {
        let weight = text.trim_start_matches('b').parse().unwrap();
        let server = Server { uid: at as u32 + 1, backup: text.starts_with('b'), maxconn: 1, ..Server::default() };
        server.weight.store(weight, Relaxed);
        proxy.servers.push(ServerId(at as u32));
        live.servers.push(server);
    }
    live.proxies.push(proxy);
    live
}

fn settings(name: &'static str) -> Settings {
    let mut settings = Settings { mode: Mode::Http, ..Settings::default() };
    settings.balance.name = name;
    settings
}

fn build(settings: &Settings) -> Arc<dyn Pick> {
    let spec = balances().find(|spec| spec.name == settings.balance.name).unwrap();
    (spec.build)(settings).unwrap_or_else(|message| panic!("{message}"))
}

/// The server's number from 1, or `!`, for each request from this address.
fn picks(pick: &dyn Pick, live: &Live, count: usize, src: &str, avoid: Option<u32>) -> String {
    let sess = Session { src: src.parse().ok(), ..Session::default() };
    let txn = Txn::default();
    let cx = Cx { sess: &sess, txn: &txn, live, direction: Direction::Request };
    let one = |_| match pick.pick(live.proxy(ProxyId(0)), &cx, avoid.map(|number| ServerId(number - 1))) {
        Some(server) => char::from(b'1' + server.0 as u8),
        None => '!',
    };
    (0..count).map(one).collect()
}

fn set(live: &Live, number: usize, state: State) {
    live.servers[number - 1].state.store(state as u8, Relaxed);
}

const ALL: [&str; 6] = ["roundrobin", "static-rr", "leastconn", "first", "source", "random"];

#[test]
fn down_servers_and_backups() {
    for name in ALL {
        for all_backups in [false, true] {
            let live = backend(&["1", "b1", "b1"]);
            let mut settings = settings(name);
            settings.options.put(Options::ALL_BACKUPS, all_backups);
            let pick = build(&settings);
            let next = |avoid| {
                pick.refresh(&live, live.proxy(ProxyId(0)));
                picks(&*pick, &live, 60, "127.0.0.1:1", avoid)
            };
            assert_eq!(next(None), "1".repeat(60), "{name}");
            set(&live, 1, State::Down);
            let backups = next(None);
            assert!(!backups.contains(['1', '!']), "{name} {backups}");
            if matches!(name, "roundrobin" | "static-rr" | "random") {
                assert_eq!(backups.contains('3'), all_backups, "{name} {backups}");
            }
            if all_backups {
                assert_eq!(next(Some(2)), "3".repeat(60), "{name}");
            } else {
                assert_eq!(next(Some(2)), "2".repeat(60), "{name}");
            }
            set(&live, 2, State::Maintenance);
            set(&live, 3, State::Drain);
            assert_eq!(next(None), "!".repeat(60), "{name}");
            set(&live, 1, State::Up);
            assert_eq!(next(Some(1)), "1".repeat(60), "{name}");
        }
    }
}

#[test]
fn full_servers_are_passed_over() {
    for name in ALL {
        let live = backend(&["1", "1"]);
        let pick = build(&settings(name));
        pick.refresh(&live, live.proxy(ProxyId(0)));
        assert!(live.servers[0].take_slot());
        let expected = if name == "source" { "1" } else { "2" };
        assert_eq!(picks(&*pick, &live, 3, "127.0.0.2:1", None), expected.repeat(3), "{name}");
        assert!(live.servers[1].take_slot());
        let expected = if name == "source" { "1" } else { "!" };
        assert_eq!(picks(&*pick, &live, 3, "127.0.0.2:1", None), expected.repeat(3), "{name}");
    }
}

#[test]
fn turns_pass_over_who_is_avoided() {
    let live = backend(&["1", "2", "3"]);
    for name in ["roundrobin", "static-rr"] {
        let pick = build(&settings(name));
        pick.refresh(&live, live.proxy(ProxyId(0)));
        let got = picks(&*pick, &live, 6, "127.0.0.1:1", Some(1));
        assert!(got.contains('2') && got.contains('3') && !got.contains('1'), "{name} {got}");
    }
}

/// As a real HAProxy chose, each digit for the next of 127.0.0.2, 127.0.0.3, …
#[test]
fn sources_as_recorded() {
    for (weights, hash_type, expected) in [
        (&["1", "1", "1"][..], &[][..], "1231231231"),
        (&["1", "3"], &[], "2212221222"),
        (&["1", "1", "1"], &["consistent"], "1312131132"),
    ] {
        let live = backend(weights);
        let mut settings = settings("source");
        settings.balance.hash_type = hash_type.iter().map(|word| (*word).to_owned()).collect();
        let pick = build(&settings);
        pick.refresh(&live, live.proxy(ProxyId(0)));
        let got: String = (2..12).map(|host| picks(&*pick, &live, 1, &format!("127.0.0.{host}:1"), None)).collect();
        assert_eq!(got, expected, "{weights:?} {hash_type:?}");
    }
}
