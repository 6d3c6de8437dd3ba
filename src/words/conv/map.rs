//! Maps: files of keys and values, read before the start. A lookup costs the same however many entries there are, but
//! for regular expressions and number ranges, which are tried in turn.

use std::sync::{Arc, OnceLock};

use super::{Built, with};
use crate::sample::table::{Method, Table, text};
use crate::sample::{Type, Value};
use crate::spec;
use crate::spec::call::pattern_lines;
use crate::spec::{CallArgs, Conv};
use crate::txn::vars::Stored;

spec! {
    /// Maps.
    pub static MAP: [Conv] = [
        /// The value of the entry whose key equals the text, as text; the default, if one is written, when there is
        /// none. `hdr(host),map(/etc/haproxy/hosts.map,www)`.
        { name: "map", usage: "<file>[,<default>]", input: Type::Str, out: Type::Str, build: |args| map(args, Method::Str, Give::Text) },
        /// The same as `map`.
        { name: "map_str", usage: "<file>[,<default>]", input: Type::Str, out: Type::Str, build: |args| map(args, Method::Str, Give::Text) },
        /// The value of the entry whose key equals the text, as a number.
        { name: "map_str_int", usage: "<file>[,<default>]", input: Type::Str, out: Type::Int, build: |args| map(args, Method::Str, Give::Number) },
        /// The value of the entry whose key equals the text, as an address.
        { name: "map_str_ip", usage: "<file>[,<default>]", input: Type::Str, out: Type::Addr, build: |args| map(args, Method::Str, Give::Address) },
        /// The key of the entry whose key equals the text.
        { name: "map_str_key", usage: "<file>", input: Type::Str, out: Type::Str, build: |args| map(args, Method::Str, Give::Key) },
        /// The value of the entry whose key is the longest beginning of the text, as text; the default, if one is
        /// written, when there is none.
        { name: "map_beg", usage: "<file>[,<default>]", input: Type::Str, out: Type::Str, build: |args| map(args, Method::Beg, Give::Text) },
        /// The value of the entry whose key is the longest beginning of the text, as a number.
        { name: "map_beg_int", usage: "<file>[,<default>]", input: Type::Str, out: Type::Int, build: |args| map(args, Method::Beg, Give::Number) },
        /// The value of the entry whose key is the longest beginning of the text, as an address.
        { name: "map_beg_ip", usage: "<file>[,<default>]", input: Type::Str, out: Type::Addr, build: |args| map(args, Method::Beg, Give::Address) },
        /// The key of the entry whose key is the longest beginning of the text.
        { name: "map_beg_key", usage: "<file>", input: Type::Str, out: Type::Str, build: |args| map(args, Method::Beg, Give::Key) },
        /// The value of the entry whose key is a part of the text between slashes, as text; the default, if one is
        /// written, when there is none.
        { name: "map_dir", usage: "<file>[,<default>]", input: Type::Str, out: Type::Str, build: |args| map(args, Method::Dir, Give::Text) },
        /// The value of the entry whose key is a part of the text between slashes, as a number.
        { name: "map_dir_int", usage: "<file>[,<default>]", input: Type::Str, out: Type::Int, build: |args| map(args, Method::Dir, Give::Number) },
        /// The value of the entry whose key is a part of the text between slashes, as an address.
        { name: "map_dir_ip", usage: "<file>[,<default>]", input: Type::Str, out: Type::Addr, build: |args| map(args, Method::Dir, Give::Address) },
        /// The key of the entry whose key is a part of the text between slashes.
        { name: "map_dir_key", usage: "<file>", input: Type::Str, out: Type::Str, build: |args| map(args, Method::Dir, Give::Key) },
        /// The value of the entry whose key is a part of the text between dots, colons or slashes, as text; the
        /// default, if one is written, when there is none.
        { name: "map_dom", usage: "<file>[,<default>]", input: Type::Str, out: Type::Str, build: |args| map(args, Method::Dom, Give::Text) },
        /// The value of the entry whose key is a part of the text between dots, colons or slashes, as a number.
        { name: "map_dom_int", usage: "<file>[,<default>]", input: Type::Str, out: Type::Int, build: |args| map(args, Method::Dom, Give::Number) },
        /// The value of the entry whose key is a part of the text between dots, colons or slashes, as an address.
        { name: "map_dom_ip", usage: "<file>[,<default>]", input: Type::Str, out: Type::Addr, build: |args| map(args, Method::Dom, Give::Address) },
        /// The key of the entry whose key is a part of the text between dots, colons or slashes.
        { name: "map_dom_key", usage: "<file>", input: Type::Str, out: Type::Str, build: |args| map(args, Method::Dom, Give::Key) },
        /// The value of the entry whose key is the end of the text, as text; the default, if one is written, when there
        /// is none.
        { name: "map_end", usage: "<file>[,<default>]", input: Type::Str, out: Type::Str, build: |args| map(args, Method::End, Give::Text) },
        /// The value of the entry whose key is the end of the text, as a number.
        { name: "map_end_int", usage: "<file>[,<default>]", input: Type::Str, out: Type::Int, build: |args| map(args, Method::End, Give::Number) },
        /// The value of the entry whose key is the end of the text, as an address.
        { name: "map_end_ip", usage: "<file>[,<default>]", input: Type::Str, out: Type::Addr, build: |args| map(args, Method::End, Give::Address) },
        /// The key of the entry whose key is the end of the text.
        { name: "map_end_key", usage: "<file>", input: Type::Str, out: Type::Str, build: |args| map(args, Method::End, Give::Key) },
        /// The value of the entry whose key occurs in the text, as text; the default, if one is written, when there is
        /// none.
        { name: "map_sub", usage: "<file>[,<default>]", input: Type::Str, out: Type::Str, build: |args| map(args, Method::Sub, Give::Text) },
        /// The value of the entry whose key occurs in the text, as a number.
        { name: "map_sub_int", usage: "<file>[,<default>]", input: Type::Str, out: Type::Int, build: |args| map(args, Method::Sub, Give::Number) },
        /// The value of the entry whose key occurs in the text, as an address.
        { name: "map_sub_ip", usage: "<file>[,<default>]", input: Type::Str, out: Type::Addr, build: |args| map(args, Method::Sub, Give::Address) },
        /// The key of the entry whose key occurs in the text.
        { name: "map_sub_key", usage: "<file>", input: Type::Str, out: Type::Str, build: |args| map(args, Method::Sub, Give::Key) },
        /// The value of the entry whose key matches the text as a regular expression, as text; the default, if one is
        /// written, when there is none.
        { name: "map_reg", usage: "<file>[,<default>]", input: Type::Str, out: Type::Str, build: |args| map(args, Method::Reg, Give::Text) },
        /// The value of the entry whose key matches the text as a regular expression, as a number.
        { name: "map_reg_int", usage: "<file>[,<default>]", input: Type::Str, out: Type::Int, build: |args| map(args, Method::Reg, Give::Number) },
        /// The value of the entry whose key matches the text as a regular expression, as an address.
        { name: "map_reg_ip", usage: "<file>[,<default>]", input: Type::Str, out: Type::Addr, build: |args| map(args, Method::Reg, Give::Address) },
        /// The key of the entry whose key matches the text as a regular expression.
        { name: "map_reg_key", usage: "<file>", input: Type::Str, out: Type::Str, build: |args| map(args, Method::Reg, Give::Key) },
        /// The value of the entry whose key matches the text as a regular expression, with `\1` to `\9` replaced by the
        /// groups of the match.
        { name: "map_regm", usage: "<file>[,<default>]", input: Type::Str, out: Type::Str, build: |args| map(args, Method::Reg, Give::Groups) },
        /// The value of the entry whose key equals the number or is a range that holds it, as text; the default, if one
        /// is written, when there is none.
        { name: "map_int", usage: "<file>[,<default>]", input: Type::Int, out: Type::Str, build: |args| map(args, Method::Int, Give::Text) },
        /// The value of the entry whose key equals the number or is a range that holds it, as a number.
        { name: "map_int_int", usage: "<file>[,<default>]", input: Type::Int, out: Type::Int, build: |args| map(args, Method::Int, Give::Number) },
        /// The value of the entry whose key equals the number or is a range that holds it, as an address.
        { name: "map_int_ip", usage: "<file>[,<default>]", input: Type::Int, out: Type::Addr, build: |args| map(args, Method::Int, Give::Address) },
        /// The key of the entry whose key equals the number or is a range that holds it.
        { name: "map_int_key", usage: "<file>", input: Type::Int, out: Type::Str, build: |args| map(args, Method::Int, Give::Key) },
        /// The value of the entry whose key is the smallest network that holds the address, as text; the default, if
        /// one is written, when there is none.
        { name: "map_ip", usage: "<file>[,<default>]", input: Type::Addr, out: Type::Str, build: |args| map(args, Method::Ip, Give::Text) },
        /// The value of the entry whose key is the smallest network that holds the address, as a number.
        { name: "map_ip_int", usage: "<file>[,<default>]", input: Type::Addr, out: Type::Int, build: |args| map(args, Method::Ip, Give::Number) },
        /// The value of the entry whose key is the smallest network that holds the address, as an address.
        { name: "map_ip_ip", usage: "<file>[,<default>]", input: Type::Addr, out: Type::Addr, build: |args| map(args, Method::Ip, Give::Address) },
        /// The key of the entry whose key is the smallest network that holds the address.
        { name: "map_ip_key", usage: "<file>", input: Type::Addr, out: Type::Str, build: |args| map(args, Method::Ip, Give::Key) },
    ];
}

