//! Draft to config: names become ids, settings are completed, and what does not fit together is said.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::base::diag::{Diagnostic, Place, Severity};
use crate::base::ids::{ProxyId, ServerId, TargetId};
use crate::model::config::{BackendChoice, Config, Proxy, ServerChoice};
use crate::model::draft::{self, Draft, ReferenceKind, Sections, Target};
use crate::model::global::Global;
use crate::model::log_target::{Level, LogTarget};
use crate::model::proxy::{Kind, LogRef, Mode, Options, Settings};
use crate::words;

/// Connections the system may hold back when neither `backlog` nor `maxconn` says; the system's own limit is lower.
const BACKLOG_DEFAULT: u32 = 65_535;

/// Makes the final configuration. Without fatal diagnostics the answer is one.
pub fn resolve(mut draft: Draft) -> (Option<Config>, Vec<Diagnostic>) {
    let said = std::mem::take(&mut draft.diagnostics);
    let mut resolver = Resolver { said, names: HashMap::new(), targets: Vec::new() };
    for (at, proxy) in draft.proxies.iter().enumerate() {
        let id = ProxyId(at as u32);
        if proxy.kind.is_backend() {
            resolver.names.entry(proxy.name.clone()).or_insert(id);
        }
    }
    resolver.references(&draft);
    let mut servers = Vec::with_capacity(draft.proxies.iter().map(|proxy| proxy.servers.len()).sum());
    let mut binds = Vec::new();
    let mut proxies = Vec::with_capacity(draft.proxies.len());
    let global = std::mem::take(&mut draft.global);
    for (at, proxy) in std::mem::take(&mut draft.proxies).into_iter().enumerate() {
        let id = ProxyId(at as u32);
        proxies.push(resolver.proxy(id, *proxy, &global, &mut servers, &mut binds));
    }
    let config = Config {
        global,
        proxies,
        servers,
        binds,
        targets: resolver.targets,
        userlists: draft.userlists,
        asks_server_local: draft.asks_server_local,
    };
    let failed = resolver.said.iter().any(|said| said.severity == Severity::Fatal);
    ((!failed).then_some(config), resolver.said)
}

struct Resolver {
    said: Vec<Diagnostic>,
    names: HashMap<String, ProxyId>,
    targets: Vec<Arc<LogTarget>>,
}

impl Resolver {
    fn fatal(&mut self, place: Place, message: String) {
        self.said.push(Diagnostic::bare(Severity::Fatal, place, message));
    }

    fn references(&mut self, draft: &Draft) {
        let proxies: HashSet<&str> = draft.proxies.iter().map(|proxy| proxy.name.as_str()).collect();
        let userlists: HashSet<&str> = draft.userlists.iter().map(|list| list.name.as_str()).collect();
        let pages: HashSet<&str> = draft.http_errors.iter().map(|(name, _)| name.as_str()).collect();
        for reference in &draft.references {
            let known = match reference.kind {
                ReferenceKind::Backend | ReferenceKind::Table => &proxies,
                ReferenceKind::Userlist => &userlists,
                ReferenceKind::HttpErrors => &pages,
            };
            let known = known.contains(reference.name.as_str());
            if !known {
                self.said.push(Diagnostic::at(Severity::Fatal, reference.place, &reference.message));
            }
        }
    }

    fn proxy(
        &mut self,
        id: ProxyId,
        proxy: draft::Proxy,
        global: &Global,
        servers: &mut Vec<(ProxyId, crate::model::server::Server)>,
        binds: &mut Vec<(ProxyId, crate::model::bind::Bind)>,
    ) -> Proxy {
        let mut settings = proxy.settings;
        if settings.mode == Mode::Tcp && !matches!(proxy.kind, Kind::Backend) {
            settings.default_backend = settings.default_backend.filter(|(name, _)| !name.is_empty());
        }
        let mut ids = Vec::with_capacity(proxy.servers.len());
        let mut server_names = HashMap::new();
        for mut server in proxy.servers {
            let server_id = ServerId(servers.len() as u32);
            if server.options.dial.source.is_none() {
                server.options.dial.source.clone_from(&settings.source);
            }
            server_names.insert(server.name.clone(), server_id);
            ids.push(server_id);
            servers.push((id, server));
        }
        if proxy.kind.is_frontend() {
            let mode = settings.mode;
            let backlog = settings.backlog.or(settings.maxconn).unwrap_or(0);
            let backlog = if backlog == 0 { BACKLOG_DEFAULT } else { backlog };
            let late_ack = acknowledges_late(&settings);
            binds.extend(proxy.binds.into_iter().map(|mut bind| {
                bind.io.late_ack = late_ack;
                (id, finish_bind(bind, mode, backlog, global))
            }));
        }
        let use_backend =
            proxy.use_backend.into_iter().filter_map(|switch| self.backend_choice(&proxy.name, switch)).collect();
        let use_server = proxy
            .use_server
            .into_iter()
            .filter_map(|switch| self.server_choice(&proxy.name, &server_names, switch))
            .collect();
        let wanted = settings.default_backend.as_ref().filter(|_| !settings.disabled);
        let default_backend = self.default_backend(id, proxy.kind, &proxy.name, wanted);
        let targets = settings.logs.iter().flat_map(|log| match log {
            LogRef::Global => global.logs.clone(),
            LogRef::Target(target) => vec![target.clone()],
        });
        let targets: Vec<Arc<LogTarget>> = targets.collect();
        let targets = targets.into_iter().map(|target| self.target(target)).collect();
        let pick = self.pick(proxy.kind, &proxy.name, &settings, proxy.place);
        Proxy {
            kind: proxy.kind,
            name: proxy.name,
            settings,
            rules: proxy.rules,
            use_backend,
            default_backend,
            use_server,
            monitor_fail: proxy.monitor_fail,
            persist: proxy.persist,
            request_captures: proxy.request_captures,
            response_captures: proxy.response_captures,
            servers: ids,
            pick,
            targets,
            log_level_default: Level::Info,
        }
    }

