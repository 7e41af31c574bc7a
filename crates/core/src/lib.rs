//! The core of `sim`: virtual time, the event loop, nodes, the network, and faults.
//!
//! It does no I/O and knows no file format. [`prelude`] is the front door for models; the crate
//! `detsim` re-exports all modules under the name `sim`.

pub mod clock;
pub mod engine;
pub mod model;
pub mod nemesis;
pub mod network;
pub mod node;
pub mod prelude;
pub mod simulation;
