//! The proxy under test: started on a configuration, awaited until it listens, killed at the end.

use std::fs::{self, File};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command};
use std::thread;
use std::time::{Duration, Instant};

use super::stage::Stage;

const START_MAX: Duration = Duration::from_secs(10);

pub(crate) struct Process {
    child: Child,
}

impl Process {
    /// Starts `binary -db -f config` under the name `haproxy`, which is also the default tag of its log lines. With
    /// variables it is one of the examples, which are started from the root of the repository.
    pub(crate) fn start(
        binary: &Path,
        config: &str,
        variables: &[(String, String)],
        stage: &Stage,
    ) -> Result<Process, String> {
        let dir = &stage.dir;
        let file = dir.join("proxy.cfg");
        fs::write(&file, config).unwrap();
        let child = Command::new(binary)
            .arg0("haproxy")
            .args(["-db", "-f"])
            .arg(&file)
            .current_dir(if variables.is_empty() { dir.as_path() } else { Path::new(env!("CARGO_MANIFEST_DIR")) })
            .envs(variables.iter().map(|(name, value)| (name, value)))
            .env("TZ", "UTC")
            .stdout(File::create(dir.join("stdout")).unwrap())
            .stderr(File::create(dir.join("stderr")).unwrap())
            .spawn()
            .map_err(|error| format!("cannot start {}: {error}", binary.display()))?;
        let mut process = Process { child };
        process.await_listening(&listeners(&with_values(config, variables)), dir)?;
        Ok(process)
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Watches the kernel's tables rather than connecting, which would leave traces in logs and counters.
    fn await_listening(&mut self, wanted: &[Wanted], dir: &Path) -> Result<(), String> {
        let until = Instant::now() + START_MAX;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                let stderr = fs::read_to_string(dir.join("stderr")).unwrap_or_default();
                return Err(format!("stopped at start, {status}\n{stderr}"));
            }
            let tables = ["tcp", "tcp6", "unix"].map(|name| fs::read_to_string(format!("/proc/net/{name}")).unwrap());
            if wanted.iter().all(|wanted| wanted.is_there(&tables)) {
                return Ok(());
            }
            if Instant::now() > until {
                let stderr = fs::read_to_string(dir.join("stderr")).unwrap_or_default();
                return Err(format!("does not listen\n{stderr}"));
            }
            thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

enum Wanted {
    Port(u16),
    /// A path: the kernel's table would show the name it was bound under, before it was moved into place.
    Path(String),
    Abstract(String),
}

impl Wanted {
    fn is_there(&self, [tcp, tcp6, unix]: &[String; 3]) -> bool {
        match self {
            Wanted::Port(port) => {
                let local = format!(":{port:04X} ");
                let listens = |line: &str| {
                    let mut words = line.split_whitespace().skip(1);
                    let here = words.next().is_some_and(|word| format!("{word} ").ends_with(&local));
                    here && words.nth(1) == Some("0A")
                };
                tcp.lines().chain(tcp6.lines()).any(listens)
            }
            Wanted::Path(path) => Path::new(path).exists(),
            Wanted::Abstract(name) => unix.lines().any(|line| line.trim_end_matches('@').ends_with(name)),
        }
    }
}

/// The text with `${NAME}` and `${NAME-default}` replaced, as far as `bind` lines need it.
fn with_values(config: &str, variables: &[(String, String)]) -> String {
    let mut out = config.replace('"', "");
    for (name, value) in variables {
        while let Some(start) = out.find(&format!("${{{name}}}")).or_else(|| out.find(&format!("${{{name}-"))) {
            let end = start + out[start..].find('}').unwrap() + 1;
            out.replace_range(start..end, value);
        }
    }
    out
}

/// What the `bind` lines of a configuration will listen on.
fn listeners(config: &str) -> Vec<Wanted> {
    let mut out = Vec::new();
    for line in config.lines() {
        let mut words = line.split_whitespace();
        if words.next() != Some("bind") {
            continue;
        }
        for address in words.next().unwrap_or_default().split(',') {
            let bare = address.rsplit('@').next().unwrap_or(address);
            if address.starts_with("abns@") {
                out.push(Wanted::Abstract(format!("@{bare}")));
            } else if bare.starts_with('/') {
                out.push(Wanted::Path(bare.into()));
            } else if let Some((_, ports)) = bare.rsplit_once(':') {
                let ends: Vec<u16> = ports.split('-').filter_map(|port| port.parse().ok()).collect();
                let (Some(first), Some(last)) = (ends.first(), ends.last()) else { continue };
                out.extend((*first..=*last).map(Wanted::Port));
            }
        }
    }
    out
}
