//! What goes wrong when lines are copied: words that were lost, and lines that were cut.

use crate::model::draft::Sections;
use crate::spec::lint::{Findings, View};

/// Options of `server` lines that stand where the address belongs.
const OPTIONS: [&str; 12] =
    ["ssl", "check", "verify", "sni", "weight", "backup", "cookie", "maxconn", "check-sni", "inter", "ca-file", "alpn"];

/// Options of servers whose value is free text, so that any word is taken for it.
const WITH_TEXT: [&str; 6] = ["sni", "check-sni", "verifyhost", "ca-file", "crt", "alpn"];

/// Options whose value was lost: the next option is taken for it.
pub fn no_value(view: &View<'_>, findings: &mut Findings) {
    for section in view.sections() {
        for line in section.lines.iter().filter(|line| matches!(line.word(0), "server" | "default-server")) {
            for at in 1..line.words.len().saturating_sub(1) {
                let (option, value) = (line.word(at), line.word(at + 1));
                if WITH_TEXT.contains(&option) && OPTIONS.contains(&value) && !WITH_TEXT.contains(&line.word(at - 1)) {
                    findings
                        .at(
                            line.at(at),
                            format!("`{option}` has no value of its own: the option '{value}' is taken for it"),
                        )
                        .help(format!("write the value behind `{option}`"));
                }
            }
        }
    }
}

/// Options that stand on a line of their own below their server.
pub fn cut_line(view: &View<'_>, findings: &mut Findings) {
    // These are keywords of sections, too.
    let lone = |word: &str| OPTIONS.contains(&word) && word != "cookie" && word != "maxconn";
    for section in view.sections().iter().filter(|section| Sections::BACK.has(section.kind)) {
        let mut server = None;
        for line in &section.lines {
            match line.word(0) {
                "server" | "server-template" => server = Some(line).filter(|line| !line.word(2).is_empty()),
                word if lone(word) => {
                    let Some(server) = server else { continue };
                    findings
                        .at(line.whole(), "this is read as a keyword: no line goes on in the next one")
                        .help("write it on the line of its server")
                        .related(server.whole(), "belongs to this server");
                }
                _ => server = None,
            }
        }
    }
}

/// `server` lines without an address.
pub fn no_address(view: &View<'_>, findings: &mut Findings) {
    // The `server` lines of peers may stand without an address: that of their `bind` line counts.
    for section in view.sections().iter().filter(|section| section.kind != Sections::PEERS) {
        for (at, line) in section.lines.iter().enumerate().filter(|(_, line)| line.word(0) == "server") {
            let address = line.word(2);
            let next = section.lines.get(at + 1).map(|line| line.word(0)).filter(|word| OPTIONS.contains(word));
            let named_as_address = line.word(1).contains(':') && OPTIONS.contains(&address);
            let (text, help) = if address.is_empty() && next.is_some() {
                (
                    "this server has no address: its options stand on lines of their own, and are read as keywords",
                    "write name, address and options on one line",
                )
            } else if address.is_empty() {
                ("this server has no address", "write `server NAME ADDRESS:PORT`")
            } else if named_as_address {
                (
                    "this server has no name: its address is taken for the name, and the option behind it for the address",
                    "write `server NAME ADDRESS:PORT`",
                )
            } else if OPTIONS.contains(&address) {
                (
                    "this server has no address: the option is taken for it, as the name of a host",
                    "write `server NAME ADDRESS:PORT`, and then the options",
                )
            } else {
                continue;
            };
            let cut = section.lines.get(at + 1..).unwrap_or_default();
            let cut: Vec<_> = cut.iter().take_while(|line| OPTIONS.contains(&line.word(0))).collect();
            let place = if address.is_empty() { line.whole() } else { line.at(2) };
            let finding = findings.at(place, text);
            finding.help(help);
            for line in cut {
                finding.related(line.whole(), "belongs to the server");
            }
        }
    }
}
