//! Options of a server that this program does not act upon yet, or that have no meaning here.

use pointsman_parser::addr::{self, Port, Target, Use};
use pointsman_parser::units::TimeUnit;

use crate::model::draft::Draft;
use crate::model::server::Server;
use crate::spec;
use crate::spec::{Args, Done, Fault, ServerOption, Since};

use super::place::text;

spec! {
    /// The rest.
    pub static OTHER: [ServerOption] = [
        /// Takes data in the first flight of TLS 1.3. It has no meaning here: early data is not sent.
        { name: "allow-0rtt", usage: "", parse: |_, _, _| Ok(()) },
        /// The congestion control of its connections.
        { name: "cc", since: Since::V3_3, usage: "<name>", parse: |args, _, _| { args.not_yet("server ... cc"); text(args).map(|_| ()) } },
        /// The pool whose connections are checked.
        { name: "check-pool-conn-name", since: Since::V3_2, usage: "<name>", parse: |args, _, _| args.need("'check-pool-conn-name' : missing value").map(|_| ()) },
        /// Checks over connections of the pool. It has no meaning here: a check opens its own.
        { name: "check-reuse-pool", since: Since::V3_2, usage: "", parse: |_, _, _| Ok(()) },
        /// Undoes `check-reuse-pool`.
        { name: "no-check-reuse-pool", since: Since::V3_2, usage: "", parse: |_, _, _| Ok(()) },
        /// Undoes `check-send-proxy`.
        { name: "no-check-send-proxy", usage: "", parse: |_, server, _| { server.options.check.send_proxy = Some(false); Ok(()) } },
        /// The name of checks' handshakes comes from the check's host.
        { name: "check-sni-auto", since: Since::BY_3_4, usage: "", parse: |args, _, _| { args.not_yet("server ... check-sni-auto"); Ok(()) } },
        /// Undoes `check-sni-auto`.
        { name: "no-check-sni-auto", since: Since::BY_3_4, usage: "", parse: |_, _, _| Ok(()) },
        /// Checks through the SOCKS proxy too.
        { name: "check-via-socks4", usage: "", parse: |args, server, _| { server.options.check.via_socks4 = true; args.not_yet("server ... check-via-socks4"); Ok(()) } },
        /// Signature algorithms asked of clients.
        { name: "client-sigalgs", since: Since::V2_9, usage: "<list>", parse: |args, server, _| { args.not_yet("server ... client-sigalgs"); server.options.facts.signatures.client = Some(args.need("'client-sigalgs' : missing signature algorithm list")?.to_owned()); Ok(()) } },
        /// Signature algorithms offered.
        { name: "sigalgs", since: Since::V2_9, usage: "<list>", parse: |args, server, _| { args.not_yet("server ... sigalgs"); server.options.facts.signatures.own = Some(args.need("'sigalgs' : missing signature algorithm list")?.to_owned()); Ok(()) } },
        /// SSL 3 and nothing else.
        { name: "force-sslv3", usage: "", parse: |_, server, _| { server.options.facts.no_version = true; Ok(()) } },
        /// TLS 1.0 and nothing else.
        { name: "force-tlsv10", usage: "", parse: |args, _, _| { args.not_yet("server ... force-tlsv10"); Ok(()) } },
        /// TLS 1.1 and nothing else.
        { name: "force-tlsv11", usage: "", parse: |args, _, _| { args.not_yet("server ... force-tlsv11"); Ok(()) } },
        /// What consistent hashing places the server by.
        { name: "hash-key", since: Since::BY_3_0, usage: "id|addr|addr-port", parse: hash_key },
        /// The section that says how it is checked.
        { name: "healthcheck", since: Since::V3_4, usage: "<name>", parse: |args, _, _| { args.not_yet("server ... healthcheck"); text(args).map(|_| ()) } },
        /// How long a connection may be idle before it is pinged.
        { name: "idle-ping", since: Since::V3_2, usage: "<time>", parse: |args, server, _| own_time(args, server) },
        /// Has the kernel do the work of TLS. It has no meaning here: the library does it.
        { name: "ktls", since: Since::V3_3, usage: "on|off", parse: |args, _, _| text(args).map(|_| ()) },
        /// The buffer of a log server.
        { name: "log-bufsize", since: Since::V2_9, usage: "<bytes>", parse: |args, _, _| { args.not_yet("server ... log-bufsize"); positive(args, "log-bufsize") } },
        /// How log lines are framed.
        { name: "log-proto", usage: "legacy|octet-count", parse: log_proto },
        /// Does not send the PROXY protocol.
        { name: "no-send-proxy", usage: "", parse: |_, server, _| { server.options.send_proxy = 0; Ok(()) } },
        /// Does not send the PROXY protocol's second version.
        { name: "no-send-proxy-v2", usage: "", parse: |_, server, _| { server.options.send_proxy = 0; Ok(()) } },
        /// Does not send the PROXY protocol with TLS.
        { name: "no-send-proxy-v2-ssl", usage: "", parse: |_, server, _| { server.options.send_proxy = 0; Ok(()) } },
        /// Does not send the PROXY protocol with the name in the certificate.
        { name: "no-send-proxy-v2-ssl-cn", usage: "", parse: |_, server, _| { server.options.send_proxy = 0; Ok(()) } },
        /// The PROXY protocol's second version with what TLS says.
        { name: "send-proxy-v2-ssl", usage: "", parse: |args, server, _| { server.options.send_proxy = 2; args.not_yet("server ... send-proxy-v2-ssl"); Ok(()) } },
        /// The same with the name in the client's certificate.
        { name: "send-proxy-v2-ssl-cn", usage: "", parse: |args, server, _| { server.options.send_proxy = 2; args.not_yet("server ... send-proxy-v2-ssl-cn"); Ok(()) } },
        /// Does not renegotiate. It has no meaning here: it is never done.
        { name: "no-renegotiate", since: Since::V3_3, usage: "", parse: |_, _, _| Ok(()) },
        /// Renegotiates. It has no meaning here: it is never done.
        { name: "renegotiate", since: Since::V3_3, usage: "", parse: |_, _, _| Ok(()) },
        /// The name of the handshake comes from the Host header.
        { name: "sni-auto", since: Since::BY_3_4, usage: "", parse: |args, _, _| { args.not_yet("server ... sni-auto"); Ok(()) } },
        /// Undoes `sni-auto`.
        { name: "no-sni-auto", since: Since::BY_3_4, usage: "", parse: |_, _, _| Ok(()) },
        /// Undoes `tfo`.
        { name: "no-tfo", usage: "", parse: |_, server, _| { server.options.dial.fast_open = false; Ok(()) } },
        /// No client is kept on it by a table.
        { name: "non-stick", usage: "", parse: |_, _, _| Ok(()) },
        /// Undoes `non-stick`.
        { name: "stick", usage: "", parse: |_, _, _| Ok(()) },
        /// Connections of the pool are told apart by this expression.
        { name: "pool-conn-name", since: Since::V3_0, usage: "<expression>", parse: pool_name },
        /// What the PROXY protocol carries besides addresses.
        { name: "proxy-v2-options", usage: "<option>[,...]", parse: proxy_options },
        /// The congestion control of QUIC.
        { name: "quic-cc-algo", since: Since::V3_4, usage: "<name>", parse: |args, _, _| { args.not_yet("server ... quic-cc-algo"); text(args).map(|_| ()) } },
        /// A field of the PROXY protocol.
        { name: "set-proxy-v2-tlv-fmt", since: Since::V2_9, usage: "(<id>) <format>", parse: |args, _, _| { args.not_yet("server ... set-proxy-v2-tlv-fmt"); args.next(); Ok(()) } },
        /// The peer's share of keys.
        { name: "shard", since: Since::V2_7, usage: "<number>", parse: |args, _, _| { args.next(); Ok(()) } },
        /// Connects through a SOCKS proxy.
        { name: "socks4", usage: "<address>:<port>", parse: socks },
        /// Keeps `maxconn` over all connections, idle ones too.
        { name: "strict-maxconn", since: Since::V3_2, usage: "", parse: |args, _, _| { args.not_yet("server ... strict-maxconn"); Ok(()) } },
        /// Signs segments.
        { name: "tcp-md5sig", since: Since::V3_3, usage: "<password>", parse: |args, _, _| { args.not_yet("server ... tcp-md5sig"); text(args).map(|_| ()) } },
        /// The sentence for a `usesrc` that stands alone.
        { name: "usesrc", usage: "", parse: |_, _, _| Err(Fault::new("'usesrc' only allowed after a 'source' statement.")) },
        /// How WebSockets are spoken to it.
        { name: "ws", since: Since::V2_5, usage: "auto|h1|h2", parse: ws },
    ];
}

