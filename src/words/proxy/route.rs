//! ACLs and where they lead: `acl`, `use_backend`, `default_backend`, `use-server`, monitoring.

use std::sync::Arc;

use crate::model::draft::{Draft, Sections, Switch, Target};
use crate::sample::Acl;
use crate::sample::format::Escape;
use crate::spec;
use crate::spec::compile;
use crate::spec::{Args, Done, Fault, Keyword};

spec! {
    /// Conditions and where they lead.
    pub static ROUTE: [Keyword] = [
        /// Names a test. Lines with the same name are alternatives.
        { name: "acl", sections: Sections::PROXIES, usage: "<name> <criterion> [flags] [<pattern>...]", parse: acl },
        /// Sends what meets the condition to a backend.
        { name: "use_backend", sections: Sections::FRONTEND.and(Sections::LISTEN), usage: "<backend> [if|unless <condition>]", parse: use_backend },
        /// The backend for what no `use_backend` took.
        { name: "default_backend", sections: Sections::FRONT, usage: "<backend>", parse: default_backend },
        /// Sends what meets the condition to one server.
        { name: "use-server", sections: Sections::BACKEND.and(Sections::LISTEN), usage: "<server> [if|unless <condition>]", parse: use_server },
        /// The path that is answered with 200 here, for the balancer in front.
        { name: "monitor-uri", sections: Sections::FRONT, usage: "<uri>", parse: monitor_uri },
        /// When the answer to the monitor path is 503.
        { name: "monitor", sections: Sections::FRONTEND.and(Sections::LISTEN), usage: "fail if|unless <condition>", parse: monitor },
        /// Uses a server that is down when the cookie names it.
        { name: "force-persist", sections: Sections::BACKEND.and(Sections::LISTEN), usage: "if|unless <condition>", parse: persist },
        /// Does not look at the cookie.
        { name: "ignore-persist", sections: Sections::BACKEND.and(Sections::LISTEN), usage: "if|unless <condition>", parse: persist },
    ];
}

fn acl(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let Some(name) = args.next().map(str::to_owned) else { return Ok(()) };
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
    if let Some(mut places) = compile::places_of(words, args.vocabulary, draft) {
        let key = (draft.current, name.clone());
        if let Some(before) = draft.noted.acls.borrow().get(&key) {
            places.any |= before.any;
            places.all &= before.all;
        }
        draft.noted.acls.borrow_mut().insert(key, places);
    }
    if let Some(proxy) = draft.proxy() {
        proxy.acls.entry(name.clone()).or_insert_with(|| Acl::new(&name)).add(test);
    }
    Ok(())
}

/// A backend or server name, or a format that makes one.
fn target(args: &mut Args<'_>, draft: &Draft, refusal: &str) -> Result<Target, Fault> {
    let Some(word) = args.next_arg() else { return Err(Fault::new(refusal)) };
    let text = String::from_utf8_lossy(&word.text).into_owned();
    if !text.contains('%') {
        return Ok(Target::Name(text));
    }
    let format = args.format_of(word, draft, Escape::None)?;
    Ok(match format.constant() {
        Some(name) => Target::Name(String::from_utf8_lossy(name).into_owned()),
        None => Target::Format(Arc::new(format)),
    })
}

fn use_backend(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let target = target(args, draft, "'use_backend' expects a backend name.")?;
    if !args.at_cond() {
        return Err(Fault::new(format!(
            "unexpected keyword '{}' after switching rule, only 'if' and 'unless' are allowed.",
            args.peek().unwrap_or_default()
        )));
    }
    let cond = args.cond(draft).map_err(|fault| named(fault, "error detected while parsing switching rule : "))?;
    let place = args.place;
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
    let name = args.need("'default_backend' expects a backend name.")?.to_owned();
    args.finish()?;
    let place = args.place;
    if let Some(proxy) = draft.proxy() {
        proxy.settings.default_backend = Some((name, place));
    }
    Ok(())
}

fn use_server(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let target = target(args, draft, "'use-server' expects a server name.")?;
    if !args.at_cond() {
        return Err(Fault::new(format!(
            "unexpected keyword '{}' after switching rule, only 'if' and 'unless' are allowed.",
            args.peek().unwrap_or_default()
        )));
    }
    let cond = args.cond(draft).map_err(|fault| named(fault, "error detected while parsing switching rule : "))?;
    let place = args.place;
    if let Some(proxy) = draft.proxy() {
        proxy.use_server.push(Switch { target, cond, place });
    }
    Ok(())
}

fn monitor_uri(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let uri = args.need("'monitor-uri' expects an URI.")?.to_owned();
    args.finish()?;
    if let Some(proxy) = draft.proxy() {
        proxy.settings.monitor_uri = Some(uri);
    }
    Ok(())
}

fn monitor(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    if !args.take("fail") {
        return Err(Fault::new("'monitor' only supports 'fail'."));
    }
    if !matches!(args.peek(), Some("if" | "unless")) {
        return Err(Fault::new("'monitor fail' requires either 'if' or 'unless' followed by a condition."));
    }
    let cond =
        args.cond(draft).map_err(|fault| named(fault, "error detected while parsing a 'monitor fail' condition : "))?;
    if let (Some(proxy), Some(cond)) = (draft.proxy(), cond) {
        proxy.monitor_fail.push(cond);
    }
    Ok(())
}

fn persist(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let keyword = args.keyword().to_owned();
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
