//! The source of drawn faults: a random stream, and the targets that can be drawn from it.

use super::NemesisSettings;
use super::partition_shape::some;
use crate::engine::ratio::Ratio;
use crate::engine::rng::Rng;
use crate::network::Cut;
use crate::node::NodeId;

/// One in this many sets of victims has more than one node, if a minority is more than one node.
const SEVERAL_ONE_IN: u64 = 4;

/// Generator of the faults of one kind.
pub(super) struct Source<'a> {
    pub(super) settings: &'a NemesisSettings,
    pub(super) nodes: u32,
    pub(super) rng: Rng,
}

impl Source<'_> {
    pub(super) fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.rng.below(all.len() as u64) as usize]
    }

    pub(super) fn probability(&mut self) -> Ratio {
        ratio(self.one_of(&[(1, 20), (1, 10), (1, 5), (3, 10)]))
    }

    /// Draws victims: mostly one node, now and then several, but less than half of them; of one or
    /// two nodes one.
    pub(super) fn victims(&mut self) -> Vec<NodeId> {
        let minority = (self.nodes.saturating_sub(1) / 2).max(1);
        let several = self.rng.below(SEVERAL_ONE_IN) == 0 && minority > 1;
        let count = if several { 2 + self.rng.below(u64::from(minority) - 1) as u32 } else { 1 };
        some(self.nodes, count, &mut self.rng)
    }

    /// Draws victims, each with the rate of its clock.
    pub(super) fn skewed_clocks(&mut self) -> Vec<(NodeId, Ratio)> {
        let victims = self.victims();
        let rate = |id| (id, ratio(self.one_of(&[(1, 2), (4, 5), (5, 4), (2, 1)])));
        victims.into_iter().map(rate).collect()
    }

    /// Draws a set of nodes whose messages do not reach the other nodes.
    pub(super) fn one_way(&mut self) -> Option<Cut> {
        let most = self.nodes.checked_sub(1).filter(|most| *most > 0)?;
        let count = 1 + self.rng.below(u64::from(most)) as u32;
        let from = some(self.nodes, count, &mut self.rng);
        let to = (0..self.nodes).map(NodeId).filter(|id| !from.contains(id)).collect();
        Some(Cut::OneWay { from, to })
    }
}

fn ratio((numerator, denominator): (u64, u64)) -> Ratio {
    Ratio::new(numerator, denominator).expect("no denominator here is zero")
}
