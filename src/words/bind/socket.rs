//! Options of the listening socket.

use crate::model::bind::Bind;
use crate::model::bind_io::Ipv6Scope;
use crate::model::draft::Draft;
use crate::spec;
use crate::spec::{Args, BindOption, Done, End, Fault, Release, Since};
use crate::words::proxy::side::lax;

spec! {
    /// The socket.
    pub static SOCKET: [BindOption] = [
        /// A name for the log and the statistics.
        { name: "name", usage: "<name>", parse: |args, bind, _| { bind.name = Some(word(args, "missing name")?.into()); Ok(()) } },
        /// A number for the statistics.
        { name: "id", usage: "<number>", parse: id },
        /// Connections this socket takes at once.
        { name: "maxconn", usage: "<connections>", parse: |args, bind, _| { bind.maxconn = Some(count(args, 0)?); Ok(()) } },
        /// Connections the system may hold back.
        { name: "backlog", usage: "<connections>", parse: |args, bind, _| { bind.io.backlog = count(args, 1)?; Ok(()) } },
        /// Expects the PROXY protocol on every connection.
        { name: "accept-proxy", usage: "", parse: |_, bind, _| { bind.accept_proxy = true; Ok(()) } },
        /// Listens on this device.
        { name: "interface", usage: "<name>", parse: |args, bind, _| { bind.io.interface = Some(word(args, "missing interface name")?); Ok(()) } },
        /// Takes connections to any address.
        { name: "transparent", usage: "", parse: |_, bind, _| { bind.io.transparent = true; Ok(()) } },
        /// Takes IPv4 clients on an IPv6 socket too.
        { name: "v4v6", usage: "", parse: |_, bind, _| { bind.io.ipv6 = Ipv6Scope::Both; Ok(()) } },
        /// Takes IPv6 clients only.
        { name: "v6only", usage: "", parse: |_, bind, _| { bind.io.ipv6 = Ipv6Scope::Ipv6Only; Ok(()) } },
        /// Takes data in the first packet.
        { name: "tfo", usage: "", parse: |_, bind, _| { bind.io.fast_open = true; Ok(()) } },
        /// Waits for the first data before a connection is accepted.
        { name: "defer-accept", usage: "", parse: |_, bind, _| { bind.io.defer_accept = true; Ok(()) } },
        /// The largest segment announced.
        { name: "mss", usage: "<bytes>", parse: mss },
        /// Closes a connection whose data is not acknowledged for so long.
        { name: "tcp-ut", usage: "<time>", parse: user_timeout },
        /// The network namespace to listen in.
        { name: "namespace", usage: "<name>", parse: namespace },
        /// Permissions of a UNIX socket, octal.
        { name: "mode", usage: "<octal>", parse: mode },
        /// Owner of a UNIX socket, by number.
        { name: "uid", usage: "<number>", parse: |args, bind, _| { bind.io.unix.uid = Some(number(args)?); Ok(()) } },
        /// Group of a UNIX socket, by number.
        { name: "gid", usage: "<number>", parse: |args, bind, _| { bind.io.unix.gid = Some(number(args)?); Ok(()) } },
        /// Owner of a UNIX socket, by name.
        { name: "user", usage: "<name>", parse: user },
        /// Group of a UNIX socket, by name.
        { name: "group", usage: "<name>", parse: group },
        /// Rights of a statistics socket.
        { name: "level", usage: "user|operator|admin", parse: level },
        /// The priority of its connections. It has no meaning here: all tasks of a worker are equal.
        { name: "nice", usage: "<number>", parse: nice },
        /// The workers that listen. It has no meaning here: every worker does.
        { name: "thread", since: Since::V2_5, usage: "<range>", parse: thread },
        /// The sentence for a word that is gone.
        { name: "process", end: Some(End::removed(Release(2, 7), "'thread'")), usage: "<range>", parse: process },
        /// How many sockets the workers share. It has no meaning here: each has its own.
        { name: "shards", since: Since::V2_5, usage: "<number>|by-thread|by-group", parse: shards },
        /// How its connections are spoken to: `h1` unless said otherwise.
        { name: "proto", usage: "<name>", parse: proto },
        /// A stable name for statistics. It is kept for nothing else.
        { name: "guid-prefix", since: Since::V3_0, usage: "<text>", parse: |args, _, _| args.need("'guid-prefix' : expects an argument").map(|_| ()) },
    ];
}

