//! Whether a PEM file holds what a line asks of it, in HAProxy's sentences. The TLS rooms read it again to use it.

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, CertificateRevocationListDer, PrivateKeyDer};

use crate::model::draft::{Draft, Sections};
use crate::model::noted::DatedKind;
use crate::model::world::Kind;
use crate::spec::Since;

/// Files that stand beside a certificate and are none.
const COMPANIONS: [&str; 4] = [".issuer", ".ocsp", ".sctl", ".key"];

/// Certificates in one folder or list.
const FILES_MAX: usize = 65_536;

/// What a `crt-store` section remembers of a certificate with a key.
pub const WITH_KEY: &str = "certificate";
/// The same of one without.
pub const WITHOUT_KEY: &str = "keyless";

/// Whether a certificate of a `crt-store` has a key; none if no store has a certificate of this name.
pub fn stored(name: &str, draft: &Draft) -> Option<bool> {
    let stores = draft.others.iter().filter(|other| other.section == Sections::CRT_STORE);
    let mut said = stores.flat_map(|other| &other.said).filter(|(_, value)| value == name);
    said.find_map(|(word, _)| match word.as_str() {
        WITH_KEY => Some(true),
        WITHOUT_KEY => Some(false),
        _ => None,
    })
}

/// Whether a text has a certificate.
pub fn has_certificate(text: &[u8]) -> bool {
    CertificateDer::pem_slice_iter(text).any(|read| read.is_ok())
}

/// Whether a text has a key.
pub fn has_key(text: &[u8]) -> bool {
    PrivateKeyDer::from_pem_slice(text).is_ok()
}

/// Checks a certificate with its key, or a folder of them.
pub fn certificates(path: &str, draft: &Draft) -> Result<usize, String> {
    let world = draft.noted.world;
    if !world.real {
        return Ok(1);
    }
    match (world.kind)(path) {
        Ok(Kind::Folder) => {
            let mut found = 0;
            for file in (world.list)(path).into_iter().take(FILES_MAX) {
                let name = file.rsplit('/').next().unwrap_or_default();
                let skipped = name.starts_with('.') || COMPANIONS.iter().any(|ending| name.ends_with(ending));
                if !skipped && (world.kind)(&file) == Ok(Kind::File) {
                    certificate(&file, draft)?;
                    found += 1;
                }
            }
            Ok(found)
        }
        _ => certificate(path, draft).map(|()| 1),
    }
}

/// Checks one certificate with its key.
pub fn certificate(path: &str, draft: &Draft) -> Result<(), String> {
    let world = draft.noted.world;
    if let Some(keyed) = stored(path, draft) {
        let text = format!("unable to load SSL private key into SSL Context '{path}'");
        return if keyed { Ok(()) } else { Err(text) };
    }
    if !world.real {
        return Ok(());
    }
    let text = match (world.read)(path) {
        Ok(text) => text,
        Err(reason) => {
            let folder = (world.kind)(path) == Ok(Kind::Folder);
            let reason = if folder { "No such file or directory".to_owned() } else { reason };
            let bundle = ["rsa", "ecdsa", "dsa"].iter().any(|kind| (world.read)(&format!("{path}.{kind}")).is_ok());
            if bundle {
                return Ok(());
            }
            return Err(format!("unable to stat SSL certificate from file '{path}' : {reason}."));
        }
    };
    let chain: Vec<CertificateDer<'_>> = CertificateDer::pem_slice_iter(&text).filter_map(Result::ok).collect();
    if chain.is_empty() {
        return Err(format!("unable to load certificate from file '{path}': no start line."));
    }
    let beside = format!("{path}.key");
    let extra = (world.read)(&beside);
    let key = PrivateKeyDer::from_pem_slice(&text)
        .ok()
        .or_else(|| extra.as_ref().ok().and_then(|text| PrivateKeyDer::from_pem_slice(text).ok()));
    let Some(key) = key else { return Err(format!("No Private Key found in '{beside}'.")) };
    let owned = chain.into_iter().map(CertificateDer::into_owned).collect();
    let Ok(signer) = rustls::crypto::aws_lc_rs::sign::any_supported_type(&key) else { return Ok(()) };
    match rustls::sign::CertifiedKey::new(owned, signer).keys_match() {
        Err(rustls::Error::InconsistentKeys(rustls::InconsistentKeys::KeyMismatch)) => {
            Err(format!("inconsistencies between private key and certificate loaded '{path}'."))
        }
        _ => Ok(()),
    }
}

/// Whether a certificate's key is one of RSA, and no parameters of the Diffie-Hellman exchange stand beside it.
pub fn wants_exchange(path: &str, draft: &Draft) -> bool {
    let world = draft.noted.world;
    let Some(text) = Some(path).filter(|_| world.real).and_then(|path| (world.read)(path).ok()) else { return false };
    let own = text.windows(24).any(|part| part == b"-----BEGIN DH PARAMETERS");
    let key = PrivateKeyDer::from_pem_slice(&text).ok();
    let signer = key.and_then(|key| rustls::crypto::aws_lc_rs::sign::any_supported_type(&key).ok());
    !own && signer.is_some_and(|signer| signer.algorithm() == rustls::SignatureAlgorithm::RSA)
}

