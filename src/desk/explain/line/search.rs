//! Matching a line against a pattern: a table of which parts can be read to the end from where, then one walk through it.
//!
//! The table costs parts times bytes, whatever the line holds; nothing is tried twice.

use std::ops::Range;

use super::pattern::{Class, Part, Pattern};

/// How a line was matched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The part it begins with.
    pub first: usize,
    /// Where it begins.
    pub start: usize,
    /// Where each part's value lies, from `first` on; the list ends where the line does.
    pub values: Vec<Range<usize>>,
    /// The line ends before the pattern does.
    pub cut: bool,
    /// For each value, whether it could lie elsewhere too.
    pub unsure: Vec<bool>,
}

/// The table for a pattern and a line.
pub struct Table<'a> {
    pattern: &'a Pattern,
    line: &'a [u8],
    /// `ok[part][at]`: the parts from this one on can be read from here to the end of the line.
    ok: Vec<Vec<bool>>,
}

/// Whether the texts of a pattern stand in the line one behind the other, blanks aside, up to one in which the line ends:
/// what fails here needs no table.
pub fn may_hold(pattern: &Pattern, line: &[u8]) -> bool {
    let mut rest = line;
    for part in &pattern.parts {
        let Part::Text(text) = part else { continue };
        for word in text.split(|byte| *byte == b' ') {
            match memchr::memmem::find(rest, word) {
                Some(found) => rest = rest.get(found + word.len()..).unwrap_or_default(),
                None => {
                    return (1..word.len()).any(|length| word.get(..length).is_some_and(|begun| rest.ends_with(begun)));
                }
            }
        }
    }
    true
}

impl<'a> Table<'a> {
    /// Fills the table; with `cut`, a line may end before the pattern does.
    pub fn new(pattern: &'a Pattern, line: &'a [u8], cut: bool) -> Table<'a> {
        let count = pattern.parts.len();
        let mut ends = vec![false; line.len() + 1];
        if let Some(last) = ends.last_mut() {
            *last = true;
        }
        let mut ok = vec![ends];
        for part in pattern.parts.iter().rev() {
            let after = ok.last().cloned().unwrap_or_default();
            let mut here = beginnings(part, line, &after);
            if let Some(last) = here.last_mut().filter(|_| cut) {
                *last = true;
            }
            ok.push(here);
        }
        ok.reverse();
        debug_assert_eq!(ok.len(), count + 1);
        Table { pattern, line, ok }
    }

    /// Reads the line from `start` with the parts from `first` on.
    pub fn find(&self, first: usize, start: usize) -> Option<Found> {
        let values = self.walk(first, start, false)?;
        let others = self.walk(first, start, true)?;
        let same = |at: usize| values.get(at).is_some() && values.get(at) == others.get(at);
        let unsure = (0..values.len()).map(|at| !same(at)).collect();
        let cut = first + values.len() < self.pattern.parts.len();
        Some(Found { first, start, values, cut, unsure })
    }

    fn walk(&self, first: usize, start: usize, longest: bool) -> Option<Vec<Range<usize>>> {
        if !*self.ok.get(first)?.get(start)? {
            return None;
        }
        let mut at = start;
        let mut values = Vec::new();
        for (index, part) in self.pattern.parts.iter().enumerate().skip(first) {
            let Some((value, end)) =
                self.ok.get(index + 1).and_then(|after| reach(part, self.line, at, after, longest))
            else {
                break;
            };
            values.push(value);
            at = end;
        }
        Some(values)
    }
}

/// The value of a part that begins at `at`, and where the next part begins: the nearest end from which the rest can be
/// read, or the farthest.
fn reach(part: &Part, line: &[u8], at: usize, after: &[bool], longest: bool) -> Option<(Range<usize>, usize)> {
    let good = |end: usize| after.get(end).copied().unwrap_or(false);
    match part {
        Part::Text(text) => text_end(text, line, at).filter(|end| good(*end)).map(|end| (at..end, end)),
        Part::Field { class, quotes, .. } => {
            if *quotes && line.get(at) == Some(&b'"') {
                let length = line.get(at + 1..)?.iter().position(|byte| *byte == b'"');
                let close = length.map_or(line.len(), |length| at + 1 + length);
                let next = (close + 1).min(line.len());
                if good(next) {
                    return Some((at + 1..close, next));
                }
            }
            field_end(*class, line, at, &good, longest).map(|end| (at..end, end))
        }
    }
}

/// Whether the text's first byte stands here, or may be spared.
fn may_begin(text: &[u8], line: &[u8], at: usize) -> bool {
    let first = text.first();
    line.get(at) == first || (first == Some(&b' ') && (at == line.len() || at == 0 || line.get(at - 1) == Some(&b' ')))
}

