//! Hashed passwords of user lists, as crypt(3) writes them: MD5 (`$1$`), SHA-256 (`$5$`) and SHA-512 (`$6$`).

use md5::{Digest as _, Md5};

/// Whether this is the password behind the hash. A hash of another kind fits no password.
pub fn verify(password: &[u8], hash: &str) -> bool {
    if let Some(rest) = hash.strip_prefix("$1$") {
        let Some((salt, digest)) = rest.split_once('$') else { return false };
        return md5_crypt(password, salt.as_bytes()) == digest.as_bytes();
    }
    let Ok(password) = std::str::from_utf8(password) else { return false };
    match hash.get(..3) {
        Some("$5$") => sha_crypt::sha256_check(password, hash).is_ok(),
        Some("$6$") => sha_crypt::sha512_check(password, hash).is_ok(),
        _ => false,
    }
}

/// Whether a hash is of a kind that [`verify`] knows.
pub fn is_known(hash: &str) -> bool {
    ["$1$", "$5$", "$6$"].iter().any(|prefix| hash.starts_with(prefix))
}

/// Poul-Henning Kamp's MD5 crypt: the digest in its own base 64.
fn md5_crypt(password: &[u8], salt: &[u8]) -> Vec<u8> {
    let salt = salt.get(..8).unwrap_or(salt);
    let digest = |parts: &[&[u8]]| -> [u8; 16] {
        let mut hash = Md5::new();
        parts.iter().for_each(|part| hash.update(part));
        hash.finalize().into()
    };
    let inner = digest(&[password, salt, password]);
    let mut first = [password, b"$1$", salt].concat();
    first.extend(inner.iter().cycle().take(password.len()));
    let mut left = password.len();
    while left > 0 {
        first.push(if left & 1 == 1 { 0 } else { password.first().copied().unwrap_or(0) });
        left >>= 1;
    }
    let mut last = digest(&[&first]);
    for round in 0..1000 {
        let odd = round % 2 == 1;
        let mut text = if odd { password.to_vec() } else { last.to_vec() };
        if round % 3 != 0 {
            text.extend_from_slice(salt);
        }
        if round % 7 != 0 {
            text.extend_from_slice(password);
        }
        if odd {
            text.extend_from_slice(&last);
        } else {
            text.extend_from_slice(password);
        }
        last = digest(&[&text]);
    }
    let mut out = Vec::with_capacity(22);
    let mut push = |value: u32, count: usize| {
        const LETTERS: &[u8; 64] = b"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        for at in 0..count {
            out.push(LETTERS[(value >> (6 * at) & 63) as usize]);
        }
    };
    for [high, middle, low] in [[0, 6, 12], [1, 7, 13], [2, 8, 14], [3, 9, 15], [4, 10, 5]] {
        push(u32::from(last[high]) << 16 | u32::from(last[middle]) << 8 | u32::from(last[low]), 4);
    }
    push(u32::from(last[11]), 2);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verifies_what_openssl_made() {
        // `openssl passwd -1 -salt abcdefgh secret`, and the same with -5 and -6.
        let hashes = HASHES;
        for hash in hashes {
            assert!(verify(b"secret", hash), "{hash}");
            assert!(!verify(b"Secret", hash), "{hash}");
        }
        assert!(!verify(b"x", "x"));
    }

    const HASHES: [&str; 3] = [
        "$1$abcdefgh$cHJi5PXp/ki/ktXzqlk6I1",
        "$5$abcdefgh$gruCpC7VkOTspMQTTSAR8mtlO9Upms.fwqE5y16JVM.",
        "$6$abcdefgh$ltjgWl6579NluT/Vi1nwEvcil.G5Nbc4NiXZaNGStk8PSwGfQv72N2CKPPrVACtLtip/cZ/1GM/O6IND4WQhG.",
    ];
}
