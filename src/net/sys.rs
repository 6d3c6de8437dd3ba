//! The system calls that neither std nor socket2 wraps. The only file with `unsafe`; it decides nothing.
#![allow(unsafe_code)]

use libc::{c_int, c_void, socklen_t};
use std::ffi::CString;
use std::io::{self, IoSlice};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};

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

/// Datagrams that lie one behind the other.
#[derive(Debug, Clone, Copy, Default)]
pub struct Datagrams<'a> {
    /// Their bytes.
    pub bytes: &'a [u8],
    /// Where the kernel cuts them: each has this length, the last may be shorter. None: it is one datagram.
    pub each: Option<u16>,
}

/// Room for one control message that holds a `u16`, aligned as the kernel wants it.
type Control = [u64; 3];

/// `sendmmsg` without waiting: sends a prefix of these datagrams to where the socket is connected, how many entries.
///
/// No more than [`BATCH_MESSAGES_MAX`] go at once. An error is about the first of them.
pub fn send_batch(socket: BorrowedFd<'_>, messages: &[Datagrams<'_>]) -> io::Result<usize> {
    // SAFETY: mmsghdr is a plain structure of integers and pointers, for which zero is a value.
    let mut headers: [libc::mmsghdr; BATCH_MESSAGES_MAX] = unsafe { std::mem::zeroed() };
    let mut slices = [IoSlice::new(&[]); BATCH_MESSAGES_MAX];
    let mut controls: [Control; BATCH_MESSAGES_MAX] = [[0; 3]; BATCH_MESSAGES_MAX];
    let count = messages.len().min(BATCH_MESSAGES_MAX);
    for (((header, slice), control), message) in headers.iter_mut().zip(&mut slices).zip(&mut controls).zip(messages) {
        *slice = IoSlice::new(message.bytes);
        // IoSlice is promised to have the layout of iovec; the kernel does not write through it.
        header.msg_hdr.msg_iov = (&raw mut *slice).cast();
        header.msg_hdr.msg_iovlen = 1;
        if let Some(each) = message.each {
            header.msg_hdr.msg_control = (&raw mut *control).cast();
            header.msg_hdr.msg_controllen = size_of::<Control>() as _;
            // SAFETY: the control buffer is larger than one header with a u16 and aligned for both, so that the pointers
            // which CMSG_FIRSTHDR and CMSG_DATA give lie within it.
            unsafe {
                let first = libc::CMSG_FIRSTHDR(&raw const header.msg_hdr);
                (*first).cmsg_level = libc::SOL_UDP;
                (*first).cmsg_type = libc::UDP_SEGMENT;
                (*first).cmsg_len = libc::CMSG_LEN(size_of::<u16>() as u32) as _;
                libc::CMSG_DATA(first).cast::<u16>().write_unaligned(each);
            }
        }
    }
    // SAFETY: the first `count` headers point to `slices` and `controls`, which outlive the call, and these to
    // `messages`; the kernel writes to `headers` only.
    let sent = check(unsafe {
        let flags = libc::MSG_DONTWAIT | libc::MSG_NOSIGNAL;
        libc::sendmmsg(socket.as_raw_fd(), headers.as_mut_ptr(), count as libc::c_uint, flags as _)
    })?;
    Ok(usize::try_from(sent).unwrap_or(0))
}

/// Reads from a socket once: the number of bytes, 0 at its end. Not the C library's `recv`, which makes each call a point
/// where a thread may be cancelled; nobody here cancels threads.
pub fn receive(socket: BorrowedFd<'_>, into: &mut [u8]) -> io::Result<usize> {
    let nothing = std::ptr::null::<c_void>();
    // SAFETY: the kernel writes at most `into.len()` bytes to `into`, which is borrowed for the call; the address of the
    // sender is not asked for.
    let count = unsafe {
        libc::syscall(libc::SYS_recvfrom, socket.as_raw_fd(), into.as_mut_ptr(), into.len(), 0, nothing, nothing)
    };
    usize::try_from(count).map_err(|_| io::Error::last_os_error())
}

