//! Handshakes on both sides, over memory: which certificate, which failure, what is agreed on.

use crate::proto::der;

use super::*;
use crate::model::tls::{Authorities, CertificateSource, ClientAuth, PemSource, TlsBind, TlsServer};
use crate::net::stream::Stream;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ED25519};
use std::future::poll_fn;
use std::io::IoSlice;

/// A key and a certificate of X.509 version 1, which webpki does not read.
const VERSION_1: &str = include_str!("version1.pem");

/// The authority that signed it.
const VERSION_1_AUTHORITY: &str = include_str!("version1-ca.pem");

struct Authority {
    pem: String,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    fn new(name: &str) -> Authority {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        Authority { pem, issuer: Issuer::new(params, key) }
    }

    /// A certificate for these names and its key, in one file.
    fn issue(&self, names: &[&str]) -> PemSource {
        self.issue_with(names, "", &PKCS_ECDSA_P256_SHA256)
    }

    fn issue_with(&self, names: &[&str], common_name: &str, kind: &'static rcgen::SignatureAlgorithm) -> PemSource {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut params = CertificateParams::new(names).unwrap();
        params.distinguished_name = rcgen::DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, common_name);
        let key = KeyPair::generate_for(kind).unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        text(&(key.serialize_pem() + &certificate.pem()))
    }

    fn trusted(&self) -> Authorities {
        Authorities::File(text(&self.pem))
    }
}

fn text(pem: &str) -> PemSource {
    PemSource::Bytes { name: "test.pem".into(), pem: pem.as_bytes().into() }
}

fn bind_of(certificates: &[PemSource]) -> TlsBind {
    let certificates = certificates.iter().cloned().map(CertificateSource::new).collect();
    TlsBind { certificates, ..TlsBind::default() }
}

fn careless() -> TlsServer {
    TlsServer { verify: None, ..TlsServer::default() }
}

type Ends = (Result<Stream, HandshakeError>, Result<Stream, HandshakeError>);

/// Client and server shake hands, then the client writes a byte, so that late refusals are seen.
async fn shake(acceptor: &TlsAcceptor, connector: &TlsConnector, sni: Option<&str>) -> Ends {
    let (near, far) = Stream::memory(64 * 1024);
    let client = async {
        let mut stream = connector.connect(near, sni, None).await?;
        stream.write_all(b"x").await.map_err(HandshakeError::Io)?;
        Ok(stream)
    };
    tokio::join!(client, acceptor.accept(far, &[]))
}

/// The names of the certificate that the client saw.
fn seen(client: &Stream) -> Vec<String> {
    der::facts(client.tls().unwrap().peer_certificates().next().unwrap()).unwrap().dns_names
}

async fn names_for(bind: &TlsBind, sni: Option<&str>) -> Option<Vec<String>> {
    let acceptor = TlsAcceptor::new(bind, SESSIONS).unwrap();
    let (client, _) = shake(&acceptor, &TlsConnector::new(&careless()).unwrap(), sni).await;
    client.ok().map(|client| seen(&client))
}

const SESSIONS: usize = 16;

#[tokio::test]
async fn the_name_chooses_the_certificate() {
    let ca = Authority::new("ca");
    let mut bind = bind_of(&[
        ca.issue(&["first.example"]),
        ca.issue(&["second.example", "*.wild.example"]),
        ca.issue(&["deep.wild.example"]),
    ]);
    for (sni, expected) in [
        (None, "first.example"),
        (Some("nobody.example"), "first.example"),
        (Some("SECOND.example"), "second.example"),
        (Some("any.wild.example"), "second.example"),
        (Some("deep.wild.example"), "deep.wild.example"),
        (Some("wild.example"), "first.example"),
    ] {
        assert_eq!(names_for(&bind, sni).await.unwrap()[0], expected, "{sni:?}");
    }
    bind.strict_sni = true;
    assert_eq!(names_for(&bind, Some("nobody.example")).await, None);
    assert_eq!(names_for(&bind, None).await, None);
    assert_eq!(names_for(&bind, Some("first.example")).await.unwrap()[0], "first.example");
    bind.strict_sni = false;
    bind.default_certificates = vec![CertificateSource::new(ca.issue(&["default.example"]))];
    assert_eq!(names_for(&bind, None).await.unwrap()[0], "default.example");
}

