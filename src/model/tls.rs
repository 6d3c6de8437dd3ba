//! What a TLS socket needs on either side: files by name or by content, versions, names; it loads and checks nothing.

use std::path::PathBuf;
use std::sync::Arc;

/// The TLS side of a `bind` line.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TlsBind {
    /// `crt` and `crt-list`, in order. The first certificate loaded is the default.
    pub certificates: Vec<CertificateSource>,
    /// `default-crt`: what a client gets whose name matches nothing, before the first of `certificates`.
    pub default_certificates: Vec<CertificateSource>,
    /// `strict-sni`: refuse a client whose name matches no certificate.
    pub strict_sni: bool,
    /// `alpn`, by preference, such as `h2` and `http/1.1`.
    pub alpn: Vec<Vec<u8>>,
    /// `ssl-min-ver`, `ssl-max-ver`, `force-tlsv12`, `no-tlsv13`…
    pub versions: Versions,
    /// `verify` and `ca-file`: what is asked of the client.
    pub client_auth: ClientAuth,
    /// `ca-verify-file`: more authorities to check clients with, whose names the clients are not told.
    pub ca_verify_file: Option<PemSource>,
    /// `crl-file`.
    pub crl_file: Option<PemSource>,
    /// `ciphers` and `ciphersuites`.
    pub ciphers: Ciphers,
    /// `curves` or `ecdhe`: OpenSSL's names by preference, empty for the library's own.
    pub curves: Vec<String>,
    /// `no-tls-tickets`.
    pub no_tickets: bool,
    /// `prefer-client-ciphers`.
    pub prefer_client_ciphers: bool,
}

/// One certificate a bind may present: a chain and its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateSource {
    /// Where the PEM text is: one file with chain and key, a file beside its `.key`, or a folder of such files.
    pub pem: PemSource,
    /// The names of the `crt-list` line: `host`, `*.host`, `!host`. Empty: those of the certificate itself.
    pub filters: Vec<String>,
    /// `[alpn …]` of the `crt-list` line.
    pub alpn: Option<Vec<Vec<u8>>>,
    /// `[verify …]`, `[ca-file …]` of the `crt-list` line.
    pub client_auth: Option<ClientAuth>,
    /// `[ssl-min-ver …]` and its kin of the `crt-list` line.
    pub versions: Option<Versions>,
}

impl CertificateSource {
    /// A certificate with no other names than its own.
    pub fn new(pem: PemSource) -> CertificateSource {
        CertificateSource { pem, filters: Vec::new(), alpn: None, client_auth: None, versions: None }
    }
}

/// PEM text, by file name or already read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PemSource {
    /// A file or a folder to read.
    File(PathBuf),
    /// The content of a file and the name it goes by in messages.
    Bytes {
        /// The file's name.
        name: PathBuf,
        /// Its content.
        pem: Arc<[u8]>,
    },
}

/// What a bind asks of its clients.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum ClientAuth {
    /// `verify none`.
    #[default]
    None,
    /// `verify optional`: a certificate is asked for, and checked if there is one.
    Optional(Authorities),
    /// `verify required`.
    Required(Authorities),
}

/// Which authorities are trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Authorities {
    /// `ca-file FILE`.
    File(PemSource),
    /// `ca-file @system-ca`, the machine's own list.
    System,
}

/// A version of TLS that this program speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// TLS 1.2.
    Tls12,
    /// TLS 1.3.
    Tls13,
}

/// The versions allowed, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Versions {
    /// The oldest.
    pub min: Version,
    /// The newest.
    pub max: Version,
}

impl Default for Versions {
    fn default() -> Self {
        Versions { min: Version::Tls12, max: Version::Tls13 }
    }
}

/// Cipher suites by OpenSSL's names. `None` leaves the library's own list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ciphers {
    /// `ciphers`: TLS 1.2, an OpenSSL cipher string.
    pub tls12: Option<String>,
    /// `ciphersuites`: TLS 1.3, names separated by colons.
    pub tls13: Option<String>,
}

/// Signature algorithms by OpenSSL's names: they are checked, and the library's own are used.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Signatures {
    /// `sigalgs`
    pub own: Option<String>,
    /// `client-sigalgs`
    pub client: Option<String>,
}

/// The TLS side of a `server` line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsServer {
    /// `verify`: `None` takes any certificate.
    pub verify: Option<Authorities>,
    /// `verifyhost`: the name the certificate must bear, whatever the SNI.
    pub verify_host: Option<String>,
    /// `crl-file`.
    pub crl_file: Option<PemSource>,
    /// `crt`: what we present when asked.
    pub certificate: Option<PemSource>,
    /// `alpn`, by preference.
    pub alpn: Vec<Vec<u8>>,
    /// `ssl-min-ver`, `ssl-max-ver`…
    pub versions: Versions,
    /// `ciphers` and `ciphersuites`.
    pub ciphers: Ciphers,
    /// `curves`.
    pub curves: Vec<String>,
    /// `no-ssl-reuse`: a full handshake every time.
    pub no_reuse: bool,
    /// `no-tls-tickets`.
    pub no_tickets: bool,
}

impl Default for TlsServer {
    /// `verify required` against the machine's own authorities, as a server line without `verify` asks.
    fn default() -> Self {
        TlsServer {
            verify: Some(Authorities::System),
            verify_host: None,
            crl_file: None,
            certificate: None,
            alpn: Vec::new(),
            versions: Versions::default(),
            ciphers: Ciphers::default(),
            curves: Vec::new(),
            no_reuse: false,
            no_tickets: false,
        }
    }
}
