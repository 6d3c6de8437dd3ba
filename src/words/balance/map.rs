//! The table that divides hashes, and the turns of `static-rr`: each server as often as its weight says, spread evenly.

use super::places::Place;

/// Which place of the list each slot belongs to.
///
/// Slot after slot every place earns its weight and the taker pays the total. The first place that is owed a whole slot
/// gets it; without one the first that owes nothing.
pub fn slots(places: &[Place]) -> Vec<u16> {
    let divisor = places.iter().fold(0, |known, place| greatest_common_divisor(known, place.weight)).max(1);
    let weights: Vec<i64> = places.iter().map(|place| i64::from(place.weight / divisor)).collect();
    let total: i64 = weights.iter().sum();
    let mut credits = vec![0i64; weights.len()];
    let mut slots = Vec::with_capacity(total as usize);
    for _ in 0..total {
        let mut best = (-1, 0);
        for (at, (credit, weight)) in credits.iter_mut().zip(&weights).enumerate() {
            *credit += weight;
            let owed = (*credit + total) / total;
            if owed > best.0 {
                best = (owed, at);
            }
        }
        if let Some(credit) = credits.get_mut(best.1) {
            *credit -= total;
        }
        slots.push(best.1 as u16);
    }
    slots
}

fn greatest_common_divisor(mut left: u32, mut right: u32) -> u32 {
    while right > 0 {
        (left, right) = (right, left % right);
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::ids::ServerId;

    #[test]
    fn as_recorded() {
        for (weights, expected) in [
            (&[1, 3][..], "1222"),
            (&[1, 2, 3], "132323"),
            (&[3, 2, 1], "112123"),
            (&[2, 3, 5], "1323132323"),
            (&[5, 1, 1], "1112113"),
            (&[4, 2, 6], "131323"),
            (&[7, 3], "1112112112"),
        ] {
            let places: Vec<Place> = weights.iter().map(|&weight| Place { server: ServerId(0), weight }).collect();
            let got: String = slots(&places).iter().map(|&slot| char::from(b'1' + slot as u8)).collect();
            assert_eq!(got, expected, "{weights:?}");
        }
    }
}
