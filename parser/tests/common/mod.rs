//! What the tests share: an environment, a dump of the tree, and a reader that gives each small language its words.
//!
//! The reader knows the few keywords the samples use; the crate itself knows none.
#![allow(dead_code, reason = "each test binary uses a part of this")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at what it did not expect")]

pub(crate) mod generator;

pub(crate) use generator::Generator;
use pointsman_parser::addr::{self, Use};
use pointsman_parser::ast::{File, Line, Piece, Quote, Word};
use pointsman_parser::units::{self, TimeUnit, UnitError};
use pointsman_parser::word::{self, Arg, Environment};
use pointsman_parser::{Error, block, cond, expr, format};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// The variables every sample sees, here and in a real HAProxy.
pub(crate) const VARIABLES: [(&str, &str); 6] =
    [("ONE", "1"), ("EMPTY", ""), ("LIST", "a b  c"), ("PADDED", " a b "), ("HOST", "127.0.0.1"), ("PORT", "8080")];

/// [`VARIABLES`], and the pseudo-variables of a line.
pub(crate) struct Variables {
    pub(crate) file: String,
    pub(crate) line: u32,
    pub(crate) section: String,
}

impl Environment for Variables {
    fn var(&self, name: &str) -> Option<Vec<u8>> {
        match name {
            ".FILE" => Some(self.file.clone().into_bytes()),
            ".LINE" => Some(self.line.to_string().into_bytes()),
            ".SECTION" => Some(self.section.clone().into_bytes()),
            _ => VARIABLES.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_bytes().to_vec()),
        }
    }
}

/// The samples of a folder, in order.
pub(crate) fn samples(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(folder);
    let mut paths: Vec<PathBuf> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "cfg"))
        .collect();
    paths.sort();
    assert!(!paths.is_empty(), "no sample in {}", folder.display());
    paths
}

/// Compares `actual` with the file beside the sample; `BLESS=1` rewrites it.
pub(crate) fn check_golden(sample: &Path, extension: &str, actual: &str) {
    let golden = sample.with_extension(extension);
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&golden, actual).unwrap();
        return;
    }
    let expected = std::fs::read_to_string(&golden).unwrap_or_default();
    assert_eq!(actual, expected, "{}: run with BLESS=1 to accept", golden.display());
}

/// Every error of a text as `(line, warning, message)`, in the order they are met.
pub(crate) fn errors(name: &str, text: &[u8]) -> Vec<(u32, bool, String)> {
    let (file, found) = pointsman_parser::parse(text);
    let mut by_line: BTreeMap<u32, Vec<(bool, String)>> = BTreeMap::new();
    for error in &found {
        by_line.entry(error.line).or_default().push((error.is_warning(), error.message()));
    }
    let mut reader = Reader { env: Variables { file: name.into(), line: 0, section: String::new() } };
    for line in file.lines.iter().filter(|line| !line.broken) {
        by_line.entry(line.number).or_default().extend(reader.line(&file, line, None));
    }
    let flat = |(line, found): (u32, Vec<(bool, String)>)| found.into_iter().map(move |(w, text)| (line, w, text));
    by_line.into_iter().flat_map(flat).collect()
}

/// What is said of the lines and their words alone, in order.
pub(crate) fn line_errors(text: &[u8]) -> Vec<(u32, Error)> {
    let (file, errors) = pointsman_parser::parse(text);
    let mut all: Vec<(u32, Error)> = errors.into_iter().map(|error| (error.line, error)).collect();
    let mut env = Variables { file: String::new(), line: 0, section: String::new() };
    for line in file.lines.iter().filter(|line| !line.broken) {
        env.line = line.number;
        all.extend(word::expand_line(&file.text, line, &env).1.into_iter().map(|error| (error.line, error)));
    }
    all.sort_by_key(|(line, _)| *line);
    all
}

/// The arguments of a text as `haproxy -dC` prints them, without its tabs.
pub(crate) fn tokens(name: &str, text: &[u8]) -> Vec<u8> {
    let (file, _) = pointsman_parser::parse(text);
    let mut env = Variables { file: name.into(), line: 0, section: String::new() };
    let mut out = Vec::new();
    for line in &file.lines {
        env.line = line.number;
        for arg in word::expand(&line.words, &env).0 {
            out.extend_from_slice(&arg.text);
            out.push(b' ');
        }
        out.push(b'\n');
    }
    out
}

