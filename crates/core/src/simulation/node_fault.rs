//! Faults of nodes: crashes, restarts and pauses at stated times.

use super::{Event, Simulation};
use crate::engine::queue::{Class, Queue};
use crate::engine::rng::Purpose;
use crate::engine::ticks::Schedule;
use crate::engine::time::Instant;
use crate::node::{Node, NodeId, Timer};

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

impl<N: Node, Q: Queue<Event<N::Message>>> Simulation<N, Q> {
    pub(super) fn is_up(&self, id: NodeId, at: Instant) -> bool {
        !self.outages.down(id, at)
    }

    pub(super) fn fault(&mut self, at: Instant, fault: NodeFault) {
        match fault {
            NodeFault::Crash(id) => {
                self.stop(at, id);
                if let Some(disk) = &mut self.places[id.index()].state.disk {
                    // One stream for all crashes of a node: each draws anew what the disk keeps.
                    let stream = || self.seed.stream(Purpose::Disk, u64::from(id.0));
                    disk.crash(self.disk_rngs.entry(id).or_insert_with(stream));
                }
            }
            NodeFault::Wipe(id) => {
                self.stop(at, id);
                self.places[id.index()].state.disk = None;
            }
            NodeFault::Restart(id) => {
                let place = &mut self.places[id.index()];
                place.node = (self.make)(id);
                place.state.started = at;
                let key = self.order.external(at, Class::Start, u64::from(id.0));
                self.queue.push(key, Event::Start(id));
            }
            NodeFault::Pause(id) => self.pause(at, id),
            NodeFault::Resume(id) => self.resume(at, id),
        }
    }

    /// Takes a node down, and drops its ticks, its timers and its waiting messages.
    fn stop(&mut self, at: Instant, id: NodeId) {
        let state = &mut self.places[id.index()].state;
        state.schedule = Schedule::NONE;
        self.queue.set_tick(id.0, Instant::MAX);
        let all = (id, Timer(0))..=(id, Timer(u64::MAX));
        for timer in self.timers.range(all).copied().collect::<Vec<_>>() {
            self.timers.remove(&timer);
        }
        let forgotten = state.inbox.take_all(at, id, &self.order);
        self.counts.forgotten += forgotten.len() as u64 + self.pauses.crash(id);
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
