//! One run of one scenario through one binary, and its record as text.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use super::client::{self, Client};
use super::file::Scenario;
use super::normal::Normal;
use super::origin::Origin;
use super::process::Process;
use super::sink::{self, Sink};
use super::stage::Stage;
use super::{script, text, tls};

/// A run is over when nothing has happened for this long …
const QUIET: Duration = Duration::from_millis(350);
/// … or, when the record already is the wanted one, for this long.
const QUIET_EQUAL: Duration = Duration::from_millis(30);
const SETTLE_MAX: Duration = Duration::from_secs(5);

/// Runs the scenario and gives its record; `wanted` only shortens the wait at the end.
pub(crate) fn run(scenario: &Scenario, binary: &Path, wanted: Option<&str>) -> Result<String, String> {
    for _ in 0..3 {
        match attempt(scenario, binary, wanted) {
            Err(error) if error.contains("ddress already in use") => {}
            outcome => return outcome,
        }
    }
    Err("ports taken three times in a row".into())
}

fn attempt(scenario: &Scenario, binary: &Path, wanted: Option<&str>) -> Result<String, String> {
    let stage = Stage::new(scenario);
    let mut run = Run { scenario, stage, clients: vec![], origins: vec![], sinks: vec![], threads: vec![] };
    let outcome = run.perform(binary, wanted);
    run.stage.cues.end();
    run.threads.into_iter().for_each(|thread| thread.join().unwrap());
    outcome
}

struct Run<'a> {
    scenario: &'a Scenario,
    stage: Arc<Stage>,
    clients: Vec<Arc<Client>>,
    origins: Vec<Arc<Origin>>,
    sinks: Vec<Sink>,
    threads: Vec<thread::JoinHandle<()>>,
}

