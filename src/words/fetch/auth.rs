//! HTTP authentication: what the client sends, and whether a user list agrees.

use std::sync::{Arc, OnceLock};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{Built, Slot, plain, with};
use crate::base::crypt;
use crate::model::draft::{User, Userlist};
use crate::sample::{Cx, Fetch as Sample, Type, Value};
use crate::spec;
use crate::spec::{CallArgs, Fetch, Needs};

spec! {
    /// Authentication.
    pub static AUTH: [Fetch] = [
        /// Whether name and password of the request are those of a user in this list: `http_auth(admins)`.
        { name: "http_auth", usage: "<userlist>", out: Type::Bool, needs: Needs::REQUEST, build: http_auth },
        /// A group of the request's user in this list, when the password is right; in a condition all of them are tried.
        { name: "http_auth_group", usage: "<userlist>", out: Type::Str, needs: Needs::REQUEST, build: http_auth_group },
        /// The token of `Authorization: Bearer`, or of another field with the same form.
        { name: "http_auth_bearer", usage: "[<header>]", out: Type::Str, needs: Needs::REQUEST, build: bearer },
        /// The kind of authentication the client used: `Basic`, `Bearer`.
        { name: "http_auth_type", out: Type::Str, needs: Needs::REQUEST, build: |_| plain(|cx| {
            Some(Value::text(scheme(cx, b"authorization")?.0))
        }) },
        /// The user's name in `Authorization: Basic`.
        { name: "http_auth_user", out: Type::Str, needs: Needs::REQUEST, build: |_| plain(|cx| Some(Value::owned(basic(cx)?.0))) },
        /// The password in `Authorization: Basic`.
        { name: "http_auth_pass", out: Type::Str, needs: Needs::REQUEST, build: |_| plain(|cx| Some(Value::owned(basic(cx)?.1))) },
    ];
}

/// Scheme and the rest of a field such as `Authorization`. To a proxy, clients say `Proxy-Authorization`.
fn scheme<'a>(cx: &Cx<'a>, field: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let head = cx.request()?;
    let absolute = !head.target().starts_with(b"/") && head.target() != b"*";
    let value = if field == b"authorization" && absolute {
        head.value(b"proxy-authorization").or_else(|| head.value(field))
    } else {
        head.value(field)
    }?;
    let end = value.iter().position(|&byte| byte == b' ')?;
    Some((value.get(..end)?, value.get(end..)?.trim_ascii()))
}

fn basic(cx: &Cx<'_>) -> Option<(Vec<u8>, Vec<u8>)> {
    let (kind, rest) = scheme(cx, b"authorization")?;
    if !kind.eq_ignore_ascii_case(b"basic") {
        return None;
    }
    let decoded = STANDARD.decode(rest).ok()?;
    let colon = decoded.iter().position(|&byte| byte == b':')?;
    let password = decoded.get(colon + 1..)?.to_vec();
    Some((decoded.get(..colon)?.to_vec(), password))
}

fn bearer(args: &mut CallArgs<'_>) -> Built {
    let field = args.maybe().unwrap_or(b"authorization").to_ascii_lowercase();
    with(field, |field, cx| {
        let (kind, token) = scheme(cx, field)?;
        kind.eq_ignore_ascii_case(b"bearer").then_some(Value::text(token))
    })
}

fn list(args: &mut CallArgs<'_>) -> Result<Slot<Arc<Userlist>>, String> {
    let (name, keyword) = (args.text()?.to_owned(), args.name.to_owned());
    let list: Slot<Arc<Userlist>> = Arc::new(OnceLock::new());
    let slot = list.clone();
    args.late(move |outside| {
        let place = format!("in arg 1 of sample fetch keyword '{keyword}'");
        if name.is_empty() {
            return Err(format!("missing userlist name {place}."));
        }
        let refusal = || format!("unable to find userlist '{name}' referenced {place}.");
        let list = outside.userlist(&name).ok_or_else(refusal)?;
        let is_odd = |user: &&User| !user.clear && user.password.as_deref().is_some_and(|hash| !crypt::is_known(hash));
        if let Some(user) = list.users.iter().find(is_odd) {
            outside.not_yet(format!("password hash of {} in userlist {name}", user.name));
        }
        let _ = slot.set(list);
        Ok(())
    });
    Ok(list)
}

fn user<'a>(list: &'a Userlist, cx: &Cx<'_>) -> Option<&'a User> {
    let (name, password) = basic(cx)?;
    let user = list.users.iter().find(|user| user.name.as_bytes() == name)?;
    let known = user.password.as_deref()?;
    let right = if user.clear { known.as_bytes() == password } else { crypt::verify(&password, known) };
    right.then_some(user)
}

fn http_auth(args: &mut CallArgs<'_>) -> Built {
    with(list(args)?, |list, cx| {
        basic(cx)?;
        Some(Value::Bool(user(list.get()?, cx).is_some()))
    })
}

struct Groups(Slot<Arc<Userlist>>);

fn http_auth_group(args: &mut CallArgs<'_>) -> Built {
    Ok(Box::new(Groups(list(args)?)))
}

impl Groups {
    /// The groups that name the user, and those the user names.
    fn each<'a>(&'a self, cx: &Cx<'a>, found: &mut dyn FnMut(Value<'a>) -> bool) -> bool {
        let Some(list) = self.0.get() else { return false };
        let Some(user) = user(list, cx) else { return false };
        let mut show = |name: &'a String| found(Value::text(name.as_bytes()));
        user.groups.iter().any(&mut show)
            || list.groups.iter().filter(|(_, users)| users.contains(&user.name)).any(|(name, _)| show(name))
    }
}

impl Sample for Groups {
    fn fetch<'a>(&'a self, cx: &Cx<'a>) -> Option<Value<'a>> {
        let mut first = None;
        self.each(cx, &mut |value| {
            first = Some(value);
            true
        });
        first
    }

    fn any<'a>(&'a self, cx: &Cx<'a>, found: &mut dyn FnMut(Value<'a>) -> bool) -> bool {
        self.each(cx, found)
    }
}
