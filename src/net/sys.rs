//! The system calls that neither std nor socket2 wraps. The only file with `unsafe`; it decides nothing.
#![allow(unsafe_code)]

use libc::{c_int, c_void, socklen_t};
use std::io::{self, IoSlice};
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};

/// Our own copy of a descriptor that this process inherited. The original stays open.
///
/// Fails with `EBADF` when nothing is open there.
pub fn inherited(fd: RawFd) -> io::Result<OwnedFd> {
    // SAFETY: F_DUPFD_CLOEXEC takes integers only; a bad descriptor is an error, not undefined behaviour.
    let copy = check(unsafe { libc::fcntl(fd, libc::F_DUPFD_CLOEXEC, 3) })?;
    // SAFETY: the kernel has just given us this descriptor and nobody else knows it.
    Ok(unsafe { OwnedFd::from_raw_fd(copy) })
}

/// Makes reads and writes on a descriptor return instead of waiting, for whoever shares its open file.
pub fn set_nonblocking(fd: BorrowedFd<'_>) -> io::Result<()> {
    // SAFETY: F_GETFL and F_SETFL take integers only; the descriptor is borrowed, hence open.
    let flags = check(unsafe { libc::fcntl(fd.as_raw_fd(), libc::F_GETFL) })?;
    // SAFETY: as above.
    check(unsafe { libc::fcntl(fd.as_raw_fd(), libc::F_SETFL, flags | libc::O_NONBLOCK) }).map(drop)
}

/// `TCP_DEFER_ACCEPT`: a connection is ready when its first data has come, or after so many seconds.
pub fn set_defer_accept(socket: BorrowedFd<'_>, seconds: u32) -> io::Result<()> {
    set_option(socket, libc::IPPROTO_TCP, libc::TCP_DEFER_ACCEPT, saturated(seconds))
}

/// `TCP_FASTOPEN` on a listening socket: how many such connections may be waiting.
pub fn set_fast_open(socket: BorrowedFd<'_>, queue: u32) -> io::Result<()> {
    set_option(socket, libc::IPPROTO_TCP, libc::TCP_FASTOPEN, saturated(queue))
}

/// `TCP_FASTOPEN_CONNECT`: the first write leaves with the first packet.
pub fn set_fast_open_connect(socket: BorrowedFd<'_>) -> io::Result<()> {
    set_option(socket, libc::IPPROTO_TCP, libc::TCP_FASTOPEN_CONNECT, 1)
}

/// `IP_BIND_ADDRESS_NO_PORT`: binding to port 0 leaves the choice of the port to `connect`.
pub fn set_bind_address_no_port(socket: BorrowedFd<'_>) -> io::Result<()> {
    set_option(socket, libc::IPPROTO_IP, libc::IP_BIND_ADDRESS_NO_PORT, 1)
}

/// What the kernel knows about a TCP connection. Times in microseconds, the rest in packets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TcpInfo {
    /// Smoothed round-trip time.
    pub rtt_us: u32,
    /// Its variation.
    pub rtt_variation_us: u32,
    /// Sent and not acknowledged.
    pub unacked: u32,
    /// Acknowledged out of order.
    pub sacked: u32,
    /// Believed lost.
    pub lost: u32,
    /// Being retransmitted.
    pub retrans: u32,
    /// Forward acknowledged.
    pub fackets: u32,
    /// How far the network reorders.
    pub reordering: u32,
}

/// `TCP_INFO` of a connection.
pub fn tcp_info(socket: BorrowedFd<'_>) -> io::Result<TcpInfo> {
    // SAFETY: tcp_info is a plain structure of integers, for which zero is a value.
    let mut info: libc::tcp_info = unsafe { std::mem::zeroed() };
    let mut len = size_of::<libc::tcp_info>() as socklen_t;
    // SAFETY: the pointer and the length describe `info`, which outlives the call; the kernel writes at most `len` bytes.
    check(unsafe {
        let at: *mut c_void = (&raw mut info).cast();
        libc::getsockopt(socket.as_raw_fd(), libc::IPPROTO_TCP, libc::TCP_INFO, at, &mut len)
    })?;
    Ok(TcpInfo {
        rtt_us: info.tcpi_rtt,
        rtt_variation_us: info.tcpi_rttvar,
        unacked: info.tcpi_unacked,
        sacked: info.tcpi_sacked,
        lost: info.tcpi_lost,
        retrans: info.tcpi_retrans,
        fackets: info.tcpi_fackets,
        reordering: info.tcpi_reordering,
    })
}

/// The most datagrams that one [`send_batch`] sends.
pub const BATCH_MESSAGES_MAX: usize = 64;

/// `sendmmsg` without waiting: sends a prefix of these datagrams to where the socket is connected, how many.
///
/// No more than [`BATCH_MESSAGES_MAX`] go at once. An error is about the first of them.
pub fn send_batch(socket: BorrowedFd<'_>, messages: &[IoSlice<'_>]) -> io::Result<usize> {
    // SAFETY: mmsghdr is a plain structure of integers and pointers, for which zero is a value.
    let mut headers: [libc::mmsghdr; BATCH_MESSAGES_MAX] = unsafe { std::mem::zeroed() };
    let count = messages.len().min(BATCH_MESSAGES_MAX);
    for (header, message) in headers.iter_mut().zip(messages) {
        // IoSlice is promised to have the layout of iovec; the kernel does not write through it.
        header.msg_hdr.msg_iov = (&raw const *message).cast_mut().cast();
        header.msg_hdr.msg_iovlen = 1;
    }
    // SAFETY: the first `count` headers point to `messages`, which outlive the call; the kernel writes to `headers` only.
    let sent = check(unsafe {
        let flags = libc::MSG_DONTWAIT | libc::MSG_NOSIGNAL;
        libc::sendmmsg(socket.as_raw_fd(), headers.as_mut_ptr(), count as libc::c_uint, flags as _)
    })?;
    Ok(usize::try_from(sent).unwrap_or(0))
}

/// Moves the calling thread into the network namespace that `namespace` was opened from.
pub fn enter_network_namespace(namespace: BorrowedFd<'_>) -> io::Result<()> {
    // SAFETY: setns takes integers only; the descriptor is borrowed, hence open.
    check(unsafe { libc::setns(namespace.as_raw_fd(), libc::CLONE_NEWNET) }).map(drop)
}

fn set_option(socket: BorrowedFd<'_>, level: c_int, option: c_int, value: c_int) -> io::Result<()> {
    let at: *const c_void = (&raw const value).cast();
    // SAFETY: the pointer and the length describe `value`, which outlives the call; the kernel only reads it.
    let done = unsafe { libc::setsockopt(socket.as_raw_fd(), level, option, at, size_of::<c_int>() as socklen_t) };
    check(done).map(drop)
}

fn check(returned: c_int) -> io::Result<c_int> {
    if returned < 0 { Err(io::Error::last_os_error()) } else { Ok(returned) }
}

fn saturated(value: u32) -> c_int {
    c_int::try_from(value).unwrap_or(c_int::MAX)
}
