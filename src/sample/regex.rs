//! Regular expressions as HAProxy's configurations write them: PCRE syntax, on bytes.
//!
//! What the linear engine understands runs there; look-around, back references and other extras run on `fancy-regex`,
//! with every byte read as the character of that code. No UTF-8 is assumed.

use regex_automata::util::syntax;
use regex_automata::{Input, meta};

/// The largest program of the linear engine.
const PROGRAM_BYTES_MAX: usize = 10 << 20;

/// Groups that `\0` to `\9` can name.
const GROUPS_MAX: usize = 10;

/// A compiled expression.
#[derive(Debug)]
pub struct Regex {
    engine: Engine,
}

#[derive(Debug)]
enum Engine {
    Linear(meta::Regex),
    Backtracking(Box<fancy_regex::Regex>),
}

/// Where the whole match and its groups lie, as byte offsets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Groups {
    spans: [Option<(u32, u32)>; GROUPS_MAX],
}

impl Groups {
    /// Start and end of group `n`; of the whole match for 0.
    pub fn span(&self, n: usize) -> Option<(usize, usize)> {
        self.spans.get(n).copied().flatten().map(|(start, end)| (start as usize, end as usize))
    }

    /// Appends `template` with `\0` to `\9` replaced by the groups of the match in `text`, and `\xNN` by that byte.
    pub fn expand(&self, template: &[u8], text: &[u8], out: &mut Vec<u8>) {
        let mut at = 0;
        while let Some(&byte) = template.get(at) {
            at += 1;
            if byte != b'\\' {
                out.push(byte);
                continue;
            }
            let Some(&next) = template.get(at) else { break };
            at += 1;
            match next {
                b'0'..=b'9' => {
                    if let Some((start, end)) = self.span(usize::from(next - b'0')) {
                        out.extend_from_slice(text.get(start..end).unwrap_or_default());
                    }
                }
                b'x' => {
                    let digit = |at: usize| template.get(at).and_then(|byte| char::from(*byte).to_digit(16));
                    match (digit(at), digit(at + 1)) {
                        (Some(high), Some(low)) => {
                            out.push((high * 16 + low) as u8);
                            at += 2;
                        }
                        _ => out.push(next),
                    }
                }
                other => out.push(other),
            }
        }
    }
}

impl Regex {
    /// Compiles a pattern. The error is HAProxy's sentence.
    pub fn new(pattern: &[u8], ignore_case: bool) -> Result<Regex, String> {
        let refusal = |(error, offset): (&str, usize)| {
            format!("regex '{}' is invalid (error={error}, erroffset={offset})", String::from_utf8_lossy(pattern))
        };
        let translated = translate(pattern).map_err(refusal)?;
        if let Some(regex) = linear(&translated, ignore_case) {
            return Ok(Regex { engine: Engine::Linear(regex) });
        }
        match fancy_regex::RegexBuilder::new(&translated).case_insensitive(ignore_case).build() {
            Ok(regex) => Ok(Regex { engine: Engine::Backtracking(Box::new(regex)) }),
            Err(error) => Err(refusal((&error.to_string().replace('\n', " "), pattern.len()))),
        }
    }

    /// Whether the text has a match anywhere.
    #[inline]
    pub fn is_match(&self, text: &[u8]) -> bool {
        match &self.engine {
            Engine::Linear(regex) => regex.is_match(text),
            Engine::Backtracking(regex) => regex.is_match(&latin(text)).unwrap_or(false),
        }
    }

    /// The first match that starts at `from` or later, with its groups.
    pub fn find(&self, text: &[u8], from: usize) -> Option<Groups> {
        let mut groups = Groups::default();
        match &self.engine {
            Engine::Linear(regex) => {
                let mut found = regex.create_captures();
                regex.search_captures(&Input::new(text).range(from.min(text.len())..), &mut found);
                if !found.is_match() {
                    return None;
                }
                for (slot, group) in groups.spans.iter_mut().zip(found.iter()) {
                    *slot = group.map(|group| (group.start as u32, group.end as u32));
                }
            }
            Engine::Backtracking(regex) => {
                let wide = latin(text);
                let start = wide.char_indices().nth(from).map_or(wide.len(), |(at, _)| at);
                let found = regex.captures_from_pos(&wide, start).ok()??;
                let narrow = |at: usize| wide.get(..at).map_or(0, |before| before.chars().count()) as u32;
                for (slot, group) in groups.spans.iter_mut().zip(found.iter()) {
                    *slot = group.map(|group| (narrow(group.start()), narrow(group.end())));
                }
            }
        }
        Some(groups)
    }
}

