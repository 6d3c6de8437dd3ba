//! Hashes that are not cryptographic: for keys, balancing and tables.

use xxhash_rust::{xxh3, xxh32, xxh64};

use super::{Built, with};
use crate::base::hash;
use crate::sample::{Type, Value};
use crate::spec;
use crate::spec::{CallArgs, Conv};

spec! {
    /// Hashes.
    pub static HASH: [Conv] = [
        /// CRC-32 as of Ethernet and gzip; with 1, spread over all bits afterwards.
        { name: "crc32", usage: "[<avalanche>]", input: Type::Bin, out: Type::Int, build: |args| of(args, crc32fast::hash) },
        /// CRC-32C as of iSCSI; with 1, spread over all bits afterwards.
        { name: "crc32c", usage: "[<avalanche>]", input: Type::Bin, out: Type::Int, build: |args| of(args, hash::crc32c) },
        /// Bernstein's hash; with 1, spread over all bits afterwards.
        { name: "djb2", usage: "[<avalanche>]", input: Type::Bin, out: Type::Int, build: |args| of(args, hash::djb2) },
        /// The hash of the SDBM library; with 1, spread over all bits afterwards.
        { name: "sdbm", usage: "[<avalanche>]", input: Type::Bin, out: Type::Int, build: |args| of(args, hash::sdbm) },
        /// The hash WT6; with 1, spread over all bits afterwards.
        { name: "wt6", usage: "[<avalanche>]", input: Type::Bin, out: Type::Int, build: |args| of(args, hash::wt6) },
        /// xxHash of 32 bits, with a seed.
        { name: "xxh32", usage: "[<seed>]", input: Type::Bin, out: Type::Int, build: |args| {
            with(args.maybe_int()?.unwrap_or(0) as u32, |seed, value, _| Some(Value::Int(xxh32::xxh32(&value.into_bytes(), *seed).into())))
        } },
        /// xxHash of 64 bits, with a seed.
        { name: "xxh64", usage: "[<seed>]", input: Type::Bin, out: Type::Int, build: |args| {
            with(args.maybe_int()?.unwrap_or(0) as u64, |seed, value, _| Some(Value::Int(xxh64::xxh64(&value.into_bytes(), *seed) as i64)))
        } },
        /// XXH3 of 64 bits, with a seed.
        { name: "xxh3", usage: "[<seed>]", input: Type::Bin, out: Type::Int, build: |args| {
            with(args.maybe_int()?.unwrap_or(0) as u64, |seed, value, _| Some(Value::Int(xxh3::xxh3_64_with_seed(&value.into_bytes(), *seed) as i64)))
        } },
    ];
}

struct Hash {
    hash: fn(&[u8]) -> u32,
    spread: bool,
}

fn of(args: &mut CallArgs<'_>, hash: fn(&[u8]) -> u32) -> Built {
    let spread = args.maybe_int()?.unwrap_or(0) != 0;
    with(Hash { hash, spread }, |rule, value, _| {
        let sum = (rule.hash)(&value.into_bytes());
        Some(Value::Int(i64::from(if rule.spread { hash::avalanche(sum) } else { sum })))
    })
}
