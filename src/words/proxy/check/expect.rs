//! `http-check expect` and `tcp-check expect`.

use std::sync::Arc;

use super::send::digits;
use super::{add, text};
use crate::model::check::{Expect, HeaderTest, Step, Wanted};
use crate::model::draft::Draft;
use crate::sample::format::Escape;
use crate::spec::{Args, Done, Fault};

/// What an HTTP check may look for.
const HTTP_KINDS: &[&str] = &["status", "rstatus", "string", "rstring", "string-lf", "hdr", "fhdr"];

/// What a TCP check may look for.
const TCP_KINDS: &[&str] = &["string", "rstring", "string-lf", "binary", "rbinary"];

pub(super) fn expect(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let is_http = args.keyword().starts_with("http-check");
    let mut expect = Expect::of(Wanted::Status(Vec::new()));
    let mut found = false;
    while let Some(word) = args.next() {
        match word {
            "!" => expect.negated = !expect.negated,
            "comment" => expect.comment = Some(text(args, "comment")?),
            "min-recv" => expect.min_recv = text(args, "min-recv")?.parse().ok(),
            "ok-status" => expect.codes.0 = Some(text(args, word)?),
            "error-status" => expect.codes.1 = Some(text(args, word)?),
            "tout-status" => expect.codes.2 = Some(text(args, word)?),
            "on-success" => expect.messages.0 = Some(Arc::new(args.format(draft, Escape::None)?)),
            "on-error" => expect.messages.1 = Some(Arc::new(args.format(draft, Escape::None)?)),
            "status-code" => {
                text(args, "status-code")?;
                args.not_yet("http-check expect status-code");
            }
            kind if (if is_http { HTTP_KINDS } else { TCP_KINDS }).contains(&kind) => {
                expect.wanted = wanted(args, draft, kind)?;
                found = true;
            }
            other => return Err(unknown(args, is_http, other)),
        }
    }
    if !found {
        let kinds = if is_http {
            "'status', 'rstatus', 'string', 'rstring', 'hdr', 'fhdr'"
        } else {
            "'binary', 'rbinary', 'string' or 'rstring'"
        };
        return Err(Fault::new(format!("'{}' : expects {kinds} as argument.", args.keyword())));
    }
    add(args, draft, Step::Expect(expect));
    Ok(())
}

fn unknown(args: &Args<'_>, is_http: bool, other: &str) -> Fault {
    let kinds = if is_http {
        "'string', 'rstring', 'status', 'rstatus', 'hdr' or 'fhdr'"
    } else {
        "'string', 'rstring', 'binary' or 'rbinary'"
    };
    Fault::new(format!(
        "'{}' : expects 'comment', 'min-recv', 'ok-status', 'error-status', 'tout-status', 'on-success', 'on-error', {kinds} but got '{other}' as argument.",
        args.keyword()
    ))
}

fn wanted(args: &mut Args<'_>, draft: &Draft, kind: &str) -> Result<Wanted, Fault> {
    if kind == "string-lf" {
        return Ok(Wanted::TextFormat(Arc::new(args.format(draft, Escape::None)?)));
    }
    if kind == "string" {
        let refusal = format!("'{}' : 'string' expects a value as argument.", args.keyword());
        return Ok(Wanted::Text(args.need_bytes(&refusal)?.to_vec()));
    }
    if matches!(kind, "hdr" | "fhdr") {
        return Ok(Wanted::Header(header_test(args, kind == "fhdr")?));
    }
    let value = text(args, kind)?;
    Ok(match kind {
        "status" => Wanted::Status(statuses(&value)?),
        "rstatus" => Wanted::StatusPattern(Arc::new(regex(&value)?)),
        "rbinary" => Wanted::BinaryPattern(Arc::new(regex(&value)?)),
        "binary" => {
            let bytes = digits(value.as_bytes());
            Wanted::Binary(bytes.map_err(|text| Fault::new(format!("'{}' : {text}", args.keyword())))?, value)
        }
        _ => Wanted::Pattern(Arc::new(regex(&value)?)),
    })
}

fn regex(pattern: &str) -> Result<fancy_regex::Regex, Fault> {
    fancy_regex::Regex::new(pattern).map_err(|error| Fault::new(format!("regex '{pattern}' is invalid ({error})")))
}

fn statuses(text: &str) -> Result<Vec<(u16, u16)>, Fault> {
    let parse = |part: &str| part.trim().parse::<u16>().ok().filter(|code| (100..=999).contains(code));
    text.split(',')
        .map(|range| {
            let (low, high) = range.split_once('-').unwrap_or((range, range));
            match (parse(low), parse(high)) {
                (Some(low), Some(high)) if low <= high => Ok((low, high)),
                _ => Err(Fault::new(format!("invalid status code '{range}'"))),
            }
        })
        .collect()
}

fn header_test(args: &mut Args<'_>, full: bool) -> Result<HeaderTest, Fault> {
    if args.next() != Some("name") {
        return Err(Fault::new("'hdr' expects 'name' as first argument."));
    }
    let method = |args: &mut Args<'_>| -> Result<String, Fault> {
        if args.take("-m") { text(args, "-m") } else { Ok("str".to_owned()) }
    };
    let how = method(args)?;
    let name = (how, text(args, "name")?.into_bytes());
    let mut value = None;
    if args.take("value") {
        let how = method(args)?;
        value = Some((how, text(args, "value")?.into_bytes()));
    }
    Ok(HeaderTest { name, value, full })
}
