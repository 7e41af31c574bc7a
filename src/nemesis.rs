//! The nemesis: what goes wrong in a run, and when, decided before the run begins.
//!
//! A schedule is a list of windows of trouble: those that a config states, and those that are drawn
//! from the seed. It is made before the run, so a fault never depends on what nodes do.
//! [`schedule()`] makes it, [`conditions()`] says what it means for a simulation, and
//! [`describe()`] what a history says of it.

mod conditions;
mod describe;
mod extent;
mod schedule;
mod shape;
mod swarm;

pub use conditions::{Conditions, conditions};
pub use describe::{Entry, describe};
pub use extent::{TooMuch, too_much};
pub use schedule::{INTERVAL_MIN, schedule};
pub use shape::Shape;
pub use swarm::kinds;

use crate::engine::ratio::Ratio;
use crate::engine::time::{Duration, Instant};
use crate::network::Cut;
use crate::node::NodeId;

/// A kind of trouble, by the name that configs use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FaultKind {
    /// Some nodes cannot hear others, in both directions or in the shape of a ring.
    Partition,
    /// What some nodes send does not reach others; the way back is open.
    OneWay,
    /// Nodes stop and start again: memory is lost, the disk survives.
    Crash,
    /// Nodes stop and start again, and their disk is lost, too.
    Wipe,
    /// Nodes do nothing for a while, and then all that has come in meanwhile.
    Pause,
    /// All messages from and to a node take longer.
    Slow,
    /// A node's timers and its clock run too fast or too slow.
    Skew,
    /// Copies of messages are lost by chance.
    Loss,
    /// Copies of messages are doubled by chance.
    Duplication,
}

impl FaultKind {
    /// All of them, in the order of their names in messages. A kind's place names its stream of
    /// chance, so a new kind goes to the end.
    pub const ALL: [FaultKind; 9] = [
        FaultKind::Partition,
        FaultKind::OneWay,
        FaultKind::Crash,
        FaultKind::Wipe,
        FaultKind::Pause,
        FaultKind::Slow,
        FaultKind::Skew,
        FaultKind::Loss,
        FaultKind::Duplication,
    ];

    /// The name in configs and, after `start-` and `stop-`, in histories.
    pub fn name(self) -> &'static str {
        match self {
            FaultKind::Partition => "partition",
            FaultKind::OneWay => "one-way",
            FaultKind::Crash => "crash",
            FaultKind::Wipe => "wipe",
            FaultKind::Pause => "pause",
            FaultKind::Slow => "slow",
            FaultKind::Skew => "skew",
            FaultKind::Loss => "loss",
            FaultKind::Duplication => "duplication",
        }
    }
}

/// What goes wrong in a window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Some nodes do not hear others ([`FaultKind::Partition`]), with the name of its shape.
    Partition(&'static str, Cut),
    /// A cut in one direction ([`FaultKind::OneWay`]).
    OneWay(Cut),
    /// These nodes are down, and keep their disks.
    Crash(Vec<NodeId>),
    /// These nodes are down, and lose their disks.
    Wipe(Vec<NodeId>),
    /// These nodes do nothing.
    Pause(Vec<NodeId>),
    /// Each message from or to these nodes takes longer by this.
    Slow(Vec<NodeId>, Duration),
    /// The clocks of these nodes run at this many times their speed.
    Skew(Vec<(NodeId, Ratio)>),
    /// A copy is lost with this probability, besides what the network's own loss takes.
    Loss(Ratio),
    /// A copy is doubled with this probability, besides what the network itself doubles.
    Duplication(Ratio),
}

impl Fault {
    /// What kind of trouble this is.
    pub fn kind(&self) -> FaultKind {
        match self {
            Fault::Partition(..) => FaultKind::Partition,
            Fault::OneWay(_) => FaultKind::OneWay,
            Fault::Crash(_) => FaultKind::Crash,
            Fault::Wipe(_) => FaultKind::Wipe,
            Fault::Pause(_) => FaultKind::Pause,
            Fault::Slow(..) => FaultKind::Slow,
            Fault::Skew(_) => FaultKind::Skew,
            Fault::Loss(_) => FaultKind::Loss,
            Fault::Duplication(_) => FaultKind::Duplication,
        }
    }
}

/// A fault from an instant until another, the second excluded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// When it begins.
    pub at: Instant,
    /// When it is healed.
    pub until: Instant,
    /// What goes wrong.
    pub fault: Fault,
    /// Whether loss and duplication leave clients' messages alone, however far the network's scope
    /// reaches: nodes survive what a swarm draws, but need not survive it there.
    pub spares_clients: bool,
}

/// What a config says of the nemesis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The kinds of trouble that are drawn; none, and nothing is drawn.
    pub kinds: Vec<FaultKind>,
    /// Whether the seed chooses which of the kinds happen. What is drawn then spares clients.
    pub swarm: bool,
    /// Half the longest gap between a fault and its end, and between that and the next fault.
    pub interval: Duration,
    /// How much longer messages from and to a slow node take.
    pub slow_by: Duration,
    /// Faults at stated times, besides those that are drawn.
    pub faults: Vec<Window>,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            kinds: vec![],
            swarm: false,
            interval: Duration::from_seconds(10),
            slow_by: Duration::from_ms(200),
            faults: vec![],
        }
    }
}
