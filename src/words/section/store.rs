//! The lines of `crt-store` sections: certificates by name. They are checked as HAProxy checks them, and not run yet.

use crate::model::draft::{Current, Draft, Sections};
use crate::spec;
use crate::spec::{Args, Done, Fault, Keyword, Since};
use crate::words::pem;

use super::inside::{said, say};

const STORE: Sections = Sections::CRT_STORE;

spec! {
    /// Certificates by name.
    pub static STORED: [Keyword] = [
        /// The folder of certificates.
        { name: "crt-base", since: Since::V3_0, sections: STORE, usage: "<folder>", parse: store_base },
        /// The folder of keys.
        { name: "key-base", since: Since::V3_0, sections: STORE, usage: "<folder>", parse: store_base },
        /// A certificate.
        { name: "load", since: Since::V3_0, sections: STORE, usage: "crt <file> [<option> <value>]...", parse: load },
    ];
}

/// Options of a `load` line; each takes a value. All but `crt` may be left out.
const OPTIONS: [&str; 15] = [
    "crt",
    "key",
    "ocsp",
    "issuer",
    "sctl",
    "ocsp-update",
    "alias",
    "acme",
    "domains",
    "ips",
    "jwt",
    "generate-dummy",
    "keytype",
    "bits",
    "curves",
];

fn own(args: &Args<'_>, draft: &Draft) -> String {
    let file = draft.files.get(args.place.file as usize).map_or("", String::as_str);
    format!("parsing [{file}:{}] : ", args.place.line)
}

fn store_base(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let keyword = args.keyword().to_owned();
    let own = own(args, draft);
    let path = args.need(&format!("{own}'{keyword}' requires a <path> argument.")).map_err(Fault::ends)?.to_owned();
    if said(draft, "loaded").is_some() {
        let text = "can't be used after a load line, use it at the beginning of the section.";
        return Err(Fault::new(format!("{own}'{keyword}' {text}")).ends());
    }
    say(draft, &keyword, &path);
    Ok(())
}

fn load(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    load_certificate(args, draft).map_err(Fault::ends)
}

fn load_certificate(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let own = own(args, draft);
    let mut options: Vec<(&str, &str)> = Vec::new();
    let mut again = None;
    while let Some(word) = args.next() {
        let value = args.next().unwrap_or_default();
        if word == "ocsp-update" && !matches!(value, "on" | "off") {
            let text = format!("cannot parse 'ocsp-update' value '{value}', 'on' or 'off' is expected.");
            return Err(Fault::new(format!("{own}{text}")));
        }
        if !OPTIONS.contains(&word) {
            let text = format!("'load {word}' in section 'crt-store': unknown keyword '{word}'.");
            return Err(Fault::new(format!("{own}{text}")));
        }
        match options.iter_mut().find(|(known, _)| *known == word) {
            Some(known) => {
                if !matches!(word, "alias" | "ocsp-update") {
                    again = Some(word);
                }
                known.1 = value;
            }
            None => options.push((word, value)),
        }
    }
    if let Some(word) = again {
        args.warn(format!("'{word}' already specified, overwriting."));
    }
    let value = |name: &str| options.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
    let Some(certificate) = value("crt") else {
        return Err(Fault::new(format!("{own}'load' in section 'crt-store': mandatory 'crt' parameter not found.")));
    };
    let base = said(draft, "crt-base").or_else(|| draft.global.crt_base.clone());
    let path = pem::under(certificate, base.as_deref());
    let name = stored_name(draft, value("alias"), certificate, &path);
    if pem::stored(&name, draft).is_some() {
        return Err(Fault::new(format!("{own}'load' in section 'crt-store': store '{name}' was already defined.")));
    }
    let keyed = files(&options, certificate, &path, draft).map_err(Fault::new)?;
    say(draft, "loaded", &path);
    say(draft, if keyed { pem::WITH_KEY } else { pem::WITHOUT_KEY }, &name);
    if let Some(section) = value("acme") {
        let file = draft.files.get(args.place.file as usize).map_or("", String::as_str);
        draft.noted.wants_acme(section, format!("{file}:{}", args.place.line));
    }
    Ok(())
}

/// What a certificate of a store is called by.
fn stored_name(draft: &Draft, alias: Option<&str>, certificate: &str, path: &str) -> String {
    let Current::Other(_, at) = draft.current else { return path.to_owned() };
    let section = draft.others.get(at).map_or("", |other| other.name.as_str());
    match alias {
        None if section.is_empty() => path.to_owned(),
        _ => format!("@{section}/{}", alias.unwrap_or(certificate)),
    }
}

/// Checks the files of a line. The answer is whether there is a key among them.
fn files(options: &[(&str, &str)], certificate: &str, path: &str, draft: &Draft) -> Result<bool, String> {
    let world = draft.noted.world;
    if !world.real {
        return Ok(true);
    }
    let value = |name: &str| options.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
    let unread = |file: &str| format!(" '{file}' cannot be read or parsed.");
    let text = (world.read)(path).map_err(|_| format!("cannot open the file '{path}'.\n{}", unread(certificate)))?;
    if !pem::has_certificate(&text) {
        let reason = format!("unable to load certificate from file '{path}': no start line.");
        return Err(format!("{reason}\n{}", unread(certificate)));
    }
    let keys = said(draft, "key-base").or_else(|| draft.global.key_base.clone());
    let keyed = match value("key") {
        Some(key) => {
            let file = pem::under(key, keys.as_deref());
            let text = (world.read)(&file).map_err(|_| unread(key))?;
            if !pem::has_key(&text) {
                return Err(format!("unable to load private key from file '{file}'.\n{}", unread(key)));
            }
            true
        }
        None => pem::has_key(&text) || (world.read)(&format!("{path}.key")).is_ok_and(|text| pem::has_key(&text)),
    };
    if let Some(file) = value("ocsp").filter(|file| (world.read)(file).is_err()) {
        return Err(format!("Error opening OCSP response file{}", unread(file)));
    }
    if let Some(file) = value("sctl") {
        let text = (world.read)(file).map_err(|_| unread(file))?;
        let length = text.first_chunk::<2>().map(|length| usize::from(u16::from_be_bytes(*length)) + 2);
        if length != Some(text.len()) {
            return Err(unread(file));
        }
    }
    if let Some(file) = value("issuer") {
        let text = (world.read)(file).map_err(|_| unread(file))?;
        if !pem::has_certificate(&text) {
            return Err(format!("'{file}' cannot be read or parsed'.\n{}", unread(file)));
        }
    }
    Ok(keyed)
}
