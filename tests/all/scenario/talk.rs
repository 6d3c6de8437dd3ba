//! Performs a script on a wire and keeps the transcript of what the other side sent. It judges nothing.

use std::io;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::script::Step;
use super::stage::Stage;
use super::text;
use super::wire::{Wire, is_idle};

/// A step that reads gives up after this long; the transcript then says which.
const STEP_MAX: Duration = Duration::from_secs(6);

/// What one connection received, in order.
#[derive(Default)]
pub(crate) struct Transcript {
    bytes: Vec<u8>,
    /// Remarks with the position in `bytes` at which they belong.
    notes: Vec<(usize, String)>,
}

pub(crate) type Shared = Arc<Mutex<Transcript>>;

impl Transcript {
    pub(crate) fn note(&mut self, text: impl Into<String>) {
        self.notes.push((self.bytes.len(), text.into()));
    }

    /// The transcript as text; `unchunked` hides how bodies were cut into chunks.
    pub(crate) fn lines(&self, unchunked: bool) -> Vec<String> {
        let show = |bytes: &[u8]| if unchunked { text::lines(&text::unchunked(bytes)) } else { text::lines(bytes) };
        let mut out = Vec::new();
        let mut from = 0;
        for (at, note) in &self.notes {
            out.extend(show(&self.bytes[from..*at]));
            out.push(note.clone());
            from = *at;
        }
        out.extend(show(&self.bytes[from..]));
        out
    }
}

pub(crate) struct Talk {
    wire: Option<Wire>,
    seen: Shared,
    /// How many bytes of the transcript earlier steps have consumed.
    used: usize,
    ended: bool,
    stage: Arc<Stage>,
}

impl Talk {
    /// Without a wire the script only waits and signals.
    pub(crate) fn new(wire: Option<Wire>, seen: Shared, stage: Arc<Stage>) -> Talk {
        Talk { wire, seen, used: 0, ended: false, stage }
    }

    /// Performs the steps; `Hold` and the end of an origin's script keep recording until the run is over.
    pub(crate) fn perform(&mut self, steps: &[Step], held: &dyn Fn()) {
        match self.wire.as_mut().map(Wire::handshake) {
            Some(Ok(Some(agreed))) => self.note(format!("tls {agreed}")),
            Some(Err(reason)) => {
                self.note(format!("tls failed: {reason}"));
                self.wire = None;
                return;
            }
            _ => {}
        }
        for step in steps {
            if self.stage.cues.over() {
                return;
            }
            if let Step::Hold = step {
                held();
            }
            if !self.step(step) {
                self.note(format!("gave up: {step:?}"));
                return;
            }
        }
    }

    /// Records until the other side ends or the run is over.
    pub(crate) fn drain(&mut self) {
        while self.wire.is_some() && !self.stage.cues.over() && self.more(Instant::now() + STEP_MAX) != More::Ended {}
    }

    fn step(&mut self, step: &Step) -> bool {
        let until = Instant::now() + STEP_MAX;
        match step {
            Step::Send(bytes) => self.send(bytes),
            Step::ReadHead => return self.take_head(until).is_some(),
            Step::ReadMessage => return self.take_message(until),
            Step::ReadBytes(count) => return self.take(*count, until),
            Step::ReadUntil(mark) => return self.take_until(mark, until).is_some(),
            Step::ReadEnd => {
                while self.wire.is_some() && !self.ended {
                    if self.more(until) == More::Late {
                        return false;
                    }
                }
                self.used = self.seen.lock().unwrap().bytes.len();
            }
            Step::Wait(ms) => self.pause(Duration::from_millis(*ms)),
            Step::Shut => self.wire.iter_mut().for_each(Wire::shut),
            Step::Close => self.wire = None,
            Step::Reset => {
                self.wire.iter_mut().for_each(Wire::reset);
                self.wire = None;
            }
            Step::Signal(name) => self.stage.cues.give(name),
            Step::Await(name) => return self.stage.cues.wait(name, STEP_MAX),
            Step::Hold => self.drain(),
            Step::Serve(body) => self.serve(body),
            Step::Repeat(count, block) => return (0..*count).all(|_| block.iter().all(|step| self.step(step))),
        }
        true
    }

    fn send(&mut self, bytes: &[u8]) {
        self.stage.cues.stir();
        self.wire.iter_mut().for_each(|wire| wire.send(bytes));
    }

