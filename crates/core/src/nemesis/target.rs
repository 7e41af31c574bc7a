//! The target of a fault: links, nodes or copies of messages.

use crate::engine::ratio::Ratio;
use crate::engine::time::Duration;
use crate::network::Cut;
use crate::node::NodeId;

/// Target of a fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// Links, with the name of the shape if the cut has one.
    Cut(Option<&'static str>, Cut),
    /// Nodes.
    Nodes(Vec<NodeId>),
    /// Nodes whose messages take longer by this.
    SlowNodes(Vec<NodeId>, Duration),
    /// Nodes with the rates of their clocks, relative to true time.
    Rates(Vec<(NodeId, Ratio)>),
    /// Copies, each with this probability, in addition to that of the network's own settings.
    Probability(Ratio),
}

impl Target {
    /// Returns the affected nodes; none if the target is links or copies.
    pub fn nodes(&self) -> Vec<NodeId> {
        match self {
            Target::Nodes(ids) | Target::SlowNodes(ids, _) => ids.clone(),
            Target::Rates(rates) => rates.iter().map(|(id, _)| *id).collect(),
            Target::Cut(..) | Target::Probability(_) => vec![],
        }
    }
}
