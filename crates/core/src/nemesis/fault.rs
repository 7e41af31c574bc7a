//! A fault of the nemesis: its kind and its target.

use super::{FaultKind, Target};
use crate::engine::ratio::Ratio;
use crate::engine::time::Duration;
use crate::network::Cut;
use crate::node::NodeId;

/// A fault, without its times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Kind of the fault.
    pub kind: FaultKind,
    /// Target of the fault. Its form is that of the kind.
    pub target: Target,
}

/// Constructors for models and tests; a new kind does not need one.
impl Fault {
    /// Creates a partition with the name of its shape.
    pub fn partition(shape: &'static str, cut: Cut) -> Fault {
        Fault { kind: FaultKind::Partition, target: Target::Cut(Some(shape), cut) }
    }

    /// Creates a cut in one direction.
    pub fn one_way(cut: Cut) -> Fault {
        Fault { kind: FaultKind::OneWay, target: Target::Cut(None, cut) }
    }

    /// Creates an outage of nodes that keep their disks.
    pub fn crash(ids: Vec<NodeId>) -> Fault {
        Fault { kind: FaultKind::Crash, target: Target::Nodes(ids) }
    }

    /// Creates an outage of nodes that lose their disks.
    pub fn wipe(ids: Vec<NodeId>) -> Fault {
        Fault { kind: FaultKind::Wipe, target: Target::Nodes(ids) }
    }

    /// Creates a pause of nodes.
    pub fn pause(ids: Vec<NodeId>) -> Fault {
        Fault { kind: FaultKind::Pause, target: Target::Nodes(ids) }
    }

    /// Creates a delay of all messages from and to nodes.
    pub fn slow(ids: Vec<NodeId>, by: Duration) -> Fault {
        Fault { kind: FaultKind::Slow, target: Target::SlowNodes(ids, by) }
    }

    /// Creates a skew of clocks, with their rates relative to true time.
    pub fn skew(rates: Vec<(NodeId, Ratio)>) -> Fault {
        Fault { kind: FaultKind::Skew, target: Target::Rates(rates) }
    }

    /// Creates a loss of copies with a probability.
    pub fn loss(chance: Ratio) -> Fault {
        Fault { kind: FaultKind::Loss, target: Target::Probability(chance) }
    }

    /// Creates a duplication of copies with a probability.
    pub fn duplication(chance: Ratio) -> Fault {
        Fault { kind: FaultKind::Duplication, target: Target::Probability(chance) }
    }

    /// Returns the affected nodes; none if the target is links or copies.
    pub fn nodes(&self) -> Vec<NodeId> {
        self.target.nodes()
    }
}
