//! Actions that end the evaluation or the connection without an answer, and those without any effect here.

use super::{Parsed, with};
use crate::model::draft::Draft;
use crate::sample::Direction;
use crate::spec;
use crate::spec::{Action, Args, Fault, RuleSet, SetOf};
use crate::txn::Verdict;
use crate::txn::session::LogLevel;

const ANY_TCP: u32 = SetOf::TCP;

spec! {
    /// Ends.
    pub static END: [Action] = [
        /// Lets the message pass: no further rule of this set is looked at.
        { name: "allow", sets: SetOf::HTTP, is_final: true, parse: |_, _, _| with((), |(), _| Verdict::Accept) },
        /// Lets the connection pass: no further rule of this set is looked at.
        { name: "accept", sets: ANY_TCP, is_final: true, parse: |_, _, _| with((), |(), _| Verdict::Accept) },
        /// Closes the connection without a word.
        { name: "reject", sets: ANY_TCP | SetOf::REQUEST, is_final: true, parse: |_, _, _| with((), |(), _| Verdict::Reject) },
        /// Closes the server's connection and the client's once what is on its way has passed.
        { name: "close", sets: RuleSet::ResponseContent.bit(), is_final: true, parse: |_, _, _| with((), |(), _| Verdict::Reject) },
        /// Forgets the connection without telling the client, as far as the system allows it.
        { name: "silent-drop", usage: "[rst-ttl <ttl>]", sets: ANY_TCP | SetOf::BOTH, is_final: true, parse: silent_drop },
        /// Sets the level of the exchange's log line; `silent` means no line.
        { name: "set-log-level", usage: "emerg|alert|crit|err|warning|notice|info|debug|silent", sets: SetOf::HTTP | RuleSet::Content.bit() | RuleSet::ResponseContent.bit(), parse: set_log_level },
        /// Changes the priority of the exchange among others. It has no effect here: every exchange has the same.
        { name: "set-nice", usage: "<-1024..1024>", sets: SetOf::BOTH | RuleSet::Content.bit() | RuleSet::ResponseContent.bit(), parse: set_nice },
        /// Says whether rewrite rules that fail end the exchange. They cannot fail here: heads are not bounded by what is
        /// left of a buffer.
        { name: "strict-mode", usage: "on|off", sets: SetOf::HTTP, parse: strict_mode },
        /// Sends the request to a server at most once, whatever `retry-on` says of its answer.
        { name: "disable-l7-retry", sets: SetOf::REQUEST, parse: |_, _, _| with((), |(), cx| {
            cx.txn.no_retry = true;
            Verdict::Continue
        }) },
    ];
}

fn silent_drop(args: &mut Args<'_>, _: &mut Draft, _: RuleSet) -> Parsed {
    if args.take("rst-ttl") {
        let text = args.next().unwrap_or_default();
        if !text.parse::<u8>().is_ok_and(|ttl| ttl > 0) {
            return Err(Fault::new(format!("invalid character starting at '{text}' (value 1-255 expected)")));
        }
    }
    with((), |(), _| Verdict::Reject)
}

fn set_log_level(args: &mut Args<'_>, _: &mut Draft, _: RuleSet) -> Parsed {
    const ONE: &str = "expects exactly 1 argument (log level name or 'silent')";
    const LEVELS: [&str; 8] = ["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"];
    let level = match args.need(ONE)? {
        "silent" => LogLevel::Silent,
        word => {
            let at = LEVELS.iter().position(|level| *level == word).ok_or_else(|| Fault::new(ONE))?;
            LogLevel::Level(at as u8)
        }
    };
    with(level, |level, cx| {
        cx.txn.log_level = Some(*level);
        if cx.direction == Direction::Request && cx.txn.request.is_empty() {
            cx.sess.log_level = Some(*level);
        }
        Verdict::Continue
    })
}

fn set_nice(args: &mut Args<'_>, _: &mut Draft, _: RuleSet) -> Parsed {
    args.need("expects exactly 1 argument (integer value)")?;
    with((), |(), _| Verdict::Continue)
}

fn strict_mode(args: &mut Args<'_>, _: &mut Draft, _: RuleSet) -> Parsed {
    match args.next().unwrap_or_default() {
        "on" | "off" => with((), |(), _| Verdict::Continue),
        other => Err(Fault::new(format!("Unexpected value '{other}'. Only 'on' and 'off' are supported"))),
    }
}
