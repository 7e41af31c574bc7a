//! The shapes of partitions, as Jepsen knows them: who hears whom, drawn from a stream of chance.

use crate::engine::rng::Rng;
use crate::network::Cut;
use crate::node::NodeId;

/// The shape of a partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// One node alone.
    One,
    /// A minority of fewer than a third apart from the rest: of up to three nodes nobody.
    MinorityThird,
    /// Two halves; of an odd number of nodes one side is larger by one.
    Majority,
    /// Each node hears a majority, and no two majorities need be the same. Up to five nodes are in
    /// a ring, and each hears those around it; of three, then, each hears one neighbour only, and
    /// links have one direction. More nodes are in a random graph with links in both directions.
    MajoritiesRing,
}

impl Shape {
    /// All of them.
    pub const ALL: [Shape; 4] =
        [Shape::One, Shape::MinorityThird, Shape::Majority, Shape::MajoritiesRing];

    /// The name in histories.
    pub fn name(self) -> &'static str {
        match self {
            Shape::One => "one",
            Shape::MinorityThird => "minority-third",
            Shape::Majority => "majority",
            Shape::MajoritiesRing => "majorities-ring",
        }
    }

    /// A cut of this shape between nodes `0..nodes`.
    pub fn cut(self, nodes: u32, rng: &mut Rng) -> Cut {
        match self {
            Shape::One => split(nodes, 1, rng),
            Shape::MinorityThird => split(nodes, nodes.saturating_sub(1) / 3, rng),
            Shape::Majority => split(nodes, nodes / 2, rng),
            Shape::MajoritiesRing if nodes <= RING_MAX => ring(nodes, rng),
            Shape::MajoritiesRing => graph(nodes, rng),
        }
    }
}

/// So many nodes at most stand in a ring.
const RING_MAX: u32 = 5;

/// Nodes `0..nodes` in a random order.
fn shuffled(nodes: u32, rng: &mut Rng) -> Vec<NodeId> {
    let mut ids: Vec<NodeId> = (0..nodes).map(NodeId).collect();
    for last in (1..ids.len()).rev() {
        ids.swap(last, rng.below(last as u64 + 1) as usize);
    }
    ids
}

/// So many random nodes of `0..nodes`, in the order of their ids.
pub(super) fn some(nodes: u32, count: u32, rng: &mut Rng) -> Vec<NodeId> {
    let mut ids = shuffled(nodes, rng);
    ids.truncate(count as usize);
    ids.sort_unstable();
    ids
}

/// So many random nodes apart from all others.
fn split(nodes: u32, count: u32, rng: &mut Rng) -> Cut {
    let apart = some(nodes, count, rng);
    let rest = (0..nodes).map(NodeId).filter(|id| !apart.contains(id)).collect();
    Cut::Groups(vec![apart, rest])
}

/// How many nodes are more than half.
fn majority(nodes: u32) -> usize {
    nodes as usize / 2 + 1
}

/// In a ring of all nodes, each hears the majority in whose middle it stands: where that has no
/// middle, one more before it than behind it.
fn ring(nodes: u32, rng: &mut Rng) -> Cut {
    let ring = shuffled(nodes, rng);
    let size = majority(nodes);
    let mut links = Vec::new();
    for first in 0..ring.len() {
        let node = |place: usize| ring[(first + place) % ring.len()];
        links.extend((size..ring.len()).map(|place| (node(place), node(size / 2))));
    }
    links.sort_unstable();
    Cut::Links(links)
}

