//! Addresses.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::{Built, with};
use crate::sample::table::v4_mask;
use crate::sample::{Type, Value};
use crate::spec;
use crate::spec::{CallArgs, Conv};

spec! {
    /// Addresses.
    pub static ADDRESS: [Conv] = [
        /// The network of an address: `src,ipmask(24)`, `src,ipmask(255.255.0.0,64)`. The second mask is for IPv6;
        /// without it an IPv6 address has no value.
        { name: "ipmask", usage: "<mask4>[,<mask6>]", input: Type::Addr, out: Type::Addr, build: ipmask },
    ];
}

fn v6_mask(text: &str) -> Option<u128> {
    if let Ok(address) = text.parse::<Ipv6Addr>() {
        return Some(u128::from(address));
    }
    let bits: u32 = text.parse().ok().filter(|bits| *bits <= 128)?;
    Some(u128::MAX.checked_shl(128 - bits).unwrap_or(0))
}

fn ipmask(args: &mut CallArgs<'_>) -> Built {
    let mask4 = args.typed("IPv4 mask", v4_mask)?;
    let mask6 = if args.count() > 1 { Some(args.typed("IPv6 mask", v6_mask)?) } else { None };
    with((mask4, mask6), |(mask4, mask6), value, _| {
        Some(Value::Ip(match value.to_ip()? {
            IpAddr::V4(address) => IpAddr::V4(Ipv4Addr::from(u32::from(address) & mask4)),
            IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from(u128::from(address) & (*mask6)?)),
        }))
    })
}