/// No tables are made before there is a text: they are most of an expression's memory and of the time it takes to
/// compile, and those that are made as texts come are as fast.
fn linear(pattern: &str, ignore_case: bool) -> Option<meta::Regex> {
    let syntax = syntax::Config::new().unicode(false).utf8(false).case_insensitive(ignore_case);
    let config = meta::Config::new().dfa(false).utf8_empty(false).nfa_size_limit(Some(PROGRAM_BYTES_MAX));
    meta::Regex::builder().syntax(syntax).configure(config).build(pattern).ok()
}

fn latin(text: &[u8]) -> String {
    text.iter().map(|&byte| char::from(byte)).collect()
}

/// What the engines read differently from PCRE is rewritten; what PCRE refuses and they would take is refused. The
/// error is PCRE's sentence and its offset.
fn translate(pattern: &[u8]) -> Result<String, (&'static str, usize)> {
    let mut out = String::with_capacity(pattern.len() + 8);
    let mut at = 0;
    let mut depth = 0usize;
    let mut repeatable = false;
    while let Some(&byte) = pattern.get(at) {
        at += 1;
        let was_repeatable = std::mem::replace(&mut repeatable, true);
        match byte {
            b'\\' => at = escape(pattern, at, &mut out)?,
            b'[' => at = class(pattern, at, &mut out)?,
            b'(' => {
                depth += 1;
                out.push('(');
                repeatable = false;
                if pattern.get(at) == Some(&b'?') {
                    out.push('?');
                    at += 1;
                }
            }
            b')' => {
                depth = depth.checked_sub(1).ok_or(("unmatched closing parenthesis", at))?;
                out.push(')');
            }
            b'|' => {
                out.push('|');
                repeatable = false;
            }
            b'*' | b'+' | b'?' => {
                if !was_repeatable {
                    return Err(("quantifier does not follow a repeatable item", at));
                }
                out.push(char::from(byte));
                at = suffix(pattern, at, &mut out);
                repeatable = false;
            }
            b'{' => match quantifier(pattern, at) {
                Some(end) if was_repeatable => {
                    out.push_str(&latin(pattern.get(at - 1..end).unwrap_or_default()));
                    at = suffix(pattern, end, &mut out);
                    repeatable = false;
                }
                Some(end) => return Err(("quantifier does not follow a repeatable item", end)),
                None => out.push_str("\\{"),
            },
            b'}' => out.push_str("\\}"),
            _ => literal(byte, &mut out),
        }
    }
    if depth > 0 { Err(("missing closing parenthesis", pattern.len())) } else { Ok(out) }
}

fn literal(byte: u8, out: &mut String) {
    if byte.is_ascii() {
        out.push(char::from(byte));
    } else {
        out.push_str(&format!("\\x{byte:02x}"));
    }
}

/// The lazy or possessive mark behind a quantifier.
fn suffix(pattern: &[u8], at: usize, out: &mut String) -> usize {
    match pattern.get(at) {
        Some(&mark @ (b'?' | b'+')) => {
            out.push(char::from(mark));
            at + 1
        }
        _ => at,
    }
}

/// Where the quantifier that starts behind a `{` ends, if it is one.
fn quantifier(pattern: &[u8], at: usize) -> Option<usize> {
    let rest = pattern.get(at..)?;
    let close = rest.iter().position(|&byte| byte == b'}')?;
    let inside = rest.get(..close)?;
    let (low, high) = match inside.iter().position(|&byte| byte == b',') {
        Some(comma) => (inside.get(..comma)?, inside.get(comma + 1..)?),
        None => (inside, &b""[..]),
    };
    let digits = |text: &[u8]| text.iter().all(u8::is_ascii_digit);
    (!low.is_empty() && digits(low) && digits(high)).then_some(at + close + 1)
}