/// Where a text ends that begins here. A run of blanks stands for another, and for none where a field before was empty.
fn text_end(text: &[u8], line: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    for (index, byte) in text.iter().enumerate() {
        if *byte == b' ' {
            let run = line.get(at..).unwrap_or_default().iter().take_while(|byte| **byte == b' ').count();
            let spared = at == 0 || at == line.len() || line.get(at - 1) == Some(&b' ');
            if run == 0 && !spared {
                return None;
            }
            at += run;
        } else if line.get(at) == Some(byte) {
            at += 1;
        } else {
            // The line ends inside the text.
            let begun = index > 0 && at == line.len();
            return begun.then_some(at);
        }
    }
    Some(at)
}

/// The offsets from which a part and all after it can be read: one pass over the line.
fn beginnings(part: &Part, line: &[u8], after: &[bool]) -> Vec<bool> {
    let good = |end: usize| after.get(end).copied().unwrap_or(false);
    let simple = |at: usize| reach(part, line, at, after, false).is_some();
    let (class, quotes) = match part {
        Part::Text(text) => return (0..=line.len()).map(|at| may_begin(text, line, at) && simple(at)).collect(),
        Part::Field { class, quotes, .. } => (class, quotes),
    };
    let Some(bounds) = Bounds::of(*class) else { return (0..=line.len()).map(simple).collect() };
    // From the end: how far the letters of the class go from here, and where the next end is that will do.
    let mut runs = vec![0_usize; line.len() + 1];
    let mut ends = vec![usize::MAX; line.len() + 2];
    let mut begins = vec![false; line.len() + 1];
    for at in (0..=line.len()).rev() {
        let run = match line.get(at) {
            Some(byte) if class.takes(*byte) => runs.get(at + 1).copied().unwrap_or(0) + 1,
            _ => 0,
        };
        let later = ends.get(at + 1).copied().unwrap_or(usize::MAX);
        let ends_here = good(at) && !(*class == Class::Free && at > 0 && line.get(at - 1) == Some(&b' '));
        let end = if ends_here { at } else { later };
        let least = at + bounds.min.max(1);
        let reached = if least == at + 1 { later } else { ends.get(least).copied().unwrap_or(usize::MAX) };
        let blank = *class == Class::Free && line.get(at) == Some(&b' ');
        let some = !blank && reached <= at + run.min(bounds.max);
        let begun = some || (bounds.min == 0 && good(at)) || (*quotes && line.get(at) == Some(&b'"') && simple(at));
        if let (Some(runs), Some(ends), Some(begins)) = (runs.get_mut(at), ends.get_mut(at), begins.get_mut(at)) {
            (*runs, *ends, *begins) = (run, end, begun);
        }
    }
    begins
}

/// How long a value may be.
struct Bounds {
    min: usize,
    max: usize,
}

impl Bounds {
    /// None for a class whose values have a shape of their own.
    fn of(class: Class) -> Option<Bounds> {
        let (min, max) = match class {
            Class::Address | Class::Port | Class::Number | Class::Word => (1, usize::MAX),
            Class::Date => (6, 40),
            Class::Name | Class::Path | Class::Free => (0, usize::MAX),
            Class::State(_) | Class::Block | Class::Query => return None,
        };
        Some(Bounds { min, max })
    }
}

fn field_end(class: Class, line: &[u8], at: usize, good: &dyn Fn(usize) -> bool, longest: bool) -> Option<usize> {
    let rest = line.get(at..).unwrap_or_default();
    let bounds = match class {
        Class::State(length) => {
            // The line may end inside it.
            let code = rest.get(..length.min(rest.len())).filter(|code| !code.is_empty())?;
            let known = || code.len() < length || is_state(code);
            return Some(at + code.len()).filter(|end| good(*end) && known());
        }
        Class::Block => return block_end(rest, at, good),
        Class::Query if rest.first() != Some(&b'?') => Bounds { min: 0, max: 0 },
        Class::Query => Bounds { min: 1, max: usize::MAX },
        other => Bounds::of(other)?,
    };
    let run = rest.iter().take(bounds.max).take_while(|byte| class.takes(**byte)).count();
    // Blanks around a value belong to the text around it.
    let outside = |end: &usize| {
        class == Class::Free && *end > at && (rest.first() == Some(&b' ') || line.get(end - 1) == Some(&b' '))
    };
    let fits = |end: &usize| good(*end) && !outside(end);
    // Nothing is a value only where there is no other.
    let mut ends = (bounds.min.max(1)..=run).map(|length| at + length).filter(fits);
    let end = if longest { ends.next_back() } else { ends.next() };
    end.or_else(|| Some(at).filter(|at| bounds.min == 0 && fits(at)))
}

/// Braces inside are escaped: the first closing one ends it.
fn block_end(rest: &[u8], at: usize, good: &dyn Fn(usize) -> bool) -> Option<usize> {
    let length = match rest.first() {
        // The line may end inside it.
        Some(b'{') => rest.iter().position(|byte| *byte == b'}').map_or(rest.len(), |close| close + 1),
        _ => 0,
    };
    good(at + length).then_some(at + length)
}

fn is_state(code: &[u8]) -> bool {
    std::str::from_utf8(code).is_ok_and(|code| crate::desk::explain::state::read(code).is_some())
}
