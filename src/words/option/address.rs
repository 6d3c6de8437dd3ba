//! Options that tell the server who the client is.

use crate::model::draft::{Draft, Sections};
use crate::model::proxy::{AddressHeader, Network};
use crate::spec;
use crate::spec::{Args, Done, Fault, Form, Keyword};

spec! {
    /// Addresses in headers.
    pub static ADDRESS: [Keyword] = [
        /// Adds the client's address in X-Forwarded-For.
        { name: "option forwardfor", sections: Sections::PROXIES, negatable: true, usage: "[except <network>] [header <name>] [if-none]", parse: |args, draft| header(args, draft, false) },
        /// Adds the address the client connected to in X-Original-To.
        { name: "option originalto", sections: Sections::PROXIES, negatable: true, usage: "[except <network>] [header <name>]", parse: |args, draft| header(args, draft, true) },
    ];
}

fn header(args: &mut Args<'_>, draft: &mut Draft, original: bool) -> Done {
    let option = if original { "originalto" } else { "forwardfor" };
    let name = if original { "x-original-to" } else { "x-forwarded-for" };
    let mut header = AddressHeader { header: name.to_owned(), except: None, if_none: false };
    if args.form != Form::Plain {
        return Err(Fault::new(format!("negation/default is not supported for option '{option}'.")).tight());
    }
    while let Some(word) = args.next() {
        match word {
            "except" => header.except = Some(except(args, option)?),
            "header" => {
                let Some(name) = args.next() else {
                    return Err(Fault::new(format!("'option {option} header' expects <header_name> as argument.")));
                };
                header.header = name.to_ascii_lowercase();
            }
            "if-none" if !original => header.if_none = true,
            _ => {
                let known = if original { "'except' and 'header'" } else { "'except', 'header' and 'if-none'" };
                return Err(Fault::new(format!("'option {option}' only supports optional values: {known}.")));
            }
        }
    }
    if let Some(proxy) = draft.proxy() {
        let slot = if original { &mut proxy.settings.originalto } else { &mut proxy.settings.forwardfor };
        *slot = Some(header);
    }
    Ok(())
}

fn except(args: &mut Args<'_>, option: &str) -> Result<Network, Fault> {
    let Some(text) = args.next() else {
        return Err(Fault::new(format!("'option {option} except' expects <address>[/mask] as argument.")));
    };
    network(text).ok_or_else(|| Fault::new(format!("'option {option} except' expects <address>[/mask] as argument.")))
}

/// An address, with a prefix length or a mask behind a slash.
fn network(text: &str) -> Option<Network> {
    let (address, mask) = text.split_once('/').map_or((text, None), |(address, mask)| (address, Some(mask)));
    let address: std::net::IpAddr = address.parse().ok()?;
    let full = if address.is_ipv4() { 32 } else { 128 };
    let bits = match mask {
        None => full,
        Some(mask) => match mask.parse::<std::net::Ipv4Addr>() {
            Ok(mask) => u32::from(mask).leading_ones() as u8,
            Err(_) => mask.parse().ok().filter(|bits| *bits <= full)?,
        },
    };
    Some(Network { address, bits })
}
