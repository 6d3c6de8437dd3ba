//! Settings without effect: logs without a target, HTTP words in a TCP proxy, checks that nobody runs.

use super::{Checker, word};
use crate::model::check::HealthCheck;
use crate::model::draft::{Current, Proxy, Sections, Target};
use crate::model::proxy::{LogRef, Mode, Options};

impl Checker<'_> {
    /// A log line that goes nowhere.
    fn logs_nowhere(&mut self, proxy: &Proxy) {
        let (title, name, place) = (word(proxy.kind), proxy.name.as_str(), proxy.place);
        let settings = &proxy.settings;
        let nowhere = self.draft.global.logs.is_empty();
        let silent = settings.logs.iter().all(|log| nowhere && matches!(log, LogRef::Global));
        if proxy.kind.is_frontend() && silent && proxy.facts.log_option.is_some() {
            self.warn(place, format!("log format ignored for {title} '{name}' since it has no log address."));
        }
    }

    /// Persistence and hashes that need HTTP.
    fn needs_http(&mut self, proxy: &Proxy) {
        let (title, name, place) = (word(proxy.kind), proxy.name.as_str(), proxy.place);
        let settings = &proxy.settings;
        if settings.mode == Mode::Http {
            return;
        }
        if settings.cookie.is_some() && proxy.kind.is_backend() {
            self.warn(place, format!("cookie will be ignored for {title} '{name}' (needs 'mode http')."));
        }
        if proxy.kind.is_backend()
            && settings.mode == Mode::Tcp
            && matches!(settings.balance.name, "uri" | "url_param" | "hdr")
        {
            let text = "Falling back to round robin.";
            self.warn(place, format!("Layer 7 hash not possible for {title} '{name}' (needs 'mode http'). {text}"));
        }
    }

    /// What does not fit the mode.
    pub(super) fn modes(&mut self, proxy: &Proxy) {
        let (title, name, place) = (word(proxy.kind), proxy.name.as_str(), proxy.place);
        self.needs_http(proxy);
        let facts = &proxy.facts;
        let settings = &proxy.settings;
        self.external_check(proxy);
        if facts.said.contains("http-check rules") && !matches!(settings.check, HealthCheck::Http) {
            let text =
                format!("{title} '{name}' uses http-check rules without 'option httpchk', so the rules are ignored.");
            self.warn(place, text);
        }
        if facts.said.contains("tcp-check rules") && !facts.said.contains("option tcp-check") {
            let text =
                format!("{title} '{name}' uses tcp-check rules without 'option tcp-check', so the rules are ignored.");
            self.warn(place, text);
        }
        if facts.said.contains("state global") && !self.draft.noted.said_once.borrow().contains(&"server-state-file") {
            let kind = if proxy.kind.is_backend() { "backend" } else { "frontend" };
            let text = format!(
                "{kind} '{name}' configured to load server state file from global section 'server-state-file' directive. \
                 Unfortunately, 'server-state-file' is not set!"
            );
            self.warn(place, text);
        }
        if settings.mode == Mode::Http {
            return;
        }
        let balanced = matches!(settings.balance.name, "" | "roundrobin" | "random" | "sticky" | "log-hash");
        if settings.mode == Mode::Log && !(balanced && proxy.kind.is_backend()) {
            let text = format!(
                "in {title} '{name}': \"balance\" only supports 'roundrobin', 'random', 'sticky' and 'log-hash'."
            );
            self.fatal(place, text);
        }
    }

    /// Conditions of an HTTP proxy that look at bytes below.
    fn bytes_below_http(&mut self, proxy: &Proxy) {
        const SETS: [&str; 8] = [
            "use_backend",
            "use-server",
            "stick",
            "tcp-request content",
            "tcp-response content",
            "http-request",
            "http-response",
            "http-after-response",
        ];
        if proxy.settings.mode != Mode::Http {
            return;
        }
        let raw = self.draft.noted.raw.borrow();
        for set in SETS {
            for (section, line, place) in raw.iter().filter(|(_, line, _)| line.starts_with(set)) {
                let own = self.draft.proxy_at(*section).is_some_and(|own| std::ptr::eq(own, proxy));
                let handed = proxy.from.is_some_and(|from| *section == Current::Defaults(from));
                if (own || handed) && line.split(' ').next() == set.split(' ').next() {
                    let at = self.at(*place);
                    let text = format!("L6 sample fetches ignored on HTTP proxies (declared at {at}).");
                    self.warn(*place, format!("Proxy '{}': {text}", proxy.name));
                }
            }
        }
    }

    /// Counters of `tcp-request content` that would be tracked too early or too late.
    fn tracking(&mut self, proxy: &Proxy) {
        let (title, name) = (word(proxy.kind), proxy.name.as_str());
        for track in proxy.facts.tracks.iter().filter(|_| proxy.kind.is_frontend()) {
            if track.by_content && proxy.settings.inspect_delay.is_none() {
                let text = format!(
                    "{title} '{name}' : a 'tcp-request content track-sc*' rule explicitly depending on request contents without \
                     any 'tcp-request inspect-delay' setting. This means that this rule will randomly find its contents. This \
                     can be fixed by setting the tcp-request inspect-delay."
                );
                self.warn(track.place, text);
            } else if !track.by_content && !track.if_content && proxy.settings.mode == Mode::Http {
                let text = format!(
                    "{title} '{name}' : a 'tcp-request content track-sc*' rule not depending on request contents for an HTTP \
                     frontend should be executed at the session level, using a 'tcp-request session' rule (mandatory to track \
                     invalid HTTP requests)."
                );
                self.warn(track.place, text);
            }
        }
    }

    /// Whether a frontend of TCP may hand its connections to a backend of HTTP.
    fn upgrades(&self, proxy: &Proxy) -> bool {
        let http = |name: &str| self.backend(name).is_some_and(|backend| backend.settings.mode == Mode::Http);
        let tcp = proxy.settings.mode == Mode::Tcp && proxy.kind.is_frontend();
        let dynamic = |target: &Target| match target {
            Target::Name(name) => http(name),
            Target::Format(_) => true,
        };
        let default = proxy.settings.default_backend.as_ref().is_some_and(|(name, _)| http(name));
        let switches = proxy.rules.content.iter().any(|rule| rule.name == "switch-mode");
        tcp && (default || switches || proxy.use_backend.iter().any(|switch| dynamic(&switch.target)))
    }

    /// Rules and settings of HTTP in a proxy that does not speak it.
    pub(super) fn http_only(&mut self, proxy: &Proxy) {
        self.bytes_below_http(proxy);
        self.logs_nowhere(proxy);
        self.tracking(proxy);
        let (title, name, place) = (word(proxy.kind), proxy.name.as_str(), proxy.place);
        let facts = &proxy.facts;
        let settings = &proxy.settings;
        if settings.mode == Mode::Http || self.upgrades(proxy) {
            return;
        }
        let ignored = [
            ("'stats' statement ignored", facts.said.contains("stats"), "it requires"),
            ("'capture' statement ignored", settings.capture_cookie.is_some(), "it requires"),
            (
                "'monitor-uri' statement ignored",
                settings.monitor_uri.is_some() && proxy.kind.is_frontend(),
                "it requires",
            ),
            ("'http-request' rules ignored", !proxy.rules.request.is_empty(), "they require"),
            ("'http-response' rules ignored", !proxy.rules.response.is_empty(), "they require"),
            ("'http-after-response' rules ignored", !proxy.rules.after_response.is_empty(), "they require"),
            ("'redirect' rules ignored", !proxy.rules.redirect.is_empty(), "they require"),
        ];
        for (what, there, require) in ignored {
            if there {
                self.warn(place, format!("{what} for {title} '{name}' as {require} HTTP mode."));
            }
        }
        for (option, bit, front, back) in HTTP_OPTIONS {
            let here = front && proxy.kind.is_frontend() || back && proxy.kind.is_backend();
            if here && settings.options.has(bit) {
                self.warn(place, format!("'option {option}' ignored for {title} '{name}' as it requires HTTP mode."));
            }
        }
    }

    pub(super) fn log_format_fits(&mut self, proxy: &Proxy) {
        let Some(option) = &proxy.facts.log_option else { return };
        if option.http && proxy.settings.mode != Mode::Http && proxy.kind.is_frontend() {
            let text = format!(
                "parsing [{}] : '{}' not usable with {} '{}' (needs 'mode http'). Falling back to 'option tcplog{}'.",
                self.at(option.place),
                option.word,
                word(proxy.kind),
                proxy.name,
                if option.word.ends_with("clf") { " clf" } else { "" }
            );
            self.warn(option.place, text);
        }
    }

    fn external_check(&mut self, proxy: &Proxy) {
        let (title, name, place) = (word(proxy.kind), proxy.name.as_str(), proxy.place);
        let (command, path) = &proxy.settings.external_check;
        let on = proxy.settings.options.has(Options::EXTERNAL_CHECK);
        if on {
            if !self.draft.global.external_check {
                let text = format!(
                    "Proxy '{name}' : 'option external-check' unable to find required 'global.external-check'."
                );
                self.fatal(place, text);
            }
            if command.is_none() {
                let text = format!(
                    "Proxy '{name}' : 'option external-check' unable to find required 'external-check command'."
                );
                self.fatal(place, text);
            }
            if !self.draft.global.fork_wanted {
                let text = format!(
                    "Proxy '{name}' : 'insecure-fork-wanted' not enabled in the global section, 'option external-check' \
                     will likely fail."
                );
                self.warn(place, text);
            }
        } else {
            for (what, there) in [("command", command.is_some()), ("path", path.is_some())] {
                if there {
                    let text = format!(
                        "'external-check {what}' will be ignored for {title} '{name}' (requires 'option external-check')."
                    );
                    self.warn(place, text);
                }
            }
        }
        let relative = command.as_ref().is_some_and(|command| !command.starts_with('/'));
        if relative && path.is_none() {
            let text = format!(
                "Proxy '{name}': 'external-check command' does not have a leading '/' and 'external-check path' is not set."
            );
            self.fatal(place, text);
        }
    }

    /// What is said last of a proxy.
    pub(super) fn without_effect(&mut self, proxy: &Proxy) {
        let (title, name, place) = (word(proxy.kind), proxy.name.as_str(), proxy.place);
        let settings = &proxy.settings;
        if settings.mode != Mode::Http && !self.upgrades(proxy) {
            for (option, there) in [
                ("forwarded", proxy.kind.is_backend() && settings.forwarded.is_some()),
                ("forwardfor", settings.forwardfor.is_some()),
                ("originalto", settings.originalto.is_some()),
            ] {
                if there {
                    self.warn(
                        place,
                        format!("'option {option}' ignored for {title} '{name}' as it requires HTTP mode."),
                    );
                }
            }
        }
    }

    /// Mails that are not sent, or will not be for long.
    pub(super) fn mails(&mut self, proxy: &Proxy) {
        let (title, name, mail) = (word(proxy.kind), &proxy.name, &proxy.facts.email_alert);
        if mail.is_empty() {
            return;
        }
        if !["from", "mailers", "to"].iter().all(|needed| mail.contains(needed)) {
            let text = format!(
                "'email-alert' will be ignored for {title} '{name}' (the presence any of 'email-alert from', 'email-alert \
                 level' 'email-alert mailers', 'email-alert myhostname', or 'email-alert to' requires each of 'email-alert \
                 from', 'email-alert mailers' and 'email-alert to' to be present)."
            );
            return self.warn(proxy.place, text);
        }
        match proxy.facts.mailers.as_ref().filter(|mailers| !self.other(Sections::MAILERS, mailers)) {
            Some(lost) => self.fatal(proxy.place, format!("Proxy '{name}': unable to find mailers '{lost}'.")),
            None => {
                let text = "will not be supported anymore in version 3.3. You should use Lua to send email-alerts, see \
                            'examples/lua/mailers.lua' file.";
                self.warn(proxy.place, format!("Legacy mailers used by {title} '{name}' {text}"));
            }
        }
    }

    /// Whether a section of mailers is used by a proxy.
    pub(super) fn mailed(&self, mailers: &str) -> bool {
        let mut proxies = self.draft.proxies.iter().filter(|proxy| !proxy.settings.disabled).map(|proxy| &proxy.facts);
        proxies.any(|facts| {
            let whole = ["from", "mailers", "to"].iter().all(|needed| facts.email_alert.contains(needed));
            whole && facts.mailers.as_deref() == Some(mailers)
        })
    }
}

