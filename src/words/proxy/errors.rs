//! Pages that replace the proxy's own: `errorfile`, `errorloc…`, `errorfiles`.

use std::sync::Arc;

use bytes::Bytes;

use crate::model::draft::{Current, Draft, Sections};
use crate::model::proxy::ErrorPage;
use crate::spec;
use crate::spec::{Args, Done, Fault, Keyword};
use crate::words::message;

/// The codes that have a page.
pub const CODES: [u16; 20] =
    [200, 400, 401, 403, 404, 405, 407, 408, 410, 413, 414, 421, 422, 425, 429, 431, 500, 501, 502, 503];

spec! {
    /// Error pages.
    pub static ERRORS: [Keyword] = [
        /// Sends this file instead of the page for this code.
        { name: "errorfile", sections: Sections::PROXIES.and(Sections::HTTP_ERRORS), usage: "<code> <file>", parse: errorfile },
        /// Redirects instead of the page for this code.
        { name: "errorloc", sections: Sections::PROXIES, usage: "<code> <url>", parse: errorloc },
        /// The same with 302.
        { name: "errorloc302", sections: Sections::PROXIES, usage: "<code> <url>", parse: errorloc },
        /// The same with 303.
        { name: "errorloc303", sections: Sections::PROXIES, usage: "<code> <url>", parse: errorloc },
        /// Takes the pages of an `http-errors` section.
        { name: "errorfiles", sections: Sections::PROXIES, usage: "<http-errors> [<code>...]", parse: errorfiles },
    ];
}

/// Whether a code has a page of its own.
pub(in crate::words) fn is_page(code: u16) -> bool {
    CODES.contains(&code) || code == 504
}

fn code(args: &Args<'_>, text: &str) -> Result<u16, Fault> {
    let number = super::side::lax(text);
    match u16::try_from(number) {
        Ok(code) if is_page(code) => Ok(code),
        _ => Err(Fault::new(format!("{} : status code '{number}' not handled.", args.keyword()))),
    }
}

fn errorfile(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let in_section = draft.section() == Sections::HTTP_ERRORS;
    let refusal = "errorfile : expects <status_code> and <file> as arguments.\n";
    let missing = |fault: Fault| if in_section { Fault::new(refusal.replacen(" :", ":", 1)) } else { fault };
    let status = args.need(refusal).map_err(missing)?;
    let file: Arc<str> = args.need(refusal).map_err(missing)?.into();
    if !in_section {
        alone(args)?;
    }
    let status = code(args, status)?;
    let refuse = |reason: String| Fault::new(format!("errorfile : {reason}"));
    let (bytes, warning) = message::response(&file, draft).map_err(|reason| refuse(format!("{reason}.")))?;
    if let Some(warning) = warning {
        args.warn_bare(warning);
    }
    message::check(&bytes, draft).map_err(|reason| refuse(format!("'{file}': {reason}")))?;
    let page = ErrorPage::File(file, Bytes::from(bytes));
    if let Current::Other(_, at) = draft.current {
        if let Some((_, pages)) = draft.http_errors.get_mut(at) {
            pages.insert(status, page);
        }
    } else if let Some(proxy) = draft.proxy() {
        proxy.settings.errors.insert(status, page);
    }
    Ok(())
}

fn alone(args: &Args<'_>) -> Done {
    if args.is_empty() {
        return Ok(());
    }
    Err(Fault::new(format!("{} : expects exactly two arguments.\n", args.keyword())))
}

fn errorloc(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let refusal = format!("{} : expects <status_code> and <url> as arguments.\n", args.keyword());
    let status = args.need(&refusal)?;
    let url: Arc<str> = args.need(&refusal)?.into();
    alone(args)?;
    let status = code(args, status)?;
    let redirect = if args.keyword() == "errorloc303" { 303 } else { 302 };
    let response =
        format!("HTTP/1.1 {redirect} Found\r\nCache-Control: no-cache\r\nContent-length: 0\r\nLocation: {url}\r\n\r\n");
    message::check(response.as_bytes(), draft)
        .map_err(|reason| Fault::new(format!("{} : invalid error message: {reason}", args.keyword())))?;
    if let Some(proxy) = draft.proxy() {
        proxy.settings.errors.insert(status, ErrorPage::Location(redirect, url));
    }
    Ok(())
}

fn errorfiles(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let name = args.need("errorfiles : expects <name> as argument.")?.to_owned();
    let mut codes = Vec::new();
    while let Some(text) = args.next() {
        codes.push(code(args, text)?);
    }
    let place = args.place;
    if let Some(proxy) = draft.proxy() {
        proxy.facts.error_sections.push((name.clone(), codes.clone(), place));
    }
    let pages = draft.http_errors.iter().find(|(known, _)| *known == name).map(|(_, pages)| pages.clone());
    if let (Some(proxy), Some(pages)) = (draft.proxy(), pages) {
        proxy.settings.errors.extend(pages.into_iter().filter(|(code, _)| codes.is_empty() || codes.contains(code)));
    }
    Ok(())
}
