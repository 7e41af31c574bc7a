//! The context of a process: everything that it sees and can do in a callback.

use std::collections::BTreeMap;
use std::fmt;

use super::kept::Kept;
use super::outcome::{Unhandled, UnhandledKind};
use crate::engine::rng::Rng;
use crate::engine::time::{Duration, Instant};
use crate::node::{Disk, MessageId, NodeId, Timer};

/// The part of the generic [`Context`](crate::node::Context) that a process uses, as an object-safe
/// trait, so that [`ProcessContext`] needs no second lifetime.
pub(super) trait Outbox<M> {
    fn id(&self) -> NodeId;
    fn nodes(&self) -> u32;
    fn now(&self) -> Instant;
    fn rng(&mut self) -> &mut Rng;
    fn disk(&mut self) -> &mut Disk;
    fn send(&mut self, to: NodeId, message: M) -> MessageId;
    fn send_to_all(&mut self, message: M) -> MessageId;
    fn set_timer(&mut self, after: Duration) -> Timer;
    fn cancel_timer(&mut self, timer: Timer);
    fn record(&mut self, line: String);
}

/// Everything that a [`Process`](super::Process) sees and can do in a callback. `M` is the message
/// type of the model, `T` the timer payload of the process.
pub struct ProcessContext<'a, M, T> {
    pub(super) outbox: &'a mut dyn Outbox<M>,
    pub(super) timers: &'a mut BTreeMap<Timer, T>,
    pub(super) kept: &'a mut Kept,
}

impl<M, T> fmt::Debug for ProcessContext<'_, M, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProcessContext").field("id", &self.outbox.id()).finish_non_exhaustive()
    }
}

impl<M: fmt::Debug, T: fmt::Debug> ProcessContext<'_, M, T> {
    /// Id of this node.
    pub fn id(&self) -> NodeId {
        self.outbox.id()
    }

    /// Number of nodes.
    pub fn nodes(&self) -> u32 {
        self.outbox.nodes()
    }

    /// The node's own clock: time since its last start, as this node measures it.
    pub fn now(&self) -> Instant {
        self.outbox.now()
    }

    /// The node's random stream. It implements `rand`'s traits.
    pub fn rng(&mut self) -> &mut Rng {
        self.outbox.rng()
    }

    /// The node's random stream of this name, independent of all others: an extra draw in one
    /// stream moves no draw of another. It continues after a crash.
    pub fn stream(&mut self, name: &str) -> &mut Rng {
        let id = self.outbox.id();
        self.kept.stream(name, id)
    }

    /// Storage that survives a crash of this node.
    pub fn disk(&mut self) -> &mut Disk {
        self.outbox.disk()
    }

    /// Sends `message` to one node (to itself, too, through the network).
    ///
    /// # Panics
    /// If there is no such node.
    pub fn send(&mut self, to: NodeId, message: M) -> MessageId {
        let nodes = self.outbox.nodes();
        assert!(to.0 < nodes, "{to} does not exist: the model has {nodes} nodes");
        self.outbox.send(to, message)
    }

    /// Sends `message` to every other node.
    pub fn send_to_all(&mut self, message: M) -> MessageId {
        self.outbox.send_to_all(message)
    }

    /// Sets a timer that goes off once, `after` from now by the node's own clock, with `payload`.
    pub fn set_timer(&mut self, after: Duration, payload: T) -> Timer {
        let timer = self.outbox.set_timer(after);
        self.timers.insert(timer, payload);
        timer
    }

    /// Cancels a timer and returns its payload, or `None` if it has gone off already.
    pub fn cancel_timer(&mut self, timer: Timer) -> Option<T> {
        let payload = self.timers.remove(&timer)?;
        self.outbox.cancel_timer(timer);
        Some(payload)
    }

    /// Records a line for the hook of [`Model::on_record`](super::Model::on_record).
    pub fn record(&mut self, line: impl Into<String>) {
        self.outbox.record(line.into());
    }

    /// Reports a message that this node has no handler for. Meant for the last arm of a `match`.
    pub fn unhandled_message(&mut self, from: NodeId, message: &M) {
        self.report(UnhandledKind::Message { from }, message);
    }

    /// Reports a timer that this node has no handler for.
    pub fn unhandled_timer(&mut self, timer: &T) {
        self.report(UnhandledKind::Timer, timer);
    }

    fn report(&mut self, kind: UnhandledKind, what: &dyn fmt::Debug) {
        let (node, uptime) = (self.outbox.id(), self.outbox.now());
        let mut report = self.kept.report.borrow_mut();
        report.add(|| Unhandled { node, uptime, kind, what: format!("{what:?}") });
    }
}
