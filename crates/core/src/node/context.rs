//! The context: all that a node sees, and the only way out of it.
//!
//! What a node does through its context is noted there and in [`Effects`], which whoever runs the
//! node carries out after the turn: the simulation in virtual time, another host in its own way.

use super::{Delivery, Disk, Inbox, MessageId, Node, NodeId, Timer};
use crate::engine::queue::Order;
use crate::engine::rng::Rng;
use crate::engine::skew::SkewedClock;
use crate::engine::ticks::{Schedule, Ticks};
use crate::engine::time::{Duration, Instant};

/// What belongs to one node and is kept for it between its turns.
#[derive(Debug)]
pub struct NodeState<M> {
    /// Its messages, if it keeps an inbox.
    pub inbox: Inbox<M>,
    /// Its ticks, if it has any.
    pub schedule: Schedule,
    /// Its stream of chance.
    pub rng: Rng,
    /// When it last started, in true time.
    pub started: Instant,
    /// Its clock, if that ever runs wrong.
    pub clock: Option<Box<SkewedClock>>,
    /// What its clock shows when it starts.
    pub offset: Duration,
    /// The last number that it was given: see [`Context::next_handle`].
    pub handles: u64,
    /// What survives its crashes; made when it is first used.
    pub disk: Option<Box<Disk>>,
}

impl<M> NodeState<M> {
    /// What its own clock shows.
    #[inline]
    pub fn uptime(&self, now: Instant) -> Duration {
        let since_start = match &self.clock {
            None => now.saturating_since(self.started),
            Some(clock) => clock.shows(now).saturating_since(clock.shows(self.started)),
        };
        since_start.saturating_add(self.offset)
    }

    /// The true instant at which its clock has gone on by `after`.
    #[inline]
    pub fn due(&self, now: Instant, after: Duration) -> Instant {
        match &self.clock {
            None => now.saturating_add(after),
            // Where the clock is slow it may have shown this time for a while.
            Some(clock) => clock.reaches(clock.shows(now).saturating_add(after)).max(now),
        }
    }
}

/// What nodes have done in a turn, to be carried out after it. The first message and the first
/// record of a turn are in its [`Context`]: most turns have no more, and need no list.
#[derive(Debug)]
pub struct Effects<M, R> {
    /// Messages to send after the first one, in order.
    pub further_messages: Vec<Outgoing<M>>,
    /// Timers to set and to cancel, in order.
    pub timers: Vec<TimerRequest>,
    /// What to put on record after the first one, in order.
    pub further_records: Vec<R>,
    /// How many messages have been sent in this run.
    pub messages: u64,
    /// How many messages have been taken from inboxes in this run.
    pub taken: u64,
    /// The last message that was handed to a node that reacts.
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

/// These are not the context's, whose parts then never have to be in memory.
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
    /// Its number.
    pub id: MessageId,
    /// For whom: one node, or `None` for all others.
    pub to: Option<NodeId>,
    /// What it says.
    pub message: M,
}

/// What a node wants of its timers.
#[derive(Clone, Copy, Debug)]
pub enum TimerRequest {
    /// To be woken after a while.
    Set(Timer, Duration),
    /// Not to be woken by this one any more.
    Cancel(Timer),
    /// To tick from now on in this manner, instead of any former one.
    Tick(Ticks),
}

/// All that a node sees in one of its turns.
#[derive(Debug)]
pub struct Context<'a, N: Node> {
    pub(crate) id: NodeId,
    pub(crate) nodes: u32,
    pub(crate) now: Instant,
    /// Messages that arrive before this instant can be seen.
    pub(crate) visible_before: Instant,
    pub(crate) order: &'a Order,
    pub(crate) state: &'a mut NodeState<N::Message>,
    pub(crate) effects: &'a mut Effects<N::Message, N::Record>,
    /// The first message of the turn: kept here, it never leaves the registers.
    pub(crate) outgoing: Option<Outgoing<N::Message>>,
    /// The first record of the turn.
    pub(crate) record: Option<N::Record>,
    /// Whether the node has done more than that: whether there is anything in the lists.
    pub(crate) further: bool,
}

impl<N: Node> Context<'_, N> {
    /// Who this node is.
    #[inline(always)]
    pub fn id(&self) -> NodeId {
        self.id
    }

    /// How many nodes there are.
    #[inline(always)]
    pub fn nodes(&self) -> u32 {
        self.nodes
    }

    /// The node's own clock: the time since its last start, as this node measures it, from what its
    /// clock showed then.
    #[inline(always)]
    pub fn now(&self) -> Instant {
        Instant::from_ns(self.state.uptime(self.now).as_ns())
    }

    /// The node's own stream of chance.
    #[inline(always)]
    pub fn rng(&mut self) -> &mut Rng {
        &mut self.state.rng
    }

    /// What survives a crash of this node.
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
        // No run is long enough to overflow what counts its messages one by one.
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

    /// Takes the first message that waits in the inbox.
    #[inline(always)]
    pub fn take_message(&mut self) -> Option<Delivery<N::Message>> {
        let taken = self.state.inbox.take(self.visible_before, self.id, self.order);
        if taken.is_some() {
            self.effects.taken = self.effects.taken.wrapping_add(1);
        }
        taken
    }

    /// The number of the message that a node that reacts is handling, if the network brought it.
    pub fn delivered(&self) -> MessageId {
        self.effects.delivered
    }

    /// How many messages wait in the inbox.
    #[inline(always)]
    pub fn inbox_len(&mut self) -> usize {
        self.state.inbox.len(self.visible_before, self.id, self.order)
    }

    /// A number that this node has not been given before, not even before a crash: from 1, rising.
    pub fn next_handle(&mut self) -> u64 {
        self.state.handles += 1;
        self.state.handles
    }

    /// Asks to be woken once, `after` from now by the node's own clock.
    pub fn set_timer(&mut self, after: Duration) -> Timer {
        let timer = Timer(self.next_handle());
        self.ask(TimerRequest::Set(timer, after));
        timer
    }

    /// Takes back a timer; one that has gone off already is left alone.
    pub fn cancel_timer(&mut self, timer: Timer) {
        self.ask(TimerRequest::Cancel(timer));
    }

    /// Ticks from now on by an exact schedule, instead of any former one. Ticks come to
    /// [`Node::on_timer`] as [`Context::TICK`]. They keep true time, whatever the node's clock
    /// does.
    pub fn tick_every(&mut self, ticks: Ticks) {
        self.ask(TimerRequest::Tick(ticks));
    }

    fn ask(&mut self, request: TimerRequest) {
        self.further = true;
        self.effects.timers.push(request);
    }

    /// The timer under which ticks come; those of [`Context::set_timer`] never equal it.
    pub const TICK: Timer = Timer(0);

    /// Puts something on record: a line of the trace.
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
