//! The binary: the command line is in `boot`.

fn main() {}
