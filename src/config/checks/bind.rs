//! What the TLS of listening sockets lacks.

use super::{Checker, word};
use crate::model::bind::Bind;
use crate::model::draft::Proxy;
use crate::model::tls::ClientAuth;

impl Checker<'_> {
    /// Everything about the sockets of a proxy.
    pub(super) fn binds(&mut self, proxy: &Proxy) {
        for bind in proxy.binds.iter().filter(|bind| bind.ssl) {
            self.secure(proxy, bind);
        }
    }

    /// Threads and groups that sockets are bound to.
    pub(super) fn bind_threads(&mut self, proxy: &Proxy) {
        if !self.draft.noted.world.real {
            return;
        }
        for bind in &proxy.binds {
            if let Some(wrong) = self.threads_of(&bind.facts.threads) {
                let text = format!(
                    "{} '{}': 'thread' directive {wrong} in 'bind {}' at [{}].",
                    word(proxy.kind),
                    proxy.name,
                    bind.source,
                    self.at(bind.place)
                );
                self.fatal(bind.place, text);
            }
        }
    }

    /// What is wrong with a set of threads: none of them exists.
    fn threads_of(&self, text: &str) -> Option<String> {
        let groups = self.draft.global.thread_groups.count.max(1);
        let count = u32::try_from(self.thread_count()).unwrap_or(u32::MAX);
        let mut whole = false;
        let mut wrong = None;
        for set in text.split(',').filter(|set| !set.is_empty()) {
            let (group, threads) = set.split_once('/').map_or((None, set), |(group, set)| (Some(group), set));
            let first = threads.split('-').next().unwrap_or_default();
            let last = threads.split('-').nth(1).and_then(|last| last.parse().ok());
            let first = first.parse::<u32>().unwrap_or(1).min(last.unwrap_or(u32::MAX));
            match group.and_then(|group| group.parse::<u32>().ok()) {
                Some(group) if group == 0 || group > groups => {
                    return Some(format!("references non-existing thread group {group}"));
                }
                Some(group) if first > count.div_ceil(groups) => {
                    wrong = Some(format!("only references threads not belonging to group {group}"));
                }
                None if first > count => wrong = Some("only references non-existing threads".to_owned()),
                _ => whole = true,
            }
        }
        wrong.filter(|_| !whole)
    }

    fn secure(&mut self, proxy: &Proxy, bind: &Bind) {
        let name = &proxy.name;
        let where_ = format!("for bind '{}' at [{}]", bind.source, self.at(bind.place));
        let strict = bind.tls.strict_sni || self.draft.global.tls_bind.strict_sni;
        let certificates = bind.facts.certificates + proxy.facts.used_certificates.len();
        if certificates == 0 && strict && !bind.facts.generate {
            let text = format!(
                "Proxy '{name}': no SSL certificate specified {where_}, ssl connections will fail (use 'crt')."
            );
            return self.warn(bind.place, text);
        }
        if certificates == 0 {
            return self
                .fatal(bind.place, format!("Proxy '{name}': no SSL certificate specified {where_} (use 'crt')."));
        }
        if bind.facts.generate {
            let text = format!(
                "Proxy '{name}': cannot enable certificate generation, no CA certificate File configured at [{}].",
                self.at(bind.place)
            );
            return self.fatal(bind.place, text);
        }
        let versions = bind.tls.versions;
        if bind.facts.no_version || versions.min > versions.max {
            return self.fatal(bind.place, format!("Proxy '{name}': all SSL/TLS versions are disabled {where_}."));
        }
        if bind.tls.client_auth != ClientAuth::None && !bind.facts.ca_file {
            let text = format!("Proxy '{name}': verify is enabled but no CA file specified {where_}.");
            self.fatal(bind.place, text);
        }
    }
}
