//! Where a keyword belongs: HAProxy warns when a frontend speaks of servers or a backend of clients, and goes on.

use pointsman_parser::units::{TimeUnit, UnitError};

use crate::model::draft::{Draft, Sections};
use crate::spec::{Args, Done, Fault};

/// Warns when the line stands in a backend. `hint` is the keyword that may have been meant.
pub(in crate::words) fn front(args: &mut Args<'_>, draft: &Draft, word: &str, hint: Option<&str>) {
    if args.section == Sections::BACKEND {
        ignored(args, draft, word, "frontend", hint);
    }
}

/// Warns when the line stands in a frontend.
pub(in crate::words) fn back(args: &mut Args<'_>, draft: &Draft, word: &str, hint: Option<&str>) {
    if args.section == Sections::FRONTEND {
        ignored(args, draft, word, "backend", hint);
    }
}

fn ignored(args: &mut Args<'_>, draft: &Draft, word: &str, side: &str, hint: Option<&str>) {
    let (kind, name) = draft.proxy_ref().map_or(("", ""), |proxy| (proxy.section.word(), proxy.name.as_str()));
    let hint = hint.map(|word| format!(" Maybe you want '{word}' instead ?")).unwrap_or_default();
    args.warn(format!("'{word}' ignored because {kind} '{name}' has no {side} capability.{hint}"));
}

/// Refuses the line in `defaults`.
pub(in crate::words) fn not_in_defaults(args: &Args<'_>, word: &str) -> Done {
    if args.section == Sections::DEFAULTS {
        return Err(Fault::new(format!("'{word}' not allowed in 'defaults' section.")));
    }
    Ok(())
}

/// `tcp-ut` of both sides, in milliseconds.
pub(in crate::words) fn user_timeout(args: &mut Args<'_>, text: &str) -> Result<u32, Fault> {
    match args.time_of(text.as_bytes(), TimeUnit::Millisecond) {
        Ok(time) => Ok(u32::try_from(time.ms()).unwrap_or(u32::MAX)),
        Err(UnitError::Overflow) => Err(Fault::new(format!(
            "timer overflow in argument '{text}' to 'tcp-ut' (maximum value is 2147483647 ms or ~24.8 days)"
        ))),
        Err(_) => Err(Fault::new("'tcp-ut' : expects a positive delay in milliseconds")),
    }
}

/// The rule sets in the order they run, whatever the order of lines.
const ORDER: [&str; 9] = [
    "quic-initial",
    "tcp-request connection",
    "tcp-request session",
    "tcp-request content",
    "monitor fail",
    "http-request",
    "redirect",
    "use_backend",
    "use-server",
];

/// Remembers that a rule of this set was written, and warns when a later set was before.
pub(in crate::words) fn in_order(args: &mut Args<'_>, draft: &mut Draft, set: &'static str) {
    let Some(own) = ORDER.iter().position(|known| *known == set) else { return };
    let Some(proxy) = draft.proxy() else { return };
    let later = proxy.facts.sets.iter().copied().find(|at| usize::from(*at) > own);
    proxy.facts.sets.insert(own as u8);
    if let Some(later) = later.and_then(|at| ORDER.get(usize::from(at))) {
        let article = if later.starts_with('h') { "an" } else { "a" };
        args.warn(format!("a '{set}' rule placed after {article} '{later}' rule will still be processed before."));
    }
}

/// The section and name of the proxy being read, as messages have it: a `listen` is a `proxy`.
pub(in crate::words) fn title(draft: &Draft) -> String {
    draft.proxy_ref().map_or(String::new(), |proxy| format!("{} '{}'", kind(proxy.section), proxy.name))
}

/// HAProxy's word for a kind of proxy.
pub(in crate::words) fn kind(section: Sections) -> &'static str {
    match section {
        Sections::FRONTEND => "frontend",
        Sections::BACKEND => "backend",
        Sections::DEFAULTS => "defaults",
        _ => "proxy",
    }
}

/// A number the way HAProxy reads many of them: what does not look like one counts as zero.
pub(in crate::words) fn lax(text: &str) -> i64 {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let count = digits.bytes().take_while(u8::is_ascii_digit).count();
    let number = digits.get(..count).and_then(|digits| digits.parse::<i64>().ok());
    // Numbers stick to the limit of 64 bits, and only 32 of those count.
    let wide = sign * number.unwrap_or(if count > 0 { i64::MAX } else { 0 });
    i64::from(wide as i32)
}
