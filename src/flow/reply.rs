//! One door out: every early end becomes a response here, passes the after-response rules, and sets the termination code.

use bytes::Bytes;

use super::alarm::deadline;
use super::exchange::{Exchange, Stop};
use super::head::fill;
use super::rules;
use crate::http::head::Version;
use crate::model::proxy::ErrorPage;
use crate::proto::h1::{Strictness, encode, parse_response};
use crate::sample::Direction;
use crate::txn::Reply;

impl Exchange<'_> {
    /// Answers for an exchange that ended early, and notes how it ended.
    pub async fn settle(&mut self, stop: Stop) {
        match stop {
            Stop::Vanish => self.keep = false,
            Stop::Sent(end) => {
                self.txn.end.set(&end);
                self.keep = false;
            }
            Stop::Close(status, end) => {
                self.txn.end.set(&end);
                self.txn.status = status;
                self.keep = false;
            }
            Stop::Page(status, end) => {
                self.txn.end.set(&end);
                let reply = self.page(status);
                let shown =
                    reply.as_ref().map_or(status, |reply| if is_redirect(reply) { status } else { reply.head.status });
                self.txn.status = if shown == 0 { status } else { shown };
                match reply {
                    Some(reply) => self.send(reply).await,
                    None => self.keep = false,
                }
            }
            Stop::Reply(reply, end) => {
                self.txn.end.set(&end);
                self.txn.status = reply.head.status;
                if reply.closes {
                    self.keep = false;
                    self.txn.bytes_out += CLOSE_FIELD_COUNTED;
                }
                match self.configured(*reply) {
                    Some(reply) => self.send(reply).await,
                    None => self.keep = false,
                }
            }
        }
    }

    /// The response for an error: the configured page of the backend, of the frontend, or HAProxy's own. None is sent
    /// for an empty file.
    fn page(&mut self, status: u16) -> Option<Reply> {
        let of_backend = self.backend().settings.errors.get(&status).cloned();
        let configured = of_backend.or_else(|| self.frontend().settings.errors.get(&status).cloned());
        match configured {
            None => {
                let reply = Reply::own_page(status);
                if reply.closes {
                    self.keep = false;
                    // HAProxy counts the field that its page brings along.
                    self.txn.bytes_out += CLOSE_FIELD_COUNTED;
                }
                Some(reply)
            }
            Some(ErrorPage::Location(code, url)) => Some(location(code, &url)),
            Some(ErrorPage::File(_, bytes)) if bytes.is_empty() => None,
            Some(ErrorPage::File(_, bytes)) => Some(self.file_page(&bytes)),
        }
    }

    /// The reply with the configured page in its place, where it asks for that; its own fields are kept.
    fn configured(&mut self, reply: Reply) -> Option<Reply> {
        let Some(status) = reply.page else { return Some(reply) };
        let known = |errors: &std::collections::BTreeMap<u16, ErrorPage>| errors.contains_key(&status);
        if !known(&self.backend().settings.errors) && !known(&self.frontend().settings.errors) {
            return Some(reply);
        }
        let mut page = self.page(status)?;
        for field in reply.head.fields() {
            let name = reply.head.text(field.name);
            if !matches!(name, b"content-length" | b"cache-control" | b"content-type") {
                page.head.push(name, reply.head.text(field.value));
            }
        }
        Some(page)
    }

    /// An error file is a whole response: it is read like one.
    fn file_page(&mut self, bytes: &Bytes) -> Reply {
        let mut reply = Reply::default();
        match parse_response(bytes, &mut reply.head, b"GET", Strictness::Lax) {
            Ok(Some(message)) => {
                reply.body = bytes.slice(message.consumed.min(bytes.len())..);
                if message.connection.close || !reply.head.has(b"content-length") {
                    self.keep = false;
                }
            }
            _ => {
                reply.raw = Some(bytes.clone());
                self.keep = false;
            }
        }
        reply
    }

    /// Sends a response of our own: after-response rules, head, body; then what is left of the request's body is
    /// read and dropped, so that the connection can go on.
    async fn send(&mut self, mut reply: Reply) {
        if let Some(raw) = reply.raw.take() {
            let _ = self.write(&raw).await;
            return;
        }
        std::mem::swap(&mut self.txn.response, &mut reply.head);
        self.after_response();
        if self.txn.request.version == Version::Http10 && !self.message.connection.keep_alive {
            self.keep = false;
        }
        let is_head = self.txn.request.method() == b"HEAD";
        let connection = self.client_connection();
        let mut out = Vec::with_capacity(512 + reply.body.len());
        encode::response(&self.txn.response, connection, &mut out);
        self.txn.bytes_out += self.txn.response.counted_bytes();
        if !is_head {
            out.extend_from_slice(&reply.body);
            self.txn.bytes_out += reply.body.len() as u64;
        }
        if self.write(&out).await.is_err() {
            self.keep = false;
            return;
        }
        if self.keep {
            self.drain().await;
        }
    }

    /// The `connection` field towards the client, if it needs one.
    pub fn client_connection(&self) -> Option<&'static [u8]> {
        match (self.txn.response.version, self.keep) {
            (Version::Http11, false) => Some(b"close"),
            (Version::Http11, true) if self.txn.request.version == Version::Http10 => Some(b"keep-alive"),
            (Version::Http10, true) => Some(b"keep-alive"),
            _ => None,
        }
    }

    /// Runs the after-response rules of backend and frontend.
    pub fn after_response(&mut self) {
        let config = &self.worker.config;
        let backend = self.other_backend();
        for id in backend.into_iter().chain([self.sess.frontend]) {
            let rules = &config.proxy(id).rules.after_response;
            if !rules.is_empty() {
                rules::run(rules, &mut 0, &mut self.rule_cx(Direction::Response));
            }
        }
    }

    /// Writes to the client, within its timeout.
    pub async fn write(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        let limit = self.frontend().settings.timeouts.client;
        let mut written = 0;
        let mut end = deadline(limit);
        std::future::poll_fn(|cx| {
            while let Some(rest) = bytes.get(written..).filter(|rest| !rest.is_empty()) {
                match self.client.stream.poll_write(cx, rest) {
                    std::task::Poll::Ready(Ok(count)) => {
                        written += count;
                        end = deadline(limit);
                    }
                    std::task::Poll::Ready(Err(error)) => return std::task::Poll::Ready(Err(error)),
                    std::task::Poll::Pending => {
                        return self.alarm.poll(cx, end).map(|()| Err(std::io::ErrorKind::TimedOut.into()));
                    }
                }
            }
            self.client.stream.poll_flush(cx)
        })
        .await
    }

    /// Reads what is left of the request's body and drops it.
    async fn drain(&mut self) {
        while !self.body.is_done() {
            let Ok(step) = self.body.step(self.client.input.data_mut()) else {
                self.keep = false;
                return;
            };
            self.client.input.consume(step.consumed);
            self.txn.bytes_in += step.payload as u64;
            if self.body.is_done() {
                return;
            }
            let end = deadline(self.frontend().settings.timeouts.client);
            match fill(self.client, self.alarm, end).await {
                Some(Ok(count)) if count > 0 => {}
                Some(_) => {
                    self.keep = false;
                    return;
                }
                None => {
                    self.txn.end.set(b"cL");
                    self.keep = false;
                    return;
                }
            }
        }
    }
}

/// Bytes of `connection: close` as counted.
const CLOSE_FIELD_COUNTED: u64 = 15;

fn is_redirect(reply: &Reply) -> bool {
    matches!(reply.head.status, 302 | 303)
}

/// The response of `errorloc`.
fn location(code: u16, url: &str) -> Reply {
    let mut reply = Reply::default();
    let reason = crate::http::status::reason(code);
    reply.head.start_response(Version::Http11, code, reason.as_bytes());
    reply.head.push(b"cache-control", b"no-cache");
    reply.head.push(b"content-length", b"0");
    reply.head.push(b"location", url.as_bytes());
    reply
}
