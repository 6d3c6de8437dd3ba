//! The checks of well-known protocols: a few bytes there, a judgement on what comes back. No socket here.

use crate::model::check::{HealthCheck, MysqlUser};

use super::outcome::{Outcome, Status};

/// What to do next, given what came in.
#[derive(Debug, PartialEq, Eq)]
pub enum Next {
    /// Wait for more bytes.
    More,
    /// Send this, and wait for the answer.
    Send(Vec<u8>),
    /// It is decided.
    Done(Outcome),
}

/// A check's conversation.
#[derive(Debug)]
pub struct Talk {
    check: HealthCheck,
    /// Answers judged so far.
    turn: u32,
    /// The version a MySQL server told.
    version: Vec<u8>,
}

impl Talk {
    /// The conversation for a kind of check.
    pub fn new(check: HealthCheck) -> Talk {
        Talk { check, turn: 0, version: Vec::new() }
    }

    /// What is sent first, by those who speak first.
    pub fn opening(&self, seconds: u32) -> Option<Vec<u8>> {
        match &self.check {
            HealthCheck::Redis => Some(b"*1\r\n$4\r\nPING\r\n".to_vec()),
            HealthCheck::Pgsql(user) => Some(pgsql_start(user)),
            HealthCheck::Ldap => Some(b"\x30\x0c\x02\x01\x01\x60\x07\x02\x01\x03\x04\x00\x80\x00".to_vec()),
            HealthCheck::TlsHello => Some(tls_hello(seconds)),
            _ => None,
        }
    }

    /// The status of a check that runs out of time.
    pub fn timed_out(&self) -> Status {
        if self.check == HealthCheck::TlsHello { Status::Layer6TimedOut } else { Status::Layer7TimedOut }
    }

    /// Judges the bytes since the last sending.
    pub fn judge(&mut self, input: &[u8], ended: bool) -> Next {
        match self.check.clone() {
            HealthCheck::Redis => redis(input, ended),
            HealthCheck::Smtp(hello) => self.smtp(&hello, input, ended),
            HealthCheck::Mysql(user) => self.mysql(user.as_ref(), input, ended),
            HealthCheck::Pgsql(_) => pgsql(input, ended),
            HealthCheck::Ldap => ldap(input, ended),
            _ => tls_answer(input, ended),
        }
    }

    fn smtp(&mut self, hello: &str, input: &[u8], ended: bool) -> Next {
        let last = last_line(input);
        let complete = input.ends_with(b"\n");
        if !complete && !ended {
            return Next::More;
        }
        let code: Option<i32> = last.get(..3).and_then(|code| std::str::from_utf8(code).ok()?.parse().ok());
        let text = last.get(4..).unwrap_or_default();
        let good = code.is_some_and(|code| (200..300).contains(&code));
        match (self.turn, code) {
            (0, None) => Next::Done(Outcome::new(Status::Layer7Invalid, 0, first_line(input))),
            (0, Some(code)) if !good => Next::Done(Outcome::new(Status::Layer7Wrong, code, text)),
            (_, _) if !good && !ended => Next::More,
            (_, code) if !good => Next::Done(Outcome::new(Status::Layer7Wrong, code.unwrap_or(0), text)),
            (_, _) if last.get(3) == Some(&b'-') && !ended => Next::More,
            (0, _) => self.turn(format!("{hello}\r\n").into_bytes()),
            (1, _) => self.turn(b"QUIT\r\n".to_vec()),
            (_, code) => Next::Done(Outcome::new(Status::Layer7Passed, code.unwrap_or(0), text)),
        }
    }

    fn mysql(&mut self, user: Option<&MysqlUser>, input: &[u8], ended: bool) -> Next {
        let Some(packet) = mysql_packet(input) else {
            return match (ended, input.is_empty()) {
                (false, _) => Next::More,
                (true, true) => Next::Done(empty(Status::Layer7Invalid)),
                (true, false) => Next::Done(Outcome::of(Status::Layer7Invalid)),
            };
        };
        if packet.first() == Some(&0xff) {
            let code =
                packet.get(1..3).map_or(0, |code| code.iter().rev().fold(0, |sum, byte| sum << 8 | i32::from(*byte)));
            return Next::Done(Outcome::new(Status::Layer7Wrong, code, packet.get(3..).unwrap_or_default()));
        }
        match (self.turn, user) {
            (0, Some(user)) => {
                self.version = until_nul(packet.get(1..).unwrap_or_default()).to_vec();
                self.turn(mysql_login(user))
            }
            (0, None) => {
                let version = until_nul(packet.get(1..).unwrap_or_default());
                Next::Done(Outcome::new(Status::Layer7Passed, 0, version))
            }
            _ => Next::Done(Outcome::new(Status::Layer7Passed, 0, std::mem::take(&mut self.version))),
        }
    }

