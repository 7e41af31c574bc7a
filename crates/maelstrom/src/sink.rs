//! The sink of a run: the receiver of its journal and logs.

use super::net::NetRow;
use crate::engine::time::Instant;
use crate::node::NodeId;

/// A receiver of output that is too large to keep in memory.
pub trait Sink {
    /// Whether rows of the journal are wanted.
    fn wants_rows(&self) -> bool;
    /// Receives a copy of a message and its fate, in the order in which the fates took effect.
    fn row(&mut self, row: &NetRow);
    /// Whether bodies of messages are wanted.
    fn wants_bodies(&self) -> bool {
        false
    }
    /// Receives the number of a message that is sent and its body as JSON, in the order of sends.
    fn body(&mut self, _message: u64, _body: &str) {}
    /// Receives a line of a participant's log.
    fn log(&mut self, at: Instant, node: NodeId, line: &str);
    /// Whether it has failed and accepts no more, so that the run can stop.
    fn has_failed(&self) -> bool {
        false
    }
}

/// Discards everything.
impl Sink for () {
    fn wants_rows(&self) -> bool {
        false
    }

    fn row(&mut self, _: &NetRow) {}

    fn log(&mut self, _: Instant, _: NodeId, _: &str) {}
}
