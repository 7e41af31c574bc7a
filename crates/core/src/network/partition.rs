//! Network partitions at stated times: which links are cut, checked when a message arrives.
//! Not here: who is drawn to which side (see `nemesis/partition_shape.rs`).

use crate::engine::time::Instant;
use crate::engine::windows::Windows;
use crate::node::NodeId;

/// A cut from one instant until another, the second excluded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Partition {
    /// First instant of the arrivals that are cut off.
    pub at: Instant,
    /// First instant of the arrivals that pass again.
    pub until: Instant,
    /// The links that are cut.
    pub cut: Cut,
}

/// The links that a partition cuts.
///
/// ```text
///   Groups [n1] [n2 n3]      n1 ✗ n2 ─ n3     both directions; a node in no group reaches all
///   OneWay [n1] -> [n2]      n1 ─✗► n2        n2 ───► n1
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cut {
    /// Nodes receive only from their own group; a node in no group sends to and receives from all.
    Groups(Vec<Vec<NodeId>>),
    /// Messages of the first nodes do not reach the second nodes; the other direction is open.
    OneWay {
        /// Senders whose messages are cut off.
        from: Vec<NodeId>,
        /// Receivers that these messages do not reach.
        to: Vec<NodeId>,
    },
    /// Messages of the first node of each pair do not reach the second.
    Links(Vec<(NodeId, NodeId)>),
}

impl Cut {
    /// Returns the side of each node, prepared for lookups.
    fn sides(&self, nodes: u32) -> Sides {
        let mut sides = vec![0u32; nodes as usize];
        match self {
            Cut::Groups(groups) => {
                for (group, members) in groups.iter().enumerate() {
                    members.iter().for_each(|node| sides[node.index()] = group as u32 + 1);
                }
                Sides::Groups(sides)
            }
            Cut::OneWay { from, to } => {
                from.iter().for_each(|node| sides[node.index()] |= SENDER);
                to.iter().for_each(|node| sides[node.index()] |= RECEIVER);
                Sides::OneWay(sides)
            }
            Cut::Links(links) => Sides::Links(Links::new(links, nodes)),
        }
    }
}

const SENDER: u32 = 1;
const RECEIVER: u32 = 2;

/// For each node its group (0: none), or whether it is a cut sender or receiver; or a set of links.
#[derive(Clone, Debug)]
enum Sides {
    Groups(Vec<u32>),
    OneWay(Vec<u32>),
    Links(Links),
}

impl Sides {
    fn separate(&self, from: NodeId, to: NodeId) -> bool {
        match self {
            Sides::Groups(group) => {
                let (a, b) = (group[from.index()], group[to.index()]);
                a != b && a != 0 && b != 0
            }
            Sides::OneWay(side) => {
                side[from.index()] & SENDER != 0 && side[to.index()] & RECEIVER != 0
            }
            Sides::Links(links) => links.has(from, to),
        }
    }
}

/// Bit matrix of the directed pairs of nodes: a row of words for each sender.
#[derive(Clone, Debug)]
struct Links {
    bits: Vec<u64>,
    words_per_row: usize,
}

impl Links {
    fn new(links: &[(NodeId, NodeId)], nodes: u32) -> Links {
        let words_per_row = (nodes as usize).div_ceil(64);
        let mut bits = vec![0; nodes as usize * words_per_row];
        for (from, to) in links {
            assert!(to.0 < nodes, "a cut names {to}, of {nodes} nodes");
            bits[from.index() * words_per_row + to.index() / 64] |= 1 << (to.0 % 64);
        }
        Links { bits, words_per_row }
    }

    fn has(&self, from: NodeId, to: NodeId) -> bool {
        let word = self.bits[from.index() * self.words_per_row + to.index() / 64];
        word >> (to.0 % 64) & 1 == 1
    }
}

/// All partitions of a run. Overlapping ones add up.
#[derive(Clone, Debug, Default)]
pub struct Partitions {
    cuts: Windows<Sides>,
}

impl Partitions {
    /// Creates the partitions of a run with nodes `0..nodes`, whose members must all exist.
    pub fn new(partitions: &[Partition], nodes: u32) -> Partitions {
        let cut = |p: &Partition| (p.at, p.until, p.cut.sides(nodes));
        Partitions { cuts: partitions.iter().map(cut).collect() }
    }

    /// Whether there are no partitions.
    pub fn is_empty(&self) -> bool {
        self.cuts.is_empty()
    }

    /// Whether a message that arrives at this instant is cut off.
    pub fn cut(&self, from: NodeId, to: NodeId, at: Instant) -> bool {
        self.cuts.at(at).any(|sides| sides.separate(from, to))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nodes(ids: &[u32]) -> Vec<NodeId> {
        ids.iter().copied().map(NodeId).collect()
    }

    #[track_caller]
    fn check(cut: Cut, at: u64, blocked: &[(u32, u32)]) {
        let partition = Partition { at: Instant::from_ns(10), until: Instant::from_ns(20), cut };
        let partitions = Partitions::new(&[partition], 4);
        let mut found = Vec::new();
        for (from, to) in (0..4).flat_map(|a| (0..4).map(move |b| (a, b))) {
            if partitions.cut(NodeId(from), NodeId(to), Instant::from_ns(at)) {
                found.push((from, to));
            }
        }
        assert_eq!(found, blocked);
    }

    #[test]
    fn groups_do_not_hear_each_other_and_outsiders_hear_all() {
        let groups = || Cut::Groups(vec![nodes(&[0]), nodes(&[1, 2])]);
        check(groups(), 10, &[(0, 1), (0, 2), (1, 0), (2, 0)]);
        check(groups(), 9, &[]);
        check(groups(), 20, &[]);
    }

    #[test]
    fn a_one_way_cut_leaves_the_way_back_open() {
        check(Cut::OneWay { from: nodes(&[0]), to: nodes(&[1, 2]) }, 19, &[(0, 1), (0, 2)]);
    }

    #[test]
    fn single_links_are_cut_in_one_direction() {
        let links = vec![(NodeId(3), NodeId(0)), (NodeId(1), NodeId(2))];
        check(Cut::Links(links), 10, &[(1, 2), (3, 0)]);
        check(Cut::Links(vec![]), 10, &[]);
    }

    #[test]
    fn the_last_of_many_nodes_has_its_links_too() {
        let links = Links::new(&[(NodeId(0), NodeId(64)), (NodeId(129), NodeId(128))], 130);
        let has = |from, to| links.has(NodeId(from), NodeId(to));
        assert!(has(0, 64) && has(129, 128));
        assert!(!has(64, 0) && !has(0, 0) && !has(0, 128) && !has(128, 129));
    }
}
