//! The table of arguments that came later than their word, against the releases themselves.
//!
//! `HAPROXY_2_6=path`, and so on, name programs: each line of the table is given to each of them.

use std::env;
use std::fs;
use std::process::{Command, Stdio};

use pointsman::model::draft::Sections;
use pointsman::registry::arguments::{ARGUMENTS, Argument};
use pointsman::spec::Release;

/// The releases that lines were tried with.
const TRIED: [Release; 5] = [Release(2, 2), Release(2, 6), Release(3, 0), Release(3, 2), Release(3, 4)];

/// Each release takes the lines of the arguments that it is said to know, and no others.
pub(crate) fn check() {
    let mut wrong = Vec::new();
    for version in TRIED {
        let name = format!("HAPROXY_{}_{}", version.0, version.1);
        let Ok(program) = env::var(&name) else {
            println!("releases: skipped, {name}=path is not set");
            continue;
        };
        for argument in ARGUMENTS {
            if argument.since.is_in(version) != takes(&program, argument) {
                wrong.push(format!("{version}: {}", argument.line));
            }
        }
    }
    println!("releases: {} arguments, {} differ", ARGUMENTS.len(), wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn takes(program: &str, argument: &Argument) -> bool {
    let line = |section: Sections| if argument.section == section { argument.line } else { "" };
    let text = format!(
        "global\n maxconn 100\n {}\ndefaults\n mode http\n timeout client 1s\n timeout connect 1s\n timeout server 1s\n\
         frontend f\n bind :8001\n {}\n default_backend b\nbackend b\n {}\n server s0 127.0.0.1:80\n",
        line(Sections::GLOBAL),
        line(Sections::FRONTEND),
        line(Sections::BACKEND)
    );
    let file = env::temp_dir().join(format!("pointsman-release-{}.cfg", std::process::id()));
    fs::write(&file, text).unwrap();
    let mut command = Command::new(program);
    let status = command.args(["-c", "-f"]).arg(&file).stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
    let _ = fs::remove_file(&file);
    status.success()
}
