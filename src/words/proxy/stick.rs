//! Stick tables and the rules that fill them. They are not run yet.

use pointsman_parser::units::{self, TimeUnit};

use crate::model::draft::{Draft, Sections};
use crate::model::facts::Table;
use crate::model::noted::Context;
use crate::sample::Type;
use crate::spec;
use crate::spec::terms;
use crate::spec::{Args, Done, Fault, Keyword};

use super::side::not_in_defaults;

spec! {
    /// Stickiness.
    pub static STICK: [Keyword] = [
        /// Keeps a client on the server that a table remembers for it.
        { name: "stick", sections: Sections::PROXIES, usage: "on|match|store-request|store-response <expression> [table <table>] [if|unless <condition>]", parse: stick },
        /// A table of keys with data.
        { name: "stick-table", sections: Sections::PROXIES, usage: "type <type> size <size> [<option>...]", parse: stick_table },
    ];
}

/// What a table may store: name, and whether it takes a period or a number.
const DATA: &[(&str, Argument)] = &[
    ("server_id", Argument::None),
    ("gpt", Argument::Count),
    ("gpt0", Argument::None),
    ("gpc", Argument::Count),
    ("gpc_rate", Argument::CountPeriod),
    ("gpc0", Argument::None),
    ("gpc0_rate", Argument::Period),
    ("gpc1", Argument::None),
    ("gpc1_rate", Argument::Period),
    ("conn_cnt", Argument::None),
    ("conn_cur", Argument::None),
    ("conn_rate", Argument::Period),
    ("sess_cnt", Argument::None),
    ("sess_rate", Argument::Period),
    ("http_req_cnt", Argument::None),
    ("http_req_rate", Argument::Period),
    ("http_err_cnt", Argument::None),
    ("http_err_rate", Argument::Period),
    ("http_fail_cnt", Argument::None),
    ("http_fail_rate", Argument::Period),
    ("bytes_in_cnt", Argument::None),
    ("bytes_in_rate", Argument::Period),
    ("bytes_out_cnt", Argument::None),
    ("bytes_out_rate", Argument::Period),
    ("glitch_cnt", Argument::None),
    ("glitch_rate", Argument::Period),
    ("server_key", Argument::None),
    ("server_name", Argument::None),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Argument {
    None,
    Period,
    Count,
    CountPeriod,
}

/// An array of counters stands in for the single ones: what they are, and how messages call them.
const OVERRIDDEN: [(&str, &[&str], &str); 3] = [
    ("gpc", &["gpc0", "gpc1"], "gpc[0/1]"),
    ("gpc_rate", &["gpc0_rate", "gpc1_rate"], "gpc[0/1]_rate"),
    ("gpt", &["gpt0"], "gpt0"),
];

fn stick(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    not_in_defaults(args, "stick")?;
    if args.section == Sections::FRONTEND {
        super::side::back(args, draft, "stick", None);
        return Ok(());
    }
    let rule = match args.next() {
        Some("on") => "on",
        Some("match") => "match",
        Some("store" | "store-request") => "store-request",
        Some("store-response") => "store-response",
        _ => return Err(Fault::new("'stick' expects 'on', 'match', or 'store'.")),
    };
    if args.is_empty() {
        return Err(Fault::new("'stick' expects a fetch method."));
    }
    let on_response = rule == "store-response";
    let (places, during) = if on_response { (1 << 14, "response") } else { (1 << 9, "request") };
    draft.noted.context.set(Context { places: 0, word: "stick" });
    let name = terms::opening(args.peek().unwrap_or_default()).to_owned();
    let key = args.expr(draft).map_err(|fault| fault.within("'stick': "))?.output;
    if let Some((bits, needs)) = args.vocabulary.places(&name).zip(args.vocabulary.needs(&name))
        && bits & places == 0
    {
        return Err(Fault::new(format!(
            "'stick': fetch method '{name}' extracts information from '{needs}', none of which is available during {during}."
        )));
    }
    let mut table = String::new();
    let mut named = false;
    if args.take("table") {
        named = true;
        args.next().unwrap_or_default().clone_into(&mut table);
    }
    if !args.at_cond() {
        return Err(Fault::new(format!("'stick': unknown keyword '{}'.", args.peek().unwrap_or_default())));
    }
    args.cond(draft).map_err(|fault| {
        let mut fault = fault.within("'stick': error detected while parsing sticking condition : ");
        fault.message.push('.');
        fault
    })?;
    args.not_yet("stick");
    if let Some(proxy) = draft.proxy() {
        let table = if named { table } else { proxy.name.clone() };
        proxy.facts.sticks.push((table, key));
    }
    Ok(())
}

fn stick_table(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    if args.section == Sections::DEFAULTS {
        return Err(Fault::new("'stick-table' is not supported in 'defaults' section."));
    }
    let mut table = options(args, "stick-table", true)?;
    args.not_yet("stick-table");
    table.place = args.place;
    let file = draft.files.get(args.place.file as usize).cloned().unwrap_or_default();
    let Some(proxy) = draft.proxy() else { return Ok(()) };
    if let Some(before) = &proxy.facts.table {
        let (kind, line) = (proxy.section.word(), before.place.line);
        let name = &proxy.name;
        let message =
            format!("stick-table name '{name}' conflicts with table declared in {kind} '{name}' at {file}:{line}.");
        return Err(Fault::new(message));
    }
    proxy.facts.table = Some(table);
    Ok(())
}

/// The words of `stick-table`, and of `table` in `peers`.
pub(in crate::words) fn options(args: &mut Args<'_>, _: &str, peers_allowed: bool) -> Result<Table, Fault> {
    let mut table = Table::default();
    let mut sized = false;
    let mut typed = false;
    let mut stored = Vec::new();
    while let Some(word) = args.next() {
        let refusal = format!("stick-table: missing argument after '{word}'.");
        match word {
            "size" => {
                let text = args.need(&refusal)?;
                sized = units::size(text.as_bytes())
                    .map_err(|error| Fault::new(format!("stick-table: {error} in argument of 'size'.")))?
                    > 0;
            }
            "peers" if peers_allowed => table.peers = Some(args.need(&refusal)?.to_owned()),
            "expire" => {
                let text = args.need(&refusal)?;
                args.time_of(text.as_bytes(), TimeUnit::Millisecond).map_err(|error| expiry(&error, text))?;
            }
            "nopurge" | "recv-only" => {}
            "brates-factor" => {
                let text = args.need(&refusal)?;
                if let Some(bad) = text.chars().find(|letter| !letter.is_ascii_digit()) {
                    let message = format!("stick-table: unexpected character '{bad}' in argument of 'brates-factor'.");
                    return Err(Fault::new(message));
                }
            }
            "write-to" => table.write_to = Some(args.need(&refusal)?.to_owned()),
            "type" => {
                table.key = kind(args)?;
                typed = true;
            }
            "store" => {
                for part in split_list(args.next().unwrap_or_default()) {
                    let name = store(args, &part)?;
                    if stored.contains(&name) {
                        args.warn_tight(format!("stick-table: store option '{name}' already enabled, ignored."));
                    } else {
                        stored.push(name);
                    }
                }
            }
            "srvkey" => match args.next().unwrap_or_default() {
                "name" | "addr" => {}
                other => return Err(Fault::new(format!("stick-table : unknown server key type '{other}'."))),
            },
            other => return Err(Fault::new(format!("stick-table: unknown argument '{other}'."))),
        }
    }
    for (whole, own, names) in OVERRIDDEN {
        if stored.contains(&whole) && own.iter().any(|name| stored.contains(name)) {
            return Err(Fault::new(format!(
                "stick-table: simultaneous usage of '{whole}' and '{names}' in a same table is not permitted as '{whole}' overrides '{names}'."
            )));
        }
    }
    if !sized {
        return Err(Fault::new("stick-table: missing size."));
    }
    if !typed {
        return Err(Fault::new("stick-table: missing type."));
    }
    table.stores = stored;
    Ok(table)
}

fn kind(args: &mut Args<'_>) -> Result<Type, Fault> {
    let word = args.next().unwrap_or_default();
    match word {
        "ip" | "ipv4" => Ok(Type::Ip4),
        "ipv6" => Ok(Type::Ip6),
        "integer" => Ok(Type::Int),
        "string" | "binary" => {
            let len = if args.take("len") { args.next().unwrap_or_default() } else { "1" };
            if !len.parse::<u32>().is_ok_and(|len| len > 0) {
                return Err(Fault::new("'len' expects a positive integer argument."));
            }
            Ok(if word == "string" { Type::Str } else { Type::Bin })
        }
        other => Err(Fault::new(format!("stick-table: unknown type '{other}'."))),
    }
}

/// Cuts at commas that stand outside parentheses.
fn split_list(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut depth = 0;
    for letter in text.chars() {
        match letter {
            '(' => depth += 1,
            ')' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(String::new());
                continue;
            }
            _ => {}
        }
        if let Some(part) = parts.last_mut() {
            part.push(letter);
        }
    }
    if parts.last().is_some_and(String::is_empty) {
        parts.pop();
    }
    parts
}

