//! What a configuration is read from: files and folders, and the variables of the process.

use std::fs;
use std::path::Path;

use super::lower::{Source, Variables};
use super::{machine, predicates};

/// The files named, with the non-hidden `*.cfg` of folders in C order; the sentence about one that cannot be read.
pub fn sources(names: &[String]) -> Result<Vec<Source>, String> {
    let mut sources = Vec::new();
    for name in names {
        for path in expand(name) {
            let text = fs::read(&path).map_err(|error| {
                let reason = machine::reason(&error);
                format!("config : Cannot open configuration file/directory {path} : {reason}")
            })?;
            sources.push((path, text));
        }
    }
    Ok(sources)
}

fn expand(name: &str) -> Vec<String> {
    if !Path::new(name).is_dir() {
        return vec![name.to_owned()];
    }
    let entries = fs::read_dir(name).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|file| file.ends_with(".cfg") && !file.starts_with('.'))
        .collect();
    names.sort_unstable();
    names.into_iter().map(|file| format!("{name}/{file}")).collect()
}

/// The process's environment, with the variables HAProxy predefines.
pub fn variables() -> Variables {
    let mut variables: Variables =
        std::env::vars_os().map(|(name, value)| (name.to_string_lossy().into_owned(), bytes_of(&value))).collect();
    variables.insert("HAPROXY_STARTUP_VERSION".into(), predicates::HAPROXY_VERSION.into());
    variables.insert("HAPROXY_BRANCH".into(), b"3.2".to_vec());
    for (name, format) in crate::words::FORMAT_VARIABLES {
        variables.insert((*name).into(), format.as_bytes().to_vec());
    }
    variables
}

/// The same, with what is known once the files are: their names, and this machine's among peers.
pub fn variables_of(sources: &[Source], peer: &str) -> Variables {
    let names: Vec<&str> = sources.iter().map(|(name, _)| name.as_str()).collect();
    let mut variables = variables();
    variables.insert("HAPROXY_CFGFILES".into(), names.join(";").into_bytes());
    variables.insert("HAPROXY_LOCALPEER".into(), peer.as_bytes().to_vec());
    variables
}

fn bytes_of(text: &std::ffi::OsStr) -> Vec<u8> {
    use std::os::unix::ffi::OsStrExt;
    text.as_bytes().to_vec()
}
