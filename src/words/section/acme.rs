//! The lines of `acme` sections. They are checked as HAProxy checks them, and not run yet.

use crate::model::draft::{Draft, Sections};
use crate::spec;
use crate::spec::{Args, Done, Fault, Keyword, Since};

use super::inside::say;

const ACME: Sections = Sections::ACME;

spec! {
    /// An account that certificates are asked for with.
    pub static ACCOUNT: [Keyword] = [
        /// The file of the account's key.
        { name: "account-key", since: Since::V3_2, sections: ACME, usage: "<file>", parse: acme },
        /// Variables handed on.
        { name: "acme-vars", since: Since::V3_2, sections: ACME, usage: "<text>", parse: acme },
        /// The size of keys.
        { name: "bits", since: Since::V3_2, sections: ACME, usage: "<number>", parse: acme },
        /// How names are proved.
        { name: "challenge", since: Since::V3_2, sections: ACME, usage: "<kind>", parse: acme },
        /// When a challenge is ready.
        { name: "challenge-ready", since: Since::V3_4, sections: ACME, usage: "<kind>", parse: acme },
        /// The account's address.
        { name: "contact", since: Since::V3_2, sections: ACME, usage: "<address>", parse: acme },
        /// The curve of keys.
        { name: "curves", since: Since::V3_2, sections: ACME, usage: "<curve>", parse: acme },
        /// The authority.
        { name: "directory", since: Since::V3_2, sections: ACME, usage: "<url>", parse: acme },
        /// How long names take to spread.
        { name: "dns-delay", since: Since::V3_4, sections: ACME, usage: "<time>", parse: acme },
        /// How long that is waited for.
        { name: "dns-timeout", since: Since::V3_4, sections: ACME, usage: "<time>", parse: acme },
        /// The key of an account that exists.
        { name: "eab-key-id", since: Since::V3_4, sections: ACME, usage: "<file>", parse: acme },
        /// How that key signs.
        { name: "eab-mac-alg", since: Since::V3_4, sections: ACME, usage: "<name>", parse: acme },
        /// The secret of that key.
        { name: "eab-mac-key", since: Since::V3_4, sections: ACME, usage: "<file>", parse: acme },
        /// The kind of keys.
        { name: "keytype", since: Since::V3_2, sections: ACME, usage: "RSA|ECDSA", parse: acme },
        /// The map of challenges.
        { name: "map", since: Since::V3_2, sections: ACME, usage: "<map>", parse: acme },
        /// The authority's profile.
        { name: "profile", since: Since::V3_4, sections: ACME, usage: "<name>", parse: acme },
        /// The provider of names.
        { name: "provider-name", since: Since::V3_2, sections: ACME, usage: "<name>", parse: acme },
        /// Whether keys are kept.
        { name: "reuse-key", since: Since::BY_3_2, sections: ACME, usage: "on|off", parse: acme },
    ];
}

/// HAProxy says what is wrong, then that it does not know what is, and reads no further.
fn acme(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    acme_line(args, draft).map_err(|fault| {
        args.alert_of(fault);
        Fault::new("(null)").ends()
    })
}

fn acme_line(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let keyword = args.keyword().to_owned();
    let wants = match keyword.as_str() {
        "keytype" => "either 'RSA' or 'ECDSA' argument",
        "reuse-key" => "either the 'on' or 'off' parameter",
        "challenge" => "a challenge type: http-01 or dns-01",
        _ => "an argument",
    };
    let refusal = format!("keyword '{keyword}' in 'acme' section requires {wants}");
    let value = match args.next() {
        Some(value) => value.to_owned(),
        None if matches!(keyword.as_str(), "challenge" | "reuse-key") => String::new(),
        None => return Err(Fault::new(refusal).tight()),
    };
    args.finish()?;
    let tight = |text: String| Err(Fault::new(text).tight());
    match (keyword.as_str(), value.as_str()) {
        ("keytype", "RSA" | "ECDSA") | ("curves", "P-256" | "P-384" | "P-521") | ("reuse-key", "on" | "off") => {}
        ("keytype" | "reuse-key", _) => return tight(refusal),
        ("curves", other) => return tight(format!("unsupported curves '{other}'")),
        ("bits", text) if text.parse::<i64>().is_err() => {
            return Err(Fault::new(format!("cannot parse 'bits' value '{text}', an integer is expected.")));
        }
        ("challenge", text) if !["http-01", "dns-01"].iter().any(|known| known.eq_ignore_ascii_case(text)) => {
            return tight(refusal);
        }
        _ => {}
    }
    say(draft, &keyword, &value);
    Ok(())
}
