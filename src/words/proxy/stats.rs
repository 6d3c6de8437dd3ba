//! The statistics page: `stats …` in proxies. It is not served yet.

use pointsman_parser::units::TimeUnit;

use crate::model::draft::{Draft, Sections};
use crate::spec;
use crate::spec::{Args, Done, Fault, Keyword, RuleSet, Since};

use super::side::not_in_defaults;

spec! {
    /// The statistics page.
    pub static STATS: [Keyword] = [
        /// Serves the statistics page.
        { name: "stats enable", sections: Sections::PROXIES, usage: "", parse: page },
        /// The path of the statistics page.
        { name: "stats uri", sections: Sections::PROXIES, usage: "<prefix>", parse: |args, draft| { args.need("'uri' needs an URI prefix.")?; page(args, draft) } },
        /// The realm its password is asked for.
        { name: "stats realm", sections: Sections::PROXIES, usage: "<realm>", parse: |args, draft| { args.need("'realm' needs an realm name.")?; page(args, draft) } },
        /// A user and password it asks for.
        { name: "stats auth", sections: Sections::PROXIES, usage: "<user>:<password>", parse: auth },
        /// A proxy that it shows.
        { name: "stats scope", sections: Sections::PROXIES, usage: "<proxy>|.", parse: |args, draft| { args.need("'scope' needs a proxy name.")?; page(args, draft) } },
        /// How often browsers reload it.
        { name: "stats refresh", sections: Sections::PROXIES, usage: "<time>", parse: refresh },
        /// Hides the version.
        { name: "stats hide-version", sections: Sections::PROXIES, usage: "", parse: page },
        /// Shows the version.
        { name: "stats show-version", since: Since::BY_3_4, sections: Sections::PROXIES, usage: "", parse: page },
        /// Shows more about servers and listeners.
        { name: "stats show-legends", sections: Sections::PROXIES, usage: "", parse: page },
        /// Shows counters of modules.
        { name: "stats show-modules", since: Since::V2_3, sections: Sections::PROXIES, usage: "", parse: page },
        /// Shows the node's name.
        { name: "stats show-node", sections: Sections::PROXIES, usage: "[<name>]", parse: node },
        /// Shows a description.
        { name: "stats show-desc", sections: Sections::PROXIES, usage: "[<text>...]", parse: description },
        /// Who may change states on the page.
        { name: "stats admin", sections: Sections::PROXIES, usage: "if|unless <condition>", parse: admin },
        /// A rule on requests for the page.
        { name: "stats http-request", sections: Sections::PROXIES, usage: "allow|deny|auth [realm <realm>] [if|unless <condition>]", parse: rule },
        /// The sentence for anything else.
        { name: "stats", sections: Sections::PROXIES, usage: "...", parse: unknown },
    ];
}

fn page(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    args.not_yet(args.keyword().to_owned());
    if let Some(proxy) = draft.proxy() {
        proxy.facts.said.insert("stats");
    }
    Ok(())
}

fn auth(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let account = args.need("'auth' needs a user:password account.")?;
    let user = account.split(':').next().unwrap_or_default().to_owned();
    if let Some(proxy) = draft.proxy() {
        if proxy.facts.stats_users.contains(&user) {
            args.warn_bare(format!("config : uri auth: ignoring duplicated user '{user}'."));
        } else {
            proxy.facts.stats_users.push(user);
        }
    }
    page(args, draft)
}

fn refresh(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let text = args.next().unwrap_or_default();
    args.time_of(text.as_bytes(), TimeUnit::Second)
        .map_err(|error| Fault::new(format!("{error} in argument to stats refresh interval.")).tight())?;
    page(args, draft)
}

fn node(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let odd = |letter: char| !letter.is_ascii_alphanumeric() && letter != '-' && letter != '_';
    if args.peek().is_some_and(|name| name.contains(odd)) {
        let letters = "digits(0-9), letters(A-Z, a-z), hyphen(-) or underscode(_)";
        let text = format!("'stats show-node' invalid node name - should be a stringwith {letters}.");
        return Err(Fault::new(text).tight());
    }
    page(args, draft)
}

fn description(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    if args.is_empty() {
        let message = "'show-desc' requires a parameter or 'desc' to be set in the global section.";
        args.warn_tight(message);
    }
    page(args, draft)
}

fn admin(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    not_in_defaults(args, "stats admin").map_err(Fault::tight)?;
    if !matches!(args.peek(), Some("if" | "unless")) {
        return Err(Fault::new("'stats admin' requires either 'if' or 'unless' followed by a condition."));
    }
    args.cond(draft).map_err(|fault| {
        let mut fault = fault.within("error detected while parsing a 'stats admin' rule : ");
        fault.message.push('.');
        fault
    })?;
    page(args, draft)
}

fn rule(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    not_in_defaults(args, "stats").map_err(Fault::tight)?;
    args.rename("http-request");
    super::rules::check_only(args, draft, RuleSet::Request)?;
    args.rename("stats http-request");
    page(args, draft)
}

const PARAMETERS: &str = "expects 'admin', 'uri', 'realm', 'auth', 'scope', 'enable', 'hide-version', 'show-node', \
                          'show-desc' or 'show-legends'.";

fn unknown(args: &mut Args<'_>, _: &mut Draft) -> Done {
    Err(Fault::new(match args.peek() {
        None => format!("missing keyword in 'stats', {PARAMETERS}"),
        Some(word) => format!("unknown stats parameter '{word}', {PARAMETERS}"),
    })
    .tight())
}
