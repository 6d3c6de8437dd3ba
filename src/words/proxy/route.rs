//! ACLs and where they lead: `acl`, `use_backend`, `default_backend`, `use-server`, monitoring.

use std::sync::Arc;

use crate::model::draft::{Draft, Sections, Switch, Target};
use crate::model::noted::Context;
use crate::sample::Acl;
use crate::sample::format::Escape;
use crate::spec;
use crate::spec::compile;
use crate::spec::{Args, Done, Fault, Keyword};

use super::side::{back, front, in_order, not_in_defaults};

spec! {
    /// Conditions and where they lead.
    pub static ROUTE: [Keyword] = [
        /// Names a test. Lines with the same name are alternatives.
        { name: "acl", sections: Sections::PROXIES, usage: "<name> <criterion> [flags] [<pattern>...]", parse: acl },
        /// Sends what meets the condition to a backend.
        { name: "use_backend", sections: Sections::PROXIES, usage: "<backend> [if|unless <condition>]", parse: use_backend },
        /// The backend for what no `use_backend` took.
        { name: "default_backend", sections: Sections::PROXIES, usage: "<backend>", parse: default_backend },
        /// Sends what meets the condition to one server.
        { name: "use-server", sections: Sections::PROXIES, usage: "<server> [if|unless <condition>]", parse: use_server },
        /// The path that is answered with 200 here, for the balancer in front.
        { name: "monitor-uri", sections: Sections::PROXIES, usage: "<uri>", parse: monitor_uri },
        /// When the answer to the monitor path is 503.
        { name: "monitor", sections: Sections::PROXIES, usage: "fail if|unless <condition>", parse: monitor },
        /// Uses a server that is down when the cookie names it.
        { name: "force-persist", sections: Sections::PROXIES, usage: "if|unless <condition>", parse: persist },
        /// Does not look at the cookie.
        { name: "ignore-persist", sections: Sections::PROXIES, usage: "if|unless <condition>", parse: persist },
    ];
}

fn acl(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let Some(name) = args.next().map(str::to_owned) else {
        return Err(Fault::new("character '' is not permitted in acl name ''."));
    };
    if args.section == Sections::DEFAULTS && draft.proxy_ref().is_some_and(|proxy| proxy.name.is_empty()) {
        return Err(Fault::new("'acl' not allowed in anonymous 'defaults' section."));
    }
    if let Some(bad) = name.chars().find(|letter| !letter.is_ascii_alphanumeric() && !"-_.:".contains(*letter)) {
        return Err(Fault::new(format!("character '{bad}' is not permitted in acl name '{name}'.")));
    }
    if name == "or" {
        return Err(Fault::new(format!(
            "acl name '{name}' will never match. 'or' is used to express a logical disjunction within a condition."
        )));
    }
    let words = args.rest();
    if words.is_empty() {
        return Err(Fault::new(format!(
            "error detected while parsing ACL '{name}' : missing fetch method in ACL expression ''."
        )));
    }
    args.seek(usize::MAX);
    let compiled = compile::acl_test(words, args.vocabulary, draft);
    let (test, references) = compiled.map_err(|fault| {
        if fault.unsupported {
            return fault;
        }
        let message = format!("error detected while parsing ACL '{name}' : {}.", fault.message);
        Fault { message, ..fault }
    })?;
    args.refer(references);
    let unnamed = |test: &&mut crate::model::noted::GroupTest| test.place == args.place && test.acl.is_empty();
    draft.noted.groups.borrow_mut().iter_mut().rev().take_while(unnamed).for_each(|test| test.acl.clone_from(&name));
    if let Some(mut places) = compile::places_of(words, args.vocabulary, draft) {
        let key = (draft.current, name.clone());
        if let Some(before) = draft.noted.acls.borrow().get(&key) {
            places.any |= before.any;
            places.all &= before.all;
            places.raw |= before.raw;
        }
        draft.noted.acls.borrow_mut().insert(key, places);
    }
    if let Some(proxy) = draft.proxy() {
        proxy.acls.entry(name.clone()).or_insert_with(|| Acl::new(&name)).add(test);
    }
    Ok(())
}

