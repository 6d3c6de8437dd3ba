//! Compiled log-formats: text, tags and expressions, written with the escaping their use asks for.

use std::borrow::Cow;
use std::io::Write as _;
use std::net::IpAddr;

use super::cx::Cx;
use super::encode::{self, Encoding, Label};
use super::expr::Expr;
use super::value::Value;

/// How values are made safe for where they go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Escape {
    /// A log line: what is missing is `-`. Values are written as they are; tags encode what they must.
    Log,
    /// A header or a part of a URI: control characters become `%XX`; quotes and hexadecimal are not honoured.
    Header,
    /// As it is.
    None,
}

/// What `%{…}` asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    /// `+Q`: in double quotes.
    pub quote: bool,
    /// `+X`: numbers and addresses in hexadecimal.
    pub hex: bool,
    /// `+E`: backslashes before `"`, `\` and `]`.
    pub escape: bool,
}

/// Writes one tag's value.
pub type TagFn = fn(&Cx<'_>, &mut Out<'_>);

/// A log tag as it stands in a format.
#[derive(Clone, Copy)]
pub struct Tag {
    /// Its name, without `%`.
    pub name: &'static str,
    /// What must be there for it: a set of [`crate::spec::Needs`] bits.
    pub needs: u32,
    /// Writes it.
    pub write: TagFn,
}

/// One piece of a format.
pub enum Node {
    /// Literal text.
    Text(Box<[u8]>),
    /// A tag.
    Tag(Tag, Flags),
    /// A sample expression.
    Expr(Expr, Flags),
}

/// A compiled format.
pub struct Format {
    nodes: Box<[Node]>,
    /// One for each piece; none at all where nothing has a name.
    labels: Box<[Label]>,
    encoding: Encoding,
    /// How values are escaped.
    pub escape: Escape,
    /// What must be there for it.
    pub needs: u32,
    /// As written.
    pub source: Box<[u8]>,
}

impl std::fmt::Debug for Format {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "\"{}\"", self.source.escape_ascii())
    }
}

impl Format {
    /// A format of its pieces.
    pub fn new(mut nodes: Vec<Node>, escape: Escape, source: &[u8]) -> Format {
        if escape == Escape::Log {
            nodes.iter_mut().for_each(merge_blanks);
        }
        let needs = nodes.iter().fold(0, |needs, node| match node {
            Node::Expr(expr, _) => needs | expr.needs,
            Node::Tag(tag, _) => needs | tag.needs,
            Node::Text(_) => needs,
        });
        let (labels, encoding) = (Box::default(), Encoding::Plain);
        Format { nodes: nodes.into_boxed_slice(), labels, encoding, escape, needs, source: source.into() }
    }

    /// The same format, written as data. Each piece has a label, which may be empty.
    pub fn encoded(mut self, encoding: Encoding, labels: Vec<Label>) -> Format {
        self.encoding = encoding;
        if encoding != Encoding::Plain {
            self.labels = labels.into_boxed_slice();
        }
        self
    }

    /// Literal text and nothing else.
    pub fn literal(text: &[u8]) -> Format {
        let nodes = if text.is_empty() { vec![] } else { vec![Node::Text(text.into())] };
        Format::new(nodes, Escape::None, text)
    }

