//! TLS settings for binds and servers that say nothing themselves.

use crate::model::draft::{Draft, Sections};
use crate::model::tls::{Version, Versions};
use crate::spec;
use crate::spec::{Args, Done, Fault, Keyword, Since};

spec! {
    /// TLS.
    pub static TLS: [Keyword] = [
        /// The folder of relative `ca-file` paths.
        { name: "ca-base", sections: Sections::GLOBAL, usage: "<path>", parse: |args, draft| { draft.global.ca_base = Some(word(args)?); Ok(()) } },
        /// The folder of relative `crt` paths.
        { name: "crt-base", sections: Sections::GLOBAL, usage: "<path>", parse: |args, draft| { draft.global.crt_base = Some(word(args)?); Ok(()) } },
        /// The folder of relative `key` paths.
        { name: "key-base", since: Since::V3_0, sections: Sections::GLOBAL, usage: "<path>", parse: |args, draft| { draft.global.key_base = Some(word(args)?); Ok(()) } },
        /// TLS 1.2 cipher suites of `bind` lines.
        { name: "ssl-default-bind-ciphers", sections: Sections::GLOBAL, usage: "<list>", parse: |args, draft| { draft.global.tls_bind.ciphers.tls12 = Some(word(args)?); Ok(()) } },
        /// TLS 1.3 cipher suites of `bind` lines.
        { name: "ssl-default-bind-ciphersuites", sections: Sections::GLOBAL, usage: "<list>", parse: |args, draft| { draft.global.tls_bind.ciphers.tls13 = Some(word(args)?); Ok(()) } },
        /// Curves of `bind` lines.
        { name: "ssl-default-bind-curves", sections: Sections::GLOBAL, usage: "<list>", parse: |args, draft| { draft.global.tls_bind.curves = word(args)?.split(':').map(str::to_owned).collect(); Ok(()) } },
        /// Options of `bind` lines.
        { name: "ssl-default-bind-options", sections: Sections::GLOBAL, usage: "<option>...", parse: bind_options },
        /// TLS 1.2 cipher suites of `server` lines.
        { name: "ssl-default-server-ciphers", sections: Sections::GLOBAL, usage: "<list>", parse: |args, draft| { draft.global.tls_server.ciphers.tls12 = Some(word(args)?); Ok(()) } },
        /// TLS 1.3 cipher suites of `server` lines.
        { name: "ssl-default-server-ciphersuites", sections: Sections::GLOBAL, usage: "<list>", parse: |args, draft| { draft.global.tls_server.ciphers.tls13 = Some(word(args)?); Ok(()) } },
        /// Curves of `server` lines.
        { name: "ssl-default-server-curves", since: Since::V2_9, sections: Sections::GLOBAL, usage: "<list>", parse: |args, draft| { draft.global.tls_server.curves = word(args)?.split(':').map(str::to_owned).collect(); Ok(()) } },
        /// Options of `server` lines.
        { name: "ssl-default-server-options", sections: Sections::GLOBAL, usage: "<option>...", parse: server_options },
        /// Whether servers' certificates are checked when their line does not say.
        { name: "ssl-server-verify", sections: Sections::GLOBAL, usage: "none|required", parse: server_verify },
        /// Parameters of the Diffie-Hellman exchange in prime fields. It has no meaning here: only elliptic curves are used.
        { name: "ssl-dh-param-file", sections: Sections::GLOBAL, usage: "<file>", parse: dh_file },
        /// Which files are looked for beside a certificate. The key, in `file.key`, always is.
        { name: "ssl-load-extra-files", sections: Sections::GLOBAL, usage: "<kind>...", parse: extra_files },
    ];
}

