//! Anything that may be asked, alone and with a configuration made of the bytes before the first NUL: no panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pointsman::desk::explain::explain;

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    assert!(explain(&text, None, false).ends_with('\n'));
    if let Some((config, what)) = text.split_once('\0') {
        explain(what, Some(("fuzz.cfg", config.as_bytes())), true);
    }
});
