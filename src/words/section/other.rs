//! Sections that this program reads and does not run yet: peers, resolvers, mailers, caches, rings and their kin. Here are
//! the lines that open them.

use crate::model::draft::{Current, Draft, Other, Sections};
use crate::spec;
use crate::spec::{Args, Done, End, Fault, Keyword, Release, Since};

spec! {
    /// Sections that are not run yet.
    pub static OTHER: [Keyword] = [
        /// Machines that share stick tables.
        { name: "peers", sections: Sections(u32::MAX), usage: "<name>", parse: |args, draft| open(args, draft, Sections::PEERS, "missing name for peers section.") },
        /// Name servers.
        { name: "resolvers", sections: Sections(u32::MAX), usage: "<name>", parse: |args, draft| open(args, draft, Sections::RESOLVERS, "missing name for resolvers section.") },
        /// Mail servers.
        { name: "mailers", sections: Sections(u32::MAX), usage: "<name>", parse: |args, draft| open(args, draft, Sections::MAILERS, "missing name for mailers section.") },
        /// An HTTP cache.
        { name: "cache", sections: Sections(u32::MAX), usage: "<name>", parse: |args, draft| open(args, draft, Sections::CACHE, "'cache' expects a <name> argument") },
        /// A ring buffer of messages.
        { name: "ring", sections: Sections(u32::MAX), usage: "<name>", parse: ring },
        /// A relay of log messages.
        { name: "log-forward", since: Since::V2_3, sections: Sections(u32::MAX), usage: "<name>", parse: |args, draft| open(args, draft, Sections::LOG_FORWARD, "missing name for log-forward section.") },
        /// Other formats for some logs.
        { name: "log-profile", since: Since::V3_1, sections: Sections(u32::MAX), usage: "<name>", parse: |args, draft| open(args, draft, Sections::LOG_PROFILE, "missing name for log-profile section.") },
        /// A FastCGI application.
        { name: "fcgi-app", sections: Sections(u32::MAX), usage: "<name>", parse: fcgi },
        /// Certificates by name.
        { name: "crt-store", since: Since::V3_0, sections: Sections(u32::MAX), usage: "[<name>]", parse: store },
        /// What is traced.
        { name: "traces", since: Since::V3_1, sections: Sections(u32::MAX), usage: "", parse: traces },
        /// An account that certificates are asked for with.
        { name: "acme", since: Since::V3_2, sections: Sections(u32::MAX), usage: "<name>", parse: acme },
        /// A check that several servers share.
        { name: "healthcheck", since: Since::V3_4, sections: Sections(u32::MAX), usage: "<name>", parse: |args, draft| open(args, draft, Sections::HEALTHCHECK, "missing name for healthcheck section.") },
        /// Network namespaces.
        { name: "namespace_list", sections: Sections(u32::MAX), usage: "", parse: |_, draft| { begin(draft, Sections::NAMESPACE_LIST, ""); Ok(()) } },
        /// A program that runs beside.
        { name: "program", end: Some(End::removed(Release(3, 3), "a process manager such as systemd")), sections: Sections(u32::MAX), usage: "<name>", parse: program },
    ];
}

/// Begins a section of this kind and name.
pub(super) fn begin(draft: &mut Draft, section: Sections, name: &str) {
    let place = draft.noted.place.get();
    draft.others.push(Other { section, name: name.to_owned(), place, said: Vec::new() });
    draft.current = Current::Other(section, draft.others.len() - 1);
}

fn open(args: &mut Args<'_>, draft: &mut Draft, section: Sections, missing: &str) -> Done {
    let name = args.need(missing).map_err(Fault::ends)?.to_owned();
    if let Some(bad) = bad_letter(&name).filter(|_| section != Sections::CACHE) {
        let word = section.word();
        let message = format!("character '{bad}' is not permitted in '{word}' name '{name}'.");
        return Err(Fault::new(message).ends());
    }
    if section.has(ALONE) {
        args.at_most(0).map_err(|fault| {
            if section.has(Sections::LOG_FORWARD.and(Sections::LOG_PROFILE)) { fault } else { fault.ends() }
        })?;
    }
    args.not_yet(section.word());
    let once = Sections::PEERS.and(Sections::MAILERS).and(Sections::LOG_FORWARD).and(Sections::LOG_PROFILE);
    let twin = draft.others.iter().find(|other| once.has(section) && other.section == section && other.name == name);
    let clash = twin.map(|twin| {
        let file = |place: crate::base::diag::Place| draft.files.get(place.file as usize).map_or("", String::as_str);
        let (here, there, kind) = (args.place, twin.place, section.word());
        Fault::new(format!(
            "config : Parsing [{}:{}]: {kind} section '{name}' has the same name as another {kind} section declared at {}:{}.",
            file(here),
            here.line,
            file(there),
            there.line
        ))
        .bare()
    });
    begin(draft, section, &name);
    clash.map_or(Ok(()), Err)
}