    /// A pause keeps the stage busy, so that the run does not count as settled.
    fn pause(&self, length: Duration) {
        let until = Instant::now() + length;
        while Instant::now() < until && !self.stage.cues.over() {
            self.stage.cues.stir();
            let left = until.saturating_duration_since(Instant::now());
            std::thread::sleep(left.min(Duration::from_millis(20)));
        }
    }

    fn serve(&mut self, body: &[u8]) {
        while self.wire.is_some() && !self.ended && !self.stage.cues.over() {
            if self.unread().is_empty() {
                self.more(Instant::now() + STEP_MAX);
            } else if self.take_message(Instant::now() + STEP_MAX) {
                let mut reply = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len()).into_bytes();
                reply.extend(body);
                self.send(&reply);
            } else {
                return;
            }
        }
    }

    fn take_head(&mut self, until: Instant) -> Option<Vec<u8>> {
        self.take_until(b"\r\n\r\n", until)
    }

    fn take_message(&mut self, until: Instant) -> bool {
        let Some(head) = self.take_head(until) else { return false };
        let head = String::from_utf8_lossy(&head).to_ascii_lowercase();
        let status = head.strip_prefix("http/1.").and_then(|rest| rest.get(2..5));
        if status.is_some_and(|code| code.starts_with('1') && code != "101") {
            return self.take_message(until);
        }
        let field =
            |name: &str| head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).map(str::trim);
        if matches!(status, Some("204" | "304" | "101")) {
            true
        } else if field("transfer-encoding").is_some_and(|value| value.ends_with("chunked")) {
            self.take_chunks(until)
        } else if let Some(length) = field("content-length") {
            length.parse().is_ok_and(|count| self.take(count, until))
        } else {
            status.is_none() || self.step(&Step::ReadEnd)
        }
    }

    fn take_chunks(&mut self, until: Instant) -> bool {
        loop {
            let Some(line) = self.take_until(b"\r\n", until) else { return false };
            let digits: String = String::from_utf8_lossy(&line).chars().take_while(char::is_ascii_hexdigit).collect();
            let Ok(size) = usize::from_str_radix(&digits, 16) else { return false };
            if size > 0 {
                if !self.take(size + 2, until) {
                    return false;
                }
                continue;
            }
            while let Some(trailer) = self.take_until(b"\r\n", until) {
                if trailer == b"\r\n" {
                    return true;
                }
            }
            return false;
        }
    }

    fn take(&mut self, count: usize, until: Instant) -> bool {
        while self.seen.lock().unwrap().bytes.len() < self.used + count {
            if self.more(until) != More::Bytes {
                return false;
            }
        }
        self.used += count;
        true
    }

    fn take_until(&mut self, mark: &[u8], until: Instant) -> Option<Vec<u8>> {
        loop {
            let unread = self.unread();
            if let Some(at) = unread.windows(mark.len()).position(|window| window == mark) {
                let taken = unread[..at + mark.len()].to_vec();
                self.used += taken.len();
                return Some(taken);
            }
            if self.more(until) != More::Bytes {
                return None;
            }
        }
    }

    fn unread(&self) -> Vec<u8> {
        self.seen.lock().unwrap().bytes[self.used..].to_vec()
    }

    /// Waits for more bytes and appends them to the transcript.
    fn more(&mut self, until: Instant) -> More {
        let mut buf = vec![0; 65536];
        while !self.ended && !self.stage.cues.over() && Instant::now() < until {
            let Some(wire) = self.wire.as_mut() else { return More::Ended };
            match wire.read(&mut buf) {
                Ok(0) => self.end("eof"),
                Ok(count) => {
                    self.stage.cues.stir();
                    self.seen.lock().unwrap().bytes.extend(&buf[..count]);
                    return More::Bytes;
                }
                Err(error) if is_idle(&error) => {}
                Err(error) if error.kind() == io::ErrorKind::ConnectionReset => self.end("reset"),
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => self.end("eof without close_notify"),
                Err(error) => self.end(&super::tls::reason(&error)),
            }
        }
        if self.ended { More::Ended } else { More::Late }
    }

    fn end(&mut self, how: &str) {
        self.ended = true;
        self.note(how);
    }

    fn note(&self, text: impl Into<String>) {
        self.stage.cues.stir();
        self.seen.lock().unwrap().note(text);
    }
}

#[derive(PartialEq, Eq)]
enum More {
    Bytes,
    Ended,
    Late,
}
