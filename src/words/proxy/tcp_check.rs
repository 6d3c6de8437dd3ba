//! `tcp-check …`: the script of a check over a connection. It is not run yet.

use pointsman_parser::addr::{self, Target, Use};

use crate::model::draft::{Draft, Sections};
use crate::model::noted::Context;
use crate::sample::format::Escape;
use crate::spec;
use crate::spec::{Args, Done, Fault, Keyword};

use super::side::back;

spec! {
    /// Scripted checks.
    pub static TCP_CHECK: [Keyword] = [
        /// A step of the script that `option tcp-check` runs.
        { name: "tcp-check", sections: Sections::PROXIES, usage: "comment|connect|send|send-lf|send-binary|send-binary-lf|expect|set-var(<name>)|unset-var(<name>) ...", parse: step },
        /// A step of the script that `option httpchk` runs: what sets variables, and the sentence for what is none.
        { name: "http-check", sections: Sections::PROXIES, usage: "set-var(<name>)|unset-var(<name>) ...", parse: http_step },
        /// The sentence for what is no word of external checks.
        { name: "external-check", sections: Sections::PROXIES, usage: "command|path <value>", parse: external },
    ];
}

/// The words HAProxy lists when it finds none of them.
const WORDS: &str = "'tcp-check' only supports 'comment', 'connect', 'send', 'send-binary', 'expect', \
                     'set-var-fmt(*)', 'set-var(*)', 'unset-var(*)'. but got";

fn step(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    back(args, draft, "tcp-check", None);
    draft.noted.context.set(Context { places: 0, word: "tcp-check" });
    let word = args.next().unwrap_or_default().to_owned();
    let title = format!("'tcp-check {word}' : ");
    let bare = word.split('(').next().unwrap_or_default();
    let done = match bare {
        "comment" => args.need("expects a string as argument.").map(|_| ()),
        "connect" => connect(args, draft),
        "send" | "send-lf" | "send-binary" | "send-binary-lf" => send(args, draft, bare),
        "expect" => expect(args, draft),
        "set-var" | "set-var-fmt" | "unset-var" => variable(args, draft, &word),
        _ => return Err(Fault::new(format!("{WORDS} '{word}'"))),
    };
    done.map_err(|fault| {
        let mut fault = fault.within(&title);
        if !fault.message.ends_with('.') || fault.message.ends_with("argument.") && bare == "connect" {
            fault.message.push('.');
        }
        fault
    })?;
    args.not_yet("tcp-check");
    if let Some(proxy) = draft.proxy() {
        proxy.facts.said.insert("tcp-check rules");
    }
    Ok(())
}

fn http_step(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    back(args, draft, "http-check", None);
    draft.noted.context.set(Context { places: 0, word: "http-check" });
    let word = args.next().unwrap_or_default().to_owned();
    let bare = word.split('(').next().unwrap_or_default();
    match bare {
        "set-var" | "set-var-fmt" | "unset-var" => {
            variable(args, draft, &word).map_err(|fault| fault.within(&format!("'http-check {word}' : ")))?;
        }
        // In a frontend they have no effect.
        "comment" | "connect" | "send" | "expect" | "disable-on-404" | "send-state" => {
            args.rename(&format!("http-check {word}"));
            return super::check::idle(args, draft, bare);
        }
        _ => {
            return Err(Fault::new(format!(
                "'http-check' only supports 'disable-on-404', 'send-state', 'comment', 'connect', 'send', 'expect', \
                 'set-var-fmt(*)', 'set-var(*)', 'unset-var(*)'. but got '{word}'"
            )));
        }
    }
    args.not_yet("http-check set-var");
    Ok(())
}

fn external(args: &mut Args<'_>, _: &mut Draft) -> Done {
    let Some(word) = args.next() else { return Err(Fault::new("missing argument after 'external-check'.")) };
    if !matches!(word, "command" | "path") {
        return Err(Fault::new(format!("'external-check' only supports 'command' and 'path'. but got '{word}'.")));
    }
    args.need(&format!("missing argument after '{word}'."))?;
    args.finish()
}

fn connect(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    while let Some(word) = args.next() {
        match word {
            "default" | "send-proxy" | "via-socks4" | "ssl" | "linger" => {}
            "port" => {
                let Some(text) = args.peek() else {
                    return Err(Fault::new("'port' expects a port number as argument."));
                };
                if text.parse::<u16>().is_ok() {
                    args.next();
                } else {
                    args.expr(draft)
                        .map_err(|fault| fault.within("error detected while parsing port expression : "))?;
                }
            }
            "addr" => {
                let text = args.need("'addr' expects <addr> as argument.")?;
                address(text, args, draft)?;
            }
            "sni" | "alpn" | "proto" | "comment" => {
                args.need(&format!("'{word}' expects a string as argument."))?;
            }
            other => {
                return Err(Fault::new(format!(
                    "expects 'comment', 'port', 'addr', 'send-proxy', 'ssl', 'sni', 'alpn' or 'via-socks4', 'linger', \
                     'default' but got '{other}' as argument."
                )));
            }
        }
    }
    Ok(())
}