fn word(args: &mut Args<'_>) -> Result<String, Fault> {
    args.at_most(1)?;
    let keyword = args.keyword();
    let what = match keyword {
        "ca-base" | "crt-base" | "key-base" => "a directory path as an argument.",
        _ if keyword.ends_with("curves") => "a curves suite as an arguments.",
        _ if keyword.ends_with("options") => "an option as an argument.",
        _ => "a cipher suite as an argument.",
    };
    let refusal = match keyword {
        "ssl-server-verify" | "tune.ssl.default-dh-param" => format!("'{keyword}' expects an integer argument."),
        "ssl-dh-param-file" => "'ssl-dh-param-file' expects a file path as an argument.".to_owned(),
        _ => format!("global statement '{keyword}' expects {what}"),
    };
    args.need(&refusal).map(str::to_owned)
}

fn dh_file(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let path = word(args)?;
    let world = draft.noted.world;
    let text = (world.read)(&path).unwrap_or_default();
    let marker: &[u8] = b"-----BEGIN DH PARAMETERS";
    if world.real && !text.windows(marker.len()).any(|part| part == marker) {
        return Err(Fault::new(format!("'ssl-dh-param-file': unable to load DH parameters from file <{path}>.")));
    }
    Ok(())
}

fn extra_files(args: &mut Args<'_>, _: &mut Draft) -> Done {
    let refusal = "'ssl-load-extra-files' expects one or multiple arguments (none, all, bundle, sctl, ocsp, issuer).";
    if args.is_empty() {
        return Err(Fault::new(refusal));
    }
    while let Some(word) = args.next() {
        if !matches!(word, "none" | "all" | "bundle" | "sctl" | "ocsp" | "issuer" | "key") {
            return Err(Fault::new(refusal));
        }
    }
    Ok(())
}

fn no_option(args: &Args<'_>) -> Done {
    if args.is_empty() {
        return Err(Fault::new(format!("global statement '{}' expects an option as an argument.", args.keyword())));
    }
    Ok(())
}

fn bind_options(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    no_option(args)?;
    while let Some(option) = args.next() {
        match option {
            "no-tls-tickets" => draft.global.tls_bind.no_tickets = true,
            "prefer-client-ciphers" => draft.global.tls_bind.prefer_client_ciphers = true,
            "strict-sni" => draft.global.tls_bind.strict_sni = true,
            other => versions(args, other, |draft| &mut draft.global.tls_bind.versions, draft)?,
        }
    }
    Ok(())
}

fn server_options(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    no_option(args)?;
    while let Some(option) = args.next() {
        match option {
            "no-tls-tickets" => draft.global.tls_server.no_tickets = true,
            other => versions(args, other, |draft| &mut draft.global.tls_server.versions, draft)?,
        }
    }
    Ok(())
}

fn versions(args: &mut Args<'_>, option: &str, of: fn(&mut Draft) -> &mut Versions, draft: &mut Draft) -> Done {
    let keyword = args.keyword().to_owned();
    let one = |version| Versions { min: version, max: version };
    match option {
        "ssl-min-ver" | "ssl-max-ver" => {
            args.rename(option);
            let version = crate::words::server::version(args);
            args.rename(&keyword);
            let version = version.map_err(|fault| Fault {
                message: format!("{} on global statement '{keyword}'.", fault.message),
                ..fault
            })?;
            let versions = of(draft);
            if option == "ssl-min-ver" {
                versions.min = version;
            } else {
                versions.max = version;
            }
        }
        "no-sslv3" | "no-tlsv10" | "no-tlsv11" | "tls-tickets" | "force-sslv3" | "force-tlsv10" | "force-tlsv11"
        | "no-strict-sni" => {}
        "no-tlsv12" => of(draft).min = Version::Tls13,
        "no-tlsv13" => of(draft).max = Version::Tls12,
        "force-tlsv12" => *of(draft) = one(Version::Tls12),
        "force-tlsv13" => *of(draft) = one(Version::Tls13),
        other => return Err(Fault::new(format!("unknown option '{other}' on global statement '{keyword}'."))),
    }
    Ok(())
}

fn server_verify(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    draft.global.server_verify_none = match word(args)?.as_str() {
        "none" => true,
        "required" => false,
        _ => return Err(Fault::new("'ssl-server-verify' expects 'none' or 'required' as argument.")),
    };
    Ok(())
}
