//! The only step that looks outside: error files are read and host names are resolved. Certificates are read by the
//! TLS rooms when their sockets are made.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;

use crate::base::diag::{Diagnostic, Place, Severity};
use crate::base::ids::{ProxyId, ServerId};
use crate::model::addr::Address;
use crate::model::draft::{Draft, Other, Proxy, Sections, Unsupported, Userlist};
use crate::model::late::{Late, Outside, ProxyFacts};
use crate::model::log_target::{LogAddress, LogTarget};
use crate::model::proxy::{ErrorPage, Kind, LogRef};
use crate::model::world::World as Machine;
use crate::registry::Registry;
use crate::sample::format::Escape;
use crate::sample::{Columns, Entry, Format, List};
use crate::spec::compile;

/// Reads and resolves what the draft names. `ignore_failures` lets servers without an address pass (`-dr`).
pub fn gather(draft: &mut Draft, ignore_failures: bool) {
    let mut said = Vec::new();
    let files = draft.files.clone();
    let machine = draft.noted.world;
    for proxy in draft.proxies.iter_mut().filter(|proxy| !proxy.settings.disabled) {
        binds(proxy, &machine, &mut said);
        servers(proxy, ignore_failures, &files, &machine, &mut said);
        for log in &mut proxy.settings.logs {
            if let LogRef::Target(target) = log {
                log_target(target, proxy.place, &machine, &mut said);
            }
        }
    }
    for target in &mut draft.global.logs {
        log_target(target, Place::default(), &machine, &mut said);
    }
    let unresolved = said.iter().any(|said| said.severity == Severity::Fatal);
    if unresolved {
        let text = "Failed to initialize server(s) addr.";
        said.push(Diagnostic::bare(Severity::Alert, Place::default(), text));
    }
    complete(draft, &mut said);
    draft.diagnostics.extend(said);
}

/// Runs what words left to be done once files and names are known.
fn complete(draft: &mut Draft, said: &mut Vec<Diagnostic>) {
    let late = draft.late.take();
    let mut world =
        World { draft, files: HashMap::new(), lists: HashMap::new(), place: Place::default(), unsupported: Vec::new() };
    for Late { place, step, .. } in late {
        world.place = place;
        if let Err(message) = step(&mut world) {
            said.push(Diagnostic::at(Severity::Fatal, place, message));
        }
    }
    let challenges = draft.others.iter().filter_map(|other| Some((other, challenges(other)?)));
    let lost: Vec<_> = challenges.filter(|(_, map)| !world.lists.contains_key(*map)).collect();
    for (other, map) in &lost {
        let at =
            format!("{}:{}", draft.files.get(other.place.file as usize).map_or("", String::as_str), other.place.line);
        let text = format!(
            "acme section '{}' line [{at}] has the map '{map}' configured, but this map doesn't exist",
            other.name
        );
        said.push(Diagnostic::bare(Severity::Fatal, other.place, text));
    }
    if !lost.is_empty() {
        said.push(Diagnostic::bare(Severity::Alert, Place::default(), "Fatal errors found in configuration."));
    }
    let unsupported = world.unsupported;
    draft.unsupported.extend(unsupported);
}

/// The map that an `acme` section puts its challenges into.
fn challenges(other: &Other) -> Option<&str> {
    let said = other.said.iter().rfind(|(word, _)| other.section == Sections::ACME && word == "map");
    said.map(|(_, map)| map.as_str())
}

/// The files, read once each, and the names of the draft.
struct World<'a> {
    draft: &'a Draft,
    files: HashMap<String, Arc<[u8]>>,
    lists: HashMap<String, Arc<List>>,
    /// The line whose step is being done.
    place: Place,
    unsupported: Vec<Unsupported>,
}

