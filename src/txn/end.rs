//! How an exchange ended: the termination state of the log line, and what happened to the persistence cookie.

/// The four letters of `%tsc`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct End {
    /// Who ended it: `C`, `S`, `P`, `L`, `R`, `I`, `D`, `K`, `c`, `s` or `-`.
    pub cause: u8,
    /// In which state: `R`, `Q`, `C`, `H`, `D`, `L`, `T` or `-`.
    pub state: u8,
    /// What the client's persistence cookie was.
    pub cookie_in: u8,
    /// What was done to the response's persistence cookie.
    pub cookie_out: u8,
}

impl Default for End {
    fn default() -> Self {
        End { cause: b'-', state: b'-', cookie_in: b'-', cookie_out: b'-' }
    }
}

impl End {
    /// Sets cause and state unless they are set: the first cause is the one that counts.
    pub fn set(&mut self, code: &[u8; 2]) {
        if self.cause == b'-' {
            self.cause = code[0];
            self.state = code[1];
        }
    }

    /// Whether a cause was set.
    pub fn is_set(&self) -> bool {
        self.cause != b'-'
    }
}
