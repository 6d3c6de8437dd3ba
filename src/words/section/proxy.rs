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
    let from = from(args, draft, "defaults", &name)?;
    duplicate(args, draft, Sections::DEFAULTS, &name)?;
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
    let from = if args.rest().len() == 1 { None } else { from(args, draft, kind(section), &name)? };
    if !args.is_empty() {
        draft.current = Current::Refused;
        if section == Sections::BACKEND {
            return args.finish();
        }
        return Err(Fault::new("please use the 'bind' keyword for listening addresses."));
    }
    let clash = duplicate(args, draft, section, &name);
    let from = from.or_else(|| draft.defaults.len().checked_sub(1));
    rules_fit(draft, section, from)?;
    let mut proxy = Proxy::new(section, &name, args.place, Settings::default());
    inherit(&mut proxy, draft, from);
    draft.proxies.push(Box::new(proxy));
    let at = draft.proxies.len() - 1;
    draft.names.entry(name).or_default().push(at);
    draft.current = Current::Proxy(at);
    bad_name.map_or(clash, Err)
}

/// Two proxies of one name: refused when both take connections or both have servers, told of otherwise.
fn duplicate(args: &mut Args<'_>, draft: &Draft, section: Sections, name: &str) -> Done {
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
    let Some(other) = others.clone().find(clashes).or_else(|| others.clone().next()) else { return Ok(()) };
    let file =
        |place: crate::base::diag::Place| draft.files.get(place.file as usize).map_or("", String::as_str).to_owned();
    let text = format!(
        "config : Parsing [{}:{}]: {} '{name}' has the same name as {} '{}' declared at {}:{}.",
        file(args.place),
        args.place.line,
        kind(section),
        kind(other.section),
        other.name,
        file(other.place),
        other.place.line
    );
    let danger = format!("{text} This is dangerous and will not be supported anymore in version 3.3.");
    if clashes(&other) {
        args.late_warning = Some(danger);
        return Err(Fault::new(text).bare());
    }
    args.warn_bare(danger);
    Ok(())
}

/// The index of the `defaults` that `from` names.
fn from(args: &mut Args<'_>, draft: &Draft, word: &str, name: &str) -> Result<Option<usize>, Fault> {
    if !args.take("from") {
        return Ok(None);
    }
    let wanted = args.need("'from' expects the name of a defaults section.").map_err(Fault::ends)?;
    let mut found = draft.defaults.iter().enumerate().rev().filter(|(_, defaults)| defaults.name == wanted);
    let Some((at, last)) = found.next() else {
        return Err(Fault::new(format!("defaults section '{wanted}' not found for {word} '{name}'.")).ends());
    };
    if let Some((_, first)) = found.next() {
        let place = |proxy: &Proxy| {
            let file = draft.files.get(proxy.place.file as usize).map_or("", String::as_str);
            format!("{file}:{}", proxy.place.line)
        };
        args.alert(format!(
            "ambiguous defaults section name '{wanted}' referenced by {word} '{name}' exists at least at {} and {}.",
            place(last),
            place(first)
        ));
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
        let (file, line) = (parent.place.file as usize, parent.place.line);
        let file = draft.files.get(file).map_or("", String::as_str);
        return Err(Fault::new(format!(
            "frontends and backends cannot inherit from the same defaults section if it defines TCP/HTTP rules (defaults \
             section at {file}:{line})."
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