/// Writes to a socket once: how many bytes were taken. See [`receive`].
pub fn send(socket: BorrowedFd<'_>, bytes: &[u8]) -> io::Result<usize> {
    let (flags, nothing) = (libc::MSG_NOSIGNAL, std::ptr::null::<c_void>());
    // SAFETY: the kernel reads `bytes.len()` bytes of `bytes`, which is borrowed for the call; no address is given.
    let count =
        unsafe { libc::syscall(libc::SYS_sendto, socket.as_raw_fd(), bytes.as_ptr(), bytes.len(), flags, nothing, 0) };
    usize::try_from(count).map_err(|_| io::Error::last_os_error())
}

/// Moves the calling thread into the network namespace that `namespace` was opened from.
pub fn enter_network_namespace(namespace: BorrowedFd<'_>) -> io::Result<()> {
    // SAFETY: setns takes integers only; the descriptor is borrowed, hence open.
    check(unsafe { libc::setns(namespace.as_raw_fd(), libc::CLONE_NEWNET) }).map(drop)
}

/// A pipe in the kernel, through which bytes go from one socket to another without coming here.
#[derive(Debug)]
pub struct Pipe {
    read: OwnedFd,
    write: OwnedFd,
    held: usize,
}

impl Pipe {
    /// A pipe that holds about this many bytes.
    pub fn new(bytes: usize) -> io::Result<Pipe> {
        let mut ends: [c_int; 2] = [-1; 2];
        // SAFETY: pipe2 writes two descriptors to the array it is given.
        check(unsafe { libc::pipe2(ends.as_mut_ptr(), libc::O_NONBLOCK | libc::O_CLOEXEC) })?;
        // SAFETY: the kernel has just given us both descriptors and nobody else knows them.
        let (read, write) = unsafe { (OwnedFd::from_raw_fd(ends[0]), OwnedFd::from_raw_fd(ends[1])) };
        // SAFETY: F_SETPIPE_SZ takes integers only. Who has used up the share of a user gets pipes of a page or two, and is
        // better off without.
        check(unsafe {
            libc::fcntl(write.as_raw_fd(), libc::F_SETPIPE_SZ, c_int::try_from(bytes).unwrap_or(c_int::MAX))
        })?;
        Ok(Pipe { read, write, held: 0 })
    }

    /// How many bytes are inside.
    pub fn held(&self) -> usize {
        self.held
    }

    /// Moves up to `bytes` bytes from a socket into the pipe, which must be empty: how many, 0 at the end.
    pub fn fill(&mut self, from: BorrowedFd<'_>, bytes: usize) -> io::Result<usize> {
        let n = splice(from, self.write.as_fd(), bytes)?;
        self.held += n;
        Ok(n)
    }

    /// Moves what is inside to a socket: how many bytes.
    pub fn drain(&mut self, to: BorrowedFd<'_>) -> io::Result<usize> {
        let n = splice(self.read.as_fd(), to, self.held)?;
        self.held = self.held.saturating_sub(n);
        Ok(n)
    }
}

fn splice(from: BorrowedFd<'_>, to: BorrowedFd<'_>, bytes: usize) -> io::Result<usize> {
    let (here, none) = (std::ptr::null_mut(), std::ptr::null_mut());
    let flags = libc::SPLICE_F_MOVE | libc::SPLICE_F_NONBLOCK;
    // SAFETY: both descriptors are borrowed, hence open; no offset is given, so the kernel writes to no memory of ours.
    let moved = unsafe { libc::splice(from.as_raw_fd(), here, to.as_raw_fd(), none, bytes, flags) };
    usize::try_from(moved).map_err(|_| io::Error::last_os_error())
}

