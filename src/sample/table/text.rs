//! Literal text: as a whole, at either end, anywhere, or between delimiters.

use std::borrow::Cow;
use std::collections::HashMap;

use aho_corasick::AhoCorasick;
use memchr::memmem;
use xxhash_rust::xxh3::Xxh3DefaultBuilder;

type Map = HashMap<Box<[u8]>, usize, Xxh3DefaultBuilder>;

/// Up to so many literals are compared in turn: cheaper than a hash.
const IN_TURN_MAX: usize = 4;

fn folded(text: &[u8], ignore_case: bool) -> Cow<'_, [u8]> {
    if ignore_case && text.iter().any(u8::is_ascii_uppercase) {
        Cow::Owned(text.to_ascii_lowercase())
    } else {
        Cow::Borrowed(text)
    }
}

/// Whole texts.
#[derive(Debug)]
pub struct Set {
    few: Box<[Box<[u8]>]>,
    many: Map,
    ignore_case: bool,
}

impl Set {
    /// A set; of equal patterns the first counts.
    pub fn new(patterns: &[&[u8]], ignore_case: bool) -> Set {
        let texts = patterns.iter().map(|pattern| Box::<[u8]>::from(&*folded(pattern, ignore_case)));
        if patterns.len() <= IN_TURN_MAX {
            return Set { few: texts.collect(), many: Map::default(), ignore_case };
        }
        let mut many = Map::default();
        for (at, text) in texts.enumerate() {
            many.entry(text).or_insert(at);
        }
        Set { few: Box::default(), many, ignore_case }
    }

    /// The entry that equals the text.
    #[inline]
    pub fn find(&self, text: &[u8]) -> Option<usize> {
        if !self.few.is_empty() {
            let same = |pattern: &&[u8]| {
                if self.ignore_case { pattern.eq_ignore_ascii_case(text) } else { *pattern == text }
            };
            return self.few.iter().position(|pattern| same(&&**pattern));
        }
        if self.many.is_empty() { None } else { self.many.get(&*folded(text, self.ignore_case)).copied() }
    }
}

/// Beginnings or endings: one hash lookup per length that occurs.
#[derive(Debug)]
pub struct Ends {
    few: Box<[Box<[u8]>]>,
    by_length: Vec<(usize, Map)>,
    ignore_case: bool,
    at_end: bool,
}

impl Ends {
    /// Endings if `at_end`, else beginnings.
    pub fn new(patterns: &[&[u8]], ignore_case: bool, at_end: bool) -> Ends {
        let texts = patterns.iter().map(|pattern| Box::<[u8]>::from(&*folded(pattern, ignore_case)));
        let mut ends = Ends { few: Box::default(), by_length: Vec::new(), ignore_case, at_end };
        if patterns.len() <= IN_TURN_MAX {
            ends.few = texts.collect();
            return ends;
        }
        for (at, text) in texts.enumerate() {
            let slot = match ends.by_length.iter().position(|(length, _)| *length == text.len()) {
                Some(slot) => slot,
                None => {
                    ends.by_length.push((text.len(), Map::default()));
                    ends.by_length.len() - 1
                }
            };
            if let Some((_, map)) = ends.by_length.get_mut(slot) {
                map.entry(text).or_insert(at);
            }
        }
        ends.by_length.sort_by_key(|(length, _)| std::cmp::Reverse(*length));
        ends
    }

    /// The longest beginning; the first ending of the list.
    pub fn find(&self, text: &[u8]) -> Option<usize> {
        if !self.few.is_empty() {
            let fits =
                |pattern: &[u8]| {
                    let piece = self.piece(text, pattern.len());
                    piece.is_some_and(|piece| {
                        if self.ignore_case { piece.eq_ignore_ascii_case(pattern) } else { piece == pattern }
                    })
                };
            let mut fitting = self.few.iter().enumerate().filter(|(_, pattern)| fits(pattern));
            let best = if self.at_end {
                fitting.next()
            } else {
                // Of equal lengths the first counts.
                fitting.rev().max_by_key(|(_, pattern)| pattern.len())
            };
            return best.map(|(at, _)| at);
        }
        let text = folded(text, self.ignore_case);
        let mut found = self.by_length.iter().filter_map(|(length, map)| map.get(self.piece(&text, *length)?).copied());
        if self.at_end { found.min() } else { found.next() }
    }

    #[inline]
    fn piece<'t>(&self, text: &'t [u8], length: usize) -> Option<&'t [u8]> {
        if self.at_end { text.get(text.len().checked_sub(length)?..) } else { text.get(..length) }
    }
}

/// Parts at any place.
#[derive(Debug)]
pub struct Within {
    one: Option<memmem::Finder<'static>>,
    many: Option<AhoCorasick>,
}

