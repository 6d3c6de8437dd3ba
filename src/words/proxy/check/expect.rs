//! `http-check expect` and `tcp-check expect`.

use std::sync::Arc;

use super::super::side::lax;
use super::add;
use super::send::digits;
use crate::model::check::{Expect, HeaderTest, Step, Wanted};
use crate::model::draft::Draft;
use crate::sample::format::Escape;
use crate::sample::regex::Regex;
use crate::spec::{Args, Done, Fault};

/// What an HTTP check may look for.
const HTTP_KINDS: &[&str] = &["status", "rstatus", "string", "rstring", "string-lf", "hdr", "fhdr"];

/// What a TCP check may look for.
const TCP_KINDS: &[&str] = &["string", "rstring", "string-lf", "binary", "rbinary", "binary-lf"];

/// The names of outcomes that may be given: for what passed, for what failed, for what took too long.
const OUTCOMES: [(&str, &[&str], &str); 3] = [
    ("ok-status", &["L4OK", "L6OK", "L7OK", "L7OKC"], "'L4OK', 'L6OK', 'L7OK' or 'L7OKC'"),
    ("error-status", &["L4CON", "L6RSP", "L7RSP", "L7STS"], "'L4CON', 'L6RSP', 'L7RSP' or 'L7STS'"),
    ("tout-status", &["L4TOUT", "L6TOUT", "L7TOUT"], "'L4TOUT', 'L6TOUT' or 'L7TOUT'"),
];

pub(super) fn expect(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let title = format!("'{}' : ", args.keyword());
    let expect = read(args, draft).map_err(|fault| fault.within(&title))?;
    add(args, draft, Step::Expect(expect));
    Ok(())
}

fn read(args: &mut Args<'_>, draft: &Draft) -> Result<Expect, Fault> {
    let is_http = args.keyword().starts_with("http-check");
    let mut expect = Expect::of(Wanted::Status(Vec::new()));
    let mut found = false;
    while let Some(word) = args.next() {
        match word {
            "!" => expect.negated = !expect.negated,
            "comment" => expect.comment = Some(words(args, word)?),
            "min-recv" => {
                expect.min_recv = args.need("'min-recv' expects a integer as argument.")?.parse().ok();
            }
            "ok-status" => expect.codes.0 = Some(outcome(args, word)?),
            "error-status" => expect.codes.1 = Some(outcome(args, word)?),
            "tout-status" => expect.codes.2 = Some(outcome(args, word)?),
            "on-success" => expect.messages.0 = Some(Arc::new(format(args, draft, word)?)),
            "on-error" => expect.messages.1 = Some(Arc::new(format(args, draft, word)?)),
            "status-code" => {
                let place = "error detected while parsing status-code expression : ";
                args.one_word_expr(draft).map_err(|fault| Fault::new(format!("{place}{}.", fault.message)))?;
                args.not_yet("http-check expect status-code");
            }
            kind if (if is_http { HTTP_KINDS } else { TCP_KINDS }).contains(&kind) => {
                if found {
                    return Err(Fault::new("only one pattern expected."));
                }
                expect.wanted = wanted(args, draft, kind)?;
                found = true;
            }
            other => return Err(unknown(is_http, other)),
        }
    }
    if found { Ok(expect) } else { Err(Fault::new("expects at least a matching pattern as arguments.")) }
}

fn words(args: &mut Args<'_>, option: &str) -> Result<String, Fault> {
    args.need(&format!("'{option}' expects a string as argument.")).map(str::to_owned)
}

fn format(args: &mut Args<'_>, draft: &Draft, option: &str) -> Result<crate::sample::Format, Fault> {
    let refusal = format!("'{option}' expects a string as argument.");
    let word = args.next_arg().ok_or_else(|| Fault::new(refusal))?;
    args.format_of(word, draft, Escape::None)
}

fn outcome(args: &mut Args<'_>, option: &str) -> Result<String, Fault> {
    let name = words(args, option)?;
    match OUTCOMES.iter().find(|row| row.0 == option) {
        Some((_, known, sentence)) if !known.contains(&name.as_str()) => {
            Err(Fault::new(format!("'{option}' only supports {sentence} status (got '{name}')..")))
        }
        _ => Ok(name),
    }
}

