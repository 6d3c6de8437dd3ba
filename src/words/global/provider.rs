//! OpenSSL's providers. They have no meaning here, for the TLS library has none; they are checked as OpenSSL would.

use crate::model::draft::{Draft, Sections};
use crate::spec;
use crate::spec::{Args, Done, Fault, Keyword, Since};

spec! {
    /// Providers.
    pub static PROVIDER: [Keyword] = [
        /// A query of OpenSSL's providers. It has no meaning here: the TLS library has none.
        { name: "ssl-propquery", since: Since::V2_6, sections: Sections::GLOBAL, usage: "<query>", parse: query },
        /// A provider of OpenSSL. It has no meaning here: the TLS library has none.
        { name: "ssl-provider", since: Since::V2_6, sections: Sections::GLOBAL, usage: "<name>", parse: provider },
        /// Where such providers are. It has no meaning here.
        { name: "ssl-provider-path", since: Since::V2_6, sections: Sections::GLOBAL, usage: "<folder>", parse: path },
    ];
}

fn query(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let text = args.need("global statement 'ssl-propquery' expects a property string as an argument.")?;
    let met = is_met(text).ok_or_else(|| Fault::new("(null)"))?;
    if !met {
        for user in ["OCSP-UPDATE", "HTTPCLIENT"] {
            let text = format!("'server <{user}>/<HTTPSCLIENT>' : unable to allocate ssl context.");
            draft.late_fault(args.place, text);
        }
    }
    Ok(())
}

/// Whether OpenSSL's own provider meets a query; none if it is no query. See `property(7)` of OpenSSL.
fn is_met(text: &str) -> Option<bool> {
    if text.trim().is_empty() {
        return Some(true);
    }
    let mut met = true;
    for item in text.split(',').map(str::trim) {
        let (removed, item) = item.strip_prefix('-').map_or((false, item), |rest| (true, rest));
        let (optional, item) = item.strip_prefix('?').map_or((removed, item), |rest| (true, rest.trim_start()));
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.');
        let ends = item.bytes().position(|byte| !is_name(byte)).unwrap_or(item.len());
        let (name, rest) = item.split_at_checked(ends)?;
        if !name.starts_with(|letter: char| letter.is_ascii_alphabetic()) {
            return None;
        }
        let rest = rest.trim_start();
        let (equal, value) = match (rest.strip_prefix("!="), rest.strip_prefix('=')) {
            (Some(value), _) => (false, value.trim()),
            (_, Some(value)) => (true, value.trim()),
            _ if rest.is_empty() => (true, "yes"),
            _ => return None,
        };
        let value = is_value(value)?;
        let is = (name, value) == ("provider", "default") || value == "no";
        met &= optional || is == equal || (!equal && value == "no");
    }
    Some(met)
}

/// A value without its quotes; none if it is no value.
fn is_value(text: &str) -> Option<&str> {
    let first = text.chars().next();
    if let Some(quote) = first.filter(|letter| matches!(letter, '"' | '\'')) {
        return text.get(1..)?.strip_suffix(quote);
    }
    let number = first.is_some_and(|letter| letter.is_ascii_digit() || matches!(letter, '+' | '-'));
    let digits = text.trim_start_matches(['+', '-']);
    let hex = digits.strip_prefix("0x").is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_hexdigit()));
    if number && !hex && !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    (!text.contains(char::is_whitespace)).then_some(text)
}

fn provider(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let name = args.need("global statement 'ssl-provider' expects a valid engine provider name as an argument.")?;
    let own = matches!(name, "default" | "base" | "null");
    let found = match &draft.global.provider_path {
        Some(folder) => (draft.noted.world.read)(&format!("{folder}/{name}.so")).is_ok(),
        None => name == "legacy",
    };
    if own || found {
        return Ok(());
    }
    args.alert_bare(format!("config : ssl-provider {name}: unknown provider"));
    Err(Fault::new("(null)"))
}

fn path(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let folder = args.need("global statement 'ssl-provider-path' expects a directory path as an argument.")?;
    draft.global.provider_path = Some(folder.to_owned());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::is_met;

    #[test]
    fn queries_are_met_or_not_or_are_none() {
        for text in ["", "provider!=fips", "?provider=nope", "provider=default,fips=no", "-a", "a!="] {
            assert_eq!(is_met(text), Some(true), "{text}");
        }
        assert_eq!(
            (is_met("foo"), is_met("a=b"), is_met("provider!=default")),
            (Some(false), Some(false), Some(false))
        );
        for text in ["=x,,", "a b", "a=1x", "a=\"b"] {
            assert_eq!(is_met(text), None, "{text}");
        }
    }
}
