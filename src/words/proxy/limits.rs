//! Mode, limits, balancing, cookies and other settings with one value.

use std::sync::Arc;

use pointsman_parser::units::TimeUnit;

use crate::model::draft::{Current, Draft, Sections};
use crate::model::proxy::{Cookie, Mode, RetryOn, Reuse};
use crate::spec;
use crate::spec::{Args, Done, Fault, Keyword, Since};

use super::side::{back, front, not_in_defaults};

spec! {
    /// Settings with one value.
    pub static LIMITS: [Keyword] = [
        /// What flows through the proxy: `tcp` for bytes, `http` for messages.
        { name: "mode", sections: Sections::PROXIES, usage: "tcp|http|log|spop", parse: mode },
        /// Connections the frontend takes at once.
        { name: "maxconn", sections: Sections::PROXIES, usage: "<connections>", parse: maxconn },
        /// Load at which a server's dynamic limit reaches its `maxconn`.
        { name: "fullconn", sections: Sections::PROXIES, usage: "<connections>", parse: fullconn },
        /// How many connections the system may hold back.
        { name: "backlog", sections: Sections::PROXIES, usage: "<connections>", parse: backlog },
        /// How often a failed connection to a server is tried again.
        { name: "retries", sections: Sections::PROXIES, usage: "<number>", parse: retries },
        /// After which failures a request is sent once more.
        { name: "retry-on", sections: Sections::PROXIES, usage: "<condition>...", parse: retry_on },
        /// When a server connection may serve the requests of several clients.
        { name: "http-reuse", sections: Sections::PROXIES, usage: "never|safe|aggressive|always", parse: http_reuse },
        /// Keeps a client on one server by a cookie.
        { name: "cookie", sections: Sections::PROXIES, usage: "<name> [insert] [indirect] [nocache] ...", parse: cookie },
        /// Turns the proxy off.
        { name: "disabled", sections: Sections::PROXIES, usage: "", parse: disabled },
        /// Turns a proxy on that its defaults had turned off.
        { name: "enabled", sections: Sections::PROXIES, usage: "", parse: disabled },
        /// A number for the proxy.
        { name: "id", sections: Sections::PROXIES, usage: "<number>", parse: id },
        /// Free text.
        { name: "description", sections: Sections::PROXIES, usage: "<text>...", parse: description },
        /// A stable name for statistics. It is checked and kept for nothing else.
        { name: "guid", since: Since::V3_0, sections: Sections::PROXIES, usage: "<text>", parse: guid },
    ];
}

fn mode(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    args.at_most(1)?;
    let word = args.next().unwrap_or_default();
    let mode = match word {
        "tcp" => Mode::Tcp,
        "http" => Mode::Http,
        "log" => Mode::Log,
        "spop" => Mode::Spop,
        "health" => {
            return Err(Fault::new(
                "'mode health' doesn't exist anymore. Please use 'http-request return status 200' instead.",
            ));
        }
        _ => return Err(Fault::new(format!("unknown proxy mode '{word}'."))),
    };
    if matches!(mode, Mode::Log | Mode::Spop) {
        args.not_yet(format!("mode {word}"));
    }
    if let Some(proxy) = draft.proxy() {
        proxy.settings.mode = mode;
    }
    args.finish()
}

/// A number the way HAProxy reads many of them: what does not look like one counts as zero.
fn lax(text: &str) -> u32 {
    u32::try_from(super::side::lax(text)).unwrap_or(0)
}

fn number(args: &mut Args<'_>) -> Result<u32, Fault> {
    let refusal = format!("'{}' expects an integer argument.", args.keyword());
    let text = args.need(&refusal)?;
    args.finish()?;
    Ok(lax(text))
}

fn maxconn(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    front(args, draft, "maxconn", Some("fullconn"));
    let value = number(args)?;
    if let Some(proxy) = draft.proxy() {
        proxy.settings.maxconn = Some(value);
    }
    Ok(())
}

fn fullconn(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    back(args, draft, "fullconn", Some("maxconn"));
    let value = number(args)?;
    if let Some(proxy) = draft.proxy() {
        proxy.settings.fullconn = Some(value);
    }
    Ok(())
}

fn backlog(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    front(args, draft, "backlog", None);
    let value = number(args)?;
    if let Some(proxy) = draft.proxy() {
        proxy.settings.backlog = Some(value);
    }
    Ok(())
}

fn retries(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    back(args, draft, "retries", None);
    let text = args.need("'retries' expects an integer argument (dispatch counts for one).")?;
    args.finish()?;
    if let Some(proxy) = draft.proxy() {
        proxy.settings.retries = lax(text);
    }
    Ok(())
}

fn retry_on(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    if args.is_empty() {
        return Err(Fault::new("'retry-on' needs at least one keyword to specify when to retry"));
    }
    if args.section == Sections::FRONTEND {
        return Err(Fault::new("'retry-on' only available in backend or listen section"));
    }
    let mut wanted = RetryOn::default();
    let several = args.rest().len() > 1;
    while let Some(word) = args.next() {
        match word {
            "none" if several => return Err(Fault::new("'retry-on' 'none' keyword only usable alone")),
            "none" => wanted = RetryOn::default(),
            "conn-failure" => wanted.connection = true,
            "empty-response" => wanted.empty = true,
            "junk-response" => wanted.junk = true,
            "response-timeout" => wanted.timeout = true,
            "0rtt-rejected" => {}
            "all-retryable-errors" => {
                wanted.connection = true;
                wanted.empty = true;
                wanted.junk = true;
                wanted.timeout = true;
                wanted.statuses.extend([500, 502, 503, 504]);
            }
            "401" | "403" | "404" | "408" | "421" | "425" | "429" | "500" | "501" | "502" | "503" | "504" => {
                wanted.statuses.push(word.parse().unwrap_or(0));
            }
            _ => return Err(Fault::new(format!("'retry-on': unknown keyword '{word}'"))),
        }
    }
    if let Some(proxy) = draft.proxy() {
        proxy.settings.retry_on = wanted;
    }
    Ok(())
}

