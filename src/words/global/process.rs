//! The process: its identity, its limits, its environment.

use pointsman_parser::units::TimeUnit;

use super::knob;
use crate::model::draft::{Draft, Sections};
use crate::spec;
use crate::spec::{Args, Done, End, Fault, Form, Keyword, Release};
use crate::words::proxy::side::lax;

spec! {
    /// The process.
    pub static PROCESS: [Keyword] = [
        /// Goes to the background once the configuration was read.
        { name: "daemon", sections: Sections::GLOBAL, usage: "", parse: |args, draft| { draft.global.daemon = true; args.finish() } },
        /// Runs a master that watches the worker.
        { name: "master-worker", end: Some(End::deprecated(Release(3, 3), "'-W' or '-Ws' on the command line")), sections: Sections::GLOBAL, usage: "[no-exit-on-failure]", parse: master_worker },
        /// Says nothing at the start.
        { name: "quiet", sections: Sections::GLOBAL, usage: "", parse: |args, draft| { draft.global.quiet = true; args.finish() } },
        /// Refuses to start when anything is dubious.
        { name: "zero-warning", sections: Sections::GLOBAL, usage: "", parse: |args, draft| { draft.global.zero_warning = true; args.finish() } },
        /// Worker threads; one per core unless said otherwise.
        { name: "nbthread", sections: Sections::GLOBAL, usage: "<threads>", parse: nbthread },
        /// Client connections the process takes at once.
        { name: "maxconn", sections: Sections::GLOBAL, usage: "<connections>", parse: maxconn },
        /// The file that the process id is written to.
        { name: "pidfile", sections: Sections::GLOBAL, usage: "<path>", parse: |args, draft| { draft.global.pidfile = Some(word(args, "'pidfile' expects a file name as an argument.")?); args.finish() } },
        /// The folder the process is locked into.
        { name: "chroot", sections: Sections::GLOBAL, usage: "<path>", parse: |args, draft| { draft.global.chroot = Some(word(args, "'chroot' expects a directory as an argument.")?); args.finish() } },
        /// The user the process runs as, by name.
        { name: "user", sections: Sections::GLOBAL, usage: "<name>", parse: |args, draft| { identity(args, draft) } },
        /// The group the process runs as, by name.
        { name: "group", sections: Sections::GLOBAL, usage: "<name>", parse: |args, draft| { identity(args, draft) } },
        /// The user the process runs as, by number.
        { name: "uid", sections: Sections::GLOBAL, usage: "<number>", parse: |args, draft| { draft.global.uid = id(args, "user")?; Ok(()) } },
        /// The group the process runs as, by number.
        { name: "gid", sections: Sections::GLOBAL, usage: "<number>", parse: |args, draft| { draft.global.gid = id(args, "group")?; Ok(()) } },
        /// The node's name.
        { name: "node", sections: Sections::GLOBAL, usage: "<name>", parse: |args, draft| { node(args, draft) } },
        /// Free text.
        { name: "description", sections: Sections::GLOBAL, usage: "<text>...", parse: |args, _| { args.need("'description' expects a string argument.").map_err(Fault::tight)?; Ok(()) } },
        /// The machine's name in log lines.
        { name: "log-send-hostname", sections: Sections::GLOBAL, usage: "[<name>]", parse: |args, draft| { draft.global.log_hostname = Some(args.next().unwrap_or_default().to_owned()); Ok(()) } },
        /// Permits `option external-check`.
        { name: "external-check", sections: Sections::GLOBAL, usage: "[preserve-env]", parse: |args, draft| { external_check(args, draft) } },
        /// Permits programs to be started while running.
        { name: "insecure-fork-wanted", sections: Sections::GLOBAL, negatable: true, usage: "", parse: |args, draft| { draft.global.fork_wanted = args.form == Form::Plain; args.finish() } },
        /// Permits running as root. It has no meaning here.
        { name: "insecure-setuid-wanted", sections: Sections::GLOBAL, usage: "", parse: |args, _| args.finish() },
        /// Spreads checks by up to so many percent of their interval.
        { name: "spread-checks", sections: Sections::GLOBAL, usage: "<percent>", parse: |args, draft| { spread(args, draft) } },
        /// How long a soft stop may take before what is left is cut.
        { name: "hard-stop-after", sections: Sections::GLOBAL, usage: "<time>", parse: |args, draft| { draft.global.hard_stop_after_ms = Some(knob::time(args, TimeUnit::Millisecond, "'{k}' expects <time> as argument.", "{e} in argument to <{k}>.")?); Ok(()) } },
        /// The Runtime API's socket.
        { name: "stats socket", sections: Sections::GLOBAL, usage: "<address> [<option>...]", parse: stats_socket },
        /// How long a Runtime API connection may be idle.
        { name: "stats timeout", sections: Sections::GLOBAL, usage: "<time>", parse: stats_timeout },
        /// Runtime API connections at once.
        { name: "stats maxconn", sections: Sections::GLOBAL, usage: "<connections>", parse: stats_maxconn },
        /// Not known any more.
        { name: "stats bind-process", end: Some(End::removed(Release(2, 7), "'thread' on 'bind' lines")), sections: Sections::GLOBAL, usage: "", parse: |_, _| Err(Fault::new("'stats bind-process' is not supported anymore.")) },
        /// Counts maxima. It has no meaning here: they always are.
        { name: "stats calculate-max-counters", sections: Sections::GLOBAL, usage: "on|off", parse: |args, _| { args.next(); args.finish() } },
        /// The sentence for anything else.
        { name: "stats", sections: Sections::GLOBAL, usage: "...", parse: stats_unknown },
        /// Sets a variable for the lines that follow and for started programs.
        { name: "setenv", sections: Sections::GLOBAL, usage: "<name> <value>", parse: |args, draft| setenv(args, draft, false) },
        /// Sets a variable unless it is set.
        { name: "presetenv", sections: Sections::GLOBAL, usage: "<name> <value>", parse: |args, draft| setenv(args, draft, true) },
        /// Removes variables.
        { name: "unsetenv", sections: Sections::GLOBAL, usage: "<name>...", parse: unsetenv },
        /// Where the server state files are.
        { name: "server-state-base", sections: Sections::GLOBAL, usage: "<path>", parse: |args, _| args.need("'server-state-base' expects one argument: a directory path.").map(|_| ()) },
        /// The global server state file.
        { name: "server-state-file", sections: Sections::GLOBAL, usage: "<path>", parse: |args, draft| { draft.noted.said_once.borrow_mut().push("server-state-file"); args.not_yet("server-state-file"); args.need("'server-state-file' expect one argument: a file path.").map(|_| ()) } },
    ];
}

