//! Networks: found by one lookup per prefix length that occurs, the longest first.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Networks of both families.
#[derive(Debug, Default)]
pub struct Networks {
    v4: Vec<(u32, HashMap<u32, usize>)>,
    v6: Vec<(u128, HashMap<u128, usize>)>,
}

impl Networks {
    /// Reads the patterns.
    pub fn new(patterns: &[&[u8]]) -> Result<Networks, String> {
        let mut networks = Networks::default();
        for (at, pattern) in patterns.iter().enumerate() {
            let text = std::str::from_utf8(pattern).unwrap_or_default();
            match network(text) {
                Some((IpAddr::V4(address), mask)) => {
                    let mask = mask as u32;
                    insert(&mut networks.v4, mask, u32::from(address) & mask, at);
                }
                Some((IpAddr::V6(address), mask)) => {
                    insert(&mut networks.v6, mask, u128::from(address) & mask, at);
                }
                None => {
                    let text = String::from_utf8_lossy(pattern);
                    return Err(format!("'{text}' is not a valid IPv4 or IPv6 address"));
                }
            }
        }
        networks.v4.sort_by_key(|(mask, _)| std::cmp::Reverse(*mask));
        networks.v6.sort_by_key(|(mask, _)| std::cmp::Reverse(*mask));
        Ok(networks)
    }

    /// The smallest network that holds the address. An IPv4 address is also looked for in its mapped form, and an IPv6
    /// address that carries an IPv4 one is also looked for as that.
    pub fn find(&self, address: IpAddr) -> Option<usize> {
        match address {
            IpAddr::V4(address) => self.find_v4(address).or_else(|| self.find_v6(address.to_ipv6_mapped())),
            IpAddr::V6(address) => self.find_v6(address).or_else(|| self.find_v4(carried(address)?)),
        }
    }

    fn find_v4(&self, address: Ipv4Addr) -> Option<usize> {
        let bits = u32::from(address);
        self.v4.iter().find_map(|(mask, table)| table.get(&(bits & mask)).copied())
    }

    fn find_v6(&self, address: Ipv6Addr) -> Option<usize> {
        let bits = u128::from(address);
        self.v6.iter().find_map(|(mask, table)| table.get(&(bits & mask)).copied())
    }
}

fn insert<T: Copy + Eq + std::hash::Hash>(list: &mut Vec<(T, HashMap<T, usize>)>, mask: T, key: T, at: usize) {
    let slot = match list.iter().position(|(known, _)| *known == mask) {
        Some(slot) => slot,
        None => {
            list.push((mask, HashMap::new()));
            list.len() - 1
        }
    };
    if let Some((_, table)) = list.get_mut(slot) {
        table.entry(key).or_insert(at);
    }
}

/// The IPv4 address inside a mapped, compatible or 6to4 address.
fn carried(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let bits = u128::from(address);
    match (bits >> 112, bits >> 32) {
        (0x2002, _) => Some(Ipv4Addr::from((bits >> 80) as u32)),
        (_, 0 | 0xffff) => Some(Ipv4Addr::from(bits as u32)),
        _ => None,
    }
}

/// An address with an optional prefix length or mask, and the mask as bits: those of an IPv4 address are the low ones.
pub fn network(text: &str) -> Option<(IpAddr, u128)> {
    let (address, width) = match text.split_once('/') {
        Some((address, width)) => (address, Some(width)),
        None => (text, None),
    };
    if let Some(v4) = short_v4(address) {
        let mask = match width {
            None => u32::MAX,
            Some(width) => v4_mask(width)?,
        };
        return Some((IpAddr::V4(v4), u128::from(mask)));
    }
    let v6: Ipv6Addr = address.trim_start_matches('[').trim_end_matches(']').parse().ok()?;
    let mask = match width {
        None => u128::MAX,
        Some(width) => {
            let bits: u32 = width.parse().ok().filter(|bits| *bits <= 128)?;
            u128::MAX.checked_shl(128 - bits).unwrap_or(0)
        }
    };
    Some((IpAddr::V6(v6), mask))
}

/// A mask in bits or dotted.
pub fn v4_mask(text: &str) -> Option<u32> {
    if text.contains('.') {
        return text.parse::<Ipv4Addr>().ok().map(u32::from);
    }
    let bits: u32 = text.parse().ok().filter(|bits| *bits <= 32)?;
    Some(u32::MAX.checked_shl(32 - bits).unwrap_or(0))
}

/// A dotted address of one to four numbers; the last one fills what is left, as the C library reads it.
fn short_v4(text: &str) -> Option<Ipv4Addr> {
    let mut parts = [0u32; 4];
    let mut count = 0;
    for part in text.split('.') {
        *parts.get_mut(count)? = part.parse().ok().filter(|_| part.bytes().all(|byte| byte.is_ascii_digit()))?;
        count += 1;
    }
    let (last, before) = parts.get(..count)?.split_last()?;
    let room = 32 - 8 * (count as u32 - 1);
    if before.iter().any(|part| *part > 255) || (room < 32 && *last >> room != 0) {
        return None;
    }
    let high = before.iter().enumerate().fold(0u32, |sum, (at, part)| sum | part << (24 - 8 * at));
    Some(Ipv4Addr::from(high | last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_as_haproxy_does() {
        // Address, pattern, whether HAProxy says it matches.
        let rows = [
            ("10.1.2.3", "10.0.0.0/8", true),
            ("10.1.2.3", "10/8", false),
            ("10.1.2.3", "10.1/16", false),
            ("10.1.2.3", "10.0.0.0/255.0.0.0", true),
            ("10.1.2.3", "::ffff:10.0.0.0/104", true),
            ("10.1.2.3", "::/0", true),
            ("::ffff:10.1.2.3", "10.0.0.0/8", true),
            ("::10.1.2.3", "10.0.0.0/8", true),
            ("2002:0a01:0203::1", "10.0.0.0/8", true),
            ("2001:db8::1", "2001:db8::/32", true),
            ("2001:db8::1", "0.0.0.0/0", false),
        ];
        for (address, pattern, expected) in rows {
            let networks = Networks::new(&[pattern.as_bytes()]).unwrap();
            assert_eq!(networks.find(address.parse().unwrap()).is_some(), expected, "{address} {pattern}");
        }
    }

    #[test]
    fn the_smallest_network_wins() {
        let networks = Networks::new(&[b"0.0.0.0/0", b"10.0.0.0/8", b"10.1.0.0/16", b"10.1.2.3"]).unwrap();
        let found = ["9.9.9.9", "10.9.9.9", "10.1.9.9", "10.1.2.3"].map(|ip| networks.find(ip.parse().unwrap()));
        assert_eq!(found, [Some(0), Some(1), Some(2), Some(3)]);
    }

    #[test]
    fn refuses_in_the_words_of_haproxy() {
        for bad in ["300.1.2.3", "foo", "10.0.0.0/33"] {
            let said = Networks::new(&[bad.as_bytes()]).unwrap_err();
            assert_eq!(said, format!("'{bad}' is not a valid IPv4 or IPv6 address"));
        }
    }
}
