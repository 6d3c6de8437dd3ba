//! Texts made from a seed, right and wrong, for the tests that hold over many of them. No randomness but the seed.

/// Texts from a seed: mostly what the grammars look at, in any order. A failing seed is printed by the assertion's text.
pub(crate) struct Generator(pub(crate) u64);

impl Generator {
    fn next(&mut self) -> u64 {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn text(&mut self) -> Vec<u8> {
        const PARTS: [&[u8]; 48] = [
            b" ",
            b" ",
            b"\n",
            b"\n",
            b"\t",
            b"\"",
            b"'",
            b"\\",
            b"#",
            b"$",
            b"{",
            b"}",
            b"[*]",
            b"-",
            b"${",
            b"HOST",
            b"${LIST[*]}",
            b".LINE",
            b"\\x4",
            b"1f",
            b"\r",
            b"\0",
            b"%",
            b"%[",
            b"]",
            b"(",
            b")",
            b",",
            b"src",
            b"lower",
            b"+Q",
            b":",
            b"80",
            b"80-90",
            b"@",
            b"unix@",
            b"fd@",
            b"!",
            b"&&",
            b"||",
            b"or",
            b"if",
            b"5s",
            b"16k",
            b"\xe9",
            b"\xff\xfe",
            b"/",
            b"stream+",
        ];
        let count = self.next() % 60;
        let mut text = Vec::new();
        for _ in 0..count {
            match self.next() {
                dice if dice % 12 == 0 => text.push((dice >> 8) as u8),
                dice => text.extend_from_slice(PARTS[(dice >> 8) as usize % PARTS.len()]),
            }
        }
        text
    }

    /// Lines of words and quotes, without what ends a file.
    pub(crate) fn lines(&mut self) -> Vec<u8> {
        const PARTS: [&[u8]; 40] = [
            b" ",
            b" ",
            b" ",
            b"\n",
            b"\n",
            b"\t",
            b"\"",
            b"\"",
            b"\"",
            b"'",
            b"\\",
            b"#",
            b"$",
            b"{",
            b"}",
            b"[*]",
            b"-",
            b"${",
            b"\"${HOST}\"",
            b"\"$EMPTY\"",
            b"\"$NOPE\"",
            b"\"${LIST[*]}\"",
            b"\"${PADDED[*]}\"",
            b"${NOPE-",
            b"$ONE",
            b"${NOPE[*]-",
            b"\"\"",
            b"''",
            b"\\x4",
            b"1f",
            b"\\\"",
            b"\\\\",
            b"\\$",
            b"\x0b",
            b"\xe9",
            b"a",
            b"b",
            b"a long word to fill the line",
            b".LINE",
            b"${ONE}",
        ];
        let count = self.next() % 200;
        let parts = (0..count).map(|_| PARTS[(self.next() >> 8) as usize % PARTS.len()]);
        // Each line begins with a word that is no directive.
        parts.flat_map(|part| if part == b"\n" { b"\na " } else { part }).copied().collect()
    }

    /// A condition of `.if`, right or wrong.
    pub(crate) fn condition(&mut self) -> Vec<u8> {
        const PARTS: [&[u8]; 36] = [
            b"1",
            b"1",
            b"0",
            b"0",
            b"-7",
            b"0x1f",
            b"08",
            b" ",
            b" ",
            b" ",
            b"\t",
            b"&&",
            b"&&",
            b" && ",
            b"||",
            b"||",
            b" || ",
            b"!",
            b"!",
            b"(",
            b"(",
            b")",
            b")",
            b"defined(ONE)",
            b"defined(NOPE)",
            b"defined",
            b"streq(a,",
            b"streq(\"a\",\\q)",
            b"streq(",
            b"streq(a,b)",
            b"a",
            b",",
            b"\"",
            b"\\",
            b"foo",
            b"'",
        ];
        let count = 1 + self.next() % 9;
        (0..count).flat_map(|_| PARTS[(self.next() >> 8) as usize % PARTS.len()]).copied().collect()
    }

    /// A log format, right or wrong.
    pub(crate) fn format(&mut self) -> Vec<u8> {
        const PARTS: [&[u8]; 40] = [
            b"%",
            b"%",
            b"%",
            b"%ci",
            b"%cp",
            b"%%",
            b"{",
            b"}",
            b"{+Q}",
            b"%{+Q}",
            b"{-X,E}",
            b"%[",
            b"[",
            b"]",
            b"]",
            b"%[src]",
            b"%[src,",
            b"src",
            b"str(a)",
            b"str(",
            b"str(\"",
            b"src,lower",
            b",lower",
            b",upper()",
            b",",
            b",,",
            b"(",
            b")",
            b"%(a",
            b"%(a:sint)",
            b"(b)",
            b":",
            b"a",
            b" ",
            b"_",
            b"-",
            b"1",
            b"\\",
            b"\"",
            b"%(a)",
        ];
        let count = 1 + self.next() % 7;
        (0..count).flat_map(|_| PARTS[(self.next() >> 8) as usize % PARTS.len()]).copied().collect()
    }
}

/// `text` as one word that HAProxy reads back as it is.
pub(crate) fn quoted(text: &[u8]) -> Vec<u8> {
    let mut word = vec![b'"'];
    for byte in text {
        if matches!(byte, b'"' | b'\\' | b'$') {
            word.push(b'\\');
        }
        word.push(*byte);
    }
    word.push(b'"');
    word
}