#[tokio::test]
async fn filters_replace_and_exclude_names() {
    let ca = Authority::new("ca");
    let mut bind = bind_of(&[ca.issue(&["first.example"]), ca.issue(&["second.example"])]);
    bind.certificates[1].filters = vec!["*.x.example".into(), "!not.x.example".into()];
    assert_eq!(names_for(&bind, Some("any.x.example")).await.unwrap()[0], "second.example");
    assert_eq!(names_for(&bind, Some("not.x.example")).await.unwrap()[0], "first.example");
    assert_eq!(names_for(&bind, Some("second.example")).await.unwrap()[0], "first.example");
}

#[tokio::test]
async fn a_refused_name_is_told_as_such() {
    let ca = Authority::new("ca");
    let bind = TlsBind { strict_sni: true, ..bind_of(&[ca.issue(&["a.example"])]) };
    let acceptor = TlsAcceptor::new(&bind, SESSIONS).unwrap();
    let (client, server) = shake(&acceptor, &TlsConnector::new(&careless()).unwrap(), None).await;
    assert!(client.unwrap_err().to_string().contains("tlsv1 unrecognized name"));
    assert_eq!(server.unwrap_err().to_string(), "SSL handshake failure (error:0A0000EA:SSL routines::callback failed)");
}

#[tokio::test]
async fn both_versions_agree_on_what_openssl_would_call_them() {
    let ca = Authority::new("ca");
    let old = Versions { min: Version::Tls12, max: Version::Tls12 };
    for (versions, version, cipher) in
        [(Versions::default(), "TLSv1.3", "TLS_AES_256_GCM_SHA384"), (old, "TLSv1.2", "ECDHE-ECDSA-AES256-GCM-SHA384")]
    {
        let bind = TlsBind { alpn: vec![b"h2".to_vec(), b"http/1.1".to_vec()], ..bind_of(&[ca.issue(&["a.example"])]) };
        let acceptor = TlsAcceptor::new(&bind, SESSIONS).unwrap();
        let server = TlsServer { versions, alpn: vec![b"http/1.1".to_vec()], ..careless() };
        let (client, server) = shake(&acceptor, &TlsConnector::new(&server).unwrap(), Some("a.example")).await;
        let (client, mut server) = (client.unwrap(), server.unwrap());
        let info = server.tls().unwrap();
        assert_eq!((info.version(), info.cipher(), info.cipher_bits()), (version, cipher, 256));
        assert_eq!((info.sni(), info.alpn(), info.is_resumed()), (Some("a.example"), Some(&b"http/1.1"[..]), false));
        assert!(info.certificate().unwrap().leaf() == client.tls().unwrap().peer_certificates().next().unwrap());
        assert_eq!(server.read(&mut [0; 9]).await.unwrap(), 1);
    }
}

#[tokio::test]
async fn an_unknown_protocol_goes_on_without_one() {
    let ca = Authority::new("ca");
    let bind = TlsBind { alpn: vec![b"h2".to_vec()], ..bind_of(&[ca.issue(&["a.example"])]) };
    let acceptor = TlsAcceptor::new(&bind, SESSIONS).unwrap();
    let server = TlsServer { alpn: vec![b"foo".to_vec()], ..careless() };
    let (client, _) = shake(&acceptor, &TlsConnector::new(&server).unwrap(), None).await;
    assert_eq!(client.unwrap().tls().unwrap().alpn(), None);
}

#[tokio::test]
async fn a_session_is_resumed() {
    let ca = Authority::new("ca");
    for (max, no_tickets) in
        [(Version::Tls13, false), (Version::Tls13, true), (Version::Tls12, false), (Version::Tls12, true)]
    {
        let bind = TlsBind { no_tickets, ..bind_of(&[ca.issue(&["a.example"])]) };
        let acceptor = TlsAcceptor::new(&bind, SESSIONS).unwrap();
        let versions = Versions { min: Version::Tls12, max };
        let connector = TlsConnector::new(&TlsServer { versions, ..careless() }).unwrap();
        let mut resumed = Vec::new();
        for _ in 0..2 {
            let (client, server) = shake(&acceptor, &connector, None).await;
            let (mut client, mut server) = (client.unwrap(), server.unwrap());
            server.write_all(b"y").await.unwrap();
            assert_eq!(client.read(&mut [0; 9]).await.unwrap(), 1);
            resumed.push((client.tls().unwrap().is_resumed(), server.tls().unwrap().is_resumed()));
        }
        assert_eq!(resumed, [(false, false), (true, true)], "{max:?}, tickets: {}", !no_tickets);
    }
}

