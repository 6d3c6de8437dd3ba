//! What a stranger can do: read statistics, forge addresses, get around a rule.

use super::algebra::{Kind, Set};
use crate::model::script::{Section, Statement};
use crate::spec;
use crate::spec::Level;
use crate::spec::lint::{Criterion, Findings, Lint, ProxyView, View};

spec! {
    /// What a stranger can do.
    pub static SECURITY: [Lint] = [
        /// A client's address beside one that the client wrote itself.
        ///
        /// ## What it finds
        /// `http-request add-header X-Forwarded-For` and its kin, without a rule that removes what came.
        ///
        /// ## Why it matters
        /// The origin gets two of them and reads the first one, which anybody can write.
        ///
        /// ## Example
        /// ```cfg
        /// frontend web
        ///     mode http
        ///     bind :8080
        ///     http-request add-header X-Forwarded-For %[src]
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
        ///     bind :8080
        ///     http-request set-header X-Forwarded-For %[src]
        ///     default_backend app
        /// backend app
        ///     mode http
        ///     server a 192.0.2.1:80
        /// ```
        { code: "S001", name: "forged-address", find: forged_address },
        /// A path that is denied and can be written in another way.
        ///
        /// ## What it finds
        /// `deny` and its kin by `path`, `path_beg` or `path_dir`, without `normalize-uri` before it.
        ///
        /// ## Why it matters
        /// `//admin`, `/./admin`, `/%61dmin` and `/Admin` are other paths for the rule, and the same for many servers.
        ///
        /// ## Example
        /// ```cfg
        /// frontend web
        ///     mode http
        ///     bind :8080
        ///     http-request deny if { path_beg /admin }
        ///     default_backend app
        /// backend app
        ///     mode http
        ///     server a 192.0.2.1:80
        /// ```
        ///
        /// ## Use instead
        /// ```cfg
        /// global
        ///     expose-experimental-directives
        /// frontend web
        ///     mode http
        ///     bind :8080
        ///     http-request normalize-uri path-merge-slashes
        ///     http-request normalize-uri path-strip-dotdot
        ///     http-request normalize-uri percent-decode-unreserved
        ///     http-request deny if { path_beg -i /admin }
        ///     default_backend app
        /// backend app
        ///     mode http
        ///     server a 192.0.2.1:80
        /// ```
        { code: "S006", name: "path-around", level: Level::Note, on: false, find: path_around },
        /// A host pattern that fits other hosts.
        ///
        /// ## What it finds
        /// Regular expressions for hosts with a dot that is not escaped or without anchors, `hdr_end(host)` without a dot
        /// in front, `hdr_sub(host)` and `hdr_beg(host)` with a whole name.
        ///
        /// ## Why it matters
        /// `example.com` at the end fits `not-example.com`; a dot fits every character.
        ///
        /// ## Example
        /// ```cfg
        /// frontend web
        ///     mode http
        ///     bind :8080
        ///     acl ours hdr_end(host) -i example.com
        ///     http-request deny unless ours
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
        ///     bind :8080
        ///     acl ours hdr_end(host) -i .example.com
        ///     acl ours hdr(host) -i example.com
        ///     http-request deny unless ours
        ///     default_backend app
        /// backend app
        ///     mode http
        ///     server a 192.0.2.1:80
        /// ```
        { code: "S007", name: "host-pattern-too-wide", find: wide_host },
        /// A host that is compared with its case.
        ///
        /// ## What it finds
        /// `hdr(host)` and its kin with a name and without `-i`.
        ///
        /// ## Why it matters
        /// Names of hosts have no case (RFC 9110 4.2.3): `Example.com` is the same host, and goes elsewhere.
        ///
        /// ## Example
        /// ```cfg
        /// frontend web
        ///     mode http
        ///     bind :8080
        ///     use_backend shop if { hdr(host) shop.example.com }
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
        ///     bind :8080
        ///     use_backend shop if { hdr(host) -i shop.example.com }
        ///     default_backend app
        /// backend app
        ///     mode http
        ///     server a 192.0.2.1:80
        /// backend shop
        ///     mode http
        ///     server a 192.0.2.2:80
        /// ```
        { code: "S008", name: "host-with-case", level: Level::Note, find: host_with_case },
        /// A regular expression that takes for ever.
        ///
        /// ## What it finds
        /// A repeated group that itself repeats: `(a+)+`, `(.*)*`.
        ///
        /// ## Why it matters
        /// On a text that nearly matches, HAProxy tries every way to cut it: seconds of a thread for one request.
        ///
        /// ## Example
        /// ```cfg
        /// frontend web
        ///     mode http
        ///     bind :8080
        ///     http-request deny if { path_reg ^/(a+)+$ }
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
        ///     bind :8080
        ///     http-request deny if { path_reg ^/a+$ }
        ///     default_backend app
        /// backend app
        ///     mode http
        ///     server a 192.0.2.1:80
        /// ```
        { code: "S009", name: "slow-expression", find: slow_expression },
        /// Line ends that a client writes into a header.
        ///
        /// ## What it finds
        /// Headers and redirects whose format decodes what the client sent: `url_dec`, `b64dec`, `hex2…`.
        ///
        /// ## Why it matters
        /// `%0d%0a` becomes the end of a line, and what follows is a header, or a response, of the client's choice.
        ///
        /// ## Example
        /// ```cfg
        /// frontend web
        ///     mode http
        ///     bind :8080
        ///     http-request redirect location %[url_param(to),url_dec]
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
        ///     bind :8080
        ///     http-request redirect location /start?to=%[url_param(to)]
        ///     default_backend app
        /// backend app
        ///     mode http
        ///     server a 192.0.2.1:80
        /// ```
        { code: "S010", name: "line-end-in-header", find: line_end },
    ];
}