    fn turn(&mut self, bytes: Vec<u8>) -> Next {
        self.turn += 1;
        Next::Send(bytes)
    }
}

fn redis(input: &[u8], ended: bool) -> Next {
    if input.starts_with(b"+PONG\r\n") {
        return Next::Done(Outcome::new(Status::Layer7Passed, 0, "Redis server is ok"));
    }
    if ended { Next::Done(Outcome::new(Status::Layer7Wrong, 0, first_line(input))) } else { Next::More }
}

fn pgsql(input: &[u8], ended: bool) -> Next {
    if input.len() < 9 && !ended {
        return Next::More;
    }
    Next::Done(match input.first() {
        Some(b'R') => Outcome::new(Status::Layer7Passed, 0, "PostgreSQL server is ok"),
        Some(b'E') => Outcome::new(Status::Layer7Invalid, 0, until_nul(input.get(6..).unwrap_or_default())),
        _ => Outcome::new(Status::Layer7Wrong, 0, "PostgreSQL unknown error"),
    })
}

fn pgsql_start(user: &str) -> Vec<u8> {
    let mut body = b"\x00\x03\x00\x00user\x00".to_vec();
    body.extend_from_slice(user.as_bytes());
    body.extend_from_slice(b"\x00\x00");
    let mut packet = (body.len() as u32 + 4).to_be_bytes().to_vec();
    packet.extend_from_slice(&body);
    packet
}

/// A bind response: `30 len 02 01 01 61 len 0a 01 code …`.
fn ldap(input: &[u8], ended: bool) -> Next {
    if input.len() < 14 && !ended {
        return Next::More;
    }
    let code = || {
        let body = ber(input, 0x30)?;
        let response = body.strip_prefix(b"\x02\x01\x01")?;
        ber(response, 0x61)?.strip_prefix(b"\x0a\x01")?.first().copied()
    };
    Next::Done(match code() {
        None => Outcome::new(Status::Layer7Invalid, 0, "Not LDAPv3 protocol"),
        Some(0) => Outcome::new(Status::Layer7Passed, 0, "Success"),
        Some(code) => {
            let text = "See RFC: http://tools.ietf.org/html/rfc4511#section-4.1.9";
            Outcome::new(Status::Layer7Wrong, i32::from(code), text)
        }
    })
}

/// What a BER value of this tag holds, as far as it came.
fn ber(input: &[u8], tag: u8) -> Option<&[u8]> {
    let rest = input.strip_prefix(&[tag])?;
    let long = rest.first().filter(|length| **length >= 0x80).map_or(0, |length| usize::from(length & 0x7f));
    rest.get(1 + long..)
}

/// An SSLv3 client hello with the ciphers of its time.
fn tls_hello(seconds: u32) -> Vec<u8> {
    let mut hello = b"\x16\x03\x00\x00\x79\x01\x00\x00\x75\x03\x00".to_vec();
    hello.extend_from_slice(&seconds.to_be_bytes());
    hello.extend_from_slice(b"Pointsman health check hello");
    hello.extend_from_slice(b"\x00\x00\x4e");
    hello.extend((0x01..=0x1b).chain(0x2f..=0x3a).flat_map(|cipher| [0, cipher]));
    hello.extend_from_slice(b"\x01\x00");
    hello
}

fn tls_answer(input: &[u8], ended: bool) -> Next {
    match input.first() {
        Some(0x15 | 0x16) => Next::Done(Outcome::of(Status::Layer6Passed)),
        Some(_) => Next::Done(Outcome::of(Status::Layer6Invalid)),
        None if ended => Next::Done(empty(Status::Layer6Invalid)),
        None => Next::More,
    }
}

/// The payload of the first packet once all of it is there.
fn mysql_packet(input: &[u8]) -> Option<&[u8]> {
    let header = input.get(..4)?;
    let length = header.iter().take(3).rev().fold(0, |sum, byte| sum << 8 | usize::from(*byte));
    input.get(4..4 + length).filter(|payload| !payload.is_empty())
}

/// A login without password, and a good-bye.
fn mysql_login(user: &MysqlUser) -> Vec<u8> {
    let mut body = if user.old {
        b"\x00\x80\x00\x00\x01".to_vec()
    } else {
        let mut body = b"\x00\x82\x00\x00\x00\x80\x00\x01\x21".to_vec();
        body.resize(body.len() + 23, 0);
        body
    };
    body.extend_from_slice(user.name.as_bytes());
    body.extend_from_slice(b"\x00\x00");
    let mut packet = (body.len() as u32 | 1 << 24).to_le_bytes().to_vec();
    packet.extend_from_slice(&body);
    packet.extend_from_slice(b"\x01\x00\x00\x00\x01");
    packet
}

fn empty(status: Status) -> Outcome {
    Outcome::new(status, 0, "TCPCHK got an empty response at step 2")
}

