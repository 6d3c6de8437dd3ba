//! OpenSSL's lists of ciphers, groups and signature algorithms: which of them it refuses.
//!
//! What was found refused by a HAProxy with OpenSSL 3.6 is refused here. What is used of a list is the TLS room's matter.

/// Whether OpenSSL takes a list.
pub type Takes = fn(&str) -> bool;

/// One cipher a line, up to TLS 1.2: its two names, then what a cipher string may call it.
const CIPHERS: &str = include_str!("ciphers.txt");

/// `ciphersuites`: ciphers of TLS 1.3, and two that stand for no cipher.
const SUITES: [&str; 9] = [
    "TLS_AES_128_GCM_SHA256",
    "TLS_AES_256_GCM_SHA384",
    "TLS_CHACHA20_POLY1305_SHA256",
    "TLS_AES_128_CCM_SHA256",
    "TLS_AES_128_CCM_8_SHA256",
    "TLS_SHA256_SHA256",
    "TLS_SHA384_SHA384",
    "TLS_FALLBACK_SCSV",
    "TLS_EMPTY_RENEGOTIATION_INFO_SCSV",
];

/// Groups, by all their names.
#[rustfmt::skip]
const GROUPS: [&str; 62] = [
    "x25519", "x448", "prime192v1", "prime256v1", "secp160k1", "secp160r1", "secp160r2", "secp192k1", "secp192r1",
    "secp224k1", "secp224r1", "secp256k1", "secp256r1", "secp384r1", "secp521r1", "sect163k1", "sect163r1", "sect163r2",
    "sect193r1", "sect193r2", "sect233k1", "sect233r1", "sect239k1", "sect283k1", "sect283r1", "sect409k1", "sect409r1",
    "sect571k1", "sect571r1", "p-192", "p-224", "p-256", "p-384", "p-521", "b-163", "b-233", "b-283", "b-409", "b-571",
    "k-163", "k-233", "k-283", "k-409", "k-571", "brainpoolp256r1", "brainpoolp384r1", "brainpoolp512r1",
    "brainpoolp256r1tls13", "brainpoolp384r1tls13", "brainpoolp512r1tls13", "ffdhe2048", "ffdhe3072", "ffdhe4096",
    "ffdhe6144", "ffdhe8192", "mlkem512", "mlkem768", "mlkem1024", "x25519mlkem768", "secp256r1mlkem768",
    "secp384r1mlkem1024", "default",
];

/// Signature algorithms by name.
#[rustfmt::skip]
const SIGNATURES: [&str; 35] = [
    "rsa_pkcs1_sha1", "rsa_pkcs1_sha224", "rsa_pkcs1_sha256", "rsa_pkcs1_sha384", "rsa_pkcs1_sha512",
    "rsa_pss_rsae_sha256", "rsa_pss_rsae_sha384", "rsa_pss_rsae_sha512", "rsa_pss_pss_sha256", "rsa_pss_pss_sha384",
    "rsa_pss_pss_sha512", "ecdsa_secp256r1_sha256", "ecdsa_secp384r1_sha384", "ecdsa_secp521r1_sha512", "ecdsa_sha224",
    "ecdsa_sha1", "dsa_sha1", "dsa_sha224", "dsa_sha256", "dsa_sha384", "dsa_sha512", "ed25519", "ed448", "mldsa44",
    "mldsa65", "mldsa87", "ml-dsa-44", "ml-dsa-65", "ml-dsa-87", "ecdsa_brainpoolp256r1_sha256",
    "ecdsa_brainpoolp384r1_sha384", "ecdsa_brainpoolp512r1_sha512", "ecdsa_brainpoolp256r1tls13_sha256",
    "ecdsa_brainpoolp384r1tls13_sha384", "ecdsa_brainpoolp512r1tls13_sha512",
];

/// The longest names looked at.
const GROUP_BYTES_MAX: usize = 63;
const SIGNATURE_BYTES_MAX: usize = 39;
/// Key shares that a list may ask for.
const SHARES_MAX: usize = 4;

