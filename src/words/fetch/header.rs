//! Header fields of either message.

use std::net::IpAddr;

use super::{Built, with};
use crate::http::{Head, list};
use crate::sample::value::leading_int;
use crate::sample::{Cx, Fetch as Sample, Type, Value};
use crate::spec;
use crate::spec::{CallArgs, Fetch, Needs};

spec! {
    /// Header fields.
    pub static HEADER: [Fetch] = [
        /// A value of a field of the message that the rule is about; see `req.hdr`.
        { name: "hdr", usage: "[<name>[,<occ>]]", out: Type::Str, needs: Needs::HEAD, build: |args| values(args, Which::Either, true, Type::Str) },
        /// How often a field of the message that the rule is about has a value; see `req.hdr_cnt`.
        { name: "hdr_cnt", usage: "[<name>]", out: Type::Int, needs: Needs::HEAD, build: |args| count(args, Which::Either, true) },
        /// A value of a field as an address; see `req.hdr_ip`.
        { name: "hdr_ip", usage: "[<name>[,<occ>]]", out: Type::Addr, needs: Needs::HEAD, build: |args| values(args, Which::Either, true, Type::Addr) },
        /// A value of a field as a number; see `req.hdr`.
        { name: "hdr_val", usage: "[<name>[,<occ>]]", out: Type::Int, needs: Needs::HEAD, build: |args| values(args, Which::Either, true, Type::Int) },
        /// A value of a request field, cut at commas. In a condition every value is tried; elsewhere it is the last, or
        /// the one whose number is given: 1 is the first, -1 the last. `req.hdr(x-forwarded-for,-1)`.
        { name: "req.hdr", usage: "[<name>[,<occ>]]", out: Type::Str, needs: Needs::REQUEST, build: |args| values(args, Which::Request, true, Type::Str) },
        /// How many values, cut at commas, a request field has; 0 when it is not there.
        { name: "req.hdr_cnt", usage: "[<name>]", out: Type::Int, needs: Needs::REQUEST, build: |args| count(args, Which::Request, true) },
        /// A value of a request field as an address, with or without a port; no value when it is none.
        { name: "req.hdr_ip", usage: "[<name>[,<occ>]]", out: Type::Addr, needs: Needs::REQUEST, build: |args| values(args, Which::Request, true, Type::Addr) },
        /// A value of a request field as a number.
        { name: "req.hdr_val", usage: "[<name>[,<occ>]]", out: Type::Int, needs: Needs::REQUEST, build: |args| values(args, Which::Request, true, Type::Int) },
        /// A request field, whole: commas do not cut it. Dates and user agents want this.
        { name: "req.fhdr", usage: "<name>[,<occ>]", out: Type::Str, needs: Needs::REQUEST, build: |args| values(args, Which::Request, false, Type::Str) },
        /// How many request fields have this name.
        { name: "req.fhdr_cnt", usage: "[<name>]", out: Type::Int, needs: Needs::REQUEST, build: |args| count(args, Which::Request, false) },
        /// The names of the request's fields in order, with this text between them, a comma by default.
        { name: "req.hdr_names", usage: "[<delim>]", out: Type::Str, needs: Needs::REQUEST, build: |args| names(args, Which::Request) },
        /// The request's fields as text, an empty line at the end.
        { name: "req.hdrs", out: Type::Bin, needs: Needs::REQUEST, build: |_| with(Which::Request, text) },
        /// The request's fields in a compact form: length and bytes of each name and value, two zero bytes at the end.
        { name: "req.hdrs_bin", out: Type::Bin, needs: Needs::REQUEST, build: |_| with(Which::Request, compact) },
        /// A value of a response field; see `req.hdr`.
        { name: "res.hdr", aliases: &["shdr"], usage: "[<name>[,<occ>]]", out: Type::Str, needs: Needs::RESPONSE, build: |args| values(args, Which::Response, true, Type::Str) },
        /// How many values a response field has; see `req.hdr_cnt`.
        { name: "res.hdr_cnt", aliases: &["shdr_cnt"], usage: "[<name>]", out: Type::Int, needs: Needs::RESPONSE, build: |args| count(args, Which::Response, true) },
        /// A value of a response field as an address.
        { name: "res.hdr_ip", aliases: &["shdr_ip"], usage: "[<name>[,<occ>]]", out: Type::Addr, needs: Needs::RESPONSE, build: |args| values(args, Which::Response, true, Type::Addr) },
        /// A value of a response field as a number.
        { name: "res.hdr_val", aliases: &["shdr_val"], usage: "[<name>[,<occ>]]", out: Type::Int, needs: Needs::RESPONSE, build: |args| values(args, Which::Response, true, Type::Int) },
        /// A response field, whole.
        { name: "res.fhdr", usage: "[<name>[,<occ>]]", out: Type::Str, needs: Needs::RESPONSE, build: |args| values(args, Which::Response, false, Type::Str) },
        /// How many response fields have this name.
        { name: "res.fhdr_cnt", usage: "[<name>]", out: Type::Int, needs: Needs::RESPONSE, build: |args| count(args, Which::Response, false) },
        /// The names of the response's fields.
        { name: "res.hdr_names", usage: "[<delim>]", out: Type::Str, needs: Needs::RESPONSE, build: |args| names(args, Which::Response) },
        /// The response's fields as text.
        { name: "res.hdrs", out: Type::Bin, needs: Needs::RESPONSE, build: |_| with(Which::Response, text) },
        /// The response's fields in a compact form.
        { name: "res.hdrs_bin", out: Type::Bin, needs: Needs::RESPONSE, build: |_| with(Which::Response, compact) },
    ];
}

/// Whose head is looked at.
#[derive(Clone, Copy)]
enum Which {
    Request,
    Response,
    /// The one the rule is about.
    Either,
}

