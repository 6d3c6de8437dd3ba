//! One place where log lines leave: a datagram socket or a descriptor, with the lines that wait for it.

use crate::model::log_target::LogAddress;
use crate::net::sys::Datagrams;
use crate::net::{abstract_sockaddr, sys};
use socket2::{Domain, SockAddr, Socket, Type};
use std::fs::File;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::os::fd::AsFd;

/// The most bytes that wait for a datagram socket.
const DATAGRAM_BYTES_MAX: usize = 64 * 1024;

/// The most bytes that wait for a descriptor whose reader is slow.
const STREAM_BYTES_MAX: usize = 256 * 1024;

/// How much goes into one write to a descriptor: what a pipe takes whole, so that workers do not mix their lines.
const ATOMIC_BYTES: usize = 4096;

/// The longest line that leaves in a group: it has to fit into one packet on every way.
const GROUPED_BYTES_MAX: usize = 1_200;

/// The most lines of a group: what the kernel cuts at most, and what fits into one of its pieces.
const GROUP_LINES_MAX: usize = 40;

/// How long a socket that could not be opened is left alone, microseconds.
const RETRY_US: i64 = 1_000_000;

/// A destination and what is queued for it.
#[derive(Debug)]
pub(super) struct Outlet {
    address: LogAddress,
    way: Way,
    /// The lines, one after the other.
    lines: Vec<u8>,
    /// Where each line ends.
    ends: Vec<usize>,
    /// When it may be opened again, microseconds of Unix time.
    retry_us: i64,
    /// Whether the kernel may cut datagrams from a longer piece: it then walks its own way once for all of them.
    groups: bool,
}

#[derive(Debug)]
enum Way {
    Closed,
    Datagrams(Socket),
    Stream(File),
}