/// The tree of a text: its lines, the words that are not plain, the arguments, and what the small languages make of them.
pub(crate) fn dump(name: &str, text: &[u8]) -> String {
    let (file, found) = pointsman_parser::parse(text);
    assert_eq!(found, [], "{name} has errors");
    let mut out = String::new();
    let mut reader = Reader { env: Variables { file: name.into(), line: 0, section: String::new() } };
    for line in &file.lines {
        dump_line(&mut out, &file, line);
        for (_, message) in reader.line(&file, line, Some(&mut out)) {
            writeln!(out, "  says {message}").unwrap();
        }
    }
    out
}

fn dump_line(out: &mut String, file: &File, line: &Line) {
    writeln!(out, "{} {}", line.number, show(file.slice(line.span))).unwrap();
    let plain = |word: &Word| matches!(word.pieces.as_slice(), [Piece::Text { quote: Quote::None, .. }]);
    let told = if line.words.iter().all(plain) { &[][..] } else { &line.words };
    for word in told {
        for (at, piece) in word.pieces.iter().enumerate() {
            let glue = if at == 0 { "word" } else { "   +" };
            match piece {
                Piece::Text { bytes, quote, .. } => {
                    let quote = match quote {
                        Quote::None => "plain",
                        Quote::Single => "single",
                        Quote::Double => "double",
                    };
                    writeln!(out, "  {glue} {quote} {}", show(bytes)).unwrap();
                }
                Piece::Variable { name, default, split, .. } => {
                    let default = default.as_ref().map(|default| format!(" else {}", show(default)));
                    let split = if *split { " split" } else { "" };
                    writeln!(out, "  {glue} variable {name}{split}{}", default.unwrap_or_default()).unwrap();
                }
            }
        }
    }
    if let Some(comment) = line.comment {
        writeln!(out, "  comment {}", show(file.slice(comment))).unwrap();
    }
}

fn show(bytes: &[u8]) -> String {
    format!("<{}>", bytes.escape_ascii())
}

/// Reads the lines of a sample in order.
struct Reader {
    env: Variables,
}

type Said = Vec<(bool, String)>;

impl Reader {
    /// What is said of one line; its arguments and its small languages go to `out`.
    fn line(&mut self, file: &File, line: &Line, out: Option<&mut String>) -> Said {
        self.env.line = line.number;
        let (args, errors) = word::expand_line(&file.text, line, &self.env);
        let mut said: Said = errors.iter().map(|error| (error.is_warning(), error.message())).collect();
        if errors.iter().any(|error| !error.is_warning()) {
            return said;
        }
        let mut nowhere = String::new();
        let out = out.unwrap_or(&mut nowhere);
        let texts: Vec<&[u8]> = args.iter().map(|arg| arg.text.as_slice()).collect();
        if !texts.is_empty() {
            let shown: Vec<String> = texts.iter().map(|text| show(text)).collect();
            writeln!(out, "  args {}", shown.join(" ")).unwrap();
        }
        if let [b"global" | b"defaults" | b"frontend" | b"backend" | b"listen", ..] = texts.as_slice() {
            self.env.section = String::from_utf8_lossy(texts.get(1).unwrap_or(&texts[0])).into_owned();
        }
        let result = match texts.as_slice() {
            [directive @ (b".if" | b".elif"), rest @ ..] => condition(directive, &rest.join(&b' '), out),
            [b"log-format", format] => log_format(format, out),
            [b"bind", list] => addresses(addr::list(list, &self.env, Use::Socket), out),
            [b"server", _, address] => addresses(vec![addr::parse(address, &self.env, Use::Socket)], out),
            [b"log", address, ..] => addresses(vec![addr::parse(address, &self.env, Use::Log)], out),
            [b"timeout", which, time] => timeout(which, time, out),
            [b"tune.bufsize.small", size] => bufsize(size, out),
            [b"http-request", action, expr, ..] if action.starts_with(b"set-var(") => expression(expr, out),
            _ => Ok(()),
        };
        said.extend(result.err());
        said.extend(after_if(&args, out).err());
        said
    }
}

fn error(error: Error) -> (bool, String) {
    (error.is_warning(), error.message())
}

fn condition(directive: &[u8], text: &[u8], out: &mut String) -> Result<(), (bool, String)> {
    let directive = String::from_utf8_lossy(directive);
    let fail = |error: Error| (false, error.in_directive(&directive, text));
    if let Ok(condition) = block::condition(text) {
        writeln!(out, "  condition {}", node(&condition.node)).unwrap();
    }
    let holds = block::evaluate(text, &mut Predicates).map_err(fail)?;
    writeln!(out, "  holds {holds}").unwrap();
    Ok(())
}

