//! The reply of `return`, `deny` and `tarpit`: how it is written, and how it is made.

use std::sync::{Arc, OnceLock};

use bytes::Bytes;

use crate::http::head::{Head, Version};
use crate::http::{pages, status};
use crate::model::draft::Draft;
use crate::model::noted::UseKind;
use crate::model::proxy::ErrorPage;
use crate::proto::h1::{Strictness, parse_response};
use crate::sample::format::Escape;
use crate::sample::value::leading_int;
use crate::sample::{Cx, Format};
use crate::spec::{Args, Fault};
use crate::txn::Reply;
use crate::words::message;

type Slot<T> = Arc<OnceLock<T>>;

/// A reply as a rule describes it.
pub struct Template {
    /// Its code.
    pub status: u16,
    body: Body,
    content_type: Option<Vec<u8>>,
    fields: Vec<(Vec<u8>, Format)>,
}

enum Body {
    /// Nothing was said.
    None,
    /// `default-errorfiles`: the page that is configured for the code.
    Page,
    /// `string`, `file`
    Bytes(Slot<Bytes>),
    /// `lf-string`, `lf-file`
    Text(Slot<Format>),
    /// `errorfile`, `errorfiles`: a whole response.
    Whole(Slot<Reply>),
}

impl Template {
    /// Reads what stands behind the action's word, up to what does not belong to a reply. Unless `empty` says so, or
    /// `status` or a field is written, nothing said means the page that is configured for the code.
    pub fn parse(args: &mut Args<'_>, draft: &Draft, default: u16, empty: bool) -> Result<Template, Fault> {
        let mut template = Template { status: default, body: Body::None, content_type: None, fields: Vec::new() };
        let mut said: Option<&str> = None;
        let mut section: Option<String> = None;
        let mut empty = empty;
        while let Some(word) = args.peek() {
            match word {
                "status" | "deny_status" => {
                    args.next();
                    template.status = code(args.need("'status' expects <status_code> as argument")?)?;
                    empty |= word == "status";
                }
                "content-type" => {
                    args.next();
                    template.content_type =
                        Some(args.need_bytes("'content-type' expects <ctype> as argument")?.to_vec());
                }
                "hdr" => {
                    args.next();
                    let refusal = "'hdr' expects <name> and <value> as arguments";
                    let name = args.need_bytes(refusal)?.to_ascii_lowercase();
                    let Some(value) = args.next_arg() else { return Err(Fault::new(refusal)) };
                    template.fields.push((name, args.format_of(value, draft, Escape::Header)?));
                }
                "default-errorfiles" | "errorfile" | "errorfiles" | "file" | "lf-file" | "string" | "lf-string" => {
                    if let Some(before) = said {
                        return Err(Fault::new(format!("unexpected '{word}' argument, '{before}' already defined")));
                    }
                    said = Some(word);
                    args.next();
                    if word == "errorfiles" {
                        section = args.peek().map(str::to_owned);
                    }
                    template.body = body(word, args, draft)?;
                }
                _ => break,
            }
        }
        if said.is_none() && !empty && template.fields.is_empty() {
            template.body = Body::Page;
        }
        if matches!(template.body, Body::Page) && !pages::exists(template.status) {
            return Err(Fault::new(format!(
                "status code '{}' not handled by default with 'default-errorfiles' argument.",
                template.status
            )));
        }
        if matches!(template.body, Body::Page | Body::Whole(_)) && !template.fields.is_empty() {
            args.warn("hdr parameters ignored by the http reply when used with an erorrfile.");
            template.fields.clear();
        }
        if let Some(name) = section {
            template.page_of_section(&name, draft);
        }
        template.typed(args)?;
        Ok(template)
    }

    /// A payload has a type, and nothing else has.
    fn typed(&self, args: &mut Args<'_>) -> Result<(), Fault> {
        let empty = match &self.body {
            Body::Bytes(slot) => slot.get().is_some_and(Bytes::is_empty),
            _ => false,
        };
        let why = match (&self.body, &self.content_type) {
            (Body::Bytes(_), None) if !empty => {
                return Err(Fault::new("a content type must be defined when non-empty payload is configured"));
            }
            (Body::Text(_), None) => {
                return Err(Fault::new("a content type must be defined with a log-format payload"));
            }
            (Body::Bytes(_), _) if empty => "when used with an empty payload",
            (Body::Bytes(_) | Body::Text(_), _) => return Ok(()),
            (Body::Whole(_) | Body::Page, _) => "when used with an erorrfile",
            (Body::None, _) => "because neither errorfile nor payload defined",
        };
        if let Some(kind) = self.content_type.as_deref() {
            let kind = String::from_utf8_lossy(kind);
            args.warn(format!("content-type '{kind}' ignored by the http reply {why}."));
        }
        Ok(())
    }

    /// A page of an `http-errors` section: which one is known once the code is.
    fn page_of_section(&self, name: &str, draft: &Draft) {
        let Body::Whole(slot) = &self.body else { return };
        let (slot, status, section) = (slot.clone(), self.status, name.to_owned());
        draft.late.add(move |outside| {
            let reply = match outside.error_page(&section, status) {
                Some(ErrorPage::File(_, bytes)) => whole(&bytes, status),
                Some(ErrorPage::Location(..)) | None => Reply { page: Some(status), ..Reply::own_page(status) },
            };
            let _ = slot.set(reply);
            Ok(())
        });
        draft.noted.refer(UseKind::Errors, name, String::new(), draft.current);
    }

