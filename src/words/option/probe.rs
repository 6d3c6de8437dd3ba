//! Options that check servers by a protocol this program does not speak to servers yet.

use crate::model::draft::{Draft, Sections};
use crate::spec;
use crate::spec::{Args, Done, Fault, Keyword};
use crate::words::proxy::side::{back, title};

spec! {
    /// Checks by other protocols.
    pub static PROBE: [Keyword] = [
        /// Checks that a server speaks LDAP.
        { name: "option ldap-check", sections: Sections::PROXIES, negatable: true, usage: "", parse: plain },
        /// Checks that a server speaks Redis.
        { name: "option redis-check", sections: Sections::PROXIES, negatable: true, usage: "", parse: plain },
        /// Checks that a server speaks TLS.
        { name: "option ssl-hello-chk", sections: Sections::PROXIES, negatable: true, usage: "", parse: plain },
        /// Checks that a server speaks SPOP.
        { name: "option spop-check", sections: Sections::PROXIES, negatable: true, usage: "", parse: plain },
        /// Checks that a server speaks SMTP.
        { name: "option smtpchk", sections: Sections::PROXIES, negatable: true, usage: "[HELO|EHLO <domain>]", parse: smtp },
        /// Checks that a server speaks MySQL.
        { name: "option mysql-check", sections: Sections::PROXIES, negatable: true, usage: "[user <name> [post-41|pre-41]]", parse: mysql },
        /// Checks that a server speaks PostgreSQL.
        { name: "option pgsql-check", sections: Sections::PROXIES, negatable: true, usage: "user <name>", parse: pgsql },
        /// Says who the client is in the Forwarded header.
        { name: "option forwarded", sections: Sections::PROXIES, negatable: true, usage: "[proto] [host] [by] [for] ...", parse: forwarded },
        /// What is done with header names that programs behind may misread.
        { name: "option http-restrict-req-hdr-names", sections: Sections::PROXIES, negatable: true, usage: "preserve|delete|reject", parse: restrict },
    ];
}

fn own_name<'a>(args: &'a Args<'_>) -> &'a str {
    args.keyword().strip_prefix("option ").unwrap_or_default()
}

fn open(args: &mut Args<'_>, draft: &Draft) -> Done {
    let name = own_name(args).to_owned();
    if args.form != crate::spec::Form::Plain {
        let message = format!("negation/default is not supported for option '{name}'.");
        return Err(Fault::new(message).tight());
    }
    back(args, draft, &name, None);
    args.not_yet(format!("option {name}"));
    Ok(())
}

/// Remembers that another check was chosen.
fn chosen(draft: &mut Draft) {
    if let Some(proxy) = draft.proxy() {
        proxy.facts.said.remove("option httpchk");
        proxy.facts.said.remove("option tcp-check");
        proxy.facts.said.insert("option other-check");
    }
}

fn plain(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    open(args, draft)?;
    chosen(draft);
    args.finish_option()
}

fn smtp(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    open(args, draft)?;
    chosen(draft);
    Ok(())
}

fn mysql(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    open(args, draft)?;
    chosen(draft);
    let Some(word) = args.next() else { return Ok(()) };
    if word != "user" {
        let message = format!("'option mysql-check' only supports optional values: 'user' (got '{word}').");
        return Err(Fault::new(message));
    }
    args.need("'option mysql-check user' expects <username> as argument.")?;
    match args.next() {
        None | Some("post-41" | "pre-41" | "post-80") => args.finish_option(),
        Some(other) => Err(Fault::new(format!("keyword 'user' only supports 'post-41' and 'pre-41' (got '{other}')."))),
    }
}

fn pgsql(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    open(args, draft)?;
    chosen(draft);
    if args.rest().len() < 2 {
        return Err(Fault::new("'option pgsql-check' expects 'user <username>' as argument."));
    }
    if !args.take("user") {
        return Err(Fault::new("'option pgsql-check' only supports optional values: 'user'."));
    }
    args.next();
    args.finish_option()
}

fn forwarded(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    if args.section == Sections::FRONTEND {
        back(args, draft, "option forwarded", None);
        return Ok(());
    }
    if args.is_no() {
        return Ok(());
    }
    args.not_yet("option forwarded");
    while let Some(word) = args.next() {
        match word {
            "proto" | "host" | "by" | "by_port" | "for" | "for_port" => {}
            "host-expr" | "by-expr" | "by_port-expr" | "for-expr" | "for_port-expr" => {
                if args.is_empty() {
                    return Err(Fault::new(format!("'option forwarded {word}' expects an expression as argument.")));
                }
                let text = args.peek().unwrap_or_default().to_owned();
                if let Err(fault) = args.expr(draft) {
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
    Ok(())
}

fn restrict(args: &mut Args<'_>, _: &mut Draft) -> Done {
    let name = "http-restrict-req-hdr-names";
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
