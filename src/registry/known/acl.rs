//! The words of an `acl` line behind its name, checked as HAProxy does: criterion, flags, patterns.

use pointsman_parser::{Arg, expr as grammar};

use super::expr::{self, Facts, Style};
use crate::model::draft::Draft;
use crate::sample::Type;
use crate::spec::terms::spread;

/// The match methods.
const METHODS: [&str; 13] =
    ["found", "bool", "int", "ip", "bin", "len", "str", "sub", "reg", "beg", "end", "dir", "dom"];

/// Checks the words; what is known of the expression when they pass.
pub fn check(words: &[Arg], draft: &Draft) -> Result<Facts, String> {
    let text = |n: usize| words.get(n).map(|word| String::from_utf8_lossy(&word.text).into_owned());
    let criterion = text(0).unwrap_or_default();
    let opening: String =
        criterion.chars().take_while(|letter| letter.is_ascii_alphanumeric() || "_.:-+".contains(*letter)).collect();
    let implied = super::acl_keyword(&opening);
    let bytes = match implied {
        Some(_) => criterion.as_bytes().to_vec(),
        None => spread(words, |name| super::conv(name).is_some() || draft.noted.lua.defines(name)).0,
    };
    let bytes = bytes.as_slice();
    let style = if implied.is_some() { Style::AclKeyword(&opening) } else { Style::Criterion(&criterion) };
    let tree = grammar::parse(bytes).map_err(|error| malformed(&error, style, draft))?;
    let facts = expr::check(&tree, bytes, style, draft)?;
    let mut method = implied.map(|row| row.1.to_owned()).filter(|_| tree.converters.is_empty());
    // HAProxy takes the words in which the expression went on for patterns too.
    let mut at = 1;
    let mut files = false;
    let mut ended = false;
    while let Some(flag) = text(at).filter(|word| word.starts_with('-')) {
        at += 1;
        match flag.as_str() {
            "-i" | "-n" | "-M" => {}
            "-u" => {
                let id = text(at).unwrap_or_default();
                if !id.is_empty() && id.parse::<i64>().is_err() {
                    return Err("the argument of -u must be an integer".to_owned());
                }
                at += 1;
            }
            "-f" => {
                files = true;
                file(&text(at).unwrap_or_default(), draft)?;
                at += 1;
            }
            "-m" => {
                let name = text(at).unwrap_or_default();
                if !METHODS.contains(&name.as_str()) {
                    return Err(format!("unknown matching method '{name}' when parsing ACL expression"));
                }
                method = Some(name);
                at += 1;
            }
            "--" => {
                ended = true;
                break;
            }
            other => {
                return Err(format!(
                    "'{other}' is not a valid ACL option. Please use '--' before any pattern beginning with a '-'"
                ));
            }
        }
    }
    let Some(method) = method.or_else(|| usual(facts.output).map(str::to_owned)) else {
        return Err(format!(
            "matching method must be specified first (using '-m') when using a sample fetch of this type ('{}')",
            tree.fetch.name
        ));
    };
    let patterns: Vec<String> = (at..words.len()).filter_map(text).collect();
    check_patterns(&method, &patterns, draft)?;
    if method == "ip" && facts.output == Type::Method {
        return Err(format!("matching method 'ip' cannot be used with fetch keyword '{}'", tree.fetch.name));
    }
    if patterns.is_empty() && at == 1 && !files && !ended && !matches!(method.as_str(), "found" | "bool") {
        no_pattern(&criterion, draft);
    }
    Ok(facts)
}

/// What is wrong with a criterion: a fetch that is none is told before what stands behind it.
fn malformed(error: &pointsman_parser::Error, style: Style<'_>, draft: &Draft) -> String {
    let unknown = |name: &str| super::fetch(name).is_none() && !draft.noted.lua.defines(name);
    match (error.calls.first(), style) {
        (Some(call), Style::Criterion(whole)) if unknown(&call.name) => {
            format!("unknown fetch method '{}' in ACL expression '{whole}'", call.name)
        }
        _ => refusal(error, style),
    }
}

fn refusal(error: &pointsman_parser::Error, style: Style<'_>) -> String {
    let name = match style {
        Style::AclKeyword(keyword) => {
            let sentence = error.to_string();
            let own = format!("fetch method '{keyword}' : ");
            return format!("ACL keyword '{keyword}' : {}", sentence.strip_prefix(own.as_str()).unwrap_or(&sentence));
        }
        Style::Criterion(whole) => whole,
        Style::Plain => return error.to_string(),
    };
    format!("{error} in ACL expression '{name}'")
}

