//! The events of a simulation other than ticks.

use super::node_fault::NodeFault;
use crate::node::{NodeId, Timer};

/// An event in the queue of a simulation, other than a tick.
#[derive(Debug)]
pub enum Event<M> {
    /// A fault of a node begins or ends.
    Fault(NodeFault),
    /// A node that has resumed handles what waited, one callback per event; the callbacks are
    /// counted.
    CatchUp(NodeId, u64),
    /// A node starts again.
    Start(NodeId),
    /// A message from this node arrives; its key contains the rest.
    Deliver(NodeId, M),
    /// A message is injected from outside, as if from the first node, to the second.
    Inject(NodeId, NodeId, M),
    /// A timer of a node goes off.
    Timer(NodeId, Timer),
}
