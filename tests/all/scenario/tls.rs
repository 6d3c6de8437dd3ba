//! Certificates made at test time, and the TLS sides of scripted clients and origins.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use rcgen::{CertificateParams, DnType, Issuer, KeyPair};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{ClientConfig, ClientConnection, ConnectionCommon, DigitallySignedStruct, ServerConfig, ServerConnection};
use rustls::{SignatureScheme, StreamOwned, SupportedProtocolVersion};

use super::file::Section;
use super::wire::{Sock, Wire};

/// Writes `ca.pem` and, per line `file name… [expired|self]`, a certificate with its key.
pub(crate) fn write_certs(dir: &Path, lines: &[String]) {
    let (issuer, ca_pem) = authority();
    fs::write(dir.join("ca.pem"), ca_pem).unwrap();
    for line in lines {
        let mut words: Vec<&str> = line.split_whitespace().collect();
        let flag = words.pop_if(|word| matches!(*word, "expired" | "self"));
        let Some((file, names)) = words.split_first() else { continue };
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(names.iter().map(|name| name.to_string()).collect::<Vec<_>>()).unwrap();
        params.distinguished_name.push(DnType::CommonName, names.first().copied().unwrap_or("none"));
        if flag == Some("expired") {
            params.not_before = rcgen::date_time_ymd(2001, 1, 1);
            params.not_after = rcgen::date_time_ymd(2002, 1, 1);
        }
        let cert = match flag {
            Some("self") => params.self_signed(&key),
            _ => params.signed_by(&key, issuer),
        };
        let path = dir.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, cert.unwrap().pem() + &key.serialize_pem()).unwrap();
    }
}

fn authority() -> &'static (Issuer<'static, KeyPair>, String) {
    static CA: OnceLock<(Issuer<'static, KeyPair>, String)> = OnceLock::new();
    CA.get_or_init(|| {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
        params.distinguished_name.push(DnType::CommonName, "Scenario CA");
        params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let pem = params.self_signed(&key).unwrap().pem();
        (Issuer::new(params, key), pem)
    })
}

/// The client side: `tls`, `sni=NAME`, `alpn=A,B`, `max=1.2`, `min=1.3`, `cert=FILE`.
pub(crate) fn client(sock: Sock, section: &Section, dir: &Path) -> Wire {
    let builder = ClientConfig::builder_with_provider(provider())
        .with_protocol_versions(&versions(section))
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Trusting));
    let mut config = match section.value("cert") {
        Some(file) => {
            let (chain, key) = read_pem(&dir.join(file));
            builder.with_client_auth_cert(chain, key).unwrap()
        }
        None => builder.with_no_client_auth(),
    };
    config.alpn_protocols = alpn(section);
    let sni = section.value("sni");
    config.enable_sni = sni.is_some();
    config.resumption = rustls::client::Resumption::disabled();
    let name = ServerName::try_from(sni.unwrap_or("none.example").to_string()).unwrap();
    let conn = ClientConnection::new(Arc::new(config), name).unwrap();
    Wire::Client(Box::new(StreamOwned::new(conn, sock)))
}

/// The origin side: `tls=FILE,FILE` served by SNI only if `strict`, else the first is the default; `alpn=A,B`.
pub(crate) fn server(sock: Sock, section: &Section, dir: &Path) -> Wire {
    let files = section.value("tls").unwrap_or_default();
    let keys = files.split(',').map(|file| {
        let (chain, key) = read_pem(&dir.join(file));
        Arc::new(CertifiedKey::from_der(chain, key, &provider()).unwrap())
    });
    let chooser = Chooser { keys: keys.collect(), strict: section.has("strict") };
    let mut config = ServerConfig::builder_with_provider(provider())
        .with_protocol_versions(&versions(section))
        .unwrap()
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(chooser));
    config.alpn_protocols = alpn(section);
    let conn = ServerConnection::new(Arc::new(config)).unwrap();
    Wire::Server(Box::new(StreamOwned::new(conn, sock)))
}

/// `TLSv1_3 alpn=h1 cert=a.example`: what a transcript says of a finished handshake.
pub(crate) fn agreed<T>(conn: &ConnectionCommon<T>) -> String {
    let version = conn.protocol_version().map_or("?".into(), |version| format!("{version:?}"));
    let alpn = conn.alpn_protocol().map_or("-".into(), |name| String::from_utf8_lossy(name).into_owned());
    let cert = conn
        .peer_certificates()
        .and_then(|chain| chain.first())
        .map_or(String::new(), |cert| format!(" cert={}", common_name(cert)));
    format!("{version} alpn={alpn}{cert}")
}

/// The subject's common name, by its object id and without an X.509 parser: it is the last CN of the certificate.
fn common_name(cert: &CertificateDer<'_>) -> String {
    let oid = [0x55, 0x04, 0x03];
    let at = cert.windows(3).rposition(|window| window == oid);
    let text = at.and_then(|at| {
        let len = usize::from(*cert.get(at + 4)?);
        cert.get(at + 5..at + 5 + len)
    });
    text.map_or("?".into(), |text| String::from_utf8_lossy(text).into_owned())
}

/// A failed handshake in a few words that do not depend on the library of the other side.
pub(crate) fn reason(error: &io::Error) -> String {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        Some(rustls::Error::AlertReceived(alert)) => format!("alert {alert:?}"),
        Some(other) => format!("error {other}"),
        None if error.kind() == io::ErrorKind::UnexpectedEof => "eof".into(),
        None => format!("{:?}", error.kind()),
    }
}

fn versions(section: &Section) -> Vec<&'static SupportedProtocolVersion> {
    let mut all = vec![&rustls::version::TLS12, &rustls::version::TLS13];
    all.retain(|version| match version.version {
        rustls::ProtocolVersion::TLSv1_2 => section.value("min") != Some("1.3"),
        _ => section.value("max") != Some("1.2"),
    });
    all
}

fn alpn(section: &Section) -> Vec<Vec<u8>> {
    section.value("alpn").map_or(Vec::new(), |list| list.split(',').map(|name| name.as_bytes().to_vec()).collect())
}

fn read_pem(path: &Path) -> (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>) {
    let pem = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let chain = CertificateDer::pem_slice_iter(&pem).map(Result::unwrap).collect();
    (chain, PrivateKeyDer::from_pem_slice(&pem).unwrap())
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(aws_lc_rs::default_provider())
}

#[derive(Debug)]
struct Chooser {
    keys: Vec<Arc<CertifiedKey>>,
    strict: bool,
}

impl ResolvesServerCert for Chooser {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let named = hello.server_name().and_then(|name| {
            let name = ServerName::try_from(name).ok()?;
            self.keys.iter().find(|key| {
                let leaf = key.cert.first().and_then(|cert| rustls::server::ParsedCertificate::try_from(cert).ok());
                leaf.is_some_and(|leaf| rustls::client::verify_server_name(&leaf, &name).is_ok())
            })
        });
        named.or(if self.strict { None } else { self.keys.first() }).cloned()
    }
}

/// Accepts every certificate: what the proxy presents is recorded, not judged.
#[derive(Debug)]
struct Trusting;

impl ServerCertVerifier for Trusting {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, cert, signed, &provider().signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, cert, signed, &provider().signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        provider().signature_verification_algorithms.supported_schemes()
    }
}
