//! Cryptographic digests and authentication codes.

use aws_lc_rs::digest as lc;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest as _, Md5};

use super::{Built, plain, with};
use crate::base::ids::VarId;
use crate::sample::{Cx, Type, Value};
use crate::spec;
use crate::spec::{CallArgs, Conv};
use crate::txn::vars::{self, Scope};

spec! {
    /// Digests.
    pub static DIGEST: [Conv] = [
        /// SHA-1, 20 bytes: `path,sha1,hex`.
        { name: "sha1", input: Type::Bin, out: Type::Bin, build: |_| plain(|value| Some(Value::binary(Algorithm::Sha1.digest(&[&value.into_bytes()])))) },
        /// SHA-2 with 224, 256 (the default), 384 or 512 bits.
        { name: "sha2", usage: "[<bits>]", input: Type::Bin, out: Type::Bin, build: sha2 },
        /// A digest by its name: `digest(sha256)`.
        { name: "digest", usage: "<algorithm>", input: Type::Bin, out: Type::Bin, build: |args| {
            with(named(args)?, |algorithm, value, _| Some(Value::binary(algorithm.digest(&[&value.into_bytes()]))))
        } },
        /// The HMAC of a digest, with a key in base 64 or in a variable: `hmac(sha256,c2VjcmV0)`.
        { name: "hmac", usage: "<algorithm>,<key>", input: Type::Bin, out: Type::Bin, build: hmac },
    ];
}

#[derive(Clone, Copy)]
enum Algorithm {
    Md5,
    Sha1,
    Lc(&'static lc::Algorithm),
}

impl Algorithm {
    fn digest(self, parts: &[&[u8]]) -> Vec<u8> {
        let algorithm = match self {
            Algorithm::Md5 => {
                let mut hash = Md5::new();
                parts.iter().for_each(|part| hash.update(part));
                return hash.finalize().to_vec();
            }
            Algorithm::Sha1 => &lc::SHA1_FOR_LEGACY_USE_ONLY,
            Algorithm::Lc(algorithm) => algorithm,
        };
        let mut hash = lc::Context::new(algorithm);
        parts.iter().for_each(|part| hash.update(part));
        hash.finish().as_ref().to_vec()
    }

    /// Bytes the digest takes at once.
    fn block(self) -> usize {
        match self {
            Algorithm::Md5 | Algorithm::Sha1 => 64,
            Algorithm::Lc(algorithm) => algorithm.block_len,
        }
    }

    /// RFC 2104.
    fn hmac(self, key: &[u8], text: &[u8]) -> Vec<u8> {
        let mut block = if key.len() > self.block() { self.digest(&[key]) } else { key.to_vec() };
        block.resize(self.block(), 0);
        let padded = |pad: u8| block.iter().map(|byte| byte ^ pad).collect::<Vec<_>>();
        let inner = self.digest(&[&padded(0x36), text]);
        self.digest(&[&padded(0x5c), &inner])
    }
}

fn named(args: &mut CallArgs<'_>) -> Result<Algorithm, String> {
    let name = args.text()?.to_ascii_lowercase();
    Ok(match name.as_str() {
        "md5" => Algorithm::Md5,
        "sha1" | "sha-1" => Algorithm::Sha1,
        "sha224" | "sha-224" | "sha2-224" => Algorithm::Lc(&lc::SHA224),
        "sha256" | "sha-256" | "sha2-256" => Algorithm::Lc(&lc::SHA256),
        "sha384" | "sha-384" | "sha2-384" => Algorithm::Lc(&lc::SHA384),
        "sha512" | "sha-512" | "sha2-512" => Algorithm::Lc(&lc::SHA512),
        "sha512-256" | "sha-512/256" | "sha2-512/256" => Algorithm::Lc(&lc::SHA512_256),
        "sha3-256" => Algorithm::Lc(&lc::SHA3_256),
        "sha3-384" => Algorithm::Lc(&lc::SHA3_384),
        "sha3-512" => Algorithm::Lc(&lc::SHA3_512),
        _ => return Err("algorithm must be a valid OpenSSL message digest name.".to_owned()),
    })
}

fn sha2(args: &mut CallArgs<'_>) -> Built {
    let algorithm = match args.maybe_int()?.unwrap_or(256) {
        224 => &lc::SHA224,
        256 => &lc::SHA256,
        384 => &lc::SHA384,
        512 => &lc::SHA512,
        other => return Err(format!("Unsupported number of bits: '{other}'")),
    };
    with(Algorithm::Lc(algorithm), |algorithm, value, _| Some(Value::binary(algorithm.digest(&[&value.into_bytes()]))))
}

enum Key {
    Bytes(Vec<u8>),
    Variable(Scope, VarId),
}

impl Key {
    fn bytes(&self, cx: &Cx<'_>) -> Option<Vec<u8>> {
        match self {
            Key::Bytes(bytes) => Some(bytes.clone()),
            Key::Variable(scope, id) => STANDARD.decode(cx.variable(*scope, *id)?.into_bytes()).ok(),
        }
    }
}

fn hmac(args: &mut CallArgs<'_>) -> Built {
    let algorithm = named(args)?;
    let text = args.text()?;
    let key = match vars::intern(text) {
        Ok((scope, id)) => Key::Variable(scope, id),
        Err(_) => Key::Bytes(STANDARD.decode(text).map_err(|_| "failed to parse key in base64".to_owned())?),
    };
    with((algorithm, key), |(algorithm, key), value, cx| {
        let key = key.bytes(cx)?;
        Some(Value::binary(algorithm.hmac(&key, &value.into_bytes())))
    })
}
