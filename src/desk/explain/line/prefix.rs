//! What a syslog server or HAProxy itself writes before the text of a log line.

/// The longest host or program name that is taken for one.
const NAME_BYTES_MAX: usize = 255;

const LEVELS: [&str; 8] = ["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"];

const FACILITIES: [&str; 24] = [
    "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "auth2", "ftp", "ntp", "audit",
    "alert", "cron2", "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7",
];

/// What stands before the text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prefix {
    /// The number in `<…>`.
    pub priority: Option<u8>,
    /// The date as written.
    pub date: Option<String>,
    /// The machine.
    pub host: Option<String>,
    /// The program.
    pub program: Option<String>,
    /// The process.
    pub pid: Option<String>,
    /// Where the text begins.
    pub end: usize,
}

impl Prefix {
    /// Facility and level of the priority; HAProxy's short forms carry the level alone.
    pub fn level(&self) -> Option<String> {
        let priority = self.priority?;
        let level = LEVELS.get(usize::from(priority & 7))?;
        let facility = FACILITIES.get(usize::from(priority >> 3))?;
        Some(if priority < 8 { (*level).to_owned() } else { format!("{facility}.{level}") })
    }
}

/// Reads the prefix of a line; all of it may be missing.
pub fn read(line: &str) -> Prefix {
    let mut cursor = Cursor { line, at: 0 };
    let priority = cursor.priority();
    let mut prefix = Prefix { priority, ..Prefix::default() };
    let versioned = priority.is_some() && cursor.rest().starts_with("1 ");
    if versioned {
        cursor.at += 2;
    }
    prefix.date = cursor.bsd_date().or_else(|| cursor.iso_date());
    if versioned {
        prefix.host = cursor.token().filter(|host| host != "-");
        prefix.program = cursor.token().filter(|program| program != "-");
        prefix.pid = cursor.token().filter(|pid| pid != "-");
        cursor.token();
        cursor.structured_data();
    } else {
        let before = cursor.at;
        let tagged = cursor.tag(&mut prefix) || {
            prefix.host = cursor.token().filter(|_| prefix.date.is_some());
            prefix.host.is_some() && cursor.tag(&mut prefix)
        };
        if !tagged {
            prefix.host = None;
            cursor.at = before;
        }
    }
    prefix.end = cursor.at;
    prefix
}

struct Cursor<'a> {
    line: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    fn rest(&self) -> &'a str {
        self.line.get(self.at..).unwrap_or_default()
    }

    /// `<134>`
    fn priority(&mut self) -> Option<u8> {
        let (digits, rest) = self.rest().strip_prefix('<')?.split_once('>')?;
        let priority: u8 = digits.parse().ok().filter(|priority| *priority < 192)?;
        self.at = self.line.len() - rest.len();
        Some(priority)
    }

    /// `Nov 20 09:14:45 `
    fn bsd_date(&mut self) -> Option<String> {
        let date = self.rest().get(..15)?;
        let shape = "Aaa 00 00:00:00";
        let fits = date.bytes().zip(shape.bytes()).enumerate().all(|(at, (byte, shape))| match shape {
            b'0' => byte.is_ascii_digit() || (at == 4 && byte == b' '),
            b'A' => byte.is_ascii_uppercase(),
            b'a' => byte.is_ascii_lowercase(),
            other => byte == other,
        });
        let blank = self.rest().get(15..16) == Some(" ");
        (fits && blank).then(|| {
            self.at += 16;
            date.to_owned()
        })
    }

    /// `2026-11-20T09:14:45.742270+00:00 `
    fn iso_date(&mut self) -> Option<String> {
        let (date, _) = self.rest().split_once(' ')?;
        let digits = date.bytes().filter(u8::is_ascii_digit).count();
        let dashes = date.get(4..5) == Some("-") && date.get(7..8) == Some("-") && date.get(10..11) == Some("T");
        (dashes && digits >= 12 && date.len() <= 40).then(|| {
            self.at += date.len() + 1;
            date.to_owned()
        })
    }

    /// A word and the blank behind it.
    fn token(&mut self) -> Option<String> {
        let (token, _) = self.rest().split_once(' ')?;
        if token.is_empty() || token.len() > NAME_BYTES_MAX {
            return None;
        }
        self.at += token.len() + 1;
        Some(token.to_owned())
    }

    /// `haproxy[123]: ` or `haproxy: `
    fn tag(&mut self, prefix: &mut Prefix) -> bool {
        let Some((word, rest)) = self.rest().split_once(' ') else { return false };
        let Some(name) = word.strip_suffix(':') else { return false };
        let (program, pid) = match name.strip_suffix(']').and_then(|name| name.split_once('[')) {
            Some((program, pid)) => (program, Some(pid)),
            None => (name, None),
        };
        // `10.0.0.1:1234:` is no program, nor is the `front/bind:` of an error line.
        if program.is_empty() || program.contains([':', '/', '[', '"']) || name.len() > NAME_BYTES_MAX {
            return false;
        }
        prefix.program = Some(program.to_owned());
        prefix.pid = pid.map(str::to_owned);
        self.at = self.line.len() - rest.len();
        true
    }

    /// `-`, or `[…]` blocks, with the blank behind.
    fn structured_data(&mut self) {
        if let Some(rest) = self.rest().strip_prefix("- ") {
            self.at = self.line.len() - rest.len();
            return;
        }
        if !self.rest().starts_with('[') {
            return;
        }
        let mut escaped = false;
        let mut quoted = false;
        for (at, byte) in self.rest().bytes().enumerate() {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => quoted = !quoted,
                b' ' if !quoted && self.rest().get(at.saturating_sub(1)..at) == Some("]") => {
                    self.at += at + 1;
                    return;
                }
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_prefixes() {
        let rows = [
            ("<134>Nov 20 09:14:45 haproxy[12]: x y", "x y", "local0.info", "", "haproxy"),
            ("<150>Nov  2 09:14:45 lb1 haproxy[12]: x y", "x y", "local2.info", "lb1", "haproxy"),
            ("<150>1 2026-11-20T09:14:45.742270+00:00 - haproxy 12 - - x y", "x y", "local2.info", "", "haproxy"),
            ("<150>1 2026-11-20T09:14:45Z lb1 p 1 - [a b=\"c] d\"][e] x y", "x y", "local2.info", "lb1", "p"),
            ("<6>2026-11-20T09:14:45.742270+00:00 x y", "x y", "info", "", ""),
            ("2026-11-20T09:14:45.742270+00:00 lb1 haproxy[3]: x y", "x y", "", "lb1", "haproxy"),
            ("<6>x y", "x y", "info", "", ""),
            ("Nov 20 09:14:45 lb1 haproxy: x y", "x y", "", "lb1", "haproxy"),
            ("x y", "x y", "", "", ""),
            ("10.0.0.1:12 [x] fe/1: y z", "10.0.0.1:12 [x] fe/1: y z", "", "", ""),
        ];
        for (line, text, level, host, program) in rows {
            let prefix = read(line);
            let said = (
                prefix.level().unwrap_or_default(),
                prefix.host.clone().unwrap_or_default(),
                prefix.program.clone().unwrap_or_default(),
            );
            assert_eq!(&line[prefix.end..], text, "{line}");
            assert_eq!(said, (level.to_owned(), host.to_owned(), program.to_owned()), "{line}");
        }
    }
}
