//! Where a `log` line sends its messages and in which shape; the socket behind it is `net::syslog`'s.

use std::net::SocketAddr;
use std::path::PathBuf;

/// The length of a log line when `len` does not say otherwise, bytes.
pub const LINE_BYTES_DEFAULT: usize = 1024;

/// One `log` line.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LogTarget {
    /// Where the messages go.
    pub address: LogAddress,
    /// The syslog facility, which becomes the upper bits of the priority.
    pub facility: Facility,
    /// `maxlevel`: messages less severe than this are not sent.
    pub level: Level,
    /// `minlevel`: messages more severe than this are sent with this level.
    pub minlevel: Level,
    /// `len`: the longest message, bytes, header and final newline included.
    pub len: usize,
    /// `format`. `None` is the default: see [`LogTarget::shape`].
    pub format: Option<LogFormat>,
    /// `sample`: only some of the messages.
    pub sample: Option<Sample>,
}

impl LogTarget {
    /// A target with everything at its default.
    pub fn new(address: LogAddress, facility: Facility) -> LogTarget {
        LogTarget {
            address,
            facility,
            level: Level::Debug,
            minlevel: Level::Emerg,
            len: LINE_BYTES_DEFAULT,
            format: None,
            sample: None,
        }
    }

    /// The format in effect: `local` by default, `rfc3164` where `log-send-hostname` is set.
    pub fn shape(&self, has_host: bool) -> LogFormat {
        self.format.unwrap_or(if has_host { LogFormat::Rfc3164 } else { LogFormat::Local })
    }
}

/// Where log messages go.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum LogAddress {
    /// One datagram a message.
    Udp(SocketAddr),
    /// One datagram a message, such as `/dev/log`.
    UnixDgram(PathBuf),
    /// One datagram a message, in the abstract namespace.
    AbstractDgram(Vec<u8>),
    /// One line a message.
    Stdout,
    /// One line a message.
    Stderr,
    /// One line a message, to an inherited descriptor.
    Fd(i32),
    /// A ring buffer in memory, by name; the sender hands these back to its owner.
    Ring(String),
    /// A host name and port, until the configuration is resolved.
    Name(String, u16),
}

/// How a message is dressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LogFormat {
    /// `<134>Nov 20 08:25:01 host tag[pid]: text`.
    Rfc3164,
    /// `<134>1 2026-11-20T08:25:01.000000+00:00 host tag pid - - text`.
    Rfc5424,
    /// RFC 3164 without the host.
    Local,
    /// `<6>text`: the level alone.
    Short,
    /// The text alone.
    Raw,
    /// `<6>2026-11-20T08:25:01.000000+00:00 text`.
    Timed,
    /// `2026-11-20T08:25:01.000000+00:00 text`.
    Iso,
    /// `<134>text`.
    Priority,
}

impl LogFormat {
    /// The one with this name in a configuration.
    pub fn named(name: &str) -> Option<LogFormat> {
        Some(match name {
            "rfc3164" => LogFormat::Rfc3164,
            "rfc5424" => LogFormat::Rfc5424,
            "local" => LogFormat::Local,
            "short" => LogFormat::Short,
            "raw" => LogFormat::Raw,
            "timed" => LogFormat::Timed,
            "iso" => LogFormat::Iso,
            "priority" => LogFormat::Priority,
            _ => return None,
        })
    }
}

/// `sample 1,3-5:10`: of every `size` messages, those whose number is in `ranges`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Sample {
    /// Numbers from 1, both ends included, ascending and apart.
    pub ranges: Vec<(u32, u32)>,
    /// How many messages make a round.
    pub size: u32,
}

/// A severity, the most severe first: RFC 5424, section 6.2.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Level {
    /// `emerg`.
    Emerg,
    /// `alert`.
    Alert,
    /// `crit`.
    Crit,
    /// `err`.
    Err,
    /// `warning`.
    Warning,
    /// `notice`.
    Notice,
    /// `info`.
    Info,
    /// `debug`.
    Debug,
}

