//! What sections that are no proxies lack.

use std::collections::HashMap;

use super::Checker;
use crate::base::diag::{Diagnostic, Place, Severity};
use crate::model::draft::{Current, Other, Proxy, Sections};
use crate::model::noted::UseKind;
use crate::model::proxy::{Mode, Settings};

impl Checker<'_> {
    /// Groups and users must know each other. The answer is whether they do.
    pub(super) fn userlists(&mut self) -> bool {
        let before = self.said.len();
        for (at, list) in self.draft.userlists.iter().enumerate() {
            let place = self.draft.userlist_places.get(at).copied().unwrap_or_default();
            for (group, users) in &list.groups {
                for user in users.iter().filter(|user| !list.users.iter().any(|known| known.name == **user)) {
                    let text = format!("userlist '{}': no such user '{user}' specified in group '{group}'", list.name);
                    self.fatal(place, text);
                }
            }
            for user in &list.users {
                for group in user.groups.iter().filter(|group| !list.groups.iter().any(|(known, _)| known == *group)) {
                    let (name, who) = (&list.name, &user.name);
                    self.fatal(place, format!("userlist '{name}': no such group '{group}' specified in user '{who}'"));
                }
            }
        }
        self.said.len() == before
    }

    /// What is said before any proxy.
    pub(super) fn sections_before(&mut self) {
        for other in self.draft.others.iter().filter(|other| other.section == Sections::RESOLVERS) {
            if !said(other, "nameserver") {
                let text =
                    format!("resolvers '{}' [{}] has no nameservers configured!", other.name, self.at(other.place));
                self.warn(other.place, text);
            }
        }
    }

    /// What is said behind all proxies.
    pub(super) fn sections(&mut self, late: &HashMap<Current, Vec<&Diagnostic>>) {
        for (at, other) in self.draft.others.iter().enumerate() {
            for fault in late.get(&Current::Other(other.section, at)).into_iter().flatten() {
                self.said.push((*fault).clone());
            }
            match other.section {
                Sections::LOG_FORWARD if !said(other, "bind") => {
                    let text = "has no 'bind' directive. Please declare it as a backend if this was intended.";
                    self.warn(other.place, format!("frontend '{}' {text}", other.name));
                }
                Sections::LOG_FORWARD => self.forward(at, other),
                Sections::FCGI_APP if !said(other, "docroot") => {
                    self.fatal(other.place, format!("fcgi-app '{}': no docroot configured.", other.name));
                }
                Sections::RING => self.ring(at, other),
                Sections::PEERS => self.peers(other),
                Sections::MAILERS if !self.mailed(&other.name) => {
                    self.warn(other.place, format!("Removing incomplete section 'mailers {}'.", other.name))
                }
                _ => {}
            }
        }
        for (name, at) in self.draft.noted.acme.borrow().iter().rev() {
            if !self.other(Sections::ACME, name) {
                let text = format!("acme '{name}' was used on a crt line [{at}], but no '{name}' section exists!");
                self.fatal(Place::default(), text);
            }
        }
        for fault in late.get(&Current::Global).into_iter().flatten() {
            self.said.push((*fault).clone());
        }
    }

    /// The sockets of a log-forward are checked as those of a frontend.
    fn forward(&mut self, at: usize, other: &Other) {
        let own = self.draft.forward_binds.iter().filter(|(forward, _)| *forward == at).map(|(_, bind)| bind.clone());
        let mut frontend = Proxy::new(Sections::FRONTEND, &other.name, other.place, Settings::default());
        frontend.settings.mode = Mode::Tcp;
        frontend.binds = own.collect();
        self.bind_threads(&frontend);
        self.bind_protocols(&frontend);
        self.binds(&frontend);
    }

    /// The servers of a ring are checked as those of a backend.
    fn ring(&mut self, at: usize, other: &Other) {
        let own = self.draft.ring_servers.iter().filter(|(ring, _)| *ring == at).map(|(_, server)| server.clone());
        let mut backend = Proxy::new(Sections::BACKEND, &other.name, other.place, Settings::default());
        backend.settings.mode = Mode::Tcp;
        backend.servers = own.collect();
        let timed = |word: &str| said(other, &format!("timeout {word}")).then_some(1);
        backend.settings.timeouts.connect = timed("connect").map(std::time::Duration::from_secs);
        backend.settings.timeouts.server = timed("server").map(std::time::Duration::from_secs);
        self.missing_timeouts(&backend);
        self.servers(&backend);
    }

    /// Peers without this machine among them are left out.
    fn peers(&mut self, other: &Other) {
        let local = self.draft.global.local_peer.clone().unwrap_or_else(self.draft.noted.world.name);
        let used = self.draft.proxies.iter().any(|proxy| {
            proxy.facts.table.as_ref().is_some_and(|table| table.peers.as_deref() == Some(other.name.as_str()))
        });
        let known = other.said.iter().any(|(word, name)| word == "peer" && *name == local);
        if !known && !said(other, "disabled") {
            let _ = used;
            let text = format!("Removing incomplete section 'peers {}' (no peer named '{local}').", other.name);
            self.warn(other.place, text);
        }
    }

    /// The global section: groups without threads, and files that it names.
    pub(super) fn global(&mut self) {
        for used in &self.draft.uses {
            let needed = used.kind == UseKind::Resolvers && !self.draft.global.client_resolves_not;
            if needed && used.section == Current::Global && !self.resolvers(&used.name) {
                let text = format!("Can't find resolvers section '{}' for do-resolve action.", used.name);
                self.fatal(used.place, format!("Proxy '<OCSP-UPDATE>': {text}"));
                self.fatal(used.place, format!("Proxy '<HTTPCLIENT>': {text}"));
            }
        }
        if let Some((path, place)) = &self.draft.global.h1_case_file {
            self.case_file(path, *place);
        }
    }

    /// Groups of threads: each has some, and every thread is of one. The answer is whether it is so.
    pub(super) fn thread_groups(&mut self) -> bool {
        if self.draft.noted.world.real {
            self.grouped();
        }
        self.said.iter().all(|said| said.severity != Severity::Fatal)
    }

    fn grouped(&mut self) {
        let groups = &self.draft.global.thread_groups;
        let count = groups.count.max(1);
        let limit = self.draft.global.numbers.get("thread-hard-limit").and_then(|limit| usize::try_from(*limit).ok());
        let threads = self.thread_count().min(limit.unwrap_or(usize::MAX));
        let exists = |thread: &u32| *thread as usize <= threads;
        let given = groups.threads.values().flatten().filter(|thread| exists(thread)).count();
        let left = threads.saturating_sub(given);
        let unassigned = (1..=count).filter(|group| !groups.threads.contains_key(group)).count();
        if unassigned > left {
            let text = format!(
                "More unassigned thread-groups ({unassigned}) than threads ({left}). Please reduce thread-groups"
            );
            return self.fatal(Place::default(), text);
        }
        if unassigned == 0 && left > 0 {
            let text = format!(
                "Remaining unassigned threads found ({left}) because all groups are in use. Please increase 'thread-groups', \
                 reduce 'nbthreads' or remove or extend 'thread-group' enumerations."
            );
            return self.fatal(Place::default(), text);
        }
        for (group, (first, last)) in groups.asked.iter().filter(|(group, (_, last))| **group <= count && !exists(last))
        {
            if !exists(first) {
                let text = format!(
                    "Thread-group {group} only references non-existing threads (max={threads}, requested {first}-{last})"
                );
                return self.fatal(Place::default(), text);
            }
            let kept = (threads + 1).saturating_sub(*first as usize);
            let text = format!(
                "Reducing thread-group {group} to {kept} threads (requested {first}-{last}, using {first}-{threads})"
            );
            self.warn(Place::default(), text);
        }
    }

    /// The pairs of names in `h1-case-adjust-file`.
    fn case_file(&mut self, path: &str, place: Place) {
        let world = self.draft.noted.world;
        let title = format!("h1-headers-case-adjust-file '{}'", (world.absolute)(path));
        let Ok(text) = (world.read)(path) else {
            return self.fatal(place, format!("{title}: failed to open file."));
        };
        let mut known: Vec<String> = self.draft.global.h1_case_adjust.iter().map(|(from, _)| from.clone()).collect();
        for (at, line) in (1..).zip(String::from_utf8_lossy(&text).lines()) {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let (from, to) = line.split_once([' ', '\t']).unwrap_or((line, ""));
            let reason = match to.trim() {
                "" => "expect <to>".to_owned(),
                to if !from.eq_ignore_ascii_case(to) => "<from> and <to> must not differ except the case".to_owned(),
                _ if known.iter().any(|known| known == from) => format!("duplicate entry '{from}'"),
                _ => {
                    known.push(from.to_owned());
                    continue;
                }
            };
            return self.fatal(place, format!("{title} : {reason} at line {at}."));
        }
    }

    /// How many threads there are.
    pub(super) fn thread_count(&self) -> usize {
        self.draft.global.nbthread.map_or_else(self.draft.noted.world.cpus, |threads| threads as usize)
    }

    /// More threads than CPUs fight for them.
    pub(super) fn threads(&mut self) {
        let global = &self.draft.global;
        let cpus = global.mapped_cpus.len();
        let cpus = if cpus == 0 { (self.draft.noted.world.cpus)() } else { cpus };
        let Some(threads) = global.nbthread.map(|threads| threads as usize) else { return };
        let most = GROUP_THREADS_MAX * (global.thread_groups.count.max(1) as usize);
        let mut threads = threads.min(most);
        let limit = global.numbers.get("thread-hard-limit").and_then(|limit| usize::try_from(*limit).ok());
        if let Some(limit) = limit.filter(|limit| *limit < threads) {
            let text = format!(
                "nbthread forced to a higher value ({threads}) than the configured thread-hard-limit ({limit}), enforcing the \
                 limit. Please fix either value to remove this warning."
            );
            self.warn(Place::default(), text);
            threads = limit;
        }
        if threads <= cpus {
            return;
        }
        let text = format!(
            "This configuration binds {threads} threads to a total of {cpus} CPUs via cpu-map directives. This means that some \
             threads will compete for the same CPU, which will cause severe performance degradation. Please fix either the \
             'cpu-map' directives or set the global 'nbthread' value accordingly."
        );
        self.warn(Place::default(), text);
    }
}

/// Threads of one group.
const GROUP_THREADS_MAX: usize = 64;

fn said(other: &Other, word: &str) -> bool {
    other.said.iter().any(|(known, _)| known == word)
}
