//! The observer of a simulation: receives records of nodes and copies of messages.

use crate::engine::time::Instant;
use crate::network::CopySent;
use crate::node::{Node, NodeId};

/// Receives the records and copies of a simulation, and can stop it.
pub trait Observer<N: Node> {
    /// Receives a record of a node.
    fn record(&mut self, at: Instant, node: NodeId, record: &N::Record);

    /// Receives a copy of `message` when it is sent, with its fate.
    fn copy(&mut self, copy: &CopySent, message: &N::Message) {
        let _ = (copy, message);
    }

    /// A node will tick soon: an observer of very many nodes may read what it has of this one, to
    /// load it into the cache, and return anything of it.
    #[inline(always)]
    fn expect(&self, node: NodeId) -> u64 {
        let _ = node;
        0
    }

    /// Whether the run should stop. Polled now and then by the caller of the simulation, which
    /// decides.
    fn wants_to_stop(&self) -> bool {
        false
    }

    /// Receives the time now and then, from the caller of the simulation.
    fn passes(&mut self, at: Instant) {
        let _ = at;
    }

    /// Whether the run is complete: polled after each event that is not a tick. If true, the
    /// simulation pauses.
    #[inline(always)]
    fn is_over(&self) -> bool {
        false
    }
}

/// Two observers, called one after the other.
impl<N: Node, A: Observer<N>, B: Observer<N>> Observer<N> for (&mut A, &mut B) {
    #[inline(always)]
    fn record(&mut self, at: Instant, node: NodeId, record: &N::Record) {
        self.0.record(at, node, record);
        self.1.record(at, node, record);
    }

    #[inline(always)]
    fn copy(&mut self, copy: &CopySent, message: &N::Message) {
        self.0.copy(copy, message);
        self.1.copy(copy, message);
    }

    #[inline(always)]
    fn expect(&self, node: NodeId) -> u64 {
        self.0.expect(node) ^ self.1.expect(node)
    }

    fn wants_to_stop(&self) -> bool {
        self.0.wants_to_stop() || self.1.wants_to_stop()
    }

    fn passes(&mut self, at: Instant) {
        self.0.passes(at);
        self.1.passes(at);
    }

    #[inline(always)]
    fn is_over(&self) -> bool {
        self.0.is_over() || self.1.is_over()
    }
}

/// The observer that ignores everything.
impl<N: Node> Observer<N> for () {
    fn record(&mut self, _: Instant, _: NodeId, _: &N::Record) {}
}
