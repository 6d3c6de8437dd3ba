//! Network namespaces by name, as `ip netns` keeps them. It only opens sockets there; the thread comes back.

use crate::net::sys;
use std::fs::File;
use std::io;
use std::os::fd::AsFd;

const FOLDER: &str = "/var/run/netns";

/// Runs `open` in the namespace `name`. What it opens stays there, the calling thread does not.
pub(super) fn within<T>(name: &str, open: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    if name.is_empty() || name.contains('/') {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let there = File::open(format!("{FOLDER}/{name}"))?;
    let here = File::open("/proc/thread-self/ns/net")?;
    sys::enter_network_namespace(there.as_fd())?;
    let opened = open();
    sys::enter_network_namespace(here.as_fd())?;
    opened
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_namespace_is_an_error_and_never_a_path() {
        assert_eq!(within("pointsman-none", || Ok(())).unwrap_err().kind(), io::ErrorKind::NotFound);
        assert_eq!(within("../../etc/passwd", || Ok(())).unwrap_err().kind(), io::ErrorKind::InvalidInput);
    }
}
