//! The arguments of `pointsman check`.

use crate::spec::{Level, Release};

/// How findings are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// With source lines and carets, for people.
    #[default]
    Text,
    /// One object with `findings`.
    Json,
    /// SARIF 2.1.0.
    Sarif,
    /// Workflow commands of GitHub Actions.
    Github,
    /// GitLab's code quality report.
    Gitlab,
    /// JUnit's XML.
    Junit,
}

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Options {
    /// Files and folders; `-` is standard input.
    pub files: Vec<String>,
    /// `--format`
    pub format: Format,
    /// `--select`: beginnings of codes to look for, beside those that are on.
    pub select: Vec<String>,
    /// `--only`: beginnings of codes; nothing else is looked for.
    pub only: Vec<String>,
    /// `--ignore`: beginnings of codes to leave out.
    pub ignore: Vec<String>,
    /// `--severity`: the least grave finding that fails the check.
    pub severity: Level,
    /// `--baseline`: findings that are known.
    pub baseline: Option<String>,
    /// `--write-baseline`
    pub write_baseline: Option<String>,
    /// `--strict-env`: what is absent on this machine is an error.
    pub strict_env: bool,
    /// `--root`: the folder that absolute paths are looked up below.
    pub root: Option<String>,
    /// `--env-file`: variables, one `NAME=VALUE` a line.
    pub env_file: Option<String>,
    /// `--fix`: safe rewrites are made.
    pub fix: bool,
    /// `--diff`: safe rewrites are shown.
    pub diff: bool,
    /// `--compat`: a table of what of the configuration this program runs.
    pub compat: bool,
    /// `--target`: the release of HAProxy that is to load the files.
    pub target: Option<Release>,
    /// `-V`: says something on success too, and shows what is absent on this machine.
    pub verbose: bool,
    /// `--list`: every code with its name.
    pub list: bool,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            files: Vec::new(),
            format: Format::Text,
            select: Vec::new(),
            only: Vec::new(),
            ignore: Vec::new(),
            severity: Level::Warning,
            baseline: None,
            write_baseline: None,
            strict_env: false,
            root: None,
            env_file: None,
            fix: false,
            diff: false,
            compat: false,
            target: None,
            verbose: false,
            list: false,
        }
    }
}

/// How `check` is called.
pub const USAGE: &str = "\
Usage: pointsman check [OPTIONS] [FILE|FOLDER|-]...

Says what is wrong with a configuration, before the first packet. `-` reads standard input.

  --format text|json|sarif|github|gitlab|junit   how findings are written (text)
  --select CODES        looks for these too: codes or their beginnings, as in S,O012
  --only CODES          looks for nothing else
  --ignore CODES        leaves these out
  --severity LEVEL      note, warning or error: the least that fails the check (warning)
  --baseline FILE       leaves out what this file knows
  --write-baseline FILE writes what is found to a file
  --strict-env          files, users and hosts that are absent here are errors
  --root DIR            looks for absolute paths below this folder
  --env-file FILE       takes variables from this file
  --fix, --diff         makes the safe rewrites; shows them
  --target X.Y          names the words that this release of HAProxy does not know, 2.2 to 3.4
  --compat              says which words this program runs
  --list                every code with its name
  -V                    says so on success too, and shows what is absent on this machine

Exit: 0 clean, 1 findings, 2 the configuration would not start, 3 usage.";

/// Reads the arguments behind `check`; the sentence about what is wrong with them.
pub fn parse(args: &[String]) -> Result<Options, String> {
    let mut options = Options::default();
    let mut args = args.iter().map(String::as_str);
    while let Some(arg) = args.next() {
        let (name, mut glued) = match arg.split_once('=') {
            Some((name, value)) if name.starts_with("--") => (name, Some(value)),
            _ => (arg, None),
        };
        let mut value = || glued.take().or_else(|| args.next()).ok_or_else(|| format!("{name} wants a value"));
        match name {
            "--format" => options.format = format(value()?)?,
            "--select" => options.select.extend(codes(value()?)),
            "--only" => options.only.extend(codes(value()?)),
            "--ignore" => options.ignore.extend(codes(value()?)),
            "--severity" => options.severity = level(value()?)?,
            "--baseline" => options.baseline = Some(value()?.to_owned()),
            "--write-baseline" => options.write_baseline = Some(value()?.to_owned()),
            "--root" => options.root = Some(value()?.to_owned()),
            "--env-file" => options.env_file = Some(value()?.to_owned()),
            "--target" => options.target = Some(release(value()?)?),
            "--strict-env" => options.strict_env = true,
            "--fix" => options.fix = true,
            "--diff" => options.diff = true,
            "--compat" => options.compat = true,
            "--list" => options.list = true,
            "-V" | "--verbose" => options.verbose = true,
            "-f" => options.files.push(value()?.to_owned()),
            "-" => options.files.push(arg.to_owned()),
            "--" => options.files.extend(args.by_ref().map(str::to_owned)),
            other if other.starts_with('-') => return Err(format!("unknown option: '{other}'")),
            _ => options.files.push(arg.to_owned()),
        }
        if let Some(extra) = glued {
            return Err(format!("{name} takes no value, got '{extra}'"));
        }
    }
    if options.files.is_empty() && !options.list {
        return Err("no file given".to_owned());
    }
    Ok(options)
}

fn format(text: &str) -> Result<Format, String> {
    Ok(match text {
        "text" => Format::Text,
        "json" => Format::Json,
        "sarif" => Format::Sarif,
        "github" => Format::Github,
        "gitlab" => Format::Gitlab,
        "junit" => Format::Junit,
        other => return Err(format!("unknown format: '{other}'")),
    })
}

fn level(text: &str) -> Result<Level, String> {
    [Level::Note, Level::Warning, Level::Error]
        .into_iter()
        .find(|level| level.word() == text)
        .ok_or_else(|| format!("unknown severity: '{text}'"))
}

fn release(text: &str) -> Result<Release, String> {
    let known = Release::OLDEST..=Release::NEWEST;
    Release::read(text)
        .filter(|release| known.contains(release))
        .ok_or_else(|| format!("'{text}' is no release of HAProxy from {} to {}", Release::OLDEST, Release::NEWEST))
}

fn codes(text: &str) -> Vec<String> {
    text.split(',').map(|code| code.trim().to_uppercase()).filter(|code| !code.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Options, String> {
        parse(&text.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn reads_options_glued_and_apart() {
        let Ok(options) = read("--format=json --ignore s,o001 --severity error a.cfg -") else { panic!() };
        assert_eq!((options.format, options.severity), (Format::Json, Level::Error));
        assert_eq!(options.ignore, ["S", "O001"]);
        assert_eq!(options.files, ["a.cfg", "-"]);
    }

    #[test]
    fn refuses_what_it_does_not_know() {
        for bad in [
            "",
            "--format",
            "--format xml a",
            "--fix=yes a",
            "--what a",
            "--severity bad a",
            "--target 1.8 a",
            "--target x a",
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
