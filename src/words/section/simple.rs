//! Sections that are no proxies and are run: `global`, `userlist`, `http-errors`, with the lines of the latter two.

use std::collections::BTreeMap;

use crate::model::draft::{Current, Draft, Sections, User, Userlist};
use crate::spec;
use crate::spec::{Args, Done, Fault, Keyword};

spec! {
    /// Sections that are no proxies.
    pub static SIMPLE: [Keyword] = [
        /// Settings of the whole process. May be written several times.
        { name: "global", sections: Sections(u32::MAX), usage: "", parse: global },
        /// Users and groups for HTTP authentication.
        { name: "userlist", sections: Sections(u32::MAX), usage: "<name>", parse: userlist },
        /// A user with its password, hashed or in clear, and its groups.
        { name: "user", sections: Sections::USERLIST, usage: "<name> [password|insecure-password <password>] [groups <group>,...]", parse: user },
        /// A group and its users.
        { name: "group", sections: Sections::USERLIST, usage: "<name> [users <user>,...]", parse: group },
        /// A named set of error pages, for `errorfiles`.
        { name: "http-errors", sections: Sections(u32::MAX), usage: "<name>", parse: http_errors },
    ];
}

fn global(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    draft.current = Current::Global;
    args.finish()
}

fn userlist(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    // A refused line opens the section all the same: its lines are looked at.
    let name = args.next().unwrap_or_default().to_owned();
    if !name.is_empty() && draft.userlists.iter().any(|list| list.name == name) {
        args.warn_tight(format!("ignoring duplicated userlist '{name}'."));
    }
    let place = args.place;
    draft.userlists.push(Userlist { name: name.clone(), ..Userlist::default() });
    draft.userlist_places.push(place);
    draft.current = Current::Other(Sections::USERLIST, draft.userlists.len() - 1);
    if name.is_empty() {
        return Err(Fault::new("'userlist' expects <name> as arguments.").tight());
    }
    permitted("userlist", &name)?;
    args.finish()
}

fn list(draft: &mut Draft) -> Option<&mut Userlist> {
    match draft.current {
        Current::Other(Sections::USERLIST, at) => draft.userlists.get_mut(at),
        _ => None,
    }
}

fn permitted(word: &str, name: &str) -> Done {
    match super::other::bad_letter(name) {
        Some(bad) => Err(Fault::new(format!("character '{bad}' is not permitted in '{word}' name '{name}'.")).tight()),
        None => Ok(()),
    }
}

fn names(text: &str) -> Vec<String> {
    text.split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

fn user(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let name = args.need("'user' expects <name> as arguments.").map_err(Fault::tight)?.to_owned();
    let Some(list) = list(draft) else { return Ok(()) };
    if list.users.iter().any(|user| user.name == name) {
        args.warn_tight(format!("ignoring duplicated user '{name}' in userlist '{}'.", list.name));
        return Ok(());
    }
    let mut user = User { name, ..User::default() };
    while let Some(word) = args.next() {
        let value = args.next().unwrap_or_default();
        match word {
            "password" => user.password = Some(value.to_owned()),
            "insecure-password" => {
                user.password = Some(value.to_owned());
                user.clear = true;
            }
            "groups" => user.groups = names(value),
            _ => {
                let message = "'user' only supports 'password', 'insecure-password' and 'groups' options.";
                return Err(Fault::new(message).tight());
            }
        }
    }
    list.users.push(user);
    Ok(())
}

fn group(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let name = args.need("'group' expects <name> as arguments.").map_err(Fault::tight)?.to_owned();
    permitted("group", &name)?;
    let Some(list) = list(draft) else { return Ok(()) };
    if list.groups.iter().any(|(known, _)| *known == name) {
        args.warn_tight(format!("ignoring duplicated group '{name}' in userlist '{}'.", list.name));
        return Ok(());
    }
    let mut users = Vec::new();
    while let Some(word) = args.next() {
        if word != "users" {
            return Err(Fault::new("'group' only supports 'users' option.").tight());
        }
        if !users.is_empty() {
            let text = format!("'users' option already defined in 'group' name '{name}'.");
            return Err(Fault::new(text).tight());
        }
        users = names(args.next().unwrap_or_default());
    }
    list.groups.push((name, users));
    Ok(())
}

fn http_errors(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let name = args.need("missing name for http-errors section.").map_err(Fault::ends)?.to_owned();
    permitted("http-errors", &name).map_err(|fault| Fault { tight: false, ..fault })?;
    let place = args.place;
    let twin = draft.http_errors.iter().position(|(known, _)| *known == name);
    let twin = twin.and_then(|at| draft.http_errors_places.get(at)).copied();
    draft.http_errors.push((name.clone(), BTreeMap::new()));
    draft.http_errors_places.push(place);
    draft.current = Current::Other(Sections::HTTP_ERRORS, draft.http_errors.len() - 1);
    match twin {
        Some(twin) => {
            let file = draft.files.get(twin.file as usize).map_or("", String::as_str);
            let text = format!("http-errors section '{name}' already exists (declared at {file}:{}).", twin.line);
            Err(Fault::new(text).tight())
        }
        None => Ok(()),
    }
}