impl Which {
    fn head<'a>(self, cx: &Cx<'a>) -> Option<&'a Head> {
        match self {
            Which::Request => cx.request(),
            Which::Response => cx.response(),
            Which::Either => Some(cx.head()).filter(|head| !head.is_empty()),
        }
    }
}

struct Values {
    name: Vec<u8>,
    occurrence: i64,
    which: Which,
    split: bool,
    kind: Type,
}

fn values(args: &mut CallArgs<'_>, which: Which, split: bool, kind: Type) -> Built {
    let name = args.maybe().unwrap_or_default().to_ascii_lowercase();
    let occurrence = args.maybe_int()?.unwrap_or(0);
    Ok(Box::new(Values { name, occurrence, which, split, kind }))
}

impl Values {
    /// Shows each raw value in order until `found` says yes.
    fn each<'a>(&'a self, cx: &Cx<'a>, found: &mut dyn FnMut(&'a [u8]) -> bool) -> bool {
        let Some(head) = self.which.head(cx).filter(|_| !self.name.is_empty()) else { return false };
        head.values(&self.name).any(
            |value| {
                if self.split { list::elements(value).any(&mut *found) } else { found(value) }
            },
        )
    }

    fn chosen<'a>(&'a self, cx: &Cx<'a>) -> Option<&'a [u8]> {
        let mut chosen = None;
        if self.occurrence > 0 {
            let mut left = self.occurrence;
            self.each(cx, &mut |value| {
                left -= 1;
                if left == 0 {
                    chosen = Some(value);
                }
                left == 0
            });
            return chosen;
        }
        let back = self.occurrence.unsigned_abs().max(1);
        if back == 1 {
            // The last element of the last field, without a look at the others.
            let head = self.which.head(cx).filter(|_| !self.name.is_empty())?;
            let last = head.values(&self.name).next_back()?;
            return if self.split { list::elements(last).last() } else { Some(last) };
        }
        let mut count = 0u64;
        self.each(cx, &mut |_| {
            count += 1;
            false
        });
        let mut left = count.checked_sub(back)?;
        self.each(cx, &mut |value| {
            chosen = Some(value);
            left = left.wrapping_sub(1);
            left == u64::MAX
        });
        chosen
    }

    fn typed<'a>(&self, value: &'a [u8]) -> Option<Value<'a>> {
        match self.kind {
            Type::Int => Some(Value::Int(leading_int(value))),
            Type::Addr => address(value).map(Value::Ip),
            _ => Some(Value::text(value)),
        }
    }
}

impl Sample for Values {
    fn fetch<'a>(&'a self, cx: &Cx<'a>) -> Option<Value<'a>> {
        self.typed(self.chosen(cx)?)
    }

    fn any<'a>(&'a self, cx: &Cx<'a>, found: &mut dyn FnMut(Value<'a>) -> bool) -> bool {
        if self.occurrence != 0 {
            return self.fetch(cx).is_some_and(found);
        }
        self.each(cx, &mut |value| self.typed(value).is_some_and(&mut *found))
    }
}

/// An address in a field: IPv4 with an optional port, or IPv6 without one.
fn address(text: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(text).ok()?;
    if let Ok(plain) = text.parse() {
        return Some(plain);
    }
    let (host, port) = text.split_once(':')?;
    let is_port = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    host.parse::<std::net::Ipv4Addr>().ok().filter(|_| is_port).map(IpAddr::V4)
}

fn count(args: &mut CallArgs<'_>, which: Which, split: bool) -> Built {
    let name = args.maybe().unwrap_or_default().to_ascii_lowercase();
    with(Values { name, occurrence: 0, which, split, kind: Type::Str }, |values, cx| {
        let head = values.which.head(cx)?;
        let mut count = 0;
        if values.name.is_empty() {
            for field in head.fields() {
                count += if values.split { list::elements(head.text(field.value)).count() } else { 1 };
            }
        }
        values.each(cx, &mut |_| {
            count += 1;
            false
        });
        Some(Value::Int(count as i64))
    })
}

fn names(args: &mut CallArgs<'_>, which: Which) -> Built {
    let between = args.maybe().unwrap_or(b",").to_vec();
    with((which, between), |(which, between), cx| {
        let head = which.head(cx)?;
        let names: Vec<&[u8]> = head.fields().iter().map(|field| head.text(field.name)).collect();
        Some(Value::owned(names.join(&between[..])))
    })
}

fn text<'a>(which: &Which, cx: &Cx<'a>) -> Option<Value<'a>> {
    let head = which.head(cx)?;
    let mut out = Vec::with_capacity(512);
    for field in head.fields() {
        out.extend_from_slice(head.text(field.name));
        out.extend_from_slice(b": ");
        out.extend_from_slice(head.text(field.value));
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(b"\r\n");
    Some(Value::binary(out))
}

fn compact<'a>(which: &Which, cx: &Cx<'a>) -> Option<Value<'a>> {
    let head = which.head(cx)?;
    let mut out = Vec::with_capacity(512);
    for field in head.fields() {
        for part in [field.name, field.value] {
            push_length(part.len() as u64, &mut out);
            out.extend_from_slice(head.text(part));
        }
    }
    out.extend_from_slice(b"\0\0");
    Some(Value::binary(out))
}

/// A length as the SPOE protocol writes it: one byte below 240, then four bits and seven at a time.
fn push_length(length: u64, out: &mut Vec<u8>) {
    if length < 240 {
        out.push(length as u8);
        return;
    }
    out.push(length as u8 | 240);
    let mut left = (length - 240) >> 4;
    while left >= 128 {
        out.push(left as u8 | 128);
        left = (left - 128) >> 7;
    }
    out.push(left as u8);
}
