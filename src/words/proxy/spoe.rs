//! `filter spoe`: the part of its file that an engine has, checked as HAProxy checks it. It is not run yet.

use crate::model::draft::{Draft, Sections};
use crate::model::facts::SpoeAgent;
use crate::model::world::Kind;
use crate::spec::{Args, Done, Fault};

/// What a client's connection or the frontend brings about.
const FRONT_EVENTS: [&str; 3] = ["on-client-session", "on-frontend-tcp-request", "on-frontend-http-request"];

pub(super) fn spoe(args: &mut Args<'_>, draft: &mut Draft) -> Done {
    let (mut config, mut engine) = (None, String::new());
    while let Some(word) = args.next() {
        match word {
            "config" => config = Some(args.need("'filter' : 'config' option without value")?.to_owned()),
            "engine" => {
                args.need("'filter' : 'engine' option without value")?.clone_into(&mut engine);
            }
            other => return Err(Fault::new(format!("'filter' : unknown keyword '{other}'"))),
        }
    }
    let Some(config) = config else { return Err(Fault::new("'filter' : 'spoe' : missing config file")) };
    let world = draft.noted.world;
    let bytes = match (world.read)(&config) {
        Ok(bytes) => bytes,
        Err(_) if (world.kind)(&config) == Ok(Kind::Folder) => Vec::new(),
        Err(reason) => {
            args.alert_bare(format!("config : stat() failed for configuration file {config} : {reason}"));
            return Err(Fault::new("'filter' : error encountered while processing 'spoe'"));
        }
    };
    if !world.real && bytes.is_empty() {
        // What is not here may be where the configuration will run.
        let agent = SpoeAgent { engine, ..SpoeAgent::default() };
        return keep(draft, agent);
    }
    let text = String::from_utf8_lossy(&bytes);
    let part = Part::read(&text, &config, &engine).map_err(|said| {
        args.alert_bare(format!("config : parsing {said}"));
        Fault::new(format!("'filter' : Error(s) found in configuration file {config}"))
    })?;
    let agent = part.agent(engine, &config).map_err(|reason| Fault::new(format!("'filter' : {reason}")))?;
    part.warn(args, draft, &agent, &config);
    keep(draft, agent)
}

fn keep(draft: &mut Draft, agent: SpoeAgent) -> Done {
    if let Some(proxy) = draft.proxy() {
        proxy.facts.agents.push(agent);
    }
    Ok(())
}

/// A `spoe-agent`, `spoe-message` or `spoe-group`, and the lines in it.
struct Section<'a> {
    kind: &'a str,
    name: &'a str,
    line: usize,
    lines: Vec<Vec<&'a str>>,
}

/// An engine's part of a file.
struct Part<'a> {
    sections: Vec<Section<'a>>,
}

impl<'a> Part<'a> {
    /// Reads the part that has the engine's name; what stands before any part belongs to an engine without one. A refusal
    /// is HAProxy's, from the place on.
    fn read(text: &'a str, file: &str, engine: &str) -> Result<Part<'a>, String> {
        let mut part = Part { sections: Vec::new() };
        let mut scope = "";
        for (number, line) in (1..).zip(text.lines()) {
            let line = line.split('#').next().unwrap_or_default().trim();
            if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                scope = name;
                continue;
            }
            if scope == engine {
                part.line(number, line.split_whitespace().collect(), file)?;
            }
        }
        let last = text.lines().last().unwrap_or_default();
        if !text.is_empty() && !text.ends_with('\n') {
            let (lines, position) = (text.lines().count(), last.len() + 1);
            let text = format!("Missing LF on last line, file might have been truncated at position {position}.");
            return Err(format!("[{file}:{lines}]: {text}"));
        }
        Ok(part)
    }

