//! The lines that add a rule to a rule set: `http-request`, `http-response`, `tcp-request` and their kin, `redirect`.

use crate::model::draft::{Draft, RuleSets, Sections};
use crate::sample::{Rule, Rules};
use crate::spec;
use crate::spec::{Action, Args, Done, Fault, Keyword, RuleSet};
use crate::words;

spec! {
    /// Rule sets.
    pub static RULES: [Keyword] = [
        /// A rule on requests, once their head is there.
        { name: "http-request", sections: Sections::PROXIES, usage: "<action> [<arguments>...] [if|unless <condition>]", parse: |args, draft| rule(args, draft, RuleSet::Request) },
        /// A rule on responses, once their head is there.
        { name: "http-response", sections: Sections::PROXIES, usage: "<action> [<arguments>...] [if|unless <condition>]", parse: |args, draft| rule(args, draft, RuleSet::Response) },
        /// A rule on everything that is sent to a client, pages of the proxy's own too.
        { name: "http-after-response", sections: Sections::PROXIES, usage: "<action> [<arguments>...] [if|unless <condition>]", parse: |args, draft| rule(args, draft, RuleSet::AfterResponse) },
        /// A rule on connections, before anything was read.
        { name: "tcp-request connection", sections: Sections::FRONT, usage: "<action> [if|unless <condition>]", parse: |args, draft| rule(args, draft, RuleSet::Connection) },
        /// A rule on connections, after their handshakes.
        { name: "tcp-request session", sections: Sections::FRONT, usage: "<action> [if|unless <condition>]", parse: |args, draft| rule(args, draft, RuleSet::Session) },
        /// A rule on the first bytes of a client.
        { name: "tcp-request content", sections: Sections::PROXIES, usage: "<action> [if|unless <condition>]", parse: |args, draft| rule(args, draft, RuleSet::Content) },
        /// How long `tcp-request content` rules may wait for bytes.
        { name: "tcp-request inspect-delay", sections: Sections::PROXIES, usage: "<time>", parse: inspect_delay },
        /// A rule on the first bytes of a server.
        { name: "tcp-response content", sections: Sections::BACK, usage: "<action> [if|unless <condition>]", parse: |args, draft| rule(args, draft, RuleSet::ResponseContent) },
        /// How long `tcp-response content` rules may wait for bytes.
        { name: "tcp-response inspect-delay", sections: Sections::BACK, usage: "<time>", parse: inspect_delay },
        /// Answers with a redirect; the same as `http-request redirect`, evaluated after all of them.
        { name: "redirect", sections: Sections::NAMED, usage: "location|prefix|scheme <value> [<option>...] [if|unless <condition>]", parse: redirect },
    ];
}

fn set_of(rules: &mut RuleSets, set: RuleSet) -> Option<&mut Rules> {
    Some(match set {
        RuleSet::Connection => &mut rules.connection,
        RuleSet::Session => &mut rules.session,
        RuleSet::Content => &mut rules.content,
        RuleSet::ResponseContent => &mut rules.response_content,
        RuleSet::Request => &mut rules.request,
        RuleSet::Response => &mut rules.response,
        RuleSet::AfterResponse => &mut rules.after_response,
        RuleSet::Check => return None,
    })
}

/// The action of this name in this set; `set-var(txn.x)` is found as `set-var`.
fn action(set: RuleSet, word: &str) -> Option<&'static Action> {
    let bare = word.split('(').next().unwrap_or(word);
    words::actions().find(|action| action.sets & set.bit() != 0 && (action.name == word || action.name == bare))
}

fn rule(args: &mut Args<'_>, draft: &mut Draft, set: RuleSet) -> Done {
    let word = args.next().unwrap_or_default().to_owned();
    let Some(spec) = action(set, &word) else { return Err(unknown(set, &word)) };
    args.rename(&word);
    finish(args, draft, set, spec)
}

fn finish(args: &mut Args<'_>, draft: &mut Draft, set: RuleSet, spec: &'static Action) -> Done {
    let proxy = draft.proxy_ref().map_or(String::new(), |proxy| format!("{} '{}'", proxy.section.word(), proxy.name));
    let action = (spec.parse)(args, draft, set).map_err(|fault| {
        if fault.unsupported {
            return Fault { message: format!("{} {}", set.words(), fault.message), ..fault };
        }
        let prefix = format!("error detected in {proxy} while parsing '{} {}' rule : ", set.words(), spec.name);
        let mut fault = fault.within(&prefix);
        fault.message.push('.');
        fault
    })?;
    if !args.at_cond() {
        let found = args.peek().unwrap_or_default();
        let message = format!(
            "'{} {}' expects either 'if' or 'unless' followed by a condition but found '{found}'.",
            set.words(),
            spec.name
        );
        return Err(Fault::new(message).tight());
    }
    let cond = args.cond(draft).map_err(|fault| {
        let article = if set.words().starts_with('h') { "an" } else { "a" };
        let prefix = format!("error detected while parsing {article} '{} {}' condition : ", set.words(), spec.name);
        let mut fault = fault.within(&prefix);
        fault.message.push('.');
        fault
    })?;
    let place = args.place;
    let by_itself = args.word(0).is_some_and(|word| word.text == b"redirect");
    let Some(proxy) = draft.proxy() else { return Ok(()) };
    let rules = if by_itself { Some(&mut proxy.rules.redirect) } else { set_of(&mut proxy.rules, set) };
    if let Some(rules) = rules {
        rules.push(Rule { name: spec.name, action, cond, place });
    }
    Ok(())
}

fn unknown(set: RuleSet, word: &str) -> Fault {
    let names: Vec<String> = words::actions()
        .filter(|action| action.sets & set.bit() != 0)
        .map(|action| format!("'{}'", action.name))
        .collect();
    let missing = if word.is_empty() { " (missing argument)" } else { "" };
    Fault::new(format!("'{}' expects {}, but got '{word}'{missing}.", set.words(), names.join(", "))).tight()
}

fn redirect(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let Some(spec) = action(RuleSet::Request, "redirect") else { return Err(Fault::unsupported("redirect")) };
    finish(args, draft, RuleSet::Request, spec)
}

fn inspect_delay(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    if args.is_empty() {
        let keyword = args.keyword();
        return Err(Fault::new(format!("'{keyword}' expects a positive delay in milliseconds")));
    }
    let delay = args.time(pointsman_parser::units::TimeUnit::Millisecond)?;
    let on_request = args.keyword().starts_with("tcp-request");
    if let Some(proxy) = draft.proxy() {
        let slot =
            if on_request { &mut proxy.settings.inspect_delay } else { &mut proxy.settings.response_inspect_delay };
        *slot = Some(delay);
    }
    args.finish()
}