fn forged_address(view: &View<'_>, findings: &mut Findings) {
    const HEADERS: [&str; 5] = ["x-forwarded-for", "x-real-ip", "x-client-ip", "x-forwarded-proto", "x-forwarded-host"];
    for proxy in view.proxies.iter().filter(|proxy| proxy.is_http()) {
        for rule in proxy.rules("http-request").filter(|rule| rule.name() == "add-header") {
            let header = rule.args().next().unwrap_or_default().to_ascii_lowercase();
            let removed = proxy.rules("http-request").any(|other| {
                other.name() == "del-header"
                    && other.args().next().is_some_and(|name| name.eq_ignore_ascii_case(&header))
            });
            // The way to add the scheme, once, to a request that has none yet.
            let guarded =
                rule.cond.is_some_and(|at| rule.line.texts(at).any(|word| word.to_ascii_lowercase().contains(&header)));
            if !HEADERS.contains(&header.as_str())
                || removed
                || guarded
                || !proxy.section.lines.iter().any(|line| std::ptr::eq(line, rule.line))
            {
                continue;
            }
            if matches!(header.as_str(), "x-forwarded-proto" | "x-forwarded-host") && rule.cond.is_some() {
                continue;
            }
            let place = rule.line.span(rule.action, rule.action + 2);
            findings
                .at(place, "what a client wrote into this header stays beside it, and is read first")
                .help("use `set-header`, which replaces what came");
        }
    }
}

fn path_around(view: &View<'_>, findings: &mut Findings) {
    for proxy in view.proxies.iter().filter(|proxy| proxy.is_http()) {
        if proxy.rules("http-request").any(|rule| rule.name() == "normalize-uri") {
            continue;
        }
        for rule in
            proxy.rules("http-request").filter(|rule| matches!(rule.name(), "deny" | "tarpit" | "reject" | "auth"))
        {
            let Some(any) = rule.cond.and_then(|at| proxy.terms(rule.line, at)) else { continue };
            let by_path = any.iter().flatten().any(|term| {
                !term.negated
                    && term.any.iter().filter_map(Set::new).any(|set| {
                        set.is_path() && set.atoms.iter().any(|atom| matches!(atom.kind, Kind::Exact | Kind::Prefix))
                    })
            });
            if by_path {
                findings
                    .at(rule.line.whole(), "`//`, `/./`, `%2e` and capitals get around this path")
                    .help("write `http-request normalize-uri` rules before it, and `-i`");
            }
        }
    }
}

/// Every criterion about the Host header, with its line and where its patterns begin.
fn hosts<'a>(proxy: &ProxyView<'a>) -> impl Iterator<Item = (&'a Statement, usize, Criterion)> {
    let about_host = |criterion: &Criterion| Set::new(criterion).is_some_and(|set| set.is_host());
    let found = proxy.criteria().into_iter().filter(move |(_, _, criterion)| about_host(criterion));
    found.map(|(line, first, criterion)| (line, first + criterion.patterns_at, criterion))
}

