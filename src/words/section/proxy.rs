//! `defaults`, `frontend`, `backend`, `listen`.

use crate::model::draft::{Current, Draft, Proxy, Sections};
use crate::model::proxy::Settings;
use crate::spec;
use crate::spec::{Args, Done, Fault, Keyword};
use crate::words::proxy::side::kind;

spec! {
    /// Proxies and what they inherit.
    pub static PROXIES: [Keyword] = [
        /// Settings for the proxies that follow, or for those that name it with `from`.
        { name: "defaults", sections: Sections(u32::MAX), usage: "[<name>] [from <defaults>]", parse: defaults },
        /// A listening side: takes connections and chooses a backend.
        { name: "frontend", sections: Sections(u32::MAX), usage: "<name> [from <defaults>]", parse: proxy },
        /// A server side: servers and how they are chosen.
        { name: "backend", sections: Sections(u32::MAX), usage: "<name> [from <defaults>]", parse: proxy },
        /// A frontend and a backend in one.
        { name: "listen", sections: Sections(u32::MAX), usage: "<name> [from <defaults>]", parse: proxy },
    ];
}

/// A bad letter in a name refuses the file; the section is read all the same.
fn bad_name(word: &str, name: &str) -> Option<Fault> {
    let bad = super::other::bad_letter(name)?;
    Some(Fault::new(format!("character '{bad}' is not permitted in '{word}' name '{name}'.")))
}

fn defaults(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let name = match args.peek() {
        Some(name) if name != "from" => args.next().unwrap_or_default().to_owned(),
        _ => String::new(),
    };
    stays(args, draft, &name)?;
    let from = from(args, draft, "defaults", &name)?;
    duplicate(args, draft, Sections::DEFAULTS, &name);
    mixed(args, draft, from, true);
    let mut proxy = Proxy::new(Sections::DEFAULTS, &name, args.place, Settings::default());
    inherit(&mut proxy, draft, from);
    draft.defaults.push(proxy);
    draft.current = Current::Defaults(draft.defaults.len() - 1);
    Ok(())
}

fn proxy(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let word = args.keyword().to_owned();
    let (section, _) = Sections::ALL.iter().copied().find(|(_, known)| *known == word).unwrap_or_default();
    let name = args.need(&format!("'{word}' expects an <id> argument")).map_err(Fault::ends)?.to_owned();
    let bad_name = bad_name(&word, &name);
    // A `from` with nothing behind it is but one word too many.
    let inherits = args.peek() == Some("from") && args.rest().len() > 1;
    if inherits && args.rest().len() > 2 {
        draft.current = Current::Refused;
        return args.at_most(2);
    }
    if !args.is_empty() && !inherits {
        draft.current = Current::Refused;
        if section == Sections::BACKEND {
            return args.finish();
        }
        return Err(Fault::new("please use the 'bind' keyword for listening addresses."));
    }
    duplicate(args, draft, section, &name);
    let named = from(args, draft, kind(section), &name)?;
    let from = named.or_else(|| draft.defaults.len().checked_sub(1));
    mixed(args, draft, from, named.is_some());
    rules_fit(draft, section, from)?;
    let mut proxy = Proxy::new(section, &name, args.place, Settings::default());
    inherit(&mut proxy, draft, from);
    draft.proxies.push(Box::new(proxy));
    let at = draft.proxies.len() - 1;
    draft.names.entry(name).or_default().push(at);
    draft.current = Current::Proxy(at);
    bad_name.map_or(Ok(()), Err)
}

/// Two proxies of one name: refused when both take connections or both have servers, told of otherwise.
fn duplicate(args: &mut Args<'_>, draft: &Draft, section: Sections, name: &str) {
    let front = Sections::FRONTEND.and(Sections::LISTEN);
    let back = Sections::BACKEND.and(Sections::LISTEN);
    let known = draft.names.get(name).map(Vec::as_slice).unwrap_or_default();
    // A name of defaults counts when no proxy has it.
    let handed = draft
        .defaults
        .iter()
        .filter(|other| known.is_empty() && section != Sections::DEFAULTS && !name.is_empty() && other.name == name);
    let others = known.iter().filter_map(|at| draft.proxies.get(*at)).map(Box::as_ref).chain(handed);
    let clashes = |other: &&Proxy| {
        (other.section.has(front) && section.has(front)) || (other.section.has(back) && section.has(back))
    };
    let Some(other) = others.clone().find(clashes).or_else(|| others.clone().next()) else { return };
    let text = format!(
        "config : Parsing [{}]: {} '{name}' has the same name as {} '{}' declared at {}.",
        draft.at(args.place),
        kind(section),
        kind(other.section),
        other.name,
        draft.at(other.place)
    );
    let danger = format!("{text} This is dangerous and will not be supported anymore in version 3.3.");
    if clashes(&other) {
        args.refuse(Fault::new(text).bare());
    }
    args.warn_bare(danger);
}

