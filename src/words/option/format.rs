//! Options that choose a log format.

use crate::model::draft::{Draft, Sections};
use crate::model::facts::LogOption;
use crate::model::proxy::LogLine;
use crate::spec;
use crate::spec::{Args, Done, Fault, Form, Keyword, Since};
use crate::words::proxy::named_format;

/// HAProxy's own formats, by the variable that holds them.
pub const HTTP: &str =
    "%ci:%cp [%tr] %ft %b/%s %TR/%Tw/%Tc/%Tr/%Ta %ST %B %CC %CS %tsc %ac/%fc/%bc/%sc/%rc %sq/%bq %hr %hs %{+Q}r";
/// `option httpslog`
pub const HTTPS: &str = "%ci:%cp [%tr] %ft %b/%s %TR/%Tw/%Tc/%Tr/%Ta %ST %B %CC %CS %tsc %ac/%fc/%bc/%sc/%rc %sq/%bq %hr %hs %{+Q}r %[fc_err]/%[ssl_fc_err,hex]/%[ssl_c_err]/%[ssl_c_ca_err]/%[ssl_fc_is_resumed] %[ssl_fc_sni]/%sslv/%sslc";
/// `option httplog clf`
pub const HTTP_CLF: &str = "%{+Q}o %{-Q}ci - - [%trg] %r %ST %B \"\" \"\" %cp %ms %ft %b %s %TR %Tw %Tc %Tr %Ta %tsc %ac %fc %bc %sc %rc %sq %bq %CC %CS %hrl %hsl";
/// `option tcplog`
pub const TCP: &str = "%ci:%cp [%t] %ft %b/%s %Tw/%Tc/%Tt %B %ts %ac/%fc/%bc/%sc/%rc %sq/%bq";
/// `option tcplog clf`
pub const TCP_CLF: &str = "%{+Q}o %{-Q}ci - - [%T] \"TCP \" 000 %B \"\" \"\" %cp %ms %ft %b %s %Th %Tw %Tc %Tt %U %ts-- %ac %fc %bc %sc %rc %sq %bq \"\" \"\" ";

spec! {
    /// Formats.
    pub static FORMAT: [Keyword] = [
        /// The log line of HTTP traffic.
        { name: "option httplog", sections: Sections::PROXIES, negatable: true, usage: "[clf]", parse: httplog },
        /// The log line of HTTP traffic with its TLS fields.
        { name: "option httpslog", since: Since::V2_5, sections: Sections::PROXIES, negatable: true, usage: "", parse: |args, draft| choose(args, draft, HTTPS, "option httpslog") },
        /// The log line of TCP traffic.
        { name: "option tcplog", sections: Sections::PROXIES, negatable: true, usage: "[clf]", parse: tcplog },
    ];
}

fn choose(args: &mut Args<'_>, draft: &mut Draft, text: &str, word: &'static str) -> Done {
    if args.form != Form::Plain {
        let name = word.split(' ').nth(1).unwrap_or(word);
        return Err(Fault::new(format!("negation/default is not supported for option '{name}'.")).tight());
    }
    let place = args.place;
    let http = !word.starts_with("option tcplog");
    if args.section == Sections::BACKEND {
        let name = draft.proxy_ref().map_or("", |proxy| &proxy.name);
        args.warn(format!("backend '{name}' : '{word}' directive is ignored in backends."));
        return Ok(());
    }
    overrides(args, draft, word);
    let format = named_format(args, draft, text)?;
    if let Some(proxy) = draft.proxy() {
        proxy.settings.log_line = LogLine::Format(format);
        proxy.facts.log_option = Some(LogOption { word, http, place });
    }
    if word == "option httpslog" { Ok(()) } else { args.finish() }
}

/// Warns of a second choice in one `defaults`.
pub(in crate::words) fn overrides(args: &mut Args<'_>, draft: &Draft, word: &str) {
    let before = draft.proxy_ref().and_then(|proxy| proxy.facts.log_option.as_ref());
    if let Some(before) = before.filter(|_| args.section == Sections::DEFAULTS) {
        args.warn_tight(format!("'{word}' overrides previous '{}' in 'defaults' section.", before.word));
    }
}

fn httplog(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    match args.next() {
        None => choose(args, draft, HTTP, "option httplog"),
        Some("clf") => choose(args, draft, HTTP_CLF, "option httplog clf"),
        Some(_) => Err(Fault::new("keyword 'httplog' only supports option 'clf'.")),
    }
}

fn tcplog(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    match args.next() {
        None => choose(args, draft, TCP, "option tcplog"),
        Some("clf") => choose(args, draft, TCP_CLF, "option tcplog clf"),
        Some(_) => Err(Fault::new("keyword 'tcplog' only supports option 'clf'.")),
    }
}