    /// The text, when it is the same for every exchange.
    #[inline]
    pub fn constant(&self) -> Option<&[u8]> {
        match &*self.nodes {
            _ if self.encoding != Encoding::Plain => None,
            [] => Some(b""),
            [Node::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// Its pieces.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The text for this exchange.
    pub fn text<'a>(&'a self, cx: &Cx<'a>) -> Cow<'a, [u8]> {
        if let Some(text) = self.constant() {
            return Cow::Borrowed(text);
        }
        let mut out = Vec::new();
        self.write(cx, &mut out);
        Cow::Owned(out)
    }

    /// Appends the text for this exchange. In a log line an item that says nothing leaves no second blank behind.
    pub fn write(&self, cx: &Cx<'_>, buffer: &mut Vec<u8>) {
        if self.encoding != Encoding::Plain {
            return encode::write(self.encoding, &self.nodes, &self.labels, cx, buffer);
        }
        let merges = self.escape == Escape::Log;
        let mut after_blank = merges;
        for node in &self.nodes {
            let before = buffer.len();
            match node {
                Node::Text(text) => {
                    let text = match &**text {
                        [b' ', rest @ ..] if after_blank => rest,
                        text => text,
                    };
                    match text {
                        // Most of what stands between two tags.
                        &[byte] => buffer.push(byte),
                        text => buffer.extend_from_slice(text),
                    }
                    if let Some(&last) = text.last() {
                        after_blank = merges && last == b' ';
                    }
                    continue;
                }
                Node::Tag(tag, flags) => {
                    let mut out = Out::new(buffer, *flags, self.escape);
                    (tag.write)(cx, &mut out);
                }
                Node::Expr(expr, flags) => {
                    let mut out = Out::new(buffer, *flags, self.escape);
                    match expr.eval(cx) {
                        Some(value) => out.value(&value),
                        None => out.nothing(),
                    }
                }
            }
            if buffer.len() > before {
                after_blank = false;
            }
        }
    }
}

/// Where a tag writes its value.
pub struct Out<'a> {
    /// The line so far.
    pub buffer: &'a mut Vec<u8>,
    /// The tag's flags.
    pub flags: Flags,
    /// The format's escaping.
    pub escape: Escape,
    numbers: u32,
    texts: u32,
}

impl<'a> Out<'a> {
    /// Nothing written yet.
    pub fn new(buffer: &'a mut Vec<u8>, flags: Flags, escape: Escape) -> Out<'a> {
        Out { buffer, flags, escape, numbers: 0, texts: 0 }
    }

    /// Whether one number was written and nothing else.
    pub fn is_number(&self) -> bool {
        self.numbers == 1 && self.texts == 0
    }
}

impl Out<'_> {
    /// Nothing to say: `""` where quotes were asked for, else `-` in a log line and nothing anywhere else.
    pub fn nothing(&mut self) {
        match self.escape {
            Escape::Header => {}
            _ if self.flags.quote => self.buffer.extend_from_slice(b"\"\""),
            Escape::Log => self.buffer.push(b'-'),
            Escape::None => {}
        }
    }

    /// Text that may hold anything.
    pub fn text(&mut self, text: &[u8]) {
        self.open();
        self.escaped(text);
        self.open();
    }

    /// Text if there is some.
    pub fn maybe(&mut self, text: Option<&[u8]>) {
        match text {
            Some(text) if !text.is_empty() => self.text(text),
            _ => self.nothing(),
        }
    }

    /// Text that is known to be harmless, without quotes.
    #[inline]
    pub fn raw(&mut self, text: &[u8]) {
        self.texts += 1;
        self.buffer.extend_from_slice(text);
    }

    /// A number.
    pub fn number(&mut self, number: i64) {
        self.numbers += 1;
        if self.flags.hex {
            let _ = write!(self.buffer, "{number:02X}");
        } else {
            decimal(number, self.buffer);
        }
    }

    /// A port, a process id or a counter: at least four digits when hexadecimal.
    pub fn padded(&mut self, number: u64) {
        self.numbers += 1;
        if self.flags.hex {
            let _ = write!(self.buffer, "{number:04X}");
        } else {
            decimal(number as i64, self.buffer);
        }
    }

    /// A plain decimal number whatever the flags say.
    pub fn decimal(&mut self, number: i64) {
        self.numbers += 1;
        decimal(number, self.buffer);
    }

    /// A sample's value. In a log line it stands as it is: only tags are encoded there.
    pub fn value(&mut self, value: &Value<'_>) {
        let text = match value {
            Value::Str(bytes) | Value::Method(bytes) => Some(&**bytes),
            Value::Bin(bytes) => Some(super::value::before_nul(bytes)),
            _ => None,
        };
        match (text, value) {
            (Some([]), _) => self.nothing(),
            (Some(text), _) => self.text(text),
            (None, other) => {
                self.open();
                other.write_to(self.buffer);
                self.open();
            }
        }
    }

    /// An address in words.
    pub fn address(&mut self, text: IpAddr) {
        self.texts += 1;
        address(text, self.buffer);
    }

    /// Text with the escaping of the format, without quotes.
    pub fn escaped(&mut self, text: &[u8]) {
        if self.flags.escape {
            for &byte in text {
                if matches!(byte, b'"' | b'\\' | b']') {
                    self.buffer.push(b'\\');
                }
                self.buffer.push(byte);
            }
            return;
        }
        match self.escape {
            Escape::None | Escape::Log => self.buffer.extend_from_slice(text),
            Escape::Header => encode(text, b'%', |byte| byte >= b' ' && byte != 0x7f, self.buffer),
        }
    }

    /// A name, an identifier or a cookie: quoted and given backslashes as asked, and not encoded.
    pub fn name(&mut self, text: &[u8]) {
        self.open();
        if self.flags.escape {
            self.escaped(text);
        } else {
            self.buffer.extend_from_slice(text);
        }
        self.open();
    }

    /// A part of the request line: `#XX` for what a log line cannot hold, wherever it goes.
    pub fn line(&mut self, text: &[u8]) {
        self.open();
        self.encoded(text, |byte| matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'#'));
        self.open();
    }

    /// A captured header: as [`Out::line`] without quotes, and `{`, `|` and `}` are encoded too.
    pub fn captured(&mut self, text: &[u8]) {
        self.encoded(text, |byte| matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'#' | b'{' | b'|' | b'}'));
    }