/// Options that need mode http: the sides they are of, whether front or back.
const HTTP_OPTIONS: [(&str, u64, bool, bool); 13] = [
    ("checkcache", Options::CHECK_CACHE, false, true),
    ("http-buffer-request", Options::BUFFER_REQUEST, true, true),
    ("http-drop-request-trailers", Options::DROP_REQUEST_TRAILERS, false, true),
    ("http-drop-response-trailers", Options::DROP_RESPONSE_TRAILERS, true, false),
    ("http-ignore-probes", Options::IGNORE_PROBES, true, false),
    ("idle-close-on-response", Options::IDLE_CLOSE_ON_RESPONSE, true, false),
    ("prefer-last-server", Options::PREFER_LAST_SERVER, false, true),
    ("accept-unsafe-violations-in-http-request", Options::ACCEPT_BAD_REQUESTS, true, false),
    ("accept-unsafe-violations-in-http-response", Options::ACCEPT_BAD_RESPONSES, false, true),
    ("http-use-proxy-header", Options::USE_PROXY_HEADER, true, false),
    ("http-pretend-keepalive", Options::PRETEND_KEEP_ALIVE, false, true),
    ("http-no-delay", Options::HTTP_NO_DELAY, true, true),
    ("disable-h2-upgrade", Options::NO_H2_UPGRADE, true, false),
];
