//! Sample fetches, by what they look at: the visible list.

mod auth;
mod certificate;
mod client;
mod constant;
mod cookie;
mod header;
mod message;
mod payload;
mod place;
mod process;
mod timer;
mod tls;
mod uri;
mod variable;

use std::sync::{Arc, OnceLock};

use crate::sample::{Cx, Fetch as Sample, Value};
use crate::spec::Fetch;

/// Every family.
pub static ALL: &[&[Fetch]] = &[
    auth::AUTH,
    certificate::CERTIFICATE,
    client::CLIENT,
    constant::CONSTANT,
    cookie::COOKIE,
    header::HEADER,
    message::MESSAGE,
    payload::PAYLOAD,
    place::PLACE,
    process::PROCESS,
    timer::TIMER,
    tls::TLS,
    uri::URI,
    variable::VARIABLE,
];

/// ACL keywords that stand for a fetch with a match method: keyword, fetch, method.
pub static ACL_KEYWORDS: &[(&str, &str, &str)] = &[
    ("base", "base", "str"),
    ("base_beg", "base", "beg"),
    ("base_dir", "base", "dir"),
    ("base_dom", "base", "dom"),
    ("base_end", "base", "end"),
    ("base_len", "base", "len"),
    ("base_reg", "base", "reg"),
    ("base_sub", "base", "sub"),
    ("cook", "req.cook", "str"),
    ("cook_beg", "req.cook", "beg"),
    ("cook_dir", "req.cook", "dir"),
    ("cook_dom", "req.cook", "dom"),
    ("cook_end", "req.cook", "end"),
    ("cook_len", "req.cook", "len"),
    ("cook_reg", "req.cook", "reg"),
    ("cook_sub", "req.cook", "sub"),
    ("hdr", "req.hdr", "str"),
    ("hdr_beg", "req.hdr", "beg"),
    ("hdr_dir", "req.hdr", "dir"),
    ("hdr_dom", "req.hdr", "dom"),
    ("hdr_end", "req.hdr", "end"),
    ("hdr_len", "req.hdr", "len"),
    ("hdr_reg", "req.hdr", "reg"),
    ("hdr_sub", "req.hdr", "sub"),
    ("http_auth_group", "http_auth_group", "str"),
    ("method", "method", "str"),
    ("path", "path", "str"),
    ("path_beg", "path", "beg"),
    ("path_dir", "path", "dir"),
    ("path_dom", "path", "dom"),
    ("path_end", "path", "end"),
    ("path_len", "path", "len"),
    ("path_reg", "path", "reg"),
    ("path_sub", "path", "sub"),
    ("payload", "req.payload", "bin"),
    ("payload_lv", "req.payload_lv", "bin"),
    ("req.ssl_ver", "req.ssl_ver", "int"),
    ("req_rdp_cookie", "req.rdp_cookie", "str"),
    ("req_rdp_cookie_cnt", "req.rdp_cookie_cnt", "int"),
    ("req_ssl_sni", "req.ssl_sni", "str"),
    ("req_ssl_ver", "req.ssl_ver", "int"),
    ("req_ver", "req.ver", "str"),
    ("resp_ver", "res.ver", "str"),
    ("scook", "res.cook", "str"),
    ("scook_beg", "res.cook", "beg"),
    ("scook_dir", "res.cook", "dir"),
    ("scook_dom", "res.cook", "dom"),
    ("scook_end", "res.cook", "end"),
    ("scook_len", "res.cook", "len"),
    ("scook_reg", "res.cook", "reg"),
    ("scook_sub", "res.cook", "sub"),
    ("shdr", "res.hdr", "str"),
    ("shdr_beg", "res.hdr", "beg"),
    ("shdr_dir", "res.hdr", "dir"),
    ("shdr_dom", "res.hdr", "dom"),
    ("shdr_end", "res.hdr", "end"),
    ("shdr_len", "res.hdr", "len"),
    ("shdr_reg", "res.hdr", "reg"),
    ("shdr_sub", "res.hdr", "sub"),
    ("ssl_fc_sni_end", "ssl_fc_sni", "end"),
    ("ssl_fc_sni_reg", "ssl_fc_sni", "reg"),
    ("url", "url", "str"),
    ("url_beg", "url", "beg"),
    ("url_dir", "url", "dir"),
    ("url_dom", "url", "dom"),
    ("url_end", "url", "end"),
    ("url_len", "url", "len"),
    ("url_reg", "url", "reg"),
    ("url_sub", "url", "sub"),
    ("urlp", "urlp", "str"),
    ("urlp_beg", "urlp", "beg"),
    ("urlp_dir", "urlp", "dir"),
    ("urlp_dom", "urlp", "dom"),
    ("urlp_end", "urlp", "end"),
    ("urlp_len", "urlp", "len"),
    ("urlp_reg", "urlp", "reg"),
    ("urlp_sub", "urlp", "sub"),
];

/// What compiling a fetch gives.
type Built = Result<Box<dyn Sample>, String>;

/// What a fetch does with the data of its arguments.
type With<D> = for<'a> fn(&'a D, &Cx<'a>) -> Option<Value<'a>>;

struct Data<D> {
    data: D,
    fetch: With<D>,
}

impl<D: Send + Sync> Sample for Data<D> {
    #[inline]
    fn fetch<'a>(&'a self, cx: &Cx<'a>) -> Option<Value<'a>> {
        (self.fetch)(&self.data, cx)
    }
}

/// A fetch with arguments.
fn with<D: Send + Sync + 'static>(data: D, fetch: With<D>) -> Built {
    Ok(Box::new(Data { data, fetch }))
}

struct Plain(for<'a> fn(&Cx<'a>) -> Option<Value<'a>>);

impl Sample for Plain {
    #[inline]
    fn fetch<'a>(&'a self, cx: &Cx<'a>) -> Option<Value<'a>> {
        (self.0)(cx)
    }
}

/// A fetch without arguments.
fn plain(fetch: for<'a> fn(&Cx<'a>) -> Option<Value<'a>>) -> Built {
    Ok(Box::new(Plain(fetch)))
}

/// Something that is known once names are.
type Slot<T> = Arc<OnceLock<T>>;
