//! What lowering may ask of the machine, as an argument: files, names of users and hosts. A tool that only reads text
//! gives a world where everything asked for is there.

use std::net::IpAddr;

/// The answers of the machine.
#[derive(Clone, Copy, Debug)]
pub struct World {
    /// The bytes of a file.
    pub read: fn(&str) -> Result<Vec<u8>, String>,
    /// What stands at a path.
    pub kind: fn(&str) -> Result<Kind, String>,
    /// The paths of what is in a folder, sorted.
    pub list: fn(&str) -> Vec<String>,
    /// The number of a user of this name.
    pub user: fn(&str) -> Option<u32>,
    /// The number of a group of this name.
    pub group: fn(&str) -> Option<u32>,
    /// The first address of a host.
    pub host: fn(&str) -> Option<IpAddr>,
    /// Makes a folder the one that relative paths start from.
    pub enter: fn(&str) -> Result<(), String>,
    /// A path from the root.
    pub absolute: fn(&str) -> String,
    /// How many CPUs there are.
    pub cpus: fn() -> usize,
    /// The machine's name.
    pub name: fn() -> String,
    /// Whether the answers are those of a real machine.
    pub real: bool,
}

/// What stands at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Bytes.
    File,
    /// A folder.
    Folder,
}

impl Default for World {
    fn default() -> World {
        World {
            read: |_| Ok(Vec::new()),
            kind: |_| Ok(Kind::File),
            list: |_| Vec::new(),
            user: |_| Some(0),
            group: |_| Some(0),
            host: |_| Some(IpAddr::from([127, 0, 0, 1])),
            enter: |_| Ok(()),
            absolute: str::to_owned,
            cpus: || 1,
            name: || "localhost".to_owned(),
            real: false,
        }
    }
}
