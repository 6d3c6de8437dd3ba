//! A chunked body: however it is cut into pieces, the same payload comes out, and the same verdict.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pointsman::proto::h1::{Body, Framing};

fuzz_target!(|input: (u8, &[u8])| {
    let (cut, text) = input;
    let whole = run(text, text.len().max(1));
    let pieces = run(text, usize::from(cut).max(1));
    if let (Some(whole), Some(pieces)) = (&whole, &pieces) {
        assert_eq!(whole, pieces);
    }
});

/// The payload, whether the end was reached, and how much was used; none when the framing is broken.
fn run(text: &[u8], size: usize) -> Option<(Vec<u8>, bool, usize)> {
    let mut body = Body::new(Framing::Chunked);
    let (mut pending, mut payload, mut used) = (Vec::new(), Vec::new(), 0);
    for piece in text.chunks(size) {
        pending.extend_from_slice(piece);
        let step = body.step(&mut pending).ok()?;
        assert!(step.payload <= step.consumed && step.consumed <= pending.len());
        payload.extend_from_slice(&pending[..step.payload]);
        pending.drain(..step.consumed);
        used += step.consumed;
        if step.done {
            return Some((payload, true, used));
        }
    }
    // What is held back until a chunk is whole is not compared.
    body.is_done().then_some((payload, true, used))
}
