//! What is read from the wrong layer: names of handshakes, requests in TCP, certificates of clients.

use crate::model::proxy::Mode;
use crate::model::script::Statement;
use crate::spec;
use crate::spec::Level;
use crate::spec::lint::{Findings, Lint, ProxyView, View};

spec! {
    /// Fetches and the layer they read.
    pub static LAYERS: [Lint] = [
        /// The name of a handshake, asked for in the wrong way.
        ///
        /// ## What it finds
        /// `req.ssl_sni` behind `bind` lines that all speak TLS, and `ssl_fc_sni` behind lines none of which does.
        ///
        /// ## Why it matters
        /// `req.ssl_sni` reads a handshake that passes through, `ssl_fc_sni` one that ended here. The other one is always
        /// empty: its conditions never hold.
        ///
        /// ## Example
        /// ```cfg
        /// frontend web
        ///     mode http
        ///     bind :443 ssl crt site.pem
        ///     use_backend shop if { req.ssl_sni -i shop.example.com }
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
        ///     bind :443 ssl crt site.pem
        ///     use_backend shop if { hdr(host) -i shop.example.com }
        ///     default_backend app
        /// backend app
        ///     mode http
        ///     server a 192.0.2.1:80
        /// backend shop
        ///     mode http
        ///     server a 192.0.2.2:80
        /// ```
        { code: "T015", name: "name-of-other-layer", find: other_layer },
        /// The name of a handshake that is not waited for.
        ///
        /// ## What it finds
        /// `use_backend` by `req.ssl_sni` in a tcp proxy that has no `tcp-request inspect-delay`, or no `tcp-request content`
        /// rule that waits for the handshake.
        ///
        /// ## Why it matters
        /// The backend is chosen as soon as the connection is there. The handshake comes later, so that there is no name
        /// yet, and the connection goes to the default backend or is closed.
        ///
        /// ## Example
        /// ```cfg
        /// frontend tls
        ///     mode tcp
        ///     bind :443
        ///     use_backend shop if { req.ssl_sni -i shop.example.com }
        ///     default_backend app
        /// backend app
        ///     mode tcp
        ///     server a 192.0.2.1:443
        /// backend shop
        ///     mode tcp
        ///     server a 192.0.2.2:443
        /// ```
        ///
        /// ## Use instead
        /// ```cfg
        /// frontend tls
        ///     mode tcp
        ///     bind :443
        ///     tcp-request inspect-delay 5s
        ///     tcp-request content accept if { req.ssl_hello_type 1 }
        ///     use_backend shop if { req.ssl_sni -i shop.example.com }
        ///     default_backend app
        /// backend app
        ///     mode tcp
        ///     server a 192.0.2.1:443
        /// backend shop
        ///     mode tcp
        ///     server a 192.0.2.2:443
        /// ```
        { code: "T016", name: "name-not-awaited", find: not_awaited },
        /// An authority for clients, and no client is asked.
        ///
        /// ## What it finds
        /// `ca-file` on a `bind` line without `verify`, and `verify optional` where nothing asks for the certificate.
        ///
        /// ## Why it matters
        /// On `bind` lines `verify none` is the default: no client is asked for a certificate, and everybody comes in.
        ///
        /// ## Example
        /// ```cfg
        /// frontend web
        ///     mode http
        ///     bind :443 ssl crt site.pem ca-file clients.pem
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
        ///     bind :443 ssl crt site.pem ca-file clients.pem verify required
        ///     default_backend app
        /// backend app
        ///     mode http
        ///     server a 192.0.2.1:80
        /// ```
        { code: "T017", name: "clients-not-asked", find: clients_not_asked },
        /// HTTP/2 offered by a proxy that does not speak it.
        ///
        /// ## What it finds
        /// `alpn h2` on a `bind` line in mode tcp.
        ///
        /// ## Why it matters
        /// The client speaks HTTP/2 then, and its bytes go to the server as they are: one that only knows HTTP/1.1 answers
        /// with an error.
        ///
        /// ## Example
        /// ```cfg
        /// listen web
        ///     mode tcp
        ///     bind :443 ssl crt site.pem alpn h2,http/1.1
        ///     server a 192.0.2.1:80
        /// ```
        ///
        /// ## Use instead
        /// ```cfg
        /// listen web
        ///     mode http
        ///     bind :443 ssl crt site.pem alpn h2,http/1.1
        ///     server a 192.0.2.1:80
        /// ```
        { code: "T018", name: "h2-in-tcp", level: Level::Note, find: h2_in_tcp },
        /// A request that is looked for in TCP.
        ///
        /// ## What it finds
        /// Backends chosen by `hdr`, `path` and their kin in a proxy in mode tcp that waits for no request.
        ///
        /// ## Why it matters
        /// HAProxy loads it. The backend is chosen before a byte of the request is there, and in TLS that passes through
        /// none can be read: the condition does not hold.
        ///
        /// ## Example
        /// ```cfg
        /// frontend web
        ///     mode tcp
        ///     bind :80
        ///     use_backend shop if { hdr(host) -i shop.example.com }
        ///     default_backend app
        /// backend app
        ///     mode tcp
        ///     server a 192.0.2.1:80
        /// backend shop
        ///     mode tcp
        ///     server a 192.0.2.2:80
        /// ```
        ///
        /// ## Use instead
        /// ```cfg
        /// frontend web
        ///     mode http
        ///     bind :80
        ///     use_backend shop if { hdr(host) -i shop.example.com }
        ///     default_backend app
        /// backend app
        ///     mode http
        ///     server a 192.0.2.1:80
        /// backend shop
        ///     mode http
        ///     server a 192.0.2.2:80
        /// ```
        { code: "R006", name: "request-in-tcp", find: request_in_tcp },
    ];
}

