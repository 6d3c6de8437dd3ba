//! Keywords that HAProxy had once: each is refused with the word to use instead.

use crate::model::draft::{Draft, Sections};
use crate::spec;
use crate::spec::{Args, Done, End, Fault, Keyword, Release};

spec! {
    /// Keywords that are gone.
    pub static REMOVED: [Keyword] = [
        /// Not known any more.
        { name: "appsession", end: Some(End::removed(Release(1, 6), "'stick on cookie(NAME)' with a 'stick-table'")), sections: Sections::PROXIES, usage: "", negatable: false, parse: |_, _| Err(Fault::new("'appsession' is not supported anymore since HAProxy 1.6.")) },
        /// Not known any more.
        { name: "bind-process", end: Some(End::removed(Release(2, 7), "'thread' on 'bind' lines")), sections: Sections::PROXIES, usage: "", negatable: false, parse: |_, _| Err(tight("'bind-process' is not supported anymore.")) },
        /// Not known any more.
        { name: "block", end: Some(End::removed(Release(2, 1), "'http-request deny'")), sections: Sections::PROXIES, usage: "", negatable: false, parse: |_, _| Err(Fault::new("The 'block' directive is not supported anymore since HAProxy 2.1. Use 'http-request deny' which uses the exact same syntax.")) },
        /// Not known any more.
        { name: "redispatch", end: Some(End::removed(Release(2, 1), "'option redispatch'")), sections: Sections::PROXIES, usage: "", negatable: false, parse: |_, _| Err(Fault::new("keyword 'redispatch' directive is not supported anymore since HAProxy 2.1. Use 'option redispatch'.")) },
        /// Not known any more.
        { name: "redisp", end: Some(End::removed(Release(2, 1), "'option redispatch'")), sections: Sections::PROXIES, usage: "", negatable: false, parse: |_, _| Err(Fault::new("keyword 'redisp' directive is not supported anymore since HAProxy 2.1. Use 'option redispatch'.")) },
        /// Not known any more.
        { name: "usesrc", sections: Sections::PROXIES, usage: "", negatable: false, parse: |_, _| Err(Fault::new("'usesrc' only allowed after a 'source' statement.")) },
        /// Not known any more.
        { name: "cliexp", end: Some(End::removed(Release(2, 1), "'http-request replace-path', 'http-request replace-uri' or 'http-request replace-header'")), sections: Sections::PROXIES, usage: "", negatable: false, parse: replaced },
        /// Not known any more.
        { name: "srvexp", end: Some(End::removed(Release(2, 1), "'http-response replace-header'")), sections: Sections::PROXIES, usage: "", negatable: false, parse: replaced },
        /// Not known any more.
        { name: "reqadd", end: Some(End::removed(Release(2, 1), "'http-request add-header'")), sections: Sections::PROXIES, usage: "", negatable: false, parse: replaced },
        /// Not known any more.
        { name: "reqallow", end: Some(End::removed(Release(2, 1), "'http-request allow'")), sections: Sections::PROXIES, usage: "", negatable: false, parse: replaced },
        /// Not known any more.
        { name: "reqdel", end: Some(End::removed(Release(2, 1), "'http-request del-header'")), sections: Sections::PROXIES, usage: "", negatable: false, parse: replaced },
        /// Not known any more.
        { name: "reqdeny", end: Some(End::removed(Release(2, 1), "'http-request deny'")), sections: Sections::PROXIES, usage: "", negatable: false, parse: |_, _| Err(Fault::new("The 'reqdeny' not supported anymore since HAProxy 2.1. Use 'http-request deny' instead.")) },
        /// Not known any more.
        { name: "reqiallow", end: Some(End::removed(Release(2, 1), "'http-request allow'")), sections: Sections::PROXIES, usage: "", negatable: false, parse: replaced },
        /// Not known any more.
        { name: "reqidel", end: Some(End::removed(Release(2, 1), "'http-request del-header'")), sections: Sections::PROXIES, usage: "", negatable: false, parse: replaced },
        /// Not known any more.
        { name: "reqideny", end: Some(End::removed(Release(2, 1), "'http-request deny'")), sections: Sections::PROXIES, usage: "", negatable: false, parse: replaced },
        /// Not known any more.
        { name: "reqipass", end: Some(End::removed(Release(2, 1), "")), sections: Sections::PROXIES, usage: "", negatable: false, parse: |_, _| Err(Fault::new("The 'reqipass' directive is not supported anymore since HAProxy 2.1.")) },
        /// Not known any more.
        { name: "reqirep", end: Some(End::removed(Release(2, 1), "'http-request replace-header'")), sections: Sections::PROXIES, usage: "", negatable: false, parse: replaced },
        /// Not known any more.
        { name: "reqitarpit", end: Some(End::removed(Release(2, 1), "'http-request tarpit'")), sections: Sections::PROXIES, usage: "", negatable: false, parse: replaced },
        /// Not known any more.
        { name: "reqpass", end: Some(End::removed(Release(2, 1), "")), sections: Sections::PROXIES, usage: "", negatable: false, parse: |_, _| Err(Fault::new("The 'reqpass' not supported anymore since HAProxy 2.1.")) },
        /// Not known any more.
        { name: "reqrep", end: Some(End::removed(Release(2, 1), "'http-request replace-path', 'http-request replace-uri' or 'http-request replace-header'")), sections: Sections::PROXIES, usage: "", negatable: false, parse: replaced },
        /// Not known any more.
        { name: "reqtarpit", end: Some(End::removed(Release(2, 1), "'http-request tarpit'")), sections: Sections::PROXIES, usage: "", negatable: false, parse: replaced },
        /// Not known any more.
        { name: "rspadd", end: Some(End::removed(Release(2, 1), "'http-response add-header'")), sections: Sections::PROXIES, usage: "", negatable: false, parse: replaced },
        /// Not known any more.
        { name: "rspdel", end: Some(End::removed(Release(2, 1), "'http-response del-header'")), sections: Sections::PROXIES, usage: "", negatable: false, parse: |_, _| Err(Fault::new("The 'rspdel' directive is not supported anymore since HAProxy 2.1. Use 'http-response del-header' .")) },
        /// Not known any more.
        { name: "rspdeny", end: Some(End::removed(Release(2, 1), "'http-response deny'")), sections: Sections::PROXIES, usage: "", negatable: false, parse: replaced },
        /// Not known any more.
        { name: "rspidel", end: Some(End::removed(Release(2, 1), "'http-response del-header'")), sections: Sections::PROXIES, usage: "", negatable: false, parse: replaced },
        /// Not known any more.
        { name: "rspideny", end: Some(End::removed(Release(2, 1), "'http-response deny'")), sections: Sections::PROXIES, usage: "", negatable: false, parse: replaced },
        /// Not known any more.
        { name: "rspirep", end: Some(End::removed(Release(2, 1), "'http-response replace-header'")), sections: Sections::PROXIES, usage: "", negatable: false, parse: replaced },
        /// Not known any more.
        { name: "rsprep", end: Some(End::removed(Release(2, 1), "'http-response replace-header'")), sections: Sections::PROXIES, usage: "", negatable: false, parse: replaced },
        /// Not known any more.
        { name: "clitimeout", end: Some(End::removed(Release(2, 1), "'timeout client'")), sections: Sections::PROXIES, usage: "", negatable: false, parse: |_, _| Err(Fault::new("the 'clitimeout' directive is not supported anymore since HAProxy 2.1. Use 'timeout client'.")) },
        /// Not known any more.
        { name: "srvtimeout", end: Some(End::removed(Release(2, 1), "'timeout server'")), sections: Sections::PROXIES, usage: "", negatable: false, parse: |_, _| Err(Fault::new("the 'srvtimeout' directive is not supported anymore since HAProxy 2.1. Use 'timeout server'.")) },
        /// Not known any more.
        { name: "contimeout", end: Some(End::removed(Release(2, 1), "'timeout connect'")), sections: Sections::PROXIES, usage: "", negatable: false, parse: |_, _| Err(Fault::new("the 'contimeout' directive is not supported anymore since HAProxy 2.1. Use 'timeout connect'.")) },
        /// Not known any more.
        { name: "grace", end: Some(End::removed(Release(2, 5), "'grace' in the global section")), sections: Sections::PROXIES, usage: "", negatable: false, parse: |_, _| Err(tight("the 'grace' keyword is not supported any more since HAProxy version 2.5.")) },
        /// Not known any more.
        { name: "option forceclose", end: Some(End::removed(Release(2, 5), "'option httpclose'")), sections: Sections::PROXIES, usage: "", negatable: true, parse: |_, _| Err(tight("option 'forceclose' is not supported any more since HAProxy 2.0, please just remove it, or use 'option httpclose' if absolutely needed.")) },
        /// Not known any more.
        { name: "option http-tunnel", end: Some(End::removed(Release(2, 5), "'option http-keep-alive', which is the default")), sections: Sections::PROXIES, usage: "", negatable: true, parse: |_, _| Err(tight("option 'http-tunnel' is not supported any more since HAProxy 2.1, please just remove it, it shouldn't be needed.")) },
        /// Not known any more.
        { name: "option http_proxy", end: Some(End::removed(Release(2, 5), "'http-request set-dst' with 'http-request set-uri'")), sections: Sections::PROXIES, usage: "", negatable: true, parse: |_, _| Err(tight("option 'http_proxy' is not supported any more since HAProxy 2.5. This option stopped working in HAProxy 1.9 and usually had nasty side effects. It can be more reliably implemented with combinations of 'http-request set-dst' and 'http-request set-uri', and even 'http-request do-resolve' if DNS resolution is desired.")) },
        /// Not known any more.
        { name: "monitor-net", end: Some(End::removed(Release(2, 3), "'http-request return status 200 if { src NETWORK }'")), sections: Sections::PROXIES, usage: "", parse: monitor_net },
    ];
}

/// HAProxy's usual sentence about a word that another one replaces.
fn replaced(args: &mut Args<'_>, _: &mut Draft) -> Done {
    let name = args.keyword();
    let end = REMOVED.iter().find(|word| word.name == name).and_then(|word| word.end);
    let (since, instead) = end.map_or((Release(2, 1), ""), |end| (end.since.unwrap_or(Release(2, 1)), end.instead));
    Err(Fault::new(format!(
        "The '{name}' directive is not supported anymore since HAProxy {since}. Use {instead} instead."
    )))
}

fn tight(message: &str) -> Fault {
    Fault::new(message).tight()
}

fn monitor_net(args: &mut Args<'_>, _: &mut Draft) -> Done {
    let network = args.next().unwrap_or_default();
    Err(Fault::new(format!(
        "'monitor-net' doesn't exist anymore. Please use 'http-request return status 200 if {{ src {network} }}' instead."
    )))
}
