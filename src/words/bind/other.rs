//! Options of a `bind` line that this program does not act upon yet, or that have no meaning here.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pointsman_parser::units::TimeUnit;

use crate::model::bind::Bind;
use crate::model::draft::Draft;
use crate::spec;
use crate::spec::{Args, BindOption, Done, Fault, Since};
use crate::words::pem;
use crate::words::proxy::side::lax;

use super::socket::text;

spec! {
    /// The rest.
    pub static OTHER: [BindOption] = [
        /// Expects NetScaler's header on every connection.
        { name: "accept-netscaler-cip", usage: "<magic>", parse: netscaler },
        /// The congestion control of its connections.
        { name: "cc", since: Since::V3_3, usage: "<name>", parse: |args, _, _| { args.not_yet("bind ... cc"); text(args).map(|_| ()) } },
        /// Hands its sockets to a process that asks for them. It matters for statistics sockets only.
        { name: "expose-fd", usage: "listeners", parse: expose },
        /// How long a connection may be idle before it is pinged.
        { name: "idle-ping", since: Since::V3_2, usage: "<time>", parse: idle_ping },
        /// A label for statistics. It is kept for nothing else.
        { name: "label", since: Since::V3_2, usage: "<text>", parse: |args, _, _| need(args, "missing label") },
        /// Connections of a reverse listener.
        { name: "nbconn", since: Since::V2_9, usage: "<number>", parse: nbconn },
        /// The congestion control of QUIC.
        { name: "quic-cc-algo", since: Since::V2_7, usage: "<name>", parse: quic_algorithm },
        /// Asks QUIC clients to prove their address.
        { name: "quic-force-retry", since: Since::V2_6, usage: "", parse: |args, _, _| { args.not_yet("bind ... quic-force-retry"); Ok(()) } },
        /// Whether QUIC connections have sockets of their own.
        { name: "quic-socket", since: Since::V2_9, usage: "connection|listener", parse: quic_socket },
        /// How answers of a statistics socket tell their severity.
        { name: "severity-output", usage: "none|number|string", parse: severity },
        /// Signs segments.
        { name: "tcp-md5sig", since: Since::V3_3, usage: "<password>", parse: |args, _, _| { args.not_yet("bind ... tcp-md5sig"); text(args).map(|_| ()) } },
        /// Keeps the client's first packet.
        { name: "tcp-ss", since: Since::V3_4, usage: "0|1|2", parse: |args, _, _| { args.not_yet("bind ... tcp-ss"); text(args).map(|_| ()) } },
    ];
}

