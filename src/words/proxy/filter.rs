//! Filters: `filter …`, `compression …`, FastCGI. They are not run yet.

use pointsman_parser::units::{self, TimeUnit};

use crate::model::draft::{Draft, Sections};
use crate::model::facts::{Bandwidth, FilterKind};
use crate::spec;
use crate::spec::{Args, Done, End, Fault, Keyword, Release, Since};

use super::side::title;
use super::spoe::spoe;

spec! {
    /// Filters.
    pub static FILTER: [Keyword] = [
        /// Puts a filter on the proxy's traffic.
        { name: "filter", sections: Sections::PROXIES, usage: "<name> [<parameter>...]", parse: filter },
        /// The order of filters. Only HAProxy 3.4.0 to 3.4.4 had it.
        { name: "filter-sequence", since: Since::V3_4, end: Some(End::removed(Release(3, 4), "the order of 'filter' lines")), sections: Sections::NAMED, usage: "request|response <filter>[,...]", parse: |args, _| { args.join(); args.not_yet("filter-sequence"); Ok(()) } },
        /// Compresses bodies.
        { name: "compression", sections: Sections::PROXIES, usage: "algo|type|offload|direction|minsize-req|minsize-res <value>...", parse: compression },
        /// Speaks FastCGI to the servers, by the settings of a section.
        { name: "use-fcgi-app", sections: Sections::PROXIES, usage: "<fcgi-app>", parse: fcgi },
    ];
}

/// Every filter, the family that HAProxy shows it in, and the release that brought it.
pub static FILTERS: &[(&str, &str, Since)] = &[
    ("bwlim-in", "BWLIM", Since::V2_7),
    ("bwlim-out", "BWLIM", Since::V2_7),
    ("cache", "CACHE", Since::BEFORE_2_2),
    ("comp-req", "COMP", Since::V3_4),
    ("comp-res", "COMP", Since::V3_4),
    ("compression", "COMP", Since::BEFORE_2_2),
    ("fcgi-app", "FCGI", Since::BEFORE_2_2),
    ("opentracing", "OT", Since::V2_4),
    ("spoe", "SPOE", Since::BEFORE_2_2),
    ("trace", "TRACE", Since::BEFORE_2_2),
];

fn unknown(name: &str) -> Fault {
    let known = FILTERS.iter().filter(|row| row.2.is_in(Release::FOLLOWED));
    let known: String = known.map(|(filter, family, _)| format!("    [{family:>4}] {filter}\n")).collect();
    Fault::new(format!("'filter' : unknown keyword '{name}'. Registered keywords :\n{known}"))
}

fn filter(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let own = format!(
        "parsing [{}:{}] : ",
        draft.files.get(args.place.file as usize).map_or("", String::as_str),
        args.place.line
    );
    if args.section == Sections::DEFAULTS {
        return Err(Fault::new(format!("{own}filter is not allowed in a 'default' section.")));
    }
    let Some(name) = args.next() else {
        return Err(Fault::new(format!("{own}missing argument for 'filter' in {}.", title(draft))));
    };
    let kind = match name {
        "trace" => trace(args).map(|()| FilterKind::Other)?,
        "compression" => {
            if let Some(proxy) = draft.proxy()
                && proxy.facts.filters.contains(&FilterKind::Compression)
            {
                let name = &proxy.name;
                return Err(Fault::new(format!("'filter' : {name}: Proxy supports only one compression filter")));
            }
            FilterKind::Compression
        }
        "cache" => {
            let kind = FilterKind::Cache(args.need("'filter' : cache : expects a <name> argument")?.to_owned());
            if let (Some(proxy), FilterKind::Cache(cache)) = (draft.proxy(), &kind)
                && proxy.facts.filters.contains(&kind)
            {
                let text = format!("multiple explicit declarations of the cache filter '{cache}'");
                return Err(Fault::new(format!("'filter' : {}: {text}", proxy.name)));
            }
            kind
        }
        "fcgi-app" => {
            let app = args.need("'filter' : fcgi-app : expects a <name> argument")?.to_owned();
            if let Some(proxy) = draft.proxy() {
                proxy.facts.fcgi.push(app);
            }
            FilterKind::FastCgi
        }
        "bwlim-in" | "bwlim-out" => bandwidth(args, draft, name).map(|()| FilterKind::Other)?,
        "spoe" => spoe(args, draft).map(|()| FilterKind::Other)?,
        "opentracing" => tracing(args, draft).map(|()| FilterKind::Other)?,
        other => return Err(unknown(other)),
    };
    if let Some(extra) = args.peek() {
        return Err(Fault::new(format!("'filter {name}' : unknown keyword '{extra}'.")));
    }
    if let Some(proxy) = draft.proxy() {
        if kind == FilterKind::Compression {
            proxy.facts.compressed_at = Some(args.place);
        }
        proxy.facts.filters.push(kind);
    }
    args.not_yet(format!("filter {name}"));
    Ok(())
}

