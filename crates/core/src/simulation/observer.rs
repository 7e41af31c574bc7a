//! Who is told what happens in a simulation.

use crate::engine::time::Instant;
use crate::network::CopySent;
use crate::node::{Node, NodeId};

/// Who is told what happens.
pub trait Observer<N: Node> {
    /// A node has put something on record.
    fn record(&mut self, at: Instant, node: NodeId, record: &N::Record);

    /// A copy of `message` was sent, and this will become of it.
    fn copy(&mut self, copy: &CopySent, message: &N::Message) {
        let _ = (copy, message);
    }

    /// Whether the run should be stopped, asked now and then; whoever drives it decides.
    fn wants_to_stop(&self) -> bool {
        false
    }

    /// Whether all that matters has happened: asked after each event that is not a tick. The
    /// simulation then pauses.
    #[inline(always)]
    fn is_over(&self) -> bool {
        false
    }
}

/// Two observers, told one after the other.
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

    fn wants_to_stop(&self) -> bool {
        self.0.wants_to_stop() || self.1.wants_to_stop()
    }

    #[inline(always)]
    fn is_over(&self) -> bool {
        self.0.is_over() || self.1.is_over()
    }
}

/// Nobody is told.
impl<N: Node> Observer<N> for () {
    fn record(&mut self, _: Instant, _: NodeId, _: &N::Record) {}
}