async fn verified(bind: &TlsBind, server: &TlsServer, sni: Option<&str>) -> Result<(), HandshakeError> {
    let acceptor = TlsAcceptor::new(bind, SESSIONS).unwrap();
    shake(&acceptor, &TlsConnector::new(server).unwrap(), sni).await.0.map(drop)
}

#[tokio::test]
async fn a_server_is_believed_or_not() {
    let (ca, other) = (Authority::new("ca"), Authority::new("other"));
    let bind = bind_of(&[ca.issue(&["a.example"])]);
    let trusting = |authorities, name: Option<&str>| TlsServer {
        verify: Some(authorities),
        verify_host: name.map(str::to_owned),
        ..TlsServer::default()
    };
    let ok = |result: Result<(), HandshakeError>| result.is_ok();
    assert!(ok(verified(&bind, &trusting(ca.trusted(), None), None).await), "no name to check");
    assert!(ok(verified(&bind, &trusting(ca.trusted(), Some("A.example")), None).await));
    assert!(ok(verified(&bind, &trusting(ca.trusted(), Some("nope")), Some("a.example")).await), "SNI comes first");
    let wrong = verified(&bind, &trusting(ca.trusted(), Some("b.example")), None).await.unwrap_err();
    assert!(matches!(wrong, HandshakeError::WrongName), "{wrong:?}");
    let wrong = verified(&bind, &trusting(ca.trusted(), None), Some("b.example")).await.unwrap_err();
    assert!(matches!(wrong, HandshakeError::WrongName), "{wrong:?}");
    let untrusted = verified(&bind, &trusting(other.trusted(), None), None).await.unwrap_err();
    assert!(matches!(untrusted, HandshakeError::Untrusted(_)), "{untrusted:?}");
    assert_eq!(untrusted.check_words(), "SSL handshake failure");
}

#[tokio::test]
async fn a_common_name_is_a_name() {
    let ca = Authority::new("ca");
    let bind = bind_of(&[ca.issue_with(&[], "cn.example", &PKCS_ED25519)]);
    let server = TlsServer { verify: Some(ca.trusted()), ..TlsServer::default() };
    assert!(verified(&bind, &server, Some("cn.example")).await.is_ok());
    assert!(matches!(verified(&bind, &server, Some("a.example")).await, Err(HandshakeError::WrongName)));
}

#[tokio::test]
async fn a_self_signed_server_may_be_its_own_authority() {
    let key = KeyPair::generate().unwrap();
    for is_ca in [IsCa::NoCa, IsCa::Ca(BasicConstraints::Unconstrained)] {
        let mut params = CertificateParams::new(vec!["self.example".into()]).unwrap();
        params.is_ca = is_ca;
        let pem = params.self_signed(&key).unwrap().pem();
        let bind = bind_of(&[text(&(pem.clone() + &key.serialize_pem()))]);
        let server = TlsServer { verify: Some(Authorities::File(text(&pem))), ..TlsServer::default() };
        assert!(verified(&bind, &server, Some("self.example")).await.is_ok());
        params.not_after = rcgen::date_time_ymd(2020, 1, 1);
        let pem = params.self_signed(&key).unwrap().pem();
        let bind = bind_of(&[text(&(pem.clone() + &key.serialize_pem()))]);
        let server = TlsServer { verify: Some(Authorities::File(text(&pem))), ..TlsServer::default() };
        assert!(matches!(verified(&bind, &server, None).await, Err(HandshakeError::Untrusted(_))), "expired");
    }
}

#[tokio::test]
async fn an_old_certificate_is_good_enough_when_nothing_is_verified() {
    let bind = bind_of(&[text(VERSION_1)]);
    for max in [Version::Tls12, Version::Tls13] {
        let server = TlsServer { versions: Versions { min: Version::Tls12, max }, ..careless() };
        verified(&bind, &server, Some("whatever.example")).await.unwrap();
    }
}