/// One escape outside of a class, from behind its backslash.
fn escape(pattern: &[u8], at: usize, out: &mut String) -> Result<usize, (&'static str, usize)> {
    let Some(&byte) = pattern.get(at) else { return Err(("\\ at end of pattern", at)) };
    match byte {
        b'Q' => {
            let rest = pattern.get(at + 1..).unwrap_or_default();
            let end = memchr::memmem::find(rest, b"\\E").unwrap_or(rest.len());
            out.push_str(&regex_syntax::escape(&latin(rest.get(..end).unwrap_or_default())));
            return Ok((at + 1 + end + 2).min(pattern.len()));
        }
        b'h' => out.push_str("[ \\t]"),
        b'H' => out.push_str("[^ \\t]"),
        b'R' => out.push_str("(?:\\r\\n|[\\n\\x0b\\x0c\\r])"),
        b'N' => out.push_str("[^\\n]"),
        b'e' => out.push_str("\\x1b"),
        b'Z' => out.push_str("(?:\\n?\\z)"),
        b'<' | b'>' | b'"' | b'\'' | b'`' | b' ' | b'_' => out.push(char::from(byte)),
        _ => {
            out.push('\\');
            out.push(char::from(byte));
            // What stands in braces behind a property or a code belongs to it.
            let rest = pattern.get(at + 1..).unwrap_or_default();
            if matches!(byte, b'p' | b'P' | b'x' | b'g' | b'k' | b'o') && rest.first() == Some(&b'{') {
                let end = memchr::memchr(b'}', rest).map_or(rest.len(), |end| end + 1);
                out.push_str(&latin(rest.get(..end).unwrap_or_default()));
                return Ok(at + 1 + end);
            }
        }
    }
    Ok(at + 1)
}

/// A bracketed class, from behind its bracket. Brackets, `&` and `~` mean nothing special inside.
fn class(pattern: &[u8], mut at: usize, out: &mut String) -> Result<usize, (&'static str, usize)> {
    out.push('[');
    if pattern.get(at) == Some(&b'^') {
        out.push('^');
        at += 1;
    }
    let mut first = true;
    while let Some(&byte) = pattern.get(at) {
        at += 1;
        match byte {
            b']' if !first => {
                out.push(']');
                return Ok(at);
            }
            b']' => out.push_str("\\]"),
            b'[' if pattern.get(at) == Some(&b':') => {
                let rest = pattern.get(at..).unwrap_or_default();
                match memchr::memmem::find(rest, b":]") {
                    Some(end) => {
                        out.push('[');
                        out.push_str(&latin(rest.get(..end + 2).unwrap_or_default()));
                        at += end + 2;
                    }
                    None => out.push_str("\\["),
                }
            }
            b'[' => out.push_str("\\["),
            b'&' | b'~' => {
                out.push('\\');
                out.push(char::from(byte));
            }
            b'\\' => match pattern.get(at) {
                Some(b'h') => {
                    out.push_str(" \\t");
                    at += 1;
                }
                Some(&next) => {
                    out.push_str(if matches!(next, b'<' | b'>' | b'"' | b'\'' | b'`' | b' ' | b'_') {
                        ""
                    } else {
                        "\\"
                    });
                    out.push(char::from(next));
                    at += 1;
                }
                None => break,
            },
            _ => literal(byte, out),
        }
        first = false;
    }
    Err(("missing terminating ] for character class", pattern.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches_as_pcre_does() {
        // Pattern, text, whether it matches; as answered by HAProxy with PCRE2.
        let rows: &[(&str, &str, bool)] = &[
            ("^a.c$", "abc", true),
            ("a{", "a{", true),
            ("a{2}", "aa", true),
            ("a{,2}x", "a{,2}x", true),
            ("[[]", "[", true),
            ("[&&a]", "&", true),
            ("[[:alpha:]]+", "9x", true),
            ("(?<=x)y", "xy", true),
            (r"(a)\1", "aa", true),
            (r"\Qa.b\E", "axb", false),
            (r"\/x\.html$", "/x.html", true),
            (r"\d+\h", "1\t", true),
            ("a}", "a}", true),
            (r"\p{L}", "/a", true),
        ];
        for (pattern, text, expected) in rows {
            let regex = Regex::new(pattern.as_bytes(), false).unwrap();
            assert_eq!(regex.is_match(text.as_bytes()), *expected, "{pattern} {text}");
        }
    }

    #[test]
    fn refuses_in_the_words_of_pcre() {
        let rows = [
            ("(", "missing closing parenthesis, erroffset=1"),
            ("[a", "missing terminating ] for character class, erroffset=2"),
            ("a**", "quantifier does not follow a repeatable item, erroffset=3"),
        ];
        for (pattern, error) in rows {
            let said = Regex::new(pattern.as_bytes(), false).unwrap_err();
            assert_eq!(said, format!("regex '{pattern}' is invalid (error={error})"));
        }
    }

    #[test]
    fn finds_groups_on_both_engines() {
        for pattern in [r"(\w+), (\w+)", r"(\w+), (\w+)(?!x)"] {
            let regex = Regex::new(pattern.as_bytes(), false).unwrap();
            let text = b"\xe9: one, two";
            let mut out = Vec::new();
            regex.find(text, 0).unwrap().expand(br"\2-\1\x21\9\\", text, &mut out);
            assert_eq!(out, br"two-one!\");
        }
    }
}