/// Links in both directions are added where there are fewest, until each node hears a majority.
/// Takes time with the cube of the number of nodes.
fn graph(nodes: u32, rng: &mut Rng) -> Cut {
    let count = nodes as usize;
    let mut hears = vec![vec![false; count]; count];
    (0..count).for_each(|node| hears[node][node] = true);
    let mut degrees = vec![1usize; count];
    loop {
        let poor = (0..count).filter(|node| degrees[*node] < majority(nodes)).collect();
        let Some(one) = poorest(poor, &degrees, rng) else { break };
        let strangers = (0..count).filter(|other| !hears[one][*other]).collect();
        let Some(other) = poorest(strangers, &degrees, rng) else { break };
        for (a, b) in [(one, other), (other, one)] {
            hears[a][b] = true;
            degrees[a] += 1;
        }
    }
    let pairs = (0..nodes).flat_map(|from| (0..nodes).map(move |to| (NodeId(from), NodeId(to))));
    Cut::Links(pairs.filter(|(from, to)| !hears[to.index()][from.index()]).collect())
}

/// One of those with the fewest links.
fn poorest(mut nodes: Vec<usize>, degrees: &[usize], rng: &mut Rng) -> Option<usize> {
    let fewest = nodes.iter().map(|node| degrees[*node]).min()?;
    nodes.retain(|node| degrees[*node] == fewest);
    nodes.get(rng.below(nodes.len() as u64) as usize).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::rng::{Purpose, Seed};
    use crate::engine::time::Instant;
    use crate::network::{Partition, Partitions};

    /// For each of some seeds, and then for each node, whom it hears, itself included.
    fn heard(shape: Shape, nodes: u32) -> Vec<Vec<Vec<u32>>> {
        let of_seed = |seed| {
            let mut rng = Seed::new(seed).expect("a seed").stream(Purpose::Nemesis, 0);
            let cut = shape.cut(nodes, &mut rng);
            let partition = Partition { at: Instant::ZERO, until: Instant::MAX, cut };
            let cuts = Partitions::new(&[partition], nodes);
            let hears = |to: u32, from: &u32| !cuts.cut(NodeId(*from), NodeId(to), Instant::ZERO);
            (0..nodes).map(|to| (0..nodes).filter(|from| hears(to, from)).collect()).collect()
        };
        (0..30).map(of_seed).collect()
    }

    /// The sizes of the sides on which the nodes are, smallest first.
    fn sizes(heard: &[Vec<u32>]) -> Vec<usize> {
        let mut sides = heard.to_vec();
        sides.sort();
        sides.dedup();
        let mut sizes: Vec<usize> = sides.iter().map(Vec::len).collect();
        sizes.sort_unstable();
        assert_eq!(sizes.iter().sum::<usize>(), heard.len(), "sides overlap: {heard:?}");
        sizes
    }

    #[test]
    fn sides_have_the_stated_sizes() {
        for nodes in 1u32..=9 {
            let n = nodes as usize;
            for (shape, apart) in
                [(Shape::One, 1), (Shape::MinorityThird, (n - 1) / 3), (Shape::Majority, n / 2)]
            {
                let mut expected = vec![apart, n - apart];
                expected.retain(|size| *size > 0);
                expected.sort_unstable();
                for heard in heard(shape, nodes) {
                    assert_eq!(sizes(&heard), expected, "{shape:?} of {nodes}");
                }
            }
        }
    }

    #[test]
    fn each_node_of_a_majorities_ring_hears_a_majority() {
        for nodes in 1u32..=12 {
            for heard in heard(Shape::MajoritiesRing, nodes) {
                for (id, hears) in (0..).zip(&heard) {
                    assert!(hears.contains(&id) && hears.len() >= majority(nodes), "{heard:?}");
                    let exact = nodes <= RING_MAX;
                    assert!(!exact || hears.len() == majority(nodes), "{heard:?}");
                }
            }
        }
    }

    #[test]
    fn links_of_a_majorities_ring_have_two_directions_but_for_three_nodes() {
        for nodes in [2u32, 3, 4, 5, 6, 11] {
            for heard in heard(Shape::MajoritiesRing, nodes) {
                let hears = |a: u32, b: u32| heard[a as usize].contains(&b);
                let mut pairs = (0..nodes).flat_map(|a| (0..a).map(move |b| (a, b)));
                let is_right = |(a, b)| (hears(a, b) == hears(b, a)) == (nodes != 3);
                assert!(pairs.all(is_right), "{heard:?}");
            }
        }
    }
}
