//! Dates as text.

use super::{Built, with};
use crate::base::date;
use crate::sample::{Type, Value};
use crate::spec;
use crate::spec::{CallArgs, Conv};

spec! {
    /// Dates.
    pub static TIME: [Conv] = [
        /// A number of seconds since the epoch as local time, in a format of `strftime`: `date,ltime(%Y-%m-%d)`. The
        /// offset is added first.
        { name: "ltime", usage: "<format>[,<offset>]", input: Type::Int, out: Type::Str, build: |args| written(args, 1, true) },
        /// The same in universal time.
        { name: "utime", usage: "<format>[,<offset>]", input: Type::Int, out: Type::Str, build: |args| written(args, 1, false) },
        /// Milliseconds since the epoch as local time; `%N` prints the nanoseconds of the second.
        { name: "ms_ltime", usage: "<format>[,<offset>]", input: Type::Int, out: Type::Str, build: |args| written(args, 1_000, true) },
        /// Milliseconds since the epoch as universal time.
        { name: "ms_utime", usage: "<format>[,<offset>]", input: Type::Int, out: Type::Str, build: |args| written(args, 1_000, false) },
        /// Microseconds since the epoch as local time.
        { name: "us_ltime", usage: "<format>[,<offset>]", input: Type::Int, out: Type::Str, build: |args| written(args, 1_000_000, true) },
        /// Microseconds since the epoch as universal time.
        { name: "us_utime", usage: "<format>[,<offset>]", input: Type::Int, out: Type::Str, build: |args| written(args, 1_000_000, false) },
        /// A number of seconds since the epoch as header fields write dates: `date(60),http_date`. The offset is added;
        /// the unit is `s`, `ms` or `us`, for both.
        { name: "http_date", usage: "[<offset>[,<unit>]]", input: Type::Int, out: Type::Str, build: http_date },
        /// A date as header fields write it, in one of the three forms of RFC 9110, as seconds since the epoch.
        { name: "date", input: Type::Str, out: Type::Int, build: |_| super::plain(|value| {
            let text = value.into_bytes();
            date::parse(std::str::from_utf8(&text).ok()?).map(Value::Int)
        }) },
    ];
}

struct Written {
    format: String,
    offset: i64,
    per_second: i64,
    is_local: bool,
}

fn written(args: &mut CallArgs<'_>, per_second: i64, is_local: bool) -> Built {
    let format = args.text()?.to_owned();
    let offset = args.maybe_int()?.unwrap_or(0);
    with(Written { format, offset, per_second, is_local }, |rule, value, _| {
        let stamp = value.to_int()?.saturating_add(rule.offset);
        let seconds = stamp.div_euclid(rule.per_second);
        let part = stamp.rem_euclid(rule.per_second) * (1_000_000_000 / rule.per_second);
        // The C library does not know `%N`: it is ours in the formats with parts of a second.
        let format = if rule.per_second > 1 && rule.format.contains("%N") {
            rule.format.replace("%N", &format!("{part:09}"))
        } else {
            rule.format.clone()
        };
        let seconds = u64::try_from(seconds).ok()?;
        let format = if rule.is_local { format } else { format.replace("%Z", "GMT") };
        Some(Value::owned(if rule.is_local {
            date::local(seconds, &format)
        } else {
            date::universal(seconds, &format)
        }))
    })
}

fn http_date(args: &mut CallArgs<'_>) -> Built {
    let offset = args.maybe_int()?.unwrap_or(0);
    let per_second = match args.maybe_text() {
        None | Some("s") => 1,
        Some("ms") => 1_000,
        Some("us") => 1_000_000,
        Some(other) => return Err(format!("expects 's', 'ms' or 'us', got '{other}'")),
    };
    with((offset, per_second), |(offset, per_second): &(i64, i64), value, _| {
        let stamp = value.to_int()?.saturating_add(*offset);
        let seconds = u64::try_from(stamp.div_euclid(*per_second)).ok()?;
        let mut text = date::universal(seconds, "%a, %d %b %Y %H:%M:%S");
        let part = stamp.rem_euclid(*per_second);
        match per_second {
            1_000 => text.push_str(&format!(".{part:03}")),
            1_000_000 => text.push_str(&format!(".{part:06}")),
            _ => {}
        }
        text.push_str(" GMT");
        Some(Value::owned(text))
    })
}
