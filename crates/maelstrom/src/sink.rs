//! The sink of a run: the receiver of its journal and logs.

use super::net::NetRow;
use crate::engine::time::{Duration, Instant};
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
    /// Receives now and then how far the run is.
    fn passes(&mut self, _outlook: &Outlook) {}
    /// Whether it has failed and accepts no more, so that the run can stop.
    fn has_failed(&self) -> bool {
        false
    }
}

/// How far a run is.
#[derive(Clone, Debug)]
pub struct Outlook {
    /// The time.
    pub at: Instant,
    /// Operations that have begun.
    pub invoked: u64,
    /// The kinds of faults that are active.
    pub faults: Vec<&'static str>,
    /// Of a run of processes: the lateness below which 99 of 100 deliveries were.
    pub late: Option<Duration>,
}

/// Discards everything.
impl Sink for () {
    fn wants_rows(&self) -> bool {
        false
    }

    fn row(&mut self, _: &NetRow) {}

    fn log(&mut self, _: Instant, _: NodeId, _: &str) {}
}
