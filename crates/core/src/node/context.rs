//! The context: everything that a node sees and can do in a callback.
//!
//! The effects of a callback are collected in the context and in [`Effects`], and the host carries
//! them out after the callback: the simulation in virtual time, another host in its own way.

use super::{Delivery, Disk, Inbox, MessageId, Node, NodeId, Timer};
use crate::engine::queue::Order;
use crate::engine::rng::Rng;
use crate::engine::skew::SkewedClock;
use crate::engine::ticks::{Schedule, Ticks};
use crate::engine::time::{Duration, Instant};

/// State that the host keeps for one node between its callbacks. What every tick touches is first,
/// in as few cache lines as possible.
#[derive(Debug)]
#[repr(C)]
pub struct NodeState<M> {
    /// Random stream.
    pub rng: Rng,
    /// Ticks, if it has any.
    pub schedule: Schedule,
    /// Messages, if it polls an inbox.
    pub inbox: Inbox<M>,
    /// Instant of the last start, in true time.
    pub started: Instant,
    /// Clock, if it is ever skewed.
    pub clock: Option<Box<SkewedClock>>,
    /// What the clock shows at the start.
    pub offset: Duration,
    /// Last number that [`Context::next_handle`] returned.
    pub handles: u64,
    /// Storage that survives crashes; created on first use.
    pub disk: Option<Box<Disk>>,
}

impl<M> NodeState<M> {
    /// Reads from each cache line that a tick needs, and returns something of it: from then on
    /// they are in the cache.
    #[inline(always)]
    pub(crate) fn touch(&self) -> u64 {
        self.schedule.next().as_ns() ^ self.inbox.touch()
    }

    /// Returns what the node's own clock shows.
    #[inline]
    pub fn uptime(&self, now: Instant) -> Duration {
        let since_start = match &self.clock {
            None => now.saturating_since(self.started),
            Some(clock) => clock.shows(now).saturating_since(clock.shows(self.started)),
        };
        since_start.saturating_add(self.offset)
    }

    /// Returns the true instant at which the node's clock has advanced by `after`.
    #[inline]
    pub fn due(&self, now: Instant, after: Duration) -> Instant {
        match &self.clock {
            None => now.saturating_add(after),
            // A slow clock may have shown this time for a while already.
            Some(clock) => clock.reaches(clock.shows(now).saturating_add(after)).max(now),
        }
    }
}

/// Effects of a callback, to be carried out after it. The first message and the first record are in
/// the [`Context`]: most callbacks have no more, and need no list.
#[derive(Debug)]
pub struct Effects<M, R> {
    /// Messages to send after the first one, in order.
    pub further_messages: Vec<Outgoing<M>>,
    /// Timers to set and to cancel, in order.
    pub timers: Vec<TimerRequest>,
    /// Records after the first one, in order.
    pub further_records: Vec<R>,
    /// Number of messages sent in this run.
    pub messages: u64,
    /// Number of messages taken from inboxes in this run.
    pub taken: u64,
    /// Last message that was passed to a node that reacts.
    pub delivered: MessageId,
}

impl<M, R> Default for Effects<M, R> {
    fn default() -> Self {
        Effects {
            further_messages: vec![],
            timers: vec![],
            further_records: vec![],
            messages: 0,
            taken: 0,
            delivered: MessageId(0),
        }
    }
}

/// These are not methods of the context: its address never escapes, so that its fields can stay in
/// registers.
impl<M, R> Effects<M, R> {
    #[cold]
    #[inline(never)]
    fn emit_further(&mut self, outgoing: Outgoing<M>) {
        self.further_messages.push(outgoing);
    }

    #[cold]
    #[inline(never)]
    fn record_further(&mut self, record: R) {
        self.further_records.push(record);
    }
}

/// A message that a node sends.
#[derive(Debug)]
pub struct Outgoing<M> {
    /// Number of the message.
    pub id: MessageId,
    /// Addressee: one node, or `None` for all others.
    pub to: Option<NodeId>,
    /// The message itself.
    pub message: M,
}

/// A node's request to set or cancel timers.
#[derive(Clone, Copy, Debug)]
pub enum TimerRequest {
    /// Set a timer that goes off after a delay.
    Set(Timer, Duration),
    /// Cancel a timer.
    Cancel(Timer),
    /// Replace the tick schedule from now on.
    Tick(Ticks),
}