impl Level {
    /// Every one and its name in a configuration, by code.
    pub const ALL: [(Level, &'static str); 8] = [
        (Level::Emerg, "emerg"),
        (Level::Alert, "alert"),
        (Level::Crit, "crit"),
        (Level::Err, "err"),
        (Level::Warning, "warning"),
        (Level::Notice, "notice"),
        (Level::Info, "info"),
        (Level::Debug, "debug"),
    ];

    /// Its code in the syslog protocol.
    pub fn code(self) -> u8 {
        self as u8
    }

    /// Its name in a configuration.
    pub fn name(self) -> &'static str {
        Level::ALL[self as usize].1
    }

    /// The one with this name.
    pub fn named(name: &str) -> Option<Level> {
        Level::ALL.iter().find(|(_, known)| *known == name).map(|(one, _)| *one)
    }
}

/// A syslog facility.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Facility {
    /// `kern`.
    Kern,
    /// `user`.
    User,
    /// `mail`.
    Mail,
    /// `daemon`.
    Daemon,
    /// `auth`.
    Auth,
    /// `syslog`.
    Syslog,
    /// `lpr`.
    Lpr,
    /// `news`.
    News,
    /// `uucp`.
    Uucp,
    /// `cron`.
    Cron,
    /// `auth2`.
    Auth2,
    /// `ftp`.
    Ftp,
    /// `ntp`.
    Ntp,
    /// `audit`.
    Audit,
    /// `alert`.
    Alert,
    /// `cron2`.
    Cron2,
    /// `local0`.
    Local0,
    /// `local1`.
    Local1,
    /// `local2`.
    Local2,
    /// `local3`.
    Local3,
    /// `local4`.
    Local4,
    /// `local5`.
    Local5,
    /// `local6`.
    Local6,
    /// `local7`.
    Local7,
}

impl Facility {
    /// Every one and its name in a configuration, by code.
    pub const ALL: [(Facility, &'static str); 24] = [
        (Facility::Kern, "kern"),
        (Facility::User, "user"),
        (Facility::Mail, "mail"),
        (Facility::Daemon, "daemon"),
        (Facility::Auth, "auth"),
        (Facility::Syslog, "syslog"),
        (Facility::Lpr, "lpr"),
        (Facility::News, "news"),
        (Facility::Uucp, "uucp"),
        (Facility::Cron, "cron"),
        (Facility::Auth2, "auth2"),
        (Facility::Ftp, "ftp"),
        (Facility::Ntp, "ntp"),
        (Facility::Audit, "audit"),
        (Facility::Alert, "alert"),
        (Facility::Cron2, "cron2"),
        (Facility::Local0, "local0"),
        (Facility::Local1, "local1"),
        (Facility::Local2, "local2"),
        (Facility::Local3, "local3"),
        (Facility::Local4, "local4"),
        (Facility::Local5, "local5"),
        (Facility::Local6, "local6"),
        (Facility::Local7, "local7"),
    ];

    /// Its code in the syslog protocol.
    pub fn code(self) -> u8 {
        self as u8
    }

    /// Its name in a configuration.
    pub fn name(self) -> &'static str {
        Facility::ALL[self as usize].1
    }

    /// The one with this name.
    pub fn named(name: &str) -> Option<Facility> {
        Facility::ALL.iter().find(|(_, known)| *known == name).map(|(one, _)| *one)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_codes_agree() {
        for (at, (level, _)) in Level::ALL.iter().enumerate() {
            assert_eq!((level.code() as usize, Level::named(level.name())), (at, Some(*level)));
        }
        for (at, (facility, _)) in Facility::ALL.iter().enumerate() {
            assert_eq!((facility.code() as usize, Facility::named(facility.name())), (at, Some(*facility)));
        }
        assert_eq!(Facility::named("local8"), None);
    }
}
