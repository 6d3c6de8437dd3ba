//! Dates as log lines print them, formatted once per second and thread.

use std::cell::RefCell;

use jiff::Timestamp;
use jiff::tz::TimeZone;

thread_local! {
    static LOCAL: RefCell<(u64, String)> = const { RefCell::new((u64::MAX, String::new())) };
}

/// Appends `20/Nov/2026:08:25:01.123`, local time.
pub fn log_date(wall_us: u64, out: &mut Vec<u8>) {
    let second = wall_us / 1_000_000;
    LOCAL.with(|cell| {
        let mut cached = cell.borrow_mut();
        if cached.0 != second {
            *cached = (second, local(second, "%d/%b/%Y:%H:%M:%S"));
        }
        out.extend_from_slice(cached.1.as_bytes());
    });
    let ms = wall_us / 1000 % 1000;
    out.push(b'.');
    for divisor in [100, 10, 1] {
        out.push(b'0' + (ms / divisor % 10) as u8);
    }
}

/// A point in local time, by a `strftime` pattern.
pub fn local(seconds: u64, pattern: &str) -> String {
    formatted(seconds, pattern, zone())
}

/// A point in universal time, by a `strftime` pattern.
pub fn universal(seconds: u64, pattern: &str) -> String {
    formatted(seconds, pattern, TimeZone::UTC)
}

/// Seconds since the epoch of a date in one of the forms of RFC 9110, section 5.6.7.
pub fn parse(text: &str) -> Option<i64> {
    if let Ok(date) = jiff::fmt::rfc2822::parse(text) {
        return Some(date.timestamp().as_second());
    }
    let forms = ["%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"];
    let parsed = forms.iter().find_map(|form| jiff::civil::DateTime::strptime(form, text).ok())?;
    Some(parsed.to_zoned(TimeZone::UTC).ok()?.timestamp().as_second())
}

fn zone() -> TimeZone {
    thread_local! {
        static ZONE: TimeZone = TimeZone::system();
    }
    ZONE.with(TimeZone::clone)
}

fn formatted(seconds: u64, pattern: &str, zone: TimeZone) -> String {
    let Ok(stamp) = Timestamp::from_second(seconds.min(i64::MAX as u64) as i64) else { return String::new() };
    jiff::fmt::strtime::format(pattern, &stamp.to_zoned(zone)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats() {
        assert_eq!(universal(1_700_000_000, "%d/%b/%Y:%H:%M:%S %z"), "14/Nov/2023:22:13:20 +0000");
        let mut out = Vec::new();
        log_date(1_700_000_000_123_456, &mut out);
        assert!(out.ends_with(b":20.123"), "{}", out.escape_ascii());
    }
}
