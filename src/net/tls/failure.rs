//! Why a TLS handshake failed, in the words that HAProxy and OpenSSL have for it; nothing here decides what follows.

use rustls::{AlertDescription, CertificateError, Error, PeerIncompatible};
use std::fmt;
use std::io;

/// What a log says when the caller's own timeout ended a handshake.
pub const TIMEOUT_WORDS: &str = "Timeout during SSL handshake";

/// Why a handshake failed.
#[derive(Debug)]
pub enum HandshakeError {
    /// The other side closed the connection in the middle.
    Closed,
    /// The connection broke.
    Io(io::Error),
    /// The certificate of the other side is not trusted, expired, revoked…
    Untrusted(CertificateError),
    /// The server's certificate is a good one, for another name.
    WrongName,
    /// The handshake itself went wrong, with OpenSSL's reason where it has one.
    Failed(Option<Reason>),
}

/// A reason as OpenSSL numbers and words it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reason {
    /// The reason's number, without the library's.
    pub code: u16,
    /// Its words. `None`: OpenSSL has none.
    pub text: Option<&'static str>,
}

impl HandshakeError {
    /// The end of the log line of a client's failed handshake, after `frontend/bind: `.
    pub fn client_words(&self) -> ClientWords<'_> {
        ClientWords(self)
    }

    /// What a health check reports of a server's failed handshake.
    pub fn check_words(&self) -> &'static str {
        match self {
            HandshakeError::WrongName => "Server presented an SSL certificate different from the configured one",
            _ => "SSL handshake failure",
        }
    }

    /// The failure for what the TLS library says.
    pub(super) fn of(error: Error) -> HandshakeError {
        match error {
            Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            ) => HandshakeError::WrongName,
            Error::InvalidCertificate(reason) => HandshakeError::Untrusted(reason),
            Error::AlertReceived(alert) => HandshakeError::Failed(Some(alert_reason(alert))),
            other => HandshakeError::Failed(local_reason(&other)),
        }
    }

    pub(super) fn reason(code: u16, text: &'static str) -> HandshakeError {
        HandshakeError::Failed(Some(Reason { code, text: Some(text) }))
    }
}

/// Prints [`HandshakeError::client_words`].
#[derive(Debug, Clone, Copy)]
pub struct ClientWords<'a>(&'a HandshakeError);

impl fmt::Display for ClientWords<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            HandshakeError::Closed => f.write_str("Connection closed during SSL handshake"),
            HandshakeError::Untrusted(_) => f.write_str("SSL client certificate not trusted"),
            HandshakeError::Failed(Some(reason)) => write!(f, "SSL handshake failure ({reason})"),
            HandshakeError::Failed(None) | HandshakeError::Io(_) | HandshakeError::WrongName => {
                f.write_str("SSL handshake failure")
            }
        }
    }
}

/// `error:0A000418:SSL routines::tlsv1 alert unknown ca`
impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        /// OpenSSL's number of its TLS code.
        const LIBRARY: u32 = 20 << 23;
        write!(f, "error:{:08X}:SSL routines::", LIBRARY | u32::from(self.code))?;
        match self.text {
            Some(text) => f.write_str(text),
            None => write!(f, "reason({})", self.code),
        }
    }
}

impl fmt::Display for HandshakeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.client_words().fmt(f)
    }
}

impl std::error::Error for HandshakeError {}

/// For code that only knows I/O errors.
impl From<HandshakeError> for io::Error {
    fn from(error: HandshakeError) -> Self {
        match error {
            HandshakeError::Io(error) => error,
            HandshakeError::Closed => io::ErrorKind::UnexpectedEof.into(),
            other => io::Error::new(io::ErrorKind::InvalidData, other),
        }
    }
}

