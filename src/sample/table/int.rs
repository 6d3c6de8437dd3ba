//! Numbers and ranges of numbers: `5`, `5:9`, `:9`, `5:`.

/// Ranges, both ends included, tried in order.
#[derive(Debug)]
pub struct Ranges {
    list: Vec<(i64, i64)>,
}

impl Ranges {
    /// Reads the patterns.
    pub fn new(patterns: &[&[u8]]) -> Result<Ranges, String> {
        let list = patterns.iter().map(|pattern| range(pattern)).collect::<Result<_, _>>()?;
        Ok(Ranges { list })
    }

    /// The first range that holds the number.
    #[inline]
    pub fn find(&self, number: i64) -> Option<usize> {
        self.list.iter().position(|&(low, high)| low <= number && number <= high)
    }
}

fn range(pattern: &[u8]) -> Result<(i64, i64), String> {
    let text = String::from_utf8_lossy(pattern);
    let number = |part: &str| part.parse::<i64>().map_err(|_| format!("'{text}' is not a number"));
    match text.split_once(':') {
        None => number(&text).map(|value| (value, value)),
        Some((low, high)) => {
            let low = if low.is_empty() { i64::MIN } else { number(low)? };
            let high = if high.is_empty() { i64::MAX } else { number(high)? };
            if low > high { Err(format!("'{text}' is not a valid number range")) } else { Ok((low, high)) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_as_haproxy_reads_them() {
        let ranges = Ranges::new(&[b"10:20", b":-5", b"30", b"40:"]).unwrap();
        let found = [12, 10, 20, 21, -5, -4, 30, 31, 40, i64::MAX].map(|number| ranges.find(number));
        let (a, b, c, d) = (Some(0), Some(1), Some(2), Some(3));
        assert_eq!(found, [a, a, a, None, b, None, c, None, d, d]);
        assert_eq!(Ranges::new(&[b"7:3"]).unwrap_err(), "'7:3' is not a valid number range");
        assert_eq!(Ranges::new(&[b"5x"]).unwrap_err(), "'5x' is not a number");
    }
}