fn first_line(input: &[u8]) -> &[u8] {
    input.split(|byte| matches!(byte, b'\r' | b'\n')).next().unwrap_or_default()
}

fn last_line(input: &[u8]) -> &[u8] {
    input.trim_ascii_end().rsplit(|byte| *byte == b'\n').next().unwrap_or_default()
}

fn until_nul(input: &[u8]) -> &[u8] {
    input.split(|byte| *byte == 0).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn done(status: Status, code: i32, info: &str) -> Next {
        Next::Done(Outcome::new(status, code, info))
    }

    #[test]
    fn redis_and_postgres() {
        let mut redis = Talk::new(HealthCheck::Redis);
        assert_eq!(redis.judge(b"+PO", false), Next::More);
        assert_eq!(redis.judge(b"+PONG\r\n", false), done(Status::Layer7Passed, 0, "Redis server is ok"));
        assert_eq!(redis.judge(b"-ERR bad\r\nfoo", true), done(Status::Layer7Wrong, 0, "-ERR bad"));
        let mut pgsql = Talk::new(HealthCheck::Pgsql("joe".to_owned()));
        assert_eq!(pgsql.opening(0).unwrap(), b"\x00\x00\x00\x12\x00\x03\x00\x00user\x00joe\x00\x00");
        assert_eq!(pgsql.judge(b"X", false), Next::More);
        assert_eq!(pgsql.judge(b"E\0\0\0\x20SFATAL\0C28000\0", false), done(Status::Layer7Invalid, 0, "FATAL"));
        assert_eq!(pgsql.judge(b"", true), done(Status::Layer7Wrong, 0, "PostgreSQL unknown error"));
    }

    #[test]
    fn mail() {
        let mut talk = Talk::new(HealthCheck::Smtp("EHLO x".to_owned()));
        assert_eq!(talk.judge(b"220 h", false), Next::More);
        assert_eq!(talk.judge(b"220 hi\r\n", false), Next::Send(b"EHLO x\r\n".to_vec()));
        assert_eq!(talk.judge(b"500 no\r\n", false), Next::More);
        assert_eq!(talk.judge(b"250-ok\r\n", false), Next::More);
        assert_eq!(talk.judge(b"250-ok\r\n250 yes\r\n", false), Next::Send(b"QUIT\r\n".to_vec()));
        assert_eq!(talk.judge(b"221 bye\r\n", false), done(Status::Layer7Passed, 221, "bye"));
        let mut talk = Talk::new(HealthCheck::Smtp("EHLO x".to_owned()));
        assert_eq!(talk.judge(b"420 hi there\r\n", false), done(Status::Layer7Wrong, 420, "hi there"));
        assert_eq!(talk.judge(b"foo\r\n", false), done(Status::Layer7Invalid, 0, "foo"));
        assert_eq!(talk.judge(b"", true), done(Status::Layer7Invalid, 0, ""));
    }

    #[test]
    fn mysql() {
        let user = MysqlUser { name: "joe".to_owned(), old: true };
        let mut talk = Talk::new(HealthCheck::Mysql(Some(user)));
        assert_eq!(talk.judge(b"\x06\0\0\0\x0a5.7", false), Next::More);
        let login = b"\n\x00\x00\x01\x00\x80\x00\x00\x01joe\x00\x00\x01\x00\x00\x00\x01";
        assert_eq!(talk.judge(b"\x06\0\0\0\x0a5.7\0z", false), Next::Send(login.to_vec()));
        assert_eq!(talk.judge(b"\x07\0\0\x02\0\0\0\x02\0\0\0", false), done(Status::Layer7Passed, 0, "5.7"));
        let denied = b"\x09\0\0\0\xff\x15\x04#28000";
        assert_eq!(talk.judge(denied, false), done(Status::Layer7Wrong, 1045, "#28000"));
        assert_eq!(talk.judge(b"\x01", true), done(Status::Layer7Invalid, 0, ""));
    }

    #[test]
    fn ldap_and_tls() {
        let mut talk = Talk::new(HealthCheck::Ldap);
        let answer = b"\x30\x0c\x02\x01\x01\x61\x07\x0a\x01\x00\x04\x00\x04\x00";
        assert_eq!(talk.judge(answer, false), done(Status::Layer7Passed, 0, "Success"));
        assert_eq!(talk.judge(b"garbage", true), done(Status::Layer7Invalid, 0, "Not LDAPv3 protocol"));
        let mut talk = Talk::new(HealthCheck::TlsHello);
        assert_eq!(talk.opening(0).unwrap().len(), 126);
        assert_eq!(talk.judge(b"\x15\x03", false), Next::Done(Outcome::of(Status::Layer6Passed)));
        assert_eq!(talk.judge(b"HTTP", false), Next::Done(Outcome::of(Status::Layer6Invalid)));
    }
}