/// What of an entry is given.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Give {
    Text,
    Number,
    Address,
    Key,
    Groups,
}

impl Give {
    /// A value of the file, or a default, as what is given.
    fn read(self, text: &[u8]) -> Option<Stored> {
        let value = Value::text(text);
        match self {
            Give::Text | Give::Key | Give::Groups => Some(Stored::Text(text.to_vec())),
            Give::Number => std::str::from_utf8(text).ok()?.parse().ok().map(Stored::Int),
            Give::Address => value.to_ip().map(Stored::Ip),
        }
    }
}

struct Entries {
    table: Table,
    values: Vec<Stored>,
}

struct Map {
    entries: Arc<OnceLock<Entries>>,
    default: Option<Stored>,
    give: Give,
}

fn map(args: &mut CallArgs<'_>, method: Method, give: Give) -> Built {
    let file = args.text()?.to_owned();
    let default = match (args.maybe(), give) {
        (None, _) => None,
        (Some(text), Give::Number) => {
            let refusal = |text: &[u8]| {
                format!("failed to parse '{}' as type 'integer' at position 2", String::from_utf8_lossy(text))
            };
            Some(give.read(text).ok_or_else(|| refusal(text))?)
        }
        (Some(text), _) => Some(give.read(text).ok_or("not a valid default value")?),
    };
    let entries: Arc<OnceLock<Entries>> = Arc::default();
    let slot = entries.clone();
    args.late(move |outside| {
        let mut keys = Vec::new();
        let mut values = Vec::new();
        for (line, text) in pattern_lines(&file, outside)? {
            let end = text.iter().position(|byte| matches!(byte, b' ' | b'\t')).unwrap_or(text.len());
            let (key, value) = text.split_at_checked(end).unwrap_or((&text, b""));
            let source = if give == Give::Key { key } else { value.trim_ascii_start() };
            let read = give.read(source).ok_or_else(|| {
                let source = String::from_utf8_lossy(source);
                format!("'{source}' is not a valid value at line {line} of file '{file}'.")
            })?;
            keys.push(key.to_vec());
            values.push(read);
        }
        let patterns: Vec<&[u8]> = keys.iter().map(Vec::as_slice).collect();
        let table = Table::new(method, &patterns, false).map_err(|error| format!("{error} in file '{file}'."))?;
        let _ = slot.set(Entries { table, values });
        Ok(())
    });
    with(Map { entries, default, give }, |map, value, _| {
        let found = map.entries.get().and_then(|entries| {
            let at = entries.table.find(&value)?;
            let stored = entries.values.get(at)?;
            Some(match (&entries.table, stored, map.give) {
                (Table::Reg(list), Stored::Text(template), Give::Groups) => {
                    let text = text(&value);
                    let mut out = Vec::new();
                    list.get(at)?.find(&text, 0)?.expand(template, &text, &mut out);
                    Value::owned(out)
                }
                _ => Value::from_stored(stored),
            })
        });
        found.or_else(|| map.default.as_ref().map(Value::from_stored))
    })
}
