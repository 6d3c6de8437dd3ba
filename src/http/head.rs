//! The head of a message: one text buffer, offsets into it, and an edit list that appends to the same buffer.
//!
//! Field names are kept in lower case, as HAProxy keeps them; order and duplicates are kept as received.

use std::ops::Range;

/// The version a message was received with or will be sent with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// HTTP/1.0.
    Http10,
    /// HTTP/1.1 and what HAProxy treats like it.
    #[default]
    Http11,
}

impl Version {
    /// As written on the wire.
    pub fn text(self) -> &'static str {
        match self {
            Version::Http10 => "HTTP/1.0",
            Version::Http11 => "HTTP/1.1",
        }
    }
}

/// A range of the head's text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Slice {
    start: u32,
    len: u32,
}

impl Slice {
    /// The range from `start` to `end`, exclusive.
    pub fn new(start: usize, end: usize) -> Slice {
        Slice { start: start as u32, len: end.saturating_sub(start) as u32 }
    }

    /// Length in bytes.
    pub fn len(self) -> usize {
        self.len as usize
    }

    /// Whether the range is empty.
    pub fn is_empty(self) -> bool {
        self.len == 0
    }

    /// The bytes of `text` that this range names; empty if it lies outside.
    #[inline]
    pub fn of(self, text: &[u8]) -> &[u8] {
        text.get(self.range()).unwrap_or_default()
    }

    /// Its offsets.
    #[inline]
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.start as usize + self.len as usize
    }
}

/// One header field.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// The name, in lower case.
    pub name: Slice,
    /// The value, without the blanks around it.
    pub value: Slice,
}

/// The head of a request or a response. Reused from message to message: [`Head::clear`] keeps the memory.
#[derive(Clone, Debug, Default)]
pub struct Head {
    text: Vec<u8>,
    fields: Vec<Field>,
    /// Method of a request, version text of a response, as received.
    first: Slice,
    /// Target of a request, status code text of a response.
    second: Slice,
    /// Version text of a request, reason of a response.
    third: Slice,
    /// The version, understood.
    pub version: Version,
    /// The status code of a response, 0 for a request.
    pub status: u16,
}

/// Room for what rules add to a head, so that its memory need not grow for it.
const EDIT_BYTES: usize = 256;

impl Head {
    /// Forgets the message and keeps the memory.
    pub fn clear(&mut self) {
        self.text.clear();
        self.fields.clear();
        self.first = Slice::default();
        self.second = Slice::default();
        self.third = Slice::default();
        self.version = Version::Http11;
        self.status = 0;
    }

    /// Whether a message is there.
    pub fn is_empty(&self) -> bool {
        self.first.is_empty()
    }

    /// Takes a copy of the head's raw bytes, to which all slices refer, those of [`Head::push_slices`] and
    /// [`Head::set_line`], and puts the names in lower case.
    pub fn load(&mut self, raw: &[u8]) {
        self.text.clear();
        self.text.reserve(raw.len() + EDIT_BYTES);
        self.text.extend_from_slice(raw);
        for field in &self.fields {
            if let Some(name) = self.text.get_mut(field.name.range()) {
                lower(name);
            }
        }
    }

    /// Sets the three parts of the start line.
    pub fn set_line(&mut self, first: Slice, second: Slice, third: Slice) {
        self.first = first;
        self.second = second;
        self.third = third;
    }

    /// Adds a field whose bytes will be [loaded](Head::load).
    #[inline]
    pub fn push_slices(&mut self, name: Slice, value: Slice) {
        self.fields.push(Field { name, value });
    }

    /// A request made from its parts.
    pub fn start_request(&mut self, method: &[u8], target: &[u8], version: Version) {
        self.clear();
        self.first = self.store(method);
        self.second = self.store(target);
        self.third = self.store(version.text().as_bytes());
        self.version = version;
    }

