//! The simulation: the event loop that runs nodes on a network in virtual time.
//!
//! ```text
//!   ┌─► pop the next event ─► callback of a node ─► carry out its effects ─┐
//!   └───────────── event queue ◄── messages, timers, ticks ────────────────┘
//! ```
//!
//! There is one loop for all models. It is generic over the node, so that a model compiles to a
//! tight loop, and over the queue, since every queue gives the same run. An [`Observer`] receives
//! records and copies; nothing here does I/O. Not here: models and measures.

mod callback;
mod clocks;
mod dispatch;
mod ending;
mod event;
mod fault_effects;
mod node_fault;
mod observer;
mod outside;
mod pause;
mod sending;
mod setup;
mod setup_error;
mod totals;

pub use clocks::Skew;
pub use event::Event;
pub use node_fault::{NodeFault, Outages};
pub use observer::Observer;
pub use setup::Setup;
pub use setup_error::SetupError;
pub use totals::Totals;

use std::collections::{BTreeMap, BTreeSet};

use crate::engine::limits::{End, Limits};
use crate::engine::queue::{Class, Next, Order, Queue, TreeQueue};
use crate::engine::rng::{Purpose, Rng, Seed};
use crate::engine::ticks::Schedule;
use crate::engine::time::{Duration, Instant};
use crate::network::Network;
use crate::node::{Effects, Inbox, Node, NodeId, NodeState, Timer};
use callback::Call;
use ending::room;
use pause::Pauses;
use totals::Counts;

/// A node and its state, in one place, so that a callback touches few cache lines; aligned to them,
/// so that its address is a shift away from its index.
#[repr(C, align(64))]
struct NodeEntry<N: Node> {
    node: N,
    state: NodeState<N::Message>,
    /// Random stream for the phase and the jitter of its ticks.
    tick_rng: Rng,
}

/// Reason why [`Simulation::run_until`] returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// All events before the given instant have been processed; later ones are left.
    Reached,
    /// The given number of callbacks has been reached, or the maximum number of copies for that
    /// number of callbacks, or [`Observer::is_over`] returned true.
    Paused,
    /// The run is over.
    Ended(End),
}

/// A simulation of nodes of type `N` with the event queue `Q`.
///
/// ```
/// use sim_core::engine::{rng::Seed, time::Duration};
/// use sim_core::node::{Context, Node, NodeId, Timer};
/// use sim_core::simulation::{Progress, Setup, Simulation};
///
/// /// Greets the other node, once a second.
/// struct Greeter;
///
/// impl Node for Greeter {
///     type Message = &'static str;
///     type Record = ();
///
///     fn on_start(&mut self, cx: &mut Context<'_, Self>) {
///         cx.set_timer(Duration::from_secs(1));
///     }
///
///     fn on_timer(&mut self, _timer: Timer, cx: &mut Context<'_, Self>) {
///         cx.send_to_all("hello");
///         cx.set_timer(Duration::from_secs(1));
///     }
/// }
///
/// let setup = Setup::new(2, Seed::new(1).ok_or("a seed")?);
/// let mut simulation: Simulation<Greeter> = Simulation::try_new(&setup, |_| Greeter)?;
/// assert_eq!(simulation.run_for(Duration::from_secs(60), &mut ()), Progress::Reached);
/// // 2 starts, 59 timers of each node, and the greetings that they sent.
/// assert_eq!(simulation.events(), 2 + 2 * 59 + 2 * 59);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Simulation<N: Node, Q = TreeQueue<Event<<N as Node>::Message>>> {
    places: Vec<NodeEntry<N>>,
    make: Box<dyn FnMut(NodeId) -> N>,
    effects: Effects<N::Message, N::Record>,
    queue: Q,
    order: Order,
    network: Network,
    outages: Outages,
    pauses: Pauses<N::Message>,
    /// Latency of every copy, if all of them arrive and no node is ever down.
    plain_latency: Option<Duration>,
    limits: Limits,
    /// Pending timers: set, and neither gone off nor cancelled.
    timers: BTreeSet<(NodeId, Timer)>,
    /// For each node the instant of its last callback other than a tick, and the number of
    /// callbacks at that instant.
    busy: Vec<(Instant, u64)>,
    seed: Seed,
    /// Random stream of the disk of each node that has crashed.
    disk_rngs: BTreeMap<NodeId, Rng>,
    started: bool,
    now: Instant,
    counts: Counts,
    external_events: u64,
    /// Number of callbacks at which the loop stops: one threshold for all reasons to stop.
    stop_at: u64,
    /// Number of sent copies below which `limits.queued_messages` and `limits.memory_mib` cannot be
    /// exceeded.
    recheck_queue_limit_at: u64,
    /// Number of sent copies at which the loop pauses.
    pause_at: u64,
    /// The smaller of the two: one threshold to check after a send.
    look_at: u64,
    end: Option<End>,
}

