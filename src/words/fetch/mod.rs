//! Sample fetches, by what they look at: the visible list.

use crate::spec::Fetch;

/// Every family.
pub static ALL: &[&[Fetch]] = &[];

/// ACL keywords that stand for a fetch with a match method: keyword, fetch, method.
pub static ACL_KEYWORDS: &[(&str, &str, &str)] = &[];
