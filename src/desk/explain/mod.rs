//! `pointsman explain`: what a word, a termination state or a log line means.

/// Runs the command; its exit code.
pub fn run(_args: &[String]) -> u8 {
    3
}
