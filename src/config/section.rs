//! What is checked when a section ends: what it must have said by then.

use crate::model::draft::{Current, Draft, Other, Sections};
use crate::words::pem;

/// Ends the section being read. The answer is what it lacks, if that is to be said at once.
pub(super) fn close(draft: &mut Draft) -> Option<String> {
    if !matches!(draft.current, Current::Global | Current::None) {
        draft.past_global = true;
    }
    match draft.current {
        Current::Other(Sections::TRACES, _) => {
            draft.current = Current::Global;
            None
        }
        Current::Other(Sections::CACHE, at) => draft.others.get(at).and_then(cache),
        Current::Proxy(_) => certificates(draft),
        Current::Other(Sections::ACME, at) => {
            let section = draft.others.get(at)?;
            account(section, draft)
        }
        Current::Other(Sections::RING, at) => {
            if let Some(text) = draft.others.get(at).and_then(ring) {
                draft.noted.warn_bare(text);
            }
            None
        }
        _ => None,
    }
}

/// What a ring's file or memory holds besides messages, without the length of one.
const RING_BYTES: u64 = 194;
/// The size of a ring that does not say its own.
const RING_BYTES_USUAL: u64 = 16_384;

/// The longest message of a ring fits into it.
fn ring(other: &Other) -> Option<String> {
    let value = |word: &str| {
        let mut said = other.said.iter().filter(|(known, _)| known == word);
        said.next_back().and_then(|(_, text)| text.parse::<u64>().ok())
    };
    let size = value("size").unwrap_or(RING_BYTES_USUAL);
    // Lengths are written in as few bytes as they need.
    let length = match size {
        0..=2_287 => 2,
        2_288..=264_431 => 3,
        _ => 4,
    };
    let most = size.saturating_sub(RING_BYTES + length);
    let asked = value("maxlen").filter(|asked| most > 0 && *asked > most)?;
    let text = format!("event max length '{asked}' exceeds max payload size, forced to '{most}'.");
    Some(format!("config : ring '{}' {text}", other.name))
}

/// An `acme` section has a directory, and the key of its account is one if it is there.
fn account(section: &Other, draft: &Draft) -> Option<String> {
    let said = |word: &str| section.said.iter().rfind(|(known, _)| known == word).map(|(_, value)| value);
    if said("directory").is_none() {
        return Some(format!("config : acme: No directory defined in ACME section '{}'.", section.name));
    }
    let world = draft.noted.world;
    let path = said("account-key").map_or_else(|| format!("{}.account.key", section.name), String::to_owned);
    let broken = world.real && (world.read)(&path).is_ok_and(|text| !pem::has_key(&text));
    broken.then(|| {
        let reason = format!("unable to load private key from file '{path}'.");
        format!("config : acme: \n        {reason}\n        '{path}' is present but cannot be read or parsed.")
    })
}

/// The certificates of `ssl-f-use` are loaded when the section ends, the last one first, up to one that fails.
fn certificates(draft: &Draft) -> Option<String> {
    draft.proxy_ref()?.facts.used_certificates.iter().rev().find_map(|(path, place)| {
        let reason = pem::certificate(path, draft).err()?;
        let file = draft.files.get(place.file as usize).map_or("", String::as_str);
        Some(format!("config : parsing [{file}:{}] : {reason}", place.line))
    })
}

/// A cache has a size, and no object takes more than half of it.
fn cache(other: &Other) -> Option<String> {
    let value =
        |word: &str| other.said.iter().find(|(known, _)| known == word).and_then(|(_, text)| text.parse::<u64>().ok());
    let Some(total) = value("total-max-size") else {
        return Some(format!("config : Size not specified for cache '{}'", other.name));
    };
    let half = total * 1024 * 1024 / 2;
    let too_large = value("max-object-size").is_some_and(|size| size > half);
    too_large.then(|| format!("config : \"max-object-size\" is limited to an half of \"total-max-size\" => {half}"))
}
