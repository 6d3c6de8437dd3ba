//! Every integration test of the house in one binary, so that it links once.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops at the first surprise")]

mod answers;
mod desk;
mod findings;
mod hangup;
mod known;
mod layout;
mod memory;
mod reference;
mod releases;
mod scenario;
mod tidy;
mod verdict;

#[test]
fn scenarios() {
    scenario::check_all();
}

#[test]
fn releases_of_arguments() {
    releases::check();
}

#[test]
fn verdicts() {
    verdict::check_recorded();
}

#[test]
fn verdicts_of_a_corpus() {
    verdict::check_corpus();
}