/// A `defaults` section that another section named is not declared anew.
fn stays(args: &Args<'_>, draft: &Draft, name: &str) -> Done {
    let named = |other: &&Proxy| other.name == name && other.facts.said.contains(NAMED);
    let Some(other) = draft.defaults.iter().rfind(named) else { return Ok(()) };
    let text = format!(
        "config : Parsing [{}]: defaults '{name}' has the same name as another defaults section declared at {} which was \
         explicitly referenced hence cannot be replaced. Please remove or rename one of the offending defaults section.",
        draft.at(args.place),
        draft.at(other.place)
    );
    Err(Fault::new(text).bare().ends())
}

/// Some section took this `defaults` section by name.
const NAMED: &str = "used by name";
/// Some proxy took it because it was the last one.
const LAST: &str = "used as the last";

/// Notes how a `defaults` section is used: both ways are told of from the first section on that mixes them.
fn mixed(args: &mut Args<'_>, draft: &mut Draft, from: Option<usize>, by_name: bool) {
    let (own, other) = if by_name { (NAMED, LAST) } else { (LAST, NAMED) };
    let Some(parent) = from.and_then(|at| draft.defaults.get_mut(at)) else { return };
    parent.facts.said.insert(own);
    if !parent.facts.said.contains(other) {
        return;
    }
    let (name, place) = (parent.name.clone(), parent.place);
    let place = draft.at(place);
    args.warn(format!(
        "defaults section '{name}' (declared at {place}) is explicitly referenced by another proxy and implicitly used here. \
         To avoid any ambiguity don't mix both usage. Add a last defaults section not explicitly used or always use explicit \
         references."
    ));
}

/// The index of the `defaults` that `from` names.
fn from(args: &mut Args<'_>, draft: &Draft, word: &str, name: &str) -> Result<Option<usize>, Fault> {
    if !args.take("from") {
        return Ok(None);
    }
    let wanted = args.need("'from' expects the name of a defaults section.").map_err(Fault::ends)?;
    let mut found = draft.defaults.iter().enumerate().rev().filter(|(_, defaults)| defaults.name == wanted);
    // One that is declared anew has already left its name.
    let anew = word == "defaults" && wanted == name;
    let Some((at, last)) = found.next().filter(|_| !anew) else {
        return Err(Fault::new(format!("defaults section '{wanted}' not found for {word} '{name}'.")).ends());
    };
    if let Some((_, first)) = found.next() {
        args.refuse(Fault::new(format!(
            "ambiguous defaults section name '{wanted}' referenced by {word} '{name}' exists at least at {} and {}.",
            draft.at(last.place),
            draft.at(first.place)
        )));
    }
    Ok(Some(at))
}

/// A `defaults` section with rules fits only frontends, or only backends.
fn rules_fit(draft: &mut Draft, section: Sections, from: Option<usize>) -> Done {
    let Some(parent) = from.and_then(|at| draft.defaults.get_mut(at)) else { return Ok(()) };
    if !parent.rules.has_any() {
        return Ok(());
    }
    if section == Sections::LISTEN {
        let text = "a listen section cannot inherit from a defaults section defining TCP/HTTP rules.";
        return Err(Fault::new(text).tight().ends());
    }
    let other = if section == Sections::FRONTEND { "used by backend" } else { "used by frontend" };
    let own = if section == Sections::FRONTEND { "used by frontend" } else { "used by backend" };
    if parent.facts.said.contains(other) {
        let place = parent.place;
        let place = draft.at(place);
        return Err(Fault::new(format!(
            "frontends and backends cannot inherit from the same defaults section if it defines TCP/HTTP rules (defaults \
             section at {place})."
        ))
        .tight()
        .ends());
    }
    parent.facts.said.insert(own);
    Ok(())
}

fn inherit(proxy: &mut Proxy, draft: &Draft, from: Option<usize>) {
    let Some(parent) = from.and_then(|at| draft.defaults.get(at)) else { return };
    proxy.from = from;
    proxy.settings = parent.settings.clone();
    proxy.rules = parent.rules.clone();
    proxy.facts.log_option.clone_from(&parent.facts.log_option);
    proxy.facts.email_alert.clone_from(&parent.facts.email_alert);
    proxy.facts.mailers.clone_from(&parent.facts.mailers);
    let handed = ["stats", "state global", "option httpchk", "option tcp-check", "option other-check"];
    let said = parent.facts.said.iter().filter(|word| handed.contains(word));
    proxy.facts.said.extend(said);
    if proxy.section == Sections::DEFAULTS {
        proxy.acls.clone_from(&parent.acls);
    }
}
