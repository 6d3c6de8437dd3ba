//! OpenSSL's names for what rustls speaks: versions, cipher suites, groups, and the cipher strings of a configuration.

use rustls::crypto::SupportedKxGroup;
use rustls::crypto::aws_lc_rs::{cipher_suite, kx_group};
use rustls::{CipherSuite, ProtocolVersion, SupportedCipherSuite};

/// A cipher suite and OpenSSL's view of it.
struct Named {
    suite: SupportedCipherSuite,
    name: &'static str,
    /// What a cipher string may call it, besides its name: key exchange, authentication, cipher.
    traits: &'static [&'static str],
    bits: u16,
}

/// In OpenSSL's order of preference.
static TLS13: [Named; 3] = [
    Named { suite: cipher_suite::TLS13_AES_256_GCM_SHA384, name: "TLS_AES_256_GCM_SHA384", traits: &[], bits: 256 },
    Named {
        suite: cipher_suite::TLS13_CHACHA20_POLY1305_SHA256,
        name: "TLS_CHACHA20_POLY1305_SHA256",
        traits: &[],
        bits: 256,
    },
    Named { suite: cipher_suite::TLS13_AES_128_GCM_SHA256, name: "TLS_AES_128_GCM_SHA256", traits: &[], bits: 128 },
];

/// In OpenSSL's order of preference.
static TLS12: [Named; 6] = [
    Named {
        suite: cipher_suite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        name: "ECDHE-ECDSA-AES256-GCM-SHA384",
        traits: &["ECDSA", "aECDSA", "AES", "AESGCM", "AES256"],
        bits: 256,
    },
    Named {
        suite: cipher_suite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        name: "ECDHE-RSA-AES256-GCM-SHA384",
        traits: &["aRSA", "AES", "AESGCM", "AES256"],
        bits: 256,
    },
    Named {
        suite: cipher_suite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
        name: "ECDHE-ECDSA-CHACHA20-POLY1305",
        traits: &["ECDSA", "aECDSA", "CHACHA20"],
        bits: 256,
    },
    Named {
        suite: cipher_suite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
        name: "ECDHE-RSA-CHACHA20-POLY1305",
        traits: &["aRSA", "CHACHA20"],
        bits: 256,
    },
    Named {
        suite: cipher_suite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        name: "ECDHE-ECDSA-AES128-GCM-SHA256",
        traits: &["ECDSA", "aECDSA", "AES", "AESGCM", "AES128"],
        bits: 128,
    },
    Named {
        suite: cipher_suite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        name: "ECDHE-RSA-AES128-GCM-SHA256",
        traits: &["aRSA", "AES", "AESGCM", "AES128"],
        bits: 128,
    },
];

/// What a cipher string may call every TLS 1.2 suite that rustls has.
const ALL_TLS12: [&str; 9] = ["ALL", "DEFAULT", "HIGH", "ECDHE", "EECDH", "kECDHE", "kEECDH", "TLSv1.2", "FIPS"];

/// `TLSv1.3`.
pub fn version_name(version: ProtocolVersion) -> &'static str {
    match version {
        ProtocolVersion::TLSv1_2 => "TLSv1.2",
        ProtocolVersion::TLSv1_3 => "TLSv1.3",
        _ => "unknown",
    }
}

/// OpenSSL's name of a suite, such as `ECDHE-RSA-AES128-GCM-SHA256`.
pub fn cipher_name(suite: CipherSuite) -> &'static str {
    named(suite).map_or("(NONE)", |named| named.name)
}

/// The length of a suite's key, bits.
pub fn cipher_bits(suite: CipherSuite) -> u16 {
    named(suite).map_or(0, |named| named.bits)
}

fn named(suite: CipherSuite) -> Option<&'static Named> {
    TLS13.iter().chain(&TLS12).find(|named| named.suite.suite() == suite)
}

/// The suites of `ciphersuites`, by preference, `None` if the text names none that we have.
pub(super) fn tls13_suites(text: Option<&str>) -> Option<Vec<SupportedCipherSuite>> {
    let Some(text) = text else { return Some(TLS13.iter().map(|named| named.suite).collect()) };
    let find = |name: &str| TLS13.iter().find(|named| named.name == name).map(|named| named.suite);
    let suites: Vec<_> = text.split(':').filter_map(find).collect();
    (!suites.is_empty()).then_some(suites)
}

