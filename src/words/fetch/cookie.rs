//! Cookies of either message.

use super::{Built, with};
use crate::http::{Head, cookie};
use crate::sample::value::leading_int;
use crate::sample::{Cx, Direction, Fetch as Sample, Type, Value};
use crate::spec;
use crate::spec::{CallArgs, Fetch, Needs};

spec! {
    /// Cookies.
    pub static COOKIE: [Fetch] = [
        /// The value of a request cookie. In a condition every cookie of that name is tried; elsewhere it is the last.
        /// Without a name: the first cookie.
        { name: "req.cook", aliases: &["cook"], usage: "[<name>]", out: Type::Str, needs: Needs::REQUEST, build: |args| value(args, Which::Request, Type::Str) },
        /// The value of a cookie of the message that the rule is about.
        { name: "cookie", usage: "[<name>]", out: Type::Str, needs: Needs::HEAD, build: |args| value(args, Which::Either, Type::Str) },
        /// How many request cookies have this name, or how many there are.
        { name: "req.cook_cnt", aliases: &["cook_cnt"], usage: "[<name>]", out: Type::Int, needs: Needs::REQUEST, build: |args| count(args, Which::Request) },
        /// The value of a request cookie as a number.
        { name: "req.cook_val", aliases: &["cook_val"], usage: "[<name>]", out: Type::Int, needs: Needs::REQUEST, build: |args| value(args, Which::Request, Type::Int) },
        /// The names of the request's cookies, with this text between them, a comma by default.
        { name: "req.cook_names", usage: "[<delim>]", out: Type::Str, needs: Needs::REQUEST, build: |args| names(args, Which::Request) },
        /// The value of a cookie that the response sets.
        { name: "res.cook", aliases: &["scook"], usage: "[<name>]", out: Type::Str, needs: Needs::RESPONSE, build: |args| value(args, Which::Response, Type::Str) },
        /// How many cookies of this name the response sets.
        { name: "res.cook_cnt", aliases: &["scook_cnt"], usage: "[<name>]", out: Type::Int, needs: Needs::RESPONSE, build: |args| count(args, Which::Response) },
        /// The value of a cookie that the response sets, as a number.
        { name: "res.cook_val", aliases: &["scook_val"], usage: "[<name>]", out: Type::Int, needs: Needs::RESPONSE, build: |args| value(args, Which::Response, Type::Int) },
        /// The names of the cookies that the response sets.
        { name: "res.cook_names", usage: "[<delim>]", out: Type::Str, needs: Needs::RESPONSE, build: |args| names(args, Which::Response) },
    ];
}

#[derive(Clone, Copy)]
enum Which {
    Request,
    Response,
    Either,
}

struct Cookie {
    name: Vec<u8>,
    which: Which,
    kind: Type,
}

impl Cookie {
    /// Shows name and value of each cookie with the wanted name, in order, until `found` says yes.
    fn each<'a>(&self, cx: &Cx<'a>, found: &mut dyn FnMut(&'a [u8], &'a [u8]) -> bool) -> bool {
        let on_request = match self.which {
            Which::Request => true,
            Which::Response => false,
            Which::Either => cx.direction == Direction::Request,
        };
        let wanted = |name: &[u8]| self.name.is_empty() || name == self.name;
        let mut show = |(name, value): (&'a [u8], &'a [u8])| wanted(name) && found(name, value);
        if on_request {
            cx.request()
                .is_some_and(|head: &'a Head| head.values(b"cookie").any(|value| cookie::values(value).any(&mut show)))
        } else {
            // What follows the first pair of a `set-cookie` are its attributes.
            cx.response().is_some_and(|head: &'a Head| {
                head.values(b"set-cookie").any(|value| cookie::values(value).next().is_some_and(&mut show))
            })
        }
    }

    fn typed<'a>(&self, value: &'a [u8]) -> Value<'a> {
        match self.kind {
            Type::Int => Value::Int(leading_int(value)),
            _ => Value::text(value),
        }
    }
}

impl Sample for Cookie {
    fn fetch<'a>(&'a self, cx: &Cx<'a>) -> Option<Value<'a>> {
        let mut chosen = None;
        self.each(cx, &mut |_, value| {
            chosen = Some(value);
            self.name.is_empty()
        });
        chosen.map(|value| self.typed(value))
    }

    fn any<'a>(&'a self, cx: &Cx<'a>, found: &mut dyn FnMut(Value<'a>) -> bool) -> bool {
        self.each(cx, &mut |_, value| found(self.typed(value)))
    }
}

fn named(args: &mut CallArgs<'_>, which: Which, kind: Type) -> Cookie {
    Cookie { name: args.maybe().unwrap_or_default().to_vec(), which, kind }
}

fn value(args: &mut CallArgs<'_>, which: Which, kind: Type) -> Built {
    Ok(Box::new(named(args, which, kind)))
}

fn count(args: &mut CallArgs<'_>, which: Which) -> Built {
    with(named(args, which, Type::Int), |cookie, cx| {
        let mut count = 0;
        cookie.each(cx, &mut |_, _| {
            count += 1;
            false
        });
        Some(Value::Int(count))
    })
}

fn names(args: &mut CallArgs<'_>, which: Which) -> Built {
    let between = args.maybe().unwrap_or(b",").to_vec();
    with((Cookie { name: Vec::new(), which, kind: Type::Str }, between), |(cookie, between), cx| {
        let mut names: Vec<&[u8]> = Vec::new();
        cookie.each(cx, &mut |name, _| {
            names.push(name);
            false
        });
        Some(Value::owned(names.join(&between[..])))
    })
}
