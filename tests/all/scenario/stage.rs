//! The place of one run: its folder, its ports, its cues, and the placeholders that stand for them.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use super::file::Scenario;

/// Below the kernel's ephemeral range, so that no outgoing connection takes a port between choice and use.
const PORTS: std::ops::Range<u32> = 20_001..32_001;

/// Each name owns this many ports in a row, for `${port:NAME+1}` and `${port:NAME+2}`.
const STRIDE: u32 = 3;

static NEXT_PORT: AtomicU32 = AtomicU32::new(0);
static NEXT_DIR: AtomicU32 = AtomicU32::new(0);

pub(crate) struct Stage {
    pub(crate) dir: PathBuf,
    /// Port by name, allocated at the first mention.
    ports: Mutex<BTreeMap<String, u16>>,
    /// Names of sinks and origins that are UNIX sockets in the folder.
    unix: HashSet<String>,
    pub(crate) cues: Cues,
}

impl Stage {
    pub(crate) fn new(scenario: &Scenario) -> Arc<Stage> {
        let serial = NEXT_DIR.fetch_add(1, Ordering::Relaxed);
        let dir = std::env::temp_dir().join(format!("scenario-{}-{serial}", std::process::id()));
        fs::create_dir_all(&dir).unwrap();
        let sockets = scenario.sections.iter().filter(|section| section.has("unix"));
        let unix = sockets.map(|section| section.name.clone()).collect();
        Arc::new(Stage { dir, ports: Mutex::default(), unix, cues: Cues::default() })
    }

    pub(crate) fn port(&self, name: &str) -> u16 {
        *self.ports.lock().unwrap().entry(name.into()).or_insert_with(free_port)
    }

    pub(crate) fn ports(&self) -> Vec<(String, u16)> {
        self.ports.lock().unwrap().iter().map(|(name, port)| (name.clone(), *port)).collect()
    }

    /// `127.0.0.1:port`, or the path of a UNIX socket.
    pub(crate) fn address(&self, name: &str) -> String {
        if self.unix.contains(name) {
            return self.dir.join(format!("{name}.sock")).display().to_string();
        }
        format!("127.0.0.1:{}", self.port(name))
    }

    /// Replaces `${dir}`, `${port:NAME}`, `${port:NAME+1}` and `${NAME}`; `$${` stands for a literal `${`.
    pub(crate) fn expand(&self, text: &str) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some(start) = rest.find("${") {
            let (before, after) = rest.split_at(start);
            if let Some(before) = before.strip_suffix('$') {
                out.push_str(before);
                out.push_str("${");
                rest = &after[2..];
                continue;
            }
            let end = after.find('}').unwrap_or_else(|| panic!("open placeholder in {text:?}"));
            out.push_str(before);
            out.push_str(&match &after[2..end] {
                "dir" => self.dir.display().to_string(),
                name if name.starts_with("port:") => {
                    let (name, offset) = name[5..].split_once('+').unwrap_or((&name[5..], "0"));
                    (self.port(name) + offset.parse::<u16>().unwrap()).to_string()
                }
                name => self.address(name),
            });
            rest = &after[end + 1..];
        }
        out + rest
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        if std::env::var_os("KEEP").is_none() {
            let _ = fs::remove_dir_all(&self.dir);
        }
    }
}

/// Round numbers are left out: they appear in scenarios as sizes.
fn free_port() -> u16 {
    let span = PORTS.end - PORTS.start;
    let offset = std::process::id().wrapping_mul(977);
    for _ in 0..span / STRIDE {
        let port = PORTS.start + (offset.wrapping_add(NEXT_PORT.fetch_add(STRIDE, Ordering::Relaxed))) % span;
        if !port.is_multiple_of(100) && TcpListener::bind(("127.0.0.1", port as u16)).is_ok() {
            return port as u16;
        }
    }
    panic!("no free port in {PORTS:?}");
}

/// Named events between scripts, the end of the run, and the time of the last thing that happened.
#[derive(Default)]
pub(crate) struct Cues {
    given: Mutex<HashSet<String>>,
    changed: Condvar,
    over: AtomicBool,
    activity: AtomicU32,
}

impl Cues {
    pub(crate) fn give(&self, name: &str) {
        self.given.lock().unwrap().insert(name.into());
        self.changed.notify_all();
    }

    /// Waits for a cue; false when it did not come in time or the run is over.
    pub(crate) fn wait(&self, name: &str, limit: Duration) -> bool {
        let until = Instant::now() + limit;
        let mut given = self.given.lock().unwrap();
        while !given.contains(name) {
            if self.over() || Instant::now() >= until {
                return false;
            }
            given = self.changed.wait_timeout(given, Duration::from_millis(50)).unwrap().0;
        }
        true
    }

    pub(crate) fn given(&self, name: &str) -> bool {
        self.given.lock().unwrap().contains(name)
    }

    pub(crate) fn end(&self) {
        self.over.store(true, Ordering::Relaxed);
        self.changed.notify_all();
    }

    pub(crate) fn over(&self) -> bool {
        self.over.load(Ordering::Relaxed)
    }

    /// Something was seen; the run is not quiet yet.
    pub(crate) fn stir(&self) {
        self.activity.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn stirs(&self) -> u32 {
        self.activity.load(Ordering::Relaxed)
    }
}
