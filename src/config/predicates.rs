//! The predicates of `.if` and `-cc`, and what this program answers to them.

use std::cmp::Ordering;

use pointsman_parser::Environment;

/// The HAProxy version whose behaviour this program follows: what `version_atleast` compares with.
pub const HAPROXY_VERSION: &str = "3.2.26";

/// Features that `feature(…)` says yes to, under HAProxy's names.
pub const FEATURES: &[&str] = &[
    "ACCEPT4",
    "CPU_AFFINITY",
    "EPOLL",
    "GETADDRINFO",
    "LINUX_SPLICE",
    "NETFILTER",
    "NS",
    "OPENSSL",
    "OPENSSL_AWSLC",
    "POLL",
    "PRCTL",
    "SSL",
    "TFO",
    "THREAD",
    "TPROXY",
];

/// The features of HAProxy that this program has not, or has by other means.
#[rustfmt::skip]
pub const ABSENT: &[&str] = &[
    "51DEGREES", "ACME", "BACKTRACE", "CLOSEFROM", "CRYPT_H", "DEVICEATLAS", "DL", "ENGINE", "EVPORTS", "KQUEUE",
    "LIBATOMIC", "LIBCRYPT", "LINUX_CAP", "LINUX_TPROXY", "LUA", "MATH", "MEMORY_PROFILING", "OBSOLETE_LINKER",
    "OPENSSL_WOLFSSL", "OT", "PCRE", "PCRE2", "PCRE2_JIT", "PCRE_JIT", "PROCCTL", "PROMEX", "PTHREAD_EMULATION", "QUIC",
    "QUIC_OPENSSL_COMPAT", "RT", "SLZ", "STATIC_PCRE", "STATIC_PCRE2", "THREAD_DUMP", "WURFL", "ZLIB",
];

/// Answers one predicate. An unknown one is an empty error, as the grammar expects.
pub fn answer(name: &str, args: &[Vec<u8>], env: &dyn Environment) -> Result<bool, String> {
    let arg = |n: usize| args.get(n).map(|bytes| String::from_utf8_lossy(bytes).into_owned()).unwrap_or_default();
    match name {
        "defined" => Ok(env.var(&arg(0)).is_some()),
        "feature" => Ok(FEATURES.contains(&arg(0).as_str())),
        "streq" => Ok(arg(0) == arg(1)),
        "strneq" => Ok(arg(0) != arg(1)),
        "strstr" => Ok(arg(0).contains(&arg(1))),
        "version_atleast" => Ok(compare_versions(HAPROXY_VERSION, &arg(0)) != Ordering::Less),
        "version_before" => Ok(compare_versions(HAPROXY_VERSION, &arg(0)) == Ordering::Less),
        "openssl_version_atleast" => Ok(false),
        "openssl_version_before" => Ok(true),
        "ssllib_name_startswith" => Ok("AWS-LC".starts_with(&arg(0))),
        "awslc_api_atleast" => Ok(true),
        "awslc_api_before" => Ok(false),
        "enabled" => match arg(0).as_str() {
            "POLL" | "EPOLL" | "GETADDRINFO" | "REUSEPORT" | "SPLICE" | "FAST-FORWARD" => Ok(true),
            "KQUEUE" | "EVPORTS" | "SERVER-SSL-VERIFY-NONE" => Ok(false),
            other => Err(format!("unsupported argument '{other}' to predicate 'enabled'")),
        },
        _ => Err(String::new()),
    }
}

/// Compares dotted versions number by number; a `-dev` or `-rc` part sorts before the release.
pub fn compare_versions(left: &str, right: &str) -> Ordering {
    let parts = |text: &str| -> Vec<i64> {
        let (numbers, stage) = match text.split_once('-') {
            Some((numbers, stage)) if stage.starts_with("dev") || stage.starts_with("rc") => (numbers.to_owned(), -1),
            Some((numbers, _)) => (numbers.to_owned(), 0),
            None => (text.to_owned(), 0),
        };
        let mut parts: Vec<i64> = numbers.split('.').map(|part| part.parse().unwrap_or(0)).collect();
        parts.resize(3, 0);
        parts.push(stage);
        parts
    };
    parts(left).cmp(&parts(right))
}
