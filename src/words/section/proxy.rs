//! `defaults`, `frontend`, `backend`, `listen`.

use crate::model::draft::{Current, Draft, Proxy, Sections};
use crate::model::proxy::Settings;
use crate::spec;
use crate::spec::{Args, Done, Fault, Keyword};

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

fn defaults(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let name = match args.peek() {
        Some(name) if name != "from" => args.next().unwrap_or_default().to_owned(),
        _ => String::new(),
    };
    let from = from(args, draft, "defaults", &name)?;
    let mut proxy = Proxy::new(Sections::DEFAULTS, &name, args.place, Settings::default());
    inherit(&mut proxy, draft, from);
    draft.defaults.push(proxy);
    draft.current = Current::Defaults(draft.defaults.len() - 1);
    Ok(())
}

fn proxy(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let word = args.keyword().to_owned();
    let (section, _) = Sections::ALL.iter().copied().find(|(_, known)| *known == word).unwrap_or_default();
    let name = args.need(&format!("'{word}' expects an <id> argument"))?.to_owned();
    let from = from(args, draft, &word, &name)?;
    if !args.is_empty() {
        return Err(Fault::new("please use the 'bind' keyword for listening addresses."));
    }
    if let Some(bad) = name.chars().find(|letter| !letter.is_ascii_alphanumeric() && !"-_.:".contains(*letter)) {
        args.alert(format!("character '{bad}' is not permitted in '{word}' name '{name}'."));
    }
    duplicate(draft, section, &name)?;
    let from = from.or_else(|| draft.defaults.len().checked_sub(1));
    let mut proxy = Proxy::new(section, &name, args.place, Settings::default());
    inherit(&mut proxy, draft, from);
    draft.proxies.push(proxy);
    draft.current = Current::Proxy(draft.proxies.len() - 1);
    Ok(())
}

fn duplicate(draft: &Draft, section: Sections, name: &str) -> Done {
    let front = Sections::FRONTEND.and(Sections::LISTEN);
    let back = Sections::BACKEND.and(Sections::LISTEN);
    let clashes = |other: &&Proxy| {
        other.name == name
            && ((other.section.has(front) && section.has(front)) || (other.section.has(back) && section.has(back)))
    };
    let Some(other) = draft.proxies.iter().find(clashes) else { return Ok(()) };
    let file = draft.files.get(other.place.file as usize).map_or("", String::as_str);
    Err(Fault::new(format!(
        "{} '{name}' has the same name as {} '{}' declared at {file}:{}.",
        section.word(),
        other.section.word(),
        other.name,
        other.place.line
    ))
    .tight())
}

/// The index of the `defaults` that `from` names.
fn from(args: &mut Args<'_>, draft: &Draft, word: &str, name: &str) -> Result<Option<usize>, Fault> {
    if !args.take("from") {
        return Ok(None);
    }
    let wanted = args.need("'from' expects the name of a defaults section.")?;
    match draft.defaults.iter().rposition(|defaults| defaults.name == wanted) {
        Some(at) => Ok(Some(at)),
        None => Err(Fault::new(format!("defaults section '{wanted}' not found for {word} '{name}'."))),
    }
}

fn inherit(proxy: &mut Proxy, draft: &Draft, from: Option<usize>) {
    let Some(parent) = from.and_then(|at| draft.defaults.get(at)) else { return };
    proxy.from = from;
    proxy.settings = parent.settings.clone();
    proxy.rules = parent.rules.clone();
    if proxy.section == Sections::DEFAULTS {
        proxy.acls.clone_from(&parent.acls);
    }
}
