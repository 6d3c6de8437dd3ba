//! Words of `global` that are said once: what HAProxy answers to the second time, without reading it.

use crate::model::draft::Draft;
use crate::spec::{Args, Fault};

/// What a repetition is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Answer {
    /// An alert; the file loads all the same.
    Alert,
    /// The same in the form `[file:line]:`, without quotes.
    TightAlert,
    /// A warning.
    Warning,
    /// A warning that says it is ignored.
    Ignored,
    /// The file is refused.
    Fatal,
}

/// Words, and what a second one of them gives. The third field is what is said to be set already.
#[rustfmt::skip]
static ONCE: &[(&str, Answer, &str)] = &[
    ("ca-base", Answer::Fatal, "'ca-base' already specified."),
    ("chroot", Answer::Warning, "'chroot' is already specified. Continuing."),
    ("cluster-secret", Answer::Alert, ""),
    ("crt-base", Answer::Fatal, "'crt-base' already specified."),
    ("fd-hard-limit", Answer::Alert, ""),
    ("gid", Answer::Alert, "group/gid already specified. Continuing."),
    ("group", Answer::Alert, "gid/group was already specified. Continuing."),
    ("key-base", Answer::Fatal, "'key-base' already specified."),
    ("log-send-hostname", Answer::Alert, ""),
    ("maxconn", Answer::Alert, ""),
    ("maxconnrate", Answer::Alert, ""),
    ("maxpipes", Answer::Alert, ""),
    ("maxsessrate", Answer::Alert, ""),
    ("maxsslrate", Answer::Alert, ""),
    ("pidfile", Answer::Warning, ""),
    ("server-state-base", Answer::Alert, ""),
    ("server-state-file", Answer::Alert, ""),
    ("spread-checks", Answer::TightAlert, "spread-checks already specified. Continuing."),
    ("stats-file", Answer::Alert, ""),
    ("tune.maxaccept", Answer::Warning, ""),
    ("tune.maxpollevents", Answer::Warning, ""),
    ("tune.notsent-lowat.client", Answer::Warning, ""),
    ("tune.notsent-lowat.server", Answer::Warning, ""),
    ("tune.rcvbuf.backend", Answer::Ignored, ""),
    ("tune.rcvbuf.client", Answer::Warning, ""),
    ("tune.rcvbuf.frontend", Answer::Ignored, ""),
    ("tune.rcvbuf.server", Answer::Warning, ""),
    ("tune.runqueue-depth", Answer::Warning, ""),
    ("tune.sndbuf.backend", Answer::Ignored, ""),
    ("tune.sndbuf.client", Answer::Warning, ""),
    ("tune.sndbuf.frontend", Answer::Ignored, ""),
    ("tune.sndbuf.server", Answer::Warning, ""),
    ("tune.ssl.capture-buffer-size", Answer::Fatal, "'tune.ssl.capture-buffer-size' is already configured."),
    ("tune.ssl.capture-cipherlist-size", Answer::Fatal, "'tune.ssl.capture-cipherlist-size' is already configured."),
    ("uid", Answer::Alert, "user/uid already specified. Continuing."),
    ("ulimit-n", Answer::Alert, ""),
    ("user", Answer::Alert, "user/uid already specified. Continuing."),
];

/// Words that set the same thing.
fn thing(word: &'static str) -> &'static str {
    match word {
        "user" => "uid",
        "group" => "gid",
        other => other,
    }
}

/// Whether the word was said before; what there is to say about that is said. The refusal is HAProxy's.
pub fn repeated(word: &'static str, args: &mut Args<'_>, draft: &mut Draft) -> Result<bool, Fault> {
    let Some((_, answer, text)) = ONCE.iter().find(|row| row.0 == word) else { return Ok(false) };
    // Nothing was set yet by a word whose value is nothing.
    let nothing = args.word(1).is_some_and(|value| matches!(value.text.as_slice(), b"0" | b"root"));
    let mut said = draft.noted.said_once.borrow_mut();
    if !said.contains(&thing(word)) {
        if !nothing {
            said.push(thing(word));
        }
        return Ok(false);
    }
    let text = if text.is_empty() { format!("'{word}' already specified. Continuing.") } else { (*text).to_owned() };
    let place = args.place;
    let file = draft.files.get(place.file as usize).map_or("", String::as_str);
    match answer {
        Answer::Alert => args.alert(text),
        Answer::TightAlert => args.alert_bare(format!("config : parsing [{file}:{}]: {text}", place.line)),
        Answer::Warning => args.warn(text),
        Answer::Ignored => {
            args.warn(format!("parsing [{file}:{}] : ignoring '{word}' which was already specified.", place.line))
        }
        Answer::Fatal => return Err(Fault::new(text)),
    }
    Ok(true)
}
