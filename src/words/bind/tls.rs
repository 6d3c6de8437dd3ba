//! The TLS side of a listening socket.

use std::path::Path;

use crate::model::bind::Bind;
use crate::model::draft::Draft;
use crate::model::tls::{Authorities, CertificateSource, ClientAuth, PemSource, Version, Versions};
use crate::spec;
use crate::spec::{Args, BindOption, Done, Fault, Since};
use crate::words::pem;
use crate::words::server::version;

use super::socket::{text, word};

spec! {
    /// TLS.
    pub static TLS: [BindOption] = [
        /// Speaks TLS to clients.
        { name: "ssl", usage: "", parse: |_, bind, _| { bind.ssl = true; Ok(()) } },
        /// A certificate with its key, or a folder of them. The first one is for clients that name no host or an unknown one.
        { name: "crt", usage: "<file|folder>", parse: crt },
        /// The certificate for clients that name no host or an unknown one.
        { name: "default-crt", since: Since::V3_0, usage: "<file>", parse: default_crt },
        /// Refuses clients that name no host or an unknown one.
        { name: "strict-sni", usage: "", parse: |_, bind, _| { bind.tls.strict_sni = true; Ok(()) } },
        /// Protocols agreed to in the handshake, by preference.
        { name: "alpn", usage: "<protocol>[,...]", parse: alpn },
        /// No protocol is agreed to.
        { name: "no-alpn", since: Since::V2_8, usage: "", parse: |_, bind, _| { bind.tls.alpn.clear(); bind.alpn_said = true; Ok(()) } },
        /// Protocols agreed to by NPN, which no library speaks any more. It has no meaning here.
        { name: "npn", usage: "<protocol>[,...]", parse: |args, _, _| word(args, "missing the comma-delimited NPN protocol suite").map(|_| ()) },
        /// Whether clients must show a certificate.
        { name: "verify", usage: "none|optional|required", parse: verify },
        /// The authorities trusted to sign client certificates.
        { name: "ca-file", usage: "<file>", parse: ca_file },
        /// Client certificates that were revoked.
        { name: "crl-file", usage: "<file>", parse: crl_file },
        /// Cipher suites of TLS 1.2.
        { name: "ciphers", usage: "<list>", parse: |args, bind, _| { bind.tls.ciphers.tls12 = Some(word(args, "missing cipher suite")?); Ok(()) } },
        /// Cipher suites of TLS 1.3.
        { name: "ciphersuites", usage: "<list>", parse: |args, bind, _| { bind.tls.ciphers.tls13 = Some(word(args, "missing cipher suite")?); Ok(()) } },
        /// Curves by preference.
        { name: "curves", usage: "<list>", parse: curves },
        /// The same under its old name.
        { name: "ecdhe", usage: "<name>", parse: curves },
        /// The oldest version spoken.
        { name: "ssl-min-ver", usage: "<version>", parse: |args, bind, _| { bind.tls.versions.min = version(args)?; Ok(()) } },
        /// The newest version spoken.
        { name: "ssl-max-ver", usage: "<version>", parse: |args, bind, _| { bind.tls.versions.max = version(args)?; Ok(()) } },
        /// TLS 1.2 and nothing else.
        { name: "force-tlsv12", usage: "", parse: |_, bind, _| { bind.tls.versions = Versions { min: Version::Tls12, max: Version::Tls12 }; Ok(()) } },
        /// TLS 1.3 and nothing else.
        { name: "force-tlsv13", usage: "", parse: |_, bind, _| { bind.tls.versions = Versions { min: Version::Tls13, max: Version::Tls13 }; Ok(()) } },
        /// Not SSL 3. It has no meaning here: it is never spoken.
        { name: "no-sslv3", usage: "", parse: |_, _, _| Ok(()) },
        /// Not TLS 1.0. It has no meaning here: it is never spoken.
        { name: "no-tlsv10", usage: "", parse: |_, _, _| Ok(()) },
        /// Not TLS 1.1. It has no meaning here: it is never spoken.
        { name: "no-tlsv11", usage: "", parse: |_, _, _| Ok(()) },
        /// Not TLS 1.2.
        { name: "no-tlsv12", usage: "", parse: |_, bind, _| { bind.tls.versions.min = Version::Tls13; Ok(()) } },
        /// Not TLS 1.3.
        { name: "no-tlsv13", usage: "", parse: |_, bind, _| { bind.tls.versions.max = Version::Tls12; Ok(()) } },
        /// Does not resume by tickets.
        { name: "no-tls-tickets", usage: "", parse: |_, bind, _| { bind.tls.no_tickets = true; Ok(()) } },
        /// Undoes `no-tls-tickets`.
        { name: "tls-tickets", since: Since::V3_2, usage: "", parse: |_, bind, _| { bind.tls.no_tickets = false; Ok(()) } },
        /// Follows the client's order of cipher suites.
        { name: "prefer-client-ciphers", usage: "", parse: |_, bind, _| { bind.tls.prefer_client_ciphers = true; Ok(()) } },
        /// Takes data in the first flight of TLS 1.3. It has no meaning here: early data is not taken, and clients send it again.
        { name: "allow-0rtt", usage: "", parse: |_, _, _| Ok(()) },
    ];
}

/// A file below the base folder, unless its path is absolute.
fn file(args: &mut Args<'_>, base: Option<&str>) -> Result<PemSource, Fault> {
    let path = text(args)?;
    Ok(PemSource::File(match base {
        Some(base) if !path.starts_with('/') => Path::new(base).join(path),
        _ => path.into(),
    }))
}

