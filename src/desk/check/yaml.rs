//! Configurations inside of YAML: the block scalars of a ConfigMap or a compose file, with everything around them blanked
//! byte by byte, so that every place stays where it is. It reads no YAML beyond the beginnings of lines.

use std::ops::Range;

/// Words that the sections of a configuration begin with.
const SECTIONS: [&str; 5] = ["global", "defaults", "frontend", "backend", "listen"];

/// The text of a YAML file with blanks for all but the configuration in it; nothing when there is none.
pub fn configuration(text: &[u8]) -> Option<Vec<u8>> {
    if !is_yaml(text) {
        return None;
    }
    let blocks = blocks(text);
    if blocks.is_empty() {
        return None;
    }
    let mut found = text.to_vec();
    for (at, byte) in found.iter_mut().enumerate().filter(|(_, byte)| !matches!(**byte, b'\n' | b'\r')) {
        if !blocks.iter().any(|block| block.contains(&at)) {
            *byte = b' ';
        }
    }
    Some(found)
}

/// Whether the first line that says something is one of YAML: `key:`, `key: value`, `---`.
pub fn is_yaml(text: &[u8]) -> bool {
    let mut lines = text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let first = lines.find(|line| !line.is_empty() && !line.starts_with(b"#")).unwrap_or_default();
    let key = first.split(|byte| byte.is_ascii_whitespace()).find(|word| *word != b"-").unwrap_or_default();
    first.starts_with(b"---") || key.len() > 1 && key.ends_with(b":")
}

/// The block scalars that hold sections of a configuration.
fn blocks(text: &[u8]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    // The block that is open: how far its key is indented, where it begins and ends, and whether it has a section.
    let mut open: Option<(usize, Range<usize>, bool)> = None;
    let mut at = 0;
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        let range = at..at + line.len();
        at = range.end;
        let indent = line.iter().take_while(|byte| **byte == b' ').count();
        let trimmed = line.trim_ascii();
        if let Some((key, block, holds)) = &mut open {
            if trimmed.is_empty() || indent > *key {
                block.end = range.end;
                *holds |= begins_section(trimmed);
                continue;
            }
            found.extend(holds.then(|| block.clone()));
            open = None;
        }
        if opens_block(trimmed) {
            open = Some((indent, range.end..range.end, false));
        }
    }
    found.extend(open.filter(|(_, _, holds)| *holds).map(|(_, block, _)| block));
    found
}

/// `haproxy.cfg: |`, `content: |-`, `- |`
fn opens_block(line: &[u8]) -> bool {
    let line = line.split(|byte| *byte == b'#').next().unwrap_or_default().trim_ascii_end();
    let Some(last) = line.rsplit(|byte| byte.is_ascii_whitespace()).next() else { return false };
    let before = line.get(..line.len() - last.len()).unwrap_or_default().trim_ascii_end();
    let opens = last.first() == Some(&b'|') && last.iter().all(|byte| matches!(byte, b'|' | b'-' | b'+' | b'0'..=b'9'));
    opens && (before.ends_with(b":") || before == b"-")
}

fn begins_section(line: &[u8]) -> bool {
    let word = line.split(|byte| byte.is_ascii_whitespace()).next().unwrap_or_default();
    SECTIONS.iter().any(|section| section.as_bytes() == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_around_is_blanked() {
        let text = "data:\n  other: |\n    x\n  haproxy.cfg: |-\n    global\n\n      daemon\n  last: 1\n";
        let found = String::from_utf8(configuration(text.as_bytes()).unwrap()).unwrap();
        assert_eq!(found.trim(), "global\n\n      daemon");
        assert_eq!(found.len(), text.len());
        assert_eq!(found.lines().nth(4), Some("    global"));
    }

    #[test]
    fn what_is_no_yaml_stays() {
        for text in ["global\n  daemon\n", "a: b\n", "data:\n  x: |\n    hello\n", ""] {
            assert!(configuration(text.as_bytes()).is_none(), "{text}");
        }
    }
}
