//! The hash functions of `hash-type`, on 32 bits.

/// A hash function.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Digest {
    /// `sdbm`
    #[default]
    Sdbm,
    /// `djb2`
    Djb2,
    /// `wt6`
    Wt6,
    /// `crc32`
    Crc32,
    /// `none`: the key is a number.
    None,
}

impl Digest {
    /// The one with this name.
    pub fn named(name: &str) -> Option<Digest> {
        Some(match name {
            "sdbm" => Digest::Sdbm,
            "djb2" => Digest::Djb2,
            "wt6" => Digest::Wt6,
            "crc32" => Digest::Crc32,
            "none" => Digest::None,
            _ => return None,
        })
    }

    /// The hash of a text key.
    pub fn of(self, key: &[u8]) -> u32 {
        match self {
            Digest::Sdbm => key.iter().fold(0, |hash: u32, &byte| {
                u32::from(byte).wrapping_add(hash << 6).wrapping_add(hash << 16).wrapping_sub(hash)
            }),
            Digest::Djb2 => {
                key.iter().fold(5381, |hash: u32, &byte| (hash << 5).wrapping_add(hash).wrapping_add(u32::from(byte)))
            }
            Digest::Wt6 => wt6(key),
            Digest::Crc32 => crc32fast::hash(key),
            Digest::None => number(key),
        }
    }
}

/// A full avalanche of 4 bytes after Bob Jenkins, with one multiplication behind it.
pub fn avalanche(hash: u32) -> u32 {
    let mut a = hash;
    a = a.wrapping_add(0x7ed5_5d16).wrapping_add(a << 12);
    a = (a ^ 0xc761_c23c) ^ (a >> 19);
    a = a.wrapping_add(0x1656_67b1).wrapping_add(a << 5);
    a = a.wrapping_add(0xd3a2_646c) ^ (a << 9);
    a = a.wrapping_add(0xfd70_46c5).wrapping_add(a << 3);
    a = (a ^ 0xb55a_4f09) ^ (a >> 16);
    a.wrapping_mul(0xc000_0001)
}

fn wt6(key: &[u8]) -> u32 {
    let (mut low, mut high) = (0xa53c_965a_u32, 0x5ca6_953a_u32);
    let (mut step_low, mut step_high) = (6, 18);
    for &byte in key {
        low = !(low ^ u32::from(byte));
        high = !high.wrapping_add(u32::from(byte));
        (low, high) = (high.rotate_left(step_low), low.rotate_left(step_high));
        let mixed = ((low >> 16) ^ high) & 0xffff;
        step_low = mixed & 0x1f;
        step_high = mixed >> 11;
    }
    low ^ high
}

/// The number at the start of a text, its low 32 bits.
fn number(key: &[u8]) -> u32 {
    let digits = key.trim_ascii_start().iter().take_while(|byte| byte.is_ascii_digit());
    digits.fold(0, |sum: u32, &digit| sum.wrapping_mul(10).wrapping_add(u32::from(digit - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As the converters `sdbm`, `djb2`, `wt6` and `crc32` of HAProxy print them, plain and with avalanche.
    #[test]
    fn as_recorded() {
        for (key, expected) in [
            ("/", [47, 2118074832, 177620, 3725504903, 1886637733, 2250254464, 2043925204, 2724628003]),
            ("/a", [3083250, 1743195586, 5861557, 3623408593, 1404582375, 652714202, 1768979292, 2112193429]),
            (
                "/img/1.png",
                [1685957681, 2114790965, 3163766244, 3148843476, 3071712651, 4169375015, 4276937871, 135612900],
            ),
        ] {
            let all = [Digest::Sdbm, Digest::Djb2, Digest::Wt6, Digest::Crc32];
            let got: Vec<u32> =
                all.iter().map(|one| one.of(key.as_bytes())).flat_map(|hash| [hash, avalanche(hash)]).collect();
            assert_eq!(got, expected, "{key}");
        }
        assert_eq!(Digest::None.of(b"4294967295x"), u32::MAX);
    }
}
