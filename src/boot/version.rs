//! What `-v` and its kin print: our version, and that of the HAProxy whose language is spoken, for tools that look for it.

use super::cli::Version;
use crate::config::predicates::{ABSENT, FEATURES, HAPROXY_VERSION};

/// The first line of every version output; `{}` stands for our version.
pub const BANNER: &str = "HAProxy version 3.2.26 compatible - Pointsman version {}";

/// Prints it; the exit code is 0.
pub fn show(which: Version) -> u8 {
    let own = env!("CARGO_PKG_VERSION");
    let mut parts = HAPROXY_VERSION.split('.');
    let branch = format!("{}.{}", parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    match which {
        Version::Full => println!("{HAPROXY_VERSION}-pointsman-{own}"),
        Version::Short => println!("{HAPROXY_VERSION}"),
        Version::Branch => println!("{branch}"),
        Version::Lines | Version::Details => {
            println!("{}", BANNER.replace("{}", own));
            println!("Status: speaks the configuration language of HAProxy {branch}.");
            println!("Running on: {}", system());
        }
    }
    if which == Version::Details {
        print!("{}", details());
    }
    0
}

/// The kernel and the machine, as `uname -a` has them.
fn system() -> String {
    let kernel = |name: &str| std::fs::read_to_string(format!("/proc/sys/kernel/{name}")).unwrap_or_default();
    let [kind, release, version] = ["ostype", "osrelease", "version"].map(kernel);
    let kind = if kind.is_empty() { std::env::consts::OS } else { kind.trim() };
    format!("{kind} {} {} {}", release.trim(), version.trim(), std::env::consts::ARCH)
}

/// What `-vv` says besides: in HAProxy's form, so that what reads it finds its lines; the facts are ours.
fn details() -> String {
    let mut known: Vec<(&str, char)> = FEATURES.iter().map(|name| (*name, '+')).collect();
    known.extend(ABSENT.iter().map(|name| (*name, '-')));
    known.sort_unstable();
    let features: Vec<String> = known.iter().map(|(name, sign)| format!("{sign}{name}")).collect();
    let options: Vec<String> = FEATURES.iter().map(|name| format!("USE_{name}=1")).collect();
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    format!(
        "Build options : \n  TARGET  = {}-{}\n  CC      = rustc\n  CFLAGS  = \n  OPTIONS = {}\n  DEBUG   = {}\n\nFeature list : \
         {}\n\nDefault settings :\n  bufsize = 16384, maxrewrite = 1024, maxpollevents = 200\n\nBuilt with multi-threading \
         support (MAX_TGROUPS=1, MAX_THREADS=1024, default={threads}).\n{DETAILS}\n",
        std::env::consts::OS,
        std::env::consts::ARCH,
        options.join(" "),
        if cfg!(debug_assertions) { "debug_assertions" } else { "" },
        features.join(" "),
    )
}

const DETAILS: &str = "\
Built with SSL library version : rustls with AWS-LC
Running on SSL library version : rustls with AWS-LC
SSL library supports TLS extensions : yes
SSL library supports SNI : yes
SSL library supports : TLSv1.2 TLSv1.3
Built with network namespace support.
Encrypted password support via crypt(3): yes

Available polling systems :
      epoll : pref=300,  test result OK
Total: 1 (1 usable), will use epoll.

Available multiplexer protocols :
(protocols marked as <default> cannot be specified using 'proto' keyword)
  <default> : mode=HTTP  side=FE|BE  mux=H1    flags=HTX
         h1 : mode=HTTP  side=FE|BE  mux=H1    flags=HTX|NO_UPG
  <default> : mode=TCP   side=FE|BE  mux=PASS  flags=
       none : mode=TCP   side=FE|BE  mux=PASS  flags=NO_UPG

Available services : none
Available filters :
	none
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_are_said_once() {
        assert!(FEATURES.iter().all(|name| !ABSENT.contains(name)));
        let text = details();
        let line = text.lines().find(|line| line.starts_with("Feature list : ")).unwrap();
        assert!(line.contains(" +EPOLL ") && line.contains(" -PCRE2 "), "{line}");
    }
}