/// The numbers of a user: `getpwnam`. `None` if there is no such user.
pub fn user_ids(name: &str) -> io::Result<Option<UserIds>> {
    let name = CString::new(name)?;
    let mut text = vec![0; NAME_BYTES_MAX];
    let mut found = std::ptr::null_mut();
    // SAFETY: passwd is a plain structure of integers and pointers, for which zero is a value.
    let mut entry: libc::passwd = unsafe { std::mem::zeroed() };
    // SAFETY: all pointers are to locals that outlive the call, and the length is that of `text`.
    let code = unsafe { libc::getpwnam_r(name.as_ptr(), &mut entry, text.as_mut_ptr(), text.len(), &mut found) };
    match code {
        0 if found.is_null() => Ok(None),
        0 => Ok(Some(UserIds { uid: entry.pw_uid, gid: entry.pw_gid })),
        code => Err(io::Error::from_raw_os_error(code)),
    }
}

/// The number of a group: `getgrnam`. `None` if there is no such group.
pub fn group_id(name: &str) -> io::Result<Option<u32>> {
    let name = CString::new(name)?;
    let mut text = vec![0; NAME_BYTES_MAX];
    let mut found = std::ptr::null_mut();
    // SAFETY: group is a plain structure of integers and pointers, for which zero is a value.
    let mut entry: libc::group = unsafe { std::mem::zeroed() };
    // SAFETY: all pointers are to locals that outlive the call, and the length is that of `text`.
    let code = unsafe { libc::getgrnam_r(name.as_ptr(), &mut entry, text.as_mut_ptr(), text.len(), &mut found) };
    match code {
        0 if found.is_null() => Ok(None),
        0 => Ok(Some(entry.gr_gid)),
        code => Err(io::Error::from_raw_os_error(code)),
    }
}

/// A user's own number and that of its group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UserIds {
    /// The user.
    pub uid: u32,
    /// Its group.
    pub gid: u32,
}

/// The room for one line of the user or group list, bytes.
const NAME_BYTES_MAX: usize = 64 * 1024;

/// Becomes another group and user, in this order and for good; supplementary groups are given up.
///
/// Call it before other threads exist: the system calls are per thread, glibc's are per process, and we use glibc's.
pub fn become_user(uid: Option<u32>, gid: Option<u32>) -> io::Result<()> {
    // SAFETY: these calls take integers only, and a null list of length 0.
    unsafe {
        if let Some(gid) = gid {
            check(libc::setgroups(0, std::ptr::null()))?;
            check(libc::setgid(gid))?;
        }
        if let Some(uid) = uid {
            check(libc::setuid(uid))?;
        }
    }
    Ok(())
}

/// The limits on open descriptors: what holds now and what it may be raised to.
pub fn open_files_limit() -> io::Result<(u64, u64)> {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: the pointer is to a local that outlives the call.
    check(unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &mut limit) })?;
    Ok((limit.rlim_cur, limit.rlim_max))
}

/// Sets the limits on open descriptors. Raising the second takes privileges.
pub fn set_open_files_limit(now: u64, at_most: u64) -> io::Result<()> {
    let limit = libc::rlimit { rlim_cur: now, rlim_max: at_most };
    // SAFETY: the pointer is to a local that outlives the call, which only reads it.
    check(unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &limit) }).map(drop)
}

/// Goes into the background: forks, lets the parent exit with `status` 0, and leaves the terminal.
///
/// Refused once this process has several threads, because only the calling one would live on in the child.
pub fn go_to_background() -> io::Result<()> {
    if std::fs::read_dir("/proc/self/task")?.count() != 1 {
        return Err(io::Error::other("the process has several threads already"));
    }
    // SAFETY: there is one thread, checked above, so the child is a complete copy and may do anything.
    match check(unsafe { libc::fork() })? {
        0 => {
            // SAFETY: setsid takes no argument.
            check(unsafe { libc::setsid() }).map(drop)
        }
        _ => std::process::exit(0),
    }
}