impl<N: Node, Q> std::fmt::Debug for Simulation<N, Q> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Simulation")
            .field("nodes", &self.places.len())
            .field("now", &self.now)
            .field("end", &self.end)
            .finish_non_exhaustive()
    }
}

impl<N: Node, Q: Queue<Event<N::Message>>> Simulation<N, Q> {
    /// Creates a simulation. `make` builds each node, and builds it again after a crash.
    ///
    /// # Panics
    /// If a link, a cut, a degradation or a fault names a node that does not exist, a probability
    /// is above 1, or the rate of a clock is zero.
    pub fn new(setup: &Setup, mut make: impl FnMut(NodeId) -> N + 'static) -> Self {
        let Setup { nodes, seed, .. } = *setup;
        let order = Order::new(setup.ties, seed.salt(Purpose::Ties));
        let place = |id: u32| NodeEntry {
            node: make(NodeId(id)),
            state: NodeState {
                rng: seed.stream(Purpose::Node, id.into()),
                schedule: Schedule::NONE,
                inbox: Inbox::default(),
                started: Instant::ZERO,
                clock: clocks::clock_of(NodeId(id), &setup.clocks),
                offset: setup.clock_offsets.get(id as usize).copied().unwrap_or_default(),
                handles: 0,
                disk: None,
            },
            tick_rng: seed.stream(Purpose::Ticks, id.into()),
        };
        let places = (0..nodes).map(place).collect();
        let mut queue = Q::new(nodes, order);
        for (number, &(at, fault)) in setup.faults.iter().enumerate() {
            let key = order.external(at, Class::Fault, number as u64);
            queue.push(key, Event::Fault(fault));
        }
        let network = Network::new(&setup.network, nodes, seed);
        let outages = Outages::new(&setup.faults, nodes);
        Simulation {
            places,
            make: Box::new(make),
            effects: Effects::default(),
            queue,
            order,
            plain_latency: network.plain_latency().filter(|_| outages.is_empty()),
            network,
            outages,
            pauses: Pauses::default(),
            limits: setup.limits,
            timers: BTreeSet::new(),
            busy: vec![],
            seed,
            disk_rngs: BTreeMap::new(),
            started: false,
            now: Instant::ZERO,
            counts: Counts::default(),
            external_events: 0,
            stop_at: 0,
            recheck_queue_limit_at: setup.limits.queued_messages.min(room::<N>(&setup.limits)),
            pause_at: u64::MAX,
            look_at: 0,
            end: None,
        }
    }

    /// Validates the set-up and creates a simulation.
    ///
    /// # Errors
    /// The first violation that [`Setup::check`] finds.
    pub fn try_new(
        setup: &Setup,
        make: impl FnMut(NodeId) -> N + 'static,
    ) -> Result<Self, SetupError> {
        setup.check()?;
        Ok(Self::new(setup, make))
    }

    /// Returns the instant of the next event, or `None` if no event is left.
    pub fn next_time(&mut self) -> Option<Instant> {
        if self.started { self.queue.peek() } else { Some(Instant::ZERO) }
    }

    /// Instant of the last event.
    pub fn now(&self) -> Instant {
        self.now
    }

    /// The nodes, by id.
    pub fn nodes(&self) -> impl Iterator<Item = &N> + Clone {
        self.places.iter().map(|place| &place.node)
    }

    /// The node at `id`, if there is one.
    pub fn node(&self, id: NodeId) -> Option<&N> {
        self.places.get(id.index()).map(|place| &place.node)
    }

    /// Number of messages that nodes have sent; a message to all counts once.
    pub fn messages(&self) -> u64 {
        self.effects.messages
    }

    /// Reason why the run has ended, if it has: after that no event is processed, not even an
    /// injected one.
    pub fn end(&self) -> Option<End> {
        self.end
    }

    /// Number of callbacks so far.
    pub fn events(&self) -> u64 {
        self.counts.events
    }

    /// Number of waiting messages of a node that arrived before `before`, which must not lie before
    /// the node's last callback.
    pub fn inbox_len(&mut self, node: NodeId, before: Instant) -> usize {
        self.places[node.index()].state.inbox.len(before, node, &self.order)
    }

    /// The inbox of a node: messages that wait there or are on their way.
    pub fn inbox(&self, node: NodeId) -> &Inbox<N::Message> {
        &self.places[node.index()].state.inbox
    }

