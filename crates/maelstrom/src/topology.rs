//! Topologies: the neighbours of each node, as Maelstrom lays them out.

use crate::node::NodeId;

/// The shape of the topology that nodes receive.
///
/// ```text
/// line           grid           tree (2 branches)
///
/// 0 ─ 1 ─ 2      0 ─ 1 ─ 2            0
///                │   │   │          ┌─┴─┐
///                3 ─ 4 ─ 5          1   2
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Topology {
    /// One node after the other.
    Line,
    /// Rows of a square, each node beside up to four others.
    #[default]
    Grid,
    /// A complete tree in which each node has this number of children.
    Tree(u32),
    /// Every node beside every other.
    Total,
}

impl Topology {
    /// The names, each with its shape.
    pub const NAMES: [(&'static str, Topology); 7] = [
        ("line", Topology::Line),
        ("grid", Topology::Grid),
        ("tree", Topology::Tree(2)),
        ("tree2", Topology::Tree(2)),
        ("tree3", Topology::Tree(3)),
        ("tree4", Topology::Tree(4)),
        ("total", Topology::Total),
    ];

    /// Its name; that of the binary tree is `tree2`.
    pub fn name(self) -> &'static str {
        let found = Topology::NAMES.iter().rev().find(|(_, shape)| *shape == self);
        found.map_or("tree", |(name, _)| name)
    }

    /// Returns the neighbours of each of `nodes` nodes, in ascending order.
    pub fn neighbours(self, nodes: u32) -> Vec<Vec<NodeId>> {
        let all = |id: u32| -> Vec<u32> {
            match self {
                Topology::Line => vec![id.wrapping_sub(1), id + 1],
                Topology::Grid => {
                    let side = side(nodes);
                    let column = id % side;
                    let left = if column > 0 { id - 1 } else { nodes };
                    let right = if column + 1 < side { id + 1 } else { nodes };
                    vec![id.wrapping_sub(side), left, right, id + side]
                }
                Topology::Tree(branches) => {
                    let parent = if id > 0 { (id - 1) / branches } else { nodes };
                    let first = u64::from(id) * u64::from(branches) + 1;
                    let children = (first..first + u64::from(branches))
                        .map(|child| u32::try_from(child).unwrap_or(nodes));
                    std::iter::once(parent).chain(children).collect()
                }
                Topology::Total => (0..nodes).filter(|other| *other != id).collect(),
            }
        };
        let there = |id| all(id).into_iter().filter(|id| *id < nodes).map(NodeId).collect();
        (0..nodes).map(there).collect()
    }
}

/// Returns the side of the smallest square that holds this many nodes.
fn side(nodes: u32) -> u32 {
    let root = u64::from(nodes).isqrt();
    let side = if root * root < u64::from(nodes) { root + 1 } else { root };
    side.max(1) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(shape: Topology, nodes: u32, expected: &[&[u32]]) {
        let found = shape.neighbours(nodes);
        let found: Vec<Vec<u32>> =
            found.iter().map(|list| list.iter().map(|id| id.0).collect()).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn neighbours_are_those_of_the_shape() {
        check(Topology::Line, 3, &[&[1], &[0, 2], &[1]]);
        check(Topology::Grid, 5, &[&[1, 3], &[0, 2, 4], &[1], &[0, 4], &[1, 3]]);
        check(Topology::Tree(2), 6, &[&[1, 2], &[0, 3, 4], &[0, 5], &[1], &[1], &[2]]);
        check(Topology::Tree(4), 6, &[&[1, 2, 3, 4], &[0, 5], &[0], &[0], &[0], &[1]]);
        check(Topology::Total, 3, &[&[1, 2], &[0, 2], &[0, 1]]);
        for (_, shape) in Topology::NAMES {
            check(shape, 1, &[&[]]);
        }
    }

    #[test]
    fn neighbours_are_mutual() {
        for (name, shape) in Topology::NAMES {
            for nodes in 1..40 {
                let all = shape.neighbours(nodes);
                for (id, neighbours) in (0..).map(NodeId).zip(&all) {
                    let mutual = |other: &NodeId| all[other.index()].contains(&id);
                    assert!(neighbours.iter().all(mutual), "{name} of {nodes}");
                }
            }
        }
    }
}
