//! JSON, just enough to find one value in a text by its path. Nothing is copied until the value is known.

/// Nesting that is followed before a text is taken for an attack.
const DEPTH_MAX: usize = 64;

/// A value as it stands in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Json<'a> {
    /// The inside of a string, escapes not resolved.
    String(&'a [u8]),
    /// A number.
    Number(&'a [u8]),
    /// `true` or `false`.
    Bool(bool),
    /// `null`
    Null,
    /// An array with its brackets.
    Array(&'a [u8]),
    /// An object with its braces.
    Object(&'a [u8]),
}

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A member of an object.
    Member(Vec<u8>),
    /// An element of an array, from 0.
    Element(usize),
}

/// Reads a path such as `$.a.b[0].c\.d`; none when it is not one.
pub fn path(text: &[u8]) -> Option<Vec<Step>> {
    let mut rest = text.strip_prefix(b"$")?;
    let mut steps = Vec::new();
    while let Some((first, after)) = rest.split_first() {
        match first {
            b'.' => {
                let mut name = Vec::new();
                let mut at = 0;
                while let Some(byte) = after.get(at) {
                    match byte {
                        b'.' | b'[' => break,
                        b'\\' => {
                            at += 1;
                            name.push(*after.get(at)?);
                        }
                        _ => name.push(*byte),
                    }
                    at += 1;
                }
                rest = after.get(at..)?;
                steps.push(Step::Member(name));
            }
            b'[' => {
                let end = after.iter().position(|&byte| byte == b']')?;
                let inside = after.get(..end)?;
                let quoted = inside.strip_prefix(b"'").and_then(|name| name.strip_suffix(b"'"));
                steps.push(match quoted {
                    Some(name) => Step::Member(name.to_vec()),
                    None => Step::Element(std::str::from_utf8(inside).ok()?.parse().ok()?),
                });
                rest = after.get(end + 1..)?;
            }
            _ => return None,
        }
    }
    Some(steps)
}

/// The value at a path; none when the text is broken before it or has no such value.
pub fn find<'a>(text: &'a [u8], steps: &[Step]) -> Option<Json<'a>> {
    let mut reader = Reader { text, at: 0 };
    for step in steps {
        reader.blanks();
        match step {
            Step::Member(name) => reader.enter_member(name)?,
            Step::Element(index) => reader.enter_element(*index)?,
        }
    }
    reader.value(0)
}

/// The text of a string with its escapes resolved; none for a broken one.
pub fn unescape(inside: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(inside.len());
    let mut at = 0;
    while let Some(&byte) = inside.get(at) {
        at += 1;
        if byte != b'\\' {
            out.push(byte);
            continue;
        }
        let escape = *inside.get(at)?;
        at += 1;
        match escape {
            b'"' | b'\\' | b'/' => out.push(escape),
            b'b' => out.push(8),
            b'f' => out.push(12),
            b'n' => out.push(b'\n'),
            b'r' => out.push(b'\r'),
            b't' => out.push(b'\t'),
            b'u' => {
                let unit = |at: usize| {
                    let digits = std::str::from_utf8(inside.get(at..at + 4)?).ok()?;
                    u32::from_str_radix(digits, 16).ok()
                };
                let mut code = unit(at)?;
                at += 4;
                if (0xd800..0xdc00).contains(&code) && inside.get(at..at + 2) == Some(b"\\u") {
                    let low = unit(at + 2)?.checked_sub(0xdc00).filter(|low| *low < 0x400)?;
                    code = 0x10000 + ((code - 0xd800) << 10) + low;
                    at += 6;
                }
                let letter = char::from_u32(code)?;
                out.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
            }
            _ => return None,
        }
    }
    Some(out)
}

