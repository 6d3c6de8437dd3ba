//! Names used as arguments: tables, caches, userlists, and those in sample expressions.

use std::collections::HashMap;

use super::{Checker, word};
use crate::model::draft::{Current, Draft, Proxy, Sections};
use crate::model::facts::{Bandwidth, FilterKind};
use crate::model::noted::{Use, UseKind};
use crate::sample::Type;

/// The uses of each section, in order. Those of a `defaults` count for every proxy that has it.
pub(super) fn by_section(draft: &Draft) -> HashMap<Current, Vec<&Use>> {
    let mut sections: HashMap<Current, Vec<&Use>> = HashMap::new();
    for used in &draft.uses {
        sections.entry(used.section).or_default().push(used);
    }
    for (at, proxy) in draft.proxies.iter().enumerate() {
        let Some(handed) = proxy.from.and_then(|from| sections.get(&Current::Defaults(from)).cloned()) else {
            continue;
        };
        sections.entry(Current::Proxy(at)).or_default().splice(0..0, handed);
    }
    sections
}

impl Checker<'_> {
    /// Things that rules and lines name: tables, caches, filters, sections.
    pub(super) fn things(&mut self, proxy: &Proxy, uses: &[&Use]) {
        for used in uses {
            self.thing(proxy, used);
        }
        self.filters(proxy, uses);
        self.things_of_lines(proxy);
        self.error_sections(proxy);
    }

    fn thing(&mut self, proxy: &Proxy, used: &Use) {
        let name = &proxy.name;
        let wanted = if used.name.is_empty() { name } else { &used.name };
        let place = used.place;
        match used.kind {
            UseKind::Track(key) => {
                let owner = &used.owner;
                match self.key_of(wanted) {
                    None => self.fatal(
                        place,
                        format!("Proxy '{name}': unable to find table '{wanted}' referenced by {owner}."),
                    ),
                    Some(kind) if !key.casts_to(kind) => {
                        let what = format!("uses a type incompatible with the '{owner}' rule");
                        self.fatal(place, format!("Proxy '{name}': stick-table '{wanted}' {what}."));
                    }
                    Some(_) => {}
                }
            }
            UseKind::Resolvers if !self.resolvers(&used.name) => {
                let wanted = &used.name;
                let text = format!("Proxy '{name}': Can't find resolvers section '{wanted}' for do-resolve action.");
                self.fatal(place, text);
            }
            UseKind::Bandwidth if !proxy.facts.bandwidths.is_empty() => self.shared_bandwidth(proxy, used),
            UseKind::Bandwidth => {
                let wanted = &used.name;
                self.fatal(
                    place,
                    format!(
                        "Proxy '{name}': unable to find bwlim filter '{wanted}' referenced by set-bandwidth-limit rule."
                    ),
                );
            }
            UseKind::Capture => self.capture(proxy, used),
            UseKind::Engine => self.engine(proxy, used),
            UseKind::Tracing if !proxy.facts.tracing.contains(&used.name) => {
                let (filter, group) = (&used.name, &used.owner);
                let text = format!(
                    "Proxy '{name}': unable to find the OpenTracing filter '{filter}' used by the ot-group '{group}'."
                );
                self.fatal(place, text);
            }
            UseKind::Errors if !self.draft.http_errors.iter().any(|(known, _)| *known == used.name) => {
                let text = format!(
                    "Proxy '{name}': unknown http-errors section '{}' referenced by an http reply .",
                    used.name
                );
                self.fatal(place, text);
            }
            _ => {}
        }
    }

    /// What lines other than rules name.
    fn things_of_lines(&mut self, proxy: &Proxy) {
        let name = &proxy.name;
        for filter in &proxy.facts.bandwidths {
            self.bandwidth_table(proxy, filter);
        }
        for (table, key) in &proxy.facts.sticks {
            match self.key_of(table) {
                None => self.fatal(proxy.place, format!("Proxy '{name}': unable to find stick-table '{table}'.")),
                Some(kind) if !key.casts_to(kind) => {
                    let text = format!("Proxy '{name}': type of fetch not usable with type of stick-table '{table}'.");
                    self.fatal(proxy.place, text);
                }
                Some(_) => {}
            }
        }
        let peers = proxy.facts.table.as_ref().and_then(|table| table.peers.as_ref());
        if let Some(peers) = peers.filter(|peers| !self.other(Sections::PEERS, peers)) {
            self.fatal(proxy.place, format!("Proxy '{name}': unable to find sync peers '{peers}'."));
        }
        let target = proxy.facts.table.as_ref().and_then(|table| table.write_to.as_ref());
        if let Some(target) = target.filter(|target| !self.tables.contains_key(target.as_str())) {
            let text =
                format!("Proxy '{name}': failed to initialize stick-table: write-to: table '{target}' doesn't exist.");
            self.fatal(proxy.place, text);
        }
        for app in &proxy.facts.fcgi {
            if !self.other(Sections::FCGI_APP, app) {
                self.fatal(proxy.place, format!("proxy '{name}' : fcgi-app '{app}' not found."));
            }
            if !proxy.servers.iter().any(|server| server.options.facts.proto.as_deref() == Some("fcgi")) {
                self.fatal(proxy.place, format!("proxy '{name}': FCGI app configured but no FCGI server found."));
            }
        }
    }

    /// The engine and the group of a SPOE action.
    fn engine(&mut self, proxy: &Proxy, used: &Use) {
        let (name, engine, group) = (&proxy.name, &used.name, &used.owner);
        let agent = proxy.facts.agents.iter().find(|agent| agent.engine == *engine);
        let text = match agent {
            None => format!("unable to find SPOE engine '{engine}' used by the send-spoe-group '{group}'."),
            Some(agent) if !agent.groups.contains(group) => {
                format!("unable to find SPOE group '{group}' into SPOE engine '{engine}' configuration.")
            }
            Some(_) => return,
        };
        self.fatal(used.place, format!("Proxy '{name}': {text}"));
    }

    /// What streams share cannot be said for one of them.
    fn shared_bandwidth(&mut self, proxy: &Proxy, used: &Use) {
        let shared = proxy.facts.bandwidths.iter().any(|known| known.name == used.name && known.table.is_some());
        if shared && !used.owner.is_empty() {
            let text = format!("cannot define a {} for a shared bwlim filter.", used.owner);
            self.fatal(used.place, format!("Proxy '{}': set-bandwidth-limit rule {text}", proxy.name));
        }
    }

    /// The table of a limit that streams share is there and counts bytes.
    fn bandwidth_table(&mut self, proxy: &Proxy, filter: &Bandwidth) {
        let Some(table) = &filter.table else { return };
        let (name, own) = (&proxy.name, &filter.name);
        let known = self.draft.proxies.iter().filter(|known| known.name == *table);
        let known = known.filter_map(|known| known.facts.table.as_ref()).next();
        let text = match known {
            None => format!("unable to find table '{table}' referenced by bwlim filter '{own}'"),
            Some(known) if !known.stores.contains(&filter.rate) => format!(
                "stick-table '{table}' uses a data type incompatible with bwlim filter '{own}'. It must be '{}'",
                filter.rate
            ),
            Some(_) => return,
        };
        self.fatal(proxy.place, format!("Proxy {name} : {text}"));
    }

    /// Filters that the proxy's lines do not put in an order that works, and caches that are not there.
    pub(super) fn filters(&mut self, proxy: &Proxy, uses: &[&Use]) {
        let title = format!("config: {} '{}'", word(proxy.kind), proxy.name);
        let filters = &proxy.facts.filters;
        let own = |kind: &FilterKind| matches!(kind, FilterKind::Other);
        let packing = filters.iter().position(|kind| *kind == FilterKind::Compression);
        let said = proxy.facts.said.contains("compression");
        // A cache that only rules name stands where the first of them does.
        let place = proxy.facts.compressed_at;
        let mut caches: Vec<(&str, bool, bool)> = Vec::new();
        for (at, kind) in filters.iter().enumerate() {
            if let FilterKind::Cache(name) = kind {
                caches.push((name, true, packing.is_some_and(|packing| packing < at)));
            }
        }
        for used in uses.iter().filter(|used| matches!(used.kind, UseKind::Cache)) {
            if !caches.iter().any(|(known, ..)| *known == used.name) {
                let late = place.is_some_and(|place| (place.file, place.line) < (used.place.file, used.place.line));
                caches.push((&used.name, false, late));
            }
        }
        let mixed = filters.iter().any(own);
        if said && packing.is_none() && mixed {
            self.fatal(proxy.place, format!("{title}: require an explicit filter declaration to use HTTP compression"));
        }
        if said && caches.iter().any(|(_, _, late)| *late) {
            let text = "unable to enable the compression filter before any cache filter.";
            self.fatal(proxy.place, format!("{title}: {text}"));
        }
        for (cache, written, late) in caches {
            if !self.other(Sections::CACHE, cache) {
                self.no_cache(proxy, cache);
            } else if !written && mixed {
                let text = format!("require an explicit filter declaration to use the cache '{cache}'.");
                self.fatal(proxy.place, format!("{title}: {text}"));
            } else if late {
                let text = format!("unable to enable the compression filter before the cache '{cache}'.");
                self.fatal(proxy.place, format!("{title}: {text}"));
            }
        }
    }

    fn no_cache(&mut self, proxy: &Proxy, cache: &str) {
        let text = format!(
            "config: {} '{}': unable to find the cache '{cache}' referenced by the filter 'cache'.",
            word(proxy.kind),
            proxy.name
        );
        self.fatal(proxy.place, text);
    }

    fn capture(&mut self, proxy: &Proxy, used: &Use) {
        let id: usize = used.name.parse().unwrap_or(usize::MAX);
        let on_response = used.owner.starts_with("http-response") || used.owner.starts_with("http-after-response");
        // Slots are of the proxy: a rule of `defaults` finds none.
        let handed = matches!(used.section, Current::Defaults(_));
        let slots = if handed {
            0
        } else if on_response {
            proxy.response_captures.len()
        } else {
            proxy.request_captures.len()
        };
        if proxy.kind.is_frontend() && id >= slots {
            let text = format!(
                "Proxy '{}': unable to find capture id '{}' referenced by {} rule.",
                proxy.name, used.name, used.owner
            );
            self.fatal(used.place, text);
        }
    }

    fn error_sections(&mut self, proxy: &Proxy) {
        let handed = proxy.from.and_then(|from| self.draft.defaults.get(from)).map(|from| &from.facts.error_sections);
        for (name, codes, place) in handed.into_iter().flatten().chain(&proxy.facts.error_sections) {
            let at = self.at(*place);
            let Some((_, pages)) = self.draft.http_errors.iter().find(|(known, _)| known == name) else {
                let text = format!("proxy '{}': unknown http-errors section '{name}' (at {at}).", proxy.name);
                self.fatal(*place, text);
                continue;
            };
            for code in codes.iter().filter(|code| !pages.contains_key(code)) {
                let text = format!("status '{code}' not declared in http-errors section '{name}' (at {at}).");
                self.warn(*place, format!("config: proxy '{}' : {text}", proxy.name));
            }
        }
    }

    /// Whether there is a `resolvers` section of this name; `default` always is.
    pub(super) fn resolvers(&self, name: &str) -> bool {
        name == "default" || self.other(Sections::RESOLVERS, name)
    }

    /// The names in sample expressions, told together.
    pub(super) fn arguments(&mut self, proxy: &Proxy, uses: &[&Use]) {
        let said: Vec<String> = uses.iter().filter_map(|used| self.argument(proxy, used)).collect();
        match said.as_slice() {
            [] => {}
            [only] => self.fatal(proxy.place, only.clone()),
            several => {
                let list = several.join("\n        ");
                self.fatal(proxy.place, format!("multiple argument resolution errors:\n        {list}"));
            }
        }
    }

    /// The groups that tests name exist in their list of users.
    pub(super) fn groups(&mut self, proxy: &Proxy) {
        let tests = self.draft.noted.groups.borrow();
        for test in tests.iter() {
            let own = self.draft.proxy_at(test.section).is_some_and(|own| std::ptr::eq(own, proxy));
            let Some(list) = self.draft.userlists.iter().find(|list| own && list.name == test.list) else { continue };
            let known = |group: &&String| !list.groups.iter().any(|(name, _)| name == *group);
            if let Some(bad) = test.groups.iter().find(known) {
                let text = format!("proxy {}: acl {} http_auth_group(): invalid group '{bad}'.", proxy.name, test.acl);
                self.fatal(test.place, text);
            }
        }
    }

    /// What is wrong with one name, if something is.
    fn argument(&self, proxy: &Proxy, used: &Use) -> Option<String> {
        let own = &proxy.name;
        let name = if used.name.is_empty() { own } else { &used.name };
        let (owner, at) = (&used.owner, self.at(used.place));
        let place = format!("parsing [{at}]:");
        let front = self.frontends.contains_key(name.as_str());
        let back = self.backends.contains_key(name.as_str());
        match used.kind {
            UseKind::Backend if !back && front => {
                Some(format!("{place} proxy '{name}',{owner} in proxy '{own}', has not backend capability."))
            }
            UseKind::Backend if !back => {
                Some(format!("{place} unable to find backend '{name}'{owner} in proxy '{own}'."))
            }
            UseKind::Frontend if !front && back && used.name.is_empty() => {
                Some(format!("{place} proxy '{name}',{owner} in proxy '{own}', has not frontend capability."))
            }
            UseKind::Frontend if !front => {
                Some(format!("{place} unable to find frontend '{name}'{owner} in proxy '{own}'."))
            }
            UseKind::Table if self.key_of(name).is_none() => {
                Some(format!("{place} unable to find table '{name}'{owner} in proxy '{own}'."))
            }
            UseKind::Server => self.server_argument(proxy, used, &place),
            UseKind::Userlist if used.name.is_empty() => {
                let inside = owner.replacen(" referenced in", " in", 1);
                Some(format!("{place} missing userlist name{inside} in proxy '{own}'."))
            }
            UseKind::Userlist if !self.draft.userlists.iter().any(|list| list.name == *name) => {
                Some(format!("{place} unable to find userlist '{name}'{owner} in proxy '{own}'."))
            }
            _ => None,
        }
    }

    fn server_argument(&self, proxy: &Proxy, used: &Use, place: &str) -> Option<String> {
        let (owner, own) = (&used.owner, &proxy.name);
        if used.name.is_empty() {
            let owner = owner.trim_start_matches(", referenced");
            return Some(format!("{place} missing server name{owner} in proxy '{own}'."));
        }
        let (backend, server) = used.name.rsplit_once('/').unwrap_or((own, &used.name));
        let Some(home) = self.backend(backend) else {
            if self.frontends.contains_key(backend) && backend == own {
                return Some(format!(
                    "{place} unable to find server '{server}' in proxy '{backend}'{owner} in proxy '{own}'."
                ));
            }
            let owner = owner.trim_start_matches(',');
            return Some(format!("{place} unable to find proxy '{backend}'{owner} in proxy '{own}'."));
        };
        if home.servers.iter().any(|known| known.name == server) {
            return None;
        }
        Some(format!("{place} unable to find server '{server}' in proxy '{backend}'{owner} in proxy '{own}'."))
    }

    /// What a stick table is keyed by, if there is such a table; anything, for those of peers.
    fn key_of(&self, table: &str) -> Option<Type> {
        let own = self.tables.get(table).copied();
        own.or_else(|| self.peer_table(table).then_some(Type::Any))
    }

    /// Whether a table of a `peers` section has this name: `peers/table`.
    fn peer_table(&self, name: &str) -> bool {
        let Some((section, table)) = name.split_once('/') else { return false };
        self.draft.others.iter().any(|other| {
            other.section == Sections::PEERS
                && other.name == section
                && other.said.iter().any(|(word, value)| word == "table" && value == table)
        })
    }
}
