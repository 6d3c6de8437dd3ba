//! Accepting with TLS: one `TlsAcceptor` for a `bind … ssl` line, shared by all workers, with its sessions and tickets.
//!
//! The hello is read first, so that name, ALPN and per-certificate settings choose the configuration of the handshake.

use super::certs::Certificate;
use super::failure::HandshakeError;
use super::sni::SniIndex;
use super::stream::TlsStream;
use super::verify::ClientVerifier;
use super::{TlsError, certs, protocol_versions, provider};
use crate::model::tls::{CertificateSource, ClientAuth, TlsBind, Versions};
use crate::net::stream::Stream;
use rustls::server::{
    Accepted, AcceptedAlert, Acceptor, ClientHello, NoServerSessionStorage, ResolvesServerCert, ServerConfig,
    ServerSessionMemoryCache, StoresServerSessions,
};
use rustls::sign::CertifiedKey;
use rustls::{Error, PeerIncompatible, ServerConnection};
use std::future::poll_fn;
use std::io::Read;
use std::sync::Arc;

/// How many sessions a bind remembers when `tune.ssl.cachesize` does not say otherwise.
pub const SESSIONS_DEFAULT: usize = 20_000;

/// The longest ClientHello, bytes: what rustls takes for one handshake message.
const HELLO_BYTES_MAX: usize = 0xffff;

/// A fatal `unrecognized_name` alert in a record of its own: RFC 6066, section 3.
const UNRECOGNIZED_NAME: [u8; 7] = [0x15, 3, 3, 0, 2, 2, 112];

/// A fatal `protocol_version` alert for clients that know no version of ours.
const PROTOCOL_VERSION: [u8; 7] = [0x15, 3, 1, 0, 2, 2, 70];

/// Accepts the TLS clients of one bind.
#[derive(Debug)]
pub struct TlsAcceptor {
    index: Arc<SniIndex>,
    variants: Vec<Variant>,
}

/// The handshake settings that some of the certificates share.
#[derive(Debug)]
struct Variant {
    settings: Settings,
    with_alpn: Arc<ServerConfig>,
    /// For clients that offer only protocols that we do not have: they go on without, as HAProxy has it.
    without_alpn: Arc<ServerConfig>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Settings {
    alpn: Vec<Vec<u8>>,
    client_auth: ClientAuth,
    versions: Versions,
}

impl TlsAcceptor {
    /// Loads the certificates and prepares the handshakes of a bind, which will remember this many sessions.
    pub fn new(bind: &TlsBind, sessions: usize) -> Result<TlsAcceptor, TlsError> {
        let mut index = SniIndex::new(bind.strict_sni);
        let mut all = Vec::new();
        for source in &bind.default_certificates {
            add(&mut index, &mut all, bind, source)?;
        }
        index.default_from(0);
        for source in &bind.certificates {
            let before = index.len();
            add(&mut index, &mut all, bind, source)?;
            if index.len() > before {
                index.default_from(before);
            }
        }
        if index.len() == 0 {
            return Err(TlsError::NoCertificate);
        }
        let index = Arc::new(index);
        let variants = all
            .into_iter()
            .map(|settings| variant(bind, settings, sessions, &index))
            .collect::<Result<Vec<_>, TlsError>>()?;
        Ok(TlsAcceptor { index, variants })
    }

    /// Shakes hands with a client. `early` is what was already read from it.
    ///
    /// The caller owns the timeout. On failure the client has been told and the connection is gone.
    pub async fn accept(&self, mut io: Stream, early: &[u8]) -> Result<Stream, HandshakeError> {
        match self.prepare(&mut io, early).await {
            Ok((connection, certificate, rest)) => {
                let mut tls = TlsStream::new(io, connection.into(), rest);
                tls.certificate = Some(certificate);
                tls.handshake().await?;
                Ok(Stream::Tls(Box::new(tls)))
            }
            Err(refusal) => {
                if !refusal.alert.is_empty() {
                    let _ = io.write_all(&refusal.alert).await;
                }
                Err(refusal.error)
            }
        }
    }

