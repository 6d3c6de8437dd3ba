//! The TLS side of a server.

use std::sync::Arc;

use crate::model::draft::Draft;
use crate::model::noted::Context;
use crate::model::server::Server;
use crate::model::tls::{Authorities, PemSource, Version};
use crate::spec;
use crate::spec::{Args, Done, Fault, ServerOption, Since};

use crate::words::pem;

use super::place::text;

spec! {
    /// TLS.
    pub static TLS: [ServerOption] = [
        /// Speaks TLS to the server.
        { name: "ssl", usage: "", parse: |_, server, _| { server.options.ssl = true; Ok(()) } },
        /// Undoes `ssl`.
        { name: "no-ssl", usage: "", parse: |_, server, _| { server.options.ssl = false; Ok(()) } },
        /// The name sent to the server in the handshake, from an expression evaluated per connection. Without it none is sent.
        { name: "sni", usage: "<expression>", parse: sni },
        /// Whether the server's certificate is checked.
        { name: "verify", usage: "none|required", parse: verify },
        /// The name the server's certificate must bear.
        { name: "verifyhost", usage: "<name>", parse: |args, server, _| { server.options.tls.verify_host = Some(args.need("'verifyhost' : missing hostname to verify against")?.to_owned()); Ok(()) } },
        /// The authorities trusted to sign the server's certificate.
        { name: "ca-file", usage: "<file>", parse: ca_file },
        /// Certificates that were revoked.
        { name: "crl-file", usage: "<file>", parse: crl_file },
        /// The certificate shown to a server that asks for one.
        { name: "crt", usage: "<file>", parse: crt },
        /// Protocols offered in the handshake.
        { name: "alpn", usage: "<protocol>[,...]", parse: alpn },
        /// Protocols offered by NPN, which no library speaks any more. It has no meaning here.
        { name: "npn", usage: "<protocol>[,...]", parse: |args, _, _| text(args).map(|_| ()) },
        /// Cipher suites of TLS 1.2.
        { name: "ciphers", usage: "<list>", parse: |args, server, _| { server.options.tls.ciphers.tls12 = Some(args.need("'ciphers' : missing cipher suite")?.to_owned()); Ok(()) } },
        /// Cipher suites of TLS 1.3.
        { name: "ciphersuites", usage: "<list>", parse: |args, server, _| { server.options.tls.ciphers.tls13 = Some(args.need("'ciphersuites' : missing cipher suite")?.to_owned()); Ok(()) } },
        /// Curves by preference.
        { name: "curves", since: Since::V2_9, usage: "<list>", parse: |args, server, _| { server.options.tls.curves = args.need("'curves' : missing curves list")?.split(':').map(str::to_owned).collect(); Ok(()) } },
        /// The oldest version spoken.
        { name: "ssl-min-ver", usage: "<version>", parse: |args, server, _| { server.options.tls.versions.min = version(args)?; Ok(()) } },
        /// The newest version spoken.
        { name: "ssl-max-ver", usage: "<version>", parse: |args, server, _| { server.options.tls.versions.max = version(args)?; Ok(()) } },
        /// TLS 1.2 and nothing else.
        { name: "force-tlsv12", usage: "", parse: |_, server, _| { server.options.tls.versions = crate::model::tls::Versions { min: Version::Tls12, max: Version::Tls12 }; Ok(()) } },
        /// TLS 1.3 and nothing else.
        { name: "force-tlsv13", usage: "", parse: |_, server, _| { server.options.tls.versions = crate::model::tls::Versions { min: Version::Tls13, max: Version::Tls13 }; Ok(()) } },
        /// Not SSL 3. It has no meaning here: it is never spoken.
        { name: "no-sslv3", usage: "", on_default: false, parse: |_, _, _| Ok(()) },
        /// Not TLS 1.0. It has no meaning here: it is never spoken.
        { name: "no-tlsv10", usage: "", on_default: false, parse: |_, _, _| Ok(()) },
        /// Not TLS 1.1. It has no meaning here: it is never spoken.
        { name: "no-tlsv11", usage: "", on_default: false, parse: |_, _, _| Ok(()) },
        /// Not TLS 1.2.
        { name: "no-tlsv12", usage: "", on_default: false, parse: |_, server, _| { server.options.tls.versions.min = Version::Tls13; Ok(()) } },
        /// Not TLS 1.3.
        { name: "no-tlsv13", usage: "", on_default: false, parse: |_, server, _| { server.options.tls.versions.max = Version::Tls12; Ok(()) } },
        /// A full handshake for every connection.
        { name: "no-ssl-reuse", usage: "", parse: |_, server, _| { server.options.tls.no_reuse = true; Ok(()) } },
        /// Undoes `no-ssl-reuse`.
        { name: "ssl-reuse", usage: "", parse: |_, server, _| { server.options.tls.no_reuse = false; Ok(()) } },
        /// Does not resume by tickets.
        { name: "no-tls-tickets", usage: "", parse: |_, server, _| { server.options.tls.no_tickets = true; Ok(()) } },
        /// Undoes `no-tls-tickets`.
        { name: "tls-tickets", usage: "", parse: |_, server, _| { server.options.tls.no_tickets = false; Ok(()) } },
    ];
}

