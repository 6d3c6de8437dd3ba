//! The lines that add a rule to a rule set: `http-request`, `http-response`, `tcp-request` and their kin, `redirect`.

use crate::model::draft::{Draft, RuleSets, Sections};
use crate::model::facts::Track;
use crate::model::noted::Context;
use crate::sample::{Rule, Rules};
use crate::spec;
use crate::spec::terms::{self, Term};
use crate::spec::{Action, Args, Done, Fault, Keyword, RuleSet};
use crate::words;

use super::side::{in_order, title};

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
        { name: "tcp-request connection", sections: Sections::PROXIES, usage: "<action> [if|unless <condition>]", parse: |args, draft| rule(args, draft, RuleSet::Connection) },
        /// A rule on connections, after their handshakes.
        { name: "tcp-request session", sections: Sections::PROXIES, usage: "<action> [if|unless <condition>]", parse: |args, draft| rule(args, draft, RuleSet::Session) },
        /// A rule on the first bytes of a client.
        { name: "tcp-request content", sections: Sections::PROXIES, usage: "<action> [if|unless <condition>]", parse: |args, draft| rule(args, draft, RuleSet::Content) },
        /// How long `tcp-request content` rules may wait for bytes.
        { name: "tcp-request inspect-delay", sections: Sections::PROXIES, usage: "<time>", parse: inspect_delay },
        /// A rule on the first bytes of a server.
        { name: "tcp-response content", sections: Sections::PROXIES, usage: "<action> [if|unless <condition>]", parse: |args, draft| rule(args, draft, RuleSet::ResponseContent) },
        /// How long `tcp-response content` rules may wait for bytes.
        { name: "tcp-response inspect-delay", sections: Sections::PROXIES, usage: "<time>", parse: inspect_delay },
        /// The sentence for anything else.
        { name: "tcp-request", sections: Sections::PROXIES, usage: "...", parse: unknown_set },
        /// The sentence for anything else.
        { name: "tcp-response", sections: Sections::PROXIES, usage: "...", parse: unknown_set },
        /// Answers with a redirect; the same as `http-request redirect`, evaluated after all of them.
        { name: "redirect", sections: Sections::PROXIES, usage: "location|prefix|scheme <value> [<option>...] [if|unless <condition>]", parse: redirect },
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
    // An action whose parenthesis is not closed is refused where all are known.
    let closed = !word.contains('(') || word.contains(')');
    let named = |action: &&Action| action.name == word || (action.name == bare && closed);
    words::actions().find(|action| action.sets & set.bit() != 0 && named(action))
}

/// HAProxy reads no further behind an HTTP rule that it refuses.
fn rule(args: &mut Args<'_>, draft: &mut Draft, set: RuleSet) -> Done {
    in_place(args, draft, set)?;
    let ends = set.words().starts_with('h');
    rule_in_place(args, draft, set).map_err(|fault| if ends && !fault.unsupported { fault.ends() } else { fault })
}

fn rule_in_place(args: &mut Args<'_>, draft: &mut Draft, set: RuleSet) -> Done {
    let word = args.next().unwrap_or_default().to_owned();
    after_the_end(args, draft, set);
    let spec = action(set, &word).or_else(|| args.vocabulary.known_action(set, &word, draft));
    let Some(spec) = spec else { return Err(unknown(args, draft, set, &word)) };
    if set == RuleSet::ResponseContent {
        args.not_yet("tcp-response content");
    }
    args.rename(&word);
    finish(args, draft, set, spec)
}

/// Warns of an HTTP rule behind one that ends its set whatever comes.
fn after_the_end(args: &mut Args<'_>, draft: &Draft, set: RuleSet) {
    let words = set.words();
    if words.starts_with('h') && draft.proxy_ref().is_some_and(|proxy| proxy.facts.ended_sets.contains(words)) {
        args.warn_tight(format!(
            "previous '{words}' action is final and has no condition attached, further entries are NOOP."
        ));
    }
}

