//! Scripted checks: the steps of `tcp-check` and `http-check`, one after the other.

use super::answer::Answer;
use super::link::{Clock, Link, Target};
use super::outcome::{Outcome, Status};
use super::request;
use crate::live::State;
use crate::model::check::{Connect, Expect, HttpCheck, Send, Step, Wanted};
use crate::sample::{Cx, Direction, Format};
use crate::txn::{Session, Txn};

/// Runs the script of a backend.
pub async fn run(target: &Target, is_http: bool, clock: &mut Clock) -> Outcome {
    let check = &target.backend().settings.http_check;
    let steps = if is_http { http_steps(check) } else { check.tcp_steps.clone() };
    let mut run = Run { target, is_http, link: None, answer: Answer::default(), passed: None, comment: None };
    let result = run.all(&steps, clock).await;
    let is_tls = run.link.as_ref().is_some_and(|link| link.is_tls);
    if let Some(link) = run.link.take() {
        link.close();
    }
    match (result, run.passed) {
        (Err(outcome), _) | (Ok(()), Some(outcome)) => outcome,
        (Ok(()), None) => Outcome::of(if is_tls { Status::Layer6Passed } else { Status::Layer4Passed }),
    }
}

/// The steps of an HTTP check in full: the request of `option httpchk` is completed by the first `http-check send`, and
/// without any `expect` a 2xx or 3xx is good.
pub fn http_steps(check: &HttpCheck) -> Vec<Step> {
    let mut steps = check.steps.clone();
    let first = steps.iter_mut().find_map(|step| if let Step::Send(send) = step { Some(send) } else { None });
    match first {
        Some(send) => *send = check.request.with(send),
        None => {
            let at = steps.iter().position(|step| matches!(step, Step::Connect(_))).map_or(0, |at| at + 1);
            steps.insert(at, Step::Send(check.request.clone()));
        }
    }
    if !steps.iter().any(|step| matches!(step, Step::Expect(_))) {
        steps.push(Step::Expect(Expect::of(Wanted::Status(vec![(200, 399)]))));
    }
    steps
}

/// A script on its way.
struct Run<'a> {
    target: &'a Target,
    is_http: bool,
    link: Option<Link>,
    answer: Answer,
    /// What the last `expect` that held has to say.
    passed: Option<Outcome>,
    /// The last `comment` line.
    comment: Option<String>,
}

impl Run<'_> {
    async fn all(&mut self, steps: &[Step], clock: &mut Clock) -> Result<(), Outcome> {
        let opens = steps.iter().find(|step| !matches!(step, Step::Comment(_)));
        if !matches!(opens, Some(Step::Connect(_))) {
            let place = if self.is_http { "" } else { " at initial connection step of tcp-check" };
            self.link = Some(self.target.open(None, clock, place).await?);
        }
        for (at, step) in steps.iter().enumerate() {
            match step {
                Step::Comment(text) => {
                    self.comment = Some(text.clone());
                    continue;
                }
                Step::Connect(connect) => self.connect(connect, at + 1, clock).await?,
                Step::Send(send) => {
                    let bytes = self.request(send);
                    self.answer = Answer::to(send.method.as_deref().unwrap_or(request::METHOD));
                    self.send(&bytes, at + 1, "", clock).await?;
                }
                Step::SendBytes(send) => {
                    let mut bytes = self.text(&send.bytes);
                    if send.is_hex {
                        bytes = from_hex(&bytes);
                    }
                    self.send(&bytes, at + 1, "send", clock).await?;
                }
                Step::Expect(expect) => {
                    let outcome = self.expect(expect, at + 1, clock).await;
                    let ends = !(outcome.status.is_good() || outcome.status == Status::Layer7Conditional);
                    if ends {
                        return Err(outcome);
                    }
                    self.passed = Some(outcome);
                }
            }
            self.comment = None;
        }
        Ok(())
    }

    async fn connect(&mut self, connect: &Connect, step: usize, clock: &mut Clock) -> Result<(), Outcome> {
        if let Some(link) = self.link.take() {
            link.close();
        }
        let port = connect.port.map(|port| format!(" port {port}")).unwrap_or_default();
        let place = self.place(step, &format!("connect{port}"), connect.comment.as_deref());
        self.link = Some(self.target.open(Some(connect), clock, &place).await?);
        Ok(())
    }

    async fn send(&mut self, bytes: &[u8], step: usize, words: &str, clock: &Clock) -> Result<(), Outcome> {
        let place = self.place(step, words, None);
        let Some(link) = &mut self.link else { return Err(Outcome::of(Status::Socket)) };
        link.send(bytes, clock).await.map_err(|broken| broken.outcome(Status::Layer7TimedOut, &place))
    }

    /// Waits until the answer can be judged.
    async fn expect(&mut self, expect: &Expect, step: usize, clock: &Clock) -> Outcome {
        let pattern = if let Wanted::TextFormat(format) = &expect.wanted { self.text(format) } else { Vec::new() };
        let place = self.place(step, &format!("expect {}", named(&expect.wanted)), expect.comment.as_deref());
        let timed_out = expect.codes.2.as_deref().and_then(Status::named).unwrap_or(Status::Layer7TimedOut);
        loop {
            let Some(link) = &mut self.link else { return Outcome::of(Status::Socket) };
            let judged = if self.is_http {
                self.answer.read(&link.input, link.ended).and_then(|()| self.answer.judge(expect, &pattern))
            } else {
                bytes_judged(expect, &pattern, link, step)
            };
            match judged {
                Ok(true) => return self.good(expect),
                Err(outcome) => return self.bad(expect, outcome),
                Ok(false) => {}
            }
            if let Err(broken) = link.more(clock).await {
                return broken.outcome(timed_out, &place);
            }
        }
    }

    fn good(&self, expect: &Expect) -> Outcome {
        let status = expect.codes.0.as_deref().and_then(Status::named).unwrap_or(Status::Layer7Passed);
        let code = if self.is_http { i32::from(self.answer.status()) } else { 0 };
        let info = match &expect.messages.0 {
            Some(format) => self.text(format),
            None if self.is_http => Vec::new(),
            None => b"(tcp-check)".to_vec(),
        };
        Outcome::new(status, code, info)
    }

    fn bad(&self, expect: &Expect, mut outcome: Outcome) -> Outcome {
        let live = self.target.worker.live.server(self.target.server);
        let disables = self.target.backend().settings.http_check.disable_on_404;
        if outcome.status == Status::Layer7Wrong && outcome.code == 404 && disables && live.state() != State::Down {
            return Outcome::new(Status::Layer7Conditional, 404, "");
        }
        if outcome.status == Status::Socket {
            return outcome;
        }
        if let Some(status) = expect.codes.1.as_deref().and_then(Status::named) {
            outcome.status = status;
        }
        match (&expect.messages.1, expect.comment.as_deref().or(self.comment.as_deref())) {
            (Some(format), _) => outcome.info = self.text(format),
            (None, Some(comment)) => outcome.info.extend_from_slice(format!(" comment: {comment}").as_bytes()),
            (None, None) => {}
        }
        outcome
    }

    /// Where a script stands, for its messages; an HTTP check does not tell.
    fn place(&self, step: usize, words: &str, comment: Option<&str>) -> String {
        if self.is_http {
            return String::new();
        }
        let comment = comment.or(self.comment.as_deref()).map(|text| format!(" comment: '{text}'")).unwrap_or_default();
        format!(" at step {step} of tcp-check ({words}){comment}")
    }

    /// The text of a format, which may look at what the server has answered.
    fn text(&self, format: &Format) -> Vec<u8> {
        if let Some(text) = format.constant() {
            return text.to_vec();
        }
        let live = &self.target.worker.live;
        let mut txn = Txn { backend: live.server(self.target.server).proxy, ..Txn::default() };
        txn.server = Some(self.target.server);
        self.answer.lend(&mut txn);
        if let Some(link) = &self.link {
            txn.payload.extend_from_slice(&link.input);
        }
        let sess = Session { frontend: txn.backend, ..Session::default() };
        format.text(&Cx { sess: &sess, txn: &txn, live, direction: Direction::Response }).into_owned()
    }

    fn request(&self, send: &Send) -> Vec<u8> {
        let state = self.target.backend().settings.http_check.send_state.then(|| request::state(self.target));
        request::encode(send, state.as_deref(), |format| self.text(format))
    }
}