/// Parameters of the Diffie-Hellman exchange that OpenSSL finds too short.
const DH_BITS_MIN: u64 = 2048;

/// Warns when a certificate of RSA would get parameters that are too short.
fn weak_exchange(args: &mut Args<'_>, bind: &Bind, draft: &Draft, path: &str) {
    let Some(bits) = draft.global.dh_bits.filter(|bits| *bits < DH_BITS_MIN) else { return };
    if pem::wants_exchange(path, draft) {
        let (source, section) = (&bind.source, args.section.word());
        args.warn(format!(
            "'bind {source}' in section '{section}' : \n  unable to load default {bits} bits DH parameter for certificate \
             '{path}'.\n  , DH ciphers won't be available."
        ));
    }
}

fn crt(args: &mut Args<'_>, bind: &mut Bind, draft: &mut Draft) -> Done {
    let Some(path) = args.peek() else { return Err(Fault::new("'crt' : missing certificate location")) };
    let path = pem::under(path, draft.global.crt_base.as_deref());
    bind.facts.certificates += found(args, &path, draft)?;
    weak_exchange(args, bind, draft, &path);
    let pem = file(args, draft.global.crt_base.as_deref())?;
    bind.tls.certificates.push(CertificateSource::new(pem));
    Ok(())
}

/// How many certificates stand at a path, or in a `crt-store` by this name.
fn found(args: &mut Args<'_>, path: &str, draft: &Draft) -> Result<usize, Fault> {
    match pem::stored(path, draft) {
        Some(false) => {
            let text = format!("unable to load SSL private key into SSL Context '{path}': passed a null parameter.");
            return Err(Fault::new(text));
        }
        Some(true) => args.not_yet("bind ... crt @store"),
        None => {}
    }
    pem::certificates(path, draft).map_err(Fault::new)
}

fn default_crt(args: &mut Args<'_>, bind: &mut Bind, draft: &mut Draft) -> Done {
    let Some(path) = args.peek() else { return Err(Fault::new("'default-crt' : missing certificate location")) };
    let path = pem::under(path, draft.global.crt_base.as_deref());
    bind.facts.certificates += found(args, &path, draft)?;
    let pem = file(args, draft.global.crt_base.as_deref())?;
    bind.tls.default_certificates.push(CertificateSource::new(pem));
    Ok(())
}

fn alpn(args: &mut Args<'_>, bind: &mut Bind, _: &mut Draft) -> Done {
    if args.is_empty() {
        return Err(Fault::new("'alpn' : missing the comma-delimited ALPN protocol suite"));
    }
    bind.tls.alpn = text(args)?.split(',').map(|name| name.as_bytes().to_vec()).collect();
    bind.alpn_said = true;
    Ok(())
}

fn verify(args: &mut Args<'_>, bind: &mut Bind, _: &mut Draft) -> Done {
    let authorities = match std::mem::take(&mut bind.tls.client_auth) {
        ClientAuth::Optional(known) | ClientAuth::Required(known) => known,
        ClientAuth::None => Authorities::System,
    };
    bind.tls.client_auth = match args.next() {
        Some("none") => ClientAuth::None,
        Some("optional") => ClientAuth::Optional(authorities),
        Some("required") => ClientAuth::Required(authorities),
        None => return Err(Fault::new("'verify' : missing verify method")),
        Some(other) => {
            let message = format!(
                "'verify' : unknown verify method '{other}', only 'none', 'optional', and 'required' are supported"
            );
            return Err(Fault::new(message));
        }
    };
    Ok(())
}

fn ca_file(args: &mut Args<'_>, bind: &mut Bind, draft: &mut Draft) -> Done {
    if args.is_empty() {
        return Err(Fault::new("'ca-file' : missing CAfile path"));
    }
    let path = pem::under(args.peek().unwrap_or_default(), draft.global.ca_base.as_deref());
    if let Err(reason) = pem::authorities(&path, draft) {
        args.alert_bare(format!("config : {reason}"));
        return Err(Fault::new(format!("'ca-file' : unable to load {path}")));
    }
    bind.facts.ca_file = true;
    let authorities = match args.peek() {
        Some("@system-ca") => {
            args.next();
            Authorities::System
        }
        _ => Authorities::File(file(args, draft.global.ca_base.as_deref())?),
    };
    bind.authorities = Some(authorities);
    Ok(())
}

fn crl_file(args: &mut Args<'_>, bind: &mut Bind, draft: &mut Draft) -> Done {
    let Some(path) = args.peek() else { return Err(Fault::new("'crl-file' : missing CRLfile path")) };
    let path = pem::under(path, draft.global.ca_base.as_deref());
    if let Err(reason) = pem::authorities(&path, draft) {
        args.alert_bare(format!("config : {reason}"));
        return Err(Fault::new(format!("'crl-file' : unable to load {path}")));
    }
    bind.tls.crl_file = Some(file(args, draft.global.ca_base.as_deref())?);
    Ok(())
}

fn curves(args: &mut Args<'_>, bind: &mut Bind, _: &mut Draft) -> Done {
    let old = args.keyword() == "ecdhe";
    let text = word(args, if old { "missing named curve" } else { "missing curve suite" })?;
    let [curves, ecdhe] = &mut bind.facts.curves;
    if !old || curves.is_none() {
        bind.tls.curves = text.split(':').map(str::to_owned).collect();
    }
    *(if old { ecdhe } else { curves }) = Some(text);
    Ok(())
}
