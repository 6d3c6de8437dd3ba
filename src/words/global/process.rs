//! The process: its identity, its limits, its environment.

use pointsman_parser::units::TimeUnit;

use crate::model::draft::{Draft, Sections};
use crate::spec;
use crate::spec::{Args, Done, Fault, Form, Keyword};

spec! {
    /// The process.
    pub static PROCESS: [Keyword] = [
        /// Goes to the background once the configuration was read.
        { name: "daemon", sections: Sections::GLOBAL, usage: "", parse: |args, draft| { draft.global.daemon = true; args.finish() } },
        /// Runs a master that watches the worker.
        { name: "master-worker", sections: Sections::GLOBAL, usage: "[no-exit-on-failure]", parse: |args, draft| { draft.global.master_worker = true; args.take("no-exit-on-failure"); args.finish() } },
        /// Says nothing at the start.
        { name: "quiet", sections: Sections::GLOBAL, usage: "", parse: |args, draft| { draft.global.quiet = true; args.finish() } },
        /// Refuses to start when anything is dubious.
        { name: "zero-warning", sections: Sections::GLOBAL, usage: "", parse: |args, draft| { draft.global.zero_warning = true; args.finish() } },
        /// Worker threads; one per core unless said otherwise.
        { name: "nbthread", sections: Sections::GLOBAL, usage: "<threads>", parse: nbthread },
        /// Client connections the process takes at once.
        { name: "maxconn", sections: Sections::GLOBAL, usage: "<connections>", parse: |args, draft| { draft.global.maxconn = Some(number(args)? as u32); Ok(()) } },
        /// The file that the process id is written to.
        { name: "pidfile", sections: Sections::GLOBAL, usage: "<path>", parse: |args, draft| { draft.global.pidfile = Some(word(args, "'pidfile' expects a file name as an argument.")?); args.finish() } },
        /// The folder the process is locked into.
        { name: "chroot", sections: Sections::GLOBAL, usage: "<path>", parse: |args, draft| { draft.global.chroot = Some(word(args, "'chroot' expects a directory as an argument.")?); args.finish() } },
        /// The user the process runs as, by name.
        { name: "user", sections: Sections::GLOBAL, usage: "<name>", parse: |args, draft| { draft.global.user = Some(word(args, "'user' expects a user name.")?); args.finish() } },
        /// The group the process runs as, by name.
        { name: "group", sections: Sections::GLOBAL, usage: "<name>", parse: |args, draft| { draft.global.group = Some(word(args, "'group' expects a group name.")?); args.finish() } },
        /// The user the process runs as, by number.
        { name: "uid", sections: Sections::GLOBAL, usage: "<number>", parse: |args, draft| { draft.global.uid = Some(number(args)? as u32); Ok(()) } },
        /// The group the process runs as, by number.
        { name: "gid", sections: Sections::GLOBAL, usage: "<number>", parse: |args, draft| { draft.global.gid = Some(number(args)? as u32); Ok(()) } },
        /// The node's name.
        { name: "node", sections: Sections::GLOBAL, usage: "<name>", parse: |args, draft| { draft.global.node = Some(word(args, "'node' expects a name as argument.")?); Ok(()) } },
        /// Free text.
        { name: "description", sections: Sections::GLOBAL, usage: "<text>...", parse: |args, _| { args.join(); Ok(()) } },
        /// The machine's name in log lines.
        { name: "log-send-hostname", sections: Sections::GLOBAL, usage: "[<name>]", parse: |args, draft| { draft.global.log_hostname = Some(args.next().unwrap_or_default().to_owned()); args.finish() } },
        /// Permits `option external-check`.
        { name: "external-check", sections: Sections::GLOBAL, usage: "[preserve-env]", parse: |args, draft| { draft.global.external_check = true; args.take("preserve-env"); args.finish() } },
        /// Permits programs to be started while running.
        { name: "insecure-fork-wanted", sections: Sections::GLOBAL, negatable: true, usage: "", parse: |args, draft| { draft.global.fork_wanted = args.form == Form::Plain; args.finish() } },
        /// Permits running as root. It has no meaning here.
        { name: "insecure-setuid-wanted", sections: Sections::GLOBAL, usage: "", parse: |args, _| args.finish() },
        /// Spreads checks by up to so many percent of their interval.
        { name: "spread-checks", sections: Sections::GLOBAL, usage: "<percent>", parse: |args, draft| { draft.global.spread_checks = number(args)? as u32; Ok(()) } },
        /// How long a soft stop may take before what is left is cut.
        { name: "hard-stop-after", sections: Sections::GLOBAL, usage: "<time>", parse: |args, draft| { draft.global.hard_stop_after_ms = Some(args.time(TimeUnit::Millisecond)?.as_millis() as u64); Ok(()) } },
        /// The Runtime API's socket.
        { name: "stats socket", sections: Sections::GLOBAL, usage: "<address> [<option>...]", parse: |args, _| { args.join(); args.not_yet("stats socket"); Ok(()) } },
        /// How long a Runtime API connection may be idle.
        { name: "stats timeout", sections: Sections::GLOBAL, usage: "<time>", parse: |args, draft| { draft.global.stats_timeout_ms = Some(args.time(TimeUnit::Second)?.as_millis() as u64); Ok(()) } },
        /// Runtime API connections at once.
        { name: "stats maxconn", sections: Sections::GLOBAL, usage: "<connections>", parse: |args, _| number(args).map(|_| ()) },
        /// Sets a variable for the lines that follow and for started programs.
        { name: "setenv", sections: Sections::GLOBAL, usage: "<name> <value>", parse: |args, draft| setenv(args, draft, false) },
        /// Sets a variable unless it is set.
        { name: "presetenv", sections: Sections::GLOBAL, usage: "<name> <value>", parse: |args, draft| setenv(args, draft, true) },
        /// Removes variables.
        { name: "unsetenv", sections: Sections::GLOBAL, usage: "<name>...", parse: unsetenv },
        /// Where the server state files are.
        { name: "server-state-base", sections: Sections::GLOBAL, usage: "<path>", parse: |args, _| word(args, "'server-state-base' expects one argument: a directory path.").map(|_| ()) },
        /// The global server state file.
        { name: "server-state-file", sections: Sections::GLOBAL, usage: "<path>", parse: |args, _| { args.not_yet("server-state-file"); word(args, "'server-state-file' expect one argument: a file path.").map(|_| ()) } },
    ];
}

