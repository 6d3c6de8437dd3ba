//! What the TLS of listening sockets lacks.

use super::{Checker, word};
use crate::model::bind::Bind;
use crate::model::draft::Proxy;
use crate::model::tls::ClientAuth;
use crate::words::openssl;

const SIGNATURES: &str = "SSL Signature Algorithm list";

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
        let mut wrong = Vec::new();
        if bind.tls.client_auth != ClientAuth::None && !bind.facts.ca_file {
            wrong.push(format!("Proxy '{name}': verify is enabled but no CA file specified {where_}."));
        }
        let lists = self.refused_lists(bind).into_iter();
        wrong.extend(lists.map(|(what, list)| format!("Proxy '{name}': unable to set {what} to '{list}' {where_}.")));
        if !wrong.is_empty() {
            // Once for every certificate, and once more for clients that name none.
            let text = vec![wrong.join("\n"); certificates + 1].join("\n");
            self.fatal(bind.place, text);
        }
    }

    /// The lists of ciphers, groups and signatures that OpenSSL refuses, and what they are.
    fn refused_lists(&self, bind: &Bind) -> Vec<(&'static str, String)> {
        let global = &self.draft.global;
        let (own, default) = (&bind.tls.ciphers, &global.tls_bind.ciphers);
        let [curves, ecdhe] = &bind.facts.curves;
        let curves = curves.clone().or_else(|| Some(global.tls_bind.curves.join(":")).filter(|list| !list.is_empty()));
        let ecdhe = ecdhe.clone().filter(|_| curves.is_none());
        let signatures = &bind.facts.signatures;
        let lists: [(&str, Option<String>, openssl::Takes); 6] = [
            ("SSL cipher list", own.tls12.clone().or_else(|| default.tls12.clone()), openssl::are_ciphers),
            ("TLS 1.3 cipher suites", own.tls13.clone().or_else(|| default.tls13.clone()), openssl::are_suites),
            ("SSL curves list", curves, openssl::are_groups),
            (
                SIGNATURES,
                signatures.own.clone().or_else(|| global.bind_signatures.own.clone()),
                openssl::are_signatures,
            ),
            (SIGNATURES, signatures.client.clone(), openssl::are_signatures),
            ("elliptic named curve", ecdhe, openssl::are_groups),
        ];
        let wrong = |(what, list, fits): (&'static str, Option<String>, openssl::Takes)| {
            list.filter(|list| !fits(list)).map(|list| (what, list))
        };
        lists.into_iter().filter_map(wrong).collect()
    }
}
