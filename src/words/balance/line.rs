//! Places in the order of a key that changes one place at a time: what stands first is found without looking at the rest.

use std::collections::VecDeque;

/// Places by number, the lowest key first. The keys stay with the caller; no two places may have the same one, and a
/// place must leave the line before its key changes.
#[derive(Debug, Default)]
pub struct Line {
    places: VecDeque<u32>,
}

impl Line {
    /// Puts a place where its key belongs.
    #[inline]
    pub fn insert<K: Ord>(&mut self, place: usize, key: impl Fn(usize) -> K) {
        let own = key(place);
        // By turns, who has just been served goes to the end.
        let to = match self.places.back() {
            Some(&last) if key(last as usize) > own => self.places.partition_point(|&other| key(other as usize) < own),
            _ => self.places.len(),
        };
        self.places.insert(to, place as u32);
    }

    /// Takes a place out, if it is in the line.
    #[inline]
    pub fn remove<K: Ord>(&mut self, place: usize, key: impl Fn(usize) -> K) {
        let own = key(place);
        let at = match self.places.front() {
            Some(&first) if first as usize == place => 0,
            _ => self.places.partition_point(|&other| key(other as usize) < own),
        };
        if self.places.get(at).is_some_and(|&found| found as usize == place) {
            self.places.remove(at);
        }
    }

    /// Nobody is left.
    pub fn clear(&mut self) {
        self.places.clear();
    }

    /// From the first to the last.
    #[inline]
    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.places.iter().map(|&place| place as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_is_that_of_the_keys() {
        let mut keys: Vec<u64> = (0..50u64).map(|place| place * 7919 % 50).collect();
        let mut line = Line::default();
        (0..keys.len()).for_each(|place| line.insert(place, |at| keys[at]));
        for round in 0..500u64 {
            let place = (round * 31 % 50) as usize;
            line.remove(place, |at| keys[at]);
            line.remove(place, |at| keys[at]);
            keys[place] = 1000 + round * 7919 % 5003;
            line.insert(place, |at| keys[at]);
            let order: Vec<u64> = line.iter().map(|at| keys[at]).collect();
            assert_eq!(order.len(), 50);
            assert!(order.is_sorted(), "{order:?}");
        }
    }
}
