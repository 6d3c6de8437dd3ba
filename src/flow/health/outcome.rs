//! How one check ended, in HAProxy's words.

/// The kind of result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// `L4OK`
    Layer4Passed,
    /// `L4TOUT`
    Layer4TimedOut,
    /// `L4CON`
    Layer4Failed,
    /// `L6OK`
    Layer6Passed,
    /// `L6TOUT`
    Layer6TimedOut,
    /// `L6RSP`
    Layer6Invalid,
    /// `L7OK`
    Layer7Passed,
    /// `L7OKC`: up, and not to be used.
    Layer7Conditional,
    /// `L7TOUT`
    Layer7TimedOut,
    /// `L7RSP`
    Layer7Invalid,
    /// `L7STS`
    Layer7Wrong,
    /// `SOCKERR`
    Socket,
    /// `PROCOK`
    ProcessPassed,
    /// `PROCERR`
    ProcessFailed,
    /// `PROCTOUT`
    ProcessTimedOut,
}

/// Every status: its short name, its words, whether a code belongs to it.
const ALL: &[(Status, &str, &str, bool)] = &[
    (Status::Layer4Passed, "L4OK", "Layer4 check passed", false),
    (Status::Layer4TimedOut, "L4TOUT", "Layer4 timeout", false),
    (Status::Layer4Failed, "L4CON", "Layer4 connection problem", false),
    (Status::Layer6Passed, "L6OK", "Layer6 check passed", false),
    (Status::Layer6TimedOut, "L6TOUT", "Layer6 timeout", false),
    (Status::Layer6Invalid, "L6RSP", "Layer6 invalid response", false),
    (Status::Layer7Passed, "L7OK", "Layer7 check passed", true),
    (Status::Layer7Conditional, "L7OKC", "Layer7 check conditionally passed", true),
    (Status::Layer7TimedOut, "L7TOUT", "Layer7 timeout", false),
    (Status::Layer7Invalid, "L7RSP", "Layer7 invalid response", false),
    (Status::Layer7Wrong, "L7STS", "Layer7 wrong status", true),
    (Status::Socket, "SOCKERR", "Socket error", false),
    (Status::ProcessPassed, "PROCOK", "External check passed", true),
    (Status::ProcessFailed, "PROCERR", "External check error", true),
    (Status::ProcessTimedOut, "PROCTOUT", "External check timeout", true),
];

impl Status {
    /// The one with this short name, as behind `error-status`.
    pub fn named(name: &str) -> Option<Status> {
        ALL.iter().find(|(_, known, ..)| *known == name).map(|(status, ..)| *status)
    }

    /// Its words in messages.
    pub fn words(self) -> &'static str {
        ALL.iter().find(|(status, ..)| *status == self).map_or("", |(_, _, words, _)| words)
    }

    fn has_code(self) -> bool {
        ALL.iter().any(|(status, _, _, has_code)| *status == self && *has_code)
    }

    /// Whether the server is well.
    pub fn is_good(self) -> bool {
        matches!(self, Status::Layer4Passed | Status::Layer6Passed | Status::Layer7Passed | Status::ProcessPassed)
    }
}

/// How one check ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The kind of result.
    pub status: Status,
    /// The response's code, or the exit code.
    pub code: i32,
    /// More of it, in words.
    pub info: Vec<u8>,
    /// How long the check took.
    pub took_ms: i64,
}

impl Outcome {
    /// A result with something said about it.
    pub fn new(status: Status, code: i32, info: impl Into<Vec<u8>>) -> Outcome {
        Outcome { status, code, info: info.into(), took_ms: 0 }
    }

    /// A result that speaks for itself.
    pub fn of(status: Status) -> Outcome {
        Outcome::new(status, 0, "")
    }

    /// `, reason: …` as it stands in messages.
    pub fn reason(&self) -> String {
        let mut text = format!(", reason: {}", self.status.words());
        if self.status.has_code() {
            text.push_str(&format!(", code: {}", self.code));
        }
        if !self.info.is_empty() {
            text.push_str(", info: \"");
            for &byte in &self.info {
                match byte {
                    b' '..=b'~' if byte != b'"' => text.push(char::from(byte)),
                    _ => text.push_str(&format!("<{byte:02X}>")),
                }
            }
            text.push('"');
        }
        text.push_str(&format!(", check duration: {}ms", self.took_ms));
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_as_haproxy_writes_them() {
        let refused = Outcome::new(Status::Layer4Failed, 0, "Connection refused");
        let expected = ", reason: Layer4 connection problem, info: \"Connection refused\", check duration: 0ms";
        assert_eq!(refused.reason(), expected);
        let wrong = Outcome::new(Status::Layer7Wrong, 500, &b"some \"x\" \x80"[..]);
        let expected = ", reason: Layer7 wrong status, code: 500, info: \"some <22>x<22> <80>\", check duration: 0ms";
        assert_eq!(wrong.reason(), expected);
        assert_eq!(Status::named("L7OKC"), Some(Status::Layer7Conditional));
        assert!(ALL.iter().all(|(status, name, ..)| Status::named(name) == Some(*status)));
    }
}
