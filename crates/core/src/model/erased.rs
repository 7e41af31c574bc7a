//! Type erasure: processes of any type as one node type of the generic simulation.

use std::any::Any;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;

use super::context::{Outbox, ProcessContext};
use super::kept::Kept;
use super::process::Process;
use crate::engine::rng::Rng;
use crate::engine::time::{Duration, Instant};
use crate::node::{Context, Disk, MessageId, Node, NodeId, Timer};

/// Object-safe interface of a process with its timers.
pub(super) trait ErasedProcess<M> {
    fn start(&mut self, outbox: &mut dyn Outbox<M>, kept: &mut Kept);
    fn message(&mut self, from: NodeId, message: M, outbox: &mut dyn Outbox<M>, kept: &mut Kept);
    fn timer(&mut self, timer: Timer, outbox: &mut dyn Outbox<M>, kept: &mut Kept);
    fn process(&self) -> &dyn Any;
}

/// A process and the payloads of the timers that it has set.
struct Hosted<P, T> {
    process: P,
    timers: BTreeMap<Timer, T>,
}

impl<M: Clone + fmt::Debug + 'static, P: Process<M>> ErasedProcess<M> for Hosted<P, P::Timer> {
    fn start(&mut self, outbox: &mut dyn Outbox<M>, kept: &mut Kept) {
        let timers = &mut self.timers;
        self.process.on_start(&mut ProcessContext { outbox, timers, kept });
    }

    fn message(&mut self, from: NodeId, message: M, outbox: &mut dyn Outbox<M>, kept: &mut Kept) {
        let timers = &mut self.timers;
        self.process.on_message(from, message, &mut ProcessContext { outbox, timers, kept });
    }

    fn timer(&mut self, timer: Timer, outbox: &mut dyn Outbox<M>, kept: &mut Kept) {
        let Some(payload) = self.timers.remove(&timer) else { return };
        let timers = &mut self.timers;
        self.process.on_timer(payload, &mut ProcessContext { outbox, timers, kept });
    }

    fn process(&self) -> &dyn Any {
        &self.process
    }
}

/// Builds the process of one node: at the beginning, and again after each crash.
pub(super) type Factory<M> = Box<dyn FnMut(NodeId) -> Box<dyn ErasedProcess<M>>>;

/// Boxes a factory of processes of one type.
pub(super) fn factory<M, P>(mut make: impl FnMut(NodeId) -> P + 'static) -> Factory<M>
where
    M: Clone + fmt::Debug + 'static,
    P: Process<M>,
{
    Box::new(move |id| Box::new(Hosted { process: make(id), timers: BTreeMap::new() }))
}

/// Node of the generic simulation that contains any process.
pub(super) struct ErasedNode<M> {
    pub(super) process: Box<dyn ErasedProcess<M>>,
    pub(super) kept: Rc<RefCell<Kept>>,
}

impl<M> ErasedNode<M> {
    /// The process, if it is a `P`.
    pub(super) fn get<P: 'static>(&self) -> Option<&P> {
        self.process.process().downcast_ref()
    }
}

impl<M: Clone + fmt::Debug + 'static> Node for ErasedNode<M> {
    type Message = M;
    type Record = String;

    fn on_start(&mut self, cx: &mut Context<'_, Self>) {
        self.process.start(cx, &mut self.kept.borrow_mut());
    }

    fn on_message(&mut self, from: NodeId, message: M, cx: &mut Context<'_, Self>) {
        self.process.message(from, message, cx, &mut self.kept.borrow_mut());
    }

    fn on_timer(&mut self, timer: Timer, cx: &mut Context<'_, Self>) {
        self.process.timer(timer, cx, &mut self.kept.borrow_mut());
    }
}

impl<M: Clone + fmt::Debug + 'static> Outbox<M> for Context<'_, ErasedNode<M>> {
    fn id(&self) -> NodeId {
        Context::id(self)
    }

    fn nodes(&self) -> u32 {
        Context::nodes(self)
    }

    fn now(&self) -> Instant {
        Context::now(self)
    }

    fn rng(&mut self) -> &mut Rng {
        Context::rng(self)
    }

    fn disk(&mut self) -> &mut Disk {
        Context::disk(self)
    }

    fn send(&mut self, to: NodeId, message: M) -> MessageId {
        Context::send(self, to, message)
    }

    fn send_to_all(&mut self, message: M) -> MessageId {
        Context::send_to_all(self, message)
    }

    fn set_timer(&mut self, after: Duration) -> Timer {
        Context::set_timer(self, after)
    }

    fn cancel_timer(&mut self, timer: Timer) {
        Context::cancel_timer(self, timer);
    }

    fn record(&mut self, line: String) {
        Context::record(self, line);
    }
}
