//! Persistence by cookie: which server the client's cookie names, and what the response's cookie becomes.

use std::io::Write as _;

use super::exchange::Exchange;
use crate::base::clock;
use crate::base::ids::ServerId;
use crate::http::{Head, cookie};
use crate::live::State;
use crate::model::proxy::{Cookie, Options};

impl Exchange<'_> {
    /// The server that the request's cookie names, if it may be used. Notes what the cookie was.
    pub fn persistent_server(&mut self) -> Option<ServerId> {
        let settings = &self.backend().settings;
        let cookie = settings.cookie.clone()?;
        if std::mem::replace(&mut self.txn.cookie_seen, true) {
            return None;
        }
        let server = self.named_by_cookie(&cookie);
        if !(cookie.insert || cookie.rewrite || cookie.prefix) {
            self.txn.end.cookie_in = b'-';
        }
        server
    }

    fn named_by_cookie(&mut self, cookie: &Cookie) -> Option<ServerId> {
        let forced = self.persist_rule();
        self.txn.end.cookie_in = b'N';
        let (index, pair) = self.request_cookie(&cookie.name)?;
        let value = pair.2.clone();
        let (value, dates) = dated(&value);
        let value = value.to_vec();
        let wanted =
            if cookie.prefix { value.split(|&byte| byte == b'~').next().unwrap_or_default().to_vec() } else { value };
        let named = self.named(&wanted);
        if cookie.prefix {
            self.strip_request_cookie(cookie, index, pair.0, pair.1);
        } else if cookie.indirect {
            // A repeated cookie is cut out wherever it stands; each cut makes the request shorter.
            let mut found = Some((index, pair));
            while let Some((index, pair)) = found {
                self.strip_request_cookie(cookie, index, pair.0, pair.1);
                found = self.request_cookie(&cookie.name);
            }
        }
        if forced == Some(false) {
            self.txn.end.cookie_in = b'U';
            return None;
        }
        let Some(server) = named else {
            self.txn.end.cookie_in = if wanted.is_empty() { b'N' } else { b'I' };
            return None;
        };
        if let Some(letter) = too_old(cookie, &dates) {
            self.txn.end.cookie_in = letter;
            return None;
        }
        self.txn.cookie_first_date = dates.first;
        let live = self.live().server(server);
        let down = matches!(live.state(), State::Down | State::Maintenance);
        let keeps = forced == Some(true) || self.backend().settings.options.has(Options::PERSIST);
        self.txn.end.cookie_in = if down { b'D' } else { b'V' };
        (!down || keeps).then_some(server)
    }

    /// `force-persist` (true) or `ignore-persist` (false), whichever holds first.
    fn persist_rule(&self) -> Option<bool> {
        self.backend().persist.iter().find(|(_, cond)| cond.holds(&self.cx())).map(|(force, _)| *force)
    }

    fn named(&self, value: &[u8]) -> Option<ServerId> {
        let servers = &self.backend().servers;
        servers.iter().copied().find(|id| {
            let name = &self.live().server(*id).cookie;
            !name.is_empty() && name.as_bytes() == value
        })
    }

    /// Index of the `cookie` field that has it, with its start, end and value.
    fn request_cookie(&self, name: &str) -> Option<Found> {
        let head = &self.txn.request;
        head.fields().iter().enumerate().find_map(|(index, field)| {
            if !head.is_named(field, b"cookie") {
                return None;
            }
            let pair = cookie::find(head.text(field.value), name.as_bytes())?;
            Some((index, (pair.start, pair.end, pair.value.to_vec())))
        })
    }

    /// Cuts the persistence cookie out of the request: all of it, or the prefix before the application's value.
    fn strip_request_cookie(&mut self, cookie: &Cookie, index: usize, start: usize, end: usize) {
        let head = &mut self.txn.request;
        let Some(field) = head.fields().get(index).copied() else { return };
        let value = head.text(field.value).to_vec();
        let (mut before, mut after) = (value.get(..start).unwrap_or_default(), value.get(end..).unwrap_or_default());
        let kept = if cookie.prefix {
            let pair = value.get(start..end).unwrap_or_default();
            let tilde = memchr::memchr(b'~', pair);
            let equal = memchr::memchr(b'=', pair).map_or(0, |at| at + 1);
            let Some(tilde) = tilde else { return };
            [pair.get(..equal).unwrap_or_default(), pair.get(tilde + 1..).unwrap_or_default()].concat()
        } else {
            Vec::new()
        };
        if kept.is_empty() {
            after = after.strip_prefix(b";").unwrap_or(after).trim_ascii_start();
            before = before.trim_ascii_end();
            if after.is_empty() {
                before = before.strip_suffix(b";").unwrap_or(before);
            }
        }
        let mut joined = before.to_vec();
        if kept.is_empty() && !before.is_empty() && !after.is_empty() {
            joined.push(b' ');
        }
        joined.extend_from_slice(&kept);
        joined.extend_from_slice(after);
        if joined.is_empty() {
            head.remove_at(index);
        } else {
            head.set_value(index, &joined);
        }
    }

    /// Puts the persistence cookie into the response, and notes what was done.
    pub fn persist_response(&mut self) {
        let Some(cookie) = self.backend().settings.cookie.clone() else { return };
        let Some(server) = self.txn.server else { return };
        if !(cookie.insert || cookie.rewrite || cookie.prefix) {
            return;
        }
        let own = self.live().server(server).cookie.clone();
        self.txn.end.cookie_out = b'N';
        let present = self.response_cookie(&cookie);
        if cookie.insert {
            self.insert(&cookie, &own, present);
        } else if let Some((index, start, end)) = present {
            self.rewrite(&cookie, &own, index, start, end);
        }
    }

    /// Index of the `set-cookie` field with the cookie, with the range of its value.
    fn response_cookie(&self, cookie: &Cookie) -> Option<(usize, usize, usize)> {
        let head = &self.txn.response;
        head.fields().iter().enumerate().find_map(|(index, field)| {
            if !head.is_named(field, b"set-cookie") {
                return None;
            }
            let text = head.text(field.value);
            let pair = cookie::pairs(text).next().filter(|pair| pair.name == cookie.name.as_bytes())?;
            let equal = memchr::memchr(b'=', text)? + 1;
            Some((index, equal, equal + pair.value.len()))
        })
    }

    fn insert(&mut self, cookie: &Cookie, own: &str, present: Option<(usize, usize, usize)>) {
        if let Some((index, ..)) = present {
            if cookie.preserve {
                self.txn.end.cookie_out = b'P';
                return;
            }
            self.txn.response.remove_at(index);
        }
        let has_dates = cookie.maxidle.is_some() || cookie.maxlife.is_some();
        if self.txn.redispatched && self.txn.end.cookie_in == b'V' {
            self.txn.end.cookie_in = b'D';
        }
        let had_it = self.txn.end.cookie_in == b'V';
        // A cookie that was not to be looked at, or that was obeyed although its server is down, stays as it is.
        let stays = match self.txn.end.cookie_in {
            b'U' => true,
            b'D' => self.txn.server_is_bound && !self.txn.redispatched,
            _ => had_it && !has_dates,
        };
        if stays {
            return;
        }
        if cookie.postonly && self.txn.request.method() != b"POST" {
            return;
        }
        let mut value = Vec::new();
        if own.is_empty() {
            let _ = write!(value, "{}=; Expires=Thu, 01-Jan-1970 00:00:01 GMT; path=/", cookie.name);
        } else {
            let _ = write!(value, "{}={own}", cookie.name);
            if has_dates {
                self.dates(cookie, &mut value);
            }
            value.extend_from_slice(b"; path=/");
        }
        self.attributes(cookie, &mut value);
        self.txn.response.push(b"set-cookie", &value);
        if cookie.nocache && is_cacheable(&self.txn.response) {
            self.txn.response.push(b"cache-control", b"private");
        }
        self.txn.end.cookie_out = if had_it { b'U' } else { b'I' };
    }

    /// `|last|first`: when the client was seen last, and first if that has a limit.
    fn dates(&self, cookie: &Cookie, value: &mut Vec<u8>) {
        let now = coarse_now();
        value.push(b'|');
        encode_date(now, value);
        if cookie.maxlife.is_some() {
            value.push(b'|');
            encode_date(self.txn.cookie_first_date.unwrap_or(now), value);
        }
    }

    fn attributes(&self, cookie: &Cookie, value: &mut Vec<u8>) {
        if let Some(domain) = &cookie.domain {
            let _ = write!(value, "; domain={domain}");
        }
        if cookie.httponly {
            value.extend_from_slice(b"; HttpOnly");
        }
        if cookie.secure {
            value.extend_from_slice(b"; Secure");
        }
        for attribute in &cookie.attributes {
            let _ = write!(value, "; {attribute}");
        }
    }

    fn rewrite(&mut self, cookie: &Cookie, own: &str, index: usize, start: usize, end: usize) {
        let head = &mut self.txn.response;
        let Some(field) = head.fields().get(index).copied() else { return };
        let text = head.text(field.value).to_vec();
        let mut value = text.get(..start).unwrap_or_default().to_vec();
        value.extend_from_slice(own.as_bytes());
        if cookie.prefix {
            value.push(b'~');
            value.extend_from_slice(text.get(start..).unwrap_or_default());
        } else {
            value.extend_from_slice(text.get(end..).unwrap_or_default());
        }
        head.set_value(index, &value);
        self.txn.end.cookie_out = b'R';
    }
}