/// Whether a cipher string leaves a cipher. See `openssl-ciphers(1)`, "Cipher list format".
pub fn are_ciphers(text: &str) -> bool {
    if text.starts_with("SUITEB128") || text.starts_with("SUITEB192") {
        return true;
    }
    let rows: Vec<Vec<&str>> = CIPHERS.lines().map(|line| line.split(' ').collect()).collect();
    let mut set = vec![State::Out; rows.len()];
    let mut rest = text;
    if let Some(behind) = text.strip_prefix("DEFAULT") {
        rest = behind;
        for (state, row) in set.iter_mut().zip(&rows) {
            if row.contains(&"ALL") && !row.contains(&"COMPLEMENTOFDEFAULT") {
                *state = State::In;
            }
        }
    }
    loop {
        rest = rest.trim_start_matches([' ', ':', ';', ',']);
        let Some(first) = rest.chars().next() else { break };
        let how = if matches!(first, '!' | '-' | '+' | '@') { first } else { ' ' };
        rest = rest.strip_prefix(how).unwrap_or(rest);
        if how == '@' {
            let (command, behind) = word(rest);
            let level =
                command.strip_prefix("SECLEVEL=").is_some_and(|level| matches!(level.as_bytes(), [b'0'..=b'5']));
            if command != "STRENGTH" && !level {
                return false;
            }
            rest = behind;
            continue;
        }
        let mut parts = Vec::new();
        loop {
            let (part, behind) = word(rest);
            if part.is_empty() {
                return false;
            }
            parts.push(part);
            rest = behind;
            match behind.strip_prefix('+') {
                Some(behind) => rest = behind,
                None => break,
            }
        }
        for (state, row) in set.iter_mut().zip(&rows) {
            if parts.iter().all(|part| row.contains(part)) {
                state.change(how);
            }
        }
    }
    set.contains(&State::In)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Out,
    In,
    Banned,
}

impl State {
    fn change(&mut self, how: char) {
        *self = match (how, *self) {
            (_, State::Banned) | ('!', _) => State::Banned,
            ('-', _) => State::Out,
            ('+', state) => state,
            _ => State::In,
        };
    }
}

/// The word that a text begins with, and what is behind it.
fn word(text: &str) -> (&str, &str) {
    let is_word = |letter: char| letter.is_ascii_alphanumeric() || "-_.=".contains(letter);
    text.split_at_checked(text.find(|letter| !is_word(letter)).unwrap_or(text.len())).unwrap_or((text, ""))
}

/// Whether a list of `ciphersuites` has one that is known.
pub fn are_suites(text: &str) -> bool {
    let known = |name: &str| {
        SUITES.contains(&name) || CIPHERS.lines().any(|line| line.split(' ').nth(1).is_some_and(|row| row == name))
    };
    text.split(':').any(|name| known(name.trim()))
}

/// Whether a list of `curves` names groups only.
pub fn are_groups(text: &str) -> bool {
    let shares = text.matches('*').count();
    shares <= SHARES_MAX
        && text.split([':', '/']).all(|item| {
            let name = item.trim_start_matches(['?', '*', '-']).to_ascii_lowercase();
            let known = GROUPS.contains(&name.as_str()) && (name != "default" || name.len() == item.len());
            let optional = item.contains('?') && name != "default" && name.len() <= GROUP_BYTES_MAX;
            !name.is_empty() && (known || optional)
        })
}

/// Whether a list of `sigalgs` names signature algorithms only.
pub fn are_signatures(text: &str) -> bool {
    let mut any = false;
    let fits = text.split(':').all(|item| {
        let (optional, name) = item.strip_prefix('?').map_or((false, item), |name| (true, name));
        let known = is_signature(&name.to_ascii_lowercase());
        any |= known;
        known || (optional && !name.is_empty() && name.len() <= SIGNATURE_BYTES_MAX)
    });
    fits && any
}

fn is_signature(name: &str) -> bool {
    match name.split_once('+') {
        Some(("rsa" | "dsa" | "ecdsa", hash)) => matches!(hash, "sha1" | "sha224" | "sha256" | "sha384" | "sha512"),
        Some(("rsa-pss" | "pss", hash)) => matches!(hash, "sha256" | "sha384" | "sha512"),
        Some(_) => false,
        None => !name.is_empty() && SIGNATURES.contains(&name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cipher_strings_leave_something() {
        for text in ["AES128-SHA", "foo:HIGH", "DEFAULT@SECLEVEL=1", "kRSA+AES", "ALL:!HIGH:!eNULL", "DEFAULTX"] {
            assert!(are_ciphers(text), "{text}");
        }
        for text in
            ["foo", "@STRENGTH", "ALL:@SECLEVEL=9", "TLS_AES_128_GCM_SHA256", "ALL:-ALL", "!!HIGH", "RC4", "ALL:é"]
        {
            assert!(!are_ciphers(text), "{text}");
        }
    }

    #[test]
    fn names_are_known() {
        assert!(are_suites("foo:TLS_AES_128_GCM_SHA256") && are_suites("TLS_RSA_WITH_AES_128_CBC_SHA"));
        assert!(!are_suites("AES128-SHA") && !are_suites("TLS_AES_128_GCM_SHA256,TLS_AES_256_GCM_SHA384"));
        assert!(are_groups("X25519:P-256") && are_groups("?foo:default") && are_groups("*X25519/-P-256"));
        assert!(!are_groups("P256") && !are_groups("X25519:") && !are_groups("?DEFAULT") && !are_groups("-foo"));
        assert!(are_signatures("RSA+SHA256:ed25519") && are_signatures("?foo:RSA+SHA1"));
        assert!(!are_signatures("?foo") && !are_signatures("RSA+MD5") && !are_signatures("ed25519:"));
    }
}