/// The processors this process may run on, by number.
pub fn usable_processors() -> io::Result<Vec<usize>> {
    // SAFETY: cpu_set_t is a plain structure of integers, for which zero is a value.
    let mut set: libc::cpu_set_t = unsafe { std::mem::zeroed() };
    // SAFETY: the pointer and the size describe `set`, which outlives the call.
    check(unsafe { libc::sched_getaffinity(0, size_of::<libc::cpu_set_t>(), &mut set) })?;
    // SAFETY: CPU_ISSET reads `set` within its size, of which the numbers stay below.
    Ok((0..libc::CPU_SETSIZE as usize).filter(|number| unsafe { libc::CPU_ISSET(*number, &set) }).collect())
}

/// Keeps the calling thread on these processors.
pub fn stay_on_processors(numbers: &[usize]) -> io::Result<()> {
    // SAFETY: cpu_set_t is a plain structure of integers, for which zero is a value.
    let mut set: libc::cpu_set_t = unsafe { std::mem::zeroed() };
    for number in numbers.iter().filter(|number| **number < libc::CPU_SETSIZE as usize) {
        // SAFETY: CPU_SET writes to `set` within its size, of which the number stays below.
        unsafe { libc::CPU_SET(*number, &mut set) };
    }
    // SAFETY: the pointer and the size describe `set`, which outlives the call, which only reads it.
    check(unsafe { libc::sched_setaffinity(0, size_of::<libc::cpu_set_t>(), &set) }).map(drop)
}

/// Lets a descriptor outlive an `exec`, or not.
pub fn set_kept_over_exec(fd: BorrowedFd<'_>, is_kept: bool) -> io::Result<()> {
    let flags = if is_kept { 0 } else { libc::FD_CLOEXEC };
    // SAFETY: F_SETFD takes integers only; the descriptor is borrowed, hence open.
    check(unsafe { libc::fcntl(fd.as_raw_fd(), libc::F_SETFD, flags) }).map(drop)
}

/// Sends a process SIGUSR1 to finish, or SIGTERM to end.
pub fn send_signal(pid: i32, finish: bool) -> io::Result<()> {
    let signal = if finish { libc::SIGUSR1 } else { libc::SIGTERM };
    // SAFETY: kill takes two integers and touches no memory of ours.
    check(unsafe { libc::kill(pid, signal) }).map(drop)
}

/// The machine's name, as the kernel knows it.
pub fn host_name() -> String {
    let mut name = [0u8; 256];
    // SAFETY: the pointer and the length are those of a live array, and the kernel writes no further.
    let code = unsafe { libc::gethostname(name.as_mut_ptr().cast(), name.len()) };
    if code != 0 {
        return String::from("localhost");
    }
    let end = name.iter().position(|&byte| byte == 0).unwrap_or(name.len());
    String::from_utf8_lossy(name.get(..end).unwrap_or_default()).into_owned()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_and_groups_have_numbers() {
        assert_eq!(user_ids("root").unwrap(), Some(UserIds { uid: 0, gid: 0 }));
        assert_eq!(user_ids("no such user").unwrap(), None);
        assert_eq!(group_id("root").unwrap(), Some(0));
        assert_eq!(group_id("no such group").unwrap(), None);
    }

    #[test]
    fn limits_and_processors_can_be_asked_and_set() {
        let (now, at_most) = open_files_limit().unwrap();
        assert!(now > 0 && now <= at_most);
        set_open_files_limit(now, at_most).unwrap();
        let processors = usable_processors().unwrap();
        assert!(!processors.is_empty());
        std::thread::spawn(move || {
            stay_on_processors(&processors[..1]).unwrap();
            assert_eq!(usable_processors().unwrap(), processors[..1]);
        })
        .join()
        .unwrap();
        assert!(stay_on_processors(&[]).is_err());
    }

    #[test]
    fn a_process_with_threads_does_not_fork() {
        let (stop, stopped) = std::sync::mpsc::channel::<()>();
        let other = std::thread::spawn(move || stopped.recv().is_err());
        assert!(go_to_background().is_err());
        drop(stop);
        assert!(other.join().unwrap());
    }
}
