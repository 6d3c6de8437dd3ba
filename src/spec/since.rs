//! Which releases of HAProxy know a word: the one that brought it, and the one that ends it.

use std::fmt;

/// A release of HAProxy, such as 2.6.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Release(pub u8, pub u8);

impl Release {
    /// The oldest one that words were looked up in.
    pub const OLDEST: Release = Release(2, 2);
    /// The one whose verdicts and sentences are given.
    pub const FOLLOWED: Release = Release(3, 2);
    /// The newest one.
    pub const NEWEST: Release = Release(3, 4);

    /// Reads `2.6`; what stands behind a second dot is left out.
    pub fn read(text: &str) -> Option<Release> {
        let mut parts = text.split('.').map(|part| part.parse::<u8>().ok());
        Some(Release(parts.next()??, parts.next()??))
    }
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.0, self.1)
    }
}

/// When a word came. `V2_8` is exact: HAProxy's change log has it among what that release brought; later packages of an
/// older release may have got it, too. `BY_3_0` is what trying showed: 3.0 knows the word, and the one tried before it
/// does not. Releases 2.2, 2.6, 3.0, 3.2 and 3.4 were tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Since {
    /// The newest release that is known to lack it; none that was tried does.
    lacks: Option<Release>,
    /// The oldest release that is known to have it.
    has: Release,
    /// That release brought it.
    exact: bool,
}

#[allow(missing_docs, reason = "the name says it")]
impl Since {
    pub const BEFORE_2_2: Since = Since { lacks: None, has: Release::OLDEST, exact: false };
    pub const V2_3: Since = Since::exact(Release(2, 2), Release(2, 3));
    pub const V2_4: Since = Since::exact(Release(2, 3), Release(2, 4));
    pub const V2_5: Since = Since::exact(Release(2, 4), Release(2, 5));
    pub const V2_6: Since = Since::exact(Release(2, 5), Release(2, 6));
    pub const V2_7: Since = Since::exact(Release(2, 6), Release(2, 7));
    pub const V2_8: Since = Since::exact(Release(2, 7), Release(2, 8));
    pub const V2_9: Since = Since::exact(Release(2, 8), Release(2, 9));
    pub const V3_0: Since = Since::exact(Release(2, 9), Release(3, 0));
    pub const V3_1: Since = Since::exact(Release(3, 0), Release(3, 1));
    pub const V3_2: Since = Since::exact(Release(3, 1), Release(3, 2));
    pub const V3_3: Since = Since::exact(Release(3, 2), Release(3, 3));
    pub const V3_4: Since = Since::exact(Release(3, 3), Release(3, 4));
    pub const BY_2_6: Since = Since::tried(Release(2, 2), Release(2, 6));
    pub const BY_3_0: Since = Since::tried(Release(2, 6), Release(3, 0));
    pub const BY_3_2: Since = Since::tried(Release(3, 0), Release(3, 2));
    pub const BY_3_4: Since = Since::tried(Release(3, 2), Release(3, 4));

    const fn exact(before: Release, release: Release) -> Since {
        Since { lacks: Some(before), has: release, exact: true }
    }

    const fn tried(lacks: Release, has: Release) -> Since {
        Since { lacks: Some(lacks), has, exact: false }
    }

    /// Whether this release, and those after it, are known to have the word.
    pub fn is_in(self, release: Release) -> bool {
        release >= self.has || self.lacks.is_none()
    }

    /// Whether this release is known to lack the word.
    pub fn is_missing_in(self, release: Release) -> bool {
        self.lacks.is_some_and(|lacks| release <= lacks)
    }

    /// The release that brought it; `3.0 at the latest` where that is all that is known.
    pub fn release(self) -> String {
        if self.exact { self.has.to_string() } else { format!("{} at the latest", self.has) }
    }
}

/// How the time of a word ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct End {
    /// The release from which on it is so; none when it was so before the oldest one that was looked at.
    pub since: Option<Release>,
    /// It is refused; otherwise it is warned about.
    pub removed: bool,
    /// What to write instead, each word in quotes; empty when there is nothing.
    pub instead: &'static str,
}

impl End {
    /// Refused from this release on.
    pub const fn removed(since: Release, instead: &'static str) -> End {
        End { since: Some(since), removed: true, instead }
    }

    /// Warned about, or called deprecated by the manual, from this release on.
    pub const fn deprecated(since: Release, instead: &'static str) -> End {
        End { since: Some(since), removed: false, instead }
    }

    /// Deprecated for longer than anybody asks.
    pub const fn old(instead: &'static str) -> End {
        End { since: None, removed: false, instead }
    }

    fn sentence(self) -> String {
        let how = if self.removed { "Removed" } else { "Deprecated" };
        let when = self.since.map(|release| format!(" in {release}")).unwrap_or_default();
        let instead = if self.instead.is_empty() { String::new() } else { format!("; use {}", self.instead) };
        format!("{how}{when}{instead}.")
    }
}

/// What is known of a word's time, as a sentence; nothing for a word that is older than what was looked up and stays.
pub fn sentence(since: Since, end: Option<End>) -> Option<String> {
    let come = match since.lacks {
        None => None,
        Some(_) if since.exact => Some(format!("Since HAProxy {}.", since.has)),
        Some(lacks) => Some(format!("HAProxy {} knows it, {lacks} does not.", since.has)),
    };
    let gone = end.map(End::sentence);
    match (come, gone) {
        (Some(come), Some(gone)) => Some(format!("{come} {gone}")),
        (come, gone) => come.or(gone),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_releases() {
        assert_eq!(Release::read("2.6"), Some(Release(2, 6)));
        assert_eq!(Release::read("3.0.11"), Some(Release(3, 0)));
        for bad in ["", "2", "2.", ".6", "2.x", "999.1"] {
            assert_eq!(Release::read(bad), None, "{bad}");
        }
        assert!(Release(2, 9) < Release(3, 0));
    }

    #[test]
    fn says_what_is_known() {
        assert_eq!(sentence(Since::BEFORE_2_2, None), None);
        assert_eq!(sentence(Since::V3_0, None).as_deref(), Some("Since HAProxy 3.0."));
        assert_eq!(sentence(Since::BY_3_2, None).as_deref(), Some("HAProxy 3.2 knows it, 3.0 does not."));
        let end = Some(End::removed(Release(2, 1), "'timeout client'"));
        assert_eq!(sentence(Since::BEFORE_2_2, end).as_deref(), Some("Removed in 2.1; use 'timeout client'."));
        assert_eq!(Since::BY_3_4.release(), "3.4 at the latest");
    }

    #[test]
    fn knows_what_a_release_has() {
        assert!(Since::BEFORE_2_2.is_in(Release(1, 8)));
        assert!(
            !Since::V2_8.is_in(Release(2, 7)) && Since::V2_8.is_in(Release(2, 8)) && Since::V2_8.is_in(Release(3, 0))
        );
        assert!(!Since::BY_3_0.is_in(Release(2, 8)));
    }
}
