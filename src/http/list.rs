//! Field values that are lists: elements between commas, quoted strings kept whole.

/// The elements of a value, without the blanks around them. A comma inside of quotes does not separate.
pub fn elements(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    spans(value).map(|(start, end)| value.get(start..end).unwrap_or_default())
}

/// Start and end of each element, blanks around it left out.
pub fn spans(value: &[u8]) -> impl Iterator<Item = (usize, usize)> {
    let mut at = Some(0);
    std::iter::from_fn(move || {
        let start = at?;
        let end = start + end_of(value.get(start..)?);
        at = (end < value.len()).then_some(end + 1);
        let element = value.get(start..end)?;
        let lead = element.iter().take_while(|byte| is_blank(**byte)).count();
        let tail = element.get(lead..)?.iter().rev().take_while(|byte| is_blank(**byte)).count();
        Some((start + lead, end - tail))
    })
}

fn end_of(rest: &[u8]) -> usize {
    let mut quoted = false;
    let mut escaped = false;
    for (at, &byte) in rest.iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b',' if !quoted => return at,
            _ => {}
        }
    }
    rest.len()
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits() {
        let split = |text: &'static str| elements(text.as_bytes()).map(|e| std::str::from_utf8(e).unwrap()).collect();
        let rows: &[(&str, Vec<&str>)] = &[
            ("one, two,three", vec!["one", "two", "three"]),
            ("a,,b", vec!["a", "", "b"]),
            ("\"x,\\\"y\", z", vec!["\"x,\\\"y\"", "z"]),
            ("", vec![""]),
            ("a,", vec!["a", ""]),
        ];
        for (text, expected) in rows {
            let got: Vec<&str> = split(text);
            assert_eq!(&got, expected, "{text}");
        }
    }
}