    /// A quotation mark, if they were asked for.
    pub fn open(&mut self) {
        if self.flags.quote && self.escape != Escape::Header {
            self.buffer.push(b'"');
        }
    }

    #[inline]
    fn encoded(&mut self, text: &[u8], plain: impl Fn(u8) -> bool) {
        let from = self.buffer.len();
        encode(text, b'#', plain, self.buffer);
        if self.flags.escape {
            let encoded = self.buffer.split_off(from);
            self.escaped(&encoded);
        }
    }
}

/// Runs of blanks in a log-format count as one.
fn merge_blanks(node: &mut Node) {
    if let Node::Text(text) = node {
        let mut merged = text.to_vec();
        merged.dedup_by(|next, last| *next == b' ' && *last == b' ');
        *text = merged.into_boxed_slice();
    }
}

#[inline]
fn encode(text: &[u8], mark: u8, plain: impl Fn(u8) -> bool, out: &mut Vec<u8>) {
    if text.iter().all(|&byte| plain(byte)) {
        out.extend_from_slice(text);
        return;
    }
    for &byte in text {
        if plain(byte) {
            out.push(byte);
        } else {
            out.push(mark);
            out.push(b"0123456789ABCDEF"[usize::from(byte >> 4)]);
            out.push(b"0123456789ABCDEF"[usize::from(byte & 15)]);
        }
    }
}

/// Appends an address, as quickly where it is a short one.
pub fn address(address: IpAddr, out: &mut Vec<u8>) {
    let IpAddr::V4(v4) = address else {
        // A vector takes all that is written to it.
        let _ = write!(out, "{address}");
        return;
    };
    for (at, octet) in v4.octets().into_iter().enumerate() {
        if at > 0 {
            out.push(b'.');
        }
        decimal(i64::from(octet), out);
    }
}

/// Appends a decimal number without the formatting machinery: log lines are full of them.
#[inline]
pub fn decimal(number: i64, out: &mut Vec<u8>) {
    if (0..10).contains(&number) {
        out.push(b'0' + number as u8);
        return;
    }
    out.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::Live;
    use crate::sample::Direction;
    use crate::txn::{Session, Txn};

    fn written(nodes: Vec<Node>, escape: Escape) -> String {
        let (sess, txn, live) = (Session::default(), Txn::default(), Live::default());
        let cx = Cx { sess: &sess, txn: &txn, live: &live, direction: Direction::Request };
        String::from_utf8(Format::new(nodes, escape, b"").text(&cx).into_owned()).unwrap()
    }

    fn nodes() -> Vec<Node> {
        let text = |text: &str| Node::Text(text.as_bytes().into());
        let tag = |write| Node::Tag(Tag { name: "", needs: 0, write }, Flags::default());
        vec![
            text(" a  b "),
            tag(|_, _| {}),
            text(" "),
            tag(|_, out| out.nothing()),
            text(" "),
            tag(|_, _| {}),
            text(" "),
        ]
    }

    #[test]
    fn blanks_of_a_log_line_merge_over_items_that_say_nothing() {
        assert_eq!(written(nodes(), Escape::Log), "a b - ");
        assert_eq!(written(nodes(), Escape::None), " a  b    ");
    }

    #[test]
    fn encodings() {
        let out = |flags, write: fn(&mut Out<'_>)| {
            let mut buffer = Vec::new();
            write(&mut Out::new(&mut buffer, flags, Escape::Log));
            String::from_utf8(buffer).unwrap()
        };
        let escape = Flags { escape: true, ..Flags::default() };
        let hex = Flags { hex: true, ..Flags::default() };
        assert_eq!(out(Flags::default(), |out| out.captured(b"a\"{|}\t]")), "a#22#7B#7C#7D#09]");
        assert_eq!(out(escape, |out| out.line(b"/a\"]\\#{")), "/a#22\\]\\\\#23{");
        assert_eq!(out(escape, |out| out.name(b"a\"b")), "a\\\"b");
        assert_eq!(out(hex, |out| out.padded(80)), "0050");
    }
}