/// The entries of a file: a pattern a line, or a key up to the first blank and a value behind it. Blank lines and
/// comments are left out.
fn entries(name: &str, columns: Columns, world: &mut World<'_>) -> Result<Vec<Entry>, String> {
    let (path, optional) = match name.split_once('@') {
        Some(("opt", path)) => (path, true),
        Some(("virt", _)) => return Ok(Vec::new()),
        Some(("file", path)) => (path, false),
        _ => (name, false),
    };
    let text = match world.file(path) {
        Ok(text) => text,
        Err(_) if optional => return Ok(Vec::new()),
        Err(_) => return Err(format!("failed to open pattern file <{path}>.")),
    };
    // Blanks behind a pattern belong to it.
    let trimmed = |line: &'_ [u8]| -> Vec<u8> {
        let line = line.strip_suffix(b"\r").unwrap_or(line).trim_ascii_start();
        if columns == Columns::One { line.to_vec() } else { line.trim_ascii_end().to_vec() }
    };
    let lines = (1..).zip(text.split(|&byte| byte == b'\n').map(trimmed));
    let lines = lines.filter(|(_, text)| !text.is_empty() && !text.starts_with(b"#"));
    let entry = |(line, text): (usize, Vec<u8>)| {
        let blank = |byte: &u8| matches!(byte, b' ' | b'\t') && columns == Columns::Two;
        let (key, value) = text.split_at(text.iter().position(blank).unwrap_or(text.len()));
        Entry { key: key.to_vec(), value: value.trim_ascii_start().to_vec(), line }
    };
    Ok(lines.map(entry).collect())
}

impl World<'_> {
    fn proxy(&self, name: &str, fits: impl Fn(Kind) -> bool) -> Option<ProxyId> {
        let at = self.draft.proxies.iter().position(|proxy| proxy.name == name && fits(proxy.kind))?;
        Some(ProxyId(at as u32))
    }
}

impl Outside for World<'_> {
    fn not_yet(&mut self, word: String) {
        self.unsupported.push(Unsupported { word, place: self.place });
    }

    fn file(&mut self, path: &str) -> Result<Arc<[u8]>, String> {
        if let Some(known) = self.files.get(path) {
            return Ok(known.clone());
        }
        let bytes: Arc<[u8]> = (self.draft.noted.world.read)(path)?.into();
        self.files.insert(path.to_owned(), bytes.clone());
        Ok(bytes)
    }

    fn list(&mut self, name: &str, columns: Columns) -> Result<Arc<List>, String> {
        match self.lists.get(name) {
            Some(known) if known.columns == columns => return Ok(known.clone()),
            Some(known) => {
                let words = |columns| if columns == Columns::One { "one" } else { "two" };
                let (is, wanted) = (words(known.columns), words(columns));
                return Err(format!(
                    "The file \"{name}\" is already used as {is} column file and cannot be used by as {wanted} column file."
                ));
            }
            None => {}
        }
        let list = List::new(name, columns, entries(name, columns, self)?);
        self.lists.insert(name.to_owned(), list.clone());
        Ok(list)
    }

    fn known_list(&self, name: &str) -> Option<Arc<List>> {
        self.lists.get(name).cloned()
    }

    fn backend(&self, name: &str) -> Option<ProxyId> {
        self.proxy(name, Kind::is_backend)
    }

    fn frontend(&self, name: &str) -> Option<ProxyId> {
        self.proxy(name, Kind::is_frontend)
    }

    fn proxies(&self) -> Vec<ProxyFacts> {
        let facts = |proxy: &Proxy| ProxyFacts {
            timeouts: proxy.settings.timeouts,
            default_backend: proxy.settings.default_backend.as_ref().map(|(name, _)| name.as_str().into()),
        };
        self.draft.proxies.iter().map(Box::as_ref).map(facts).collect()
    }

    fn server(&self, backend: &str, name: &str) -> Option<ServerId> {
        let backend = self.backend(backend)?.index();
        let before: usize = self.draft.proxies.iter().take(backend).map(|proxy| proxy.servers.len()).sum();
        let at = self.draft.proxies.get(backend)?.servers.iter().position(|server| server.name == name)?;
        Some(ServerId((before + at) as u32))
    }

    fn userlist(&self, name: &str) -> Option<Arc<Userlist>> {
        self.draft.userlists.iter().find(|list| list.name == name).cloned().map(Arc::new)
    }

    fn error_page(&mut self, section: &str, status: u16) -> Option<ErrorPage> {
        let pages = &self.draft.http_errors.iter().find(|(name, _)| name == section)?.1;
        let page = pages.get(&status)?.clone();
        Some(match page {
            ErrorPage::File(path, _) => {
                let bytes = self.file(&path).ok()?;
                ErrorPage::File(path, Bytes::copy_from_slice(&bytes))
            }
            other => other,
        })
    }

    fn format(&self, text: &[u8]) -> Result<Format, String> {
        compile::format(text, &Registry, self.draft, Escape::None).map(|(format, _)| format)
    }
}

