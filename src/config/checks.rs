//! What HAProxy says about a configuration as a whole: things that load and will not work as meant.

use crate::base::diag::{Diagnostic, Severity};
use crate::model::draft::{Draft, Proxy};
use crate::model::proxy::{Kind, Mode};

/// Everything there is to say about the draft.
pub fn checks(draft: &Draft) -> Vec<Diagnostic> {
    let mut said = Vec::new();
    for proxy in &draft.proxies {
        if proxy.settings.disabled {
            continue;
        }
        no_bind(proxy, &mut said);
        missing_timeouts(proxy, &mut said);
        modes(draft, proxy, &mut said);
    }
    said
}

fn no_bind(proxy: &Proxy, said: &mut Vec<Diagnostic>) {
    if proxy.kind == Kind::Frontend && proxy.binds.is_empty() {
        let message = format!(
            "frontend '{}' has no 'bind' directive. Please declare it as a backend if this was intended.",
            proxy.name
        );
        said.push(Diagnostic::bare(Severity::Warning, proxy.place, message));
    }
}

fn missing_timeouts(proxy: &Proxy, said: &mut Vec<Diagnostic>) {
    let timeouts = &proxy.settings.timeouts;
    let front = proxy.kind.is_frontend() && timeouts.client.is_none();
    let back = proxy.kind.is_backend()
        && (timeouts.connect.is_none() || timeouts.server.is_none())
        && !proxy.servers.is_empty();
    if front || back {
        let message = format!(
            "missing timeouts for {} '{}'.\n   | While not properly invalid, you will certainly encounter various problems\n   \
             | with such a configuration. To fix this, please ensure that all following\n   \
             | timeouts are set to a non-zero value: 'client', 'connect', 'server'.",
            proxy.kind.word(),
            proxy.name
        );
        said.push(Diagnostic::bare(Severity::Warning, proxy.place, message));
    }
}

/// An HTTP frontend cannot use a TCP backend.
fn modes(draft: &Draft, proxy: &Proxy, said: &mut Vec<Diagnostic>) {
    let Some((name, place)) = &proxy.settings.default_backend else { return };
    if !proxy.kind.is_frontend() {
        return;
    }
    let Some(other) = draft.proxies.iter().find(|other| other.name == *name && other.kind.is_backend()) else { return };
    if proxy.settings.mode == Mode::Http && other.settings.mode == Mode::Tcp {
        let file = |place: &crate::base::diag::Place| draft.files.get(place.file as usize).cloned().unwrap_or_default();
        let message = format!(
            "http frontend '{}' ({}:{}) tries to use incompatible tcp backend '{}' ({}:{}) as its default backend (see 'mode').",
            proxy.name,
            file(&proxy.place),
            proxy.place.line,
            other.name,
            file(&other.place),
            other.place.line
        );
        said.push(Diagnostic::bare(Severity::Fatal, *place, message));
    }
}
