//! Sections that are no proxies.

use std::collections::BTreeMap;

use crate::model::draft::{Current, Draft, Sections, Userlist};
use crate::spec;
use crate::spec::{Args, Done, Fault, Keyword};

spec! {
    /// Sections that are no proxies.
    pub static SIMPLE: [Keyword] = [
        /// Settings of the whole process. May be written several times.
        { name: "global", sections: Sections(u32::MAX), usage: "", parse: global },
        /// Users and groups for HTTP authentication.
        { name: "userlist", sections: Sections(u32::MAX), usage: "<name>", parse: userlist },
        /// A named set of error pages, for `errorfiles`.
        { name: "http-errors", sections: Sections(u32::MAX), usage: "<name>", parse: http_errors },
    ];
}

fn global(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    draft.current = Current::Global;
    args.finish()
}

fn userlist(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let name = args.need("'userlist' expects <name> as arguments.")?.to_owned();
    if draft.userlists.iter().any(|list| list.name == name) {
        args.warn(format!("ignoring duplicated userlist '{name}'."));
    }
    draft.userlists.push(Userlist { name, ..Userlist::default() });
    draft.current = Current::Other(Sections::USERLIST, draft.userlists.len() - 1);
    args.finish()
}

fn http_errors(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let name = args.need("missing name for http-errors section.").map_err(Fault::tight)?.to_owned();
    draft.http_errors.push((name, BTreeMap::new()));
    draft.current = Current::Other(Sections::HTTP_ERRORS, draft.http_errors.len() - 1);
    Ok(())
}