fn usual(output: Type) -> Option<&'static str> {
    match output {
        Type::Bool => Some("bool"),
        Type::Int => Some("int"),
        Type::Addr | Type::Ip4 | Type::Ip6 => Some("ip"),
        Type::Str => Some("str"),
        Type::Method | Type::Bin | Type::Any | Type::Same => None,
    }
}

fn file(path: &str, draft: &Draft) -> Result<(), String> {
    if path.starts_with("virt@") || path.starts_with("opt@") {
        return Ok(());
    }
    let bare = path.strip_prefix("file@").unwrap_or(path);
    if bare.is_empty() {
        return Err("failed to open pattern file <>".to_owned());
    }
    match (draft.noted.world.read)(bare) {
        Ok(_) => Ok(()),
        Err(_) => Err(format!("failed to open pattern file <{path}>")),
    }
}

fn check_patterns(method: &str, patterns: &[String], draft: &Draft) -> Result<(), String> {
    match method {
        "int" | "len" => numbers(patterns),
        "ip" => patterns.iter().try_for_each(|word| address(word, draft)),
        "reg" => patterns.iter().try_for_each(|word| expr::regex(word)),
        "bin" => patterns.iter().try_for_each(|word| hex(word)),
        _ => Ok(()),
    }
}

/// Numbers and ranges. HAProxy says otherwise what is none behind an operator that makes a range.
fn numbers(patterns: &[String]) -> Result<(), String> {
    let mut ranged = false;
    for word in patterns {
        if is_operator(word) {
            ranged = word != "eq";
        } else if ranged && word.parse::<i64>().is_err() && !word.contains(':') {
            return Err(format!("'{word}' is neither a number nor a supported operator"));
        } else {
            number(word)?;
        }
    }
    Ok(())
}

fn is_operator(word: &str) -> bool {
    matches!(word, "eq" | "ge" | "gt" | "le" | "lt")
}

fn number(word: &str) -> Result<(), String> {
    let read = |text: &str| -> Result<Option<i64>, ()> {
        if text.is_empty() { Ok(None) } else { text.parse().map(Some).map_err(|_| ()) }
    };
    let refusal = || format!("'{word}' is not a number");
    match word.split_once(':') {
        None => word.parse::<i64>().map(|_| ()).map_err(|_| refusal()),
        Some((low, high)) => match (read(low), read(high)) {
            (Ok(Some(low)), Ok(Some(high))) if low > high => Err(format!("'{word}' is not a valid number range")),
            (Ok(_), Ok(_)) => Ok(()),
            _ => Err(format!("'{word}' is not a valid number range")),
        },
    }
}

fn hex(word: &str) -> Result<(), String> {
    if word.len() % 2 == 1 {
        return Err("an even number of hex digit is expected".to_owned());
    }
    match word.chars().find(|letter| !letter.is_ascii_hexdigit()) {
        Some(bad) => Err(format!("an hex digit is expected (found '{bad}')")),
        None => Ok(()),
    }
}

fn address(word: &str, draft: &Draft) -> Result<(), String> {
    let (host, mask) = word.split_once('/').map_or((word, None), |(host, mask)| (host, Some(mask)));
    let bits = |max: u8| mask.is_none_or(|mask| mask.parse::<u8>().is_ok_and(|bits| bits <= max));
    let dotted = mask.is_some_and(|mask| mask.parse::<std::net::Ipv4Addr>().is_ok());
    let short =
        host.split('.').count() <= 4 && host.split('.').all(|part| !part.is_empty() && part.parse::<u8>().is_ok());
    let v6 = host.parse::<std::net::Ipv6Addr>().is_ok();
    let named =
        || host.starts_with(|letter: char| letter.is_ascii_alphabetic()) && (draft.noted.world.host)(host).is_some();
    if (short && (bits(32) || dotted)) || (v6 && bits(128)) || ((bits(32) || dotted) && named()) {
        return Ok(());
    }
    Err(format!("'{word}' is not a valid IPv4 or IPv6 address"))
}

fn no_pattern(criterion: &str, draft: &Draft) {
    draft.noted.warn_bare(format!(
        "config : parsing acl keyword '{criterion}' :\n  no pattern to match against were provided, so this ACL will never \
         match.\n  If this is what you intended, please add '--' to get rid of this warning.\n  If you intended to match \
         only for existence, please use '-m found'.\n  If you wanted to force an int to match as a bool, please use '-m bool'.\n"
    ));
}