fn sni(args: &mut Args<'_>, server: &mut Server, draft: &mut Draft) -> Done {
    if args.is_empty() {
        return Err(Fault::new("'sni' : missing sni expression"));
    }
    draft.noted.context.set(Context { places: 1 << 10, word: "server" });
    let prefix = "error detected while parsing sni or pool-conn-name expressions : ";
    let expr = args.one_word_expr(draft).map_err(|fault| {
        let mut fault = fault.within(prefix);
        if fault.message.ends_with("available here") {
            fault.message.push('.');
        }
        fault
    })?;
    server.options.sni = Some(Arc::new(expr));
    Ok(())
}

fn verify(args: &mut Args<'_>, server: &mut Server, _: &mut Draft) -> Done {
    match args.next() {
        Some("none") => {
            server.options.tls.verify = None;
            server.options.facts.verify_none = true;
        }
        Some("required") => {
            server.options.facts.verify_none = false;
            server.options.facts.verify_required = true;
            server.options.tls.verify.get_or_insert(Authorities::System);
        }
        None => return Err(Fault::new("'verify' : missing verify method")),
        Some(other) => {
            return Err(Fault::new(format!(
                "'verify' : unknown verify method '{other}', only 'none' and 'required' are supported"
            )));
        }
    }
    Ok(())
}

/// What begins a sentence about this server, or about `default-server`.
pub(super) fn title(args: &Args<'_>, file: &str, proxy: &str, server: &Server) -> String {
    let own =
        if args.words_begin("default-server") { String::new() } else { format!("'server {proxy}/{}' : ", server.name) };
    format!("config : [{file}:{}] : {own}", args.place.line)
}

fn ca_file(args: &mut Args<'_>, server: &mut Server, draft: &mut Draft) -> Done {
    if args.is_empty() {
        return Err(Fault::new("'ca-file' : missing CAfile path"));
    }
    let path = pem::under(args.peek().unwrap_or_default(), draft.global.ca_base.as_deref());
    if let Err(reason) = pem::authorities(&path, draft) {
        let file = draft.files.get(args.place.file as usize).map_or("", String::as_str);
        let proxy = draft.proxy_ref().map_or("", |proxy| &proxy.name);
        let title = title(args, file, proxy, server);
        args.alert_bare(format!("{title}{reason}"));
        return Err(Fault::new(format!("config : 'ca-file' : unable to load {path}")).whole());
    }
    server.options.facts.ca_file = true;
    let authorities = match args.peek() {
        Some("@system-ca") => {
            args.next();
            Authorities::System
        }
        _ => Authorities::File(file(args, draft.global.ca_base.as_deref())?),
    };
    // `verify none` said before or later wins; the file then has no use.
    if server.options.tls.verify.is_some() {
        server.options.tls.verify = Some(authorities);
    }
    Ok(())
}

fn crl_file(args: &mut Args<'_>, server: &mut Server, draft: &mut Draft) -> Done {
    let Some(path) = args.peek() else { return Err(Fault::new("'crl-file' : missing CRLfile path")) };
    let path = pem::under(path, draft.global.ca_base.as_deref());
    if let Err(reason) = pem::authorities(&path, draft) {
        let file = draft.files.get(args.place.file as usize).map_or("", String::as_str);
        let proxy = draft.proxy_ref().map_or("", |proxy| &proxy.name);
        let title = title(args, file, proxy, server);
        args.alert_bare(format!("{title}{reason}"));
        return Err(Fault::new(format!("config : 'crl-file' : unable to load {path}")).whole());
    }
    server.options.tls.crl_file = Some(file(args, draft.global.ca_base.as_deref())?);
    Ok(())
}

fn crt(args: &mut Args<'_>, server: &mut Server, draft: &mut Draft) -> Done {
    let Some(path) = args.peek() else { return Err(Fault::new("'crt' : missing certificate file path")) };
    let path = pem::under(path, draft.global.crt_base.as_deref());
    if pem::stored(&path, draft).is_some() {
        args.not_yet("server ... crt @store");
    }
    server.options.facts.certificate = pem::certificate(&path, draft).err().map(|text| match text {
        text if text.ends_with('.') => text,
        text => format!("{text}."),
    });
    server.options.tls.certificate = Some(file(args, draft.global.crt_base.as_deref())?);
    Ok(())
}

/// A file below the base folder, unless its path is absolute.
fn file(args: &mut Args<'_>, base: Option<&str>) -> Result<PemSource, Fault> {
    let path = text(args)?;
    Ok(PemSource::File(match base {
        Some(base) if !path.starts_with('/') => std::path::Path::new(base).join(path),
        _ => path.into(),
    }))
}

fn alpn(args: &mut Args<'_>, server: &mut Server, _: &mut Draft) -> Done {
    let list = args.need("'alpn' : missing the comma-delimited ALPN protocol suite")?;
    server.options.tls.alpn = list.split(',').map(|name| name.as_bytes().to_vec()).collect();
    Ok(())
}

/// A version of TLS; the ones nobody should speak are raised to the oldest that is spoken.
pub(in crate::words) fn version(args: &mut Args<'_>) -> Result<Version, Fault> {
    let keyword = args.keyword().to_owned();
    match args.next() {
        Some("SSLv3" | "TLSv1.0" | "TLSv1.1" | "TLSv1.2") => Ok(Version::Tls12),
        Some("TLSv1.3") => Ok(Version::Tls13),
        None => Err(Fault::new(format!("'{keyword}' : missing the ssl/tls version"))),
        Some(other) => Err(Fault::new(format!("'{other}' : unknown ssl/tls version"))),
    }
}