impl Within {
    /// Fails only when there are more patterns than memory.
    pub fn new(patterns: &[&[u8]], ignore_case: bool) -> Result<Within, String> {
        if let ([one], false) = (patterns, ignore_case) {
            return Ok(Within { one: Some(memmem::Finder::new(one).into_owned()), many: None });
        }
        let built = AhoCorasick::builder().ascii_case_insensitive(ignore_case).build(patterns);
        Ok(Within { one: None, many: Some(built.map_err(|error| error.to_string())?) })
    }

    /// The first entry of the list that occurs in the text.
    pub fn find(&self, text: &[u8]) -> Option<usize> {
        match (&self.one, &self.many) {
            (Some(one), _) => one.find(text).map(|_| 0),
            (None, Some(many)) => many.find_overlapping_iter(text).map(|found| found.pattern().as_usize()).min(),
            (None, None) => None,
        }
    }
}

/// Parts between delimiters. Delimiters at the ends of a pattern do not count.
#[derive(Debug)]
pub struct Parts {
    patterns: Vec<Box<[u8]>>,
    single: Map,
    compound: Vec<(usize, memmem::Finder<'static>)>,
    delimiters: &'static [u8],
    ignore_case: bool,
}

impl Parts {
    /// Patterns without a delimiter inside are found by a hash of each part of the text; the others in turn.
    pub fn new(patterns: &[&[u8]], ignore_case: bool, delimiters: &'static [u8]) -> Parts {
        let mut parts = Parts {
            patterns: Vec::with_capacity(patterns.len()),
            single: Map::default(),
            compound: Vec::new(),
            delimiters,
            ignore_case,
        };
        for (at, pattern) in patterns.iter().enumerate() {
            let folded = folded(pattern, ignore_case);
            let is_delimiter = |byte: &u8| delimiters.contains(byte);
            let start = folded.iter().position(|byte| !is_delimiter(byte)).unwrap_or(folded.len());
            let end = folded.iter().rposition(|byte| !is_delimiter(byte)).map_or(start, |end| end + 1);
            let trimmed = folded.get(start..end).unwrap_or_default();
            if trimmed.iter().any(is_delimiter) {
                parts.compound.push((at, memmem::Finder::new(trimmed).into_owned()));
            } else if !trimmed.is_empty() {
                parts.single.entry(trimmed.into()).or_insert(at);
            }
            parts.patterns.push(trimmed.into());
        }
        parts
    }

    /// The first entry of the list that is a part of the text.
    pub fn find(&self, text: &[u8]) -> Option<usize> {
        let text = folded(text, self.ignore_case);
        let is_delimiter = |byte: &u8| self.delimiters.contains(byte);
        let single = if self.single.is_empty() {
            None
        } else {
            text.split(is_delimiter).filter_map(|part| self.single.get(part).copied()).min()
        };
        let compound = self.compound.iter().find(|(_, finder)| {
            finder.find_iter(&text).any(|start| {
                let end = start + finder.needle().len();
                (start == 0 || text.get(start - 1).is_some_and(is_delimiter)) && text.get(end).is_none_or(is_delimiter)
            })
        });
        match (single, compound.map(|(at, _)| *at)) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_and_many_agree() {
        let few: Vec<&[u8]> = vec![b"/a", b"/api/v1", b"/api"];
        let mut many = few.clone();
        many.extend([&b"/zz"[..], b"/zzz", b"/y"]);
        for text in [&b"/api/v1/x"[..], b"/api", b"/ap", b"/b", b""] {
            let (left, right) = (Ends::new(&few, false, false), Ends::new(&many, false, false));
            assert_eq!(left.find(text), right.find(text), "{}", text.escape_ascii());
            let (left, right) = (Set::new(&few, true), Set::new(&many, true));
            assert_eq!(left.find(text), right.find(text), "{}", text.escape_ascii());
        }
        assert_eq!(Ends::new(&few, false, false).find(b"/api/v1/x"), Some(1));
        assert_eq!(Ends::new(&[b"c", b"bc"], false, true).find(b"abc"), Some(0));
    }

    #[test]
    fn parts_as_haproxy_finds_them() {
        // Text, pattern, delimiters, what HAProxy says of `-m dir` and `-m dom`.
        let rows: &[(&str, &str, &'static [u8], bool)] = &[
            ("/a/b/c", "b", b"/?", true),
            ("/a/b/c", "/b/", b"/?", true),
            ("/a/b/c", "a/b", b"/?", true),
            ("/a/bx/c", "b", b"/?", false),
            ("/a/b?x/c", "b", b"/?", true),
            ("a.b.com:80", "b.com", b"/?.:", true),
            ("a.b.com:80", ".b.com.", b"/?.:", true),
            ("a.b.com:80", "80", b"/?.:", true),
            ("a.b.com:80", "b.co", b"/?.:", false),
            ("abc", "/", b"/?.:", false),
        ];
        for (text, pattern, delimiters, expected) in rows {
            let parts = Parts::new(&[pattern.as_bytes()], false, delimiters);
            assert_eq!(parts.find(text.as_bytes()).is_some(), *expected, "{text} {pattern}");
        }
    }
}
