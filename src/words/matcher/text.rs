//! Match methods on text and bytes.

use super::table;
use crate::sample::table::{Method, Set};
use crate::sample::{Match, Type, Value};
use crate::spec;
use crate::spec::Matcher;
use crate::spec::kinds::Patterns;

spec! {
    /// Text and bytes.
    pub static TEXT: [Matcher] = [
        /// The whole text equals a pattern. With `-i` case does not matter, as for all methods on text.
        { name: "str", input: Type::Str, build: |patterns| table(Method::Str, patterns) },
        /// The text begins with a pattern.
        { name: "beg", input: Type::Str, build: |patterns| table(Method::Beg, patterns) },
        /// The text ends with a pattern.
        { name: "end", input: Type::Str, build: |patterns| table(Method::End, patterns) },
        /// A pattern occurs anywhere in the text.
        { name: "sub", input: Type::Str, build: |patterns| table(Method::Sub, patterns) },
        /// A pattern is a part of the text between slashes or question marks: `path_dir images`.
        { name: "dir", input: Type::Str, build: |patterns| table(Method::Dir, patterns) },
        /// A pattern is a part of the text between dots, colons, slashes or question marks: `hdr_dom(host) example.com`.
        { name: "dom", input: Type::Str, build: |patterns| table(Method::Dom, patterns) },
        /// A regular expression, in the syntax of PCRE, matches somewhere in the text.
        { name: "reg", input: Type::Str, build: |patterns| table(Method::Reg, patterns) },
        /// The bytes equal a pattern, which is written in hexadecimal.
        { name: "bin", input: Type::Bin, build: binary },
    ];
}

struct Bytes(Set);

impl Match for Bytes {
    fn matches(&self, value: &Value<'_>) -> bool {
        match value {
            Value::Str(bytes) | Value::Bin(bytes) | Value::Method(bytes) => self.0.find(bytes).is_some(),
            other => other.clone().cast(Type::Bin).is_some_and(|value| self.0.find(&value.into_bytes()).is_some()),
        }
    }
}

fn binary(patterns: &Patterns<'_>) -> Result<Box<dyn Match>, String> {
    let decoded = patterns.list.iter().map(|text| unhex(text)).collect::<Result<Vec<_>, _>>()?;
    let list: Vec<&[u8]> = decoded.iter().map(Vec::as_slice).collect();
    Ok(Box::new(Bytes(Set::new(&list, false))))
}

fn unhex(text: &[u8]) -> Result<Vec<u8>, String> {
    if text.len() % 2 == 1 {
        return Err("an even number of hex digit is expected".to_owned());
    }
    let digit = |byte: u8| {
        let letter = char::from(byte);
        letter.to_digit(16).ok_or_else(|| format!("an hex digit is expected (found '{letter}')"))
    };
    text.chunks_exact(2).map(|pair| Ok((digit(pair[0])? * 16 + digit(pair[1])?) as u8)).collect()
}
