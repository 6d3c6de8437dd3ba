//! Options that this program does not run yet.

use crate::model::draft::{Draft, Sections};
use crate::model::proxy::Forwarded;
use crate::spec;
use crate::spec::{Args, Done, Fault, Form, Keyword, Since};
use crate::words::proxy::side::{back, title};

spec! {
    /// Not run yet.
    pub static PROBE: [Keyword] = [
        /// Checks that a server speaks SPOP.
        { name: "option spop-check", sections: Sections::PROXIES, negatable: true, usage: "", parse: spop },
        /// Says who the client is in the Forwarded header.
        { name: "option forwarded", since: Since::V2_8, sections: Sections::PROXIES, negatable: true, usage: "[proto] [host] [by] [for] ...", parse: forwarded },
        /// What is done with header names that programs behind may misread.
        { name: "option http-restrict-req-hdr-names", since: Since::V2_6, sections: Sections::PROXIES, negatable: true, usage: "preserve|delete|reject", parse: restrict },
    ];
}

fn spop(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    super::check::open(args, draft)?;
    args.not_yet("option spop-check");
    args.finish_option()
}

fn forwarded(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    if args.section == Sections::FRONTEND {
        back(args, draft, "option forwarded", None);
        return Ok(());
    }
    if args.is_no() {
        if let Some(proxy) = draft.proxy() {
            proxy.settings.forwarded = None;
        }
        return Ok(());
    }
    let mut wanted = Forwarded::default();
    if args.is_empty() {
        wanted = Forwarded { proto: true, for_client: true, ..wanted };
    }
    while let Some(word) = args.next() {
        match word {
            "proto" => wanted.proto = true,
            "host" => wanted.host = true,
            "by" => wanted.by = true,
            "by_port" => wanted.by_port = true,
            "for" => wanted.for_client = true,
            "for_port" => wanted.for_port = true,
            "host-expr" | "by-expr" | "by_port-expr" | "for-expr" | "for_port-expr" => {
                if args.is_empty() {
                    return Err(Fault::new(format!("'option forwarded {word}' expects an expression as argument.")));
                }
                args.not_yet(format!("option forwarded {word}"));
                let text = args.peek().unwrap_or_default().to_owned();
                if let Err(fault) = args.one_word_expr(draft) {
                    let file = draft.files.get(args.place.file as usize).map_or("", String::as_str);
                    let line = args.place.line;
                    let message = format!(
                        "{} [{file}:{line}]: failed to parse 'option forwarded' expression '{text}' in : {}.",
                        title(draft),
                        fault.message
                    );
                    draft.late_fault(args.place, message);
                    return Ok(());
                }
            }
            _ => {
                return Err(Fault::new(
                    "'option forwarded' only supports optional values: 'proto', 'host', 'host-expr', 'by', 'by-expr', \
                     'by_port', 'by_port-expr', 'for', 'for-expr', 'for_port' and 'for_port-expr'.",
                ));
            }
        }
    }
    if let Some(proxy) = draft.proxy() {
        proxy.settings.forwarded = Some(wanted);
    }
    Ok(())
}

fn restrict(args: &mut Args<'_>, _: &mut Draft) -> Done {
    let name = "http-restrict-req-hdr-names";
    if args.form != Form::Plain {
        return Err(Fault::new(format!("negation/default is not supported for option '{name}'.")).tight());
    }
    let choices = format!("option '{name}' expects 'preserve', 'reject' or 'delete' option.");
    match args.next() {
        None => Err(Fault::new(format!("missing parameter. {choices}"))),
        Some("preserve") => args.finish(),
        Some("reject" | "delete") => {
            args.not_yet(format!("option {name}"));
            args.finish()
        }
        Some(other) => Err(Fault::new(format!("invalid parameter '{other}'. {choices}"))),
    }
}
