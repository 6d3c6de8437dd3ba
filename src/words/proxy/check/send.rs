//! `http-check send` and the lines that send bytes in a `tcp-check`.

use std::sync::Arc;

use super::{add, text};
use crate::model::check::{Send, SendBytes, Step};
use crate::model::draft::Draft;
use crate::sample::Format;
use crate::sample::format::Escape;
use crate::spec::{Args, Done, Fault};

pub(super) fn request(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let mut send = Send::default();
    let mut comment = None;
    while let Some(word) = args.next() {
        match word {
            "meth" => send.method = Some(text(args, "meth")?),
            "uri" => send.uri = Some(literal(text(args, "uri")?.as_bytes())),
            "uri-lf" => send.uri = Some(Arc::new(args.format(draft, Escape::None)?)),
            "ver" => send.version = Some(text(args, "ver")?),
            "hdr" => {
                let name = text(args, "hdr")?;
                if args.is_empty() {
                    let message = format!("'{}' : 'hdr' expects a name and a value as arguments.", args.keyword());
                    return Err(Fault::new(message));
                }
                let value = Arc::new(args.format(draft, Escape::None)?);
                if !name.eq_ignore_ascii_case("content-length") && !name.eq_ignore_ascii_case("transfer-encoding") {
                    send.headers.push((name.to_ascii_lowercase(), value));
                }
            }
            "body" => send.body = Some(literal(text(args, "body")?.as_bytes())),
            "body-lf" => send.body = Some(Arc::new(args.format(draft, Escape::None)?)),
            "comment" => comment = Some(text(args, "comment")?),
            other => {
                return Err(Fault::new(format!(
                    "'{}' : expects 'comment', 'meth', 'uri', 'uri-lf', 'ver', 'hdr', 'body' or 'body-lf' but got '{other}' as argument.",
                    args.keyword()
                )));
            }
        }
    }
    if let Some(comment) = comment {
        add(args, draft, Step::Comment(comment));
    }
    add(args, draft, Step::Send(send));
    Ok(())
}

pub(super) fn bytes(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let keyword = args.keyword().to_owned();
    let Some(word) = args.next_arg() else {
        let kind = if keyword.contains("binary") { "binary string" } else { "string" };
        return Err(Fault::new(format!("'{keyword}' : expects a {kind} as argument.")));
    };
    let bytes = match keyword.as_str() {
        "tcp-check send" => literal(&word.text),
        "tcp-check send-binary" => {
            literal(&digits(&word.text).map_err(|text| Fault::new(format!("'{keyword}' : {text}")))?)
        }
        _ => Arc::new(args.format_of(word, draft, Escape::None)?),
    };
    let comment = if args.take("comment") { Some(text(args, "comment")?) } else { None };
    add(args, draft, Step::SendBytes(SendBytes { bytes, is_hex: keyword == "tcp-check send-binary-lf", comment }));
    args.finish()
}

/// The bytes that pairs of hexadecimal digits stand for.
pub(super) fn digits(text: &[u8]) -> Result<Vec<u8>, String> {
    if !text.len().is_multiple_of(2) {
        return Err("an even number of hex digit is expected".to_owned());
    }
    text.chunks(2)
        .map(|pair| {
            let pair = std::str::from_utf8(pair).ok()?;
            u8::from_str_radix(pair, 16).ok().filter(|_| pair.bytes().all(|byte| byte.is_ascii_hexdigit()))
        })
        .collect::<Option<Vec<u8>>>()
        .ok_or_else(|| "an hex digit is expected".to_owned())
}

fn literal(text: &[u8]) -> Arc<Format> {
    Arc::new(Format::literal(text))
}
