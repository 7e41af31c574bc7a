//! Validation of a set-up before a simulation is created from it.

use super::Setup;
use crate::engine::ratio::Ratio;
use crate::network::{Cut, Degradation};
use crate::node::NodeId;

/// Reason why a [`Setup`] is invalid.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SetupError {
    /// There are no nodes.
    #[error("there are no nodes")]
    NoNodes,
    /// A probability is above 1.
    #[error("{what} is a probability of at most 1, found {found}")]
    AboveOne {
        /// The setting.
        what: &'static str,
        /// Its value.
        found: Ratio,
    },
    /// A setting names a node that does not exist.
    #[error("{what} names {node}, but there are {nodes} nodes")]
    UnknownNode {
        /// The setting.
        what: &'static str,
        /// The node that it names.
        node: NodeId,
        /// Number of nodes.
        nodes: u32,
    },
    /// The rate of a clock is zero.
    #[error("the clock of {node} would stand still: its rate is 0")]
    ClockStandsStill {
        /// Owner of the clock.
        node: NodeId,
    },
    /// More clock offsets than nodes.
    #[error("there are {offsets} clock offsets for {nodes} nodes")]
    TooManyClockOffsets {
        /// Number of offsets.
        offsets: usize,
        /// Number of nodes.
        nodes: u32,
    },
}

impl Setup {
    /// Validates this set-up.
    ///
    /// # Errors
    /// The first violation found.
    pub fn check(&self) -> Result<(), SetupError> {
        if self.nodes == 0 {
            return Err(SetupError::NoNodes);
        }
        self.check_network()?;
        for (_, fault) in &self.faults {
            self.known("a fault", [fault.node()])?;
        }
        for skew in &self.clocks {
            self.known("a clock", [skew.node])?;
            if skew.rate == Ratio::ZERO {
                return Err(SetupError::ClockStandsStill { node: skew.node });
            }
        }
        let (offsets, nodes) = (self.clock_offsets.len(), self.nodes);
        if offsets > nodes as usize {
            return Err(SetupError::TooManyClockOffsets { offsets, nodes });
        }
        Ok(())
    }

    fn check_network(&self) -> Result<(), SetupError> {
        let network = &self.network;
        at_most_one("loss", network.loss)?;
        at_most_one("duplication", network.duplication)?;
        for link in &network.links {
            self.known("a link", [link.from, link.to])?;
            at_most_one("the loss of a link", link.loss.unwrap_or(Ratio::ZERO))?;
        }
        for partition in &network.partitions {
            let known = |nodes: &[NodeId]| self.known("a partition", nodes.iter().copied());
            match &partition.cut {
                Cut::Groups(groups) => groups.iter().try_for_each(|group| known(group))?,
                Cut::OneWay { from, to } => known(from).and_then(|()| known(to))?,
                Cut::Links(links) => links.iter().try_for_each(|(a, b)| known(&[*a, *b]))?,
            }
        }
        network.degradations.iter().try_for_each(|window| match &window.degradation {
            Degradation::Loss(ratio) => at_most_one("loss for a while", *ratio),
            Degradation::Duplication(ratio) => at_most_one("duplication for a while", *ratio),
            Degradation::Slow(nodes, _) => self.known("a slow spell", nodes.iter().copied()),
        })
    }

    /// Checks that nodes exist.
    fn known(
        &self,
        what: &'static str,
        nodes: impl IntoIterator<Item = NodeId>,
    ) -> Result<(), SetupError> {
        match nodes.into_iter().find(|node| node.0 >= self.nodes) {
            Some(node) => Err(SetupError::UnknownNode { what, node, nodes: self.nodes }),
            None => Ok(()),
        }
    }
}

fn at_most_one(what: &'static str, found: Ratio) -> Result<(), SetupError> {
    if found > Ratio::ONE { Err(SetupError::AboveOne { what, found }) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::rng::Seed;
    use crate::engine::time::Instant;
    use crate::network::Partition;
    use crate::simulation::{NodeFault, Skew};

    #[track_caller]
    fn check(change: impl FnOnce(&mut Setup), expected: &str) {
        let mut setup = Setup::new(3, Seed::new(1).expect("a seed"));
        assert_eq!(setup.check(), Ok(()));
        change(&mut setup);
        assert_eq!(setup.check().expect_err(expected).to_string(), expected);
    }

    #[test]
    fn a_wrong_set_up_has_its_reason() {
        let (ever, four) = ((Instant::ZERO, Instant::MAX), NodeId(3));
        let two = Ratio::new(2, 1).expect("a ratio");
        let skew = |node, rate| Skew { node, at: ever.0, until: ever.1, rate };
        let cut = |cut| Partition { at: ever.0, until: ever.1, cut };
        check(|s| s.nodes = 0, "there are no nodes");
        check(|s| s.network.loss = two, "loss is a probability of at most 1, found 2");
        let unknown = "a partition names n4, but there are 3 nodes";
        check(|s| s.network.partitions = vec![cut(Cut::Groups(vec![vec![four]]))], unknown);
        check(|s| s.network.partitions = vec![cut(Cut::Links(vec![(NodeId(0), four)]))], unknown);
        let fault = "a fault names n4, but there are 3 nodes";
        check(|s| s.faults = vec![(ever.0, NodeFault::Pause(four))], fault);
        check(|s| s.faults = vec![(ever.0, NodeFault::Crash(four))], fault);
        let clock = "a clock names n4, but there are 3 nodes";
        check(|s| s.clocks = vec![skew(four, Ratio::ONE)], clock);
        let still = "the clock of n1 would stand still: its rate is 0";
        check(|s| s.clocks = vec![skew(NodeId(0), Ratio::ZERO)], still);
    }
}
