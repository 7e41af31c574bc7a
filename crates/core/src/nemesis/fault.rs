//! A fault: its kind, and whom or what it hits.

use super::FaultKind;
use crate::engine::ratio::Ratio;
use crate::engine::time::Duration;
use crate::network::Cut;
use crate::node::NodeId;

/// What goes wrong in a window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The kind of fault.
    pub kind: FaultKind,
    /// What it hits. Its form is that of the kind.
    pub target: Target,
}

/// What a fault hits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// Links, with the name of the shape where the cut has one.
    Cut(Option<&'static str>, Cut),
    /// Nodes.
    Nodes(Vec<NodeId>),
    /// Nodes whose messages take longer by this.
    SlowNodes(Vec<NodeId>, Duration),
    /// Nodes whose clocks run at this many times their speed.
    Rates(Vec<(NodeId, Ratio)>),
    /// Copies, each with this probability, besides what the network's own settings take.
    Probability(Ratio),
}

/// Constructors for models and tests; a further kind needs none.
impl Fault {
    /// A cut with the name of its shape.
    pub fn partition(shape: &'static str, cut: Cut) -> Fault {
        Fault { kind: FaultKind::Partition, target: Target::Cut(Some(shape), cut) }
    }

    /// A cut in one direction.
    pub fn one_way(cut: Cut) -> Fault {
        Fault { kind: FaultKind::OneWay, target: Target::Cut(None, cut) }
    }

    /// An outage of nodes that keep their disks.
    pub fn crash(ids: Vec<NodeId>) -> Fault {
        Fault { kind: FaultKind::Crash, target: Target::Nodes(ids) }
    }

    /// An outage of nodes that lose their disks.
    pub fn wipe(ids: Vec<NodeId>) -> Fault {
        Fault { kind: FaultKind::Wipe, target: Target::Nodes(ids) }
    }

    /// A pause of nodes.
    pub fn pause(ids: Vec<NodeId>) -> Fault {
        Fault { kind: FaultKind::Pause, target: Target::Nodes(ids) }
    }

    /// A delay of all messages from and to nodes.
    pub fn slow(ids: Vec<NodeId>, by: Duration) -> Fault {
        Fault { kind: FaultKind::Slow, target: Target::SlowNodes(ids, by) }
    }

    /// Clocks that run at this many times their speed.
    pub fn skew(rates: Vec<(NodeId, Ratio)>) -> Fault {
        Fault { kind: FaultKind::Skew, target: Target::Rates(rates) }
    }

    /// Loss of copies with a probability.
    pub fn loss(chance: Ratio) -> Fault {
        Fault { kind: FaultKind::Loss, target: Target::Probability(chance) }
    }

    /// Duplication of copies with a probability.
    pub fn duplication(chance: Ratio) -> Fault {
        Fault { kind: FaultKind::Duplication, target: Target::Probability(chance) }
    }

    /// The nodes that are hit; none where links or copies are.
    pub fn nodes(&self) -> Vec<NodeId> {
        match &self.target {
            Target::Nodes(ids) | Target::SlowNodes(ids, _) => ids.clone(),
            Target::Rates(rates) => rates.iter().map(|(id, _)| *id).collect(),
            Target::Cut(..) | Target::Probability(_) => vec![],
        }
    }
}
