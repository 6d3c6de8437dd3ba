//! Whose turn it is: the schedule of weighted round robin. Servers are numbers here; nothing is known of their state.
//!
//! Time is counted in requests. With a total weight `W`, a server of weight `w` is due every `W / w` requests: its next
//! turn is kept as a whole number and a remainder in units of `1 / w`. The earliest turn is served; of several in the
//! same whole number the one with the most weight left to serve, then the one that waits longest. Servers that never
//! served come in as soon as nobody else is due, the heaviest first.

/// The schedule.
#[derive(Debug, Default)]
pub struct Turns {
    entries: Vec<Entry>,
    total: u64,
    now: u64,
    events: u64,
}

#[derive(Clone, Copy, Debug, Default)]
struct Entry {
    weight: u64,
    /// Whether it has a turn of its own yet.
    scheduled: bool,
    next: u64,
    remainder: u64,
    /// The turn it served last.
    last: u64,
    /// When it was put where it is.
    since: u64,
}

/// The order of the turns.
type Rank = (u64, i64, u64);

impl Entry {
    fn rank(&self, now: u64) -> Rank {
        if self.scheduled {
            (self.next, self.remainder as i64 - self.weight as i64, self.since)
        } else {
            // Behind all that are due now, before all that are not.
            (now, i64::MAX - self.weight as i64, self.since)
        }
    }
}

impl Turns {
    /// Gives a server a weight; 0 takes it out.
    pub fn set(&mut self, at: usize, weight: u32) {
        if at >= self.entries.len() {
            self.entries.resize(at + 1, Entry::default());
        }
        let weight = u64::from(weight);
        let Some(entry) = self.entries.get_mut(at) else { return };
        let known = entry.weight;
        if known == weight {
            return;
        }
        self.total = self.total + weight - known;
        entry.weight = weight;
        self.events += 1;
        entry.since = self.events;
        if weight == 0 {
            entry.scheduled = false;
            return;
        }
        if known == 0 && self.now > 0 {
            entry.scheduled = true;
            entry.next = self.now + (self.total - 1) / weight;
            entry.remainder = 0;
        } else if entry.scheduled {
            let step = self.total / weight;
            entry.next = entry.next.min(entry.last + step);
            if entry.next < self.now + 2 {
                entry.next = self.now + step;
            }
            entry.remainder = 0;
        }
    }

    /// The order of a server's turn among the others; none for one that is out.
    #[inline]
    pub fn rank(&self, at: usize) -> Option<Rank> {
        self.entries.get(at).filter(|entry| entry.weight > 0).map(|entry| entry.rank(self.now))
    }

    /// Notes that a server takes its turn now.
    pub fn take(&mut self, at: usize) {
        let Some(entry) = self.entries.get_mut(at).filter(|entry| entry.weight > 0) else { return };
        if !entry.scheduled {
            entry.scheduled = true;
            entry.next = self.now;
            entry.remainder = 0;
        }
        entry.last = entry.next;
        entry.next += self.total / entry.weight;
        entry.remainder += self.total % entry.weight;
        if entry.remainder >= entry.weight {
            entry.remainder -= entry.weight;
            entry.next += 1;
        }
        self.events += 1;
        entry.since = self.events;
        self.now += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The servers' numbers, from 1, of so many requests; changes of weight come before the request of their number.
    fn sequence(weights: &[u32], requests: usize, changes: &[(usize, usize, u32)]) -> String {
        let mut turns = Turns::default();
        weights.iter().enumerate().for_each(|(at, &weight)| turns.set(at, weight));
        let step = |number| {
            for (_, server, weight) in changes.iter().filter(|(when, ..)| *when == number) {
                turns.set(server - 1, *weight);
            }
            let best = (0..weights.len()).filter_map(|at| turns.rank(at).map(|rank| (rank, at))).min();
            let Some((_, at)) = best else { return '!' };
            turns.take(at);
            char::from(b'1' + at as u8)
        };
        (0..requests).map(step).collect()
    }

    #[test]
    fn as_recorded() {
        for (weights, expected) in [
            (&[1, 2][..], "221221"),
            (&[3, 2, 1], "121312121312"),
            (&[5, 1, 1], "11121131112113"),
            (&[3, 1, 2, 4], "41431424134143142413"),
            (&[13, 2, 5], "1131121311311131211311311213113111312113"),
            (&[7, 10, 1, 20, 5, 1], "424142454124342415424142454241426451424421454241424541243424154241424542"),
            (&[20, 3, 3], "1111211131112111131112111311112111311121111311121113"),
            (&[10, 7, 20, 2], "331323134321331323132313312343132313312331323134321331323132313312343132"),
            (&[7, 1, 10, 13, 3], "43413453414314342153443143413454314341345341431434215344314341345431"),
        ] {
            let got = sequence(weights, expected.len(), &[]);
            assert_eq!(got, expected, "{weights:?}");
        }
    }

    #[test]
    fn servers_come_and_go() {
        for (weights, changes, expected) in [
            (&[1, 1, 1, 1][..], &[(6, 2, 0), (13, 2, 1)][..], "12341234134134132413241324132413241324132413"),
            (&[1, 1, 1, 1], &[(1, 2, 0), (2, 2, 1)], "13413241324132413241324132413241324132413241"),
            (&[5, 1, 1], &[(2, 2, 0), (9, 2, 1)], "11131111131111123111112311111231111123111112"),
            (&[2, 3, 5], &[(0, 1, 0), (9, 1, 2)], "33232332332312332313231233231323123323132312"),
            (&[1, 1], &[(5, 1, 0), (10, 1, 1)], "12121222222121212121212121212121212121212121"),
        ] {
            let got = sequence(weights, expected.len(), changes);
            assert_eq!(got, expected, "{weights:?} {changes:?}");
        }
    }
}
