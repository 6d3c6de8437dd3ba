//! `timeout …`

use std::time::Duration;

use pointsman_parser::units::{TimeUnit, UnitError};

use crate::model::draft::{Draft, Sections};
use crate::model::proxy::Timeouts;
use crate::spec;
use crate::spec::args::text_of;
use crate::spec::{Args, Done, Fault, Keyword, Since};

spec! {
    /// Timeouts.
    pub static TIMEOUT: [Keyword] = [
        /// How long the client may stay silent.
        { name: "timeout client", sections: Sections::PROXIES, usage: "<time>", parse: timeout },
        /// How long the client may stay silent once it or we have closed one direction.
        { name: "timeout client-fin", sections: Sections::PROXIES, usage: "<time>", parse: timeout },
        /// How long a TLS handshake with a client may take.
        { name: "timeout client-hs", since: Since::V2_9, sections: Sections::PROXIES, usage: "<time>", parse: timeout },
        /// How long a server may take to accept a connection.
        { name: "timeout connect", sections: Sections::PROXIES, usage: "<time>", parse: timeout },
        /// How long a check may take once it is connected.
        { name: "timeout check", sections: Sections::PROXIES, usage: "<time>", parse: timeout },
        /// How long a client may stay silent between two requests.
        { name: "timeout http-keep-alive", sections: Sections::PROXIES, usage: "<time>", parse: timeout },
        /// How long a client may take to send a request's head.
        { name: "timeout http-request", sections: Sections::PROXIES, usage: "<time>", parse: timeout },
        /// How long a request may wait for a server's slot.
        { name: "timeout queue", sections: Sections::PROXIES, usage: "<time>", parse: timeout },
        /// How long a server may stay silent.
        { name: "timeout server", sections: Sections::PROXIES, usage: "<time>", parse: timeout },
        /// How long a server may stay silent once it or we have closed one direction.
        { name: "timeout server-fin", sections: Sections::PROXIES, usage: "<time>", parse: timeout },
        /// How long a tarpitted client is held.
        { name: "timeout tarpit", sections: Sections::PROXIES, usage: "<time>", parse: timeout },
        /// How long either side of a tunnel may stay silent.
        { name: "timeout tunnel", sections: Sections::PROXIES, usage: "<time>", parse: timeout },
        /// The sentence for a timeout that does not exist.
        { name: "timeout", sections: Sections::PROXIES, usage: "<name> <time>", parse: unknown },
    ];
}

fn slot<'a>(timeouts: &'a mut Timeouts, keyword: &str) -> &'a mut Option<Duration> {
    match keyword {
        "timeout client" => &mut timeouts.client,
        "timeout client-fin" => &mut timeouts.client_fin,
        "timeout client-hs" => &mut timeouts.client_hs,
        "timeout connect" => &mut timeouts.connect,
        "timeout check" => &mut timeouts.check,
        "timeout http-keep-alive" => &mut timeouts.http_keep_alive,
        "timeout http-request" => &mut timeouts.http_request,
        "timeout queue" => &mut timeouts.queue,
        "timeout server" => &mut timeouts.server,
        "timeout server-fin" => &mut timeouts.server_fin,
        "timeout tarpit" => &mut timeouts.tarpit,
        _ => &mut timeouts.tunnel,
    }
}

fn timeout(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let keyword = args.keyword().to_owned();
    let Some(word) = args.next_arg() else {
        return Err(Fault::new(format!("'{keyword}' expects an integer value (in milliseconds)")));
    };
    let text = text_of(word);
    let time = args.time_of(&word.text, TimeUnit::Millisecond).map_err(|error| {
        Fault::at(
            word.span,
            match error {
                UnitError::Overflow => format!(
                    "timer overflow in argument '{text}' to '{keyword}' (maximum value is 2147483647 ms or ~24.8 days)"
                ),
                UnitError::Underflow => {
                    format!("timer underflow in argument '{text}' to '{keyword}' (minimum non-null value is 1 ms)")
                }
                UnitError::Unexpected { found, .. } => {
                    let found = found.map(char::from).map(String::from).unwrap_or_default();
                    format!("unexpected character '{found}' in '{keyword}'")
                }
            },
        )
    })?;
    if !args.is_empty() {
        return Err(Fault::new(format!(
            "'{keyword}' : unexpected extra argument '{}' after value '{text}'.",
            args.peek().unwrap_or_default()
        )));
    }
    let (kind, name) =
        draft.proxy_ref().map_or(("", ""), |proxy| (super::side::kind(proxy.section), proxy.name.as_str()));
    if !time.with_unit && (1..100_000).contains(&time.us) {
        args.suspicious(&format!("{keyword} {text}"), &format!(" in {kind} '{name}'"), text);
    }
    let front = matches!(keyword.as_str(), "timeout client" | "timeout client-fin" | "timeout client-hs");
    let back = matches!(
        keyword.as_str(),
        "timeout connect"
            | "timeout server"
            | "timeout server-fin"
            | "timeout queue"
            | "timeout check"
            | "timeout tunnel"
    );
    if front && args.section == Sections::BACKEND {
        args.warn(format!("'{keyword}' will be ignored because backend '{name}' has no frontend capability"));
    } else if back && args.section == Sections::FRONTEND {
        args.warn(format!("'{keyword}' will be ignored because frontend '{name}' has no backend capability"));
    }
    let in_defaults = args.section == crate::model::draft::Sections::DEFAULTS;
    let said_before = !in_defaults && draft.proxy_ref().is_some_and(|proxy| proxy.facts.timeouts.contains(&keyword));
    if said_before {
        args.warn(format!("overwriting '{keyword}' which was already specified"));
    }
    let Some(proxy) = draft.proxy() else { return Ok(()) };
    proxy.facts.timeouts.insert(keyword.clone());
    let value = (time.us > 0).then(|| Duration::from_millis(time.ms()));
    *slot(&mut proxy.settings.timeouts, &keyword) = value;
    Ok(())
}

fn unknown(args: &mut Args<'_>, _: &mut Draft) -> Done {
    Err(Fault::new(format!(
        "'timeout' supports 'client', 'server', 'connect', 'check', 'queue', 'handshake', 'http-keep-alive', \
         'http-request', 'tunnel', 'tarpit', 'client-fin' and 'server-fin' (got '{}')",
        args.peek().unwrap_or_default()
    )))
}
