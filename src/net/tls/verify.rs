//! Whether to believe the other side's certificate: webpki's answer, with the latitude that HAProxy's users rely on.
//!
//! The latitude: a certificate that is itself in the `ca-file` is trusted while it is valid (self-signed servers and
//! clients), and so is one of version 1, without extensions, that an authority of the `ca-file` signed itself; a name
//! may be absent, and a common name counts as a name. Signatures are always checked.

use super::TlsError;
use super::certs;
use crate::model::tls::{Authorities, PemSource};
use crate::proto::der;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{
    CertificateDer, ServerName, SignatureVerificationAlgorithm, SubjectPublicKeyInfoDer, UnixTime,
};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{CertificateError, DigitallySignedStruct, DistinguishedName, Error, PeerMisbehaved, RootCertStore};
use rustls::{SignatureScheme, SupportedProtocolVersion};
use std::sync::Arc;

/// Checks the servers of one `server … ssl` line.
#[derive(Debug)]
pub(super) struct ServerVerifier {
    /// `None` for `verify none`.
    chain: Option<Arc<WebPkiServerVerifier>>,
    trusted: Trusted,
    /// The name to look for when the connection has no SNI.
    fixed_name: Option<String>,
    algorithms: WebPkiSupportedAlgorithms,
}

/// Checks the clients of one `bind … ssl verify` line.
#[derive(Debug)]
pub(super) struct ClientVerifier {
    chain: Arc<dyn ClientCertVerifier>,
    trusted: Trusted,
    algorithms: WebPkiSupportedAlgorithms,
}

/// The certificates of a `ca-file`, which are believed for their own sake.
#[derive(Debug, Default)]
struct Trusted {
    certificates: Vec<CertificateDer<'static>>,
    algorithms: &'static [&'static dyn SignatureVerificationAlgorithm],
    /// With revocation lists, only webpki's chains count: it alone reads them.
    has_revocations: bool,
}

impl ServerVerifier {
    /// A verifier for these authorities; `None` believes every certificate.
    pub(super) fn new(
        authorities: Option<&Authorities>,
        crl_file: Option<&PemSource>,
        fixed_name: Option<String>,
        provider: &Arc<CryptoProvider>,
    ) -> Result<ServerVerifier, TlsError> {
        let algorithms = provider.signature_verification_algorithms;
        let Some(authorities) = authorities else {
            return Ok(ServerVerifier { chain: None, trusted: Trusted::default(), fixed_name, algorithms });
        };
        let (roots, trusted) = Trusted::new(authorities, crl_file, provider)?;
        let mut builder = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider.clone());
        if let Some(source) = crl_file {
            builder = builder.with_crls(certs::revocation_lists(source)?).enforce_revocation_expiration();
        }
        let chain = builder.build().map_err(|error| TlsError::Library(error.to_string()))?;
        Ok(ServerVerifier { chain: Some(chain), trusted, fixed_name, algorithms })
    }
}

