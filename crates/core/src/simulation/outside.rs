//! Effects from outside of a simulation: injected messages, and faults decided during the run.

use super::Simulation;
use super::event::Event;
use super::node_fault::{NodeFault, Outages};
use crate::engine::queue::{Class, Queue};
use crate::engine::time::Instant;
use crate::network::{self, Network};
use crate::node::{Node, NodeId};

impl<N: Node, Q: Queue<Event<N::Message>>> Simulation<N, Q> {
    /// Injects a message to a node from outside the network, as if from `from`. Injections of one
    /// instant keep their order.
    ///
    /// # Panics
    /// If `at` is in the past.
    pub fn inject(&mut self, at: Instant, from: NodeId, to: NodeId, message: N::Message) {
        assert!(at >= self.now, "{at} is in the past");
        self.external_events += 1;
        let key = self.order.external(at, Class::ClientOperation, self.external_events);
        self.queue.push(key, Event::Inject(from, to, message));
    }

    /// Replaces the network, and adds faults of nodes to those that have begun, from now on. The
    /// fate of copies that have been sent does not change; the random streams of the network
    /// restart. For hosted runs, whose faults cannot be decided before the run begins.
    ///
    /// # Panics
    /// If [`Simulation::new`] would, or if a fault lies in the past.
    pub fn replace_faults(
        &mut self,
        network: &network::NetworkSettings,
        faults: &[(Instant, NodeFault)],
    ) {
        let nodes = self.places.len() as u32;
        for &(at, fault) in faults {
            assert!(at >= self.now, "{at} is in the past");
            self.external_events += 1;
            let key = self.order.external(at, Class::Fault, self.external_events);
            self.queue.push(key, Event::Fault(fault));
        }
        self.network = Network::new(network, nodes, self.seed);
        self.outages = Outages::new(faults, nodes);
        self.plain_latency = self.network.plain_latency().filter(|_| self.outages.is_empty());
    }
}
