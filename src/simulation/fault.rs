//! What goes wrong with nodes: crashes and restarts at stated times.

use crate::engine::time::Instant;
use crate::node::NodeId;

/// Something that goes wrong with a node, or is mended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The node stops and forgets all but its disk; what arrives meanwhile is lost.
    Crash(NodeId),
    /// The node is built anew and starts.
    Restart(NodeId),
}

/// When each node is down, known from the beginning of the run.
#[derive(Clone, Debug, Default)]
pub struct Outages {
    /// For each node its outages: from the crash until before the restart. Empty without faults.
    of_node: Vec<Vec<(Instant, Instant)>>,
}

impl Outages {
    /// The outages that these faults make, for nodes `0..nodes`. Faults of one instant happen in
    /// the order of the list.
    ///
    /// # Panics
    /// If a fault names a node that does not exist.
    pub fn new(faults: &[(Instant, Fault)], nodes: u32) -> Outages {
        if faults.is_empty() {
            return Outages::default();
        }
        let mut sorted = faults.to_vec();
        sorted.sort_by_key(|(at, _)| *at);
        let mut of_node: Vec<Vec<(Instant, Instant)>> = vec![vec![]; nodes as usize];
        for (at, fault) in sorted {
            match fault {
                Fault::Crash(id) => {
                    let outages = &mut of_node[id.index()];
                    if outages.last().is_none_or(|(_, until)| *until <= at) {
                        outages.push((at, Instant::MAX));
                    }
                }
                Fault::Restart(id) => {
                    if let Some((_, until)) = of_node[id.index()].last_mut() {
                        *until = (*until).min(at);
                    }
                }
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
        let outages = self.of_node.get(id.index());
        outages.is_some_and(|o| o.iter().any(|(from, until)| (*from..*until).contains(&at)))
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
            (at(30), Fault::Crash(id)),
            (at(10), Fault::Crash(id)),
            (at(20), Fault::Restart(id)),
            (at(25), Fault::Restart(id)),
        ];
        let outages = Outages::new(&faults, 2);
        let down: Vec<u64> = (0..40).filter(|ns| outages.down(id, at(*ns))).collect();
        assert_eq!(down, (10..20).chain(30..40).collect::<Vec<_>>());
        assert!(!outages.down(NodeId(0), at(15)));
    }
}
