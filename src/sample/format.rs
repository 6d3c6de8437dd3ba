//! Compiled log-formats: text, tags and expressions, written with the escaping their use asks for.

use std::borrow::Cow;
use std::io::Write as _;

use super::cx::Cx;
use super::expr::Expr;
use super::value::Value;

/// How values are made safe for where they go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Escape {
    /// A log line: bytes outside of 32 to 126 and `"`, `#` become `#XX`.
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
    pub fn new(nodes: Vec<Node>, escape: Escape, source: &[u8]) -> Format {
        let needs = nodes.iter().fold(0, |needs, node| match node {
            Node::Expr(expr, _) => needs | expr.needs,
            Node::Text(_) | Node::Tag(..) => needs,
        });
        Format { nodes: nodes.into_boxed_slice(), escape, needs, source: source.into() }
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

    /// Appends the text for this exchange.
    pub fn write(&self, cx: &Cx<'_>, buffer: &mut Vec<u8>) {
        for node in &self.nodes {
            match node {
                Node::Text(text) => buffer.extend_from_slice(text),
                Node::Tag(tag, flags) => {
                    let mut out = Out { buffer, flags: *flags, escape: self.escape };
                    (tag.write)(cx, &mut out);
                }
                Node::Expr(expr, flags) => {
                    let mut out = Out { buffer, flags: *flags, escape: self.escape };
                    match expr.eval(cx) {
                        Some(value) => out.value(&value),
                        None if self.escape == Escape::Log || flags.quote => out.nothing(),
                        None => {}
                    }
                }
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
}

impl Out<'_> {
    /// Nothing to say: `-`, or `""` where quotes were asked for.
    pub fn nothing(&mut self) {
        match self.escape {
            Escape::Header => {}
            _ if self.flags.quote => self.buffer.extend_from_slice(b"\"\""),
            _ => self.buffer.push(b'-'),
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
        self.buffer.extend_from_slice(text);
    }

    /// A number.
    pub fn number(&mut self, number: i64) {
        if self.flags.hex {
            let _ = write!(self.buffer, "{number:02X}");
        } else {
            decimal(number, self.buffer);
        }
    }

    /// A plain decimal number whatever the flags say.
    pub fn decimal(&mut self, number: i64) {
        decimal(number, self.buffer);
    }

    /// A sample's value.
    pub fn value(&mut self, value: &Value<'_>) {
        match value {
            Value::Str(bytes) | Value::Method(bytes) => self.text(bytes),
            Value::Bin(bytes) => self.text(super::value::before_nul(bytes)),
            other => {
                self.open();
                other.write_to(self.buffer);
                self.open();
            }
        }
    }

    fn open(&mut self) {
        if self.flags.quote && self.escape != Escape::Header {
            self.buffer.push(b'"');
        }
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
            Escape::None => self.buffer.extend_from_slice(text),
            Escape::Log => {
                encode(text, b'#', |byte| matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'#'), self.buffer)
            }
            Escape::Header => encode(text, b'%', |byte| byte >= b' ' && byte != 0x7f, self.buffer),
        }
    }

    /// A captured header: `{`, `|` and `}` are escaped too.
    pub fn captured(&mut self, text: &[u8]) {
        let plain = |byte| matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'#' | b'{' | b'|' | b'}');
        encode(text, b'#', plain, self.buffer);
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

/// Appends a decimal number without the formatting machinery: log lines are full of them.
#[inline]
pub fn decimal(number: i64, out: &mut Vec<u8>) {
    let mut digits = [0u8; 20];
    let mut at = digits.len();
    let mut left = number.unsigned_abs();
    loop {
        at -= 1;
        digits[at] = b'0' + (left % 10) as u8;
        left /= 10;
        if left == 0 {
            break;
        }
    }
    if number < 0 {
        out.push(b'-');
    }
    out.extend_from_slice(digits.get(at..).unwrap_or_default());
}