/// Everything that a node sees and can do in one callback.
#[derive(Debug)]
pub struct Context<'a, N: Node> {
    pub(crate) id: NodeId,
    pub(crate) nodes: u32,
    pub(crate) now: Instant,
    /// Messages that arrive before this instant are visible.
    pub(crate) visible_before: Instant,
    pub(crate) order: &'a Order,
    pub(crate) state: &'a mut NodeState<N::Message>,
    pub(crate) effects: &'a mut Effects<N::Message, N::Record>,
    /// First message of the callback: stored here, it never leaves the registers.
    pub(crate) outgoing: Option<Outgoing<N::Message>>,
    /// First record of the callback.
    pub(crate) record: Option<N::Record>,
    /// Whether there is more than that in the lists of `effects`.
    pub(crate) further: bool,
}

impl<N: Node> Context<'_, N> {
    /// Id of this node.
    #[inline(always)]
    pub fn id(&self) -> NodeId {
        self.id
    }

    /// Number of nodes.
    #[inline(always)]
    pub fn nodes(&self) -> u32 {
        self.nodes
    }

    /// The node's own clock: what it showed at the last start, plus the time since then as this
    /// node measures it.
    #[inline(always)]
    pub fn now(&self) -> Instant {
        Instant::from_ns(self.state.uptime(self.now).as_ns())
    }

    /// The node's random stream.
    #[inline(always)]
    pub fn rng(&mut self) -> &mut Rng {
        &mut self.state.rng
    }

    /// Storage that survives a crash of this node.
    pub fn disk(&mut self) -> &mut Disk {
        self.state.disk.get_or_insert_default()
    }

    /// Sends `message` to one node (to itself, too, through the network).
    #[inline(always)]
    pub fn send(&mut self, to: NodeId, message: N::Message) -> MessageId {
        self.emit(Some(to), message)
    }

    /// Sends `message` to every other node.
    #[inline(always)]
    pub fn send_to_all(&mut self, message: N::Message) -> MessageId {
        self.emit(None, message)
    }

    #[inline(always)]
    fn emit(&mut self, to: Option<NodeId>, message: N::Message) -> MessageId {
        // No run is long enough to overflow a counter of its messages.
        self.effects.messages = self.effects.messages.wrapping_add(1);
        let id = MessageId(self.effects.messages);
        let outgoing = Outgoing { id, to, message };
        if self.outgoing.is_none() {
            self.outgoing = Some(outgoing);
        } else {
            self.further = true;
            self.effects.emit_further(outgoing);
        }
        id
    }

    /// Takes the first waiting message from the inbox.
    #[inline(always)]
    pub fn take_message(&mut self) -> Option<Delivery<N::Message>> {
        let taken = self.state.inbox.take(self.visible_before, self.id, self.order);
        if taken.is_some() {
            self.effects.taken = self.effects.taken.wrapping_add(1);
        }
        taken
    }

    /// Number of the message that a node that reacts is handling, if the network delivered it.
    pub fn delivered(&self) -> MessageId {
        self.effects.delivered
    }

    /// Number of messages that wait in the inbox.
    #[inline(always)]
    pub fn inbox_len(&mut self) -> usize {
        self.state.inbox.len(self.visible_before, self.id, self.order)
    }

    /// Returns a number that is unique for this node, also across crashes: 1, 2, 3, …
    pub fn next_handle(&mut self) -> u64 {
        self.state.handles += 1;
        self.state.handles
    }

    /// Sets a timer that goes off once, `after` from now by the node's own clock.
    pub fn set_timer(&mut self, after: Duration) -> Timer {
        let timer = Timer(self.next_handle());
        self.ask(TimerRequest::Set(timer, after));
        timer
    }

    /// Cancels a timer; does nothing if it has gone off already.
    pub fn cancel_timer(&mut self, timer: Timer) {
        self.ask(TimerRequest::Cancel(timer));
    }

    /// Ticks from now on by an exact schedule, which replaces any former one. Ticks are handled by
    /// [`Node::on_timer`] as [`Context::TICK`]. They keep true time, also if the node's clock is
    /// skewed.
    pub fn tick_every(&mut self, ticks: Ticks) {
        self.ask(TimerRequest::Tick(ticks));
    }

    fn ask(&mut self, request: TimerRequest) {
        self.further = true;
        self.effects.timers.push(request);
    }

    /// Timer id of ticks; [`Context::set_timer`] never returns it.
    pub const TICK: Timer = Timer(0);

    /// Records a line of the trace.
    #[inline(always)]
    pub fn record(&mut self, record: N::Record) {
        if self.record.is_none() {
            self.record = Some(record);
        } else {
            self.further = true;
            self.effects.record_further(record);
        }
    }
}