#[tokio::test]
async fn an_old_certificate_is_believed_if_an_authority_signed_it_itself() {
    let bind = bind_of(&[text(VERSION_1)]);
    let trusting = |pem: &str| TlsServer { verify: Some(Authorities::File(text(pem))), ..TlsServer::default() };
    let server = trusting(VERSION_1_AUTHORITY);
    verified(&bind, &server, Some("old.example")).await.unwrap();
    assert!(matches!(verified(&bind, &server, Some("new.example")).await, Err(HandshakeError::WrongName)));
    // The same name on another key signs nothing.
    let impostor = trusting(&Authority::new("old-ca").pem);
    assert!(matches!(verified(&bind, &impostor, None).await, Err(HandshakeError::Untrusted(_))));
    let client_auth = ClientAuth::Required(Authorities::File(text(VERSION_1_AUTHORITY)));
    let acceptor = TlsAcceptor::new(&TlsBind { client_auth, ..bind }, SESSIONS).unwrap();
    let client = TlsServer { certificate: Some(text(VERSION_1)), ..careless() };
    shake(&acceptor, &TlsConnector::new(&client).unwrap(), None).await.1.unwrap();
}

#[test]
fn a_changed_old_certificate_is_not_believed() {
    use rustls::pki_types::{CertificateDer, pem::PemObject};
    let der = CertificateDer::from_pem_slice(VERSION_1.as_bytes()).unwrap();
    let parts = der::signed(&der).unwrap();
    assert!(parts.is_version_1);
    let name = der.windows(11).position(|window| window == b"old.example").unwrap();
    let mut changed = der.to_vec();
    changed[name] = b'b';
    let provider = rustls::crypto::aws_lc_rs::default_provider();
    let authorities = Authorities::File(text(VERSION_1_AUTHORITY));
    let verifier = verify::ServerVerifier::new(Some(&authorities), None, None, &provider.into()).unwrap();
    let check = |certificate: Vec<u8>| {
        use rustls::client::danger::ServerCertVerifier;
        let name = rustls::pki_types::ServerName::from(std::net::IpAddr::from([0, 0, 0, 0]));
        let now = rustls::pki_types::UnixTime::now();
        verifier.verify_server_cert(&CertificateDer::from(certificate), &[], &name, &[], now).is_ok()
    };
    assert!(check(der.to_vec()));
    assert!(!check(changed));
}

#[tokio::test]
async fn a_client_shows_what_it_is_asked_for() {
    let (ca, other) = (Authority::new("ca"), Authority::new("other"));
    let with = |client_auth| TlsBind { client_auth, ..bind_of(&[ca.issue(&["a.example"])]) };
    let bearing = |certificate| TlsServer { certificate, ..careless() };
    let required = TlsAcceptor::new(&with(ClientAuth::Required(ca.trusted())), SESSIONS).unwrap();
    let good = TlsConnector::new(&bearing(Some(ca.issue(&["client"])))).unwrap();
    let server = shake(&required, &good, None).await.1.unwrap();
    let shown = server.tls().unwrap().peer_certificates().next().unwrap();
    assert_eq!(der::facts(shown).unwrap().dns_names, ["client"]);
    let bad = TlsConnector::new(&bearing(Some(other.issue(&["client"])))).unwrap();
    assert_eq!(shake(&required, &bad, None).await.1.unwrap_err().to_string(), "SSL client certificate not trusted");
    let none = TlsConnector::new(&bearing(None)).unwrap();
    assert_eq!(
        shake(&required, &none, None).await.1.unwrap_err().to_string(),
        "SSL handshake failure (error:0A0000C7:SSL routines::peer did not return a certificate)"
    );
    let optional = TlsAcceptor::new(&with(ClientAuth::Optional(ca.trusted())), SESSIONS).unwrap();
    let server = shake(&optional, &none, None).await.1.unwrap();
    assert_eq!(server.tls().unwrap().peer_certificates().count(), 0);
    assert!(shake(&optional, &bad, None).await.1.is_err());
}