fn hash_key(args: &mut Args<'_>, _: &mut Server, _: &mut Draft) -> Done {
    match args.next() {
        Some("id" | "id32") => Ok(()),
        Some("addr" | "addr-port" | "guid") => {
            args.not_yet("server ... hash-key");
            Ok(())
        }
        _ => Err(Fault::new("'hash-key' has to be 'id', 'addr', or 'addr-port'")),
    }
}

fn own_time(args: &mut Args<'_>, server: &Server) -> Done {
    let keyword = args.keyword().to_owned();
    let word = args.need(&format!("'{keyword}' expects an argument."))?;
    args.time_of(word.as_bytes(), TimeUnit::Millisecond)
        .map_err(|error| Fault::new(format!("{error} in '{keyword}' argument of server {}.", server.name)))?;
    args.not_yet(format!("server ... {keyword}"));
    Ok(())
}

fn positive(args: &mut Args<'_>, word: &str) -> Done {
    let text = args.need(&format!("'{word}' expects an integer argument."))?;
    if crate::words::proxy::side::lax(text) <= 0 {
        return Err(Fault::new(format!("{word} has to be > 0.")));
    }
    Ok(())
}

fn log_proto(args: &mut Args<'_>, _: &mut Server, _: &mut Draft) -> Done {
    match args.next().unwrap_or_default() {
        "legacy" => Ok(()),
        "octet-count" => {
            args.not_yet("server ... log-proto");
            Ok(())
        }
        other => Err(Fault::new(format!("'log-proto' expects one of 'legacy' or 'octet-count' but got '{other}'"))),
    }
}

