//! How the servers of a backend are checked: `http-check`, `tcp-check`, `external-check`.

mod connect;
mod expect;
mod send;

use std::sync::Arc;

use crate::model::check::{HealthCheck, HttpCheck, Send, Step};
use crate::model::draft::{Draft, Sections};
use crate::spec;
use crate::spec::{Args, Done, Fault, Keyword};

spec! {
    /// Checks.
    pub static CHECK: [Keyword] = [
        /// Names the step that follows, in messages.
        { name: "http-check comment", sections: Sections::BACK, usage: "<text>", parse: comment },
        /// Opens a connection of its own for the steps that follow.
        { name: "http-check connect", sections: Sections::BACK, usage: "[default] [port <port>] [addr <address>] [ssl] [sni <name>] [alpn <list>] [send-proxy] [linger] [comment <text>]", parse: connect::connect },
        /// The request of a check.
        { name: "http-check send", sections: Sections::BACK, usage: "[meth <method>] [uri|uri-lf <uri>] [ver <version>] [hdr <name> <value>]... [body|body-lf <text>] [comment <text>]", parse: send::request },
        /// What the response of a check must be.
        { name: "http-check expect", sections: Sections::BACK, usage: "[comment <text>] [min-recv <bytes>] [ok-status|error-status|tout-status <name>] [on-success|on-error <format>] [!] status|rstatus|hdr|fhdr|string|rstring|string-lf <pattern>", parse: expect::expect },
        /// A 404 takes the server out of the way without calling it down.
        { name: "http-check disable-on-404", sections: Sections::BACK, usage: "", parse: |args, draft| { lines(draft, |check| check.disable_on_404 = true); args.finish() } },
        /// Tells the server its state in a header of each check.
        { name: "http-check send-state", sections: Sections::BACK, usage: "", parse: |args, draft| { lines(draft, |check| check.send_state = true); args.finish() } },
        /// Names the step that follows, in messages.
        { name: "tcp-check comment", sections: Sections::BACK, usage: "<text>", parse: comment },
        /// Opens a connection of its own for the steps that follow.
        { name: "tcp-check connect", sections: Sections::BACK, usage: "[default] [port <port>] [addr <address>] [ssl] [sni <name>] [alpn <list>] [send-proxy] [linger] [comment <text>]", parse: connect::connect },
        /// Sends text.
        { name: "tcp-check send", sections: Sections::BACK, usage: "<text> [comment <text>]", parse: send::bytes },
        /// Sends the text of a format.
        { name: "tcp-check send-lf", sections: Sections::BACK, usage: "<format> [comment <text>]", parse: send::bytes },
        /// Sends bytes written as hexadecimal digits.
        { name: "tcp-check send-binary", sections: Sections::BACK, usage: "<digits> [comment <text>]", parse: send::bytes },
        /// Sends bytes written as the hexadecimal digits of a format.
        { name: "tcp-check send-binary-lf", sections: Sections::BACK, usage: "<format> [comment <text>]", parse: send::bytes },
        /// What the server's bytes must hold.
        { name: "tcp-check expect", sections: Sections::BACK, usage: "[comment <text>] [min-recv <bytes>] [ok-status|error-status|tout-status <name>] [on-success|on-error <format>] [!] string|rstring|string-lf|binary|rbinary <pattern>", parse: expect::expect },
        /// The command of external checks.
        { name: "external-check command", sections: Sections::BACK, usage: "<path>", parse: external },
        /// The PATH of external checks.
        { name: "external-check path", sections: Sections::BACK, usage: "<path>", parse: external },
    ];
}

/// A line of a frontend, where it has no effect: `word` is what stands behind `http-check`.
pub(super) fn idle(args: &mut Args<'_>, draft: &mut Draft, word: &str) -> Done {
    match word {
        "comment" => comment(args, draft),
        "connect" => connect::connect(args, draft),
        "send" => send::request(args, draft),
        "expect" => expect::expect(args, draft),
        _ => args.finish(),
    }
}

/// Changes what the check lines of the proxy being read say.
fn lines(draft: &mut Draft, change: impl FnOnce(&mut HttpCheck)) {
    let Some(proxy) = draft.proxy() else { return };
    change(Arc::make_mut(&mut proxy.settings.http_check));
}

/// Adds a step; the first one of a proxy replaces those of its `defaults`.
fn add(args: &Args<'_>, draft: &mut Draft, step: Step) {
    let in_defaults = args.section == Sections::DEFAULTS;
    let is_http = args.keyword().starts_with("http-check");
    if let Some(proxy) = draft.proxy() {
        proxy.facts.said.insert(if is_http { "http-check rules" } else { "tcp-check rules" });
    }
    lines(draft, |check| {
        if check.inherited && !in_defaults {
            check.steps.clear();
            check.tcp_steps.clear();
        }
        check.inherited = in_defaults;
        if is_http { check.steps.push(step) } else { check.tcp_steps.push(step) }
    });
}

fn text(args: &mut Args<'_>, option: &str) -> Result<String, Fault> {
    let refusal = format!("'{}' : '{option}' expects a string as argument..", args.keyword());
    args.need(&refusal).map(str::to_owned)
}

fn comment(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let refusal = format!("'{}' : expects a string as argument.", args.keyword());
    let words = args.need(&refusal)?.to_owned();
    add(args, draft, Step::Comment(words));
    // What follows is passed over.
    Ok(())
}

fn external(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let keyword = args.keyword().to_owned();
    let refusal = format!("'{keyword}' expects a value as argument.");
    let value = args.need(&refusal)?.to_owned();
    if let Some(proxy) = draft.proxy() {
        if keyword == "external-check command" {
            proxy.settings.external_check.0 = Some(value);
        } else {
            proxy.settings.external_check.1 = Some(value);
        }
    }
    args.finish()
}

/// What `option httpchk` chooses.
pub(in crate::words) fn choose_http(draft: &mut Draft, request: Send) {
    if let Some(proxy) = draft.proxy() {
        Arc::make_mut(&mut proxy.settings.http_check).request = request;
        proxy.settings.check = HealthCheck::Http;
    }
}
