//! Parameters of a query string or of a form's body: `name=value` between separators, nothing decoded.

/// The parameters that have a value, in order. `&` and `;` separate them, and so does `delimiter`.
pub fn pairs(text: &[u8], delimiter: u8) -> impl Iterator<Item = (&[u8], &[u8])> {
    text.split(move |&byte| byte == b'&' || byte == b';' || byte == delimiter).filter_map(|pair| {
        let equal = memchr::memchr(b'=', pair)?;
        Some((pair.get(..equal)?, pair.get(equal + 1..)?))
    })
}
