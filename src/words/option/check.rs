//! Options that choose how servers are checked; the last one of a proxy counts.

use crate::model::check::{HealthCheck, MysqlUser, Send};
use crate::model::draft::{Draft, Sections};
use crate::model::proxy::Options;
use crate::spec;
use crate::spec::{Args, Done, Fault, Keyword};
use crate::words::proxy::choose_http;

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

fn choose(args: &mut Args<'_>, draft: &mut Draft, check: HealthCheck) -> Done {
    let off = args.is_no();
    if let Some(proxy) = draft.proxy() {
        proxy.settings.check = if off { HealthCheck::Tcp } else { check };
    }
    args.finish()
}

fn httpchk(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    if args.is_no() {
        return choose(args, draft, HealthCheck::Tcp);
    }
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
    args.finish()
}

fn external(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let on = !args.is_no();
    if let Some(proxy) = draft.proxy() {
        proxy.settings.options.put(Options::EXTERNAL_CHECK, on);
    }
    choose(args, draft, HealthCheck::External)
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
    if !args.take("user") {
        return choose(args, draft, HealthCheck::Mysql(None));
    }
    let name = args.need("'option mysql-check' : 'user' expects <username> as argument.")?.to_owned();
    let old = args.take("pre-41");
    if !old {
        args.take("post-41");
    }
    choose(args, draft, HealthCheck::Mysql(Some(MysqlUser { name, old })))
}

fn pgsql(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    if !args.take("user") {
        return Err(Fault::new("'option pgsql-check' : expects 'user <username>' as argument."));
    }
    let name = args.need("'option pgsql-check' : 'user' expects <username> as argument.")?.to_owned();
    choose(args, draft, HealthCheck::Pgsql(name))
}
