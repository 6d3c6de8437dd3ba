//! What of a message is kept for the log: headers and a cookie.

use crate::model::draft::{Capture, Draft, Sections};
use crate::spec;
use crate::spec::{Args, Done, Fault, Keyword};

use super::side::{front, not_in_defaults};

spec! {
    /// Captures.
    pub static CAPTURE: [Keyword] = [
        /// Keeps a request header for the log.
        { name: "capture request header", sections: Sections::PROXIES, usage: "<name> len <bytes>", parse: header },
        /// Keeps a response header for the log.
        { name: "capture response header", sections: Sections::PROXIES, usage: "<name> len <bytes>", parse: header },
        /// Keeps a cookie of request and response for the log.
        { name: "capture cookie", sections: Sections::PROXIES, usage: "<name> len <bytes>", parse: cookie },
        /// The sentence for anything else.
        { name: "capture", sections: Sections::PROXIES, usage: "...", parse: unknown },
        /// Makes a slot that rules fill.
        { name: "declare capture", sections: Sections::PROXIES, usage: "request|response len <bytes>", parse: declare },
    ];
}

fn length(args: &mut Args<'_>, refusal: &str) -> Result<usize, Fault> {
    if !args.take("len") {
        return Err(Fault::new(refusal));
    }
    let text = args.need(refusal)?;
    Ok(text.parse().unwrap_or(0))
}

fn header(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let on_request = args.keyword() == "capture request header";
    let which = if on_request { "request" } else { "response" };
    not_in_defaults(args, &format!("capture {which}"))?;
    front(args, draft, "capture", None);
    let refusal = format!("'capture {which}' expects 'header' <header_name> 'len' <len>.");
    let name = args.need(&refusal)?.to_ascii_lowercase();
    let len = length(args, &refusal)?;
    // HAProxy names the first two words.
    if let Some(extra) = args.peek() {
        let side = args.keyword().split(' ').nth(1).unwrap_or_default();
        return Err(Fault::new(format!("'capture {side}' cannot handle unexpected argument '{extra}'.")));
    }
    if let Some(proxy) = draft.proxy() {
        let list = if on_request { &mut proxy.request_captures } else { &mut proxy.response_captures };
        list.push(Capture { name: Some(name), len });
    }
    Ok(())
}

fn cookie(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    not_in_defaults(args, "capture cookie")?;
    front(args, draft, "capture", None);
    let refusal = "'capture' expects 'cookie' <cookie_name> 'len' <len>.";
    let name = args.need(refusal)?.to_owned();
    let len = length(args, refusal)?;
    if let Some(proxy) = draft.proxy() {
        proxy.settings.capture_cookie = Some((name, len.min(63)));
    }
    Ok(())
}

fn declare(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    if args.section == Sections::DEFAULTS {
        return Err(Fault::new("'declare' not available in default section"));
    }
    if args.section == Sections::BACKEND {
        return Err(Fault::new("'declare' only available in frontend or listen section"));
    }
    let refusal = "'declare capture' requires a direction ('request' or 'response')";
    let which = args.need(refusal)?;
    if !matches!(which, "request" | "response") {
        return Err(Fault::new(refusal));
    }
    let len = length(args, "'declare capture' requires a capture length")?;
    if let Some(proxy) = draft.proxy() {
        let list = if which == "request" { &mut proxy.request_captures } else { &mut proxy.response_captures };
        list.push(Capture { name: None, len });
    }
    Ok(())
}

fn unknown(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    not_in_defaults(args, "capture")?;
    front(args, draft, "capture", None);
    let refusal = match args.peek() {
        Some(which @ ("request" | "response")) => {
            format!("'capture {which}' expects 'header' <header_name> 'len' <len>.")
        }
        _ => "'capture' expects 'cookie' or 'request header' or 'response header'.".to_owned(),
    };
    Err(Fault::new(refusal))
}
