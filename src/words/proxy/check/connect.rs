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
                let port = text(args, "port")?;
                connect.port = port.parse().ok();
                if connect.port.is_none() {
                    args.not_yet("http-check connect port with an expression");
                }
            }
            "sni" => connect.sni = Some(text(args, "sni")?),
            "alpn" => connect.alpn = Some(text(args, "alpn")?),
            "proto" => {
                text(args, "proto")?;
            }
            "comment" => connect.comment = Some(text(args, "comment")?),
            "addr" => {
                let word = text(args, "addr")?;
                connect.addr = Some(address(args, &word)?);
            }
            other => {
                return Err(Fault::new(format!(
                    "'{}' : expects 'comment', 'default', 'linger', 'send-proxy', 'sni', 'ssl', 'via-socks4' but got '{other}' as argument.",
                    args.keyword()
                )));
            }
        }
    }
    add(args, draft, Step::Connect(connect));
    Ok(())
}

fn address(args: &Args<'_>, word: &str) -> Result<Address, Fault> {
    let parsed = addr::parse(word.as_bytes(), args.env, Use::Socket).map_err(|error| Fault::new(error.to_string()))?;
    match parsed.target {
        Target::Unix(path) => Ok(Address::Unix(String::from_utf8_lossy(&path).into_owned().into())),
        Target::Ip { host, port, .. } => {
            let host = String::from_utf8_lossy(&host).into_owned();
            let ip = host.parse().map_err(|_| Fault::new(format!("invalid address '{host}'")))?;
            let port = if let addr::Port::Number(port) = port { port } else { 0 };
            Ok(Address::Inet(std::net::SocketAddr::new(ip, port)))
        }
        _ => Err(Fault::new(format!("invalid address '{word}'"))),
    }
}