struct Reader<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn blanks(&mut self) {
        while self.peek().is_some_and(|byte| byte.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    fn take(&mut self, byte: u8) -> Option<()> {
        self.blanks();
        (self.peek()? == byte).then(|| self.at += 1)
    }

    /// Leaves the reader before the value of a member.
    fn enter_member(&mut self, name: &[u8]) -> Option<()> {
        self.take(b'{')?;
        loop {
            self.blanks();
            if self.peek()? == b'}' {
                return None;
            }
            let key = self.string()?;
            self.take(b':')?;
            let same = key == name || (key.contains(&b'\\') && unescape(key).is_some_and(|key| key == name));
            if same {
                return Some(());
            }
            self.value(0)?;
            self.blanks();
            self.take(b',')?;
        }
    }

    /// Leaves the reader before an element.
    fn enter_element(&mut self, index: usize) -> Option<()> {
        self.take(b'[')?;
        for _ in 0..index {
            self.value(0)?;
            self.take(b',')?;
        }
        self.blanks();
        (self.peek()? != b']').then_some(())
    }

    fn value(&mut self, depth: usize) -> Option<Json<'a>> {
        if depth > DEPTH_MAX {
            return None;
        }
        self.blanks();
        let start = self.at;
        match self.peek()? {
            b'"' => self.string().map(Json::String),
            open @ (b'{' | b'[') => {
                let close = if open == b'{' { b'}' } else { b']' };
                self.at += 1;
                self.blanks();
                if self.peek()? == close {
                    self.at += 1;
                } else {
                    loop {
                        if open == b'{' {
                            self.blanks();
                            self.string()?;
                            self.take(b':')?;
                        }
                        self.value(depth + 1)?;
                        self.blanks();
                        if self.peek()? == close {
                            self.at += 1;
                            break;
                        }
                        self.take(b',')?;
                    }
                }
                let whole = self.text.get(start..self.at)?;
                Some(if open == b'{' { Json::Object(whole) } else { Json::Array(whole) })
            }
            b't' => self.word(b"true", Json::Bool(true)),
            b'f' => self.word(b"false", Json::Bool(false)),
            b'n' => self.word(b"null", Json::Null),
            b'-' | b'0'..=b'9' => {
                let is_part = |byte: u8| matches!(byte, b'0'..=b'9' | b'.' | b'-' | b'+' | b'e' | b'E');
                while self.peek().is_some_and(is_part) {
                    self.at += 1;
                }
                self.text.get(start..self.at).map(Json::Number)
            }
            _ => None,
        }
    }

    fn word(&mut self, word: &[u8], value: Json<'a>) -> Option<Json<'a>> {
        self.text.get(self.at..)?.starts_with(word).then(|| {
            self.at += word.len();
            value
        })
    }

    fn string(&mut self) -> Option<&'a [u8]> {
        self.take(b'"')?;
        let start = self.at;
        loop {
            match self.peek()? {
                b'"' => {
                    self.at += 1;
                    return self.text.get(start..self.at - 1);
                }
                b'\\' => self.at += 2,
                _ => self.at += 1,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_values() {
        let text = br#" { "a" : [1, {"b": "x\n"}, true], "my.key": -2.5, "o": {}, "n": null, "l":[[],[7]] } "#;
        let rows: &[(&str, Option<Json<'_>>)] = &[
            ("$.a[0]", Some(Json::Number(b"1"))),
            ("$.a[1].b", Some(Json::String(b"x\\n"))),
            ("$.a[2]", Some(Json::Bool(true))),
            ("$.a[3]", None),
            ("$.my\\.key", Some(Json::Number(b"-2.5"))),
            ("$.o", Some(Json::Object(b"{}"))),
            ("$.o.x", None),
            ("$.n", Some(Json::Null)),
            ("$.l[1][0]", Some(Json::Number(b"7"))),
            ("$['n']", Some(Json::Null)),
        ];
        for (text_path, expected) in rows {
            let steps = path(text_path.as_bytes()).unwrap();
            assert_eq!(find(text, &steps), *expected, "{text_path}");
        }
        assert_eq!(unescape(br"\u00e9\ud83d\ude00\/").unwrap(), "\u{e9}\u{1f600}/".as_bytes());
    }

    #[test]
    fn broken_text_has_no_value() {
        let steps = path(b"$.a").unwrap();
        for text in [&b"{"[..], b"{\"a", b"{\"a\":", b"{\"a\":\"x", b"{\"a\":tru", b"[1]", b"", b"{\"a\\"] {
            assert_eq!(find(text, &steps), None, "{}", text.escape_ascii());
        }
        let deep = [&b"{\"a\":"[..], &[b'['; 100_000]].concat();
        assert_eq!(find(&deep, &steps), None);
    }
}
