//! Cookies in `Cookie` and `Set-Cookie` values: found by name, positions kept so that one can be cut out.

/// One `name=value` pair of a header value, with its byte positions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair<'a> {
    /// Name, without blanks.
    pub name: &'a [u8],
    /// Value, without blanks and with its quotes.
    pub value: &'a [u8],
    /// Offset of the name.
    pub start: usize,
    /// Offset behind the value.
    pub end: usize,
}

/// The pairs of a `Cookie` value, or the first pair and the attributes of a `Set-Cookie` value.
pub fn pairs(value: &[u8]) -> impl Iterator<Item = Pair<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        while at < value.len() {
            let rest = value.get(at..)?;
            let end = memchr::memchr2(b';', b',', rest).map_or(value.len(), |stop| at + stop);
            let begin = at;
            at = end + 1;
            let piece = value.get(begin..end)?;
            let (name_end, value_start) = match memchr::memchr(b'=', piece) {
                Some(equal) => (equal, equal + 1),
                None => (piece.len(), piece.len()),
            };
            let name = trim(piece.get(..name_end)?);
            if name.is_empty() {
                continue;
            }
            let start = begin + piece.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(0);
            let text = trim(piece.get(value_start..)?);
            let stop = begin + piece.len() - piece.iter().rev().take_while(|byte| byte.is_ascii_whitespace()).count();
            return Some(Pair { name, value: text, start, end: stop });
        }
        None
    })
}

/// The value of the cookie called `name` in a `Cookie` value.
pub fn find<'a>(value: &'a [u8], name: &[u8]) -> Option<Pair<'a>> {
    pairs(value).find(|pair| pair.name == name)
}

/// Name and value of each cookie that has a value, as `req.cook` sees them: a name may be empty, and separators inside of
/// quotes do not count.
pub fn values(value: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let mut rest = Some(value);
    std::iter::from_fn(move || {
        loop {
            let text = rest.filter(|text| !text.is_empty())?;
            let mut quoted = false;
            let end = text.iter().position(|&byte| {
                quoted ^= byte == b'"';
                !quoted && matches!(byte, b';' | b',')
            });
            let end = end.unwrap_or(text.len());
            rest = text.get(end + 1..);
            let piece = text.get(..end)?;
            if let Some(equal) = memchr::memchr(b'=', piece) {
                return Some((trim(piece.get(..equal)?), trim(piece.get(equal + 1..)?)));
            }
        }
    })
}

fn trim(bytes: &[u8]) -> &[u8] {
    bytes.trim_ascii()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_as_haproxy_sees_them() {
        let found: Vec<(&[u8], &[u8])> = values(b"a=1; b; c=\"x;y\"; =z; d = 5 ; e=1,f=2").collect();
        let expected: Vec<(&[u8], &[u8])> =
            vec![(b"a", b"1"), (b"c", b"\"x;y\""), (b"", b"z"), (b"d", b"5"), (b"e", b"1"), (b"f", b"2")];
        assert_eq!(found, expected);
    }

    #[test]
    fn finds_and_locates() {
        let value = b"a=1; SRV=s1 ;b";
        let pair = find(value, b"SRV").unwrap();
        assert_eq!((pair.value, pair.start, pair.end), (&b"s1"[..], 5, 11));
        assert_eq!(pairs(value).count(), 3);
    }
}
