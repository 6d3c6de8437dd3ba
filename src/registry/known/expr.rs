//! A sample expression, checked word by word as HAProxy does: names, arguments, types, names of other things.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pointsman_parser::expr::{Call, Expr};

use super::call::{self, Kind};
use super::{Known, conv, fetch, place};
use crate::model::draft::Draft;
use crate::model::noted::{DatedKind, UseKind};
use crate::sample::Type;

/// How messages are to call the words.
#[derive(Clone, Copy)]
pub enum Style<'a> {
    /// An expression of its own.
    Plain,
    /// The criterion of an ACL that is a keyword of its own.
    AclKeyword(&'a str),
    /// The criterion of an ACL that is an expression: its text.
    Criterion(&'a str),
}

/// What is known of an expression that passed.
#[derive(Clone, Copy, Debug)]
pub struct Facts {
    /// The type of its value.
    pub output: Type,
    /// Where it has one.
    pub places: u32,
    /// What it needs for that.
    pub needs: &'static str,
}

/// Checks the expression; `text` is what it was parsed in.
pub fn check(tree: &Expr, text: &[u8], style: Style<'_>, draft: &Draft) -> Result<Facts, String> {
    let name = tree.fetch.name.as_str();
    let (label, known) = match style {
        Style::AclKeyword(keyword) => {
            let stands_for = super::acl_keyword(keyword).map_or(keyword, |row| row.0);
            (format!("ACL keyword '{keyword}'"), fetch(stands_for))
        }
        _ => (format!("fetch method '{name}'"), fetch(name)),
    };
    let around = |message: String| match style {
        Style::Plain => message,
        Style::AclKeyword(keyword) => format!("ACL keyword '{keyword}' : {message}"),
        Style::Criterion(whole) => format!("{message} in ACL expression '{whole}'"),
    };
    let Some(known) = known else {
        if draft.noted.lua.defines(name) {
            draft.noted.not_yet(name);
            return Ok(Facts { output: Type::Str, places: place::ALWAYS, needs: "" });
        }
        return Err(around(format!("unknown fetch method '{name}'")));
    };
    if known.is_dated() {
        draft.noted.date(DatedKind::Fetch, known.name);
    }
    arguments(&tree.fetch, known, text).map_err(|misfit| match style {
        Style::AclKeyword(_) => around(misfit.text),
        _ => around(format!("{label} : {}", misfit.text)),
    })?;
    super::expr::values(&tree.fetch, draft)
        .map_err(|reason| around(format!("invalid args in fetch method '{name}' : {reason}")))?;
    let owner = match style {
        Style::Plain => format!("sample fetch keyword '{name}' in {}", place_name(draft.noted.context.get().word)),
        Style::AclKeyword(_) | Style::Criterion(_) => format!("ACL keyword '{name}'"),
    };
    names(&tree.fetch, known, &owner, draft);
    let mut output = known.output;
    for step in &tree.converters {
        output = converter(step, output, text, &owner, draft).map_err(around)?;
    }
    Ok(Facts { output, places: known.places, needs: known.needs })
}

/// What HAProxy calls the place of an expression.
fn place_name(word: &str) -> String {
    match word {
        "log-format" => String::from("log-format string"),
        "unique-id" => String::from("unique-id-format string"),
        other => format!("{other} expression"),
    }
}

fn converter(step: &Call, input: Type, text: &[u8], owner: &str, draft: &Draft) -> Result<Type, String> {
    let name = step.name.as_str();
    let Some(known) = conv(name) else {
        if draft.noted.lua.defines(name) {
            draft.noted.not_yet(name);
            return Ok(Type::Str);
        }
        return Err(format!("unknown converter '{name}'"));
    };
    if known.is_dated() {
        draft.noted.date(DatedKind::Converter, known.name);
    }
    if !input.casts_to(known.input) {
        return Err(format!("converter '{name}' cannot be applied"));
    }
    arguments(step, known, text)
        .map_err(|misfit| format!("invalid arg {} in converter '{name}' : {}", misfit.arg, misfit.text))?;
    values(step, draft).map_err(|reason| format!("invalid args in converter '{name}' : {reason}"))?;
    names(step, known, &format!("conversion keyword '{name}' for {owner}"), draft);
    Ok(if known.output == Type::Same { input } else { known.output })
}

fn arguments(step: &Call, known: &Known, text: &[u8]) -> Result<(), call::Misfit> {
    call::signature(known.args).map_or(Ok(()), |signature| call::fits(step, &signature, text))
}

/// Remembers the names among the arguments.
fn names(step: &Call, known: &Known, owner: &str, draft: &Draft) {
    let Some((kinds, needed)) = call::signature(known.args) else { return };
    for (at, kind) in kinds.iter().enumerate() {
        let Kind::Name(kind) = kind else { continue };
        // Empty parentheses hold one empty argument.
        let empty = (step.parens && step.args.is_empty() && at == 0).then(String::new);
        let written = step.args.get(at).map(|arg| String::from_utf8_lossy(&arg.text).into_owned()).or(empty);
        if written.is_none() && at >= needed {
            continue;
        }
        let owner = match kind {
            // Servers are spoken of with a comma before "referenced".
            UseKind::Server => format!(", referenced in arg {} of {owner}", at + 1),
            _ => format!(" referenced in arg {} of {owner}", at + 1),
        };
        draft.noted.refer(*kind, &written.unwrap_or_default(), owner, draft.current);
    }
}

/// What some words ask of the values of their arguments.
pub(super) fn values(step: &Call, draft: &Draft) -> Result<(), String> {
    let arg = |n: usize| step.args.get(n).map(|arg| String::from_utf8_lossy(&arg.text).into_owned());
    match step.name.as_str() {
        "var" | "set-var" | "unset-var" => variable(&arg(0).unwrap_or_default()),
        "add" | "sub" | "mul" | "div" | "mod" | "and" | "or" | "xor" | "bytes" => {
            for n in 0..step.args.len() {
                let text = arg(n).unwrap_or_default();
                if !whole_number(&text) && variable(&text).is_err() {
                    return Err("expects an integer or a variable name".to_owned());
                }
            }
            Ok(())
        }
        "bool" => match arg(0).as_deref() {
            Some("true" | "false" | "0" | "1") | None => Ok(()),
            Some(_) => Err("Expects 'true', 'false', '0' or '1'".to_owned()),
        },
        "accept_date" | "request_date" if step.parens => match arg(0).as_deref() {
            Some("s" | "ms" | "us") => Ok(()),
            other => Err(format!("expects 's', 'ms' or 'us', got '{}'", other.unwrap_or_default())),
        },
        "bc_rtt" | "bc_rttvar" | "fc_rtt" | "fc_rttvar" if step.parens => match arg(0).as_deref() {
            Some("us" | "ms") => Ok(()),
            other => Err(format!("expects 'us' or 'ms', got '{}'", other.unwrap_or_default())),
        },
        "fc_pp_tlv" => tlv(&arg(0).unwrap_or_default()),
        "acl" if step.args.is_empty() => Err("ACL '' not found".to_owned()),
        "distcc_body" | "distcc_param" if arg(0).is_some_and(|token| token.len() != 4) => {
            Err("token name must be exactly 4 characters".to_owned())
        }
        "query" if arg(0).is_some_and(|option| !option.is_empty() && option != "with_qm") => {
            Err("supported options are: 'with_qm'".to_owned())
        }
        name if name.starts_with("ssl_") && name.ends_with("_dn") => match arg(2).as_deref() {
            None | Some("" | "rfc2253") => Ok(()),
            Some(_) => Err("only rfc2253 or a blank value are currently supported as the format argument.".to_owned()),
        },
        name if name.starts_with("internal.htx_blk.") => match arg(0).unwrap_or_default().as_str() {
            "" => Err("a block position is expected (> 0) or a special block name (head, tail, first)".to_owned()),
            "head" | "tail" | "first" => Ok(()),
            text if text.parse::<u32>().is_ok() => Ok(()),
            _ => Err("invalid block position".to_owned()),
        },
        "regsub" => regsub(&arg(0).unwrap_or_default(), &arg(2).unwrap_or_default()),
        name if name == "map" || name.starts_with("map_") => map_file(name, &arg(0).unwrap_or_default(), draft),
        _ => conversion(step),
    }
}

/// The same for converters whose arguments are words of their own.
fn conversion(step: &Call) -> Result<(), String> {
    let arg = |n: usize| step.args.get(n).map(|arg| String::from_utf8_lossy(&arg.text).into_owned());
    match step.name.as_str() {
        "protobuf" | "ungrpc" => match arg(1).as_deref() {
            Some(kind) if !PROTOBUF_TYPES.contains(&kind) => Err(format!("Wrong protocol buffer type '{kind}'")),
            _ => Ok(()),
        },
        "aes_gcm_dec" | "aes_gcm_enc" | "aes_cbc_dec" | "aes_cbc_enc" => match arg(0).as_deref() {
            Some("128" | "192" | "256") => secrets(step),
            _ => Err("key size must be 128, 192 or 256 (bits).".to_owned()),
        },
        "when" => {
            let word = arg(0).unwrap_or_default();
            if word == "acl" && step.args.len() < 2 {
                return Err("'acl' selector requires an extra argument with the ACL name".to_owned());
            }
            let known = ["stopping", "normal", "error", "forwarded", "toapplet", "processed", "acl"];
            if known.contains(&word.trim_start_matches('!')) {
                return Ok(());
            }
            Err(format!("expects a supported keyword among {{{}}} but got '{word}'", known.join(",")))
        }
        "be2hex" if step.parens => {
            let size = arg(1).and_then(|text| text.parse::<i64>().ok()).unwrap_or(0);
            let separated = arg(0).is_some_and(|separator| !separator.is_empty());
            if separated && size <= 0 {
                return Err(format!("chunk_size needs to be positive ({size})"));
            }
            match arg(2).and_then(|text| text.parse::<i64>().ok()) {
                None | Some(0 | 1) => Ok(()),
                Some(other) => Err(format!("Unsupported truncate value ({other})")),
            }
        }
        "mqtt_field_value" => mqtt(&arg(0).unwrap_or_default()),
        "param" if step.args.len() > 1 && arg(1).is_some_and(|delimiter| delimiter.chars().count() != 1) => {
            Err("Delimiter must be exactly 1 character.".to_owned())
        }
        "fix_tag_value" => {
            let tag = arg(0).unwrap_or_default();
            let named = tag.starts_with(|first: char| first.is_ascii_uppercase());
            if named || tag.parse::<u32>().is_ok_and(|number| number > 0) {
                return Ok(());
            }
            Err(format!("Unknown FIX tag name '{tag}'"))
        }
        _ => Ok(()),
    }
}

/// The texts in base 64, or variables, that encryption takes behind the size of the key.
fn secrets(step: &Call) -> Result<(), String> {
    let names: &[&str] = if step.name.starts_with("aes_gcm") { &["nonce", "key", "aead_tag"] } else { &["iv", "key"] };
    for (at, name) in (1..).zip(names) {
        let text = step.args.get(at).map(|arg| String::from_utf8_lossy(&arg.text)).unwrap_or_default();
        if *name == "aead_tag" && step.name.ends_with("enc") {
            variable(&text).map_err(|reason| format!("failed to parse aead_tag : {reason}"))?;
        } else if variable(&text).is_err() && STANDARD.decode(text.as_bytes()).is_err() {
            return Err(format!(
                "failed to parse {name} : argument needs to be base64 encoded, and can either be a string or a variable"
            ));
        }
    }
    Ok(())
}

/// Whether the text is a number; one that is too large counts as the largest.
fn whole_number(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// What a field of a protocol buffer may be.
const PROTOBUF_TYPES: [&str; 15] = [
    "int32", "uint32", "sint32", "int64", "uint64", "sint64", "bool", "enum", "fixed32", "sfixed32", "float",
    "fixed64", "sfixed64", "double", "string",
];

fn mqtt(packet: &str) -> Result<(), String> {
    const PACKETS: [&str; 15] = [
        "connect",
        "connack",
        "publish",
        "puback",
        "pubrec",
        "pubrel",
        "pubcomp",
        "subscribe",
        "suback",
        "unsubscribe",
        "unsuback",
        "pingreq",
        "pingresp",
        "disconnect",
        "auth",
    ];
    let number = packet.parse::<u32>().is_ok_and(|number| (1..=15).contains(&number));
    if number || PACKETS.iter().any(|known| known.eq_ignore_ascii_case(packet)) {
        return Ok(());
    }
    Err(format!("Unknown MQTT type '{packet}'"))
}

/// The type of an entry of a PROXY header: a number of one byte, or a name.
fn tlv(text: &str) -> Result<(), String> {
    const NAMES: [&str; 7] = ["ALPN", "AUTHORITY", "CRC32C", "NETNS", "NOOP", "SSL", "UNIQUE_ID"];
    let named = NAMES.iter().any(|name| name.eq_ignore_ascii_case(text));
    if text.is_empty() || named || text.to_ascii_uppercase().starts_with("SSL_") {
        return Ok(());
    }
    match text.strip_prefix("0x").map_or_else(|| text.parse(), |digits| i64::from_str_radix(digits, 16)) {
        Ok(0..=255) => Ok(()),
        Ok(_) => Err(format!("Invalid TLV Type '{text}'")),
        Err(_) => Err(format!("Could not convert type '{text}'")),
    }
}

fn regsub(pattern: &str, flags: &str) -> Result<(), String> {
    regex(pattern)?;
    match flags.chars().find(|flag| !matches!(flag, 'i' | 'g')) {
        Some(flag) => Err(format!("invalid regex flag '{flag}', only 'i' and 'g' are supported")),
        None => Ok(()),
    }
}

/// Whether the text is a regular expression.
pub(super) fn regex(pattern: &str) -> Result<(), String> {
    crate::sample::Regex::new(pattern.as_bytes(), false).map(drop)
}

fn map_file(name: &str, path: &str, draft: &Draft) -> Result<(), String> {
    if path.starts_with("virt@") {
        return Ok(());
    }
    let optional = path.starts_with("opt@");
    let bare = path.strip_prefix("opt@").or_else(|| path.strip_prefix("file@")).unwrap_or(path);
    let Ok(text) = (draft.noted.world.read)(bare) else {
        return if optional { Ok(()) } else { Err(format!("failed to open pattern file <{path}>")) };
    };
    if name.starts_with("map_reg") {
        for (at, line) in String::from_utf8_lossy(&text).lines().enumerate() {
            let key = line.split_whitespace().next().unwrap_or_default();
            if !key.starts_with('#') {
                regex(key).map_err(|error| format!("{error} at line {} of file '{path}'", at + 1))?;
            }
        }
    }
    Ok(())
}

/// Whether the text names a variable.
pub fn variable(name: &str) -> Result<(), String> {
    if name.is_empty() {
        return Err("Empty variable name cannot be accepted".to_owned());
    }
    const SCOPES: [&str; 10] = ["proc", "sess", "txn", "req", "res", "check", "psess", "ptxn", "preq", "pres"];
    let Some((_, rest)) = name.split_once('.').filter(|(scope, rest)| SCOPES.contains(scope) && !rest.is_empty())
    else {
        return Err(format!(
            "invalid variable name '{name}'. A variable name must start with its scope. The scope can be 'proc', \
             '(p)sess', '(p)txn', '(p)req', '(p)res' or 'check'"
        ));
    };
    match rest.chars().find(|letter| !letter.is_ascii_alphanumeric() && *letter != '_' && *letter != '.') {
        Some(_) => Err(format!("invalid syntax at char '{rest}'")),
        None => Ok(()),
    }
}