/// The beginnings of fetches that read a handshake which passes through.
const PASSING: [&str; 3] = ["req.ssl_sni", "req_ssl_sni", "rdp_cookie"];

/// The beginnings of fetches that read the first message of a handshake.
const HANDSHAKE: [&str; 3] = ["req.ssl_hello_type", "req_ssl_hello_type", "req.ssl_ver"];

/// The beginnings of fetches that read a request.
const REQUEST: [&str; 9] = ["hdr(", "hdr_", "req.hdr", "path", "url", "base", "req.cook", "cook", "method"];

/// Where a line's condition, or the backend it computes, reads a fetch that begins so: in its own words, or in an ACL.
fn reads<'a>(proxy: &ProxyView<'a>, line: &'a Statement, begins: &[&str]) -> bool {
    let fits = |word: &str| begins.iter().any(|begin| word.starts_with(begin));
    if line.word(1).strip_prefix("%[").is_some_and(fits) {
        return true;
    }
    line.condition(2).is_some_and(|at| proxy.tested(line, at).iter().any(|test| fits(&test.text)))
}

/// The first word of a proxy's lines that reads a fetch of this name.
fn first_word<'a>(proxy: &ProxyView<'a>, fetch: &[&str]) -> Option<(&'a Statement, usize)> {
    proxy.section.lines.iter().filter(|line| line.word(0) != "log-format").find_map(|line| {
        let reads = |word: &str| {
            let word = word.strip_prefix("%[").unwrap_or(word);
            fetch.iter().any(|fetch| word.strip_prefix(fetch).is_some_and(|rest| !rest.starts_with(['.', '('])))
        };
        (1..line.words.len()).find(|at| reads(line.word(*at))).map(|at| (line, at))
    })
}

fn other_layer(view: &View<'_>, findings: &mut Findings) {
    for proxy in view.proxies.iter().filter(|proxy| proxy.takes_connections()) {
        let binds = proxy.binds();
        let tls = binds.iter().filter(|bind| bind.bind.ssl || bind.bind.facts.quic).count();
        if binds.is_empty() {
            continue;
        }
        if tls == binds.len()
            && let Some((line, at)) = first_word(proxy, &["req.ssl_sni", "req_ssl_sni"])
        {
            findings
                .at(line.at(at), "this is always empty: TLS ends at the `bind` lines, and no handshake passes through")
                .help("write `ssl_fc_sni`, or `hdr(host)` where requests are told apart");
        }
        if tls == 0
            && let Some((line, at)) = first_word(proxy, &["ssl_fc_sni"])
        {
            findings
                .at(line.at(at), "this is always empty: no `bind` line of this section has `ssl`")
                .help("write `req.ssl_sni` where TLS passes through, with `tcp-request inspect-delay 5s`");
        }
    }
}