/// A backend or server name, or a format that makes one.
///
/// HAProxy compiles the format when all lines were read: a refusal is remembered, and there is no target.
fn target(args: &mut Args<'_>, draft: &mut Draft, rule: &'static str, refusal: &str) -> Result<Option<Target>, Fault> {
    let Some(word) = args.next_arg() else { return Err(Fault::new(refusal)) };
    let text = String::from_utf8_lossy(&word.text).into_owned();
    if !text.contains('%') {
        return Ok(Some(Target::Name(text)));
    }
    let format = match args.format_of(word, draft, Escape::None) {
        Ok(format) => format,
        Err(fault) => {
            let file = draft.files.get(args.place.file as usize).map_or("", String::as_str);
            let (line, reason) = (args.place.line, fault.message);
            let message = format!("Parsing [{file}:{line}]: failed to parse {rule} rule '{text}' : {reason}.");
            draft.late_fault(args.place, message);
            if rule == "use_backend" {
                in_order(args, draft, "use_backend");
            }
            return Ok(None);
        }
    };
    Ok(Some(match format.constant() {
        Some(name) => Target::Name(String::from_utf8_lossy(name).into_owned()),
        None => Target::Format(Arc::new(format)),
    }))
}

fn use_backend(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    not_in_defaults(args, "use_backend")?;
    front(args, draft, "use_backend", None);
    draft.noted.context.set(Context { places: 1 << 5, word: "use_backend" });
    let Some(target) = target(args, draft, "use_backend", "'use_backend' expects a backend name.")? else {
        return Ok(());
    };
    if !args.at_cond() {
        return Err(Fault::new(format!(
            "unexpected keyword '{}' after switching rule, only 'if' and 'unless' are allowed.",
            args.peek().unwrap_or_default()
        )));
    }
    let cond = args.cond(draft).map_err(|fault| named(fault, "error detected while parsing switching rule : "))?;
    let place = args.place;
    in_order(args, draft, "use_backend");
    if let Some(proxy) = draft.proxy() {
        proxy.use_backend.push(Switch { target, cond, place });
    }
    Ok(())
}

fn named(fault: Fault, prefix: &str) -> Fault {
    let mut fault = fault.within(prefix);
    fault.message.push('.');
    fault
}

fn default_backend(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    front(args, draft, "default_backend", None);
    let name = args.need("'default_backend' expects a backend name.")?.to_owned();
    args.finish()?;
    let place = args.place;
    if let Some(proxy) = draft.proxy() {
        proxy.settings.default_backend = Some((name, place));
    }
    Ok(())
}

fn use_server(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    not_in_defaults(args, "use-server")?;
    back(args, draft, "use-server", None);
    draft.noted.context.set(Context { places: 1 << 9, word: "use-server" });
    let Some(target) = target(args, draft, "use-server", "'use-server' expects a server name.")? else { return Ok(()) };
    if !matches!(args.peek(), Some("if" | "unless")) {
        return Err(Fault::new("'use-server' requires either 'if' or 'unless' followed by a condition."));
    }
    let cond = args.cond(draft).map_err(|fault| named(fault, "error detected while parsing switching rule : "))?;
    let place = args.place;
    in_order(args, draft, "use-server");
    if let Some(proxy) = draft.proxy() {
        proxy.use_server.push(Switch { target, cond, place });
    }
    Ok(())
}

fn monitor_uri(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    front(args, draft, "monitor-uri", None);
    let uri = args.need("'monitor-uri' expects an URI.")?.to_owned();
    args.finish()?;
    if let Some(proxy) = draft.proxy() {
        proxy.settings.monitor_uri = Some(uri);
    }
    Ok(())
}

fn monitor(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    not_in_defaults(args, "monitor")?;
    front(args, draft, "monitor", None);
    draft.noted.context.set(Context { places: 1 << 3, word: "monitor" });
    if !args.take("fail") {
        return Err(Fault::new("'monitor' only supports 'fail'."));
    }
    if !matches!(args.peek(), Some("if" | "unless")) {
        return Err(Fault::new("'monitor fail' requires either 'if' or 'unless' followed by a condition."));
    }
    let cond =
        args.cond(draft).map_err(|fault| named(fault, "error detected while parsing a 'monitor fail' condition : "))?;
    in_order(args, draft, "monitor fail");
    if let (Some(proxy), Some(cond)) = (draft.proxy(), cond) {
        proxy.monitor_fail.push(cond);
    }
    Ok(())
}

fn persist(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let keyword = args.keyword().to_owned();
    not_in_defaults(args, &keyword)?;
    back(args, draft, &keyword, None);
    draft.noted.context.set(Context { places: 1 << 7, word: "persist" });
    if !matches!(args.peek(), Some("if" | "unless")) {
        return Err(Fault::new(format!("'{keyword}' requires either 'if' or 'unless' followed by a condition.")));
    }
    let prefix = format!("error detected while parsing a '{keyword}' rule : ");
    let cond = args.cond(draft).map_err(|fault| named(fault, &prefix))?;
    if let (Some(proxy), Some(cond)) = (draft.proxy(), cond) {
        proxy.persist.push((keyword == "force-persist", cond));
    }
    Ok(())
}