/// The next word, which must be there.
pub(super) fn text(args: &mut Args<'_>) -> Result<String, Fault> {
    let refusal = format!("'{}' : missing value", args.keyword());
    args.need(&refusal).map(str::to_owned)
}

/// The next word, or `'keyword' : refusal`.
pub(super) fn word(args: &mut Args<'_>, refusal: &str) -> Result<String, Fault> {
    let refusal = format!("'{}' : {refusal}", args.keyword());
    args.need(&refusal).map(str::to_owned)
}

/// A number as HAProxy reads it here: what is none counts as zero.
fn number(args: &mut Args<'_>) -> Result<u32, Fault> {
    Ok(u32::try_from(lax(&text(args)?)).unwrap_or(0))
}

fn count(args: &mut Args<'_>, least: i64) -> Result<u32, Fault> {
    let keyword = args.keyword().to_owned();
    let value = lax(&text(args)?);
    if value < 0 {
        let sign = if least == 0 { ">= 0" } else { "> 0" };
        return Err(Fault::new(format!("'{keyword}' : invalid value {value}, must be {sign}")));
    }
    Ok(u32::try_from(value).unwrap_or(u32::MAX))
}

fn id(args: &mut Args<'_>, bind: &mut Bind, _: &mut Draft) -> Done {
    let text = word(args, "expects an integer argument")?;
    let Ok(number) = text.parse::<i64>() else {
        return Err(Fault::new(format!("'id' : expects an integer argument, found '{text}'")));
    };
    if number <= 0 {
        return Err(Fault::new("'id' : custom id has to be > 0"));
    }
    bind.id = u32::try_from(number).ok();
    Ok(())
}

fn mss(args: &mut Args<'_>, bind: &mut Bind, _: &mut Draft) -> Done {
    let value = lax(&word(args, "missing MSS value")?);
    if value == 0 || value.abs() > 65_535 {
        return Err(Fault::new("'mss' : expects an MSS with and absolute value between 1 and 65535"));
    }
    bind.io.mss = value.to_string().parse().ok();
    Ok(())
}

fn user_timeout(args: &mut Args<'_>, bind: &mut Bind, _: &mut Draft) -> Done {
    let text = word(args, "missing TCP User Timeout value")?;
    bind.io.user_timeout_ms = Some(crate::words::proxy::side::user_timeout(args, &text)?);
    Ok(())
}

fn nice(args: &mut Args<'_>, _: &mut Bind, _: &mut Draft) -> Done {
    let nice = lax(&word(args, "missing value")?);
    if (-1024..=1024).contains(&nice) {
        return Ok(());
    }
    Err(Fault::new(format!("'nice' : invalid value {nice}, allowed range is -1024..1024")))
}

fn namespace(args: &mut Args<'_>, bind: &mut Bind, draft: &mut Draft) -> Done {
    let name = word(args, "missing namespace id")?;
    let world = draft.noted.world;
    if world.real && (world.kind)(&format!("/var/run/netns/{name}")).is_err() {
        args.alert_bare(format!("config : Cannot open namespace '{name}'."));
        return Err(Fault::new("error encountered while processing 'namespace'."));
    }
    bind.io.namespace = Some(name);
    Ok(())
}

fn mode(args: &mut Args<'_>, bind: &mut Bind, _: &mut Draft) -> Done {
    let text = args.next().unwrap_or_default();
    let octal = text.strip_prefix('-').unwrap_or(text);
    let Ok(value) = u32::from_str_radix(octal, 8) else {
        return Err(Fault::new(format!("'mode' : missing or invalid mode '{text}' (octal integer expected)")));
    };
    bind.io.unix.mode = Some(value);
    Ok(())
}

fn user(args: &mut Args<'_>, bind: &mut Bind, draft: &mut Draft) -> Done {
    let name = word(args, "missing user name")?;
    if (draft.noted.world.user)(&name).is_none() {
        return Err(Fault::new(format!("'user' : unknown user name '{name}'")));
    }
    bind.owner.0 = Some(name);
    Ok(())
}

fn group(args: &mut Args<'_>, bind: &mut Bind, draft: &mut Draft) -> Done {
    let name = word(args, "missing group name")?;
    if (draft.noted.world.group)(&name).is_none() {
        return Err(Fault::new(format!("'group' : unknown group name '{name}'")));
    }
    bind.owner.1 = Some(name);
    Ok(())
}

