//! `option external-check`: a command decides, told by arguments and environment what to look at.

use std::process::Stdio;

use tokio::process::Command;

use super::link::{Clock, Target};
use super::outcome::{Outcome, Status};
use crate::model::addr::Address;
use crate::model::proxy::Mode;

/// The exit code of a command that cannot be run.
const NOT_RUN: i32 = 255;

/// Runs the command and waits for its end.
pub async fn run(target: &Target, clock: &Clock) -> Outcome {
    let (command, path) = &target.backend().settings.external_check;
    let Some(command) = command else { return Outcome::new(Status::ProcessFailed, NOT_RUN, "") };
    let told = facts(target);
    let mut child = Command::new(command);
    child.args([&told.proxy.0, &told.proxy.1].map(|text| if text.is_empty() { "NOT_USED" } else { text.as_str() }));
    child.args([&told.server.0, &told.server.1]);
    child.env_clear().envs(told.environment).env("PATH", path.as_deref().unwrap_or_default());
    child.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    let Ok(mut child) = child.spawn() else { return Outcome::new(Status::ProcessFailed, NOT_RUN, "") };
    match clock.within(child.wait()).await {
        None => {
            let _ = child.kill().await;
            Outcome::of(Status::ProcessTimedOut)
        }
        Some(Ok(exit)) if exit.success() => Outcome::of(Status::ProcessPassed),
        Some(Ok(exit)) => Outcome::new(Status::ProcessFailed, exit.code().unwrap_or(-1), ""),
        Some(Err(_)) => Outcome::new(Status::ProcessFailed, -1, ""),
    }
}

struct Facts {
    proxy: (String, String),
    server: (String, String),
    environment: Vec<(&'static str, String)>,
}

fn facts(target: &Target) -> Facts {
    let config = &target.worker.config;
    let live = target.worker.live.server(target.server);
    let backend = target.backend();
    let bind = config.binds.iter().find(|(proxy, _)| *proxy == live.proxy);
    let bind = bind.and_then(|(_, bind)| bind.io.addresses.first().cloned());
    let proxy = parts(bind.as_ref());
    let server = parts(target.address(None).as_ref());
    let options = target.options();
    let protocol = if backend.settings.mode == Mode::Http { "h1" } else { "tcp" };
    let environment = vec![
        ("HAPROXY_PROXY_ADDR", proxy.0.clone()),
        ("HAPROXY_PROXY_ID", target.worker.live.proxy(live.proxy).uid.to_string()),
        ("HAPROXY_PROXY_NAME", backend.name.clone()),
        ("HAPROXY_PROXY_PORT", proxy.1.clone()),
        ("HAPROXY_SERVER_ADDR", server.0.clone()),
        ("HAPROXY_SERVER_CURCONN", live.connections.load(std::sync::atomic::Ordering::Relaxed).to_string()),
        ("HAPROXY_SERVER_ID", live.uid.to_string()),
        ("HAPROXY_SERVER_MAXCONN", live.maxconn.to_string()),
        ("HAPROXY_SERVER_NAME", live.name.clone()),
        ("HAPROXY_SERVER_PORT", server.1.clone()),
        ("HAPROXY_SERVER_PROTO", protocol.to_owned()),
        ("HAPROXY_SERVER_SSL", u8::from(options.ssl).to_string()),
    ];
    Facts { proxy, server, environment }
}

/// Host and port of an address; a path has no port.
fn parts(address: Option<&Address>) -> (String, String) {
    match address {
        Some(Address::Inet(inet)) => (inet.ip().to_string(), inet.port().to_string()),
        Some(Address::Unix(path)) => (path.display().to_string(), "NOT_USED".to_owned()),
        _ => (String::new(), String::new()),
    }
}
