//! TLS towards clients: certificates that do not fit, versions and ciphers that are broken.

use super::algebra::{Kind, Set};
use crate::spec;
use crate::spec::Level;
use crate::spec::lint::{Certificate, Findings, Lint, ProxyView, View};

spec! {
    /// TLS towards clients.
    pub static BIND_TLS: [Lint] = [
        /// A certificate that has ended, or that covers none of the hosts.
        ///
        /// ## What it finds
        /// Certificates of `bind` lines and their `crt-list` files that can be read here: those that have ended, and those whose names cover none of the
        /// hosts that the frontend's conditions ask for.
        ///
        /// ## Why it matters
        /// Clients refuse the connection.
        ///
        /// ## Example
        /// A `bind` line with a certificate for `old.example.com`, in a frontend that asks for `hdr(host) www.example.com` only.
        ///
        /// ## Use instead
        /// A certificate that covers the hosts that are asked for.
        { code: "T007", name: "certificate-does-not-fit", find: certificates },
        /// No protocol is offered to clients by TLS.
        ///
        /// ## What it finds
        /// A TLS `bind` line in mode http without `alpn`.
        ///
        /// ## Why it matters
        /// Since version 2.8 HAProxy offers `h2,http/1.1` by itself; before, clients speak HTTP/1.1.
        ///
        /// ## Example
        /// ```cfg
        /// frontend web
        ///     mode http
        ///     bind :8443 ssl crt site.pem
        ///     default_backend app
        /// backend app
        ///     mode http
        ///     server a 192.0.2.1:80
        /// ```
        ///
        /// ## Use instead
        /// ```cfg
        /// frontend web
        ///     mode http
        ///     bind :8443 ssl crt site.pem alpn h2,http/1.1
        ///     default_backend app
        /// backend app
        ///     mode http
        ///     server a 192.0.2.1:80
        /// ```
        { code: "T008", name: "no-alpn", level: Level::Note, on: false, find: no_alpn },
        /// A version of TLS that is no longer safe.
        ///
        /// ## What it finds
        /// SSL 3, TLS 1.0 and TLS 1.1 allowed by `ssl-min-ver`, `force-tlsv10` and their kin, and a newest version below 1.2.
        ///
        /// ## Why it matters
        /// They are broken (RFC 8996). This program speaks TLS 1.2 and 1.3 only.
        ///
        /// ## Example
        /// ```cfg
        /// frontend web
        ///     bind :8443 ssl crt site.pem ssl-min-ver TLSv1.0
        ///     default_backend app
        /// backend app
        ///     server a 192.0.2.1:80
        /// ```
        ///
        /// ## Use instead
        /// ```cfg
        /// frontend web
        ///     bind :8443 ssl crt site.pem ssl-min-ver TLSv1.2
        ///     default_backend app
        /// backend app
        ///     server a 192.0.2.1:80
        /// ```
        { code: "T009", name: "old-version", find: old_version },
        /// Ciphers that are no longer safe.
        ///
        /// ## What it finds
        /// RC4, 3DES, DES, MD5, export and anonymous suites that a cipher string allows by name, and a
        /// `tune.ssl.default-dh-param` below 2048.
        ///
        /// ## Why it matters
        /// A client that asks for one of them gets a connection that can be read.
        ///
        /// ## Example
        /// ```cfg
        /// global
        ///     ssl-default-bind-ciphers ECDHE-RSA-AES128-GCM-SHA256:RC4-SHA
        /// ```
        ///
        /// ## Use instead
        /// ```cfg
        /// global
        ///     ssl-default-bind-ciphers ECDHE-RSA-AES128-GCM-SHA256
        /// ```
        { code: "T010", name: "weak-cipher", find: weak_cipher },
        /// A certificate on a `bind` line that speaks no TLS.
        ///
        /// ## What it finds
        /// `crt`, `crt-list`, `alpn`, `ca-file`, `verify` or `strict-sni` on a `bind` line without `ssl`.
        ///
        /// ## Why it matters
        /// The port serves plain HTTP, and browsers that come with TLS see a protocol error.
        ///
        /// ## Example
        /// ```cfg
        /// frontend web
        ///     bind :8443 crt site.pem
        ///     default_backend app
        /// backend app
        ///     server a 192.0.2.1:80
        /// ```
        ///
        /// ## Use instead
        /// ```cfg
        /// frontend web
        ///     bind :8443 ssl crt site.pem
        ///     default_backend app
        /// backend app
        ///     server a 192.0.2.1:80
        /// ```
        { code: "T011", name: "certificate-without-ssl", find: certificate_without_ssl },
        /// One certificate, HTTP/2, and backends chosen by host.
        ///
        /// ## What it finds
        /// A frontend that chooses backends by SNI, in a condition, a map or a variable that keeps it, with HTTP/2 and one
        /// certificate for several names. `hdr(host)` is read of each request, and is right.
        ///
        /// ## Why it matters
        /// A browser uses one HTTP/2 connection for every name that the certificate covers. What was chosen by the name of
        /// the handshake is then wrong for the other names: choose by the Host header.
        ///
        /// ## Example
        /// ```cfg
        /// frontend web
        ///     mode http
        ///     bind :8443 ssl crt wildcard.pem alpn h2,http/1.1
        ///     use_backend shop if { ssl_fc_sni shop.example.com }
        ///     default_backend app
        /// backend app
        ///     mode http
        ///     server a 192.0.2.1:80
        /// backend shop
        ///     mode http
        ///     server a 192.0.2.2:80
        /// ```
        ///
        /// ## Use instead
        /// ```cfg
        /// frontend web
        ///     mode http
        ///     bind :8443 ssl crt wildcard.pem alpn h2,http/1.1
        ///     use_backend shop if { hdr(host) -i shop.example.com }
        ///     default_backend app
        /// backend app
        ///     mode http
        ///     server a 192.0.2.1:80
        /// backend shop
        ///     mode http
        ///     server a 192.0.2.2:80
        /// ```
        { code: "T013", name: "route-by-sni", find: route_by_sni },
        /// HTTP/1.1 before HTTP/2.
        ///
        /// ## What it finds
        /// `alpn` with `http/1.1` in front of `h2` on a `bind` line.
        ///
        /// ## Why it matters
        /// The order is that of preference, and the first that the client knows is taken: every browser knows HTTP/1.1, and
        /// HTTP/2 is never spoken.
        ///
        /// ## Example
        /// ```cfg
        /// frontend web
        ///     mode http
        ///     bind :8443 ssl crt site.pem alpn http/1.1,h2
        ///     default_backend app
        /// backend app
        ///     mode http
        ///     server a 192.0.2.1:80
        /// ```
        ///
        /// ## Use instead
        /// ```cfg
        /// frontend web
        ///     mode http
        ///     bind :8443 ssl crt site.pem alpn h2,http/1.1
        ///     default_backend app
        /// backend app
        ///     mode http
        ///     server a 192.0.2.1:80
        /// ```
        { code: "T019", name: "h2-never-chosen", find: h2_never_chosen },
    ];
}

