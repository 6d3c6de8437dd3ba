//! What the cause is told from: the few fields of a line of traffic that matter, by their names.

use super::line::Traffic;
use super::state::{self, State};

/// The facts of a line of traffic; what the line does not hold is missing.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    traffic: &'a Traffic,
}

impl<'a> Facts<'a> {
    /// Whether it says that no server was chosen.
    pub fn lacks_server(&self) -> bool {
        self.server_field().is_some_and(|server| server.is_empty() || server == "<NOSRV>")
    }

    /// The facts of this line.
    pub fn of(traffic: &'a Traffic) -> Facts<'a> {
        Facts { traffic }
    }

    fn value(&self, name: &str) -> Option<&'a str> {
        self.traffic.value(name)
    }

    /// Whether it is about requests rather than connections.
    pub fn is_http(&self) -> bool {
        ["ST", "tsc", "r", "HM", "TR"].iter().any(|name| self.value(name).is_some())
    }

    /// Whether the line is in a format for connections that failed.
    pub fn is_error_format(&self) -> bool {
        self.traffic.format.starts_with("error-log-format")
    }

    /// Whether the end of the line is missing.
    pub fn is_cut(&self) -> bool {
        self.traffic.cut
    }

    /// The frontend, without the mark of TLS; the owner of the format when the line does not tell.
    pub fn frontend(&self) -> Option<&'a str> {
        let told = self.value("ft").or_else(|| self.value("f")).map(|name| name.trim_end_matches('~'));
        told.or(self.traffic.owner.as_deref())
    }

    /// The backend, or the frontend while none was chosen.
    pub fn backend(&self) -> Option<&'a str> {
        self.value("b")
    }

    /// The server; none when there was none.
    pub fn server(&self) -> Option<&'a str> {
        self.value("s").filter(|name| !name.is_empty() && !name.starts_with('<'))
    }

    /// What stands in the place of the server's name.
    pub fn server_field(&self) -> Option<&'a str> {
        self.value("s")
    }

    /// The letters of the termination state.
    pub fn code(&self) -> Option<&'a str> {
        self.value("tsc").or_else(|| self.value("ts"))
    }

    /// The termination state.
    pub fn state(&self) -> Option<State<'a>> {
        self.code().and_then(state::read)
    }

    /// The status; none when no response was sent.
    pub fn status(&self) -> Option<u16> {
        self.value("ST").and_then(|status| status.parse().ok()).filter(|status| *status > 0)
    }

    /// A timer in milliseconds; none when it is not there or never began.
    pub fn timer(&self, name: &str) -> Option<u64> {
        self.value(name).map(|value| value.trim_start_matches('+')).and_then(|value| value.parse().ok())
    }

    /// Whether a timer says -1.
    pub fn never(&self, name: &str) -> bool {
        self.value(name) == Some("-1")
    }

    /// How long it took altogether.
    pub fn total(&self) -> Option<u64> {
        self.timer("Ta").or_else(|| self.timer("Tt"))
    }

    /// The times that a timeout may have measured: from each step to the end.
    pub fn spans(&self) -> Vec<u64> {
        let Some(total) = self.total() else { return Vec::new() };
        let mut left = total;
        let mut spans = vec![total];
        for name in ["TR", "Tw", "Tc", "Tr"] {
            left = left.saturating_sub(self.timer(name).unwrap_or(0));
            spans.push(left);
        }
        spans.extend(self.timer("Tw"));
        spans
    }

    /// Retries, and whether another server was tried.
    pub fn retries(&self) -> (u32, bool) {
        let value = self.value("rc").unwrap_or_default();
        (value.trim_start_matches('+').parse().unwrap_or(0), value.starts_with('+'))
    }

    /// Whether the request was none, or none that could be read; not known when the line does not show it.
    pub fn bad_request(&self) -> Option<bool> {
        self.value("r").map(|line| line.is_empty() || line == "<BADREQ>")
    }

    /// The error of the client's connection, when there was one.
    pub fn connection_error(&self) -> Option<&'a str> {
        self.value("[fc_err]").filter(|code| !matches!(*code, "0" | "-" | ""))
    }
}
