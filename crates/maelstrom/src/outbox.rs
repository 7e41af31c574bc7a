//! The outbox of clients, services, the set-up and proxies: all that they see and do in a callback.
//!
//! It hides the type of the simulation's nodes, which contains all of them.

use super::protocol::Body;
use super::record::Record;
use crate::engine::rng::Rng;
use crate::engine::time::{Duration, Instant};
use crate::node::{MessageId, NodeId, Timer};

/// The part of a simulation's context that a participant uses.
pub(super) trait Outbox {
    /// Returns the id of the participant.
    fn id(&self) -> NodeId;
    /// Returns the instant of the callback.
    fn now(&self) -> Instant;
    /// Returns the number of the message that is being handled.
    fn delivered(&self) -> MessageId;
    /// Returns the participant's random stream.
    fn rng(&mut self) -> &mut Rng;
    /// Sends a message.
    fn send(&mut self, to: NodeId, body: Body);
    /// Sets a timer that fires once, after this time.
    fn set_timer(&mut self, after: Duration) -> Timer;
    /// Cancels a timer; does nothing if it has fired already.
    fn cancel_timer(&mut self, timer: Timer);
    /// Reports to the observer of the run.
    fn record(&mut self, record: Record);
}