fn expiry(error: &units::UnitError, text: &str) -> Fault {
    match error {
        units::UnitError::Overflow => Fault::new(format!(
            "stick-table: timer overflow in argument <{text}> to <expire>, maximum value is 2147483647 ms (~24.8 days)."
        ))
        .tight(),
        _ => Fault::new(format!("stick-table: {error} in argument of 'expire'.")),
    }
}

/// Checks what is stored, and gives its name.
fn store(args: &mut Args<'_>, part: &str) -> Result<&'static str, Fault> {
    let (name, argument) = part.split_once('(').map_or((part, None), |(name, rest)| (name, Some(rest)));
    let Some((known, wanted)) = DATA.iter().find(|(known, _)| *known == name) else {
        return Err(Fault::new(format!("stick-table: unknown store option '{name}'.")));
    };
    let Some(text) = argument else {
        return if *wanted == Argument::None {
            Ok(known)
        } else {
            Err(Fault::new(format!("stick-table: missing argument to store option '{name}'.")))
        };
    };
    let Some((text, _)) = text.split_once(')') else {
        return Err(Fault::new(format!("stick-table: missing closing parenthesis after store option '{name}'.")));
    };
    let mut period = |text: &str| {
        args.time_of(text.as_bytes(), TimeUnit::Millisecond)
            .map(|_| ())
            .map_err(|_| Fault::new(format!("stick-table: error when processing store option '{name}'.")))
    };
    let count = |text: &str| match text.parse::<u32>() {
        Ok(1..=100) => Ok(()),
        _ => Err(Fault::new(format!(
            "stick-table: array size is out of allowed range (1-100) for store option '{name}'."
        ))),
    };
    match wanted {
        Argument::None => Err(Fault::new(format!("stick-table: unexpected argument to store option '{name}'."))),
        Argument::Period => period(text),
        Argument::Count => count(text),
        Argument::CountPeriod => match text.split_once(',') {
            Some((number, time)) => count(number.trim()).and_then(|()| period(time.trim())),
            None => Err(Fault::new(format!("stick-table: missing argument to store option '{name}'."))),
        },
    }?;
    Ok(known)
}