fn trace(args: &mut Args<'_>) -> Done {
    let mut named = false;
    loop {
        match args.peek() {
            Some("name") => {
                args.next();
                if named {
                    return Err(Fault::new("'filter' : 'trace' : 'name' option already defined"));
                }
                args.need("'filter' : 'trace' : 'name' option without value")?;
                named = true;
            }
            Some("quiet" | "random-parsing" | "random-forwarding" | "hexdump") => {
                args.next();
            }
            _ => return Ok(()),
        }
    }
}

fn bandwidth(args: &mut Args<'_>, draft: &mut Draft, kind: &str) -> Done {
    let refuse = |text: String| Fault::new(format!("'filter' : '{kind}' : {text}"));
    let name = args.need(&format!("'filter' : '{kind}' : a name is expected as first argument "))?.to_owned();
    if let Some(proxy) = draft.proxy_ref()
        && proxy.facts.bandwidths.iter().any(|known| known.name == name)
    {
        let own = &proxy.name;
        return Err(Fault::new(format!("'filter' : bwlim filter '{name}' already declared for proxy '{own}'")));
    }
    let (mut stream, mut shared, mut limit, mut period, mut key) = (false, false, false, false, false);
    let mut table = None;
    while let Some(word) = args.peek() {
        if !matches!(word, "default-limit" | "default-period" | "limit" | "key" | "table" | "min-size") {
            break;
        }
        args.next();
        let what = match word {
            "key" => "sample expression",
            "table" => "table name",
            _ => "value",
        };
        let Some(text) = args.peek() else { return Err(refuse(format!("the {what} is missing for '{word}' option"))) };
        let invalid = |error: units::UnitError| refuse(format!("invalid value for option '{word}' ({error})"));
        match word {
            "default-limit" | "limit" | "min-size" => {
                args.next();
                let size = units::size(text.as_bytes()).map_err(invalid)?;
                stream |= word == "default-limit";
                shared |= word == "limit";
                limit |= word != "min-size" && size > 0;
            }
            "default-period" => {
                args.next();
                let time = args.time_of(text.as_bytes(), TimeUnit::Millisecond).map_err(invalid)?;
                stream = true;
                period |= time.us > 0;
            }
            "key" => {
                args.one_word_expr(draft)
                    .map_err(|fault| refuse(format!("unable to parse key expression ({})", fault.message)))?;
                shared = true;
                key = true;
            }
            _ => {
                table = args.next().map(str::to_owned);
                shared = true;
            }
        }
    }
    if stream && shared {
        return Err(refuse("cannot mix per-stream and shared parameter".to_owned()));
    }
    let missing = lacking(shared, limit, period, key);
    if let Some(missing) = missing {
        return Err(refuse(format!("<{missing}> option is missing")));
    }
    if let Some(proxy) = draft.proxy() {
        let own = proxy.name.clone();
        let table = shared.then(|| table.unwrap_or(own));
        let rate = if kind == "bwlim-in" { "bytes_in_rate" } else { "bytes_out_rate" };
        proxy.facts.bandwidths.push(Bandwidth { name, table, rate });
    }
    Ok(())
}

/// The option that a limit lacks: one that streams share has a key, one of each stream has a period.
fn lacking(shared: bool, limit: bool, period: bool, key: bool) -> Option<&'static str> {
    if shared {
        (!limit).then_some("limit").or((!key).then_some("key"))
    } else {
        (!period).then_some("default-period").or((!limit).then_some("default-limit"))
    }
}

