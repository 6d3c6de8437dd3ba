//! Certificates and keys from PEM: files, folders, bundles, or text already read. Choosing among them is `sni`'s.

use super::TlsError;
use crate::model::tls::PemSource;
use crate::net::system_words;
use crate::proto::der;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, CertificateRevocationListDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use rustls::{RootCertStore, SignatureAlgorithm};
use std::borrow::Cow;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How many files a `crt` folder may hold.
pub const FOLDER_FILES_MAX: usize = 100_000;

/// The endings that name one certificate for each kind of key: `site.pem.rsa`, `site.pem.ecdsa`.
const BUNDLE_KINDS: [&str; 3] = ["rsa", "ecdsa", "dsa"];

/// The endings of the files that accompany a certificate.
const COMPANIONS: [&str; 5] = ["key", "ocsp", "issuer", "sctl", "crl"];

/// A certificate, its chain and its key, ready to be presented.
#[derive(Debug)]
pub struct Certificate {
    /// The name of its file.
    pub name: PathBuf,
    /// The chain, leaf first, and the key.
    pub(super) signed: Arc<CertifiedKey>,
    /// The names it is for: the DNS names and the common names.
    pub(super) names: Vec<String>,
    /// Whether its key is on an elliptic curve.
    pub(super) is_elliptic: bool,
}

impl Certificate {
    /// The leaf, DER.
    pub fn leaf(&self) -> &[u8] {
        self.signed.cert.first().map_or(&[], |leaf| leaf)
    }
}

/// Loads all that a `crt` word names: one file, the certificates of a bundle, or a folder in alphabetical order.
pub(super) fn load(source: &PemSource) -> Result<Vec<Certificate>, TlsError> {
    let path = match source {
        PemSource::Bytes { name, pem } => return Ok(vec![certificate(name, pem)?]),
        PemSource::File(path) => path,
    };
    match std::fs::metadata(path) {
        Ok(found) if found.is_dir() => files_of(path)?.iter().map(|file| load_file(file)).collect(),
        Ok(_) => Ok(vec![load_file(path)?]),
        Err(error) => {
            let parts: Vec<PathBuf> =
                BUNDLE_KINDS.iter().map(|kind| with_suffix(path, kind)).filter(|part| part.is_file()).collect();
            if parts.is_empty() {
                return Err(TlsError::Stat { name: path.clone(), cause: system_words(&error) });
            }
            parts.iter().map(|part| load_file(part)).collect()
        }
    }
}

/// The certificates of a `ca-file`, and the same as trust anchors.
pub(super) fn authorities(source: &PemSource) -> Result<(RootCertStore, Vec<CertificateDer<'static>>), TlsError> {
    let (name, pem) = read(source)?;
    let certificates: Vec<CertificateDer<'static>> =
        CertificateDer::pem_slice_iter(&pem).filter_map(Result::ok).collect();
    let refused = |cause: &str| TlsError::Authorities { name: name.to_path_buf(), cause: cause.to_owned() };
    if certificates.is_empty() {
        return Err(refused("no certificate or crl found"));
    }
    let mut roots = RootCertStore::empty();
    let (added, _) = roots.add_parsable_certificates(certificates.iter().cloned());
    if added == 0 {
        return Err(refused("no certificate can be used"));
    }
    Ok((roots, certificates))
}

/// The machine's own authorities.
pub(super) fn system_authorities() -> Result<RootCertStore, TlsError> {
    let found = rustls_native_certs::load_native_certs();
    let mut roots = RootCertStore::empty();
    let (added, _) = roots.add_parsable_certificates(found.certs);
    if added == 0 {
        return Err(TlsError::Authorities { name: "@system-ca".into(), cause: "no certificate or crl found".into() });
    }
    Ok(roots)
}

/// The revocation lists of a `crl-file`.
pub(super) fn revocation_lists(source: &PemSource) -> Result<Vec<CertificateRevocationListDer<'static>>, TlsError> {
    let (_, pem) = read(source)?;
    Ok(CertificateRevocationListDer::pem_slice_iter(&pem).filter_map(Result::ok).collect())
}

fn read(source: &PemSource) -> Result<(&Path, Cow<'_, [u8]>), TlsError> {
    match source {
        PemSource::Bytes { name, pem } => Ok((name, Cow::Borrowed(pem))),
        PemSource::File(path) => match std::fs::read(path) {
            Ok(pem) => Ok((path, Cow::Owned(pem))),
            Err(error) => Err(TlsError::Authorities { name: path.clone(), cause: system_words(&error) }),
        },
    }
}

fn files_of(folder: &Path) -> Result<Vec<PathBuf>, TlsError> {
    let unreadable = |error: std::io::Error| TlsError::Load { name: folder.to_path_buf(), cause: system_words(&error) };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)?.take(FOLDER_FILES_MAX) {
        let path = entry.map_err(unreadable)?.path();
        let is_hidden = path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
        let is_companion = COMPANIONS.iter().any(|ending| path.extension() == Some(OsStr::new(ending)));
        if path.is_file() && !is_hidden && !is_companion {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn load_file(path: &Path) -> Result<Certificate, TlsError> {
    let pem = std::fs::read(path)
        .map_err(|error| TlsError::Stat { name: path.to_path_buf(), cause: system_words(&error) })?;
    certificate(path, &pem)
}

fn certificate(name: &Path, pem: &[u8]) -> Result<Certificate, TlsError> {
    let broken = |cause: &str| TlsError::Load { name: name.to_path_buf(), cause: cause.to_owned() };
    let chain =
        CertificateDer::pem_slice_iter(pem).collect::<Result<Vec<_>, _>>().map_err(|_| broken("bad end line"))?;
    let leaf = chain.first().ok_or_else(|| broken("no start line"))?;
    let facts = der::facts(leaf).ok_or_else(|| broken("bad object header"))?;
    let key = match PrivateKeyDer::from_pem_slice(pem) {
        Ok(key) => key,
        Err(_) => key_beside(name).ok_or_else(|| TlsError::NoKey { name: with_suffix(name, "key") })?,
    };
    let signer = rustls::crypto::aws_lc_rs::sign::any_supported_type(&key)
        .map_err(|_| broken("this kind of private key is not supported"))?;
    let theirs = signer.public_key();
    if theirs.is_some_and(|theirs| theirs.as_ref() != facts.public_key_info) {
        return Err(TlsError::KeyMismatch { name: name.to_path_buf() });
    }
    let is_elliptic = signer.algorithm() != SignatureAlgorithm::RSA;
    let mut signed = CertifiedKey::new(chain, signer);
    signed.ocsp = std::fs::read(with_suffix(name, "ocsp")).ok().filter(|ocsp| !ocsp.is_empty());
    let mut names = facts.dns_names;
    names.extend(facts.common_names);
    Ok(Certificate { name: name.to_path_buf(), signed: Arc::new(signed), names, is_elliptic })
}

/// The key in `site.crt.key`, or in `site.key` beside `site.crt`.
fn key_beside(name: &Path) -> Option<PrivateKeyDer<'static>> {
    [with_suffix(name, "key"), name.with_extension("key")]
        .iter()
        .filter_map(|path| std::fs::read(path).ok())
        .find_map(|pem| PrivateKeyDer::from_pem_slice(&pem).ok())
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(".");
    name.push(suffix);
    PathBuf::from(name)
}
