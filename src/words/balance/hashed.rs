//! The algorithms that hash a key of the request, with the methods and functions of `hash-type`.
//!
//! A server that is full is chosen all the same: its queue keeps the request on it.

use std::sync::{Arc, Mutex};

use super::digest::{Digest, avalanche};
use super::key::{Key, UriPart, in_parentheses};
use super::map;
use super::places::{Place, in_service, lock};
use super::ring::Ring;
use crate::base::ids::ServerId;
use crate::live::{self, Live};
use crate::model::proxy::{Mode, Options, Settings};
use crate::sample::{Cx, Pick};
use crate::spec;
use crate::spec::{Args, Balance, Done, Fault, Since};

spec! {
    /// By a key of the request.
    pub static HASHED: [Balance] = [
        /// By the client's address: the same client gets the same server.
        { name: "source", build: |settings| build(settings, Key::Source) },
        /// By the target of the request: `whole` with the query string, `path-only` without scheme and host, at most
        /// `len` bytes or `depth` directories of it.
        { name: "uri", usage: "[len <bytes>] [depth <directories>] [whole] [path-only]", parse: uri, build: |settings| build_http(settings, Key::Uri(uri_part(&settings.balance.args))) },
        /// By a parameter of the query string, or of a POST body with `check_post`.
        { name: "url_param", usage: "<name> [check_post [<bytes>]]", parse: url_param, build: |settings| build_http(settings, Key::Param(first_arg(settings), settings.balance.args.len() > 1)) },
        /// By the value of a request header; `use_domain_only` takes the main part of a host name.
        { name: "hdr", usage: "(<name>) [use_domain_only]", parse: header, build: |settings| build_http(settings, Key::Header(first_arg(settings), settings.balance.args.len() > 1)) },
        /// By the value of an expression.
        { name: "hash", since: Since::V2_6, usage: "<expression>", build: expression },
        /// By the cookie of a remote desktop client: `mstshash` unless said otherwise.
        { name: "rdp-cookie", usage: "[(<name>)]", parse: rdp_cookie, build: |settings| build(settings, Key::RdpCookie(first_arg(settings))) },
    ];
}

fn uri(args: &mut Args<'_>, settings: &mut Settings) -> Done {
    while let Some(word) = args.next() {
        settings.balance.args.push(word.to_owned());
        match word {
            "len" | "depth" => {
                let number = args.next().and_then(|text| text.parse::<u32>().ok()).filter(|number| *number > 0);
                let Some(number) = number else {
                    return Err(Fault::new(format!("balance uri : '{word}' expects a positive integer.")));
                };
                settings.balance.args.push(number.to_string());
            }
            "whole" | "path-only" => {}
            _ => {
                return Err(Fault::new(
                    "balance uri only accepts parameters 'len', 'depth', 'path-only', and 'whole'.",
                ));
            }
        }
    }
    Ok(())
}

fn uri_part(args: &[String]) -> UriPart {
    let mut part = UriPart::default();
    let mut words = args.iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "len" => part.len = words.next().and_then(|number| number.parse().ok()),
            "depth" => part.depth = words.next().and_then(|number| number.parse().ok()),
            "whole" => part.whole = true,
            _ => part.path_only = true,
        }
    }
    part
}

fn url_param(args: &mut Args<'_>, settings: &mut Settings) -> Done {
    let name = args.need("balance url_param requires an URL parameter name.")?;
    settings.balance.args.push(name.to_owned());
    match args.next() {
        None => {}
        Some("check_post") => {
            settings.balance.args.push("check_post".to_owned());
            args.not_yet("balance url_param ... check_post");
            args.next();
        }
        Some(_) => return Err(Fault::new("balance url_param only accepts check_post modifier.")),
    }
    args.finish()
}

fn header(args: &mut Args<'_>, settings: &mut Settings) -> Done {
    let name = in_parentheses(args.keyword()).unwrap_or_default().to_ascii_lowercase();
    if name.is_empty() {
        return Err(Fault::new("balance hdr(name) requires an http header field name."));
    }
    settings.balance.args.push(name);
    match args.next() {
        None => {}
        Some("use_domain_only") => settings.balance.args.push("use_domain_only".to_owned()),
        Some(other) => {
            let message =
                format!("balance {} only accepts 'use_domain_only' modifier (got: '{other}').", args.keyword());
            return Err(Fault::new(message));
        }
    }
    args.finish()
}