/// The predicates the tests know.
pub(crate) struct Predicates;

impl block::Vocabulary for Predicates {
    fn arity(&self, name: &str) -> Option<usize> {
        match name {
            "defined" | "feature" | "version_atleast" => Some(1),
            "streq" | "strneq" => Some(2),
            _ => None,
        }
    }

    fn holds(&mut self, name: &str, args: &[Vec<u8>]) -> Result<bool, String> {
        let arg = |at: usize| args.get(at).cloned().unwrap_or_default();
        match name {
            "defined" => Ok(VARIABLES.iter().any(|(known, _)| known.as_bytes() == arg(0))),
            "streq" => Ok(arg(0) == arg(1)),
            "strneq" => Ok(arg(0) != arg(1)),
            _ => Err(format!("{name} is not known to the tests")),
        }
    }
}

/// What HAProxy says of a format whose names are those of [`Generator::format`], if it refuses it.
pub(crate) fn format_sentence(text: &[u8]) -> Option<String> {
    let (items, errors) = format::parse(text);
    for item in &items {
        match item {
            format::Item::Alias { name, .. } if !["ci", "cp"].contains(&name.as_str()) => {
                return Some(format!(
                    "no such format alias '{name}'. If you wanted to emit the '%' character verbatim, you need to use '%%'"
                ));
            }
            format::Item::Expr { expr, .. } => {
                let calls: Vec<expr::Call> = expr.calls().cloned().collect();
                if let Some(sentence) = unknown_call(text, &calls) {
                    let rest = String::from_utf8_lossy(&text[expr.span.start as usize..]).into_owned();
                    return Some(format!("failed to parse sample expression <{rest}> : {sentence}"));
                }
            }
            _ => {}
        }
    }
    let error = errors.first()?;
    if let Some(sentence) = unknown_call(text, &error.calls) {
        let rest = String::from_utf8_lossy(&text[error.calls[0].span.start as usize..]).into_owned();
        return Some(format!("failed to parse sample expression <{rest}> : {sentence}"));
    }
    Some(error.to_string())
}

/// What is wrong with the names and the number of arguments of an expression.
fn unknown_call(text: &[u8], calls: &[expr::Call]) -> Option<String> {
    calls.iter().enumerate().find_map(|(rank, call)| match (rank, call.name.as_str()) {
        (0, "src") => call.excess(text, 0).map(|excess| format!("fetch method 'src' : {excess}")),
        (0, "str") => call.excess(text, 1).map(|excess| format!("fetch method 'str' : {excess}")),
        (0, name) => Some(format!("unknown fetch method '{name}'")),
        (_, name @ ("lower" | "upper")) => {
            call.excess(text, 0).map(|excess| format!("invalid arg 1 in converter '{name}' : {excess}"))
        }
        (_, name) => Some(format!("unknown converter '{name}'")),
    })
}

fn node(tree: &block::Node) -> String {
    let many = |nodes: &[block::Node], glue: &str| nodes.iter().map(node).collect::<Vec<_>>().join(glue);
    match tree {
        block::Node::Empty => "nothing".into(),
        block::Node::Integer(number) => number.to_string(),
        block::Node::Not(inner) => format!("not {}", node(inner)),
        block::Node::And(nodes) => format!("({})", many(nodes, " and ")),
        block::Node::Or(nodes) => format!("({})", many(nodes, " or ")),
        block::Node::Predicate { name, args, .. } => format!("{name}{}", call_args(args)),
    }
}

fn call_args(args: &[expr::CallArg]) -> String {
    args.iter().map(|arg| show(&arg.text)).collect()
}

fn expr_dump(expr: &expr::Expr) -> String {
    let call = |call: &expr::Call| format!("{}{}", call.name, call_args(&call.args));
    std::iter::once(&expr.fetch).chain(&expr.converters).map(call).collect::<Vec<_>>().join(" then ")
}

fn expression(text: &[u8], out: &mut String) -> Result<(), (bool, String)> {
    let expr = expr::parse(text).map_err(error)?;
    writeln!(out, "  expression {}", expr_dump(&expr)).unwrap();
    Ok(())
}

