//! Checks a request's target against its `Host` and brings both into the form HAProxy forwards (RFC 9112 §3.2).

use super::framing::Hosts;
use super::head::Bad;
use crate::http::head::Head;
use crate::http::uri;

/// Checks and normalizes target and `Host`; `hosts` is what is known of the latter.
pub fn normalize(head: &mut Head, hosts: Hosts) -> Result<(), Bad> {
    match hosts {
        Hosts::Spoiled => return Err(Bad::Syntax),
        Hosts::Several => one_host(head)?,
        Hosts::None | Hosts::One => {}
    }
    let target = head.target();
    if head.method() == b"CONNECT" {
        return connect(head);
    }
    match target {
        [b'/', ..] => Ok(()),
        b"*" if head.method() == b"OPTIONS" => Ok(()),
        _ => absolute(head),
    }
}

/// Several equal `Host` fields become one; different ones are refused.
fn one_host(head: &mut Head) -> Result<(), Bad> {
    let first = head.value(b"host").unwrap_or_default();
    if head.values(b"host").any(|host| !host.eq_ignore_ascii_case(first)) {
        return Err(Bad::Syntax);
    }
    let mut seen = false;
    head.retain(|name, _| name != b"host" || !std::mem::replace(&mut seen, true));
    Ok(())
}

/// `CONNECT host:port`: the port must be there, and `Host` must agree; it loses a well-known port.
fn connect(head: &mut Head) -> Result<(), Bad> {
    let authority = head.target();
    if authority.contains(&b'/') || uri::port(authority).is_none() {
        return Err(Bad::Syntax);
    }
    let Some(host) = head.value(b"host") else { return Ok(()) };
    if !uri::host(host).eq_ignore_ascii_case(uri::host(authority)) {
        return Err(Bad::Syntax);
    }
    if matches!(uri::port(host), Some(b"80" | b"443")) {
        let bare = uri::host(host).to_vec();
        set_host(head, &bare);
    }
    Ok(())
}

/// `scheme://authority/path`: the scheme's own port goes, an empty path becomes `/`, and `Host` must agree.
fn absolute(head: &mut Head) -> Result<(), Bad> {
    let target = head.target();
    let (Some(scheme), Some(authority)) = (uri::scheme(target), uri::authority(target)) else {
        return Err(Bad::Syntax);
    };
    let own_port: &[u8] = match scheme {
        b"http" => b"80",
        b"https" => b"443",
        _ => b"",
    };
    let after_user =
        memchr::memrchr(b'@', authority).map_or(authority, |at| authority.get(at + 1..).unwrap_or_default());
    let wanted = without_port(after_user, own_port);
    let rest = target.get(scheme.len() + 3 + authority.len()..).unwrap_or_default();
    let host = head.value(b"host").map(|host| without_port(host, own_port).to_vec());
    if host.as_ref().is_some_and(|host| !host.eq_ignore_ascii_case(wanted)) {
        return Err(Bad::Syntax);
    }
    if wanted.len() != after_user.len() || rest.is_empty() {
        let user = authority.len() - after_user.len();
        let mut clean = target.get(..scheme.len() + 3 + user + wanted.len()).unwrap_or_default().to_vec();
        clean.extend_from_slice(if rest.is_empty() { b"/" } else { rest });
        head.set_target(&clean);
    }
    if let Some(host) = host.filter(|host| head.value(b"host").is_some_and(|now| now.len() != host.len())) {
        set_host(head, &host);
    }
    Ok(())
}

fn without_port<'a>(authority: &'a [u8], port: &[u8]) -> &'a [u8] {
    match uri::port(authority) {
        Some(found) if found == port => uri::host(authority),
        _ => authority,
    }
}

fn set_host(head: &mut Head, host: &[u8]) {
    if let Some(index) = head.fields().iter().position(|field| head.is_named(field, b"host")) {
        head.set_value(index, host);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Version;

    fn normalized(method: &str, target: &str, hosts: &[&str]) -> Option<(String, Option<String>)> {
        let mut head = Head::default();
        head.start_request(method.as_bytes(), target.as_bytes(), Version::Http11);
        for host in hosts {
            head.push(b"host", host.as_bytes());
        }
        let known = hosts.iter().fold(Hosts::None, |known, host| known.and(host.as_bytes()));
        normalize(&mut head, known).ok()?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        assert!(head.values(b"host").count() <= 1);
        Some((text(head.target()), head.value(b"host").map(text)))
    }

    #[test]
    fn as_haproxy_does() {
        let some = |target: &str, host: &str| Some((target.to_owned(), Some(host.to_owned())));
        assert_eq!(normalized("GET", "http://A.b:80", &["A.b:80"]), some("http://A.b/", "A.b"));
        assert_eq!(normalized("GET", "http://A.b?q", &["a.B"]), some("http://A.b?q", "a.B"));
        assert_eq!(normalized("GET", "https://A.b:443/x", &["A.b"]), some("https://A.b/x", "A.b"));
        assert_eq!(normalized("GET", "http://A.b:443/x", &["A.b:443"]), some("http://A.b:443/x", "A.b:443"));
        assert_eq!(normalized("GET", "http://u:p@A.b/x", &["A.b"]), some("http://u:p@A.b/x", "A.b"));
        assert_eq!(normalized("GET", "http://A.b:8080/x", &["A.b"]), None);
        assert_eq!(normalized("CONNECT", "a:443", &["a:443"]), some("a:443", "a"));
        assert_eq!(normalized("CONNECT", "a:81", &["a:81"]), some("a:81", "a:81"));
        assert_eq!(normalized("CONNECT", "a", &["a"]), None);
        assert_eq!(normalized("GET", "*", &["a"]), None);
        assert_eq!(normalized("OPTIONS", "*", &["a"]), some("*", "a"));
        assert_eq!(normalized("GET", "/", &["A", "a"]), some("/", "A"));
        assert_eq!(normalized("GET", "/", &["a", "b"]), None);
        assert_eq!(normalized("GET", "/", &["a b"]), None);
    }
}