    /// Reads the hello and chooses what answers it. The last part is what came after the hello.
    async fn prepare(
        &self,
        io: &mut Stream,
        early: &[u8],
    ) -> Result<(ServerConnection, Arc<Certificate>, Vec<u8>), Refusal> {
        let mut hello = Hello::default();
        let mut accepted = if early.is_empty() { None } else { hello.take(early)? };
        let accepted = loop {
            if let Some(accepted) = accepted {
                break accepted;
            }
            let piece = poll_fn(|cx| super::stream::poll_chunk(io, cx, usize::MAX, |bytes| hello.take(bytes))).await;
            accepted = piece.map_err(HandshakeError::Io)?.ok_or(HandshakeError::Closed)??;
        };
        let client = accepted.client_hello();
        let Some(entry) = self.index.choose(client.server_name(), client.signature_schemes()) else {
            let error = HandshakeError::reason(0xEA, "callback failed");
            return Err(Refusal { error, alert: UNRECOGNIZED_NAME.to_vec() });
        };
        let variant = self.variants.get(entry.variant).ok_or(HandshakeError::Failed(None))?;
        let config = variant.config_for(&client);
        match accepted.into_connection(config) {
            Ok(connection) => Ok((connection, entry.certificate.clone(), hello.rest)),
            Err((error, alert)) => Err(Refusal::new(error, alert)),
        }
    }
}

impl Variant {
    fn config_for(&self, client: &ClientHello<'_>) -> Arc<ServerConfig> {
        let ours = &self.settings.alpn;
        let in_common = client.alpn().is_none_or(|mut theirs| theirs.any(|one| ours.iter().any(|our| our == one)));
        if in_common { self.with_alpn.clone() } else { self.without_alpn.clone() }
    }
}

fn add(
    index: &mut SniIndex,
    all: &mut Vec<Settings>,
    bind: &TlsBind,
    source: &CertificateSource,
) -> Result<(), TlsError> {
    let settings = Settings {
        alpn: source.alpn.clone().unwrap_or_else(|| bind.alpn.clone()),
        client_auth: source.client_auth.clone().unwrap_or_else(|| bind.client_auth.clone()),
        versions: source.versions.unwrap_or(bind.versions),
    };
    let variant = match all.iter().position(|known| *known == settings) {
        Some(at) => at,
        None => {
            all.push(settings);
            all.len() - 1
        }
    };
    for certificate in certs::load(&source.pem)? {
        index.add(certificate, &source.filters, variant);
    }
    Ok(())
}

/// Each variant has sessions and tickets of its own: resuming one that asked for less would go around what this asks.
fn variant(bind: &TlsBind, settings: Settings, sessions: usize, index: &Arc<SniIndex>) -> Result<Variant, TlsError> {
    let provider = provider(&bind.ciphers, settings.versions, &bind.curves)?;
    let builder = ServerConfig::builder_with_provider(provider.clone())
        .with_protocol_versions(protocol_versions(settings.versions)?)?;
    let verifier = match &settings.client_auth {
        ClientAuth::None => None,
        ClientAuth::Optional(authorities) => Some((authorities, true)),
        ClientAuth::Required(authorities) => Some((authorities, false)),
    };
    let builder = match verifier {
        None => builder.with_no_client_auth(),
        Some((authorities, is_optional)) => {
            let (unnamed, crl_file) = (bind.ca_verify_file.as_ref(), bind.crl_file.as_ref());
            let verifier = ClientVerifier::new(authorities, is_optional, unnamed, crl_file, &provider)?;
            builder.with_client_cert_verifier(Arc::new(verifier))
        }
    };
    let mut config = builder.with_cert_resolver(Arc::new(Resolver(index.clone())));
    config.ignore_client_order = !bind.prefer_client_ciphers;
    let storage: Arc<dyn StoresServerSessions> =
        if sessions == 0 { Arc::new(NoServerSessionStorage {}) } else { ServerSessionMemoryCache::new(sessions) };
    config.session_storage = storage;
    if !bind.no_tickets {
        config.ticketer = rustls::crypto::aws_lc_rs::Ticketer::new()?;
    }
    let without_alpn = Arc::new(config.clone());
    config.alpn_protocols.clone_from(&settings.alpn);
    Ok(Variant { settings, with_alpn: Arc::new(config), without_alpn })
}

/// Gives rustls the certificate that the index chooses.
#[derive(Debug)]
struct Resolver(Arc<SniIndex>);

impl ResolvesServerCert for Resolver {
    fn resolve(&self, client: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let entry = self.0.choose(client.server_name(), client.signature_schemes())?;
        Some(entry.certificate.signed.clone())
    }
}

/// A ClientHello on its way in.
#[derive(Default)]
struct Hello {
    acceptor: Acceptor,
    /// The first bytes, until there are enough to tell TLS from something else.
    start: Vec<u8>,
    taken: usize,
    /// What came after the hello and is not in the acceptor.
    rest: Vec<u8>,
}

impl Hello {
    /// The bytes of a record's header.
    const HEADER: usize = 5;