/// Checks a file or folder of authorities, or a list of revoked certificates.
pub fn authorities(path: &str, draft: &Draft) -> Result<(), String> {
    let world = draft.noted.world;
    if !world.real || path == "@system-ca" || (world.kind)(path) == Ok(Kind::Folder) {
        return Ok(());
    }
    let text = (world.read)(path).map_err(|reason| format!("Couldn't open the ca-file '{path}' ({reason})."))?;
    let certificate = CertificateDer::pem_slice_iter(&text).any(|read| read.is_ok());
    let revoked = CertificateRevocationListDer::pem_slice_iter(&text).any(|read| read.is_ok());
    // OpenSSL's own kind of certificate, with its trust, is one too.
    let trusted = text.windows(30).any(|part| part == b"-----BEGIN TRUSTED CERTIFICATE");
    if certificate || revoked || trusted {
        return Ok(());
    }
    Err(format!("Couldn't open the ca-file '{path}' (no certificate or crl found)."))
}

/// Checks a `crt-list`: its lines, and the certificates they name. Counts them.
pub fn list(path: &str, draft: &Draft) -> Result<usize, String> {
    let world = draft.noted.world;
    let text = match (world.read)(path) {
        Ok(text) => text,
        Err(_) if (world.kind)(path) == Ok(Kind::Folder) => return Ok(0),
        // What is not here may be where the configuration will run.
        Err(_) if !world.real => return Ok(1),
        Err(reason) => return Err(format!("cannot open file '{path}' : {reason}")),
    };
    let mut found = 0;
    for (at, line) in list_lines(&String::from_utf8_lossy(&text)) {
        if let Some(options) = line.split_once('[').and_then(|(_, rest)| rest.split_once(']')).map(|(inside, _)| inside)
        {
            let at = format!("{path}:{at}");
            list_options(options, &at, draft).map_err(|word| format!("parsing [{at}]: unknown ssl keyword {word}"))?;
        }
        let name = list_name(line);
        let file = under(name, draft.global.crt_base.as_deref());
        certificate(&file, draft)?;
        found += 1;
    }
    Ok(if world.real { found } else { found.max(1) })
}

/// The lines of a `crt-list` that name a certificate, each with its number.
pub fn list_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = (1..).zip(text.lines().map(str::trim));
    lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
}

/// The certificate that a line of a `crt-list` names.
pub fn list_name(line: &str) -> &str {
    line.split([' ', '\t', '[']).next().unwrap_or_default()
}

/// Options of a `crt-list` line that a `bind` line has too: name, how many values, and the release that brought it here.
#[rustfmt::skip]
pub static LIST_OPTIONS: &[(&str, usize, Since)] = &[
    ("allow-0rtt", 0, Since::BEFORE_2_2),
    ("alpn", 1, Since::BEFORE_2_2),
    ("ca-file", 1, Since::BEFORE_2_2),
    ("ca-verify-file", 1, Since::BEFORE_2_2),
    ("ciphers", 1, Since::BEFORE_2_2),
    ("ciphersuites", 1, Since::BEFORE_2_2),
    ("client-sigalgs", 1, Since::BY_3_0),
    ("crl-file", 1, Since::BEFORE_2_2),
    ("curves", 1, Since::BEFORE_2_2),
    ("ecdhe", 1, Since::BEFORE_2_2),
    ("ktls", 1, Since::V3_3),
    ("no-alpn", 0, Since::V2_8),
    ("no-ca-names", 0, Since::BEFORE_2_2),
    ("npn", 1, Since::BEFORE_2_2),
    ("sigalgs", 1, Since::BY_3_0),
    ("ssl-max-ver", 1, Since::BEFORE_2_2),
    ("ssl-min-ver", 1, Since::BEFORE_2_2),
    ("verify", 1, Since::BEFORE_2_2),
];

/// Options of a `crt-list` line that a `load` line has too; each takes a value.
pub static LOAD_OPTIONS: &[(&str, usize, Since)] = &[
    ("acme", 1, Since::V3_2),
    ("alias", 1, Since::V3_0),
    ("crt", 1, Since::V3_0),
    ("domains", 1, Since::V3_2),
    ("ips", 1, Since::BY_3_4),
    ("issuer", 1, Since::V3_0),
    ("key", 1, Since::V3_0),
    ("ocsp", 1, Since::V3_0),
    ("ocsp-update", 1, Since::V2_8),
    ("sctl", 1, Since::V3_0),
];

fn list_options(text: &str, at: &str, draft: &Draft) -> Result<(), String> {
    let mut words = text.split_whitespace();
    while let Some(word) = words.next() {
        let row = LIST_OPTIONS.iter().chain(LOAD_OPTIONS).find(|row| row.0 == word);
        let Some((name, values, since)) = row else { return Err(word.to_owned()) };
        if *since != Since::BEFORE_2_2 {
            draft.noted.date(DatedKind::ListOption, name);
        }
        let value = words.by_ref().take(*values).last();
        if let Some(section) = value.filter(|_| *name == "acme") {
            draft.noted.wants_acme(section, at.to_owned());
        }
    }
    Ok(())
}

/// A path below a base folder, unless it is absolute.
pub fn under(path: &str, base: Option<&str>) -> String {
    match base {
        Some(base) if !path.starts_with('/') && !path.starts_with('@') => {
            format!("{}/{path}", base.trim_end_matches('/'))
        }
        _ => path.to_owned(),
    }
}