fn certificates(view: &View<'_>, findings: &mut Findings) {
    for proxy in view.proxies.iter().filter(|proxy| proxy.takes_connections()) {
        let hosts = hosts(proxy);
        for bind in proxy.binds() {
            let is_file = |at: &usize| matches!(bind.line.word(*at), "crt" | "crt-list");
            let files: Vec<usize> = (0..bind.line.words.len()).filter(is_file).map(|at| at + 1).collect();
            let mut covered = files.is_empty() || hosts.is_empty();
            let mut names = Vec::new();
            for at in &files {
                let file = bind.line.word(*at);
                let found = certificates_of(view, file);
                covered |= found.is_empty();
                for certificate in found {
                    if certificate.not_after_s < view.now_s {
                        let which = if certificate.file.ends_with(file) {
                            "this certificate".to_owned()
                        } else {
                            format!("the certificate '{}'", certificate.file)
                        };
                        findings.at(bind.line.at(*at), format!("{which} has ended: clients refuse it"));
                    }
                    covered |= certificate.names.is_empty()
                        || hosts.iter().any(|host| certificate.names.iter().any(|name| covers(name, host)));
                    names.extend(certificate.names.iter().cloned());
                }
            }
            if let (false, Some(first)) = (covered, files.first()) {
                let which = match bind.line.word(first - 1) {
                    "crt-list" => "the certificates of this list are",
                    _ => "this certificate is",
                };
                findings
                    .at(
                        bind.line.at(*first),
                        format!("{which} for {}, and the rules ask for {}", names.join(", "), hosts.join(", ")),
                    )
                    .help("use a certificate for the hosts that are asked for");
            }
        }
    }
}

