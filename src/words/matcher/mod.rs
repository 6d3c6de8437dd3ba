//! Match methods of ACLs: the visible list.

use crate::spec::Matcher;

/// Every family.
pub static ALL: &[&[Matcher]] = &[];

/// ACLs that every proxy knows: name, and the words of its definition.
pub static PREDEFINED_ACLS: &[(&str, &[&str])] = &[];