/// Names of handshakes are compared by expressions as hosts are.
fn wide_names(view: &View<'_>, findings: &mut Findings) {
    for proxy in view.proxies.iter().filter(|proxy| proxy.takes_connections()) {
        for (line, at, criterion) in proxy.criteria() {
            let first = at + criterion.patterns_at;
            let Some(set) = Set::new(&criterion).filter(Set::is_sni) else { continue };
            for (at, atom) in set.atoms.iter().enumerate() {
                if atom.kind == Kind::Other && atom.method == "reg" && bare_dot(&atom.text) {
                    let text = "this fits other names: a dot that is not escaped fits every character";
                    findings.at(line.at(first + at), text).help("write `\\.`, between `^` and `$`");
                }
            }
        }
    }
}

fn wide_host(view: &View<'_>, findings: &mut Findings) {
    wide_names(view, findings);
    for proxy in view.proxies.iter().filter(|proxy| proxy.is_http()) {
        for (line, first, criterion) in hosts(proxy) {
            let Some(set) = Set::new(&criterion) else { continue };
            for (at, atom) in set.atoms.iter().enumerate() {
                let text = &atom.text;
                let is_name = text.contains('.') && !text.starts_with('.');
                let why = match (atom.kind, atom.method.as_str()) {
                    (Kind::Suffix, _) if is_name && text.split('.').count() > 1 => {
                        format!("'not-{text}' ends like this, too")
                    }
                    (Kind::Other, "reg") if bare_dot(text) => {
                        "a dot that is not escaped fits every character".to_owned()
                    }
                    (Kind::Part, _) if is_name && text.split('.').count() > 1 && !text.ends_with('.') => {
                        format!("'{text}.attacker.example' holds this, too")
                    }
                    _ => continue,
                };
                let help = match atom.kind {
                    Kind::Suffix => format!("write `.{text}`, and the name itself with `hdr(host) -i {text}`"),
                    Kind::Part => "compare the whole name with `hdr(host) -i`".to_owned(),
                    _ => "write `\\.`, between `^` and `$`".to_owned(),
                };
                findings.at(line.at(first + at), format!("this fits other hosts: {why}")).help(help);
            }
        }
    }
}

/// Whether an expression has a dot between letters that stands for any character.
fn bare_dot(text: &str) -> bool {
    let bytes = text.as_bytes();
    (1..bytes.len()).any(|at| {
        let (before, this, after) = (bytes.get(at - 1), bytes.get(at), bytes.get(at + 1));
        let plain = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
        this == Some(&b'.') && plain(before) && plain(after) && (at < 2 || bytes.get(at - 2) != Some(&b'\\'))
    })
}

fn host_with_case(view: &View<'_>, findings: &mut Findings) {
    for proxy in view.proxies.iter().filter(|proxy| proxy.is_http()) {
        for (line, first, criterion) in hosts(proxy) {
            let folds = criterion.ignore_case
                || criterion.converters.iter().any(|name| name == "lower" || name.starts_with("map"));
            let letters =
                criterion.patterns.iter().any(|pattern| pattern.bytes().any(|byte| byte.is_ascii_alphabetic()));
            let insensitive = criterion.patterns.iter().all(|pattern| pattern.starts_with("(?i)"));
            if folds || !letters || insensitive || matches!(criterion.matcher.as_deref(), Some("found" | "len")) {
                continue;
            }
            let end = first + criterion.patterns.len();
            findings
                .at(line.span(first, end), "a host has no case, and this is compared with it")
                .help("add `-i`")
                .fix(crate::base::diag::Place { end: line.at(first).start, ..line.at(first) }, "-i ");
        }
    }
}

fn slow_expression(view: &View<'_>, findings: &mut Findings) {
    for section in view.sections() {
        for line in &section.lines {
            let by_word = matches!(
                line.word(1),
                "replace-path" | "replace-pathq" | "replace-uri" | "replace-header" | "replace-value"
            );
            let reads = by_word
                || line.texts(1).any(|word| {
                    word.contains("_reg") || word == "reg" || word.contains("regsub") || word.contains("map_reg")
                });
            let at = (1..line.words.len()).find(|at| repeats_twice(line.word(*at)));
            if let Some(at) = at.filter(|_| reads) {
                findings
                    .at(
                        line.at(at),
                        "a repeated group that itself repeats: one request can keep a thread busy for seconds",
                    )
                    .help("repeat once");
            }
        }
    }
}

