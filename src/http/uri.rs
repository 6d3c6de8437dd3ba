//! The parts of a request target: path, query, authority. Positions only, nothing is decoded.

/// From this length on, looking at many bytes at once pays.
const SHORT_BYTES: usize = 32;

/// The target without scheme and authority: path and query. Empty for `*` and for an authority-form target.
pub fn path_and_query(target: &[u8]) -> &[u8] {
    if target.first() == Some(&b'/') {
        return target;
    }
    let Some(after_scheme) = authority_start(target) else { return b"" };
    let rest = target.get(after_scheme..).unwrap_or_default();
    match rest.iter().position(|&byte| matches!(byte, b'/' | b'?' | b'#')) {
        Some(slash) => rest.get(slash..).unwrap_or_default(),
        None => b"",
    }
}

/// The path: from the first `/` up to `?`.
pub fn path(target: &[u8]) -> &[u8] {
    let whole = path_and_query(target);
    // Conditions ask for it again and again; most are so short that a plain look is quicker than a clever one.
    let end = if whole.len() < SHORT_BYTES {
        whole.iter().position(|&byte| matches!(byte, b'?' | b'#'))
    } else {
        memchr::memchr2(b'?', b'#', whole)
    };
    let end = end.unwrap_or(whole.len());
    whole.get(..end).unwrap_or_default()
}

/// The query string behind `?`, if there is one.
pub fn query(target: &[u8]) -> Option<&[u8]> {
    let question = memchr::memchr(b'?', target)?;
    target.get(question + 1..)
}

/// The authority of an absolute-form target.
pub fn authority(target: &[u8]) -> Option<&[u8]> {
    let rest = target.get(authority_start(target)?..)?;
    let end = rest.iter().position(|&byte| matches!(byte, b'/' | b'?' | b'#')).unwrap_or(rest.len());
    rest.get(..end)
}

/// The scheme of an absolute-form target.
pub fn scheme(target: &[u8]) -> Option<&[u8]> {
    target.get(..authority_start(target)?.checked_sub(3)?)
}

/// The host of an authority, without user and port, brackets kept.
pub fn host(authority: &[u8]) -> &[u8] {
    let after_user = memchr::memrchr(b'@', authority).map_or(0, |at| at + 1);
    let rest = authority.get(after_user..).unwrap_or_default();
    if rest.first() == Some(&b'[') {
        return memchr::memchr(b']', rest).and_then(|end| rest.get(..=end)).unwrap_or(rest);
    }
    match memchr::memrchr(b':', rest) {
        Some(colon) => rest.get(..colon).unwrap_or_default(),
        None => rest,
    }
}

/// The port digits of an authority, if it has any.
pub fn port(authority: &[u8]) -> Option<&[u8]> {
    let colon = memchr::memrchr(b':', authority)?;
    let digits = authority.get(colon + 1..)?;
    (!digits.is_empty() && digits.iter().all(u8::is_ascii_digit)).then_some(digits)
}

fn authority_start(target: &[u8]) -> Option<usize> {
    let colon = memchr::memmem::find(target, b"://")?;
    let scheme = target.get(..colon)?;
    let valid = scheme.first().is_some_and(u8::is_ascii_alphabetic)
        && scheme.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'));
    valid.then_some(colon + 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_targets() {
        assert_eq!(path(b"/a/b?c=d"), b"/a/b");
        assert_eq!(query(b"/a/b?c=d"), Some(&b"c=d"[..]));
        assert_eq!(path(b"http://h:80/x?y"), b"/x");
        assert_eq!(path(b"http://h"), b"");
        assert_eq!(path(b"*"), b"");
        assert_eq!(authority(b"https://u@h:1/"), Some(&b"u@h:1"[..]));
        assert_eq!(host(b"u@h:1"), b"h");
        assert_eq!(host(b"[::1]:80"), b"[::1]");
        assert_eq!(port(b"[::1]:80"), Some(&b"80"[..]));
    }
}