impl ServerCertVerifier for ServerVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let Some(chain) = &self.chain else { return Ok(ServerCertVerified::assertion()) };
        if !self.trusted.holds(end_entity, now)? {
            match chain.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now) {
                // The chain is good: webpki looks at the name last, and the name is our own affair.
                Ok(_)
                | Err(Error::InvalidCertificate(
                    CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
                )) => {}
                Err(error) => return Err(error),
            }
        }
        let wanted = match server_name {
            ServerName::DnsName(sni) => Some(sni.as_ref()),
            _ => self.fixed_name.as_deref(),
        };
        if wanted.is_none_or(|wanted| bears_name(end_entity, wanted)) {
            Ok(ServerCertVerified::assertion())
        } else {
            Err(Error::InvalidCertificate(CertificateError::NotValidForName))
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        check_signature(&rustls::version::TLS12, message, cert, dss, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        check_signature(&rustls::version::TLS13, message, cert, dss, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

impl ClientVerifier {
    /// A verifier for these authorities, which lets clients without a certificate pass if it is optional.
    ///
    /// The authorities of `unnamed` count too, and clients are not told of them.
    pub(super) fn new(
        authorities: &Authorities,
        is_optional: bool,
        unnamed: Option<&PemSource>,
        crl_file: Option<&PemSource>,
        provider: &Arc<CryptoProvider>,
    ) -> Result<ClientVerifier, TlsError> {
        let (mut roots, mut trusted) = Trusted::new(authorities, crl_file, provider)?;
        let named = roots.subjects();
        if let Some(source) = unnamed {
            let (more, certificates) = certs::authorities(source)?;
            roots.extend(more.roots);
            trusted.certificates.extend(certificates);
        }
        let mut builder = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider.clone())
            .clear_root_hint_subjects()
            .add_root_hint_subjects(named);
        if let Some(source) = crl_file {
            builder = builder.with_crls(certs::revocation_lists(source)?).enforce_revocation_expiration();
        }
        if is_optional {
            builder = builder.allow_unauthenticated();
        }
        let chain = builder.build().map_err(|error| TlsError::Library(error.to_string()))?;
        Ok(ClientVerifier { chain, trusted, algorithms: provider.signature_verification_algorithms })
    }
}

impl ClientCertVerifier for ClientVerifier {
    fn client_auth_mandatory(&self) -> bool {
        self.chain.client_auth_mandatory()
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        self.chain.root_hint_subjects()
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        if self.trusted.holds(end_entity, now)? {
            return Ok(ClientCertVerified::assertion());
        }
        self.chain.verify_client_cert(end_entity, intermediates, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        check_signature(&rustls::version::TLS12, message, cert, dss, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        check_signature(&rustls::version::TLS13, message, cert, dss, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

impl Trusted {
    fn new(
        authorities: &Authorities,
        crl_file: Option<&PemSource>,
        provider: &CryptoProvider,
    ) -> Result<(RootCertStore, Trusted), TlsError> {
        let (roots, certificates) = match authorities {
            Authorities::File(source) => certs::authorities(source)?,
            Authorities::System => (certs::system_authorities()?, Vec::new()),
        };
        let algorithms = provider.signature_verification_algorithms.all;
        Ok((roots, Trusted { certificates, algorithms, has_revocations: crl_file.is_some() }))
    }

    /// Whether this certificate is to be believed without webpki. One that is ours but not valid now is an error.
    fn holds(&self, certificate: &CertificateDer<'_>, now: UnixTime) -> Result<bool, Error> {
        let is_ours = self.certificates.iter().any(|ours| ours == certificate);
        if !is_ours && (self.has_revocations || !self.signed_version_1(certificate)) {
            return Ok(false);
        }
        let facts = der::facts(certificate).ok_or(Error::InvalidCertificate(CertificateError::BadEncoding))?;
        let now_s = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
        if now_s < facts.not_before_s {
            return Err(Error::InvalidCertificate(CertificateError::NotValidYet));
        }
        if now_s > facts.not_after_s {
            return Err(Error::InvalidCertificate(CertificateError::Expired));
        }
        Ok(true)
    }

    /// Whether this is a certificate of version 1 that one of ours signed. It has no extension that could forbid it.
    fn signed_version_1(&self, certificate: &CertificateDer<'_>) -> bool {
        let Some(parts) = der::signed(certificate).filter(|parts| parts.is_version_1) else { return false };
        self.certificates.iter().any(|authority| {
            let is_issuer = der::signed(authority).is_some_and(|issuer| issuer.subject == parts.issuer);
            is_issuer && der::facts(authority).is_some_and(|facts| self.key_fits(&facts.public_key_info, &parts))
        })
    }

    fn key_fits(&self, public_key_info: &[u8], parts: &der::Signed<'_>) -> bool {
        let Some((identifier, key)) = der::key_parts(public_key_info) else { return false };
        self.algorithms
            .iter()
            .filter(|algorithm| algorithm.public_key_alg_id().as_ref() == identifier)
            .filter(|algorithm| algorithm.signature_alg_id().as_ref() == parts.algorithm)
            .any(|algorithm| algorithm.verify_signature(key, parts.signed, parts.signature).is_ok())
    }
}

/// Whether a certificate is for this name: a DNS name or a common name of it, exact or `*.` and one label.
fn bears_name(certificate: &CertificateDer<'_>, wanted: &str) -> bool {
    let Some(facts) = der::facts(certificate) else { return false };
    facts.dns_names.iter().chain(&facts.common_names).any(|name| name_matches(name, wanted))
}

fn name_matches(pattern: &str, wanted: &str) -> bool {
    match pattern.strip_prefix('*') {
        Some(suffix) if suffix.starts_with('.') => wanted.find('.').is_some_and(|dot| {
            let (label, rest) = wanted.split_at(dot);
            !label.is_empty() && rest.eq_ignore_ascii_case(suffix)
        }),
        _ => pattern.eq_ignore_ascii_case(wanted),
    }
}

/// Checks a handshake signature, also of certificates that webpki does not read, such as those of version 1.
fn check_signature(
    version: &SupportedProtocolVersion,
    message: &[u8],
    cert: &CertificateDer<'_>,
    dss: &DigitallySignedStruct,
    algorithms: &WebPkiSupportedAlgorithms,
) -> Result<HandshakeSignatureValid, Error> {
    let is_tls13 = version.version == rustls::ProtocolVersion::TLSv1_3;
    let checked = if is_tls13 {
        verify_tls13_signature(message, cert, dss, algorithms)
    } else {
        verify_tls12_signature(message, cert, dss, algorithms)
    };
    let unread = match checked {
        Err(Error::InvalidCertificate(CertificateError::BadSignature)) => return checked,
        Err(Error::InvalidCertificate(reason)) => Error::InvalidCertificate(reason),
        checked => return checked,
    };
    let Some(facts) = der::facts(cert) else { return Err(unread) };
    if is_tls13 {
        let key = SubjectPublicKeyInfoDer::from(facts.public_key_info);
        return rustls::crypto::verify_tls13_signature_with_raw_key(message, &key, dss, algorithms);
    }
    let Some((identifier, key)) = der::key_parts(&facts.public_key_info) else { return Err(unread) };
    let candidates = algorithms
        .mapping
        .iter()
        .find(|(scheme, _)| *scheme == dss.scheme)
        .ok_or(Error::PeerMisbehaved(PeerMisbehaved::SignedHandshakeWithUnadvertisedSigScheme))?
        .1;
    let fits = candidates
        .iter()
        .filter(|algorithm| algorithm.public_key_alg_id().as_ref() == identifier)
        .any(|algorithm| algorithm.verify_signature(key, message, dss.signature()).is_ok());
    if fits {
        Ok(HandshakeSignatureValid::assertion())
    } else {
        Err(Error::InvalidCertificate(CertificateError::BadSignature))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wildcard_stands_for_one_label() {
        assert!(name_matches("a.example", "A.Example"));
        assert!(name_matches("*.example", "a.example"));
        assert!(!name_matches("*.example", "a.b.example"));
        assert!(!name_matches("*.example", ".example"));
        assert!(!name_matches("*.example", "example"));
        assert!(!name_matches("*", "example"));
    }
}
