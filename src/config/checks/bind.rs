//! What the TLS of listening sockets lacks.

use super::Checker;
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

    fn secure(&mut self, proxy: &Proxy, bind: &Bind) {
        let name = &proxy.name;
        let where_ = format!("for bind '{}' at [{}]", bind.source, self.at(bind.place));
        let strict = bind.tls.strict_sni || self.draft.global.tls_bind.strict_sni;
        if bind.facts.certificates == 0 && strict && !bind.facts.generate {
            let text = format!(
                "Proxy '{name}': no SSL certificate specified {where_}, ssl connections will fail (use 'crt')."
            );
            return self.warn(bind.place, text);
        }
        if bind.facts.certificates == 0 {
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