    fn line(&mut self, number: usize, words: Vec<&'a str>, file: &str) -> Result<(), String> {
        let refuse = |text: String| Err(format!("[{file}:{number}] : {text}"));
        match (words.first().copied(), words.get(1).copied(), words.get(2)) {
            (None, ..) => {}
            (Some(kind @ ("spoe-agent" | "spoe-message" | "spoe-group")), name, more) => {
                let Some(name) = name else { return refuse(format!("missing name for {kind} section.")) };
                if let Some(more) = more {
                    return refuse(format!("'{kind}' cannot handle unexpected argument '{more}'."));
                }
                if kind == "spoe-agent" && self.of(kind).next().is_some() {
                    return refuse("another spoe-agent section previously defined.".to_owned());
                }
                if let Some(twin) = self.of(kind).find(|known| known.name == name) {
                    let text = format!("{kind} section '{name}' has the same name as another one declared at");
                    return Err(format!("[{file}:{number}]: {text} {file}:{}.", twin.line));
                }
                self.sections.push(Section { kind, name, line: number, lines: Vec::new() });
            }
            _ => {
                if let Some(section) = self.sections.last_mut() {
                    section.lines.push(words);
                }
            }
        }
        Ok(())
    }

    fn of(&self, kind: &str) -> impl Iterator<Item = &Section<'a>> {
        self.sections.iter().filter(move |section| section.kind == kind)
    }

    /// The agent, whose backend is given and whose messages and groups are there.
    fn agent(&self, engine: String, file: &str) -> Result<SpoeAgent, String> {
        let Some(agent) = self.of("spoe-agent").next() else {
            return Err(format!("No SPOE agent found in file {file}"));
        };
        let name = agent.name;
        let at = format!("{file}:{}", agent.line);
        let Some(backend) = agent.said("use-backend").last() else {
            return Err(format!("No backend declared for SPOE agent '{name}' declared at {at}"));
        };
        for (word, kind) in [("messages", "message"), ("groups", "group")] {
            let known = |wanted: &str| self.of(&format!("spoe-{kind}")).any(|section| section.name == wanted);
            if let Some(lost) = agent.said(word).find(|wanted| !known(wanted)) {
                return Err(format!("SPOE agent '{name}' try to use undefined SPOE {kind} '{lost}' at {at}"));
            }
        }
        Ok(SpoeAgent {
            name: name.to_owned(),
            engine: if engine.is_empty() { name.to_owned() } else { engine },
            groups: agent.said("groups").map(str::to_owned).collect(),
            backend: backend.to_owned(),
            declared: at,
        })
    }

    /// What is dubious about the agent.
    fn warn(&self, args: &mut Args<'_>, draft: &Draft, agent: &SpoeAgent, file: &str) {
        let Some(section) = self.of("spoe-agent").next() else { return };
        let title = format!("config : Proxy '{}': ", draft.proxy_ref().map_or("", |proxy| &proxy.name));
        let (name, at) = (&agent.name, &agent.declared);
        if !section.lines.iter().any(|line| line.starts_with(&["timeout", "processing"])) {
            args.warn_bare(format!(
                "{title}missing 'processing' timeout for SPOE agent '{name}' declare at {at}.\n   | While not properly \
                 invalid, you will certainly encounter various problems\n   | with such a configuration. To fix this, please \
                 ensure it is set to a non-zero value."
            ));
        }
        let used: Vec<&str> = section.said("messages").collect();
        if used.is_empty() && agent.groups.is_empty() {
            args.warn_bare(format!("{title}No message/group used by SPOE agent '{name}' declared at {at}."));
        }
        for message in self.of("spoe-message").filter(|message| used.contains(&message.name)) {
            let front = message.said("event").next().is_some_and(|event| FRONT_EVENTS.contains(&event));
            if front && args.section == Sections::BACKEND {
                let at = format!("{file}:{}", message.line);
                args.warn_bare(format!("{title}frontend event used on a backend proxy at {at}."));
            }
        }
    }
}

impl<'a> Section<'a> {
    /// The words behind a keyword, of all its lines.
    fn said(&self, word: &str) -> impl Iterator<Item = &'a str> {
        let lines = self.lines.iter().filter(move |line| line.first().is_some_and(|first| *first == word));
        lines.flat_map(|line| line.iter().skip(1)).copied()
    }
}