    /// A response made from its parts.
    pub fn start_response(&mut self, version: Version, status: u16, reason: &[u8]) {
        self.clear();
        self.first = self.store(version.text().as_bytes());
        self.version = version;
        self.set_status(status, reason);
    }

    /// The method of a request.
    #[inline]
    pub fn method(&self) -> &[u8] {
        self.first.of(&self.text)
    }

    /// The target of a request, as it stands in the request line; the status code of a response, in digits.
    #[inline]
    pub fn target(&self) -> &[u8] {
        self.second.of(&self.text)
    }

    /// The reason phrase of a response.
    pub fn reason(&self) -> &[u8] {
        self.third.of(&self.text)
    }

    /// The version's text as it was received.
    pub fn version_text(&self) -> &[u8] {
        if self.status == 0 { self.third.of(&self.text) } else { self.first.of(&self.text) }
    }

    /// Replaces the method.
    pub fn set_method(&mut self, method: &[u8]) {
        self.first = self.store(method);
    }

    /// Replaces the target.
    pub fn set_target(&mut self, target: &[u8]) {
        self.second = self.store(target);
    }

    /// Replaces the status code and the reason.
    pub fn set_status(&mut self, status: u16, reason: &[u8]) {
        let mut digits = [b'0'; 3];
        for (digit, divisor) in digits.iter_mut().zip([100, 10, 1]) {
            *digit += (status / divisor % 10) as u8;
        }
        self.status = status;
        self.second = self.store(&digits);
        self.third = self.store(reason);
    }

    /// All fields, in order.
    #[inline]
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// The bytes that all slices of this head refer to, those of edits behind those it was loaded with.
    #[inline]
    pub fn raw(&self) -> &[u8] {
        &self.text
    }

    /// The bytes of a slice of this head.
    #[inline]
    pub fn text(&self, slice: Slice) -> &[u8] {
        slice.of(&self.text)
    }

    /// The values of all fields with this lower-case name, in order.
    pub fn values<'a>(&'a self, name: &'a [u8]) -> impl DoubleEndedIterator<Item = &'a [u8]> + 'a {
        self.fields.iter().filter(move |field| self.is_named(field, name)).map(|field| field.value.of(&self.text))
    }

    /// The value of the first field with this lower-case name.
    #[inline]
    pub fn value(&self, name: &[u8]) -> Option<&[u8]> {
        self.fields.iter().find(|field| self.is_named(field, name)).map(|field| field.value.of(&self.text))
    }

    /// Whether a field with this lower-case name is there.
    pub fn has(&self, name: &[u8]) -> bool {
        self.value(name).is_some()
    }

    /// Whether this field has this lower-case name.
    #[inline]
    pub fn is_named(&self, field: &Field, name: &[u8]) -> bool {
        field.name.len() == name.len() && field.name.of(&self.text) == name
    }

    /// Appends a field; the name is put in lower case.
    pub fn push(&mut self, name: &[u8], value: &[u8]) {
        let name = self.store_lower(name);
        let value = self.store(value);
        self.fields.push(Field { name, value });
    }

    /// Puts a field before all others; the name is put in lower case.
    pub fn push_front(&mut self, name: &[u8], value: &[u8]) {
        let name = self.store_lower(name);
        let value = self.store(value);
        self.fields.insert(0, Field { name, value });
    }

    /// Removes every field with this lower-case name; how many there were.
    pub fn remove(&mut self, name: &[u8]) -> usize {
        let text = &self.text;
        let before = self.fields.len();
        self.fields.retain(|field| field.name.len() != name.len() || field.name.of(text) != name);
        before - self.fields.len()
    }

    /// Keeps the fields that `keep` says yes to, given name and value.
    pub fn retain(&mut self, mut keep: impl FnMut(&[u8], &[u8]) -> bool) {
        let text = &self.text;
        self.fields.retain(|field| keep(field.name.of(text), field.value.of(text)));
    }

    /// Removes the field at `index`.
    pub fn remove_at(&mut self, index: usize) {
        if index < self.fields.len() {
            self.fields.remove(index);
        }
    }

    /// Replaces the value of the field at `index`.
    pub fn set_value(&mut self, index: usize, value: &[u8]) {
        let value = self.store(value);
        if let Some(field) = self.fields.get_mut(index) {
            field.value = value;
        }
    }

    /// Removes every field with this name and appends one: what `set-header` does.
    pub fn replace(&mut self, name: &[u8], value: &[u8]) {
        self.remove(name);
        self.push(name, value);
    }

    /// Bytes this head counts for in `%B` and `%U`: HAProxy counts its internal form, 20 bytes for the start line's
    /// frame, the parts of the line, names and values, and one byte for the end.
    pub fn counted_bytes(&self) -> u64 {
        let line = self.first.len() + self.second.len() + self.third.len();
        let fields: usize = self.fields.iter().map(|field| field.name.len() + field.value.len()).sum();
        (20 + line + fields + 1) as u64
    }

    fn store(&mut self, bytes: &[u8]) -> Slice {
        let start = self.text.len();
        self.text.extend_from_slice(bytes);
        Slice::new(start, self.text.len())
    }

    fn store_lower(&mut self, bytes: &[u8]) -> Slice {
        let start = self.text.len();
        self.text.extend_from_slice(bytes);
        if let Some(name) = self.text.get_mut(start..) {
            lower(name);
        }
        Slice::new(start, self.text.len())
    }
}