spec! {
    /// The rest of TLS.
    pub static OTHER_TLS: [BindOption] = [
        /// Certificate errors of authorities that are ignored.
        { name: "ca-ignore-err", usage: "all|<error>[,...]", parse: ignored_errors },
        /// Certificate errors of clients that are ignored.
        { name: "crt-ignore-err", usage: "all|<error>[,...]", parse: ignored_errors },
        /// The authority that signs generated certificates.
        { name: "ca-sign-file", usage: "<file>", parse: |args, _, _| { args.not_yet("bind ... ca-sign-file"); need(args, "missing CAfile path") } },
        /// Its password.
        { name: "ca-sign-pass", usage: "<text>", parse: |args, _, _| need(args, "missing CAkey password") },
        /// The authorities that clients' certificates are checked by, without being shown to them.
        { name: "ca-verify-file", usage: "<file>", parse: verify_file },
        /// Signature algorithms asked of clients.
        { name: "client-sigalgs", since: Since::BY_3_0, usage: "<list>", parse: |args, bind, _| { args.not_yet("bind ... client-sigalgs"); bind.facts.signatures.client = args.peek().map(str::to_owned); need(args, "missing signature algorithm list") } },
        /// Signature algorithms offered.
        { name: "sigalgs", since: Since::BY_3_0, usage: "<list>", parse: |args, bind, _| { args.not_yet("bind ... sigalgs"); bind.facts.signatures.own = args.peek().map(str::to_owned); need(args, "missing signature algorithm list") } },
        /// A list of certificates with options and names.
        { name: "crt-list", usage: "<file>", parse: crt_list },
        /// Encrypted client hellos.
        { name: "ech", since: Since::V3_3, usage: "<folder>", parse: |args, _, _| { args.not_yet("bind ... ech"); text(args).map(|_| ()) } },
        /// SSL 3 and nothing else.
        { name: "force-sslv3", usage: "", parse: |_, bind, _| { bind.facts.no_version = true; Ok(()) } },
        /// TLS 1.0 and nothing else.
        { name: "force-tlsv10", usage: "", parse: |args, _, _| { args.not_yet("bind ... force-tlsv10"); Ok(()) } },
        /// TLS 1.1 and nothing else.
        { name: "force-tlsv11", usage: "", parse: |args, _, _| { args.not_yet("bind ... force-tlsv11"); Ok(()) } },
        /// Makes certificates for the names clients ask for.
        { name: "generate-certificates", usage: "", parse: |args, bind, _| { bind.facts.generate = true; args.not_yet("bind ... generate-certificates"); Ok(()) } },
        /// Has the kernel do the work of TLS. It has no meaning here: the library does it.
        { name: "ktls", since: Since::V3_3, usage: "on|off", parse: |args, _, _| text(args).map(|_| ()) },
        /// Does not show clients the names of authorities.
        { name: "no-ca-names", usage: "", parse: |args, _, _| { args.not_yet("bind ... no-ca-names"); Ok(()) } },
        /// Undoes `strict-sni`.
        { name: "no-strict-sni", since: Since::BY_3_2, usage: "", parse: |_, bind, _| { bind.tls.strict_sni = false; Ok(()) } },
        /// The keys of tickets, shared by several machines.
        { name: "tls-ticket-keys", usage: "<file>", parse: ticket_keys },
    ];
}

/// The next word, or `'keyword' : refusal`.
pub(super) fn need(args: &mut Args<'_>, refusal: &str) -> Done {
    let refusal = format!("'{}' : {refusal}", args.keyword());
    args.need(&refusal).map(|_| ())
}

fn netscaler(args: &mut Args<'_>, _: &mut Bind, _: &mut Draft) -> Done {
    let text = text(args)?;
    if lax(&text) == 0 {
        return Err(Fault::new("'accept-netscaler-cip' : invalid value 0, must be >= 0"));
    }
    args.not_yet("bind ... accept-netscaler-cip");
    Ok(())
}

/// The number of the last certificate error.
const ERROR_MAX: u32 = 94;

fn ignored_errors(args: &mut Args<'_>, _: &mut Bind, _: &mut Draft) -> Done {
    let keyword = args.keyword().to_owned();
    let list = args.need(&format!("'{keyword}' : missing error IDs list"))?;
    args.not_yet(format!("bind ... {keyword}"));
    for id in list.split(',').filter(|id| *id != "all" && !id.starts_with("X509_V_ERR_")) {
        let digits: String = id.chars().take_while(char::is_ascii_digit).collect();
        match digits.parse::<u32>() {
            Ok(1..=ERROR_MAX) => {}
            Ok(_) => {
                let message =
                    format!("'{keyword}' : ID '{id}' out of range (1..{ERROR_MAX}) in error IDs list '{list}'");
                return Err(Fault::new(message));
            }
            Err(_) => {
                let message = format!("'{keyword}' : error constant '{id}' unknown in error IDs list '{list}'");
                return Err(Fault::new(message));
            }
        }
    }
    Ok(())
}

fn verify_file(args: &mut Args<'_>, bind: &mut Bind, draft: &mut Draft) -> Done {
    let path = args.need("'ca-verify-file' : missing CAfile path")?;
    let path = pem::under(path, draft.global.ca_base.as_deref());
    if let Err(reason) = pem::authorities(&path, draft) {
        args.alert_bare(format!("config : {reason}"));
        return Err(Fault::new(format!("'ca-verify-file' : unable to load {path}")));
    }
    bind.facts.ca_file = true;
    args.not_yet("bind ... ca-verify-file");
    Ok(())
}

