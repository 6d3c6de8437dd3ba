//! The process: time, chance, names, counters.

use super::{Built, plain, with};
use crate::base::{clock, random};
use crate::sample::{Type, Value};
use crate::spec;
use crate::spec::{CallArgs, Fetch, Needs};

spec! {
    /// The process.
    pub static PROCESS: [Fetch] = [
        /// Seconds since the epoch, plus an offset in seconds; with the unit `ms` or `us` in milliseconds or
        /// microseconds, the offset too. `date(-3600)` is an hour ago.
        { name: "date", usage: "[<offset>[,<unit>]]", out: Type::Int, build: date },
        /// The microseconds of the current second.
        { name: "date_us", out: Type::Int, build: |_| plain(|_| Some(Value::Int((clock::wall_us() % 1_000_000) as i64))) },
        /// When the connection was accepted: seconds since the epoch, or `ms`, or `us`.
        { name: "accept_date", usage: "[<unit>]", out: Type::Int, needs: Needs::CLIENT, build: |args| stamp(args, true) },
        /// When the request's first byte came: seconds since the epoch, or `ms`, or `us`.
        { name: "request_date", usage: "[<unit>]", out: Type::Int, needs: Needs::REQUEST, build: |args| stamp(args, false) },
        /// The name of this machine.
        { name: "hostname", out: Type::Str, build: |_| plain(|cx| Some(Value::text(cx.live.process.host.as_bytes()))) },
        /// The number of processes: always 1.
        { name: "nbproc", out: Type::Int, build: |_| plain(|_| Some(Value::Int(1))) },
        /// The number of this process: always 1.
        { name: "proc", out: Type::Int, build: |_| plain(|_| Some(Value::Int(1))) },
        /// The system's number of this process.
        { name: "pid", out: Type::Int, build: |_| plain(|_| Some(Value::Int(std::process::id().into()))) },
        /// A random number below the limit, or of 32 bits.
        { name: "rand", usage: "[<range>]", out: Type::Int, build: rand },
        /// A new universally unique identifier, of version 4 (random) unless version 7 (by time) is asked for.
        { name: "uuid", usage: "[<version>]", out: Type::Str, build: uuid },
        /// Whether a soft stop began.
        { name: "stopping", out: Type::Bool, build: |_| plain(|cx| Some(Value::Bool(cx.live.is_stopping()))) },
        /// Seconds since the program began.
        { name: "uptime", out: Type::Int, build: |_| plain(|_| Some(Value::Int((clock::now().0 / 1_000_000) as i64))) },
        /// Connections of the whole process now.
        { name: "act_conn", out: Type::Int, build: |_| plain(|cx| {
            Some(Value::Int(cx.live.process.connections.load(std::sync::atomic::Ordering::Relaxed).into()))
        }) },
        /// The priority class of the request: always 0, as no rule sets another.
        { name: "prio_class", out: Type::Int, build: |_| plain(|_| Some(Value::Int(0))) },
        /// The priority offset of the request: always 0, as no rule sets another.
        { name: "prio_offset", out: Type::Int, build: |_| plain(|_| Some(Value::Int(0))) },
        /// Whether QUIC is in use: never.
        { name: "quic_enabled", out: Type::Bool, build: |_| plain(|_| Some(Value::Bool(false))) },
    ];
}

/// Parts of a second in the unit's word: how many of them a second has.
fn unit(text: Option<&str>) -> Result<i64, String> {
    match text {
        None | Some("s") => Ok(1),
        Some("ms") => Ok(1_000),
        Some("us") => Ok(1_000_000),
        Some(other) => Err(format!("expects 's', 'ms' or 'us', got '{other}'")),
    }
}

fn date(args: &mut CallArgs<'_>) -> Built {
    let offset = args.maybe_int()?.unwrap_or(0);
    let per_second = unit(args.maybe_text())?;
    with((offset, per_second), |(offset, per_second), _| {
        let now = clock::wall_us() as i64 / (1_000_000 / per_second);
        Some(Value::Int(now.wrapping_add(*offset)))
    })
}

fn stamp(args: &mut CallArgs<'_>, of_accept: bool) -> Built {
    let per_second = unit(args.maybe_text())?;
    with((of_accept, per_second), |(of_accept, per_second), cx| {
        let at = if *of_accept { cx.sess.accepted_wall_us } else { cx.txn.wall_us };
        Some(Value::Int(at as i64 / (1_000_000 / per_second)))
    })
}

fn rand(args: &mut CallArgs<'_>) -> Built {
    let limit = args.maybe_int()?;
    with(limit, |limit, _| {
        let number = random::number();
        Some(Value::Int(match limit {
            // The same share of the 32 bits for every number.
            Some(limit) => ((i128::from(number as u32) * i128::from((*limit).max(0))) >> 32) as i64,
            None => i64::from(number as u32),
        }))
    })
}

fn uuid(args: &mut CallArgs<'_>) -> Built {
    let version = args.maybe_int()?.unwrap_or(4);
    if version != 4 && version != 7 {
        return Err(format!("Unsupported UUID version: '{version}'"));
    }
    with(version, |version, _| {
        let mut bits = u128::from(random::number()) << 64 | u128::from(random::number());
        if *version == 7 {
            bits = bits & (u128::MAX >> 48) | u128::from(clock::wall_us() / 1000) << 80;
        }
        bits = bits & !(0xf << 76) | (*version as u128) << 76;
        bits = bits & !(0b11 << 62) | 0b10 << 62;
        let hex = format!("{bits:032x}");
        let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
        Some(Value::owned(format!("{}-{}-{}-{}-{}", part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32))))
    })
}
