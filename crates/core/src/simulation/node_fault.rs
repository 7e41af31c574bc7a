//! Faults of nodes: crashes, restarts and pauses at stated times.

use crate::engine::time::Instant;
use crate::node::NodeId;

/// Beginning or end of a fault of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NodeFault {
    /// The node stops and loses all state except its disk; messages that arrive meanwhile are lost.
    Crash(NodeId),
    /// The node crashes and loses its disk, too.
    Wipe(NodeId),
    /// The node is rebuilt and starts.
    Restart(NodeId),
    /// The node has no callbacks until it resumes; messages and timers wait. Has no effect on a
    /// node that is down; a crash ends it.
    Pause(NodeId),
    /// The node handles everything that waited, in the order of arrival, and continues.
    Resume(NodeId),
}

impl NodeFault {
    /// Returns the affected node.
    pub fn node(self) -> NodeId {
        match self {
            NodeFault::Crash(node)
            | NodeFault::Wipe(node)
            | NodeFault::Restart(node)
            | NodeFault::Pause(node)
            | NodeFault::Resume(node) => node,
        }
    }
}

/// Outages of nodes, known from the beginning of the run.
#[derive(Clone, Debug, Default)]
pub struct Outages {
    /// Outages of each node: from the crash until before the restart. Empty without faults.
    of_node: Vec<Vec<(Instant, Instant)>>,
}

impl Outages {
    /// Computes the outages of nodes `0..nodes`. Faults of one instant happen in the order of the
    /// list.
    ///
    /// # Panics
    /// If a fault names a node that does not exist.
    pub fn new(faults: &[(Instant, NodeFault)], nodes: u32) -> Outages {
        let mut sorted = faults.to_vec();
        sorted.retain(|(_, fault)| !matches!(fault, NodeFault::Pause(_) | NodeFault::Resume(_)));
        if sorted.is_empty() {
            return Outages::default();
        }
        sorted.sort_by_key(|(at, _)| *at);
        let mut of_node: Vec<Vec<(Instant, Instant)>> = vec![vec![]; nodes as usize];
        for (at, fault) in sorted {
            match fault {
                NodeFault::Crash(id) | NodeFault::Wipe(id) => {
                    let outages = &mut of_node[id.index()];
                    if outages.last().is_none_or(|(_, until)| *until <= at) {
                        outages.push((at, Instant::MAX));
                    }
                }
                NodeFault::Restart(id) => {
                    if let Some((_, until)) = of_node[id.index()].last_mut() {
                        *until = (*until).min(at);
                    }
                }
                NodeFault::Pause(_) | NodeFault::Resume(_) => {}
            }
        }
        Outages { of_node }
    }

    /// Whether no node is ever down.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.of_node.is_empty()
    }

    /// Whether a node is down at an instant.
    #[inline]
    pub fn down(&self, id: NodeId, at: Instant) -> bool {
        let Some(outages) = self.of_node.get(id.index()) else { return false };
        // Outages do not overlap, so only the last one that has begun can contain `at`.
        let begun = outages.partition_point(|(from, _)| *from <= at);
        outages[..begun].last().is_some_and(|(_, until)| at < *until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_is_down_from_its_crash_until_its_restart() {
        let at = Instant::from_ns;
        let id = NodeId(1);
        let faults = [
            (at(30), NodeFault::Crash(id)),
            (at(10), NodeFault::Crash(id)),
            (at(20), NodeFault::Restart(id)),
            (at(25), NodeFault::Restart(id)),
        ];
        let outages = Outages::new(&faults, 2);
        let down: Vec<u64> = (0..40).filter(|ns| outages.down(id, at(*ns))).collect();
        assert_eq!(down, (10..20).chain(30..40).collect::<Vec<_>>());
        assert!(!outages.down(NodeId(0), at(15)));
    }
}
