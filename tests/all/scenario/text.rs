//! Bytes as readable text and back: escapes, long runs, and the `|` and `+` lines of a transcript.

/// A run at least this long is written `\(A*N)`, so that a large body stays one short line.
const RUN_MIN: usize = 40;

/// Reads `\r \n \t \\ \xNN` and `\(text*N)`, which stands for `text` N times.
pub(crate) fn unescape(text: &str) -> Result<Vec<u8>, String> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] != b'\\' {
            out.push(bytes[at]);
            at += 1;
            continue;
        }
        let (piece, used) = one_escape(&text[at + 1..]).ok_or_else(|| format!("bad escape in {text:?}"))?;
        out.extend(piece);
        at += 1 + used;
    }
    Ok(out)
}

fn one_escape(rest: &str) -> Option<(Vec<u8>, usize)> {
    let simple = |byte: u8| Some((vec![byte], 1));
    match rest.as_bytes().first()? {
        b'r' => simple(b'\r'),
        b'n' => simple(b'\n'),
        b't' => simple(b'\t'),
        b'\\' => simple(b'\\'),
        b'x' => Some((vec![u8::from_str_radix(rest.get(1..3)?, 16).ok()?], 3)),
        b'(' => {
            let end = rest.find(')')?;
            let (what, count) = rest[1..end].rsplit_once('*')?;
            Some((unescape(what).ok()?.repeat(count.parse().ok()?), end + 1))
        }
        _ => None,
    }
}

/// The inverse of [`unescape`]; a trailing blank is escaped so that editors keep it.
pub(crate) fn escape(bytes: &[u8]) -> String {
    let mut out = String::new();
    let mut at = 0;
    while at < bytes.len() {
        let byte = bytes[at];
        let run = bytes[at..].iter().take_while(|other| **other == byte).count();
        if run >= RUN_MIN {
            out.push_str(&format!("\\({}*{run})", escape_byte(byte)));
            at += run;
        } else {
            out.push_str(&escape_byte(byte));
            at += 1;
        }
    }
    if out.ends_with(' ') {
        out.pop();
        out.push_str("\\x20");
    }
    out
}

fn escape_byte(byte: u8) -> String {
    match byte {
        b'\r' => "\\r".into(),
        b'\n' => "\\n".into(),
        b'\t' => "\\t".into(),
        b'\\' => "\\\\".into(),
        0x20..=0x7e => char::from(byte).to_string(),
        _ => format!("\\x{byte:02x}"),
    }
}

/// One text line per line of bytes: `| text` ended with CRLF, `+ text` did not.
pub(crate) fn lines(bytes: &[u8]) -> Vec<String> {
    bytes
        .split_inclusive(|byte| *byte == b'\n')
        .map(|line| match line.strip_suffix(b"\r\n") {
            Some(body) => format!("| {}", escape(body)).trim_end().to_string(),
            None => format!("+ {}", escape(line)),
        })
        .collect()
}

/// The same messages with chunked bodies taken out of their chunks, whose sizes depend on timing.
pub(crate) fn unchunked(mut bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    while let Some(at) = find(bytes, b"\r\n\r\n") {
        let (head, rest) = bytes.split_at(at + 4);
        out.extend(head);
        bytes = rest;
        let head = String::from_utf8_lossy(head).to_ascii_lowercase();
        if head.contains("\r\ntransfer-encoding: chunked\r\n") {
            while let Some((data, rest)) = chunk(bytes) {
                out.extend(data);
                bytes = rest;
                if data.is_empty() {
                    out.extend(b"\r\n(last chunk)\r\n");
                    break;
                }
            }
        } else if let Some(length) = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok()) {
            let (body, rest) = bytes.split_at(bytes.len().min(length));
            out.extend(body);
            bytes = rest;
        }
    }
    out.extend(bytes);
    out
}

/// A whole chunk's data and what follows; the last chunk is empty and its trailers follow.
fn chunk(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = find(bytes, b"\r\n")?;
    let size = usize::from_str_radix(std::str::from_utf8(&bytes[..at]).ok()?, 16).ok()?;
    let data = bytes.get(at + 2..at + 2 + size)?;
    let end = at + 2 + size;
    Some((data, if size == 0 { &bytes[end..] } else { bytes.get(end..)?.strip_prefix(b"\r\n")? }))
}

fn find(bytes: &[u8], mark: &[u8]) -> Option<usize> {
    bytes.windows(mark.len()).position(|window| window == mark)
}

/// A readable comparison: `-` was recorded, `+` was seen, the rest is common.
pub(crate) fn diff(recorded: &str, seen: &str) -> String {
    let (left, right): (Vec<&str>, Vec<&str>) = (recorded.lines().collect(), seen.lines().collect());
    let mut common = vec![vec![0usize; right.len() + 1]; left.len() + 1];
    for (i, a) in left.iter().enumerate().rev() {
        for (j, b) in right.iter().enumerate().rev() {
            common[i][j] = if a == b { common[i + 1][j + 1] + 1 } else { common[i + 1][j].max(common[i][j + 1]) };
        }
    }
    let (mut i, mut j, mut out) = (0, 0, String::new());
    while i < left.len() || j < right.len() {
        let (mark, line) = if i < left.len() && j < right.len() && left[i] == right[j] {
            (i, j) = (i + 1, j + 1);
            (' ', left[i - 1])
        } else if j == right.len() || (i < left.len() && common[i + 1][j] >= common[i][j + 1]) {
            i += 1;
            ('-', left[i - 1])
        } else {
            j += 1;
            ('+', right[j - 1])
        };
        out.push_str(&format!("    {mark} {line}\n"));
    }
    out
}

#[test]
fn escapes_round_trip() {
    let all: Vec<u8> = (0..=255).chain(std::iter::repeat_n(b'A', 500)).collect();
    assert_eq!(unescape(&escape(&all)).unwrap(), all);
    assert_eq!(unescape("\\(ab*3)").unwrap(), b"ababab");
    assert!(unescape("\\q").is_err());
    assert_eq!(
        unchunked(b"A\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\nB"),
        b"A\r\nTransfer-Encoding: chunked\r\n\r\nabc\r\n(last chunk)\r\n\r\nB"
    );
    assert_eq!(lines(b"a\r\n\r\nb\nc "), ["| a", "|", "+ b\\n", "+ c\\x20"]);
}
