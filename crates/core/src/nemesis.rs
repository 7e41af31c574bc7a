//! The nemesis: the fault schedule of a run, decided before the run begins.
//!
//! A schedule is a list of fault windows: those that a config states, and those that are drawn
//! from the seed. It is made before the run, so a fault never depends on the behaviour of nodes.
//!
//! ```text
//!                                        ┌─ conditions ─► faults, clocks, cuts, degradations
//!   settings, seed ─ schedule ─► windows ┤
//!                                        └─ windows ────► entries of the history
//! ```
//!
//! Which nodes are hit is drawn in `drawn_targets.rs`, the sides of a partition in
//! `partition_shape.rs`; what a crash does to a node is in `simulation/fault_effects.rs`.

mod conditions;
mod drawn_targets;
mod fault;
mod fault_limit;
mod kinds;
mod partition_shape;
mod schedule;
mod swarm;
mod target;

pub use conditions::Conditions;
pub use fault::Fault;
pub use fault_limit::{TooMuch, too_much};
pub use kinds::{Effect, FaultKind, FaultKindRow, Hosting, TargetForm};
pub use partition_shape::Shape;
pub use schedule::{INTERVAL_MIN, schedule};
pub use swarm::kinds;
pub use target::Target;

use crate::engine::time::{Duration, Instant};
use conditions::Plan;

/// A fault from one instant until another, the second excluded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// Instant at which the fault begins.
    pub at: Instant,
    /// Instant at which the fault is healed.
    pub until: Instant,
    /// The fault.
    pub fault: Fault,
    /// Whether loss and duplication spare clients' messages, whatever the network's scope: nodes
    /// must tolerate the faults of a swarm, but not on messages from and to clients.
    pub spares_clients: bool,
}

/// Settings of the nemesis in a config.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NemesisSettings {
    /// Fault kinds to draw from; if empty, no fault is drawn.
    pub kinds: Vec<FaultKind>,
    /// Whether the seed chooses which of the kinds happen. Drawn faults then spare clients.
    pub swarm: bool,
    /// Mean duration of a fault, and mean gap until the next one: half the maximum of each.
    pub interval: Duration,
    /// Additional delay of messages from and to a slow node.
    pub slow_by: Duration,
    /// Faults at stated times, in addition to those that are drawn.
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

/// Converts fault windows to settings of a simulation.
pub fn conditions(windows: &[Window]) -> Conditions {
    let mut plan = Plan::default();
    for window in windows.iter().filter(|window| window.at < window.until) {
        (window.fault.kind.row().apply)(&mut plan, window);
    }
    plan.finish()
}