/// The certificates of a file, also of one below `crt-base`, or of a folder.
fn certificates_of<'a>(view: &View<'a>, file: &str) -> Vec<&'a Certificate> {
    let listed = |certificate: &&Certificate| certificate.list.as_deref() == Some(file);
    if view.certificates.iter().any(|certificate| listed(&certificate)) {
        return view.certificates.iter().filter(listed).collect();
    }
    if let Some(certificate) = view.certificate(file) {
        return vec![certificate];
    }
    let folder = format!("{}/", file.trim_end_matches('/'));
    let below = format!("/{file}");
    let is_of = |certificate: &&Certificate| {
        certificate.file.starts_with(&folder) || !file.is_empty() && certificate.file.ends_with(&below)
    };
    view.certificates.iter().filter(is_of).collect()
}

/// The hosts that conditions of a frontend ask for by their whole name, in the request or in the handshake.
fn hosts(proxy: &ProxyView<'_>) -> Vec<String> {
    let mut hosts = Vec::new();
    for (_, _, criterion) in proxy.criteria() {
        let about_name = |set: &Set| set.is_host() || set.thing_is_plain() && criterion.fetch == "ssl_fc_sni";
        let Some(set) = Set::new(&criterion).filter(about_name) else { continue };
        let exact = set.atoms.iter().filter(|atom| atom.kind == Kind::Exact);
        hosts.extend(exact.map(|atom| atom.text.split(':').next().unwrap_or_default().to_ascii_lowercase()));
    }
    hosts.retain(|host| host.contains('.'));
    hosts.sort();
    hosts.dedup();
    hosts
}

/// Whether a certificate's name covers a host (RFC 6125): a star stands for one label.
fn covers(name: &str, host: &str) -> bool {
    match name.strip_prefix("*.") {
        Some(rest) => host.split_once('.').is_some_and(|(_, parent)| parent == rest),
        None => name == host,
    }
}

fn no_alpn(view: &View<'_>, findings: &mut Findings) {
    for proxy in view.proxies.iter().filter(|proxy| proxy.is_http()) {
        for bind in proxy.binds().into_iter().filter(|bind| bind.bind.ssl && bind.line.find("alpn", 2).is_none()) {
            findings
                .at(bind.line.whole(), "before HAProxy 2.8 clients speak HTTP/1.1 only here")
                .help("add `alpn h2,http/1.1`");
        }
    }
}

fn h2_never_chosen(view: &View<'_>, findings: &mut Findings) {
    for proxy in view.proxies.iter().filter(|proxy| proxy.takes_connections()) {
        for bind in proxy.binds().into_iter().filter(|bind| bind.bind.ssl) {
            let Some(at) = bind.line.find("alpn", 2) else { continue };
            let place = |name: &str| bind.line.word(at + 1).split(',').position(|offered| offered == name);
            if let (Some(old), Some(new)) = (place("http/1.1"), place("h2"))
                && old < new
            {
                findings
                    .at(bind.line.span(at, at + 2), "HTTP/2 is never spoken: the first that the client knows is taken")
                    .help("write `alpn h2,http/1.1`");
            }
        }
    }
}

fn old_version(view: &View<'_>, findings: &mut Findings) {
    for section in view.sections() {
        for line in &section.lines {
            let reads = matches!(
                line.word(0),
                "bind" | "server" | "default-server" | "ssl-default-bind-options" | "ssl-default-server-options"
            );
            if !reads {
                continue;
            }
            for at in 1..line.words.len() {
                let old = match line.word(at) {
                    "ssl-min-ver" | "ssl-max-ver" => ["SSLv3", "TLSv1.0", "TLSv1.1"].contains(&line.word(at + 1)),
                    "force-sslv3" | "force-tlsv10" | "force-tlsv11" => true,
                    // What is left is older.
                    "no-tlsv12" => line.find("no-tlsv13", 1).is_some(),
                    _ => false,
                };
                if old {
                    let words = if line.word(at).starts_with("ssl-") { 2 } else { 1 };
                    findings
                        .at(line.span(at, at + words), "this allows a version of TLS that is broken")
                        .help("write `ssl-min-ver TLSv1.2`");
                }
            }
        }
    }
}

/// Parts of the names of suites that are broken.
const WEAK: [&str; 10] = ["RC4", "3DES", "DES-CBC", "MD5", "EXP", "EXPORT", "LOW", "aNULL", "eNULL", "NULL"];

