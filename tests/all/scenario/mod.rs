//! Behaviour scenarios: config, scripted clients and origins, and what a real HAProxy did with them.
//!
//! `cargo test` runs ours against the recordings. `HAPROXY=path` runs the real one too, which must equal
//! its recording; with `BLESS=1` it rewrites the recordings,
//! with `BLESS=new` it adds those that are missing. `SCENARIO=text` filters by name,
//! `SIDE=haproxy` or `SIDE=pointsman` runs one side only, `KEEP=1` keeps the folders of the runs.

mod client;
mod file;
mod normal;
mod origin;
mod process;
mod run;
mod script;
mod sink;
mod stage;
mod talk;
mod text;
mod tls;
mod wire;

use std::env;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use file::Scenario;

/// Scenarios mostly wait for timeouts, so many fit side by side.
const PARALLEL: usize = 16;
/// A scenario that differs runs again, alone: a busy machine must not decide. Many at once are no accident.
const RETRIES: usize = 2;
const RETRIED_MAX: usize = 40;

/// Runs every scenario on the asked sides and fails if any differs.
pub(crate) fn check_all() {
    let filter = env::var("SCENARIO").unwrap_or_default();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios");
    let mut scenarios = Scenario::all(&root);
    scenarios.retain(|scenario| scenario.name.contains(&filter));
    let haproxy = env::var_os("HAPROXY").map(PathBuf::from);
    let side = env::var("SIDE").unwrap_or_default();
    if let Ok(which) = env::var("BLESS") {
        scenarios.retain(|scenario| which != "new" || scenario.recorded.is_empty());
        return bless(&scenarios, &haproxy.expect("BLESS=1 needs HAPROXY=path"));
    }
    let mut bad = 0;
    if let Some(haproxy) = haproxy.filter(|_| side != "pointsman") {
        bad += check_side("haproxy", &haproxy, &scenarios);
    } else {
        println!("haproxy: skipped, HAPROXY=path is not set or SIDE excludes it");
    }
    if side != "haproxy" {
        bad += check_side("pointsman", Path::new(env!("CARGO_BIN_EXE_pointsman")), &scenarios);
    }
    assert_eq!(bad, 0, "{bad} scenarios differ");
}

fn check_side(side: &str, binary: &Path, scenarios: &[Scenario]) -> usize {
    let start = Instant::now();
    let first = each(scenarios, |scenario| check(side, binary, scenario).err());
    let mut failed = first.clone();
    for _ in 0..if first.len() <= RETRIED_MAX { RETRIES } else { 0 } {
        failed.retain_mut(|(at, error)| check(side, binary, &scenarios[*at]).map_err(|again| *error = again).is_err());
    }
    let failed_at = |at: &usize| failed.iter().any(|(other, _)| other == at);
    for (at, _) in first.iter().filter(|(at, _)| !failed_at(at)) {
        println!("{side}: {} needed another try", scenarios[*at].name);
    }
    for (at, error) in &failed {
        println!("{side}: {} {error}", scenarios[*at].name);
    }
    let seconds = start.elapsed().as_secs_f32();
    println!("{side}: {} scenarios, {} differ ({seconds:.0} s)", scenarios.len(), failed.len());
    failed.iter().for_each(|(at, _)| println!("    {}", scenarios[*at].name));
    failed.len()
}

/// The one checking function: the record of a run equals the recording.
fn check(side: &str, binary: &Path, scenario: &Scenario) -> Result<(), String> {
    if scenario.recorded.is_empty() {
        return Err("has no recording yet: run with HAPROXY=path BLESS=1".into());
    }
    let differs = scenario.values("differs").next().filter(|_| side == "pointsman");
    let record = match run::run(scenario, binary, Some(&scenario.recorded)) {
        Ok(record) => record,
        // A configuration that is refused for a word that is not run yet is a difference like any other.
        Err(error) if differs.is_some() && error.contains("not supported yet") => return Ok(()),
        Err(error) => return Err(format!("failed: {error}")),
    };
    match (record == scenario.recorded, differs) {
        (true, None) | (false, Some(_)) => Ok(()),
        (true, Some(reason)) => Err(format!("is the same now, so this is out of date: differs: {reason}")),
        (false, None) => Err(format!("differs:\n{}", text::diff(&scenario.recorded, &record))),
    }
}

/// Records what the real one does, twice: a scenario that is not stable is reported and not written.
fn bless(scenarios: &[Scenario], haproxy: &Path) {
    let failed = each(scenarios, |scenario| {
        let first = match run::run(scenario, haproxy, None) {
            Ok(record) => record,
            Err(error) => return Some(format!("failed: {error}")),
        };
        match run::run(scenario, haproxy, Some(&first)) {
            Ok(second) if second == first => {
                scenario.record(&first);
                None
            }
            Ok(second) => Some(format!("is not stable:\n{}", text::diff(&first, &second))),
            Err(error) => Some(format!("failed: {error}")),
        }
    });
    failed.iter().for_each(|(at, error)| println!("bless: {} {error}", scenarios[*at].name));
    println!("bless: {} scenarios, {} failed", scenarios.len(), failed.len());
    assert!(failed.is_empty(), "some scenarios could not be recorded");
}

/// Applies `work` to all scenarios, many at once; gives the errors with their index, in order.
fn each(scenarios: &[Scenario], work: impl Fn(&Scenario) -> Option<String> + Sync) -> Vec<(usize, String)> {
    let next = AtomicUsize::new(0);
    let failed = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..PARALLEL.min(scenarios.len()) {
            scope.spawn(|| {
                while let Some((at, scenario)) = {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    scenarios.get(at).map(|scenario| (at, scenario))
                } {
                    if let Some(error) = work(scenario) {
                        failed.lock().unwrap().push((at, error));
                    }
                }
            });
        }
    });
    let mut failed = failed.into_inner().unwrap();
    failed.sort();
    failed
}
