//! The words of conditions and expressions, cut into their parts without being compiled.

use pointsman_parser::{Arg, expr as expr_grammar};

use super::args::text_of;
use crate::model::draft::Draft;

/// The word that an expression begins with: its fetch, or the keyword of an ACL.
pub fn opening(text: &str) -> &str {
    text.split(['(', ',']).next().unwrap_or_default()
}

/// The expression that begins in the first of these words, and in how many it stands: it goes on in the words that begin
/// with the name of a converter, with a comma before them or without.
pub fn spread(words: &[Arg], is_converter: impl Fn(&str) -> bool) -> (Vec<u8>, usize) {
    let mut text = words.first().map(|word| word.text.clone()).unwrap_or_default();
    let mut taken = words.len().min(1);
    for word in words.iter().skip(1) {
        let name = opening(text_of(word));
        if !is_converter(name) || expr_grammar::parse(&text).is_err() {
            break;
        }
        text.push(b',');
        text.extend_from_slice(&word.text);
        taken += 1;
    }
    (text, taken)
}

/// A part of a condition.
#[derive(Clone, Copy, Debug)]
pub enum Term<'a> {
    /// The fetch or keyword that an anonymous test begins with.
    Test(&'a str),
    /// The name of an ACL.
    Named(&'a str),
}

/// The parts of a condition, from behind its `if`.
pub fn terms(words: &[Arg]) -> Vec<Term<'_>> {
    let mut terms = Vec::new();
    let mut words = words.iter().map(text_of);
    while let Some(word) = words.next() {
        match word.trim_start_matches('!') {
            "{" => {
                let criterion = words.next().unwrap_or_default();
                terms.push(Term::Test(opening(criterion)));
                words.by_ref().take_while(|word| *word != "}").for_each(drop);
            }
            "||" | "or" | "" => {}
            acl => terms.push(Term::Named(acl)),
        }
    }
    terms
}

/// Whether a condition looks at bytes that are no HTTP yet.
pub fn looks_at_bytes(words: &[Arg], draft: &Draft) -> bool {
    let acls = draft.noted.acls.borrow();
    terms(words).into_iter().any(|term| match term {
        Term::Test(name) => is_raw(name),
        Term::Named(acl) => acls.get(&(draft.current, acl.to_owned())).is_some_and(|places| places.raw),
    })
}

/// Fetches of bytes below HTTP.
pub(super) fn is_raw(name: &str) -> bool {
    const NAMES: [&str; 16] = [
        "req.len",
        "req_len",
        "req.payload",
        "req.payload_lv",
        "payload",
        "payload_lv",
        "req.rdp_cookie",
        "req.rdp_cookie_cnt",
        "req_rdp_cookie",
        "req_rdp_cookie_cnt",
        "rdp_cookie",
        "rdp_cookie_cnt",
        "res.len",
        "res.payload",
        "res.payload_lv",
        "rep_ssl_hello_type",
    ];
    NAMES.contains(&name) || ["req.ssl_", "req_ssl_", "res.ssl_", "distcc_"].iter().any(|begin| name.starts_with(begin))
}
