//! The response of an HTTP check, as far as it came, and the judgement on it. No socket here.

use super::outcome::{Outcome, Status};
use crate::http::Head;
use crate::model::check::{Expect, HeaderTest, Wanted};
use crate::proto::h1::{Body, Strictness, parse_response};
use crate::txn::Txn;

/// A response.
#[derive(Debug, Default)]
pub struct Answer {
    method: String,
    head: Head,
    /// How the body is framed, and where it starts; none before the head is complete.
    framing: Option<(Body, usize)>,
    body: Vec<u8>,
    /// Whether the body is complete.
    complete: bool,
}

impl Answer {
    /// The answer to a request with this method.
    pub fn to(method: &str) -> Answer {
        Answer { method: method.to_owned(), ..Answer::default() }
    }

    /// The status code; 0 before it came.
    pub fn status(&self) -> u16 {
        self.head.status
    }

    /// Shows it to the fetches of a format.
    pub fn lend(&self, txn: &mut Txn) {
        txn.response = self.head.clone();
        txn.response_body.clone_from(&self.body);
        txn.status = self.head.status;
    }

    /// Reads what came so far.
    pub fn read(&mut self, input: &[u8], ended: bool) -> Result<(), Outcome> {
        if self.framing.is_none() {
            match parse_response(input, &mut self.head, self.method.as_bytes(), Strictness::Lax) {
                Ok(Some(message)) => self.framing = Some((Body::new(message.framing), message.consumed)),
                Ok(None) if !ended => return Ok(()),
                _ => return Err(Outcome::of(Status::Socket)),
            }
        }
        // Chunks are unwrapped in place, so each look starts from the bytes as they came.
        let Some((mut body, start)) = self.framing else { return Ok(()) };
        let mut bytes = input.get(start..).unwrap_or_default().to_vec();
        self.body.clear();
        while !body.is_done() && !bytes.is_empty() {
            let Ok(step) = body.step(&mut bytes) else { return Err(Outcome::of(Status::Socket)) };
            self.body.extend_from_slice(bytes.get(..step.payload).unwrap_or_default());
            if step.consumed == 0 {
                break;
            }
            bytes.drain(..step.consumed.min(bytes.len()));
        }
        self.complete = body.is_done() || ended;
        Ok(())
    }

    /// Whether it is as wanted: not yet known, yes, or why not. `pattern` is the text of a format that is looked for.
    pub fn judge(&self, expect: &Expect, pattern: &[u8]) -> Result<bool, Outcome> {
        if self.framing.is_none() {
            return Ok(false);
        }
        let holds = match &expect.wanted {
            Wanted::Status(ranges) => ranges.iter().any(|(low, high)| (*low..=*high).contains(&self.head.status)),
            Wanted::StatusPattern(regex) => regex.is_match(&self.head.status.to_string()).unwrap_or(false),
            Wanted::Header(test) => header_holds(&self.head, test),
            wanted => return self.body_judged(expect, wanted, pattern),
        };
        if holds != expect.negated {
            return Ok(true);
        }
        let reason = self.head.reason();
        let reason =
            if reason.is_empty() { &b"TCPCHK did not match content(status codes) at step 2"[..] } else { reason };
        Err(Outcome::new(Status::Layer7Wrong, i32::from(self.head.status), reason))
    }

    fn body_judged(&self, expect: &Expect, wanted: &Wanted, pattern: &[u8]) -> Result<bool, Outcome> {
        if !self.complete && expect.min_recv.is_some_and(|least| self.body.len() < least) {
            return Ok(false);
        }
        let found = match wanted {
            Wanted::Text(text) => memchr::memmem::find(&self.body, text).is_some(),
            Wanted::TextFormat(_) => memchr::memmem::find(&self.body, pattern).is_some(),
            Wanted::Pattern(regex) => regex.is_match(&String::from_utf8_lossy(&self.body)).unwrap_or(false),
            _ => false,
        };
        let words = match (found && !self.body.is_empty(), expect.negated) {
            (true, false) => return Ok(true),
            (true, true) => "HTTP check matched unwanted content",
            (false, _) if !self.complete => return Ok(false),
            (false, _) if self.body.is_empty() => "HTTP content check could not find a response body",
            (false, true) => return Ok(true),
            (false, false) => "HTTP content check did not match",
        };
        Err(Outcome::new(Status::Layer7Invalid, 0, words))
    }
}