fn word(args: &mut Args<'_>, refusal: &str) -> Result<String, Fault> {
    args.need(refusal).map(str::to_owned)
}

fn number(args: &mut Args<'_>) -> Result<u64, Fault> {
    let refusal = format!("'{}' expects an integer argument.", args.keyword());
    let text = args.need(&refusal)?;
    args.finish()?;
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    Ok(text.get(..digits).and_then(|digits| digits.parse().ok()).unwrap_or(0))
}

fn nbthread(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let text = args.next().unwrap_or_default();
    let Ok(count) = text.parse::<u32>() else {
        return Err(Fault::new(format!("'nbthread' passed a missing or unparsable integer value in '{text}'")));
    };
    if !(1..=1024).contains(&count) {
        return Err(Fault::new(format!("'nbthread' value must be between 1 and 1024 (was {count})")));
    }
    draft.global.nbthread = Some(count);
    args.finish()
}

fn setenv(args: &mut Args<'_>, draft: &mut Draft, only_if_unset: bool) -> Done {
    let refusal = format!("'{}' expects a name and a value.", args.keyword());
    let name = args.need(&refusal)?.to_owned();
    let value = args.need(&refusal)?.to_owned();
    if only_if_unset && args.env.var(&name).is_some() {
        return Ok(());
    }
    draft.global.environment.push((name, Some(value)));
    Ok(())
}

fn unsetenv(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    while let Some(name) = args.next() {
        draft.global.environment.push((name.to_owned(), None));
    }
    Ok(())
}