    fn pick(
        &mut self,
        kind: Kind,
        name: &str,
        settings: &crate::model::proxy::Settings,
        place: Place,
    ) -> Option<Arc<dyn crate::sample::Pick>> {
        if !kind.is_backend() {
            return None;
        }
        let wanted = if settings.balance.name.is_empty() { "roundrobin" } else { settings.balance.name };
        let spec = words::balances().find(|balance| balance.name == wanted)?;
        match (spec.build)(settings) {
            Ok(pick) => Some(pick),
            Err(message) => {
                self.fatal(place, format!("config : backend '{name}' : {message}"));
                None
            }
        }
    }

    fn target(&mut self, target: Arc<LogTarget>) -> TargetId {
        let at = self.targets.iter().position(|known| *known == target).unwrap_or_else(|| {
            self.targets.push(target);
            self.targets.len() - 1
        });
        TargetId(at as u32)
    }

    fn default_backend(
        &mut self,
        id: ProxyId,
        kind: Kind,
        name: &str,
        wanted: Option<&(String, Place)>,
    ) -> Option<ProxyId> {
        if !kind.is_frontend() {
            return None;
        }
        match wanted {
            None => (kind == Kind::Listen).then_some(id),
            Some((wanted, place)) => match self.names.get(wanted) {
                Some(found) => Some(*found),
                None => {
                    self.fatal(*place, format!("Proxy '{name}': unable to find required default_backend: '{wanted}'."));
                    None
                }
            },
        }
    }

    fn backend_choice(
        &mut self,
        proxy: &str,
        switch: draft::Switch,
    ) -> Option<(BackendChoice, Option<crate::sample::Cond>)> {
        let choice = match switch.target {
            Target::Format(format) => BackendChoice::Format(format),
            Target::Name(name) => match self.names.get(&name) {
                Some(found) => BackendChoice::Proxy(*found),
                None => {
                    let message = format!("Proxy '{proxy}': unable to find required use_backend: '{name}'.");
                    self.fatal(switch.place, message);
                    return None;
                }
            },
        };
        Some((choice, switch.cond))
    }

    fn server_choice(
        &mut self,
        proxy: &str,
        names: &HashMap<String, ServerId>,
        switch: draft::Switch,
    ) -> Option<(ServerChoice, Option<crate::sample::Cond>)> {
        let choice = match switch.target {
            Target::Format(format) => ServerChoice::Format(format),
            Target::Name(name) => match names.get(&name) {
                Some(found) => ServerChoice::Server(*found),
                None => {
                    let message = format!(
                        "config : Proxy '{proxy}': unable to find server '{name}' in backend '{proxy}' referenced in a 'use-server' rule."
                    );
                    self.fatal(switch.place, message);
                    return None;
                }
            },
        };
        Some((choice, switch.cond))
    }
}

/// `option tcp-smart-accept`, which is on in mode http unless it was said otherwise.
fn acknowledges_late(settings: &Settings) -> bool {
    match settings.options_said & Options::SMART_ACCEPT {
        0 => settings.mode == Mode::Http,
        _ => settings.options.has(Options::SMART_ACCEPT),
    }
}

/// What the global section says about TLS, where the line itself says nothing.
fn finish_bind(
    mut bind: crate::model::bind::Bind,
    mode: Mode,
    backlog: u32,
    global: &Global,
) -> crate::model::bind::Bind {
    use crate::model::tls::{ClientAuth, Versions};
    if let Some(authorities) = bind.authorities.take() {
        bind.tls.client_auth = match bind.tls.client_auth {
            ClientAuth::None => ClientAuth::None,
            ClientAuth::Optional(_) => ClientAuth::Optional(authorities),
            ClientAuth::Required(_) => ClientAuth::Required(authorities),
        };
    }
    if bind.io.backlog == 0 {
        bind.io.backlog = backlog;
    }
    if !bind.alpn_said && mode == Mode::Http {
        bind.tls.alpn = vec![b"http/1.1".to_vec()];
    }
    // A protocol that is not spoken here yet is not offered: clients then agree on HTTP/1.1.
    bind.tls.alpn.retain(|name| name != b"h2");
    let defaults = &global.tls_bind;
    if bind.tls.versions == Versions::default() {
        bind.tls.versions = defaults.versions;
    }
    bind.tls.ciphers.tls12 = bind.tls.ciphers.tls12.or_else(|| defaults.ciphers.tls12.clone());
    bind.tls.ciphers.tls13 = bind.tls.ciphers.tls13.or_else(|| defaults.ciphers.tls13.clone());
    if bind.tls.curves.is_empty() {
        bind.tls.curves.clone_from(&defaults.curves);
    }
    bind.tls.no_tickets |= defaults.no_tickets;
    bind.tls.strict_sni |= defaults.strict_sni;
    bind.tls.prefer_client_ciphers |= defaults.prefer_client_ciphers;
    bind
}

/// The section bits of proxies that have a backend side.
pub const BACKENDS: Sections = Sections::BACKEND.and(Sections::LISTEN);