    fn take(&mut self, mut bytes: &[u8]) -> Result<Option<Accepted>, Refusal> {
        if self.start.len() < Self::HEADER {
            let missing = Self::HEADER - self.start.len();
            self.start.extend(bytes.iter().take(missing));
            looks_like_tls(&self.start)?;
        }
        self.taken += bytes.len();
        if self.taken > HELLO_BYTES_MAX {
            return Err(HandshakeError::reason(0x98, "excessive message size").into());
        }
        while !bytes.is_empty() {
            self.acceptor.read_tls(&mut bytes.by_ref()).map_err(HandshakeError::Io)?;
            match self.acceptor.accept() {
                Ok(None) => {}
                Ok(Some(accepted)) => {
                    self.rest = bytes.to_vec();
                    return Ok(Some(accepted));
                }
                Err((error, alert)) => return Err(Refusal::new(error, alert)),
            }
        }
        Ok(None)
    }
}

/// Tells apart, as OpenSSL does, what else may come to a TLS port. Fewer than five bytes may still be anything.
fn looks_like_tls(start: &[u8]) -> Result<(), HandshakeError> {
    let Some(header) = start.first_chunk::<{ Hello::HEADER }>() else { return Ok(()) };
    match header {
        [b'G', b'E', b'T', b' ', _] | [b'P', b'U', b'T', b' ', _] => Err(HandshakeError::reason(0x9C, "http request")),
        b"POST " | b"HEAD " => Err(HandshakeError::reason(0x9C, "http request")),
        b"CONNE" => Err(HandshakeError::reason(0x9B, "https proxy request")),
        [0x16, 3, ..] => Ok(()),
        [0x14 | 0x15 | 0x17, 3, ..] => Err(HandshakeError::reason(0xF4, "unexpected message")),
        _ => Err(HandshakeError::reason(0x10B, "wrong version number")),
    }
}

/// A hello that is not answered with a handshake.
struct Refusal {
    error: HandshakeError,
    /// The alert that says so, as it goes over the wire. What is not TLS gets none, as with OpenSSL.
    alert: Vec<u8>,
}

impl Refusal {
    fn new(error: Error, mut alert: AcceptedAlert) -> Refusal {
        let mut bytes = Vec::new();
        if matches!(error, Error::PeerIncompatible(PeerIncompatible::SignatureAlgorithmsExtensionRequired)) {
            bytes.extend_from_slice(&PROTOCOL_VERSION);
        } else if alert.write_all(&mut bytes).is_err() {
            bytes.clear();
        }
        Refusal { error: HandshakeError::of(error), alert: bytes }
    }
}

impl From<HandshakeError> for Refusal {
    fn from(error: HandshakeError) -> Self {
        Refusal { error, alert: Vec::new() }
    }
}