fn rdp_cookie(args: &mut Args<'_>, settings: &mut Settings) -> Done {
    let name = in_parentheses(args.keyword()).unwrap_or("mstshash");
    if name.is_empty() {
        return Err(Fault::new("balance rdp-cookie(name) requires a cookie name."));
    }
    settings.balance.args.push(name.to_owned());
    args.finish()
}

fn first_arg(settings: &Settings) -> String {
    settings.balance.args.first().cloned().unwrap_or_default()
}

fn expression(settings: &Settings) -> Result<Arc<dyn Pick>, String> {
    let expr = settings.balance.expr.clone().ok_or("balance hash requires a sample expression.")?;
    build(settings, Key::Expr(expr))
}

/// An algorithm that reads HTTP; without it servers take turns, as HAProxy does after a warning.
fn build_http(settings: &Settings, key: Key) -> Result<Arc<dyn Pick>, String> {
    if settings.mode != Mode::Http { super::round::build(settings) } else { build(settings, key) }
}

fn build(settings: &Settings, key: Key) -> Result<Arc<dyn Pick>, String> {
    let mut words = settings.balance.hash_type.iter().map(String::as_str);
    let consistent = words.next() == Some("consistent");
    let function = words.next();
    let digest = match function {
        None => Digest::default(),
        Some(name) => Digest::named(name).ok_or_else(|| format!("unknown hash function '{name}'"))?,
    };
    let mixed = match words.next() {
        None => consistent && function.is_none(),
        Some("avalanche") => true,
        Some(other) => return Err(format!("unknown hash modifier '{other}'")),
    };
    let all_backups = settings.options.has(Options::ALL_BACKUPS);
    Ok(Arc::new(Hashed { key, digest, mixed, consistent, all_backups, state: Mutex::default() }))
}

struct Hashed {
    key: Key,
    digest: Digest,
    /// `avalanche`
    mixed: bool,
    consistent: bool,
    all_backups: bool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    places: Vec<Place>,
    slots: Vec<u16>,
    ring: Ring,
    /// Where requests without a key go on.
    turn: usize,
}

impl State {
    /// The first server from this slot or node on that need not be avoided; without one, the avoided.
    fn from(&self, index: usize, avoid: Option<ServerId>) -> Option<(usize, ServerId)> {
        let (before, after) = self.slots.split_at(index.min(self.slots.len()));
        let slots = after.iter().chain(before).copied();
        let mut first = None;
        for (steps, at) in slots.chain(self.ring.from(index)).enumerate() {
            let server = self.places.get(usize::from(at))?.server;
            if avoid != Some(server) {
                return Some((steps, server));
            }
            first.get_or_insert((steps, server));
        }
        first
    }

    fn len(&self) -> usize {
        self.slots.len() + self.ring.len()
    }
}

impl Pick for Hashed {
    fn pick(&self, _: &live::Proxy, cx: &Cx<'_>, avoid: Option<ServerId>) -> Option<ServerId> {
        let hash = self.key.hash(cx, self.digest);
        let hash = hash.map(|hash| if self.mixed { avalanche(hash) } else { hash });
        let mut state = lock(&self.state);
        let count = state.len().max(1);
        match hash {
            Some(hash) if self.consistent => Some(state.from(state.ring.nearest(hash), avoid)?.1),
            Some(hash) => Some(state.from(hash as usize % count, avoid)?.1),
            None => {
                let (steps, server) = state.from(state.turn % count, avoid)?;
                state.turn = (state.turn + steps + 1) % count;
                Some(server)
            }
        }
    }

    fn refresh(&self, live: &Live, backend: &live::Proxy) {
        let mut state = lock(&self.state);
        let state = &mut *state;
        in_service(live, backend, self.all_backups, &mut state.places);
        if self.consistent {
            state.ring = Ring::of(&state.places, |place| live.server(place.server).uid);
        } else {
            state.slots = map::slots(&state.places);
        }
    }
}
