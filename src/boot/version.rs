//! What `-v` and its kin print: our version, and that of the HAProxy whose language is spoken, for tools that look for it.

use super::cli::Version;
use crate::config::predicates::{FEATURES, HAPROXY_VERSION};

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
            println!("Running on: {} {}", std::env::consts::OS, std::env::consts::ARCH);
        }
    }
    if which == Version::Details {
        let features: Vec<String> = FEATURES.iter().map(|feature| format!("+{feature}")).collect();
        println!("\nFeature list : {}", features.join(" "));
        println!("\nDefault settings :\n  bufsize = 16384, maxrewrite = 1024, maxpollevents = 200");
        println!("\nBuilt with multi-threading support (MAX_THREADS=1024).");
        println!("Built with SSL library version : rustls with AWS-LC");
        println!("SSL library supports TLS extensions : yes\nSSL library supports SNI : yes");
        println!("SSL library supports : TLSv1.2 TLSv1.3");
        println!(
            "\nAvailable polling systems :\n      epoll : pref=300,  test result OK\nTotal: 1 (1 usable), will use epoll."
        );
    }
    0
}
