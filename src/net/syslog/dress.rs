//! What goes before the text of a log message in each format, byte for byte as HAProxy writes it. It sends nothing.

use super::Message;
use crate::model::log_target::{LogFormat, LogTarget};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::fmt::Write;

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Who logs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// `log-send-hostname`: the host to name.
    pub host: Option<String>,
    /// `log-tag`, else the program's name.
    pub tag: String,
    /// The process.
    pub pid: u32,
}

/// Dresses messages, with the dates of the current second at hand.
#[derive(Debug)]
pub(super) struct Dress {
    zone: TimeZone,
    second: i64,
    /// `Nov 20 09:14:45`
    short_date: String,
    /// `2026-11-20T09:14:45`
    iso_date: String,
    /// `+05:30`
    offset: String,
}

impl Dress {
    pub(super) fn new() -> Dress {
        Dress::in_zone(TimeZone::system())
    }

    pub(super) fn in_zone(zone: TimeZone) -> Dress {
        let (short_date, iso_date, offset) = (String::new(), String::new(), String::new());
        Dress { zone, second: i64::MIN, short_date, iso_date, offset }
    }

    /// Writes the whole line into `line`, no longer than the target allows, with its final newline.
    pub(super) fn line(&mut self, line: &mut Vec<u8>, target: &LogTarget, identity: &Identity, message: &Message<'_>) {
        self.turn_to(message.now_us);
        line.clear();
        self.header(line, target, identity, message);
        let text = message.text.strip_suffix(b"\n").unwrap_or(message.text);
        let room = target.len.saturating_sub(1);
        let fits = text.len().min(room.saturating_sub(line.len()));
        line.extend_from_slice(text.get(..fits).unwrap_or_default());
        line.truncate(room);
        line.push(b'\n');
    }

    fn header(&self, line: &mut Vec<u8>, target: &LogTarget, identity: &Identity, message: &Message<'_>) {
        // A message more severe than `minlevel` goes as that.
        let level = message.level.max(target.minlevel);
        let priority = target.facility.code() << 3 | level.code();
        let tag = if message.tag.is_empty() { identity.tag.as_bytes() } else { message.tag };
        match target.shape(identity.host.is_some()) {
            LogFormat::Raw => {}
            LogFormat::Short => angle(line, level.code()),
            LogFormat::Priority => angle(line, priority),
            LogFormat::Iso => self.iso(line, message.now_us),
            LogFormat::Timed => {
                angle(line, level.code());
                self.iso(line, message.now_us);
            }
            LogFormat::Local => {
                angle(line, priority);
                self.bsd(line, None, tag, identity.pid);
            }
            LogFormat::Rfc3164 => {
                angle(line, priority);
                self.bsd(line, Some(identity.host.as_deref().unwrap_or("localhost")), tag, identity.pid);
            }
            LogFormat::Rfc5424 => {
                angle(line, priority);
                line.extend_from_slice(b"1 ");
                self.iso(line, message.now_us);
                line.extend_from_slice(identity.host.as_deref().unwrap_or("-").as_bytes());
                line.push(b' ');
                line.extend_from_slice(tag);
                line.push(b' ');
                number(line, identity.pid);
                line.extend_from_slice(b" - ");
                line.extend_from_slice(if message.structured_data.is_empty() { b"-" } else { message.structured_data });
                line.push(b' ');
            }
        }
    }

    /// `Nov 20 09:14:45 host tag[pid]: `
    fn bsd(&self, line: &mut Vec<u8>, host: Option<&str>, tag: &[u8], pid: u32) {
        line.extend_from_slice(self.short_date.as_bytes());
        line.push(b' ');
        if let Some(host) = host {
            line.extend_from_slice(host.as_bytes());
            line.push(b' ');
        }
        line.extend_from_slice(tag);
        line.push(b'[');
        number(line, pid);
        line.extend_from_slice(b"]: ");
    }

    /// `2026-11-20T09:14:45.742270+00:00 `
    fn iso(&self, line: &mut Vec<u8>, now_us: i64) {
        line.extend_from_slice(self.iso_date.as_bytes());
        line.push(b'.');
        let mut micros = now_us.rem_euclid(1_000_000);
        let mut digits = [b'0'; 6];
        for digit in digits.iter_mut().rev() {
            *digit = b'0' + (micros % 10) as u8;
            micros /= 10;
        }
        line.extend_from_slice(&digits);
        line.extend_from_slice(self.offset.as_bytes());
        line.push(b' ');
    }