/// The TLS 1.2 suites of an OpenSSL cipher string, by preference, `None` if it leaves none that we have.
///
/// See `openssl-ciphers(1)`, "Cipher list format". Names that we do not know count for nothing, as there.
pub(super) fn tls12_suites(text: Option<&str>) -> Option<Vec<SupportedCipherSuite>> {
    let mut list: Vec<&Named> = Vec::new();
    let mut banned: Vec<&str> = Vec::new();
    for token in text.unwrap_or("ALL").split([':', ',', ' ', ';']).filter(|token| !token.is_empty()) {
        let (how, pattern) = match token.as_bytes().first() {
            Some(b'!' | b'-' | b'+') => token.split_at(1),
            Some(b'@') => continue,
            _ => ("", token),
        };
        match how {
            "!" => {
                banned.extend(TLS12.iter().filter(|named| answers_to(named, pattern)).map(|named| named.name));
                list.retain(|named| !answers_to(named, pattern));
            }
            "-" => list.retain(|named| !answers_to(named, pattern)),
            "+" => list.sort_by_key(|named| answers_to(named, pattern)),
            _ => {
                for named in TLS12.iter().filter(|named| answers_to(named, pattern)) {
                    if !banned.contains(&named.name) && !list.iter().any(|known| known.name == named.name) {
                        list.push(named);
                    }
                }
            }
        }
    }
    (!list.is_empty()).then(|| list.iter().map(|named| named.suite).collect())
}

/// Whether all the parts of `ECDHE+AESGCM` are said of this suite.
fn answers_to(named: &Named, pattern: &str) -> bool {
    pattern.split('+').all(|part| part == named.name || ALL_TLS12.contains(&part) || named.traits.contains(&part))
}

/// The key exchange groups of `curves` or `ecdhe`, by preference; those we do not have are passed over.
///
/// `None` if there is a name that OpenSSL does not know either, or if none is left.
pub(super) fn groups(names: &[String]) -> Option<Vec<&'static dyn SupportedKxGroup>> {
    let mut groups: Vec<&'static dyn SupportedKxGroup> = Vec::new();
    for name in names {
        match name.to_ascii_lowercase().as_str() {
            "x25519" => groups.push(kx_group::X25519),
            "p-256" | "prime256v1" | "secp256r1" => groups.push(kx_group::SECP256R1),
            "p-384" | "secp384r1" => groups.push(kx_group::SECP384R1),
            "x25519mlkem768" => groups.push(kx_group::X25519MLKEM768),
            "secp256r1mlkem768" => groups.push(kx_group::SECP256R1MLKEM768),
            "mlkem768" => groups.push(kx_group::MLKEM768),
            "p-521" | "secp521r1" | "x448" | "p-224" | "secp224r1" | "secp256k1" | "brainpoolp256r1"
            | "brainpoolp384r1" | "brainpoolp512r1" | "ffdhe2048" | "ffdhe3072" | "ffdhe4096" | "ffdhe6144"
            | "ffdhe8192" => {}
            _ => return None,
        }
    }
    (!groups.is_empty()).then_some(groups)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(text: &str) -> Vec<&'static str> {
        tls12_suites(Some(text)).unwrap_or_default().iter().map(|suite| cipher_name(suite.suite())).collect()
    }

    #[test]
    fn suites_have_openssl_names_and_key_lengths() {
        assert_eq!(cipher_name(CipherSuite::TLS13_AES_128_GCM_SHA256), "TLS_AES_128_GCM_SHA256");
        let suite = CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384;
        assert_eq!((cipher_name(suite), cipher_bits(suite)), ("ECDHE-RSA-AES256-GCM-SHA384", 256));
        assert_eq!(version_name(ProtocolVersion::TLSv1_2), "TLSv1.2");
        assert_eq!(cipher_name(CipherSuite::TLS_NULL_WITH_NULL_NULL), "(NONE)");
    }

    #[test]
    fn cipher_strings_select_in_their_order() {
        assert_eq!(listed("ALL").len(), 6);
        assert_eq!(
            listed("ECDHE-RSA-AES128-GCM-SHA256:nonsense:ECDHE-ECDSA-AES128-GCM-SHA256"),
            ["ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES128-GCM-SHA256"]
        );
        assert_eq!(listed("ECDHE+CHACHA20"), ["ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE-RSA-CHACHA20-POLY1305"]);
        assert_eq!(listed("HIGH:!aECDSA:!AES256:!MD5"), ["ECDHE-RSA-CHACHA20-POLY1305", "ECDHE-RSA-AES128-GCM-SHA256"]);
        assert_eq!(listed("!CHACHA20:ALL:-AES256:+aECDSA@SECLEVEL").len(), 2);
        assert_eq!(listed("AES128:+ECDSA"), ["ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES128-GCM-SHA256"]);
        assert_eq!(tls12_suites(Some("AES128-SHA")), None);
        assert_eq!(tls12_suites(None).map(|list| list.len()), Some(6));
    }

    #[test]
    fn suites_of_tls13_are_plain_names() {
        let two = tls13_suites(Some("TLS_AES_128_GCM_SHA256:foo:TLS_AES_256_GCM_SHA384")).unwrap_or_default();
        assert_eq!(two.len(), 2);
        assert_eq!(tls13_suites(Some("foo")), None);
    }

    #[test]
    fn groups_are_kept_passed_over_or_refused() {
        let groups_of = |names: &[&str]| {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            groups(&names).map(|groups| groups.len())
        };
        assert_eq!(groups_of(&["P-521", "X25519"]), Some(1));
        assert_eq!(groups_of(&["P-521"]), None);
        assert_eq!(groups_of(&["foo", "X25519"]), None);
    }
}