/// A cookie in a request: index of its field, and its start, end and value.
type Found = (usize, (usize, usize, Vec<u8>));

/// When a cookie was given out, in units of four seconds, as far as it says so.
#[derive(Default)]
struct Dates {
    last: Option<u32>,
    first: Option<u32>,
}

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The value before `|`, and the dates behind it.
fn dated(value: &[u8]) -> (&[u8], Dates) {
    let mut parts = value.split(|&byte| byte == b'|');
    let name = parts.next().unwrap_or_default();
    let mut date = || parts.next().and_then(decode_date).filter(|date| *date > 0);
    let last = date();
    let first = date();
    (name, Dates { last, first })
}

fn decode_date(text: &[u8]) -> Option<u32> {
    if text.len() != 5 {
        return None;
    }
    text.iter().try_fold(0u32, |sum, byte| {
        let digit = DIGITS.iter().position(|known| known == byte)?;
        Some((sum << 6) | digit as u32)
    })
}

fn encode_date(date: u32, out: &mut Vec<u8>) {
    for shift in [24, 18, 12, 6, 0] {
        out.push(DIGITS[(date >> shift & 63) as usize]);
    }
}

fn coarse_now() -> u32 {
    (clock::wall_us() / 1_000_000).div_ceil(4) as u32
}

