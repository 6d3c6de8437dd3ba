//! The `global` section.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::log_target::LogTarget;

/// What the whole process is told.
#[derive(Clone, Debug, Default)]
pub struct Global {
    /// `daemon`
    pub daemon: bool,
    /// `master-worker`
    pub master_worker: bool,
    /// `quiet`
    pub quiet: bool,
    /// `thread-groups` and `thread-group`
    pub thread_groups: ThreadGroups,
    /// `h1-case-adjust-file`, and its line.
    pub h1_case_file: Option<(String, crate::base::diag::Place)>,
    /// `tune.ssl.default-dh-param`
    pub dh_bits: Option<u64>,
    /// `httpclient.resolvers.disabled`
    pub client_resolves_not: bool,
    /// `nbthread`
    pub nbthread: Option<u32>,
    /// `maxconn`
    pub maxconn: Option<u32>,
    /// `noreuseport`
    pub no_reuseport: bool,
    /// `maxpipes`, `nosplice`: pipes in use at once.
    pub maxpipes: Option<u32>,
    /// `pidfile`
    pub pidfile: Option<String>,
    /// `chroot`
    pub chroot: Option<String>,
    /// `uid`
    pub uid: Option<u32>,
    /// `gid`
    pub gid: Option<u32>,
    /// `user`, by name: looked up at the start.
    pub user: Option<String>,
    /// `group`, by name: looked up at the start.
    pub group: Option<String>,
    /// `log`
    pub logs: Vec<Arc<LogTarget>>,
    /// `log-tag`
    pub log_tag: Option<String>,
    /// `log-send-hostname`; an empty name is the machine's.
    pub log_hostname: Option<String>,
    /// `node`, `description`
    pub node: Option<String>,
    /// `ca-base`
    pub ca_base: Option<String>,
    /// `crt-base`
    pub crt_base: Option<String>,
    /// `key-base`
    pub key_base: Option<String>,
    /// `ssl-default-bind-options`, `ssl-default-bind-ciphers` and their kin, applied to binds that say nothing.
    pub tls_bind: super::tls::TlsBind,
    /// The same for servers.
    pub tls_server: super::tls::TlsServer,
    /// `ssl-default-bind-sigalgs`
    pub bind_signatures: super::tls::Signatures,
    /// `ssl-default-server-sigalgs`, `ssl-default-server-client-sigalgs`
    pub server_signatures: super::tls::Signatures,
    /// `ssl-provider-path`
    pub provider_path: Option<String>,
    /// `ssl-server-verify none`
    pub server_verify_none: bool,
    /// `external-check`
    pub external_check: bool,
    /// `insecure-fork-wanted`
    pub fork_wanted: bool,
    /// `spread-checks`, percent.
    pub spread_checks: u32,
    /// `stats timeout`, milliseconds.
    pub stats_timeout_ms: Option<u64>,
    /// `hard-stop-after`, milliseconds.
    pub hard_stop_after_ms: Option<u64>,
    /// `grace`, milliseconds
    pub grace_ms: Option<u64>,
    /// `tune.*` and other numbers, by keyword.
    pub numbers: BTreeMap<&'static str, i64>,
    /// Switches, by keyword.
    pub flags: BTreeMap<&'static str, bool>,
    /// `setenv` and `presetenv`, in effect for children too.
    pub environment: Vec<(String, Option<String>)>,
    /// `localpeer`
    pub local_peer: Option<String>,
    /// CPUs that `cpu-map` names, as ranges.
    pub mapped_cpus: std::collections::BTreeSet<u32>,
    /// `zero-warning`
    pub zero_warning: bool,
    /// `set-var`, `set-var-fmt`: process variables.
    pub h1_case_adjust: Vec<(String, String)>,
}

/// How threads are grouped.
#[derive(Clone, Debug, Default)]
pub struct ThreadGroups {
    /// How many groups, zero when not said.
    pub count: u32,
    /// The threads that groups were given.
    pub threads: std::collections::BTreeMap<u32, std::collections::BTreeSet<u32>>,
    /// The first and the last thread that the line of a group names, whatever other groups take of them.
    pub asked: std::collections::BTreeMap<u32, (u32, u32)>,
}
