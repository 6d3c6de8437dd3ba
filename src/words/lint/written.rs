//! Words that are taken as they are written: variables that are not replaced, names of fetches that are sent as text.

use pointsman_parser::expr;

use crate::model::script::Statement;
use crate::spec;
use crate::spec::lint::{Findings, Lint, View};

spec! {
    /// What is not read as it was meant.
    pub static WRITTEN: [Lint] = [
        /// A variable that is not replaced.
        ///
        /// ## What it finds
        /// `${NAME}` in single quotes or without quotes, where no address stands.
        ///
        /// ## Why it matters
        /// Variables are replaced between double quotes only. Elsewhere the dollar, the braces and the name are the text.
        ///
        /// ## Example
        /// ```cfg
        /// backend app
        ///     mode http
        ///     http-request set-header X-Region '${REGION}'
        ///     server a 192.0.2.1:80
        /// ```
        ///
        /// ## Use instead
        /// ```cfg
        /// backend app
        ///     mode http
        ///     http-request set-header X-Region "${REGION}"
        ///     server a 192.0.2.1:80
        /// ```
        { code: "E008", name: "variable-not-replaced", find: not_replaced },
        /// The name of a fetch that is sent as text.
        ///
        /// ## What it finds
        /// `set-header` and `add-header` with a value such as `src` or `req.hdr(Host)`, without `%[` and `]`.
        ///
        /// ## Why it matters
        /// The value is a format: what is not between `%[` and `]` is text. The server gets the word `src`, not the address.
        ///
        /// ## Example
        /// ```cfg
        /// backend app
        ///     mode http
        ///     http-request set-header X-Real-IP src
        ///     server a 192.0.2.1:80
        /// ```
        ///
        /// ## Use instead
        /// ```cfg
        /// backend app
        ///     mode http
        ///     http-request set-header X-Real-IP %[src]
        ///     server a 192.0.2.1:80
        /// ```
        { code: "O013", name: "fetch-as-text", find: fetch_as_text },
    ];
}

/// How many words of a line may be addresses, in which HAProxy replaces variables whatever the quotes.
fn first_text(line: &Statement) -> usize {
    match line.word(0) {
        "server" | "server-template" | "peer" | "nameserver" | "mailer" => 4,
        "bind" | "log" | "source" | "dispatch" | "listen" => 2,
        // Names of files, and what is sent to people: these have dollars of their own.
        "stats" | "setenv" | "presetenv" | "errorfile" | "crt-base" | "ca-base" => usize::MAX,
        _ => 1,
    }
}

fn not_replaced(view: &View<'_>, findings: &mut Findings) {
    for section in view.sections() {
        for line in &section.lines {
            let answers = line.texts(1).any(|word| matches!(word, "return" | "string" | "lf-string"));
            for at in first_text(line)..line.words.len() {
                let address = matches!(line.word(at - 1), "addr" | "source" | "usesrc" | "socks4");
                if let (Some(name), false) = (variable(line.word(at)), answers || address || is_escaped(line, at)) {
                    findings
                        .at(line.at(at), format!("'${{{name}}}' stays as it is: no double quotes are around it"))
                        .help(format!("write it as \"${{{name}}}\""));
                }
            }
        }
    }
}

/// Whether a word is longer as it is written than by quotes around it: a backslash before the dollar says that it is one.
fn is_escaped(line: &Statement, at: usize) -> bool {
    let written = line.at(at);
    let more = (written.end.saturating_sub(written.start) as usize).saturating_sub(line.word(at).len());
    more != 0 && more != 2
}

/// The name in `${NAME}`, where it is in capitals as those of the environment are.
fn variable(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once("${")?;
    let name = rest.split_once('}')?.0.split('-').next()?;
    let capital = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    (name.bytes().all(capital) && name.bytes().any(|byte| byte.is_ascii_uppercase())).then_some(name)
}

/// Fetches whose names are no text that anybody sends.
const BARE: [&str; 7] = ["src", "src_port", "dst_port", "ssl_fc", "ssl_fc_sni", "ssl_fc_protocol", "unique-id"];

/// Fetches that have arguments, by the beginning of their names.
const CALLED: [&str; 12] = [
    "hdr",
    "req.hdr",
    "req.fhdr",
    "req.cook",
    "cook",
    "var",
    "ssl_c_",
    "ssl_fc_",
    "urlp",
    "url_param",
    "env",
    "capture.",
];

fn fetch_as_text(view: &View<'_>, findings: &mut Findings) {
    for section in view.sections() {
        for line in &section.lines {
            let at = line.find("set-header", 1).or_else(|| line.find("add-header", 1)).map(|at| at + 2);
            let Some(at) = at.filter(|at| *at == 3 && line.word(0).starts_with("http-")) else { continue };
            let value = line.word(at);
            let Ok(tree) = expr::parse(value.as_bytes()) else { continue };
            let fetch = tree.fetch.name.as_str();
            let called = !tree.fetch.args.is_empty() && CALLED.iter().any(|begin| fetch.starts_with(begin));
            if called || BARE.contains(&fetch) {
                findings
                    .at(line.at(at), format!("the text '{value}' is sent, not what it stands for"))
                    .help(format!("write `%[{value}]`"));
            }
        }
    }
}
