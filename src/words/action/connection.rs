//! Actions on addresses, and on marks of the packets.

use std::net::{IpAddr, SocketAddr};

use super::{Parsed, with};
use crate::model::draft::Draft;
use crate::sample::{Expr, RuleCx, Type, Value};
use crate::spec;
use crate::spec::{Action, Args, RuleSet, SetOf};
use crate::txn::Verdict;

const FROM_CLIENT: u32 =
    RuleSet::Connection.bit() | RuleSet::Session.bit() | RuleSet::Content.bit() | RuleSet::Request.bit();
const TO_SERVER: u32 = RuleSet::Content.bit() | RuleSet::Request.bit();

spec! {
    /// Addresses.
    pub static CONNECTION: [Action] = [
        /// Takes this for the client's address from here on, in logs, headers and rules: `http-request set-src
        /// req.hdr(x-forwarded-for,1)`. A value that is no address changes nothing.
        { name: "set-src", usage: "<expr>", sets: FROM_CLIENT, parse: |args, draft, set| change(args, draft, set, set_src) },
        /// Takes this for the client's port.
        { name: "set-src-port", usage: "<expr>", sets: FROM_CLIENT, parse: |args, draft, set| change(args, draft, set, set_src_port) },
        /// Takes this for the address the client wanted to reach; a server at `0.0.0.0` is reached there.
        { name: "set-dst", usage: "<expr>", sets: FROM_CLIENT, parse: |args, draft, set| change(args, draft, set, set_dst) },
        /// Takes this for the port the client wanted to reach.
        { name: "set-dst-port", usage: "<expr>", sets: FROM_CLIENT, parse: |args, draft, set| change(args, draft, set, set_dst_port) },
        /// Sets the type of service of packets to the client. It is checked and not applied: packets keep the system's.
        { name: "set-fc-tos", usage: "{ <tos> | <expr> }", sets: SetOf::TCP | SetOf::BOTH, parse: mark },
        /// An older name of `set-fc-tos`.
        { name: "set-tos", usage: "<tos>", sets: SetOf::TCP | SetOf::BOTH, parse: mark },
        /// Sets the netfilter mark of packets to the client. It is checked and not applied.
        { name: "set-fc-mark", usage: "{ <mark> | <expr> }", sets: SetOf::TCP | SetOf::BOTH, parse: mark },
        /// An older name of `set-fc-mark`.
        { name: "set-mark", usage: "<mark>", sets: SetOf::TCP | SetOf::BOTH, parse: mark },
        /// Sets the type of service of packets to the server. It is checked and not applied.
        { name: "set-bc-tos", usage: "{ <tos> | <expr> }", sets: TO_SERVER, parse: mark },
        /// Sets the netfilter mark of packets to the server. It is checked and not applied.
        { name: "set-bc-mark", usage: "{ <mark> | <expr> }", sets: TO_SERVER, parse: mark },
    ];
}

struct Change {
    value: Expr,
    /// Whether the whole connection is meant: the rule runs before there is an exchange.
    for_session: bool,
    apply: fn(&mut RuleCx<'_>, bool, Value<'static>),
}

fn change(
    args: &mut Args<'_>,
    draft: &mut Draft,
    set: RuleSet,
    apply: fn(&mut RuleCx<'_>, bool, Value<'static>),
) -> Parsed {
    let value =
        if set.words().starts_with("tcp") { args.one_word_expr_anywhere(draft) } else { args.one_word_expr(draft) }?;
    let for_session = matches!(set, RuleSet::Connection | RuleSet::Session);
    with(Change { value, for_session, apply }, |change, cx| {
        let value = change.value.eval(&cx.cx()).map(Value::into_owned);
        if let Some(value) = value {
            (change.apply)(cx, change.for_session, value);
        }
        Verdict::Continue
    })
}

fn address(value: Value<'static>) -> Option<IpAddr> {
    match value.cast(Type::Addr)? {
        Value::Ip(address) => Some(address),
        _ => None,
    }
}

fn port(value: &Value<'_>) -> Option<u16> {
    value.to_int().map(|number| number as u16)
}

fn set_src(cx: &mut RuleCx<'_>, for_session: bool, value: Value<'static>) {
    let Some(address) = address(value) else { return };
    if for_session {
        let port = cx.sess.src.map_or(0, |src| src.port());
        cx.sess.src = Some(SocketAddr::new(address, port));
    } else {
        cx.txn.src = Some(address);
    }
}

fn set_src_port(cx: &mut RuleCx<'_>, for_session: bool, value: Value<'static>) {
    let Some(port) = port(&value) else { return };
    if for_session {
        if let Some(src) = &mut cx.sess.src {
            src.set_port(port);
        }
    } else {
        cx.txn.src_port = Some(port);
    }
}

fn set_dst(cx: &mut RuleCx<'_>, for_session: bool, value: Value<'static>) {
    let Some(address) = address(value) else { return };
    let port = cx.txn.dst.or(cx.sess.dst).map_or(0, |dst| dst.port());
    put_dst(cx, for_session, SocketAddr::new(address, port));
}

fn set_dst_port(cx: &mut RuleCx<'_>, for_session: bool, value: Value<'static>) {
    let (Some(port), Some(mut dst)) = (port(&value), cx.txn.dst.or(cx.sess.dst)) else { return };
    dst.set_port(port);
    put_dst(cx, for_session, dst);
}

fn put_dst(cx: &mut RuleCx<'_>, for_session: bool, dst: SocketAddr) {
    if for_session {
        cx.sess.dst = Some(dst);
    } else {
        cx.txn.dst = Some(dst);
    }
}

/// A number in decimal, octal or hexadecimal, or an expression.
fn mark(args: &mut Args<'_>, draft: &mut Draft, _: RuleSet) -> Parsed {
    let text = args.peek().unwrap_or_default();
    let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
    let is_number = match digits {
        Some(hex) => u32::from_str_radix(hex, 16).is_ok(),
        None => text.parse::<u32>().is_ok(),
    };
    if is_number {
        args.next();
    } else {
        match args.keyword().to_owned() {
            name if name.starts_with("set-bc") => args.expr_called(draft, &name),
            _ => args.expr_anywhere(draft),
        }?;
    }
    with((), |(), _| Verdict::Continue)
}