fn address(text: &str, args: &Args<'_>, draft: &Draft) -> Done {
    let parsed = addr::parse(text.as_bytes(), args.env, Use::Socket)
        .map_err(|error| Fault::new(format!("'addr' : {error}.")))?;
    if let Target::Ip { host, .. } = parsed.target {
        let host = String::from_utf8_lossy(&host).into_owned();
        let known = host.is_empty() || host == "*" || host.parse::<std::net::IpAddr>().is_ok();
        if !known && (draft.noted.world.host)(&host).is_none() {
            return Err(Fault::new(format!("'addr' : invalid address: '{host}' in '{text}'.")));
        }
    }
    Ok(())
}

fn send(args: &mut Args<'_>, draft: &mut Draft, word: &str) -> Done {
    let binary = word == "send-binary";
    let what = if binary { "binary string" } else { "string" };
    let Some(data) = args.next_arg() else { return Err(Fault::new(format!("'{what}' expects a {word} as argument."))) };
    if args.take("comment") {
        args.need("'comment' expects a string as argument.")?;
    }
    if let Some(extra) = args.peek() {
        return Err(Fault::new(format!("expects 'comment' but got '{extra}' as argument.")));
    }
    let text = String::from_utf8_lossy(&data.text).into_owned();
    if binary {
        hex(&text).map_err(|reason| Fault::new(format!("'{text}' invalid binary string ({reason}).\n")))?;
    } else if word.ends_with("-lf") {
        args.format_of(data, draft, Escape::None)
            .map_err(|fault| Fault::new(format!("'{text}' invalid log-format string ({}).\n", fault.message)))?;
    }
    Ok(())
}

fn hex(text: &str) -> Result<(), String> {
    match text.chars().find(|letter| !letter.is_ascii_hexdigit()) {
        Some(_) if text.len() % 2 == 1 => Err("an even number of hex digit is expected".to_owned()),
        Some(bad) => Err(format!("an hex digit is expected (found '{bad}')")),
        None if text.len() % 2 == 1 => Err("an even number of hex digit is expected".to_owned()),
        None => Ok(()),
    }
}

fn expect(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    if args.is_empty() {
        return Err(Fault::new("expects at least a matching pattern as arguments."));
    }
    let mut found = false;
    while let Some(word) = args.next() {
        let word = if word.len() > 1 { word.trim_start_matches('!') } else { word };
        match word {
            "!" => {}
            "min-recv" | "comment" | "ok-status" | "error-status" | "tout-status" => {
                args.need(&format!("'{word}' expects a string as argument."))?;
            }
            "on-success" | "on-error" => {
                args.format(draft, Escape::None).map_err(|fault| fault.within("invalid log-format string : "))?;
            }
            "status-code" => {
                args.expr(draft)?;
            }
            "string" | "rstring" | "string-lf" | "binary" | "rbinary" | "binary-lf" => {
                if found {
                    return Err(Fault::new("only one pattern expected."));
                }
                let text = args.need(&format!("'{word}' expects a <pattern> as argument."))?;
                match word {
                    "rstring" | "rbinary" => {
                        fancy_regex::Regex::new(text).map_err(|error| {
                            Fault::new(format!("regex '{text}' is invalid (error={error}, erroffset=0)."))
                        })?;
                    }
                    "binary" => hex(text).map_err(|reason| Fault::new(format!("invalid binary string ({reason}).")))?,
                    _ => {}
                }
                found = true;
            }
            other => {
                return Err(Fault::new(format!(
                    "'only supports min-recv, '[!]binary', '[!]string', '[!]rstring', '[!]string-lf''[!]rbinary', \
                     '[!]binary-lf' or comment but got '{other}' as argument.."
                )));
            }
        }
    }
    if found { Ok(()) } else { Err(Fault::new("expects at least a matching pattern as arguments.")) }
}

/// When a variable is set at all.
const CONDITIONS: [&str; 8] = ["ifexists", "ifnotexists", "ifempty", "ifnotempty", "ifset", "ifnotset", "ifgt", "iflt"];

fn variable(args: &mut Args<'_>, draft: &mut Draft, word: &str) -> Done {
    let bare = word.split('(').next().unwrap_or_default();
    if bare == word {
        return Err(Fault::new(format!(
            "'{word}' : invalid or incomplete action '{word}'. Expects 'set-var(<var-name>)', 'set-var-fmt(<var-name>)' or \
             'unset-var(<var-name>)'."
        )));
    }
    let inside = word.split_once('(').map_or("", |(_, inside)| inside.trim_end_matches(')'));
    let mut parts = inside.split(',');
    let name = parts.next().unwrap_or_default();
    let refuse = |reason: String| Fault::new(format!("'{bare}' : {reason}."));
    if let Some(condition) = parts.find(|condition| !CONDITIONS.contains(condition)) {
        return Err(refuse(format!("unknown condition \"{condition}\"")));
    }
    args.vocabulary.known_variable(name).map_err(refuse)?;
    match bare {
        "set-var" => args.expr(draft).map(|_| ()),
        "set-var-fmt" => args.format(draft, Escape::None).map(|_| ()),
        _ => Ok(()),
    }
}