#[tokio::test]
async fn a_second_file_of_authorities_counts_too() {
    let (ca, second) = (Authority::new("ca"), Authority::new("second"));
    let client_auth = ClientAuth::Required(ca.trusted());
    let ca_verify_file = Some(text(&second.pem));
    let bind = TlsBind { client_auth, ca_verify_file, ..bind_of(&[ca.issue(&["a.example"])]) };
    let acceptor = TlsAcceptor::new(&bind, SESSIONS).unwrap();
    for (issuer, is_good) in [(&ca, true), (&second, true), (&Authority::new("third"), false)] {
        let client = TlsServer { certificate: Some(issuer.issue(&["client"])), ..careless() };
        assert_eq!(shake(&acceptor, &TlsConnector::new(&client).unwrap(), None).await.1.is_ok(), is_good);
    }
}

#[tokio::test]
async fn a_revoked_certificate_is_refused() {
    let ca = Authority::new("ca");
    let serial = rcgen::SerialNumber::from(vec![1, 2, 3]);
    let list = |revoked: &[&rcgen::SerialNumber]| {
        let revoked_certs = revoked.iter().map(|serial| rcgen::RevokedCertParams {
            serial_number: (*serial).clone(),
            revocation_time: rcgen::date_time_ymd(2020, 1, 1),
            reason_code: None,
            invalidity_date: None,
        });
        let params = rcgen::CertificateRevocationListParams {
            this_update: rcgen::date_time_ymd(2020, 1, 1),
            next_update: rcgen::date_time_ymd(2100, 1, 1),
            crl_number: rcgen::SerialNumber::from(1),
            issuing_distribution_point: None,
            revoked_certs: revoked_certs.collect(),
            key_identifier_method: rcgen::KeyIdMethod::Sha256,
        };
        text(&params.signed_by(&ca.issuer).unwrap().pem().unwrap())
    };
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec!["client".into()]).unwrap();
    params.serial_number = Some(serial.clone());
    let certificate = text(&(key.serialize_pem() + &params.signed_by(&key, &ca.issuer).unwrap().pem()));
    let connector = TlsConnector::new(&TlsServer { certificate: Some(certificate), ..careless() }).unwrap();
    for (crl_file, is_good) in [(list(&[]), true), (list(&[&serial]), false)] {
        let client_auth = ClientAuth::Required(ca.trusted());
        let bind = TlsBind { client_auth, crl_file: Some(crl_file), ..bind_of(&[ca.issue(&["a.example"])]) };
        let acceptor = TlsAcceptor::new(&bind, SESSIONS).unwrap();
        assert_eq!(shake(&acceptor, &connector, None).await.1.is_ok(), is_good);
    }
}

#[tokio::test]
async fn settings_of_one_certificate_hold_for_its_names_only() {
    let ca = Authority::new("ca");
    let mut bind = bind_of(&[ca.issue(&["open.example"]), ca.issue(&["closed.example"])]);
    bind.certificates[1].client_auth = Some(ClientAuth::Required(ca.trusted()));
    bind.certificates[1].versions = Some(Versions { min: Version::Tls13, max: Version::Tls13 });
    let acceptor = TlsAcceptor::new(&bind, SESSIONS).unwrap();
    let connector = TlsConnector::new(&careless()).unwrap();
    assert!(shake(&acceptor, &connector, Some("open.example")).await.1.is_ok());
    assert!(shake(&acceptor, &connector, Some("closed.example")).await.1.is_err());
}

#[tokio::test]
async fn what_is_not_tls_is_named() {
    let ca = Authority::new("ca");
    let acceptor = TlsAcceptor::new(&bind_of(&[ca.issue(&["a.example"])]), SESSIONS).unwrap();
    for (sent, words) in [
        (&b"GET / HTTP/1.0\r\n\r\n"[..], "SSL handshake failure (error:0A00009C:SSL routines::http request)"),
        (b"\0\x01\x02\x03\x04\x05garbage", "SSL handshake failure (error:0A00010B:SSL routines::wrong version number)"),
        (b"\x15\x03\x03\0\x02\x02\x28", "SSL handshake failure (error:0A0000F4:SSL routines::unexpected message)"),
        (b"\x16\x03\x01", "Connection closed during SSL handshake"),
        (b"", "Connection closed during SSL handshake"),
    ] {
        let (mut client, server) = Stream::memory(1024);
        client.write_all(sent).await.unwrap();
        drop(client);
        assert_eq!(acceptor.accept(server, &[]).await.unwrap_err().to_string(), words, "{sent:?}");
        // The same when a part of it was read ahead.
        let (mut client, server) = Stream::memory(1024);
        let (early, late) = sent.split_at(sent.len() / 2);
        client.write_all(late).await.unwrap();
        drop(client);
        assert_eq!(acceptor.accept(server, early).await.unwrap_err().to_string(), words, "{sent:?}");
    }
}