fn log_format(text: &[u8], out: &mut String) -> Result<(), (bool, String)> {
    let (items, errors) = format::parse(text);
    let more = |flags: &format::Flags, label: &Option<String>, cast: &Option<String>| {
        let flags: String =
            flags.list.iter().map(|flag| format!(" {}{}", if flag.on { '+' } else { '-' }, flag.name)).collect();
        let label = label.as_ref().map(|label| format!(" label {label}")).unwrap_or_default();
        let cast = cast.as_ref().map(|cast| format!(" as {cast}")).unwrap_or_default();
        format!("{flags}{label}{cast}")
    };
    for item in &items {
        match item {
            format::Item::Text(text) => writeln!(out, "  text {}", show(text)),
            format::Item::Alias { flags, name, label, cast, .. } => {
                writeln!(out, "  alias {name}{}", more(flags, label, cast))
            }
            format::Item::Expr { flags, expr, label, cast, .. } => {
                writeln!(out, "  item {}{}", expr_dump(expr), more(flags, label, cast))
            }
        }
        .unwrap();
    }
    errors.into_iter().next().map_or(Ok(()), |found| Err(error(found)))
}

fn after_if(args: &[Arg], out: &mut String) -> Result<(), (bool, String)> {
    let Some(at) = args.iter().position(|arg| arg.text == b"if" || arg.text == b"unless") else {
        return Ok(());
    };
    let cond = cond::parse(&args[at + 1..]).map_err(error)?;
    for all in &cond.any {
        let literals: Vec<String> = all.iter().map(literal).collect();
        writeln!(out, "  when {}", literals.join(" and ")).unwrap();
    }
    Ok(())
}

fn literal(literal: &cond::Literal) -> String {
    let negated = if literal.negated { "not " } else { "" };
    match &literal.term {
        cond::Term::Acl { name, .. } => format!("{negated}{name}"),
        cond::Term::Anonymous { words, .. } => {
            let words: Vec<String> = words.iter().map(|word| show(&word.text)).collect();
            format!("{negated}{{{}}}", words.join(" "))
        }
    }
}

fn addresses(list: Vec<Result<addr::Address, addr::AddressError>>, out: &mut String) -> Result<(), (bool, String)> {
    for address in list {
        writeln!(out, "  address {:?}", Shown(address.map_err(|error| (false, error.to_string()))?)).unwrap();
    }
    Ok(())
}

/// An address with its bytes as text.
struct Shown(addr::Address);

impl std::fmt::Debug for Shown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let addr::Address { transport, mptcp, target, .. } = &self.0;
        if let Some(transport) = transport {
            write!(f, "{transport:?} ")?;
        }
        if *mptcp {
            f.write_str("mptcp ")?;
        }
        match target {
            addr::Target::Ip { version, host, bracketed, port } => {
                let bracketed = if *bracketed { " bracketed" } else { "" };
                write!(f, "{version:?} {}{bracketed} {port:?}", show(host))
            }
            addr::Target::Unix(path) => write!(f, "unix {}", show(path)),
            addr::Target::Abstract { name, zero_terminated } => write!(f, "abstract {} {zero_terminated}", show(name)),
            addr::Target::ReverseHttp(name) => write!(f, "rhttp {}", show(name)),
            addr::Target::Ring(name) => write!(f, "ring {}", show(name)),
            addr::Target::Backend(name) => write!(f, "backend {}", show(name)),
            other => write!(f, "{other:?}"),
        }
    }
}

fn timeout(which: &[u8], text: &[u8], out: &mut String) -> Result<(), (bool, String)> {
    let name = String::from_utf8_lossy(which);
    let time = units::time(text, TimeUnit::Millisecond).map_err(|error| {
        let text = String::from_utf8_lossy(text);
        (false, match error {
            UnitError::Overflow => format!(
                "timer overflow in argument '{text}' to 'timeout {name}' (maximum value is 2147483647 ms or ~24.8 days)"
            ),
            other => format!("{other} in 'timeout {name}'"),
        })
    })?;
    writeln!(out, "  time {} us", time.us).unwrap();
    match time.trailing {
        Some(found) => Err((true, units::trailing_sentence(found, text))),
        None => Ok(()),
    }
}

fn bufsize(text: &[u8], out: &mut String) -> Result<(), (bool, String)> {
    let size = units::size(text).map_err(|error| {
        let UnitError::Unexpected { offset, .. } = error else { panic!("a size has no other error") };
        let rest = String::from_utf8_lossy(&text[offset..]).into_owned();
        (false, format!("unexpected '{rest}' after size passed to 'tune.bufsize.small'"))
    })?;
    writeln!(out, "  size {size}").unwrap();
    Ok(())
}