/// Puts a name in lower case, eight bytes at a time, the last eight perhaps twice: most names are too short for the
/// standard library's way to pay.
fn lower(name: &mut [u8]) {
    for word in name.as_chunks_mut::<8>().0 {
        lower_word(word);
    }
    match name.last_chunk_mut::<8>() {
        Some(word) => lower_word(word),
        None => name.make_ascii_lowercase(),
    }
}

#[inline]
fn lower_word(word: &mut [u8; 8]) {
    const EACH: u64 = 0x0101_0101_0101_0101;
    let bytes = u64::from_le_bytes(*word);
    // The top bit of each byte tells what is above `@` and not above `Z`; bytes outside of ASCII are left alone.
    let low = bytes & (EACH * 0x7f);
    let from_a = low + EACH * (0x80 - b'A' as u64);
    let past_z = low + EACH * (0x7f - b'Z' as u64);
    let upper = from_a & !past_z & !bytes & (EACH * 0x80);
    *word = (bytes | (upper >> 2)).to_le_bytes();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_keep_order_and_lower_names() {
        let mut head = Head::default();
        head.start_request(b"GET", b"/", Version::Http11);
        head.push(b"Host", b"a");
        head.push(b"X-One", b"1");
        head.push(b"x-one", b"2");
        assert_eq!(head.values(b"x-one").collect::<Vec<_>>(), [b"1", b"2"]);
        head.replace(b"X-ONE".to_ascii_lowercase().as_slice(), b"3");
        assert_eq!(head.values(b"x-one").collect::<Vec<_>>(), [b"3"]);
        assert_eq!(head.fields().len(), 2);
    }

    #[test]
    fn lower_is_what_the_standard_library_does() {
        for byte in 0..=u8::MAX {
            for length in 0..20 {
                let mut name = vec![byte; length];
                lower(&mut name);
                assert_eq!(name, vec![byte; length].to_ascii_lowercase(), "{byte} {length}");
            }
        }
        let mut name = *b"X-Forwarded-For\x80\xc1AZ@[`az{";
        lower(&mut name);
        assert_eq!(&name, b"x-forwarded-for\x80\xc1az@[`az{");
    }

    #[test]
    fn counts_bytes_as_haproxy_does() {
        let mut head = Head::default();
        head.start_response(Version::Http11, 200, b"OK");
        head.push(b"content-length", b"2");
        head.push(b"x-hdr", b"V");
        assert_eq!(head.counted_bytes() + 2, 57);
    }
}
