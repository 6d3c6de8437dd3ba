//! Scripted clients: one after the other unless `parallel`, each on one connection.

use std::io;
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Duration;

use super::file::Section;
use super::script::Step;
use super::stage::Stage;
use super::talk::{Shared, Talk};
use super::tls;
use super::wire::{Sock, Wire};

const REFUSALS_MAX: usize = 10;
const REFUSED_PAUSE: Duration = Duration::from_millis(20);

/// A client and what it received so far.
pub(crate) struct Client {
    pub(crate) section: Section,
    pub(crate) steps: Vec<Step>,
    pub(crate) seen: Shared,
}

impl Client {
    pub(crate) fn new(section: &Section, steps: Vec<Step>) -> Client {
        Client { section: section.clone(), steps, seen: Arc::new(Mutex::default()) }
    }

    /// `to NAME`, or `to ADDRESS` with placeholders already replaced.
    fn target(&self, stage: &Stage) -> String {
        let at = self.section.words.iter().position(|word| word == "to").map_or(0, |at| at + 1);
        let word = self.section.words.get(at).cloned().unwrap_or_default();
        let plain = word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if plain { stage.address(&word) } else { stage.expand(&word) }
    }

    fn run(&self, stage: &Arc<Stage>, done: &dyn Fn()) {
        match self.connect(stage) {
            Err(error) => self.seen.lock().unwrap().note(format!("no connection: {:?}", error.kind())),
            Ok(wire) => Talk::new(wire, self.seen.clone(), stage.clone()).perform(&self.steps, done),
        }
        done();
    }

    /// `to nowhere` has no connection.
    fn connect(&self, stage: &Stage) -> io::Result<Option<Wire>> {
        if self.section.has("nowhere") {
            return Ok(None);
        }
        let sock = patient_connect(&self.target(stage), self.section.value("from"))?;
        let secure = self.section.has("tls");
        Ok(Some(if secure { tls::client(sock, &self.section, &stage.dir) } else { Wire::Plain(sock) }))
    }
}

/// A listener seen in the kernel's tables may still refuse for a moment.
fn patient_connect(target: &str, from: Option<&str>) -> io::Result<Sock> {
    for _ in 0..REFUSALS_MAX {
        match Sock::connect(target, from) {
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => thread::sleep(REFUSED_PAUSE),
            outcome => return outcome,
        }
    }
    Sock::connect(target, from)
}

/// Runs all clients; returns when every script is done or holds its connection.
pub(crate) fn run_all(clients: &[Arc<Client>], stage: &Arc<Stage>) -> Vec<thread::JoinHandle<()>> {
    let mut threads = Vec::new();
    let mut pending: Vec<mpsc::Receiver<()>> = Vec::new();
    for client in clients {
        if !client.section.has("parallel") {
            finish(&mut pending);
        }
        let (done, wait) = mpsc::channel();
        let (client, stage) = (client.clone(), stage.clone());
        threads.push(thread::spawn(move || {
            client.run(&stage, &|| {
                let _ = done.send(());
            });
        }));
        pending.push(wait);
    }
    finish(&mut pending);
    threads
}

fn finish(pending: &mut Vec<mpsc::Receiver<()>>) {
    for wait in pending.drain(..) {
        let _ = wait.recv();
    }
}
