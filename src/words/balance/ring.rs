//! The ring of consistent hashing: many nodes per server, of which the nearest to a hash is taken.

use super::digest::avalanche;
use super::places::Place;

/// Nodes that a server has on the ring for each unit of its weight.
const NODES_PER_WEIGHT: u32 = 16;

/// The numbers reserved for one server's nodes: 256 units of weight.
const NODES_MAX: u32 = 256 * NODES_PER_WEIGHT;

/// The nodes in order: the hash of each, and its place of the list.
#[derive(Debug, Default)]
pub struct Ring {
    nodes: Vec<(u32, u16)>,
}

impl Ring {
    /// A ring of these places; `uid` is the number that a server keeps whatever the others do.
    pub fn of(places: &[Place], uid: impl Fn(&Place) -> u32) -> Ring {
        let mut nodes = Vec::new();
        for (at, place) in places.iter().enumerate() {
            let first = uid(place).wrapping_mul(NODES_MAX);
            let count = (place.weight * NODES_PER_WEIGHT).min(NODES_MAX);
            nodes.extend((0..count).map(|node| (avalanche(first.wrapping_add(node)), at as u16)));
        }
        nodes.sort_by_key(|node| node.0);
        Ring { nodes }
    }

    /// Index of the node that is nearest to a hash, on either side.
    pub fn nearest(&self, hash: u32) -> usize {
        if self.nodes.is_empty() {
            return 0;
        }
        let after = self.nodes.partition_point(|node| node.0 < hash) % self.nodes.len();
        let before = (after + self.nodes.len() - 1) % self.nodes.len();
        let distance =
            |at: usize, from: fn(u32, u32) -> u32| self.nodes.get(at).map_or(u32::MAX, |node| from(node.0, hash));
        let ahead = distance(after, |node, hash| node.wrapping_sub(hash));
        let behind = distance(before, |node, hash| hash.wrapping_sub(node));
        if behind <= ahead { before } else { after }
    }

    /// The places of the nodes from this one on, once around.
    pub fn from(&self, index: usize) -> impl Iterator<Item = u16> + '_ {
        let (before, after) = self.nodes.split_at(index.min(self.nodes.len()));
        after.iter().chain(before).map(|node| node.1)
    }

    /// How many nodes there are.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::ids::ServerId;

    #[test]
    fn as_recorded() {
        let places: Vec<Place> =
            [2, 3, 5].iter().zip(1..).map(|(&weight, id)| Place { server: ServerId(id), weight }).collect();
        let ring = Ring::of(&places, |place| place.server.0);
        assert_eq!(ring.len(), 160);
        let walk: String = ring.from(0).take(60).map(|at| char::from(b'1' + at as u8)).collect();
        assert_eq!(walk, "333333133323332211112333123231231113212212333312332333131333");
        let empty = Ring::default();
        assert_eq!((empty.nearest(5), empty.from(0).count()), (0, 0));
    }
}
