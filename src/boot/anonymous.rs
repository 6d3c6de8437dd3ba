//! `-dC` with a key: names, paths and addresses are replaced by hashes, so that a dump may be shown to others. The same
//! text has the same hash everywhere. The places and the hash are HAProxy's.

use std::net::{IpAddr, Ipv4Addr, ToSocketAddrs};

use pointsman_parser::addr::{self, Port, Target, Transport, Use};
use xxhash_rust::xxh32::xxh32;

use crate::config::lower::Variables;

/// What hides names: the key of the hash.
#[derive(Clone, Copy, Debug)]
pub struct Mask(pub u32);

impl Mask {
    /// A line, without its indentation. What is not shown leaves `[...]`.
    pub fn line(self, words: &[&str], opens: bool) -> String {
        let word = |at: usize| words.get(at).copied().unwrap_or_default();
        let (first, second, third) = (word(0), word(1), word(2));
        match first {
            _ if opens && words.len() < 2 => first.to_owned(),
            _ if opens => format!("{first} {}", self.name(second)),
            "anonkey" => format!("{first} [...]"),
            "maxconn" | "mode" => format!("{first} {second}"),
            "default_backend" => format!("{first} {}", self.name(second)),
            "timeout" => format!("{first} {second} {third}"),
            "stats" if second == "auth" => format!("{first} {second} {}", self.hidden(third)),
            "stats" if second == "timeout" => format!("{first} {second} {third}"),
            "stats" if second == "socket" => {
                format!("{first} {second} {} {}", self.address(third), rest(words, 3))
            }
            "errorfile" => format!("{first} {second} {}", self.path(third)),
            "redirect" if matches!(second, "prefix" | "location") => {
                format!("{first} {second} {} {}", self.path(third), rest(words, 3))
            }
            "redirect" => format!("{first} {second} {third} {}", rest(words, 3)),
            "bind" | "log" | "source" => format!("{first} {} {}", self.address(second), rest(words, 2)),
            "peer" | "nameserver" => {
                format!("{first} {} {} {}", self.name(second), self.address(third), rest(words, 3))
            }
            "server" if words.len() < 3 => format!("{first} {} ", self.name(second)),
            "server" => format!("{first} {} {} {}", self.name(second), self.address(third), rest(words, 3)),
            "acl" => format!("{first} {} {third} {}", self.name(second), rest(words, 3)),
            "cookie" if words.len() < 3 => format!("{first} {} ", self.name(second)),
            "cookie" => format!("{first} {} {third} {}", self.name(second), rest(words, 3)),
            "use_backend" | "user" => format!("{first} {} {}", self.name(second), rest(words, 2)),
            "filter" | "http-request" | "http-response" | "http-after-response" => {
                format!("{first} {second} {}", rest(words, 2))
            }
            _ => {
                let shown = words.iter().take(3).map(|word| format!("{word} "));
                format!("{}{}", shown.collect::<String>(), rest(words, 3))
            }
        }
    }

    fn hidden(self, text: &str) -> String {
        if text.is_empty() {
            return String::new();
        }
        format!("{:06x}", xxh32(text.as_bytes(), self.0) & 0xff_ffff)
    }

    fn within(self, what: &str, text: &str) -> String {
        if text.is_empty() { String::new() } else { format!("{what}({})", self.hidden(text)) }
    }

    fn name(self, text: &str) -> String {
        self.within("ID", text)
    }

    fn path(self, text: &str) -> String {
        self.within("PATH", text)
    }

    /// An address; one that says nothing about a network is shown.
    fn address(self, text: &str) -> String {
        let plain = matches!(text, "" | "stdout" | "stderr" | "global");
        // Variables were resolved before.
        let Ok(read) = addr::parse(text.as_bytes(), &Variables::default(), Use::Socket) else {
            return if plain { text.to_owned() } else { self.hidden(text) };
        };
        let (host, port) = match read.target {
            Target::Ip { host, port, .. } if read.transport != Some(Transport::Datagram) => (host, port),
            Target::Descriptor(_) | Target::SocketPair(_) => return text.to_owned(),
            _ => return self.hidden(text),
        };
        let host = String::from_utf8_lossy(&host);
        if plain || matches!(&*host, "" | "*" | "localhost") {
            return text.to_owned();
        }
        let Some(ip) = resolved(&host) else { return self.hidden(text) };
        let own = match ip {
            IpAddr::V4(ip) => ip.is_loopback() || ip.is_unspecified() || ip == Ipv4Addr::BROADCAST,
            IpAddr::V6(ip) => ip.is_loopback(),
        };
        if own {
            return text.to_owned();
        }
        let port = match port {
            Port::None => 0,
            Port::Number(port) | Port::Range(port, _) => port,
            Port::Offset(offset) => offset as u16,
        };
        let port = if port == 0 { String::new() } else { format!(":{port}") };
        format!("{}{port}", self.within(if ip.is_ipv4() { "IPV4" } else { "IPV6" }, &ip.to_string()))
    }
}

fn rest(words: &[&str], from: usize) -> &'static str {
    if words.len() > from { "[...]" } else { "" }
}

fn resolved(host: &str) -> Option<IpAddr> {
    host.parse().ok().or_else(|| (host, 0).to_socket_addrs().ok()?.next().map(|found| found.ip()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(line: &str) -> String {
        Mask(1).line(&line.split(' ').collect::<Vec<_>>(), line.starts_with("frontend"))
    }

    // Recorded from HAProxy, `-dC1`.
    #[test]
    fn hides_what_haproxy_hides() {
        for (line, expected) in [
            ("frontend http-in", "frontend ID(b0d68c)"),
            ("bind 10.1.2.3:18081 name foo", "bind IPV4(7dc1a2):18081 [...]"),
            ("bind [2001:DB8:0:0::1]:80", "bind IPV6(dd72a2):80 "),
            ("bind udp6@::2:80", "bind c31b20 "),
            ("bind 1.2.3.4:-5", "bind IPV4(a2d447):65531 "),
            ("bind 1.2.3", "bind IPV4(58e6fa) "),
            ("log stdout format raw", "log stdout [...]"),
            ("stats auth admin:secret", "stats auth 1f450d"),
            ("server s1 127.0.0.1:1", "server ID(6b121b) 127.0.0.1:1 "),
            ("errorfile 503 /etc/errors/503.http", "errorfile 503 PATH(5a438b)"),
            ("cookie SRV insert", "cookie ID(f7412b) insert "),
            ("option httpchk GET /health", "option httpchk GET [...]"),
        ] {
            assert_eq!(shown(line), expected);
        }
    }
}
