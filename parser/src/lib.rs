//! The grammar of `haproxy.cfg`: text in, a lossless tree and a list of errors out. It knows no keyword and does no IO.
#![forbid(unsafe_code)]
