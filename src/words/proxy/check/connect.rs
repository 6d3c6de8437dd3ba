//! `http-check connect` and `tcp-check connect`.

use pointsman_parser::addr::{self, Target, Use};

use super::{add, text};
use crate::model::addr::Address;
use crate::model::check::{Connect, Step};
use crate::model::draft::Draft;
use crate::spec::{Args, Done, Fault};

pub(super) fn connect(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let mut connect = Connect::default();
    while let Some(word) = args.next() {
        match word {
            "default" => connect.default = true,
            "ssl" => connect.ssl = true,
            "linger" => connect.linger = true,
            "send-proxy" => connect.send_proxy = true,
            "via-socks4" => args.not_yet("http-check connect via-socks4"),
            "port" => {
                let refusal = sentence(args, "'port' expects a port number or a sample expression as argument.");
                let Some(word) = args.peek() else { return Err(refusal) };
                connect.port = word.parse().ok();
                if connect.port.is_some() {
                    args.next();
                } else {
                    let title = format!("'{}' : error detected while parsing port expression : ", args.keyword());
                    args.one_word_expr(draft).map_err(|fault| Fault::new(format!("{title}{}.", fault.message)))?;
                    args.not_yet("http-check connect port with an expression");
                }
            }
            "sni" => connect.sni = Some(text(args, "sni")?),
            "alpn" => {
                let refusal =
                    format!("'{}' : 'alpn' : missing the comma-delimited ALPN protocol suite.", args.keyword());
                connect.alpn = Some(args.need(&refusal)?.to_owned());
            }
            "proto" => match args.next() {
                Some("h1" | "h2" | "none" | "fcgi" | "spop") => {}
                Some(other) => return Err(sentence(args, &format!("'proto' : unknown MUX protocol '{other}'."))),
                None => return Err(sentence(args, "'proto' expects a MUX protocol as argument.")),
            },
            "comment" => connect.comment = Some(text(args, "comment")?),
            "addr" => {
                let refusal = sentence(args, "'addr' expects <ipv4|ipv6> as argument.");
                let Some(word) = args.next() else { return Err(refusal) };
                connect.addr = Some(address(args, word)?);
            }
            other => {
                let known = "'comment', 'port', 'addr', 'send-proxy', 'ssl', 'sni', 'alpn' or 'via-socks4', 'linger', \
                             'default'";
                return Err(sentence(args, &format!("expects {known} but got '{other}' as argument.")));
            }
        }
    }
    add(args, draft, Step::Connect(connect));
    Ok(())
}

fn sentence(args: &Args<'_>, text: &str) -> Fault {
    Fault::new(format!("'{}' : {text}.", args.keyword()))
}

fn address(args: &Args<'_>, word: &str) -> Result<Address, Fault> {
    let refuse = |reason: &str| sentence(args, &format!("'addr' : {reason}."));
    let parsed = addr::parse(word.as_bytes(), args.env, Use::Socket).map_err(|error| refuse(&error.to_string()))?;
    match parsed.target {
        Target::Unix(path) => Ok(Address::Unix(String::from_utf8_lossy(&path).into_owned().into())),
        Target::Ip { host, port, .. } => {
            let host = String::from_utf8_lossy(&host).into_owned();
            let ip = host.parse().map_err(|_| refuse(&format!("invalid address: '{host}' in '{word}'")))?;
            let port = if let addr::Port::Number(port) = port { port } else { 0 };
            Ok(Address::Inet(std::net::SocketAddr::new(ip, port)))
        }
        _ => Err(refuse(&format!("invalid address '{word}'"))),
    }
}