    /// Runs until after the next callback, at any instant.
    pub fn step(&mut self, observer: &mut impl Observer<N>) -> Progress {
        self.run_until(Instant::MAX, 1, observer)
    }

    /// Runs all events of the next `span`, counted from the last event, or fewer if the observer or
    /// a limit stops it.
    pub fn run_for(&mut self, span: Duration, observer: &mut impl Observer<N>) -> Progress {
        self.run_on(self.now.saturating_add(span), observer)
    }

    /// Runs until no event is left, or the observer or a limit stops it. A node that ticks or sets
    /// timers forever is stopped by [`Limits::events`] alone.
    pub fn run_to_end(&mut self, observer: &mut impl Observer<N>) -> Progress {
        self.run_on(Instant::MAX, observer)
    }

    /// Runs all events before `until`, and continues after pauses that are due to the number of
    /// sent messages.
    fn run_on(&mut self, until: Instant, observer: &mut impl Observer<N>) -> Progress {
        loop {
            match self.run_until(until, u64::MAX, observer) {
                Progress::Paused if !observer.is_over() && !observer.wants_to_stop() => {}
                progress => return progress,
            }
        }
    }

    /// Runs all events before `until`, and checks the state of all nodes after each callback.
    ///
    /// # Errors
    /// The error of `check`, with the instant; the simulation stops there.
    pub fn run_checked(
        &mut self,
        until: Instant,
        observer: &mut impl Observer<N>,
        mut check: impl FnMut(&Self, Instant) -> Result<(), String>,
    ) -> Result<Progress, (Instant, String)> {
        loop {
            let progress = self.run_until(until, 1, observer);
            check(self, self.now).map_err(|reason| (self.now, reason))?;
            let stops = observer.is_over() || observer.wants_to_stop();
            if progress != Progress::Paused || stops {
                return Ok(progress);
            }
        }
    }

    /// Runs all events before `until`, or up to the `callbacks`-th callback from here, or fewer if
    /// callbacks send very many messages.
    pub fn run_until(
        &mut self,
        until: Instant,
        callbacks: u64,
        observer: &mut impl Observer<N>,
    ) -> Progress {
        if self.end.is_none() {
            self.pause_after(callbacks);
        }
        if !self.started && until > Instant::ZERO {
            self.start(observer);
        }
        // The next tick is not looked up again: each tick returns its successor.
        let mut next = self.queue.next_tick();
        while self.counts.events < self.stop_at {
            if self.queue.only_ticks() && next.0 < until {
                next = self.tick(next.0, NodeId(next.1), observer);
            } else {
                match self.next_event(until, observer) {
                    Some(true) => next = self.queue.next_tick(),
                    Some(false) => break,
                    None => return self.nothing_before(until),
                }
            }
        }
        if self.counts.events >= self.limits.events {
            self.end_with(End::EventLimit { at: self.now });
        }
        self.end.map_or(Progress::Paused, Progress::Ended)
    }

    /// Processes the next event before `until`, if there is one; returns whether to go on after it.
    #[inline(never)]
    fn next_event(&mut self, until: Instant, observer: &mut impl Observer<N>) -> Option<bool> {
        let (at, next) = self.queue.next_before(until)?;
        match next {
            Next::Tick(node) => {
                self.tick_among_events(at, NodeId(node), observer);
                Some(true)
            }
            Next::Event(key, event) => {
                self.now = at;
                self.event(&key, event, observer);
                Some(!observer.is_over())
            }
        }
    }

    /// Starts all nodes, in the order of ids, after the faults of the first instant.
    #[cold]
    fn start(&mut self, observer: &mut impl Observer<N>) {
        self.started = true;
        let mut later = Vec::new();
        while let Some((at, next)) = self.queue.next_before(Instant::from_ns(1)) {
            match next {
                Next::Event(_, Event::Fault(fault)) => self.fault(at, fault),
                Next::Event(_, Event::Start(_)) => {} // all nodes start now
                Next::Event(key, event) => later.push((key, event)),
                Next::Tick(_) => unreachable!("no node ticks before it has started"),
            }
        }
        later.into_iter().for_each(|(key, event)| self.queue.push(key, event));
        for id in (0..self.places.len() as u32).map(NodeId) {
            let is_up = self.is_up(id, Instant::ZERO);
            let key = self.order.external(Instant::ZERO, Class::Start, id.0.into());
            if is_up && self.is_for_paused(&key, &Event::Start(id)) {
                self.keep(&key, Event::Start(id));
            } else if is_up {
                self.other_turn(Instant::ZERO, Class::Start, id, Call::Start, observer);
            }
        }
    }
}
