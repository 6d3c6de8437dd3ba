//! Maps: files of keys and values, read before the start. A lookup costs the same however many entries there are, but
//! for regular expressions and number ranges, which are tried in turn.

use std::sync::{Arc, OnceLock};

use super::{Built, with};
use crate::sample::table::{Method, Table, text};
use crate::sample::{Columns, Entry, Followed, Type, Value};
use crate::spec;
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
    entries: Arc<OnceLock<Followed<Entries>>>,
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
    let entries: Arc<OnceLock<Followed<Entries>>> = Arc::default();
    let slot = entries.clone();
    args.late(move |outside| {
        let list = outside.list(&file, Columns::Two)?;
        let compiled = Followed::new(vec![list], move |entries| compile(entries, method, give, &file))?;
        let _ = slot.set(compiled);
        Ok(())
    });
    with(Map { entries, default, give }, |map, value, _| {
        let found = map.entries.get().and_then(|entries| {
            entries.look(
                |entries| entries.find(&value, map.give),
                |entries| entries.find(&value, map.give).map(Value::into_owned),
            )
        });
        found.or_else(|| map.default.as_ref().map(Value::from_stored))
    })
}

fn compile(list: &[Entry], method: Method, give: Give, file: &str) -> Result<Entries, String> {
    let read = |entry: &Entry| {
        let source = if give == Give::Key { &entry.key } else { &entry.value };
        give.read(source).ok_or_else(|| {
            let source = String::from_utf8_lossy(source);
            format!("unable to parse '{source}' at line {} of file '{file}'.", entry.line)
        })
    };
    let values = list.iter().map(read).collect::<Result<_, _>>()?;
    let keys: Vec<&[u8]> = list.iter().map(|entry| entry.key.as_slice()).collect();
    let table = Table::new(method, &keys, false).map_err(|error| {
        let first = list.iter().find(|entry| Table::new(method, &[&entry.key], false).is_err());
        format!("{error} at line {} of file '{file}'.", first.map_or(0, |entry| entry.line))
    })?;
    Ok(Entries { table, values })
}

impl Entries {
    fn find(&self, value: &Value<'_>, give: Give) -> Option<Value<'_>> {
        let at = self.table.find(value)?;
        let stored = self.values.get(at)?;
        Some(match (&self.table, stored, give) {
            (Table::Reg(list), Stored::Text(template), Give::Groups) => {
                let text = text(value);
                let mut out = Vec::new();
                list.get(at)?.find(&text, 0)?.expand(template, &text, &mut out);
                Value::owned(out)
            }
            _ => Value::from_stored(stored),
        })
    }
}
