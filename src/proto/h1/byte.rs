//! Classes of bytes in a head, and a quick way to the end of a line.

/// May stand in a method or a field name: RFC 9110 §5.6.2 `tchar`.
pub const TOKEN: u8 = 1;
/// May stand in a target: what can be seen, without `#`, for a fragment is the client's alone.
pub const TARGET: u8 = 2;
/// May stand in a target from a client that is let do as it likes.
pub const LAX_TARGET: u8 = 4;
/// May stand in a `Host` field.
pub const HOST: u8 = 8;

/// Whether the byte is of this class.
#[inline]
pub fn is(byte: u8, class: u8) -> bool {
    CLASSES[byte as usize] & class != 0
}

/// How many bytes of this class `text` starts with.
#[inline]
pub fn span(text: &[u8], class: u8) -> usize {
    text.iter().position(|&byte| !is(byte, class)).unwrap_or(text.len())
}

/// How many bytes a field name takes at the start of `text`: letters and dashes are told eight at a time, the rest of
/// [`TOKEN`] by itself.
#[inline]
pub fn name(text: &[u8]) -> usize {
    let mut at = 0;
    for word in text.as_chunks::<8>().0 {
        let bytes = u64::from_le_bytes(*word);
        let low = (bytes | (EACH * 0x20)) & (EACH * 0x7f);
        let letter = (low + EACH * (0x80 - b'a' as u64)) & !(low + EACH * (0x7f - b'z' as u64));
        // The top bit is clear where the byte is a dash, and only there: nothing is carried from byte to byte.
        let dash = bytes ^ (EACH * b'-' as u64);
        let dash = !(((dash & (EACH * 0x7f)) + EACH * 0x7f) | dash);
        let others = !((letter | dash) & !bytes) & (EACH * 0x80);
        if others != 0 {
            at += others.trailing_zeros() as usize / 8;
            break;
        }
        at += 8;
    }
    match text.get(at) {
        Some(b':') | None => at,
        Some(_) => at + span(text.get(at..).unwrap_or_default(), TOKEN),
    }
}

/// The offset of the first byte from `from` on that may end or spoil a line: everything below 14, which is NUL, CR and LF
/// and a few others that the caller passes over.
#[inline]
pub fn control(text: &[u8], from: usize) -> Option<usize> {
    let rest = text.get(from..)?;
    let mut at = from;
    let (words, tail) = rest.as_chunks::<8>();
    for word in words {
        let word = u64::from_le_bytes(*word);
        // A byte below 14 borrows into its top bit, which it does not have itself. What comes behind it may be wrong.
        let hits = word.wrapping_sub(EACH * CONTROL as u64) & !word & (EACH * 0x80);
        if hits != 0 {
            return Some(at + hits.trailing_zeros() as usize / 8);
        }
        at += 8;
    }
    tail.iter().position(|&byte| byte < CONTROL).map(|found| at + found)
}

const CONTROL: u8 = 14;
const EACH: u64 = 0x0101_0101_0101_0101;

static CLASSES: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let c = byte as u8;
        let mark = matches!(
            c,
            b'!' | b'#' | b'$' | b'%' | b'&' | b'\'' | b'*' | b'+' | b'-' | b'.' | b'^' | b'_' | b'`' | b'|' | b'~'
        );
        let seen = matches!(c, b'!'..=b'~');
        let splits = matches!(c, b',' | b'/' | b'@' | b'?' | b'#');
        let classes = [
            (c.is_ascii_alphanumeric() || mark, TOKEN),
            (seen && c != b'#', TARGET),
            (c > b' ' && c != 0x7f, LAX_TARGET),
            (seen && !splits, HOST),
        ];
        let mut at = 0;
        while at < classes.len() {
            if classes[at].0 {
                table[byte] |= classes[at].1;
            }
            at += 1;
        }
        byte += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_first_control_wherever_it_is() {
        let mut text = *b"\x80\xff abcdefghijklmnopqrstuvwxyz\x0e\x7f";
        assert_eq!(control(&text, 0), None);
        for at in 0..text.len() {
            let kept = text[at];
            for byte in [0, b'\t', b'\n', b'\r'] {
                text[at] = byte;
                assert_eq!((control(&text, 0), control(&text, at), control(&text, at + 1)), (Some(at), Some(at), None));
            }
            text[at] = kept;
        }
        assert_eq!(control(b"a\n\n", 9), None);
    }

    #[test]
    fn a_name_ends_where_its_class_does() {
        let mut text = *b"X-Forwarded-ForAbcz";
        assert_eq!(name(&text), text.len());
        for at in 0..text.len() {
            let kept = text[at];
            for byte in 0..=255 {
                text[at] = byte;
                assert_eq!(name(&text), span(&text, TOKEN), "{}", text.escape_ascii());
            }
            text[at] = kept;
        }
        assert_eq!(name(b""), 0);
    }
}
