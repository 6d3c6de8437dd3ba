//! TLS on both sides of the proxy: rustls with aws-lc-rs, under OpenSSL's names and HAProxy's rules.
//!
//! TLS 1.2 and 1.3. It neither reads a configuration nor decides what a failed handshake means for a session.

/// Certificates and keys from PEM.
pub mod certs;
/// Connecting with TLS.
pub mod client;
/// Facts of a certificate.
/// Why a handshake failed.
pub mod failure;
/// OpenSSL's names.
pub mod names;
/// Accepting with TLS.
pub mod server;
/// Which certificate for which name.
mod sni;
/// A connection with TLS on top.
pub mod stream;
/// Whether to believe a certificate.
mod verify;

pub use client::TlsConnector;
pub use failure::HandshakeError;
pub use server::TlsAcceptor;
pub use stream::{TlsInfo, TlsStream};

use crate::model::tls::{Ciphers, Version, Versions};
use rustls::SupportedProtocolVersion;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

/// What keeps a TLS configuration from being used. The display is the sentence, without the line it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TlsError {
    /// A certificate file is not there.
    Stat {
        /// Its name.
        name: PathBuf,
        /// The system's words.
        cause: String,
    },
    /// A certificate file is not one.
    Load {
        /// Its name.
        name: PathBuf,
        /// What is wrong with it.
        cause: String,
    },
    /// There is no key for a certificate.
    NoKey {
        /// The file looked into last.
        name: PathBuf,
    },
    /// The key is another certificate's.
    KeyMismatch {
        /// The file.
        name: PathBuf,
    },
    /// A `ca-file` or a `crl-file` cannot be used.
    Authorities {
        /// Its name.
        name: PathBuf,
        /// What is wrong with it.
        cause: String,
    },
    /// `ciphers` leaves nothing.
    Ciphers(String),
    /// `ciphersuites` leaves nothing.
    CipherSuites(String),
    /// `curves` leaves nothing.
    Curves(String),
    /// No version is left.
    NoVersion,
    /// There is no certificate to present.
    NoCertificate,
    /// Anything else, in the library's words.
    Library(String),
}

impl fmt::Display for TlsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TlsError::Stat { name, cause } => {
                write!(f, "unable to stat SSL certificate from file '{}' : {cause}", name.display())
            }
            TlsError::Load { name, cause } => {
                write!(f, "unable to load certificate from file '{}': {cause}", name.display())
            }
            TlsError::NoKey { name } => write!(f, "No Private Key found in '{}'", name.display()),
            TlsError::KeyMismatch { name } => {
                write!(f, "inconsistencies between private key and certificate loaded '{}'", name.display())
            }
            TlsError::Authorities { name, cause } => {
                write!(f, "Couldn't open the ca-file '{}' ({cause})", name.display())
            }
            TlsError::Ciphers(text) => write!(f, "unable to set SSL cipher list to '{text}'"),
            TlsError::CipherSuites(text) => write!(f, "unable to set TLS 1.3 cipher suites to '{text}'"),
            TlsError::Curves(text) => write!(f, "unable to set SSL curves list to '{text}'"),
            TlsError::NoVersion => f.write_str("all SSL/TLS versions are disabled"),
            TlsError::NoCertificate => f.write_str("no SSL certificate specified"),
            TlsError::Library(words) => f.write_str(words),
        }
    }
}

impl std::error::Error for TlsError {}

impl From<rustls::Error> for TlsError {
    fn from(error: rustls::Error) -> Self {
        TlsError::Library(error.to_string())
    }
}

/// The algorithms that a `bind` or `server` line leaves.
fn provider(ciphers: &Ciphers, versions: Versions, curves: &[String]) -> Result<Arc<CryptoProvider>, TlsError> {
    let mut provider = aws_lc_rs::default_provider();
    provider.cipher_suites.clear();
    if versions.max >= Version::Tls13 {
        let text = ciphers.tls13.as_deref();
        let suites = names::tls13_suites(text);
        provider.cipher_suites.extend(suites.ok_or_else(|| TlsError::CipherSuites(text.unwrap_or("").to_owned()))?);
    }
    if versions.min <= Version::Tls12 {
        let text = ciphers.tls12.as_deref();
        let suites = names::tls12_suites(text);
        provider.cipher_suites.extend(suites.ok_or_else(|| TlsError::Ciphers(text.unwrap_or("").to_owned()))?);
    }
    if !curves.is_empty() {
        provider.kx_groups = names::groups(curves).ok_or_else(|| TlsError::Curves(curves.join(":")))?;
    }
    Ok(Arc::new(provider))
}

fn protocol_versions(versions: Versions) -> Result<&'static [&'static SupportedProtocolVersion], TlsError> {
    static NEWEST_FIRST: [&SupportedProtocolVersion; 2] = [&rustls::version::TLS13, &rustls::version::TLS12];
    let (newest, oldest) = NEWEST_FIRST.split_at(1);
    match (versions.min, versions.max) {
        (Version::Tls12, Version::Tls13) => Ok(&NEWEST_FIRST),
        (Version::Tls12, Version::Tls12) => Ok(oldest),
        (Version::Tls13, Version::Tls13) => Ok(newest),
        (Version::Tls13, Version::Tls12) => Err(TlsError::NoVersion),
    }
}

#[cfg(test)]
mod tests;
