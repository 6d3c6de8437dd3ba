//! What a configuration asks of the machine: variables from a file, certificates that can be read, and what is absent.

use std::cell::RefCell;
use std::collections::HashSet;

use pointsman_parser::{Environment, File, Piece, Span, addr, ast, parse};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use super::options::Options;
use super::verdict::Line;
use super::world::{self, Absent};
use crate::base::diag::Place;
use crate::config::lower::{Source, Variables};
use crate::model::draft::Draft;
use crate::model::script::{Script, Statement};
use crate::model::tls::PemSource;
use crate::proto::der;
use crate::spec::Level;
use crate::spec::lint::{Certificate, Findings};
use crate::words::pem;

/// Certificates that are looked into for one configuration.
const CERTIFICATES_MAX: usize = 1_000;

/// The `NAME=VALUE` lines of a file; `export`, comments and quotes are understood.
pub fn variables(text: &str) -> impl Iterator<Item = (String, Vec<u8>)> {
    text.lines().filter_map(|line| {
        let line = line.trim();
        let line = line.strip_prefix("export ").unwrap_or(line);
        let (name, value) = line.split_once('=').filter(|_| !line.starts_with('#'))?;
        let value = value.trim();
        let quoted = ['"', '\''].iter().find_map(|quote| value.strip_prefix(*quote)?.strip_suffix(*quote));
        Some((name.trim().to_owned(), quoted.unwrap_or(value).as_bytes().to_vec()))
    })
}

/// The certificates of `bind` lines that are on this machine.
pub fn certificates(draft: &Draft) -> Vec<Certificate> {
    // A folder stands for all that is in it.
    let files = certificate_files(draft).flat_map(|path| {
        let inside = (draft.noted.world.list)(path);
        if inside.is_empty() { vec![path.to_owned()] } else { inside }
    });
    let own = files.filter_map(|path| certificate(&path));
    own.chain(listed(draft)).take(CERTIFICATES_MAX).collect()
}

/// The certificates that a `crt-list` names. One that is not here covers what nobody can tell.
fn listed(draft: &Draft) -> impl Iterator<Item = Certificate> {
    let base = draft.global.crt_base.as_deref();
    let lines = draft.script.sections.iter().flat_map(|section| section.all("bind"));
    let lists: HashSet<&str> = lines.filter_map(|line| line.find("crt-list", 2).map(|at| line.word(at + 1))).collect();
    lists.into_iter().flat_map(move |list| {
        let text = world::bytes(&pem::under(list, base)).unwrap_or_default();
        let text = String::from_utf8_lossy(&text).into_owned();
        let names: Vec<String> = pem::list_lines(&text).map(|(_, line)| pem::list_name(line).to_owned()).collect();
        names.into_iter().map(move |name| {
            let known = certificate(&pem::under(&name, base));
            let unknown = || Certificate { file: name, not_after_s: i64::MAX, ..Certificate::default() };
            Certificate { list: Some(list.to_owned()), ..known.unwrap_or_else(unknown) }
        })
    })
}

fn certificate(path: &str) -> Option<Certificate> {
    let text = world::bytes(path)?;
    let leaf = CertificateDer::pem_slice_iter(&text).find_map(Result::ok)?;
    let facts = der::facts(&leaf)?;
    let named = if facts.dns_names.is_empty() { facts.common_names } else { facts.dns_names };
    let names = named.iter().map(|name| name.to_ascii_lowercase()).collect();
    Some(Certificate { file: path.to_owned(), list: None, names, not_after_s: facts.not_after_s })
}

/// Names of balancers that comments know, and what makes "balancer" one that stands in front.
const BALANCERS: [&str; 5] = ["alb", "elb", "albs", "elbs", "gclb"];
const IN_FRONT: [&str; 6] = ["behind", "front", "aws", "azure", "google", "cloud"];

/// A comment that tells of a balancer in front. An address of the web is no such thing.
pub fn balancer(sources: &[Source]) -> Option<Place> {
    let tells = |comment: &str| {
        let words: Vec<&str> = comment.split(|c: char| !c.is_ascii_alphanumeric()).collect();
        let is_in_front = words.iter().any(|word| IN_FRONT.contains(word));
        !comment.contains("://")
            && (words.iter().any(|word| BALANCERS.contains(word)) || comment.contains("balancer") && is_in_front)
    };
    (0..).zip(sources).find_map(|(index, (_, text))| {
        memchr::memmem::find(text, b"#")?;
        let (file, _) = parse(text);
        file.lines.iter().find_map(|line| {
            let span = line.comment?;
            let comment = String::from_utf8_lossy(file.slice(span)).to_ascii_lowercase();
            let place = Place { file: index, line: line.number, start: span.start, end: span.end };
            tells(&comment).then_some(place)
        })
    })
}