/// Sections whose line holds nothing but a name; the others pass over the rest.
const ALONE: Sections = Sections(
    Sections::PEERS.0 | Sections::CACHE.0 | Sections::LOG_FORWARD.0 | Sections::LOG_PROFILE.0 | Sections::ACME.0,
);

/// The first letter that names may not have.
pub(super) fn bad_letter(name: &str) -> Option<char> {
    name.chars().find(|letter| !letter.is_ascii_alphanumeric() && !"-_.:".contains(*letter))
}

fn ring(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let name = args.need("missing ring name.")?.to_owned();
    if let Some(bad) = bad_letter(&name) {
        return Err(Fault::new(format!("invalid ring name '{name}' (character '{bad}' is not permitted).")));
    }
    let own = matches!(name.as_str(), "stdout" | "stderr" | "buf0" | "dpapi");
    if own || draft.others.iter().any(|other| other.section == Sections::RING && other.name == name) {
        begin(draft, Sections::RING, &name);
        return Err(Fault::new(format!("sink named '{name}' already exists.")));
    }
    args.not_yet("ring");
    begin(draft, Sections::RING, &name);
    Ok(())
}

fn fcgi(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let name = args.need("'fcgi-app' expects <name> as argument.").map_err(Fault::tight)?.to_owned();
    if let Some(bad) = bad_letter(&name) {
        return Err(Fault::new(format!("character '{bad}' is not permitted in 'fcgi-app' name '{name}'.")).tight());
    }
    args.not_yet("fcgi-app");
    begin(draft, Sections::FCGI_APP, &name);
    args.finish()
}

fn store(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let name = args.next().unwrap_or_default().to_owned();
    if !args.is_empty() {
        return Err(Fault::new("'crt-store' section only supports a <name> argument.").ends());
    }
    args.not_yet("crt-store");
    begin(draft, Sections::CRT_STORE, &name);
    Ok(())
}

fn traces(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    begin(draft, Sections::TRACES, "");
    args.finish()
}

fn acme(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    if !draft.noted.experimental.get() {
        let message = "section 'acme' is experimental, must be allowed via a global 'expose-experimental-directives'";
        return Err(Fault::new(message).tight().ends());
    }
    if args.is_empty() {
        return Err(Fault::new("section 'acme' requires an ID argument.").tight().ends());
    }
    let name = args.peek().unwrap_or_default();
    if let Some(twin) = draft.others.iter().find(|other| other.section == Sections::ACME && other.name == name) {
        let file = draft.files.get(twin.place.file as usize).map_or("", String::as_str);
        let text = format!("acme section '{name}' already exists ({file}:{}).", twin.place.line);
        return Err(Fault::new(text).tight().ends());
    }
    open(args, draft, Sections::ACME, "")
}

fn program(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let name = args.need("'program' expects an <id> argument").map_err(Fault::ends)?.to_owned();
    args.at_most(0).map_err(Fault::ends)?;
    if !draft.noted.deprecated.get() {
        let text = "The 'program' section is deprecated and will be eventually removed, it can be still allowed by setting \
                    'expose-deprecated-directives' keyword in the 'global' section defined before any 'program' section. \
                    Please, consider to use a process manager instead of 'program' section, such as sysvinit, systemd, \
                    supervisord or s6.";
        args.warn_tight(text);
        return Err(Fault::new("").ends());
    }
    args.not_yet("program");
    begin(draft, Sections::PROGRAM, &name);
    Ok(())
}
