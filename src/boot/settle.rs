//! What a process does between binding its sockets and serving: limits, background, pid file, chroot, user.

use std::fs;

use super::cli::Options;
use crate::model::global::Global;
use crate::net::sys;

/// Descriptors kept for everything that is no client or server connection.
const SPARE_DESCRIPTORS: u64 = 100;

/// Settles in, in the one order that works: each step needs what the next one gives up. No thread may exist yet.
pub fn settle(global: &Global, options: &Options) -> Result<(), String> {
    raise_limit(options.maxconn.or(global.maxconn));
    let foreground = options.foreground || options.debug || super::master::is_worker();
    if (options.daemon || global.daemon) && !foreground {
        sys::go_to_background().map_err(|error| format!("[pointsman.main()] Cannot fork : {error}"))?;
    }
    if !super::master::is_worker() {
        write_pid(options.pidfile.as_deref().or(global.pidfile.as_deref()))?;
    }
    let gid = match &global.group {
        Some(name) => Some(sys::group_id(name).ok().flatten().ok_or_else(|| format!("unknown group '{name}'"))?),
        None => global.gid,
    };
    let user = match &global.user {
        Some(name) => Some(sys::user_ids(name).ok().flatten().ok_or_else(|| format!("unknown user '{name}'"))?),
        None => None,
    };
    if let Some(folder) = &global.chroot {
        std::os::unix::fs::chroot(folder)
            .and_then(|()| std::env::set_current_dir("/"))
            .map_err(|error| format!("[pointsman.main()] Cannot chroot({folder}) : {error}"))?;
    }
    let uid = user.map(|user| user.uid).or(global.uid).filter(|uid| *uid != 0);
    let gid = gid.filter(|gid| *gid != 0);
    sys::become_user(uid, gid).map_err(|error| format!("[pointsman.main()] Cannot set uid or gid : {error}"))
}

/// Writes the pid of the process that the world talks to.
pub fn write_pid(path: Option<&str>) -> Result<(), String> {
    let Some(path) = path else { return Ok(()) };
    fs::write(path, format!("{}\n", std::process::id()))
        .map_err(|error| format!("[pointsman.main()] Cannot create pidfile {path} : {error}"))
}

/// Raises the limit on descriptors as far as it goes, or as far as `maxconn` needs.
fn raise_limit(maxconn: Option<u32>) {
    let Ok((now, at_most)) = sys::open_files_limit() else { return };
    let wanted = maxconn.map_or(at_most, |count| u64::from(count) * 2 + SPARE_DESCRIPTORS);
    if wanted > now {
        let allowed = sys::set_open_files_limit(wanted, at_most.max(wanted)).is_ok();
        if !allowed && sys::set_open_files_limit(at_most, at_most).is_err() {
            log::warn!("the limit on open descriptors stays at {now}");
        }
    }
}