    fn turn_to(&mut self, now_us: i64) {
        let second = now_us.div_euclid(1_000_000);
        if second == self.second {
            return;
        }
        self.second = second;
        let now = Timestamp::from_second(second).unwrap_or(Timestamp::UNIX_EPOCH);
        let offset = self.zone.to_offset(now);
        let local = offset.to_datetime(now);
        let (hour, minute, s) = (local.hour(), local.minute(), local.second());
        let month = usize::try_from(local.month() - 1).ok().and_then(|at| MONTHS.get(at)).copied().unwrap_or("Jan");
        self.short_date.clear();
        let _ = write!(self.short_date, "{month} {:2} {hour:02}:{minute:02}:{s:02}", local.day());
        self.iso_date.clear();
        let (year, month, day) = (local.year(), local.month(), local.day());
        let _ = write!(self.iso_date, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{s:02}");
        self.offset.clear();
        let sign = if offset.seconds() < 0 { '-' } else { '+' };
        let minutes = offset.seconds().unsigned_abs() / 60;
        let _ = write!(self.offset, "{sign}{:02}:{:02}", minutes / 60, minutes % 60);
    }
}

/// `<134>`
fn angle(line: &mut Vec<u8>, code: u8) {
    line.push(b'<');
    number(line, u32::from(code));
    line.push(b'>');
}

fn number(line: &mut Vec<u8>, value: u32) {
    crate::sample::format::decimal(i64::from(value), line);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::log_target::{Facility, Level, LogAddress};

    const NOV_20: i64 = 1_795_166_085_742_270;

    fn identity(host: Option<&str>) -> Identity {
        Identity { host: host.map(str::to_owned), tag: "haproxy".into(), pid: 25507 }
    }

    fn dressed(zone: TimeZone, target: &LogTarget, host: Option<&str>, message: &Message<'_>) -> String {
        let mut line = Vec::new();
        Dress::in_zone(zone).line(&mut line, target, &identity(host), message);
        String::from_utf8(line).unwrap()
    }

    fn message(text: &str) -> Message<'_> {
        Message { level: Level::Info, now_us: NOV_20, tag: b"", structured_data: b"", text: text.as_bytes() }
    }

    fn target(format: Option<LogFormat>) -> LogTarget {
        LogTarget { format, ..LogTarget::new(LogAddress::Stdout, Facility::Local0) }
    }

    #[test]
    fn every_format_is_haproxys_to_the_byte() {
        use LogFormat::*;
        for (format, host, expected) in [
            (None, None, "<134>Nov 20 09:14:45 haproxy[25507]: hello\n"),
            (None, Some("vm"), "<134>Nov 20 09:14:45 vm haproxy[25507]: hello\n"),
            (Some(Local), Some("vm"), "<134>Nov 20 09:14:45 haproxy[25507]: hello\n"),
            (Some(Rfc3164), None, "<134>Nov 20 09:14:45 localhost haproxy[25507]: hello\n"),
            (Some(Rfc3164), Some("vm"), "<134>Nov 20 09:14:45 vm haproxy[25507]: hello\n"),
            (Some(Rfc5424), None, "<134>1 2026-11-20T09:14:45.742270+00:00 - haproxy 25507 - - hello\n"),
            (Some(Rfc5424), Some("vm"), "<134>1 2026-11-20T09:14:45.742270+00:00 vm haproxy 25507 - - hello\n"),
            (Some(Short), None, "<6>hello\n"),
            (Some(Raw), None, "hello\n"),
            (Some(Timed), None, "<6>2026-11-20T09:14:45.742270+00:00 hello\n"),
            (Some(Iso), None, "2026-11-20T09:14:45.742270+00:00 hello\n"),
            (Some(Priority), None, "<134>hello\n"),
        ] {
            assert_eq!(dressed(TimeZone::UTC, &target(format), host, &message("hello")), expected);
        }
    }

    #[test]
    fn tag_and_structured_data_are_the_messages_own() {
        let message = Message { tag: b"bar baz", structured_data: b"[a@1 b=49]", ..message("hello") };
        assert_eq!(
            dressed(TimeZone::UTC, &target(Some(LogFormat::Rfc5424)), None, &message),
            "<134>1 2026-11-20T09:14:45.742270+00:00 - bar baz 25507 - [a@1 b=49] hello\n"
        );
        assert_eq!(
            dressed(TimeZone::UTC, &target(None), None, &message),
            "<134>Nov 20 09:14:45 bar baz[25507]: hello\n"
        );
    }

    #[test]
    fn dates_are_local_and_days_are_padded_with_a_blank() {
        let zone = TimeZone::fixed(jiff::tz::Offset::from_seconds(5 * 3600 + 1800).unwrap());
        let text = dressed(zone, &target(Some(LogFormat::Iso)), None, &message("x"));
        assert_eq!(text, "2026-11-20T14:44:45.742270+05:30 x\n");
        let zone = TimeZone::fixed(jiff::tz::Offset::from_seconds(-3 * 3600 - 1800).unwrap());
        let early = Message { now_us: 1_767_261_600_000_007, ..message("x") };
        let text = dressed(zone.clone(), &target(Some(LogFormat::Iso)), None, &early);
        assert_eq!(text, "2026-01-01T06:30:00.000007-03:30 x\n");
        assert_eq!(dressed(zone, &target(None), None, &early), "<134>Jan  1 06:30:00 haproxy[25507]: x\n");
    }

    #[test]
    fn lines_are_cut_with_their_newline() {
        let long = "x".repeat(300);
        for format in [LogFormat::Raw, LogFormat::Rfc5424, LogFormat::Local] {
            let target = LogTarget { len: 80, ..target(Some(format)) };
            let line = dressed(TimeZone::UTC, &target, None, &message(&long));
            assert_eq!((line.len(), line.ends_with("x\n")), (80, true));
        }
        assert_eq!(dressed(TimeZone::UTC, &target(Some(LogFormat::Raw)), None, &message("a\n")), "a\n");
    }

    #[test]
    fn minlevel_caps_what_is_more_severe() {
        let target = LogTarget { minlevel: Level::Err, ..target(Some(LogFormat::Priority)) };
        let emergency = Message { level: Level::Emerg, ..message("x") };
        assert_eq!(dressed(TimeZone::UTC, &target, None, &emergency), "<131>x\n");
        assert_eq!(dressed(TimeZone::UTC, &target, None, &message("x")), "<134>x\n");
    }
}