fn unknown(is_http: bool, other: &str) -> Fault {
    let kinds = if is_http {
        "[!]string', '[!]rstring', '[!]string-lf', '[!]status', '[!]rstatus', [!]hdr, [!]fhdr"
    } else {
        "'[!]binary', '[!]string', '[!]rstring', '[!]string-lf''[!]rbinary', '[!]binary-lf'"
    };
    Fault::new(format!("'only supports min-recv, {kinds} or comment but got '{other}' as argument.."))
}

fn wanted(args: &mut Args<'_>, draft: &Draft, kind: &str) -> Result<Wanted, Fault> {
    if matches!(kind, "hdr" | "fhdr") {
        return Ok(Wanted::Header(header_test(args, kind)?));
    }
    let refusal = format!("'{kind}' expects a <pattern> as argument.");
    let word = args.next_arg().ok_or_else(|| Fault::new(refusal))?;
    let value = String::from_utf8_lossy(&word.text).into_owned();
    Ok(match kind {
        "string-lf" => Wanted::TextFormat(Arc::new(args.format_of(word, draft, Escape::None)?)),
        "binary-lf" => {
            args.not_yet("tcp-check expect binary-lf");
            Wanted::TextFormat(Arc::new(args.format_of(word, draft, Escape::None)?))
        }
        "string" => Wanted::Text(word.text.clone()),
        "status" => Wanted::Status(statuses(&value)?),
        "rstatus" => Wanted::StatusPattern(Arc::new(regex(&value)?)),
        "rbinary" => Wanted::BinaryPattern(Arc::new(regex(&value)?)),
        "binary" => {
            let bytes = digits(value.as_bytes());
            Wanted::Binary(bytes.map_err(|text| Fault::new(format!("invalid binary string ({text}).")))?, value)
        }
        _ => Wanted::Pattern(Arc::new(regex(&value)?)),
    })
}

fn regex(pattern: &str) -> Result<fancy_regex::Regex, Fault> {
    if let Err(sentence) = Regex::new(pattern.as_bytes(), false) {
        return Err(Fault::new(format!("{sentence}.")));
    }
    fancy_regex::Regex::new(pattern).map_err(|error| Fault::new(format!("regex '{pattern}' is invalid ({error})")))
}

fn statuses(text: &str) -> Result<Vec<(u16, u16)>, Fault> {
    if let Some(bad) = text.chars().find(|letter| !letter.is_ascii_digit() && !matches!(letter, ',' | '-' | ' ')) {
        return Err(Fault::new(format!("invalid character '{bad}' in the list of status codes.")));
    }
    let refusal = || Fault::new(format!("invalid range of status codes '{text}'."));
    text.split(',')
        .filter(|range| !range.is_empty())
        .map(|range| {
            let (low, high) = range.split_once('-').unwrap_or((range, range));
            // A code that no response has is let through, and never found.
            let (low, high) = (lax(low.trim()), lax(high.trim()));
            let code = |number: i64| u16::try_from(number).unwrap_or(u16::MAX);
            if low <= high { Ok((code(low), code(high))) } else { Err(refusal()) }
        })
        .collect()
}

fn header_test(args: &mut Args<'_>, kind: &str) -> Result<HeaderTest, Fault> {
    let refusal = format!("'{kind}' expects at the name keyword as first argument followed by a pattern.");
    if args.next() != Some("name") || args.is_empty() {
        return Err(Fault::new(refusal));
    }
    let method = |args: &mut Args<'_>| -> Result<String, Fault> {
        const METHODS: &str = "'str', 'beg', 'end', 'sub' or 'reg'";
        if !args.take("-m") {
            return Ok("str".to_owned());
        }
        let name = args.need(&format!("'{kind}' : '-m' expects at a matching pattern ({METHODS})."))?;
        if matches!(name, "str" | "beg" | "end" | "sub" | "reg") {
            return Ok(name.to_owned());
        }
        Err(Fault::new(format!("'{kind}' : '-m' only supports {METHODS} (got '{name}').")))
    };
    let how = method(args)?;
    let name = (how, args.need(&refusal)?.as_bytes().to_vec());
    let mut value = None;
    if args.take("value") {
        let how = method(args)?;
        value = Some((how, args.need(&refusal)?.as_bytes().to_vec()));
    }
    Ok(HeaderTest { name, value, full: kind == "fhdr" })
}