impl Outlet {
    pub(super) fn new(address: LogAddress) -> Outlet {
        let way = open(&address).unwrap_or(Way::Closed);
        let groups = matches!(address, LogAddress::Udp(_));
        Outlet { address, way, lines: Vec::new(), ends: Vec::new(), retry_us: i64::MIN, groups }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Queues a line, sending first what fills the queue: how many lines were lost.
    pub(super) fn queue(&mut self, line: &[u8], now_us: i64) -> u64 {
        let (bytes_max, lines_max) = match self.way {
            Way::Stream(_) => (STREAM_BYTES_MAX, usize::MAX),
            _ => (DATAGRAM_BYTES_MAX, sys::BATCH_MESSAGES_MAX),
        };
        let is_full = |outlet: &Outlet| outlet.lines.len() + line.len() > bytes_max || outlet.ends.len() >= lines_max;
        let mut lost = 0;
        if is_full(self) {
            lost += self.flush(now_us);
        }
        if is_full(self) && !self.is_empty() {
            return lost + 1;
        }
        self.lines.extend_from_slice(line);
        self.ends.push(self.lines.len());
        lost
    }

    /// Sends what is queued: how many lines were lost. A slow reader's lines stay queued.
    pub(super) fn flush(&mut self, now_us: i64) -> u64 {
        if self.is_empty() {
            return 0;
        }
        if matches!(self.way, Way::Closed) {
            self.reopen(now_us);
        }
        match &self.way {
            Way::Closed => self.drop_all(),
            Way::Stream(_) => self.write_out(),
            Way::Datagrams(_) => self.send_out(now_us),
        }
    }

    fn reopen(&mut self, now_us: i64) {
        if now_us >= self.retry_us {
            self.retry_us = now_us.saturating_add(RETRY_US);
            self.way = open(&self.address).unwrap_or(Way::Closed);
        }
    }

    fn send_out(&mut self, now_us: i64) -> u64 {
        let mut sent = 0;
        // Two hiccups are allowed: an old refusal being reported, and a listener that was replaced.
        let mut hiccups = 0;
        while sent < self.ends.len() {
            let Way::Datagrams(socket) = &self.way else { break };
            match self.send_from(socket, sent) {
                Ok(0) => break,
                Ok(n) => sent += n,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // No such service in this kernel or on this way: one by one then.
                Err(error) if self.groups && is_no_service(&error) => self.groups = false,
                Err(error) if is_too_long(&error) => {
                    self.remove(sent);
                    return self.send_out(now_us) + 1;
                }
                Err(error) if is_refusal(&error) && hiccups < 2 => {
                    hiccups += 1;
                    if !matches!(self.address, LogAddress::Udp(_)) {
                        self.way = Way::Closed;
                        self.reopen(now_us);
                    }
                }
                Err(_) => break,
            }
        }
        let lost = self.ends.len().saturating_sub(sent) as u64;
        self.drop_all();
        lost
    }

    /// Sends lines from this one on: how many.
    fn send_from(&self, socket: &Socket, first: usize) -> io::Result<usize> {
        if first + 1 == self.ends.len() {
            let flags = libc::MSG_DONTWAIT | libc::MSG_NOSIGNAL;
            return socket.send_with_flags(self.line(first), flags).map(|_| 1);
        }
        let mut groups = [Datagrams::default(); sys::BATCH_MESSAGES_MAX];
        let mut group_ends = [0; sys::BATCH_MESSAGES_MAX];
        let mut count = 0;
        let mut at = first;
        while let (Some(group), Some(group_end)) = (groups.get_mut(count), group_ends.get_mut(count))
            && at < self.ends.len()
        {
            let end = self.group_end(at);
            let length = self.line(at).len();
            *group = Datagrams {
                bytes: self.lines.get(self.start(at)..self.start(end)).unwrap_or_default(),
                each: if end - at > 1 { u16::try_from(length).ok() } else { None },
            };
            *group_end = end;
            at = end;
            count += 1;
        }
        let sent = sys::send_batch(socket.as_fd(), groups.get(..count).unwrap_or_default())?;
        Ok(sent.checked_sub(1).and_then(|last| group_ends.get(last)).map_or(0, |end| end - first))
    }

    /// The end of the lines from `first` on that leave as one piece, which the kernel cuts: equally long ones, and perhaps
    /// a shorter one behind them.
    fn group_end(&self, first: usize) -> usize {
        let length = self.line(first).len();
        let mut end = first + 1;
        if !self.groups || length > GROUPED_BYTES_MAX {
            return end;
        }
        while end < self.ends.len() && end - first < GROUP_LINES_MAX {
            let next = self.line(end).len();
            if next > length {
                break;
            }
            end += 1;
            if next < length {
                break;
            }
        }
        end
    }

    fn write_out(&mut self) -> u64 {
        let Way::Stream(file) = &self.way else { return 0 };
        let mut file = file;
        let mut start = 0;
        let mut lost = 0;
        while start < self.lines.len() {
            let end = self.atomic_end(start);
            match file.write(self.lines.get(start..end).unwrap_or_default()) {
                Ok(0) => break,
                Ok(n) => start += n,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(_) => {
                    lost = self.ends.iter().filter(|end| **end > start).count() as u64;
                    start = self.lines.len();
                }
            }
        }
        self.lines.drain(..start);
        self.ends.retain(|end| *end > start);
        for end in &mut self.ends {
            *end -= start;
        }
        lost
    }

    /// The end of as many whole lines from `start` as go into one atomic write, or of the first if it is longer.
    fn atomic_end(&self, start: usize) -> usize {
        let next = self.ends.partition_point(|end| *end <= start);
        let past = self.ends.partition_point(|end| *end <= start + ATOMIC_BYTES);
        self.ends.get(past.max(next + 1) - 1).copied().unwrap_or(self.lines.len())
    }

    fn line(&self, at: usize) -> &[u8] {
        self.lines.get(self.start(at)..self.start(at + 1)).unwrap_or_default()
    }

    /// Where this line begins and the one before it ends.
    fn start(&self, at: usize) -> usize {
        if at == 0 { 0 } else { self.ends.get(at - 1).copied().unwrap_or(self.lines.len()) }
    }

    /// Forgets the lines up to and with this one.
    fn remove(&mut self, at: usize) {
        let end = self.ends.get(at).copied().unwrap_or(0);
        self.lines.drain(..end.min(self.lines.len()));
        self.ends.drain(..(at + 1).min(self.ends.len()));
        for one in &mut self.ends {
            *one -= end;
        }
    }

    fn drop_all(&mut self) -> u64 {
        let lost = self.ends.len() as u64;
        self.lines.clear();
        self.ends.clear();
        lost
    }
}

fn open(address: &LogAddress) -> io::Result<Way> {
    match address {
        LogAddress::Udp(to) => datagrams(Domain::for_address(*to), &SockAddr::from(*to)),
        LogAddress::UnixDgram(path) => datagrams(Domain::UNIX, &SockAddr::unix(path)?),
        LogAddress::AbstractDgram(name) => datagrams(Domain::UNIX, &abstract_sockaddr(name)?),
        LogAddress::Stdout => stream(1),
        LogAddress::Stderr => stream(2),
        LogAddress::Fd(fd) => stream(*fd),
        LogAddress::Ring(_) | LogAddress::Name(..) => Ok(Way::Closed),
    }
}

fn datagrams(domain: Domain, to: &SockAddr) -> io::Result<Way> {
    let socket = Socket::new_raw(domain, Type::DGRAM.nonblocking().cloexec(), None)?;
    if let Some(SocketAddr::V4(_) | SocketAddr::V6(_)) = to.as_socket() {
        // Nothing is ever read from it.
        socket.set_recv_buffer_size(0)?;
    }
    socket.connect(to)?;
    Ok(Way::Datagrams(socket))
}

/// A slow reader of our output must not stop the proxy.
fn stream(fd: i32) -> io::Result<Way> {
    let ours = sys::inherited(fd)?;
    sys::set_nonblocking(ours.as_fd())?;
    Ok(Way::Stream(File::from(ours)))
}

fn is_refusal(error: &io::Error) -> bool {
    matches!(
        error.raw_os_error(),
        Some(libc::ECONNREFUSED | libc::ENOTCONN | libc::ECONNRESET | libc::ENOENT | libc::EPIPE | libc::EDESTADDRREQ)
    )
}

fn is_too_long(error: &io::Error) -> bool {
    error.raw_os_error() == Some(libc::EMSGSIZE)
}

fn is_no_service(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(libc::EIO | libc::EINVAL | libc::ENOPROTOOPT | libc::EOPNOTSUPP))
}
