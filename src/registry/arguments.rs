//! Arguments that are newer than the word they stand behind: which release knows them.
//!
//! A row is what trying showed: its line was given to releases 2.2, 2.6, 3.0, 3.2 and 3.4.

use crate::model::draft::Sections;
use crate::model::script::Statement;
use crate::spec::Since;
use crate::spec::since::sentence;

/// One argument.
#[derive(Debug)]
pub struct Argument {
    /// The words whose lines take it.
    pub of: &'static [&'static str],
    /// The argument: one word or two; one of a list between commas; what a word begins with when it ends in `@`.
    pub name: &'static str,
    /// The release that knows it.
    pub since: Since,
    /// The section of the line below.
    pub section: Sections,
    /// A line that older releases refuse for it.
    pub line: &'static str,
}

const fn row(
    of: &'static [&'static str],
    name: &'static str,
    since: Since,
    section: Sections,
    line: &'static str,
) -> Argument {
    Argument { of, name, since, section, line }
}

/// Every one that differs from its word.
#[rustfmt::skip]
pub const ARGUMENTS: &[Argument] = &[
    row(&["bind", "default-bind"], "shards by-group", Since::BY_3_0, Sections::FRONTEND, "bind :8002 shards by-group"),
    row(&["bind", "default-bind"], "proto h1", Since::BY_2_6, Sections::FRONTEND, "bind :8002 proto h1"),
    row(&["bind", "default-bind"], "mptcp@", Since::BY_3_2, Sections::FRONTEND, "bind mptcp@:8002"),
    row(&["bind", "default-bind"], "abnsz@", Since::BY_3_2, Sections::FRONTEND, "bind abnsz@x"),
    row(&["bind", "default-bind"], "tcp4@", Since::BY_2_6, Sections::FRONTEND, "bind tcp4@:8002"),
    row(&["bind", "default-bind"], "tcp@", Since::BY_2_6, Sections::FRONTEND, "bind tcp@:8002"),
    row(&["server", "default-server", "server-template"], "proto h1", Since::BY_2_6, Sections::BACKEND, "server s 1.1.1.1:1 proto h1"),
    row(&["server", "default-server", "server-template"], "hash-key guid", Since::BY_3_4, Sections::BACKEND, "server s 1.1.1.1:1 hash-key guid"),
    row(&["server", "default-server", "server-template"], "hash-key id", Since::BY_3_0, Sections::BACKEND, "server s 1.1.1.1:1 hash-key id"),
    row(&["server", "default-server", "server-template"], "mptcp@", Since::BY_3_2, Sections::BACKEND, "server s mptcp@1.1.1.1:1"),
    row(&["server", "default-server", "server-template"], "tcp@", Since::BY_2_6, Sections::BACKEND, "server s tcp@1.1.1.1:1"),
    row(&["http-check"], "error-status", Since::BY_2_6, Sections::BACKEND, "http-check expect error-status L7OKC string a"),
    row(&["redirect", "http-request redirect", "http-response redirect"], "ignore-empty", Since::BY_2_6, Sections::BACKEND, "redirect location / ignore-empty"),
    row(&["redirect", "http-request redirect", "http-response redirect"], "keep-query", Since::BY_3_2, Sections::BACKEND, "redirect location / keep-query"),
    row(&["redirect", "http-request redirect", "http-response redirect"], "set-cookie-fmt", Since::BY_3_2, Sections::BACKEND, "redirect location / set-cookie-fmt %[src]"),
    row(&["http-request set-timeout"], "queue", Since::BY_3_4, Sections::BACKEND, "http-request set-timeout queue 5s"),
    row(&["http-request set-timeout"], "connect", Since::BY_3_4, Sections::BACKEND, "http-request set-timeout connect 5s"),
    row(&["stick-table", "table"], "gpc", Since::BY_2_6, Sections::BACKEND, "stick-table type ip size 1k store gpc(2)"),
    row(&["stick-table", "table"], "gpc_rate", Since::BY_2_6, Sections::BACKEND, "stick-table type ip size 1k store gpc_rate(2,1s)"),
    row(&["stick-table", "table"], "gpt", Since::BY_2_6, Sections::BACKEND, "stick-table type ip size 1k store gpt(2)"),
    row(&["stick-table", "table"], "glitch_cnt", Since::BY_3_0, Sections::BACKEND, "stick-table type ip size 1k store glitch_cnt"),
    row(&["stick-table", "table"], "glitch_rate", Since::BY_3_0, Sections::BACKEND, "stick-table type ip size 1k store glitch_rate(1s)"),
    row(&["stick-table", "table"], "http_fail_cnt", Since::BY_2_6, Sections::BACKEND, "stick-table type ip size 1k store http_fail_cnt"),
    row(&["stick-table", "table"], "http_fail_rate", Since::BY_2_6, Sections::BACKEND, "stick-table type ip size 1k store http_fail_rate(1s)"),
    row(&["stick-table", "table"], "server_key", Since::BY_2_6, Sections::BACKEND, "stick-table type ip size 1k store server_key"),
    row(&["stick-table", "table"], "srvkey", Since::BY_2_6, Sections::BACKEND, "stick-table type ip size 1k srvkey addr"),
    row(&["stick-table", "table"], "write-to", Since::BY_3_0, Sections::BACKEND, "stick-table type ip size 1k write-to b"),
    row(&["stick-table", "table"], "recv-only", Since::BY_3_2, Sections::BACKEND, "stick-table type ip size 1k recv-only"),
    row(&["stick-table", "table"], "brates-factor", Since::BY_3_2, Sections::BACKEND, "stick-table type ip size 1k brates-factor 4"),
    row(&["log", "log-stderr"], "format iso", Since::BY_2_6, Sections::FRONTEND, "log 127.0.0.1:514 format iso local0"),
    row(&["log", "log-stderr"], "format timed", Since::BY_2_6, Sections::FRONTEND, "log 127.0.0.1:514 format timed local0"),
    row(&["log", "log-stderr"], "format priority", Since::BY_2_6, Sections::FRONTEND, "log 127.0.0.1:514 format priority local0"),
    row(&["log", "log-stderr"], "format local", Since::BY_2_6, Sections::FRONTEND, "log 127.0.0.1:514 format local local0"),
    row(&["log", "log-stderr"], "tcp@", Since::BY_2_6, Sections::FRONTEND, "log tcp@127.0.0.1:514 local0"),
    row(&["retry-on"], "401", Since::BY_2_6, Sections::BACKEND, "retry-on 401 403"),
    row(&["retry-on"], "403", Since::BY_2_6, Sections::BACKEND, "retry-on 403"),
    row(&["retry-on"], "429", Since::BY_3_0, Sections::BACKEND, "retry-on 429"),
    row(&["retry-on"], "421", Since::BY_3_2, Sections::BACKEND, "retry-on 421"),
    row(&["hash-type"], "none", Since::BY_3_0, Sections::BACKEND, "hash-type consistent none"),
    row(&["option forwarded"], "by_port", Since::BY_3_0, Sections::BACKEND, "option forwarded proto host by for by_port for_port"),
    row(&["http-error"], "414", Since::BY_3_2, Sections::BACKEND, "http-error status 414 string a content-type b"),
    row(&["http-error"], "431", Since::BY_3_2, Sections::BACKEND, "http-error status 431 string a content-type b"),
    row(&["errorfile"], "501", Since::BY_2_6, Sections::BACKEND, "errorfile 501 /dev/null"),
    row(&["errorfile"], "414", Since::BY_3_2, Sections::BACKEND, "errorfile 414 /dev/null"),
    row(&["errorfile"], "431", Since::BY_3_2, Sections::BACKEND, "errorfile 431 /dev/null"),
    row(&["errorfile"], "422", Since::BY_2_6, Sections::BACKEND, "errorfile 422 /dev/null"),
    row(&["profiling.tasks"], "lock", Since::BY_3_4, Sections::GLOBAL, "profiling.tasks lock"),
    row(&["tune.idle-pool.shared"], "full", Since::BY_3_4, Sections::GLOBAL, "tune.idle-pool.shared full"),
    row(&["tune.listener.multi-queue"], "fair", Since::BY_3_0, Sections::GLOBAL, "tune.listener.multi-queue fair"),
    row(&["ssl-default-bind-options"], "strict-sni", Since::BY_3_2, Sections::GLOBAL, "ssl-default-bind-options strict-sni"),
    row(&["set-dumpable"], "libs", Since::BY_3_2, Sections::GLOBAL, "set-dumpable libs"),
    row(&["acl"], "-f virt@", Since::BY_3_0, Sections::FRONTEND, "acl a path -f virt@x"),
    row(&["acl"], "-f opt@", Since::BY_3_0, Sections::FRONTEND, "acl a path -f opt@x"),
    row(&["acl"], "-f file@", Since::BY_3_0, Sections::FRONTEND, "acl a path -f file@/etc/hostname"),
];