fn local_reason(error: &Error) -> Option<Reason> {
    let (code, text) = match error {
        Error::NoCertificatesPresented => (0xC7, "peer did not return a certificate"),
        Error::NoApplicationProtocol => (0xEB, "no application protocol"),
        Error::InappropriateMessage { .. } | Error::InappropriateHandshakeMessage { .. } => {
            (0xF4, "unexpected message")
        }
        Error::DecryptError => (0x119, "decryption failed or bad record mac"),
        Error::PeerIncompatible(
            PeerIncompatible::Tls12NotOffered
            | PeerIncompatible::Tls12NotOfferedOrEnabled
            | PeerIncompatible::Tls13RequiredForQuic
            | PeerIncompatible::SupportedVersionsExtensionRequired
            | PeerIncompatible::ServerDoesNotSupportTls12Or13
            // Every client of TLS 1.2 or later names its signature algorithms.
            | PeerIncompatible::SignatureAlgorithmsExtensionRequired,
        ) => (0x102, "unsupported protocol"),
        // No group in common is nearly always a client that only has key exchange with RSA.
        Error::PeerIncompatible(PeerIncompatible::NoCipherSuitesInCommon | PeerIncompatible::NoKxGroupsInCommon) => {
            (0xC1, "no shared cipher")
        }
        Error::PeerIncompatible(
            PeerIncompatible::NoSignatureSchemesInCommon
            | PeerIncompatible::NoCertificateRequestSignatureSchemesInCommon,
        ) => (0x76, "no suitable signature algorithm"),
        _ => return None,
    };
    Some(Reason { code, text: Some(text) })
}

fn alert_reason(alert: AlertDescription) -> Reason {
    let number = u8::from(alert);
    let text = match number {
        10 => "ssl/tls alert unexpected message",
        20 => "ssl/tls alert bad record mac",
        21 => "tlsv1 alert decryption failed",
        22 => "tlsv1 alert record overflow",
        30 => "ssl/tls alert decompression failure",
        40 => "ssl/tls alert handshake failure",
        41 => "ssl/tls alert no certificate",
        42 => "ssl/tls alert bad certificate",
        43 => "ssl/tls alert unsupported certificate",
        44 => "ssl/tls alert certificate revoked",
        45 => "ssl/tls alert certificate expired",
        46 => "ssl/tls alert certificate unknown",
        47 => "ssl/tls alert illegal parameter",
        48 => "tlsv1 alert unknown ca",
        49 => "tlsv1 alert access denied",
        50 => "tlsv1 alert decode error",
        51 => "tlsv1 alert decrypt error",
        60 => "tlsv1 alert export restriction",
        70 => "tlsv1 alert protocol version",
        71 => "tlsv1 alert insufficient security",
        80 => "tlsv1 alert internal error",
        86 => "tlsv1 alert inappropriate fallback",
        90 => "tlsv1 alert user cancelled",
        100 => "tlsv1 alert no renegotiation",
        109 => "tlsv13 alert missing extension",
        110 => "tlsv1 unsupported extension",
        111 => "tlsv1 certificate unobtainable",
        112 => "tlsv1 unrecognized name",
        113 => "tlsv1 bad certificate status response",
        114 => "tlsv1 bad certificate hash value",
        115 => "tlsv1 alert unknown psk identity",
        116 => "tlsv13 alert certificate required",
        120 => "tlsv1 alert no application protocol",
        _ => return Reason { code: 1000 + u16::from(number), text: None },
    };
    // OpenSSL numbers the reasons for received alerts from 1000.
    Reason { code: 1000 + u16::from(number), text: Some(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_read_as_haproxy_logs_them() {
        let alert = HandshakeError::of(Error::AlertReceived(AlertDescription::UnknownCA));
        assert_eq!(
            alert.client_words().to_string(),
            "SSL handshake failure (error:0A000418:SSL routines::tlsv1 alert unknown ca)"
        );
        let alert = HandshakeError::of(Error::AlertReceived(AlertDescription::CloseNotify));
        assert!(alert.to_string().ends_with("(error:0A0003E8:SSL routines::reason(1000))"));
        let none = HandshakeError::of(Error::NoCertificatesPresented);
        assert!(none.to_string().ends_with("(error:0A0000C7:SSL routines::peer did not return a certificate)"));
        let bad = HandshakeError::of(Error::InvalidCertificate(CertificateError::Expired));
        assert_eq!(bad.to_string(), "SSL client certificate not trusted");
        assert_eq!(HandshakeError::Closed.to_string(), "Connection closed during SSL handshake");
        assert_eq!(HandshakeError::Io(io::ErrorKind::ConnectionReset.into()).to_string(), "SSL handshake failure");
        assert!(HandshakeError::WrongName.check_words().starts_with("Server presented an SSL certificate different"));
    }
}