/// Lines that want a variable which is not set: they cannot be judged, and each variable is said once.
pub fn unset(
    sources: &[Source],
    variables: &Variables,
    script: &Script,
    options: &Options,
    findings: &mut Findings,
) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut said: HashSet<String> = HashSet::new();
    let level = if options.strict_env { Level::Error } else { Level::Note };
    findings.now = Some(("X004", level));
    let global = script.sections.iter().flat_map(|section| &section.lines);
    let own: HashSet<&str> =
        global.filter(|line| matches!(line.word(0), "setenv" | "presetenv")).map(|line| line.word(1)).collect();
    for (index, (_, text)) in (0..).zip(sources) {
        if memchr::memchr(b'$', text).is_none() {
            continue;
        }
        let (file, _) = parse(text);
        for line in &file.lines {
            for (name, span) in wanted(&file, line) {
                let known = variables.contains_key(&name) || own.contains(name.as_str()) || name.starts_with('.');
                if known || PREDEFINED.contains(&name.as_str()) {
                    continue;
                }
                lines.push((index, line.number));
                if said.insert(name.clone()) {
                    let place = Place { file: index, line: line.number, start: span.start, end: span.end };
                    findings
                        .at(place, format!("the variable '{name}' is not set on this machine"))
                        .help("give `--env-file FILE`, or a default: `\"${NAME-default}\"`");
                }
            }
        }
    }
    lines
}

/// Variables that HAProxy sets itself.
const PREDEFINED: [&str; 6] = [
    "HAPROXY_LOCALPEER",
    "HAPROXY_CFGFILES",
    "HAPROXY_MWORKER",
    "HAPROXY_CLI",
    "HAPROXY_MASTER_CLI",
    "HAPROXY_STARTUPLOGS_FD",
];

/// Keywords whose addresses expand variables that stand outside of quotes, too.
const WITH_ADDRESS: [&str; 8] =
    ["bind", "server", "server-template", "log", "source", "nameserver", "peer", "default-server"];

/// The variables without a default that a line wants.
fn wanted(file: &File, line: &ast::Line) -> Vec<(String, Span)> {
    let mut found = Vec::new();
    let first = line.words.first().map_or(&b""[..], |word| file.slice(word.span));
    let addresses = WITH_ADDRESS.iter().any(|word| word.as_bytes() == first);
    for piece in line.words.iter().flat_map(|word| &word.pieces) {
        match piece {
            Piece::Variable { name, default: None, span, .. } => found.push((name.to_string(), *span)),
            Piece::Text { bytes, span, .. } if addresses => {
                let asked = Asked::default();
                addr::expand(bytes, &asked);
                found.extend(asked.0.into_inner().into_iter().map(|name| (name, *span)));
            }
            _ => {}
        }
    }
    found
}

/// An environment that notes what it is asked for.
#[derive(Default)]
struct Asked(RefCell<Vec<String>>);

impl Environment for Asked {
    fn var(&self, name: &str) -> Option<Vec<u8>> {
        if !name.is_empty() {
            self.0.borrow_mut().push(name.to_owned());
        }
        None
    }
}

/// The files that `bind` lines take certificates from.
fn certificate_files(draft: &Draft) -> impl Iterator<Item = &str> {
    let binds = draft.proxies.iter().flat_map(|proxy| &proxy.binds);
    binds.flat_map(|bind| &bind.tls.certificates).filter_map(|source| match &source.pem {
        PemSource::File(path) => path.to_str(),
        PemSource::Bytes { .. } => None,
    })
}

/// Asks for the files of TLS, which lowering does not open in a world that is not real.
pub fn tls_files(draft: &Draft) {
    for path in certificate_files(draft) {
        let _ = (draft.noted.world.kind)(path);
    }
}

/// Adds a finding for each thing that is absent, at the word that names it.
pub fn add(script: &Script, absent: &[Absent], options: &Options, findings: &mut Findings) {
    let level = if options.strict_env { Level::Error } else { Level::Note };
    for what in absent {
        let Some(place) = find(script, what.name()) else { continue };
        let (code, kind, advice) = match what {
            Absent::File(_) => ("X001", "file", "give `--root DIR` when it is kept elsewhere on this machine"),
            Absent::User(_) => ("X002", "user", "make sure that it exists where this will run"),
            Absent::Group(_) => ("X002", "group", "make sure that it exists where this will run"),
            Absent::Host(_) => ("X003", "host", "HAProxy resolves it when it starts, and does not start without it"),
        };
        findings.now = Some((code, level));
        findings.at(place, format!("the {kind} '{}' is not on this machine", what.name())).help(advice);
    }
}

/// The first word that names this.
fn find(script: &Script, name: &str) -> Option<Place> {
    let lines = script.sections.iter().flat_map(|section| std::iter::once(&section.header).chain(&section.lines));
    let at = |line: &Statement, matches: &dyn Fn(&str) -> bool| {
        (0..line.words.len()).find(|at| matches(line.word(*at))).map(|at| line.at(at))
    };
    let ending = name.rsplit('/').next().unwrap_or(name);
    lines
        .clone()
        .find_map(|line| at(line, &|word| word == name))
        .or_else(|| lines.clone().find_map(|line| at(line, &|word| word.contains(name))))
        .or_else(|| lines.clone().find_map(|line| at(line, &|word| !ending.is_empty() && word.contains(ending))))
}