/// The letter for a cookie that is older than `maxlife` or was not seen for `maxidle`.
fn too_old(cookie: &Cookie, dates: &Dates) -> Option<u8> {
    let past = |date: Option<u32>, limit: Option<u32>| matches!((date, limit), (Some(date), Some(limit)) if coarse_now().saturating_sub(date) * 4 > limit);
    if past(dates.first, cookie.maxlife) {
        return Some(b'O');
    }
    past(dates.last, cookie.maxidle).then_some(b'E')
}

/// Whether a cache may keep the response: it says how long it is good or how to ask again, and nothing against it.
fn is_cacheable(head: &Head) -> bool {
    let controls = |wanted: &[&[u8]]| {
        head.values(b"cache-control").flat_map(|value| value.split(|&byte| byte == b',')).any(|item| {
            let item = item.trim_ascii().to_ascii_lowercase();
            wanted.iter().any(|word| item.starts_with(word))
        })
    };
    let says_how_long = [&b"etag"[..], b"last-modified", b"expires"].iter().any(|name| head.has(name))
        || controls(&[b"max-age", b"s-maxage"]);
    let refuses = controls(&[b"private", b"no-cache", b"no-store"])
        || head.values(b"pragma").any(|value| value.eq_ignore_ascii_case(b"no-cache"));
    says_how_long && !refuses
}