/// Whether the bytes hold what is wanted: not yet, yes, or why not.
fn bytes_judged(expect: &Expect, pattern: &[u8], link: &Link, step: usize) -> Result<bool, Outcome> {
    let input = link.input.as_slice();
    if link.ended && input.is_empty() {
        return Err(Outcome::new(Status::Layer7Invalid, 0, format!("TCPCHK got an empty response at step {step}")));
    }
    let enough = expect.min_recv.is_none_or(|least| input.len() >= least);
    if input.is_empty() || (!enough && !link.ended) {
        return Ok(false);
    }
    let found = match &expect.wanted {
        Wanted::Text(text) | Wanted::Binary(text, _) => memchr::memmem::find(input, text).is_some(),
        Wanted::TextFormat(_) => memchr::memmem::find(input, pattern).is_some(),
        Wanted::Pattern(regex) => regex.is_match(&String::from_utf8_lossy(input)).unwrap_or(false),
        Wanted::BinaryPattern(regex) => regex.is_match(&to_hex(input)).unwrap_or(false),
        Wanted::Status(_) | Wanted::StatusPattern(_) | Wanted::Header(_) => false,
    };
    let verdict = match (found, expect.negated) {
        (true, false) => return Ok(true),
        (false, _) if !link.ended => return Ok(false),
        (false, true) => return Ok(true),
        (true, true) => "TCPCHK matched unwanted content",
        (false, false) => "TCPCHK did not match content",
    };
    let what = match &expect.wanted {
        Wanted::Text(text) => format!(" '{}'", String::from_utf8_lossy(text)),
        Wanted::TextFormat(_) => " (log-format string)".to_owned(),
        Wanted::Binary(..) => " (binary)".to_owned(),
        Wanted::BinaryPattern(_) => " (binary regex)".to_owned(),
        _ => " (regex)".to_owned(),
    };
    Err(Outcome::new(Status::Layer7Invalid, 0, format!("{verdict}{what} at step {step}")))
}

/// What is expected, as messages name it.
fn named(wanted: &Wanted) -> String {
    match wanted {
        Wanted::Text(text) => format!("string '{}'", String::from_utf8_lossy(text)),
        Wanted::TextFormat(_) => "log-format string".to_owned(),
        Wanted::Binary(bytes, _) => format!("binary '{}'", to_hex(bytes)),
        Wanted::BinaryPattern(_) => "binary regex".to_owned(),
        _ => "regex".to_owned(),
    }
}

fn to_hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02X}");
        text
    })
}

/// The bytes that pairs of digits stand for; what is no digit counts as 0.
fn from_hex(text: &[u8]) -> Vec<u8> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16).unwrap_or(0) as u8;
    text.chunks_exact(2).map(|pair| pair.iter().fold(0, |sum, byte| sum << 4 | digit(byte))).collect()
}
