//! The choice of a language.

use super::{Built, with};
use crate::http::list;
use crate::sample::{Type, Value};
use crate::spec;
use crate::spec::{CallArgs, Conv};

spec! {
    /// Languages.
    pub static LANGUAGE: [Conv] = [
        /// The best of the languages on offer for what a client accepts:
        /// `req.fhdr(accept-language),language(fr;en;de,en)`. Behind the list: what is taken when none fits. An offer of
        /// `fr` also fits who asks for `fr-CA`.
        { name: "language", usage: "<offers>[,<default>]", input: Type::Str, out: Type::Str, build: language },
    ];
}

struct Offers {
    list: Vec<Vec<u8>>,
    default: Option<Vec<u8>>,
}

fn language(args: &mut CallArgs<'_>) -> Built {
    let list = args.bytes()?.split(|&byte| byte == b';').map(<[u8]>::to_vec).collect();
    let default = args.maybe().map(<[u8]>::to_vec);
    with(Offers { list, default }, |offers, value, _| {
        let text = value.into_bytes();
        let mut best: Option<(&[u8], u32)> = None;
        for wish in list::elements(&text) {
            let (tag, quality) = quality(wish);
            let fits = |offer: &&Vec<u8>| {
                let start = tag.get(..offer.len());
                start.is_some_and(|start| start.eq_ignore_ascii_case(offer))
                    && matches!(tag.get(offer.len()), None | Some(b'-'))
            };
            let better = quality > 0 && best.is_none_or(|(_, known)| quality > known);
            if let Some(offer) = offers.list.iter().find(fits).filter(|_| better) {
                best = Some((offer, quality));
            }
        }
        best.map(|(offer, _)| offer).or(offers.default.as_deref()).map(Value::text)
    })
}

/// A language and its weight in thousandths.
fn quality(wish: &[u8]) -> (&[u8], u32) {
    let Some(mark) = wish.iter().position(|&byte| byte == b';') else { return (wish.trim_ascii(), 1000) };
    let (tag, rest) = wish.split_at_checked(mark).unwrap_or((wish, b""));
    let rest = rest.trim_ascii_start().strip_prefix(b";").unwrap_or_default().trim_ascii();
    let weight = rest.strip_prefix(b"q=").and_then(|text| std::str::from_utf8(text).ok()?.parse::<f32>().ok());
    (tag.trim_ascii(), weight.map_or(1000, |weight| (weight.clamp(0.0, 1.0) * 1000.0) as u32))
}