/// Says where the rule stands, or that it cannot.
fn in_place(args: &mut Args<'_>, draft: &mut Draft, set: RuleSet) -> Done {
    let section = args.section;
    let front = section.has(Sections::FRONT);
    let back = section.has(Sections::BACK);
    let both = |front_bit: u32, back_bit: u32| {
        (if front { 1 << (front_bit - 1) } else { 0 }) | (if back { 1 << (back_bit - 1) } else { 0 })
    };
    let places = match set {
        RuleSet::Connection => 1,
        RuleSet::Session => 1 << 1,
        RuleSet::Content => both(3, 7),
        RuleSet::ResponseContent => both(16, 12),
        RuleSet::Request => both(4, 8),
        RuleSet::Response | RuleSet::AfterResponse => both(17, 13),
        RuleSet::Check => 0,
    };
    let word = set.words();
    draft.noted.context.set(Context { places, word });
    let named = draft.proxy_ref().is_some_and(|proxy| !proxy.name.is_empty());
    if section == Sections::DEFAULTS && !named {
        let bare = word.split(' ').next().unwrap_or(word);
        return Err(Fault::new(if word.starts_with("tcp") {
            format!("{word} is not allowed in anonymous 'defaults' sections")
        } else {
            format!("'{bare}' not allowed in anonymous 'defaults' section.")
        }));
    }
    if matches!(set, RuleSet::Connection | RuleSet::Session) && section == Sections::BACKEND {
        let name = draft.proxy_ref().map_or("", |proxy| &proxy.name);
        return Err(Fault::new(format!("{word} is not allowed because backend {name} is not a frontend")));
    }
    if set == RuleSet::ResponseContent && section == Sections::FRONTEND {
        let sections = "'backend' sections or 'defaults' section with a name";
        return Err(Fault::new(format!("{word} is only allowed in {sections}")));
    }
    Ok(())
}

/// Checks a rule that is not kept: those of the statistics page.
pub(super) fn check_only(args: &mut Args<'_>, draft: &mut Draft, set: RuleSet) -> Done {
    let kept = draft.proxy_ref().map(|proxy| proxy.rules.clone());
    let done = rule(args, draft, set);
    if let (Some(proxy), Some(kept)) = (draft.proxy(), kept) {
        proxy.rules = kept;
    }
    done
}

fn finish(args: &mut Args<'_>, draft: &mut Draft, set: RuleSet, spec: &'static Action) -> Done {
    let proxy = title(draft);
    let word = args.keyword().to_owned();
    let key = args.peek().unwrap_or_default();
    let action = (spec.parse)(args, draft, set).map_err(|fault| refused(fault, set, &word, &proxy))?;
    if !args.at_cond() {
        return Err(no_condition(args, set, &word, &proxy));
    }
    let opening = args.peek().unwrap_or_default();
    if set == RuleSet::Content && word.starts_with("track-sc") {
        track(args, draft, key);
    }
    let cond = args.cond(draft).map_err(|fault| bad_condition(fault, set, &word, &proxy, opening))?;
    let place = args.place;
    let ends = spec.is_final && cond.is_none();
    let by_itself = args.word(0).is_some_and(|word| word.text == b"redirect");
    in_order(args, draft, if by_itself { "redirect" } else { set.words() });
    let Some(proxy) = draft.proxy() else { return Ok(()) };
    if !by_itself {
        if ends {
            proxy.facts.ended_sets.insert(set.words());
        } else {
            proxy.facts.ended_sets.remove(set.words());
        }
    }
    let rules = if by_itself { Some(&mut proxy.rules.redirect) } else { set_of(&mut proxy.rules, set) };
    if let Some(rules) = rules {
        rules.push(Rule { name: spec.name, action, cond, place });
    }
    Ok(())
}

/// Bit of the places of session rules, which know nothing of what the client sent.
const AT_SESSION: u32 = 1 << 1;

/// Remembers what a tracking rule depends on; the cursor is at its condition.
fn track(args: &Args<'_>, draft: &mut Draft, key: &str) {
    let known = |bits: Option<u32>| bits.is_none_or(|bits| bits & AT_SESSION != 0);
    let parts = terms::terms(args.rest().get(1..).unwrap_or_default());
    let if_content = parts.into_iter().any(|term| match term {
        Term::Test(name) => !known(args.vocabulary.acl_places(name)),
        Term::Named(acl) => {
            let own = draft.noted.acls.borrow().get(&(draft.current, acl.to_owned())).map(|places| places.all);
            let definition = args.vocabulary.predefined_acl(acl).and_then(|words| words.first());
            !known(own.or_else(|| definition.and_then(|word| args.vocabulary.acl_places(word))))
        }
    });
    let track =
        Track { by_content: !known(args.vocabulary.places(terms::opening(key))), if_content, place: args.place };
    if let Some(proxy) = draft.proxy() {
        proxy.facts.tracks.push(track);
    }
}

/// The sentence around an action's own refusal.
fn refused(fault: Fault, set: RuleSet, word: &str, proxy: &str) -> Fault {
    if fault.whole {
        return fault;
    }
    if fault.unsupported {
        return Fault { message: format!("{} {}", set.words(), fault.message), ..fault };
    }
    if set.words().starts_with("tcp") {
        // HAProxy's oldest actions of TCP name themselves, the others do not.
        let old = word.starts_with("track-sc") || word == "capture";
        return if old { fault.within(&format!("'{} {word}' : ", set.words())) } else { fault };
    }
    ended(fault.within(&format!("error detected in {proxy} while parsing '{} {word}' rule : ", set.words())))
}

