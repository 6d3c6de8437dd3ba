//! Whose turn it is: the schedule of weighted round robin. Servers are numbers here; nothing is known of their state.
//!
//! Time is counted in requests. With a total weight `W`, a server of weight `w` is due every `W / w` requests: its next
//! turn is kept as a whole number and a remainder in units of `1 / w`. The earliest turn is served; of several in the
//! same whole number the one with the most weight left to serve, then the one that waits longest. Servers that never
//! served come in as soon as nobody else is due, the heaviest first.

use super::line::Line;

/// The schedule.
#[derive(Debug, Default)]
pub struct Turns {
    entries: Vec<Entry>,
    /// Those that have a turn of their own, the earliest first.
    scheduled: Line,
    /// Those that never served.
    fresh: Line,
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

impl Entry {
    /// The order among those of its kind; without a turn of its own the heaviest comes first.
    fn rank(&self) -> (u64, i64, u64) {
        if self.scheduled {
            (self.next, self.remainder as i64 - self.weight as i64, self.since)
        } else {
            (0, i64::MAX - self.weight as i64, self.since)
        }
    }

    /// Takes a weight, which is 0 for one that goes.
    fn set_weight(&mut self, weight: u64, now: u64, total: u64) {
        let known = std::mem::replace(&mut self.weight, weight);
        if weight == 0 {
            self.scheduled = false;
        } else if known == 0 && now > 0 {
            self.scheduled = true;
            self.next = now + (total - 1) / weight;
            self.remainder = 0;
        } else if self.scheduled {
            let step = total / weight;
            self.next = self.next.min(self.last + step);
            if self.next < now + 2 {
                self.next = now + step;
            }
            self.remainder = 0;
        }
    }

    /// Serves now, and has its next turn later.
    fn serve(&mut self, now: u64, total: u64) {
        if !self.scheduled {
            self.scheduled = true;
            self.next = now;
            self.remainder = 0;
        }
        self.last = self.next;
        self.next += total / self.weight;
        self.remainder += total % self.weight;
        if self.remainder >= self.weight {
            self.remainder -= self.weight;
            self.next += 1;
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
        let Some(known) = self.entries.get(at).map(|entry| entry.weight) else { return };
        if known == weight {
            return;
        }
        self.leave(at);
        self.total = self.total + weight - known;
        self.change(at, |entry, now, total| entry.set_weight(weight, now, total));
    }

    /// All that have a weight, whose turn is first first.
    #[inline]
    pub fn in_order(&self) -> impl Iterator<Item = usize> + '_ {
        let is_due = |at: &usize| self.entries.get(*at).is_some_and(|entry| entry.next <= self.now);
        self.scheduled
            .iter()
            .take_while(is_due)
            .chain(self.fresh.iter())
            .chain(self.scheduled.iter().skip_while(is_due))
    }

    /// The first by number that has a weight.
    pub fn lowest(&self) -> Option<usize> {
        self.entries.iter().position(|entry| entry.weight > 0)
    }

    /// Notes that a server takes its turn now.
    pub fn take(&mut self, at: usize) {
        if self.entries.get(at).is_some_and(|entry| entry.weight > 0) {
            self.leave(at);
            self.change(at, Entry::serve);
            self.now += 1;
        }
    }

    fn leave(&mut self, at: usize) {
        let Some(entry) = self.entries.get(at).filter(|entry| entry.weight > 0) else { return };
        let line = if entry.scheduled { &mut self.scheduled } else { &mut self.fresh };
        line.remove(at, |at| self.entries.get(at).map(Entry::rank));
    }

    /// Changes an entry that has left its line, and puts it where it belongs now.
    fn change(&mut self, at: usize, change: impl FnOnce(&mut Entry, u64, u64)) {
        let Some(entry) = self.entries.get_mut(at) else { return };
        change(entry, self.now, self.total);
        self.events += 1;
        entry.since = self.events;
        if entry.weight > 0 {
            let line = if entry.scheduled { &mut self.scheduled } else { &mut self.fresh };
            line.insert(at, |at| self.entries.get(at).map(Entry::rank));
        }
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
            let Some(at) = turns.in_order().next() else { return '!' };
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