fn binds(proxy: &mut Proxy, machine: &Machine, said: &mut Vec<Diagnostic>) {
    for bind in &mut proxy.binds {
        for (name, first, last) in std::mem::take(&mut bind.unresolved) {
            match resolve(machine, &name, first) {
                Some(address) => {
                    let ip = address.ip();
                    bind.io.addresses.extend((first..=last).map(|port| Address::Inet(SocketAddr::new(ip, port))));
                }
                None => {
                    let message = format!("'bind' : invalid address: '{name}' in '{}'", bind.source);
                    said.push(Diagnostic::at(Severity::Fatal, bind.place, message));
                }
            }
        }
    }
}

fn servers(proxy: &mut Proxy, ignore_failures: bool, files: &[String], machine: &Machine, said: &mut Vec<Diagnostic>) {
    for server in &mut proxy.servers {
        if server.address.is_some() {
            continue;
        }
        let (host, port) = server.host.rsplit_once(':').unwrap_or((&server.host, "0"));
        let file = files.get(server.place.file as usize).map_or("", String::as_str);
        let title = format!("[{file}:{}] : 'server {}/{}' : ", server.place.line, proxy.name, server.name);
        let late = server.options.resolvers.is_some() || ignore_failures;
        let usual = if late { "last,libc,none" } else { "last,libc" };
        let methods = server.options.init_addr.clone().unwrap_or_else(|| usual.to_owned());
        let service = host.starts_with('_');
        let port = port.parse().unwrap_or(0);
        let mut asked = false;
        let mut settled = false;
        for method in methods.split(',') {
            match method {
                "libc" if !service => {
                    asked = true;
                    server.address = resolve(machine, host, port).map(Address::Inet);
                }
                "libc" | "last" => {}
                "none" => {
                    if asked {
                        let message = format!("{title}could not resolve address '{host}', disabling server.");
                        said.push(Diagnostic::bare(Severity::Notice, server.place, message));
                    }
                    server.options.disabled = true;
                    settled = true;
                }
                literal => {
                    if asked {
                        let message =
                            format!("{title}could not resolve address '{host}', falling back to configured address.");
                        said.push(Diagnostic::bare(Severity::Notice, server.place, message));
                    }
                    server.address = literal.parse().ok().map(|ip| Address::Inet(SocketAddr::new(ip, port)));
                }
            }
            if server.address.is_some() || settled {
                break;
            }
        }
        if server.address.is_none() && !settled {
            let why = if asked { "could not resolve address" } else { "no method found to resolve address" };
            said.push(Diagnostic::bare(Severity::Fatal, server.place, format!("{title}{why} '{host}'.")));
        }
    }
}

fn log_target(target: &mut Arc<LogTarget>, place: Place, machine: &Machine, said: &mut Vec<Diagnostic>) {
    let LogAddress::Name(name, port) = &target.address else { return };
    match resolve(machine, name, *port) {
        Some(address) => Arc::make_mut(target).address = LogAddress::Udp(address),
        None => {
            let message = format!("log : invalid address: '{name}' in '{name}:{port}'");
            said.push(Diagnostic::at(Severity::Fatal, place, message));
        }
    }
}

/// The first address of a host, IPv4 preferred as the system orders them.
fn resolve(machine: &Machine, host: &str, port: u16) -> Option<SocketAddr> {
    (machine.host)(host).map(|ip| SocketAddr::new(ip, port))
}