#[tokio::test]
async fn versions_and_ciphers_must_meet() {
    let ca = Authority::new("ca");
    let new = Versions { min: Version::Tls13, max: Version::Tls13 };
    let old = Versions { min: Version::Tls12, max: Version::Tls12 };
    let acceptor = TlsAcceptor::new(&TlsBind { versions: new, ..bind_of(&[ca.issue(&["a"])]) }, SESSIONS).unwrap();
    let connector = TlsConnector::new(&TlsServer { versions: old, ..careless() }).unwrap();
    let failure = shake(&acceptor, &connector, None).await.1.unwrap_err();
    assert!(failure.to_string().contains("0A000102:SSL routines::unsupported protocol"), "{failure}");
    let acceptor = TlsAcceptor::new(&TlsBind { versions: old, ..bind_of(&[ca.issue(&["a"])]) }, SESSIONS).unwrap();
    let ciphers = Ciphers { tls12: Some("aRSA".into()), tls13: None };
    let connector = TlsConnector::new(&TlsServer { ciphers, versions: old, ..careless() }).unwrap();
    let failure = shake(&acceptor, &connector, None).await.1.unwrap_err();
    assert!(failure.to_string().contains("0A0000C1:SSL routines::no shared cipher"), "{failure}");
}

#[tokio::test]
async fn large_and_small_pieces_cross_whole_and_end_properly() {
    let ca = Authority::new("ca");
    let acceptor = TlsAcceptor::new(&bind_of(&[ca.issue(&["a"])]), SESSIONS).unwrap();
    let connector = TlsConnector::new(&careless()).unwrap();
    // A pipe far smaller than a record: writes are refused in the middle.
    let (near, far) = Stream::memory(700);
    let (client, server) = tokio::join!(connector.connect(near, None, None), async {
        let mut server = acceptor.accept(far, &[]).await?;
        server.flush().await.map_err(HandshakeError::Io)?;
        Ok::<_, HandshakeError>(server)
    });
    let (mut client, mut server) = (client.unwrap(), server.unwrap());
    let sent: Vec<u8> = (0..300_000u32).map(|at| (at % 251) as u8).collect();
    let (_, got) = tokio::join!(
        async {
            client.write_all(&sent).await.unwrap();
            client.shutdown().await.unwrap();
        },
        async {
            let (mut got, mut buf, mut size) = (Vec::new(), [0; 40_000], 1);
            loop {
                let n = server.read(&mut buf[..size]).await.unwrap();
                got.extend_from_slice(&buf[..n]);
                size = size * 7 % 40_000 + 1;
                if n == 0 {
                    return got;
                }
            }
        }
    );
    assert!(got == sent);
    // The other direction still works after the client's goodbye.
    let parts = [IoSlice::new(b"head "), IoSlice::new(b"body")];
    assert_eq!(poll_fn(|cx| server.poll_write_vectored(cx, &parts)).await.unwrap(), 9);
    server.flush().await.unwrap();
    let mut buf = [0; 32];
    assert_eq!(client.read(&mut buf).await.unwrap(), 9);
    assert_eq!(&buf[..9], b"head body");
}

#[tokio::test]
async fn tickets_do_not_make_an_idle_connection_look_dirty() {
    let ca = Authority::new("ca");
    let acceptor = TlsAcceptor::new(&bind_of(&[ca.issue(&["a"])]), SESSIONS).unwrap();
    let (client, server) = shake(&acceptor, &TlsConnector::new(&careless()).unwrap(), None).await;
    let (mut client, mut server) = (client.unwrap(), server.unwrap());
    server.flush().await.unwrap();
    assert!(client.is_idle_and_open());
    server.write_all(b"x").await.unwrap();
    assert!(!client.is_idle_and_open());
    let mut buf = [0; 4];
    let _ = server.read(&mut buf).await.unwrap();
    server.shutdown().await.unwrap();
    assert!(!client.is_idle_and_open());
}