/// The sentence for what stands where a condition was expected.
fn no_condition(args: &Args<'_>, set: RuleSet, word: &str, proxy: &str) -> Fault {
    let found = args.peek().unwrap_or_default();
    let set = set.words();
    if set.starts_with("tcp") {
        return Fault::new(format!("'{set} {word}' only accepts 'if' or 'unless', in {proxy} (got '{found}')"));
    }
    Fault::new(format!("'{set} {word}' expects either 'if' or 'unless' followed by a condition but found '{found}'."))
        .tight()
}

/// The sentence around a condition's own refusal.
fn bad_condition(fault: Fault, set: RuleSet, word: &str, proxy: &str, opening: &str) -> Fault {
    let set = set.words();
    if set.starts_with("tcp") {
        let prefix = format!("'{set} {word}' : error detected in {proxy} while parsing '{opening}' condition : ");
        return fault.within(&prefix);
    }
    if word == "redirect" {
        let prefix = format!("error detected in {proxy} while parsing '{set} redirect' rule : error in condition: ");
        return ended(fault.within(&prefix));
    }
    let article = if set.starts_with('h') { "an" } else { "a" };
    ended(fault.within(&format!("error detected while parsing {article} '{set} {word}' condition : ")))
}

fn ended(mut fault: Fault) -> Fault {
    fault.message.push('.');
    fault
}

fn unknown(args: &Args<'_>, draft: &Draft, set: RuleSet, word: &str) -> Fault {
    let names = args.vocabulary.known_actions(set);
    if set.words().starts_with("tcp") {
        return Fault::new(format!("'{}' expects {names} in {} (got '{word}').", set.words(), title(draft)));
    }
    let missing = if word.is_empty() { " (missing argument)" } else { "" };
    Fault::new(format!("'{}' expects {names}, but got '{word}'{missing}.", set.words())).tight()
}

fn redirect(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    super::side::not_in_defaults(args, "redirect")?;
    in_place(args, draft, RuleSet::Request)?;
    let spec = action(RuleSet::Request, "redirect");
    let spec = spec.or_else(|| args.vocabulary.known_action(RuleSet::Request, "redirect", draft));
    let Some(spec) = spec else { return Err(Fault::unsupported("redirect")) };
    finish(args, draft, RuleSet::Request, spec).map_err(|mut fault| {
        fault.message = fault.message.replace("'http-request redirect' rule", "redirect rule");
        fault
    })
}

fn unknown_set(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let keyword = args.keyword().to_owned();
    let Some(word) = args.peek() else {
        return Err(Fault::new(format!("missing argument for '{keyword}' in {}", title(draft))));
    };
    let sets = if keyword == "tcp-request" {
        "'inspect-delay', 'connection', or 'content'"
    } else {
        "'inspect-delay' or 'content'"
    };
    Err(Fault::new(format!("'{keyword}' expects {sets} in {} (got '{word}')", title(draft))))
}

fn inspect_delay(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let keyword = args.keyword().to_owned();
    let on_request = keyword.starts_with("tcp-request");
    let anonymous = args.section == Sections::DEFAULTS && draft.proxy_ref().is_some_and(|proxy| proxy.name.is_empty());
    if on_request && anonymous {
        return Err(Fault::new(format!("{keyword} is not allowed in anonymous 'defaults' sections")));
    }
    if !on_request && (args.section == Sections::FRONTEND || anonymous) {
        let sections = "'backend' sections or 'defaults' section with a name";
        return Err(Fault::new(format!("{keyword} is only allowed in {sections}")));
    }
    let refusal = format!("'{keyword}' expects a positive delay in milliseconds, in {}", title(draft));
    let text = args.need(&refusal)?;
    let delay = args
        .time_of(text.as_bytes(), pointsman_parser::units::TimeUnit::Millisecond)
        .map_err(|error| Fault::new(format!("{refusal} ({error})")))?;
    let delay = std::time::Duration::from_micros(delay.us);
    let owner = title(draft);
    if let Some(proxy) = draft.proxy() {
        let slot =
            if on_request { &mut proxy.settings.inspect_delay } else { &mut proxy.settings.response_inspect_delay };
        match slot {
            Some(_) => args.warn(format!("ignoring {keyword} (was already defined) in {owner}")),
            None => *slot = Some(delay),
        }
    }
    if !on_request {
        args.not_yet("tcp-response inspect-delay");
    }
    Ok(())
}
