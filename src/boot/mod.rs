//! Start and stop: the command line, the workers, the signals.

mod anonymous;
pub mod cli;
mod dump;
pub mod load;
pub mod master;
pub mod print;
pub mod settle;
pub mod start;
pub mod version;

use std::process::ExitCode;

use crate::desk;

/// The whole program: what the arguments ask for, then an exit code as HAProxy's.
pub fn main(args: Vec<String>) -> ExitCode {
    env_logger::Builder::from_env(env_logger::Env::default().filter_or("POINTSMAN_LOG", "off")).init();
    let code = match cli::parse(args) {
        Err(refusal) => cli::usage(&refusal),
        Ok(cli::Wish::Version(which)) => version::show(which),
        Ok(cli::Wish::Check(args)) => crate::desk::check::main(&args),
        Ok(cli::Wish::Condition(text)) => load::condition(&text),
        Ok(cli::Wish::Fmt(args)) => desk::fmt::run(&args),
        Ok(cli::Wish::Explain(args)) => desk::explain::run(&args),
        Ok(cli::Wish::Run(options)) if options.master && !options.check && !master::is_worker() => {
            master::run(&options)
        }
        Ok(cli::Wish::Run(options)) => start::run(&options),
    };
    ExitCode::from(code)
}