fn weak_cipher(view: &View<'_>, findings: &mut Findings) {
    for section in view.sections() {
        for line in &section.lines {
            let short = line.word(1).parse::<u32>().is_ok_and(|bits| bits < 2_048);
            if line.word(0) == "tune.ssl.default-dh-param" && short {
                findings.at(line.span(0, 2), "a key exchange of fewer than 2048 bits can be broken").help("write 2048");
            }
            let at = match line.word(0) {
                "ssl-default-bind-ciphers" | "ssl-default-server-ciphers" => Some(1),
                "bind" | "server" | "default-server" => line.find("ciphers", 1).map(|at| at + 1),
                _ => None,
            };
            let Some(at) = at else { continue };
            let weak = |suite: &&str| {
                let allowed = !suite.starts_with(['!', '-', '+']);
                allowed
                    && (WEAK.iter().any(|weak| suite.split(['-', '+']).any(|part| part == *weak))
                        || suite.contains("DES-CBC"))
            };
            if let Some(suite) = line.word(at).split([':', ',', ' ']).find(weak) {
                findings
                    .at(line.at(at), format!("'{suite}' is broken: a connection with it can be read"))
                    .help("leave it out");
            }
        }
    }
}

fn certificate_without_ssl(view: &View<'_>, findings: &mut Findings) {
    for proxy in &view.proxies {
        for bind in proxy.binds().into_iter().filter(|bind| !bind.bind.ssl && !bind.bind.facts.quic) {
            let words = ["crt", "crt-list", "strict-sni", "ca-file", "verify", "alpn"];
            if let Some(at) = words.iter().find_map(|word| bind.line.find(word, 2)) {
                // Some of these words are also of use on the way to a clear protocol.
                if bind.line.word(at - 1) == "name" {
                    continue;
                }
                findings
                    .at(
                        bind.line.at(at),
                        format!("`{}` has no effect without `ssl`: this port speaks no TLS", bind.line.word(at)),
                    )
                    .help("add `ssl` behind the address");
            }
        }
    }
}

/// The variables that keep the name of the handshake, as they are read.
fn kept_names(proxy: &ProxyView<'_>) -> Vec<String> {
    let lines = ["http-request", "tcp-request"].iter().flat_map(|set| proxy.lines(set));
    let kept = lines.filter_map(|line| {
        let at = (1..line.words.len()).find(|at| line.word(*at).starts_with("set-var("))?;
        let name = line.word(at).strip_prefix("set-var(")?.split([',', ')']).next()?;
        line.word(at + 1).starts_with("ssl_fc_sni").then(|| format!("var({name})"))
    });
    kept.collect()
}

fn route_by_sni(view: &View<'_>, findings: &mut Findings) {
    for proxy in view.proxies.iter().filter(|proxy| proxy.is_http() && proxy.takes_connections()) {
        let binds = proxy.binds();
        let mut crts =
            binds.iter().flat_map(|bind| bind.line.texts(2).zip(bind.line.texts(3))).filter(|(word, _)| *word == "crt");
        let one = crts.next().filter(|(_, file)| !file.ends_with('/')).is_some() && crts.next().is_none();
        // Without `alpn` it is offered, too.
        let h2 = binds.iter().any(|bind| {
            bind.bind.ssl
                && bind.line.find("alpn", 2).is_none_or(|at| bind.line.word(at + 1).contains("h2"))
                && bind.line.find("no-alpn", 2).is_none()
        });
        let strict = proxy
            .rules("http-request")
            .any(|rule| rule.line.texts(1).any(|word| word.contains("ssl_fc_sni")) && rule.name() == "deny");
        if !one || !h2 || strict {
            continue;
        }
        let variables = kept_names(proxy);
        for line in proxy.section.all("use_backend") {
            let tests = line.condition(2).map(|at| proxy.tested(line, at)).unwrap_or_default();
            let reads = |text: &str| text.contains("ssl_fc_sni") || variables.iter().any(|name| text.contains(name));
            if reads(line.word(1)) || tests.iter().any(|criterion| reads(&criterion.text)) {
                findings
                    .at(line.whole(), "browsers send requests for other names of the certificate over the same HTTP/2 connection: the handshake's name is the wrong one for them")
                    .help("choose by `hdr(host) -i`");
                break;
            }
        }
    }
}
