//! The certificates that clients and servers present.

use std::borrow::Cow;

use super::{Built, with};
use crate::proto::x509::{Certificate, Name};
use crate::sample::{Cx, Type, Value};
use crate::spec;
use crate::spec::{CallArgs, Fetch, Needs};

spec! {
    /// Certificates.
    pub static CERTIFICATE: [Fetch] = [
        /// The client's certificate in its DER form.
        { name: "ssl_c_der", out: Type::Bin, needs: Needs::CLIENT, build: |_| with(Side::Client, der) },
        /// The SHA-1 fingerprint of the client's certificate: `ssl_c_sha1,hex`.
        { name: "ssl_c_sha1", out: Type::Bin, needs: Needs::CLIENT, build: |_| with(Side::Client, sha1) },
        /// The serial number of the client's certificate.
        { name: "ssl_c_serial", out: Type::Bin, needs: Needs::CLIENT, build: |_| fact(Side::Client, |it| Value::Bin(Cow::Borrowed(it.serial))) },
        /// Whom the client's certificate names, as `/C=FR/CN=example`, or one entry of it: `ssl_c_s_dn(cn)`; of several,
        /// the first, the one with this number from 1, or from the end for a negative number. With the format `rfc2253`:
        /// `CN=example,C=FR`.
        { name: "ssl_c_s_dn", usage: "[<entry>[,<occ>[,<format>]]]", out: Type::Str, needs: Needs::CLIENT, build: |args| name(args, Side::Client, |it| it.subject) },
        /// Who signed the client's certificate.
        { name: "ssl_c_i_dn", usage: "[<entry>[,<occ>[,<format>]]]", out: Type::Str, needs: Needs::CLIENT, build: |args| name(args, Side::Client, |it| it.issuer) },
        /// When the client's certificate begins to hold, as `YYMMDDhhmmssZ`.
        { name: "ssl_c_notbefore", out: Type::Str, needs: Needs::CLIENT, build: |_| fact(Side::Client, |it| Value::text(it.not_before)) },
        /// When the client's certificate ends to hold, as `YYMMDDhhmmssZ`.
        { name: "ssl_c_notafter", out: Type::Str, needs: Needs::CLIENT, build: |_| fact(Side::Client, |it| Value::text(it.not_after)) },
        /// The version of the client's certificate: 1 or 3.
        { name: "ssl_c_version", out: Type::Int, needs: Needs::CLIENT, build: |_| fact(Side::Client, |it| Value::Int(it.version.into())) },
        /// The algorithm the client's certificate was signed with: `RSA-SHA256`.
        { name: "ssl_c_sig_alg", out: Type::Str, needs: Needs::CLIENT, build: |_| fact(Side::Client, |it| Value::text(it.signature.as_bytes())) },
        /// The kind of the key in the client's certificate: `rsaEncryption`.
        { name: "ssl_c_key_alg", out: Type::Str, needs: Needs::CLIENT, build: |_| fact(Side::Client, |it| Value::text(it.key.as_bytes())) },
        /// The server's certificate in its DER form.
        { name: "ssl_s_der", out: Type::Bin, needs: Needs::SERVER, build: |_| with(Side::Server, der) },
        /// The SHA-1 fingerprint of the server's certificate.
        { name: "ssl_s_sha1", out: Type::Bin, needs: Needs::SERVER, build: |_| with(Side::Server, sha1) },
        /// The serial number of the server's certificate.
        { name: "ssl_s_serial", out: Type::Bin, needs: Needs::SERVER, build: |_| fact(Side::Server, |it| Value::Bin(Cow::Borrowed(it.serial))) },
        /// Whom the server's certificate names; see `ssl_c_s_dn`.
        { name: "ssl_s_s_dn", usage: "[<entry>[,<occ>[,<format>]]]", out: Type::Str, needs: Needs::SERVER, build: |args| name(args, Side::Server, |it| it.subject) },
        /// Who signed the server's certificate.
        { name: "ssl_s_i_dn", usage: "[<entry>[,<occ>[,<format>]]]", out: Type::Str, needs: Needs::SERVER, build: |args| name(args, Side::Server, |it| it.issuer) },
        /// When the server's certificate begins to hold.
        { name: "ssl_s_notbefore", out: Type::Str, needs: Needs::SERVER, build: |_| fact(Side::Server, |it| Value::text(it.not_before)) },
        /// When the server's certificate ends to hold.
        { name: "ssl_s_notafter", out: Type::Str, needs: Needs::SERVER, build: |_| fact(Side::Server, |it| Value::text(it.not_after)) },
        /// The version of the server's certificate.
        { name: "ssl_s_version", out: Type::Int, needs: Needs::SERVER, build: |_| fact(Side::Server, |it| Value::Int(it.version.into())) },
        /// The algorithm the server's certificate was signed with.
        { name: "ssl_s_sig_alg", out: Type::Str, needs: Needs::SERVER, build: |_| fact(Side::Server, |it| Value::text(it.signature.as_bytes())) },
        /// The kind of the key in the server's certificate.
        { name: "ssl_s_key_alg", out: Type::Str, needs: Needs::SERVER, build: |_| fact(Side::Server, |it| Value::text(it.key.as_bytes())) },
    ];
}

#[derive(Clone, Copy)]
enum Side {
    Client,
    Server,
}

impl Side {
    fn bytes<'a>(self, cx: &Cx<'a>) -> Option<&'a [u8]> {
        let facts = match self {
            Side::Client => cx.sess.tls.as_deref(),
            Side::Server => cx.txn.server_tls.as_deref(),
        };
        facts?.peer_certificate.as_deref()
    }

    fn certificate<'a>(self, cx: &Cx<'a>) -> Option<Certificate<'a>> {
        Certificate::parse(self.bytes(cx)?)
    }
}

fn der<'a>(side: &Side, cx: &Cx<'a>) -> Option<Value<'a>> {
    side.bytes(cx).map(|bytes| Value::Bin(Cow::Borrowed(bytes)))
}

fn sha1<'a>(side: &Side, cx: &Cx<'a>) -> Option<Value<'a>> {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA1_FOR_LEGACY_USE_ONLY, side.bytes(cx)?);
    Some(Value::binary(digest.as_ref()))
}

struct Fact {
    side: Side,
    value: for<'a> fn(&Certificate<'a>) -> Value<'a>,
}

fn fact(side: Side, value: for<'a> fn(&Certificate<'a>) -> Value<'a>) -> Built {
    with(Fact { side, value }, |fact, cx| fact.side.certificate(cx).map(|certificate| (fact.value)(&certificate)))
}

struct Wanted {
    side: Side,
    name: for<'a> fn(&Certificate<'a>) -> Name<'a>,
    entry: Option<String>,
    occurrence: i64,
    rfc2253: bool,
}

fn name(args: &mut CallArgs<'_>, side: Side, name: for<'a> fn(&Certificate<'a>) -> Name<'a>) -> Built {
    let entry = args.maybe_text().map(str::to_owned);
    let occurrence = args.maybe_int()?.unwrap_or(0);
    let rfc2253 = match args.maybe_text() {
        None => false,
        Some("rfc2253") => true,
        Some(_) => return Err("only rfc2253 or a zero-length string are currently supported".to_owned()),
    };
    with(Wanted { side, name, entry, occurrence, rfc2253 }, |wanted, cx| {
        let name = (wanted.name)(&wanted.side.certificate(cx)?);
        let text = match &wanted.entry {
            Some(entry) => name.entry(entry, wanted.occurrence)?,
            None if wanted.rfc2253 => name.rfc2253(),
            None => name.oneline(),
        };
        Some(Value::owned(text))
    })
}