/// `(x+)+`, `(.*)*`, `(a|b+){2,}`: a group whose last part repeats without bounds, and which repeats itself. `(.*,)*` too.
fn repeats_twice(text: &str) -> bool {
    let bytes = text.as_bytes();
    let repeats = |at: usize| {
        matches!(bytes.get(at), Some(b'+' | b'*'))
            || bytes.get(at) == Some(&b'{') && text.get(at..).is_some_and(|rest| rest.contains(",}"))
    };
    let escaped = |at: usize| at > 0 && bytes.get(at - 1) == Some(&b'\\');
    (1..bytes.len()).any(|at| {
        if bytes.get(at) != Some(&b')') || escaped(at) || !repeats(at + 1) {
            return false;
        }
        let many = |at: usize| bytes.get(at).is_some_and(|byte| matches!(byte, b'+' | b'*')) && !escaped(at);
        // `(x+.)+`: the dot is one more of the letters before it.
        let dotted = bytes.get(at - 1) == Some(&b'.') && at > 2 && many(at - 2);
        let inner = many(at - 1) || dotted;
        // A group that begins with fixed text has one way to be cut.
        let open = text.get(..at).and_then(|before| before.rfind('('));
        let fixed = open.is_some_and(|open| {
            let inside = text.get(open + 1..at).unwrap_or_default().trim_start_matches("?:");
            let unescaped = inside.trim_start_matches('\\');
            let lead = unescaped.as_bytes().first().is_some_and(|byte| !matches!(byte, b'.' | b'[' | b'('));
            lead && unescaped.len() > 2 && !matches!(unescaped.as_bytes().get(1), Some(b'+' | b'*'))
        });
        // `(.*,)*`: any of the commas may be one of the letters before the next one.
        let swallows = open.is_some_and(|open| {
            let inside = text.get(open + 1..at).unwrap_or_default().trim_start_matches("?:");
            let plain = |rest: &str| !rest.is_empty() && !rest.contains(['[', ']', '|', '*', '+', '?', '^', '$', '{']);
            let rest = inside.strip_prefix(".*").or_else(|| inside.strip_prefix(".+"));
            rest.is_some_and(plain)
        });
        (inner || swallows) && !fixed
    })
}

/// Converters that turn escapes into bytes.
const DECODERS: [&str; 4] = ["url_dec", "b64dec", "ub64dec", "hex2str"];

/// Whether a format writes out what an escape stood for, and nothing looks at it again.
fn decodes(format: &str) -> bool {
    format.split("%[").skip(1).filter_map(|rest| rest.split(']').next()).any(is_decoded)
}

/// Whether an expression ends in bytes that were escaped.
fn is_decoded(expr: &str) -> bool {
    // What is looked at again afterwards cannot carry a line end.
    const SAFE: [&str; 14] = [
        "url_enc",
        "base64",
        "hex",
        "field",
        "map",
        "json",
        "length",
        "sha1",
        "sha2",
        "md5",
        "regsub",
        "lower",
        "jwt_payload_query",
        "json_query",
    ];
    let calls: Vec<&str> = expr.split(',').map(|call| call.split('(').next().unwrap_or_default().trim()).collect();
    let at = calls.iter().rposition(|call| DECODERS.contains(call));
    at.is_some_and(|at| !calls.get(at + 1..).unwrap_or_default().iter().any(|call| SAFE.contains(call)))
}

/// The variables of a section that hold decoded bytes, as `var(NAME)`.
fn decoded_variables(section: &Section) -> Vec<String> {
    let named = |line: &Statement| {
        let name = line.word(1).strip_prefix("set-var(")?.split([',', ')']).next()?;
        is_decoded(line.word(2)).then(|| format!("var({name})"))
    };
    section.lines.iter().filter(|line| line.word(0) == "http-request").filter_map(named).collect()
}

fn line_end(view: &View<'_>, findings: &mut Findings) {
    const ACTIONS: [&str; 6] = ["set-header", "add-header", "replace-header", "replace-value", "redirect", "return"];
    for section in view.sections() {
        let variables = decoded_variables(section);
        for line in &section.lines {
            let writes = matches!(line.word(0), "http-request" | "http-response" | "http-after-response" | "redirect");
            if !writes || !(ACTIONS.contains(&line.word(1)) || line.word(0) == "redirect") {
                continue;
            }
            let end = line.condition(2).unwrap_or(line.words.len());
            let writes_variable = |word: &str| {
                let mut exprs = word.split("%[").skip(1).filter_map(|rest| rest.split(']').next());
                exprs.any(|expr| variables.iter().any(|name| name == expr))
            };
            let decodes = |word: &str| decodes(word) || writes_variable(word);
            if let Some(at) = (2..end).find(|at| decodes(line.word(*at))) {
                findings
                    .at(
                        line.at(at),
                        "`%0d%0a` of a client becomes the end of a line here, and what follows a header of his choice",
                    )
                    .help("leave it encoded, or add `url_enc`");
            }
        }
    }
}