/// The arguments of a line that are listed here, each with the number of its last word.
pub fn on(line: &Statement) -> impl Iterator<Item = (&'static Argument, usize)> {
    let of_line = |argument: &&Argument| argument.of.iter().any(|word| line.starts(word));
    ARGUMENTS.iter().filter(of_line).filter_map(|argument| Some((argument, place(argument.name, line)?)))
}

/// What is known of the arguments of a keyword, as sentences; nothing when there is nothing.
pub fn of_keyword(keyword: &str) -> Option<String> {
    let own = ARGUMENTS.iter().filter(|argument| argument.of.contains(&keyword));
    let parts: Vec<String> =
        own.filter_map(|argument| Some(format!("`{}`: {}", argument.name, sentence(argument.since, None)?))).collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

fn place(name: &str, line: &Statement) -> Option<usize> {
    let (before, last) = name.rsplit_once(' ').map_or((None, name), |(before, last)| (Some(before), last));
    (1..line.words.len())
        .find(|at| before.is_none_or(|before| line.word(at - 1) == before) && is_in(last, line.word(*at)))
}

fn is_in(name: &str, word: &str) -> bool {
    if name.ends_with('@') {
        return word.starts_with(name);
    }
    word.split(',').any(|one| one.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('(')))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry;

    #[test]
    fn rows_are_found_in_their_lines() {
        for argument in ARGUMENTS {
            let words: Vec<&str> = argument.line.split(' ').collect();
            let last = argument.name.rsplit(' ').next().unwrap_or_default();
            assert!(words.iter().any(|word| is_in(last, word)), "{}", argument.line);
            let known = |of: &&&str| registry::keywords_of(argument.section).any(|known| of.starts_with(known.name));
            assert!(argument.of.iter().any(|of| known(&of)), "{}", argument.line);
        }
    }

    #[test]
    fn reads_lists() {
        assert!(is_in("gpc", "gpc0,gpc(2)") && !is_in("gpc", "gpc0,gpc1") && is_in("opt@", "opt@a"));
    }
}
