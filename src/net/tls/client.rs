//! Connecting with TLS: one `TlsConnector` for a `server … ssl` line, shared by all workers, with its sessions.

use super::failure::HandshakeError;
use super::stream::TlsStream;
use super::verify::ServerVerifier;
use super::{TlsError, certs, protocol_versions, provider};
use crate::model::tls::TlsServer;
use crate::net::stream::Stream;
use rustls::ClientConnection;
use rustls::client::{ClientConfig, Resumption, Tls12Resumption};
use rustls::pki_types::ServerName;
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use std::net::Ipv4Addr;
use std::sync::Arc;

/// How many server names' sessions one server remembers.
pub const SESSION_NAMES_MAX: usize = 256;

/// Connects to one server with TLS.
#[derive(Debug, Clone)]
pub struct TlsConnector {
    config: Arc<ClientConfig>,
}

impl TlsConnector {
    /// Loads the certificates and prepares the handshakes of a server.
    pub fn new(server: &TlsServer) -> Result<TlsConnector, TlsError> {
        let provider = provider(&server.ciphers, server.versions, &server.curves)?;
        let verifier = ServerVerifier::new(
            server.verify.as_ref(),
            server.crl_file.as_ref(),
            server.verify_host.clone(),
            &provider,
        )?;
        let builder = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(protocol_versions(server.versions)?)?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier));
        let mut config = match &server.certificate {
            None => builder.with_no_client_auth(),
            Some(source) => {
                let ours = certs::load(source)?.into_iter().next().ok_or(TlsError::NoCertificate)?;
                let key: CertifiedKey = ours.signed.as_ref().clone();
                builder.with_client_cert_resolver(Arc::new(SingleCertAndKey::from(key)))
            }
        };
        config.alpn_protocols.clone_from(&server.alpn);
        config.resumption = if server.no_reuse {
            Resumption::disabled()
        } else {
            let kept = Resumption::in_memory_sessions(SESSION_NAMES_MAX);
            if server.no_tickets { kept.tls12_resumption(Tls12Resumption::SessionIdOnly) } else { kept }
        };
        Ok(TlsConnector { config: Arc::new(config) })
    }

    /// Shakes hands with a server, naming it `sni` if given. `alpn` replaces the server line's list.
    ///
    /// The caller owns the timeout.
    pub async fn connect(
        &self,
        io: Stream,
        sni: Option<&str>,
        alpn: Option<Vec<Vec<u8>>>,
    ) -> Result<Stream, HandshakeError> {
        let config = self.config.clone();
        let name = server_name(sni);
        let connection = match alpn {
            None => ClientConnection::new(config, name),
            Some(alpn) => ClientConnection::new_with_alpn(config, name, alpn),
        };
        let mut tls = TlsStream::new(io, connection.map_err(HandshakeError::of)?.into(), Vec::new());
        tls.handshake().await?;
        Ok(Stream::Tls(Box::new(tls)))
    }
}

/// rustls wants a name even when none is sent: an IP address is never sent, and tells the verifier that there is none.
fn server_name(sni: Option<&str>) -> ServerName<'static> {
    let named = sni.and_then(|sni| ServerName::try_from(sni.to_owned()).ok());
    named.unwrap_or_else(|| ServerName::from(std::net::IpAddr::V4(Ipv4Addr::UNSPECIFIED)))
}