impl Run<'_> {
    fn perform(&mut self, binary: &Path, wanted: Option<&str>) -> Result<String, String> {
        self.write_files();
        self.open_sinks().map_err(|error| error.to_string())?;
        self.cast()?;
        self.open_origins().map_err(|error| error.to_string())?;
        let (config, variables) = self.configuration();
        let process = Process::start(binary, &config, &variables, &self.stage)?;
        self.threads.extend(client::run_all(&self.clients, &self.stage));
        Ok(self.settle(&Normal::new(self.scenario, &self.stage, process.pid()), wanted))
    }

    /// The configuration of the scenario, or the example it names with the variables it is given.
    fn configuration(&self) -> (String, Vec<(String, String)>) {
        let Some(example) = self.scenario.values("example").next() else {
            return (self.stage.expand(&self.scenario.config()), Vec::new());
        };
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(example);
        let variables = self.scenario.values("env").map(|pair| {
            let (name, value) = pair.split_once('=').unwrap();
            (name.to_owned(), self.stage.expand(value))
        });
        (fs::read_to_string(path).unwrap(), variables.collect())
    }

    fn write_files(&self) {
        for section in self.scenario.of_kind("certs") {
            tls::write_certs(&self.stage.dir, &section.lines);
        }
        for section in self.scenario.of_kind("file") {
            self.write_file(&section.name, &section.lines, section.has("crlf"));
        }
    }

    fn open_sinks(&mut self) -> io::Result<()> {
        let sections = self.scenario.of_kind("sink").map(|section| (section.name.as_str(), section.has("unix")));
        for (name, unix) in std::iter::once(("log", false)).chain(sections) {
            let (sink, thread) = sink::open(name, unix, &self.stage)?;
            self.sinks.push(sink);
            self.threads.push(thread);
        }
        Ok(())
    }

    /// Reads the scripts of clients and origins.
    fn cast(&mut self) -> Result<(), String> {
        let expand = |lines: &[String]| -> Vec<String> { lines.iter().map(|line| self.stage.expand(line)).collect() };
        for section in self.scenario.of_kind("client") {
            let lines = expand(&section.lines);
            let steps = script::parse(&lines.iter().map(String::as_str).collect::<Vec<_>>())?;
            self.clients.push(Arc::new(Client::new(section, steps)));
        }
        for section in self.scenario.of_kind("origin") {
            self.origins.push(Arc::new(Origin::new(section, &expand(&section.lines))?));
        }
        Ok(())
    }

    fn open_origins(&mut self) -> io::Result<()> {
        for origin in &self.origins {
            self.threads.push(origin.start(&self.stage)?);
            if origin.section.has("deaf") {
                self.stage.cues.wait(&format!("{} deaf", origin.section.name), Duration::from_secs(2));
            }
        }
        Ok(())
    }

    fn write_file(&self, name: &str, lines: &[String], crlf: bool) {
        let end = if crlf { "\r\n" } else { "\n" };
        let body: String = lines.iter().map(|line| self.stage.expand(line) + end).collect();
        let path = self.stage.dir.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, &body).unwrap();
        if body.starts_with("#!") {
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        }
    }

    /// Waits until the record is the wanted one and stays so, or until nothing happens any more.
    fn settle(&self, normal: &Normal, wanted: Option<&str>) -> String {
        let start = Instant::now();
        let (mut stirs, mut since) = (self.stage.cues.stirs(), Instant::now());
        loop {
            let record = self.record(normal);
            let quiet = if wanted == Some(record.as_str()) { QUIET_EQUAL } else { QUIET };
            if since.elapsed() >= quiet || start.elapsed() >= SETTLE_MAX {
                return record;
            }
            thread::sleep(Duration::from_millis(10));
            if self.stage.cues.stirs() != stirs {
                (stirs, since) = (self.stage.cues.stirs(), Instant::now());
            }
        }
    }

    fn record(&self, normal: &Normal) -> String {
        let mut out = String::new();
        for client in self.clients.iter().filter(|client| !client.section.has("quiet")) {
            let lines = client.seen.lock().unwrap().lines(client.section.has("unchunked"));
            self.part(&mut out, &format!("client {}", client.section.name), lines.iter().map(|line| normal.line(line)));
        }
        for origin in self.origins.iter().filter(|origin| !origin.section.has("quiet")) {
            for (at, seen) in origin.seen.lock().unwrap().iter().enumerate() {
                let lines = seen.lock().unwrap().lines(origin.section.has("unchunked"));
                let title = format!("origin {} #{}", origin.section.name, at + 1);
                self.part(&mut out, &title, lines.iter().map(|line| normal.line(line)));
            }
        }
        for sink in &self.sinks {
            let messages = sink.messages.lock().unwrap();
            let lines = messages.iter().enumerate().map(|(at, message)| normal.log(at + 1, &message_text(message)));
            self.part(&mut out, &sink.name, lines);
        }
        if self.scenario.values("record").any(|what| what == "stdout") {
            let stdout = fs::read(self.stage.dir.join("stdout")).unwrap_or_default();
            let lines = stdout.split_inclusive(|byte| *byte == b'\n').enumerate();
            self.part(&mut out, "stdout", lines.map(|(at, line)| normal.log(at + 1, &message_text(line))));
        }
        out
    }

    fn part(&self, out: &mut String, title: &str, lines: impl Iterator<Item = String>) {
        let mut lines: Vec<String> = lines.collect();
        if lines.is_empty() {
            return;
        }
        if self.scenario.values("sorted").any(|part| part == title) {
            lines.sort();
        }
        // FIN or RST towards an origin rarely matters, and towards a client it depends on unread bytes.
        let origin_ends = title.starts_with("origin") && !self.scenario.values("exact").any(|what| what == "ends");
        if origin_ends || self.scenario.values("any end").any(|part| part == title) {
            lines
                .iter_mut()
                .filter(|line| matches!(line.as_str(), "eof" | "reset"))
                .for_each(|line| *line = "end".into());
        }
        out.push_str(&format!("{title}:\n"));
        lines.iter().for_each(|line| out.push_str(&format!("    {line}\n")));
    }
}

/// A message without its final newline, which nearly all have.
fn message_text(message: &[u8]) -> String {
    match message.strip_suffix(b"\n") {
        Some(body) => text::escape(body),
        None => text::escape(message) + " <no newline>",
    }
}
