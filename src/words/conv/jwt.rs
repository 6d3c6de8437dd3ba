//! JSON Web Tokens in their compact form: three parts of base 64 between dots.

use std::sync::{Arc, OnceLock};

use aws_lc_rs::{constant_time, hmac, signature};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use super::json::Query;
use super::{Built, with};
use crate::base::ids::VarId;
use crate::sample::{Cx, Type, Value};
use crate::spec;
use crate::spec::{CallArgs, Conv};
use crate::txn::vars::{self, Scope};

spec! {
    /// JSON Web Tokens.
    pub static JWT: [Conv] = [
        /// The header of a token, decoded, or the value at a path in it: `jwt_header_query('$.alg')`.
        { name: "jwt_header_query", usage: "[<path>[,<type>]]", input: Type::Bin, out: Type::Any, build: |args| part(args, 0) },
        /// The payload of a token, decoded, or the value at a path in it: `jwt_payload_query('$.iss')`.
        { name: "jwt_payload_query", usage: "[<path>[,<type>]]", input: Type::Bin, out: Type::Any, build: |args| part(args, 1) },
        /// Whether the signature of a token is right: 1 when it is, 0 when it is not, less than 0 when that cannot be
        /// told (-1 unknown algorithm, -2 one that is not supported, -3 not a token, -5 unknown key). Algorithm and key
        /// are words or variables; the key is a secret for HS256, HS384 and HS512, else the path of a public key.
        { name: "jwt_verify", usage: "<alg>,<key>", input: Type::Bin, out: Type::Int, build: verify },
    ];
}

struct Part {
    number: usize,
    query: Option<Query>,
}

fn part(args: &mut CallArgs<'_>, number: usize) -> Built {
    let query = if args.count() > 0 { Some(Query::parse(args)?) } else { None };
    with(Part { number, query }, |part, value, _| {
        let token = value.into_bytes();
        let text = URL_SAFE_NO_PAD.decode(token.split(|&byte| byte == b'.').nth(part.number)?).ok()?;
        match &part.query {
            Some(query) => query.run(&text),
            None => Some(Value::owned(text)),
        }
    })
}

enum Word {
    Text(String),
    Variable(Scope, VarId),
}

impl Word {
    fn parse(text: &str) -> Word {
        vars::intern(text).map_or_else(|_| Word::Text(text.to_owned()), |(scope, id)| Word::Variable(scope, id))
    }

    fn text(&self, cx: &Cx<'_>) -> Option<Vec<u8>> {
        match self {
            Word::Text(text) => Some(text.clone().into_bytes()),
            Word::Variable(scope, id) => Some(cx.variable(*scope, *id)?.into_bytes().into_owned()),
        }
    }
}

struct Verify {
    algorithm: Word,
    key: Word,
    /// The public key behind the path, read before the start.
    public: Arc<OnceLock<Vec<u8>>>,
}

fn verify(args: &mut CallArgs<'_>) -> Built {
    let (algorithm, key) = (args.text()?, args.text()?);
    if key.is_empty() && algorithm == "none" {
        return with((), |(), _, _| None);
    }
    match Word::parse(algorithm) {
        Word::Text(name) if name != "none" && kind(name.as_bytes()).is_none() => {
            return Err(format!("unknown JWT algorithm: {name}"));
        }
        _ => {}
    }
    let public: Arc<OnceLock<Vec<u8>>> = Arc::default();
    let is_secret = algorithm.starts_with("HS") || algorithm == "none";
    if let (Word::Text(path), false) = (Word::parse(key), is_secret) {
        let slot = public.clone();
        args.late(move |outside| {
            // A key that cannot be read is an unknown key, said when a token is verified with it.
            if let Some(der) = outside.file(&path).ok().and_then(|pem| der(&pem)) {
                let _ = slot.set(der);
            }
            Ok(())
        });
    }
    let rule = Verify { algorithm: Word::parse(algorithm), key: Word::parse(key), public };
    with(rule, |rule, value, cx| Some(Value::Int(rule.check(&value.into_bytes(), cx))))
}

/// The bytes of the first public key in a PEM file.
fn der(pem: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(pem).ok()?;
    let start = text.find("PUBLIC KEY-----")? + "PUBLIC KEY-----".len();
    let body = text.get(start..)?;
    let body: String = body.get(..body.find("-----END")?)?.split_ascii_whitespace().collect();
    STANDARD.decode(body).ok()
}

enum Signature {
    Hmac(hmac::Algorithm),
    Public(&'static dyn signature::VerificationAlgorithm),
}

fn kind(name: &[u8]) -> Option<Signature> {
    Some(match name {
        b"HS256" => Signature::Hmac(hmac::HMAC_SHA256),
        b"HS384" => Signature::Hmac(hmac::HMAC_SHA384),
        b"HS512" => Signature::Hmac(hmac::HMAC_SHA512),
        b"RS256" => Signature::Public(&signature::RSA_PKCS1_2048_8192_SHA256),
        b"RS384" => Signature::Public(&signature::RSA_PKCS1_2048_8192_SHA384),
        b"RS512" => Signature::Public(&signature::RSA_PKCS1_2048_8192_SHA512),
        b"PS256" => Signature::Public(&signature::RSA_PSS_2048_8192_SHA256),
        b"PS384" => Signature::Public(&signature::RSA_PSS_2048_8192_SHA384),
        b"PS512" => Signature::Public(&signature::RSA_PSS_2048_8192_SHA512),
        b"ES256" => Signature::Public(&signature::ECDSA_P256_SHA256_FIXED),
        b"ES384" => Signature::Public(&signature::ECDSA_P384_SHA384_FIXED),
        b"ES512" => Signature::Public(&signature::ECDSA_P521_SHA512_FIXED),
        _ => return None,
    })
}

const NO: i64 = 0;
const YES: i64 = 1;
const UNKNOWN_ALGORITHM: i64 = -1;
const NOT_A_TOKEN: i64 = -3;
const UNKNOWN_KEY: i64 = -5;

impl Verify {
    fn check(&self, token: &[u8], cx: &Cx<'_>) -> i64 {
        let Some(algorithm) = self.algorithm.text(cx) else { return UNKNOWN_ALGORITHM };
        let kind = kind(&algorithm);
        if kind.is_none() && algorithm != b"none" {
            return UNKNOWN_ALGORITHM;
        }
        let mut dots = token.iter().enumerate().filter(|(_, byte)| **byte == b'.').map(|(at, _)| at);
        let (Some(_), Some(second), None) = (dots.next(), dots.next(), dots.next()) else { return NOT_A_TOKEN };
        let (signed, rest) = token.split_at_checked(second).unwrap_or((token, b""));
        let Ok(given) = URL_SAFE_NO_PAD.decode(rest.get(1..).unwrap_or_default()) else { return NOT_A_TOKEN };
        if algorithm == b"none" {
            return if given.is_empty() { YES } else { NO };
        }
        match kind {
            None => UNKNOWN_ALGORITHM,
            Some(Signature::Hmac(algorithm)) => {
                let Some(secret) = self.key.text(cx) else { return UNKNOWN_KEY };
                let made = hmac::sign(&hmac::Key::new(algorithm, &secret), signed);
                i64::from(constant_time::verify_slices_are_equal(made.as_ref(), &given).is_ok())
            }
            Some(Signature::Public(algorithm)) => {
                let Some(key) = self.public.get() else { return UNKNOWN_KEY };
                i64::from(signature::UnparsedPublicKey::new(algorithm, key).verify(signed, &given).is_ok())
            }
        }
    }
}
