//! "Did you mean": the known name that is nearest to what was typed.

/// The nearest of `names`, unless all are far off.
pub fn nearest<'a>(word: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let limit = word.len() / 3 + 1;
    let nearest = names.map(|name| (distance(word.as_bytes(), name.as_bytes()), name)).min_by_key(|(far, _)| *far)?;
    (nearest.0 <= limit).then_some(nearest.1)
}

/// Edit distance: insertions, deletions, replacements and swaps of neighbours.
fn distance(left: &[u8], right: &[u8]) -> usize {
    let width = right.len() + 1;
    let mut before: Vec<usize> = vec![0; width];
    let mut last: Vec<usize> = (0..width).collect();
    for (row, a) in left.iter().enumerate() {
        let mut now = vec![row + 1; width];
        for (column, b) in right.iter().enumerate() {
            let change = last.get(column).copied().unwrap_or(0) + usize::from(a != b);
            let insert = now.get(column).copied().unwrap_or(0) + 1;
            let delete = last.get(column + 1).copied().unwrap_or(0) + 1;
            let mut best = change.min(insert).min(delete);
            let swapped = row > 0 && column > 0 && left.get(row - 1) == Some(b) && right.get(column - 1) == Some(a);
            if swapped {
                best = best.min(before.get(column - 1).copied().unwrap_or(0) + 1);
            }
            if let Some(slot) = now.get_mut(column + 1) {
                *slot = best;
            }
        }
        before = std::mem::replace(&mut last, now);
    }
    last.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_nearest() {
        let names = ["bind", "server", "mode", "timeout"];
        assert_eq!(nearest("sevrer", names.into_iter()), Some("server"));
        assert_eq!(nearest("zzzzzzzz", names.into_iter()), None);
    }
}