fn level(args: &mut Args<'_>, bind: &mut Bind, _: &mut Draft) -> Done {
    let level = word(args, "missing level")?;
    if !matches!(level.as_str(), "user" | "operator" | "admin") {
        let message = format!("'level' only supports 'user', 'operator', and 'admin' (got '{level}')");
        return Err(Fault::new(message));
    }
    bind.level = Some(level);
    Ok(())
}

/// Sets of threads: `[group/]all|odd|even|n[-m][,...]`.
fn thread(args: &mut Args<'_>, bind: &mut Bind, _: &mut Draft) -> Done {
    let text = args.next().unwrap_or_default();
    text.clone_into(&mut bind.facts.threads);
    let mut grouped = false;
    for set in text.split(',').filter(|set| !set.is_empty()) {
        match set.split_once('/').filter(|(group, _)| group.bytes().all(|byte| byte.is_ascii_digit())) {
            Some((group, threads)) => {
                if !(1..=GROUPS_MAX).contains(&lax(group)) {
                    let text = format!("permitted range is 1..{GROUPS_MAX} in '{set}'.");
                    return Err(Fault::new(format!("invalid thread group number '{group}', {text}")));
                }
                if threads.contains('/') {
                    let text = format!("redundant thread group specification '{threads}' for group {group}");
                    return Err(Fault::new(text));
                }
                thread_set(threads, GROUP_THREADS_MAX, text)?;
                grouped = true;
            }
            None if grouped => {
                let text = "is not permitted after a group-relative thread range.";
                return Err(Fault::new(format!("absolute thread specification '{set}' {text}")));
            }
            None => thread_set(set, THREADS_MAX, text)?,
        }
    }
    Ok(())
}

/// Groups of threads, threads of a group, and threads of all.
const GROUPS_MAX: i64 = 32;
const GROUP_THREADS_MAX: i64 = 64;
const THREADS_MAX: i64 = 1024;

/// Checks a range of threads in a list of them.
fn thread_set(set: &str, most: i64, list: &str) -> Done {
    let words = ["all", "odd", "even"];
    if words.contains(&set) {
        return Ok(());
    }
    let (first, last) = set.split_once('-').map_or((set, None), |(first, last)| (first, Some(last)));
    if words.contains(&first) {
        return Err(Fault::new(format!("extraneous range after 'all', 'odd' or 'even': '{set}'.")));
    }
    let number = lax(first);
    let stranger = |text: &str| text.chars().find(|letter| !letter.is_ascii_digit());
    if let Some(bad) = stranger(first).filter(|_| number > 0) {
        return Err(Fault::new(format!("invalid character '{bad}' in thread set specification: '{list}'.")));
    }
    if !first.is_empty() && !(1..=most).contains(&number) {
        let text = format!("permitted range is 1..{most}, or 'all', 'odd', 'even'.");
        return Err(Fault::new(format!("invalid first thread number '{set}', {text}")));
    }
    let Some(last) = last.filter(|last| !last.is_empty()) else { return Ok(()) };
    if let Some(bad) = stranger(last).filter(|_| lax(last) > 0) {
        return Err(Fault::new(format!("invalid character '{bad}' after thread set specification: '{last}'.")));
    }
    if !(1..=most).contains(&lax(last)) {
        return Err(Fault::new(format!("invalid last thread number '{last}', permitted range is 1..{most}.")));
    }
    Ok(())
}

fn process(args: &mut Args<'_>, _: &mut Bind, _: &mut Draft) -> Done {
    let value = args.next().unwrap_or_default();
    Err(Fault::new(format!("'process {value}' on 'bind' lines is not supported anymore, please use 'thread' instead.")))
}

fn shards(args: &mut Args<'_>, _: &mut Bind, _: &mut Draft) -> Done {
    let text = text(args)?;
    if matches!(text.as_str(), "by-thread" | "by-group" | "by-process") {
        return Ok(());
    }
    match lax(&text) {
        1..=1024 => Ok(()),
        value => Err(Fault::new(format!("'shards' : invalid value {value}, allowed range is 1..1024 or 'by-thread'"))),
    }
}

fn proto(args: &mut Args<'_>, bind: &mut Bind, _: &mut Draft) -> Done {
    let name = text(args)?;
    if !matches!(name.as_str(), "h1" | "h2" | "fcgi" | "spop" | "quic" | "none" | "qmux") {
        return Err(Fault::new(format!("'proto' :  unknown MUX protocol '{name}'")));
    }
    if name != "h1" {
        args.not_yet("bind ... proto");
    }
    bind.facts.proto = Some(name);
    Ok(())
}