/// Whether a proxy waits for bytes before it chooses a backend.
fn waits(proxy: &ProxyView<'_>) -> bool {
    proxy.line("tcp-request inspect-delay").is_some() && proxy.lines("tcp-request content").next().is_some()
}

fn not_awaited(view: &View<'_>, findings: &mut Findings) {
    for proxy in view.proxies.iter().filter(|proxy| proxy.takes_connections() && proxy.mode() == Mode::Tcp) {
        let tls = proxy.binds().iter().any(|bind| bind.bind.ssl);
        if tls || waits(proxy) {
            continue;
        }
        let Some(line) = proxy.section.all("use_backend").find(|line| reads(proxy, line, &PASSING)) else { continue };
        let delay = proxy.line("tcp-request inspect-delay");
        let finding = match delay {
            Some(delay) => findings
                .at(delay.whole(), "nothing waits: without a `tcp-request content` rule this delay has no effect")
                .related(line.whole(), "is decided before the handshake is there"),
            None => findings
                .at(line.whole(), "the name is not there yet: the backend is chosen before the handshake has come"),
        };
        finding
            .help("write `tcp-request inspect-delay 5s` and `tcp-request content accept if { req.ssl_hello_type 1 }`");
    }
}

fn clients_not_asked(view: &View<'_>, findings: &mut Findings) {
    let mut asked = None;
    for proxy in view.proxies.iter().filter(|proxy| proxy.takes_connections()) {
        for bind in proxy.binds().into_iter().filter(|bind| bind.bind.ssl) {
            let line = bind.line;
            let verify = line.find("verify", 2);
            match (line.find("ca-file", 2), verify, verify.map(|at| line.word(at + 1))) {
                (Some(at), None, _) => {
                    findings
                        .at(line.at(at), "no client is asked for a certificate: without `verify` this has no effect")
                        .help("add `verify required`");
                }
                (_, Some(at), Some("optional")) => {
                    let reads = |word: &str| word.contains("ssl_c_") || word.contains("ssl-cn") || word == "httpslog";
                    let known = *asked.get_or_insert_with(|| {
                        view.every_line().any(|line| {
                            line.texts(1).any(|word| reads(word) || word.starts_with("send-proxy-v2-ssl"))
                                || line.texts(0).any(|word| word.starts_with("lua"))
                        })
                    });
                    if !known {
                        findings
                            .at(
                                line.span(at, at + 2),
                                "clients without a certificate come in, and nothing tells them apart",
                            )
                            .help("write `verify required`, or a rule with `ssl_c_used`");
                    }
                }
                _ => {}
            }
        }
    }
}

fn h2_in_tcp(view: &View<'_>, findings: &mut Findings) {
    for proxy in view.proxies.iter().filter(|proxy| proxy.takes_connections() && proxy.mode() == Mode::Tcp) {
        for bind in proxy.binds().into_iter().filter(|bind| bind.bind.ssl) {
            let Some(at) = bind.line.find("alpn", 2) else { continue };
            let offers = bind.line.word(at + 1).split(',').any(|name| name == "h2");
            if offers {
                findings
                    .at(
                        bind.line.span(at, at + 2),
                        "clients speak HTTP/2 then, and the server gets it as it came: it must know it",
                    )
                    .help("write `mode http`, or leave `h2` out");
            }
        }
    }
}

fn request_in_tcp(view: &View<'_>, findings: &mut Findings) {
    for proxy in view.proxies.iter().filter(|proxy| proxy.takes_connections() && proxy.mode() == Mode::Tcp) {
        let mut content = proxy.lines("tcp-request content").peekable();
        let waits = content.peek().is_some();
        // TLS that passes through holds no request that could be read.
        let passes =
            content.any(|line| reads(proxy, line, &HANDSHAKE)) && proxy.binds().iter().all(|bind| !bind.bind.ssl);
        if waits && !passes {
            continue;
        }
        if let Some(line) = proxy.section.all("use_backend").find(|line| reads(proxy, line, &REQUEST)) {
            let text = if passes {
                "TLS passes through here: the request is inside of it, and this condition never sees one"
            } else {
                "mode tcp reads no requests: this condition looks for one before a byte has come"
            };
            findings
                .at(line.whole(), text)
                .help("write `mode http`; where TLS passes through, choose by `req.ssl_sni`");
        }
    }
}
