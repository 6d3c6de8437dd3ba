//! Options that choose how servers are checked; the last one of a proxy counts.

use crate::model::check::{HealthCheck, MysqlUser, Send};
use crate::model::draft::{Draft, Sections};
use crate::model::proxy::Options;
use crate::spec;
use crate::spec::{Args, Done, Fault, Form, Keyword};
use crate::words::proxy::choose_http;
use crate::words::proxy::side::back;

spec! {
    /// Kinds of checks.
    pub static CHECK: [Keyword] = [
        /// Checks servers by a request.
        { name: "option httpchk", sections: Sections::BACK.and(Sections::FRONTEND), negatable: true, usage: "[<method>] [<uri> [<version>]]", parse: httpchk },
        /// Checks servers by a script of `tcp-check` lines; without any, a connection is enough.
        { name: "option tcp-check", sections: Sections::PROXIES, negatable: true, usage: "", parse: |args, draft| choose(args, draft, HealthCheck::Script) },
        /// Checks servers by a command.
        { name: "option external-check", sections: Sections::PROXIES, negatable: true, usage: "", parse: external },
        /// Checks Redis servers: `PING` must be answered with `+PONG`.
        { name: "option redis-check", sections: Sections::PROXIES, negatable: true, usage: "", parse: |args, draft| choose(args, draft, HealthCheck::Redis) },
        /// Checks mail servers: greeting, `HELO` or `EHLO`, `QUIT`.
        { name: "option smtpchk", sections: Sections::PROXIES, negatable: true, usage: "[<hello> <domain>]", parse: smtp },
        /// Checks MySQL servers: the greeting, and with a user also the login.
        { name: "option mysql-check", sections: Sections::PROXIES, negatable: true, usage: "[user <name> [pre-41|post-41]]", parse: mysql },
        /// Checks PostgreSQL servers: the answer to a start-up message.
        { name: "option pgsql-check", sections: Sections::PROXIES, negatable: true, usage: "user <name>", parse: pgsql },
        /// Checks LDAPv3 servers: an anonymous bind.
        { name: "option ldap-check", sections: Sections::PROXIES, negatable: true, usage: "", parse: |args, draft| choose(args, draft, HealthCheck::Ldap) },
        /// Checks that an SSLv3 client hello is answered.
        { name: "option ssl-hello-chk", sections: Sections::PROXIES, negatable: true, usage: "", parse: |args, draft| choose(args, draft, HealthCheck::TlsHello) },
    ];
}

/// What all of them have in common: no negation, a backend side, and the last one of a proxy counts.
pub(super) fn open(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let name = args.keyword().strip_prefix("option ").unwrap_or_default().to_owned();
    if args.form != crate::spec::Form::Plain {
        let message = format!("negation/default is not supported for option '{name}'.");
        return Err(Fault::new(message).tight());
    }
    back(args, draft, &name, None);
    let keyword = match name.as_str() {
        "httpchk" => "option httpchk",
        "tcp-check" => "option tcp-check",
        _ => "option other-check",
    };
    if let Some(proxy) = draft.proxy() {
        for other in ["option httpchk", "option tcp-check", "option other-check"] {
            proxy.facts.said.remove(other);
        }
        proxy.facts.said.insert(keyword);
    }
    Ok(())
}

fn choose(args: &mut Args<'_>, draft: &mut Draft, check: HealthCheck) -> Done {
    open(args, draft)?;
    if let Some(proxy) = draft.proxy() {
        proxy.settings.check = check;
    }
    args.finish_option()
}

fn httpchk(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    open(args, draft)?;
    let mut request = Send::default();
    let first = args.next().map(str::to_owned);
    let second = args.next().map(str::to_owned);
    let uri = |text: String| Some(std::sync::Arc::new(crate::sample::Format::literal(text.as_bytes())));
    match (first, second) {
        (Some(only), None) => request.uri = uri(only),
        (Some(method), Some(path)) => {
            request.method = Some(method);
            request.uri = uri(path);
        }
        _ => {}
    }
    request.version = args.next().map(str::to_owned);
    if request.version.as_deref().is_some_and(|version| version.contains(['\r', '\n'])) {
        return Err(Fault::new(
            "'option httpchk' : hiding headers or body at the end of the version string is unsupported.Use 'http-check send' directive instead..",
        ));
    }
    choose_http(draft, request);
    // HAProxy takes one word more than it reads.
    args.next();
    args.finish_option()
}

fn external(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    choose(args, draft, HealthCheck::External)?;
    if let Some(proxy) = draft.proxy() {
        proxy.settings.options.put(Options::EXTERNAL_CHECK, true);
    }
    Ok(())
}

fn smtp(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let hello = match (args.next(), args.next()) {
        (Some(hello @ ("EHLO" | "HELO")), Some(domain)) => format!("{hello} {domain}"),
        (Some(_), Some(domain)) => format!("HELO {domain}"),
        _ => "HELO localhost".to_owned(),
    };
    choose(args, draft, HealthCheck::Smtp(hello))
}

fn mysql(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let Some(word) = args.next() else { return choose(args, draft, HealthCheck::Mysql(None)) };
    if word != "user" {
        let message = format!("'option mysql-check' only supports optional values: 'user' (got '{word}').");
        return Err(Fault::new(message));
    }
    let name = args.need("'option mysql-check user' expects <username> as argument.")?.to_owned();
    let old = match args.next() {
        None | Some("post-41" | "post-80") => false,
        Some("pre-41") => true,
        Some(other) => {
            let message = format!("keyword 'user' only supports 'post-41' and 'pre-41' (got '{other}').");
            return Err(Fault::new(message));
        }
    };
    choose(args, draft, HealthCheck::Mysql(Some(MysqlUser { name, old })))
}

fn pgsql(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    if args.form != Form::Plain {
        return Err(Fault::new("negation/default is not supported for option 'pgsql-check'.").tight());
    }
    if args.rest().len() < 2 {
        return Err(Fault::new("'option pgsql-check' expects 'user <username>' as argument."));
    }
    if !args.take("user") {
        return Err(Fault::new("'option pgsql-check' only supports optional values: 'user'."));
    }
    let name = args.next().unwrap_or_default().to_owned();
    choose(args, draft, HealthCheck::Pgsql(name))
}
