//! Reads the configuration files and brings them to a draft and a config, saying what there is to say.

use pointsman_parser::block;

use super::anonymous::Mask;
use super::cli::Options;
use super::print::Printer;
use crate::base::diag::{Diagnostic, Severity};
use crate::config::load::{sources, variables, variables_of};
use crate::config::lower::lower;
use crate::config::{checks, gather, machine, predicates, resolve};
use crate::model::config::Config;
use crate::model::draft::Unsupported;
use crate::net::sys;
use crate::registry::list;

/// A configuration that was loaded, or why it was not.
pub struct Loaded {
    /// The configuration, when nothing fatal was said.
    pub config: Option<Config>,
    /// Words that are valid and not run yet.
    pub unsupported: Vec<Unsupported>,
    /// The files, by `Place::file`.
    pub files: Vec<String>,
    /// Whether there is any address to listen on.
    pub listens: bool,
}

/// Reads, lowers, gathers and resolves.
pub fn load(options: &Options, printer: &mut Printer) -> Result<Loaded, u8> {
    if let Some(directory) = &options.directory
        && let Err(error) = std::env::set_current_dir(directory)
    {
        let reason = machine::reason(&error);
        printer.say(Severity::Fatal, &format!("Could not change to directory {directory} : {reason}"));
        return Err(1);
    }
    if options.master_socket.is_some() && !options.master {
        let text = "a master CLI socket was defined, but master-worker mode (-W) is not enabled.";
        printer.say(Severity::Fatal, text);
        return Err(1);
    }
    let sources = sources(&options.files).map_err(|text| {
        printer.say(Severity::Fatal, &text);
        1
    })?;
    if sources.is_empty() {
        return Err(super::cli::usage(&super::cli::Refusal::default()));
    }
    let variables = variables_of(&sources, &options.peer_name.clone().unwrap_or_else(sys::host_name));
    if let Some(key) = options.dump {
        let whole = super::dump::print(&sources, &variables, Some(Mask(key)).filter(|_| key != 0));
        if whole {
            return Err(dumped(options));
        }
    }
    let mut draft = lower(&sources, &variables, machine::MACHINE);
    draft.global.server_verify_none |= options.no_verify;
    draft.global.local_peer = options.peer_name.clone().or(draft.global.local_peer);
    let files = draft.files.clone();
    printer.quiet |= draft.global.quiet && !options.verbose;
    if draft.refused {
        report(&draft.diagnostics, &files, printer);
        return Err(1);
    }
    let checked = checks::checks(&draft);
    let failed = checked.iter().any(|said| said.severity == Severity::Fatal);
    draft.diagnostics.extend(checked);
    if failed {
        report(&draft.diagnostics, &files, printer);
        return Err(1);
    }
    gather::gather(&mut draft, options.ignore_resolution);
    let unsupported = std::mem::take(&mut draft.unsupported);
    let elsewhere = draft.listens_elsewhere;
    let listens = elsewhere || draft.proxies.iter().any(|proxy| !proxy.binds.is_empty() && !proxy.settings.disabled);
    let (config, said) = resolve::resolve(draft);
    report(&said, &files, printer);
    Ok(Loaded { config, unsupported, files, listens })
}

/// The exit code behind `-dC`, as if nothing had been configured.
fn dumped(options: &Options) -> u8 {
    print!("{}", list::classes(options.known.as_deref().unwrap_or_default()));
    if !options.check {
        return 0;
    }
    println!("Configuration file has no error but will not start (no listener) => exit(2).");
    2
}

fn report(said: &[Diagnostic], files: &[String], printer: &mut Printer) {
    for diagnostic in said {
        printer.diagnostic(diagnostic, files);
    }
}

/// `-cc`: 0 when the condition holds, 1 when not, 2 when it is none.
pub fn condition(text: &str) -> u8 {
    let env = variables();
    let answer = block::condition(text.as_bytes())
        .and_then(|condition| condition.eval(&mut |name, args| predicates::answer(name, args, &env)));
    match answer {
        Ok(holds) => u8::from(!holds),
        Err(error) => {
            let text = format!("Failed to evaluate condition: {error}");
            Printer::new(false, false).say(Severity::Fatal, &text);
            2
        }
    }
}
