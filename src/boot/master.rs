//! Master-worker mode: a master that starts workers, hands signals on, and replaces them on a reload.
//!
//! The master serves nothing and reads no configuration itself; a worker that cannot start leaves the old one in place.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::process::{Child, Command};
use tokio::signal::unix::{SignalKind, signal};

use super::cli::Options;
use crate::net::sys;

/// Tells a worker that it has a master: the worker says `ready` on its standard input's other end.
const WORKER: &str = "POINTSMAN_WORKER";

/// How long a worker may take to get ready.
const READY_WITHIN: Duration = Duration::from_secs(60);

/// Whether this process was started by a master.
pub fn is_worker() -> bool {
    std::env::var_os(WORKER).is_some()
}

/// The line to the master, if there is one; taken before a chroot hides it.
pub fn line() -> Option<std::fs::File> {
    std::fs::File::options().write(true).open(std::env::var_os(WORKER)?).ok()
}

/// Tells the master that the sockets are bound: it then lets the old worker finish.
pub fn ready(line: Option<std::fs::File>) {
    if let Some(mut line) = line {
        // When the other end is gone, nobody waits any more.
        let _ = std::io::Write::write_all(&mut line, b"ready\n");
    }
}

/// Runs the master. The answer is the exit code.
pub fn run(options: &Options) -> u8 {
    if options.daemon
        && !options.foreground
        && let Err(error) = sys::go_to_background()
    {
        eprintln!("[ALERT]    ({}) : Cannot fork : {error}", std::process::id());
        return 1;
    }
    if let Err(text) = super::settle::write_pid(options.pidfile.as_deref()) {
        eprintln!("[ALERT]    ({}) : {text}", std::process::id());
        return 1;
    }
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return 1 };
    runtime.block_on(oversee(options))
}

async fn oversee(options: &Options) -> u8 {
    let Some(mut current) = start().await else {
        eprintln!("[ALERT]    ({}) : the worker failed to start. Exiting.", std::process::id());
        return 1;
    };
    notify(options, "READY=1");
    let kinds = [
        SignalKind::terminate(),
        SignalKind::interrupt(),
        SignalKind::user_defined1(),
        SignalKind::user_defined2(),
        SignalKind::hangup(),
    ];
    let [Ok(mut term), Ok(mut int), Ok(mut usr1), Ok(mut usr2), Ok(mut hup)] = kinds.map(signal) else { return 1 };
    let mut leaving: Vec<Child> = Vec::new();
    loop {
        let reload = tokio::select! {
            status = current.wait() => {
                let code = status.ok().and_then(|status| status.code()).unwrap_or(128);
                eprintln!("[ALERT]    ({}) : Current worker exited with code {code}", std::process::id());
                return u8::try_from(code).unwrap_or(1);
            }
            _ = term.recv() => false,
            _ = int.recv() => false,
            _ = usr1.recv() => {
                tell(&current, true);
                let _ = current.wait().await;
                return 0;
            }
            _ = usr2.recv() => true,
            _ = hup.recv() => true,
        };
        if !reload {
            leaving.iter().chain([&current]).for_each(|worker| tell(worker, false));
            let _ = current.wait().await;
            return 0;
        }
        notify(options, "RELOADING=1");
        eprintln!("[NOTICE]   ({}) : Reloading", std::process::id());
        if let Some(next) = start().await {
            tell(&current, true);
            leaving.push(std::mem::replace(&mut current, next));
        } else {
            eprintln!("[WARNING]  ({}) : the new worker failed to start, the old one goes on", std::process::id());
        }
        leaving.retain_mut(|worker| matches!(worker.try_wait(), Ok(None)));
        notify(options, "READY=1");
    }
}

/// Starts a worker with this process's own arguments and waits until it is ready; none if it ended first.
async fn start() -> Option<Child> {
    let (writer, mut reader) = tokio::net::unix::pipe::pipe().ok()?;
    let writer = writer.into_blocking_fd().ok()?;
    sys::set_kept_over_exec(std::os::fd::AsFd::as_fd(&writer), true).ok()?;
    let path = format!("/proc/self/fd/{}", std::os::fd::AsRawFd::as_raw_fd(&writer));
    let program = std::env::current_exe().ok()?;
    let mut worker =
        Command::new(program).args(std::env::args_os().skip(1)).env(WORKER, path).stdin(Stdio::null()).spawn().ok()?;
    drop(writer);
    let mut word = [0u8; 8];
    let heard = tokio::time::timeout(READY_WITHIN, reader.read(&mut word)).await;
    if matches!(heard, Ok(Ok(count)) if count > 0) {
        return Some(worker);
    }
    let _ = worker.wait().await;
    None
}

fn tell(worker: &Child, finish: bool) {
    if let Some(pid) = worker.id().and_then(|pid| i32::try_from(pid).ok()) {
        let _ = sys::send_signal(pid, finish);
    }
}

/// Tells systemd how things stand (`-Ws`).
fn notify(options: &Options, state: &str) {
    let (true, Some(path)) = (options.notify, std::env::var_os("NOTIFY_SOCKET")) else { return };
    let Ok(socket) = std::os::unix::net::UnixDatagram::unbound() else { return };
    let text = format!("{state}\nMAINPID={}", std::process::id());
    let _ = socket.send_to(text.as_bytes(), path);
}