fn word(args: &mut Args<'_>, refusal: &str) -> Result<String, Fault> {
    args.at_most(1)?;
    args.need(refusal).map(str::to_owned)
}

/// Refuses a word that only a first `global` section may hold.
fn first_global(args: &Args<'_>, draft: &Draft) -> Done {
    if draft.past_global {
        return Err(Fault::new(format!(
            "'{}' not allowed if a non-global section was previously defined. This parameter must be declared in the first \
             global section",
            args.keyword()
        )));
    }
    Ok(())
}

fn nbthread(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    first_global(args, draft)?;
    args.at_most(1)?;
    let text = args.next().unwrap_or_default();
    let Ok(count) = text.parse::<i64>() else {
        return Err(Fault::new(format!("'nbthread' passed a missing or unparsable integer value in '{text}'")));
    };
    if !(1..=1024).contains(&count) {
        return Err(Fault::new(format!("'nbthread' value must be between 1 and 1024 (was {count})")));
    }
    draft.global.nbthread = Some(count as u32);
    Ok(())
}

fn master_worker(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    args.at_most(1)?;
    draft.global.master_worker = true;
    match args.next() {
        None | Some("no-exit-on-failure") => Ok(()),
        Some(_) => Err(Fault::new("'master-worker' only supports 'no-exit-on-failure' option")),
    }
}

fn maxconn(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    args.at_most(1)?;
    let text = args.need("'maxconn' expects an integer argument.")?;
    let Ok(number) = text.parse::<i64>() else {
        return Err(Fault::new(format!("cannot parse 'maxconn' value '{text}', an integer is expected.")));
    };
    draft.global.maxconn = u32::try_from(number).ok().filter(|number| *number > 0);
    Ok(())
}

fn identity(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    args.at_most(1)?;
    let user = args.keyword() == "user";
    let name = args.next().unwrap_or_default().to_owned();
    let world = draft.noted.world;
    let known = if user { (world.user)(&name) } else { (world.group)(&name) };
    if known.is_none() {
        return Err(Fault::new(format!("cannot find {} id for '{name}' (0:Success)", args.keyword())));
    }
    let slot = if user { &mut draft.global.user } else { &mut draft.global.group };
    *slot = Some(name);
    Ok(())
}