    /// Whether the page that is configured for the code will do.
    pub fn is_page(&self) -> bool {
        matches!(self.body, Body::Page)
    }

    /// The reply for this exchange.
    pub fn make(&self, cx: &Cx<'_>) -> Reply {
        match &self.body {
            Body::Page => Reply { page: Some(self.status), ..Reply::own_page(self.status) },
            Body::Whole(slot) => slot.get().cloned().unwrap_or_else(|| Reply::own_page(self.status)),
            Body::None => self.made(cx, Bytes::new()),
            Body::Bytes(slot) => self.made(cx, slot.get().cloned().unwrap_or_default()),
            Body::Text(slot) => {
                let text = slot.get().map(|format| Bytes::from(format.text(cx).into_owned()));
                self.made(cx, text.unwrap_or_default())
            }
        }
    }

    fn made(&self, cx: &Cx<'_>, body: Bytes) -> Reply {
        let mut head = Head::default();
        head.start_response(Version::Http11, self.status, status::reason(self.status).as_bytes());
        for (name, value) in &self.fields {
            head.push(name, &value.text(cx));
        }
        head.push(b"content-length", body.len().to_string().as_bytes());
        if let Some(kind) = self.content_type.as_deref().filter(|_| !body.is_empty()) {
            head.push(b"content-type", kind);
        }
        Reply { head, body, ..Reply::default() }
    }
}

/// A number is read as far as it goes: `403x` is 403.
fn code(text: &str) -> Result<u16, Fault> {
    let number = leading_int(text.as_bytes());
    let fits = u16::try_from(number).ok().filter(|code| (200..=599).contains(code));
    fits.ok_or_else(|| Fault::new(format!("Unexpected status code '{number}'")))
}

fn body(word: &str, args: &mut Args<'_>, draft: &Draft) -> Result<Body, Fault> {
    if word == "default-errorfiles" {
        return Ok(Body::Page);
    }
    let wanted = match word {
        "string" => "<str>",
        "lf-string" | "errorfile" => "<fmt>",
        "errorfiles" => "<name>",
        _ => "<file>",
    };
    let refusal = format!("'{word}' expects {wanted} as argument");
    let Some(arg) = args.next_arg() else { return Err(Fault::new(refusal)) };
    let path = String::from_utf8_lossy(&arg.text).into_owned();
    let failed = |path: &str| format!("error opening file '{path}'.");
    let mut empty = false;
    if matches!(word, "file" | "lf-file") {
        empty = message::body(&path, draft).map_err(Fault::new)? == 0 && draft.noted.world.real;
    } else if word == "errorfile" {
        let stopped = |reason: String| Fault::new(format!("{reason}."));
        let (bytes, warning) = message::response(&path, draft).map_err(stopped)?;
        if let Some(warning) = warning {
            args.warn_bare(warning);
        }
        message::check(&bytes, draft).map_err(|reason| Fault::new(format!("'{path}': {reason}")))?;
    }
    Ok(match word {
        "string" => Body::Bytes(Arc::new(OnceLock::from(Bytes::from(arg.text.clone())))),
        "lf-string" => Body::Text(Arc::new(OnceLock::from(args.format_of(arg, draft, Escape::None)?))),
        "file" if empty => Body::Bytes(Arc::new(OnceLock::from(Bytes::new()))),
        "file" => {
            let slot: Slot<Bytes> = Slot::default();
            let pending = slot.clone();
            draft.late.add(move |outside| {
                let bytes = outside.file(&path).map_err(|_| failed(&path))?;
                let _ = pending.set(Bytes::copy_from_slice(&bytes));
                Ok(())
            });
            Body::Bytes(slot)
        }
        "lf-file" => {
            let slot: Slot<Format> = Slot::default();
            let pending = slot.clone();
            draft.late.add(move |outside| {
                let bytes = outside.file(&path).map_err(|_| failed(&path))?;
                let _ = pending.set(outside.format(&bytes)?);
                Ok(())
            });
            Body::Text(slot)
        }
        "errorfile" => {
            let slot: Slot<Reply> = Slot::default();
            let pending = slot.clone();
            draft.late.add(move |outside| {
                let bytes = outside.file(&path).map_err(|_| failed(&path))?;
                let _ = pending.set(whole(&Bytes::copy_from_slice(&bytes), 200));
                Ok(())
            });
            Body::Whole(slot)
        }
        _ => Body::Whole(Slot::default()),
    })
}

/// A file that holds a whole response, read like one.
fn whole(bytes: &Bytes, status: u16) -> Reply {
    let mut reply = Reply::default();
    match parse_response(bytes, &mut reply.head, b"GET", Strictness::Lax) {
        Ok(Some(message)) => {
            reply.body = bytes.slice(message.consumed.min(bytes.len())..);
            reply.closes = message.connection.close || !reply.head.has(b"content-length");
        }
        _ => {
            let page = pages::page_of(status);
            reply.head.start_response(Version::Http11, page.status, page.reason.as_bytes());
            reply.raw = Some(bytes.clone());
            reply.closes = true;
        }
    }
    reply
}
