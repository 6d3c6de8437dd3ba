//! Parameters of a query string or of a form's body: `name=value` between separators, nothing decoded.

/// The parameters that have a value, in order. `&` and `;` separate them, and so does `delimiter`.
pub fn pairs(text: &[u8], delimiter: u8) -> impl Iterator<Item = (&[u8], &[u8])> {
    text.split(move |&byte| byte == b'&' || byte == b';' || byte == delimiter).filter_map(|pair| {
        let equal = memchr::memchr(b'=', pair)?;
        Some((pair.get(..equal)?, pair.get(equal + 1..)?))
    })
}

/// Start and end of the value of the first parameter of this name; empty for one without a value.
pub fn bounds(text: &[u8], delimiter: u8, name: &[u8]) -> Option<(usize, usize)> {
    let mut start = 0;
    while start <= text.len() {
        let rest = text.get(start..)?;
        let end = start + memchr::memchr(delimiter, rest).unwrap_or(rest.len());
        let pair = text.get(start..end)?;
        if let Some(value) = pair.strip_prefix(name) {
            match value.first() {
                Some(b'=') => return Some((start + name.len() + 1, end)),
                None => return Some((end, end)),
                Some(_) => {}
            }
        }
        start = end + 1;
    }
    None
}
