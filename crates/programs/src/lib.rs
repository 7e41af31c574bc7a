//! Nodes that ship with `sim`: solutions of Gossip Glomers, and broken nodes for the checkers.
//!
//! They use only what `sim_maelstrom` makes public, so a node of one's own can do all that they do.

mod broken;
mod solution;

pub use broken::{BROKEN, Broken, WEAKEST_BROKEN};
pub use solution::{EXTERNAL, SOLUTIONS};

pub(crate) use sim_core::{engine, nemesis, node};
pub(crate) use sim_maelstrom as glomers;
use sim_maelstrom::Solution;

/// Returns the node program of this name, right or broken.
pub fn program(name: &str) -> Option<&'static Solution> {
    let broken = BROKEN.iter().map(|broken| &broken.program);
    SOLUTIONS.iter().chain(broken).find(|program| program.name == name)
}
