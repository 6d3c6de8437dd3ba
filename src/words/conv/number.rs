//! Arithmetic and logic on integers. Results that do not fit stop at the limits of 64 bits.

use super::{Built, Operand, plain, with};
use crate::sample::{Type, Value};
use crate::spec;
use crate::spec::{CallArgs, Conv};

spec! {
    /// Integers.
    pub static NUMBER: [Conv] = [
        /// The sum with a number or a variable: `int(7),add(3)` is 10.
        { name: "add", usage: "<value>", input: Type::Int, out: Type::Int, build: |args| by(args, i64::saturating_add) },
        /// The difference to a number or a variable.
        { name: "sub", usage: "<value>", input: Type::Int, out: Type::Int, build: |args| by(args, i64::saturating_sub) },
        /// The product with a number or a variable.
        { name: "mul", usage: "<value>", input: Type::Int, out: Type::Int, build: |args| by(args, i64::saturating_mul) },
        /// The quotient, cut to an integer; the greatest integer when divided by 0.
        { name: "div", usage: "<value>", input: Type::Int, out: Type::Int, build: |args| by(args, |a, b| {
            if b == 0 { i64::MAX } else { a.saturating_div(b) }
        }) },
        /// The remainder of a division; 0 when divided by 0.
        { name: "mod", usage: "<value>", input: Type::Int, out: Type::Int, build: |args| by(args, |a, b| {
            if b == 0 { 0 } else { a.wrapping_rem(b) }
        }) },
        /// The bits set in both.
        { name: "and", usage: "<value>", input: Type::Int, out: Type::Int, build: |args| by(args, |a, b| a & b) },
        /// The bits set in either.
        { name: "or", usage: "<value>", input: Type::Int, out: Type::Int, build: |args| by(args, |a, b| a | b) },
        /// The bits set in only one.
        { name: "xor", usage: "<value>", input: Type::Int, out: Type::Int, build: |args| by(args, |a, b| a ^ b) },
        /// The complement: every bit turned.
        { name: "cpl", input: Type::Int, out: Type::Int, build: |_| plain(|value| Some(Value::Int(!value.to_int()?))) },
        /// The negative.
        { name: "neg", input: Type::Int, out: Type::Int, build: |_| plain(|value| Some(Value::Int(value.to_int()?.wrapping_neg()))) },
        /// True for 0, false for any other number.
        { name: "not", input: Type::Int, out: Type::Bool, build: |_| plain(|value| Some(Value::Bool(value.to_int()? == 0))) },
        /// False for 0, true for any other number.
        { name: "bool", input: Type::Int, out: Type::Bool, build: |_| plain(|value| Some(Value::Bool(value.to_int()? != 0))) },
        /// Whether the number is odd.
        { name: "odd", input: Type::Int, out: Type::Bool, build: |_| plain(|value| Some(Value::Bool(value.to_int()? & 1 == 1))) },
        /// Whether the number is even.
        { name: "even", input: Type::Int, out: Type::Bool, build: |_| plain(|value| Some(Value::Bool(value.to_int()? & 1 == 0))) },
        /// The number as four bytes, the highest first.
        { name: "htonl", input: Type::Int, out: Type::Bin, build: |_| plain(|value| Some(Value::binary((value.to_int()? as u32).to_be_bytes()))) },
        /// The OpenSSL name of a certificate verification result: 18 is `X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT`.
        { name: "x509_v_err_str", input: Type::Int, out: Type::Str, build: |_| plain(|value| verify_name(value.to_int()?)) },
    ];
}

struct Operation {
    operand: Operand,
    apply: fn(i64, i64) -> i64,
}

fn by(args: &mut CallArgs<'_>, apply: fn(i64, i64) -> i64) -> Built {
    let operand = Operand::parse(args)?;
    with(Operation { operand, apply }, |operation, value, cx| {
        let other = operation.operand.value(cx)?;
        Some(Value::Int((operation.apply)(value.to_int()?, other)))
    })
}

/// The results that configurations look for; the others are printed as numbers.
static VERIFY_NAMES: &[(i64, &str)] = &[
    (0, "X509_V_OK"),
    (2, "X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT"),
    (3, "X509_V_ERR_UNABLE_TO_GET_CRL"),
    (7, "X509_V_ERR_CERT_SIGNATURE_FAILURE"),
    (9, "X509_V_ERR_CERT_NOT_YET_VALID"),
    (10, "X509_V_ERR_CERT_HAS_EXPIRED"),
    (12, "X509_V_ERR_CRL_HAS_EXPIRED"),
    (18, "X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT"),
    (19, "X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN"),
    (20, "X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY"),
    (21, "X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE"),
    (22, "X509_V_ERR_CERT_CHAIN_TOO_LONG"),
    (23, "X509_V_ERR_CERT_REVOKED"),
    (24, "X509_V_ERR_INVALID_CA"),
    (26, "X509_V_ERR_INVALID_PURPOSE"),
    (27, "X509_V_ERR_CERT_UNTRUSTED"),
    (28, "X509_V_ERR_CERT_REJECTED"),
];

fn verify_name<'a>(code: i64) -> Option<Value<'a>> {
    let name = VERIFY_NAMES.iter().find(|(known, _)| *known == code).map(|(_, name)| *name);
    Some(name.map_or_else(|| Value::owned(code.to_string()), |name| Value::text(name.as_bytes())))
}