fn header_holds(head: &Head, test: &HeaderTest) -> bool {
    let (how, name) = &test.name;
    let name = name.to_ascii_lowercase();
    let named = head.fields().iter().filter(|field| compared(how, head.text(field.name), &name));
    let mut values = named.map(|field| head.text(field.value));
    let Some((how, wanted)) = &test.value else { return values.next().is_some() };
    values.any(|value| {
        if test.full {
            compared(how, value, wanted)
        } else {
            value.split(|byte| *byte == b',').any(|part| compared(how, part.trim_ascii(), wanted))
        }
    })
}

fn compared(how: &str, text: &[u8], wanted: &[u8]) -> bool {
    match how {
        "beg" => text.starts_with(wanted),
        "end" => text.ends_with(wanted),
        "sub" => memchr::memmem::find(text, wanted).is_some(),
        "reg" => {
            let pattern = fancy_regex::Regex::new(&String::from_utf8_lossy(wanted));
            pattern.is_ok_and(|regex| regex.is_match(&String::from_utf8_lossy(text)).unwrap_or(false))
        }
        _ => text == wanted,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(response: &str, ended: bool, expect: &Expect) -> Result<bool, Outcome> {
        let mut answer = Answer::to("GET");
        answer.read(response.as_bytes(), ended)?;
        answer.judge(expect, b"")
    }

    fn text(text: &str, negated: bool) -> Expect {
        Expect { negated, ..Expect::of(Wanted::Text(text.as_bytes().to_vec())) }
    }

    #[test]
    fn statuses() {
        let good = Expect::of(Wanted::Status(vec![(200, 399)]));
        assert_eq!(judged("HTTP/1.0 302 Found\r\n\r\n", false, &good), Ok(true));
        assert_eq!(judged("HTTP/1.0 302 Fo", false, &good), Ok(false));
        assert_eq!(judged("HTTP/1.0 302 Fo", true, &good), Err(Outcome::of(Status::Socket)));
        assert_eq!(judged("garbage\r\n\r\n", false, &good), Err(Outcome::of(Status::Socket)));
        let wrong = Outcome::new(Status::Layer7Wrong, 500, "No");
        assert_eq!(judged("HTTP/1.0 500 No\r\n\r\n", false, &good), Err(wrong));
    }

    #[test]
    fn bodies() {
        let words = |text: &str| Err(Outcome::new(Status::Layer7Invalid, 0, text));
        let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n";
        assert_eq!(judged(chunked, false, &text("hello", false)), Ok(true));
        assert_eq!(judged(chunked, false, &text("hello", true)), words("HTTP check matched unwanted content"));
        let short = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc";
        assert_eq!(judged(short, false, &text("z", false)), Ok(false));
        assert_eq!(judged(short, true, &text("z", false)), words("HTTP content check did not match"));
        let none = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
        let missing = "HTTP content check could not find a response body";
        assert_eq!(judged(none, false, &text("z", false)), words(missing));
    }

    #[test]
    fn headers() {
        let test = |name: &str, value: Option<(&str, &str)>, full| {
            let value = value.map(|(how, text)| (how.to_owned(), text.as_bytes().to_vec()));
            Expect::of(Wanted::Header(HeaderTest { name: ("str".to_owned(), name.as_bytes().to_vec()), value, full }))
        };
        let response = "HTTP/1.1 200 OK\r\nX-List: a, b\r\n\r\n";
        assert_eq!(judged(response, false, &test("x-list", None, false)), Ok(true));
        assert_eq!(judged(response, false, &test("X-List", Some(("str", "b")), false)), Ok(true));
        assert!(judged(response, false, &test("x-list", Some(("str", "b")), true)).is_err());
        assert_eq!(judged(response, false, &test("x-list", Some(("beg", "a,")), true)), Ok(true));
    }
}