fn pool_name(args: &mut Args<'_>, _: &mut Server, draft: &mut Draft) -> Done {
    if args.is_empty() {
        return Err(Fault::new("'pool-conn-name' expects <value> as argument"));
    }
    args.one_word_expr(draft)
        .map_err(|fault| fault.within("error detected while parsing sni or pool-conn-name expressions : "))?;
    args.not_yet("server ... pool-conn-name");
    Ok(())
}

fn proxy_options(args: &mut Args<'_>, _: &mut Server, _: &mut Draft) -> Done {
    const KNOWN: [&str; 8] =
        ["ssl", "cert-cn", "ssl-cipher", "cert-sig", "cert-key", "authority", "crc32c", "unique-id"];
    let text = args.next().unwrap_or_default();
    if let Some(bad) = text.split(',').find(|word| !KNOWN.contains(word)) {
        return Err(Fault::new(format!("'{bad}' : proxy v2 option not implemented")));
    }
    args.not_yet("server ... proxy-v2-options");
    Ok(())
}

fn socks(args: &mut Args<'_>, _: &mut Server, _: &mut Draft) -> Done {
    let text = args.need("'socks4' expects <addr>:<port> as argument.")?;
    let parsed = addr::parse(text.as_bytes(), args.env, Use::Socket)
        .map_err(|error| Fault::new(format!("'socks4 {text}' : {error}")))?;
    if matches!(parsed.target, Target::Ip { port: Port::None, .. }) {
        return Err(Fault::new(format!("'socks4 {text}' : missing port specification in '{text}'")));
    }
    args.not_yet("server ... socks4");
    Ok(())
}

fn ws(args: &mut Args<'_>, _: &mut Server, _: &mut Draft) -> Done {
    match args.next() {
        Some("auto" | "h1") => Ok(()),
        Some("h2") => {
            args.not_yet("server ... ws h2");
            Ok(())
        }
        _ => Err(Fault::new("'ws' has to be 'auto', 'h1' or 'h2'")),
    }
}
