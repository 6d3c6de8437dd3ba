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
                let refusal = format!("'{}' : 'hdr' expects <name> and <value> as arguments.", args.keyword());
                let name = args.need(&refusal)?.to_owned();
                if args.is_empty() {
                    return Err(Fault::new(refusal));
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
                    "'{}' : expects 'comment', 'meth', 'uri', 'uri-lf', 'ver', 'hdr', 'body' or 'body-lf' but got '{other}' as argument..",
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
    let own = keyword.strip_prefix("tcp-check ").unwrap_or_default();
    let Some(word) = args.next_arg() else {
        let kind = if own == "send-binary" { "binary string" } else { "string" };
        return Err(Fault::new(format!("'{keyword}' : '{kind}' expects a {own} as argument.")));
    };
    let comment = if args.take("comment") { Some(text(args, "comment")?) } else { None };
    if let Some(extra) = args.peek() {
        return Err(Fault::new(format!("'{keyword}' : expects 'comment' but got '{extra}' as argument..")));
    }
    let shown = String::from_utf8_lossy(&word.text).into_owned();
    let refuse = |what: &str, reason: String| {
        Fault::new(format!("'{keyword}' : '{shown}' invalid {what} string ({reason}).\n."))
    };
    let bytes = match own {
        "send" => literal(&word.text),
        "send-binary" => literal(&digits(&word.text).map_err(|reason| refuse("binary", reason))?),
        _ => {
            let format = args.format_of(word, draft, Escape::None);
            Arc::new(format.map_err(|fault| refuse("log-format", fault.message))?)
        }
    };
    add(args, draft, Step::SendBytes(SendBytes { bytes, is_hex: own == "send-binary-lf", comment }));
    Ok(())
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
        .ok_or_else(|| {
            let bad = text.iter().find(|byte| !byte.is_ascii_hexdigit()).copied().unwrap_or_default();
            format!("an hex digit is expected (found '{}')", char::from(bad))
        })
}

fn literal(text: &[u8]) -> Arc<Format> {
    Arc::new(Format::literal(text))
}