fn crt_list(args: &mut Args<'_>, bind: &mut Bind, draft: &mut Draft) -> Done {
    let path = args.need("'crt-list' : missing certificate location")?;
    let path = pem::under(path, draft.global.crt_base.as_deref());
    let found = pem::list(&path, draft).map_err(|reason| Fault::new(format!("'crt-list' : {reason}")))?;
    bind.facts.certificates += found;
    args.not_yet("bind ... crt-list");
    Ok(())
}

fn expose(args: &mut Args<'_>, _: &mut Bind, _: &mut Draft) -> Done {
    match args.next() {
        None => Err(Fault::new("'expose-fd' : missing fd type")),
        Some("listeners") => Ok(()),
        Some(other) => Err(Fault::new(format!("'expose-fd' only supports 'listeners' (got '{other}')"))),
    }
}

fn idle_ping(args: &mut Args<'_>, _: &mut Bind, _: &mut Draft) -> Done {
    let text = args.need("'idle-ping' expects an argument.")?;
    args.time_of(text.as_bytes(), TimeUnit::Millisecond)
        .map_err(|error| Fault::new(format!("{error} in 'idle-ping' argument on bind line.")))?;
    args.not_yet("bind ... idle-ping");
    Ok(())
}

fn nbconn(args: &mut Args<'_>, _: &mut Bind, draft: &mut Draft) -> Done {
    if !draft.noted.experimental.get() {
        return Err(Fault::new(
            "'nbconn' is experimental, must be allowed via a global 'expose-experimental-directives'",
        ));
    }
    args.not_yet("bind ... nbconn");
    text(args).map(|_| ())
}

fn quic_algorithm(args: &mut Args<'_>, _: &mut Bind, _: &mut Draft) -> Done {
    let text = args.need("'quic-cc-algo' : missing control congestion algorithm")?;
    let bare = text.split('(').next().unwrap_or_default();
    if !matches!(bare, "cubic" | "newreno" | "bbr" | "nocc") {
        return Err(Fault::new(format!("'{text}' : unknown control congestion algorithm")));
    }
    args.not_yet("bind ... quic-cc-algo");
    Ok(())
}

fn quic_socket(args: &mut Args<'_>, _: &mut Bind, _: &mut Draft) -> Done {
    match args.next() {
        None => Err(Fault::new("'quic-socket' : missing argument, use either connection or listener.")),
        Some("connection" | "listener") => Ok(()),
        Some(_) => Err(Fault::new("'quic-socket' : unknown argument, use either connection or listener.")),
    }
}

fn severity(args: &mut Args<'_>, _: &mut Bind, _: &mut Draft) -> Done {
    match args.next() {
        None => Err(Fault::new("'severity-output' : missing severity format")),
        Some("none" | "number" | "string") => Ok(()),
        Some(other) => {
            Err(Fault::new(format!("'severity-output' only supports 'none', 'number', and 'string' (got '{other}')")))
        }
    }
}

fn ticket_keys(args: &mut Args<'_>, _: &mut Bind, draft: &mut Draft) -> Done {
    let path = args.need("'tls-ticket-keys' : missing TLS ticket keys file path")?;
    let Ok(text) = (draft.noted.world.read)(path) else {
        return Err(Fault::new(format!("'{path}' : unable to load ssl tickets keys file")));
    };
    if draft.noted.world.real {
        keys(&text).map_err(|reason| Fault::new(format!("'{path}' : {reason}")))?;
    }
    args.not_yet("bind ... tls-ticket-keys");
    Ok(())
}

/// Three lines or more, each a key in base 64, all of one size.
fn keys(text: &[u8]) -> Result<(), String> {
    let mut size = None;
    let mut count = 0;
    for line in String::from_utf8_lossy(text).lines() {
        count += 1;
        let Ok(key) = STANDARD.decode(line) else { return Err(format!("unable to decode base64 key on line {count}")) };
        if !matches!(key.len(), 48 | 80) || size.is_some_and(|size| size != key.len()) {
            return Err(format!("wrong sized key on line {count}"));
        }
        size = Some(key.len());
    }
    match count {
        3.. => Ok(()),
        _ => Err("please supply at least 3 keys in the tls-tickets-file".to_owned()),
    }
}
