//! The command line: HAProxy's switches, `run` and `check`, and the names of the commands of the desk.

/// What the arguments ask for.
#[derive(Debug)]
pub enum Wish {
    /// `-v`, `-vv` and their kin.
    Version(Version),
    /// `-cc`
    Condition(String),
    /// `fmt`, with its arguments.
    Fmt(Vec<String>),
    /// `explain`, with its arguments.
    Explain(Vec<String>),
    /// `check`, with the arguments behind it.
    Check(Vec<String>),
    /// Run, or check, a configuration.
    Run(Box<Options>),
}

/// How much of the version is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// `-v`
    Lines,
    /// `-vv`
    Details,
    /// `-vq`
    Full,
    /// `-vqs`
    Short,
    /// `-vqb`
    Branch,
}

/// How a configuration is to be run.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Files and folders, in order.
    pub files: Vec<String>,
    /// `-C`
    pub directory: Option<String>,
    /// `-c`
    pub check: bool,
    /// `-V`
    pub verbose: bool,
    /// `-q`
    pub quiet: bool,
    /// `-D`
    pub daemon: bool,
    /// `-d`: foreground, with debug output.
    pub debug: bool,
    /// `-db`
    pub foreground: bool,
    /// `-W`, `-Ws`
    pub master: bool,
    /// `-Ws`
    pub notify: bool,
    /// `-dr`
    pub ignore_resolution: bool,
    /// `-dW`
    pub zero_warning: bool,
    /// `-dD`
    pub diagnostics: bool,
    /// `-dC`: the key that hides names, zero for none.
    pub dump: Option<u32>,
    /// `-dK`: classes of words.
    pub known: Option<String>,
    /// `-dV`
    pub no_verify: bool,
    /// `-dR`
    pub no_reuseport: bool,
    /// `-dS`
    pub no_splice: bool,
    /// `-n`
    pub maxconn: Option<u32>,
    /// `-N`
    pub proxy_maxconn: Option<u32>,
    /// `-m`
    pub memory_mb: Option<u64>,
    /// `-p`
    pub pidfile: Option<String>,
    /// `-L`
    pub peer_name: Option<String>,
    /// `-x`
    pub takeover: Option<String>,
    /// `-sf`: soft stop for these.
    pub finish: Vec<i32>,
    /// `-st`: stop for these.
    pub terminate: Vec<i32>,
    /// `--allow-unsupported`
    pub allow_unsupported: bool,
    /// `-S`
    pub master_socket: Option<String>,
}

/// A usage error: what is said before the usage, if anything.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Refusal(pub String);

/// Reads the arguments, the program's name first.
pub fn parse(args: Vec<String>) -> Result<Wish, Refusal> {
    let mut options = Options::default();
    let mut args = args.into_iter().skip(1).peekable();
    match args.peek().map(String::as_str) {
        Some("run") => {
            args.next();
            options.files.extend(args.by_ref());
            options.foreground = true;
        }
        Some("check") => return Ok(Wish::Check(args.skip(1).collect())),
        Some("fmt") => return Ok(Wish::Fmt(args.skip(1).collect())),
        Some("explain") => return Ok(Wish::Explain(args.skip(1).collect())),
        _ => {}
    }
    while let Some(arg) = args.next() {
        let mut value = |name: &str| args.next().ok_or_else(|| Refusal(format!("missing value for {name}")));
        match arg.as_str() {
            "-f" => options.files.push(value("-f")?),
            "--" => options.files.extend(args.by_ref()),
            "-C" => options.directory = Some(value("-C")?),
            "-c" => options.check = true,
            "-cc" => return Ok(Wish::Condition(value("-cc")?)),
            "-V" => options.verbose = true,
            "-q" => options.quiet = true,
            "-D" => options.daemon = true,
            "-d" => options.debug = true,
            "-db" => options.foreground = true,
            "-W" => options.master = true,
            "-Ws" => {
                options.master = true;
                options.notify = true;
            }
            "-dr" => options.ignore_resolution = true,
            "-dW" => options.zero_warning = true,
            "-dD" => options.diagnostics = true,
            "-dV" => options.no_verify = true,
            "-dR" => options.no_reuseport = true,
            "-dS" => options.no_splice = true,
            "-n" => options.maxconn = Some(number(&value("-n")?) as u32),
            "-N" => options.proxy_maxconn = Some(number(&value("-N")?) as u32),
            "-m" => options.memory_mb = Some(number(&value("-m")?)),
            "-p" => options.pidfile = Some(value("-p")?),
            "-L" => options.peer_name = Some(value("-L")?),
            "-x" => options.takeover = Some(value("-x")?),
            "-S" => options.master_socket = Some(value("-S")?),
            "-sf" => options.finish = pids(&mut args),
            "-st" => options.terminate = pids(&mut args),
            "--allow-unsupported" => options.allow_unsupported = true,
            "-v" => return Ok(Wish::Version(Version::Lines)),
            "-vv" => return Ok(Wish::Version(Version::Details)),
            "-vq" => return Ok(Wish::Version(Version::Full)),
            "-vqs" => return Ok(Wish::Version(Version::Short)),
            "-vqb" => return Ok(Wish::Version(Version::Branch)),
            // Switches about machinery this program does not have: accepted, without meaning here.
            "-4" => {}
            other if other.starts_with("-dK") => options.known = other.get(3..).map(str::to_owned),
            // What is no number counts as none.
            other if other.starts_with("-dC") => {
                let key = other.get(3..).unwrap_or_default();
                let negative = key.strip_prefix('-').map(|key| (number(key) as u32).wrapping_neg());
                options.dump = Some(negative.unwrap_or(number(key) as u32));
            }
            other if other.starts_with("-d") => {}
            // One letter decides about a switch; what is behind it is passed over.
            other if other.starts_with("-c") => options.check = true,
            other if other.starts_with("-q") => options.quiet = true,
            other if other.starts_with("-V") => options.verbose = true,
            other if other.starts_with("-D") => options.daemon = true,
            other if other.starts_with("-W") => options.master = true,
            other => return Err(Refusal(format!("unknown option: '{other}'"))),
        }
    }
    if options.files.is_empty() {
        return Err(Refusal(String::new()));
    }
    Ok(Wish::Run(Box::new(options)))
}

