//! The nemesis: what goes wrong in a run, and when, decided before the run begins.
//!
//! A schedule is a list of fault windows: those that a config states, and those that are drawn
//! from the seed. It is made before the run, so a fault never depends on what nodes do.
//! [`schedule()`] makes it, and [`conditions()`] says what it means for a simulation.

mod conditions;
mod extent;
mod fault;
mod kinds;
mod schedule;
mod shape;
mod swarm;

pub use conditions::{Conditions, conditions};
pub use extent::{TooMuch, too_much};
pub use fault::{Fault, Target};
pub use kinds::{Effect, FaultKind, FaultKindRow, Hosting, TargetForm};
pub use schedule::{INTERVAL_MIN, schedule};
pub use shape::Shape;
pub use swarm::kinds;

use crate::engine::time::{Duration, Instant};

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
pub struct NemesisSettings {
    /// The fault kinds that are drawn; none, and nothing is drawn.
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

impl Default for NemesisSettings {
    fn default() -> NemesisSettings {
        NemesisSettings {
            kinds: vec![],
            swarm: false,
            interval: Duration::from_seconds(10),
            slow_by: Duration::from_ms(200),
            faults: vec![],
        }
    }
}