fn tracing(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let fault = |text: String| Err(Fault::new(format!("'filter' : {text}")));
    let (mut id, mut config) = (None, None);
    while let Some(word) = args.next() {
        match word {
            "id" if id.is_some() => return fault("'opentracing' : name already set".to_owned()),
            "id" if args.is_empty() => return fault("'opentracing' : no name set".to_owned()),
            "id" => id = args.next(),
            "config" if args.is_empty() => return fault("'opentracing' : no configuration file set".to_owned()),
            "config" => config = args.next(),
            other => return fault(format!("'opentracing' : unknown keyword '{other}'")),
        }
    }
    let id = id.unwrap_or_else(|| {
        let text = "config : parsing : 'filter' : 'opentracing' : 'no filter id set, using default id 'ot-filter'";
        if !draft.noted.said_once.borrow().contains(&"ot-filter") {
            draft.noted.said_once.borrow_mut().push("ot-filter");
            args.warn_bare(text.to_owned());
        }
        "ot-filter"
    });
    let Some(config) = config else { return fault("'opentracing' : no configuration file specified".to_owned()) };
    if let Err(reason) = (draft.noted.world.read)(config) {
        return fault(format!("'{config}' : {reason}"));
    }
    if let Some(proxy) = draft.proxy() {
        proxy.facts.tracing.push(id.to_owned());
    }
    Ok(())
}

fn compression(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let own = format!(
        "parsing [{}:{}] : ",
        draft.files.get(args.place.file as usize).map_or("", String::as_str),
        args.place.line
    );
    args.not_yet("compression");
    if let Some(proxy) = draft.proxy() {
        proxy.facts.said.insert("compression");
    }
    match args.next() {
        Some(word @ ("algo" | "algo-res" | "algo-req")) => {
            if args.is_empty() && word == "algo-req" {
                return Err(Fault::new("'compression' : '' is not a supported algorithm."));
            }
            if args.is_empty() {
                return Err(Fault::new(format!("{own}'compression' expects <algorithm>.")));
            }
            let count = if word == "algo-req" { 1 } else { usize::MAX };
            for name in std::iter::from_fn(|| args.next()).take(count) {
                if !matches!(name, "identity" | "gzip" | "deflate" | "raw-deflate") {
                    return Err(Fault::new(format!("'compression' : '{name}' is not a supported algorithm.")));
                }
            }
            Ok(())
        }
        Some("type" | "type-req" | "type-res") => {
            if args.is_empty() {
                return Err(Fault::new("'compression' expects <type>."));
            }
            Ok(())
        }
        Some(word @ ("minsize-req" | "minsize-res")) => {
            let text = args.need(&format!("'{word}' expects an integer argument."))?;
            units::size(text.as_bytes()).map(|_| ()).map_err(|error| {
                let rest = match error {
                    units::UnitError::Unexpected { offset, .. } => text.get(offset..).unwrap_or_default(),
                    _ => text,
                };
                Fault::new(format!("unexpected '{rest}' after size passed to '{word}'"))
            })
        }
        Some("offload") => {
            if args.section == Sections::DEFAULTS {
                args.warn("'compression' : 'offload' ignored in 'defaults' section.");
            }
            Ok(())
        }
        Some("direction") => match args.next() {
            Some("request" | "response" | "both") => Ok(()),
            _ => Err(Fault::new("'compression' expects 'request', 'response', or 'both'.")),
        },
        _ => Err(Fault::new(
            "'compression' expects 'algo', 'type', 'direction', 'offload', 'minsize-req' or 'minsize-res'.",
        )),
    }
}

fn fcgi(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    if matches!(args.section, Sections::FRONTEND | Sections::DEFAULTS) {
        return Err(Fault::new("'use-fcgi-app' only available in backend or listen section"));
    }
    let app = args.need("'use-fcgi-app' expects <name> as argument")?.to_owned();
    args.not_yet("use-fcgi-app");
    if let Some(proxy) = draft.proxy() {
        if proxy.facts.fcgi.iter().any(|known| *known != app) {
            return Err(Fault::new("'use-fcgi-app' : only one fcgi-app supported per backend"));
        }
        proxy.facts.fcgi.push(app);
    }
    Ok(())
}