/// Reads as far as there are digits, as HAProxy does.
fn number(text: &str) -> u64 {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    text.get(..digits).and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

fn pids(args: &mut std::iter::Peekable<impl Iterator<Item = String>>) -> Vec<i32> {
    let mut pids = Vec::new();
    while let Some(pid) = args.peek().and_then(|arg| arg.parse().ok()) {
        pids.push(pid);
        args.next();
    }
    pids
}

/// Shows how the program is called; the exit code for it.
pub fn usage(refusal: &Refusal) -> u8 {
    println!("{}", super::version::BANNER.replace("{}", env!("CARGO_PKG_VERSION")));
    if !refusal.0.is_empty() {
        eprintln!("pointsman: {}", refusal.0);
    }
    eprintln!("{USAGE}");
    1
}

const USAGE: &str = "Usage : pointsman [-f <cfgfile|cfgdir>]* [ -vdVD ] [ -n <maxconn> ] [ -N <maxpconn> ]
                  [ -p <pidfile> ] [ -m <max megs> ] [ -C <dir> ] [-- <cfgfile>*]
        pointsman run <cfgfile>...     runs in the foreground
        pointsman check <cfgfile>...   says what is wrong with a configuration
        pointsman fmt <cfgfile>...     lays configurations out
        pointsman explain <what>       says what a word, a termination state or a log line means
        -v displays version ; -vv shows known build options.
        -d enters debug mode ; -db only disables background mode.
        -D goes daemon ; -C changes to <dir> before loading files.
        -W master-worker mode.
        -Ws master-worker mode with systemd notify support.
        -q quiet mode : don't display messages
        -c check mode : only check config files and exit
        -cc check condition : evaluate a condition and exit
        -n sets the maximum total # of connections
        -m limits the usable amount of memory (in MB)
        -N sets the default, per-proxy maximum # of connections
        -L set local peer name (default to hostname)
        -p writes pids of all children to this file
        -dD enables diagnostic checks on configuration
        -dW fails if any warning is emitted
        -dC[<key>] prints the configuration as it is read ; a key hides names, paths and addresses
        -dK<class>[,<class>...] prints the known words of these classes ; -dKhelp names the classes
        -dr ignores server address resolution failures
        -dV disables SSL verify on servers side
        --allow-unsupported starts although words of the configuration are not supported yet
        -sf/-st [pid ]* finishes/terminates old pids.
        -x <unix_socket> get listening sockets from a unix socket
        -S <bind>[,<bind options>...] new master CLI";

#[cfg(test)]
mod tests {
    use super::*;

    fn args(text: &str) -> Vec<String> {
        std::iter::once("pointsman").chain(text.split_whitespace()).map(str::to_owned).collect()
    }

    #[test]
    fn reads_switches() {
        let Ok(Wish::Run(options)) = parse(args("-c -V -f a.cfg -f b.cfg -sf 1 2 -n 10")) else { panic!() };
        assert!(options.check && options.verbose);
        assert_eq!(
            (options.files, options.finish, options.maxconn),
            (vec!["a.cfg".into(), "b.cfg".into()], vec![1, 2], Some(10))
        );
        assert!(parse(args("-z")).is_err());
        assert!(parse(args("")).is_err());
    }
}
