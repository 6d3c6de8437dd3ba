//! The non-cryptographic hashes that HAProxy's configurations name, bit for bit.

/// D. J. Bernstein's hash with factor 33, as HAProxy starts it.
pub fn djb2(bytes: &[u8]) -> u32 {
    bytes.iter().fold(5381u32, |hash, &byte| (hash << 5).wrapping_add(hash).wrapping_add(u32::from(byte)))
}

/// The hash of the SDBM library.
pub fn sdbm(bytes: &[u8]) -> u32 {
    sdbm_more(0, bytes)
}

/// Goes on with an SDBM hash.
pub fn sdbm_more(hash: u32, bytes: &[u8]) -> u32 {
    bytes
        .iter()
        .fold(hash, |hash, &byte| u32::from(byte).wrapping_add(hash << 6).wrapping_add(hash << 16).wrapping_sub(hash))
}

/// Willy Tarreau's hash with rotations that depend on the data.
pub fn wt6(bytes: &[u8]) -> u32 {
    let (mut left, mut right) = (0xa53c_965a_u32, 0x5ca6_953a_u32);
    let (mut left_turn, mut right_turn) = (6, 18);
    for &byte in bytes {
        let byte = u32::from(byte);
        left = !(left ^ byte);
        right = !right.wrapping_add(byte);
        let next = right.rotate_left(left_turn);
        right = left.rotate_left(right_turn);
        left = next;
        let turns = ((left >> 16) ^ right) & 0xffff;
        left_turn = turns & 0x1f;
        right_turn = turns >> 11;
    }
    left ^ right
}

/// CRC-32C (Castagnoli), bitwise: keys are short.
pub fn crc32c(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0u32, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| (crc >> 1) ^ (0x82f6_3b78 & (crc & 1).wrapping_neg()))
    })
}

/// Bob Jenkins's full avalanche of 32 bits: what `hash-type … avalanche` and the converters' last argument ask for.
pub fn avalanche(hash: u32) -> u32 {
    let mut a = hash;
    a = a.wrapping_add(0x7ed5_5d16).wrapping_add(a << 12);
    a = (a ^ 0xc761_c23c) ^ (a >> 19);
    a = a.wrapping_add(0x1656_67b1).wrapping_add(a << 5);
    a = a.wrapping_add(0xd3a2_646c) ^ (a << 9);
    a = a.wrapping_add(0xfd70_46c5).wrapping_add(a << 3);
    a = (a ^ 0xb55a_4f09) ^ (a >> 16);
    // A prime near three quarters of the range spreads the values once more.
    a.wrapping_mul(3_221_225_473)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agree_with_haproxy() {
        // What HAProxy answers for `str(abc),NAME` and `str(abc),NAME(1)`.
        assert_eq!((djb2(b"abc"), avalanche(djb2(b"abc"))), (193_485_963, 2_235_766_107));
        assert_eq!((sdbm(b"abc"), avalanche(sdbm(b"abc"))), (807_794_786, 659_243_622));
        assert_eq!((wt6(b"abc"), avalanche(wt6(b"abc"))), (2_483_038_440, 266_135_527));
        assert_eq!(crc32c(b"abc"), 910_901_175);
    }
}