fn id(args: &mut Args<'_>, other: &str) -> Result<Option<u32>, Fault> {
    args.at_most(1)?;
    let keyword = args.keyword().to_owned();
    let text = args.need(&format!("'{keyword}' expects an integer argument."))?;
    match text.parse::<i32>() {
        Ok(number) => Ok(u32::try_from(number).ok()),
        Err(_) => {
            args.warn(format!(
                " {keyword}: string '{text}' is not a number.\n   | You might want to use the '{other}' parameter to use a \
                 system {other} name.\n"
            ));
            Ok(None)
        }
    }
}

fn node(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    args.at_most(1)?;
    let name = args.next().unwrap_or_default();
    if name.is_empty() || name.chars().any(|letter| !letter.is_ascii_alphanumeric() && !".-_".contains(letter)) {
        return Err(Fault::new(
            "'node' requires valid node name - non-empty string with digits(0-9), letters(A-Z, a-z), dot(.), hyphen(-) or \
             underscode(_).",
        )
        .tight());
    }
    draft.global.node = Some(name.to_owned());
    Ok(())
}

fn external_check(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    args.at_most(1)?;
    draft.global.external_check = true;
    match args.next() {
        None | Some("preserve-env") => Ok(()),
        Some(other) => {
            Err(Fault::new(format!("'external-check' only supports 'preserve-env' as an argument, found '{other}'.")))
        }
    }
}

fn spread(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    args.at_most(1)?;
    let text = args.need("'spread-checks' expects an integer argument (0..50).").map_err(Fault::tight)?;
    match lax(text) {
        percent @ 0..=50 => {
            draft.global.spread_checks = percent as u32;
            Ok(())
        }
        _ => Err(Fault::new("'spread-checks' needs a positive value in range 0..50.").tight()),
    }
}

fn stats_socket(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let refusal = "'stats socket' in global section expects an address or a path to a UNIX socket";
    let Some(word) = args.next_arg() else { return Err(Fault::new(refusal)) };
    args.not_yet("stats socket");
    draft.listens_elsewhere = true;
    let file = draft.files.get(args.place.file as usize).map_or("", String::as_str);
    let own = format!("parsing [{file}:{}] : ", args.place.line);
    let source = crate::spec::args::text_of(word).to_owned();
    crate::words::proxy::bind::read_bind(args, draft, word, "stats socket").map(|_| ()).map_err(|fault| {
        // What is wrong with an option is told without the section.
        let title = format!("'stats socket {source}' in section 'global'");
        let message = match fault.message.strip_prefix(&title) {
            Some(rest) if rest.starts_with(": unknown keyword") => {
                format!("'stats socket'{}", rest.replacen(": ", " : ", 1))
            }
            Some(rest) => format!("'stats socket' : '{}'", rest.trim_start_matches(" : ")),
            None => format!("{own}{}", fault.message),
        };
        Fault { message, ..fault }
    })
}

fn stats_timeout(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    // The limit is counted in the unit that was written.
    let bare = args.peek().is_none_or(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
    let unit = if bare { TimeUnit::Second } else { TimeUnit::Millisecond };
    let time = knob::time(args, unit, "'{k}' : unexpected character '\n'", "'{k}' : {e}")?;
    if time == 0 {
        return Err(Fault::new("'stats timeout' expects a positive value"));
    }
    draft.global.stats_timeout_ms = Some(time);
    Ok(())
}

fn stats_maxconn(args: &mut Args<'_>, _: &mut Draft) -> Done {
    match lax(args.next().unwrap_or_default()) {
        1..=0x7fff_ffff => Ok(()),
        _ => Err(Fault::new("'stats maxconn' expects a positive value")),
    }
}

fn stats_unknown(args: &mut Args<'_>, _: &mut Draft) -> Done {
    Err(Fault::new(format!(
        "'stats' only supports 'socket', 'maxconn', 'bind-process' and 'timeout' (got '{}')",
        args.peek().unwrap_or_default()
    )))
}

fn setenv(args: &mut Args<'_>, draft: &mut Draft, only_if_unset: bool) -> Done {
    let keyword = args.keyword().to_owned();
    let name = args.need(&format!("'{keyword}' expects environment variable name.\n."))?.to_owned();
    let value = args.need(&format!("'{keyword}' expects environment variable value for '{name}'.\n."))?.to_owned();
    if !(only_if_unset && args.env.var(&name).is_some()) {
        draft.global.environment.push((name, Some(value)));
    }
    args.finish()
}

fn unsetenv(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    if args.is_empty() {
        return Err(Fault::new("'unsetenv' expects at least one variable name."));
    }
    while let Some(name) = args.next() {
        draft.global.environment.push((name.to_owned(), None));
    }
    Ok(())
}