fn http_reuse(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    back(args, draft, "http-reuse", None);
    args.at_most(1)?;
    let reuse = match args.next().unwrap_or_default() {
        "never" => Reuse::Never,
        "safe" => Reuse::Safe,
        "aggressive" => Reuse::Aggressive,
        "always" => Reuse::Always,
        _ => return Err(Fault::new("'http-reuse' only supports 'never', 'safe', 'aggressive', 'always'.")),
    };
    if let Some(proxy) = draft.proxy() {
        proxy.settings.reuse = reuse;
    }
    args.finish()
}

fn cookie(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    back(args, draft, "cookie", None);
    let name = args.need("'cookie' expects <cookie_name> as argument.")?;
    let mut cookie = Cookie { name: name.to_owned(), ..Cookie::default() };
    while let Some(word) = args.next() {
        cookie_option(args, &mut cookie, word)?;
    }
    if u8::from(cookie.insert) + u8::from(cookie.rewrite) + u8::from(cookie.prefix) > 1 {
        return Err(Fault::new("cookie 'rewrite', 'insert' and 'prefix' modes are incompatible."));
    }
    if let Some(proxy) = draft.proxy() {
        proxy.settings.cookie = Some(Arc::new(cookie));
    }
    Ok(())
}

fn cookie_option(args: &mut Args<'_>, cookie: &mut Cookie, word: &str) -> Done {
    match word {
        "insert" => cookie.insert = true,
        "rewrite" => cookie.rewrite = true,
        "prefix" => cookie.prefix = true,
        "indirect" => cookie.indirect = true,
        "nocache" => cookie.nocache = true,
        "postonly" => cookie.postonly = true,
        "preserve" => cookie.preserve = true,
        "httponly" => cookie.httponly = true,
        "secure" => cookie.secure = true,
        "dynamic" => {
            cookie.dynamic = true;
            args.not_yet("cookie ... dynamic");
        }
        "domain" => {
            let domain = args.need("'domain' expects <domain> as argument.")?;
            cookie.domain = Some(match cookie.domain.take() {
                Some(before) => format!("{before}; domain={domain}"),
                None => domain.to_owned(),
            });
        }
        "maxidle" => cookie.maxidle = Some(cookie_time(args, "maxidle")?),
        "maxlife" => cookie.maxlife = Some(cookie_time(args, "maxlife")?),
        "attr" => cookie.attributes.push(args.need("'attr' expects <value> as argument.")?.to_owned()),
        _ => {
            return Err(Fault::new(
                "'cookie' supports 'rewrite', 'insert', 'prefix', 'indirect', 'nocache', 'postonly', 'domain', \
                 'maxidle', 'dynamic', 'maxlife' and 'attr' options.",
            ));
        }
    }
    Ok(())
}

fn cookie_time(args: &mut Args<'_>, name: &str) -> Result<u32, Fault> {
    if args.is_empty() {
        return Err(Fault::new(format!("'{name}' expects <idletime> in seconds as argument.")));
    }
    args.rename(name);
    args.time(TimeUnit::Second).map(|time| time.as_secs() as u32)
}

fn disabled(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let off = args.keyword() == "disabled";
    if let Some(proxy) = draft.proxy() {
        proxy.settings.disabled = off;
    }
    args.finish()
}

fn id(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    not_in_defaults(args, "id").map_err(Fault::tight)?;
    args.at_most(1)?;
    let number = lax(args.need("'id' expects an integer argument.").map_err(Fault::tight)?);
    if number == 0 {
        return Err(Fault::new("custom id has to be > 0.").tight());
    }
    let Current::Proxy(at) = draft.current else { return args.finish() };
    if let Some(proxy) = draft.proxy() {
        proxy.id = Some(number);
    }
    if let Some(first) =
        draft.ids.get(&number).filter(|first| **first != at).and_then(|first| draft.proxies.get(*first))
    {
        let title = |proxy: &crate::model::draft::Proxy| {
            format!("{} {}", if proxy.section == Sections::LISTEN { "proxy" } else { proxy.section.word() }, proxy.name)
        };
        let file = draft.files.get(first.place.file as usize).map_or("", String::as_str);
        let here = draft.proxy_ref().map_or(String::new(), title);
        let there = title(first);
        let line = first.place.line;
        let message = format!("{here} reuses same custom id as {there} (declared at {file}:{line}).");
        return Err(Fault::new(message).tight());
    }
    draft.ids.insert(number, at);
    args.finish()
}

fn guid(args: &mut Args<'_>, _: &mut Draft) -> Done {
    not_in_defaults(args, "guid")?;
    let text = args.need("'guid' : expects an argument")?;
    match text.chars().find(|letter| !letter.is_ascii_alphanumeric() && !".:_-".contains(*letter)) {
        Some(bad) => Err(Fault::new(format!("'guid': invalid character '{bad}'"))),
        None => Ok(()),
    }
}

fn description(args: &mut Args<'_>, _: &mut Draft) -> Done {
    not_in_defaults(args, "description").map_err(Fault::tight)?;
    if args.is_empty() {
        return Err(Fault::new(format!("'{}' expects a string argument.", args.keyword())).tight());
    }
    Ok(())
}
