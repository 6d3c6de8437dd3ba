//! The machine, as lowering asks about it: files, users, groups, hosts.

use std::net::{IpAddr, ToSocketAddrs};

use crate::model::world::{Kind, World};

/// The machine this program runs on.
pub const MACHINE: World = World { read, kind, list, user, group, host, enter, absolute, cpus, name, real: true };

/// The largest file that is read for a configuration, bytes.
const FILE_BYTES_MAX: u64 = 1 << 30;

/// The system's words for an error.
pub fn reason(error: &std::io::Error) -> String {
    match error.raw_os_error() {
        Some(libc::ENOENT) => "No such file or directory".to_owned(),
        Some(libc::EACCES) => "Permission denied".to_owned(),
        Some(libc::EISDIR) => "Is a directory".to_owned(),
        Some(libc::ENOTDIR) => "Not a directory".to_owned(),
        _ => error.to_string(),
    }
}

fn read(path: &str) -> Result<Vec<u8>, String> {
    let facts = std::fs::metadata(path).map_err(|error| reason(&error))?;
    if facts.is_dir() {
        return Err("Is a directory".to_owned());
    }
    if facts.len() > FILE_BYTES_MAX {
        return Err("File too large".to_owned());
    }
    std::fs::read(path).map_err(|error| reason(&error))
}

fn kind(path: &str) -> Result<Kind, String> {
    let facts = std::fs::metadata(path).map_err(|error| reason(&error))?;
    Ok(if facts.is_dir() { Kind::Folder } else { Kind::File })
}

fn list(path: &str) -> Vec<String> {
    let entries = std::fs::read_dir(path).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort_unstable();
    names.into_iter().map(|name| format!("{}/{name}", path.trim_end_matches('/'))).collect()
}

fn user(name: &str) -> Option<u32> {
    number_in("/etc/passwd", name)
}

fn group(name: &str) -> Option<u32> {
    number_in("/etc/group", name)
}

/// The third field of the line whose first is `name`.
fn number_in(file: &str, name: &str) -> Option<u32> {
    let text = std::fs::read_to_string(file).ok()?;
    text.lines().find_map(|line| {
        let mut fields = line.split(':');
        (fields.next() == Some(name)).then(|| fields.nth(1)?.parse().ok()).flatten()
    })
}

fn enter(path: &str) -> Result<(), String> {
    std::env::set_current_dir(path).map_err(|error| reason(&error))
}

fn absolute(path: &str) -> String {
    std::path::absolute(path).map_or_else(|_| path.to_owned(), |path| path.display().to_string())
}

fn cpus() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

fn name() -> String {
    std::fs::read_to_string("/proc/sys/kernel/hostname").map(|name| name.trim().to_owned()).unwrap_or_default()
}

fn host(name: &str) -> Option<IpAddr> {
    let mut found = (name, 0).to_socket_addrs().ok()?;
    found.next().map(|address| address.ip())
}
