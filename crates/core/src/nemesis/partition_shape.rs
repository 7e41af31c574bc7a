//! Shapes of partitions, as in Jepsen, with members drawn from a random stream.

use crate::engine::rng::Rng;
use crate::network::Cut;
use crate::node::NodeId;

/// Shape of a partition.
///
/// ```text
///   One              n3 ✗ n1 n2 n4 n5 n6 n7
///   MinorityThird    n3 n6 ✗ n1 n2 n4 n5 n7
///   Majority         n2 n3 n6 ✗ n1 n4 n5 n7
///   MajoritiesRing   n1 ─ n2 ─ n3 ─ n4 ─ n5 ─ n1     (five nodes: a link to each neighbour)
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// One node is isolated.
    One,
    /// Fewer than a third of the nodes are separated from the rest: of up to three nodes none.
    MinorityThird,
    /// Two halves; of an odd number of nodes one side is larger by one.
    Majority,
    /// Each node receives from a majority, and no two majorities need be the same. Up to five nodes
    /// form a ring, and each receives from those around it; so of three nodes each receives from
    /// one neighbour only, and links have one direction. More nodes form a random graph with links
    /// in both directions.
    MajoritiesRing,
}

impl Shape {
    /// All shapes.
    pub const ALL: [Shape; 4] =
        [Shape::One, Shape::MinorityThird, Shape::Majority, Shape::MajoritiesRing];

    /// Name in histories.
    pub fn name(self) -> &'static str {
        match self {
            Shape::One => "one",
            Shape::MinorityThird => "minority-third",
            Shape::Majority => "majority",
            Shape::MajoritiesRing => "majorities-ring",
        }
    }

    /// Draws a cut of this shape between nodes `0..nodes`.
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

/// Maximum number of nodes in a ring.
const RING_MAX: u32 = 5;

/// Returns nodes `0..nodes` in a random order.
fn shuffled(nodes: u32, rng: &mut Rng) -> Vec<NodeId> {
    let mut ids: Vec<NodeId> = (0..nodes).map(NodeId).collect();
    for last in (1..ids.len()).rev() {
        ids.swap(last, rng.below(last as u64 + 1) as usize);
    }
    ids
}

/// Draws `count` nodes of `0..nodes`, in the order of ids.
pub(super) fn some(nodes: u32, count: u32, rng: &mut Rng) -> Vec<NodeId> {
    let mut ids = shuffled(nodes, rng);
    ids.truncate(count as usize);
    ids.sort_unstable();
    ids
}

/// Separates `count` random nodes from the others.
fn split(nodes: u32, count: u32, rng: &mut Rng) -> Cut {
    let apart = some(nodes, count, rng);
    let rest = (0..nodes).map(NodeId).filter(|id| !apart.contains(id)).collect();
    Cut::Groups(vec![apart, rest])
}

/// Returns the smallest number of nodes that is more than half.
fn majority(nodes: u32) -> usize {
    nodes as usize / 2 + 1
}

/// Arranges all nodes in a ring, where each receives from the majority in whose middle it is; if
/// that majority is even, from one more node before it than behind it.
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

/// Adds links in both directions between the nodes with the fewest, until each node receives from a
/// majority. Takes time with the cube of the number of nodes.
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

/// Draws one of the nodes with the fewest links.
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

    /// For each seed and each node the nodes that it receives from, itself included.
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

    /// Sizes of the sides, smallest first.
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