#[test]
fn bad_configurations_are_told_as_haproxy_tells_them() {
    let ca = Authority::new("ca");
    let PemSource::Bytes { pem, .. } = ca.issue(&["a"]) else { panic!("not text") };
    let whole = String::from_utf8(pem.to_vec()).unwrap();
    let key_end = whole.find("-----BEGIN CERT").unwrap();
    let (key, certificate) = whole.split_at(key_end);
    let other_key = KeyPair::generate().unwrap().serialize_pem();
    let told = |pem: &str| TlsAcceptor::new(&bind_of(&[text(pem)]), SESSIONS).unwrap_err().to_string();
    assert_eq!(told(certificate), "No Private Key found in 'test.pem.key'");
    assert_eq!(told(key), "unable to load certificate from file 'test.pem': no start line");
    assert_eq!(told("defaults"), "unable to load certificate from file 'test.pem': no start line");
    assert_eq!(
        told(&(certificate.to_owned() + &other_key)),
        "inconsistencies between private key and certificate loaded 'test.pem'"
    );
    let broken = |bind: TlsBind| TlsAcceptor::new(&bind, SESSIONS).unwrap_err().to_string();
    let good = || bind_of(&[text(&whole)]);
    let ciphers = Ciphers { tls12: Some("foo".into()), tls13: None };
    assert_eq!(broken(TlsBind { ciphers, ..good() }), "unable to set SSL cipher list to 'foo'");
    let ciphers = Ciphers { tls12: None, tls13: Some("foo".into()) };
    assert_eq!(broken(TlsBind { ciphers, ..good() }), "unable to set TLS 1.3 cipher suites to 'foo'");
    assert_eq!(broken(TlsBind { curves: vec!["foo".into()], ..good() }), "unable to set SSL curves list to 'foo'");
    assert_eq!(broken(bind_of(&[])), "no SSL certificate specified");
    assert_eq!(
        broken(bind_of(&[PemSource::File("/nonexistent.pem".into())])),
        "unable to stat SSL certificate from file '/nonexistent.pem' : No such file or directory"
    );
    let client_auth = ClientAuth::Required(Authorities::File(text(key)));
    assert_eq!(
        broken(TlsBind { client_auth, ..good() }),
        "Couldn't open the ca-file 'test.pem' (no certificate or crl found)"
    );
}

#[tokio::test]
async fn certificates_come_from_files_folders_and_bundles() {
    let ca = Authority::new("ca");
    let folder = std::env::temp_dir().join(format!("pointsman-crt-{}", std::process::id()));
    std::fs::create_dir_all(folder.join("all")).unwrap();
    let write = |name: &str, source: PemSource, part: &str| {
        let PemSource::Bytes { pem, .. } = source else { panic!("not text") };
        let whole = String::from_utf8(pem.to_vec()).unwrap();
        let (key, certificate) = whole.split_at(whole.find("-----BEGIN CERT").unwrap());
        match part {
            "" => std::fs::write(folder.join(name), &whole).unwrap(),
            key_name => {
                std::fs::write(folder.join(name), certificate).unwrap();
                std::fs::write(folder.join(key_name), key).unwrap();
            }
        }
    };
    write("all/b.pem", ca.issue(&["b.example"]), "");
    write("all/a.crt", ca.issue(&["a.example"]), "all/a.crt.key");
    write("all/.hidden", ca.issue(&["hidden.example"]), "");
    write("split.crt", ca.issue(&["split.example"]), "split.key");
    write("bundle.pem.ecdsa", ca.issue(&["bundle.example"]), "");
    let file = |name: &str| bind_of(&[PemSource::File(folder.join(name))]);
    assert_eq!(names_for(&file("all"), None).await.unwrap()[0], "a.example", "the first of the folder");
    assert_eq!(names_for(&file("all"), Some("b.example")).await.unwrap()[0], "b.example");
    assert_eq!(names_for(&file("all"), Some("hidden.example")).await.unwrap()[0], "a.example");
    assert_eq!(names_for(&file("split.crt"), None).await.unwrap()[0], "split.example");
    assert_eq!(names_for(&file("bundle.pem"), None).await.unwrap()[0], "bundle.example");
    std::fs::remove_dir_all(folder).unwrap();
}
